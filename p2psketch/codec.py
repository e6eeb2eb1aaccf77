"""Frames and messages as bytes: the trust boundary.

Rule: remote bytes are checked here and nowhere else; past this door, types, sizes and ranges are
trusted. A frame is a big-endian u32 length, at most 256 KiB and checked before anything is read,
then one MessagePack array that begins with the number of its kind.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeVar

import msgpack

from p2psketch import ink, shapes
from p2psketch import messages as m
from p2psketch.address import Address
from p2psketch.clock import MAX_TIME
from p2psketch.document import DIGEST_SIZE
from p2psketch.errors import RemoteProtocolError
from p2psketch.ids import PEER_ID_SIZE, PeerId
from p2psketch.oplog import CHUNK_BYTES, HEAD_PREFIX, MAX_OP, MAX_OPS, Chunk, Known
from p2psketch.ops import pack

HEADER: Final = 4
"""Bytes of a frame's length."""
MAX_FRAME: Final = 256 * 1024
MAX_STYLE: Final = 1024
"""Bytes of the fields of a draft."""
HEAD_SIZE: Final = 32
SIGNATURE_SIZE: Final = 64
HANDLE_SIZE: Final = 16
ROOM_SIZE: Final = 32
MAX_SEALED: Final = 1024
MAX_ADDRESSES: Final = 4
MAX_NEIGHBOURS: Final = 64
MAX_MEMBERS: Final = 64
MAX_RANGES: Final = 1024
MAX_ENTRIES: Final = 2048
MAX_SEQ: Final = MAX_TIME

T = TypeVar("T")


