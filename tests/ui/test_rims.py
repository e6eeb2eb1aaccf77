"""Panels over a board that moves: what is on the screen, and what is painted anew for it."""

from collections import Counter

import pytest
from PyQt6.QtCore import QEvent, QObject, QPoint, QRect
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from peer.ui import cards
from peer.ui.desk import Desk
from peer.ui.theme import DARK, LIGHT
from peer.ui.window import Window
from tests.ui.boards import Alone, crowd
from tests.ui.hands import settle
from tests.ui.shown import shown


@pytest.fixture
def desk(window: Window, qtbot: QtBot) -> Desk:
    board = Alone()
    board.set_people = crowd(3)
    window.show_board(board)
    for row in range(-450, 450, 60):
        board.draw(*((float(x), float(row + x % 7)) for x in range(-720, 721, 90)))
    assert window.desk is not None
    settle(qtbot)
    shown(window.desk.canvas)
    return window.desk


def on_screen(window: Window) -> QImage:
    """What has been painted so far, bit by bit."""
    QApplication.processEvents()
    screen = window.screen()
    assert screen is not None
    picture = screen.grabWindow(window.winId(), 0, 0, window.width(), window.height())
    return picture.toImage().convertToFormat(QImage.Format.Format_RGB32)


def anew(window: Window) -> QImage:
    """All of it, painted at once."""
    return window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


class Painted(QObject):
    """Counts who is painted."""

    def __init__(self) -> None:
        super().__init__()
        self.times: Counter[QWidget] = Counter()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.Paint and isinstance(watched, QWidget):
            self.times[watched] += 1
        return False


def test_a_board_that_moves_has_nothing_in_the_panels_painted(desk: Desk) -> None:
    application, painted = QApplication.instance(), Painted()
    assert application is not None
    application.installEventFilter(painted)
    desk.canvas.pan(30, -20)
    QApplication.processEvents()
    desk.canvas.show_anew(QRect(QPoint(0, 0), desk.canvas.pixels))
    QApplication.processEvents()
    application.removeEventFilter(painted)
    assert painted.times[desk.canvas.glass] >= 2
    inside = {child for panel in desk.panels for child in panel.findChildren(QWidget)}
    assert not inside & painted.times.keys()
    assert not any(panel.shadow in painted.times for panel in desk.panels)


def test_what_was_painted_bit_by_bit_is_what_is_painted_at_once(window: Window, desk: Desk, qtbot: QtBot) -> None:
    def compare(what: str) -> None:
        settle(qtbot)
        shown(desk.canvas)
        assert on_screen(window) == anew(window), what

    compare("at rest")
    for _ in range(3):
        desk.canvas.pan(-17, 9)
        QApplication.processEvents()
    compare("moved")
    desk.canvas.select_tool("eraser")
    compare("another panel in place of one")
    desk.toast.say("Part of that was changed by somebody else since.", "Undo", lasting=True)
    desk.canvas.pan(5, 5)
    compare("a toast that casts its shadow on the status")
    desk.toggle_share()
    desk.canvas.pan(5, 5)
    qtbot.waitUntil(lambda: not desk.share_popover.is_sliding)
    compare("a popover")
    desk.close_popovers()
    window.resize(800, 600)
    compare("smaller, and so nearer to each other")
    window.choose_theme("dark")
    compare("dark")
    desk.set_zen(True)
    compare("without panels")
    desk.set_zen(False)
    compare("with panels")


def test_a_panel_that_goes_takes_its_shadow_with_it(window: Window, desk: Desk) -> None:
    window.choose_theme("light")
    beneath = QPoint(desk.status.geometry().center().x(), desk.status.geometry().bottom() + 3)
    empty = LIGHT.canvas
    desk.canvas.move_camera(lambda camera: camera.look_at(20_000, 20_000))
    shown(desk.canvas)
    assert on_screen(window).pixelColor(beneath).lightness() < empty.lightness()
    desk.status.hide()
    assert on_screen(window).pixelColor(beneath) == empty
    desk.status.show()
    assert on_screen(window).pixelColor(beneath).lightness() < empty.lightness()


def test_the_shadow_of_a_panel_falls_on_its_neighbour(window: Window, desk: Desk) -> None:
    lower, upper = desk.title, desk.tools
    lower.move(upper.x() - lower.width() - 4, upper.y())
    QApplication.processEvents()
    inside = cards.within(lower.geometry())
    near, far = QPoint(inside.right(), inside.center().y()), QPoint(inside.right() - cards.BLUR, inside.top())
    picture = on_screen(window)
    assert upper.shadow.isVisible()
    assert not lower.shadow.isVisible()
    assert picture.pixelColor(near).lightness() < LIGHT.panel.lightness()
    assert picture.pixelColor(far) == LIGHT.panel


def test_rims_are_of_the_theme(window: Window, desk: Desk) -> None:
    edge = desk.zoom.geometry().topLeft() + QPoint(desk.zoom.width() // 2, 0)
    for theme, name in ((DARK, "dark"), (LIGHT, "light")):
        window.choose_theme(name)
        shown(desk.canvas)
        assert on_screen(window).pixelColor(edge) == theme.hairline
