"""Whoever reads a file waits for whoever takes what was read; there is no clock in it but the loop's."""

import asyncio

from peer.telling import MOST, Pace

PIECE = 64 * 1024


def test_a_reader_gets_no_further_ahead_than_that() -> None:
    waiting = 0
    most = taken = 0

    async def read() -> None:
        nonlocal waiting, most
        pace = Pace(lambda: waiting)
        for _ in range(200):
            waiting += 1
            most = max(most, waiting)
            await pace.told(PIECE)

    async def take() -> None:
        nonlocal waiting, taken
        while taken < 200:
            await asyncio.sleep(0)
            if waiting:
                waiting, taken = waiting - 1, taken + 1

    async def both() -> None:
        await asyncio.gather(read(), take())

    asyncio.run(both())
    assert taken == 200
    assert most == MOST // PIECE + 1


def test_one_that_is_taken_from_at_once_is_not_held_up() -> None:
    """Not even for a turn of the loop: then nothing else can come between."""
    telling = Pace(lambda: 0).told(100 * MOST)
    try:
        telling.send(None)
    except StopIteration:
        return
    raise AssertionError("it waited")
