"""Plane geometry of the board: rectangles, placements, arrays of points.

Rule: pure functions of numbers in board pixels (x to the right, y down); nothing here knows what a shape or an op is.

Polylines are arrays (n, 2), or n complex numbers, where a product with the conjugate gives dot (real) and cross (imag)
at once.
"""

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Complexes: TypeAlias = NDArray[np.complex128]
Indices: TypeAlias = NDArray[np.intp]
Flags: TypeAlias = NDArray[np.bool_]
Point: TypeAlias = tuple[float, float]
Affine: TypeAlias = tuple[float, float, float, float, float, float]
"""(a, b, c, d, e, f): x' = a*x + c*y + e, y' = b*x + d*y + f, the order of SVG's `matrix()`."""

IDENTITY: Affine = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
TOLERANCE = 0.1
"""How far, in pixels, a drawn curve may be from the exact one."""


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


def complexes(points: Floats) -> Complexes:
    """Points (n, 2) as n complex numbers."""
    return np.ascontiguousarray(points, dtype=np.float64).view(np.complex128)[:, 0]


def pairs(numbers: Complexes) -> Floats:
    """Complex numbers as points (n, 2)."""
    return numbers.view(np.float64).reshape(-1, 2)


def lengths_of(steps: Complexes) -> Floats:
    """How long each is. To the last bit what plain numbers give; `np.abs` is not, on some processors."""
    return np.sqrt(steps.real**2 + steps.imag**2)


def product(one: Complexes, other: Complexes) -> Complexes:
    """Each times the other. To the last bit what plain numbers give; `*` is not, on some processors."""
    found = np.empty_like(one)
    found.real = one.real * other.real - one.imag * other.imag
    found.imag = one.real * other.imag + one.imag * other.real
    return found


def counted(counts: Indices) -> tuple[Indices, Indices]:
    """For counts (2, 3): which (0, 0, 1, 1, 1) and how far within it (0, 1, 0, 1, 2)."""
    which = np.repeat(np.arange(len(counts)), counts)
    return which, np.arange(len(which)) - (np.cumsum(counts) - counts)[which]
