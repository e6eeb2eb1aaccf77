"""A steadier hand: each point of a stroke becomes the middle of the stroke around it.

Rule: what is smoothed never lags behind the pen. A point is smoothed as far as there is stroke on both sides of it, so
the first and the last one are where the pen was, and the last few are smoothed more as the stroke goes on. Until then
they are its tip, which is exactly what the stroke would end with if it ended now.

A mean alone would shrink small letters and cut corners. Here it is 4/3 of the mean over half the reach less 1/3 of that
over all of it, which leaves parabolas as they are (Richardson's extrapolation). Means are taken over the length of the
stroke, not over points, so it does not matter how often the device reports.
"""

from bisect import bisect_right
from collections.abc import Iterator
from typing import Final, NamedTuple

REACH: Final = 48.0
"""Pixels of the screen to each side that a point is smoothed over at most."""

_NONE: Final = 1e-3


def reach_of(smoothing: float) -> float:
    """Pixels of the screen for a smoothing of 0 (none) to 1."""
    return REACH * smoothing * smoothing


class Smoothed(NamedTuple):
    """A point of the board, and the pressure there."""

    x: float
    y: float
    pressure: float | None


class Smoother:
    """The smoothing of one stroke. `add` every point, then `take` what has become firm and look at the `tip`."""

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

    def take(self) -> Iterator[Smoothed]:
        """The points that nothing changes any more, each once."""
        while self._taken < len(self._away) and self._is_firm(self._away[self._taken]):
            self._taken += 1
            yield self._smoothed(self._taken - 1)

    def tip(self) -> list[Smoothed]:
        """The points after those, as they are if the stroke ends now."""
        return [self._smoothed(index) for index in range(self._taken, len(self._away))]

    def _is_firm(self, at: float) -> bool:
        """Is there stroke enough after a place? As much as it is smoothed over on the other side will do."""
        return at + min(self._reach, at) <= self._away[-1]

    def _smoothed(self, index: int) -> Smoothed:
        at = self._away[index]
        reach = min(self._reach, at, self._away[-1] - at)
        place = self._places[index]
        if reach > _NONE:
            place = (4 * self._mean(at, reach / 2) - self._mean(at, reach)) / 3
        place += self._origin
        return Smoothed(place.real, place.imag, self._pressures[index])

    def _mean(self, at: float, reach: float) -> complex:
        return (self._sum(at + reach) - self._sum(at - reach)) / (2 * reach)

    def _sum(self, away: float) -> complex:
        end = min(max(bisect_right(self._away, away), 1), len(self._away) - 1)
        start, length = self._away[end - 1], self._away[end] - self._away[end - 1]
        within = away - start
        first, last = self._places[end - 1], self._places[end]
        middle = first + (last - first) * (within / length / 2) if length > 0 else first
        return self._sums[end - 1] + middle * within
