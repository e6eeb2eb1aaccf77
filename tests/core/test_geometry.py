"""Geometry against slow, plain definitions of the same things."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from p2psketch.curves import smooth_one as smooth
from p2psketch.geometry import (
    IDENTITY,
    TOLERANCE,
    Affine,
    Floats,
    Indices,
    Point,
    Rect,
    apply,
    bounds_of,
    compose,
    inverse,
    outline,
    outlines,
    resampled,
    translation,
)
from p2psketch.touching import distance_to_polyline, polyline_hits

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


def windings(polygon: Floats, at: Floats) -> Indices:
    """How often the closed `polygon` (m, 2) winds round each of the points `at` (k, 2)."""
    parts = np.array_split(at, len(at) // 100 + 1)  # small enough for a processor's cache
    turns: Indices = np.concatenate([_windings(polygon, part) for part in parts])
    return turns


def _windings(polygon: Floats, at: Floats) -> Indices:
    start, end = polygon, np.roll(polygon, -1, axis=0)
    x, y = at[:, :1], at[:, 1:]
    side = (end[:, 0] - start[:, 0]) * (y - start[:, 1]) - (x - start[:, 0]) * (end[:, 1] - start[:, 1])
    below, ends_below = start[:, 1] <= y, end[:, 1] <= y
    up = below & ~ends_below & (side > 0)
    down = ~below & ends_below & (side < 0)
    turns: Indices = up.sum(axis=1) - down.sum(axis=1)
    return turns


def discs_of(line: Floats, radii: Floats, between: int = 24) -> tuple[Floats, Floats]:
    """The brush at each point and at `between` places of each segment: their union is the ink, by definition."""
    places = np.linspace(0, len(line) - 1, (len(line) - 1) * between + 1)
    numbers = np.arange(len(line))
    xy = np.stack([np.interp(places, numbers, line[:, axis]) for axis in (0, 1)], axis=1)
    return xy, np.interp(places, numbers, radii)


def samples_inside(line: Floats, radii: Floats, short_of: float) -> Floats:
    """Points just inside the rims, and half-way to them, of all discs."""
    centres, widths = discs_of(line, radii)
    angles = np.linspace(0, 2 * math.pi, 17)[:-1] + 0.1
    rim = np.stack((np.cos(angles), np.sin(angles)), axis=1)
    inside = np.maximum(widths - short_of, 0)[:, None, None]
    return np.concatenate((centres[:, None] + inside * rim, centres[:, None] + inside / 2 * rim)).reshape(-1, 2)


def overshoot(polygon: Floats, line: Floats, radii: Floats) -> float:
    """How far the polygon's border gets from the ink, at its corners and between them."""
    following = np.roll(polygon, -1, axis=0)
    border = np.concatenate([polygon + share * (following - polygon) for share in (0, 0.25, 0.5, 0.75)])
    return float(np.min([gaps_to_segment(border, *ends) for ends in ends_of(line, radii)], axis=0).max())


Disc = tuple[Floats, float]
"""A centre and a radius."""


def ends_of(line: Floats, radii: Floats) -> list[tuple[Disc, Disc]]:
    discs = list(zip(line, radii.tolist(), strict=True))
    return list(pairwise(discs)) or [(discs[0], discs[0])]


def gaps_to_segment(at: Floats, begin: Disc, end: Disc) -> Floats:
    """How far points are from the nearest of all discs of a segment, whose radii change evenly from end to end.

    From a point x along and y aside the disc t along is hypot(t - x, y) - r(t) away. Where r grows by k < 1, that is
    least at t = x + k y / sqrt(1 - k²).
    """
    (start, radius), (stop, last) = begin, end
    length = math.dist(start, stop)
    if abs(last - radius) >= length:
        at_ends: Floats = np.minimum(np.hypot(*(at - start).T) - radius, np.hypot(*(at - stop).T) - last)
        return at_ends
    slope, direction = (last - radius) / length, (stop - start) / length
    along = (at - start) @ direction
    aside = np.abs((at - start) @ (-direction[1], direction[0]))
    nearest = np.clip(along + slope * aside / math.sqrt(1 - slope * slope), 0, length)
    gaps: Floats = np.hypot(nearest - along, aside) - (radius + slope * nearest)
    return gaps


