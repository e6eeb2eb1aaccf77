"""The trust boundary: every message there and back, and nothing else gets in."""

import math
from collections.abc import Iterator
from typing import Any

import msgpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from p2psketch import messages as m
from p2psketch.address import Address
from p2psketch.codec import (
    MAX_FRAME,
    MAX_SEQ,
    Frames,
    decode,
    decode_card,
    encode,
    encode_card,
    frame,
)
from p2psketch.errors import RemoteProtocolError
from p2psketch.ids import PeerId
from p2psketch.ink import MAX_POINTS
from p2psketch.oplog import CHUNK_BYTES, MAX_OP, MAX_OPS, Chunk, Known
from tests.core.authors import ANN, BEN, INK
from tests.core.samples import CHUNK, PERSON, PLACE, VALID

HEADER = 4


def payload(message: m.Message) -> bytes:
    """What is in the one frame of an encoded message."""
    data = encode(message)
    assert int.from_bytes(data[:HEADER], "big") == len(data) - HEADER <= MAX_FRAME
    return data[HEADER:]


# Every message, as Hypothesis makes them up

peers = st.binary(min_size=32, max_size=32).map(PeerId)
lines = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=16)
persons = st.builds(m.Person, lines.filter(bool), st.integers(0, 0xFFFFFF))
addresses = st.builds(Address, lines, st.integers(1, 65535))
some_addresses = st.lists(addresses, max_size=4).map(tuple)
seqs = st.integers(1, MAX_SEQ)
knowns = st.builds(Known, seqs, st.binary(min_size=16, max_size=16))
proofs = st.none() | st.binary(min_size=64, max_size=64)
links = st.integers(0, 65535)
coordinates = st.floats(-1e9, 1e9) | st.integers(-(10**9), 10**9)
pressures = st.none() | st.tuples(coordinates, coordinates)
viewports = st.none() | st.tuples(*[coordinates] * 4)
versions = st.integers(0, 65535)
introductions = (peers, persons, some_addresses, links, st.booleans(), proofs)
styles = st.fixed_dictionaries(
    {}, optional={"color": st.none() | st.integers(0, 0xFFFFFF), "width": st.floats(0.5, 512), "new": st.text()}
)
ranges = st.tuples(peers, seqs, seqs).map(lambda r: m.Range(r[0], min(r[1:]), max(r[1:])))
entries = st.builds(m.Entry, st.binary(min_size=16, max_size=16), st.binary(max_size=1024))
chunks = st.builds(
    Chunk,
    peers,
    st.integers(1, MAX_SEQ - MAX_OPS),
    st.binary(min_size=32, max_size=32),
    st.integers(1, MAX_OPS),
    st.binary(max_size=100),
    st.binary(min_size=64, max_size=64),
    proofs,
)
numbers = st.integers(0, MAX_SEQ)

MESSAGES: dict[type[m.Message], st.SearchStrategy[m.Message]] = {
    m.Hello: st.builds(m.Hello, st.lists(versions, max_size=16).map(tuple), *introductions),
    m.Welcome: st.builds(m.Welcome, versions, *introductions),
    m.Have: st.builds(
        m.Have,
        st.lists(st.tuples(peers, knowns), max_size=5).map(tuple),
        st.booleans(),
        st.booleans(),
        st.binary(min_size=16, max_size=16),
        numbers,
    ),
    m.HaveHash: st.builds(m.HaveHash, st.binary(min_size=32, max_size=32)),
    m.Want: st.builds(m.Want, st.lists(ranges, max_size=5).map(tuple)),
    m.Ops: st.builds(m.Ops, chunks),
    m.Fork: st.builds(m.Fork, chunks, chunks),
    m.Draft: st.builds(
        m.Draft,
        peers,
        seqs,
        st.integers(0, MAX_POINTS),
        st.none() | styles,
        st.sampled_from([b"", INK]),
        st.sampled_from([m.GOING, m.ENDED, m.CANCELLED]),
        proofs,
    ),
    m.Presence: st.builds(m.Presence, peers, pressures, viewports, lines),
    m.Links: st.builds(
        m.Links, st.lists(st.builds(m.Neighbour, peers, persons, some_addresses, proofs), max_size=3).map(tuple)
    ),
    m.Ping: st.builds(m.Ping, numbers),
    m.Pong: st.builds(m.Pong, numbers),
    m.Bye: st.builds(m.Bye, lines, lines),
    m.Announce: st.builds(
        m.Announce,
        versions,
        st.binary(min_size=32, max_size=32),
        st.binary(min_size=16, max_size=16),
        st.binary(max_size=1024),
    ),
    m.Members: st.builds(m.Members, st.integers(0, 1_000_000), st.lists(entries, max_size=3).map(tuple), addresses),
    m.Joined: st.builds(m.Joined, entries),
    m.Left: st.builds(m.Left, st.binary(min_size=16, max_size=16)),
    m.Refused: st.builds(m.Refused, lines, st.integers(0, 86400)),
}
messages = st.one_of(*MESSAGES.values())


