"""Cuts: which parts of a stroke somebody has rubbed out, and what is left of it.

Rule: a cut is `[from, to, from, to, …]`, ascending whole numbers of `UNIT`s along the points of a stroke: 3.5 * UNIT is
halfway from point 3 to point 4. What is left is the points less the union of all cuts. There are only integers here, so
that every peer comes to the same union, in whatever order the cuts arrive. Nothing here knows who cut, or where ink is.
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import ceil, floor
from typing import Any, Final, TypeAlias

from p2psketch.ids import OpId
from p2psketch.ink import MAX_POINTS

Cut: TypeAlias = Sequence[int]

UNIT: Final = 1 << 16
"""Parts of the step from one point to the next: a step of 4,096 pixels is cut as exactly as ink is stored."""

FARTHEST: Final = MAX_POINTS * UNIT
MOST_RANGES: Final = 1_024
"""In one cut. A stroke may have many cuts."""

PREFIX: Final = "cut/"
_PEER: Final = 9
"""Bytes of a PeerId in a name: by accident no two launches agree in them, and nothing but their names would mix."""


def name_of(op: OpId) -> str:
    """The field for the cuts of a gesture that begins with this op: whoever else cuts, and later ones, have another."""
    return f"{PREFIX}{urlsafe_b64encode(op.peer[:_PEER]).decode()}/{op.seq}"


def is_name(field: str) -> bool:
    """Is a field of this name a cut?"""
    return field.startswith(PREFIX)


def check(value: Any) -> bool:
    """Whether a value is a cut, or None for none."""
    if value is None:
        return True
    if type(value) is not list or not 2 <= len(value) <= 2 * MOST_RANGES or len(value) % 2:
        return False
    if any(type(place) is not int for place in value) or value[0] < 0 or value[-1] > FARTHEST:
        return False
    return all(one < other for one, other in pairwise(value))


def union(cuts: Iterable[Cut]) -> tuple[int, ...]:
    """What at least one of the cuts takes away; ranges that touch are one."""
    ranges = sorted((cut[at], cut[at + 1]) for cut in cuts for at in range(0, len(cut), 2))
    joined: list[int] = []
    for begin, end in ranges:
        if joined and begin <= joined[-1]:
            joined[-1] = max(joined[-1], end)
        else:
            joined += begin, end
    return tuple(joined)


def is_whole(cut: Cut, count: int) -> bool:
    """Does a union of cuts leave nothing of a stroke of `count` points?"""
    return len(cut) > 0 and cut[0] == 0 and cut[1] >= (count - 1) * UNIT


def left(cut: Cut, count: int) -> list[tuple[float, float]]:
    """What a union of cuts leaves of a stroke of `count` points: pieces from one place to another, in points."""
    last = (count - 1) * UNIT
    if count == 1:
        return [] if is_whole(cut, count) else [(0.0, 0.0)]
    edges = [0, *(min(place, last) for place in cut), last]
    pieces = ((edges[at], edges[at + 1]) for at in range(0, len(edges), 2))
    return [(begin / UNIT, end / UNIT) for begin, end in pieces if begin < end]


def cut_of(ranges: Iterable[tuple[float, float]]) -> tuple[int, ...]:
    """The cut that takes away ranges in points; rather a little more than a little less."""
    return union(_rounded(begin, end) for begin, end in ranges)


def bounded(cut: Cut) -> list[int]:
    """The cut as a field can hold it: where it has too many ranges, those closest to each other become one."""
    gaps = sorted(range(1, len(cut) - 1, 2), key=lambda at: cut[at + 1] - cut[at])
    closed = {at + side for at in gaps[: max(len(cut) // 2 - MOST_RANGES, 0)] for side in (0, 1)}
    return [place for at, place in enumerate(cut) if at not in closed]


def _rounded(begin: float, end: float) -> tuple[int, int]:
    first = min(max(floor(begin * UNIT), 0), FARTHEST - 1)
    return first, min(max(ceil(end * UNIT), first + 1), FARTHEST)
