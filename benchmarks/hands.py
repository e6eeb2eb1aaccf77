"""What a hand does with a mouse, seeded: places in whole pixels of the screen, and when, 125 times a second."""

import math
import random
from collections.abc import Callable
from typing import Final

Moves = list[tuple[float, float, float]]
"""x, y in pixels of the screen, seconds."""

RATE: Final = 125.0
_TREMOR: Final = 0.4


def _reported(path: Callable[[float], tuple[float, float]], seconds: float, seed: int) -> Moves:
    """A path (of seconds) as a mouse reports it: with the hand's tremor, rounded, and only where it has moved."""
    rng = random.Random(seed)
    moves: Moves = []
    for n in range(round(seconds * RATE) + 1):
        x, y = path(n / RATE)
        place = round(x + rng.gauss(0, _TREMOR)), round(y + rng.gauss(0, _TREMOR))
        if not moves or place != moves[-1][:2]:
            moves.append((*place, n / RATE))
    return moves


def _at(x: float, y: float, moves: Moves) -> Moves:
    return [(x + right, y + down, time) for right, down, time in moves]


def handwriting(x: float, y: float) -> Moves:
    """A row of loops, some high, some low."""

    def pen(time: float) -> tuple[float, float]:
        height = 14 + 10 * (math.sin(time * 2.1) > 0.3)
        turn = time * 13
        return 78 * time + 11 * math.sin(turn), -height * math.cos(turn)

    return _at(x, y, _reported(pen, 3.0, 1))


def spiral(x: float, y: float, *, fast: bool = True) -> Moves:
    """Five turns, in 0.9 seconds or in 3."""
    seconds = 0.9 if fast else 3.0

    def pen(time: float) -> tuple[float, float]:
        turn = time / seconds * 10 * math.pi
        return (4 + 1.8 * turn) * math.cos(turn), (4 + 1.8 * turn) * math.sin(turn)

    return _at(x, y, _reported(pen, seconds, 2))


def zigzag(x: float, y: float) -> Moves:
    """Sharp turns, each a little sharper."""

    def pen(time: float) -> tuple[float, float]:
        way = time * 9
        up = abs(way % 2 - 1)
        return 26 * way * (1 - time / 4), 90 * up

    return _at(x, y, _reported(pen, 1.4, 3))


def dots(x: float, y: float) -> list[Moves]:
    """Clicks: some still, some with a pixel or two of movement."""
    return [[(x + 24 * n + step, y, 0.02 * step) for step in range(n // 2 + 1)] for n in range(6)]


def slow_and_fast(x: float, y: float) -> Moves:
    """A line that begins slowly, rushes, and ends slowly."""

    def pen(time: float) -> tuple[float, float]:
        share = time / 1.6
        return 250 * (share - math.sin(share * 2 * math.pi) / (2 * math.pi)), 14 * math.sin(share * 6)

    return _at(x, y, _reported(pen, 1.6, 4))


def steady(x: float, y: float) -> Moves:
    """A slow straight line that is not quite level: the staircase of whole pixels."""
    return _at(x, y, _reported(lambda time: (110 * time, -17 * time), 2.2, 5))


def page() -> list[Moves]:
    """All of it on a page of 620×330 pixels."""
    return [
        handwriting(30, 50),
        spiral(390, 85),
        spiral(530, 85, fast=False),
        zigzag(30, 120),
        *dots(310, 200),
        slow_and_fast(300, 250),
        steady(30, 290),
    ]
