"""Board files of older formats: brought to this one when they are opened for writing, with a copy kept beside.

Rule: the copy is complete, under its own name, before anything changes, and what changes is one transaction: whenever a
program dies in between, the next one finds either the old format or the new one. Reading a file never changes it.

    1 → 2   the table `drafts`: the stroke under somebody's pen
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from peer.store.schema import DRAFTS, FORMAT, SUFFIX

STEPS = {1: DRAFTS}
"""What leads from a format to the next."""


def migrate(database: sqlite3.Connection, path: Path, version: int) -> None:
    """Bring a file of an older format to this one. sqlite3.Error or OSError, and nothing changed, if that fails."""
    if version == FORMAT:
        return
    keep_copy(database, path, version)
    steps = "".join(STEPS[number] for number in range(version, FORMAT))
    try:
        database.executescript(f"BEGIN IMMEDIATE; {steps} PRAGMA user_version = {FORMAT}; COMMIT;")
    except sqlite3.Error:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise


def copy_of(path: Path, version: int) -> Path:
    """Where the file as it was is kept."""
    return path.with_name(f"{path.stem}.format-{version}{SUFFIX}")


def keep_copy(database: sqlite3.Connection, path: Path, version: int) -> Path:
    """The file as it is, beside it; a copy that is there already stays as it is."""
    kept = copy_of(path, version)
    if kept.exists():
        return kept
    making = kept.with_name(f"{kept.name}-new")
    making.unlink(missing_ok=True)
    os.close(os.open(making, os.O_CREAT | os.O_RDWR, 0o600))
    with closing(sqlite3.connect(making)) as copy:
        database.backup(copy)
    sync(making)
    making.replace(kept)
    sync(kept.parent)
    return kept


def sync(path: Path) -> None:
    """It is on the disk, and not on its way there. A directory too, where the system lets one do that."""
    try:
        file = os.open(path, os.O_RDONLY)
    except PermissionError:  # Windows opens no directories
        return
    try:
        os.fsync(file)
    finally:
        os.close(file)
