"""Outlines: made for one scale, kept while there is room, cut where they would be too large."""

import numpy as np
import pytest

from p2psketch import ink
from p2psketch.document import Shape
from p2psketch.geometry import Rect
from p2psketch.ids import PeerId, ShapeId, Stamp
from peer.ui import brush
from peer.ui.outlines import Outlines

AREA = Rect(0, 0, 1000, 700)
ANA = PeerId(b"a" * 32)


def strokes(many: int, *points: tuple[float, float]) -> dict[ShapeId, Shape]:
    data = ink.encode(np.array(points or [(10.0, 10.0), (50.0, 60.0)]))
    made = [
        Shape(ShapeId(ANA, number + 1, 0), number + 1, {"kind": "stroke", "points": data}) for number in range(many)
    ]
    return {shape.id: shape for shape in made}


def outlines(shapes: dict[ShapeId, Shape], most: int = 1_000_000) -> Outlines:
    return Outlines(lambda id: brush.bounds_of_all(brush.ribbons_of(shapes[id], 0)), most)


def test_it_is_made_once_for_a_scale_and_again_for_another() -> None:
    shapes = strokes(40)
    kept = outlines(shapes)
    first = kept.of(list(shapes.values()), AREA, 1.0, 0)
    assert len(first) == 40
    assert all(a is b for a, b in zip(first, kept.of(list(shapes.values()), AREA, 1.0, 0), strict=True))
    (other,) = kept.of([next(iter(shapes.values()))], AREA, 2.0, -1)
    assert other[0].boundingRect().width() == pytest.approx(2 * first[0][0].boundingRect().width(), abs=0.5)


def test_its_corners_are_where_qt_can_count() -> None:
    shapes = strokes(1, (0.3, 0.7), (20.1, 5.9), (33.3, 44.4))
    ((polygon,),) = outlines(shapes).of(list(shapes.values()), AREA, 1.37, 0)
    sides = [side * 64 for corner in map(polygon.at, range(len(polygon))) for side in (corner.x(), corner.y())]
    assert sides == [round(side) for side in sides]


def test_what_changes_is_forgotten() -> None:
    shapes = strokes(1)
    (shape,) = shapes.values()
    kept = outlines(shapes)
    (before,) = kept.of([shape], AREA, 1.0, 0)
    shape.write("width", 100, Stamp(9, ANA))
    kept.forget(shape.id)
    assert kept.corners == 0
    (after,) = kept.of([shape], AREA, 1.0, 0)
    assert after[0].boundingRect().height() > before[0].boundingRect().height() + 50


def test_a_stroke_and_what_a_gesture_would_leave_of_it_have_outlines_of_their_own() -> None:
    shapes = strokes(1)
    (shape,) = shapes.values()
    less = shape.less((0, 40_000))
    kept = outlines(shapes)
    (whole,) = kept.of([shape], AREA, 1.0, 0)
    (left,) = kept.of([less], AREA, 1.0, 0)
    assert left[0].boundingRect().top() > whole[0].boundingRect().top() + 20
    (again,) = kept.of([shape], AREA, 1.0, 0)
    assert again == whole


def test_a_stroke_that_is_far_too_large_is_cut_and_serves_nearby() -> None:
    shapes = strokes(1, *[(n * 500.0, n % 2 * 300.0) for n in range(200)])
    kept, all_of_them = outlines(shapes), list(shapes.values())
    (whole,) = kept.of(all_of_them, AREA, 0.01, 6)
    assert max(polygon.boundingRect().right() for polygon in whole) > 900
    (here,) = kept.of(all_of_them, AREA, 1.0, 0)
    assert all(polygon.boundingRect().right() < 5_000 for polygon in here)
    assert kept.of(all_of_them, Rect(500, 0, 1500, 700), 1.0, 0)[0] is here
    (there,) = kept.of(all_of_them, Rect(50_000, 0, 51_000, 700), 1.0, 0)
    assert all(polygon.boundingRect().left() > 40_000 for polygon in there)


def test_where_there_is_no_more_room_the_oldest_makes_way() -> None:
    shapes = strokes(40)
    kept = outlines(shapes, 500)
    for shape in shapes.values():
        kept.of([shape], AREA, 1.0, 0)
    assert 0 < kept.corners <= 500
    last = list(shapes.values())[-1]
    (again,) = kept.of([last], AREA, 1.0, 0)
    assert again is kept.of([last], AREA, 1.0, 0)[0]
