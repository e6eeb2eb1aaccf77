"""Letters as a pen writes them, for what the demo has to say: just these, and no font.

Rule: pure. A letter is a width and its strokes, in units of a tenth of the height of an x; y grows downwards from the
line that is written on. A stroke is corners, or, after `~`, points of a curve through them.
"""

from collections.abc import Iterator
from typing import Final

from p2psketch.geometry import Point

Path = tuple[Point, ...]

_SPACE: Final = 5.0
_APART: Final = 1.9

_LETTERS: Final[dict[str, tuple[float, str]]] = {
    "A": (10, "0,0 5,-15 10,0|2,-5 8,-5"),
    "B": (9, "1,-15 1,0|~1,-15 5.5,-14.8 7.6,-11.6 5.5,-8.2 1,-8|~1,-8 6,-7.8 8.8,-4 6,-0.2 1,0"),
    "C": (9.5, "~9.3,-12.4 6,-15 2.2,-13 0.5,-7.5 2.2,-2 6,0 9.5,-2.6"),
    "D": (10, "1,-15 1,0|~1,-15 6.5,-13.8 9.8,-7.5 6.5,-1.2 1,0"),
    "E": (8, "8,-15 1,-15 1,0 8,0|1,-8 6.6,-8"),
    "F": (8, "8,-15 1,-15 1,0|1,-8 6.6,-8"),
    "G": (10, "~9.3,-12.4 6,-15 2.2,-13 0.5,-7.5 2.2,-2 6,0 9.4,-2.4 9.8,-7|9.8,-7 6,-7"),
    "H": (10, "1,-15 1,0|9,-15 9,0|1,-7.6 9,-7.6"),
    "a": (8, "~7,-8 4.6,-10 1.8,-8.6 0.5,-5 1.8,-1.2 4.4,0 7,-3.4|~7,-10 7,-3 7.4,-0.6 8.6,-0.2"),
    "c": (7, "~7,-8.2 4.6,-10 1.8,-8.6 0.5,-5 1.8,-1.4 4.6,0 7,-1.8"),
    "d": (8, "~7,-8 4.6,-10 1.8,-8.6 0.5,-5 1.8,-1.2 4.4,0 7,-3.4|~7,-15 7,-3 7.4,-0.6 8.6,-0.2"),
    "e": (7.5, "~0.6,-5 4,-5.2 7,-6 6.2,-9 4,-10 1.6,-8.6 0.5,-5 1.8,-1.3 4.4,0 7.3,-1.8"),
    "g": (8, "~7,-8 4.6,-10 1.8,-8.6 0.5,-5 1.8,-1.4 4.4,-0.4 7,-3.6|~7,-10 7.1,-2 6.8,3 4.2,5 1,3.8"),
    "i": (2.6, "1.3,-10 1.3,0|1.3,-13.6 1.5,-13.2"),
    "k": (7, "1,-15 1,0|6.6,-10 1,-4.2|2.8,-5.8 7,0"),
    "l": (2.6, "1.3,-15 1.3,0"),
    "m": (12, "1,-10 1,0|~1,-6.5 3.2,-9.7 5.6,-9 6.3,-6 6.3,0|~6.3,-6.5 8.5,-9.7 10.9,-9 11.6,-6 11.6,0"),
    "n": (8, "1,-10 1,0|~1,-6.5 3.6,-9.8 6.3,-9 7,-6 7,0"),
    "o": (9, "~4.5,-10 1.7,-8.6 0.5,-5 1.7,-1.4 4.5,0 7.3,-1.4 8.5,-5 7.3,-8.6 4.3,-9.9"),
    "p": (8, "1,-10 1,5|~1,-7 3.6,-10 6.6,-8.8 8,-5 6.6,-1.2 3.6,0 1,-3"),
    "r": (5.6, "1,-10 1,0|~1,-5.8 3,-9.2 5.8,-9.8"),
    "s": (6.4, "~6.2,-8.4 3.6,-10 1,-7.8 3.4,-5.3 6.2,-2.6 3.4,0 0.4,-1.8"),
    "t": (5.6, "~2.4,-14 2.4,-6 2.6,-1.6 4,-0.1 5.8,-0.9|0,-10 5.4,-10"),
    "u": (8, "~1,-10 1,-4 2,-0.8 4.4,-0.2 7,-3.8|~7,-10 7,-3 7.4,-0.6 8.6,-0.2"),
    "w": (10.4, "0,-10 2.6,0 5.2,-8.6 7.8,0 10.4,-10"),
    "y": (8, "0.4,-10 4.2,-0.4|7.8,-10 2.6,5"),
}


def write(text: str) -> tuple[float, list[Path]]:
    """How wide `text` is, and its strokes in the order of writing, from (0, 0). KeyError for a letter there is not."""
    paths: list[Path] = []
    at = 0.0
    for char in text:
        if char == " ":
            at += _SPACE
            continue
        width, strokes = _LETTERS[char]
        paths += [tuple((x + at, y) for x, y in path) for path in _paths(strokes)]
        at += width + _APART
    return max(at - _APART, 0.0), paths


def _paths(strokes: str) -> Iterator[Path]:
    for stroke in strokes.split("|"):
        points = [_point(pair) for pair in stroke.lstrip("~").split()]
        yield tuple(curve(points)) if stroke.startswith("~") else tuple(points)


def _point(pair: str) -> Point:
    x, y = pair.split(",")
    return float(x), float(y)


def curve(through: list[Point], pieces: int = 6) -> list[Point]:
    """A smooth curve through points: a Catmull-Rom spline, each part of it in so many straight pieces."""
    ends = [through[0], *through, through[-1]]
    made = [through[0]]
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        made += [_between(a, b, c, d, step / pieces) for step in range(1, pieces + 1)]
    return made


def _between(a: Point, b: Point, c: Point, d: Point, t: float) -> Point:
    """The point at `t`, from 0 to 1, between b and c."""
    x, y = (
        0.5 * (2 * q + (r - p) * t + (2 * p - 5 * q + 4 * r - s) * t * t + (3 * q - p - 3 * r + s) * t**3)
        for p, q, r, s in zip(a, b, c, d, strict=True)
    )
    return x, y
