"""A touch screen and a tablet as the platform's plugin would report them: their events take the whole road through Qt,
with all that Qt makes of them on the way (targets, grabs, made-up mouse events).

PyQt has no word for this, so Qt's own functions are called by their names in its library; where they are not found
under these names (elsewhere than on Linux, or in another Qt), tests that need them are skipped.
"""

import ctypes
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from PyQt6 import sip
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QEventPoint, QInputDevice, QPointingDevice, QWindow
from PyQt6.QtWidgets import QApplication, QWidget

_LIBRARY = "libQt6Gui.so.6"
_REGISTER = "_ZN22QWindowSystemInterface19registerInputDeviceEPK12QInputDevice"
_POINT = "_ZN11QEventPointC1EiNS_5StateERK7QPointFS3_"
_TOUCH = "_Z21qt_handleTouchEventv2P7QWindowPK15QPointingDeviceRK5QListI11QEventPointE6QFlagsIN2Qt16KeyboardModifierEE"
_CANCEL = (
    "_ZN22QWindowSystemInterface22handleTouchCancelEventINS_15DefaultDeliveryEEEbP7QWindowPK15QPointingDevice6QFlags"
    "IN2Qt16KeyboardModifierEE"
)
_TABLET = (
    "_ZN22QWindowSystemInterface17handleTabletEventEP7QWindowPK15QPointingDeviceRK7QPointFS7_6QFlagsIN2Qt11MouseButton"
    "EEdddddiS8_INS9_16KeyboardModifierEE"
)

_Pointer, _Number = ctypes.c_void_p, ctypes.c_int
_Place = ctypes.c_double * 2

Places = dict[int, tuple[float, float]]
"""Fingers by number, in pixels of the widget."""

NO_BUTTON = Qt.MouseButton.NoButton
TIP = Qt.MouseButton.LeftButton


class _List(ctypes.Structure):
    """A QList that does not own what is in it."""

    _fields_ = (("owner", _Pointer), ("begin", _Pointer), ("size", ctypes.c_ssize_t))


@cache
def _qt(name: str, *arguments: Any) -> Callable[..., None]:
    if sys.platform != "linux":
        pytest.skip("Qt's own functions have other names here")
    try:
        function: Any = getattr(ctypes.CDLL(_LIBRARY), name)
    except (OSError, AttributeError) as error:
        pytest.skip(f"this Qt does not let its events be made: {error}")
    function.argtypes, function.restype = arguments, None
    made: Callable[..., None] = function
    return made


_address: Any = sip.unwrapinstance
"""Of the object of Qt that is behind one of PyQt. (Its types say that it returns nothing.)"""


def registered(device: QPointingDevice) -> QPointingDevice:
    """A device that Qt takes events of."""
    _qt(_REGISTER, _Pointer)(_address(device))
    return device


def _window_of(widget: QWidget) -> QWindow:
    top = widget.window()
    window = top.windowHandle() if top is not None else None
    assert window is not None
    return window


class TouchScreen:
    """Fingers over a widget."""

    def __init__(self, widget: QWidget) -> None:
        self.widget = widget
        self.down: Places = {}
        self._device = registered(
            QPointingDevice(
                "screen",
                77,
                QInputDevice.DeviceType.TouchScreen,
                QPointingDevice.PointerType.Finger,
                QInputDevice.Capability.Position,
                10,
                0,
            )
        )

    def begin(self, **fingers: tuple[float, float]) -> None:
        """Fingers touch: `a=(10, 20)`."""
        self._tell(_numbered(fingers), QEventPoint.State.Pressed)

    def move(self, **fingers: tuple[float, float]) -> None:
        """Fingers that are down move."""
        self._tell(_numbered(fingers), QEventPoint.State.Updated)

    def end(self, names: str) -> None:
        """Fingers lift, where they are: `ab`."""
        lifted = {ord(name): self.down[ord(name)] for name in names}
        self._tell(lifted, QEventPoint.State.Released)

    def end_all(self) -> None:
        """All of them."""
        self.end("".join(map(chr, self.down)))

    def cancel(self) -> None:
        """The system takes the gesture for itself."""
        _qt(_CANCEL, _Pointer, _Pointer, _Number)(_address(_window_of(self.widget)), _address(self._device), 0)
        self.down.clear()
        QApplication.processEvents()

    def _tell(self, changed: Places, state: QEventPoint.State) -> None:
        self.down |= changed
        points = [
            self._point(finger, state if finger in changed else QEventPoint.State.Stationary, at)
            for finger, at in self.down.items()
        ]
        table = (_Pointer * len(points))(*(point.value for point in points))
        all_points = _List(None, ctypes.addressof(table), len(points))
        tell = _qt(_TOUCH, _Pointer, _Pointer, ctypes.POINTER(_List), _Number)
        tell(_address(_window_of(self.widget)), _address(self._device), ctypes.byref(all_points), 0)
        if state is QEventPoint.State.Released:
            self.down = {finger: at for finger, at in self.down.items() if finger not in changed}
        QApplication.processEvents()

    def _point(self, finger: int, state: QEventPoint.State, at: tuple[float, float]) -> ctypes.c_void_p:
        there = self.widget.mapToGlobal(QPointF(*at))
        made, place = _Pointer(), _Place(there.x(), there.y())
        _qt(_POINT, _Pointer, _Number, ctypes.c_uint8, _Pointer, _Pointer)(
            ctypes.addressof(made), finger, state.value, ctypes.addressof(place), ctypes.addressof(place)
        )
        return made


def _numbered(fingers: dict[str, tuple[float, float]]) -> Places:
    return {ord(name): at for name, at in fingers.items()}


class Tablet:
    """A pen over a widget, or the other end of it."""

    def __init__(self, widget: QWidget, *, tail: bool = False) -> None:
        self.widget = widget
        kind = QPointingDevice.PointerType.Eraser if tail else QPointingDevice.PointerType.Pen
        self._device = registered(
            QPointingDevice(
                "pen", 78 + tail, QInputDevice.DeviceType.Stylus, kind, QInputDevice.Capability.Pressure, 1, 3
            )
        )

    def at(self, x: float, y: float, pressure: float = 0.0, buttons: Qt.MouseButton = NO_BUTTON) -> None:
        """The pen is here, with these buttons down (the tip is the left one)."""
        there = self.widget.mapToGlobal(QPointF(x, y))
        window = _window_of(self.widget)
        inside = window.mapFromGlobal(there)
        local, world = _Place(inside.x(), inside.y()), _Place(there.x(), there.y())
        numbers = (ctypes.c_double,) * 5
        _qt(_TABLET, _Pointer, _Pointer, _Pointer, _Pointer, _Number, *numbers, _Number, _Number)(
            _address(window),
            _address(self._device),
            ctypes.addressof(local),
            ctypes.addressof(world),
            buttons.value,
            pressure,
            *(0.0, 0.0, 0.0, 0.0),
            0,
            0,
        )

    def drag(self, *places: tuple[float, float, float], buttons: Qt.MouseButton = TIP) -> None:
        """Press, move and lift, all before anybody looks."""
        for place in places:
            self.at(*place, buttons)
        self.at(*places[-1][:2])
        QApplication.processEvents()
