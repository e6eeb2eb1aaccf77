"""What the demo draws: the mesh of the people who draw it, a tracker that goes away, and what they do without it.

Rule: pure, and always the same for the same number of people. Coordinates are pixels of the board, around its origin;
who draws when, and how fast, is decided elsewhere.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from random import Random
from typing import Final

from p2psketch.geometry import Point, Rect
from peer.lettering import curve, write

PEOPLE: Final = (
    ("Ana", 0x4263EB),
    ("Bo", 0xE03131),
    ("Cem", 0x2F9E44),
    ("Dee", 0xF08C00),
    ("Eli", 0x9C36B5),
    ("Fay", 0x0C8599),
    ("Gus", 0xC2255C),
    ("Hal", 0x846358),
)
"""Name and colour, 0xRRGGBB, of those who can take part."""

AREA: Final = Rect(-464.0, -304.0, 464.0, 260.0)
"""All that is drawn is in here."""

INK, RED, ORANGE, YELLOW, GREEN, BLUE, GREY = 0x1F2328, 0xE03131, 0xF08C00, 0xF2C037, 0x2F9E44, 0x1971C2, 0x868E96

WITH_TRACKER: Final = ("circles", "links", "tracker")
WITHOUT: Final = ("cross", "sentence", "flourish")
"""The parts, in order: while there is a tracker, and after it was killed."""

_MIDDLE: Final = (-10.0, -62.0)
_REACH: Final = (252.0, 148.0)
_CIRCLE: Final = (66.0, 54.0)
_LINE: Final = 206.0
"""Where the sentence is written."""
_TRACKER: Final = Rect(268.0, -272.0, 440.0, -190.0)
_STEP: Final = 4.0
"""Pixels between two points of a stroke."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """One line of the pen; a pressure from 0 to 1 for each point."""

    color: int
    width: float
    points: tuple[Point, ...]
    pressure: tuple[float, ...]


Cast = list[list[Stroke]]
"""What each of the people draws, in order; they do it at the same time."""


def part(name: str, count: int) -> Cast:
    """What each of the first `count` of PEOPLE draws in a part. KeyError if there is no such part."""
    cast = _PARTS[name](count)
    return [_by_hand(lines, f"{name} {number}") for number, lines in enumerate(cast)]


def rest(number: int, count: int) -> Point:
    """Where somebody's pointer waits, with the name beside it: next to the circle, on the side where there is room."""
    (x, y), reach = _place(number, count), _CIRCLE[0] * _size(count)
    return (x + reach + 16, y + 12) if x > _MIDDLE[0] - _REACH[0] / 2 else (x - reach - 100, y - 12)


# -- parts ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Line:
    """A stroke before a hand draws it."""

    color: int
    width: float
    path: Sequence[Point]
    sure: bool = False
    """Drawn with a ruler's certainty: little tremble, even pressure."""


def _circles(count: int) -> list[list[_Line]]:
    cast = []
    for number, (name, color) in enumerate(PEOPLE[:count]):
        (x, y), size = _place(number, count), _size(count)
        name_lines = _words(name, INK, 4, (x, y + 15 * size), 2.3 * size)
        cast.append([_Line(color, 8, _ring(x, y, _CIRCLE[0] * size, _CIRCLE[1] * size)), *name_lines])
    return cast


def _links(count: int) -> list[list[_Line]]:
    """Every link is drawn from both its ends at once."""
    cast: list[list[_Line]] = [[] for _ in range(count)]
    for number, (one, other) in enumerate(combinations(range(count), 2)):
        path = _bow(_place(one, count), _place(other, count), _size(count), 0.07 if number % 2 else -0.07)
        half = len(path) // 2
        cast[one].append(_Line(PEOPLE[one][1], 5, path[: half + 1]))
        cast[other].append(_Line(PEOPLE[other][1], 5, path[half:][::-1]))
    return cast


def _tracker(count: int) -> list[list[_Line]]:
    x, y = _TRACKER.centre
    dashes = [_Line(GREY, 4, path, sure=True) for path in _dashed(_corners(_TRACKER))]
    half = len(dashes) // 2
    return _dealt([dashes[:half], dashes[half:], _words("tracker", GREY, 4, (x, y + 12), 2.2)], count)


def _cross(count: int) -> list[list[_Line]]:
    """One crosses the tracker out; another one already draws the highlight that the words are to be written on."""
    left, top, right, bottom = _TRACKER.padded(14)
    down = curve([(left, top), (left + 60, top + 40), (right - 60, bottom - 34), (right, bottom)])
    up = curve([(left + 4, bottom + 4), (left + 70, bottom - 42), (right - 64, top + 36), (right + 2, top - 6)])
    y = _LINE - 12
    highlight = curve([(-256, y + 2), (-120, y - 4), (20, y + 3), (150, y - 4), (264, y + 2)])
    return _dealt([[_Line(YELLOW, 40, highlight)], [_Line(RED, 10, down), _Line(RED, 10, up)]], count)


