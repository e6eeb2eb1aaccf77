"""Fingers on a touch screen: what they draw, how they move the board, and when they are a palm.

Rule: one finger does what a mouse would, two or more move and stretch the board. Once a pen has been seen, no finger
draws any more: one moves the board too, and what touches while the pen is near is a palm and does nothing until all of
it is lifted. It knows places on the screen and times, and neither Qt nor the board.
"""

import math
from collections import deque
from collections.abc import Mapping
from enum import Enum
from typing import Final, Protocol, TypeAlias

Place: TypeAlias = tuple[float, float]
"""On the canvas, in pixels of the screen."""

SLOP: Final = 8.0
"""Pixels that a finger may tremble before it moves the board."""

CHANGE_OF_MIND: Final = 0.4
"""Seconds in which a second finger takes back what the first one drew; what took longer was meant, and is kept."""

TAP: Final = 0.3
"""Seconds in which all fingers are up again."""

PALM: Final = 0.5
"""Seconds after a pen was near, in which what touches is the hand that holds it."""

_RECENT: Final = 0.1
_STILL: Final = 0.05
"""Seconds before the last finger lifts: over which its speed is taken, and after which it has stopped."""

_SLOWEST: Final = 80.0
"""Pixels a second: what is slower does not glide."""


class Touched(Protocol):
    """What fingers ask of the canvas."""

    @property
    def draws(self) -> bool:
        """Would a press do anything but move the board?"""

    def press(self, at: Place) -> None: ...
    def move(self, at: Place) -> None: ...
    def release(self, at: Place) -> None: ...
    def cancel(self) -> None: ...

    def drag(self, was: Place, at: Place, factor: float) -> None:
        """Bring what is under one pixel under another, `factor` times as large."""

    def glide(self, speed: Place) -> None:
        """The board was let go of while it moved, in pixels a second."""

    def tap(self, fingers: int) -> None:
        """So many fingers, two or more, touched together, briefly, and stayed where they were."""


class _State(Enum):
    IDLE = "idle"
    DRAWING = "drawing"
    MOVING = "moving"
    PALM = "palm"


class Fingers:
    """Tell it of every finger, by number, and of every sign of a pen; `now` in seconds, of any beginning."""

    def __init__(self, canvas: Touched) -> None:
        self._canvas = canvas
        self._state = _State.IDLE
        self._down: dict[int, Place] = {}
        self._first: dict[int, Place] = {}
        self._began = 0.0
        self._most = 0
        self._still = True
        self._pushes: deque[tuple[float, float, float]] = deque()
        self._pen_at = float("-inf")
        self.pen_seen = False

    def pen(self, now: float, *, down: bool) -> None:
        """A pen is near, or down; what fingers were doing was its hand's."""
        self.pen_seen, self._pen_at = True, float("inf") if down else now
        if self._state is _State.DRAWING:
            self._canvas.cancel()
        if self._down:
            self._state = _State.PALM

    def begin(self, finger: int, at: Place, now: float) -> None:
        """A finger touches."""
        self._down[finger] = self._first[finger] = at
        if len(self._down) == 1:
            self._began, self._most, self._still = now, 0, True
            self._pushes.clear()
        self._most = max(self._most, len(self._down))
        match self._state:
            case _State.IDLE if now - self._pen_at < PALM:
                self._state = _State.PALM
            case _State.IDLE if self._canvas.draws and not self.pen_seen:
                self._state = _State.DRAWING
                self._canvas.press(at)
            case _State.IDLE:
                self._state = _State.MOVING
            case _State.DRAWING:
                self._give_up_drawing(now)
                self._state = _State.MOVING

    def _give_up_drawing(self, now: float) -> None:
        if now - self._began < CHANGE_OF_MIND:
            self._canvas.cancel()
        else:
            self._canvas.release(next(iter(self._down.values())))

    def move(self, places: Mapping[int, Place], now: float) -> None:
        """Fingers that are down have moved, together."""
        before = dict(self._down)
        self._down.update({finger: at for finger, at in places.items() if finger in before})
        if self._state is _State.DRAWING:
            for at in self._down.values():
                self._canvas.move(at)
        elif self._state is _State.MOVING:
            if self._still and any(math.dist(at, self._first[finger]) > SLOP for finger, at in self._down.items()):
                self._still = False
            if not self._still:
                self._drag(before, now)

    def _drag(self, before: Mapping[int, Place], now: float) -> None:
        was, at = _middle(before), _middle(self._down)
        spread, spread_now = _spread(before, was), _spread(self._down, at)
        self._canvas.drag(was, at, spread_now / spread if spread > 1 and spread_now > 1 else 1.0)
        self._pushes.append((now, at[0] - was[0], at[1] - was[1]))
        while self._pushes[0][0] < now - _RECENT:
            self._pushes.popleft()

    def end(self, finger: int, at: Place, now: float) -> None:
        """A finger lifts."""
        if finger not in self._down:
            return
        if at != self._down[finger]:
            self.move({finger: at}, now)
        del self._down[finger], self._first[finger]
        if self._down:
            return
        state, self._state = self._state, _State.IDLE
        if state is _State.DRAWING:
            self._canvas.release(at)
        elif state is _State.MOVING:
            self._let_go(now)

    def _let_go(self, now: float) -> None:
        if self._still:
            if self._most > 1 and now - self._began < TAP:
                self._canvas.tap(self._most)
            return
        speed = self._speed(now)
        if math.hypot(*speed) > _SLOWEST:
            self._canvas.glide(speed)

    def _speed(self, now: float) -> Place:
        """What the board was moved by lately, a second."""
        if not self._pushes or now - self._pushes[-1][0] > _STILL:
            return 0.0, 0.0
        recent = [push for push in self._pushes if push[0] >= now - _RECENT]
        seconds = max(now - recent[0][0], 1 / 60)
        return sum(push[1] for push in recent[1:]) / seconds, sum(push[2] for push in recent[1:]) / seconds

    def cancel(self) -> None:
        """The system took the fingers away: nothing they did since they touched is kept."""
        if self._state is _State.DRAWING:
            self._canvas.cancel()
        self._down.clear()
        self._first.clear()
        self._state = _State.IDLE


def _middle(places: Mapping[int, Place]) -> Place:
    count = len(places)
    return sum(x for x, _ in places.values()) / count, sum(y for _, y in places.values()) / count


def _spread(places: Mapping[int, Place], middle: Place) -> float:
    """How far fingers are from their middle, on average."""
    return sum(math.dist(place, middle) for place in places.values()) / len(places)
