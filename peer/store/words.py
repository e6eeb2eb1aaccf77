"""What people are told of their board files: one sentence each, and what goes on meanwhile.

Rule: text only. What SQLite and the system say is put into words here and nowhere else.
"""

from pathlib import Path
from typing import Final

MEANWHILE: Final = "Drawing goes on in memory only, and is saved as soon as that is possible."
SHARED: Final = "Another window here has this board open, and saves what you draw."
BACK: Final = "The board is saved again."

WHY: Final = {
    "database or disk is full": "the disk is full",
    "attempt to write a readonly database": "it may only be read",
    "disk I/O error": "the disk does not take it",
    "unable to open database file": "its folder may not be written to",
    "database disk image is malformed": "it is damaged",
    "database is locked": "another program is writing it",
}


def meanwhile(sentence: str) -> str:
    """Why there is no file, and what goes on all the same."""
    return f"{sentence} {MEANWHILE}"


def cannot_be_written(path: Path, why: str) -> str:
    """A file that failed while it was open."""
    return meanwhile(f"The board file {path.name} cannot be written: {WHY.get(why, why)}.")


def is_gone(path: Path) -> str:
    """A file that is not where it was any more."""
    return meanwhile(f"The board file {path.name} was moved or deleted while it was open.")


def was_damaged(path: Path, aside: Path, ops: int) -> str:
    """A file that has been rescued."""
    what = f"what could be saved of it ({ops:,} changes) is here" if ops else "nothing of it could be saved"
    return (
        f"The board file {path.name} was damaged: it is kept as {aside.name}; {what}, the rest comes from the others."
    )


def is_damaged(path: Path, ops: int) -> str:
    """A file that is only looked at."""
    return f"The board file {path.name} is damaged: this is what could be read of it ({ops:,} changes)."
