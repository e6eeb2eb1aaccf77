"""Forks: what proves one, what does not, and that everybody's board ends up without it."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p2psketch import effects as e
from p2psketch import messages as m
from p2psketch.errors import NotAnEditor
from p2psketch.forks import Compared, compare, heads_of, proven
from p2psketch.keys import check_ops
from p2psketch.oplog import Chunk, Known, OpLog
from p2psketch.ops import Edit
from tests.core.authors import ANN, BEN, ROOM, STROKE, Author, signed
from tests.core.sessions import WALL, Desk, connect, exchange, linked, pass_time

LOG = OpLog(ROOM, check_ops)


def two_logs(shared: int, one: int, other: int) -> tuple[list[Chunk], list[Chunk]]:
    """All chunks of one op each of Ann's two logs, that part after so many ops."""
    logs = []
    for color, more in ((1, one), (2, other)):
        ann = Author(ANN)
        for _ in range(shared):
            ann.draws()
        for _ in range(more):
            ann.draws(color=color)
        logs.append(ann.chunks)
    return logs[0], logs[1]


def part(chunks: list[Chunk], first: int, last: int) -> Chunk:
    """Ops of a log as one chunk."""
    some = chunks[first - 1 : last]
    return signed(some[0]._replace(length=len(some), blob=b"".join(chunk.blob for chunk in some)))


# What proves a fork


@given(st.data())
def test_two_chunks_prove_a_fork_if_both_hold_the_place_where_the_logs_part(data: st.DataObject) -> None:
    shared = data.draw(st.integers(0, 5))
    one, other = two_logs(shared, 3, 4)
    spans = [sorted(data.draw(st.lists(st.integers(1, len(log)), min_size=2, max_size=2))) for log in (one, other)]
    chunks = [part(log, *span) for log, span in zip((one, other), spans, strict=True)]
    holds_the_place = all(first <= shared + 1 <= last for first, last in spans)
    assert proven(m.Fork(*chunks), LOG.is_signed) == (shared if holds_the_place else None)
    begin, end = max(span[0] for span in spans) - 1, min(span[1] for span in spans)
    expected = Compared(None, None)
    if begin <= end:
        same, differs = min(end, shared), max(begin, shared + 1)
        expected = Compared(same if same >= begin else None, differs if differs <= end else None)
    assert compare(*chunks) == expected


def test_what_is_not_signed_or_not_one_authors_proves_nothing() -> None:
    one, other = two_logs(2, 2, 2)
    good = m.Fork(part(one, 2, 4), part(other, 3, 4))
    assert proven(good, LOG.is_signed) == 2
    bad: list[Callable[[Chunk], Chunk]] = [
        lambda chunk: chunk._replace(signature=None),
        lambda chunk: chunk._replace(signature=bytes(64)),
        lambda chunk: chunk._replace(signature=one[0].signature),
        lambda chunk: chunk._replace(author=BEN),
        lambda chunk: chunk._replace(blob=b"?" + chunk.blob[1:]),
        lambda chunk: chunk._replace(length=1),
        lambda chunk: chunk._replace(head=bytes(32)),
    ]
    for spoil in bad:
        assert proven(m.Fork(spoil(good.one), good.other), LOG.is_signed) is None
        assert proven(m.Fork(good.one, spoil(good.other)), LOG.is_signed) is None
    assert proven(m.Fork(good.one, good.one), LOG.is_signed) is None
    assert len(heads_of(good.one)) == 4


# What becomes of it


@pytest.fixture
def ben() -> Desk:
    return Desk("ben")


@pytest.fixture
def cat() -> Desk:
    return Desk("cat")


def clones(shared: int, one: int, other: int) -> tuple[Desk, Desk]:
    """Two programs that run with one key: they share so many strokes, then each goes on."""
    ann, clone = Desk("ann"), Desk("clone", key="ann")
    ann.session.mesh.person = clone.session.mesh.person
    for desk, more in ((ann, one), (clone, other)):
        for n in range(shared):
            desk.draws(color=n)
        for _ in range(more):
            desk.draws(color=0xAA if desk is ann else 0xBB)
    return ann, clone


def boards(*desks: Desk) -> set[bytes]:
    return {desk.session.document.digest() for desk in desks}


def all_frozen(seq: int, author: Desk, *desks: Desk) -> bool:
    return all(desk.session.log.cuts == {author.me: seq} and desk.session.log.seq(author.me) == seq for desk in desks)


@pytest.mark.parametrize(("one", "other"), [(1, 1), (1, 4), (4, 1), (30, 20)])
def test_whoever_has_one_log_meets_whoever_has_the_other(ben: Desk, cat: Desk, one: int, other: int) -> None:
    ann, clone = clones(3, one, other)
    linked(ann, ben)
    linked(clone, cat)
    shape = ben.draws()
    dan = Desk("dan")
    linked(ben, dan)
    linked(ben, cat)
    pass_time(2, ben, cat, dan)
    assert all_frozen(3, ann, ben, cat, dan)
    assert len(boards(ben, cat, dan)) == 1
    assert ben.session.document.visible_count == 4
    assert shape in cat.shapes()
    assert all("two different" in desk.all_told(e.Notice)[0].text for desk in (ben, cat, dan))
    late = Desk("late")
    linked(late, dan)
    pass_time(2, late, dan)
    assert late.session.log.seq(ann.me) == 3 and len(boards(late, dan)) == 1


