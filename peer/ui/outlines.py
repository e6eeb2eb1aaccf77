"""The outlines of settled strokes: made when they are first seen, kept while there is room.

Rule: a frame spends only so long on new outlines; what is left over is for the next.
"""

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Final

from PyQt6.QtGui import QPolygonF

from p2psketch.document import Shape
from p2psketch.geometry import Rect
from peer.ui import brush
from peer.ui.rects import inside

_SLICE: Final = 0.012
"""Seconds a frame may spend here, if painting does not take longer anyway."""

_BATCH: Final = 32
_FINER: Final = 3
"""Levels by which an outline may be finer than it has to be."""

_FAR: Final = 12_000.0
"""Pixels past the edge of the canvas; a stroke that reaches farther is cut before it is outlined."""

_MOST_CORNERS: Final = 4_000_000
"""Corners to keep: 64 MB."""


class Stroke:
    """A visible stroke as it is painted: its box, and its outline as far as it has been needed."""

    __slots__ = ("box", "corners", "level", "outline", "shape", "slot", "whole_in", "z")

    def __init__(self, shape: Shape, box: Rect, slot: int) -> None:
        self.shape = shape
        self.z = shape.z
        self.box = box
        self.slot = slot
        self.outline: list[QPolygonF] | None = None
        self.whole_in: Rect | None = None
        """The outline has been cut, and is right only in here."""
        self.level = 0
        self.corners = 0

    def serves(self, area: Rect, level: int) -> bool:
        """Can it be painted as it is?"""
        if self.outline is None or not level - _FINER <= self.level <= level:
            return False
        return self.whole_in is None or inside(area, self.whole_in)


class Outlines:
    """Gives strokes their outlines, and takes them from those not seen when there is no more room."""

    def __init__(self, clock: Callable[[], float] = perf_counter) -> None:
        self._clock = clock
        self._kept: set[Stroke] = set()
        self._corners = 0

    def prepare(self, strokes: Sequence[Stroke], area: Rect, zoom: float, level: int, seconds: float) -> list[Stroke]:
        """Outline what is to be seen of `strokes` in `area`; returns those that have to wait for another frame."""
        wanting = [stroke for stroke in strokes if not stroke.serves(area, level)]
        until = self._clock() + max(seconds, _SLICE)
        for begin in range(0, len(wanting), _BATCH):
            if begin and self._clock() > until:
                return wanting[begin:]
            self._outline(wanting[begin : begin + _BATCH], area, zoom, level)
        self._make_room(strokes)
        return []

    def _outline(self, strokes: Sequence[Stroke], area: Rect, zoom: float, level: int) -> None:
        near, around = area.padded(_FAR / zoom), area.padded(max(area.width, area.height))
        whole = [stroke for stroke in strokes if inside(stroke.box, near)]
        drawn = brush.outlines_of([stroke.shape for stroke in whole], level)
        for stroke, outline in zip(whole, drawn, strict=True):
            self._keep(stroke, outline, level, None)
        for stroke in strokes:
            if not inside(stroke.box, near):
                parts = [part for each in brush.ribbons_of(stroke.shape, level) for part in brush.cut(each, around)]
                self._keep(stroke, brush.polygons(parts, level), level, around)

    def _keep(self, stroke: Stroke, outline: list[QPolygonF], level: int, whole_in: Rect | None) -> None:
        self.forget(stroke)
        stroke.outline, stroke.level, stroke.whole_in = outline, level, whole_in
        stroke.corners = sum(len(polygon) for polygon in outline)
        self._corners += stroke.corners
        self._kept.add(stroke)

    def forget(self, stroke: Stroke) -> None:
        """The stroke is gone, or its outline is of no more use."""
        if stroke in self._kept:
            self._kept.remove(stroke)
            self._corners -= stroke.corners
            stroke.outline = None

    def _make_room(self, seen: Sequence[Stroke]) -> None:
        if self._corners > _MOST_CORNERS:
            for stroke in self._kept - set(seen):
                self.forget(stroke)
