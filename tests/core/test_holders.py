"""Who else has the board, and what is only here, between sessions that meet and part."""

import json

import pytest

from p2psketch import effects as e
from p2psketch.holders import MOST, MOST_COUNTED, Holder, strokes_in
from p2psketch.keys import Identity
from p2psketch.session import KEEP_EVERY, OBSERVE_EVERY
from p2psketch.views import Status, status_of
from tests.core.sessions import WALL, Desk, exchange, linked, pass_time

MINUTE = 60_000


@pytest.fixture
def ann() -> Desk:
    return Desk("ann", lasting="ann")


@pytest.fixture
def ben() -> Desk:
    return Desk("ben", lasting="ben")


@pytest.fixture
def cat() -> Desk:
    return Desk("cat", lasting="cat")


def observes(desk: Desk, wall: int = WALL) -> None:
    desk.now += OBSERVE_EVERY
    desk.run(desk.session.observe(desk.now, wall))


def status(desk: Desk) -> Status:
    return status_of(desk.session, open_room=False)


def part(one: Desk, other: Desk) -> None:
    one.close(one.link_to(other))
    exchange(one, other)


def notes(desk: Desk, what: str) -> list[str]:
    return [note.text for note in desk.all_told(e.KeepNote) if note.what == what]


def again(desk: Desk, key: str) -> Desk:
    """The same person starts the program anew, on the same file."""
    made = Desk(desk.name, key=key, lasting=desk.name)
    made.chunks = list(desk.chunks)
    desk.run(desk.session.observe(desk.now, WALL, last=True))
    for event in desk.board_file():
        made.happens(event)
    made.happens(e.HoldersStored(notes(desk, "holders")[-1]))
    return made


def test_alone_all_of_our_work_is_only_here(ann: Desk) -> None:
    assert status(ann).only_here is None, "nothing has been drawn"
    shape = ann.draws()
    ann.draws()
    assert status(ann).only_here == 2
    ann.sets(shape, deleted=True)
    assert status(ann).only_here == 1
    observes(ann)
    assert (status(ann).holders, status(ann).safe_on) == ((), 0)


def test_what_somebody_has_on_disk_is_not_only_here(ann: Desk, ben: Desk) -> None:
    linked(ann, ben)
    ann.draws()
    assert status(ann).only_here == 1, "nobody has said that they have it"
    exchange(ann, ben)
    pass_time(1, ann, ben)
    observes(ann)
    assert status(ann).only_here is None
    (holder,) = status(ann).holders
    assert holder == Holder("ben", sum(b"ben"), b"", WALL - WALL % MINUTE, status(ann).ops, is_here=True)


def test_who_is_away_still_has_what_they_had(ann: Desk, ben: Desk) -> None:
    linked(ann, ben)
    ann.draws()
    exchange(ann, ben)
    pass_time(1, ann, ben)
    observes(ann)
    part(ann, ben)
    observes(ann)
    assert (status(ann).peers_with_latest, status(ann).away_with_latest, status(ann).safe_on) == (0, 1, 1)
    ann.draws()
    assert (status(ann).safe_on, status(ann).only_here) == (0, 1)
    (holder,) = status(ann).holders
    observes(ann)
    assert (holder.is_here, status(ann).ops - holder.ops) == (False, 1)


def test_all_of_it_is_remembered_by_the_next_launch(ann: Desk, ben: Desk) -> None:
    linked(ann, ben)
    ann.draws()
    ben.draws()
    exchange(ann, ben)
    pass_time(1, ann, ben)
    observes(ann)
    part(ann, ben)
    for _ in range(3):
        ann.draws()
    next_day = again(ann, "ann again")
    observes(next_day)
    assert status(next_day).only_here == 3, "work of an earlier launch of ours"
    (holder,) = status(next_day).holders
    assert (holder.name, holder.key, holder.is_here) == ("ben", Identity(b"ben" + bytes(29)).peer_id, False)
    assert status(next_day).ops - holder.ops == 3
    linked(next_day, ben)
    observes(next_day)
    assert status(next_day).only_here is None
    assert [holder.is_here for holder in status(next_day).holders] == [True], "one person, another launch"


