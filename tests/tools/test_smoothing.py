"""The smoothing of strokes."""

import math
import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peer.tools import smoothing
from peer.tools.smoothing import REACH, Smoother, reach_of

Places = list[tuple[float, float]]

places = st.lists(
    st.tuples(st.integers(-400, 400), st.integers(-400, 400)).map(lambda at: (at[0] / 4, at[1] / 4)), min_size=1
)


def smoothed(line: Places, reach: float) -> Places:
    smoother = Smoother(reach)
    last = line[0]
    for place in line:
        smoother.add(*place, math.dist(last, place), None)
        last = place
    firm, tip = smoother.take()
    return [(x, y) for x, y, _ in firm + tip]


def test_off_is_off() -> None:
    line = [(0.0, 0.0), (5.0, 1.0), (5.0, 1.0), (4.0, 9.0)]
    assert smoothed(line, reach_of(0)) == line
    assert reach_of(1) == REACH


@given(places, st.floats(0, 60))
def test_it_begins_and_ends_where_the_pen_does(line: Places, reach: float) -> None:
    found = smoothed(line, reach)
    assert len(found) == len(line)
    assert found[0] == pytest.approx(line[0], abs=1e-6)
    assert found[-1] == pytest.approx(line[-1], abs=1e-6)


@given(places, st.floats(0, 60))
def test_what_is_firm_stays_and_the_rest_is_the_tip(line: Places, reach: float) -> None:
    """At every moment what was taken and the tip are the stroke as it is if it ends now."""
    smoother = Smoother(reach)
    taken: Places = []
    last = line[0]
    for number, place in enumerate(line, 1):
        smoother.add(*place, math.dist(last, place), None)
        last = place
        firm, tip = smoother.take()
        taken += [(x, y) for x, y, _ in firm]
        assert taken + [(x, y) for x, y, _ in tip] == smoothed(line[:number], reach)


@given(places, st.floats(0.1, 60))
def test_no_point_goes_further_than_it_may(line: Places, reach: float) -> None:
    for was, found in zip(line, smoothed(line, reach), strict=True):
        assert math.dist(was, found) <= reach


def test_straight_lines_stay_straight_and_in_place() -> None:
    line = [(n * n / 9, -n * n / 3) for n in range(30)]
    assert [at for at, _ in pairwise(smoothed(line, 20))] == [pytest.approx(at, abs=1e-9) for at, _ in pairwise(line)]


def test_the_staircase_of_whole_pixels_becomes_a_line() -> None:
    stairs: Places = [(float(x), float(round(x * 0.23))) for x in range(200)]
    off = [abs(y - 0.23 * x) for x, y in smoothed(stairs, 12)[30:-30]]
    assert max(off) < 0.16 < max(abs(y - 0.23 * x) for x, y in stairs)


def test_tremor_is_halved_and_more() -> None:
    rng = random.Random(1)
    line = [(n * 2.0, rng.gauss(0, 1)) for n in range(400)]
    left = smoothed(line, 20)[40:-40]
    assert sum(y * y for _, y in left) < sum(y * y for _, y in line[40:-40]) / 4


def test_small_letters_keep_their_size() -> None:
    circle = [(9 * math.cos(n / 6), 9 * math.sin(n / 6)) for n in range(120)]
    for x, y in smoothed(circle, 12)[20:-20]:
        assert math.hypot(x, y) == pytest.approx(9, rel=0.03)


def test_a_sharp_corner_stays_sharp() -> None:
    corner = [(float(n), 0.0) for n in range(50)] + [(50.0 - n, 0.0) for n in range(50)]
    assert max(x for x, _ in smoothed(corner, 12)) == pytest.approx(50, abs=12 / 5)


def test_how_often_a_device_reports_does_not_matter() -> None:
    path = [(n / 10, 20 * math.sin(n / 300)) for n in range(3000)]
    often, seldom = smoothed(path[::4], 15), smoothed(path[::40], 15)
    for at, (x, y) in zip(range(0, len(often), 10), seldom, strict=True):
        assert (x, y) == pytest.approx(often[at], abs=0.15)


def test_the_pressure_stays_with_its_point() -> None:
    smoother = Smoother(10)
    for n in range(5):
        smoother.add(n * 20.0, 0.0, 20.0, n / 4)
    firm, tip = smoother.take()
    assert [pressure for _, _, pressure in firm + tip] == [0, 0.25, 0.5, 0.75, 1]


@given(places, st.floats(0, 60))
def test_one_by_one_points_go_where_many_at_once_go(line: Places, reach: float) -> None:
    found = []
    for few in (0, len(line)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(smoothing, "_FEW", few)
            found.append([complex(*place) for place in smoothed(line, reach)])
    assert found[0] == pytest.approx(found[1], abs=1e-9)
