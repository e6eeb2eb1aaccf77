"""Bodies: the one form of an edit, and that everything else is void on every peer alike."""

import math
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import msgpack
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from p2psketch import cuts
from p2psketch.errors import BodyError
from p2psketch.ids import BOARD_ID, OpId, PeerId, ShapeId, Stamp, person_id
from p2psketch.ink import encode
from p2psketch.ops import MAX_BODY, Edit, chain, encode_body, first_head, named, read_body, read_op, split
from p2psketch.shapes import Stroke
from tests.core.authors import ANN, BEN, CAT, INK, PERSON, STROKE

Sets = list[tuple[ShapeId, dict[str, Any]]]


def body(*flat: Any) -> bytes:
    return bytes(msgpack.packb(flat))


def why_void(data: bytes, seq: int = 5) -> str | None:
    return read_op(ANN, seq, 1, 0, data).void


# The form


def test_a_stroke() -> None:
    assert read_body(ANN, 5, encode_body(ANN, [(0, STROKE)])) == [(ShapeId(ANN, 5, 0), STROKE)]
    assert encode_body(ANN, [(0, STROKE)]) == body([], 0, STROKE)


def test_an_op_names_each_author_once() -> None:
    erased = {"deleted": True}
    theirs, other = [ShapeId(BEN, seq, 0) for seq in range(1, 100)], ShapeId(CAT, 3, 2)
    data = encode_body(ANN, [(shape, erased) for shape in [*theirs, other, ShapeId(ANN, 2, 1)]])
    assert (data.count(BEN), data.count(CAT), data.count(ANN)) == (1, 1, 0)
    assert read_body(ANN, 5, data)[98:] == [(theirs[-1], erased), (other, erased), (ShapeId(ANN, 2, 1), erased)]


peers = st.sampled_from([ANN, BEN, CAT])
old_shapes = st.builds(ShapeId, peers, st.integers(1, 2**53 - 1), st.integers(0, 2**53 - 1))
new_shapes = st.integers(0, MAX_BODY - 1)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
unknown = st.dictionaries(st.sampled_from(["x", "later/9"]), values | st.binary() | st.text(), min_size=1)


@given(st.dictionaries(new_shapes | old_shapes, unknown | st.just(STROKE), min_size=1, max_size=5))
def test_what_is_encoded_is_read(edit: dict[ShapeId | int, Mapping[str, Any]]) -> None:
    sets = [(ShapeId(ANN, 2**53, shape) if isinstance(shape, int) else shape, what) for shape, what in edit.items()]
    assert read_body(ANN, 2**53, encode_body(ANN, edit.items())) == sets


def test_an_op_of_a_good_body() -> None:
    op = read_op(ANN, 5, 77, 1234, encode_body(ANN, [(0, STROKE), (1, STROKE)]))
    assert (op.id, op.stamp, op.wall, op.void) == (OpId(ANN, 5), Stamp(77, ANN), 1234, None)
    assert [shape for shape, _ in op.sets] == [ShapeId(ANN, 5, 0), ShapeId(ANN, 5, 1)]


def test_strokes_alike_share_their_style() -> None:
    one, other, red = (read_op(ANN, 5, 7, 0, encode_body(ANN, [(0, {**STROKE, "color": c})])) for c in (0, 0, 0xFF0000))
    styles = []
    for op in (one, other, red):
        ((_, fields),) = op.sets
        assert isinstance(fields, Stroke) and fields.points == STROKE["points"]
        styles.append(fields.style)
    assert styles[0] is styles[1] != styles[2]


def test_what_was_read_can_be_committed_again() -> None:
    body = encode_body(ANN, [(0, STROKE)])
    ((_, fields),) = read_op(ANN, 5, 7, 0, body).sets
    assert encode_body(ANN, [(0, fields)]) == body


def test_a_stroke_that_is_cut_as_it_is_created_shares_nothing() -> None:
    op = read_op(ANN, 5, 7, 0, encode_body(ANN, [(0, {"cut/a": [0, 1], **STROKE})]))
    assert op.void is None and type(op.sets[0][1]) is dict


def test_a_void_op_keeps_its_place_and_sets_nothing() -> None:
    op = read_op(ANN, 5, 77, 1234, b"?")
    assert (op.id, op.stamp, op.wall, op.sets) == (OpId(ANN, 5), Stamp(77, ANN), 1234, ())
    assert op.void


# What makes an op void

BIG = {"width": 3, "color": 7}

