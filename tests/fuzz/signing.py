"""Scripts mended after damage: the chunks of those whose keys are known follow upon each other and are signed.

Rule: only what stands in a script is looked at. What cannot be mended stays as it is.
"""

from collections.abc import Mapping

from p2psketch.codec import HEADER, decode, encode
from p2psketch.drafting import signed
from p2psketch.errors import EnvelopeError, RemoteProtocolError
from p2psketch.ids import PeerId
from p2psketch.keys import Identity
from p2psketch.messages import Draft
from p2psketch.oplog import Chunk, unpack_triples
from p2psketch.ops import chain
from tests.fuzz.mutating import DRAFT, FORK, OPS, Value, packed, unpacked

Ends = dict[bytes, tuple[int, bytes]]
"""Where each author's log ends: its seq, and the head there."""


class Signers:
    """Those whose keys are known. Call it with the messages of a script."""

    def __init__(self, room: bytes, identities: Mapping[PeerId, Identity]) -> None:
        self._room = room
        self._identities = identities

    def __call__(self, messages: list[Value]) -> list[Value]:
        ends: Ends = {}
        return [self._mended(message, ends) for message in messages]

    def _mended(self, message: Value, ends: Ends) -> Value:
        match message:
            case [int(kind), *fields] if kind == OPS:
                return [OPS, *self._chunk(_following(fields, ends), ends)]
            case [int(kind), *chunks] if kind == FORK:
                return [FORK, *(self._chunk(chunk, {}) for chunk in chunks)]
            case [int(kind), *_] if kind == DRAFT:
                return self._draft(message)
        return message

    def _chunk(self, fields: Value, ends: Ends) -> Value:
        try:
            chunk = Chunk._make(fields)
            head = chunk.head
            for triple in unpack_triples(chunk.length, chunk.blob):
                head = chain(head, *triple)
            signature = self._identities[chunk.author].sign_ops(self._room, chunk.last, head)
        except (TypeError, ValueError, KeyError, EnvelopeError, OverflowError, AttributeError):
            return fields
        ends[chunk.author] = chunk.last, head
        return list(chunk._replace(signature=signature))

    def _draft(self, message: Value) -> Value:
        try:
            draft = decode(packed(message))
        except RemoteProtocolError:
            return message
        if not isinstance(draft, Draft) or draft.author not in self._identities:
            return message
        return unpacked(encode(signed(draft, self._identities[draft.author], self._room))[HEADER:])


def _following(fields: list[Value], ends: Ends) -> list[Value]:
    """A chunk that goes on where its author's log ended."""
    if len(fields) > 3 and isinstance(fields[0], bytes) and fields[0] in ends:
        seq, head = ends[fields[0]]
        return [fields[0], seq + 1, head, *fields[3:]]
    return fields
