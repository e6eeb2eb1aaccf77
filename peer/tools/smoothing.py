"""A steadier hand: each point of a stroke becomes the middle of the stroke around it.

Rule: what is smoothed never lags behind the pen. A point is smoothed as far as there is stroke on both sides of it, so
the first and the last one are where the pen was, and the last few are smoothed more as the stroke goes on. Until then
they are its tip, which is exactly what the stroke would end with if it ended now.

A mean alone would shrink small letters and cut corners. Here it is 4/3 of the mean over half the reach less 1/3 of that
over all of it, which leaves parabolas as they are (Richardson's extrapolation). Means are taken over the length of the
stroke, not over points, so it does not matter how often the device reports.
"""

from bisect import bisect_left, bisect_right
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

REACH: Final = 48.0
"""Pixels of the screen to each side that a point is smoothed over at most."""

_FEW: Final = 16
"""Points that are smoothed sooner one by one than with numpy, of which each call takes as long as several of them."""

_NONE: Final = 1e-3
_TINY: Final = 1e-30


def reach_of(smoothing: float) -> float:
    """Pixels of the screen for a smoothing of 0 (none) to 1."""
    return REACH * smoothing * smoothing


class Smoothed(NamedTuple):
    """A point of the board, and the pressure there."""

    x: float
    y: float
    pressure: float | None


class Smoother:
    """The smoothing of one stroke. `add` every point, then `take` what has become firm, and the tip."""

    def __init__(self, reach: float) -> None:
        self._reach = reach
        self._places: list[complex] = []
        self._pressures: list[float | None] = []
        self._away: list[float] = []
        self._sums: list[complex] = []
        """The integral of the place over the length of the stroke up to each point."""
        self._origin = 0j
        self._taken = 0

    @property
    def begun(self) -> bool:
        """Has it any point?"""
        return bool(self._away)

    def add(self, x: float, y: float, distance: float, pressure: float | None) -> None:
        """The next point, on the board, so many pixels of the screen from the last one."""
        place = complex(x, y)
        if not self._places:
            self._origin, distance = place, 0.0
        place -= self._origin
        last = self._places[-1] if self._places else place
        self._away.append((self._away[-1] if self._away else 0.0) + distance)
        self._sums.append((self._sums[-1] if self._sums else 0j) + (last + place) * (distance / 2))
        self._places.append(place)
        self._pressures.append(pressure)

    def take(self) -> tuple[list[Smoothed], list[Smoothed]]:
        """The points that nothing changes any more, each once; and those after them, as they are if it ends now."""
        begin, end = self._taken, len(self._away)
        while self._taken < end and self._is_firm(self._away[self._taken]):
            self._taken += 1
        places = self._smoothed(begin) if self._reach > _NONE else self._places[begin:]
        found = [
            Smoothed(place.real + self._origin.real, place.imag + self._origin.imag, pressure)
            for place, pressure in zip(places, self._pressures[begin:], strict=True)
        ]
        return found[: self._taken - begin], found[self._taken - begin :]

    def _is_firm(self, at: float) -> bool:
        """Is there stroke enough after a place? As much as it is smoothed over on the other side will do."""
        return at + min(self._reach, at) <= self._away[-1]

    def _smoothed(self, begin: int) -> list[complex]:
        """The places of all points from one on, smoothed."""
        if len(self._away) - begin <= _FEW:
            return [self._one(number) for number in range(begin, len(self._away))]
        near = max(bisect_left(self._away, self._away[begin] - self._reach) - 1, 0)
        path = _Path(*map(np.array, (self._away[near:], self._places[near:], self._sums[near:])))
        at = path.away[begin - near :]
        reach = np.minimum(np.minimum(at, path.away[-1] - at), self._reach)
        free = reach > _NONE
        at, reach = at[free], reach[free]
        places = path.places[begin - near :].copy()
        places[free] = (4 * path.mean(at, reach / 2) - path.mean(at, reach)) / 3
        found: list[complex] = places.tolist()
        return found

    def _one(self, number: int) -> complex:
        """The place of a point, smoothed: what `_smoothed` does for many, for those of a single event."""
        at = self._away[number]
        reach = min(at, self._away[-1] - at, self._reach)
        if reach <= _NONE:
            return self._places[number]
        return (4 * self._mean(at, reach / 2) - self._mean(at, reach)) * (1 / 3)

    def _mean(self, at: float, reach: float) -> complex:
        return (self._sum(at + reach) - self._sum(at - reach)) * (1 / (2 * reach))

    def _sum(self, away: float) -> complex:
        end = min(max(bisect_right(self._away, away), 1), len(self._away) - 1)
        start, first = self._away[end - 1], self._places[end - 1]
        within = away - start
        share = within / max(self._away[end] - start, _TINY) / 2
        return self._sums[end - 1] + (first + (self._places[end] - first) * share) * within


class _Path(NamedTuple):
    """A part of a stroke: at each point, how far along it is, its place, and the integral of the place up to it."""

    away: NDArray[np.float64]
    places: NDArray[np.complex128]
    sums: NDArray[np.complex128]

    def mean(self, at: NDArray[np.float64], reach: NDArray[np.float64]) -> NDArray[np.complex128]:
        """The mean place within `reach` of each of these places along the stroke."""
        found: NDArray[np.complex128] = (self._sum(at + reach) - self._sum(at - reach)) / (2 * reach)
        return found

    def _sum(self, away: NDArray[np.float64]) -> NDArray[np.complex128]:
        end = np.minimum(np.maximum(self.away.searchsorted(away, "right"), 1), len(self.away) - 1)
        start, length = self.away[end - 1], self.away[end] - self.away[end - 1]
        within, first = away - start, self.places[end - 1]
        share = within / np.maximum(length, _TINY) / 2
        found: NDArray[np.complex128] = self.sums[end - 1] + (first + (self.places[end] - first) * share) * within
        return found
