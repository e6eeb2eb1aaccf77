"""Which of many polylines a segment comes near, beside the same asked of one after the other."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from p2psketch.touching import polyline_hits, touched

coordinates = st.integers(-40, 40).map(float)
points = st.tuples(coordinates, coordinates)
lines = st.lists(st.lists(points, min_size=1, max_size=5), min_size=1, max_size=5)


@given(lines, points, points, st.floats(0, 20))
def test_it_says_the_same_of_many_as_of_each(
    many: list[list[tuple[float, float]]], start: tuple[float, float], end: tuple[float, float], radius: float
) -> None:
    counts = np.array([len(line) for line in many])
    found = touched(np.concatenate([np.array(line) for line in many]), counts, np.full(len(many), radius), start, end)
    assert found.tolist() == [polyline_hits(np.array(line), start, end, radius) for line in many]


def test_each_has_its_own_reach() -> None:
    line = np.array([(0.0, 0.0), (10.0, 0.0)])
    found = touched(np.concatenate((line, line)), np.array([2, 2]), np.array([4.9, 5.1]), (5, 5), (5, 5))
    assert found.tolist() == [False, True]
