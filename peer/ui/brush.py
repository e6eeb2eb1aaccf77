"""Ink as filled polygons: the one road from points to paint, for settled strokes, drafts and pictures alike.

Rule: what a stroke looks like is decided here and in `p2psketch.geometry`, from its points, its pressure, its width and
how finely it is to be drawn; nothing here knows who drew it or where it is shown.
"""

import math
from collections.abc import Sequence
from functools import reduce
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor, QPainter, QPainterPath, QPolygonF

from p2psketch import ink
from p2psketch.curves import smooth_one
from p2psketch.document import Shape
from p2psketch.geometry import (
    TOLERANCE,
    Affine,
    Floats,
    Rect,
    apply,
    bounds_of,
    complexes,
    inverse,
    resampled,
)
from p2psketch.outlining import outlines_together
from p2psketch.rubbing import Brushed
from p2psketch.tapering import TIP, tapered
from peer.ui.theme import Theme, shown

LIGHTEST: Final = 0.2
"""The width of a stroke without any pressure, as a part of its full width."""

HIGHLIGHT: Final = 0.4
"""How opaque a highlighter is."""

MANY: Final = 64

_LEVELS: Final = range(-6, 8)
_FLAT: Final = 1e-9
_STEPS: Final = 64


class Ribbon(NamedTuple):
    """A stroke before it is an outline: its smooth curve (n, 2), and at each point of it (n,) the radius of the brush.

    `positions` (n,) say how far along the points that were drawn (3.5 is halfway from point 3 to point 4). All is in
    pixels of the board, unless a placement puts it there.
    """

    curve: Floats
    radii: Floats
    positions: Floats
    placement: Affine | None = None

    @property
    def placed(self) -> Floats:
        """The curve on the board."""
        return self.curve if self.placement is None else apply(self.placement, self.curve)

    @property
    def reach(self) -> float:
        """How far, on the board, ink is from the curve at most."""
        return float(self.radii.max()) * (1.0 if self.placement is None else _stretch(self.placement))

    @property
    def brushed(self) -> Brushed:
        """Its ink, on the board, for whoever looks for what touches it."""
        scale = 1.0 if self.placement is None else _stretch(self.placement)
        return Brushed(self.placed, self.radii * scale, self.positions)

    @property
    def bounds(self) -> Rect:
        """What its ink covers, on the board; with pressure or a placement, perhaps a little more."""
        curve, reach = self.placed, self.reach
        return Rect(*(curve.min(axis=0) - reach).tolist(), *(curve.max(axis=0) + reach).tolist())

    def between(self, first: int, last: int) -> "Ribbon":
        """The part from one of the points that were drawn to another."""
        start, end = np.searchsorted(self.positions, (first, last)).tolist()
        part = slice(start, end + 1)
        return Ribbon(self.curve[part], self.radii[part], self.positions[part], self.placement)

    def pieces(self, places: Sequence[tuple[float, float]]) -> "list[Ribbon]":
        """The parts from one place along the points that were drawn to another, with an end exactly there."""
        table = np.column_stack((self.curve, self.radii, self.positions))
        ends = np.column_stack([np.interp(places, self.positions, column).ravel() for column in table.T])
        begins, stops = np.array(places).T
        first, last = np.searchsorted(self.positions, begins, "right"), np.searchsorted(self.positions, stops, "left")
        whole = (
            np.concatenate((ends[2 * n : 2 * n + 1], table[first[n] : last[n]], ends[2 * n + 1 : 2 * n + 2]))
            for n in range(len(places))
        )
        return [Ribbon(part[:, :2], part[:, 2], part[:, 3], self.placement) for part in whole]


def level_at(zoom: float) -> int:
    """How coarse a stroke may be at a zoom: `tolerance` of this is a tenth of a pixel of the screen, or just less."""
    return min(max(math.floor(-math.log2(zoom)), _LEVELS.start), _LEVELS.stop - 1)


def tolerance(level: int) -> float:
    """How far, in pixels of the board, the outline may be from the exact one."""
    return TOLERANCE * 2.0**level


def radii(width: float, pressure: Floats | NDArray[np.float32] | None, count: int) -> Floats:
    """The brush at each of `count` points: half the width, less where there was less pressure."""
    return np.full(count, width / 2) if pressure is None else pressed(width, pressure)


def pressed(width: float | Floats, pressure: Floats | NDArray[np.float32]) -> Floats:
    """The brush at each point of a width under a pressure, one or (n,) widths."""
    radii: Floats = (LIGHTEST + (1 - LIGHTEST) * np.asarray(pressure, dtype=np.float64)) * (width / 2)
    return radii


def has_ends(width: float, precision: float) -> bool:
    """Whether one would see that a stroke with pressure has thinner ends."""
    return width / 2 * (1 - TIP) >= precision


