"""What a board file holds, told to a session: no faster than it is taken.

Rule: a session that takes events at once is never waited for. Where they are handed to another thread, what is read
waits in memory, and to read all of a large board ahead would cost as much again as the board itself.
"""

import asyncio
from collections.abc import Callable, Iterator
from typing import Final

from p2psketch import effects as e
from peer.store import Store

MOST: Final = 1024 * 1024
"""Bytes that wait to be taken, about: some 5,000 strokes, for which a window needs 50 ms."""
PAUSE: Final = 0.005
"""Seconds between two looks."""

Sink = Callable[[e.Event], None]


def telling(store: Store, sink: Sink, *, drafts: bool) -> Iterator[int]:
    """Tell all of it, and of `drafts` if they are nobody else's; gives the size of each chunk of ops, once told."""
    for fork in store.forks():
        sink(e.ForkStored(fork))
    for chunk in store.chunks():
        sink(e.Stored(chunk))
        yield len(chunk.blob)
    for draft in store.drafts() if drafts else ():
        sink(e.DraftStored(*draft))
    if (holders := store.setting("holders")) is not None:
        sink(e.HoldersStored(holders))
    sink(e.StoreRead(tuple(store.addresses())))


class Pace:
    """`backlog` says how many of the things told wait to be taken."""

    def __init__(self, backlog: Callable[[], int]) -> None:
        self._backlog = backlog
        self._count = self._bytes = 0

    async def told(self, size: int) -> None:
        """One more thing was told, of so many bytes; returns when the next one may be."""
        self._count += 1
        self._bytes += size
        while self._backlog() * self._bytes > MOST * self._count:
            await asyncio.sleep(PAUSE)
