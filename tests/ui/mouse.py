"""A mouse, a stylus, a wheel and keys for a canvas, as Qt would report them."""

from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QInputDevice, QKeyEvent, QMouseEvent, QPointingDevice, QTabletEvent, QWheelEvent
from PyQt6.QtWidgets import QApplication, QWidget

from peer.ui.canvas import Canvas

LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
NONE = Qt.MouseButton.NoButton
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class Mouse:
    """Moves over a canvas in its pixels."""

    def __init__(self, canvas: Canvas, device: QPointingDevice | None = None) -> None:
        """`device`: if it is none, but what a system makes of that."""
        self.canvas = canvas
        self._device = device or QPointingDevice.primaryPointingDevice()
        self.held = Qt.KeyboardModifier.NoModifier
        self._buttons = NONE

    @property
    def glass(self) -> QWidget:
        return self.canvas.glass

    def _send(self, kind: QEvent.Type, x: float, y: float, button: Qt.MouseButton) -> None:
        at = QPointF(x, y)
        there = QPointF(self.glass.mapToGlobal(QPoint(0, 0))) + at
        event = QMouseEvent(kind, at, there, button, self._buttons, self.held, self._device)
        QApplication.sendEvent(self.glass, event)

    def press(self, x: float, y: float, button: Qt.MouseButton = LEFT) -> None:
        self._buttons |= button
        self._send(QEvent.Type.MouseButtonPress, x, y, button)

    def move(self, *places: tuple[float, float]) -> None:
        for x, y in places:
            self._send(QEvent.Type.MouseMove, x, y, NONE)

    def release(self, x: float, y: float, button: Qt.MouseButton = LEFT) -> None:
        self._buttons &= ~button
        self._send(QEvent.Type.MouseButtonRelease, x, y, button)

    def drag(self, *places: tuple[float, float], button: Qt.MouseButton = LEFT) -> None:
        self.press(*places[0], button)
        self.move(*places[1:])
        self.release(*places[-1], button)

    def click(self, x: float, y: float) -> None:
        self.drag((x, y))

    def double_click(self, x: float, y: float) -> None:
        self.click(x, y)
        self._buttons |= LEFT
        self._send(QEvent.Type.MouseButtonDblClick, x, y, LEFT)
        self.release(x, y)

    def lose_buttons(self) -> None:
        """The release goes elsewhere."""
        self._buttons = NONE

    def leave(self) -> None:
        QApplication.sendEvent(self.canvas, QEvent(QEvent.Type.Leave))

    def wheel(self, x: float, y: float, turn: int, sideways: int = 0) -> None:
        """Turn the wheel by eighths of a degree: 120 is a notch away from oneself."""
        at = QPointF(x, y)
        there = QPointF(self.glass.mapToGlobal(QPoint(0, 0))) + at
        event = QWheelEvent(
            at,
            there,
            QPoint(),
            QPoint(sideways, turn),
            NONE,
            self.held,
            Qt.ScrollPhase.NoScrollPhase,
            False,  # not inverted
        )
        QApplication.sendEvent(self.glass, event)

    def key(self, key: Qt.Key, *, down: bool = True, up: bool = True, repeated: bool = False) -> None:
        if down:
            press = QKeyEvent(QEvent.Type.KeyPress, key, self.held, "", repeated)
            QApplication.sendEvent(self.canvas, press)
        if up:
            QApplication.sendEvent(self.canvas, QKeyEvent(QEvent.Type.KeyRelease, key, self.held, "", repeated))


class Stylus:
    """Moves over a canvas, with pressure."""

    def __init__(self, canvas: Canvas, *, tail: bool = False) -> None:
        self.canvas = canvas
        kind = QPointingDevice.PointerType.Eraser if tail else QPointingDevice.PointerType.Pen
        self._device = QPointingDevice(
            "stylus", 1, QInputDevice.DeviceType.Stylus, kind, QInputDevice.Capability.Pressure, 1, 1
        )

    def _send(self, kind: QEvent.Type, x: float, y: float, pressure: float) -> None:
        pressed = kind is not QEvent.Type.TabletRelease and pressure > 0
        button = NONE if kind is QEvent.Type.TabletMove else LEFT
        event = QTabletEvent(
            kind,
            self._device,
            QPointF(x, y),
            QPointF(x, y),
            pressure,
            0,
            0,
            0,
            0,
            0,
            Qt.KeyboardModifier.NoModifier,
            button,
            LEFT if pressed else NONE,
        )
        QApplication.sendEvent(self.canvas.glass, event)

    def press(self, x: float, y: float, pressure: float) -> None:
        self._send(QEvent.Type.TabletPress, x, y, pressure)

    def move(self, *places: tuple[float, float, float]) -> None:
        for place in places:
            self._send(QEvent.Type.TabletMove, *place)

    def release(self, x: float, y: float) -> None:
        self._send(QEvent.Type.TabletRelease, x, y, 0.0)

    def drag(self, *places: tuple[float, float, float]) -> None:
        self.press(*places[0])
        self.move(*places[1:])
        self.release(*places[-1][:2])
