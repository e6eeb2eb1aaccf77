"""Where along a stroke an eraser has touched its ink.

Rule: pure functions of numbers in board pixels. The eraser is a disc pulled from one point to another, a stroke a round
brush of changing radius pulled along a polyline; along each of its segments the places where the two meet are one range
(the distance from a point of a line to a convex set is convex), found from its definition and not by sampling.

As in `geometry`, points are complex numbers here: a product with the conjugate gives dot (real) and cross (imag).
"""

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from p2psketch.geometry import Complexes, Floats, Indices, Point

Range: TypeAlias = tuple[float, float]

_NARROWEST = 0.999
"""A radius that grows faster than its segment is long has one disc within another: the larger stands for both."""


class Brushed(NamedTuple):
    """A stroke: its polyline (n >= 1, 2), the radii (n,) of its brush, and `positions` (n,), ascending, to speak of."""

    line: Floats
    radii: Floats
    positions: Floats


class _Segments(NamedTuple):
    """Of all strokes, one after the other: starts and steps; the radii, with the eraser's, there and how they grow."""

    starts: Complexes
    steps: Complexes
    radii: Floats
    growths: Floats


def rubbed(strokes: Sequence[Brushed], start: Point, end: Point, radius: float) -> list[list[Range]]:
    """For each stroke the ranges of positions whose ink an eraser of `radius` touches on its way; exact, in order."""
    if not strokes:
        return []
    counts = np.array([len(stroke.line) for stroke in strokes])
    here, there, owner = _neighbours(counts)
    lines = np.ascontiguousarray(np.concatenate([stroke.line for stroke in strokes]), dtype=np.float64)
    points = lines.view(np.complex128)[:, 0] - complex(*start)
    radii = np.concatenate([stroke.radii for stroke in strokes]) + radius
    positions = np.concatenate([stroke.positions for stroke in strokes])
    enter, leave = _met(_segments(points, radii, here, there), complex(*end) - complex(*start))
    met = np.flatnonzero(enter <= leave)
    at, steps = positions[here[met]], (positions[there] - positions[here])[met]
    found: list[list[Range]] = [[] for _ in strokes]
    for stroke, begin, finish in zip(
        owner[met].tolist(), (at + enter[met] * steps).tolist(), (at + leave[met] * steps).tolist(), strict=True
    ):
        _add(found[stroke], begin, finish)
    return found


def _add(ranges: list[Range], begin: float, end: float) -> None:
    """One more range; where it goes on from the last one, they are one."""
    if ranges and begin <= ranges[-1][1]:
        ranges[-1] = ranges[-1][0], max(end, ranges[-1][1])
    else:
        ranges.append((begin, end))


def _neighbours(counts: Indices) -> tuple[Indices, Indices, Indices]:
    """The indices of the two points of each segment, and whose it is; a single point is a segment to itself."""
    owner = np.repeat(np.arange(len(counts)), counts)
    ends = np.cumsum(counts) - 1
    is_start = np.ones(len(owner), dtype=bool)
    is_start[ends] = counts == 1
    here = np.flatnonzero(is_start)
    return here, np.where(counts[owner[here]] == 1, here, here + 1), owner[here]


def _segments(points: Complexes, radii: Floats, here: Indices, there: Indices) -> _Segments:
    steps, growths = points[there] - points[here], radii[there] - radii[here]
    nested = np.abs(growths) > _NARROWEST * np.abs(steps)
    starting = np.where(nested, np.maximum(radii[there], radii[here]), radii[here])
    return _Segments(points[here], steps, starting, np.where(nested, 0.0, growths))


def _met(segments: _Segments, way: complex) -> tuple[Floats, Floats]:
    """From where to where (0…1) each segment meets a disc of no size on its way from 0; where not, from is past to."""
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = [_in_disc(segments, 0j), _in_disc(segments, way), *([_in_slab(segments, way)] if way else [])]
    enter, leave = np.full(len(segments.starts), np.inf), np.full(len(segments.starts), -np.inf)
    for begin, end in parts:
        begin, end = np.maximum(begin, 0.0), np.minimum(end, 1.0)
        some = begin <= end
        enter = np.where(some, np.minimum(enter, begin), enter)
        leave = np.where(some, np.maximum(leave, end), leave)
    return enter, leave


def _in_disc(segments: _Segments, centre: complex) -> tuple[Floats, Floats]:
    """Where a segment is as near to a point as its radius there: a quadratic inequality."""
    starts, steps, radii, growths = segments
    away = starts - centre
    square = np.abs(steps) ** 2 - growths**2
    middle = (np.conj(steps) * away).real - radii * growths
    rest = np.abs(away) ** 2 - radii**2
    root = np.sqrt(middle * middle - square * rest)
    still = square == 0
    inside = rest <= 0
    enter = np.where(still, np.where(inside, 0.0, np.inf), (-middle - root) / square)
    leave = np.where(still, np.where(inside, 1.0, -np.inf), (-middle + root) / square)
    never = np.isnan(enter)
    return np.where(never, np.inf, enter), np.where(never, -np.inf, leave)


def _in_slab(segments: _Segments, way: complex) -> tuple[Floats, Floats]:
    """Where a segment is beside the way from 0, not before it or past it: four linear inequalities."""
    starts, steps, radii, growths = segments
    length = abs(way)
    turn = (way / length).conjugate()
    at, move = starts * turn, steps * turn
    bounds = (
        _below_zero(-at.real, -move.real),
        _below_zero(at.real - length, move.real),
        _below_zero(at.imag - radii, move.imag - growths),
        _below_zero(-at.imag - radii, -move.imag - growths),
    )
    enter, leave = bounds[0]
    for begin, end in bounds[1:]:
        enter, leave = np.maximum(enter, begin), np.minimum(leave, end)
    return enter, leave


def _below_zero(value: Floats, slope: Floats) -> tuple[Floats, Floats]:
    """Where value + t * slope <= 0."""
    zero = -value / slope
    never = (slope == 0) & (value > 0)
    enter = np.where(never, np.inf, np.where(slope < 0, zero, -np.inf))
    leave = np.where(never, -np.inf, np.where(slope > 0, zero, np.inf))
    return enter, leave
