"""The hand: moves the board under the canvas."""

from peer.tools.tool import HAND, Pointer, Surface, Tool


class Hand(Tool):
    """Idle, or dragging. Where the board has been dragged to stays, cancelled or not: nothing was changed."""

    name = HAND

    def __init__(self, surface: Surface) -> None:
        self._surface = surface
        self._dragging: Pointer | None = None

    @property
    def busy(self) -> bool:
        return self._dragging is not None

    def press(self, pointer: Pointer) -> None:
        self._dragging = pointer

    def move(self, pointer: Pointer) -> None:
        if self._dragging is not None:
            was, self._dragging = self._dragging, pointer
            self._surface.pan(pointer.screen_x - was.screen_x, pointer.screen_y - was.screen_y)

    def release(self, pointer: Pointer) -> None:
        self.move(pointer)
        self._dragging = None

    def cancel(self) -> None:
        self._dragging = None
