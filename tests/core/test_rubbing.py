"""Where an eraser touches strokes: compared with many points of them, tried one by one."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from p2psketch.geometry import Floats, Point
from p2psketch.rubbing import Brushed, rubbed

TRIED = 41
"""Points of each segment that are tried."""

coordinates = st.integers(-40, 40).map(lambda n: n / 2)
points = st.tuples(coordinates, coordinates)


@st.composite
def brushed(draw: st.DrawFn) -> Brushed:
    """A stroke, with repeated points and sudden pressure."""
    line = draw(st.lists(points, min_size=1, max_size=6))
    radii = draw(st.lists(st.integers(0, 12).map(lambda n: n / 2), min_size=len(line), max_size=len(line)))
    return straight(*line, radii=radii)


def straight(*line: Point, radii: list[float]) -> Brushed:
    """A stroke whose positions are those of its points, from 3 on."""
    return Brushed(np.array(line, dtype=float), np.array(radii, dtype=float), np.arange(3.0, 3 + len(line)))


def gap(stroke: Brushed, at: float, start: Point, end: Point) -> float:
    """How far the disc of the brush is from the segment that the middle of the eraser takes; negative: over it."""
    x, y, radius = (float(np.interp(at, stroke.positions, v)) for v in (*stroke.line.T, stroke.radii))
    along, length2 = (end[0] - start[0], end[1] - start[1]), math.dist(start, end) ** 2
    share = ((x - start[0]) * along[0] + (y - start[1]) * along[1]) / length2 if length2 else 0.0
    share = min(max(share, 0.0), 1.0)
    return math.dist((x, y), (start[0] + share * along[0], start[1] + share * along[1])) - radius


def tried(stroke: Brushed) -> Floats:
    return np.linspace(stroke.positions[0], stroke.positions[-1], (len(stroke.positions) - 1) * TRIED + 1)


def is_steep(stroke: Brushed, at: float) -> bool:
    """Is it on a segment along which the brush grows faster than it moves? There the larger disc counts all along."""
    number = min(int(at - stroke.positions[0]), len(stroke.line) - 2)
    if number < 0:
        return False
    return any(
        abs(stroke.radii[n + 1] - stroke.radii[n]) > 0.99 * math.dist(stroke.line[n], stroke.line[n + 1])
        for n in (number - (at == stroke.positions[number] and number > 0), number)
    )


@given(st.lists(brushed(), min_size=1, max_size=4), points, points, st.integers(0, 10).map(lambda n: n / 2))
def test_what_is_within_reach_is_found_and_nothing_else(
    strokes: list[Brushed], start: Point, end: Point, radius: float
) -> None:
    for stroke, ranges in zip(strokes, rubbed(strokes, start, end, radius), strict=True):
        assert all(begin <= finish for begin, finish in ranges)
        assert all(one[1] < other[0] for one, other in pairwise(ranges))
        for at in tried(stroke).tolist():
            inside = any(begin - 1e-9 <= at <= finish + 1e-9 for begin, finish in ranges)
            away = gap(stroke, at, start, end) - radius
            if away < -1e-6:
                assert inside
            elif away > 1e-6 and not is_steep(stroke, at):
                assert not inside


def test_the_edges_are_where_the_ink_meets_the_eraser() -> None:
    line = straight((-100, 0), (100, 0), radii=[2, 2])
    [[(begin, end)]] = rubbed([line], (0, -50), (0, 50), 8)
    assert (begin, end) == pytest.approx((3 + 90 / 200, 3 + 110 / 200))
    [[(begin, end)]] = rubbed([line], (0, 6), (0, 6), 8)
    assert (end - begin) * 200 == pytest.approx(2 * 8)


def test_it_runs_along_a_stroke_and_past_its_ends() -> None:
    line = straight((-100, 0), (-20, 0), (100, 0), radii=[2, 2, 2])
    assert rubbed([line], (-500, 5), (500, 5), 8) == [[(3, 5)]]
    assert rubbed([line], (-500, 11), (500, 11), 8) == [[]]
    [[(begin, end)]] = rubbed([line], (50, 0), (500, 0), 8)
    assert (begin, end) == pytest.approx((4 + 60 / 120, 5))


def test_a_stroke_that_comes_back_is_met_more_than_once() -> None:
    zigzag = straight(*[(10.0 * (n % 2), 30.0 * n) for n in range(9)], radii=[1.0] * 9)
    [ranges] = rubbed([zigzag], (10, -50), (10, 300), 3)
    assert len(ranges) == 4
    assert [round(end + begin) / 2 for begin, end in ranges] == [4, 6, 8, 10]


def test_a_dot_is_met_or_not() -> None:
    dot = straight((5, 5), radii=[2])
    assert rubbed([dot, dot], (14, 5), (14, 5), 7) == [[(3, 3)], [(3, 3)]]
    assert rubbed([dot], (14.1, 5), (20, 5), 7) == [[]]
    assert rubbed([], (0, 0), (1, 1), 5) == []


def test_far_out_it_is_as_exact() -> None:
    far = 1e7
    line = straight((far - 100, -far), (far + 100, -far), radii=[2, 2])
    [[(begin, end)]] = rubbed([line], (far, -far - 50), (far, -far + 50), 8)
    assert ((begin - 3) * 200, (end - 3) * 200) == pytest.approx((90, 110), abs=1e-6)
