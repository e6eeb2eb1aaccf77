"""Plays strokes on a canvas with a stylus that does not exist.

Rule: the person at this window goes first. A stroke that is being drawn when they press is finished at once, and the
next one waits until they are done; where they have moved the view, it stays.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from PyQt6.QtCore import QEvent, QObject, QPointF, Qt, QTimer
from PyQt6.QtGui import QInputDevice, QPointingDevice, QTabletEvent

from p2psketch.geometry import Point
from peer.motions import Does, Motion, motions
from peer.scenes import AREA, Stroke
from peer.tools.tool import PEN
from peer.ui.camera import Camera
from peer.ui.desk import Desk

FRAME: Final = 16
"""Milliseconds."""
SMALLEST: Final = 0.1
LARGEST: Final = 1.25
"""Zooms past which the drawing is not fitted."""
ROOM: Final = 20
"""Pixels between the drawing and the panels."""

_PRESSES: Final = {QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick, QEvent.Type.TabletPress}
_RELEASES: Final = {QEvent.Type.MouseButtonRelease, QEvent.Type.TabletRelease}
_WHEELS: Final = {QEvent.Type.Wheel, QEvent.Type.NativeGesture, QEvent.Type.Gesture}
_MOVES: Final = {QEvent.Type.MouseMove, QEvent.Type.TabletMove, QEvent.Type.Leave, QEvent.Type.Enter}
_TYPES: Final = {
    Does.HOVER: QEvent.Type.TabletMove,
    Does.PRESS: QEvent.Type.TabletPress,
    Does.MOVE: QEvent.Type.TabletMove,
    Does.LIFT: QEvent.Type.TabletRelease,
}


class Player(QObject):
    """The stylus over one desk, as long as that is there. `color` is what it leaves in the style panel."""

    def __init__(self, desk: Desk, color: int) -> None:
        super().__init__(desk)
        self._desk = desk
        self._canvas = desk.canvas
        self._device = _stylus(self)
        self._own_style = color, desk.ink.width
        self._motions: Iterator[Motion] = iter(())
        self._next: Motion | None = None
        self._here: Point | None = None
        self.drawing = False
        """Is the pen on the board?"""
        self._person_draws = False
        self._view_is_theirs = False
        self._speed = 1.0
        self._now = self._ticked = 0.0
        self._done: Callable[[], None] = lambda: None
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._fitting = QTimer(self)
        self._fitting.setSingleShot(True)
        self._fitting.timeout.connect(self._fit)
        self._fitting.start(0)
        self._canvas.glass.installEventFilter(self)

    def play(self, strokes: Sequence[Stroke], speed: float, done: Callable[[], None], end: Point | None = None) -> None:
        """Draw, so many times as fast as a hand would, with the pen at `end` after it, and call `done`."""
        self._motions = motions(strokes, self._here, end)
        self._next = next(self._motions, None)
        self._now, self._ticked = 0.0, time.monotonic()
        self._speed, self._done = speed, done
        self._timer.start(FRAME)

    def _tick(self) -> None:
        now = time.monotonic()
        passed, self._ticked = now - self._ticked, now
        if self._person_draws:
            return
        self._now += min(passed, 0.25) * self._speed
        while self._next is not None and self._next.at <= self._now:
            self._perform(self._next)
        if self._next is None:
            self._timer.stop()
            self._desk.ink.color, self._desk.ink.width = self._own_style
            self._done()

    def _finish_stroke(self) -> None:
        while self.drawing and self._next is not None:
            self._now = self._next.at
            self._perform(self._next)

    def _perform(self, motion: Motion) -> None:
        self._next = next(self._motions, None)
        self._here = motion.point
        if motion.stroke is not None:
            self._canvas.select_tool(PEN)
            self._desk.ink.color, self._desk.ink.width = motion.stroke.color, motion.stroke.width
            self.drawing = True
        self._canvas.viewportEvent(self._event(motion))
        if motion.does is Does.LIFT:
            self.drawing = False

    def _event(self, motion: Motion) -> QTabletEvent:
        at = QPointF(*self._canvas.camera.to_screen(*motion.point))
        none, left = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
        held = left if motion.does in (Does.PRESS, Does.MOVE) else none
        button = left if motion.does in (Does.PRESS, Does.LIFT) else none
        keys = Qt.KeyboardModifier.NoModifier
        press = motion.pressure if held else 0.0
        kind = _TYPES[motion.does]
        return QTabletEvent(kind, self._device, at, at, press, 0.0, 0.0, 0.0, 0.0, 0.0, keys, button, held)

    # -- the view --------------------------------------------------------------------------------------

    def _fit(self) -> None:
        """Show all that will be drawn, between the panels."""
        if self._view_is_theirs:
            return
        zoom, left, top, right, bottom = max(self._rooms())

        def look(camera: Camera) -> None:
            camera.zoom = max(zoom, SMALLEST)
            x, y = AREA.centre
            aside = (left + right - camera.width) / 2, (top + bottom - camera.height) / 2
            camera.look_at(x - aside[0] / camera.zoom, y - aside[1] / camera.zoom)

        self._canvas.move_camera(look)

    def _rooms(self) -> Iterator[tuple[float, int, int, int, int]]:
        """Where there is room for the drawing, beside the style panel and below it: the zoom at which it fits, and
        the room's left, top, right and bottom on the canvas."""
        desk, style = self._desk, self._desk.style_panel.geometry()
        right, bottom = desk.width() - ROOM, desk.zoom.y() - ROOM
        for left, top in ((style.right() + ROOM, desk.tools.geometry().bottom() + ROOM), (ROOM, style.bottom() + ROOM)):
            fits = min((right - left) / AREA.width, (bottom - top) / AREA.height)
            yield min(fits, LARGEST), left, top, right, bottom

    # -- Qt ----------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """What the person at this window does on the canvas; the actor's own motions do not come through here."""
        if event is None:
            return False
        kind = event.type()
        if kind in _PRESSES:
            self._finish_stroke()
            self._person_draws = self._view_is_theirs = True
        elif kind in _RELEASES:
            self._person_draws = False
        elif kind in _WHEELS:
            self._view_is_theirs = True
        elif kind == QEvent.Type.Resize:
            self._fitting.start(0)
        return kind in _MOVES and self.drawing


def _stylus(parent: QObject) -> QPointingDevice:
    return QPointingDevice(
        "actor",
        1,
        QInputDevice.DeviceType.Stylus,
        QPointingDevice.PointerType.Pen,
        QInputDevice.Capability.Position | QInputDevice.Capability.Pressure,
        1,
        2,
        parent=parent,
    )
