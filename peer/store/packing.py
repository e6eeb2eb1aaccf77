"""Small rows of ops joined to larger ones, a few at a time: a stroke that a hand draws is signed and stored by itself,
which takes half as much again as the stroke.

Rule: only what is signed is joined, and only what nobody is adding to, or is a full row; nothing of it is lost, in a
crash either, for the small rows go in the transaction that brings the large one.
"""

import sqlite3
from collections.abc import Collection
from typing import Final

from p2psketch.ids import PeerId
from p2psketch.keys import check_ops
from p2psketch.oplog import Chunk
from p2psketch.salvage import packed
from peer.store.schema import CHUNKS, PUT_CHUNK

ROWS: Final = 256
"""Rows that are looked at at once: a few milliseconds."""
SPARE: Final = 0.15
"""Part of a file that is not used, from which on it is worth to write it anew."""
FEW_PAGES: Final = 64

NEXT: Final = f"{CHUNKS} AND (author, first) > (?, ?) ORDER BY author, first, length LIMIT {ROWS}"
NUMBER: Final = "SELECT id FROM authors WHERE peer = ?"
REMOVE: Final = "DELETE FROM chunks WHERE author = ? AND first BETWEEN ? AND ? AND first + length - 1 <= ?"


class Packing:
    """One round through a file: `step` until it says that it is done."""

    def __init__(self, database: sqlite3.Connection, room: bytes) -> None:
        self._database = database
        self._room = room
        self._at = (0, 0)

    def step(self, growing: Collection[PeerId]) -> bool:
        """Join rows that stand one after the other, in the open transaction or in none; False at the end of the file.
        Of those who are `growing` the last row is left as it is. sqlite3.Error.
        """
        rows = list(map(Chunk._make, self._database.execute(NEXT, self._at)))
        if not rows:
            return False
        run = _leading(rows)
        author, is_cut = run[0].author, len(run) == ROWS
        number = int(self._database.execute(NUMBER, (author,)).fetchone()[0])
        joined = packed(self._room, check_ops, run)
        self._at = (number, run[-1].first)
        if len(joined) < len(run) and joined:
            if is_cut and len(joined) > 1:
                self._at = (number, joined.pop().first - 1)  # there may be room in it for the next ones
            elif author in growing and len(run) == len(rows):
                joined.pop()
            self._replace(number, joined)
        return True

    def _replace(self, number: int, joined: list[Chunk]) -> None:
        for chunk in joined:
            self._database.execute(REMOVE, (number, chunk.first, chunk.last, chunk.last))
            row = (number, chunk.first, chunk.length, chunk.head, chunk.blob, chunk.signature)
            self._database.execute(PUT_CHUNK, row)


def _leading(rows: list[Chunk]) -> list[Chunk]:
    """The first rows, as far as they continue each other."""
    run = rows[:1]
    for row in rows[1:]:
        if (row.author, row.first) != (run[-1].author, run[-1].last + 1):
            break
        run.append(row)
    return run


def shrink(database: sqlite3.Connection) -> None:
    """Give back what a file does not use any more, if that is much. sqlite3.Error."""
    pages = database.execute("PRAGMA page_count").fetchone()[0]
    free = database.execute("PRAGMA freelist_count").fetchone()[0]
    if free > FEW_PAGES and free > SPARE * pages:
        database.execute("VACUUM")
