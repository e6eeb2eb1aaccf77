"""How hard a hand without a pen presses, as far as one can tell: the faster it moves, the less.

Rule: speed is that of the hand, in pixels of the screen, so that a stroke looks the same at every zoom; it is averaged
over time and not over events, however many of them there are and whatever clock they come with.
"""

from math import exp
from typing import Final

FIRST: Final = 1.0
"""Where the hand is put down, before it has any speed: so a click is a dot of the full width."""

LEAST: Final = 0.15
"""However fast it moves."""

USUAL: Final = 800.0
"""Pixels of the screen a second at which pressure is half way between all and the least."""

_AVERAGED: Final = 0.05
"""Seconds over which speed is averaged."""

_LONGEST: Final = 0.1
"""Seconds from one event to the next; if there are more, the hand was at rest for the others."""

_FOLLOWS: Final = 24.0
"""Pixels of the screen within which pressure follows speed, so that a line does not get thin at once."""


class Pressing:
    """The pressure of one stroke, as it goes on."""

    def __init__(self, time: float) -> None:
        self.pressure = FIRST
        self._speed = 0.0
        self._time = time

    def move(self, distance: float, time: float) -> float:
        """The pointer went so many pixels of the screen and is there at a time, in seconds; returns the pressure, 0…1.

        Several events of one time count as what they are together; a clock that runs backwards stands still.
        """
        passed = min(max(time - self._time, 0.0), _LONGEST)
        self._time = time
        fading = exp(-passed / _AVERAGED)
        self._speed *= fading
        self._speed += distance * ((1 - fading) / passed if passed > 0 else 1 / _AVERAGED)
        wanted = LEAST + (1 - LEAST) * USUAL / (USUAL + self._speed)
        self.pressure += (wanted - self.pressure) * (1 - exp(-distance / _FOLLOWS))
        return self.pressure