def test_every_message_is_tried_here() -> None:
    assert set(MESSAGES) == {*m.PeerMessage.__args__, *m.TrackerMessage.__args__}
    assert {type(message) for message in VALID.values()} == set(MESSAGES)


@pytest.mark.parametrize("kind", MESSAGES, ids=lambda kind: kind.__name__)
def test_there_and_back(kind: type[m.Message]) -> None:
    @settings(max_examples=20)
    @given(MESSAGES[kind])
    def check(message: m.Message) -> None:
        back = decode(payload(message))
        assert back == message
        assert repr(back) == repr(message), "types too: tuples stay tuples, addresses stay addresses"

    check()


def test_the_numbers_of_the_kinds_never_change() -> None:
    kinds = {type(message).__name__: msgpack.unpackb(payload(message))[0] for message in VALID.values()}
    peers = "Hello Welcome Have HaveHash Want Ops Draft Presence Links Ping Pong Bye Fork".split()
    trackers = "Announce Members Joined Left Refused".split()
    assert kinds == {name: n for n, name in enumerate(peers, 1)} | {name: n for n, name in enumerate(trackers, 32)}


# Every field that does not hold

NAN, INFINITY = math.nan, math.inf
NO_NUMBER: list[Any] = [None, "1", b"1", 1.0, True, [1], {}]
FAR = 1e9 + 1


def whole(low: int, high: int) -> list[Any]:
    """What is no whole number from `low` to `high`."""
    return [*NO_NUMBER, low - 1, high + 1]


def sized(size: int) -> list[Any]:
    """What is not that many bytes."""
    return [b"x" * (size - 1), b"x" * (size + 1), b"", "x" * size, [0] * size, 5]


def lists(most: int, item: Any, wrong_items: list[Any]) -> list[Any]:
    """What is no list of at most `most` such items."""
    return [None, "list", b"list", 5, {}, [item] * (most + 1), *([wrong] for wrong in wrong_items)]


def texts(most: int) -> list[Any]:
    return [None, 5, b"text", [], "x" * (most + 1), "two\nlines", "\0", "\u202e"]


def records(good: tuple[Any, ...], *wrong: list[Any]) -> list[Any]:
    """What is no record like `good`: another length, or one field wrong."""
    others: list[Any] = [None, 5, "record", {}, [], list(good[:-1]), [*good, 0]]
    return others + [[*good[:i], bad, *good[i + 1 :]] for i, values in enumerate(wrong) for bad in values]


FLAGS: list[Any] = [None, 0, 1, "true", []]
PEERS = [None, *sized(32)]
PROOFS = sized(64)
NAMES = ["", *texts(64)]
PERSONS = records(PERSON, NAMES, whole(0, 0xFFFFFF))
PLACES = records(PLACE, texts(64), whole(1, 65535))
CHUNKS = [
    PEERS,
    whole(1, MAX_SEQ - MAX_OPS),
    [None, *sized(32)],
    whole(1, MAX_OPS),
    [None, "ops", [1, 0, b""], bytes(MAX_OP + 1)],
    [None, *sized(64)],
    PROOFS,
]
ADDRESSES = lists(4, PLACE, PLACES)
INTRODUCED = [PEERS, PERSONS, ADDRESSES, whole(0, 65535), FLAGS, PROOFS]
ENTRIES = records((b"h" * 16, b"sealed"), sized(16), [None, "sealed", b"s" * 1025])
KNOWN = (ANN, 5, b"h" * 16)
RANGE = (ANN, 2, 5)


