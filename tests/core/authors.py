"""Authors for the tests of the core: they number, stamp, chain and encode what they do, as a session would."""

from collections.abc import Mapping
from typing import Any

from p2psketch.clock import LamportClock
from p2psketch.errors import EnvelopeError
from p2psketch.ids import OpId, PeerId, ShapeId
from p2psketch.ink import encode
from p2psketch.keys import Identity, check_ops
from p2psketch.oplog import Chunk, OpLog, unpack_triples
from p2psketch.ops import Op, chain, encode_body, read_op

ROOM = b"a room".ljust(32, b".")

INK = encode([(0.0, 0.0), (10.0, 20.0)])
STROKE: Mapping[str, Any] = {"kind": "stroke", "color": 0x336699, "width": 4, "points": INK}
PERSON: Mapping[str, Any] = {
    "kind": "person",
    "name": "Ann",
    "color": 0xFF8800,
    "key": b"k" * 32,
    "signature": b"s" * 64,
}


WHO = {identity.peer_id: identity for identity in (Identity(bytes([seed]) * 32) for seed in range(3))}
"""The keys of those who do."""

ANN, BEN, CAT = sorted(WHO)


def peer(name: str) -> PeerId:
    """Somebody; of all but ann, ben and cat nobody has the key."""
    return {"ann": ANN, "ben": BEN, "cat": CAT}.get(name) or PeerId(name.encode().ljust(32, b"."))


def signed(chunk: Chunk) -> Chunk:
    """A chunk as its author would seal it; as it is if it is none."""
    try:
        triples = unpack_triples(chunk.length, chunk.blob)
    except EnvelopeError:
        return chunk
    head = chunk.head
    for triple in triples:
        head = chain(head, *triple)
    return chunk._replace(signature=WHO[chunk.author].sign_ops(ROOM, chunk.last, head))


class Author:
    """`op` commits one op, through its bytes; `chunks` are all of them, one op each; `saw` is another's op arriving."""

    def __init__(self, me: PeerId) -> None:
        self.me = me
        self.clock = LamportClock()
        self.log = OpLog(ROOM, check_ops)
        self.chunks: list[Chunk] = []

    def op(self, *sets: tuple[ShapeId | int, Mapping[str, Any]], time: int | None = None) -> Op:
        time = self.clock.tick() if time is None else time
        body = encode_body(self.me, sets)
        chunk = self.log.append(self.me, time, 0, body)
        self.chunks.append(signed(chunk))
        return read_op(self.me, len(self.chunks), time, 0, body)

    def draws(self, **fields: Any) -> Op:
        return self.op((0, {**STROKE, **fields}))

    def sets(self, shape: ShapeId, **fields: Any) -> Op:
        return self.op((shape, fields))

    def saw(self, *ops: Op) -> None:
        for op in ops:
            self.clock.witness(op.stamp.time)


def shape_of(op: Op | OpId, nth: int = 0) -> ShapeId:
    """The `nth` shape that an op creates."""
    (author, seq) = op.id if isinstance(op, Op) else op
    return ShapeId(author, seq, nth)
