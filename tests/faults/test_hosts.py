"""Hosts that sleep, die and are replaced: the board outlives them, and whoever comes back has it."""

import signal
import time
from collections.abc import Callable

import pytest

from tests.faults.group import FOUND_WITHIN, TOWN, Group, kept
from tests.processes.support import until

pytestmark = pytest.mark.lab

RED, GREEN, BLUE = 0xE03131, 0x2F9E44, 0x1971C2
ASLEEP = 30.0
"""Seconds for which a laptop sleeps: twice what a silent link is borne."""
NOTICED_WITHIN = 30.0
"""Seconds until whoever is silent counts as gone: 15 and some."""
WOKEN_WITHIN = 15.0
"""Seconds until whoever woke has all that was drawn meanwhile."""
HERE_WITHIN = 15.0
"""Seconds until a newcomer has the board."""


@pytest.mark.slow
def test_a_laptop_that_slept_has_all_soon_after(group: Callable[..., Group]) -> None:
    three = group("ana", "bob", "cleo")
    three.come()
    pen = three.pen("ana", RED)
    until(lambda: {three.linked(name) for name in three.names} == {(3, 0)}, "a pen that is linked to all", FOUND_WITHIN)
    three.keepers["cleo"].program.process.send_signal(signal.SIGSTOP)
    woken = time.monotonic() + ASLEEP

    until(lambda: three.linked("ana") == three.linked("bob") == (2, 0), "Cleo missed", NOTICED_WITHIN)
    assert three.draw("bob", 10, BLUE) <= 2
    assert three.direct("bob") == {"ana", "bob", "pen"}
    until(lambda: time.monotonic() >= woken, "the end of the night", ASLEEP)
    before = kept(pen)
    three.keepers["cleo"].program.process.send_signal(signal.SIGCONT)

    until(lambda: three.count("cleo", BLUE) == 10 and three.count("cleo", RED) >= before, "all of it", WOKEN_WITHIN)
    three.keepers["cleo"].program.says(r"woke after \d\d s")
    until(lambda: {three.linked(name) for name in three.names} == {(3, 0)}, "all linked again", WOKEN_WITHIN)
    assert pen.stop() == 0
    three.drawn[RED] = kept(pen)
    three.alike(WOKEN_WITHIN)


@pytest.mark.slow
def test_a_tracker_dies_comes_back_and_is_replaced(group: Callable[..., Group]) -> None:
    four = group("ana", "bob", "cleo", "dan")
    town, port = four.network[TOWN], four.tracker.port
    four.come("ana", "bob")

    four.tracker.program.kill()
    until(lambda: "tracker away" in four.keepers["ana"].program.err, "Ana's log to say so")
    four.draw("ana", 10, RED)
    assert four.direct("bob") == {"ana", "bob"}
    again = town.tracker(port)
    four.come("cleo")

    four.network.isolate(TOWN)
    again.program.kill()
    town.tracker(port)
    four.network.mend()
    four.come("dan")
    four.draw("dan", 10, GREEN)
    four.alike(HERE_WITHIN)


@pytest.mark.slow
def test_one_keeper_that_is_left_gives_newcomers_everything(group: Callable[..., Group]) -> None:
    five = group("ana", "bob", "cleo", "dan", "eve")
    five.come("ana", "bob", "cleo")
    five.draw("ana", 100, RED)
    five.draw("bob", 100, GREEN)
    digest = five.alike(HERE_WITHIN)
    for name in ("ana", "bob"):
        five.keepers.pop(name).program.kill()

    five.start("dan", "eve")
    assert five.alike(HERE_WITHIN) == digest
    assert five.direct("eve") == {"cleo", "dan", "eve"}
    five.keepers.pop("cleo").program.kill()
    five.draw("dan", 10, BLUE)
    assert five.alike(HERE_WITHIN) != digest
