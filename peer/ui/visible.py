"""Which shapes are on the board, and where: found by area, without walking through the document.

Rule: the document says what there is; here is only which of it is visible, as of the last `take`, and a box around
each. A box is never too small, and may be a little large: it is worked out from the points alone, of many at once.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from p2psketch import ink
from p2psketch.document import Shape
from p2psketch.geometry import TOLERANCE, Floats, Point, Rect, apply, bounds_of
from p2psketch.ids import ShapeId
from p2psketch.touching import polyline_hits, touched
from peer.ui import brush
from peer.ui.boxes import Boxes
from peer.ui.proposed import Shapes

OVERSHOOT: Final = 0.125
"""How far a smooth curve can be outside the bounds of its points, as a part of the longest step between two."""

DEVIATION: Final = 0.25
"""How far it can be from the straight line between two of its points, as a part of that line."""


_new: Final = tuple.__new__
"""Makes named tuples in a third of the time of their own `__new__`."""


class Taken(NamedTuple):
    """What a `take` has changed: where shapes were that look different now, and those that are there now."""

    gone: list[Rect]
    come: list[tuple[Shape, Rect]]


class VisibleShapes:
    """Tell it with `take` what has changed in the document."""

    def __init__(self, document: Shapes) -> None:
        self._document = document
        self._boxes = Boxes()
        self._slots: dict[ShapeId, int] = {}
        self._shapes: list[Shape | None] = []

    def __len__(self) -> int:
        return len(self._slots)

    def take(self, ids: Collection[ShapeId]) -> Taken:
        """Have these shapes as they are in the document."""
        gone = [self._remove(id) for id in ids if id in self._slots]
        shapes = [shape for shape in self._document.some(ids) if shape.visible]
        if not shapes:
            return Taken(gone, [])
        sides = _sides_of(shapes)
        self._add(shapes, self._boxes.add(sides))
        return Taken(gone, list(zip(shapes, _rects(sides), strict=True)))

    def in_order(self, ids: Collection[ShapeId]) -> list[ShapeId]:
        """The same, bottom first as they are in the document: what comes above all others is quickly painted."""
        known = [z[-1] for z in sorted([shape.z for shape in self._document.some(ids)])]
        return known if len(known) == len(ids) else [*set(ids).difference(known), *known]

    def _remove(self, id: ShapeId) -> Rect:
        slot = self._slots.pop(id)
        box = self._boxes[slot]
        self._boxes.remove(slot)
        self._shapes[slot] = None
        return box

    def _add(self, shapes: list[Shape], slots: list[int]) -> None:
        self._slots.update(zip([shape.id for shape in shapes], slots, strict=True))
        self._shapes += [None] * (max(slots) + 1 - len(self._shapes))
        for shape, slot in zip(shapes, slots, strict=True):
            self._shapes[slot] = shape

    def box(self, id: ShapeId) -> Rect | None:
        """Where a shape is; None if it is not visible."""
        slot = self._slots.get(id)
        return None if slot is None else self._boxes[slot]

    def meeting(self, area: Rect) -> list[Shape]:
        """The shapes that may have ink in a part of the board."""
        return list(self._meeting(area))

    def _meeting(self, area: Rect) -> Iterator[Shape]:
        for slot in self._boxes.meeting(area):
            shape = self._shapes[slot]
            assert shape is not None
            yield shape

    def find(self, start: Point, end: Point, radius: float, level: int) -> list[ShapeId]:
        """The shapes whose ink comes within `radius` of the segment `start`-`end`, top first."""
        around = bounds_of((start, end))
        assert around is not None
        near = _perhaps_near(list(self._meeting(around.padded(radius))), start, end, radius)
        hit = [shape for shape in near if _is_touched(shape, start, end, radius, level)]
        return [shape.id for shape in sorted(hit, key=lambda shape: shape.z, reverse=True)]

    def around(self) -> Rect | None:
        """The smallest rectangle around all boxes; None of none."""
        return self._boxes.around()


def boxes_of(shapes: Sequence[Shape]) -> list[Rect]:
    """A box around the ink of each visible shape."""
    return _rects(_sides_of(shapes)) if shapes else []


def _rects(sides: Floats) -> list[Rect]:
    return [_new(Rect, of_one) for of_one in zip(*sides.tolist(), strict=True)]


def _sides_of(shapes: Sequence[Shape]) -> Floats:
    """Left, top, right and bottom (4, n) of the boxes of visible shapes, at least one."""
    sides, longest = ink.extents([shape.points for shape in shapes if shape.points is not None])
    pads = np.array([shape.width for shape in shapes]) / 2 + OVERSHOOT * longest
    sides[:2] -= pads
    sides[2:] += pads
    for nth, shape in enumerate(shapes):
        if shape.cut or shape.placement is not None:
            sides[:, nth] = _placed(Rect(*sides[:, nth].tolist()), shape)
    return sides


def _placed(box: Rect, shape: Shape) -> Rect:
    if shape.cut:  # the points say more than is left
        return brush.bounds_of_all(brush.ribbons_of(shape, 0)).padded(TOLERANCE)
    return _moved(box, shape.placement)


def box_of(points: Floats, width: float, placement: Sequence[float] | None = None) -> Rect:
    """A box around the ink of one stroke, or of a part of it, of points (n >= 1, 2)."""
    step = float(np.hypot(*np.diff(points, axis=0).T).max()) if len(points) > 1 else 0.0
    box = bounds_of(points)
    assert box is not None
    return _moved(box.padded(width / 2 + OVERSHOOT * step), placement)


def _moved(box: Rect, placement: Sequence[float] | None) -> Rect:
    if placement is None:
        return box
    left, top, right, bottom = box
    a, b, c, d, e, f = placement
    placed = bounds_of(
        apply((a, b, c, d, e, f), np.array(((left, top), (right, top), (left, bottom), (right, bottom))))
    )
    assert placed is not None
    return placed


def _longest_steps(points: Floats, firsts: np.ndarray) -> Floats:
    """Of polylines that begin at `firsts`, the longest step from one point to the next."""
    steps = np.zeros(len(points))
    steps[1:] = np.hypot(*np.diff(points, axis=0).T)
    steps[firsts] = 0
    longest: Floats = np.maximum.reduceat(steps, firsts)
    return longest


def _perhaps_near(shapes: list[Shape], start: Point, end: Point, radius: float) -> list[Shape]:
    """Those that may be touched: all that are, and few that are not."""
    placed = [shape for shape in shapes if shape.placement is not None]
    plain = [shape for shape in shapes if shape.placement is None]
    if not plain:
        return placed
    points, counts = ink.decode_all([shape.points for shape in plain if shape.points is not None])
    steps = _longest_steps(points, np.cumsum(counts) - counts)
    reaches = radius + np.array([shape.width / 2 for shape in plain]) + DEVIATION * steps
    near = touched(points, counts, reaches, start, end)
    return [*placed, *(shape for shape, is_near in zip(plain, near.tolist(), strict=True) if is_near)]


def _is_touched(shape: Shape, start: Point, end: Point, radius: float, level: int) -> bool:
    return any(polyline_hits(each.placed, start, end, radius + each.reach) for each in brush.ribbons_of(shape, level))
