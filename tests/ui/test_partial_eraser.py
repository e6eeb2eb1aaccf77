"""The eraser of parts of strokes, on the real canvas: what is seen while it rubs, what stays, and what others see."""

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from p2psketch import cuts
from p2psketch.ink import encode
from p2psketch.ops import Edit
from peer.tools.rubber import Rubber
from peer.tools.style import InkStyle
from peer.ui import brush
from peer.ui.canvas import Canvas
from peer.ui.picture import picture
from peer.ui.theme import LIGHT
from tests.ui.afar import Somebody, stroke
from tests.ui.boards import Alone
from tests.ui.mouse import CTRL, Mouse
from tests.ui.shown import shown
from tests.ui.test_canvas import Ear, reddish

RED = 0xE03131


@pytest.fixture
def board() -> Alone:
    return Alone()


@pytest.fixture
def rubber() -> Rubber:
    return Rubber(parts=True, width=16.0)


@pytest.fixture
def canvas(qtbot: QtBot, board: Alone, rubber: Rubber) -> Canvas:
    made = Canvas(board, InkStyle(RED, 8.0), LIGHT, rubber=rubber)
    board.watch(Ear(made))
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def mouse(canvas: Canvas) -> Mouse:
    return Mouse(canvas)


def inked(image: QImage, y: int, places: range) -> list[int]:
    return [x for x in places if reddish(image.pixelColor(x, y))]


def pieces(board: Alone) -> list[list[tuple[float, float]] | None]:
    return [shape.pieces for shape in board.document.painted()]


def test_it_takes_what_it_touches_and_the_ends_that_stay_are_round(canvas: Canvas, board: Alone, mouse: Mouse) -> None:
    mouse.drag((100, 300), (700, 300))
    canvas.select_tool("eraser")
    mouse.drag((400, 200), (400, 400))
    image = shown(canvas)
    gone = sorted(set(range(100, 700)) - set(inked(image, 300, range(100, 700))))
    assert (gone[0], gone[-1]) == (392, 407)
    assert not reddish(image.pixelColor(391, 296))
    assert reddish(image.pixelColor(386, 296))
    assert board.document.visible_count == 1
    board.undo()
    assert inked(shown(canvas), 300, range(100, 700)) == list(range(100, 700))
    board.redo()
    assert shown(canvas) == image


def test_what_goes_is_seen_at_once_and_it_is_what_will_stay(canvas: Canvas, board: Alone, mouse: Mouse) -> None:
    mouse.drag((100, 300), (300, 320), (700, 300))
    mouse.drag((400, 100), (405, 500))
    canvas.select_tool("eraser")
    mouse.press(350, 250)
    mouse.move((350, 350), (450, 350))
    rubbing = shown(canvas)
    assert not reddish(rubbing.pixelColor(350, 313))
    assert not reddish(rubbing.pixelColor(403, 350))
    assert pieces(board) == [None, None]
    mouse.release(450, 350)
    mouse.leave()
    canvas.select_tool("pen")
    after = shown(canvas)
    assert all(len(left or ()) == 2 for left in pieces(board))
    assert inked(after, 305, range(100, 700)) == inked(rubbing, 305, range(100, 700))


def test_escape_gives_it_all_back(canvas: Canvas, board: Alone, mouse: Mouse) -> None:
    mouse.drag((100, 300), (700, 300))
    canvas.select_tool("eraser")
    mouse.leave()
    whole = shown(canvas)
    mouse.press(400, 300)
    mouse.move((500, 300))
    assert shown(canvas) != whole
    mouse.key(Qt.Key.Key_Escape)
    mouse.release(500, 300)
    mouse.leave()
    assert shown(canvas) == whole
    assert pieces(board) == [None]


def test_one_drag_over_many_strokes_is_one_step(
    qtbot: QtBot, canvas: Canvas, board: Alone, ana: Somebody, mouse: Mouse
) -> None:
    ana.commit(*[stroke((-100, y), (100, y)) for y in range(-100, 101, 2)])
    qtbot.waitUntil(lambda: len(canvas._settled.near(canvas.camera.area)) == 101)
    canvas.select_tool("eraser")
    mouse.drag((400, 150), (400, 450))
    assert all(len(left or ()) == 2 for left in pieces(board))
    board.undo()
    assert pieces(board) == [None] * 101


@pytest.fixture
def ana(board: Alone) -> Somebody:
    return Somebody(board)


def test_what_is_rubbed_out_wholly_is_gone(canvas: Canvas, board: Alone, ana: Somebody, mouse: Mouse) -> None:
    (dot, line) = ana.commit(stroke((0, 0)), stroke((-50, 50), (50, 50)))
    canvas.select_tool("eraser")
    mouse.click(409, 300)
    assert [shape.id for shape in board.document.visible()] == [line]
    mouse.drag((340, 350), (460, 350))
    assert canvas.is_blank
    board.undo()
    board.undo()
    assert {shape.id for shape in board.document.visible()} == {dot, line}


