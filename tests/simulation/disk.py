"""A board file that is not there: chunks in the order of their transactions, and what a crash leaves of them."""

from bisect import bisect_right, insort
from random import Random

from p2psketch.address import Address
from p2psketch.effects import KeepDraft
from p2psketch.ids import PeerId
from p2psketch.messages import Fork
from p2psketch.oplog import CHUNK_BYTES, Chunk


class Disk:
    """`append`, then `commit`; `read` as `peer.store` does. `crash` loses a part of what was not synced."""

    def __init__(self) -> None:
        self.addresses: tuple[Address, ...] = ()
        self.forks: list[Fork] = []
        self.full = False
        self._chunks: list[Chunk] = []
        self._index: dict[PeerId, list[tuple[int, int, Chunk]]] = {}
        self._held: dict[PeerId, int] = {}
        self._drafts: list[tuple[int, PeerId, KeepDraft | None]] = []
        self._committed = 0
        self._synced = 0

    def keep_draft(self, author: PeerId, draft: KeepDraft | None) -> None:
        """The stroke under a pen, or the end of it, in the transaction of the chunks before."""
        self._drafts.append((len(self._chunks), author, draft))

    def drafts(self) -> list[KeepDraft]:
        """What is left of launches that died while they drew."""
        newest = {author: draft for _, author, draft in self._drafts}
        return [draft for draft in newest.values() if draft is not None]

    def chunks(self) -> list[Chunk]:
        """Everything, each author's in order."""
        return [chunk for rows in self._index.values() for _, _, chunk in rows]

    def append(self, chunk: Chunk) -> None:
        """Add to the open transaction."""
        self._chunks.append(chunk)
        insort(self._index.setdefault(chunk.author, []), (chunk.first, len(self._chunks), chunk))

    def commit(self) -> bool:
        """End the transaction; False if there is no room for it."""
        if not self.full:
            for chunk in self._chunks[self._committed :]:
                self._held[chunk.author] = chunk.last
            self._committed = len(self._chunks)
        return not self.full

    def holds(self, author: PeerId) -> int:
        """How many ops of an author are committed."""
        return self._held.get(author, 0)

    def sync(self) -> None:
        """What is committed now survives everything."""
        self._synced = self._committed

    def end(self) -> None:
        """The program ended, or was killed: the open transaction is lost, what the system has taken is written."""
        self._cut(self._committed)

    def crash(self, rng: Random) -> int:
        """The power went: some of the last transactions are gone. Says how many chunks are lost."""
        before = len(self._chunks)
        self._cut(rng.randint(self._synced, self._committed))
        return before - len(self._chunks)

    def _cut(self, length: int) -> None:
        kept, self._chunks, self._index, self._held, self._committed = self._chunks[:length], [], {}, {}, 0
        self.full = False
        self._drafts = [entry for entry in self._drafts if entry[0] <= length]
        for chunk in kept:
            self.append(chunk)
        self.commit()
        self.sync()

    def read(self, author: PeerId, first: int, last: int) -> Chunk | None:
        """Ops from `first` on, about 64 KiB; the chunk may begin before `first`, where one was stored."""
        rows = self._index.get(author, [])
        place = max(bisect_right(rows, first, key=lambda row: row[0]) - 1, 0)
        parts: list[Chunk] = []
        size = 0
        for _, _, chunk in rows[place:]:
            if chunk.last < first:
                continue
            if chunk.first > last or (parts and (size + len(chunk.blob) > CHUNK_BYTES or chunk.first != first)):
                break
            parts.append(chunk)
            size += len(chunk.blob)
            first = chunk.last + 1
        if len(parts) < 2:
            return parts[0] if parts else None
        blob = b"".join(part.blob for part in parts)
        length = sum(part.length for part in parts)
        return parts[0]._replace(length=length, blob=blob, signature=parts[-1].signature)
