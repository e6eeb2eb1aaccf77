"""Damage that goes deep: messages are taken apart, changed inside, put together and signed again.

Rule: everything comes from the `rng` that is handed in, so that a seed is a test. A script is a row of frames, as on
the wire. Damage at random would end at the first length or signature; here what is changed may lie within an op within
a chunk within a message, and authors whose keys are known sign what has become of their logs.
"""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import msgpack

from p2psketch.codec import HEADER, frame
from p2psketch.errors import EnvelopeError
from p2psketch.oplog import Chunk, pack_triples, unpack_triples

Value = Any
Mend = Callable[[list[Value]], list[Value]]
"""Makes the messages of a script fit each other again."""

OPS, DRAFT, FORK = 6, 7, 13
"""The kinds of messages that are signed or hold what is, as the codec numbers them."""

STRANGE: tuple[Value, ...] = (
    *(None, True, False, 0, 1, -1, 2, 127, 128, 255, 65535, 65536, 2**31, 2**32, 2**53 - 1, 2**53, 2**63, 2**64 - 1),
    *(0.5, -0.0, float("nan"), float("inf"), 1e300, 5e-324, "", "a", "ä" * 40, "\u202e", "x" * 200, "kind", "points"),
    *(b"", b"\0", b"\0\1\0\0", bytes(12), bytes(16), bytes(32), bytes(64), bytes(300), [], [[]], {}, {"": None}),
    msgpack.ExtType(5, b"?"),
)


def frames_of(script: bytes) -> list[bytes]:
    """The payloads of a script; what is left at its end, or longer than all there is, is one more."""
    payloads = []
    while script:
        end = HEADER + int.from_bytes(script[:HEADER], "big")
        payloads.append(script[HEADER:end])
        script = script[end:]
    return payloads


def script_of(payloads: Sequence[bytes]) -> bytes:
    """The inverse of `frames_of`."""
    return b"".join(map(frame, payloads))


def unpacked(payload: bytes) -> Value:
    """What a payload holds; itself if it is not MessagePack."""
    try:
        return msgpack.unpackb(payload, strict_map_key=False)
    except Exception:  # whatever it is, it is damage of ours
        return payload


def packed(value: Value) -> bytes:
    """The inverse of `unpacked`; what cannot be packed is nothing."""
    try:
        result: bytes = value if isinstance(value, bytes) else msgpack.packb(value)
    except (ValueError, TypeError, OverflowError):
        return b""
    return result


def damaged(script: bytes, rng: Random, pool: Sequence[bytes], mend: Mend | None = None) -> bytes:
    """A script like this one; `pool` holds payloads that may be put into it."""
    messages = [unpacked(payload) for payload in frames_of(script)]
    for _ in range(rng.choice((1, 1, 2, 3, 6))):
        _change_order(messages, rng, pool) if rng.random() < 0.4 or not messages else _change_one(messages, rng)
    if mend is not None and rng.random() < 0.8:
        messages = mend(messages)
    return script_of([packed(message) for message in messages])


def _change_order(messages: list[Value], rng: Random, pool: Sequence[bytes]) -> None:
    place = rng.randrange(len(messages) + 1)
    match rng.randrange(5):
        case 0 if messages:
            del messages[place - 1 : place - 1 + rng.randrange(1, 4)]
        case 1 if messages:
            messages.insert(place, rng.choice(messages))
        case 2 if messages:
            other = rng.randrange(len(messages))
            messages[other], messages[place - 1] = messages[place - 1], messages[other]
        case 3:
            messages.insert(place, rng.choice((0, 1, 3, 7, 12, 40, None)))
        case _:
            messages.insert(place, unpacked(rng.choice(pool)))


def _change_one(messages: list[Value], rng: Random) -> None:
    place = rng.randrange(len(messages))
    message = messages[place]
    if isinstance(message, list) and message and rng.random() < 0.9:
        message = [message[0], *_fields(message, rng)]
    else:
        message = changed(message, rng)
    messages[place] = message


def _fields(message: list[Value], rng: Random) -> list[Value]:
    if message[0] == OPS and rng.random() < 0.7:
        return _chunk(message[1:], rng)
    fields = changed_items(message[1:], rng)
    if message[0] == FORK and len(fields) == 2 and rng.random() < 0.7:
        fields = [_chunk(chunk, rng) if isinstance(chunk, list) else chunk for chunk in message[1:]]
    return fields


def _chunk(fields: list[Value], rng: Random) -> list[Value]:
    """A chunk, changed in its ops."""
    try:
        chunk = Chunk._make(fields)
        triples = unpack_triples(chunk.length, chunk.blob)
    except (TypeError, EnvelopeError, OverflowError, AttributeError):
        return changed_items(fields, rng)
    if not triples:
        return fields
    place = rng.randrange(len(triples))
    match rng.randrange(4):
        case 0:
            triples = changed_items(triples, rng)
        case 1:
            time, wall, body = triples[place]
            triples[place] = time + rng.choice((0, 1, 2**20, 2**40)), wall, body
        case _:
            time, wall, body = triples[place]
            triples[place] = time, wall, packed(changed(unpacked(body), rng))
    try:
        return list(chunk._replace(length=len(triples), blob=pack_triples(triples)))
    except (ValueError, TypeError, OverflowError):
        return fields


def changed(value: Value, rng: Random) -> Value:
    """A value like this one, or another."""
    if rng.random() < 0.15:
        return rng.choice(STRANGE)
    match value:
        case bool():
            return not value
        case int() | float():
            return value + rng.choice((-1, 1, 2, 127, -value, 2**20))
        case str():
            return changed_bytes(value.encode("utf-8", "surrogatepass"), rng).decode("utf-8", "replace")
        case bytes():
            return changed_bytes(value, rng)
        case list():
            return changed_items(value, rng)
        case dict():
            keys = changed_items(list(value), rng) if rng.random() < 0.4 else list(value)
            values = changed_items(list(value.values()), rng)
            return {key: some for key, some in zip(keys, values, strict=False) if isinstance(key, str | bytes)}
    return rng.choice(STRANGE)


def changed_items(items: Sequence[Value], rng: Random) -> list[Value]:
    """The same for the items of a list, one of which changes, comes, goes or moves."""
    items = list(items)
    place = rng.randrange(len(items) + 1)
    match rng.randrange(8):
        case 0:
            items.insert(place, rng.choice((*STRANGE, *items)))
        case 1:
            del items[max(place - 1, 0) : place]
        case 2 if items:
            other = rng.randrange(len(items))
            items[other], items[place - 1] = items[place - 1], items[other]
        case 3 if items:
            items[place - 1] = rng.choice(items)
        case _ if items:
            items[place - 1] = changed(items[place - 1], rng)
    return items


def changed_bytes(data: bytes, rng: Random) -> bytes:
    """Bytes, of which some are others."""
    inner = unpacked(data)
    if isinstance(inner, list | dict) and rng.random() < 0.5:
        return packed(changed(inner, rng))
    result = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5))):
        place = rng.randrange(len(result) + 1)
        match rng.randrange(5):
            case 0:
                result[place:place] = rng.randbytes(rng.choice((1, 1, 2, 4, 32)))
            case 1:
                del result[place : place + rng.choice((1, 1, 2, 4, 32))]
            case 2:
                result[place:place] = result[rng.randrange(len(result) + 1) :][: rng.randrange(1, 40)]
            case 3 if place < len(result):
                result[place] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, 0xC0, 0xC1, 0xC4, 0xDC, 0x90, 0x80))
            case _ if place < len(result):
                result[place] ^= 1 << rng.randrange(8)
    return bytes(result)
