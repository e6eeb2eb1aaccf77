"""Logs grow without gaps, each op chained to the one before, and take nothing else."""

import math
from typing import Any

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from p2psketch.clock import MAX_TIME
from p2psketch.errors import EnvelopeError, Forked
from p2psketch.ids import OpId
from p2psketch.keys import check_ops
from p2psketch.oplog import HEAD_PREFIX, MAX_OPS, Chunk, Known, OpLog, Tip, known, pack_triples, unpack_triples
from p2psketch.ops import MAX_BODY, chain, encode_body, first_head
from tests.core.authors import ANN, BEN, ROOM, STROKE, WHO, Author, signed

BODY = encode_body(ANN, [(0, STROKE)])


def drawn(count: int) -> Author:
    """An author who drew that many strokes."""
    ann = Author(ANN)
    for _ in range(count):
        ann.draws()
    return ann


def joined(chunks: list[Chunk]) -> Chunk:
    """Consecutive chunks as one."""
    length, blob = sum(chunk.length for chunk in chunks), b"".join(chunk.blob for chunk in chunks)
    return chunks[0]._replace(length=length, blob=blob, signature=chunks[-1].signature)


def a_chunk(*triples: tuple[Any, Any, Any], first: int = 1, head: bytes | None = None, length: int = 0) -> Chunk:
    blob = b"".join(msgpack.packb(triple) for triple in triples)
    return signed(Chunk(ANN, first, head or first_head(ROOM, ANN), length or len(triples), blob))


def refuses(log: OpLog, chunk: Chunk, *, match: str = ".") -> None:
    """The envelope does not hold, and the log is as it was."""
    before = dict(log.tips())
    with pytest.raises(EnvelopeError, match=match):
        log.accept(chunk)
    assert dict(log.tips()) == before


# Growing


def test_a_log_begins_empty() -> None:
    log = OpLog(ROOM, check_ops)
    assert log.tip(ANN) == Tip(0, first_head(ROOM, ANN), 0)
    assert (log.seq(ANN), log.op_count(), dict(log.tips())) == (0, 0, {})


def test_what_is_committed_here_is_accepted_there() -> None:
    here, there = OpLog(ROOM, check_ops), OpLog(ROOM, check_ops)
    for time in (3, 4, 90):
        accepted = there.accept(signed(here.append(ANN, time, 1000 + time, BODY)))
        assert accepted is not None
        (op,) = accepted.ops
        assert (op.stamp.time, op.wall, op.void) == (time, 1000 + time, None)
    assert there.tip(ANN) == here.tip(ANN)
    assert (there.seq(ANN), there.tip(ANN).time, there.op_count()) == (3, 90, 3)


def test_the_head_is_that_of_all_ops_in_turn() -> None:
    log = OpLog(ROOM, check_ops)
    log.append(ANN, 3, 1000, BODY)
    chunk = log.append(ANN, 5, 1001, b"another")
    one = chain(first_head(ROOM, ANN), 3, 1000, BODY)
    two = chain(one, 5, 1001, b"another")
    assert log.tip(ANN) == Tip(2, two, 5)
    assert chunk == Chunk(ANN, 2, one, 1, msgpack.packb([5, 1001, b"another"]))


def test_authors_have_logs_of_their_own() -> None:
    ann, ben, log = drawn(2), Author(BEN), OpLog(ROOM, check_ops)
    ben.draws()
    for chunk in (*ben.chunks, *ann.chunks):
        assert log.accept(chunk) is not None
    assert dict(log.tips()) == {ANN: ann.log.tip(ANN), BEN: ben.log.tip(BEN)}
    assert log.op_count() == 3


