"""The eraser: takes away every stroke that it touches while it is dragged; a whole drag is one step of undo."""

from collections.abc import Collection
from typing import Final

from p2psketch.ids import ShapeId
from p2psketch.ops import Edit
from peer.tools.tool import ERASER, Board, Pointer, Surface, Tool

RADIUS: Final = 8.0
"""Of the eraser, in pixels of the screen."""


class Eraser(Tool):
    """Idle, or erasing: what was touched fades, and goes when the pointer is released."""

    name = ERASER

    def __init__(self, board: Board, surface: Surface) -> None:
        self._board = board
        self._surface = surface
        self._at: tuple[float, float] | None = None
        self._touched: dict[ShapeId, None] = {}

    @property
    def busy(self) -> bool:
        return self._at is not None

    @property
    def fading(self) -> Collection[ShapeId]:
        return self._touched.keys()

    def press(self, pointer: Pointer) -> None:
        self._at = pointer.x, pointer.y
        self._rub(pointer)

    def move(self, pointer: Pointer) -> None:
        if self._at is not None:
            self._rub(pointer)

    def release(self, pointer: Pointer) -> None:
        if self._at is None:
            return
        self._rub(pointer)
        touched = list(self._touched)
        self.cancel()
        if touched:
            self._board.edit(Edit(tuple((shape, {"deleted": True}) for shape in touched)))

    def cancel(self) -> None:
        self._at = None
        self._touched = {}

    def _rub(self, pointer: Pointer) -> None:
        start, end = self._at or (pointer.x, pointer.y), (pointer.x, pointer.y)
        self._touched.update(dict.fromkeys(self._surface.find(start, end, RADIUS / self._surface.zoom)))
        self._at = end
