"""Fingers on a touchpad and on a screen."""

import pytest
from PyQt6.QtCore import QPointF, QRect, Qt
from PyQt6.QtGui import QColor, QInputDevice, QNativeGestureEvent, QPixmap, QPointingDevice
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from peer.tools.style import InkStyle
from peer.ui.canvas import Canvas
from peer.ui.theme import LIGHT
from tests.ui.boards import Alone
from tests.ui.shown import shown


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    made = Canvas(Alone(), InkStyle(), LIGHT)
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    return made


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
    shown(canvas)
    painted: list[QRect] = []
    canvas.paint_board = lambda painter, exposed, parts: painted.extend(parts or [exposed])  # type: ignore[method-assign]
    canvas.show_anew(QRect(5_000, 0, 6_000, 10))
    canvas.show_anew(QRect(-(2**30), -(2**30), 2**29, 2**29))
    QApplication.processEvents()
    assert not painted
    canvas.show_anew(QRect(100, 50, 10, 20))
    qtbot.waitUntil(lambda: bool(painted))
    assert painted[0].contains(QRect(100, 50, 10, 20))
    assert painted[0].width() < 40


def test_what_is_hidden_is_left_out_and_the_rest_is_painted_by_the_rectangle(canvas: Canvas, qtbot: QtBot) -> None:
    cover = QWidget(canvas.glass)
    cover.setAutoFillBackground(True)
    cover.setGeometry(100, 50, 200, 80)
    cover.show()
    shown(canvas)
    QApplication.processEvents()
    painted: list[QRect] = []
    canvas.paint_board = lambda painter, exposed, parts: painted.extend(parts or [exposed])  # type: ignore[method-assign]
    canvas.look()
    qtbot.waitUntil(lambda: bool(painted))
    assert not any(part.intersects(cover.geometry()) for part in painted)
    assert sum(part.width() * part.height() for part in painted) == 800 * 600 - 200 * 80
    assert len(painted) == 4


def test_a_part_of_the_board_is_painted_anew_where_it_is_seen(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.move_camera(lambda camera: camera.zoom_at((130, 70), 2.5))
    shown(canvas)
    QApplication.processEvents()
    painted: list[QRect] = []
    canvas.paint_board = lambda painter, exposed, parts: painted.extend(parts or [exposed])  # type: ignore[method-assign]
    area = canvas.camera.board_area(100, 200, 30, 40)
    assert (area.width, area.height) == pytest.approx((12, 16))
    canvas.show_area_anew(area)
    qtbot.waitUntil(lambda: bool(painted))
    assert painted[0].contains(QRect(100, 200, 30, 40))
    assert painted[0].width() < 34


@pytest.mark.parametrize("hidden", [False, True])
def test_what_lies_above_is_painted_where_it_is(canvas: Canvas, *, hidden: bool) -> None:
    """In one go, or by the rectangle where something on the canvas hides a part of it."""
    if hidden:
        cover = QWidget(canvas.glass)
        cover.setAutoFillBackground(True)
        cover.setGeometry(320, 10, 10, 10)
        cover.show()
    board = shown(canvas)
    red = QPixmap(50, 50)
    red.fill(QColor("red"))
    lids = [(QRect(300, 0, 50, 50), red)]
    canvas.lids = lambda: lids
    image = shown(canvas)
    lids = [(QRect(310, 0, 50, 50), red)]
    again = shown(canvas)
    for x in (290, 305, 325, 345, 355, 370):
        assert (image.pixelColor(x, 30) == QColor("red")) == (300 <= x < 350)
        assert (again.pixelColor(x, 30) == QColor("red")) == (310 <= x < 360)
    assert image.pixelColor(325, 15) == (board.pixelColor(325, 15) if hidden else QColor("red"))
    canvas.lids = list
    assert shown(canvas) == board