def without_repeats(line: Floats, radii: Floats) -> tuple[Floats, Floats]:
    kept: list[tuple[list[float], float]] = []
    for point, radius in zip(line.tolist(), radii.tolist(), strict=True):
        if kept and kept[-1][0] == point:
            kept[-1] = (point, max(radius, kept[-1][1]))
        else:
            kept.append((point, radius))
    return np.array([point for point, _ in kept]), np.array([radius for _, radius in kept])


def check_outline(line: Floats, radii: Floats, tolerance: float = TOLERANCE) -> None:
    polygon = outline(line, radii, tolerance)
    line, radii = without_repeats(line, radii)
    assert polygon.ndim == 2 and polygon.shape[1] == 2 and polygon.flags.c_contiguous
    assert np.isfinite(polygon).all()
    inside = windings(polygon, samples_inside(line, radii, 1.5 * tolerance))
    assert (inside != 0).all(), f"{(inside == 0).mean():.1%} of the ink is missing"
    middle, spread = polygon.mean(axis=0), np.ptp(polygon, axis=0)
    around = middle + (np.random.default_rng(1).random((300, 2)) - 0.5) * (spread + 1)
    assert len(np.unique(np.sign([*inside, *windings(polygon, around)]))) <= 2, "parts that wind both ways cancel"
    assert overshoot(polygon, line, radii) <= 1.5 * tolerance


def random_walk(seed: int, noise: float, n: int = 60, step: float = 3.0, turn: float = 0.0) -> Floats:
    rng = np.random.default_rng(seed)
    heading = np.cumsum(rng.normal(turn, noise, n))
    return np.cumsum(step * np.stack((np.cos(heading), np.sin(heading)), axis=1), axis=0)


widths = st.integers(4, 320).map(lambda sixteenth: sixteenth / 16)
strokes = st.lists(st.tuples(points, widths), min_size=1, max_size=9).map(
    lambda rows: (np.array([row[0] for row in rows]), np.array([row[1] for row in rows]))
)
small = st.integers(-24, 24).map(lambda quarter: quarter / 4)
cramped = st.lists(st.tuples(st.tuples(small, small), widths), min_size=1, max_size=9).map(
    lambda rows: (np.array([row[0] for row in rows]), np.array([row[1] for row in rows]))
)


