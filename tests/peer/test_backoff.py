"""When what failed is tried again: the loop's own clock is asked, and nobody waits for it."""

import asyncio
from collections.abc import Callable

import pytest

from peer.backoff import FIRST, LONGEST, Backoff


def waits(*calls: str) -> list[float]:
    """After how many seconds each of these calls has the next try made."""

    async def measure() -> list[float]:
        backoff = Backoff(lambda: None)
        loop, found = asyncio.get_running_loop(), []
        for call in calls:
            method: Callable[[], None] = getattr(backoff, call)
            now = loop.time()
            method()
            assert backoff._timer is not None
            found.append(round(backoff._timer.when() - now, 1))
        backoff.stop()
        assert backoff._timer is None
        return found

    return asyncio.run(measure())


def test_it_waits_longer_each_time_and_not_forever() -> None:
    found = waits(*["longer"] * 8)
    assert found[:3] == [FIRST, 2 * FIRST, 4 * FIRST]
    assert found[-1] == LONGEST


def test_the_shortest_begins_anew() -> None:
    assert waits("longer", "longer", "shortest", "longer") == [FIRST, 2 * FIRST, FIRST, FIRST]


def test_at_once_is_at_once() -> None:
    assert waits("at_once") == [0.0]


@pytest.mark.parametrize("first", ["shortest", "at_once"])
def test_one_try_is_due_at_a_time(first: str) -> None:
    async def count() -> int:
        tries: list[None] = []
        backoff = Backoff(lambda: tries.append(None))
        getattr(backoff, first)()
        backoff.at_once()
        await asyncio.sleep(0.01)
        return len(tries)

    assert asyncio.run(count()) == 1
