"""The ink of strokes that are being drawn.

Rule: it is exactly that of the stroke that it becomes, so that nothing moves when the op takes its place. A draft gets
longer at its end only, so only its end is made and painted anew, however long it is. What is new of all drafts is made
together: how, is for `strands` to say.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import reduce
from operator import attrgetter, sub
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from p2psketch.few import Line, Numbers
from p2psketch.geometry import Affine, Floats, Rect, pairs
from p2psketch.shapes import DEFAULT_COLOR, DEFAULT_WIDTH, HIGHLIGHTER, Fields
from p2psketch.tapering import SHORT
from peer.ui import brush
from peer.ui.rects import inside
from peer.ui.strands import Course, Drawn, Strand, courses, joined, strand_of, with_ends
from peer.ui.visible import OVERSHOOT, box_of

_PIECE: Final = 8
"""Segments of a piece."""

_BENDS: Final = 1
"""So many segments at the end change their course when a point is added, which is what it depends on."""

_ROW: Final = 16
"""Pieces that are looked for together."""

_RECENT: Final = 4
"""So many pieces at the end stay small, for they are painted again with what comes next."""

_ROUNDED: Final = 0.01
"""Pixels by which the length of a stroke may differ from that of its curve, as it is counted for its ends."""

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
    """The ink from one point to another, and where it is."""

    first: int
    last: int
    strand: Strand
    box: Rect


class _Part(NamedTuple):
    """What is to become pieces: neighbouring points, the first of which is point `begin`, and where pieces begin and
    end. Their course depends on more points than are theirs.
    """

    drawn: Drawn
    begin: int
    stops: list[int]


class Growing:
    """The ink of one draft: pieces that stay as they are, and the end.

    The end is long enough to hold whatever is still to change: the curve where points are added, the thinner end of a
    stroke with pressure, and a tip, which is what the pen will draw if it is lifted now.

    Its strands are made by `shape_all` when it is painted, however often it has grown since.
    """

    def __init__(self, style: Style, level: int) -> None:
        self.style = style
        self.points: Line = []
        self.pressure: Numbers | None = None
        self._tip: Line = []
        self._tip_pressure: Numbers = []
        self._level = level
        self._pieces: list[_Piece] = []
        self._gathered = 0
        """So many of the pieces are not made one with others any more."""
        self._rows: list[Rect] = []
        """Where the first of those are, by the row."""
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
        return known <= len(points) and (not known or complex(*points[known - 1]) == self.points[-1])

    def extend(self, points: Points, pressure: Pressure, tip: Points = (), tip_pressure: Pressure = None) -> list[Rect]:
        """More points, and another tip; says what has to be painted anew."""
        if not len(points) and not len(tip) and not self._tip:
            return []
        firm, changed = self._firm(), self._changing
        if pressure is not None:
            if self.pressure is None:
                firm, changed = self._begin_anew(), self.boxes()
                self.pressure = [1.0] * len(self.points)
            self.pressure += _listed(pressure)
        self._add([complex(x, y) for x, y in _listed(points)])
        self._tip = [complex(x, y) for x, y in _listed(tip)]
        self._tip_pressure = [1.0] * len(self._tip) if tip_pressure is None else list(_listed(tip_pressure))
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

    def near(self, areas: Sequence[Rect]) -> list[Rect]:
        """Those of these areas in which any of it may be."""
        return [] if self._box is None else _meeting(self._box, areas)

    def strands(self, areas: Sequence[Rect], around: Rect) -> list[Strand]:
        """What is to be seen in `areas` of what has been shaped; without what is not even `around` them."""
        if self._box is None:
            return []
        whole = inside(self._box, around)
        seen: list[Strand] = []
        for run in _runs(self._seen(areas)):
            part = joined([piece.strand for piece in run])
            seen += [part] if whole else map(strand_of, brush.cut(part.ribbon, around))
        return seen

    def _seen(self, areas: Sequence[Rect]) -> list[_Piece]:
        """The pieces that are in some of these areas."""
        near = [n for n, box in enumerate(self._rows) if _meeting(box, areas)]
        pieces = [piece for n in near for piece in self._pieces[_ROW * n : _ROW * (n + 1)]]
        pieces += self._pieces[_ROW * len(self._rows) :] + self._end
        return [piece for piece in pieces if _meeting(piece.box, areas)]

    def _begin_anew(self) -> int:
        """All of it looks different now."""
        self._pieces, self._gathered, self._rows, self._begin = [], 0, [], 0
        return 0

    def _add(self, points: Line) -> None:
        for point in points:
            last = self.points[-1] if self.points else point
            self._gone.append((self._gone[-1] if self._gone else 0.0) + abs(point - last))
            self.points.append(point)

    @property
    def _ends(self) -> float:
        """How far from where it begins and from where it ends a stroke is thinner, in pixels of the board; and a little
        more, for lengths are rounded where ends are made.
        """
        return 0.0 if self.pressure is None else SHORT * self.style.width + _ROUNDED

    def _firm(self) -> int:
        """The last point before which nothing will change."""
        last = len(self.points) - 1
        return max(min(last - _BENDS, self._before(last, self._ends)), 0)

    def _before(self, point: int, distance: float) -> int:
        """The last point that is so far before another; -1 if there is none."""
        return bisect_right(self._gone, self._gone[point] - distance, 0, point + 1) - 1 if self._gone else -1

    def unshaped(self) -> _Part | None:
        """What is to be made before it is painted: more of the pieces that stay, and the end."""
        if self._is_shaped:
            return None
        end, firm, stops = len(self.points) + len(self._tip), self._firm(), [self._begin]
        while (stop := self._next(stops[-1])) <= firm:
            stops.append(stop)
        if 0 < stops[-1] < firm:
            stops.append(firm)
        begin = max(self._begin - _BENDS, 0)
        pressure = None if self.pressure is None else self.pressure[begin:] + self._tip_pressure
        drawn = Drawn(self.points[begin:] + self._tip, pressure, self.style.width, self.style.placement)
        return _Part(drawn, begin, [*stops, end - 1])

    def take(self, part: _Part, course: Course) -> None:
        """The curve through the points of what was unshaped."""
        strands = course.between([stop - part.begin for stop in part.stops])
        *pieces, end = map(self._piece, part.stops, part.stops[1:], strands)
        self._pieces += pieces
        self._end, self._begin, self._is_shaped = [end], end.first, True
        self._gather()

    def _piece(self, first: int, last: int, strand: Strand) -> _Piece:
        """A piece with the ends that it has."""
        at_end = last == len(self.points) + len(self._tip) - 1
        if self.pressure is not None and (at_end or first == 0):
            strand = with_ends(strand, self.style.width, self._level, first=first == 0, last=at_end)
        return _Piece(first, last, strand, strand.bounds)

    def _gather(self) -> None:
        """Make one piece of many small ones, but for the last few."""
        pieces = self._pieces
        while len(pieces) - self._gathered > _RECENT:
            stop = pieces[self._gathered].first + _PIECE
            if pieces[-_RECENT].first < stop:
                break
            small = slice(self._gathered, bisect_left(pieces, stop, key=attrgetter("last")) + 1)
            pieces[small] = [_joined(pieces[small])]
            self._gathered += 1
            if self._gathered % _ROW == 0:
                self._rows.append(_box_of(pieces[self._gathered - _ROW : self._gathered]))

    def _next(self, begin: int) -> int:
        """Where the next piece ends; the first one has all of the stroke's beginning."""
        end = begin + _PIECE
        return end if begin else max(end, bisect_left(self._gone, self._ends))

    def _box_from(self, first: int) -> Rect:
        """Where the ink from one point on is, or a little more: worked out from the points alone."""
        points = self.points[first:] + self._tip
        if self.style.placement is not None or len(points) > _FEW:
            return box_of(pairs(np.array(points)), self.style.width, self.style.placement)
        x, y = [point.real for point in points], [point.imag for point in points]
        longest = max(map(abs, map(sub, points[1:], points)), default=0.0)
        around = self.style.width / 2 + OVERSHOOT * longest
        return Rect(min(x) - around, min(y) - around, max(x) + around, max(y) + around)


