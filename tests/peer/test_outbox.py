"""What leaves over a link first, what waits, and what is dropped."""

import pytest

from p2psketch import ink
from p2psketch.codec import Frames, decode, encode
from p2psketch.connection import Connection, State
from p2psketch.ids import LinkId, PeerId
from p2psketch.messages import (
    CANCELLED,
    ENDED,
    GOING,
    Bye,
    Draft,
    Have,
    HaveHash,
    Hello,
    Links,
    Message,
    Ops,
    Person,
    Ping,
    Pong,
    Presence,
    Welcome,
)
from p2psketch.oplog import CHUNK_BYTES, Chunk, Known
from peer.fleeting import MAX_DRAFT
from peer.outbox import BURST, MAX_CONTROL, MAX_RANGES, Outbox
from tests.core.authors import ANN, BEN, CAT

BYE = Bye("leaving")
BIG = 40_000
"""Bytes of one op in these logs: a burst takes four."""


class Log:
    """Stands for the store: ten ops an author, two to a chunk; ops 7 and 8 are missing."""

    def __init__(self, size: int = 10) -> None:
        self.size = size
        self.asked: list[tuple[PeerId, int, int]] = []

    def read(self, author: PeerId, first: int, last: int) -> Chunk | None:
        self.asked.append((author, first, last))
        start = (first - 1) // 2 * 2 + 1
        return (
            None
            if start > 10 or start == 7
            else Chunk(author, start, b"h" * 32, 2, bytes(self.size), b"s" * 64, b"p" * 64)
        )


def outbox(log: Log | None = None) -> Outbox:
    """One whose link is open."""
    connection = Connection(BEN, dialled=True, now=0.0)
    connection.send(Hello((1,), ANN, Person("Ann", 1), (), 0, True, None))
    list(connection.receive(encode(Welcome(1, BEN, Person("Ben", 1), (), 0, True, None)), 0.0))
    assert connection.state is State.OPEN
    return Outbox(LinkId(1), connection, (log or Log()).read)


def messages(data: bytes) -> list[Message]:
    return [decode(payload, ANN) for payload in Frames().feed(data)]


def sent(box: Outbox) -> list[Message]:
    """Everything that waits, as the other end gets it."""
    got: list[Message] = []
    while data := box.burst():
        got += messages(data)
    return got


def firsts(got: list[Message]) -> list[tuple[PeerId, int]]:
    return [(message.chunk.author, message.chunk.first) for message in got if isinstance(message, Ops)]


def draft(start: int, *, number: int = 1, author: PeerId = ANN, points: int = 1) -> Draft:
    style = {"color": 1} if start == 0 else None
    return Draft(author, number, start, style, ink.encode([(1.0, 1.0)] * points), GOING)


def end(number: int = 1, state: int = ENDED, author: PeerId = ANN) -> Draft:
    return Draft(author, number, 0, None, b"", state)


def pointer(x: float, author: PeerId = ANN) -> Presence:
    return Presence(author, (x, 0.0), None, "pen")


def test_with_nothing_queued_nothing_leaves() -> None:
    box = outbox()
    assert box.burst() == b""
    assert not box.finished


def test_control_first_then_ops_then_what_is_fleeting_and_bye_last() -> None:
    box = outbox()
    box.finish(BYE)
    box.send(pointer(1.0))
    box.send(draft(0))
    box.serve(ANN, 1, 2)
    box.send(Ping(1))
    box.send(HaveHash(b"h" * 32))
    kinds = [type(message).__name__ for message in messages(box.burst())]
    assert kinds == ["Ping", "HaveHash", "Ops", "Draft", "Presence", "Bye"]


def test_a_draft_ends_after_its_op() -> None:
    """Otherwise the stroke would be gone for a moment before it is there to stay."""
    box = outbox()
    box.send(end())
    box.serve(ANN, 1, 2)
    assert [type(message) for message in sent(box)] == [Ops, Draft]


# Ops


def test_a_range_is_served_as_the_store_has_it() -> None:
    log = Log()
    box = outbox(log)
    box.serve(ANN, 2, 5)
    assert firsts(sent(box)) == [(ANN, 1), (ANN, 3), (ANN, 5)]
    assert log.asked == [(ANN, 2, 5), (ANN, 3, 5), (ANN, 5, 5)]


def test_ranges_take_turns() -> None:
    box = outbox()
    box.serve(ANN, 1, 6)
    box.serve(BEN, 1, 2)
    box.serve(CAT, 3, 6)
    assert firsts(sent(box)) == [(ANN, 1), (BEN, 1), (CAT, 3), (ANN, 3), (CAT, 5), (ANN, 5)]


@pytest.mark.parametrize("then", [(2, 2), (1, 2), (1, 6)])
def test_pushes_that_go_on_leave_together(then: tuple[int, int]) -> None:
    log = Log()
    box = outbox(log)
    box.serve(ANN, 1, 1)
    box.serve(ANN, *then)
    assert len(firsts(sent(box))) == (then[1] + 1) // 2
    assert log.asked[0] == (ANN, 1, then[1])


