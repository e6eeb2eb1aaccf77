"""What arrived beyond a gap in an author's log, until the gap is closed.

Rule: as little as possible is fetched twice, and no more is kept than `MAX_STASH` bytes a link, `MAX_STASHES` in all.
What came over links that are gone makes way for what comes over others.
"""

from bisect import bisect_right, insort
from collections import Counter
from typing import Final, NamedTuple

from p2psketch.ids import LinkId, PeerId
from p2psketch.oplog import Chunk

MAX_STASH: Final = 1024 * 1024
"""Bytes kept of what came over one link."""
MAX_STASHES: Final = 32 * MAX_STASH
OVERHEAD: Final = 512
"""Bytes, about, that a chunk costs besides its ops."""


class Waiting(NamedTuple):
    """A chunk that arrived beyond a gap, over which link, and whether it was pushed."""

    link: LinkId
    chunk: Chunk
    live: bool


class Stash:
    """Chunks by author, in order of their first op. What a link brought stays when the link goes."""

    def __init__(self) -> None:
        self._held: dict[PeerId, dict[int, Waiting]] = {}
        self._firsts: dict[PeerId, list[int]] = {}
        self._bytes: Counter[LinkId] = Counter()
        self._total = 0
        self._gone: set[LinkId] = set()

    def size(self, link: LinkId) -> int:
        """Bytes that came over a link and wait here."""
        return self._bytes[link]

    def put(self, link: LinkId, chunk: Chunk, *, live: bool) -> bool:
        """Keep a chunk, if there is room for it."""
        size = _size(chunk)
        if self._total + size > MAX_STASHES:
            self._make_room()
        if self._bytes[link] + size > MAX_STASH or self._total + size > MAX_STASHES:
            return False
        held = self._held.setdefault(chunk.author, {})
        if chunk.first not in held:
            held[chunk.first] = Waiting(link, chunk, live)
            insort(self._firsts.setdefault(chunk.author, []), chunk.first)
            self._bytes[link] += size
            self._total += size
        return True

    def covered(self, author: PeerId, seq: int) -> int | None:
        """The end of the chunk that holds an op."""
        firsts = self._firsts.get(author)
        place = bisect_right(firsts, seq) if firsts else 0
        if not firsts or not place:
            return None
        last = self._held[author][firsts[place - 1]].chunk.last
        return last if last >= seq else None

    def next(self, author: PeerId, seq: int) -> int | None:
        """Where the first chunk after an op begins."""
        firsts = self._firsts.get(author, [])
        place = bisect_right(firsts, seq)
        return firsts[place] if place < len(firsts) else None

    def take(self, author: PeerId, seq: int) -> Waiting | None:
        """A chunk that goes on where a log of `seq` ops ends; older ones are thrown away."""
        firsts = self._firsts.get(author)
        while firsts and firsts[0] <= seq + 1:
            waiting = self._remove(author, firsts, 0)
            if waiting.chunk.last > seq:
                return waiting
        return None

    def left(self, link: LinkId) -> None:
        """A link is gone. What it brought stays for as long as there is room."""
        if self._bytes[link]:
            self._gone.add(link)

    def _make_room(self) -> None:
        for author, firsts in list(self._firsts.items()):
            for first in [first for first in firsts if self._held[author][first].link in self._gone]:
                self._remove(author, firsts, firsts.index(first))
        self._gone.clear()

    def _remove(self, author: PeerId, firsts: list[int], place: int) -> Waiting:
        waiting = self._held[author].pop(firsts.pop(place))
        if not firsts:
            del self._held[author], self._firsts[author]
        size = _size(waiting.chunk)
        self._total -= size
        self._bytes[waiting.link] -= size
        if not self._bytes[waiting.link]:
            del self._bytes[waiting.link]
        return waiting


def _size(chunk: Chunk) -> int:
    return len(chunk.blob) + OVERHEAD