def ribbon(
    points: Floats, pressure: Floats | NDArray[np.float32] | None, width: float, level: int, placement: Any = None
) -> Ribbon:
    """The ribbon of a stroke; a `placement` is six numbers, or None. One with pressure has thinner ends."""
    whole = bare(points, pressure, width, level, placement)
    return whole if pressure is None else with_ends(whole, width, level)


def bare(
    points: Floats, pressure: Floats | NDArray[np.float32] | None, width: float, level: int, placement: Any = None
) -> Ribbon:
    """The ribbon of a stroke, or of a part of it, as if it had no ends."""
    where: Affine | None = None if placement is None else tuple(placement)
    curve, positions = smooth_one(points, precision_of(level, where))
    size = radii(width, pressure, len(points))
    return Ribbon(curve, size if len(curve) == len(points) else resampled(size, positions), positions, where)


def with_ends(part: Ribbon, width: float, level: int, *, first: bool = True, last: bool = True) -> Ribbon:
    """A bare ribbon with the ends that a stroke with pressure has; `first`, `last`: which of its ends are the stroke's.

    Where it is drawn so coarsely that they would not be seen, it has none.
    """
    if not has_ends(width, precision_of(level, part.placement)):
        return part
    curve, size, positions = tapered(*part[:3], width, first=first, last=last)
    return Ribbon(curve, size, positions, part.placement)


def joined(pieces: Sequence[Ribbon]) -> Ribbon:
    """One ribbon of pieces of it that follow each other."""
    if len(pieces) == 1:
        return pieces[0]
    curve, radii, positions = (
        np.concatenate([values[0][:1], *(each[1:] for each in values)])
        for values in (
            [piece.curve for piece in pieces],
            [piece.radii for piece in pieces],
            [piece.positions for piece in pieces],
        )
    )
    return Ribbon(curve, radii, positions, pieces[0].placement)


def ribbons_of(shape: Shape, level: int) -> list[Ribbon]:
    """The ribbons of a visible stroke: the pieces that are left of it, all in one style."""
    points, pressure = ink.decode(shape.values["points"])
    whole, left = ribbon(points, pressure, shape.width, level, shape.values.get("placement")), shape.pieces
    return [whole] if left is None else whole.pieces(left)


def bounds_of_all(ribbons: Sequence[Ribbon]) -> Rect:
    """What the ink of at least one ribbon covers, on the board."""
    return reduce(Rect.union, (each.bounds for each in ribbons))


def color_of(shape: Shape, theme: Theme) -> QColor:
    """What a stroke is filled with on a canvas of that theme."""
    color = shown(shape.color, theme)
    if shape.highlights:
        color.setAlphaF(HIGHLIGHT)
    return color


def polygons(ribbons: Sequence[Ribbon], level: int, scale: float | None = None) -> list[QPolygonF]:
    """The outlines of ribbons, to be filled by the winding rule: on the board, or in pixels of the device, `scale` of
    them in one of the board.

    Qt counts in 64ths of a pixel and cuts off what is finer, towards 0, so a polygon would look a little different left
    and right of it. In pixels they are rounded to such steps: moved by whole pixels, they look the same everywhere.
    """
    scales = {1.0 if each.placement is None else _scale(each.placement) for each in ribbons}
    if len(scales) > 1:
        return [polygon for each in ribbons for polygon in polygons([each], level, scale)]
    precision = tolerance(level) / max(scales, default=1.0)
    if not ribbons:
        return []
    line, radii = (
        complexes(np.concatenate([each.curve for each in ribbons])),
        np.concatenate([each.radii for each in ribbons]),
    )
    corners, ends = outlines_together(line, radii, np.array([len(each.curve) for each in ribbons]), precision)
    for each, (start, end) in zip(ribbons, pairwise([0, *ends]), strict=True):
        if each.placement is not None:
            corners[start:end] = apply(each.placement, corners[start:end])
    return cut_out(corners, ends, scale)


def cut_out(corners: Floats, ends: Sequence[int], scale: float | None) -> list[QPolygonF]:
    """Corners (n, 2) on the board, end to end, as polygons: on the board, or in pixels of the device."""
    if scale is not None:
        corners = np.rint(corners * (scale * _STEPS)) * (1 / _STEPS)
    whole = to_polygon(corners)
    return [whole.mid(start, end - start) for start, end in pairwise([0, *ends])]


def to_polygon(points: Floats) -> QPolygonF:
    """An array (n, 2) as Qt's polygon, copied in one piece."""
    polygon = QPolygonF()
    polygon.fill(QPointF(), len(points))
    buffer: Any = polygon.data()
    buffer.setsize(points.size * 8)
    np.frombuffer(buffer, dtype=np.float64)[:] = points.ravel()
    return polygon


def fill(painter: QPainter, pieces: Sequence[QPolygonF], color: QColor) -> None:
    """Paint the union of polygons in one colour: where they meet there is no seam.

    Of so many that no hand drew them, each is painted for itself: their union takes Qt the square of their number.
    """
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    fill_on(painter, pieces)


