"""The oplog: per author a gap-free, hash-chained log, and the version vector over all of them.

Rule: the log knows envelopes only (author, seq, time, wall time, head); bodies are bytes to it.
A chunk joins the log where its start head is ours; what lies beyond a gap is told, not taken.
Ops travel and are stored as their author encoded them: a blob of MessagePack triples
`[time, wall, body]`, back to back, so that chunks are joined by joining their bytes.
"""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

import msgpack

from p2psketch.clock import MAX_TIME
from p2psketch.errors import EnvelopeError, Forked
from p2psketch.ids import PeerId, short
from p2psketch.ops import MAX_BODY, MAX_WALL, Op, chain, first_head, pack, read_op

HEAD_PREFIX: Final = 16
"""Bytes of a head that version vectors carry."""

MAX_OPS: Final = 4096
"""Ops in a chunk: to take 64 KiB full of the smallest would last half a second."""
CHUNK_BYTES: Final = 64 * 1024
"""The most that a chunk of several ops holds, so that signatures are no further apart."""

MAX_OP: Final = MAX_BODY + 32
"""Bytes of a triple: time, wall time and a body of the largest size."""

Check = Callable[[PeerId, bytes, int, bytes, bytes], bool]
"""Has this author signed, in this room, that after this seq its running head is this?"""

Triple = tuple[int, int, bytes]
"""Time, wall time in ms, body."""


class Chunk(NamedTuple):
    """Consecutive ops of one author, from `first` on; `head` is the author's running head before them.

    `signature` is the author's, for its running head after them; `proof` says that the author may edit.
    """

    author: PeerId
    first: int
    head: bytes
    length: int
    blob: bytes
    signature: bytes | None = None
    proof: bytes | None = None

    @property
    def last(self) -> int:
        """The seq of the last op."""
        return self.first + self.length - 1


class Tip(NamedTuple):
    """Where one author's log ends."""

    seq: int
    head: bytes
    time: int


class Known(NamedTuple):
    """An entry of a version vector: ops up to `seq`, and the first 16 bytes of the head there."""

    seq: int
    head: bytes


def known(tip: Tip) -> Known:
    """A tip as others are told of it."""
    return Known(tip.seq, tip.head[:HEAD_PREFIX])


class Accepted(NamedTuple):
    """What joined the log: the ops, and the chunk of them, to be stored and passed on; it may reach beyond a cut."""

    chunk: Chunk
    ops: list[Op]


def unpack_triples(count: int, blob: bytes) -> list[Triple]:
    """The triples of a blob; raises EnvelopeError where types, sizes or their number are wrong."""
    header = b"\xdc" + count.to_bytes(2, "big")
    try:
        triples = msgpack.unpackb(header + blob)
    except (ValueError, TypeError, RecursionError, msgpack.exceptions.UnpackException) as error:
        raise EnvelopeError("ops are not MessagePack triples") from error
    for triple in triples:
        if type(triple) is not list or len(triple) != 3:
            raise EnvelopeError("an op is not a triple")
        time, wall, body = triple
        if not (type(time) is type(wall) is int and 0 < time < MAX_TIME and 0 <= wall < MAX_WALL):
            raise EnvelopeError("an op's time is out of range")
        if type(body) is not bytes or len(body) > MAX_BODY:
            raise EnvelopeError("an op's body is not bytes, or too many of them")
    return triples  # type: ignore[no-any-return]


def head_after(chunk: Chunk) -> bytes:
    """The author's running head at the end of a chunk, going by the one it begins with. Raises EnvelopeError."""
    head = chunk.head
    for time, wall, body in unpack_triples(chunk.length, chunk.blob):
        head = chain(head, time, wall, body)
    return head


def pack_triples(triples: list[Triple]) -> bytes:
    """The inverse of `unpack_triples`."""
    return b"".join(map(pack, triples))


def _no_continuation(chunk: Chunk, tip: Tip) -> EnvelopeError:
    """Signed, and not ours; before the first op there is only one head."""
    kind = Forked if tip.seq else EnvelopeError
    return kind(f"ops of {short(chunk.author)} from {chunk.first} do not continue its log")


