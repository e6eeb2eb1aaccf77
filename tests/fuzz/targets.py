"""What is fuzzed: small functions of bytes that raise only where the program is wrong.

Rule: a target knows the errors that are documented, and what must hold whatever came; any other error is a bug, and so
is a broken promise. Targets are deterministic, and know nothing of who makes the bytes.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from random import Random

from p2psketch import ink
from p2psketch.address import parse_address
from p2psketch.codec import HEADER, MAX_FRAME, Frames, decode, encode
from p2psketch.document import Document
from p2psketch.errors import BodyError, EnvelopeError, InviteError, RemoteProtocolError
from p2psketch.invite import Invite
from p2psketch.keys import check_ops
from p2psketch.oplog import Chunk, OpLog, pack_triples, unpack_triples
from p2psketch.ops import MAX_BODY, Op, encode_body, first_head, read_body, read_op
from tests.core.authors import ANN, BEN, ROOM


def messages(data: bytes) -> None:
    """Frames off the wire, and the messages in them: what can be read can be written, and reads the same again."""
    whole, in_pieces = _payloads(data, [len(data)]), _payloads(data, _cuts(len(data)))
    assert whole == in_pieces, "it matters how the bytes arrive"
    for payload in (*whole, data):
        with suppress(RemoteProtocolError):
            message = decode(payload)
            written = encode(message)
            assert len(written) <= HEADER + MAX_FRAME, "it cannot be passed on"
            again = decode(written[HEADER:])
            assert again == message and encode(again) == written


def _payloads(data: bytes, sizes: Iterable[int]) -> list[bytes]:
    frames, payloads = Frames(), list[bytes]()
    with suppress(RemoteProtocolError):
        for size in sizes:
            for payload in frames.feed(data[:size]):
                payloads.append(payload)
            data = data[size:]
            assert frames.waiting < HEADER + MAX_FRAME
    return payloads


def _cuts(size: int) -> Iterator[int]:
    rng = Random(size)
    while size:
        yield (part := rng.randrange(1, 1 + size))
        size -= part


def ops(data: bytes) -> None:
    """Bodies and chunks of ops: what is accepted is applied, summed up and decoded, in any order, with one result."""
    body = data[:MAX_BODY]
    applied = [_read(body, 1), _read(body, 2)]
    for count in range(1, 9):
        with suppress(EnvelopeError):
            triples = unpack_triples(count, data)
            assert unpack_triples(count, pack_triples(triples)) == triples
            applied += [_read(body, seq) for seq, (_, _, body) in enumerate(triples, start=3)]
            applied += _accepted(Chunk(BEN, 1, first_head(ROOM, BEN), count, data))
    _alike([op for op in applied if op.void is None])


def _read(body: bytes, seq: int) -> Op:
    """The op of a body; both ways to read one agree."""
    op = read_op(ANN, seq, 100 + seq, 0, body)
    try:
        sets, void = read_body(ANN, seq, body), None
    except BodyError as error:
        sets, void = [], str(error)
    assert op.void == void and list(op.sets) == sets and list(map(list, _fields(op))) == [list(f) for _, f in sets]
    assert void or read_body(ANN, seq, encode_body(ANN, sets)) == sets
    return op


def _fields(op: Op) -> Iterable[Mapping[str, object]]:
    return (fields for _, fields in op.sets)


def _accepted(chunk: Chunk) -> list[Op]:
    """A chunk joins a log whole or not at all, and not unsigned."""
    log, strict = OpLog(ROOM, check_ops), OpLog(ROOM, check_ops)
    try:
        strict.accept(chunk)
    except EnvelopeError:
        assert strict.seq(BEN) == 0
    else:
        raise AssertionError("nobody has signed this")
    with suppress(EnvelopeError):
        accepted = log.accept(chunk, trusted=True)
        assert accepted is not None and log.seq(BEN) == chunk.length == len(accepted.ops)
        assert log.accept(chunk, trusted=True) is None
        return accepted.ops
    assert log.seq(BEN) == 0
    return []


def _alike(ops: list[Op]) -> None:
    """Any order, and any repetition, gives one board, and everything on it can be drawn."""
    forth, back = Document(), Document()
    for op in ops:
        forth.apply(op)
        forth.digest()
    for op in (*reversed(ops), *ops):
        back.apply(op)
    assert forth.digest() == back.digest() and forth.visible_count == back.visible_count == len(forth.painted())
    assert [shape.id for shape in forth.painted()] == [shape.id for shape in back.painted()]
    for shape in forth.painted():
        points, pressure = ink.decode(shape.values["points"])
        assert len(points) == ink.count(shape.values["points"]) and (pressure is None or len(pressure) == len(points))
        assert 0 <= shape.color <= 0xFFFFFF and 0 < shape.width <= 512 and len(ink.bounds(shape.values["points"])) == 4


def invites(data: bytes) -> None:
    """Links and addresses as people paste them: what is read is written as a link that reads the same."""
    text = data.decode("utf-8", "surrogateescape")
    try:
        invite = Invite.parse(text)
    except InviteError as error:
        _is_a_sentence(error, text)
    else:
        for link in (invite, invite.viewer()):
            assert Invite.parse(link.format()) == link, link.format()
        assert invite.viewer().keys().room_id == invite.keys().room_id and not invite.viewer().can_edit
    for default in (None, 27700):
        try:
            address = parse_address(text, default)
        except InviteError as error:
            _is_a_sentence(error)
        else:
            assert parse_address(str(address)) == address, address


def _is_a_sentence(error: InviteError, link: str = "") -> None:
    """One sentence, that does not give the key away."""
    place, _, key = link.partition("#")
    assert str(error) and "\n" not in str(error)
    assert len(key) < 40 or key in place or key not in str(error)
