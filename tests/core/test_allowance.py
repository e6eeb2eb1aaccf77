"""What has been used up, and when there is some again."""

import pytest

from p2psketch.allowance import Allowance


def test_an_allowance_is_spent_and_grows_again() -> None:
    allowance = Allowance(most=2, per_second=1 / 30, at=0)
    assert [allowance.take(0), allowance.take(0)] == [0, 0]
    assert allowance.take(0) == pytest.approx(30)
    assert allowance.take(20) == pytest.approx(10)
    assert allowance.take(30) == 0
    assert not allowance.is_full(60)
    assert allowance.is_full(120)


def test_who_waits_as_long_as_told_is_not_sent_away_again() -> None:
    allowance = Allowance(most=3, per_second=7, at=0)
    now = 0.0
    for _ in range(1000):
        now += allowance.take(now)
        assert allowance.take(now) >= 0
        wait = allowance.take(now)
        if wait:
            now += wait
            assert allowance.take(now) == 0


def test_what_has_been_used_already_is_made_up_for_by_waiting() -> None:
    allowance = Allowance(most=10, per_second=5, at=0)
    assert allowance.spend(10, 0) == 0
    assert allowance.spend(15, 0) == 3
    assert allowance.spend(0, 1) == 2
    assert allowance.spend(0, 3) == 0
    assert allowance.spend(1, 3) == pytest.approx(0.2)


def test_nobody_saves_up_more_than_the_most() -> None:
    allowance = Allowance(most=2, per_second=1, at=0)
    assert [allowance.take(1e6) for _ in range(3)] == [0, 0, 1]