def fill_on(painter: QPainter, pieces: Sequence[QPolygonF]) -> None:
    """The same in the colour, and without the pen, that the painter has already."""
    if len(pieces) == 1 or len(pieces) > MANY:
        for piece in pieces:
            painter.drawPolygon(piece, Qt.FillRule.WindingFill)
        return
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    for piece in pieces:
        path.addPolygon(piece)
        path.closeSubpath()
    painter.drawPath(path)


def fill_beneath(painter: QPainter, pieces: Sequence[QPolygonF], color: int, theme: Theme) -> None:
    """Paint the draft of a highlighter, which will lie beneath the ink, over it: darkening a light canvas, lightening a
    dark one. On the canvas that is exactly what it will be; black and white ink stay as they are, and others nearly so.
    """
    canvas, ink = theme.canvas, shown(color, theme)
    pairs = ((canvas.redF(), ink.redF()), (canvas.greenF(), ink.greenF()), (canvas.blueF(), ink.blueF()))
    mixed = [(below, below + (above - below) * HIGHLIGHT) for below, above in pairs]
    before = painter.compositionMode()
    if theme.dark:
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Screen)
        parts = [1 - (1 - result) / (1 - below) for below, result in mixed]
    else:
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
        parts = [result / below for below, result in mixed]
    fill(painter, pieces, QColor.fromRgbF(*(min(max(part, 0.0), 1.0) for part in parts)))
    painter.setCompositionMode(before)


def cut(whole: Ribbon, area: Rect) -> list[Ribbon]:
    """The parts of a ribbon whose ink can reach into `area` of the board.

    Seen from very near, a stroke is larger than what Qt can fill in a reasonable time.
    """
    near = _before(whole.placement, area)
    if near is None:
        return []
    if len(whole.curve) == 1:
        return [whole]
    near = near.padded(float(whole.radii.max()))
    start, step = whole.curve[:-1], np.diff(whole.curve, axis=0)
    enter, leave = _within(start, step, near)
    kept = np.flatnonzero(enter <= leave)
    if not len(kept):
        return []
    joined = (np.diff(kept) == 1) & (leave[kept[:-1]] == 1) & (enter[kept[1:]] == 0)
    runs = np.split(kept, np.flatnonzero(~joined) + 1)
    return [_part(whole, run, float(enter[run[0]]), float(leave[run[-1]])) for run in runs]


def _part(whole: Ribbon, run: NDArray[np.intp], enter: float, leave: float) -> Ribbon:
    """The neighbouring segments `run` of a ribbon, from `enter` of the first to `leave` of the last."""
    here = slice(int(run[0]), int(run[-1]) + 2)
    at = np.concatenate(([run[0] + enter], run[1:], [run[-1] + leave])) - run[0]
    x, y, size, position = (resampled(values[here], at) for values in (*whole.curve.T, whole.radii, whole.positions))
    return Ribbon(np.stack((x, y), axis=1), size, position, whole.placement)


def _within(start: Floats, step: Floats, area: Rect) -> tuple[Floats, Floats]:
    """From where to where (0…1) each segment is inside a rectangle; outside, from is past to (Liang & Barsky 1984)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        to_least = (np.array((area.left, area.top)) - start) / step
        to_most = (np.array((area.right, area.bottom)) - start) / step
    still = step == 0
    inside = (start >= (area.left, area.top)) & (start <= (area.right, area.bottom))
    enter = np.where(still, np.where(inside, 0.0, np.inf), np.minimum(to_least, to_most))
    leave = np.where(still, np.where(inside, 1.0, -np.inf), np.maximum(to_least, to_most))
    return np.maximum(enter.max(axis=1), 0.0), np.minimum(leave.min(axis=1), 1.0)


def _before(placement: Affine | None, area: Rect) -> Rect | None:
    """The rectangle that a placement brings to cover `area`; None if it flattens everything."""
    if placement is None:
        return area
    if _scale(placement) < _FLAT:
        return None
    corners = np.array(
        ((area.left, area.top), (area.right, area.top), (area.left, area.bottom), (area.right, area.bottom))
    )
    return bounds_of(apply(inverse(placement), corners))


def precision_of(level: int, placement: Affine | None) -> float:
    """The tolerance of a level, in pixels of a stroke before it is placed."""
    return tolerance(level) / (1.0 if placement is None else _scale(placement))


def _scale(placement: Affine) -> float:
    """By how much a placement enlarges, on average."""
    a, b, c, d, _, _ = placement
    return min(max(math.sqrt(abs(a * d - b * c)), _FLAT / 10), 1e9)


def _stretch(placement: Affine) -> float:
    """By how much a placement enlarges at most: the larger singular value of its matrix."""
    a, b, c, d, _, _ = placement
    return (math.hypot(a + d, b - c) + math.hypot(a - d, b + c)) / 2
