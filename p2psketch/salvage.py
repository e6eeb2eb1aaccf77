"""What still holds of chunks that were on a damaged disk: the longest runs that their author has signed, packed
tightly.

Rule: a chunk is believed for its author's signature and for nothing else; where it lay, and what stood beside it, does
not matter. One check stands for all that a run's heads link together, so that a whole board is judged in little more
than the time that its hashes take.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from p2psketch.errors import EnvelopeError
from p2psketch.ids import PeerId
from p2psketch.oplog import MAX_OPS, Check, Chunk, head_after


class Part(NamedTuple):
    """A chunk that is well-formed, and the head after it."""

    chunk: Chunk
    end: bytes


PACKED: Final = 16 * 1024
"""Bytes of ops in a row of a file: in rows of 64 KiB a byte that turns over would cost four times as many strokes."""


def salvaged(room: bytes, check: Check, chunks: Iterable[Chunk]) -> Iterator[Chunk]:
    """Each author's chunks that hold, in order, joined, none of them inside another. What is missing between is
    missing.
    """
    by_author: dict[PeerId, set[Chunk]] = defaultdict(set)
    for chunk in chunks:
        by_author[chunk.author].add(chunk)
    for author in sorted(by_author):
        yield from _of_one(room, check, by_author[author])


def packed(room: bytes, check: Check, chunks: Sequence[Chunk]) -> list[Chunk]:
    """Chunks that continue each other, as few as their sizes allow, each ending in a signature that holds.

    Empty if they do not, or the last one's signature does not hold.
    """
    try:
        parts = [Part(chunk, head_after(chunk)) for chunk in chunks]
    except EnvelopeError:
        return []
    if any(one.end != other.chunk.head for one, other in pairwise(parts)):
        return []
    return list(_joined(room, check, parts)) if parts and _is_signed(room, check, parts[-1]) else []


def _of_one(room: bytes, check: Check, chunks: Iterable[Chunk]) -> Iterator[Chunk]:
    covered = 0
    for run in sorted(_runs(room, check, _well_formed(chunks)), key=lambda run: (run[0].chunk.first, -len(run))):
        if run[-1].chunk.last > covered:
            covered = run[-1].chunk.last
            yield from _joined(room, check, run)


def _well_formed(chunks: Iterable[Chunk]) -> list[Part]:
    parts = []
    for chunk in chunks:
        try:
            parts.append(Part(chunk, head_after(chunk)))
        except EnvelopeError:
            continue
    return sorted(parts, key=lambda part: (part.chunk.first, -part.chunk.length, part.chunk.blob))


def _runs(room: bytes, check: Check, parts: list[Part]) -> Iterator[list[Part]]:
    """Chunks in a row, each beginning with the head that the one before ends with, up to a signature that holds."""
    waiting: dict[int, list[Part]] = defaultdict(list)
    for part in parts:
        waiting[part.chunk.first].append(part)
    for first in sorted(waiting):
        while waiting[first]:
            run = [waiting[first].pop(0)]
            while (following := _following(room, check, run[-1], waiting)) is not None:
                run.append(following)
            while run and not _is_signed(room, check, run[-1]):
                run.pop()
            if run:
                yield run


def _following(room: bytes, check: Check, last: Part, waiting: dict[int, list[Part]]) -> Part | None:
    """What continues a chunk. Where its own head is what was damaged, the signature shows it with the right one."""
    candidates = waiting.get(last.chunk.last + 1, [])
    for part in candidates:
        if part.chunk.head == last.end:
            candidates.remove(part)
            return part
    for part in candidates:
        chunk = part.chunk._replace(head=last.end)
        righted = Part(chunk, head_after(chunk))
        if _is_signed(room, check, righted):
            candidates.remove(part)
            return righted
    return None


def _joined(room: bytes, check: Check, run: Sequence[Part]) -> Iterator[Chunk]:
    """A run in few chunks. A part whose own signature does not hold is joined to those after it, as far as the next."""
    begin = 0
    while begin < len(run):
        end = begin + _fitting(run[begin:])
        while end > begin + 1 and not _is_signed(room, check, run[end - 1]):
            end -= 1
        while not _is_signed(room, check, run[end - 1]):
            end += 1
        yield _as_one([part.chunk for part in run[begin:end]])
        begin = end


def _fitting(parts: Sequence[Part]) -> int:
    """How many of them fit in one chunk; the first does."""
    size = length = 0
    for count, (chunk, _) in enumerate(parts):
        size, length = size + len(chunk.blob), length + chunk.length
        if count and (size > PACKED or length > MAX_OPS):
            return count
    return len(parts)


def _as_one(chunks: Sequence[Chunk]) -> Chunk:
    blob, length = b"".join(chunk.blob for chunk in chunks), sum(chunk.length for chunk in chunks)
    proof = next((chunk.proof for chunk in chunks if chunk.proof is not None), None)
    return chunks[0]._replace(length=length, blob=blob, signature=chunks[-1].signature, proof=proof)


def _is_signed(room: bytes, check: Check, part: Part) -> bool:
    chunk, end = part
    return chunk.signature is not None and check(chunk.author, room, chunk.last, end, chunk.signature)
