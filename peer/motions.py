"""How a hand draws strokes: when the pen is where, and how hard it presses.

Rule: pure. Times are seconds from the beginning; a pen speeds up and slows down within a stroke, and glides from one
stroke to the next without touching the board.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from math import dist
from typing import Final

from p2psketch.geometry import Point
from peer.scenes import Stroke

SPEED: Final = 640.0
"""Pixels of the board a second, while drawing."""
GLIDE: Final = 1500.0
"""The same above it."""
TOUCH: Final = 0.07
"""Seconds that every stroke takes besides, and every way to the next."""
FRAME: Final = 1 / 60


class Does(Enum):
    """What the pen does at the end of a motion."""

    HOVER = auto()
    PRESS = auto()
    MOVE = auto()
    LIFT = auto()


@dataclass(frozen=True, slots=True)
class Motion:
    """At a time the pen is at a point of the board; `stroke` is the one that a PRESS begins."""

    at: float
    does: Does
    point: Point
    pressure: float = 0.0
    stroke: Stroke | None = None


def motions(strokes: Sequence[Stroke], start: Point | None = None, end: Point | None = None) -> Iterator[Motion]:
    """All motions that draw the strokes, in order, with the pen at `start` before the first and at `end` after all."""
    now, here = 0.0, start
    for stroke in strokes:
        if here is not None:
            yield from _glide(now, here, stroke.points[0])
            now += _gliding(here, stroke.points[0])
        yield from _draw(now, stroke)
        now += _drawing(stroke)
        here = stroke.points[-1]
    if end is not None:
        yield from _glide(now, here or end, end)


def _gliding(here: Point, there: Point) -> float:
    return TOUCH + dist(here, there) / GLIDE


def _drawing(stroke: Stroke) -> float:
    return TOUCH + sum(map(dist, stroke.points, stroke.points[1:])) / SPEED


def _glide(now: float, here: Point, there: Point) -> Iterator[Motion]:
    takes = _gliding(here, there)
    for part in _parts(takes):
        along = _eased(part)
        point = here[0] + (there[0] - here[0]) * along, here[1] + (there[1] - here[1]) * along
        yield Motion(now + part * takes, Does.HOVER, point)


def _draw(now: float, stroke: Stroke) -> Iterator[Motion]:
    """Every point of the stroke, those between two frames at the same time."""
    takes, last = _drawing(stroke), len(stroke.points) - 1
    yield Motion(now, Does.PRESS, stroke.points[0], stroke.pressure[0], stroke)
    done = 0
    for part in _parts(takes):
        until = last if part == 1 else int(_eased(part) * last)
        for index in range(done + 1, until + 1):
            yield Motion(now + part * takes, Does.MOVE, stroke.points[index], stroke.pressure[index])
        done = max(done, until)
    yield Motion(now + takes, Does.LIFT, stroke.points[-1])


def _parts(seconds: float) -> Iterator[float]:
    """The frames of a time, as parts of it, the last one 1."""
    frames = max(1, round(seconds / FRAME))
    return (frame / frames for frame in range(1, frames + 1))


def _eased(part: float) -> float:
    """Slow, fast, slow: halfway between even and smooth."""
    return 0.5 * part + 0.5 * part * part * (3 - 2 * part)
