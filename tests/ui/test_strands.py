"""Ribbons as plain numbers: the same ink by either road."""

import math

import numpy as np
import pytest

from p2psketch.geometry import Affine, Rect, complexes
from peer.ui import brush, strands
from peer.ui.brush import Ribbon
from peer.ui.strands import Course, Drawn, Strand

NUMBER_BY_NUMBER, ARRAYS = 10**9, 0
TURNED: Affine = (0.5, 1.5, -1.5, 0.5, 1e5, 20.0)


@pytest.fixture(params=[NUMBER_BY_NUMBER, ARRAYS])
def _road(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    take(monkeypatch, request.param)


def take(monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    """Make up to so many points number by number."""
    monkeypatch.setattr(strands, "_FEW", few)
    monkeypatch.setattr(strands, "_FEW_OUTLINED", few)


def scribble(seed: int, many: int = 30, *, pressed: bool = True, placement: Affine | None = None) -> Drawn:
    rng = np.random.default_rng(seed)
    points = np.rint(np.cumsum(rng.normal(0, 12, (many, 2)), axis=0) * 16) / 16
    return Drawn(complexes(points).tolist(), rng.random(many).tolist() if pressed else None, 7.0, placement)


def ribbon_of(drawn: Drawn, level: int, *, ends: bool) -> Ribbon:
    points = np.array([(point.real, point.imag) for point in drawn.points])
    pressure = None if drawn.pressure is None else np.array(drawn.pressure)
    made = brush.ribbon if ends else brush.bare
    return made(points, pressure, drawn.width, level, drawn.placement)


def check(strand: Strand | Course, ribbon: Ribbon) -> None:
    assert np.array(strand.line) == pytest.approx(complexes(ribbon.curve), abs=1e-9)
    assert strand.radii == pytest.approx(ribbon.radii.tolist(), abs=1e-9)
    assert strand.placement == ribbon.placement


DRAWN = [
    scribble(1),
    scribble(2, pressed=False),
    scribble(3, placement=TURNED),
    scribble(4, pressed=False, placement=TURNED),
    scribble(5, 1),
    scribble(6, 2),
    scribble(7, 300),
]


@pytest.mark.usefixtures("_road")
@pytest.mark.parametrize("level", [-3, 0, 5])
def test_courses_are_bare_ribbons(level: int) -> None:
    for drawn, course in zip(DRAWN, strands.courses(DRAWN, level), strict=True):
        ribbon = ribbon_of(drawn, level, ends=False)
        check(course, ribbon)
        assert course.positions == pytest.approx(ribbon.positions.tolist(), abs=1e-9)


@pytest.mark.usefixtures("_road")
@pytest.mark.parametrize("level", [-3, 0, 5])
def test_with_ends_they_are_whole_ribbons(level: int) -> None:
    for drawn in DRAWN:
        (course,) = strands.courses([drawn], level)
        (whole,) = course.between([0, max(len(drawn.points) - 1, 0)])
        if drawn.pressure is not None:
            whole = strands.with_ends(whole, drawn.width, level, first=True, last=True)
        check(whole, ribbon_of(drawn, level, ends=True))


@pytest.mark.usefixtures("_road")
def test_parts_joined_are_the_whole() -> None:
    (course,) = strands.courses([scribble(1)], 0)
    (whole,) = course.between([0, 29])
    parts = course.between([0, 7, 8, 20, 29])
    assert [part.line[-1] for part in parts[:-1]] == [part.line[0] for part in parts[1:]]
    assert strands.joined(parts) == whole
    assert strands.joined([whole]) is whole


@pytest.mark.parametrize("drawn", DRAWN[:4])
def test_bounds_are_those_of_the_ribbon(drawn: Drawn) -> None:
    whole = strands.strand_of(ribbon_of(drawn, 0, ends=True))
    assert whole.bounds == pytest.approx(ribbon_of(drawn, 0, ends=True).bounds)


def test_as_arrays_it_is_as_before() -> None:
    whole = Strand([0j, 3 + 4j], [1.0, 2.0])
    assert strands.strand_of(whole.ribbon) == whole
    assert whole.bounds == Rect(-2, -2, 5, 6)


@pytest.mark.parametrize("level", [-3, 0, 5])
def test_outlines_are_the_same_to_the_last_step_that_qt_counts_in(level: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of strokes and of cut-off parts of them, placed or not, many at once."""
    parts = []
    for drawn in DRAWN:
        (course,) = strands.courses([drawn], level)
        ends = len(drawn.points) - 1
        parts += course.between([0, ends] if ends < 9 else [0, 5, ends])
    outlines = []
    for few in (NUMBER_BY_NUMBER, ARRAYS):
        take(monkeypatch, few)
        outlines.append(strands.polygons(parts, level))
    for one, other in zip(*outlines, strict=True):
        assert len(one) == len(other)
        for at in range(len(one)):
            assert math.dist((one[at].x(), one[at].y()), (other[at].x(), other[at].y())) < 1e-9
    assert [len(outline) > 0 for outline in outlines[0]] == [True] * len(parts)


def test_nothing_has_no_outlines() -> None:
    assert strands.polygons([], 0) == []
    assert strands.courses([], 0) == []