VOID: dict[str, bytes] = {
    "a cut backwards": body([], [0, 1, 0], {"cut/YWFh/1": [9, 5]}),
    "a cut of halves": body([], [0, 1, 0], {"cut/YWFh/1": [0.5, 5]}),
    "nothing at all": b"",
    "no MessagePack": b"\xc1",
    "more after the end": body([], 0, STROKE) + b"\0",
    "cut off": body([], 0, STROKE)[:-1],
    "a map in place of the list": msgpack.packb({"a": 1}),
    "no shapes": body([]),
    "a shape without fields": body([], 0),
    "an empty set of fields": body([], 0, {}),
    "fields that are no map": body([], 0, [1]),
    "two shapes, one without fields": body([], 0, BIG, 1),
    "no list of authors": body(None, 0, BIG),
    "authors that are no list": body({}, 0, BIG),
    "an author with a short id": body([BEN[:-1]], [1, 1, 0], BIG),
    "an author with a text id": body(["b" * 32], [1, 1, 0], BIG),
    "a shape of an author not named": body([BEN], [2, 1, 0], BIG),
    "a shape that is text": body([], "0", BIG),
    "a shape that is a fraction": body([], 0.0, BIG),
    "a shape that is false": body([], False, BIG),
    "a shape below the first": body([], -1, BIG),
    "a shape beyond all": body([], MAX_BODY, BIG),
    "a shape of two numbers": body([], [0, 1], BIG),
    "a shape of four numbers": body([], [0, 1, 0, 0], BIG),
    "a shape with a negative author": body([BEN], [-1, 1, 0], BIG),
    "a shape with a negative index": body([], [0, 1, -1], BIG),
    "a shape with a true author": body([BEN], [True, 1, 0], BIG),
    "a shape with a seq past 2^53": body([], [0, 2**53, 0], BIG),
    "a second person of an author": body([], [0, 0, 1], {"name": "Anna"}),
    "a shape twice": body([], 0, BIG, 0, BIG),
    "a shape twice, once by its number": body([], 0, BIG, [0, 5, 0], BIG),
    "a shape twice, its author named twice": body([BEN, BEN], [1, 1, 0], BIG, [2, 1, 0], BIG),
    "somebody else's person": body([BEN], [1, 0, 0], {"name": "Fool"}),
    "a field that does not hold": body([], 0, {**STROKE, "width": -1}),
    "a number that is none": body([], 0, {**STROKE, "width": math.nan}),
    "a number that is none, deep inside": body([], 0, {**STROKE, "later": [{"a": math.nan}]}),
    "an infinite number": body([], 0, {**STROKE, "later": math.inf}),
    "the second shape does not hold": body([], 0, STROKE, 1, {**STROKE, "color": -1}),
    "a field named by bytes": body([], 0, {b"color": 1}),
    "a field named by a number": b"\x93\x90\x00\x81\x01\x02",
    "text that is no UTF-8": b"\x93\x90\x00\x81\xa1x\xa1\xff",
    "an integer longer than it need be": b"\x93\x90\x00\x81\xa5color\xcc\x07",
    "a list longer than it need be": b"\xdc\x00\x03\x90\x00\x81\xa5color\x07",
    "text longer than it need be": b"\x93\x90\x00\x81\xd9\x05color\x07",
    "a 32-bit float": b"\x93\x90\x00\x81\xa5width\xca\x3f\x80\x00\x00",
    "a field twice": b"\x93\x90\x00\x82\xa5color\x01\xa5color\x02",
    "an extension type": b"\x93\x90\x00\x81\xa1x\xd4\x05\x00",
    "a time stamp": b"\x93\x90\x00\x81\xa1x\xd6\xff\x00\x00\x00\x00",
    "lists a hundred deep": b"\x93\x90\x00\x81\xa1x" + b"\x91" * 100 + b"\x00",
    "lists as deep as a body": b"\x93\x90\x00\x81\xa1x" + b"\x91" * (MAX_BODY - 10) + b"\x00",
    "maps as deep as a body": b"\x93\x90\x00\x81\xa1x" + b"\x81\xa0" * (MAX_BODY // 2 - 10) + b"\x00",
    "a list as long as 2^32": b"\xdd\xff\xff\xff\xff\x90",
}


@pytest.mark.parametrize("data", VOID.values(), ids=VOID)
def test_void(data: bytes) -> None:
    assert why_void(data) is not None


def test_these_would_hold_but_for_one_thing() -> None:
    """The bodies that the void ones above differ from are good."""
    assert why_void(body([BEN], [1, 1, 0], BIG)) is None
    assert why_void(body([], [0, 2**53 - 1, 0], BIG)) is None
    assert why_void(body([], [0, 0, 0], {"name": "Anna"})) is None
    assert why_void(body([], MAX_BODY - 1, BIG)) is None
    assert why_void(b"\x93\x90\x00\x81\xa5color\x07") is None
    assert why_void(b"\x93\x90\x00\x81\xa1x" + b"\x91" * 8 + b"\x00") is None
    assert why_void(body([], 0, BIG, 1, BIG)) is None


def test_a_person_is_set_by_the_first_op_and_renamed_by_later_ones() -> None:
    me = [0, 0, 0]
    assert why_void(body([], me, PERSON), seq=1) is None
    assert why_void(body([], me, PERSON), seq=2) is not None
    assert why_void(body([], me, {"name": "Anna"}), seq=2) is None
    assert why_void(body([], me, {"name": "Anna"}), seq=1) is not None
    assert why_void(body([], me, {"deleted": True}), seq=2) is not None
    assert read_body(ANN, 1, encode_body(ANN, [(person_id(ANN), PERSON)])) == [(person_id(ANN), PERSON)]


def test_anybody_who_may_edit_names_the_board_and_nobody_else_is_renamed() -> None:
    board, ben = [1, 0, 0], [1, 0, 0]
    assert why_void(body([BOARD_ID.peer], board, {"name": "Plan"}), seq=2) is None
    assert why_void(body([BOARD_ID.peer], board, {"name": "two\nlines"}), seq=2) is not None
    assert why_void(body([BEN], ben, {"name": "Plan"}), seq=2) is not None
    assert why_void(body([BOARD_ID.peer], [1, 0, 1], {"name": "Plan"}), seq=2) is not None


def test_one_bad_field_makes_the_whole_op_void() -> None:
    op = read_op(ANN, 1, 1, 0, body([], [0, 0, 0], PERSON, 0, STROKE, 1, {**STROKE, "color": "red"}))
    assert op.sets == () and op.void is not None and "color" in op.void


@given(st.binary(max_size=80))
def test_anything_is_a_body_or_a_body_error(data: bytes) -> None:
    try:
        read_body(ANN, 5, data)
    except BodyError:
        return
    assert msgpack.packb(msgpack.unpackb(data)) == data


A_BODY = encode_body(ANN, [(0, STROKE), (ShapeId(BEN, 3, 0), {"deleted": True, "later": [1.5, {"a": b"b"}]})])


@given(st.lists(st.tuples(st.integers(0, len(A_BODY) - 1), st.integers(0, 255)), min_size=1, max_size=3))
def test_a_damaged_body_is_void_or_another_good_one(damage: list[tuple[int, int]]) -> None:
    data = bytearray(A_BODY)
    for at, byte in damage:
        data[at] = byte
    try:
        sets = read_body(ANN, 5, bytes(data))
    except BodyError:
        return
    assert msgpack.packb(msgpack.unpackb(data)) == data
    assert all(read_body(ANN, 5, encode_body(ANN, [one])) == [one] for one in sets)


# The short way to read a stroke


def long_way(data: bytes) -> list[tuple[ShapeId, dict[str, Any]]] | None:
    try:
        return read_body(ANN, 5, data)
    except BodyError:
        return None


def short_and_long_agree(data: bytes) -> bool:
    op, sets = read_op(ANN, 5, 1, 0, data), long_way(data)
    return (list(op.sets) if op.void is None else None) == sets and repr(list(op.sets)) == repr(sets or [])


def stroke_body(points: int, *, pressure: bool = False, last: bool = True, **more: Any) -> bytes:
    ink = encode([(n * 3.0, 0.0) for n in range(points)], np.full(points, 0.5) if pressure else None)
    fields = {**STROKE, **more, "points": ink}
    return body([], 0, {key: fields[key] for key in sorted(fields, key=lambda key: (key == "points") is last)})


@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize("pressure", [True, False])
def test_strokes_of_every_length_are_read_alike(pressure: bool, last: bool) -> None:
    for points in [*range(1, 300), 9_999, 10_000]:
        data = stroke_body(points, pressure=pressure, last=last)
        assert short_and_long_agree(data)
        assert read_op(ANN, 5, 1, 0, data).void is None


@pytest.mark.parametrize("points", [20, 200])
@given(data=st.data())
def test_damaged_strokes_are_read_alike(points: int, data: st.DataObject) -> None:
    """Bytes changed, left out and put in, the head most of all."""
    raw = bytearray(stroke_body(points, trap=b"\xa6points\xc4" * data.draw(st.integers(0, 2))))
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, 60) | st.integers(0, len(raw) - 1))
        kept = data.draw(st.integers(0, 2))
        raw[at : at + kept] = data.draw(st.binary(max_size=2) | st.just(b"\xa6points\xc4"))
    assert short_and_long_agree(bytes(raw))
    assert short_and_long_agree(bytes(raw[: data.draw(st.integers(0, len(raw)))]))


