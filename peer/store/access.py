"""Opening board files: to write one, which one program may at a time, or to look at one, which changes nothing.

Rule: whoever writes has the lock. A file that is not ours stays as it is; one of ours that is damaged is set aside, and
what could be saved of it takes its place. Nothing is ever overwritten that could not be read.
"""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from p2psketch.codec import decode
from p2psketch.errors import BoardDamaged, NotABoard, RemoteProtocolError, StoreError
from p2psketch.keys import RoomKeys
from p2psketch.messages import Fork
from peer.store import words
from peer.store.lock import Lock
from peer.store.migration import migrate, sync
from peer.store.rescue import Saved, link_or_copy, put_aside, save
from peer.store.schema import check_readable, connect, identify, opening, prepare, tune
from peer.store.store import Store


def hold(path: Path, keys: RoomKeys) -> Store:
    """The board in a file, to be written by nobody else until it is closed; made if there is none, brought to the
    present format, rescued if it is damaged (`Store.damage` then says so).

    NotABoard, BoardInUse, or StoreError where it cannot be written.
    """
    check_readable(path, create=True)
    path = path.resolve()
    with opening(path):
        lock = Lock.take(path)
    try:
        return _held(path, keys, lock)
    except BaseException:
        lock.release()
        raise


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Nobody else writes a board file meanwhile, and all of it that can be is in it, not beside it. BoardInUse, or
    StoreError where there can be no lock.
    """
    path = path.resolve()
    with opening(path):
        lock = Lock.take(path)
    try:
        with opening(path):
            _move_log_into(path)
        yield
    finally:
        lock.release()


def _move_log_into(path: Path) -> None:
    """What lies beside a file belongs into it. SQLite removes it also where it could not read it: then it stays."""
    if not has_log(path):
        return
    log, kept = (path.with_name(path.name + ending) for ending in ("-wal", "-wal-kept"))
    kept.unlink(missing_ok=True)
    link_or_copy(log, kept)
    try:
        Store.open(path).close()
    except StoreError:  # whatever is wrong with it
        if not log.exists():
            kept.replace(log)
    finally:
        kept.unlink(missing_ok=True)


def _held(path: Path, keys: RoomKeys, lock: Lock) -> Store:
    with _log_kept(path):
        try:
            return _opened(path, lock)
        except BoardDamaged as error:
            damage = error
    return rescued(path, keys, lock, damage)


@contextmanager
def _log_kept(path: Path) -> Iterator[None]:
    """SQLite removes the log of a file that it has closed, even if it could not read them: not before we have."""
    log, kept = (path.with_name(path.name + ending) for ending in ("-wal", "-wal-kept"))
    with opening(path):
        if not has_log(path):
            yield
            return
        kept.unlink(missing_ok=True)
        link_or_copy(log, kept)
        yield
        if log.exists():
            kept.unlink()
        else:
            kept.replace(log)


def has_log(path: Path) -> bool:
    """Is there something beside a file that was not moved into it, for its program was killed?"""
    log = path.with_name(path.name + "-wal")
    return log.is_file() and log.stat().st_size > 0


def _opened(path: Path, lock: Lock) -> Store:
    database: sqlite3.Connection | None = None
    try:
        with opening(path):
            if not path.exists():
                os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            database = connect(path)
            version = identify(database, path)
            if version:
                tune(database)
                migrate(database, path, version)
            else:
                prepare(database)
            return Store(database, path, lock)
    except BaseException:
        if database is not None:
            database.close()
        raise


def mended(store: Store, keys: RoomKeys) -> Store:
    """A store of the same file, of which only what holds is left. The old one is closed, whatever becomes of it."""
    path, lock = store.path, store.lock
    assert path is not None
    assert lock is not None
    with suppress(StoreError):
        store.commit()
    store.lock = None  # it stays ours
    store.let_go()
    try:
        return rescued(path, keys, lock, BoardDamaged(f"The board {path} is damaged."))
    except BaseException:
        lock.release()
        raise


def rescued(path: Path, keys: RoomKeys, lock: Lock, damage: BoardDamaged) -> Store:
    """What can be saved, in the place of the damaged file; `damage` if nothing can be written there."""
    try:
        saved = save(path, keys)
        if not saved.is_of_a_board and _is_foreign(damage):
            raise NotABoard(f"{path} is a file of another program, not a p2psketch board.") from damage
        new = path.with_name(path.name + "-new")
        _write(new, saved)
        aside = put_aside(path, new)
    except OSError as error:
        raise StoreError(f"{damage} Nothing can be written beside it ({error.strerror or error}).") from error
    store = _opened(path, lock)
    store.damage = words.was_damaged(path, aside, saved.ops)
    return store


def _is_foreign(damage: BoardDamaged) -> bool:
    code = getattr(damage.__cause__, "sqlite_errorcode", 0)
    return code & 0xFF == sqlite3.SQLITE_NOTADB


def _write(path: Path, saved: Saved) -> None:
    """A whole new file. What is left of an earlier attempt is in the way."""
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    try:
        with closing(Store.open(path, create=True)) as store:
            fill(store, saved)
        sync(path)
    except StoreError as error:
        path.unlink(missing_ok=True)
        raise OSError(str(error)) from error


def fill(store: Store, saved: Saved) -> None:
    """What was saved, into a new board."""
    for message in saved.rows.forks:
        with suppress(RemoteProtocolError):
            if isinstance(fork := decode(message), Fork):
                store.add_fork(fork)
    for chunk in saved.chunks:
        store.append(chunk)
    for draft in saved.drafts:
        store.keep_draft(*draft)
    store.commit()
    store.set_addresses(saved.addresses)
    store.set(**saved.settings)


def look(path: Path, keys: RoomKeys | None = None, *, whole: bool = False) -> Store:
    """The board in a file, to be read. Where it is damaged, what can be saved of it, in memory; `whole` if it is worth
    a tenth of a second to find out. `keys` for files that have lost their link. StoreError if there is no board there.
    """
    check_readable(path)
    try:
        store = _readable(path)
        if whole and not store.is_sound():
            store.close()
            raise BoardDamaged(f"The board {path} is damaged.")
    except BoardDamaged as damage:
        return _remains(path, keys, damage)
    return store


def _readable(path: Path) -> Store:
    may_write = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
    try:
        return Store.open(path, writable=may_write and not has_log(path))
    except StoreError as error:
        if getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF not in _NEEDS_WRITING:
            raise
        return _copied(path)


_NEEDS_WRITING = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}
"""What SQLite says where it would have to write beside a file in order to read it, and may not."""


def _copied(path: Path) -> Store:
    with tempfile.TemporaryDirectory(prefix="p2psketch-") as folder:
        copy = Path(folder, path.name)
        for ending in ("", "-wal"):
            with suppress(FileNotFoundError):
                shutil.copyfile(path.with_name(path.name + ending), copy.with_name(copy.name + ending))
        with closing(Store.open(copy)) as store:
            memory = store.detached()
    memory.detached_from = path
    return memory


def _remains(path: Path, keys: RoomKeys | None, damage: BoardDamaged) -> Store:
    """What is left of a damaged file, in memory."""
    with opening(path):
        saved = save(path, keys)
    if not saved.is_of_a_board and _is_foreign(damage):
        raise NotABoard(f"{path} is a file of another program, not a p2psketch board.") from damage
    memory = Store.memory()
    fill(memory, saved)
    memory.detached_from = path
    memory.damage = words.is_damaged(path, saved.ops)
    return memory