def test_two_people_cut_one_stroke_and_move_it(canvas: Canvas, board: Alone, ana: Somebody, mouse: Mouse) -> None:
    (line,) = ana.commit(stroke((-200, 0), (200, 0), width=8.0))
    canvas.select_tool("eraser")
    mouse.drag((300, 250), (300, 350))
    ana.edit(Edit(((line, {"cut": [cuts.UNIT // 2, cuts.UNIT]}),)))
    ana.edit(Edit(((line, {"placement": [1, 0, 0, 1, 0, 100]}),)))
    mouse.leave()
    left = inked(shown(canvas), 400, range(150, 700))
    assert left == [*range(196, 292), *range(308, 404)]
    mouse.drag((250, 350), (250, 450))  # where it lies now
    mouse.leave()
    assert inked(shown(canvas), 400, range(150, 700)) == [*range(196, 242), *range(258, 292), *range(308, 404)]


def test_what_changes_while_it_rubs_is_rubbed_as_it_is_then(
    canvas: Canvas, board: Alone, ana: Somebody, mouse: Mouse
) -> None:
    (line,) = ana.commit(stroke((-200, 0), (200, 0), width=8.0))
    canvas.select_tool("eraser")
    mouse.press(300, 250)
    mouse.move((300, 350))
    ana.edit(Edit(((line, {"placement": [1, 0, 0, 1, 0, 100]}),)))
    mouse.move((350, 450), (400, 350), (400, 300))
    mouse.release(400, 300)
    mouse.leave()
    left = inked(shown(canvas), 400, range(150, 700))
    assert not {300, 325, 375} & set(left)
    assert {250, 350, 450} <= set(left)


def test_its_size_is_that_of_the_ring_at_every_zoom(canvas: Canvas, board: Alone, rubber: Rubber, mouse: Mouse) -> None:
    rubber.width = 64.0
    mouse.drag((100, 300), (700, 300))
    canvas.zoom_to(2.0)
    canvas.select_tool("eraser")
    mouse.move((400, 300))
    image = shown(canvas)
    assert image.pixelColor(432, 300).lightness() < 120 or image.pixelColor(431, 300).lightness() < 120
    mouse.click(400, 300)
    mouse.leave()
    left = inked(shown(canvas), 300, range(800))
    assert 800 - len(left) == 64


def test_a_stroke_that_an_eraser_has_cut_can_be_found_and_exported_less_that(
    canvas: Canvas, board: Alone, mouse: Mouse
) -> None:
    mouse.drag((100, 300), (700, 300))
    canvas.select_tool("eraser")
    mouse.drag((90, 300), (600, 300))
    mouse.drag((700, 200), (700, 400))
    bounds = canvas._settled.bounds()
    assert bounds is not None
    assert (bounds.left, bounds.right) == pytest.approx((208, 292), abs=0.1)
    assert canvas._settled.find((-200, 0), (0, 0), 5) == []
    assert len(canvas._settled.find((250, 0), (250, 0), 5)) == 1
    assert picture(board.document).width() == pytest.approx(84 + 32, abs=1)


def test_ctrl_and_the_pen_erase_as_the_eraser_would(canvas: Canvas, board: Alone, mouse: Mouse) -> None:
    mouse.drag((100, 300), (700, 300))
    mouse.held = CTRL
    mouse.drag((400, 200), (400, 400))
    assert [len(left or ()) for left in pieces(board)] == [2]


def test_nothing_touched_is_nothing_to_undo(canvas: Canvas, board: Alone, ana: Somebody, mouse: Mouse) -> None:
    (line,) = ana.commit(stroke((-200, 0), (200, 0)))
    ana.edit(Edit(((line, {"cut": [cuts.UNIT // 4, cuts.UNIT // 2]}),)))
    canvas.select_tool("eraser")
    mouse.drag((330, 250), (330, 350))  # where nothing is left
    assert not board.can_undo


def test_pressure_stays_with_the_pieces(board: Alone, ana: Somebody) -> None:
    points = [(10.0 * n, 0.0) for n in range(11)]
    (id,) = ana.commit(stroke(*points, points=encode(points, np.linspace(0, 1, 11))))
    shape = board.document.get(id)
    assert shape is not None
    (whole,) = brush.ribbons_of(shape, 0)
    first, last = brush.ribbons_of(shape.less([2 * cuts.UNIT, 5 * cuts.UNIT + cuts.UNIT // 2]), 0)
    assert (first.curve[-1].tolist(), last.curve[0].tolist()) == ([20, 0], [55, 0])
    at_ends = np.interp((2, 5.5), whole.positions, whole.radii)
    assert (first.radii[-1], last.radii[0]) == pytest.approx(tuple(at_ends))
    assert last.radii[0] > first.radii[-1]
    assert (first.positions[-1], last.positions[0], last.positions[-1]) == (2, 5.5, 10)


def test_a_board_that_was_read_anew_is_shown_as_it_is_then(canvas: Canvas, board: Alone, ana: Somebody) -> None:
    board.draw((-100, 0), (-100, 10))
    ana.commit(stroke((0, 0), (0, 10)))
    replica = board.session.replica
    replica.begin_again()
    replica.turn()  # nothing was read: the board is empty
    board.receive([])
    QApplication.processEvents()
    canvas.changed(board.document.take_touched())
    assert not reddish(shown(canvas).pixelColor(400, 305))