def _sentence(count: int) -> list[list[_Line]]:
    """A word each."""
    lines = _words("peers keep drawing", INK, 6, (0.0, _LINE), 3.1)
    first, second = len(write("peers")[1]), len(write("peers keep")[1])
    return _dealt([lines[:first], lines[first:second], lines[second:]], count)


def _flourish(count: int) -> list[list[_Line]]:
    return _dealt([_sun(-366.0, -214.0), _boat(-352.0, 150.0), _flowers(), _birds()], count)


_PARTS: Final = {
    "circles": _circles,
    "links": _links,
    "tracker": _tracker,
    "cross": _cross,
    "sentence": _sentence,
    "flourish": _flourish,
}


def _dealt(tasks: Iterable[list[_Line]], count: int) -> list[list[_Line]]:
    """Tasks handed out in turn."""
    cast: list[list[_Line]] = [[] for _ in range(count)]
    for number, task in enumerate(tasks):
        cast[number % count] += task
    return cast


# -- things --------------------------------------------------------------------------------------


def _sun(x: float, y: float) -> list[_Line]:
    turns = [(x + r * math.cos(r * 0.55), y + r * math.sin(r * 0.55)) for r in (i * 0.5 for i in range(2, 57))]
    rays = [math.tau * ray / 11 + 0.2 for ray in range(11)]
    return [
        _Line(YELLOW, 12, turns),
        *(_Line(ORANGE, 6, [_polar(x, y, 45, ray), _polar(x, y, 66, ray)]) for ray in rays),
    ]


def _boat(x: float, y: float) -> list[_Line]:
    hull = curve([(x - 44, y), (x - 28, y + 24), (x, y + 28), (x + 28, y + 24), (x + 46, y - 2)])
    sail = [(x + 4, y - 12), (x + 2, y - 74), (x + 40, y - 14), (x + 4, y - 12)]
    waves = [
        [(x - 88 + side + 10 * i, y + down + 6 * math.sin(i * 1.25)) for i in range(length)]
        for side, down, length in ((0, 44, 17), (30, 64, 12))
    ]
    mast = [(x + 2, y + 22), (x + 2, y - 82)]
    return [
        _Line(0x846358, 7, [*hull, (x - 44, y)]),
        _Line(0x846358, 5, mast),
        _Line(RED, 5, sail),
        *(_Line(BLUE, 6, curve(wave, 3)) for wave in waves),
    ]


def _flowers() -> list[_Line]:
    ground = [(262.0 + 10 * i, 244 - 5 * math.sin(i * 0.5)) for i in range(19)]
    lines = [_Line(GREEN, 7, curve(ground, 3))]
    for x, top, color in ((302.0, 168.0, 0x9C36B5), (356.0, 128.0, 0xC2255C), (408.0, 178.0, ORANGE)):
        lines.append(_Line(GREEN, 5, curve([(x + 4, 243), (x - 3, (240 + top) / 2), (x, top + 18)])))
        leaf = [(x, 216.0), (x + 20, 200.0), (x + 26, 206.0), (x + 1, 220.0)]
        lines.append(_Line(GREEN, 4, curve(leaf)))
        petals = [_polar(x, top, 11 + 8 * math.cos(5 * turn), turn) for turn in _turns(1.0, 60)]
        lines.append(_Line(color, 6, petals))
        lines.append(_Line(YELLOW, 8, [(x - 1, top), (x + 1, top + 1)]))
    return lines


def _birds() -> list[_Line]:
    places = ((-246.0, -262.0, 18.0), (-204.0, -236.0, 13.0), (-262.0, -214.0, 11.0))
    return [
        _Line(
            INK, 4, curve([(x - s, y - s / 3), (x - s / 2, y - s / 1.6), (x, y), (x + s / 2, y - s / 1.6), (x + s, y)])
        )
        for x, y, s in places
    ]


def _words(text: str, color: int, width: float, middle: Point, size: float) -> list[_Line]:
    """Text around `middle` of the line it is written on, `size` pixels a unit."""
    wide, paths = write(text)
    left, y = middle[0] - wide * size / 2, middle[1]
    return [_Line(color, width, [(left + px * size, y + py * size) for px, py in path]) for path in paths]


# -- geometry ------------------------------------------------------------------------------------


