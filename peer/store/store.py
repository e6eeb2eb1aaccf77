"""A board in a file, or in memory: what is appended, then committed, is there.

Rule: chunks are kept as their authors encoded them, each op is in the file before it is sent, and nothing that holds is
ever changed or removed. A store belongs to the thread that opened it. `access` says who may open which file how.
"""

import sqlite3
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, Self

from p2psketch.address import Address
from p2psketch.codec import HEADER, decode, encode
from p2psketch.errors import BoardDamaged, NotABoard, RemoteProtocolError, StoreError
from p2psketch.ids import PeerId
from p2psketch.messages import Fork
from p2psketch.oplog import CHUNK_BYTES, MAX_OPS, Chunk
from peer.store.lock import Lock
from peer.store.migration import sync
from peer.store.packing import Packing, shrink
from peer.store.schema import (
    ADDRESSES,
    CHUNKS,
    KEPT_DRAFTS,
    NEW_AUTHOR,
    PUT_CHUNK,
    as_text,
    check_readable,
    connect,
    identify,
    is_damage,
    opening,
    place_of,
    prepare,
    tune,
)

RECENT_BYTES: Final = 2 * 1024 * 1024


class Store:
    """`append` chunks, then `commit`; `read` them back; `settings` of the board as text by name."""

    def __init__(self, database: sqlite3.Connection, path: Path | None, lock: Lock | None = None) -> None:
        self.path = path
        self.lock = lock
        self.damage = ""
        """One sentence, if the file was damaged when it was opened."""
        self.detached_from: Path | None = None
        self._database = database
        self._file = place_of(path)
        self._authors: dict[PeerId, int] = {}
        self._proven: set[PeerId] = set()
        self._appended: set[PeerId] = set()
        self._packing: Packing | None = None
        self._recent: OrderedDict[tuple[PeerId, int], Chunk] = OrderedDict()
        self._recent_bytes = 0
        for number, peer, proof in database.execute("SELECT id, peer, proof FROM authors"):
            self._authors[PeerId(peer)] = number
            if proof is not None:
                self._proven.add(PeerId(peer))

    @classmethod
    def memory(cls) -> Self:
        """A board that is forgotten when the program ends."""
        database = sqlite3.connect(":memory:", isolation_level=None)
        database.text_factory = as_text
        prepare(database)
        return cls(database, None)

    @classmethod
    def open(cls, path: Path, *, create: bool = False, writable: bool = True) -> Self:
        """The board in a file as it is, without asking who else has it open. StoreError in one sentence if it is none,
        or cannot be read; BoardDamaged if it is not in order."""
        check_readable(path, create=create)
        database: sqlite3.Connection | None = None
        try:
            with opening(path):
                database = connect(path, create=create, writable=writable)
                if identify(database, path):
                    tune(database)
                elif create:
                    prepare(database)
                else:
                    raise NotABoard(f"{path} is empty: there is no board in it.")
                return cls(database, path)
        except BaseException:
            if database is not None:
                database.close()
            raise

    def detached(self) -> "Store":
        """A copy in memory of what can be read, for going on when the file cannot be written any more."""
        if not self.path:
            return self
        copy = Store.memory()
        copy.detached_from = self.path
        with suppress(StoreError), _as_store_error():
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
        for part in (self._copy_chunks, self._copy_forks, self._copy_drafts, self._copy_settings):
            with suppress(StoreError):
                part(copy)
        for chunk in self._recent.values():
            copy.append(chunk)
        copy.commit()
        return copy

    def _copy_chunks(self, copy: "Store") -> None:
        for chunk in self.chunks():
            copy.append(chunk)

    def _copy_forks(self, copy: "Store") -> None:
        for fork in self.forks():
            copy.add_fork(fork)

    def _copy_drafts(self, copy: "Store") -> None:
        for draft in self.drafts():
            copy.keep_draft(*draft)

    def _copy_settings(self, copy: "Store") -> None:
        copy.set_addresses(self.addresses())
        with _as_store_error():
            copy.set(**{str(name): str(value) for name, value in self._database.execute("SELECT * FROM settings")})

    def absorb(self, other: "Store", dropped: Iterable[PeerId] = ()) -> None:
        """Take over what another one holds and this one lacks, and commit it; drafts by those who `dropped` theirs go.
        StoreError if it cannot be written.
        """
        with _as_store_error():
            held = set(self._database.execute("SELECT peer, first, length FROM chunks JOIN authors ON author = id"))
        for chunk in other.chunks():
            if (chunk.author, chunk.first, chunk.length) not in held:
                self.append(chunk)
        other._copy_forks(self)
        for author in dropped:
            self.drop_draft(author)
        other._copy_drafts(self)
        self.set_addresses(other.addresses())
        self.commit()

    def is_there(self) -> bool:
        """Is the file still where it was opened, and the same? What is written to one that is not helps nobody."""
        return self.path is None or place_of(self.path) == self._file

    def is_sound(self) -> bool:
        """Are the file's trees in order? What they hold is not looked at. Takes 0.1 s for 30 MiB."""
        try:
            with _as_store_error():
                return self._database.execute("PRAGMA quick_check(1)").fetchall() == [("ok",)]
        except StoreError:
            return False

    def op_count(self) -> int:
        """All ops in all rows."""
        with _as_store_error():
            return int(self._database.execute("SELECT coalesce(sum(length), 0) FROM chunks").fetchone()[0])

    def settle(self) -> None:
        """Move the log into the file, as far as that is possible: the file may be elsewhere by now."""
        with suppress(sqlite3.Error):
            self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def sync(self) -> None:
        """What was committed survives a power cut. From any thread."""
        if self.path is not None:
            with suppress(OSError):  # the log is gone: it has been moved into the file, which SQLite syncs
                sync(self.path.with_name(self.path.name + "-wal"))

    def pack(self, room: bytes, seconds: float) -> bool:
        """Join small rows of the file for so long, in the open transaction; False when there are none left."""
        if self._packing is None:
            self._packing = Packing(self._database, room)
        end = time.perf_counter() + seconds
        more = True
        with self._transaction():
            while more and time.perf_counter() < end:
                more = self._packing.step(self._appended)
        return more

    def shrink(self) -> None:
        """Give back what the file does not use any more, if that is much. StoreError if it cannot be written."""
        self.commit()
        with _as_store_error():
            shrink(self._database)

    def close(self) -> None:
        """Write what is pending and let go of the file."""
        try:
            self.commit()
        finally:
            self.let_go()

    def let_go(self) -> None:
        """Close the file, without writing anything; somebody else may have it."""
        self._database.close()
        if self.lock is not None:
            self.lock.release()

    # -- ops -------------------------------------------------------------------------------------

    def append(self, chunk: Chunk) -> None:
        """Add a chunk to the open transaction; it is on disk after `commit`. StoreError if it cannot be written."""
        self._remember(chunk)
        with self._transaction():
            row = (self._author(chunk), chunk.first, chunk.length, chunk.head, chunk.blob, chunk.signature)
            self._database.execute(PUT_CHUNK, row)

    def _author(self, chunk: Chunk) -> int:
        number = self._authors.get(chunk.author)
        if number is None:
            self._database.execute(NEW_AUTHOR, (chunk.author, chunk.proof))
            found = self._database.execute("SELECT id FROM authors WHERE peer = ?", (chunk.author,)).fetchone()
            if found is None:
                raise StoreError("the file is damaged")
            number = self._authors[chunk.author] = int(found[0])
        if chunk.proof is not None and chunk.author not in self._proven:
            self._database.execute("UPDATE authors SET proof = ? WHERE id = ?", (chunk.proof, number))
            self._proven.add(chunk.author)
        return number

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Within the open one, or a new one."""
        with _as_store_error():
            if not self._database.in_transaction:
                self._database.execute("BEGIN IMMEDIATE")
            yield

    def _remember(self, chunk: Chunk) -> None:
        self._appended.add(chunk.author)
        before = self._recent.pop((chunk.author, chunk.first), None)
        self._recent[chunk.author, chunk.first] = chunk
        self._recent_bytes += len(chunk.blob) - len(before.blob if before else b"")
        while self._recent_bytes > RECENT_BYTES and len(self._recent) > 1:
            _, old = self._recent.popitem(last=False)
            self._recent_bytes -= len(old.blob)

    def recent(self) -> list[Chunk]:
        """The last 2 MiB that were appended."""
        return list(self._recent.values())

    def is_recent(self, chunk: Chunk) -> bool:
        """Does a chunk that was read begin with one that has not been to the disk and back?"""
        return (chunk.author, chunk.first) in self._recent

    def commit(self) -> None:
        """Everything appended is on disk; StoreError if that cannot be."""
        if self._database.in_transaction:
            with _as_store_error():
                self._database.execute("COMMIT")

    def chunks(self) -> Iterator[Chunk]:
        """All ops, each author's in order. Chunks may overlap if two programs wrote them."""
        with _as_store_error():
            yield from map(Chunk._make, self._database.execute(f"{CHUNKS} ORDER BY author, first, length"))

    def forget(self, author: PeerId, first: int, length: int) -> None:
        """Remove a row of ops all of which are in other rows too."""
        self._recent.pop((author, first), None)
        with self._transaction():
            row = (self._authors.get(author), first, length)
            self._database.execute("DELETE FROM chunks WHERE author = ? AND first = ? AND length = ?", row)

    # -- strokes that are being drawn ----------------------------------------------------------------

    def keep_draft(self, author: PeerId, wall: int, body: bytes) -> None:
        """The stroke under somebody's pen, in place of what was kept of it, in the open transaction."""
        with self._transaction():
            self._database.execute("INSERT OR REPLACE INTO drafts VALUES (?, ?, ?)", (author, wall, body))

    def drop_draft(self, author: PeerId) -> None:
        """It has become a stroke, or is not wanted: in the transaction that brings the stroke."""
        with self._transaction():
            self._database.execute("DELETE FROM drafts WHERE peer = ?", (author,))

    def drafts(self) -> Iterator[tuple[PeerId, int, bytes]]:
        """What was being drawn when a program died, with the wall time."""
        with _as_store_error():
            for peer, wall, body in self._database.execute(KEPT_DRAFTS):
                yield PeerId(peer), wall, body

    # -- proofs of forks -----------------------------------------------------------------------------

    def add_fork(self, fork: Fork) -> None:
        """Keep a proof that an author has signed two logs. StoreError if it cannot be written."""
        with _as_store_error():
            self._database.execute("INSERT OR IGNORE INTO forks VALUES (?)", (encode(fork)[HEADER:],))

    def forks(self) -> Iterator[Fork]:
        """The proofs; what is none is as if it were not there, for a file may come from anywhere."""
        with _as_store_error():
            for (data,) in self._database.execute("SELECT message FROM forks"):
                with suppress(RemoteProtocolError):
                    message = decode(data)
                    if isinstance(message, Fork):
                        yield message

    def read(self, author: PeerId, first: int, last: int) -> Chunk | None:
        """Ops from `first` on, about 64 KiB of them and none after `last`'s chunk, joined to one chunk.

        The chunk may begin before `first`: it begins where one was stored. None if there is nothing.
        """
        parts: list[Chunk] = []
        size = length = 0
        for chunk in self._from(author, first, last):
            size, length = size + len(chunk.blob), length + chunk.length
            if parts and (size > CHUNK_BYTES or length > MAX_OPS or chunk.first != parts[-1].last + 1):
                break
            parts.append(chunk)
        return _joined(parts) if parts else None

    def _from(self, author: PeerId, first: int, last: int) -> Iterator[Chunk]:
        recent = self._recent.get((author, first))
        while recent is not None:
            yield recent
            first = recent.last + 1
            recent = self._recent.get((author, first)) if first <= last else None
        if first <= last:
            yield from self._stored(author, first, last)

    def _stored(self, author: PeerId, first: int, last: int) -> Iterator[Chunk]:
        number = self._authors.get(author)
        begin = "SELECT max(first) FROM chunks WHERE author = ?1 AND first <= ?2 AND first + length > ?2"
        query = f"{CHUNKS} AND author = ?1 AND first BETWEEN ({begin}) AND ?3 ORDER BY first, length DESC"
        with _as_store_error():
            for chunk in map(Chunk._make, self._database.execute(query, (number, first, last))):
                if chunk.first <= first <= chunk.last:
                    first = chunk.last + 1
                    yield chunk

    # -- the board's own settings ------------------------------------------------------------------

    def setting(self, name: str) -> str | None:
        """A setting's text, if it has been set."""
        with _as_store_error():
            row = self._database.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def set(self, **settings: str) -> None:
        """Set settings."""
        with _as_store_error():
            self._database.executemany("INSERT OR REPLACE INTO settings VALUES (?, ?)", settings.items())

    def addresses(self) -> list[Address]:
        """The address book, newest first."""
        with _as_store_error():
            return [Address(*row) for row in self._database.execute(ADDRESSES)]

    def set_addresses(self, addresses: Iterable[Address]) -> None:
        """Replace the address book."""
        rows = ((place, *address) for place, address in enumerate(addresses))
        with _as_store_error():
            self._database.execute("DELETE FROM addresses")
            self._database.executemany("INSERT INTO addresses VALUES (?, ?, ?)", rows)


@contextmanager
def _as_store_error() -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, UnicodeDecodeError) as error:  # also of what SQLite says of a damaged file
        raise (BoardDamaged if is_damage(error) else StoreError)(str(error)) from error


def _joined(parts: list[Chunk]) -> Chunk:
    if len(parts) == 1:
        return parts[0]
    length = sum(part.length for part in parts)
    blob = b"".join(part.blob for part in parts)
    return parts[0]._replace(length=length, blob=blob, signature=parts[-1].signature)
