"""Where the small pictures of boards are kept.

Rule: names of files and nothing else: the welcome page is there before anything that paints ink has been imported.
"""

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from peer.home import thumbnails


def file_of(board: Path | str, *, dark: bool) -> Path:
    """Where the picture of a board is, if there is one."""
    name = sha256(str(board).encode("utf-8", "surrogatepass")).hexdigest()[:24]
    return thumbnails() / f"{name}-{'dark' if dark else 'light'}.png"


def move(board: Path | str, to: Path | str) -> None:
    """The board's file is somewhere else now."""
    for dark in (False, True):
        with suppress(OSError):
            os.replace(file_of(board, dark=dark), file_of(to, dark=dark))


def remove(board: Path | str) -> None:
    """The board is gone, or empty."""
    for dark in (False, True):
        with suppress(OSError):
            file_of(board, dark=dark).unlink()
