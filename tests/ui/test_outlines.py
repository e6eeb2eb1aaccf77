"""Outlines: made in time, kept while there is room, cut where they would be too large."""

import numpy as np
import pytest

from p2psketch import ink
from p2psketch.document import Shape
from p2psketch.geometry import Rect
from p2psketch.ids import PeerId, ShapeId, Stamp
from peer.ui import brush, outlines
from peer.ui.outlines import Outlines, Stroke

AREA = Rect(0, 0, 1000, 700)
ANA = PeerId(b"a" * 32)


class Clock:
    """Every look at it takes a millisecond."""

    now = 0.0

    def __call__(self) -> float:
        self.now += 0.001
        return self.now


def strokes(many: int, *points: tuple[float, float]) -> list[Stroke]:
    made = []
    data = ink.encode(np.array(points or [(10.0, 10.0), (50.0, 60.0)]))
    for number in range(many):
        shape = Shape(ShapeId(ANA, number + 1, 0), Stamp(number + 1, ANA), {"kind": "stroke", "points": data})
        made.append(Stroke(shape, brush.bounds_of_all(brush.ribbons_of(shape, 0)), number))
    return made


def test_what_does_not_fit_into_a_frame_has_to_wait() -> None:
    kept, all_of_them = Outlines(Clock()), strokes(2_000)
    late = kept.prepare(all_of_them, AREA, 1.0, 0, 0.0)
    assert 0 < len(late) < 2_000
    assert all(stroke.outline is None for stroke in late)
    frames = 1
    while late:
        late = kept.prepare(all_of_them, AREA, 1.0, 0, 0.0)
        frames += 1
    assert frames < 20
    assert all(stroke.serves(AREA, 0) for stroke in all_of_them)


def test_an_outline_serves_while_it_is_fine_enough_and_not_far_too_fine() -> None:
    kept, (stroke,) = Outlines(), strokes(1)
    kept.prepare([stroke], AREA, 1.0, 0, 1.0)
    assert [level for level in range(-6, 8) if stroke.serves(AREA, level)] == [0, 1, 2, 3]
    kept.forget(stroke)
    assert not stroke.serves(AREA, 0)


def test_a_stroke_that_is_far_too_large_is_cut_and_serves_nearby() -> None:
    kept, (stroke,) = Outlines(), strokes(1, *[(n * 500.0, n % 2 * 300.0) for n in range(200)])
    kept.prepare([stroke], AREA, 1.0, 0, 1.0)
    assert stroke.outline is not None
    assert all(polygon.boundingRect().right() < 5_000 for polygon in stroke.outline)
    assert stroke.serves(Rect(500, 0, 1500, 700), 0)
    assert not stroke.serves(Rect(5_000, 0, 6_000, 700), 0)


def test_where_there_is_no_more_room_what_is_not_seen_makes_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlines, "_MOST_CORNERS", 500)
    kept, all_of_them = Outlines(), strokes(40)
    for stroke in all_of_them:
        kept.prepare([stroke], AREA, 1.0, 0, 1.0)
    still = [stroke for stroke in all_of_them if stroke.outline is not None]
    assert all_of_them[-1] in still
    assert sum(stroke.corners for stroke in still) <= 500
