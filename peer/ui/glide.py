"""The board goes on a little when it is let go of while it moves, and comes to rest."""

import math
from collections.abc import Callable
from time import monotonic
from typing import Final

from PyQt6.QtCore import QObject, Qt, QTimer

FALL: Final = 0.3
"""Seconds in which the speed falls to a third (by the number e)."""

SLOWEST: Final = 15.0
"""Pixels a second at which it has come to rest."""

_FRAME: Final = 16
"""Milliseconds."""


class Glide(QObject):
    """Calls `pan` with pixels until it is at rest, or stopped. Where it comes to rest does not depend on frames."""

    def __init__(
        self, pan: Callable[[float, float], None], parent: QObject, clock: Callable[[], float] = monotonic
    ) -> None:
        super().__init__(parent)
        self._pan = pan
        self._clock = clock
        self._speed = 0.0, 0.0
        self._at = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.step)

    @property
    def going(self) -> bool:
        """Is it still moving?"""
        return self._timer.isActive()

    def start(self, speed: tuple[float, float]) -> None:
        """From here on, in pixels a second."""
        self._speed, self._at = speed, self._clock()
        self._timer.start(_FRAME)

    def stop(self) -> None:
        """Stay."""
        self._timer.stop()

    def step(self) -> None:
        """As far as it has gone since the last step."""
        now = self._clock()
        left = math.exp((self._at - now) / FALL)
        (x, y), self._at = self._speed, now
        self._speed = x * left, y * left
        if math.hypot(*self._speed) < SLOWEST:
            left = 0.0
            self._timer.stop()
        self._pan(x * FALL * (1 - left), y * FALL * (1 - left))