def test_what_reaches_the_disk_late_is_not_claimed_beyond_a_fork(ben: Desk) -> None:
    ann, clone = clones(2, 3, 3)
    connect(ann, ben)
    exchange(ann, ben)
    ann.draws()
    arriving, ben.waiting = ben.waiting, []
    for link, message in arriving:  # and what arrives is not yet on disk
        ben.happens(e.Received(link, message))
    assert ben.session.log.seq(ann.me) == 6 == ben.session.holdings.seq(ann.me) + 1
    ben.happens(e.Received(ben.link_to(ann), m.Fork(ann.chunks[2], clone.chunks[2])))
    exchange(ben)
    assert ben.session.log.seq(ann.me) == 2 == ben.session.holdings.seq(ann.me)


def test_the_fork_is_known_after_a_restart_and_told_to_those_who_missed_it(ben: Desk, cat: Desk) -> None:
    ann, clone = clones(2, 3, 2)
    linked(ann, ben)
    linked(clone, cat)
    eve = Desk("eve")
    linked(ann, eve)
    linked(ben, cat)
    pass_time(2, ben, cat)
    again = Desk("again")
    for event in ben.board_file():
        again.happens(event)
    assert all_frozen(2, ann, again)
    assert len(boards(ben, again)) == 1
    assert eve.session.log.seq(ann.me) == 5
    eve.close(eve.link_to(ann))
    linked(eve, cat)
    pass_time(2, eve, cat)
    assert all_frozen(2, ann, eve, cat)
    assert len(boards(eve, ben)) == 1


def test_one_who_hears_that_it_has_forked_draws_no_more(ben: Desk, cat: Desk) -> None:
    ann, clone = clones(1, 1, 1)
    linked(ann, ben)
    linked(clone, cat)
    linked(ben, cat)
    pass_time(2, ann, ben, cat)
    assert ann.session.log.cuts == {ann.me: 1}
    assert len(boards(ann, ben)) == 1
    with pytest.raises(NotAnEditor):
        ann.session.commit(Edit(((0, STROKE),)), WALL)


def test_drawing_goes_on_while_the_board_is_read_anew(ben: Desk, cat: Desk) -> None:
    ann, clone = clones(2, 2, 2)
    linked(ann, ben)
    linked(clone, cat)
    connect(ben, cat)
    while not any(isinstance(event, e.StoreRead) for event in ben.remembered):
        for desk in (ben, cat):
            waiting, desk.waiting = desk.waiting, []
            for link, message in waiting:
                desk.happens(e.Received(link, message))
            if not any(isinstance(event, e.StoreRead) for event in desk.remembered):
                desk.sync()
    shape = ben.draws()
    assert shape in ben.shapes()
    exchange(ben, cat)
    pass_time(2, ben, cat)
    assert shape in ben.shapes() and shape in cat.shapes()
    assert len(boards(ben, cat)) == 1


def test_a_liar_freezes_nobody(ben: Desk) -> None:
    """A member that claims other heads, and has nothing to show for it."""
    ann, liar = Desk("ann"), Desk("liar")
    linked(ann, ben)
    ann.draws()
    exchange(ann, ben)
    linked(ben, liar)
    exchange(ann, ben, liar)
    link = ben.link_to(liar)
    ben.forget()
    for _ in range(3):
        lie = m.Have(((ann.me, Known(1, b"another head....")),), False, True, bytes(16), 1)
        ben.happens(e.Received(link, lie))
    exchange(ann, ben, liar)
    assert len([sent for sent in ben.all_told(e.Send) if isinstance(sent.message, m.Want)]) == 1
    assert ben.session.log.cuts == {} and not ben.all_told(e.Drop)


def test_a_proof_that_proves_nothing_costs_its_sender_the_link(ben: Desk) -> None:
    ann, liar = Desk("ann"), Desk("liar")
    linked(ann, ben)
    linked(ben, liar)
    ann.draws()
    ann.draws()
    exchange(ann, ben, liar)
    first, second = ann.chunks
    ben.happens(e.Received(ben.link_to(liar), m.Fork(first, second)))
    assert [drop.bye.reason for drop in ben.all_told(e.Drop)] == [m.PROTOCOL]
    assert ben.session.log.cuts == {} and ben.session.log.seq(ann.me) == 2


def test_a_file_whose_ops_are_not_signed_is_not_believed(ben: Desk) -> None:
    """Somebody has changed a board file: what is signed before that counts, the rest comes from the others again."""
    ann = Desk("ann")
    linked(ann, ben)
    for _ in range(3):
        ann.draws()
    exchange(ann, ben)
    forged = [*ben.chunks[:2], ben.chunks[2]._replace(blob=ben.chunks[2].blob[:-1] + b"\7")]
    again = Desk("again")
    again.chunks = forged
    for event in again.board_file():
        again.happens(event)
    again.sync()
    assert again.session.log.seq(ann.me) == 2
    assert [logged.text for logged in again.all_told(e.Logged)]
    linked(again, ann)
    assert len(boards(again, ann)) == 1
