"""Round curves through points, of many strokes at once.

Rule: pure functions of numbers, like `geometry`; strokes lie end to end in one array of complex numbers, and what comes
out for one does not depend on which others are there.
"""

from typing import NamedTuple

import numpy as np

from p2psketch.geometry import Complexes, Floats, Indices, complexes, counted, lengths_of, pairs

MOST_PIECES = 16
"""Into so many pieces a step is divided at most."""

TINY = 1e-30
"""What is divided by is no less than this."""


class Curves(NamedTuple):
    """Curves end to end: their points, where along the points that they go through, and how many each has.

    A position of 3.5 is halfway from point 3 to point 4 of the stroke; every whole number up to its last occurs.
    """

    line: Complexes
    positions: Floats
    counts: Indices


def smooth(line: Complexes, counts: Indices, tolerance: float) -> Curves:
    """Round curves through the points of strokes of `counts` points each, as polylines within about `tolerance`.

    Centripetal Catmull-Rom (Yuksel 2011): no loops or cusps however unevenly a mouse reports. Strokes that are dense
    enough stay as they are.
    """
    ends = np.cumsum(counts)
    chords = np.zeros_like(line)
    chords[:-1] = line[1:] - line[:-1]
    inside = np.ones(len(line), dtype=bool)
    inside[ends - 1] = inside[ends - counts] = False
    bends = np.zeros(len(line))
    inner = np.flatnonzero(inside)
    bends[inner] = lengths_of(chords[inner] - chords[inner - 1])
    rough = np.maximum.reduceat(bends, ends - counts) > 8 * tolerance
    pieces = np.ones(len(line), dtype=np.intp)
    pieces[ends - 1] = 1  # the last point itself
    bent = np.repeat(rough, counts)
    if not bent.any():
        return Curves(line, counted(counts)[1].astype(np.float64), counts)
    pieces[bent] = _pieces(bends, ends, tolerance)[bent]
    start, step = counted(pieces)
    t = step / pieces[start]
    leaving, entering = _tangents(chords, ends, counts)
    chord, leave, enter = chords[start], leaving[start], entering[start]
    curve = line[start] + t * (leave + t * (3 * chord - 2 * leave - enter + t * (leave + enter - 2 * chord)))
    positions = counted(counts)[1][start] + t
    return Curves(curve, positions, np.add.reduceat(pieces, ends - counts))


def smooth_one(points: Floats, tolerance: float = 0.25) -> tuple[Floats, Floats]:
    """A round curve through the points (n, 2) of one stroke: its points (m, 2), and their positions (m,)."""
    curve = smooth(complexes(points), np.array([len(points)]), tolerance)
    return pairs(curve.line), curve.positions


def _pieces(bends: Floats, ends: Indices, tolerance: float) -> Indices:
    """Into how many pieces the step from each point to the next is divided; 1 for the last point of a stroke."""
    at_end = np.append(bends[1:], 0.0)
    bend = np.maximum(bends, at_end)
    pieces: Indices = np.ceil(np.sqrt(bend / (8 * tolerance))).astype(np.intp).clip(1, MOST_PIECES)
    pieces[ends - 1] = 1
    return pieces


def _tangents(chords: Complexes, ends: Indices, counts: Indices) -> tuple[Complexes, Complexes]:
    """For the step from each point to the next: the derivatives of its cubic at its start and its end.

    Of strokes of less than three points, and of last points, they are of no use.
    """
    knots = np.sqrt(np.maximum(lengths_of(chords), TINY))
    speeds = chords / knots
    inner = np.zeros_like(chords)
    inner[:-1] = speeds[:-1] + speeds[1:] - (chords[:-1] + chords[1:]) / (knots[:-1] + knots[1:])
    leaving, entering = np.zeros_like(chords), inner.copy()
    leaving[1:] = inner[:-1]
    long = counts > 2
    firsts, lasts = (ends - counts)[long], (ends - 2)[long]
    leaving[firsts] = (3 * speeds[firsts] - inner[firsts]) / 2
    entering[lasts] = (3 * speeds[lasts] - inner[lasts - 1]) / 2
    return leaving * knots, entering * knots


def along(values: Floats, curves: Curves, counts: Indices) -> Floats:
    """Values at the points of strokes of `counts` points each, carried along their curves; linear between points."""
    first = np.repeat(np.cumsum(counts) - counts, curves.counts)
    before = np.floor(curves.positions).astype(np.intp)
    start = first + before
    after = np.minimum(start + 1, len(values) - 1)
    carried: Floats = (values[after] - values[start]) * (curves.positions - before) + values[start]
    return carried
