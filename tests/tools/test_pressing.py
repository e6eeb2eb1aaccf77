"""Pressure from speed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peer.tools.pressing import FIRST, LEAST, USUAL, Pressing


def dragged(speed: float, rate: float, seconds: float = 1.0) -> float:
    """The pressure at the end of a steady move of so many pixels a second, reported so many times a second."""
    pressing = Pressing(0.0)
    for n in range(1, round(seconds * rate) + 1):
        pressing.move(speed / rate, n / rate)
    return pressing.pressure


def test_the_faster_the_less() -> None:
    found = [dragged(speed, 125) for speed in (50, 200, 800, 3000)]
    assert found == sorted(found, reverse=True)
    assert found[0] > 0.9
    assert found[2] == pytest.approx(LEAST + (1 - LEAST) * USUAL / (USUAL + 800), abs=0.02)
    assert found[3] < 0.4


@pytest.mark.parametrize("speed", [100, 800, 3000])
def test_how_often_a_device_reports_does_not_matter(speed: float) -> None:
    assert dragged(speed, 60) == pytest.approx(dragged(speed, 1000), abs=0.03)


@pytest.mark.parametrize("burst", [2, 8, 16])
def test_events_that_come_in_bursts_count_as_what_they_are_together(burst: int) -> None:
    """1,000 reports a second with a clock that ticks every `burst` milliseconds."""
    pressing = Pressing(0.0)
    for n in range(1, 1001):
        pressing.move(0.8, n // burst * burst / 1000)
    assert pressing.pressure == pytest.approx(dragged(800, 1000), abs=0.08)


def test_a_rest_is_forgotten() -> None:
    pressing = Pressing(0.0)
    for n in range(1, 100):
        pressing.move(24, n / 125)
    pressing.move(3, 60.0)
    for n in range(1, 100):
        pressing.move(0.8, 60 + n / 125)
    assert pressing.pressure == pytest.approx(dragged(100, 125), abs=0.05)


def test_a_line_does_not_get_thin_at_once() -> None:
    pressing = Pressing(0.0)
    assert FIRST - pressing.move(2.0, 0.0005) < 0.1


def test_a_hand_at_rest_keeps_its_pressure() -> None:
    pressing = Pressing(5.0)
    assert pressing.move(0.0, 5.0) == pressing.move(0.0, 9.0) == FIRST


@given(st.lists(st.tuples(st.floats(0, 1e9), st.floats(-1e9, 1e9)), max_size=50))
def test_whatever_clocks_and_distances_say_it_is_a_pressure(moves: list[tuple[float, float]]) -> None:
    pressing = Pressing(0.0)
    for distance, time in moves:
        assert LEAST <= pressing.move(distance, time) <= 1
