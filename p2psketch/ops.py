"""Edits and ops: what somebody wants to change, and what has happened.

Rule: an op is a header (author, seq, time, wall time) and a body. The header belongs to the
envelope, which chains ops into a log; the body is opaque to the log and is read here. A body
that does not hold makes its op void on every peer alike, whatever else that peer knows.

A body is canonical MessagePack, `[peers, shape, fields, shape, fields, …]`: a shape is an
integer (the index of a shape that this op creates) or `[p, seq, index]`, where `p` is 0 for
the author and n for the n-th of `peers`. So an eraser's op names each author once.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from itertools import count
from struct import Struct
from typing import Any, Final, NamedTuple

import msgpack

from p2psketch import cuts, ink
from p2psketch.errors import BodyError
from p2psketch.ids import BOARD_ID, PEER_ID_SIZE, OpId, PeerId, ShapeId, Stamp
from p2psketch.shapes import BOARD_CHECKS, CUT, Fields, Stroke, Value, check_fields, check_person

MAX_BODY = 128 * 1024 - 512
"""Bytes of a body: two ops as large as this fit in one frame with all that belongs to them."""

MAX_WALL = 2**53

LONGEST_STYLE: Final = 160
"""Bytes: what begins with more than this is read the long way, and not kept in mind."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Fields to set, per shape. An integer stands for the new shape of that index."""

    sets: tuple[tuple[ShapeId | int, Fields], ...]


class Op(NamedTuple):
    """An edit that happened. A void op has no `sets` and says why in `void`."""

    id: OpId
    stamp: Stamp
    wall: int
    sets: Sequence[tuple[ShapeId, Fields]]
    void: str | None = None


_times = Struct(">QQ").pack


pack: Callable[[Any], bytes] = msgpack.Packer(autoreset=True).pack
"""One packer, made once: to make one costs as much as to pack a body. It never lets go of the interpreter's lock."""

_POINTS: Final = pack("points")
_NIL: Final = pack(None)
_BIN8: Final = 0xC4
_BIN16: Final = 0xC5

_new = tuple.__new__
"""Makes the named tuples of the hot path in a third of the time of their own `__new__`."""


def chain(head: bytes, time: int, wall: int, body: bytes) -> bytes:
    """The running head after one more op: SHA-256(head ‖ u64 time ‖ u64 wall ‖ body).

    Room and author are in the first head, and the op's place in the chain is its seq.
    """
    return sha256(head + _times(time, wall) + body).digest()


def first_head(room: bytes, author: PeerId) -> bytes:
    """The head of an author's empty log in a room."""
    return sha256(b"p2psketch log" + room + author).digest()


def encode_body(author: PeerId, sets: Iterable[tuple[ShapeId | int, Fields]]) -> bytes:
    """The body of an op; the inverse of `read_body`."""
    peers: dict[PeerId, int] = {author: 0}
    flat: list[Any] = [[]]
    for shape, fields in sets:
        if isinstance(shape, int):
            flat.append(shape)
        else:
            flat.append([peers.setdefault(shape.peer, len(peers)), shape.seq, shape.nth])
        flat.append(dict(fields))
    flat[0] = list(peers)[1:]
    return pack(flat)


def read_op(author: PeerId, seq: int, time: int, wall: int, body: bytes) -> Op:
    """The op of an accepted envelope; void when its body does not hold."""
    sets: Sequence[tuple[ShapeId, Fields]]
    void = None
    stroke = _read_stroke(body)
    if stroke is not None:
        sets = ((_new(ShapeId, (author, seq, 0)), stroke),)
    else:
        try:
            sets = read_body(author, seq, body)
        except BodyError as error:
            sets, void = (), str(error)
    return _new(Op, (_new(OpId, (author, seq)), _new(Stamp, (time, author)), wall, sets, void))


def _read_stroke(body: bytes) -> Stroke | None:
    """The fields of one new shape whose points stand last, as in nearly every op; None for whatever else, good or bad.

    Gives what `read_body` gives, in a third of the time: what stands before the points is alike in many strokes.
    """
    place = body.find(_POINTS) + len(_POINTS)
    style = _read_style(body[:place]) if place <= LONGEST_STYLE else None
    if style is None:
        return None
    if len(body) < place + 4:
        return None
    kind, start = body[place], place + 2
    size = body[place + 1]
    if kind == _BIN16:
        start, size = place + 3, size << 8 | body[place + 2]
    if len(body) != start + size or kind != (_BIN8 if size < 256 else _BIN16):
        return None
    points = body[start:]
    return Stroke(style, points) if ink.check(points) else None


