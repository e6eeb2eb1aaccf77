"""Shapes in the order in which they are painted, found a little at a time.

Rule: to sort ten thousand of them at once holds up a frame; runs of them are sorted one by one, and then merged as
they are asked for.
"""

from collections.abc import Iterator, Sequence
from heapq import merge
from operator import attrgetter
from typing import Final

from p2psketch.document import Shape

_RUN: Final = 250
_Z = attrgetter("z")


def in_order(shapes: Sequence[Shape]) -> Iterator[Shape | None]:
    """The shapes, bottom first; before them None for every small step on the way to the first."""
    runs = []
    for begin in range(0, len(shapes), _RUN):
        runs.append(sorted(shapes[begin : begin + _RUN], key=_Z))
        yield None
    yield from merge(*runs, key=_Z)