def points(count: int) -> list[Any]:
    some: list[Any] = [0.0] * (count - 1)
    odd: list[Any] = [None, NAN, INFINITY, -INFINITY, FAR, -FAR, 2**64 - 1, True, "0", []]
    return [5, "xy", b"xy", {}, some, [0.0] * (count + 1), *([*some, bad] for bad in odd)]


WRONG: dict[str, list[list[Any]]] = {
    "Hello": [lists(16, 1, whole(0, 65535)), *INTRODUCED],
    "Welcome": [whole(0, 65535), *INTRODUCED],
    "Have": [
        lists(2048, KNOWN, records(KNOWN, PEERS, whole(1, MAX_SEQ), sized(16))),
        FLAGS,
        FLAGS,
        sized(16),
        whole(0, MAX_SEQ),
    ],
    "HaveHash": [sized(32)],
    "Want": [lists(1024, RANGE, [*records(RANGE, PEERS, whole(1, MAX_SEQ), whole(2, MAX_SEQ)), [ANN, 5, 4]])],
    "Ops": CHUNKS,
    "Fork": [records(tuple(CHUNK), *CHUNKS)] * 2,
    "Draft": [
        PEERS,
        whole(1, MAX_SEQ),
        whole(0, MAX_POINTS),
        [
            5,
            "style",
            [],
            {"width": -1},
            {"color": "red"},
            {"new": NAN},
            {"": 1},
            {b"color": 1},
            {"new": [[[[[[[[[[1]]]]]]]]]]},
            {f"field {n}": 1 for n in range(17)},
        ],
        [None, "ink", INK[:-1], INK + b"\0", b"\0"],
        whole(m.GOING, m.CANCELLED),
        PROOFS,
        PROOFS,
    ],
    "Presence": [PEERS, points(2), points(4), texts(16)],
    "Links": [lists(64, (BEN, PERSON, (), None), records((BEN, PERSON, (), None), PEERS, PERSONS, ADDRESSES, PROOFS))],
    "Ping": [whole(0, MAX_SEQ)],
    "Pong": [whole(0, MAX_SEQ)],
    "Bye": [texts(16), texts(200)],
    "Announce": [whole(0, 65535), sized(32), sized(16), [None, "sealed", b"s" * 1025]],
    "Members": [whole(0, 1_000_000), lists(64, (b"h" * 16, b"sealed"), ENTRIES), PLACES],
    "Joined": [ENTRIES],
    "Left": [sized(16)],
    "Refused": [texts(200), whole(0, 86400)],
}


def refusal(data: bytes) -> str | None:
    try:
        decode(data)
    except RemoteProtocolError as error:
        return str(error)
    return None


def spoiled(kind: str) -> Iterator[tuple[int, Any, bytes]]:
    """Payloads of one message, each with one field wrong: which, how, and the bytes."""
    good = msgpack.unpackb(payload(VALID[kind]))
    assert len(WRONG[kind]) == len(good) - 1, "every field is spoiled"
    for place, values in enumerate(WRONG[kind], 1):
        for value in values:
            yield place, value, msgpack.packb([*good[:place], value, *good[place + 1 :]])


@pytest.mark.parametrize("kind", WRONG)
def test_a_message_with_one_field_wrong_is_refused(kind: str) -> None:
    assert decode(payload(VALID[kind])) == VALID[kind]
    for place, value, data in spoiled(kind):
        assert f"{kind} has a wrong " in (refusal(data) or ""), f"field {place}: {value!r:.200}"


@pytest.mark.parametrize("kind", WRONG)
def test_a_message_has_all_its_fields_and_no_more(kind: str) -> None:
    good = msgpack.unpackb(payload(VALID[kind]))
    for values in (good[:-1], [*good, None], good[:1]):
        with pytest.raises(RemoteProtocolError, match=f"{kind} has {len(values) - 1} fields in place of"):
            decode(msgpack.packb(values))


