"""The clock goes ahead with the others, but nobody can drive it to its end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p2psketch.clock import FOLLOW, MAX_TIME, MAX_WAITING, LamportClock


def following(*times: int) -> LamportClock:
    clock = LamportClock()
    for time in times:
        clock.witness(time)
    return clock


def test_every_op_of_ours_is_later_than_the_one_before() -> None:
    clock = LamportClock()
    assert [clock.tick() for _ in range(3)] == [1, 2, 3]


def test_what_is_done_after_seeing_something_is_later() -> None:
    clock = following(41)
    assert clock.tick() == 42


def test_what_is_earlier_changes_nothing() -> None:
    clock = following(41, 7, 40)
    assert clock.tick() == 42


def test_as_far_as_the_clock_follows() -> None:
    assert following(FOLLOW).now == FOLLOW
    assert following(FOLLOW + 1).now == 0


def test_a_time_too_far_ahead_is_followed_once_the_clock_comes_near() -> None:
    clock = following(FOLLOW + 10)
    clock.witness(9)
    assert clock.now == 9
    clock.witness(10)
    assert clock.tick() == FOLLOW + 11


def test_waiting_times_lead_to_each_other() -> None:
    clock = following(3 * FOLLOW, 4 * FOLLOW, 2 * FOLLOW, 9 * FOLLOW)
    clock.witness(FOLLOW)
    assert clock.now == 4 * FOLLOW


@pytest.mark.parametrize("step", [1, -1])
def test_of_many_times_that_lead_to_each_other_none_is_lost(step: int) -> None:
    busy = [2 * FOLLOW + n * FOLLOW // 2 for n in range(4 * MAX_WAITING)]
    clock = following(*busy[::step])
    assert len(clock._waiting) == 1
    clock.witness(FOLLOW)
    assert clock.now == busy[-1]


def test_the_clock_never_goes_back() -> None:
    """Of two waiting stretches of time, one may come to lie inside the other."""
    quarters = [40, 45, 43, 46, *range(4, 40, 4)]
    assert following(*(quarter * FOLLOW // 4 for quarter in quarters)).now == 46 * FOLLOW // 4


def test_nobody_drives_the_clock_to_its_end() -> None:
    clock = following(MAX_TIME - 1, MAX_TIME - 2, 1)
    assert clock.tick() == 2


def test_many_times_far_ahead_cost_no_memory_and_the_nearest_are_kept() -> None:
    far = [2 * FOLLOW * (n + 1) for n in range(5 * MAX_WAITING)]
    clock = following(*reversed(far), *far)
    assert len(clock._waiting) == MAX_WAITING
    clock.witness(FOLLOW)
    assert clock.now == far[0]


def plainly(times: list[int]) -> int:
    """Where the clock ends: from 0, each step to a time that is at most `FOLLOW` further."""
    now = 0
    while reached := [time for time in times if now < time <= now + FOLLOW]:
        now = max(reached)
    return now


near_each_other = st.lists(st.integers(0, 40).map(lambda step: step * FOLLOW // 4 + 1), max_size=30)


@given(near_each_other, st.randoms(use_true_random=False))
def test_in_whatever_order_they_come_the_same_times_are_followed(times: list[int], random: st.DataObject) -> None:
    shuffled = list(times)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert following(*shuffled).now == plainly(times)


@given(st.lists(st.integers(1, MAX_TIME - 1), max_size=40))
def test_no_time_moves_it_further_than_it_follows(times: list[int]) -> None:
    clock = LamportClock()
    for so_far, time in enumerate(times):
        clock.witness(time)
        assert clock.now <= (so_far + 1) * FOLLOW
