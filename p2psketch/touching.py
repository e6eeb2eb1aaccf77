"""Which of many polylines a segment comes near: what an eraser or a pointer touches, asked of thousands at once.

Rule: pure functions of numbers in board pixels, like `geometry`; polylines lie end to end in one array.
"""

import numpy as np
from numpy.typing import NDArray

from p2psketch.geometry import Complexes, Floats, Indices, Point, complexes

_TINY = 1e-30


def touched(points: Floats, counts: Indices, reaches: Floats, start: Point, end: Point) -> NDArray[np.bool_]:
    """For polylines of `counts` (k,) points each, end to end in `points` (n, 2): does the segment `start`-`end` come
    within `reaches` (k,) of them? Exact.
    """
    line = complexes(points)
    first, last = complex(*start), complex(*end)
    ends = np.cumsum(counts)
    steps = np.empty_like(line)
    steps[:-1] = line[1:] - line[:-1]
    steps[ends - 1] = 0
    gaps = np.minimum(_gaps(line, first, last - first), np.minimum(_gaps(first, line, steps), _gaps(last, line, steps)))
    gaps[_crossed(line, steps, first, last)] = 0
    nearest: NDArray[np.bool_] = np.minimum.reduceat(gaps, ends - counts) <= reaches
    return nearest


def polyline_hits(points: Floats, start: Point, end: Point, radius: float) -> bool:
    """Whether the segment `start`-`end` comes within `radius` of one polyline `points` (n >= 1, 2); exact."""
    return bool(touched(points, np.array([len(points)]), np.array([radius]), start, end)[0])


def distance_to_polyline(point: Point, points: Floats) -> float:
    """Distance of `point` from the polyline `points` (n >= 1, 2); of one point, from that point."""
    line = complexes(points)
    steps = np.append(line[1:] - line[:-1], 0)
    return float(_gaps(complex(*point), line, steps).min())


def _gaps(
    points: Complexes | complex,
    starts: Complexes | complex,
    steps: Complexes | complex,
) -> Floats:
    """Distances of points from segments; a segment of no length is its start."""
    along = ((points - starts) * np.conj(steps)).real / np.maximum(np.abs(steps) ** 2, _TINY)
    gaps: Floats = np.abs(starts + steps * np.clip(along, 0.0, 1.0) - points)
    return gaps


def _crossed(starts: Complexes, steps: Complexes, first: complex, last: complex) -> NDArray[np.bool_]:
    """Whether first-last crosses a segment: each has its ends on the two sides of the other."""
    move = (last - first).conjugate()
    divided = (((starts - first) * move).imag < 0) != (((starts + steps - first) * move).imag < 0)
    across = np.conj(steps)
    divides = (((first - starts) * across).imag < 0) != (((last - starts) * across).imag < 0)
    crossed: NDArray[np.bool_] = divided & divides
    return crossed
