"""Which eraser is in hand."""

import pytest

from peer.tools.rubber import SIZES, Rubber


@pytest.fixture
def rubber() -> Rubber:
    return Rubber(width=16.0)


def test_a_rubber_tells_of_changes_and_only_of_those(rubber: Rubber) -> None:
    told: list[tuple[bool, float]] = []
    rubber.watch(lambda: told.append((rubber.parts, rubber.width)))
    rubber.parts = False
    rubber.parts = True
    rubber.width = 16.0
    rubber.width = 9.0
    assert told == [(True, 16.0), (True, 9.0)]


def test_a_rubber_steps_through_the_sizes_on_offer(rubber: Rubber) -> None:
    rubber.width = 14.0
    for step, size in ((1, 32.0), (1, 64.0), (1, 64.0), (-1, 32.0), (-1, 16.0), (-1, 8.0), (-1, 8.0)):
        rubber.step(step)
        assert rubber.width == size
    assert rubber.radius == SIZES[0] / 2


def test_who_has_left_is_told_nothing(rubber: Rubber) -> None:
    told: list[str] = []
    stays, goes = (lambda: told.append("stays")), (lambda: told.append("goes"))
    rubber.watch(stays)
    rubber.watch(goes)
    rubber.unwatch(goes)
    rubber.width = 9.0
    assert told == ["stays"]