def _place(number: int, count: int) -> Point:
    """The middle of somebody's circle."""
    start = math.pi * (0.82 if count == 3 else 1.08)
    angle = start + math.tau * number / count
    return _MIDDLE[0] + _REACH[0] * math.cos(angle), _MIDDLE[1] + _REACH[1] * math.sin(angle)


def _size(count: int) -> float:
    """How large circles are, so that they have room beside each other."""
    return min(1.0, 5.6 / count)


def _ring(x: float, y: float, wide: float, high: float) -> list[Point]:
    """A circle as a hand draws it: it ends a little past its beginning and beside it."""
    return [
        (
            x + (wide + 3 * turn) * math.cos(turn * math.tau - 2.0),
            y + (high + 3 * turn) * math.sin(turn * math.tau - 2.0),
        )
        for turn in (step / 80 * 1.06 for step in range(81))
    ]


def _bow(start: Point, end: Point, size: float, sway: float) -> list[Point]:
    """A line between two circles that bends one way and then the other, by `sway` of its length."""
    (ax, ay), (bx, by) = _edge(start, end, size), _edge(end, start, size)
    dx, dy = bx - ax, by - ay
    steps = [(step / 40, sway * math.sin(math.tau * step / 40)) for step in range(41)]
    return [(ax + dx * along - dy * aside, ay + dy * along + dx * aside) for along, aside in steps]


def _edge(of: Point, towards: Point, size: float) -> Point:
    """Where the line from one circle's middle to another's leaves the circle, and a little further."""
    dx, dy = towards[0] - of[0], towards[1] - of[1]
    out = 1.14 * size / math.hypot(dx / _CIRCLE[0], dy / _CIRCLE[1])
    return of[0] + dx * out, of[1] + dy * out


def _corners(box: Rect) -> list[Point]:
    left, top, right, bottom = box
    return [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]


def _dashed(path: Sequence[Point], dash: float = 20.0, gap: float = 12.0) -> list[list[Point]]:
    dashes = []
    for (ax, ay), (bx, by) in pairwise(path):
        length = math.hypot(bx - ax, by - ay)
        count = round((length + gap) / (dash + gap))
        scale = length / (count * (dash + gap) - gap)
        for number in range(count):
            ends = (number * (dash + gap) * scale / length, (number * (dash + gap) + dash) * scale / length)
            dashes.append([(ax + (bx - ax) * t, ay + (by - ay) * t) for t in ends])
    return dashes


def _polar(x: float, y: float, radius: float, angle: float) -> Point:
    return x + radius * math.cos(angle), y + radius * math.sin(angle)


def _turns(turns: float, steps: int) -> list[float]:
    return [math.tau * turns * step / steps for step in range(steps + 1)]


# -- the hand ------------------------------------------------------------------------------------


def _by_hand(lines: Sequence[_Line], seed: str) -> list[Stroke]:
    rng = Random(seed)
    return [_stroke(line, rng) for line in lines]


def _stroke(line: _Line, rng: Random) -> Stroke:
    """The line with a slight tremble, and with the pressure of a pen that lands, draws and lifts."""
    points = _evenly(line.path)
    size = 0.3 if line.sure else min(0.9, len(points) / 40)
    phases = [rng.uniform(0, math.tau) for _ in range(4)]
    trembling = tuple(
        (x + size * _tremble(i, phases[0], phases[1]), y + size * _tremble(i, phases[2], phases[3]))
        for i, (x, y) in enumerate(points)
    )
    last = max(len(points) - 1, 1)
    pressure = tuple(_pressure(i / last, phases[0], line.sure) for i in range(len(points)))
    return Stroke(line.color, line.width, trembling, pressure)


def _tremble(step: int, slow: float, fast: float) -> float:
    return math.sin(step * 0.13 + slow) + 0.4 * math.sin(step * 0.41 + fast)


def _pressure(along: float, phase: float, sure: bool) -> float:
    if sure:
        return 0.7
    landing, lifting = min(1.0, 0.45 + along * 5), min(1.0, 0.3 + (1 - along) * 5)
    return min(landing, lifting) * (0.82 + 0.13 * math.sin(along * 7 + phase))


def _evenly(path: Sequence[Point]) -> list[Point]:
    """The path with points `_STEP` apart, and its ends."""
    made, left = [path[0]], _STEP
    for (ax, ay), (bx, by) in pairwise(path):
        length, along = math.hypot(bx - ax, by - ay), 0.0
        while length - along >= left:
            along += left
            made.append((ax + (bx - ax) * along / length, ay + (by - ay) * along / length))
            left = _STEP
        left -= length - along
    return [*made, path[-1]]
