"""When to try again what has failed: soon, then less and less often.

Rule: one try is due at a time, and whoever wants it at another time moves it.
"""

import asyncio
from collections.abc import Callable
from typing import Final

FIRST: Final = 1.0
LONGEST: Final = 30.0
"""Seconds between two tries: the first time, doubled each time, and the most."""


class Backoff:
    """Calls `call` in the running loop: `at_once`, after the `shortest` wait, or after one that grows."""

    def __init__(self, call: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._call = call
        self._timer: asyncio.TimerHandle | None = None
        self._wait = FIRST

    def at_once(self) -> None:
        """In the next turn of the loop."""
        self._start(0.0)

    def shortest(self) -> None:
        """A second from now, and as often as that later."""
        self._wait = FIRST
        self._start(FIRST)

    def longer(self) -> None:
        """After twice the time of the last try."""
        self._start(self._wait)
        self._wait = min(2 * self._wait, LONGEST)

    def stop(self) -> None:
        """Not at all."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _start(self, seconds: float) -> None:
        self.stop()
        self._timer = self._loop.call_later(seconds, self._call)
