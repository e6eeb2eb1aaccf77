"""How a stroke that was drawn with more or less pressure begins and ends: thinner, as a brush does that is put down and
lifted.

Rule: what an end looks like follows from its last few pixels alone, and from the length of strokes too short to have
two ends. So a stroke that is being drawn can be shown with the end that it would have if it ended now, and nothing but
its end changes when it goes on.
"""

from typing import Any, Final, NamedTuple

import numpy as np

from p2psketch.geometry import Complexes, Flags, Floats, Indices, complexes, lengths_of, pairs

LENGTH: Final = 2.5
"""How long an end is, in widths of the stroke."""

SHORT: Final = 2 * LENGTH
"""A stroke of less than so many widths is all ends."""

TIP: Final = 0.45
"""What is left of the radius at the very end."""

DOT: Final = 0.7
"""A stroke that has no length is at least so much of its width across, however lightly it was put down."""

PIECES: Final = 4
"""Pieces of an end whose points are too far apart."""

ENOUGH: Final = 2
"""Points within an end, besides the very last, with which it is left as it is."""

SHARES: Final = np.arange(1, PIECES + 1) / PIECES
"""Where the points of such an end are."""

HALF_PI: Final = np.pi / 2
TINY: Final = 1e-30
"""What is divided by is no less than this."""

FINE: Final = 2.0**20
"""Steps in a pixel in which lengths are counted."""

FINER: Final = 2.0**32
"""Steps from one point to the next in which places are counted."""


def tapered(
    curve: Floats, radii: Floats, positions: Floats, width: float, *, first: bool = True, last: bool = True
) -> tuple[Floats, Floats, Floats]:
    """A curve (n, 2) with its radii (n,) and positions (n,), its ends thinner; of what is part of a stroke, `first` and
    `last` say which ends are the stroke's.

    The curve stays where it is; where its points are far apart, its ends get a few more. Short strokes have shorter
    ends that are less thin, and what is hardly longer than wide is a dot.
    """
    one = Tapering(complexes(curve), radii, positions, np.array([len(curve)]))
    line, radii, positions, _ = tapered_together(one, np.array([width]), np.array([first]), np.array([last]))
    return pairs(line), radii, positions


class Tapering(NamedTuple):
    """Strokes end to end: the points of their curves, the radius and the position at each, and how many each has."""

    line: Complexes
    radii: Floats
    positions: Floats
    counts: Indices


def tapered_together(strokes: Tapering, widths: Floats, first: Flags, last: Flags) -> Tapering:
    """`tapered` of many strokes; what comes out for one does not depend on which others are there.

    For that, lengths are counted in whole steps of a millionth of a pixel, whose sums are exact.
    """
    ends = np.cumsum(strokes.counts)
    firsts, lasts = ends - strokes.counts, ends - 1
    steps = np.zeros(len(strokes.line))
    steps[1:] = np.rint(lengths_of(strokes.line[1:] - strokes.line[:-1]) * FINE)
    steps[firsts] = 0
    way = np.cumsum(steps) / FINE
    away = way - np.repeat(way[firsts], strokes.counts)
    total = away[lasts]
    share = np.minimum(total / (SHORT * widths), 1.0)
    length = LENGTH * widths * share
    sparse_first = first & (share > 0) & (away[np.minimum(firsts + ENOUGH, lasts)] > length)
    sparse_last = last & (share > 0) & (total - away[np.maximum(lasts - ENOUGH, firsts)] > length)
    if sparse_first.any() or sparse_last.any():
        at = _places(way, firsts, lasts, length, sparse_first, sparse_last)
        away, line, radii, positions = (_at(at, values) for values in (away, *strokes[:3]))
        strokes = Tapering(line, radii, positions, strokes.counts + PIECES * (sparse_first * 1 + sparse_last))
    near = np.minimum(
        np.where(np.repeat(first, strokes.counts), away, np.inf),
        np.where(np.repeat(last, strokes.counts), np.repeat(total, strokes.counts) - away, np.inf),
    )
    depth = np.repeat((1 - TIP) * share, strokes.counts)
    pace = np.repeat(HALF_PI / np.maximum(length, TINY), strokes.counts)
    radii = strokes.radii * (1 - depth + depth * np.sin(np.minimum(near * pace, HALF_PI)))
    dot = np.maximum(1 - total / widths, 0.0) * (DOT / 2) * widths
    return strokes._replace(radii=np.maximum(radii, np.repeat(dot, strokes.counts)))


def _places(
    way: Floats, firsts: Indices, lasts: Indices, length: Floats, sparse_first: Flags, sparse_last: Flags
) -> Floats:
    """Where along the points (0, 1, 2, …) there should be some, the points included."""
    fine = np.rint(length[:, None] * SHARES * FINE) / FINE
    new = np.concatenate(
        ((way[firsts][:, None] + fine)[sparse_first].ravel(), (way[lasts][:, None] - fine)[sparse_last].ravel())
    )
    owner = np.repeat(np.concatenate((np.flatnonzero(sparse_first), np.flatnonzero(sparse_last))), PIECES)
    after = way.searchsorted(new).clip(firsts[owner] + 1, lasts[owner])
    start = way[after - 1]
    share = (new - start) / np.maximum(way[after] - start, TINY)
    at = np.concatenate((np.arange(len(way)), after - 1 + np.rint(share * FINER) / FINER))
    at.sort()
    return at


def _at(places: Floats, values: Any) -> Any:
    """Values at places along them; linear between two."""
    whole = places.astype(np.intp)
    following = np.minimum(whole + 1, len(values) - 1)
    return values[whole] + (places - whole) * (values[following] - values[whole])