@pytest.mark.parametrize("then", [(ANN, 1, 2), (ANN, 6, 6), (BEN, 5, 6)])
def test_other_ranges_are_served_on_their_own(then: tuple[PeerId, int, int]) -> None:
    log = Log()
    box = outbox(log)
    box.serve(ANN, 3, 4)
    box.serve(*then)
    sent(box)
    assert log.asked == [(ANN, 3, 4), then]


def test_a_range_that_shrinks_does_not_forget_its_end() -> None:
    box = outbox()
    box.serve(ANN, 1, 6)
    box.serve(ANN, 1, 2)
    assert firsts(sent(box)) == [(ANN, 1), (ANN, 3), (ANN, 5)]


def test_what_the_store_does_not_have_ends_the_range() -> None:
    box = outbox()
    box.serve(CAT, 7, 8)
    box.serve(ANN, 5, 10)
    box.serve(BEN, 1, 1)
    assert firsts(messages(box.burst())) == [(ANN, 5), (BEN, 1)]


def test_a_slow_reader_costs_no_memory() -> None:
    """Ops are read when they leave: what has not left is read again by nobody."""
    log = Log(size=BIG)
    box = outbox(log)
    box.serve(ANN, 1, 6)
    box.serve(BEN, 1, 6)
    data = box.burst()
    assert BURST <= len(data) < BURST + BIG + 1000
    assert len(log.asked) == 4
    got = messages(data) + sent(box)
    assert firsts(got) == [(ANN, 1), (BEN, 1), (ANN, 3), (BEN, 3), (ANN, 5), (BEN, 5)]


def test_control_messages_overtake_ops_between_two_bursts() -> None:
    box = outbox(Log(size=BIG))
    box.serve(ANN, 1, 6)
    box.serve(BEN, 1, 6)
    box.burst()
    box.send(Ping(1))
    assert messages(box.burst())[0] == Ping(1)


# Presence and drafts


def test_of_presence_only_the_newest_waits() -> None:
    box = outbox()
    for x in range(100):
        box.send(pointer(float(x)))
        box.send(pointer(-float(x), BEN))
    assert sent(box) == [pointer(99.0), pointer(-99.0, BEN)]
    box.send(pointer(5.0))
    assert sent(box) == [pointer(5.0)]


def test_the_parts_of_a_draft_are_kept_in_order() -> None:
    box = outbox()
    parts = [draft(0), draft(1, points=3), draft(4), end()]
    for part in parts:
        box.send(part)
    assert sent(box) == parts


def test_a_stroke_that_is_over_is_not_drawn_any_more_on_a_slow_link() -> None:
    box = outbox()
    for message in (draft(0), draft(1), end(), draft(0, number=2), draft(0, author=BEN), draft(1, number=2)):
        box.send(message)
    assert sent(box) == [draft(0, author=BEN), end(), draft(0, number=2), draft(1, number=2)]


def test_a_draft_that_grows_too_large_is_dropped_whole_and_its_end_is_not() -> None:
    box = outbox()
    far = ink.encode([(4e6 * (-1) ** n, 4e6 * (-1) ** n) for n in range(1000)])
    parts = [Draft(ANN, 1, 1000 * n, None, far, GOING) for n in range(10)]
    fit = MAX_DRAFT // len(far)
    assert fit < len(parts) - 1
    for part in parts[:fit]:
        box.send(part)
    box.send(draft(0, author=BEN))
    for part in parts[fit:]:
        box.send(part)
    box.send(end(state=CANCELLED))
    assert sent(box) == [draft(0, author=BEN), end(state=CANCELLED)]
    for part in (draft(0, number=2), draft(1, number=2)):
        box.send(part)
    assert sent(box) == [draft(0, number=2), draft(1, number=2)]


def test_dropping_a_single_draft_that_is_too_large_leaves_nothing() -> None:
    box = outbox()
    box.send(Draft(ANN, 1, 0, None, bytes(MAX_DRAFT + 1), GOING))
    assert box.burst() == b""


def test_of_what_tells_the_whole_truth_only_the_newest_waits() -> None:
    box = outbox()
    for n in range(10_000):
        box.send(Pong(n))
        box.send(HaveHash(n.to_bytes(32, "big")))
        box.send(Links(()))
    assert sent(box) == [Pong(9999), HaveHash((9999).to_bytes(32, "big")), Links(())]
    assert not box.overfull and not box


def whole(count: int, seq: int) -> list[Have]:
    entries = tuple((ANN, Known(seq, bytes(16))) for _ in range(100))
    return [Have(entries, True, part == count - 1, bytes(16), 0) for part in range(count)]


