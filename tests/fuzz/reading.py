"""Board files from anywhere: rows of any type and size in the right tables, and files that are damaged as files.

Rule: what cannot be read is a StoreError or a line in the log; the board goes on from what could be read, and what is
drawn then is there the next time.
"""

import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from p2psketch import effects as e
from p2psketch.errors import InviteError, StoreError
from p2psketch.messages import Fork
from p2psketch.oplog import Chunk
from peer.store import Store
from peer.store.schema import SCHEMA
from peer.target import from_file
from tests.core.sessions import Desk
from tests.fuzz.mutating import Value, unpacked

TABLES: Final = ("authors", "chunks", "forks", "addresses", "settings")


class Reader(Desk):
    """A desk on a real store."""

    def __init__(self, store: Store, key: str = "") -> None:
        self._store = store
        super().__init__("Ana", key=key)

    def run(self, effects: Sequence[e.Effect]) -> None:
        """As a desk does, but for what is the store's."""
        for effect in effects:
            match effect:
                case e.Persist(chunk, _):
                    self._store.append(chunk)
                case e.KeepFork(fork):
                    self._store.add_fork(fork)
                case e.Remember(addresses):
                    self._store.set_addresses(addresses)
                case e.Recall(author, seq):
                    chunk_of_it = self._store.read(author, seq, seq)
                    self.remembered += [e.Recalled(chunk_of_it)] if chunk_of_it is not None else []
        super().run([effect for effect in effects if not isinstance(effect, e.Recall)])

    def board_file(self) -> list[e.Event]:
        """All there is, as `peer.node` reads it."""
        forks = [e.ForkStored(fork) for fork in self._store.forks()]
        chunks = [e.Stored(chunk) for chunk in self._store.chunks()]
        return [*forks, *chunks, e.StoreRead(tuple(self._store.addresses()))]

    def reads(self) -> None:
        """Begin with what is in the store."""
        self.remembered += self.board_file()
        while self.remembered:
            self.sync()


def rows(data: bytes) -> None:
    """`data`: a list of rows, each the name of a table and its values."""
    database = sqlite3.connect(":memory:", isolation_level=None)
    with closing(database), suppress(StoreError):
        database.executescript(SCHEMA)
        _fill(database, unpacked(data))
        store = Store(database, None)
        _can_be_served(store, _is_read(store))


def _fill(database: sqlite3.Connection, table_rows: Value) -> None:
    for row in table_rows if isinstance(table_rows, list) else ():
        if isinstance(row, list) and row and row[0] in TABLES:
            places = ", ".join("?" * (len(row) - 1))
            with suppress(sqlite3.Error, OverflowError):  # not even SQLite takes that
                database.execute(f"INSERT OR IGNORE INTO {row[0]} VALUES ({places})", row[1:])


def _is_read(store: Store, *, sound: bool = True) -> Desk:
    """What is drawn on what could be read is there the next time, if SQLite itself has nothing to say against it."""
    ana = Reader(store, key="one launch")
    ana.reads()
    for _ in range(3):
        ana.wait(30)
    shape = ana.draws()
    again = Reader(store, key="another launch")
    again.reads()
    if sound:
        assert again.session.document.digest() == ana.session.document.digest()
        assert shape in again.shapes()
    for name in ("link", "room", "tracker_port"):
        store.setting(name)
    assert store.detached().read(ana.me, 1, 1) is not None
    return ana


def _can_be_served(store: Store, ana: Desk) -> None:
    """Reading a log goes on to its end, and gives what was asked for."""
    for author, tip in ana.session.log.tips():
        seq = 1
        while seq <= tip.seq and (chunk := store.read(author, seq, tip.seq)) is not None:
            assert chunk.first <= seq <= chunk.last
            seq = chunk.last + 1
        assert seq > tip.seq, "a hole in what was read without one"


def files(data: bytes) -> None:
    """`data` is the file."""
    with tempfile.TemporaryDirectory(prefix="p2psketch-") as folder:
        path = Path(folder, "board.p2psketch")
        path.write_bytes(data)
        for writable in (False, True):
            with suppress(StoreError), closing(Store.open(path, writable=writable)) as store:
                _is_read(store, sound=_is_sound(store))
        with suppress(StoreError, InviteError):
            target = from_file(path)
            target.invite.keys()
            target.open_store().close()


def _is_sound(store: Store) -> bool:
    try:
        return store._database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    except (sqlite3.Error, UnicodeDecodeError):
        return False


def fill(store: Store, chunks: Sequence[Chunk], forks: Sequence[Fork]) -> None:
    """A good board."""
    for fork in forks:
        store.add_fork(fork)
    for chunk in chunks:
        store.append(chunk)
    store.commit()
