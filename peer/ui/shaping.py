"""The outlines of settled strokes, of many at once: for a fraction of the time of one after the other.

Rule: what comes out for a stroke is what `brush` makes of it alone, whatever others are there. Most strokes are whole
and where they were drawn, or moved: those lie end to end in one array all the way; others are made one by one.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from PyQt6.QtGui import QPolygonF

from p2psketch import ink
from p2psketch.curves import along, smooth
from p2psketch.document import Shape
from p2psketch.geometry import Floats, complexes
from p2psketch.outlining import outlines_together
from p2psketch.tapering import Tapering, tapered_together
from peer.ui import brush

Outline: TypeAlias = list[QPolygonF]
"""To be filled as one, in one colour."""

_MOVED = [1.0, 0.0, 0.0, 1.0]


def outlines_of(shapes: Sequence[Shape], level: int, scale: float | None = None) -> list[Outline]:
    """The outlines of visible strokes, as `brush.polygons` has them."""
    outlines: dict[int, Outline] = {}
    alike: dict[tuple[bool, bool], list[int]] = defaultdict(list)
    for number, shape in enumerate(shapes):
        if shape.cut or not _is_where_drawn(shape):
            outlines[number] = brush.polygons(brush.ribbons_of(shape, level), level, scale)
        else:
            pressed = shape.points is not None and ink.has_pressure(shape.points)
            alike[pressed, pressed and brush.has_ends(shape.width, brush.tolerance(level))].append(number)
    for (pressed, ended), numbers in alike.items():
        some = [shapes[number] for number in numbers]
        made = _polygons(some, level, scale, pressed=pressed, ended=ended)
        outlines.update(zip(numbers, ([polygon] for polygon in made), strict=True))
    return [outlines[number] for number in range(len(shapes))]


def _is_where_drawn(shape: Shape) -> bool:
    """Or moved, and neither turned nor stretched."""
    placement = shape.placement
    return placement is None or list(placement[:4]) == _MOVED


def _polygons(
    shapes: Sequence[Shape], level: int, scale: float | None, *, pressed: bool, ended: bool
) -> list[QPolygonF]:
    """Of strokes that all have pressure or not, and thinner ends or not."""
    inks = [shape.points for shape in shapes if shape.points is not None]
    widths = np.array([shape.width for shape in shapes], dtype=np.float64)
    points, counts = ink.decode_all(inks)
    curves = smooth(complexes(points), counts, brush.tolerance(level))
    line, counted = curves.line, curves.counts
    if pressed:
        radii = along(brush.pressed(np.repeat(widths, counts), ink.pressures(inks, counts)), curves, counts)
        if ended:
            whole = np.ones(len(shapes), dtype=np.bool_)
            curve = Tapering(curves.line, radii, curves.positions, curves.counts)
            line, radii, _, counted = tapered_together(curve, widths, whole, whole)
    else:
        radii = np.repeat(widths / 2, counted)
    corners, ends = outlines_together(line, radii, counted, brush.tolerance(level))
    _move(corners, ends, shapes)
    return brush.cut_out(corners, ends, scale)


def _move(corners: Floats, ends: Sequence[int], shapes: Sequence[Shape]) -> None:
    """Bring the outlines of shapes, corners (n, 2) that end at `ends`, to where they were moved."""
    placements = [shape.placement for shape in shapes]
    if any(placement is not None for placement in placements):
        shifts = np.array([(0, 0) if placement is None else placement[4:] for placement in placements])
        corners += np.repeat(shifts, np.diff([0, *ends]), axis=0)