def test_of_our_own_vector_only_the_newest_waits_and_it_may_be_large() -> None:
    box = outbox()
    for seq in range(1, 30):
        for part in whole(100, seq):
            box.send(part)
    assert not box.overfull
    assert sent(box) == whole(100, 29)


def test_a_vector_that_is_half_sent_gives_way_to_a_new_one() -> None:
    box = outbox(Log(size=BIG))
    for part in whole(40, 1):
        box.send(part)
    first = messages(box.burst())
    assert 0 < len(first) < 40
    for part in whole(40, 2):
        box.send(part)
    assert sent(box) == whole(40, 2)


def test_who_makes_us_say_much_and_reads_nothing_is_found_out() -> None:
    box = outbox()
    news = Have(tuple((ANN, Known(seq, bytes(16))) for seq in range(1, 1025)), False, True, bytes(16), 0)
    sends = 0
    while not box.overfull:
        box.send(news)
        sends += 1
    assert 1 < sends <= MAX_CONTROL // 1024
    sent(box)
    assert not box.overfull


def test_the_same_ops_are_not_queued_twice() -> None:
    log = Log()
    box = outbox(log)
    for _ in range(MAX_RANGES):
        box.serve(ANN, 1, 4)
        box.serve(BEN, 1, 6)
    assert not box.overfull
    assert firsts(sent(box)) == [(ANN, 1), (BEN, 1), (ANN, 3), (BEN, 3), (BEN, 5)]
    box.serve(ANN, 1, 2)
    assert firsts(sent(box)) == [(ANN, 1)], "asked for again once they have left, they are sent again"


def test_pushes_of_many_authors_in_turn_are_a_range_each() -> None:
    """As on a slow link while everybody draws."""
    box = outbox()
    for seq in range(1, 7):
        for author in (ANN, BEN, CAT):
            box.serve(author, seq, seq)
    assert len(box._ranges) == 3


def test_ranges_in_pieces_without_end_are_found_out() -> None:
    box = outbox()
    for _ in range(MAX_RANGES // 2 + 1):
        box.serve(ANN, 1, 1)
        box.serve(ANN, 5, 5)
    assert box.overfull


def test_nothing_is_lost_where_a_burst_ends() -> None:
    """A burst may be full in the middle of somebody's draft."""
    box = outbox(Log(size=BURST // 2 - 200))
    parts = [draft(0), *(draft(1 + 300 * n, points=300) for n in range(20)), end()]
    box.serve(ANN, 1, 4)
    box.send(pointer(1.0))
    for part in parts:
        box.send(part)
    first = messages(box.burst())
    assert [type(message) for message in first[:3]] == [Ops, Ops, Draft]
    assert len(first) < len(parts), "the burst is full before the draft is told"
    later = sent(box)
    assert [message for message in first + later if isinstance(message, Draft)] == parts
    assert later[-1] == pointer(1.0)


def test_what_comes_between_two_bursts_goes_to_the_end_of_its_draft() -> None:
    box = outbox(Log(size=CHUNK_BYTES))
    box.serve(ANN, 1, 4)
    box.send(draft(0))
    box.send(draft(1))
    assert firsts(messages(box.burst())) == [(ANN, 1), (ANN, 3)]
    box.send(draft(2))
    assert sent(box) == [draft(0), draft(1), draft(2)]


# Goodbye


def test_after_bye_nothing_leaves() -> None:
    box = outbox()
    box.send(Ping(1))
    box.finish(BYE)
    assert not box.finished
    box.send(Ping(2))
    assert sent(box) == [Ping(1), Ping(2), BYE]
    assert box.finished
    box.send(Ping(3))
    box.serve(ANN, 1, 2)
    assert box.burst() == b""


def test_bye_waits_for_everything_that_is_queued() -> None:
    box = outbox(Log(size=BIG))
    box.serve(ANN, 1, 6)
    box.serve(BEN, 1, 6)
    box.finish(BYE)
    assert BYE not in messages(box.burst())
    assert sent(box)[-1] == BYE


def test_when_the_other_side_has_said_bye_nothing_leaves() -> None:
    box = outbox()
    box.send(Ping(1))
    list(box._connection.receive(encode(BYE), 0.0))
    assert box.finished
    assert box.burst() == b""


def test_a_link_that_is_refused_gets_nothing_but_bye() -> None:
    connection = Connection(BEN, dialled=False, now=0.0)
    box = Outbox(LinkId(1), connection, Log().read)
    box.finish(BYE)
    assert sent(box) == [BYE]
    assert connection.state is State.CLOSED


def test_that_an_author_may_edit_is_shown_once() -> None:
    box = outbox()
    for author in (ANN, BEN):
        box.serve(author, 1, 6)
    shown = [(ops.chunk.author, ops.chunk.proof) for ops in sent(box) if isinstance(ops, Ops)]
    assert [author for author, proof in shown if proof] == [ANN, BEN]
    assert len(shown) == 6
