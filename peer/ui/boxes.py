"""Bounding boxes in numbered slots, searched all at once by numpy: 10,000 of them in some 20 µs."""

from typing import Final

import numpy as np

from p2psketch.geometry import Floats, Rect

_NOWHERE: Final = np.array((np.inf, np.inf, -np.inf, -np.inf))[:, None]


class Boxes:
    """A growing table; an empty slot meets nothing."""

    def __init__(self) -> None:
        self._table: Floats = np.tile(_NOWHERE, 64)
        self._free: list[int] = []
        self._used = 0

    def __getitem__(self, slot: int) -> Rect:
        return Rect(*self._table[:, slot].tolist())

    def add(self, sides: Floats) -> list[int]:
        """Put boxes, left, top, right and bottom (4, n), into free slots; says which."""
        many = sides.shape[1]
        slots = [self._free.pop() for _ in range(min(many, len(self._free)))]
        fresh = many - len(slots)
        self._grow(self._used + fresh)
        slots += range(self._used, self._used + fresh)
        self._used += fresh
        self._table[:, slots] = sides
        return slots

    def _grow(self, needed: int) -> None:
        room = self._table.shape[1]
        if needed > room:
            more = max(room, needed - room)
            self._table = np.concatenate((self._table, np.tile(_NOWHERE, more)), axis=1)

    def remove(self, slot: int) -> None:
        """Empty a slot."""
        self._table[:, slot] = _NOWHERE[:, 0]
        self._free.append(slot)

    def meeting(self, area: Rect) -> list[int]:
        """The slots of the boxes that share a point with `area`."""
        left, top, right, bottom = self._table[:, : self._used]
        found = (left <= area.right) & (right >= area.left) & (top <= area.bottom) & (bottom >= area.top)
        slots: list[int] = np.flatnonzero(found).tolist()
        return slots

    def around(self) -> Rect | None:
        """The smallest rectangle around all boxes."""
        if len(self._free) == self._used:
            return None
        left, top, right, bottom = self._table[:, : self._used]
        return Rect(float(left.min()), float(top.min()), float(right.max()), float(bottom.max()))
