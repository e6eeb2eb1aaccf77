"""A touch screen under a canvas: Qt's touch points in the words of `Fingers`, what these ask in those of the canvas.

Rule: what a finger does comes from here alone; mouse events that a system makes up from touches are not listened to.
"""

from collections.abc import Callable
from time import monotonic
from typing import Protocol

from PyQt6.QtCore import QEvent, QPointF
from PyQt6.QtGui import QEventPoint, QTabletEvent, QTouchEvent

from peer.tools.fingers import Fingers, Place
from peer.tools.tool import Pointer
from peer.tools.toolbox import Button
from peer.ui.camera import Camera


class Handled(Protocol):
    """What a canvas is asked for."""

    camera: Camera

    @property
    def draws(self) -> bool: ...
    def pointer_pressed(self, pointer: Pointer, button: Button | None) -> None: ...
    def pointer_moved(self, pointer: Pointer) -> None: ...
    def pointer_released(self, pointer: Pointer, button: Button | None) -> None: ...
    def pointer_lost(self) -> None: ...
    def cancel(self) -> bool: ...
    def drag(self, was: Place, at: Place, zoom: float) -> None: ...
    def glide(self, speed: Place) -> None: ...
    def tap(self, fingers: int) -> None: ...


class Touch:
    """Give it touch events and, as they tell palms from fingers, those of pens."""

    def __init__(
        self, canvas: Handled, to_canvas: Callable[[QPointF], QPointF], clock: Callable[[], float] = monotonic
    ):
        """`to_canvas` brings a place on the screen of the machine to the canvas."""
        self._canvas = canvas
        self._to_canvas = to_canvas
        self.clock = clock
        self.fingers = Fingers(self)

    def touched(self, event: QTouchEvent) -> None:
        """Fingers have touched, moved or lifted."""
        now = self.clock()
        if event.type() == QEvent.Type.TouchCancel:
            self.fingers.cancel()
            return
        points = [(point.state(), point.id(), self._place(point)) for point in event.points()]
        moved = {id: at for state, id, at in points if state is QEventPoint.State.Updated}
        if moved:
            self.fingers.move(moved, now)
        for state, id, at in points:
            if state is QEventPoint.State.Pressed:
                self.fingers.begin(id, at, now)
            elif state is QEventPoint.State.Released:
                self.fingers.end(id, at, now)

    def pen(self, event: QTabletEvent) -> None:
        """A pen is over the canvas, or on it."""
        down = event.type() != QEvent.Type.TabletRelease and bool(event.buttons())
        self.fingers.pen(self.clock(), down=down)

    def _place(self, point: QEventPoint) -> Place:
        at = self._to_canvas(point.globalPosition())
        return at.x(), at.y()

    def _pointer(self, at: Place) -> Pointer:
        return Pointer(*self._canvas.camera.to_board(*at), *at, time=self.clock())

    # -- what fingers ask for ------------------------------------------------------------------------

    @property
    def draws(self) -> bool:
        return self._canvas.draws

    def press(self, at: Place) -> None:
        self._canvas.pointer_pressed(self._pointer(at), Button.MAIN)

    def move(self, at: Place) -> None:
        self._canvas.pointer_moved(self._pointer(at))

    def release(self, at: Place) -> None:
        self._canvas.pointer_released(self._pointer(at), Button.MAIN)
        self._canvas.pointer_lost()

    def cancel(self) -> None:
        self._canvas.cancel()
        self._canvas.pointer_lost()

    def drag(self, was: Place, at: Place, factor: float) -> None:
        self._canvas.drag(was, at, self._canvas.camera.zoom * factor)

    def glide(self, speed: Place) -> None:
        self._canvas.glide(speed)

    def tap(self, fingers: int) -> None:
        self._canvas.tap(fingers)
