"""What is left of chunks from a damaged disk: what its author has signed, all of that, and nothing else."""

from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from p2psketch.keys import check_ops
from p2psketch.oplog import Chunk, head_after
from p2psketch.salvage import PACKED, packed, salvaged
from tests.core.authors import ANN, BEN, ROOM, WHO, Author


def log_of(author: bytes, count: int, size: int = 4) -> list[Chunk]:
    one = Author(author)  # type: ignore[arg-type]
    for number in range(count):
        one.draws(color=number, z=bytes(size) if size <= 64 else None)
    return one.chunks


ANNS, BENS = log_of(ANN, 40), log_of(BEN, 20)


def saved(*chunks: Chunk) -> list[Chunk]:
    return list(salvaged(ROOM, check_ops, chunks))


def seqs(chunks: list[Chunk], author: bytes = ANN) -> list[int]:
    return [seq for chunk in chunks if chunk.author == author for seq in range(chunk.first, chunk.last + 1)]


def is_signed(chunk: Chunk) -> bool:
    assert chunk.signature is not None
    return check_ops(chunk.author, ROOM, chunk.last, head_after(chunk), chunk.signature)


def test_of_what_is_whole_everything_is_left_in_as_few_chunks_as_may_be() -> None:
    left = saved(*BENS, *ANNS)
    assert [(chunk.first, chunk.length) for chunk in left] == [(1, 40), (1, 20)]
    assert all(map(is_signed, left))


def test_nothing_is_left_of_nothing() -> None:
    assert saved() == []
    assert packed(ROOM, check_ops, []) == []


@given(st.data())
def test_whatever_is_damaged_the_rest_is_left_and_holds(data: st.DataObject) -> None:
    lost = data.draw(st.sets(st.integers(1, 40), max_size=6))
    signatures = data.draw(st.sets(st.integers(1, 40), max_size=6)) - lost
    heads = data.draw(st.sets(st.integers(2, 40), max_size=4)) - lost - signatures
    chunks = []
    for chunk in ANNS:
        if chunk.first in lost:
            chunk = chunk._replace(blob=b"\x93" + chunk.blob[1:-1] + bytes([chunk.blob[-1] ^ 1]))
        if chunk.first in signatures:
            chunk = chunk._replace(signature=bytes(64))
        if chunk.first in heads:
            chunk = chunk._replace(head=bytes(32))
        chunks.append(chunk)
    data.draw(st.randoms()).shuffle(chunks)
    left = saved(*chunks)
    assert all(map(is_signed, left))
    there = seqs(left)
    assert there == sorted(set(there))
    assert not set(there) & lost
    for seq in set(range(1, 41)) - lost - set(there):
        after = next((n for n in range(seq, 41) if n in lost or n not in signatures | heads), 41)
        wrong_head = seq in heads and (seq == 1 or seq - 1 in lost or seq - 1 not in there)
        assert wrong_head or after in lost or after == 41 or after in heads, f"{seq} could have been saved"


def test_what_is_signed_by_nobody_is_not_left() -> None:
    forged = ANNS[3]._replace(signature=WHO[BEN].sign_ops(ROOM, 4, head_after(ANNS[3])))
    assert seqs(saved(forged)) == []
    assert seqs(saved(ANNS[3]._replace(signature=None))) == []
    assert seqs(saved(*ANNS[:3], forged, *ANNS[4:])) == list(range(1, 41)), "what comes after it stands for it"


def test_what_lies_beyond_a_hole_is_left_too() -> None:
    left = saved(*ANNS[:10], *ANNS[20:])
    assert [(chunk.first, chunk.last) for chunk in left] == [(1, 10), (21, 40)]


def test_what_overlaps_is_left_once() -> None:
    whole = packed(ROOM, check_ops, ANNS)
    assert saved(*whole, *ANNS[5:9], *whole) == whole


def test_a_row_under_two_authors_is_the_one_who_signed_it() -> None:
    twice = [chunk for one in ANNS for chunk in (one, one._replace(author=BEN))]
    left = saved(*twice)
    assert seqs(left) == list(range(1, 41))
    assert seqs(left, BEN) == []


def test_rows_are_no_larger_than_they_may_be_and_each_ends_in_a_signature() -> None:
    chunks = log_of(ANN, 600, 60)
    broken = {chunk.first for chunk in chunks if Random(chunk.first).random() < 0.5} - {600}
    chunks = [chunk._replace(signature=bytes(64)) if chunk.first in broken else chunk for chunk in chunks]
    left = saved(*chunks)
    assert seqs(left) == list(range(1, 601))
    assert all(map(is_signed, left))
    assert all(len(chunk.blob) <= PACKED for chunk in left)
    assert all(len(one.blob) + len(other.blob) > PACKED for one, other in pairwise(left))


def test_the_proof_of_any_is_that_of_all() -> None:
    assert [chunk.proof for chunk in saved(*ANNS[:5], ANNS[5]._replace(proof=b"p" * 64))] == [b"p" * 64]


def test_what_does_not_continue_each_other_is_not_joined() -> None:
    assert packed(ROOM, check_ops, [ANNS[0], ANNS[2]]) == []
    assert packed(ROOM, check_ops, [ANNS[0], ANNS[1]._replace(blob=b"?")]) == []
    assert packed(ROOM, check_ops, [ANNS[0], ANNS[1]._replace(signature=bytes(64))]) == []
