"""Whole clusters of real sessions, on a network that breaks and machines that crash: they agree in the end.

What is checked, and how to play a failing seed again, stands in `cluster` and `story`.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.faults import Fault
from tests.simulation.story import Story

ROOT = Path(__file__).parents[2]
BATCH = 10
SEEDS = 4 * BATCH
"""Those of `make test`; `make torture` plays the rest."""


def play(first: int, count: int, fault: Fault | None = None) -> None:
    for seed in range(first, first + count):
        Story(seed, fault).play()


@pytest.mark.parametrize("first", range(0, SEEDS, BATCH))
def test_everybody_agrees_in_the_end(first: int) -> None:
    play(first, BATCH)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(SEEDS, SEEDS + 20_000, 1_000))
def test_everybody_agrees_in_the_end_for_many_more_seeds(first: int) -> None:
    play(first, 1_000)


@pytest.mark.parametrize("fault", Fault)
def test_a_rule_that_is_taken_away_is_missed(fault: Fault) -> None:
    with pytest.raises(AssertionError, match=f"-m tests.simulation [0-9]+ --fault {fault.value}"):
        play(0, 10, fault)


def test_one_seed_is_one_story() -> None:
    def told(hashing: str) -> str:
        command = [sys.executable, "-m", "tests.simulation", "8"]
        environment = {**os.environ, "PYTHONHASHSEED": hashing}
        return subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=60
        ).stdout

    assert told("1") == told("2")
