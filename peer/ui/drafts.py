"""Strokes that are being drawn, one's own and those of others, as a layer above the finished ones.

Rule: a draft is painted exactly as the stroke that it becomes, so that nothing moves when the op takes its place. A
draft gets longer at its end only, so only its end is made and painted anew, however long it is.
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QPainter, QPolygonF
from PyQt6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from p2psketch.geometry import Affine, Floats, Rect
from p2psketch.presence import DraftKey
from p2psketch.shapes import DEFAULT_COLOR, DEFAULT_WIDTH, Fields
from peer.ui import brush
from peer.ui.brush import Ribbon
from peer.ui.layer import Layer
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

    def outlines(self, areas: Collection[Rect], around: Rect) -> Iterator[QPolygonF]:
        """The outlines of what is to be seen of it in `areas`; without what is not even `around` them."""
        whole = [*self._pieces, *self._end]
        for seen, run in groupby(whole, lambda piece: any(piece.box.intersects(area) for area in areas)):
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


class Drafts(Layer):
    """All drafts, by whatever tells them apart."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
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
            draft = self._drafts[key] = Growing(style, self.level)
        known = len(draft.points)
        self.renew(draft.extend(points[known:], None if pressure is None else pressure[known:]))

    def drop(self, key: DraftKey | str) -> None:
        """A draft has been finished, or given up."""
        if (draft := self._drafts.pop(key, None)) is not None:
            self.renew(draft.boxes())

    def look(self, area: Rect, zoom: float, ratio: float) -> None:
        super().look(area, zoom, ratio)
        for draft in self._drafts.values():
            draft.draw_as_finely_as(self.level)

    def set_theme(self, theme: Theme) -> None:
        """Show ink on a canvas of another colour."""
        self._theme = theme
        self.update()

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        if painter is not None:
            around = self.area.padded(max(self.area.width, self.area.height))
            for draft in self._drafts.values():
                outlines = list(draft.outlines(self.exposed, around))
                brush.fill(painter, outlines, shown(draft.style.color, self._theme))
