"""Pens and fingers on the real canvas, from where the platform reports them."""

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from p2psketch.ink import decode
from peer.tools.rubber import Rubber
from peer.tools.style import InkStyle
from peer.ui.canvas import Canvas
from peer.ui.theme import LIGHT
from tests.ui.boards import Alone
from tests.ui.mouse import Mouse
from tests.ui.platform import TIP, Tablet, TouchScreen
from tests.ui.test_canvas import Ear

BARREL, SECOND = Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton


class Clock:
    """Time as the test says."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def board() -> Alone:
    return Alone()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def canvas(qtbot: QtBot, board: Alone, clock: Clock) -> Canvas:
    made = Canvas(board, InkStyle(0xE03131, 8.0), LIGHT, rubber=Rubber(parts=True))
    board.watch(Ear(made))
    qtbot.addWidget(made)
    made.touch.clock = clock
    made.resize(800, 600)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def screen(canvas: Canvas) -> TouchScreen:
    return TouchScreen(canvas.glass)


@pytest.fixture
def pen(canvas: Canvas) -> Tablet:
    return Tablet(canvas.glass)


def drawn(board: Alone) -> list[list[tuple[float, float]]]:
    """The points of all visible strokes, bottom first."""
    return [[(x, y) for x, y in decode(shape.values["points"])[0].tolist()] for shape in board.document.painted()]


# Pens


def test_every_place_of_a_fast_pen_is_kept_with_its_pressure(board: Alone, pen: Tablet) -> None:
    """A tablet reports some 200 places a second, many between two frames."""
    places = [(100 + n, 300 + n % 3, 0.2 + n / 200) for n in range(100)]
    pen.drag(*places)
    assert drawn(board) == [[(x - 400, y - 300) for x, y, _ in places]]
    (stroke,) = board.document.visible()
    pressure = decode(stroke.values["points"])[1]
    assert pressure is not None
    assert pressure == pytest.approx([force for _, _, force in places], abs=1 / 500)


def test_what_qt_makes_of_a_pen_is_not_counted_again(canvas: Canvas, board: Alone, pen: Tablet) -> None:
    pen.drag((100, 300, 0.5), (200, 300, 0.5))
    pen.drag((300, 300, 0.5))
    assert [len(points) for points in drawn(board)] == [2, 1]


def test_a_mouse_event_of_a_pen_or_a_finger_is_no_mouse(canvas: Canvas, board: Alone, screen: TouchScreen) -> None:
    for device in (screen._device, Tablet(canvas.glass)._device):
        Mouse(canvas, device).drag((100, 300), (200, 300))
    assert drawn(board) == []
    Mouse(canvas).drag((100, 300), (200, 300))
    assert len(drawn(board)) == 1


def test_a_pen_in_the_air_points_and_draws_nothing(canvas: Canvas, board: Alone, pen: Tablet) -> None:
    pen.at(100, 300)
    pen.at(500, 350)
    QApplication.processEvents()
    assert drawn(board) == []
    latest = board.session._pointing._latest
    assert latest is not None
    assert latest.cursor == (100, 50)


def test_the_other_end_of_a_pen_erases_and_shows_the_ring_before(canvas: Canvas, board: Alone, pen: Tablet) -> None:
    pen.drag((100, 300, 0.5), (700, 300, 0.5))
    tail = Tablet(canvas.glass, tail=True)
    tail.at(400, 250)
    QApplication.processEvents()
    assert canvas._ring.isVisible()
    tail.drag((400, 250, 0.5), (400, 350, 0.5))
    (stroke,) = board.document.visible()
    assert len(stroke.pieces or ()) == 2
    pen.at(500, 500)
    QApplication.processEvents()
    assert not canvas._ring.isVisible()
    pen.drag((100, 500, 0.5), (200, 500, 0.5))
    assert len(drawn(board)) == 2


def test_with_the_button_on_its_barrel_a_pen_erases(board: Alone, pen: Tablet) -> None:
    pen.drag((100, 300, 0.5), (700, 300, 0.5))
    pen.at(400, 250, 0.0, BARREL)
    pen.at(400, 350, 0.0, BARREL)  # in the air it touches nothing
    pen.drag((200, 250, 0.5), (200, 350, 0.5), buttons=TIP | BARREL)
    (stroke,) = board.document.visible()
    assert len(stroke.pieces or ()) == 2
    pen.drag((600, 250, 0.5), (600, 350, 0.5), buttons=BARREL)  # as some drivers report it
    assert len(stroke.pieces or ()) == 3


def test_with_the_other_button_it_moves_the_board(canvas: Canvas, board: Alone, pen: Tablet) -> None:
    pen.drag((100, 300, 0.5), (150, 320, 0.5), buttons=SECOND)
    assert canvas.camera.to_screen(0, 0) == (450, 320)
    assert drawn(board) == []
    pen.drag((100, 300, 0.5), (200, 300, 0.5))
    assert len(drawn(board)) == 1


# One finger


def test_a_finger_draws_with_the_tool_in_hand(canvas: Canvas, board: Alone, screen: TouchScreen) -> None:
    screen.begin(a=(100, 300))
    screen.move(a=(150, 310))
    assert not canvas.is_blank
    screen.move(a=(200, 300))
    screen.end_all()
    assert drawn(board) == [[(-300, 0), (-250, 10), (-200, 0)]]
    latest = board.session._pointing._latest
    assert latest is not None
    assert latest.cursor is None
    canvas.select_tool("eraser")
    screen.begin(a=(150, 250))
    screen.move(a=(150, 350))
    screen.end_all()
    (stroke,) = board.document.visible()
    assert len(stroke.pieces or ()) == 2


def test_what_the_system_takes_away_is_not_kept(board: Alone, canvas: Canvas, screen: TouchScreen) -> None:
    screen.begin(a=(100, 300))
    screen.move(a=(200, 300))
    screen.cancel()
    assert drawn(board) == []
    assert canvas.is_blank
    screen.begin(a=(100, 300))
    screen.end_all()
    assert len(drawn(board)) == 1


def test_who_may_only_look_moves_the_board_with_a_finger(qtbot: QtBot) -> None:
    canvas = Canvas(Alone(view_only=True), InkStyle(), LIGHT)
    qtbot.addWidget(canvas)
    canvas.resize(800, 600)
    canvas.show()
    screen = TouchScreen(canvas.glass)
    screen.begin(a=(100, 100))
    screen.move(a=(160, 130))
    screen.end_all()
    assert canvas.camera.to_screen(0, 0) == (460, 330)


# Two


def test_a_second_finger_takes_back_what_the_first_began_and_stretches_the_board(
    canvas: Canvas, board: Alone, screen: TouchScreen
) -> None:
    screen.begin(a=(100, 300))
    screen.move(a=(110, 300))
    screen.begin(b=(310, 300))
    assert canvas.is_blank
    left, right = canvas.camera.to_board(110, 300), canvas.camera.to_board(310, 300)
    screen.move(a=(200, 350), b=(600, 350))
    assert canvas.zoom == pytest.approx(2)
    assert canvas.camera.to_screen(*left) == pytest.approx((200, 350))
    assert canvas.camera.to_screen(*right) == pytest.approx((600, 350))
    screen.end("b")
    screen.move(a=(300, 350))  # the finger that stays moves the board, and does not draw
    assert canvas.camera.to_screen(*left) == pytest.approx((300, 350))
    screen.end_all()
    assert drawn(board) == []
    assert not board.can_undo


def test_what_was_drawn_for_long_is_kept_when_a_second_finger_comes(
    canvas: Canvas, board: Alone, screen: TouchScreen, clock: Clock
) -> None:
    screen.begin(a=(100, 300))
    screen.move(a=(300, 300))
    clock.now += 2.0
    screen.begin(b=(500, 300))
    screen.end_all()
    assert len(drawn(board)) == 1


def test_two_fingers_that_tap_say_so(canvas: Canvas, board: Alone, screen: TouchScreen, clock: Clock) -> None:
    said: list[int] = []
    canvas.tapped.connect(said.append)
    place = canvas.camera.area
    screen.begin(a=(100, 300))
    screen.begin(b=(200, 300))
    screen.move(a=(102, 301))
    screen.end_all()
    screen.begin(a=(100, 300), b=(200, 300), c=(300, 300))
    clock.now += 0.1
    screen.end("a")
    screen.end("bc")
    assert said == [2, 3]
    screen.begin(a=(100, 300), b=(200, 300))
    clock.now += 1.0
    screen.end_all()
    assert said == [2, 3]
    assert canvas.camera.area == place
    assert drawn(board) == []


# Fingers and a pen


def test_once_there_was_a_pen_fingers_move_the_board_and_the_pen_draws(
    canvas: Canvas, board: Alone, screen: TouchScreen, pen: Tablet, clock: Clock
) -> None:
    pen.drag((100, 100, 0.5), (200, 100, 0.5))
    clock.now += 5
    screen.begin(a=(100, 300))
    screen.move(a=(150, 340))
    clock.now += 1  # so that it does not glide
    screen.end_all()
    assert canvas.camera.to_screen(0, 0) == (450, 340)
    pen.drag((100, 200, 0.5), (200, 200, 0.5))
    assert len(drawn(board)) == 2


def test_a_palm_beside_the_pen_does_nothing(
    canvas: Canvas, board: Alone, screen: TouchScreen, pen: Tablet, clock: Clock
) -> None:
    pen.at(100, 300, 0.5, TIP)
    QApplication.processEvents()
    screen.begin(a=(300, 400))
    screen.begin(b=(330, 450))
    pen.at(150, 300, 0.5, TIP)
    screen.move(a=(350, 460), b=(200, 200))
    pen.at(200, 300, 0.5, TIP)
    pen.at(200, 300)
    QApplication.processEvents()
    clock.now += 5
    screen.move(a=(400, 500))  # it still lies there
    screen.end_all()
    assert drawn(board) == [[(-300, 0), (-250, 0), (-200, 0)]]
    assert canvas.camera.to_screen(0, 0) == (400, 300)


def test_a_palm_that_was_there_before_the_first_pen_leaves_nothing(
    canvas: Canvas, board: Alone, screen: TouchScreen, pen: Tablet
) -> None:
    screen.begin(a=(300, 400))
    screen.move(a=(310, 405))
    pen.drag((100, 300, 0.5), (200, 300, 0.5))
    screen.move(a=(350, 460))
    screen.end_all()
    assert drawn(board) == [[(-300, 0), (-200, 0)]]
    assert canvas.camera.to_screen(0, 0) == (400, 300)


def test_a_canvas_that_is_hidden_forgets_its_fingers(canvas: Canvas, board: Alone, screen: TouchScreen) -> None:
    screen.begin(a=(100, 300))
    screen.move(a=(200, 300))
    canvas.hide()
    canvas.show()
    screen.down.clear()
    screen.begin(b=(300, 300))
    screen.end_all()
    assert len(drawn(board)) == 1


def test_the_pointer_of_the_mouse_is_free_again_after_a_pen(canvas: Canvas, board: Alone) -> None:
    tail = Tablet(canvas.glass, tail=True)
    tail.at(400, 250)
    QApplication.processEvents()
    Mouse(canvas).drag((100, 300), (200, 300))
    assert len(drawn(board)) == 1
    assert not canvas._ring.isVisible()
