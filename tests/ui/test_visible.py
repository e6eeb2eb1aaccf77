"""What is where on the board."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from p2psketch import ink
from p2psketch.document import Document, Shape
from p2psketch.geometry import Rect
from p2psketch.ids import OpId, PeerId, ShapeId, Stamp
from p2psketch.ops import Op
from p2psketch.shapes import Fields, Value
from peer.ui import brush, shaping
from peer.ui.visible import VisibleShapes, boxes_of

ANA = PeerId(b"a" * 32)

coordinates = st.floats(-2_000, 2_000)
strokes = st.fixed_dictionaries(
    {"points": st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=9).map(ink.encode)},
    optional={
        "width": st.floats(0.1, 500),
        "placement": st.lists(st.floats(-3, 3), min_size=6, max_size=6),
    },
)


def shape_of(fields: Fields, number: int = 1) -> Shape:
    return Shape(ShapeId(ANA, number, 0), number, {"kind": "stroke", **fields})


@given(st.lists(strokes, min_size=1, max_size=4))
def test_a_box_is_never_too_small(many: list[Fields]) -> None:
    shapes = [shape_of(fields, number) for number, fields in enumerate(many, 1)]
    for shape, box in zip(shapes, boxes_of(shapes), strict=True):
        for polygon in shaping.outlines_of([shape], -2)[0]:
            for corner in map(polygon.at, range(len(polygon))):
                assert box.padded(0.01).contains((corner.x(), corner.y()))


class Desk:
    """A document and what is visible of it."""

    def __init__(self) -> None:
        self.document = Document()
        self.visible = VisibleShapes(self.document)
        self._seq = 0

    def write(self, fields: dict[str, Value], shape: ShapeId | None = None) -> ShapeId:
        self._seq += 1
        shape = shape or ShapeId(ANA, self._seq, 0)
        self.document.apply(Op(OpId(ANA, self._seq), Stamp(self._seq, ANA), 0, ((shape, fields),)))
        return shape


def line(*points: tuple[float, float], width: float = 2.0) -> dict[str, Value]:
    return {"kind": "stroke", "points": ink.encode(np.array(points)), "width": width}


def test_it_follows_the_document() -> None:
    desk = Desk()
    one, two = desk.write(line((0, 0), (50, 0))), desk.write(line((100, 0), (150, 0)))
    taken = desk.visible.take([one, two])
    assert not taken.gone
    assert [shape.id for shape, _ in taken.come] == [one, two]
    assert [shape.id for shape in desk.visible.meeting(Rect(-10, -10, 200, 10))] == [one, two]
    desk.write({"deleted": True}, one)
    assert len(desk.visible.take([one]).gone) == 1
    assert [shape.id for shape in desk.visible.meeting(Rect(-10, -10, 200, 10))] == [two]
    desk.write({"placement": [1, 0, 0, 1, 1000, 0]}, two)
    desk.visible.take([two])
    assert not desk.visible.meeting(Rect(-10, -10, 200, 10))
    assert [shape.id for shape in desk.visible.meeting(Rect(1110, -10, 1120, 10))] == [two]
    assert len(desk.visible) == 1


def test_a_pointer_finds_what_it_touches_top_first() -> None:
    desk = Desk()
    low, high = desk.write(line((0, 0), (50, 50))), desk.write(line((0, 50), (50, 0)))
    thick = desk.write(line((200, 0), width=80))
    moved = desk.write(line((0, 0), (10, 0)) | {"placement": [10, 0, 0, 10, 0, 500]})
    desk.visible.take([low, high, thick, moved])
    find = desk.visible.find
    assert find((25, 20), (25, 30), 1, 0) == [high, low]
    assert find((10, 9), (10, 9), 2, 0) == [low]
    assert find((165, 0), (165, 0), 1, 0) == [thick]
    assert not find((155, 0), (155, 0), 1, 0)
    assert find((70, 509), (70, 509), 0, 0) == [moved]
    assert not find((300, 300), (310, 300), 5, 0)


def test_a_round_curve_is_found_where_it_leaves_the_straight_line() -> None:
    desk = Desk()
    curve = line((0, 0), (100, 0), (100, 100), (0, 100))
    desk.visible.take([id := desk.write(curve)])
    ribbon = brush.ribbons_of(desk.document.painted()[0], -3)[0]
    out = max(ribbon.curve.tolist())
    assert out[0] > 105
    assert desk.visible.find((out[0], out[1]), (out[0], out[1]), 0.5, -3) == [id]


def test_changes_are_put_in_the_order_in_which_they_are_painted() -> None:
    desk = Desk()
    ids = [desk.write(line((0, 0), (5, 5)) | {"z": bytes([z])}) for z in (3, 1, 2)]
    nowhere = ShapeId(ANA, 99, 0)
    assert desk.visible.in_order([*ids, nowhere]) == [nowhere, ids[1], ids[2], ids[0]]