class OpLog:
    """The tips of all authors of one room. Holds no ops: those are in the store. `check` is `keys.check_ops`.

    `cuts` has the last op that counts of those whose logs have forked.
    """

    def __init__(self, room: bytes, check: Check) -> None:
        self.room = room
        self._check = check
        self._tips: dict[PeerId, Tip] = {}
        self.cuts: dict[PeerId, int] = {}

    def tip(self, author: PeerId) -> Tip:
        """Where an author's log ends; seq 0 if nothing of it is known."""
        return self._tips.get(author) or Tip(0, first_head(self.room, author), 0)

    def seq(self, author: PeerId) -> int:
        """How many ops of an author are here."""
        tip = self._tips.get(author)
        return tip.seq if tip else 0

    def tips(self) -> Iterator[tuple[PeerId, Tip]]:
        """All authors of whom anything is known."""
        return iter(self._tips.items())

    def op_count(self) -> int:
        """All ops of all authors."""
        return sum(tip.seq for tip in self._tips.values())

    def append(self, author: PeerId, time: int, wall: int, body: bytes) -> Chunk:
        """Commit an op of our own: the chunk of it alone."""
        tip = self.tip(author)
        seq = tip.seq + 1
        head = chain(tip.head, time, wall, body)
        self._tips[author] = Tip(seq, head, time)
        return Chunk(author, seq, tip.head, 1, pack((time, wall, body)))

    def accept(self, chunk: Chunk, *, trusted: bool = False) -> Accepted | None:
        """Take the part of a chunk that is new; None if nothing is, or if it lies beyond a gap or a cut.

        Raises EnvelopeError where the chunk is not well-formed, or its author has not signed it, and Forked where the
        author has, and it does not continue our log. `trusted`: it comes from our own disk, the signature is not looked
        at.
        """
        tip = self.tip(chunk.author)
        end_of_log = self.cuts.get(chunk.author, MAX_TIME)
        if chunk.first > tip.seq + 1 or chunk.last <= tip.seq or tip.seq >= end_of_log:
            return None
        triples = unpack_triples(chunk.length, chunk.blob)
        seen = tip.seq + 1 - chunk.first
        if seen:
            chunk, triples = self._without(chunk, triples, seen)
        start = tip if chunk.head == tip.head else Tip(tip.seq, chunk.head, 0)
        end = self._chained(chunk, triples, start)
        if not (trusted or self.is_signed(chunk, end.head)):
            raise EnvelopeError(f"ops {chunk.first} to {chunk.last} of {short(chunk.author)} are not signed by it")
        if start is not tip:
            raise _no_continuation(chunk, tip)
        if end.seq > end_of_log:
            triples = triples[: end_of_log - tip.seq]
            end = self._chained(chunk, triples, tip)
        self._tips[chunk.author] = end
        author, seq = chunk.author, chunk.first
        return Accepted(chunk, [read_op(author, n, *triple) for n, triple in enumerate(triples, seq)])

    def is_signed(self, chunk: Chunk, head: bytes) -> bool:
        """Has the author signed for `head` at the end of this chunk, and so for all that leads there?"""
        signature = chunk.signature
        return signature is not None and self._check(chunk.author, self.room, chunk.last, head, signature)

    def _without(self, chunk: Chunk, triples: list[Triple], seen: int) -> tuple[Chunk, list[Triple]]:
        """The chunk less its first `seen` ops, which are here already."""
        head = chunk.head
        for time, wall, body in triples[:seen]:
            head = chain(head, time, wall, body)
        rest = triples[seen:]
        return chunk._replace(first=chunk.first + seen, head=head, length=len(rest), blob=pack_triples(rest)), rest

    def _chained(self, chunk: Chunk, triples: list[Triple], tip: Tip) -> Tip:
        """Where the log ends with a chunk."""
        seq, head, latest = tip
        for time, wall, body in triples:
            seq += 1
            if time <= latest:
                raise EnvelopeError(f"the times of {short(chunk.author)} do not increase at op {seq}")
            head = chain(head, time, wall, body)
            latest = time
        return Tip(seq, head, latest)