class TestOutline:
    @given(strokes)
    def test_covers_the_ink_and_no_more(self, stroke: tuple[Floats, Floats]) -> None:
        check_outline(*stroke)

    @given(cramped)
    @example((np.array([[0.0, 0.0], [3.0, 0.0], [0.0, 0.0]]), np.array([1.0, 9.0, 1.0])))
    @example((np.array([[0.0, 0.0], [3.0, 0.0], [6.0, 0.0]]), np.array([1.0, 9.0, 1.0])))
    @example((np.array([[0.0, 0.0], [3.0, 0.0], [6.0, 0.0]]), np.array([9.0, 1.0, 9.0])))
    def test_with_steps_shorter_than_the_brush(self, stroke: tuple[Floats, Floats]) -> None:
        check_outline(*stroke)

    @pytest.mark.parametrize("width", [0.5, 3, 16, 60])
    @pytest.mark.parametrize("noise", [0.05, 0.25, 1.0, 3.0])
    def test_walks(self, noise: float, width: float) -> None:
        check_outline(random_walk(7, noise), np.full(60, width / 2))

    @pytest.mark.parametrize("tolerance", [0.02, 0.5])
    @pytest.mark.parametrize("noise", [0.1, 1.0])
    def test_with_pressure_and_other_tolerances(self, noise: float, tolerance: float) -> None:
        check_outline(random_walk(3, noise), 2 + 1.5 * np.sin(np.arange(60) / 4), tolerance)

    def test_a_small_loop_of_a_thick_brush_has_no_hole(self) -> None:
        turn = np.linspace(0, 2 * math.pi, 40)
        check_outline(12 * np.stack((np.cos(turn), np.sin(turn)), axis=1), np.full(40, 20.0))

    @pytest.mark.parametrize("seed", range(5))
    @pytest.mark.parametrize("turn", [0.0, 0.2])
    @pytest.mark.parametrize("radius", [2.6, 5.5])
    def test_a_brush_much_thicker_than_the_steps_leaves_no_holes(self, radius: float, turn: float, seed: int) -> None:
        rng = np.random.default_rng(seed)
        line = random_walk(seed, 0.25, 40, 0.25, turn)
        polygon = outline(line, np.full(40, radius), 0.5)
        angle, depth = rng.random(4000) * 2 * math.pi, (radius - 0.75) * np.sqrt(rng.random(4000))
        at = line[rng.integers(0, 40, 4000)] + np.stack((depth * np.cos(angle), depth * np.sin(angle)), axis=1)
        assert (windings(polygon, at) != 0).all()

    @pytest.mark.parametrize("radius", [0.05, 1.5])
    def test_hairlines_and_lines_seen_from_afar_have_no_spikes(self, radius: float) -> None:
        line = np.array([[0.0, 0], [40, 0], [0, 0.5], [40, 1], [0, 1.25]])
        check_outline(line, np.full(5, radius), tolerance=2 * radius)

    def test_zigzags_and_retraced_lines(self) -> None:
        check_outline(np.array([[0.0, 0], [40, 0], [0, 2], [40, 4], [0, 6]]), np.full(5, 3.0))
        check_outline(np.array([[0.0, 0], [40, 0], [0, 0], [40, 0], [20, 0]]), np.full(5, 3.0))

    def test_a_point_is_a_circle(self) -> None:
        polygon = outline(np.array([[5.0, 7.0]]), np.array([4.0]))
        assert len(polygon) >= 8
        assert np.hypot(*(polygon - (5, 7)).T) == pytest.approx(4)
        check_outline(np.array([[5.0, 7.0]]), np.array([4.0]))

    def test_the_smallest_point_still_has_corners_enough(self) -> None:
        assert len(outline(np.array([[5.0, 7.0]]), np.array([0.05]))) >= 8

    def test_repeated_points_take_the_largest_radius(self) -> None:
        line = np.array([[0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [9.0, 0.0], [9.0, 0.0]])
        check_outline(line, np.array([1.0, 3.0, 2.0, 1.0, 2.0]))
        check_outline(np.zeros((4, 2)), np.array([1.0, 3.0, 2.0, 1.0]))

    def test_no_radius_and_nearly_equal_points_are_finite(self) -> None:
        assert np.isfinite(outline(random_walk(1, 1.0), np.zeros(60))).all()
        assert np.isfinite(outline(np.array([[0.0, 0.0], [1e-300, 0.0], [1e9, 1e9]]), np.array([1.0, 2.0, 1e6]))).all()

    def test_a_line_is_a_line(self) -> None:
        polygon = outline(np.array([[0.0, 0.0], [10.0, 0.0]]), np.array([2.0, 2.0]))
        assert bounds_of(polygon) == pytest.approx(Rect(-2, -2, 12, 2), abs=TOLERANCE)

    def test_coarser_means_fewer_points(self) -> None:
        line, radii = random_walk(1, 1.0), np.full(60, 8.0)
        assert len(outline(line, radii, 1.0)) < len(outline(line, radii, 0.05))

    def test_a_calm_stroke_costs_two_points_a_point(self) -> None:
        assert len(outline(random_walk(1, 0.25), np.full(60, 1.5))) < 140

    @given(st.lists(strokes, max_size=5))
    def test_many_at_once_are_each_alone(self, many: list[tuple[Floats, Floats]]) -> None:
        together = outlines(many)
        assert len(together) == len(many)
        for polygon, stroke in zip(together, many, strict=True):
            assert polygon == pytest.approx(outlines([stroke])[0], abs=1e-9)

    def test_the_quick_way_and_the_general_one_draw_the_same(self) -> None:
        line, radii = random_walk(1, 0.2), np.full(60, 1.5)
        quick, general = outline(line, radii), outlines([(line, radii)])[0]
        assert len(quick) == len(general)
        at = samples_inside(line, radii, 0) * 1.001
        assert (windings(quick, at) != windings(general, at)).mean() < 0.01


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
