"""Geometry against slow, plain definitions of the same things."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from p2psketch.curves import smooth_one as smooth
from p2psketch.geometry import (
    IDENTITY,
    Affine,
    Floats,
    Point,
    Rect,
    apply,
    bounds_of,
    compose,
    inverse,
    resampled,
    translation,
)
from p2psketch.touching import distance_to_polyline, polyline_hits
from tests.core.lines import random_walk

coordinates = st.integers(-640, 640).map(lambda sixteenth: sixteenth / 16)
points = st.tuples(coordinates, coordinates)
polylines = st.lists(points, min_size=1, max_size=12).map(lambda line: np.array(line, dtype=np.float64))
rects = st.tuples(points, points).map(lambda pair: Rect(*np.sort(np.array(pair), axis=0).ravel()))


class TestRect:
    def test_measures(self) -> None:
        rect = Rect(1, 2, 4, 10)
        assert (rect.width, rect.height, rect.centre) == (3, 8, (2.5, 6))

    def test_touching_borders_intersect(self) -> None:
        assert Rect(0, 0, 1, 1).intersects(Rect(1, 1, 2, 2))
        assert not Rect(0, 0, 1, 1).intersects(Rect(1.01, 0, 2, 1))
        assert not Rect(0, 0, 1, 1).intersects(Rect(0, 1.01, 1, 2))

    def test_borders_are_inside(self) -> None:
        rect = Rect(0, 0, 2, 1)
        assert rect.contains((0, 0)) and rect.contains((2, 1)) and rect.contains((1, 0.5))
        assert not rect.contains((2.1, 0.5)) and not rect.contains((1, -0.1))

    def test_padded(self) -> None:
        assert Rect(0, 1, 2, 3).padded(0.5) == Rect(-0.5, 0.5, 2.5, 3.5)

    @given(rects, rects, points)
    def test_union_contains_what_either_does_and_intersection_is_symmetric(
        self, one: Rect, two: Rect, point: Point
    ) -> None:
        both = one.union(two)
        assert both == two.union(one)
        assert both.contains(point) or not (one.contains(point) or two.contains(point))
        assert one.intersects(two) == two.intersects(one)
        assert one.intersects(two) or not (one.contains(point) and two.contains(point))

    def test_bounds(self) -> None:
        assert bounds_of([(1, 5), (-2, 7), (0, 6)]) == Rect(-2, 5, 1, 7)
        assert bounds_of(np.array([[3.0, 4.0]])) == Rect(3, 4, 3, 4)
        assert bounds_of([]) is None
        assert bounds_of(np.empty((0, 2))) is None


class TestAffine:
    factors = st.integers(-32, 32).map(lambda quarter: quarter / 4)
    affines = st.tuples(factors, factors, factors, factors, factors, factors)

    def test_the_order_of_the_six_numbers(self) -> None:
        assert apply((2, 3, 5, 7, 11, 13), np.array([[1.0, 10.0]])).tolist() == [[2 + 50 + 11, 3 + 70 + 13]]

    def test_identity_and_translation(self) -> None:
        line = np.array([[1.0, 2.0], [3.0, 4.0]])
        assert apply(IDENTITY, line).tolist() == line.tolist()
        assert apply(translation(10, -1), line).tolist() == [[11, 1], [13, 3]]

    @given(affines, affines, polylines)
    def test_compose_is_one_after_the_other(self, outer: Affine, inner: Affine, line: Floats) -> None:
        assert apply(compose(outer, inner), line) == pytest.approx(apply(outer, apply(inner, line)))

    @given(affines, polylines)
    def test_inverse_undoes(self, affine: Affine, line: Floats) -> None:
        if affine[0] * affine[3] == affine[1] * affine[2]:
            with pytest.raises(ValueError, match="flattens"):
                inverse(affine)
        else:
            assert apply(inverse(affine), apply(affine, line)) == pytest.approx(line, abs=1e-6)


def gap_to_segment(point: Point, start: Point, end: Point) -> float:
    """The textbook definition, one segment at a time."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length2 = dx * dx + dy * dy
    along = ((point[0] - start[0]) * dx + (point[1] - start[1]) * dy) / length2 if length2 else 0.0
    along = max(0.0, min(1.0, along))
    return math.dist(point, (start[0] + along * dx, start[1] + along * dy))


def cross(origin: Point, one: Point, two: Point) -> float:
    return (one[0] - origin[0]) * (two[1] - origin[1]) - (one[1] - origin[1]) * (two[0] - origin[0])


def gap_between_segments(one: tuple[Point, Point], two: tuple[Point, Point]) -> float:
    (a, b), (c, d) = one, two
    if cross(a, b, c) * cross(a, b, d) < 0 and cross(c, d, a) * cross(c, d, b) < 0:
        return 0.0
    return min(gap_to_segment(a, c, d), gap_to_segment(b, c, d), gap_to_segment(c, a, b), gap_to_segment(d, a, b))


def segments(line: Floats) -> list[tuple[Point, Point]]:
    vertices = [(float(x), float(y)) for x, y in line]
    return list(pairwise(vertices)) or [(vertices[0], vertices[0])]


