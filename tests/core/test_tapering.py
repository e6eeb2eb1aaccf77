"""The ends of strokes with pressure."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from p2psketch.geometry import Floats
from p2psketch.outlining import outlines
from p2psketch.tapering import DOT, LENGTH, SHORT, TIP, tapered
from p2psketch.touching import distance_to_polyline

WIDTH = 8.0
coordinates = st.integers(-1600, 1600).map(lambda sixteenth: sixteenth / 16)
lines = st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=40).map(lambda line: np.array(line))


def full(line: Floats) -> tuple[Floats, Floats, Floats]:
    return line, np.full(len(line), WIDTH / 2), np.arange(len(line), dtype=np.float64)


def straight(length: float, step: float = 2.0) -> Floats:
    return np.stack((np.arange(0, length + step / 2, step), np.zeros(round(length / step) + 1)), axis=1)


def test_both_ends_get_thinner_and_what_is_between_stays() -> None:
    curve, radii, _ = tapered(*full(straight(200)), WIDTH)
    near = np.minimum(curve[:, 0], 200 - curve[:, 0])
    assert radii[0] == radii[-1] == pytest.approx(TIP * WIDTH / 2)
    assert (radii[near >= LENGTH * WIDTH] == WIDTH / 2).all()
    assert (np.diff(radii[: len(radii) // 2]) >= 0).all()


def test_a_long_straight_edge_is_thin_at_its_end_and_not_all_along() -> None:
    curve, radii, positions = tapered(*full(np.array([[0.0, 0.0], [1000.0, 0.0]])), WIDTH)
    assert np.interp(500, curve[:, 0], radii) == WIDTH / 2
    assert np.interp(LENGTH * WIDTH, curve[:, 0], radii) == pytest.approx(WIDTH / 2)
    assert radii[0] == pytest.approx(TIP * WIDTH / 2)
    assert positions == pytest.approx(curve[:, 0] / 1000)


def test_a_part_of_a_stroke_has_only_the_ends_that_are_the_strokes() -> None:
    line = straight(200)
    assert tapered(*full(line), WIDTH, first=False)[1][0] == WIDTH / 2
    assert tapered(*full(line), WIDTH, last=False)[1][-1] == WIDTH / 2


def test_a_point_is_a_dot_that_can_be_seen_however_lightly_it_was_put_down() -> None:
    point = np.array([[5.0, 7.0]])
    _, radii, _ = tapered(point, np.array([0.2]), np.array([0.0]), WIDTH)
    assert radii.tolist() == [DOT * WIDTH / 2]
    _, radii, _ = tapered(point, np.array([3.9]), np.array([0.0]), WIDTH)
    assert radii.tolist() == [3.9]


@pytest.mark.parametrize("length", [0.0, 0.5, 2.0, 8.0, 39.0, 41.0])
def test_the_shorter_a_stroke_the_less_thin_are_its_ends(length: float) -> None:
    _, radii, _ = tapered(*full(np.array([[0.0, 0.0], [length, 0.0]])), WIDTH)
    share = min(length / (SHORT * WIDTH), 1)
    assert radii.min() == pytest.approx(max(WIDTH / 2 * (1 - (1 - TIP) * share), 0))
    assert radii.max() == pytest.approx(WIDTH / 2)


@given(lines)
def test_the_curve_stays_where_it_is(line: Floats) -> None:
    curve, radii, positions = tapered(*full(line), WIDTH)
    assert len(curve) == len(radii) == len(positions)
    assert (np.diff(positions) >= 0).all()
    at = np.searchsorted(positions, np.arange(len(line)))
    assert (positions[at] == np.arange(len(line))).all(), "every point that was drawn is still there"
    assert curve[at] == pytest.approx(line)
    assert max(distance_to_polyline((x, y), line) for x, y in curve.tolist()) < 1e-9
    assert ((radii > 0) & (radii <= WIDTH / 2)).all()
    assert np.isfinite(outlines([(curve, radii)])[0]).all()


@given(lines, st.integers(0, 39))
def test_the_beginning_does_not_know_how_the_stroke_goes_on(rest: Floats, cut: int) -> None:
    """As long as it is no longer short: then the draft of a stroke and the stroke look the same there."""
    line = np.concatenate((straight(SHORT * WIDTH, 8), rest))
    part = line[: 6 + cut]
    long, short = tapered(*full(line), WIDTH), tapered(*full(part), WIDTH, last=False)
    steps = np.hypot(*np.diff(long[0], axis=0).T)
    near = np.concatenate(([0.0], np.cumsum(steps))) < LENGTH * WIDTH
    for one, other in zip(long, short, strict=True):
        assert one[near] == pytest.approx(other[: near.sum()])


def test_it_is_the_same_far_out() -> None:
    near, far = tapered(*full(straight(200)), WIDTH), tapered(*full(straight(200) + 4e6), WIDTH)
    assert near[1] == pytest.approx(far[1], abs=1e-6)
    assert math.dist(near[0][-1], far[0][-1] - 4e6) < 1e-6
