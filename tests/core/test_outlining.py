"""The outlines of strokes cover the ink, and no more, whatever it does."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from p2psketch.geometry import TOLERANCE, Floats, Indices, Rect, bounds_of
from p2psketch.outlining import outline, outlines
from tests.core.lines import random_walk

coordinates = st.integers(-640, 640).map(lambda sixteenth: sixteenth / 16)
points = st.tuples(coordinates, coordinates)


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


widths = st.integers(4, 320).map(lambda sixteenth: sixteenth / 16)
strokes = st.lists(st.tuples(points, widths), min_size=1, max_size=9).map(
    lambda rows: (np.array([row[0] for row in rows]), np.array([row[1] for row in rows]))
)
small = st.integers(-24, 24).map(lambda quarter: quarter / 4)
cramped = st.lists(st.tuples(st.tuples(small, small), widths), min_size=1, max_size=9).map(
    lambda rows: (np.array([row[0] for row in rows]), np.array([row[1] for row in rows]))
)
walks = st.builds(
    lambda seed, width: (random_walk(seed, 0.2), np.full(60, width / 2)),
    st.integers(0, 99),
    st.sampled_from((1.0, 3.0)),
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

    @given(st.lists(strokes | walks, max_size=5))
    def test_many_at_once_are_each_alone(self, many: list[tuple[Floats, Floats]]) -> None:
        together = outlines(many)
        assert len(together) == len(many)
        for polygon, stroke in zip(together, many, strict=True):
            assert polygon == pytest.approx(outlines([stroke])[0], abs=1e-9)
