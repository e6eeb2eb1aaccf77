"""Cuts of strokes: what may stand in one, what several take away together, and what is left."""

from itertools import pairwise, permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p2psketch.cuts import FARTHEST, MOST_RANGES, UNIT, bounded, check, cut_of, is_whole, left, name_of, union
from p2psketch.ids import OpId, PeerId
from p2psketch.ink import MAX_POINTS
from p2psketch.shapes import MAX_FIELD_NAME

FIFTH = UNIT // 5
"""Cuts in the tests begin and end at fifths of a step, so that many of them touch."""


@st.composite
def made(draw: st.DrawFn, points: int = 8) -> list[int]:
    """A cut."""
    places = draw(st.sets(st.integers(0, 5 * points), min_size=2, max_size=8))
    return sorted(place * FIFTH for place in places)[: len(places) // 2 * 2]


def removed(cut: Any, at: float) -> bool:
    """The definition: is `at`, in points, within a range?"""
    return any(cut[n] <= at * UNIT <= cut[n + 1] for n in range(0, len(cut), 2))


# What may stand in one


@pytest.mark.parametrize(
    "value",
    [None, [0, 1], [0, FARTHEST], [0, 1, 2, 3], list(range(2 * MOST_RANGES))],
)
def test_a_cut_is_ranges_in_order(value: Any) -> None:
    assert check(value)


@pytest.mark.parametrize(
    "value",
    [
        [],
        [0],
        [0, 1, 2],
        [1, 1],
        [1, 0],
        [0, 2, 2, 3],
        [0, 2, 1, 3],
        [-1, 1],
        [0, FARTHEST + 1],
        [0.0, 1.0],
        [0, 1.5],
        [False, True],
        [0, None],
        [[0, 1]],
        list(range(2 * MOST_RANGES + 2)),
        (0, 1),
        {0: 1},
        b"\0\1",
        "01",
        5,
        True,
    ],
)
def test_nothing_else_is(value: Any) -> None:
    assert not check(value)


def test_its_name_fits_and_is_that_of_one_gesture_of_one_launch() -> None:
    ann, ben = PeerId(b"a" * 32), PeerId(b"b" * 32)
    names = {name_of(OpId(peer, seq)) for peer in (ann, ben) for seq in (1, 2, 2**53)}
    assert len(names) == 6
    assert all(len(name) <= MAX_FIELD_NAME and name.isascii() for name in names)
    assert name_of(OpId(ann, 7)) == "cut/YWFhYWFhYWFh/7"


# What several take away


@given(st.lists(made(), min_size=1, max_size=4), st.floats(0, 8))
def test_the_union_takes_away_what_any_of_them_does(several: list[list[int]], at: float) -> None:
    joined = union(several)
    assert removed(joined, at) == any(removed(cut, at) for cut in several)
    assert check(list(joined))


@given(st.lists(made(), min_size=1, max_size=4))
def test_in_any_order_and_any_number_of_times_it_is_the_same(several: list[list[int]]) -> None:
    assert {union(order) for order in permutations(several)} == {union(several)}
    assert union([union(several[:1]), union(several[1:]), *several]) == union(several)


def test_ranges_that_touch_are_one() -> None:
    assert union([[0, 5], [5, 9], [10, 12]]) == (0, 9, 10, 12)


# What is left


@given(made(), st.integers(2, 9), st.floats(0, 8))
def test_what_is_left_is_what_was_not_taken(cut: list[int], count: int, at: float) -> None:
    pieces = left(cut, count)
    assert all(0 <= begin < end <= count - 1 for begin, end in pieces)
    assert all(one[1] < other[0] for one, other in pairwise(pieces))
    inside = any(begin < at < end for begin, end in pieces)
    edge = any(at * UNIT == place for place in cut) or at in (0, count - 1)
    assert edge or inside == (at < count - 1 and not removed(cut, at))
    assert is_whole(union([cut]), count) == (not pieces)


@pytest.mark.parametrize(("cut", "whole"), [([0, 1], True), ([0, FARTHEST], True), ([1, 5], False)])
def test_a_dot_is_there_or_gone(cut: list[int], whole: bool) -> None:
    assert is_whole(cut, 1) == whole
    assert left(cut, 1) == ([] if whole else [(0.0, 0.0)])


def test_a_cut_past_the_end_takes_the_end() -> None:
    assert left([UNIT, FARTHEST], 3) == [(0, 1)]
    assert left([5 * UNIT, 6 * UNIT], 3) == [(0, 2)]
    assert is_whole([0, FARTHEST], MAX_POINTS)
    assert not is_whole((), 3)


# Making one


@given(st.lists(st.tuples(st.floats(0, 9), st.floats(0, 3)), min_size=1, max_size=9), st.floats(0, 12))
def test_a_cut_takes_no_less_than_its_ranges_and_hardly_more(found: list[tuple[float, float]], at: float) -> None:
    ranges = [(begin, begin + length) for begin, length in found]
    cut = cut_of(ranges)
    assert check(list(cut))
    if any(begin <= at <= end for begin, end in ranges):
        assert removed(cut, at)
    if not any(begin - 2 / UNIT <= at <= end + 2 / UNIT for begin, end in ranges):
        assert not removed(cut, at)


def test_at_the_ends_of_the_longest_stroke_it_can_still_be_kept() -> None:
    last = MAX_POINTS - 1
    assert check(list(cut_of([(-1.0, 0.0), (last, last), (FARTHEST, FARTHEST)])))


def test_of_more_ranges_than_it_can_have_it_closes_the_narrowest_gaps() -> None:
    many = [(n, n + 0.25 if n % 100 else n + 0.5) for n in range(MOST_RANGES + 11)]
    short = bounded(cut_of(many))
    assert check(short)
    assert len(short) == 2 * MOST_RANGES
    assert {n for n in range(MOST_RANGES + 10) if removed(short, n + 0.75)} == set(range(0, 1100, 100))
    assert bounded((0, 5, 7, 9)) == [0, 5, 7, 9]
