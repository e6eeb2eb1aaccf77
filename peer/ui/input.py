"""What Qt says of mice, pens, wheels and touchpads, in the words of tools and camera."""

from typing import Final

from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QGuiApplication, QInputEvent, QMouseEvent, QPointingDevice, QTabletEvent, QWheelEvent

from peer.tools.tool import Pointer
from peer.tools.toolbox import Button
from peer.ui.camera import Camera

BUTTONS: Final = {Qt.MouseButton.LeftButton: Button.MAIN, Qt.MouseButton.MiddleButton: Button.MIDDLE}

_WHEEL_STEP: Final = 0.8
"""Pixels of the screen for an eighth of a degree of the wheel: about 100 for a notch."""

_WHEEL_ZOOM: Final = 1.2 ** (1 / 120)
"""A notch zooms by a fifth."""


def pointer_of(event: QMouseEvent | QTabletEvent, camera: Camera) -> Pointer:
    """Where the pointer of an event is, on the canvas and on the board."""
    at, held = event.position(), event.modifiers()
    x, y = camera.to_board(at.x(), at.y())
    return Pointer(
        x,
        y,
        at.x(),
        at.y(),
        pressure=event.pressure() if isinstance(event, QTabletEvent) else None,
        time=event.timestamp() / 1000,
        shift=bool(held & Qt.KeyboardModifier.ShiftModifier),
        ctrl=bool(held & Qt.KeyboardModifier.ControlModifier),
        alt=bool(held & Qt.KeyboardModifier.AltModifier),
    )


def mouse_button(event: QMouseEvent) -> Button | None:
    """The button that was pressed or released, if it is one that does something."""
    return BUTTONS.get(event.button())


def was_released(button: Button | None, event: QMouseEvent) -> bool:
    """Is the button that holds a gesture up, though nobody said that it was released?"""
    held = next((qt for qt, ours in BUTTONS.items() if ours is button), None)
    return held is not None and not event.buttons() & held


def pen_button(event: QTabletEvent) -> Button | None:
    """The end of the stylus, or the button on it, that was pressed or released."""
    if event.pointerType() is QPointingDevice.PointerType.Eraser:
        return Button.TAIL
    return BUTTONS.get(event.button())


def is_ctrl(event: QInputEvent) -> bool:
    """Is Ctrl held (Cmd on a Mac)?"""
    return bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)


def wheel_pan(event: QWheelEvent) -> QPointF:
    """By how many pixels of the screen a wheel, or two fingers, push the board; with Shift, sideways."""
    pixels = event.pixelDelta()
    exact = not pixels.isNull() and QGuiApplication.platformName() != "xcb"
    push = QPointF(pixels) if exact else QPointF(event.angleDelta()) * _WHEEL_STEP
    if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and not push.x():
        return QPointF(push.y(), 0)
    return push


def wheel_zoom(event: QWheelEvent) -> float:
    """By what factor a wheel zooms."""
    return float(_WHEEL_ZOOM ** (event.angleDelta().y() or event.angleDelta().x()))
