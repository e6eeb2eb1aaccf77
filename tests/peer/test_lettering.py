"""Letters as strokes."""

import pytest

from peer.lettering import curve, write


def test_what_is_written_is_as_wide_as_its_letters_and_the_gaps() -> None:
    one, _ = write("a")
    two, strokes = write("aa")
    assert two > 2 * one
    assert max(x for path in strokes for x, _ in path) <= two + 1


def test_letters_follow_each_other_from_left_to_right() -> None:
    _, together = write("on")
    _, first = write("o")
    assert together[: len(first)] == first
    assert min(x for path in together[len(first) :] for x, _ in path) > max(x for path in first for x, _ in path)


def test_nothing_is_nothing() -> None:
    assert write("") == (0.0, [])


def test_a_letter_that_nobody_taught_it() -> None:
    with pytest.raises(KeyError):
        write("Ж")


def test_a_curve_goes_through_its_points() -> None:
    through = [(0.0, 0.0), (10.0, 5.0), (20.0, -5.0)]
    made = curve(through, pieces=4)
    assert made[::4] == through
