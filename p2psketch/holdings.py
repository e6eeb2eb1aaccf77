"""What this peer has on disk, and how the others learn of it.

Rule: never claim what is not on disk, so that a claim is an acknowledgement. A peer that keeps nothing
has said so in its greeting: what it claims can be fetched from it, and acknowledges nothing.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from p2psketch.ids import PeerId
from p2psketch.messages import Have
from p2psketch.oplog import Known

SOON: Final = 0.05
EVERY: Final = 0.2
"""Seconds: a change is told after `SOON`, but no oftener than each `EVERY`."""
ENTRIES: Final = 1024
"""Entries in one message: less than 64 KiB."""


class Holdings:
    """The version vector of what is on disk."""

    def __init__(self) -> None:
        self._vector: dict[PeerId, Known] = {}
        self._news: dict[PeerId, None] = {}
        self._told_at = 0.0
        self._due: float | None = None
        self._hash: bytes | None = None

    def seq(self, peer: PeerId) -> int:
        """How many ops of an author are on disk."""
        known = self._vector.get(peer)
        return known.seq if known else 0

    def vector(self) -> dict[PeerId, Known]:
        """All of it."""
        return self._vector

    def add(self, tips: Iterable[tuple[PeerId, Known]], now: float | None) -> None:
        """More is on disk. `now` is None while the board is being read: nobody has to be told."""
        for peer, known in tips:
            self._vector[peer] = known
            self._news[peer] = None
            self._hash = None
        if now is None:
            self._news.clear()
        elif self._news and self._due is None:
            self._due = max(now + SOON, self._told_at + EVERY)

    def cut(self, peer: PeerId, known: Known, now: float) -> None:
        """Less is held than was told: the rest of an author's log does not count any more."""
        if known.seq:
            self.add([(peer, known)], now)
        else:
            del self._vector[peer]
            self._news.pop(peer, None)
            self._hash = None

    def whole(self, digest: bytes, shapes: int) -> list[Have]:
        """All of it, in parts."""
        entries = list(self._vector.items())
        cuts = range(0, max(len(entries), 1), ENTRIES)
        return [Have(tuple(entries[cut : cut + ENTRIES]), True, cut == cuts[-1], digest, shapes) for cut in cuts]

    @property
    def due(self) -> float | None:
        """When changes are to be told."""
        return self._due

    def news(self, digest: bytes, shapes: int, now: float) -> Have:
        """What has changed since the last call."""
        some = list(self._news)[:ENTRIES]
        for peer in some:
            del self._news[peer]
        self._told_at = now
        self._due = now + EVERY if self._news else None
        return Have(tuple((peer, self._vector[peer]) for peer in some), False, True, digest, shapes)

    def hash(self) -> bytes:
        """32 bytes over the whole vector."""
        if self._hash is None:
            entries = sorted((peer, known.seq, known.head) for peer, known in self._vector.items())
            packed = b"".join(peer + seq.to_bytes(8, "big") + head for peer, seq, head in entries)
            self._hash = sha256(packed).digest()
        return self._hash