def test_many_ops_in_one_chunk_are_the_same_ops() -> None:
    ann = drawn(5)
    one_by_one, at_once = OpLog(ROOM, check_ops), OpLog(ROOM, check_ops)
    singly = [accepted.ops[0] for accepted in map(one_by_one.accept, ann.chunks) if accepted]
    accepted = at_once.accept(joined(ann.chunks))
    assert accepted is not None
    assert accepted.ops == singly
    assert accepted.chunk == joined(ann.chunks)
    assert [op.id for op in singly] == [OpId(ANN, seq) for seq in range(1, 6)]
    assert at_once.tip(ANN) == one_by_one.tip(ANN) == ann.log.tip(ANN)


def test_what_others_are_told_of_a_tip() -> None:
    tip = drawn(2).log.tip(ANN)
    assert known(tip) == Known(2, tip.head[:HEAD_PREFIX])
    assert HEAD_PREFIX == 16


# Repetition, overlap, gaps


def test_what_is_here_already_is_not_taken_again() -> None:
    ann = drawn(3)
    for again in [*ann.chunks, joined(ann.chunks), joined(ann.chunks[1:])]:
        assert ann.log.accept(again) is None
    assert ann.log.accept(ann.chunks[0]._replace(blob=b"not even read")) is None


def test_of_a_chunk_partly_known_the_rest_is_taken() -> None:
    ann, log = drawn(5), OpLog(ROOM, check_ops)
    log.accept(joined(ann.chunks[:3]))
    accepted = log.accept(joined(ann.chunks[1:])._replace(proof=b"p" * 64))
    assert accepted is not None
    assert [op.id.seq for op in accepted.ops] == [4, 5]
    assert accepted.chunk == joined(ann.chunks[3:])._replace(proof=b"p" * 64)
    assert log.tip(ANN) == ann.log.tip(ANN)
    assert OpLog(ROOM, check_ops).accept(joined([*ann.chunks[:3], accepted.chunk])) is not None


def test_a_chunk_beyond_a_gap_is_not_taken() -> None:
    ann, log = drawn(3), OpLog(ROOM, check_ops)
    assert log.accept(ann.chunks[1]) is None
    log.accept(ann.chunks[0])
    assert log.accept(ann.chunks[2]) is None
    assert log.seq(ANN) == 1
    for chunk in ann.chunks[1:]:
        assert log.accept(chunk) is not None


@given(st.data())
def test_however_a_log_is_cut_and_shuffled_it_arrives(data: st.DataObject) -> None:
    count = 6
    ann, log = drawn(count), OpLog(ROOM, check_ops)
    cuts = st.tuples(st.integers(0, count - 1), st.integers(1, count)).filter(lambda cut: cut[0] < cut[1])
    chunks = [joined(ann.chunks[start:end]) for start, end in data.draw(st.lists(cuts, max_size=8))]
    seqs: list[int] = []
    for chunk in [*chunks, *ann.chunks]:
        accepted = log.accept(chunk)
        if accepted is not None:
            seqs += [op.id.seq for op in accepted.ops]
            assert accepted.chunk == joined(ann.chunks[accepted.chunk.first - 1 : accepted.chunk.last])
    assert seqs == list(range(1, count + 1))
    assert log.tip(ANN) == ann.log.tip(ANN)


# Envelopes that do not hold


def test_a_chunk_begins_where_our_log_ends() -> None:
    ann, log = drawn(2), OpLog(ROOM, check_ops)
    refuses(log, ann.chunks[0]._replace(head=b"x" * 32), match="not signed by it")
    refuses(log, signed(ann.chunks[0]._replace(head=b"x" * 32)), match="do not continue its log")
    log.accept(ann.chunks[0])
    with pytest.raises(Forked, match="do not continue its log"):
        log.accept(signed(ann.chunks[1]._replace(head=first_head(ROOM, ANN))))
    assert log.accept(ann.chunks[1]) is not None


def test_ops_belong_to_one_room_one_author_and_one_place() -> None:
    ann = drawn(2)
    refuses(OpLog(b"another room".ljust(32), check_ops), ann.chunks[0])
    refuses(OpLog(ROOM, check_ops), ann.chunks[0]._replace(author=BEN))
    refuses(OpLog(ROOM, check_ops), ann.chunks[1]._replace(first=1))


