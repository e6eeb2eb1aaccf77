"""Ribbons as plain numbers, for strokes that are being drawn: in a frame little of them is new.

Rule: what is made here is what `brush` makes, by one of two roads: few points number by number (`p2psketch.few`), many
with arrays. Which of them it is nobody can see.
"""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import chain, pairwise
from typing import Final, NamedTuple

import numpy as np
from PyQt6.QtGui import QPolygonF

from p2psketch import few
from p2psketch.curves import along, smooth
from p2psketch.few import Line, Numbers
from p2psketch.geometry import Affine, Floats, Rect, apply, complexes, pairs
from peer.ui import brush
from peer.ui.brush import Ribbon

_FEW: Final = 128
"""Points that are made a curve sooner number by number."""

_FEW_OUTLINED: Final = 128
"""Points of curves whose outlines are made sooner number by number."""


class Strand(NamedTuple):
    """A part of a stroke before it is an outline: a `brush.Ribbon` as lists, without positions."""

    line: Line
    radii: Numbers
    placement: Affine | None = None

    @property
    def ribbon(self) -> Ribbon:
        """As arrays. Positions count its own points."""
        line = pairs(np.array(self.line))
        return Ribbon(line, np.array(self.radii), np.arange(len(line), dtype=np.float64), self.placement)

    @property
    def bounds(self) -> Rect:
        """What its ink covers, on the board; with pressure or a placement, perhaps a little more."""
        if self.placement is not None:
            return self.ribbon.bounds
        x, y, reach = [point.real for point in self.line], [point.imag for point in self.line], max(self.radii)
        return Rect(min(x) - reach, min(y) - reach, max(x) + reach, max(y) + reach)


class Drawn(NamedTuple):
    """Neighbouring points of a stroke as they were drawn, with their pressure, if there is any."""

    points: Line
    pressure: Numbers | None
    width: float
    placement: Affine | None


class Course(NamedTuple):
    """The curve through points that were drawn, and its radii, as if it had no ends; `positions` count the points."""

    line: Line
    radii: Numbers
    positions: Numbers
    placement: Affine | None

    def between(self, stops: Sequence[int]) -> list[Strand]:
        """The parts from each of these points to the next."""
        ends = [bisect_left(self.positions, stop) for stop in stops]
        return [
            Strand(self.line[start : end + 1], self.radii[start : end + 1], self.placement)
            for start, end in pairwise(ends)
        ]


def courses(parts: Sequence[Drawn], level: int) -> list[Course]:
    """The curves through the points of parts of strokes."""
    if sum(len(part.points) for part in parts) <= _FEW:
        return [_course(part, level) for part in parts]
    plain = [part for part in parts if part.placement is None]
    made = iter(_plain(plain, level)) if plain else iter(())
    return [next(made) if part.placement is None else _placed(part, level) for part in parts]


def _course(part: Drawn, level: int) -> Course:
    line, positions = few.smooth(part.points, brush.precision_of(level, part.placement))
    if part.pressure is None:
        return Course(line, [part.width / 2] * len(line), positions, part.placement)
    half, least = part.width / 2, brush.LIGHTEST
    radii = [(least + (1 - least) * pressure) * half for pressure in part.pressure]
    dense = len(line) == len(radii)
    return Course(line, radii if dense else few.along(radii, positions), positions, part.placement)


def _plain(parts: Sequence[Drawn], level: int) -> list[Course]:
    """Of at least one part, none of them placed."""
    counts = np.array([len(part.points) for part in parts])
    curves = smooth(np.array([point for part in parts for point in part.points]), counts, brush.tolerance(level))
    sizes = np.concatenate([_radii(part) for part in parts])
    line, radii, positions = curves.line.tolist(), along(sizes, curves, counts).tolist(), curves.positions.tolist()
    each = [slice(start, end) for start, end in pairwise([0, *np.cumsum(curves.counts).tolist()])]
    return [Course(line[part], radii[part], positions[part], None) for part in each]


def _radii(part: Drawn) -> Floats:
    pressure = None if part.pressure is None else np.array(part.pressure)
    return brush.radii(part.width, pressure, len(part.points))


def _placed(part: Drawn, level: int) -> Course:
    pressure = None if part.pressure is None else np.array(part.pressure)
    whole = brush.bare(pairs(np.array(part.points)), pressure, part.width, level, part.placement)
    return Course(complexes(whole.curve).tolist(), whole.radii.tolist(), whole.positions.tolist(), part.placement)


def with_ends(part: Strand, width: float, level: int, *, first: bool, last: bool) -> Strand:
    """A strand with the ends that a stroke with pressure has; `first`, `last`: which of its ends are the stroke's."""
    line, radii, placement = part
    if not brush.has_ends(width, brush.precision_of(level, placement)):
        return part
    if len(line) <= _FEW:
        return Strand(*few.tapered(line, radii, width, first=first, last=last), placement)
    return strand_of(brush.with_ends(part.ribbon, width, level, first=first, last=last))


def joined(parts: Sequence[Strand]) -> Strand:
    """One strand of parts of it that follow each other."""
    if len(parts) == 1:
        return parts[0]
    line, radii, placement = parts[0]
    return Strand(
        [*line, *chain.from_iterable(part.line[1:] for part in parts[1:])],
        [*radii, *chain.from_iterable(part.radii[1:] for part in parts[1:])],
        placement,
    )


def strand_of(ribbon: Ribbon) -> Strand:
    """A ribbon as lists."""
    return Strand(complexes(ribbon.curve).tolist(), ribbon.radii.tolist(), ribbon.placement)


def polygons(parts: Sequence[Strand], level: int) -> list[QPolygonF]:
    """The outlines of strands on the board, to be filled by the winding rule."""
    if sum(len(part.line) for part in parts) > _FEW_OUTLINED:
        return brush.polygons([part.ribbon for part in parts], level)
    return [_polygon(part, level) for part in parts]


def _polygon(part: Strand, level: int) -> QPolygonF:
    corners = pairs(np.array(few.outline(part.line, part.radii, brush.precision_of(level, part.placement))))
    return brush.to_polygon(corners if part.placement is None else apply(part.placement, corners))
