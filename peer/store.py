"""A board on disk: one SQLite file from its first stroke.

Rule: chunks are kept as their authors encoded them, each op is in the file before it is sent, and
nothing that holds is ever changed or removed. This is the only module that touches SQLite. A store belongs to
the thread that opened it.
"""

import os
import sqlite3
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, Self

from p2psketch.address import Address
from p2psketch.codec import HEADER, decode, encode
from p2psketch.errors import RemoteProtocolError, StoreError
from p2psketch.ids import PeerId
from p2psketch.messages import Fork
from p2psketch.oplog import CHUNK_BYTES, MAX_OPS, Chunk

APPLICATION_ID: Final = int.from_bytes(b"p2ps", "big")
FORMAT: Final = 1
RECENT_BYTES: Final = 2 * 1024 * 1024
BUSY_MS: Final = 2000
WAL_PAGES: Final = 4000
"""16 MiB between two moves of the log into the file: each waits for the disk, while everybody waits for us."""
SUFFIX: Final = ".p2psketch"

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS authors (id INTEGER PRIMARY KEY, peer BLOB NOT NULL UNIQUE, proof BLOB);
CREATE TABLE IF NOT EXISTS chunks (
    author INTEGER NOT NULL REFERENCES authors, first INTEGER NOT NULL, length INTEGER NOT NULL,
    head BLOB NOT NULL, ops BLOB NOT NULL, signature BLOB,
    PRIMARY KEY (author, first, length)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS forks (message BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS blobs (hash BLOB PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS addresses (place INTEGER PRIMARY KEY, host TEXT NOT NULL, port INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""

CHUNKS: Final = f"""
SELECT peer, first, head, length, ops, signature, proof FROM chunks JOIN authors ON author = id
WHERE typeof(first) = 'integer' AND typeof(length) = 'integer' AND first > 0 AND length BETWEEN 1 AND {MAX_OPS}
AND typeof(signature) IN ('blob', 'null') AND typeof(proof) IN ('blob', 'null')
AND typeof(ops) = 'blob' AND typeof(head) = 'blob' AND length(head) = 32 AND typeof(peer) = 'blob' AND length(peer) = 32
"""
"""SQLite takes any type in any column, and a file may come from anywhere: other rows are as if they were not there."""

ADDRESSES: Final = """
SELECT host, port FROM addresses
WHERE typeof(host) = 'text' AND typeof(port) = 'integer' AND port BETWEEN 1 AND 65535 ORDER BY place
"""


PUT_CHUNK: Final = "INSERT OR REPLACE INTO chunks VALUES (?, ?, ?, ?, ?, ?)"
"""What has been accepted takes the place of what was damaged on the disk, and was not."""

NEW_AUTHOR: Final = """
INSERT OR IGNORE INTO authors (id, peer, proof) SELECT 1 + max(
    coalesce((SELECT max(id) FROM authors), 0),
    coalesce((SELECT author FROM chunks WHERE typeof(author) = 'integer' ORDER BY author DESC LIMIT 1), 0)
), ?, ?
"""
"""The number is past those that chunks have whose author's row is lost: they must not become somebody else's."""

FOREIGN: Final = "SELECT count(*) FROM sqlite_master WHERE type NOT IN ('table', 'index') OR rootpage = 0"
"""Views, triggers and virtual tables: a board has none, and in a file from somebody else they could do anything."""


class Store:
    """`append` chunks, then `commit`; `read` them back; `settings` of the board as text by name."""

    def __init__(self, database: sqlite3.Connection, path: Path | None) -> None:
        self.path = path
        self.detached_from: Path | None = None
        self._database = database
        self._authors: dict[PeerId, int] = {}
        self._recent: OrderedDict[tuple[PeerId, int], Chunk] = OrderedDict()
        self._recent_bytes = 0
        for number, peer in database.execute("SELECT id, peer FROM authors"):
            self._authors[PeerId(peer)] = number

    @classmethod
    def memory(cls) -> Self:
        """A board that is forgotten when the program ends."""
        database = sqlite3.connect(":memory:", isolation_level=None)
        _prepare(database)
        return cls(database, None)

    @classmethod
    def open(cls, path: Path, *, create: bool = False, writable: bool = True) -> Self:
        """The board in a file; StoreError in one sentence if it is none, or cannot be read."""
        if not create and not path.is_file():
            raise StoreError(f"There is no board at {path}.")
        try:
            database = _connect(path, create=create, writable=writable)
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"The board {path} cannot be opened: {error}.") from error
        database.text_factory = _text
        try:
            _check(database, path)
            return cls(database, path)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            database.close()
            raise StoreError(f"The board {path} cannot be read: {error}.") from error
        except StoreError:
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
        for part in (self._copy_chunks, self._copy_forks, self._copy_settings):
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

    def _copy_settings(self, copy: "Store") -> None:
        copy.set_addresses(self.addresses())
        with _as_store_error():
            copy.set(**{str(name): str(value) for name, value in self._database.execute("SELECT * FROM settings")})

    def close(self) -> None:
        """Write what is pending and let go of the file."""
        try:
            self.commit()
        finally:
            self._database.close()

    # -- ops -------------------------------------------------------------------------------------

    def append(self, chunk: Chunk) -> None:
        """Add a chunk to the open transaction; it is on disk after `commit`. StoreError if it cannot be written."""
        self._remember(chunk)
        with _as_store_error():
            if not self._database.in_transaction:
                self._database.execute("BEGIN IMMEDIATE")
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
        return number

    def _remember(self, chunk: Chunk) -> None:
        before = self._recent.pop((chunk.author, chunk.first), None)
        self._recent[chunk.author, chunk.first] = chunk
        self._recent_bytes += len(chunk.blob) - len(before.blob if before else b"")
        while self._recent_bytes > RECENT_BYTES and len(self._recent) > 1:
            _, old = self._recent.popitem(last=False)
            self._recent_bytes -= len(old.blob)

    def commit(self) -> None:
        """Everything appended is on disk; StoreError if that cannot be."""
        if self._database.in_transaction:
            with _as_store_error():
                self._database.execute("COMMIT")

    def chunks(self) -> Iterator[Chunk]:
        """All ops, each author's in order. Chunks may overlap if two programs wrote them."""
        with _as_store_error():
            yield from map(Chunk._make, self._database.execute(f"{CHUNKS} ORDER BY author, first, length"))

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
        raise StoreError(str(error)) from error


def _text(data: bytes) -> str:
    """Text of a file that came from anywhere."""
    return data.decode("utf-8", "replace")


def _joined(parts: list[Chunk]) -> Chunk:
    if len(parts) == 1:
        return parts[0]
    length = sum(part.length for part in parts)
    blob = b"".join(part.blob for part in parts)
    return parts[0]._replace(length=length, blob=blob, signature=parts[-1].signature)


def _connect(path: Path, *, create: bool, writable: bool) -> sqlite3.Connection:
    if create:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    mode = "rw" if writable else "ro"
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode={mode}", uri=True, isolation_level=None)


def _check(database: sqlite3.Connection, path: Path) -> None:
    """A board of this format, or a new one; StoreError for anything else."""
    database.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    tables = database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if not tables:
        _prepare(database)
        return
    application = database.execute("PRAGMA application_id").fetchone()[0]
    version = database.execute("PRAGMA user_version").fetchone()[0]
    if application != APPLICATION_ID or database.execute(FOREIGN).fetchone()[0]:
        raise StoreError(f"{path} is a file of another program, not a p2psketch board.")
    if version > FORMAT:
        raise StoreError(f"{path} was made by a newer p2psketch (format {version}, this one knows {FORMAT}).")
    database.execute("PRAGMA synchronous = NORMAL")
    database.execute(f"PRAGMA wal_autocheckpoint = {WAL_PAGES}")


def _prepare(database: sqlite3.Connection) -> None:
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    database.execute(f"PRAGMA wal_autocheckpoint = {WAL_PAGES}")
    database.executescript(
        f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT}; COMMIT;"
    )
