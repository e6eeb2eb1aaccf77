"""Our own pointer: told often enough to be smooth, and no oftener."""

from p2psketch.drafting import EVERY
from p2psketch.messages import Presence
from p2psketch.pointing import RENEW_AFTER, Pointing
from p2psketch.presence import EXPIRES_AFTER
from tests.core.authors import ANN

VIEW = (0.0, 0.0, 800.0, 600.0)


def word(x: float) -> Presence:
    return Presence(ANN, (x, 0.0), VIEW, "pen")


GONE = Presence(ANN, None, None, "pen")
AWAY = Presence(ANN, None, VIEW, "pen")


def at(x: float, pointing: Pointing, now: float) -> Presence | None:
    return pointing.move((x, 0.0), VIEW, "pen", now)


def test_nothing_is_known_of_a_pointer_that_never_came() -> None:
    pointing = Pointing(ANN)
    assert (pointing.latest(), pointing.due(), pointing.due_word(9.0)) == (None, None, None)


def test_the_first_move_is_told_at_once() -> None:
    pointing = Pointing(ANN)
    assert at(1.0, pointing, 100.0) == word(1.0)
    assert pointing.latest() == word(1.0)


def test_of_many_moves_the_newest_is_told_when_it_is_time() -> None:
    pointing = Pointing(ANN)
    at(1.0, pointing, 100.0)
    assert at(2.0, pointing, 100.001) is None
    assert at(3.0, pointing, 100.002) is None
    assert pointing.due() == 100.0 + EVERY
    assert pointing.due_word(100.003) is None
    assert pointing.due_word(100.0 + EVERY) == word(3.0)
    assert pointing.due_word(100.0 + 2 * EVERY) is None


def test_a_move_after_a_rest_is_told_at_once() -> None:
    pointing = Pointing(ANN)
    at(1.0, pointing, 100.0)
    assert at(2.0, pointing, 100.0 + EVERY) == word(2.0)


def test_a_pointer_that_stands_still_is_not_told_again() -> None:
    pointing = Pointing(ANN)
    at(1.0, pointing, 100.0)
    assert at(1.0, pointing, 101.0) is None
    assert pointing.due_word(102.0) is None


def test_another_tool_is_told_like_a_move() -> None:
    pointing = Pointing(ANN)
    at(1.0, pointing, 100.0)
    assert pointing.move((1.0, 0.0), VIEW, "hand", 101.0) == Presence(ANN, (1.0, 0.0), VIEW, "hand")


def test_that_it_left_the_board_is_told_at_once() -> None:
    pointing = Pointing(ANN)
    at(1.0, pointing, 100.0)
    at(2.0, pointing, 100.001)
    assert pointing.move(None, None, "pen", 100.002) == GONE
    assert (pointing.latest(), pointing.due(), pointing.due_word(200.0)) == (None, None, None)


def test_what_is_seen_without_a_pointer_is_known_to_those_who_come_and_renewed() -> None:
    pointing = Pointing(ANN)
    at(1.0, pointing, 100.0)
    assert pointing.move(None, VIEW, "pen", 100.001) == AWAY
    assert pointing.latest() == AWAY
    assert pointing.due_word(100.001 + RENEW_AFTER) == AWAY


def test_a_view_that_moves_without_a_pointer_is_told_no_oftener_than_a_pointer() -> None:
    pointing = Pointing(ANN)
    pointing.move(None, VIEW, "pen", 100.0)
    assert pointing.move(None, (5.0, 0.0, 805.0, 600.0), "pen", 100.001) is None
    moved = Presence(ANN, None, (9.0, 0.0, 809.0, 600.0), "pen")
    assert pointing.move(None, moved.viewport, "pen", 100.002) is None
    assert pointing.due_word(100.0 + EVERY) == moved


def test_a_resting_pointer_is_renewed_before_the_others_forget_it() -> None:
    pointing = Pointing(ANN)
    at(1.0, pointing, 100.0)
    assert pointing.due() == 100.0 + RENEW_AFTER
    assert pointing.due_word(100.0 + RENEW_AFTER - 0.1) is None
    assert pointing.due_word(100.0 + RENEW_AFTER) == word(1.0)
    assert pointing.due() == 100.0 + 2 * RENEW_AFTER
    assert 2 * RENEW_AFTER < EXPIRES_AFTER