@lru_cache(1024)
def _read_style(start: bytes) -> dict[str, Value] | None:
    """The fields before the points; None unless the body of one new shape begins so, or if it is cut already."""
    try:
        flat = msgpack.unpackb(start + _NIL)
    except (ValueError, TypeError, RecursionError, msgpack.exceptions.UnpackException):
        return None
    if not (type(flat) is list and len(flat) == 3 and flat[:2] == [[], 0] and type(flat[2]) is dict):
        return None
    fields = flat[2]
    if type(flat[1]) is not int:  # false and 0.0 are 0 to Python
        return None
    if not _is_canonical(flat, start + _NIL) or fields.pop("points", b"") is not None or check_fields(fields):
        return None
    return None if any(map(cuts.is_name, fields)) else fields


def read_body(author: PeerId, seq: int, body: bytes) -> list[tuple[ShapeId, dict[str, Value]]]:
    """Which fields of which shapes a body sets; raises BodyError when it does not hold."""
    try:
        flat = msgpack.unpackb(body)
    except (ValueError, TypeError, RecursionError, msgpack.exceptions.UnpackException) as error:
        raise BodyError(f"an op's body is not MessagePack ({type(error).__name__})") from error
    if type(flat) is not list or len(flat) < 3 or len(flat) % 2 == 0:
        raise BodyError("an op's body is not a list of shapes and fields")
    sets = _read_sets(author, seq, flat)
    if not _is_canonical(flat, body):
        raise BodyError("an op's body is not in its shortest form")
    return sets


def _is_canonical(flat: list[Any], body: bytes) -> bool:
    """Also catches repeated keys, extension types and 32-bit floats."""
    try:
        return pack(flat) == body
    except (ValueError, TypeError, OverflowError):
        return False


def _read_sets(author: PeerId, seq: int, flat: list[Any]) -> list[tuple[ShapeId, dict[str, Value]]]:
    peers = _read_peers(author, flat[0])
    sets = [_checked(_read_shape(peers, seq, flat[i]), seq, flat[i + 1]) for i in range(1, len(flat), 2)]
    if len({shape for shape, _ in sets}) != len(sets):
        raise BodyError("an op names a shape twice")
    if any(shape.seq == 0 and shape.peer != author and shape != BOARD_ID for shape, _ in sets):
        raise BodyError("an op changes who somebody else is")
    return sets


def _read_peers(author: PeerId, peers: object) -> list[PeerId]:
    if type(peers) is not list or any(type(peer) is not bytes or len(peer) != PEER_ID_SIZE for peer in peers):
        raise BodyError("an op's list of authors does not hold")
    return [author, *peers]


def _read_shape(peers: list[PeerId], seq: int, shape: object) -> ShapeId:
    if type(shape) is int and 0 <= shape < MAX_BODY:
        return ShapeId(peers[0], seq, shape)
    if type(shape) is list and len(shape) == 3 and all(type(n) is int and 0 <= n < MAX_WALL for n in shape):
        peer, its_seq, index = shape
        if peer < len(peers) and (its_seq > 0 or index == 0):
            return ShapeId(peers[peer], its_seq, index)
    raise BodyError("an op names a shape that cannot be")


def _checked(shape: ShapeId, seq: int, fields: Any) -> tuple[ShapeId, dict[str, Value]]:
    if type(fields) is not dict or not fields:
        raise BodyError("an op sets no fields of a shape")
    if shape == BOARD_ID:
        wrong = check_fields(fields, BOARD_CHECKS)
    elif shape.seq == 0:
        wrong = check_person(fields, first=seq == 1)
    else:
        wrong = check_fields(fields)
    if wrong is not None:
        raise BodyError(f"the field {wrong!r} of an op does not hold")
    return shape, fields


def named(edit: Edit, op: OpId) -> Edit:
    """The edit with its cuts under the name of the op that it begins with, so that they overwrite nobody's."""
    if not any(CUT in fields for _, fields in edit.sets):
        return edit
    name = cuts.name_of(op)
    return Edit(
        tuple(
            (shape, {name if field == CUT else field: fields[field] for field in fields}) for shape, fields in edit.sets
        )
    )


def split(author: PeerId, edit: Edit) -> Iterator[bytes]:
    """The bodies of an edit, each small enough for an op; new shapes are numbered anew in each.

    Raises BodyError when one shape alone is too large.
    """
    pending = [edit.sets]
    while pending:
        sets = pending.pop()
        body = encode_body(author, _renumbered(sets))
        if len(body) <= MAX_BODY:
            yield body
        elif len(sets) == 1:
            raise BodyError(f"one shape has {len(body):,} bytes, more than the {MAX_BODY:,} that fit")
        else:
            half = len(sets) // 2
            pending += [sets[half:], sets[:half]]


def _renumbered(sets: Sequence[tuple[ShapeId | int, Fields]]) -> Iterator[tuple[ShapeId | int, Fields]]:
    fresh = count()
    return ((next(fresh) if isinstance(shape, int) else shape, fields) for shape, fields in sets)
