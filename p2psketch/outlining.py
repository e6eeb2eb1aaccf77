"""The outlines of strokes: polygons to be filled by the non-zero rule, of many strokes at once.

Rule: pure functions of numbers, like `geometry`; strokes lie end to end in one array of complex numbers, and what comes
out for one does not depend on which others are there.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from p2psketch.geometry import (
    TOLERANCE,
    Complexes,
    Flags,
    Floats,
    Indices,
    complexes,
    counted,
    lengths_of,
    pairs,
    product,
)

MOST_ARC_PIECES = 64
"""Of half a turn."""

WIDEST_ARC_STEP = 1.1
U_TURN = math.pi - 1e-6
"""Who turns by more turns round."""

NEAR = 1e-6
"""Points that are no farther from each other are one."""

TINY = 1e-30
"""What is divided by is no less than this."""


def outline(points: Floats, radii: Floats, tolerance: float = TOLERANCE) -> Floats:
    """The polygon (m, 2) around a round brush of `radii` (n,) >= 0 pulled along `points` (n >= 1, 2).

    Closed, to be filled by the non-zero rule: it overlaps itself, but always winds the same way round, so no overlap
    becomes a hole. It is the union of all discs and of the hulls of neighbouring ones (of repeated points the largest
    counts), within `tolerance` (radii of more than 300 pixels: within 0.03 %). The tolerance is in pixels of the
    board: when zoomed out, pass a larger one.
    """
    return outlines([(points, radii)], tolerance)[0]


def outlines(strokes: Sequence[tuple[Floats, Floats]], tolerance: float = TOLERANCE) -> list[Floats]:
    """`outline` of many strokes (points, radii) at once, for a fraction of the time; the polygons share one array."""
    if not strokes:
        return []
    line = np.concatenate([complexes(points) for points, _ in strokes])
    radii = np.concatenate([np.asarray(radii, dtype=np.float64) for _, radii in strokes])
    corners, ends = outlines_together(line, radii, np.array([len(points) for points, _ in strokes]), tolerance)
    return [corners[start:end] for start, end in pairwise([0, *ends])]


def outlines_together(
    line: Complexes, radii: Floats, counts: Indices, tolerance: float = TOLERANCE
) -> tuple[Floats, list[int]]:
    """The outlines of at least one stroke, of `counts` points each, end to end (n, 2), and where each ends."""
    line, radii, counts = _distinct(line, radii, counts)
    edges = _edges(line, radii, counts)
    asides, sharp = _mitres(edges, radii, counts, tolerance)
    stops = _walk(counts)
    corners = line[stops.points] + stops.sides * asides[stops.points]
    sizes = np.ones(len(corners), dtype=np.intp)
    rough = np.flatnonzero(sharp[stops.points])
    joins = _joins(rough, stops, edges, np.cumsum(counts))
    spokes, pieces = _spokes(joins, line[joins.points], radii[joins.points], tolerance)
    sizes[rough] = pieces + 1
    corners = np.repeat(corners, sizes)
    corners[np.repeat(sharp[stops.points], sizes)] = spokes
    ends: list[int] = np.cumsum(np.add.reduceat(sizes, stops.firsts)).tolist()
    return pairs(corners), ends


class _Edges(NamedTuple):
    """From each point to the next; those from last points are of no use.

    An edge leans by asin(growth / length), so that the sides drawn along it touch the discs at both its ends; a disc
    that lies within the next one has no sides.
    """

    directions: Complexes
    lengths: Floats
    growths: Floats
    leans: Floats


def _edges(line: Complexes, radii: Floats, counts: Indices) -> _Edges:
    lasts = np.cumsum(counts) - 1
    steps, growths = np.empty_like(line), np.empty_like(radii)
    steps[:-1], growths[:-1] = line[1:] - line[:-1], radii[1:] - radii[:-1]
    steps[lasts], growths[lasts] = 1, 0
    lengths = lengths_of(steps)
    lengths[lasts] = np.inf
    still = lengths < NEAR
    if still.any():  # a single point
        steps[still], lengths[still] = 1, 1
    return _Edges(steps / lengths, lengths, growths, np.minimum(np.maximum(growths / lengths, -1), 1))


def _mitres(edges: _Edges, radii: Floats, counts: Indices, tolerance: float) -> tuple[Complexes, Flags]:
    """From each point to where the sides of its two edges meet on its left (on its right, the other way); and where
    that would show, because a turn, a growth or a step is too sharp, or a stroke ends.
    """
    ends = np.cumsum(counts)
    both = np.empty_like(edges.directions)
    both[1:] = edges.directions[1:] + edges.directions[:-1]
    both[0] = 0
    reach = both.real**2 + both.imag**2
    room = edges.lengths.copy()
    np.minimum(room[1:], edges.lengths[:-1], out=room[1:])
    fine = _mitred(4 - reach, radii, room, tolerance)
    grown = edges.growths**2
    if grown.any():
        calm = grown * (radii + np.abs(edges.growths)) <= tolerance * edges.lengths**2
        fine &= calm
        fine[1:] &= calm[:-1]
    fine[ends - counts] = fine[ends - 1] = False
    return both * (2j * radii / np.maximum(reach, 1)), ~fine


def _mitred(chord2: Floats, radii: Floats, room: Floats, tolerance: float) -> Flags:
    """Whether normals whose difference squared is `chord2` may share one point of the outline, a mitre.

    On the outer side it must not stick out by more than the tolerance, on the inner eat no more than half an edge.
    """
    flags: Flags = (chord2 <= 1) & (chord2 * radii <= 8 * tolerance) & (4 * chord2 * radii * radii <= room * room)
    return flags


class _Stops(NamedTuple):
    """Closed walks to the end of each stroke and back: at which point they come by, on which side of it (1 is left,
    -1 right, which is left on the way back), and where each walk begins.
    """

    points: Indices
    sides: Floats
    firsts: Indices


def _walk(counts: Indices) -> _Stops:
    stroke, number = counted(2 * counts - 2)
    turn = (counts - 1)[stroke]
    points = (np.cumsum(counts) - counts)[stroke] + turn - np.abs(turn - number - 1)
    return _Stops(points, np.where(number < turn, 1.0, -1.0), np.cumsum(2 * counts - 2) - (2 * counts - 2))


class _Joins(NamedTuple):
    """At a point, on the way out or back: by which edge one comes and goes, as one walks there."""

    points: Indices
    coming: Complexes
    going: Complexes
    coming_leans: Floats
    going_leans: Floats


def _joins(which: Indices, stops: _Stops, edges: _Edges, ends: Indices) -> _Joins:
    points, sides = stops.points[which], stops.sides[which]
    out = sides > 0
    at_end = np.zeros(len(edges.leans), dtype=np.bool_)
    at_end[ends - 1] = True
    at_start = np.roll(at_end, 1)
    before, after = np.maximum(points - 1, 0), points
    coming = np.where(out, before, after)
    going = np.where(out, np.where(at_end[points], before, after), np.where(at_start[points], after, before))
    way = np.where(at_end[points] | at_start[points], -sides, sides)  # at an end one turns round
    return _Joins(
        points,
        sides * edges.directions[coming],
        way * edges.directions[going],
        sides * edges.leans[coming],
        way * edges.leans[going],
    )


def _spokes(joins: _Joins, centres: Complexes, radii: Floats, tolerance: float) -> tuple[Complexes, Indices]:
    """The points of joins that are not mitred, and the number of pieces of each (points less one).

    A join is an arc where the sides part (the ends of a stroke are arcs like any other); or a detour over the centre
    where they overlap, which splits the polygon into a positive quad for each edge and a positive sector for each arc,
    so that nothing is ever subtracted.
    """
    normals = product(joins.coming, 1j * np.sqrt(1 - joins.coming_leans**2) - joins.coming_leans)
    angles = np.angle(product(joins.going, joins.coming.conj()))
    angles[angles > U_TURN] = -math.pi
    angles += np.arcsin(joins.going_leans) - np.arcsin(joins.coming_leans)
    detour = angles > 0
    pieces = np.where(detour, 2, np.maximum(np.ceil(-angles / _arc_step(radii, tolerance)), 1)).astype(np.intp)
    join, number = counted(pieces + 1)
    spokes = product((radii * normals)[join], np.exp((1j * angles / pieces)[join] * number))
    spokes[detour[join] & (number == 1)] = 0
    return spokes + centres[join], pieces


def _distinct(line: Complexes, radii: Floats, counts: Indices) -> tuple[Complexes, Floats, Indices]:
    """Strokes of `counts` points, end to end, without repeated points; of a run of them the largest radius counts.

    What is a single point then is doubled, so that every stroke has an edge.
    """
    steps = np.empty_like(line)
    steps[1:] = line[1:] - line[:-1]
    steps[np.cumsum(counts) - counts] = 1
    moved = steps.real**2 + steps.imag**2 > NEAR * NEAR
    if moved.all() and counts.min() > 1:
        return line, radii, counts
    kept = np.flatnonzero(moved)
    owner = np.repeat(np.arange(len(counts)), counts)[kept]
    left = np.bincount(owner)
    copies = np.where(left == 1, 2, 1)[owner]
    return np.repeat(line[kept], copies), np.repeat(np.maximum.reduceat(radii, kept), copies), np.maximum(left, 2)


def _arc_step(radii: Floats, tolerance: float) -> Floats:
    """Angles whose arcs and chords are within `tolerance` of each other."""
    steps = np.sqrt(8 * tolerance / np.maximum(radii, TINY))
    return np.maximum(np.minimum(steps, WIDEST_ARC_STEP), math.pi / MOST_ARC_PIECES)
