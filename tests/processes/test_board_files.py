"""Board files among real programs: one writes at a time, the others go by way of it, and trouble is one sentence."""

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from p2psketch.address import parse_address
from peer import cli
from peer.target import Target, open_room
from tests.peer.store.boards import damaged_copies, overwrite
from tests.processes.support import Keeper, Programs, look, strokes, until

NOWHERE = ("--peer", "127.0.0.1:9", "--room", "den")


def room_of(keeper: Keeper) -> Target:
    """Its board, for somebody who comes over the network."""
    return open_room("den", [], [parse_address(keeper.place)])


@pytest.fixture
def keeper(programs: Programs) -> Keeper:
    return programs.keeper(*NOWHERE)


def test_what_is_drawn_into_a_file_that_is_open_shows_there_at_once(programs: Programs, keeper: Keeper) -> None:
    draw = programs.start("draw", str(keeper.file), stdin=strokes(5))
    draw.result()
    assert draw.err == f"5 strokes saved in {keeper.file}\n"
    assert programs.info(str(keeper.file))["shapes"] == 5
    assert look(room_of(keeper))["shapes"] == 5
    assert keeper.program.stop() == 0
    assert keeper.on_disk().document.visible_count == 5


def test_two_who_draw_into_one_file_at_once_both_get_there(programs: Programs, keeper: Keeper) -> None:
    keeper.program.stop()
    draws = [programs.start("draw", str(keeper.file), stdin=strokes(50)) for _ in range(2)]
    ends = [draw.ends() for draw in draws]
    drawn = keeper.on_disk().document.visible_count
    assert drawn == 50 * ends.count(0) > 0
    for draw, end in zip(draws, ends, strict=True):
        assert end == 0 or draw.err == f"p2psketch: The board {keeper.file} is open in another program.\n"


def test_a_file_is_kept_by_one_program(programs: Programs, keeper: Keeper) -> None:
    second = programs.run("keep", str(keeper.file))
    assert second.ends() == 1
    port = keeper.place.partition(":")[2]
    assert second.err == (
        f"p2psketch: The board {keeper.file} is open in another program (it listens on port {port}).\n"
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_it_can_be_written_again_as_soon_as_that_has_ended(
    programs: Programs, keeper: Keeper, number: signal.Signals
) -> None:
    keeper.program.stop(number)
    programs.start("draw", str(keeper.file), stdin=strokes(2)).result()
    assert keeper.on_disk().document.visible_count == 2
    assert sorted(path.name for path in keeper.file.parent.iterdir()) == [keeper.file.name]


def test_a_board_that_is_open_can_be_looked_at_and_catch_up(programs: Programs, keeper: Keeper, tmp_path: Path) -> None:
    programs.start("draw", str(keeper.file), stdin=strokes(3)).result()
    programs.start("export", str(keeper.file), str(tmp_path / "board.png")).result()
    info = programs.start("info", "--json", "--wait", str(keeper.file))
    assert '"shapes": 3' in info.result()


def test_a_damaged_board_is_shown_as_far_as_it_goes_and_set_aside_when_it_is_written(
    programs: Programs, keeper: Keeper
) -> None:
    programs.start("draw", str(keeper.file), stdin=strokes(30)).result()
    keeper.program.stop()
    overwrite(keeper.file, 0, os.urandom(4096))
    before = keeper.file.read_bytes()
    info = programs.start("info", str(keeper.file))
    assert "shapes  30" in info.result()
    assert "is damaged: this is what could be read of it (30 changes)." in info.err
    assert keeper.file.read_bytes() == before

    draw = programs.start("draw", str(keeper.file), stdin=strokes(1))
    draw.result()
    assert "was damaged: it is kept as" in draw.err
    assert [copy.read_bytes() for copy in damaged_copies(keeper.file)] == [before]
    assert programs.info(str(keeper.file))["shapes"] == 31


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("text", "{} is a file of another program, not a p2psketch board."),
        ("nothing", "{} is empty: there is no board in it."),
        ("a folder", "{} is a folder, not a board."),
        ("no file", "There is no board at {}."),
    ],
)
@pytest.mark.parametrize("command", ["info", "keep", "draw"])
def test_what_is_no_board_is_one_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    what: str,
    sentence: str,
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(strokes(1)))
    path = tmp_path / "den.p2psketch"
    match what:
        case "text":
            path.write_text("Dear diary, " * 99)
        case "nothing":
            path.touch()
        case "a folder":
            path.mkdir()
    assert cli.main([command, str(path)]) == 1
    assert capsys.readouterr() == ("", f"p2psketch: {sentence.format(path)}\n")
    assert what != "text" or path.read_text() == "Dear diary, " * 99


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MiB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a disk")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_disk_that_is_really_full(programs: Programs, small_disk: Path) -> None:
    first = programs.keeper(*NOWHERE)
    first.program.stop()
    file = small_disk / "den.p2psketch"
    file.write_bytes(first.file.read_bytes())
    keeper = programs.keeper(str(file))
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(800_000))
    draw = programs.start("draw", "--peer", keeper.place, "--room", "den", "--timeout", "90", stdin=strokes(3000))
    keeper.program.says(r"den\.p2psketch cannot be written: the disk is full\. Drawing goes on in memory only")
    until(lambda: look(room_of(keeper))["shapes"] == 3000, "all of it in memory")
    assert draw.process.poll() is None, "nobody keeps them"
    ballast.unlink()
    subprocess.run(["mount", "-o", "remount,size=16m", str(small_disk)], check=True)
    keeper.program.says("The board is saved again")
    draw.result()
    assert draw.err == "3000 strokes delivered to 1 of 1 peers\n"
    assert keeper.on_disk().document.visible_count == 3000
    assert keeper.program.stop() == 0
    assert keeper.on_disk().document.visible_count == 3000
