"""Strokes that are being drawn, one's own and those of others, as a layer above the finished ones.

Rule: a draft is painted exactly as the stroke that it becomes, so that nothing moves when the op takes its place. A
draft gets longer at its end only, so only its end is made and painted anew, however long it is.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import groupby, islice
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainter, QPolygonF
from PyQt6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from p2psketch.geometry import Affine, Floats, Rect
from p2psketch.presence import DraftKey
from p2psketch.shapes import DEFAULT_COLOR, DEFAULT_WIDTH, HIGHLIGHTER, Fields
from p2psketch.tapering import SHORT
from peer.ui import brush
from peer.ui.brush import Ribbon
from peer.ui.rects import from_qt, inside, seen_of, to_qt
from peer.ui.theme import Theme, shown
from peer.ui.visible import box_of

_PIECE: Final = 64
"""Segments of a piece."""

_BENDS: Final = 2
"""So many segments at the end change their course when a point is added."""


Points: TypeAlias = Sequence[Sequence[float]] | Floats
Pressure: TypeAlias = Sequence[float] | NDArray[np.float32] | None


class Style(NamedTuple):
    """What all of a draft has in common."""

    color: int
    width: float
    placement: Affine | None = None
    nib: str | None = None

    @property
    def highlights(self) -> bool:
        """Is it drawn with the highlighter?"""
        return self.nib == HIGHLIGHTER


def style_of(fields: Fields) -> Style:
    """The style in a shape's fields."""
    color, placement = fields.get("color"), fields.get("placement")
    return Style(
        DEFAULT_COLOR if color is None else color,
        fields.get("width") or DEFAULT_WIDTH,
        None if placement is None else tuple(placement),
        fields.get("nib"),
    )


class _Piece(NamedTuple):
    ribbon: Ribbon
    box: Rect


class Growing:
    """The ink of one draft: pieces that stay as they are, and the end.

    The end is long enough to hold whatever is still to change: the curve where points are added, the thinner end of a
    stroke with pressure, and a tip, which is what the pen will draw if it is lifted now.

    Its ribbons are made when it is painted, however often it has grown since.
    """

    def __init__(self, style: Style, level: int) -> None:
        self.style = style
        self.points: list[list[float]] = []
        self.pressure: list[float] | None = None
        self._tip: list[list[float]] = []
        self._tip_pressure: list[float] = []
        self._level = level
        self._pieces: list[_Piece] = []
        self._end: list[_Piece] = []
        self._begin = 0
        self._changing: list[Rect] = []
        """Where what may look different with the next point is, and a little more."""
        self._box: Rect | None = None
        """Where all of it is, and a little more."""
        self._is_shaped = True
        self._gone: list[float] = []
        """How far the pen has gone at each point, in pixels of the board."""

    def goes_on(self, points: Points) -> bool:
        """Are these its points, and perhaps more?"""
        known = len(self.points)
        return known <= len(points) and (not known or list(points[known - 1]) == self.points[-1])

    def extend(self, points: Points, pressure: Pressure, tip: Points = (), tip_pressure: Pressure = None) -> list[Rect]:
        """More points, and another tip; says what has to be painted anew."""
        if not len(points) and not len(tip) and not self._tip:
            return []
        firm, changed = self._firm(), self._changing
        if pressure is not None:
            if self.pressure is None:
                firm, changed = self._begin_anew(), self.boxes()
            self.pressure = [*(self.pressure or [1.0] * len(self.points)), *pressure]
        self._add(np.asarray(points, dtype=np.float64).reshape(-1, 2).tolist())
        self._tip = np.asarray(tip, dtype=np.float64).reshape(-1, 2).tolist()
        self._tip_pressure = [1.0] * len(self._tip) if tip_pressure is None else list(tip_pressure)
        self._is_shaped = False
        box = self._box_from(max(firm - _BENDS, 0))
        self._changing, self._box = [box], box if self._box is None else self._box.union(box)
        return [*changed, *self._changing]

    def draw_as_finely_as(self, level: int) -> None:
        """The zoom has changed."""
        if level != self._level:
            self._level = level
            self._begin_anew()
            self._is_shaped = False

    def boxes(self) -> list[Rect]:
        """Where its ink is."""
        return [] if self._box is None else [self._box]

    def ribbons(self, area: Rect, around: Rect) -> list[Ribbon]:
        """What is to be seen of it in `area`; without what is not even `around` it."""
        if self._box is None or not self._box.intersects(area):
            return []
        self._shape()
        whole, seen = inside(self._box, around), []
        for is_seen, run in groupby((*self._pieces, *self._end), lambda piece: piece.box.intersects(area)):
            if is_seen:
                part = brush.joined([piece.ribbon for piece in run])
                seen += [part] if whole else brush.cut(part, around)
        return seen

    def _begin_anew(self) -> int:
        """All of it looks different now."""
        self._pieces, self._begin = [], 0
        return 0

    def _add(self, points: list[list[float]]) -> None:
        for point in points:
            last = self.points[-1] if self.points else point
            self._gone.append((self._gone[-1] if self._gone else 0.0) + math.dist(last, point))
            self.points.append(point)

    @property
    def _ends(self) -> float:
        """How far from where it begins and from where it ends a stroke is thinner, in pixels of the board."""
        return 0.0 if self.pressure is None else SHORT * self.style.width

    def _firm(self) -> int:
        """The last point before which nothing will change."""
        last = len(self.points) - 1
        return max(min(last - _BENDS, self._before(last, self._ends)), 0)

    def _before(self, point: int, distance: float) -> int:
        """The last point that is so far before another; -1 if there is none."""
        return bisect_right(self._gone, self._gone[point] - distance, 0, point + 1) - 1 if self._gone else -1

    def _shape(self) -> None:
        if self._is_shaped:
            return
        self._is_shaped, last = True, self._firm()
        while (end := self._next()) <= last:
            self._pieces.append(self._piece(self._begin, end))
            self._begin = end
        self._end = [self._piece(self._begin, len(self.points) + len(self._tip) - 1)]

    def _next(self) -> int:
        """Where the next piece ends; the first one has all of the stroke's beginning."""
        end = self._begin + _PIECE
        return end if self._begin else max(end, bisect_left(self._gone, self._ends))

    def _piece(self, first: int, last: int) -> _Piece:
        """The part from one point to another of the ribbon that all points make."""
        part = self._bare(first, last)
        at_end = last == len(self.points) + len(self._tip) - 1
        if self.pressure is not None and (at_end or first == 0):
            part = brush.with_ends(part, self.style.width, self._level, first=first == 0, last=at_end)
        return _Piece(part, part.bounds)

    def _bare(self, first: int, last: int) -> Ribbon:
        begin, end = max(first - _BENDS, 0), last + _BENDS + 1
        known = len(self.points)
        points = self.points[begin:end] + self._tip[: max(end - known, 0)]
        pressure = None
        if self.pressure is not None:
            pressure = np.array(self.pressure[begin:end] + self._tip_pressure[: max(end - known, 0)])
        whole = brush.bare(np.array(points), pressure, self.style.width, self._level, self.style.placement)
        ribbon = whole.between(first - begin, last - begin)
        return ribbon._replace(positions=ribbon.positions + begin)

    def _box_from(self, first: int) -> Rect:
        """Where the ink from one point on is, or a little more: worked out from the points alone."""
        points = np.array(self.points[first:] + self._tip)
        return box_of(points, self.style.width, self.style.placement)