@pytest.mark.parametrize(
    "message",
    [
        m.Hello(
            (65535,) * 16, ANN, m.Person("x" * 64, 0xFFFFFF), (Address("h" * 64, 65535),) * 4, 65535, False, b"p" * 64
        ),
        m.Have(((ANN, Known(MAX_SEQ, b"h" * 16)),) * 2048, False, False, b"d" * 16, MAX_SEQ),
        m.Want((m.Range(ANN, MAX_SEQ, MAX_SEQ),) * 1024),
        m.Ops(Chunk(ANN, MAX_SEQ - MAX_OPS, b"h" * 32, MAX_OPS, bytes(CHUNK_BYTES), b"s" * 64, b"p" * 64)),
        m.Ops(Chunk(ANN, MAX_SEQ - MAX_OPS, b"h" * 32, 1, bytes(MAX_OP), b"s" * 64, b"p" * 64)),
        m.Fork(*[Chunk(ANN, MAX_SEQ - MAX_OPS, b"h" * 32, 1, bytes(MAX_OP), b"s" * 64, b"p" * 64)] * 2),
        m.Draft(ANN, MAX_SEQ, MAX_POINTS, {f"f{n}": None for n in range(16)}, b"", m.CANCELLED),
        m.Presence(ANN, (1e9, -1e9), (-1e9, -1e9, 1e9, 1e9), "x" * 16),
        m.Links((m.Neighbour(BEN, m.Person("王" * 64, 0), (Address("h" * 64, 1),) * 4, b"p" * 64),) * 64),
        m.Bye("x" * 16, "王" * 200),
        m.Members(1_000_000, (m.Entry(b"h" * 16, b"s" * 1024),) * 64, Address(*PLACE)),
        m.Refused("x" * 200, 86400),
    ],
    ids=lambda message: type(message).__name__,
)
def test_the_largest_messages_fit_in_a_frame(message: m.Message) -> None:
    assert decode(payload(message)) == message


def test_a_name_with_letters_of_tomorrow_is_no_reason_to_refuse_a_link() -> None:
    """Which letters Python calls printable depends on its version: two peers would not agree."""
    hello = m.Hello((1,), ANN, m.Person("\U0003fff0 👩\u200d👧", 1), (), 0, True, None)
    assert decode(payload(hello)) == hello


