"""Board files: how they are read and written, who may, and what becomes of them when they are damaged.

Rule: nothing else touches SQLite or knows what is in a file. `access` opens
files, `store` is a board in a file or in memory, `schema` what its
tables are called, `migration` what they were called before, `lock` who writes, `carving` and `rescue` what is left of a
file that cannot be read as one. docs/file-format.md describes the file.
"""

from peer.store.access import alone, hold, look, mended
from peer.store.schema import SUFFIX
from peer.store.store import Store

__all__ = ["SUFFIX", "Store", "alone", "hold", "look", "mended"]
