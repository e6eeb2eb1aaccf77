"""How a stroke that was drawn with more or less pressure begins and ends: thinner, as a brush does that is put down and
lifted.

Rule: what an end looks like follows from its last few pixels alone, and from the length of strokes too short to have
two ends. So a stroke that is being drawn can be shown with the end that it would have if it ended now, and nothing but
its end changes when it goes on.
"""

from typing import Final

import numpy as np

from p2psketch.geometry import Floats

LENGTH: Final = 2.5
"""How long an end is, in widths of the stroke."""

SHORT: Final = 2 * LENGTH
"""A stroke of less than so many widths is all ends."""

TIP: Final = 0.45
"""What is left of the radius at the very end."""

DOT: Final = 0.7
"""A stroke that has no length is at least so much of its width across, however lightly it was put down."""

_PIECES: Final = 4
"""Pieces of an end whose points are too far apart."""

_ENOUGH: Final = 2
"""Points within an end, besides the very last, with which it is left as it is."""

_STEPS: Final = np.arange(1, _PIECES + 1) / _PIECES
_HALF_PI: Final = np.pi / 2


def tapered(
    curve: Floats, radii: Floats, positions: Floats, width: float, *, first: bool = True, last: bool = True
) -> tuple[Floats, Floats, Floats]:
    """A curve (n, 2) with its radii (n,) and positions (n,), its ends thinner; of what is part of a stroke, `first` and
    `last` say which ends are the stroke's.

    The curve stays where it is; where its points are far apart, its ends get a few more. Short strokes have shorter
    ends that are less thin, and what is hardly longer than wide is a dot.
    """
    line = np.ascontiguousarray(curve).view(np.complex128)[:, 0]
    away = np.zeros(len(line))
    np.abs(line[1:] - line[:-1]).cumsum(out=away[1:])
    total = float(away[-1])
    share = min(total / (SHORT * width), 1.0)
    if share > 0:
        length = LENGTH * width * share
        at = _places(away, total, length, first=first, last=last)
        if at is not None:
            known = np.arange(len(line))
            line = np.interp(at, known, line)
            away, radii, positions = (np.interp(at, known, values) for values in (away, radii, positions))
        radii = radii * _thinning(away, total, length, (1 - TIP) * share, first=first, last=last)
    if total < width:
        radii = np.maximum(radii, DOT * (1 - total / width) * width / 2)
    return line.view(np.float64).reshape(-1, 2), radii, positions


def _places(away: Floats, total: float, length: float, *, first: bool, last: bool) -> Floats | None:
    """Where along the points (0, 1, 2, …) there should be some, the points included; None if they are dense enough."""
    wanted = []
    if first and away[min(_ENOUGH, len(away) - 1)] > length:
        wanted.append(length * _STEPS)
    if last and total - away[-min(_ENOUGH + 1, len(away))] > length:
        wanted.append(total - length * _STEPS)
    if not wanted:
        return None
    new = np.concatenate(wanted)
    after = np.minimum(away.searchsorted(new), len(away) - 1)
    start = away[after - 1]
    share = (new - start) / np.maximum(away[after] - start, 1e-30)
    at = np.concatenate((np.arange(len(away)), after - 1 + share))
    at.sort()
    return at


def _thinning(away: Floats, total: float, length: float, depth: float, *, first: bool, last: bool) -> Floats:
    """By what factor the radius is less at each point."""
    if first and last:
        near = np.minimum(away, total - away)
    elif first:
        near = away
    else:
        near = total - away
    factor: Floats = (1 - depth) + depth * np.sin(np.minimum(near * (_HALF_PI / length), _HALF_PI))
    return factor