@pytest.mark.parametrize("zero", [False, 0.0, -0.0])
def test_what_is_zero_to_python_is_not_the_number_of_a_shape(zero: object) -> None:
    data = msgpack.packb([[], zero, {**STROKE, "points": INK}])
    assert short_and_long_agree(data)
    assert read_op(ANN, 5, 1, 0, data).void is not None


def test_a_long_style_is_read_the_long_way() -> None:
    assert short_and_long_agree(stroke_body(20, text="long " * 1000))


# Heads


def test_the_head_is_the_one_written_down() -> None:
    before, data = b"h" * 32, b"any bytes at all"
    expected = sha256(before + (77).to_bytes(8, "big") + (1234).to_bytes(8, "big") + data).digest()
    assert chain(before, 77, 1234, data) == expected
    assert first_head(b"r" * 32, ANN) == sha256(b"p2psketch log" + b"r" * 32 + ANN).digest()


# Splitting


def stroke_of(size: int) -> dict[str, Any]:
    return {"kind": "stroke", "points": INK, "padding": bytes(size)}


def all_sets(author: PeerId, bodies: list[bytes]) -> Sets:
    return [one for seq, data in enumerate(bodies, 1) for one in read_body(author, seq, data)]


def test_cuts_are_named_for_the_op_and_nothing_else_is_touched() -> None:
    shape, other = ShapeId(BEN, 5, 0), ShapeId(CAT, 6, 1)
    edit = Edit(((shape, {"color": 1, "cut": [0, 5]}), (other, {"deleted": True})))
    name = cuts.name_of(OpId(ANN, 7))
    assert named(edit, OpId(ANN, 7)) == Edit(((shape, {"color": 1, name: [0, 5]}), (other, {"deleted": True})))
    plain = Edit(((0, STROKE),))
    assert named(plain, OpId(ANN, 7)) is plain