def test_a_chunk_is_signed_by_its_author_for_its_place_and_room() -> None:
    ann, ben, log = drawn(3), Author(BEN), OpLog(ROOM, check_ops)
    ben.draws()
    first, second = ann.chunks[:2]
    for signature in (None, bytes(64), second.signature, ben.chunks[0].signature):
        refuses(log, first._replace(signature=signature), match="not signed by it")
    elsewhere = WHO[ANN].sign_ops(b"another room".ljust(32), 1, second.head)
    refuses(log, first._replace(signature=elsewhere), match="not signed by it")
    refuses(log, joined(ann.chunks)._replace(signature=second.signature), match="not signed by it")
    assert log.accept(first._replace(signature=None), trusted=True) is not None, "our own disk has been checked before"
    assert log.accept(joined(ann.chunks[1:])) is not None


@pytest.mark.parametrize("at", [0, 1, 2])
def test_what_was_changed_on_its_way_is_not_signed(at: int) -> None:
    """One op of a chunk is another; the chain and the rest of the chunk are as good as a forger can make them."""
    ann, log = drawn(3), OpLog(ROOM, check_ops)
    whole = joined(ann.chunks)
    triples = unpack_triples(3, whole.blob)
    triples[at] = (triples[at][0], triples[at][1], encode_body(ANN, [(0, {**STROKE, "color": 1})]))
    refuses(log, whole._replace(blob=pack_triples(triples)), match="not signed by it")


@pytest.mark.parametrize("changed", [[9, 0, BODY], [1, 9, BODY], [1, 0, BODY[:-1] + bytes([BODY[-1] ^ 1])]])
def test_a_known_part_that_differs_is_a_fork(changed: list[Any]) -> None:
    """One author with two logs: the rest of the chunk follows on an op that we have in another version."""
    ann, log = drawn(3), OpLog(ROOM, check_ops)
    log.accept(ann.chunks[0])
    later = [[10, 0, BODY], [11, 0, BODY]]
    refuses(log, a_chunk(tuple(changed), *map(tuple, later)), match="do not continue its log")  # type: ignore[arg-type]


@pytest.mark.parametrize("times", [(1, 1), (2, 1), (5, 6, 6), (3, 4, 5, 2)])
def test_the_times_of_an_author_increase(times: tuple[int, ...]) -> None:
    log = OpLog(ROOM, check_ops)
    refuses(log, a_chunk(*((time, 0, BODY) for time in times)), match="do not increase")


def test_of_another_log_the_times_are_another_matter() -> None:
    log = OpLog(ROOM, check_ops)
    log.append(ANN, 7, 0, BODY)
    with pytest.raises(Forked):
        log.accept(a_chunk((3, 0, BODY), first=2, head=b"x" * 32))


def test_beyond_a_cut_nothing_counts_but_what_holds_it_is_kept_whole() -> None:
    ann, log = drawn(5), OpLog(ROOM, check_ops)
    log.cuts[ANN] = 3
    assert log.accept(ann.chunks[0]) is not None
    accepted = log.accept(joined(ann.chunks[1:]))
    assert accepted is not None
    assert [op.id.seq for op in accepted.ops] == [2, 3]
    assert accepted.chunk == joined(ann.chunks[1:]), "its signature is for its end"
    assert log.seq(ANN) == 3
    assert log.accept(ann.chunks[3]) is None


def test_the_times_increase_from_chunk_to_chunk() -> None:
    log = OpLog(ROOM, check_ops)
    log.append(ANN, 7, 0, BODY)
    for time in (6, 7):
        refuses(log, a_chunk((time, 0, BODY), first=2, head=log.tip(ANN).head), match="do not increase")
    assert log.accept(a_chunk((8, 0, BODY), first=2, head=log.tip(ANN).head)) is not None


