"""Strokes that are being drawn, one's own and those of others, as a layer above the finished ones.

Rule: a draft is painted exactly as the stroke that it becomes, so that nothing moves when the op takes its place. A
draft gets longer at its end only, so only its end is made and painted anew, however long it is.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainter, QPolygonF
from PyQt6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from p2psketch.geometry import Affine, Floats, Rect
from p2psketch.presence import DraftKey
from p2psketch.shapes import DEFAULT_COLOR, DEFAULT_WIDTH, Fields
from peer.ui import brush
from peer.ui.brush import Ribbon
from peer.ui.rects import from_qt, seen_of, to_qt
from peer.ui.theme import Theme, shown

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


def style_of(fields: Fields) -> Style:
    """The style in a shape's fields."""
    color, placement = fields.get("color"), fields.get("placement")
    return Style(
        DEFAULT_COLOR if color is None else color,
        fields.get("width") or DEFAULT_WIDTH,
        None if placement is None else tuple(placement),
    )


class _Piece(NamedTuple):
    ribbon: Ribbon
    box: Rect


class Growing:
    """The ink of one draft: pieces that stay as they are, and the end."""

    def __init__(self, style: Style, level: int) -> None:
        self.style = style
        self.points: list[list[float]] = []
        self.pressure: list[float] | None = None
        self._level = level
        self._pieces: list[_Piece] = []
        self._end: list[_Piece] = []
        self._begin = 0

    def goes_on(self, points: Points) -> bool:
        """Are these its points, and perhaps more?"""
        known = len(self.points)
        return known <= len(points) and (not known or list(points[known - 1]) == self.points[-1])

    def extend(self, points: Points, pressure: Pressure) -> list[Rect]:
        """More points; says what has to be painted anew."""
        if not len(points):
            return []
        firm = max(len(self.points) - 1 - _BENDS, 0)
        changed = [self._piece(firm, len(self.points) - 1).box] if self.points else []
        if pressure is not None:
            self.pressure = [*(self.pressure or [1.0] * len(self.points)), *pressure]
        self.points += np.asarray(points).tolist()
        self._shape()
        return [*changed, self._piece(firm, len(self.points) - 1).box]

    def draw_as_finely_as(self, level: int) -> None:
        """The zoom has changed."""
        if level != self._level:
            self._level, self._pieces, self._begin = level, [], 0
            self._shape()

    def boxes(self) -> Iterator[Rect]:
        """Where its ink is."""
        return (piece.box for piece in (*self._pieces, *self._end))

    def outlines(self, area: Rect, around: Rect) -> Iterator[QPolygonF]:
        """The outlines of what is to be seen of it in `area`; without what is not even `around` it."""
        for seen, run in groupby((*self._pieces, *self._end), lambda piece: piece.box.intersects(area)):
            if seen:
                parts = brush.cut(brush.joined([piece.ribbon for piece in run]), around)
                yield from brush.polygons(parts, self._level)

    def _shape(self) -> None:
        last = len(self.points) - 1
        while last - self._begin >= _PIECE + _BENDS:
            self._pieces.append(self._piece(self._begin, self._begin + _PIECE))
            self._begin += _PIECE
        self._end = [self._piece(self._begin, last)]

    def _piece(self, first: int, last: int) -> _Piece:
        """The part from one point to another of the ribbon that all points make."""
        begin, end = max(first - _BENDS, 0), min(last + _BENDS, len(self.points) - 1) + 1
        points = np.array(self.points[begin:end], dtype=np.float64)
        pressure = None if self.pressure is None else np.array(self.pressure[begin:end])
        whole = brush.ribbon(points, pressure, self.style.width, self._level, self.style.placement)
        ribbon = whole.between(first - begin, last - begin)
        return _Piece(ribbon._replace(positions=ribbon.positions + begin), ribbon.bounds)


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

    def follow(self, key: DraftKey | str, style: Style, points: Points, pressure: Pressure) -> None:
        """A draft has got so far; all of its points are given, and what is known already costs nothing."""
        draft = self._drafts.get(key)
        if draft is None or not draft.goes_on(points):
            self.drop(key)
            draft = self._drafts[key] = Growing(style, self._level)
        known = len(draft.points)
        self._renew(draft.extend(points[known:], None if pressure is None else pressure[known:]))

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
            for draft in self._drafts.values():
                outlines = list(draft.outlines(exposed, around))
                brush.fill(painter, outlines, shown(draft.style.color, self._theme))