def test_a_gesture_that_fits_is_one_op() -> None:
    edit = Edit(((0, STROKE), (ShapeId(BEN, 1, 0), {"deleted": True})))
    assert list(split(ANN, edit)) == [encode_body(ANN, edit.sets)]


def test_a_gesture_too_large_for_an_op_becomes_several_in_order() -> None:
    sizes = [1000 + 7 * n for n in range(500)]
    bodies = list(split(ANN, Edit(tuple((n, stroke_of(size)) for n, size in enumerate(sizes)))))
    assert len(bodies) > 1
    assert all(len(data) <= MAX_BODY for data in bodies)
    sets = all_sets(ANN, bodies)
    assert [len(what["padding"]) for _, what in sets] == sizes
    for seq in range(1, len(bodies) + 1):
        numbers = [shape.nth for shape, _ in sets if shape.seq == seq]
        assert numbers == list(range(len(numbers))), "new shapes are numbered from 0 in each op"


def test_clearing_a_board_of_many_authors_is_split_too() -> None:
    theirs = [ShapeId(PeerId(n.to_bytes(32, "big")), 1, 0) for n in range(5000)]
    bodies = list(split(ANN, Edit(tuple((shape, {"deleted": True}) for shape in theirs))))
    assert [shape for shape, _ in all_sets(ANN, bodies)] == theirs
    assert all(len(data) <= MAX_BODY for data in bodies)


def test_the_largest_shape_fits_and_one_byte_more_does_not() -> None:
    rest = MAX_BODY - len(encode_body(ANN, [(0, stroke_of(100_000))])) + 100_000
    (largest,) = split(ANN, Edit(((0, stroke_of(rest)),)))
    assert len(largest) == MAX_BODY
    with pytest.raises(BodyError, match="one shape has"):
        list(split(ANN, Edit(((0, STROKE), (1, stroke_of(rest + 1))))))
