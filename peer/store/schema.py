"""The file's format: its tables, its marks, and how a connection to it is made.

Rule: a file that is not ours, or is newer than this program, is told from the first look and not changed by it.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from weakref import WeakSet

from p2psketch.errors import BoardDamaged, NotABoard, StoreError
from p2psketch.oplog import MAX_OPS

APPLICATION_ID: Final = int.from_bytes(b"p2ps", "big")
FORMAT: Final = 2
BUSY_MS: Final = 2000
WAL_PAGES: Final = 4000
"""16 MiB between two moves of the log into the file: each waits for the disk, while everybody waits for us."""
SUFFIX: Final = ".p2psketch"
DAMAGE: Final = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}

DRAFTS: Final = """
CREATE TABLE IF NOT EXISTS drafts (peer BLOB PRIMARY KEY, wall INTEGER NOT NULL, body BLOB NOT NULL) WITHOUT ROWID;
"""

SCHEMA: Final = f"""
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
{DRAFTS}"""

TABLES: Final = ("authors", "chunks", "forks", "blobs", "addresses", "settings")
"""Of every format so far."""

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

KEPT_DRAFTS: Final = """
SELECT peer, wall, body FROM drafts
WHERE typeof(peer) = 'blob' AND length(peer) = 32 AND typeof(wall) = 'integer' AND wall >= 0 AND typeof(body) = 'blob'
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

OURS: Final = "SELECT name FROM sqlite_master WHERE type = 'table'"


class Database(sqlite3.Connection):
    """A connection that is closed when it is told to. SQLite keeps a file open as long as a statement is left, which an
    error's traceback may hold, and removes the log and the index of its file when the last one goes: by their names,
    which may be another file's by then.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._cursors: WeakSet[sqlite3.Cursor] = WeakSet()

    def execute(self, *args: Any) -> sqlite3.Cursor:
        """By a cursor that ends with the connection."""
        cursor = self.cursor()
        self._cursors.add(cursor)
        return cursor.execute(*args)

    def close(self) -> None:
        """The file is closed when this returns."""
        for cursor in list(self._cursors):
            cursor.close()
        super().close()


def connect(path: Path, *, create: bool = False, writable: bool = True) -> sqlite3.Connection:
    """A connection to a file, which is made if need be. sqlite3.Error or OSError."""
    if create:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    mode = "rw" if writable else "ro"
    database = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode={mode}", uri=True, isolation_level=None, factory=Database
    )
    database.text_factory = as_text
    database.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    return database


def as_text(data: bytes) -> str:
    """Text of a file that came from anywhere."""
    return data.decode("utf-8", "replace")


def identify(database: sqlite3.Connection, path: Path) -> int:
    """The format of a board, 0 for an empty file. NotABoard, or BoardDamaged where its own tables are lost."""
    entries = database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    application = database.execute("PRAGMA application_id").fetchone()[0]
    version = int(database.execute("PRAGMA user_version").fetchone()[0])
    if application != APPLICATION_ID:
        if not entries and not application and not version:
            return 0
        raise NotABoard(f"{path} is a file of another program, not a p2psketch board.")
    if version > FORMAT:
        raise NotABoard(f"{path} was made by a newer p2psketch (format {version}, this one knows {FORMAT}).")
    if database.execute(FOREIGN).fetchone()[0]:
        raise NotABoard(f"{path} is a file of another program, not a p2psketch board.")
    if not set(TABLES) <= {name for (name,) in database.execute(OURS)} or version < 1:
        raise BoardDamaged(f"The board {path} is damaged: some of its tables are lost.")
    return version


def tune(database: sqlite3.Connection) -> None:
    """How it is written: see docs/file-format.md."""
    database.execute("PRAGMA synchronous = NORMAL")
    database.execute(f"PRAGMA wal_autocheckpoint = {WAL_PAGES}")


def prepare(database: sqlite3.Connection) -> None:
    """Make the tables."""
    database.execute("PRAGMA journal_mode = WAL")
    tune(database)
    database.executescript(
        f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT}; COMMIT;"
    )


def check_readable(path: Path, *, create: bool = False) -> None:
    """StoreError, in one sentence, where a path cannot lead to a board."""
    if path.is_dir():
        raise NotABoard(f"{path} is a folder, not a board.")
    if not path.exists() and not create:
        raise StoreError(f"There is no board at {path}.")
    if path.exists() and not os.access(path, os.R_OK):
        raise StoreError(f"The board {path} cannot be opened: you are not permitted to read it.")


@contextmanager
def opening(path: Path) -> Iterator[None]:
    """What SQLite and the system say of a file, as a sentence."""
    try:
        yield
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        if is_damage(error):
            raise BoardDamaged(f"The board {path} cannot be read, for it is damaged ({error}).") from error
        raise StoreError(f"The board {path} cannot be opened: {error}.") from error
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"The board {path} cannot be opened: {getattr(error, 'strerror', None) or error}.") from error


def is_damage(error: sqlite3.Error | UnicodeDecodeError) -> bool:
    """Does this say that a file is not in order? Some of it SQLite cannot even put into words."""
    return isinstance(error, UnicodeDecodeError) or getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGE


def place_of(path: Path | None) -> tuple[int, int] | None:
    """What distinguishes a file from another one with its name."""
    try:
        found = os.stat(path) if path is not None else None
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if found is not None else None