def _listed(values: Sequence[Any] | NDArray[Any]) -> Sequence[Any]:
    """Values as Python's own."""
    return values.tolist() if isinstance(values, np.ndarray) else values


def _meeting(box: Rect, areas: Sequence[Rect]) -> list[Rect]:
    """Those areas that a box meets: as `Rect.intersects` has it, and sooner, for many are asked in each frame."""
    left, top, right, bottom = box
    return [each for each in areas if each[0] <= right and left <= each[2] and each[1] <= bottom and top <= each[3]]


def _joined(pieces: Sequence[_Piece]) -> _Piece:
    """One piece of some that follow each other."""
    strand = joined([piece.strand for piece in pieces])
    return _Piece(pieces[0].first, pieces[-1].last, strand, _box_of(pieces))


def _box_of(pieces: Sequence[_Piece]) -> Rect:
    return reduce(Rect.union, [piece.box for piece in pieces])


def _runs(pieces: Sequence[_Piece]) -> list[list[_Piece]]:
    """Pieces of a stroke, in order, by what follows without a gap."""
    runs: list[list[_Piece]] = []
    for piece in pieces:
        if runs and runs[-1][-1].last == piece.first:
            runs[-1].append(piece)
        else:
            runs.append([piece])
    return runs


def shape_all(drafts: Sequence[Growing], level: int) -> None:
    """Make what is to be made of all these drafts, drawn as finely as `level`."""
    todo = [(draft, part) for draft in drafts if (part := draft.unshaped()) is not None]
    made = courses([part.drawn for _, part in todo], level)
    for (draft, part), course in zip(todo, made, strict=True):
        draft.take(part, course)