NO_MESSAGES: dict[str, bytes] = {
    "nothing": b"",
    "no MessagePack": b"\xc1",
    "nil": b"\xc0",
    "a number": b"\x0a",
    "a map": b"\x81\x00\x0a",
    "an empty list": b"\x90",
    "a kind in text": msgpack.packb(["Ping", 1]),
    "a kind that is true": msgpack.packb([True, 1]),
    "a kind as a float": msgpack.packb([10.0, 1]),
    "a kind that is nothing": msgpack.packb([None, 1]),
    "a kind that is a list": msgpack.packb([[10], 1]),
    "an unknown kind": msgpack.packb([99, 1]),
    "a negative kind": msgpack.packb([-1, 1]),
    "a kind of 64 bits": msgpack.packb([2**64 - 1, 1]),
    "two messages": msgpack.packb([10, 1]) * 2,
    "half a message": msgpack.packb([10, 1])[:-1],
    "text that is no UTF-8": b"\x93\x0c\xa1\xff\xa0",
    "an extension": b"\x92\x0a\xd4\x05\x00",
    "a time stamp": b"\x92\x0a\xd6\xff\x00\x00\x00\x00",
    "a map with a list as a key": b"\x92\x0a\x81\x90\x00",
    "lists as deep as a frame": b"\x91" * MAX_FRAME,
    "maps as deep as a frame": b"\x81\xa0" * (MAX_FRAME // 2),
    "a list as long as 2^32": b"\xdd\xff\xff\xff\xff\x0a",
}


@pytest.mark.parametrize("data", NO_MESSAGES.values(), ids=NO_MESSAGES)
def test_no_message(data: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        decode(data)


# Whatever comes, it is a message or a RemoteProtocolError


def decode_or_refuse(data: bytes) -> None:
    try:
        message = decode(data)
    except RemoteProtocolError:
        return
    assert decode(payload(message)) == message


@given(st.binary(max_size=100))
def test_any_bytes(data: bytes) -> None:
    decode_or_refuse(data)


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(max_size=5)
    | st.binary(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=8,
)


@given(st.sampled_from(sorted(VALID)), st.data())
def test_any_values_in_any_message(kind: str, data: st.DataObject) -> None:
    values = msgpack.unpackb(payload(VALID[kind]))
    values[data.draw(st.integers(1, len(values) - 1))] = data.draw(anything)
    decode_or_refuse(msgpack.packb(values))


@given(messages, st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=3))
def test_damaged_messages(message: m.Message, damage: list[tuple[float, int]]) -> None:
    data = bytearray(payload(message))
    for place, byte in damage:
        data[int(place * len(data))] = byte
    decode_or_refuse(bytes(data))


@given(messages, st.floats(0, 1, exclude_max=True))
def test_messages_cut_off(message: m.Message, place: float) -> None:
    data = payload(message)
    with pytest.raises(RemoteProtocolError):
        decode(data[: int(place * len(data))])


# Frames


def test_a_frame_is_its_length_and_a_payload() -> None:
    assert frame(b"abc") == b"\0\0\0\3abc"
    assert encode(m.Ping(1)) == b"\0\0\0\3\x92\x0a\x01"


@given(st.lists(st.binary(max_size=30), max_size=6), st.lists(st.integers(0, 200), max_size=6))
def test_where_frames_are_cut_does_not_matter(payloads: list[bytes], cuts: list[int]) -> None:
    stream, frames = b"".join(map(frame, payloads)), Frames()
    got: list[bytes] = []
    places = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    for start, end in zip(places, [*places[1:], len(stream)], strict=True):
        got += frames.feed(stream[start:end])
    assert got == payloads
    assert frames.waiting == 0


def test_byte_by_byte() -> None:
    frames = Frames()
    got = [part for byte in frame(b"") + frame(b"abc") for part in frames.feed(bytes([byte]))]
    assert got == [b"", b"abc"]


def test_what_waits_is_counted() -> None:
    frames = Frames()
    assert list(frames.feed(frame(b"abc") + b"\0\0\0\5xy")) == [b"abc"]
    assert frames.waiting == 6
    assert list(frames.feed(b"zab")) == [b"xyzab"]
    assert frames.waiting == 0


def test_the_largest_frame_and_one_byte_more() -> None:
    frames = Frames()
    assert [len(part) for part in frames.feed(frame(bytes(MAX_FRAME)))] == [MAX_FRAME]
    with pytest.raises(RemoteProtocolError, match="262,145 bytes is larger than 262,144"):
        list(frames.feed((MAX_FRAME + 1).to_bytes(4, "big")))
    assert frames.waiting == 0
    list(frames.feed(b"\xff"))
    with pytest.raises(RemoteProtocolError, match="is larger than"):
        list(frames.feed(b"\xff\xff\xff"))
    assert frames.waiting == 0


def test_what_came_before_a_frame_too_large_is_given_out() -> None:
    feed = Frames().feed(frame(b"abc") + b"\xff\xff\xff\xff" + bytes(1000))
    assert next(feed) == b"abc"
    with pytest.raises(RemoteProtocolError):
        next(feed)


# A member's card

CARD = (ANN, (Address(*PLACE), Address("::1", 1)), Address("9.9.9.9", 5))


def test_a_card_there_and_back() -> None:
    assert decode_card(encode_card(*CARD)) == CARD
    assert decode_card(encode_card(ANN, (), None)) == (ANN, (), None)


def test_a_card_names_at_most_four_addresses() -> None:
    many = [Address("10.0.0.1", port) for port in range(1, 10)]
    assert decode_card(encode_card(ANN, many, None)) == (ANN, tuple(many[:4]), None)
    assert len(encode_card(ANN, [Address("h" * 64, 65535)] * 9, Address("h" * 64, 65535))) < 1024 - 28


CARDS = records((ANN, [PLACE], PLACE), PEERS, ADDRESSES, [place for place in PLACES if place is not None])


@pytest.mark.parametrize("card", CARDS)
def test_any_other_card_is_none(card: Any) -> None:
    assert decode_card(msgpack.packb(card)) is None


@given(st.binary(max_size=60))
def test_no_bytes_make_a_card_fail(data: bytes) -> None:
    card = decode_card(data)
    assert card is None or decode_card(encode_card(*card)) == card
