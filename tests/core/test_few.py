"""Number by number, a stroke gets the curve, the ends and the outline that it gets with arrays."""

import cmath
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from p2psketch import few
from p2psketch.curves import smooth_one
from p2psketch.few import Line, Numbers
from p2psketch.geometry import Floats, pairs, resampled
from p2psketch.outlining import outline
from p2psketch.tapering import tapered

NEAR = 1e-9


class Drawn(NamedTuple):
    """Points, the pressure at each, and how wide the pen is."""

    points: list[tuple[float, float]]
    pressure: list[float]
    width: float

    @property
    def radii(self) -> list[float]:
        return [pressure * self.width / 2 for pressure in self.pressure]

    @property
    def line(self) -> Line:
        return [complex(x, y) for x, y in self.points]


def walked(steps: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Where those steps lead."""
    return [(x, y) for x, y in np.cumsum(np.array(steps), axis=0).tolist()]


sixteenths = st.integers(-1600, 1600).map(lambda sixteenth: sixteenth / 16)
far = st.lists(st.tuples(sixteenths, sixteenths), min_size=1, max_size=24)
whole = st.integers(-3, 3).map(float)
cramped = st.lists(st.tuples(whole, whole), min_size=1, max_size=24)
"""Sharp turns, repeated points, the same way back, and dots."""
small = st.integers(-20, 60).map(lambda sixteenth: sixteenth / 16)
calm = st.lists(st.tuples(small, small), min_size=1, max_size=40).map(walked)
straight = st.lists(st.integers(0, 40), min_size=1, max_size=24).map(
    lambda steps: walked([(step / 16, 0.0) for step in steps])
)
pressures = st.none() | st.lists(st.integers(0, 255).map(lambda step: step / 255), min_size=40, max_size=40)
strokes = st.builds(
    lambda points, pressure, width: Drawn(points, (pressure or [1.0] * len(points))[: len(points)], width),
    far | cramped | calm | straight,
    pressures,
    st.sampled_from((0.5, 2.0, 4.0, 9.0, 60.0, 300.0)),
)
tolerances = st.sampled_from((0.0125, 0.1, 0.25, 3.2))
DOT = Drawn([(1.0, 2.0)], [0.3], 4.0)
U_TURN = Drawn([(0.0, 0.0), (30.0, 0.0), (0.0, 0.0)], [1.0, 1.0, 1.0], 4.0)
STILL = Drawn([(5.0, 5.0)] * 3, [0.2, 0.9, 0.4], 60.0)


def same(found: Line, expected: Floats) -> bool:
    """Are these the same points?"""
    return len(found) == len(expected) and pairs(np.array(found)) == pytest.approx(expected, abs=NEAR)


def curve_of(drawn: Drawn, tolerance: float) -> tuple[Line, Numbers]:
    line, positions = few.smooth(drawn.line, tolerance)
    return line, few.along(drawn.radii, positions)


@given(strokes, tolerances)
@example(DOT, 0.1)
@example(U_TURN, 0.1)
@example(STILL, 0.1)
def test_curves(drawn: Drawn, tolerance: float) -> None:
    curve, positions = smooth_one(np.array(drawn.points), tolerance)
    line, where = few.smooth(drawn.line, tolerance)
    assert same(line, curve)
    assert where == pytest.approx(positions)
    assert few.along(drawn.radii, where) == pytest.approx(resampled(np.array(drawn.radii), positions), abs=NEAR)


@given(strokes, tolerances, st.booleans(), st.booleans())
@example(DOT, 0.1, True, True)
@example(STILL, 0.1, True, True)
def test_ends(drawn: Drawn, tolerance: float, first: bool, last: bool) -> None:
    line, radii = curve_of(drawn, tolerance)
    curve, sizes, _ = tapered(
        pairs(np.array(line)), np.array(radii), np.zeros(len(line)), drawn.width, first=first, last=last
    )
    line, radii = few.tapered(line, radii, drawn.width, first=first, last=last)
    assert same(line, curve)
    assert radii == pytest.approx(sizes, abs=NEAR)


@given(strokes, tolerances, st.booleans())
@example(DOT, 0.1, False)
@example(U_TURN, 0.1, False)
@example(STILL, 0.1, False)
def test_outlines(drawn: Drawn, tolerance: float, has_ends: bool) -> None:
    line, radii = curve_of(drawn, tolerance)
    if has_ends:
        line, radii = few.tapered(line, radii, drawn.width, first=True, last=True)
    assert same(few.outline(line, radii, tolerance), outline(pairs(np.array(line)), np.array(radii), tolerance))


turns = st.lists(st.tuples(st.integers(-9, 9), st.integers(1, 9)), min_size=2, max_size=24).map(
    lambda steps: [
        (place.real, place.imag)
        for place in np.cumsum([cmath.rect(length, turn / 10) for turn, length in steps]).tolist()
    ]
)
"""Bends of all angles that are mitred, and more."""
brushes = st.sampled_from((0.0, 0.5, 2.0, 2.25, 40.0))


@given(far | cramped | turns, st.data(), tolerances)
def test_outlines_of_lines_that_are_not_smooth(
    points: list[tuple[float, float]], data: st.DataObject, tolerance: float
) -> None:
    """Of a brush that grows as it likes, also to nothing, or that stays as it is."""
    alike = brushes.map(lambda radius: [radius] * len(points))
    radii = data.draw(alike | st.lists(brushes, min_size=len(points), max_size=len(points)))
    line = [complex(x, y) for x, y in points]
    assert same(few.outline(line, radii, tolerance), outline(np.array(points), np.array(radii), tolerance))


@given(strokes, tolerances)
def test_what_is_given_stays_as_it_is(drawn: Drawn, tolerance: float) -> None:
    line, radii = curve_of(drawn, tolerance)
    before = line.copy(), radii.copy()
    few.outline(*few.tapered(line, radii, drawn.width, first=True, last=True), tolerance)
    assert (line, radii) == before