WRONG_TRIPLES: dict[str, Any] = {
    "no list": 5,
    "a map": {"time": 1},
    "a pair": (1, 0),
    "a fourth value": (1, 0, BODY, 0),
    "time 0": (0, 0, BODY),
    "a negative time": (-1, 0, BODY),
    "a time past 2^53": (MAX_TIME, 0, BODY),
    "a time of 64 bits": (2**64 - 1, 0, BODY),
    "half a time": (1.5, 0, BODY),
    "a whole time as a float": (1.0, 0, BODY),
    "a true time": (True, 0, BODY),
    "no time": (None, 0, BODY),
    "a time that is not a number": (math.nan, 0, BODY),
    "a negative wall time": (1, -1, BODY),
    "a wall time past 2^53": (1, 2**53, BODY),
    "a wall time in text": (1, "noon", BODY),
    "a false wall time": (1, False, BODY),
    "a body in text": (1, 0, "text"),
    "no body": (1, 0, None),
    "a body unpacked": (1, 0, [[], 0, {"color": 1}]),
    "a body too large": (1, 0, bytes(MAX_BODY + 1)),
}


@pytest.mark.parametrize("triple", WRONG_TRIPLES.values(), ids=WRONG_TRIPLES)
def test_an_op_is_a_time_a_wall_time_and_a_body(triple: Any) -> None:
    refuses(OpLog(ROOM, check_ops), a_chunk(triple))
    refuses(OpLog(ROOM, check_ops), a_chunk((1, 0, BODY), triple))


def test_the_most_that_an_envelope_may_hold() -> None:
    log = OpLog(ROOM, check_ops)
    accepted = log.accept(a_chunk((1, 2**53 - 1, bytes(MAX_BODY)), (MAX_TIME - 1, 0, b"")))
    assert accepted is not None
    assert [op.void is None for op in accepted.ops] == [False, False]


@pytest.mark.parametrize("length", [1, 2, 4, 256, MAX_OPS])
def test_the_number_of_ops_is_the_one_named(length: int) -> None:
    refuses(OpLog(ROOM, check_ops), a_chunk((1, 0, BODY), (2, 0, BODY), (3, 0, BODY), length=length))


@pytest.mark.parametrize("blob", [b"", b"\xc1", b"\x93\x01\x00", b"\x93\x01\x00\xc4\x01x\x00", b"\x91" * 100_000])
def test_garbage_is_no_ops(blob: bytes) -> None:
    refuses(OpLog(ROOM, check_ops), Chunk(ANN, 1, first_head(ROOM, ANN), 1, blob))


def test_a_full_chunk() -> None:
    triples = [(time, 0, b"") for time in range(1, MAX_OPS + 1)]
    assert len(unpack_triples(MAX_OPS, pack_triples(triples))) == MAX_OPS


@given(st.binary(max_size=60), st.integers(1, 4))
def test_any_blob_is_ops_or_an_envelope_error(blob: bytes, length: int) -> None:
    log = OpLog(ROOM, check_ops)
    try:
        accepted = log.accept(signed(Chunk(ANN, 1, first_head(ROOM, ANN), length, blob)))
    except EnvelopeError:
        assert log.seq(ANN) == 0
        return
    assert accepted is not None and len(accepted.ops) == log.seq(ANN) == length


# Void ops


def test_a_void_op_is_counted_and_chained_like_any_other() -> None:
    log, later = OpLog(ROOM, check_ops), OpLog(ROOM, check_ops)
    chunks = [signed(log.append(ANN, time, 0, body)) for time, body in ((1, BODY), (2, b"nonsense"), (3, BODY))]
    accepted = later.accept(joined(chunks))
    assert accepted is not None
    assert [op.void is None for op in accepted.ops] == [True, False, True]
    assert accepted.ops[1].sets == ()
    assert accepted.chunk == joined(chunks)
    assert later.tip(ANN) == log.tip(ANN)
