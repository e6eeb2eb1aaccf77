"""Who writes a board file: one program at a time, which says where it listens.

Rule: the lock is the system's, on a file of its own beside the board, `NAME.p2psketch-lock`: it dies with the process
that has it, however that ends, and what lies there afterwards means nothing. Not on the board itself: SQLite's own
locks there are of a kind that a process loses when it closes any other handle of the file, and on Windows nobody could
read it then. `flock`, for it belongs to the open file: two windows of one program lock each other out too.
"""

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

from p2psketch.errors import BoardInUse, StoreError

ENDING: Final = "-lock"
TRIES: Final = 20

if sys.platform == "win32":
    import msvcrt

    BEYOND = 1 << 30
    """Where the locked byte is: on Windows nobody can read what is locked, and the port is to be read."""

    def _seize(file: int) -> None:
        os.lseek(file, BEYOND, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _seize(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Lock:
    """Held from `take` to `release`."""

    def __init__(self, path: Path, file: int) -> None:
        self._path = path
        self._file: int | None = file

    @classmethod
    def take(cls, board: Path) -> Self:
        """The right to write a board file. BoardInUse if somebody else has it, OSError where there can be no lock."""
        path = board.with_name(board.name + ENDING)
        for _ in range(TRIES):
            file = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
            try:
                _seize(file)
            except (BlockingIOError, PermissionError):
                os.close(file)
                port = _port_in(path)
                where = f" (it listens on port {port})" if port is not None else ""
                raise BoardInUse(f"The board {board} is open in another program{where}.", port) from None
            except OSError:
                os.close(file)
                raise
            if _is_at(file, path):
                os.truncate(file, 0)
                return cls(path, file)
            os.close(file)  # its holder removed it, and was gone, between our opening and our locking it
        raise StoreError(f"The board {board} cannot be locked.")

    def tell(self, port: int) -> None:
        """Where this program listens, for those who come and find the board in use."""
        if self._file is not None:
            os.lseek(self._file, 0, os.SEEK_SET)
            os.truncate(self._file, 0)
            os.write(self._file, f"{port}\n".encode())

    def release(self) -> None:
        """Somebody else may write it now."""
        if self._file is None:
            return
        file, self._file = self._file, None
        with suppress(OSError):  # on Windows, nobody can remove what is open; it means nothing
            self._path.unlink()
        os.close(file)


def _is_at(file: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except OSError:
        return False


def _port_in(path: Path) -> int | None:
    """None where its holder has not said so, or not yet."""
    try:
        return int(path.read_text(encoding="ascii")[:8])
    except (OSError, ValueError):
        return None
