"""The finished strokes of the board, as the view shows them: a part of its background, which it keeps while it can.

Rule: the document says what there is and in which order; here is only, per visible stroke, where it is and how it is
painted. Many changes at once are taken in slices of a few milliseconds, so that a board of many thousand strokes does
not hold up the pen.
"""

from collections.abc import Callable, Collection, Iterator
from time import perf_counter
from typing import Final

from PyQt6.QtCore import QObject, QTimer
from PyQt6.QtGui import QColor, QPainter

from p2psketch.geometry import Point, Rect, bounds_of, polyline_hits
from p2psketch.ids import ShapeId
from peer.ui import brush
from peer.ui.boxes import Boxes
from peer.ui.endless import EndlessView
from peer.ui.outlines import Outlines, Stroke
from peer.ui.proposed import Shapes
from peer.ui.theme import Theme

FADED: Final = 0.25
"""How much is left of the colour of what is about to be erased."""

_SLICE: Final = 0.004
"""Seconds that taking changes may last at a time, if painting does not take longer anyway."""

_AT_ONCE: Final = 64
"""So few changes are taken as they come."""


class SettledInk:
    """Keep it told of changes with `refresh`, and of where one looks with `look`; ask it what is where with `find` and
    `bounds`. It has the view paint anew what has changed.
    """

    def __init__(self, document: Shapes, theme: Theme, view: EndlessView) -> None:
        self._document = document
        self._renew = view.renew
        self._area = Rect(0, 0, 0, 0)
        self._zoom = 1.0
        self._level = 0
        self._theme = theme
        self._strokes: dict[ShapeId, Stroke] = {}
        self._boxes = Boxes()
        self._in_slot: dict[int, Stroke] = {}
        self._outlines = Outlines()
        self._faded: Collection[ShapeId] = frozenset()
        self._waiting: dict[ShapeId, None] = {}
        self._late: list[Stroke] = []
        self._last_frame = 0.0
        self._taking = _soon(self._take_some, view)
        self._painting = _soon(self._paint_rest, view)

    def look(self, area: Rect, zoom: float, ratio: float) -> None:
        """What part of the board is seen, at which zoom, with how many pixels of the device in one of the screen."""
        self._area, self._zoom, self._level = area, zoom, brush.level_at(zoom * ratio)

    def refresh(self, ids: Collection[ShapeId]) -> None:
        """These shapes have changed, are new or gone."""
        if len(ids) <= _AT_ONCE:
            for id in ids:
                self._waiting.pop(id, None)
            self._renew([box for id in ids for box in self._take(id)])
        else:
            self._waiting.update(dict.fromkeys(ids))
            self._taking.start()

    def settle(self) -> None:
        """Take all changes now."""
        self._renew([box for id in self._waiting for box in self._take(id)])
        self._waiting.clear()

    def find(self, start: Point, end: Point, radius: float) -> list[ShapeId]:
        """The strokes whose ink comes within `radius` of the segment `start`-`end`, top first."""
        self.settle()
        area = _around(start, end).padded(radius)
        near = sorted(self._met(area), key=lambda stroke: stroke.z, reverse=True)
        return [stroke.shape.id for stroke in near if self._touched(stroke, start, end, radius)]

    def near(self, area: Rect) -> list[ShapeId]:
        """The strokes that are shown and may have ink in a part of the board."""
        return [stroke.shape.id for stroke in self._met(area)]

    def bounds(self) -> Rect | None:
        """The smallest rectangle around all ink; None of none."""
        self.settle()
        return self._boxes.around()

    def fade(self, ids: Collection[ShapeId]) -> None:
        """Show these strokes, and only these, as about to go."""
        faded = frozenset(ids)
        changed = faded.symmetric_difference(self._faded)
        self._faded = faded
        self._renew([self._strokes[id].box for id in changed if id in self._strokes])

    def set_theme(self, theme: Theme) -> None:
        """Show ink on a canvas of another colour."""
        self._theme = theme
        self._renew([self._area])

    def paint(self, painter: QPainter, area: Rect) -> None:
        """Paint what is in a part of the board, in pixels of the board; what takes too long follows soon."""
        began = perf_counter()
        strokes = sorted(self._met(area), key=lambda stroke: stroke.z)
        late = self._outlines.prepare(strokes, self._area, self._zoom, self._level, self._last_frame)
        if late:
            self._late += late
            self._painting.start()
        for stroke in strokes:
            if stroke.outline:
                brush.fill(painter, stroke.outline, self._color(stroke))
        self._last_frame = perf_counter() - began

    # Taking changes

    def _take_some(self) -> None:
        until = perf_counter() + max(_SLICE, self._last_frame)
        taken: list[ShapeId] = []
        changed: list[Rect] = []
        for id in self._waiting:
            taken.append(id)
            changed += self._take(id)
            if perf_counter() > until:
                self._taking.start()
                break
        for id in taken:
            del self._waiting[id]
        self._renew(changed)

    def _take(self, id: ShapeId) -> Iterator[Rect]:
        """Have a shape as it is in the document; says what has to be painted anew."""
        if (gone := self._strokes.pop(id, None)) is not None:
            self._boxes.remove(gone.slot)
            del self._in_slot[gone.slot]
            self._outlines.forget(gone)
            yield gone.box
        shape = self._document.get(id)
        if shape is not None and shape.visible:
            box = brush.bounds_of_all(brush.ribbons_of(shape, self._level))
            slot = self._boxes.add(box)
            self._strokes[id] = self._in_slot[slot] = Stroke(shape, box, slot)
            yield box

    # Finding

    def _met(self, area: Rect) -> Iterator[Stroke]:
        return (self._in_slot[slot] for slot in self._boxes.meeting(area))

    def _touched(self, stroke: Stroke, start: Point, end: Point, radius: float) -> bool:
        ribbons = brush.ribbons_of(stroke.shape, self._level)
        return any(polyline_hits(each.placed, start, end, radius + each.reach) for each in ribbons)

    # Painting

    def _color(self, stroke: Stroke) -> QColor:
        color = brush.color_of(stroke.shape, self._theme)
        if stroke.shape.id in self._faded:
            color.setAlphaF(FADED)
        return color

    def _paint_rest(self) -> None:
        late, self._late = self._late, []
        self._renew([stroke.box for stroke in late])


def _soon(work: Callable[[], None], owner: QObject) -> QTimer:
    """A timer that calls `work` once, as soon as there is nothing more urgent."""
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.timeout.connect(work)
    return timer


def _around(start: Point, end: Point) -> Rect:
    box = bounds_of((start, end))
    assert box is not None
    return box
