"""The ink of strokes that are being drawn.

Rule: it is exactly that of the stroke that it becomes, so that nothing moves when the op takes its place. A draft gets
longer at its end only, so only its end is made and painted anew, however long it is; the ends of all drafts are made
together, for many small ones take many times as long.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import groupby, pairwise, starmap
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from p2psketch.curves import smooth
from p2psketch.geometry import Affine, Floats, Rect, complexes, pairs, resampled
from p2psketch.shapes import DEFAULT_COLOR, DEFAULT_WIDTH, HIGHLIGHTER, Fields
from p2psketch.tapering import SHORT
from peer.ui import brush
from peer.ui.brush import Ribbon
from peer.ui.rects import inside
from peer.ui.visible import OVERSHOOT, box_of

_PIECE: Final = 16
"""Segments of a piece."""

_BENDS: Final = 2
"""So many segments at the end change their course when a point is added."""

_FEW: Final = 64
"""Points whose bounds are found sooner without numpy."""


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


class _Part(NamedTuple):
    """What is to become a piece: the ribbon from point `first` to `last`, of points (n, 2) from `begin` on."""

    style: Style
    points: list[list[float]]
    pressure: list[float] | None
    begin: int
    first: int
    last: int


class Growing:
    """The ink of one draft: pieces that stay as they are, and the end.

    The end is long enough to hold whatever is still to change: the curve where points are added, the thinner end of a
    stroke with pressure, and a tip, which is what the pen will draw if it is lifted now.

    Its ribbons are made by `shape_all` when it is painted, however often it has grown since.
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
        return [reduce(Rect.union, changed, box)]

    def draw_as_finely_as(self, level: int) -> None:
        """The zoom has changed."""
        if level != self._level:
            self._level = level
            self._begin_anew()
            self._is_shaped = False

    def boxes(self) -> list[Rect]:
        """Where its ink is."""
        return [] if self._box is None else [self._box]

    def meets(self, areas: Sequence[Rect]) -> bool:
        """May any of it be in one of these areas?"""
        box = self._box
        return box is not None and any(map(box.intersects, areas))

    def ribbons(self, areas: Sequence[Rect], around: Rect) -> list[Ribbon]:
        """What is to be seen in `areas` of what has been shaped; without what is not even `around` them."""
        if self._box is None:
            return []
        whole, seen = inside(self._box, around), []
        for is_seen, run in groupby((*self._pieces, *self._end), lambda piece: any(map(piece.box.intersects, areas))):
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

    def unshaped(self) -> list[_Part]:
        """What is to be made before it is painted: more of the pieces that stay, and the end."""
        if self._is_shaped:
            return []
        parts, begin, last = [], self._begin, self._firm()
        while (end := self._next(begin)) <= last:
            parts.append(self._part(begin, end))
            begin = end
        return [*parts, self._part(begin, len(self.points) + len(self._tip) - 1)]

    def take(self, ribbons: Iterable[Ribbon]) -> None:
        """The ribbons of what was unshaped."""
        *pieces, end = [_Piece(ribbon, ribbon.bounds) for ribbon in ribbons]
        for _ in pieces:
            self._begin = self._next(self._begin)
        self._pieces += pieces
        self._end, self._is_shaped = [end], True

    def finished(self, ribbon: Ribbon, first: int, last: int) -> Ribbon:
        """A piece with the ends that it has."""
        at_end = last == len(self.points) + len(self._tip) - 1
        if self.pressure is None or not (at_end or first == 0):
            return ribbon
        return brush.with_ends(ribbon, self.style.width, self._level, first=first == 0, last=at_end)

    def _next(self, begin: int) -> int:
        """Where the next piece ends; the first one has all of the stroke's beginning."""
        end = begin + _PIECE
        return end if begin else max(end, bisect_left(self._gone, self._ends))

    def _part(self, first: int, last: int) -> _Part:
        """The part from one point to another, with the points that its course depends on."""
        begin, end = max(first - _BENDS, 0), last + _BENDS + 1
        ahead = max(end - len(self.points), 0)
        pressure = None
        if self.pressure is not None:
            pressure = self.pressure[begin:end] + self._tip_pressure[:ahead]
        return _Part(self.style, self.points[begin:end] + self._tip[:ahead], pressure, begin, first, last)

    def _box_from(self, first: int) -> Rect:
        """Where the ink from one point on is, or a little more: worked out from the points alone."""
        points = self.points[first:] + self._tip
        if self.style.placement is not None or len(points) > _FEW:
            return box_of(np.array(points), self.style.width, self.style.placement)
        x, y = zip(*points, strict=True)
        around = self.style.width / 2 + OVERSHOOT * max(starmap(math.dist, pairwise(points)), default=0.0)
        return Rect(min(x) - around, min(y) - around, max(x) + around, max(y) + around)


def shape_all(drafts: Sequence[Growing], level: int) -> None:
    """Make what is to be made of all these drafts, drawn as finely as `level`."""
    parts = [draft.unshaped() for draft in drafts]
    ribbons = iter(_bare([part for each in parts for part in each], level))
    for draft, each in zip(drafts, parts, strict=True):
        if each:
            draft.take(draft.finished(next(ribbons), part.first, part.last) for part in each)


def _bare(parts: Sequence[_Part], level: int) -> list[Ribbon]:
    """The ribbons of parts, as if they had no ends."""
    plain = [part for part in parts if part.style.placement is None]
    curves = iter(_curves(plain, level))
    return [_ribbon(part, level, next(curves) if part.style.placement is None else None) for part in parts]


def _curves(parts: Sequence[_Part], level: int) -> list[tuple[Floats, Floats]]:
    """The curves through the points of parts that are not placed, and their positions."""
    if not parts:
        return []
    points = np.array([point for part in parts for point in part.points])
    curves = smooth(complexes(points), np.array([len(part.points) for part in parts]), brush.tolerance(level))
    line, ends = pairs(curves.line), np.cumsum(curves.counts).tolist()
    return [(line[start:end], curves.positions[start:end]) for start, end in pairwise([0, *ends])]


def _ribbon(part: _Part, level: int, curve: tuple[Floats, Floats] | None) -> Ribbon:
    style, pressure = part.style, None if part.pressure is None else np.array(part.pressure)
    if curve is None:
        whole = brush.bare(np.array(part.points), pressure, style.width, level, style.placement)
    else:
        radii = brush.radii(style.width, pressure, len(part.points))
        dense = len(curve[0]) == len(part.points)
        whole = Ribbon(curve[0], radii if dense else resampled(radii, curve[1]), curve[1])
    ribbon = whole.between(part.first - part.begin, part.last - part.begin)
    return ribbon._replace(positions=ribbon.positions + part.begin)