class Frames:
    """Cuts a stream of bytes into the payloads of its frames."""

    __slots__ = ("_buffer",)

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The payloads that `data` completes; raises RemoteProtocolError before an oversize one is kept."""
        buffer = self._buffer + data if self._buffer else data
        start, end = 0, len(buffer)
        while end - start >= 4:
            size = int.from_bytes(buffer[start : start + 4], "big")
            if size > MAX_FRAME:
                self._buffer = b""
                raise RemoteProtocolError(f"a frame of {size:,} bytes is larger than {MAX_FRAME:,}")
            if end - start - 4 < size:
                break
            yield buffer[start + 4 : start + 4 + size]
            start += 4 + size
        self._buffer = buffer[start:]

    @property
    def waiting(self) -> int:
        """Bytes of a frame that has not arrived whole."""
        return len(self._buffer)


def frame(payload: bytes) -> bytes:
    """A payload with its length before it."""
    return len(payload).to_bytes(4, "big") + payload


# -- writing -------------------------------------------------------------------------------------


def encode(message: m.Message, me: PeerId | None = None) -> bytes:
    """A message as a whole frame. Who sends its own ops (`me`) need not say whose they are."""
    match message:
        case m.Ops(chunk):
            values: Sequence[Any] = (None, *chunk[1:]) if chunk.author == me else chunk
        case m.Fork(one, other):
            values = (one, other)
        case m.Have():
            entries = [(peer, known.seq, known.head) for peer, known in message.entries]
            values = (entries, message.whole, message.last, message.digest, message.shapes)
        case _:
            values = [getattr(message, name) for name in message.__slots__]
    return frame(pack((_KINDS[type(message)], *values)))


# -- reading -------------------------------------------------------------------------------------


def decode(payload: bytes, sender: PeerId | None = None) -> m.Message:
    """The message in a frame's payload; raises RemoteProtocolError for anything that does not hold.

    `sender` is whose ops those are that do not say it.
    """
    try:
        values = msgpack.unpackb(payload)
    except (ValueError, TypeError, RecursionError, msgpack.exceptions.UnpackException) as error:
        raise RemoteProtocolError("a frame is not MessagePack") from error
    if type(values) is not list or not values or type(values[0]) is not int or values[0] not in _READERS:
        raise RemoteProtocolError("a frame holds no message of a known kind")
    kind, size, read = _READERS[values[0]]
    if len(values) != size + 1:
        raise RemoteProtocolError(f"{kind} has {len(values) - 1} fields in place of {size}")
    if kind == "Ops" and values[1] is None:
        values[1] = sender
    try:
        return read(*values[1:])
    except _Wrong as wrong:
        raise RemoteProtocolError(f"{kind} has a wrong {wrong}") from wrong


class _Wrong(Exception):
    """The name of the field that does not hold."""


def _need(holds: bool, field: str) -> None:
    if not holds:
        raise _Wrong(field)


def _int(value: Any, low: int, high: int, field: str) -> int:
    _need(type(value) is int and low <= value <= high, field)
    return value  # type: ignore[no-any-return]


def _bytes(value: Any, size: int, field: str) -> bytes:
    _need(type(value) is bytes and len(value) == size, field)
    return value  # type: ignore[no-any-return]


def _optional_bytes(value: Any, size: int, field: str) -> bytes | None:
    return None if value is None else _bytes(value, size, field)


def _blob(value: Any, most: int, field: str) -> bytes:
    _need(type(value) is bytes and len(value) <= most, field)
    return value  # type: ignore[no-any-return]


def _flag(value: Any, field: str) -> bool:
    _need(type(value) is bool, field)
    return value  # type: ignore[no-any-return]


def _text(value: Any, most: int, field: str) -> str:
    _need(shapes.is_line(value, most), field)
    return value  # type: ignore[no-any-return]


def _list(value: Any, most: int, field: str, read: Callable[[Any], T]) -> tuple[T, ...]:
    _need(type(value) is list and len(value) <= most, field)
    return tuple(read(item) for item in value)


def _fields(value: Any, count: int, field: str) -> list[Any]:
    _need(type(value) is list and len(value) == count, field)
    return value  # type: ignore[no-any-return]


def _numbers(value: Any, count: int, field: str) -> tuple[float, ...] | None:
    if value is None:
        return None
    _need(type(value) is list and len(value) == count, field)
    _need(all(shapes.is_number(number) and abs(number) <= shapes.MAX_COORDINATE for number in value), field)
    return tuple(value)


def _peer(value: Any, field: str = "peer") -> PeerId:
    return PeerId(_bytes(value, PEER_ID_SIZE, field))


def _person(value: Any) -> m.Person:
    name, color = _fields(value, 2, "person")
    _need(shapes.is_name(name), "name")
    return m.Person(name, _int(color, 0, 0xFFFFFF, "color"))


def _address(value: Any) -> Address:
    host, port = _fields(value, 2, "address")
    return Address(_text(host, 64, "address"), _int(port, 1, 65535, "port"))


def _addresses(value: Any) -> tuple[Address, ...]:
    return _list(value, MAX_ADDRESSES, "addresses", _address)


def _neighbour(value: Any) -> m.Neighbour:
    peer, person, addresses, proof = _fields(value, 4, "neighbour")
    shown = _optional_bytes(proof, SIGNATURE_SIZE, "proof")
    return m.Neighbour(_peer(peer), _person(person), _addresses(addresses), shown)


def _known(value: Any) -> tuple[PeerId, Known]:
    peer, seq, head = _fields(value, 3, "entry")
    return _peer(peer), Known(_int(seq, 1, MAX_SEQ, "seq"), _bytes(head, HEAD_PREFIX, "head"))


def _range(value: Any) -> m.Range:
    author, first, last = _fields(value, 3, "range")
    return m.Range(_peer(author), _int(first, 1, MAX_SEQ, "range"), _int(last, first, MAX_SEQ, "range"))


def _entry(value: Any) -> m.Entry:
    handle, sealed = _fields(value, 2, "entry")
    return m.Entry(_bytes(handle, HANDLE_SIZE, "handle"), _blob(sealed, MAX_SEALED, "sealed entry"))


def _read_hello(versions: Any, *rest: Any) -> m.Hello:
    numbers = _list(versions, 16, "versions", lambda value: _int(value, 0, 65535, "version"))
    return m.Hello(numbers, *_introduction(*rest))


def _read_welcome(version: Any, *rest: Any) -> m.Welcome:
    return m.Welcome(_int(version, 0, 65535, "version"), *_introduction(*rest))


def _introduction(
    peer: Any, person: Any, addresses: Any, links: Any, keeps: Any, proof: Any
) -> tuple[PeerId, m.Person, tuple[Address, ...], int, bool, bytes | None]:
    return (
        _peer(peer),
        _person(person),
        _addresses(addresses),
        _int(links, 0, 65535, "number of links"),
        _flag(keeps, "flag"),
        _optional_bytes(proof, SIGNATURE_SIZE, "proof"),
    )


def _read_have(entries: Any, whole: Any, last: Any, digest: Any, count: Any) -> m.Have:
    return m.Have(
        _list(entries, MAX_ENTRIES, "entries", _known),
        _flag(whole, "flag"),
        _flag(last, "flag"),
        _bytes(digest, DIGEST_SIZE, "digest"),
        _int(count, 0, MAX_SEQ, "number of shapes"),
    )


def _chunk(value: Any) -> Chunk:
    author, first, head, count, blob, signature, proof = _fields(value, 7, "chunk")
    return Chunk(
        _peer(author, "author"),
        _int(first, 1, MAX_SEQ - MAX_OPS, "seq"),
        _bytes(head, HEAD_SIZE, "head"),
        _int(count, 1, MAX_OPS, "number of ops"),
        _blob(blob, MAX_OP if count == 1 else CHUNK_BYTES, "ops"),
        _bytes(signature, SIGNATURE_SIZE, "signature"),
        _optional_bytes(proof, SIGNATURE_SIZE, "proof"),
    )


def _read_draft(
    author: Any, number: Any, start: Any, fields: Any, points: Any, state: Any, proof: Any, signature: Any
) -> m.Draft:
    if fields is not None:
        _need(type(fields) is dict and len(fields) <= 16 and shapes.check_fields(fields) is None, "style")
        _need(len(pack(fields)) <= MAX_STYLE, "style")
    _need(type(points) is bytes and (not points or ink.check(points)), "ink")
    return m.Draft(
        _peer(author, "author"),
        _int(number, 1, MAX_SEQ, "number"),
        _int(start, 0, ink.MAX_POINTS, "start"),
        fields,
        points,
        _int(state, m.GOING, m.CANCELLED, "state"),
        _optional_bytes(proof, SIGNATURE_SIZE, "proof"),
        _optional_bytes(signature, SIGNATURE_SIZE, "signature"),
    )


def _read_presence(author: Any, cursor: Any, viewport: Any, tool: Any) -> m.Presence:
    return m.Presence(
        _peer(author, "author"),
        _numbers(cursor, 2, "cursor"),  # type: ignore[arg-type]
        _numbers(viewport, 4, "viewport"),  # type: ignore[arg-type]
        _text(tool, 16, "tool"),
    )


def _read_announce(version: Any, room: Any, handle: Any, sealed: Any) -> m.Announce:
    return m.Announce(
        _int(version, 0, 65535, "version"),
        _bytes(room, ROOM_SIZE, "room"),
        _bytes(handle, HANDLE_SIZE, "handle"),
        _blob(sealed, MAX_SEALED, "sealed entry"),
    )


def _read_members(count: Any, entries: Any, seen: Any) -> m.Members:
    return m.Members(
        _int(count, 0, 1_000_000, "number of members"),
        _list(entries, MAX_MEMBERS, "entries", _entry),
        _address(seen),
    )


_Reader = tuple[str, int, Callable[..., m.Message]]

_READERS: Final[dict[int, _Reader]] = {
    1: ("Hello", 7, _read_hello),
    2: ("Welcome", 7, _read_welcome),
    3: ("Have", 5, _read_have),
    4: ("HaveHash", 1, lambda value: m.HaveHash(_bytes(value, 32, "hash"))),
    5: ("Want", 1, lambda value: m.Want(_list(value, MAX_RANGES, "ranges", _range))),
    6: ("Ops", 7, lambda *values: m.Ops(_chunk(list(values)))),
    7: ("Draft", 8, _read_draft),
    8: ("Presence", 4, _read_presence),
    9: ("Links", 1, lambda value: m.Links(_list(value, MAX_NEIGHBOURS, "neighbours", _neighbour))),
    10: ("Ping", 1, lambda value: m.Ping(_int(value, 0, MAX_SEQ, "number"))),
    11: ("Pong", 1, lambda value: m.Pong(_int(value, 0, MAX_SEQ, "number"))),
    12: ("Bye", 2, lambda reason, text: m.Bye(_text(reason, 16, "reason"), _text(text, 200, "text"))),
    13: ("Fork", 2, lambda one, other: m.Fork(_chunk(one), _chunk(other))),
    32: ("Announce", 4, _read_announce),
    33: ("Members", 3, _read_members),
    34: ("Joined", 1, lambda value: m.Joined(_entry(value))),
    35: ("Left", 1, lambda value: m.Left(_bytes(value, HANDLE_SIZE, "handle"))),
    36: ("Refused", 2, lambda reason, wait: m.Refused(_text(reason, 200, "reason"), _int(wait, 0, 86400, "wait"))),
}

_KINDS: Final[dict[type, int]] = {getattr(m, name): number for number, (name, _, _) in _READERS.items()}


# -- a member's sealed entry -----------------------------------------------------------------------


def encode_card(peer: PeerId, addresses: Sequence[Address], seen: Address | None) -> bytes:
    """What a member seals for the others: its id, where it listens, and where a tracker sees it."""
    packed: bytes = msgpack.packb((peer, addresses[:MAX_ADDRESSES], seen))
    return packed


def decode_card(data: bytes) -> tuple[PeerId, tuple[Address, ...], Address | None] | None:
    """The inverse of `encode_card`; None for anything else."""
    try:
        peer, addresses, seen = _fields(msgpack.unpackb(data), 3, "card")
        return _peer(peer), _addresses(addresses), None if seen is None else _address(seen)
    except (_Wrong, ValueError, TypeError, RecursionError, msgpack.exceptions.UnpackException):
        return None
