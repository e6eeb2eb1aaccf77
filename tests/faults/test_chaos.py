"""A storm: keepers are killed and come back, lines break, the tracker dies, and all the time some draw.

P2PSKETCH_CHAOS_SECONDS says how long the slow one lasts, P2PSKETCH_CHAOS_SEED makes it the one of another run.
"""

import os
import time
from collections.abc import Callable
from random import Random

import pytest

from tests.faults.group import Group
from tests.faults.storm import CALM_WITHIN, Storm
from tests.processes.support import until

pytestmark = pytest.mark.lab

ALL = tuple("ana bob cleo dan eve fay gus".split())
SHORT = 10.0
LONG = float(os.environ.get("P2PSKETCH_CHAOS_SECONDS", "600"))
"""Seconds."""


@pytest.mark.parametrize(("keepers", "seconds"), [(ALL[:4], SHORT), pytest.param(ALL, LONG, marks=pytest.mark.slow)])
def test_after_a_storm_there_is_one_board_with_all_that_was_confirmed(
    group: Callable[..., Group], keepers: tuple[str, ...], seconds: float
) -> None:
    seed = os.environ.get("P2PSKETCH_CHAOS_SEED") or os.urandom(4).hex()
    print(f"P2PSKETCH_CHAOS_SEED={seed} P2PSKETCH_CHAOS_SECONDS={seconds:g}")
    all_of_us = group(*keepers)
    all_of_us.come()
    storm = Storm(all_of_us, Random(seed))
    storm.blow(seconds)
    print(dict(storm.counts))

    storm.power_cut()
    calm_at = time.monotonic()
    digest = storm.calm()
    confirmed = sum(drawn.confirmed for drawn in storm.drawn)
    print(
        f"{confirmed} strokes confirmed to {len(storm.drawn)} who drew; digest {digest} everywhere, "
        f"{time.monotonic() - calm_at:.0f} s after the storm"
    )
    assert confirmed
    assert not storm.lost()
    assert not storm.invented()

    def told() -> bool:
        peers = all_of_us.info("ana")["peers"]
        return sorted(peer["name"] for peer in peers if peer["digest"] == digest) == sorted(keepers)

    until(told, "everybody directly linked, and saying to have this board", CALM_WITHIN)