class TestDistances:
    @given(points, polylines)
    def test_distance_is_the_least_of_the_segments(self, point: Point, line: Floats) -> None:
        least = min(gap_to_segment(point, *segment) for segment in segments(line))
        assert distance_to_polyline(point, line) == pytest.approx(least, abs=1e-9)

    def test_a_point_and_a_repeated_point(self) -> None:
        assert distance_to_polyline((3, 4), np.array([[0.0, 0.0]])) == 5
        assert distance_to_polyline((3, 4), np.array([[0.0, 0.0], [0.0, 0.0]])) == 5

    @given(polylines, points, points, st.integers(0, 320).map(lambda sixteenth: sixteenth / 16))
    def test_hits_are_those_of_the_exact_distance(self, line: Floats, start: Point, end: Point, radius: float) -> None:
        exact = min(gap_between_segments((start, end), segment) for segment in segments(line))
        if abs(exact - radius) > 1e-9 or radius == 0:
            assert polyline_hits(line, start, end, radius + 1e-12) == (exact <= radius + 1e-12)

    def test_crossing_in_the_middle_is_a_hit_with_no_radius(self) -> None:
        line = np.array([[0.0, 0.0], [100.0, 0.0]])
        assert polyline_hits(line, (50, -50), (50, 50), 0)
        assert polyline_hits(line, (100, 0), (150, 50), 0)
        assert not polyline_hits(line, (101, -50), (101, 50), 0.5)
        assert not polyline_hits(line, (120, 0), (150, 0), 19)
        assert not polyline_hits(line, (50, 60), (50, 90), 59)

    def test_an_eraser_that_stands_still(self) -> None:
        line = np.array([[0.0, 0.0], [100.0, 0.0]])
        assert polyline_hits(line, (50, 3), (50, 3), 3)
        assert not polyline_hits(line, (50, 3), (50, 3), 2.9)

    def test_parallel_and_collinear(self) -> None:
        line = np.array([[0.0, 0.0], [100.0, 0.0]])
        assert polyline_hits(line, (20, 0), (30, 0), 0)
        assert polyline_hits(line, (-50, 2), (150, 2), 2)
        assert not polyline_hits(line, (-50, 2), (150, 2), 1.9)


class TestSmooth:
    @given(polylines)
    def test_passes_through_every_point(self, line: Floats) -> None:
        curve, positions = smooth(line)
        assert len(curve) == len(positions)
        assert (np.diff(positions) > 0).all()
        at = np.flatnonzero(positions == np.floor(positions))
        assert positions[at].tolist() == list(range(len(line)))
        assert curve[at] == pytest.approx(line, abs=1e-9)

    @given(polylines)
    def test_stays_near(self, line: Floats) -> None:
        curve, _ = smooth(line)
        longest = float(np.hypot(*np.diff(line, axis=0).T).max(initial=0))
        assert max(distance_to_polyline((x, y), line) for x, y in curve.tolist()) <= longest / 2 + 1e-9

    def test_a_fast_circle_looks_round(self) -> None:
        turn = np.linspace(0, 2 * math.pi, 13)
        line = 50 * np.stack((np.cos(turn), np.sin(turn)), axis=1)
        curve, _ = smooth(line)
        middles = (curve[1:] + curve[:-1]) / 2
        sag = 50 - 50 * math.cos(math.pi / 12)
        assert np.abs(np.hypot(*middles.T) - 50)[6:-6].max() < sag / 2
        headings = np.unwrap(np.arctan2(*np.diff(curve, axis=0).T))
        assert np.abs(np.diff(headings)).max() < math.radians(20)

    def test_finer_on_demand(self) -> None:
        line = random_walk(2, 0.5, step=20)
        assert len(smooth(line, 0.02)[0]) > len(smooth(line, 0.25)[0]) > len(line)

    def test_dense_or_straight_input_is_left_alone(self) -> None:
        line = random_walk(1, 0.1, step=1)
        assert smooth(line)[0].tolist() == line.tolist()
        straight = np.array([[0.0, 0.0], [100.0, 0.0], [200.0, 0.0]])
        assert smooth(straight)[0].tolist() == straight.tolist()

    def test_repeated_points_and_uneven_steps_give_no_loops(self) -> None:
        line = np.array([[0.0, 0.0], [0.0, 0.0], [100.0, 0.0], [101.0, 1.0], [101.0, 1.0], [101.0, 100.0]])
        curve, _ = smooth(line)
        assert np.isfinite(curve).all()
        assert (np.diff(curve @ (1, 1)) >= -1e-9).all()

    def test_radii_come_along(self) -> None:
        line = np.array([[0.0, 0.0], [40.0, 30.0], [0.0, 60.0]])
        curve, positions = smooth(line)
        radii = resampled(np.array([1.0, 3.0, 2.0]), positions)
        assert len(radii) == len(curve) > 3
        assert (radii[0], radii.max(), radii[-1]) == (1, 3, 2)