def test_launches_of_one_person_are_one_holder_and_other_people_are_others(ann: Desk, ben: Desk, cat: Desk) -> None:
    twin = Desk("ben", key="another ben", lasting="ben")
    for desk in (ben, cat, twin):
        desk.draws()
    linked(ann, ben, cat, twin)
    observes(ann)
    assert sorted(holder.name for holder in status(ann).holders) == ["ben", "cat"]
    assert all(holder.ops == status(ann).ops for holder in status(ann).holders)


def test_another_program_on_this_computer_is_no_other_computer(ann: Desk) -> None:
    twin = Desk("ann", key="window two", lasting="ann")
    twin.draws()
    linked(ann, twin)
    ann.draws()
    exchange(ann, twin)
    pass_time(1, ann, twin)
    observes(ann)
    assert status(ann).holders == ()


def test_who_keeps_nothing_holds_nothing(ann: Desk) -> None:
    visitor = Desk("vic", keeps=False)
    linked(ann, visitor)
    ann.draws()
    exchange(ann, visitor)
    pass_time(1, ann, visitor)
    observes(ann)
    assert (status(ann).holders, status(ann).only_here) == ((), 1)


def test_a_lasting_key_counts_only_if_its_holder_says_so_too(ann: Desk, ben: Desk) -> None:
    """Else anybody could pass for this computer, and its work for safe."""
    mallory = Desk("mal", lasting="mal")
    mallory.session._launch = mallory.session._launch.__class__(
        mallory.identity,
        mallory.session.mesh.person,
        Forger(Identity(b"ann" + bytes(29))),  # type: ignore[arg-type]
    )
    mallory.draws()
    linked(ann, mallory)
    observes(ann)
    (holder,) = status(ann).holders
    assert (holder.name, holder.key) == ("mal", b"")


class Forger:
    """Names somebody else's lasting key, and cannot sign with it."""

    def __init__(self, victim: Identity) -> None:
        self.peer_id = victim.peer_id

    def sign_person(self, peer: bytes, room_id: bytes) -> bytes:
        return bytes(64)


def test_it_is_written_down_now_and_then_and_at_the_end(ann: Desk, ben: Desk) -> None:
    linked(ann, ben)
    observes(ann)
    assert len(notes(ann, "holders")) == 1
    ann.draws()
    exchange(ann, ben)
    pass_time(1, ann, ben)
    observes(ann)
    observes(ann)
    assert len(notes(ann, "holders")) == 1
    ann.now += KEEP_EVERY
    observes(ann)
    assert len(notes(ann, "holders")) == 2
    ann.now += KEEP_EVERY
    observes(ann)
    assert len(notes(ann, "holders")) == 2, "nothing is new"
    ann.draws()
    exchange(ann, ben)
    pass_time(1, ann, ben)
    ann.run(ann.session.observe(ann.now, WALL, last=True))
    assert len(notes(ann, "holders")) == 3


def test_the_name_is_kept_with_the_board(ann: Desk) -> None:
    ann.run(ann.session.name_board("Plan", WALL))
    observes(ann)
    ann.run(ann.session.name_board("Roof", WALL))
    ann.run(ann.session.observe(ann.now, WALL, last=True))
    assert notes(ann, "name") == ["Plan", "Roof"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{" * 100_000,
        '{"holders": 5, "elsewhere": []}',
        '{"holders": [[], ["Ben", 1, "zz", 1, 1], ["Ben", -1, "", 1, 1], ["two\\nlines", 1, "", 1, 1], 7]}',
        '{"elsewhere": {"zz": 1, "' + "00" * 32 + '": -1, "' + "01" * 32 + '": true}}',
    ],
)
def test_what_does_not_hold_in_a_file_is_as_if_it_were_not_there(ann: Desk, text: str) -> None:
    ann.draws()
    ann.happens(e.HoldersStored(text))
    assert status(ann).only_here == 1
    assert all(holder.name == "Ben" and not holder.key for holder in status(ann).holders)


def test_a_file_of_many_holders_is_taken_as_far_as_it_goes(ann: Desk) -> None:
    many = [[f"n{n}", 1, "", n, n] for n in range(1000)]
    ann.happens(e.HoldersStored(json.dumps({"holders": many})))
    assert len(status(ann).holders) == MOST


def test_no_more_strokes_are_counted_than_anybody_wants_to_know(ann: Desk) -> None:
    for _ in range(MOST_COUNTED + 5):
        ann.draws()
    assert status(ann).only_here == MOST_COUNTED
    assert strokes_in(ann.session.document, {}) == 0
