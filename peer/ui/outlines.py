"""The outlines of settled strokes: made when they are first painted, kept while there is room.

Rule: an outline is made for one scale, so that ink looks the same whenever and in whatever order it was painted.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from PyQt6.QtGui import QPolygonF

from p2psketch.document import Shape
from p2psketch.geometry import Rect
from p2psketch.ids import ShapeId
from peer.ui import brush, shaping
from peer.ui.brush import Ribbon
from peer.ui.rects import inside

BATCH: Final = 96
"""So many outlines are made at once, for a fraction of the time of one after the other."""

_FAR: Final = 12_000.0
"""Pixels past the edge of what is painted; a stroke that reaches farther is cut before it is outlined."""

_FARTHEST: Final = 1_000_000.0
"""Pixels past that edge where even a single step of such a stroke is cut: eight times as far Qt cannot count."""

_AROUND: Final = 1_024.0
"""Pixels past the edge of what is painted that are left of such a stroke."""

_MOST_CORNERS: Final = 300_000
"""Corners to keep: 5 MB."""


class _Outline:
    """Of one shape. `whole_in`: it has been cut, and is right only in there."""

    __slots__ = ("corners", "polygons", "scale", "shape", "whole_in")

    def __init__(self, shape: Shape, polygons: list[QPolygonF], scale: float, whole_in: Rect | None) -> None:
        self.shape = shape
        self.polygons = polygons
        self.scale = scale
        self.whole_in = whole_in
        self.corners = sum(len(polygon) for polygon in polygons)

    def serves(self, shape: Shape, area: Rect, scale: float) -> bool:
        """What a gesture is about to cut is shown by another shape of the same id; both may be asked for in turns."""
        is_it = self.shape is shape and self.scale == scale
        return is_it and (self.whole_in is None or inside(area, self.whole_in))


class Outlines:
    """Gives shapes their outlines; those not asked for the longest go first when there is no more room."""

    def __init__(self, box: Callable[[ShapeId], Rect | None], most: int = _MOST_CORNERS) -> None:
        self._box = box
        self._most = most
        self._kept: OrderedDict[ShapeId, _Outline] = OrderedDict()
        self._corners = 0

    @property
    def corners(self) -> int:
        """How many are kept."""
        return self._corners

    def of(self, shapes: Sequence[Shape], area: Rect, scale: float, level: int) -> list[list[QPolygonF]]:
        """The outline of each shape, in pixels, as far as it can be seen in `area` of the board at a scale."""
        wanting = [shape for shape in shapes if not self._serves(shape, area, scale)]
        for begin in range(0, len(wanting), BATCH):
            self._make(wanting[begin : begin + BATCH], area, scale, level)
        outlines = [self._kept[shape.id].polygons for shape in shapes]
        self._make_room()
        return outlines

    def _serves(self, shape: Shape, area: Rect, scale: float) -> bool:
        outline = self._kept.get(shape.id)
        if outline is None or not outline.serves(shape, area, scale):
            return False
        self._kept.move_to_end(shape.id)
        return True

    def _make(self, shapes: Sequence[Shape], area: Rect, scale: float, level: int) -> None:
        near, around, far = (area.padded(by / scale) for by in (_FAR, _AROUND, _FARTHEST))
        whole = [shape for shape in shapes if self._is_in(shape, near)]
        for shape, polygons in zip(whole, shaping.outlines_of(whole, level, scale), strict=True):
            self._keep(shape.id, _Outline(shape, polygons, scale, None))
        for shape in shapes:
            if shape.id not in self._kept:
                parts = [part for each in brush.ribbons_of(shape, level) for part in _near(each, around, far)]
                self._keep(shape.id, _Outline(shape, brush.polygons(parts, level, scale), scale, around))

    def _is_in(self, shape: Shape, area: Rect) -> bool:
        self.forget(shape.id)
        box = self._box(shape.id)
        return box is None or inside(box, area)

    def _keep(self, id: ShapeId, outline: _Outline) -> None:
        self._kept[id] = outline
        self._corners += outline.corners

    def forget(self, id: ShapeId) -> None:
        """The shape is gone, or looks different now."""
        if (outline := self._kept.pop(id, None)) is not None:
            self._corners -= outline.corners

    def _make_room(self) -> None:
        while self._corners > self._most:
            _, outline = self._kept.popitem(last=False)
            self._corners -= outline.corners


def _near(ribbon: Ribbon, area: Rect, far: Rect) -> list[Ribbon]:
    """The parts of a ribbon that can reach into `area` of the board, in whole steps, so that what is seen of them is
    painted as if the rest were there; a step that even leaves `far` is cut in the middle.
    """
    if len(ribbon.curve) == 1:
        return [ribbon]
    left, top, right, bottom = area.padded(ribbon.reach)
    placed = ribbon.placed
    least, most = np.minimum(placed[:-1], placed[1:]), np.maximum(placed[:-1], placed[1:])
    steps = np.flatnonzero((least <= (right, bottom)).all(axis=1) & (most >= (left, top)).all(axis=1))
    runs = np.split(steps, np.flatnonzero(np.diff(steps) > 1) + 1) if len(steps) else []
    parts = [_part(ribbon, slice(int(run[0]), int(run[-1]) + 2)) for run in runs]
    return [cut for part in parts for cut in ([part] if inside(part.bounds, far) else brush.cut(part, far))]


def _part(ribbon: Ribbon, points: slice) -> Ribbon:
    curve, radii, positions = (values[points] for values in (ribbon.curve, ribbon.radii, ribbon.positions))
    return ribbon._replace(curve=curve, radii=radii, positions=positions)
