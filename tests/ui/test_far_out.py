"""Drawing ten million pixels from the origin, as near as one can look: it lands where the pen was, for everybody."""

import math

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from p2psketch import effects as e
from p2psketch.document import Document, Shape
from p2psketch.geometry import Floats
from peer.tools.rubber import Rubber
from peer.tools.style import InkStyle
from peer.ui import brush
from peer.ui.canvas import Canvas
from peer.ui.theme import LIGHT
from tests.ui.afar import Somebody, stroke
from tests.ui.boards import Alone
from tests.ui.mouse import Mouse
from tests.ui.platform import Tablet, TouchScreen
from tests.ui.shown import shown
from tests.ui.test_canvas import Ear, reddish

FAR = 10_000_000.0
CORNERS = [(FAR, -FAR), (-FAR, FAR), (-FAR, -FAR), (FAR, 0.0)]
ZOOMS = [0.05, 1.0, 30.0]
WAY = [(300.0, 250.0), (350.0, 300.0), (450.0, 310.0), (500.0, 350.0)]
"""Of the pen, in pixels of the screen."""


@pytest.fixture
def board() -> Alone:
    return Alone()


@pytest.fixture
def canvas(qtbot: QtBot, board: Alone) -> Canvas:
    made = Canvas(board, InkStyle(0xE03131, 8.0), LIGHT, rubber=Rubber(parts=True))
    board.watch(Ear(made))
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    qtbot.waitExposed(made)
    return made


def look(canvas: Canvas, corner: tuple[float, float], zoom: float) -> None:
    canvas.move_camera(lambda camera: camera.look_at(*corner))
    canvas.zoom_to(zoom)


def course(shape: Shape) -> Floats:
    """Where the middle of a stroke runs, on the board."""
    (ribbon,) = brush.ribbons_of(shape, -5)
    return ribbon.placed


def only(document: Document) -> Shape:
    (shape,) = document.visible()
    return shape


def on_another_peer(board: Alone) -> Document:
    """The board as somebody has it who got all of ours over the wire."""
    ana = Somebody(board).session
    for effect in board.sent:
        if isinstance(effect, e.Persist):
            ana.handle(e.Stored(effect.chunk), 0.0)
    return ana.document


@pytest.mark.parametrize("zoom", ZOOMS)
@pytest.mark.parametrize("corner", CORNERS)
def test_a_stroke_lands_where_the_pen_was_here_and_on_another_peer(
    canvas: Canvas, board: Alone, corner: tuple[float, float], zoom: float
) -> None:
    look(canvas, corner, zoom)
    Tablet(canvas.glass).drag(*[(x, y, 1.0) for x, y in WAY])
    places = np.array([canvas.camera.to_board(x, y) for x, y in WAY])
    for document in (board.document, on_another_peer(board)):
        line = course(only(document))
        gaps = [np.hypot(*(line - place).T).min() for place in places]
        assert max(gaps) <= math.hypot(1, 1) / 32 + 1e-6  # ink is stored in sixteenths of a pixel of the board
    if zoom >= 1:
        canvas.select_tool("hand")
        image = shown(canvas)
        assert all(reddish(image.pixelColor(round(x), round(y))) for x, y in WAY)


@pytest.mark.parametrize("corner", CORNERS)
def test_a_draft_is_seen_there_and_does_not_jump_when_it_is_committed(
    canvas: Canvas, corner: tuple[float, float]
) -> None:
    look(canvas, corner, 30.0)
    mouse = Mouse(canvas)
    mouse.press(*WAY[0])
    mouse.move(*WAY[1:])
    drawing = shown(canvas)
    assert all(reddish(drawing.pixelColor(round(x), round(y))) for x, y in WAY)
    mouse.release(*WAY[-1])
    assert shown(canvas) == drawing


def test_so_is_that_of_somebody_else(canvas: Canvas, board: Alone) -> None:
    ana = Somebody(board)
    look(canvas, (FAR, -FAR), 30.0)
    points, placement = [(-3.0, -1.0), (0.0, 0.0), (3.0, 1.0)], [1, 0, 0, 1, FAR, -FAR]
    ana.begin(*points, width=1.0, placement=placement)
    drawing = shown(canvas)
    assert reddish(drawing.pixelColor(400, 300))
    assert reddish(drawing.pixelColor(490, 330))
    ana.commit(stroke(*points, width=1.0, placement=placement))
    ana.end()
    assert shown(canvas) == drawing


def test_the_eraser_takes_there_what_its_ring_touches(canvas: Canvas, board: Alone) -> None:
    look(canvas, (FAR, -FAR), 30.0)
    mouse = Mouse(canvas)
    mouse.drag((100, 300), (700, 300))
    canvas.select_tool("eraser")
    mouse.click(400, 300)
    canvas.select_tool("hand")
    (left, right) = only(board.document).pieces or ((0, 0), (0, 0))
    middle = 120 + 8  # the ink reaches 120 pixels of the screen from its middle, the eraser 8
    assert (left[1] * 600, right[0] * 600) == pytest.approx((300 - middle, 300 + middle), abs=0.1)


def test_fingers_there_and_back_leave_the_view_where_it_was(canvas: Canvas) -> None:
    canvas.select_tool("hand")
    look(canvas, (FAR, -FAR), 12.0)
    place, screen = canvas.camera.to_board(400, 300), TouchScreen(canvas.glass)
    first, second = (300.0, 300.0), (500.0, 300.0)
    screen.begin(a=first, b=second)
    for n in range(40):
        screen.move(a=(300.0 - 4 * n, 300.0 + n), b=(500.0 + 2 * n, 300.0 + n))
        screen.move(a=first, b=second)
    canvas.lift()
    assert canvas.camera.to_screen(*place) == pytest.approx((400, 300), abs=1 / 16)
    assert canvas.zoom == pytest.approx(12.0)


def test_what_was_far_out_before_there_were_placements_near_is_still_found(canvas: Canvas, board: Alone) -> None:
    ana = Somebody(board)
    far = 8_000_000.0
    (id,) = ana.commit(stroke((far, -far), (far + 10, -far)))
    look(canvas, (far, -far), 30.0)
    assert reddish(shown(canvas).pixelColor(420, 300))
    assert canvas._settled.find((far + 5, -far), (far + 5, -far), 0.1) == [id]
