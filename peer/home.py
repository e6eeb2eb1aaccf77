"""Where this program keeps things on this machine, and the person's lasting key.

Rule: `P2PSKETCH_HOME` moves everything; otherwise the system's own places are used (platformdirs).
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from p2psketch.errors import StoreError

if TYPE_CHECKING:
    from p2psketch.keys import Identity

SEED_SIZE = 32

TAG = re.compile(r"-[0-9a-f]{16}$")
"""What the name of a board's file ends with, by which its link finds it."""


def home() -> Path:
    """The directory of boards, settings and keys; it may not exist yet."""
    if moved := os.environ.get("P2PSKETCH_HOME"):
        return Path(moved)
    from platformdirs import user_data_path

    return user_data_path("p2psketch", appauthor=False)


def boards() -> Path:
    """The directory of board files."""
    return home() / "boards"


def make_boards() -> None:
    """The directory of board files, if there is none yet. StoreError if it cannot be made."""
    try:
        boards().mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"The directory {boards()} cannot be used: {error.strerror or error}.") from error


def trash() -> Path:
    """The directory of boards that were deleted."""
    return home() / "trash"


def thumbnails() -> Path:
    """The directory of small pictures of boards."""
    return home() / "thumbnails"


def lasting_identity() -> Identity:
    """The key that says, across launches and boards, that the same person drew this; made when first needed."""
    from p2psketch.keys import Identity  # cryptography takes a while to import, and settings have no use for it

    return Identity(_seed(home() / "person.key"))


def _seed(path: Path) -> bytes:
    try:
        seed = path.read_bytes()
        if len(seed) == SEED_SIZE:
            return seed
        path.rename(path.with_suffix(f".damaged-{os.getpid()}"))
    except FileNotFoundError:
        pass
    except OSError as error:
        raise StoreError(f"The key {path} cannot be read: {error}.") from error
    return _make(path)


def _make(path: Path) -> bytes:
    seed = os.urandom(SEED_SIZE)
    mine = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(seed)
        try:
            os.link(mine, path)
        except FileExistsError:
            seed = path.read_bytes()
        except OSError:  # a file system without hard links
            mine.replace(path)
        finally:
            mine.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"The directory {path.parent} cannot be used: {error}.") from error
    return seed
