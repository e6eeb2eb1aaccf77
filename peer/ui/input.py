"""What Qt says of mice, pens, wheels and touchpads, in the words of tools and camera."""

from typing import Final

from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import (
    QGuiApplication,
    QInputDevice,
    QInputEvent,
    QMouseEvent,
    QPointingDevice,
    QTabletEvent,
    QWheelEvent,
)

from peer.tools.tool import Pointer
from peer.tools.toolbox import Button
from peer.ui.camera import Camera

BUTTONS: Final = {Qt.MouseButton.LeftButton: Button.MAIN, Qt.MouseButton.MiddleButton: Button.MIDDLE}

_NO_MICE: Final = (
    QInputDevice.DeviceType.TouchScreen,
    QInputDevice.DeviceType.Stylus,
    QInputDevice.DeviceType.Airbrush,
)

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


class PenButtons:
    """Which button of ours a stylus has pressed, until it is released.

    The barrel's first button makes the tip an eraser, the second one moves the board.
    """

    def __init__(self) -> None:
        self._held: tuple[Qt.MouseButton, Button] | None = None

    def pressed(self, event: QTabletEvent) -> Button | None:
        """The end of the stylus, or the button on it, that was pressed; a button held in the air waits for the tip."""
        button = self._meant(event)
        if button is not None and self._held is None:
            self._held = event.button(), button
        return button

    def _meant(self, event: QTabletEvent) -> Button | None:
        if self.over(event) is Button.TAIL:
            return Button.TAIL
        if event.button() == Qt.MouseButton.RightButton:
            return Button.TAIL if event.pressure() > 0 else None
        erasing = event.buttons() & Qt.MouseButton.RightButton
        return Button.TAIL if erasing and event.button() == Qt.MouseButton.LeftButton else BUTTONS.get(event.button())

    def released(self, event: QTabletEvent) -> Button | None:
        """What was released, if it is what was pressed."""
        if self._held is None or (event.buttons() and event.button() != self._held[0]):
            return None
        (_, button), self._held = self._held, None
        return button

    def over(self, event: QTabletEvent) -> Button:
        """What the pen would press."""
        is_tail = event.pointerType() is QPointingDevice.PointerType.Eraser
        barrel = event.buttons() == Qt.MouseButton.RightButton
        return Button.TAIL if is_tail or barrel else Button.MAIN


def is_made_up(event: QMouseEvent) -> bool:
    """Is a mouse event what Qt or the system makes of a finger or a pen, which are heard of themselves?"""
    device = event.pointingDevice()
    return device is not None and device.type() in _NO_MICE


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