class Drafts(QGraphicsItem):
    """All drafts, by whatever tells them apart. Qt, which counts in integers, is told only of the part that is seen."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)  # to be told what is exposed
        self._area = Rect(0, 0, 0, 0)
        self._zoom = 1.0
        self._level = 0
        self._theme = theme
        self._drafts: dict[DraftKey | str, Growing] = {}

    @property
    def shown(self) -> list[DraftKey | str]:
        """What tells the drafts apart that are shown."""
        return list(self._drafts)

    def follow(
        self,
        key: DraftKey | str,
        style: Style,
        points: Points,
        pressure: Pressure,
        tip: Points = (),
        tip_pressure: Pressure = None,
    ) -> None:
        """A draft has got so far; all of its points are given, and what is known already costs nothing. The `tip` is
        what would come next if it ended now.
        """
        draft = self._drafts.get(key)
        if draft is None or not draft.goes_on(points):
            self.drop(key)
            draft = self._drafts[key] = Growing(style, self._level)
        known = len(draft.points)
        more = None if pressure is None else pressure[known:]
        self._renew(draft.extend(points[known:], more, tip, tip_pressure))

    def drop(self, key: DraftKey | str) -> None:
        """A draft has been finished, or given up."""
        if (draft := self._drafts.pop(key, None)) is not None:
            self._renew(draft.boxes())

    def look(self, area: Rect, zoom: float, ratio: float) -> None:
        """What part of the board is seen, at which zoom, with how many pixels of the device in one of the screen."""
        self.prepareGeometryChange()
        self._area, self._zoom, self._level = area, zoom, brush.level_at(zoom * ratio)
        for draft in self._drafts.values():
            draft.draw_as_finely_as(self._level)

    def set_theme(self, theme: Theme) -> None:
        """Show ink on a canvas of another colour."""
        self._theme = theme
        self.update()

    def _renew(self, areas: Iterable[Rect]) -> None:
        for area in areas:
            if (seen := seen_of(area, self._area, self._zoom)) is not None:
                self.update(to_qt(seen))

    def boundingRect(self) -> QRectF:
        return to_qt(self._area)

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        if painter is not None and option is not None:
            exposed = from_qt(option.exposedRect)
            around = self._area.padded(max(self._area.width, self._area.height))
            drafts = sorted(self._drafts.values(), key=lambda draft: not draft.style.highlights)
            ribbons = [draft.ribbons(exposed, around) for draft in drafts]
            outlines = iter(brush.polygons([each for parts in ribbons for each in parts], self._level))
            for draft, parts in zip(drafts, ribbons, strict=True):
                self._fill(painter, draft.style, list(islice(outlines, len(parts))))

    def _fill(self, painter: QPainter, style: Style, outlines: list[QPolygonF]) -> None:
        if style.highlights:
            brush.fill_beneath(painter, outlines, style.color, self._theme)
        else:
            brush.fill(painter, outlines, shown(style.color, self._theme))
