"""Plane geometry of the board: rectangles, placements, the outlines of strokes.

Rule: pure functions of numbers in board pixels (x to the right, y down); nothing here knows what a shape or an op is.

Polylines are arrays (n, 2); inside this file they are seen as n complex numbers, where a product with the conjugate
gives dot (real) and cross (imag) at once.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Complexes: TypeAlias = NDArray[np.complex128]
Indices: TypeAlias = NDArray[np.intp]
Point: TypeAlias = tuple[float, float]
Affine: TypeAlias = tuple[float, float, float, float, float, float]
"""(a, b, c, d, e, f): x' = a*x + c*y + e, y' = b*x + d*y + f, the order of SVG's `matrix()`."""

IDENTITY: Affine = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
TOLERANCE = 0.1
"""How far, in pixels, a drawn curve may be from the exact one."""

_MOST_ARC_PIECES = 64
_WIDEST_ARC_STEP = 1.1
_U_TURN = math.pi - 1e-6
_NEAR = 1e-6
_TINY = 1e-30


class Rect(NamedTuple):
    """An axis-parallel rectangle, borders included; may have no width or height, never a negative one."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def centre(self) -> Point:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def union(self, other: "Rect") -> "Rect":
        """The smallest rectangle around both."""
        return Rect(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def intersects(self, other: "Rect") -> bool:
        """Whether they share a point; touching borders do."""
        return (
            self.left <= other.right
            and other.left <= self.right
            and self.top <= other.bottom
            and other.top <= self.bottom
        )

    def contains(self, point: Point) -> bool:
        """Whether `point` is inside or on the border."""
        return self.left <= point[0] <= self.right and self.top <= point[1] <= self.bottom

    def padded(self, by: float) -> "Rect":
        """Grown by `by` >= 0 on every side."""
        return Rect(self.left - by, self.top - by, self.right + by, self.bottom + by)


def bounds_of(points: Floats | Sequence[Point]) -> Rect | None:
    """The smallest rectangle around `points` (n, 2); None of no points."""
    if len(points) == 0:
        return None
    array = np.asarray(points, dtype=np.float64)
    return Rect(*array.min(axis=0).tolist(), *array.max(axis=0).tolist())


def translation(dx: float, dy: float) -> Affine:
    """Moves by (dx, dy)."""
    return (1.0, 0.0, 0.0, 1.0, dx, dy)


def compose(outer: Affine, inner: Affine) -> Affine:
    """The affine that applies `inner` first, then `outer`."""
    a, b, c, d, e, f = outer
    g, h, i, j, k, m = inner
    return (a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * m + e, b * k + d * m + f)


def apply(affine: Affine, points: Floats) -> Floats:
    """`points` (n, 2) mapped by `affine`; a new array (n, 2)."""
    a, b, c, d, e, f = affine
    mapped: Floats = points @ np.array(((a, b), (c, d))) + (e, f)
    return mapped


def inverse(affine: Affine) -> Affine:
    """The affine that undoes `affine`; ValueError if it flattens the plane."""
    a, b, c, d, e, f = affine
    area = a * d - b * c
    if area == 0:
        raise ValueError("an affine that flattens the plane has no inverse")
    return (d / area, -b / area, -c / area, a / area, (c * f - d * e) / area, (b * e - a * f) / area)


def resampled(values: Floats, positions: Floats) -> Floats:
    """`values` (n,) at `positions` (m,) along them, as a smooth curve has them; linear between points."""
    return np.interp(positions, np.arange(len(values)), values)


def outline(points: Floats, radii: Floats, tolerance: float = TOLERANCE) -> Floats:
    """The polygon (m, 2) around a round brush of `radii` (n,) >= 0 pulled along `points` (n >= 1, 2).

    Closed, to be filled by the non-zero rule: it overlaps itself, but always winds the same way round, so no overlap
    becomes a hole. It is the union of all discs and of the hulls of neighbouring ones (of repeated points the largest
    counts), within `tolerance` (radii of more than 300 pixels: within 0.03 %). The tolerance is in pixels of the
    board: when zoomed out, pass a larger one.
    """
    line, widths = complexes(points), np.asarray(radii, dtype=np.float64)
    polygon = _gentle_outline(line, widths, tolerance) if len(line) > 2 else None
    return pairs(polygon) if polygon is not None else outlines([(points, radii)], tolerance)[0]


def outlines(strokes: Sequence[tuple[Floats, Floats]], tolerance: float = TOLERANCE) -> list[Floats]:
    """`outline` of many strokes (points, radii) at once, for a fraction of the time; the polygons share one array."""
    polygons, ends = outlines_together(strokes, tolerance)
    return [polygons[start:end] for start, end in pairwise([0, *ends])]


def outlines_together(
    strokes: Sequence[tuple[Floats, Floats]], tolerance: float = TOLERANCE
) -> tuple[Floats, list[int]]:
    """The same end to end (n, 2), and where each ends."""
    if not strokes:
        return np.empty((0, 2)), []
    counts = np.array([len(points) for points, _ in strokes])
    line = np.concatenate([complexes(points) for points, _ in strokes])
    walk, firsts = _walk(*_distinct(line, np.concatenate([radii for _, radii in strokes]), counts))
    corners, sizes = _corners(walk, tolerance)
    ends: list[int] = np.cumsum(np.add.reduceat(sizes, firsts)).tolist()
    return pairs(corners), ends


def complexes(points: Floats) -> Complexes:
    """Points (n, 2) as n complex numbers."""
    return np.ascontiguousarray(points, dtype=np.float64).view(np.complex128)[:, 0]


def pairs(numbers: Complexes) -> Floats:
    """Complex numbers as points (n, 2)."""
    return numbers.view(np.float64).reshape(-1, 2)


def counted(counts: Indices) -> tuple[Indices, Indices]:
    """For counts (2, 3): which (0, 0, 1, 1, 1) and how far within it (0, 1, 0, 1, 2)."""
    which = np.repeat(np.arange(len(counts)), counts)
    return which, np.arange(len(which)) - (np.cumsum(counts) - counts)[which]


def _gentle_outline(line: Complexes, radii: Floats, tolerance: float) -> Complexes | None:
    """The outline of 3 or more points if no turn, growth or step is so sharp that mitred joins would show; else None.

    A left and a right point for each point, and two caps: the quick way for a well-behaved stroke.
    """
    edges = line[1:] - line[:-1]
    lengths = np.abs(edges)
    shortest, widest = float(lengths.min()), float(radii.max())
    growth = float(np.abs(radii[1:] - radii[:-1]).max())
    if shortest < _NEAR or growth * growth * widest > tolerance * shortest * shortest:
        return None
    directions = edges / lengths
    both = directions[1:] + directions[:-1]
    reach = both.real**2 + both.imag**2
    if not _mitred(4 - float(reach.min()), widest, shortest, tolerance):
        return None
    aside = both * (2j * radii[1:-1] / reach)
    first, last = float(radii[0]), float(radii[-1])
    end = line[-1] + (1j * last * directions[-1]) * _half_turn(last, tolerance)
    start = line[0] - (1j * first * directions[0]) * _half_turn(first, tolerance)
    return np.concatenate((line[1:-1] + aside, end, (line[1:-1] - aside)[::-1], start))


def _mitred(chord2: Any, radius: Any, room: Any, tolerance: float) -> Any:
    """Whether normals whose difference squared is `chord2` may share one point of the outline, a mitre.

    On the outer side it must not stick out by more than the tolerance, on the inner eat no more than half an edge.
    """
    return (chord2 <= 1) & (chord2 * radius <= 8 * tolerance) & (4 * chord2 * radius * radius <= room * room)


class _Walk(NamedTuple):
    """Closed walks to the end of each stroke and back: per edge, with the join at its end.

    On the way out and on the way back, the outline's side of an edge is at i times its direction.
    """

    centres: Complexes
    radii: Floats
    following: Indices
    directions: Complexes
    leans: Floats
    sides: Floats


def _walk(line: Complexes, radii: Floats, counts: Indices) -> tuple[_Walk, Indices]:
    """The walks along strokes of `counts` points each, end to end, and the index of each walk's first edge.

    An edge leans by asin(growth / length), so that the side drawn along it touches the discs at both its ends; a disc
    that lies within the next one has no side.
    """
    edges = 2 * counts - 2
    stroke, number = counted(edges)
    begin, turn = (np.cumsum(counts) - counts)[stroke], (counts - 1)[stroke]
    start, end = begin + turn - np.abs(turn - number), begin + turn - np.abs(turn - number - 1)
    firsts = np.cumsum(edges) - edges
    following = np.arange(1, len(stroke) + 1)
    following[firsts + edges - 1] = firsts
    steps = line[end] - line[start]
    lengths = np.maximum(np.abs(steps), _TINY)
    directions = np.where(lengths > _TINY, steps / lengths, np.where(number < turn, 1, -1))
    leans = np.minimum(np.maximum((radii[end] - radii[start]) / lengths, -1), 1)
    sides = lengths * np.sqrt(1 - leans * leans)
    return _Walk(line[end], radii[end], following, directions, leans, sides), firsts


def _distinct(line: Complexes, radii: Floats, counts: Indices) -> tuple[Complexes, Floats, Indices]:
    """Strokes of `counts` points, end to end, without repeated points; of a run of them the largest radius counts.

    What is a single point then is doubled, so that every stroke has an edge.
    """
    owner, number = counted(counts)
    moved = np.abs(line[1:] - line[:-1]) > _NEAR
    kept = np.flatnonzero(np.concatenate(([True], moved)) | (number == 0))
    left = np.bincount(owner[kept])
    copies = np.where(left == 1, 2, 1)[owner[kept]]
    return np.repeat(line[kept], copies), np.repeat(np.maximum.reduceat(radii, kept), copies), np.maximum(left, 2)


def _corners(walk: _Walk, tolerance: float) -> tuple[Complexes, Indices]:
    """The outlines' points along the walks, and how many of them are at each join.

    A join is one mitred point; or an arc where the sides part (both ends of a stroke are arcs like any other); or a
    detour over the centre where they overlap, which splits the polygon into a positive quad for each edge and a
    positive sector for each arc, so that nothing is ever subtracted.
    """
    normals = walk.directions * (1j * np.sqrt(1 - walk.leans * walk.leans) - walk.leans)
    turns = walk.directions[walk.following] * walk.directions.conj()
    both = normals + normals[walk.following]
    reach = both.real**2 + both.imag**2
    room = np.minimum(walk.sides, walk.sides[walk.following])
    sharp = (turns.real < 0.5) | ~_mitred(4 - reach, walk.radii, room, tolerance)
    mitres = walk.centres + both * (2 * walk.radii / np.maximum(reach, 1))
    rough = np.flatnonzero(sharp)
    spokes, pieces = _spokes(walk, rough, turns[rough], normals[rough], tolerance)
    sizes = np.ones(len(mitres), dtype=np.intp)
    sizes[rough] = pieces + 1
    corners = np.repeat(mitres, sizes)
    corners[np.repeat(sharp, sizes)] = spokes
    return corners, sizes


def _spokes(
    walk: _Walk, joins: Indices, turns: Complexes, normals: Complexes, tolerance: float
) -> tuple[Complexes, Indices]:
    """The points of joins that are arcs or detours, and the number of pieces of each (points less one)."""
    leans = np.arcsin(walk.leans)
    angles = np.angle(turns)
    angles[angles > _U_TURN] = -math.pi
    angles += leans[walk.following[joins]] - leans[joins]
    radii = walk.radii[joins]
    detour = angles > 0
    pieces = np.where(detour, 2, np.maximum(np.ceil(-angles / _arc_step(radii, tolerance)), 1)).astype(np.intp)
    join, number = counted(pieces + 1)
    spokes = (radii * normals)[join] * np.exp((1j * angles / pieces)[join] * number)
    spokes[detour[join] & (number == 1)] = 0
    return spokes + walk.centres[joins][join], pieces


def _arc_step(radii: Floats, tolerance: float) -> Floats:
    """Angles whose arcs and chords are within `tolerance` of each other."""
    steps = np.sqrt(8 * tolerance / np.maximum(radii, _TINY))
    return np.maximum(np.minimum(steps, _WIDEST_ARC_STEP), math.pi / _MOST_ARC_PIECES)


@lru_cache(maxsize=1024)
def _half_turn(radius: float, tolerance: float) -> Complexes:
    """Half a unit circle clockwise from 1 to -1, as fine as a circle of `radius` needs."""
    pieces = math.ceil(math.pi / float(_arc_step(np.array(radius), tolerance)))
    return np.asarray(np.exp(-1j * np.linspace(0, math.pi, pieces + 1)))
