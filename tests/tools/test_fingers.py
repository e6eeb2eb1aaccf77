"""Fingers, told as places and times: what they draw, move and tap, and when they are a palm."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peer.tools.fingers import CHANGE_OF_MIND, PALM, SLOP, TAP, Fingers, Place


@dataclass
class Screen:
    """Stands for the canvas: writes down what is asked of it."""

    draws: bool = True
    said: list[Any] = field(default_factory=list)

    def press(self, at: Place) -> None:
        self.said.append(("press", at))

    def move(self, at: Place) -> None:
        self.said.append(("move", at))

    def release(self, at: Place) -> None:
        self.said.append(("release", at))

    def cancel(self) -> None:
        self.said.append("cancel")

    def drag(self, was: Place, at: Place, factor: float) -> None:
        self.said.append(("drag", was, at, factor))

    def glide(self, speed: Place) -> None:
        self.said.append(("glide", speed))

    def tap(self, fingers: int) -> None:
        self.said.append(("tap", fingers))

    def take(self) -> list[Any]:
        said, self.said = self.said, []
        return said


@pytest.fixture
def screen() -> Screen:
    return Screen()


@pytest.fixture
def fingers(screen: Screen) -> Fingers:
    return Fingers(screen)


@pytest.fixture
def with_pen(fingers: Fingers) -> Fingers:
    """A pen was here, and is away."""
    fingers.pen(-10.0, down=False)
    return fingers


# One


def test_one_finger_is_a_mouse(fingers: Fingers, screen: Screen) -> None:
    fingers.begin(1, (5, 5), 0.0)
    fingers.move({1: (9, 9)}, 0.1)
    fingers.end(1, (9, 9), 0.2)
    assert screen.take() == [("press", (5, 5)), ("move", (9, 9)), ("release", (9, 9))]


def test_after_a_pen_it_moves_the_board_once_it_has_come_far_enough(with_pen: Fingers, screen: Screen) -> None:
    with_pen.begin(1, (50, 50), 0.0)
    with_pen.move({1: (50 + SLOP, 50)}, 0.1)
    assert screen.take() == []
    with_pen.move({1: (70, 50)}, 0.2)
    assert screen.take() == [("drag", (50 + SLOP, 50), (70, 50), 1.0)]


def test_with_the_hand_it_moves_the_board_too(screen: Screen) -> None:
    screen.draws = False
    fingers = Fingers(screen)
    fingers.begin(1, (0, 0), 0.0)
    fingers.move({1: (20, 0)}, 0.1)
    assert screen.take() == [("drag", (0, 0), (20, 0), 1.0)]


# More


def test_a_second_finger_in_time_takes_back_what_the_first_drew(fingers: Fingers, screen: Screen) -> None:
    fingers.begin(1, (0, 0), 0.0)
    fingers.begin(2, (100, 0), CHANGE_OF_MIND / 2)
    assert screen.take() == [("press", (0, 0)), "cancel"]
    fingers.move({1: (0, 50), 2: (200, 50)}, 1.0)
    assert screen.take() == [("drag", (50, 0), (100, 50), 2.0)]


def test_later_it_is_kept(fingers: Fingers, screen: Screen) -> None:
    fingers.begin(1, (0, 0), 0.0)
    fingers.move({1: (300, 0)}, CHANGE_OF_MIND)
    fingers.begin(2, (100, 0), CHANGE_OF_MIND + 0.1)
    assert screen.take()[-1] == ("release", (300, 0))
    fingers.end(2, (100, 0), 5.0)
    fingers.move({1: (350, 0)}, 5.1)
    assert not [what for what in screen.take() if what[0] in ("press", "move", "release")]


@given(st.lists(st.tuples(*[st.integers(-300, 300)] * 4), min_size=1, max_size=9))
def test_what_is_under_each_of_two_fingers_stays_there(places: list[tuple[int, int, int, int]]) -> None:
    """While they stretch and push; turned they cannot be, so they stay level here."""
    screen = Screen(draws=False)
    fingers = Fingers(screen)
    first: dict[int, Place] = {1: (0.0, 0.0), 2: (100.0, 0.0)}
    for finger, at in first.items():
        fingers.begin(finger, at, 0.0)
    last = first
    for n, (x, y, apart, _) in enumerate([*places, (500, 500, 77, 0)], 1):
        last = {1: (x, y), 2: (x + 10 + abs(apart), y)}
        fingers.move(last, n)
    zoom, shift = 1.0, (0.0, 0.0)
    for _, was, at, factor in screen.take():
        shift = at[0] - (was[0] - shift[0]) * factor, at[1] - (was[1] - shift[1]) * factor
        zoom *= factor
    for finger, at in first.items():
        assert (at[0] * zoom + shift[0], at[1] * zoom + shift[1]) == pytest.approx(last[finger], abs=1e-6)


def test_fingers_that_come_and_go_make_no_jump(with_pen: Fingers, screen: Screen) -> None:
    with_pen.begin(1, (0, 0), 0.0)
    with_pen.move({1: (100, 0)}, 0.1)
    with_pen.begin(2, (300, 300), 0.2)
    with_pen.begin(3, (500, 100), 0.3)
    with_pen.move({1: (101, 0)}, 0.4)
    with_pen.end(3, (500, 100), 0.5)
    with_pen.end(1, (101, 0), 0.6)
    with_pen.move({2: (301, 300)}, 0.7)
    jumps = [(at[0] - was[0], at[1] - was[1], factor) for _, was, at, factor in screen.take()]
    assert all(abs(x) <= 100 and abs(y) <= 1 and 0.99 < factor < 1.01 for x, y, factor in jumps)
    assert sum(x for x, _, _ in jumps) == pytest.approx(100 + 1 / 3 + 1)


# Letting go


def test_a_board_let_go_of_while_it_moves_glides(with_pen: Fingers, screen: Screen) -> None:
    with_pen.begin(1, (0, 0), 0.0)
    for n in range(1, 21):
        with_pen.move({1: (10.0 * n, -5.0 * n)}, n / 100)
    screen.take()
    with_pen.end(1, (200, -100), 0.205)
    ((_, speed),) = [said for said in screen.take() if said[0] == "glide"]
    assert speed == pytest.approx((1000, -500), rel=0.1)


def test_a_board_that_was_held_still_stays(with_pen: Fingers, screen: Screen) -> None:
    with_pen.begin(1, (0, 0), 0.0)
    with_pen.move({1: (100, 0)}, 0.1)
    with_pen.end(1, (100, 0), 0.16)
    with_pen.begin(1, (0, 0), 1.0)
    with_pen.move({1: (100, 0)}, 1.1)
    with_pen.move({1: (100.5, 0)}, 1.19)
    with_pen.end(1, (100.5, 0), 1.21)
    assert not [said for said in screen.take() if said[0] == "glide"]


# Taps


@pytest.mark.parametrize("many", [2, 3, 4])
def test_fingers_that_touch_briefly_together_tap(fingers: Fingers, screen: Screen, many: int) -> None:
    for finger in range(many):
        fingers.begin(finger, (100.0 * finger, 0), 0.01 * finger)
    for finger in range(many):
        fingers.end(finger, (100.0 * finger + 2, 0), 0.1)
    assert screen.take() == [("press", (0, 0)), "cancel", ("tap", many)]


@pytest.mark.parametrize(("moved", "lasted"), [(SLOP + 5, 0.1), (0, TAP + 0.1)])
def test_what_moves_or_lasts_is_no_tap(fingers: Fingers, screen: Screen, moved: float, lasted: float) -> None:
    fingers.begin(1, (0, 0), 0.0)
    fingers.begin(2, (100, 0), 0.0)
    fingers.move({2: (100 + moved, 0)}, 0.05)
    fingers.end(1, (0, 0), lasted)
    fingers.end(2, (100 + moved, 0), lasted)
    assert "tap" not in [said[0] for said in screen.take()]


def test_one_finger_that_taps_after_a_pen_does_nothing(with_pen: Fingers, screen: Screen) -> None:
    with_pen.begin(1, (0, 0), 0.0)
    with_pen.end(1, (0, 0), 0.1)
    assert screen.take() == []


# Palms


def test_what_touches_while_the_pen_is_down_is_a_palm_until_all_of_it_is_lifted(
    fingers: Fingers, screen: Screen
) -> None:
    fingers.pen(0.0, down=True)
    fingers.begin(1, (0, 0), 60.0)
    fingers.pen(61.0, down=False)
    fingers.begin(2, (50, 0), 70.0)
    fingers.move({1: (200, 0), 2: (300, 0)}, 70.1)
    fingers.end(1, (200, 0), 70.2)
    fingers.end(2, (300, 0), 70.3)
    assert screen.take() == []
    fingers.begin(1, (0, 0), 71.0)
    fingers.move({1: (20, 0)}, 71.1)
    assert screen.take() == [("drag", (0, 0), (20, 0), 1.0)]


def test_so_is_what_touches_just_after_the_pen_was_near(fingers: Fingers, screen: Screen) -> None:
    fingers.pen(0.0, down=False)
    fingers.begin(1, (0, 0), PALM / 2)
    fingers.move({1: (200, 0)}, 5.0)
    fingers.end(1, (200, 0), 5.1)
    assert screen.take() == []


def test_a_finger_that_drew_before_the_first_pen_was_the_palm_of_its_hand(fingers: Fingers, screen: Screen) -> None:
    fingers.begin(1, (0, 0), 0.0)
    fingers.pen(0.2, down=False)
    fingers.move({1: (200, 0)}, 0.3)
    fingers.end(1, (200, 0), 9.0)
    assert screen.take() == [("press", (0, 0)), "cancel"]
    assert fingers.pen_seen


def test_the_pen_stops_what_fingers_do_to_the_board(with_pen: Fingers, screen: Screen) -> None:
    with_pen.begin(1, (0, 0), 0.0)
    with_pen.move({1: (100, 0)}, 0.1)
    screen.take()
    with_pen.pen(0.15, down=True)
    with_pen.move({1: (200, 0)}, 0.2)
    with_pen.end(1, (200, 0), 0.21)
    assert screen.take() == []


def test_taken_away_by_the_system_they_leave_nothing(fingers: Fingers, screen: Screen) -> None:
    fingers.begin(1, (0, 0), 0.0)
    fingers.cancel()
    fingers.cancel()
    fingers.move({1: (9, 9)}, 0.1)
    fingers.end(1, (9, 9), 0.2)
    assert screen.take() == [("press", (0, 0)), "cancel"]
    fingers.begin(1, (5, 5), 1.0)
    assert screen.take() == [("press", (5, 5))]
