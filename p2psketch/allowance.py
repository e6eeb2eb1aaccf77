"""How often somebody may do something: a token bucket.

Rule: it counts and never judges; what happens to whoever has used up an allowance is decided where it is kept.
"""

from dataclasses import dataclass
from typing import Final

EXACT: Final = 1e-9
"""Whoever waits as long as it was told must not find a rounding error in its way."""


@dataclass(slots=True)
class Allowance:
    """So many at once, and again so many a second; full at the beginning, `at`."""

    most: float
    per_second: float
    at: float
    used: float = 0.0

    def take(self, now: float) -> float:
        """Takes one and returns 0, or takes none and returns the seconds until there is one."""
        self._refill(now)
        lacking = self.used + 1 - self.most
        if lacking > EXACT:
            return lacking / self.per_second
        self.used += 1
        return 0.0

    def spend(self, amount: float, now: float) -> float:
        """Takes what has been used already, even if that is too much; the seconds until it is made up for, or 0."""
        self._refill(now)
        self.used += amount
        return max(self.used - self.most, 0.0) / self.per_second

    def is_full(self, now: float) -> bool:
        """Whether nothing has been taken for so long that this need not be remembered."""
        self._refill(now)
        return self.used <= 0

    def _refill(self, now: float) -> None:
        self.used = max(self.used - (now - self.at) * self.per_second, 0.0)
        self.at = now
