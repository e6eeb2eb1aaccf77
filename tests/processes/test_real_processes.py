"""A board among real processes: it outlives its tracker and whoever crashes, and nobody loses a stroke."""

import signal
import sqlite3
from contextlib import closing
from typing import Any

from p2psketch.address import parse_address
from p2psketch.invite import Invite
from peer.target import Target, from_invite, open_room, with_peers
from tests.processes.support import Keeper, Programs, colors, look, strokes, until

COLORS = ("#e03131", "#2f9e44", "#1971c2", "#f08c00", "#7048e8")


def stored(keeper: Keeper) -> int:
    """Ops in a board file that somebody is writing to."""
    with closing(sqlite3.connect(f"file:{keeper.file}?mode=ro", uri=True)) as database:
        return int(database.execute("SELECT coalesce(sum(length), 0) FROM chunks").fetchone()[0])


def den(*, peer: str = "", tracker: str = "", room: str = "den") -> Target:
    """A room, by way of a peer or a tracker."""
    trackers, peers = ([parse_address(place)] if place else [] for place in (tracker, peer))
    return open_room(room, trackers, peers)


def alike(link: str, at: Keeper, others: int) -> Any:
    """Wait until so many others are linked and all say to have one and the same board; what `info` says then."""
    target = with_peers(from_invite(Invite.parse(link)), [parse_address(at.place)])

    def seen() -> Any:
        info = look(target)
        direct = [peer for peer in info["peers"] if peer["link"] == "direct"]
        same = all(peer["digest"] == info["digest"] and peer["shapes"] == info["shapes"] for peer in direct)
        return info if same and len(direct) == others else None

    return until(seen, f"{others} peers with one board")


def test_the_board_outlives_its_tracker_and_a_crash_while_five_draw(programs: Programs) -> None:
    tracker = programs.tracker()
    link = tracker.new_board()
    keepers = programs.keepers(5, link)
    first, second, crashed = keepers[0], keepers[1], keepers[4]

    draws = [programs.start("draw", link, "--peer", first.place, stdin=strokes(100, color)) for color in COLORS]
    until(lambda: stored(first) > 0, "the first strokes")
    tracker.program.kill()
    crashed.program.kill()
    newcomer = programs.keeper(link, "--peer", second.place)
    for draw in draws:
        draw.result()
        assert "100 strokes delivered to" in draw.err

    info = alike(link, first, others=5)
    assert info["shapes"] == 500
    assert sorted(info["have"].values()) == [100] * 5
    assert sorted(colors(newcomer.on_disk())) == sorted(int(color[1:], 16) for color in COLORS for _ in range(100))

    back = programs.keeper(str(crashed.file), "--peer", newcomer.place)
    assert back.file == crashed.file
    assert alike(link, back, others=6)["digest"] == info["digest"]
    for keeper in (*keepers[:4], newcomer, back):
        assert keeper.program.stop() == 0
        assert keeper.on_disk().document.digest().hex() == info["digest"]


def test_a_keeper_comes_back_with_its_board(programs: Programs) -> None:
    keeper = programs.keeper("--peer", "127.0.0.1:9", "--room", "den")
    for times, number in enumerate((signal.SIGTERM, signal.SIGKILL), 1):
        programs.start("draw", "--peer", keeper.place, "--room", "den", stdin=strokes(10)).result()
        keeper.program.stop(number)
        assert len(colors(keeper.on_disk())) == 10 * times

        keeper = programs.keeper(str(keeper.file), home=keeper.program.home)
        info = look(den(peer=keeper.place))
        assert info["shapes"] == 10 * times
        assert [peer["shapes"] for peer in info["peers"] if peer["link"] == "direct"] == [10 * times]


def test_a_tracker_that_comes_back_introduces_newcomers_again(programs: Programs) -> None:
    tracker = programs.tracker()
    link = tracker.new_board()
    keeper = programs.keeper(link)
    keeper.program.says("announced")
    tracker.program.kill()
    keeper.program.says(r"tracker \S+: (?!announced)")
    assert programs.tracker(tracker.port).port == tracker.port

    newcomer = programs.keeper(link)
    draw = programs.start("draw", link, stdin=strokes(3))
    draw.result()
    until(lambda: stored(keeper) == 3 and stored(newcomer) == 3, "the strokes at both")


def test_two_rooms_at_one_tracker_do_not_mix(programs: Programs) -> None:
    tracker = programs.tracker()
    rooms = ("den", "attic")
    for room in rooms:
        programs.keeper("--tracker", tracker.place, "--room", room)
    drawn = [
        programs.start("draw", "--tracker", tracker.place, "--room", room, stdin=strokes(count))
        for count, room in enumerate(rooms, 1)
    ]
    for draw in drawn:
        draw.result()
    for count, room in enumerate(rooms, 1):
        info = look(den(tracker=tracker.place, room=room))
        assert (info["shapes"], len(info["peers"])) == (count, 1)
