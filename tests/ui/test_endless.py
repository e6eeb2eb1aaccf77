"""Fingers on a touchpad and on a screen."""

import pytest
from PyQt6.QtCore import QPoint, QPointF, QRect, Qt
from PyQt6.QtGui import QInputDevice, QNativeGestureEvent, QPointingDevice
from PyQt6.QtWidgets import QApplication, QGestureEvent, QPinchGesture
from pytestqt.qtbot import QtBot

from peer.tools.style import InkStyle
from peer.ui.canvas import Canvas
from peer.ui.theme import LIGHT
from tests.ui.boards import Alone
from tests.ui.mouse import Mouse


class Pinch(QPinchGesture):
    """As the recognizer would report it."""

    def __init__(self, state: Qt.GestureState) -> None:
        super().__init__()
        self._state = state

    def state(self) -> Qt.GestureState:
        return self._state


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    made = Canvas(Alone(), InkStyle(), LIGHT)
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    return made


def pinch(canvas: Canvas, state: Qt.GestureState, was: QPointF, at: QPointF, factor: float = 1.0) -> None:
    """Two fingers with their middle here, in pixels of the canvas."""
    gesture = Pinch(state)
    corner = QPointF(canvas.glass.mapToGlobal(QPoint(0, 0)))
    gesture.setLastCenterPoint(corner + was)
    gesture.setCenterPoint(corner + at)
    gesture.setScaleFactor(factor)
    canvas.viewportEvent(QGestureEvent([gesture]))


def test_two_fingers_push_and_stretch_the_board(canvas: Canvas) -> None:
    place = canvas.camera.to_board(100, 100)
    here, there = QPointF(100, 100), QPointF(180, 130)
    pinch(canvas, Qt.GestureState.GestureStarted, here, here)
    pinch(canvas, Qt.GestureState.GestureUpdated, here, there, 1.5)
    assert canvas.zoom == pytest.approx(1.5)
    assert canvas.camera.to_screen(*place) == pytest.approx((180, 130))


def test_the_second_finger_takes_back_what_the_first_began_to_draw(canvas: Canvas) -> None:
    mouse, here = Mouse(canvas), QPointF(100, 100)
    mouse.press(100, 100)
    mouse.move((110, 100))
    assert not canvas.is_blank
    pinch(canvas, Qt.GestureState.GestureStarted, here, here)
    assert canvas.is_blank
    mouse.move((150, 100))
    mouse.release(150, 100)
    assert canvas.is_blank


def test_a_pinch_on_the_touchpad_zooms_at_the_pointer(canvas: Canvas) -> None:
    touchpad = QPointingDevice(
        "touchpad",
        3,
        QInputDevice.DeviceType.TouchPad,
        QPointingDevice.PointerType.Finger,
        QInputDevice.Capability.Position,
        5,
        0,
    )
    at = QPointF(100, 100)
    place = canvas.camera.to_board(100, 100)
    for kind, value in ((Qt.NativeGestureType.BeginNativeGesture, 0.0), (Qt.NativeGestureType.ZoomNativeGesture, 0.25)):
        event = QNativeGestureEvent(kind, touchpad, 2, at, at, at, value, QPointF())
        QApplication.sendEvent(canvas.glass, event)
    assert canvas.zoom == pytest.approx(1.25)
    assert canvas.camera.to_screen(*place) == pytest.approx((100, 100))


def test_what_is_not_seen_is_not_painted_anew(canvas: Canvas, qtbot: QtBot) -> None:
    QApplication.processEvents()
    painted: list[QRect] = []
    canvas.paint_board = lambda painter, exposed: painted.append(exposed)  # type: ignore[method-assign]
    canvas.show_anew(QRect(5_000, 0, 6_000, 10))
    canvas.show_anew(QRect(-(2**30), -(2**30), 2**29, 2**29))
    QApplication.processEvents()
    assert not painted
    canvas.show_anew(QRect(100, 50, 10, 20))
    qtbot.waitUntil(lambda: bool(painted))
    assert painted[0].contains(QRect(100, 50, 10, 20))
    assert painted[0].width() < 40
