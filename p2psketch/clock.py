"""A Lamport clock that nobody can exhaust.

Rule: the clock follows an accepted time only up to `FOLLOW` ahead. Times further ahead wait,
as a few intervals, until the clock has reached them; what is *accepted* never depends on the
clock, so every peer accepts the same ops. (Lamport 1978, "Time, Clocks, and the Ordering of
Events in a Distributed System".)
"""

from bisect import insort

MAX_TIME = 2**53
"""Times are below this, so that they stay exact in every language's numbers."""

FOLLOW = 2**20
MAX_WAITING = 256


class LamportClock:
    """`now` is the highest time used or followed so far."""

    __slots__ = ("_waiting", "now")

    def __init__(self) -> None:
        self.now = 0
        self._waiting: list[tuple[int, int]] = []

    def tick(self) -> int:
        """The time for the next op of our own: higher than every time followed so far."""
        self.now += 1
        return self.now

    def witness(self, time: int) -> None:
        """Take notice of an accepted op's time."""
        if time <= self.now:
            return
        if time <= self.now + FOLLOW:
            self.now = time
            if self._waiting:
                self._catch_up()
        else:
            self._wait(time)

    def _catch_up(self) -> None:
        while self._waiting and self._waiting[0][0] <= self.now + FOLLOW:
            self.now = max(self.now, self._waiting.pop(0)[1])

    def _wait(self, time: int) -> None:
        """Remember `time`; times within `FOLLOW` of each other share one (lowest, highest) interval."""
        for place, (low, high) in enumerate(self._waiting):
            if low - FOLLOW <= time <= high + FOLLOW:
                self._waiting[place] = (min(low, time), max(high, time))
                return
        insort(self._waiting, (time, time))
        del self._waiting[MAX_WAITING:]
