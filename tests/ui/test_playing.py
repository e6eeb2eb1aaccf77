"""A stylus that does not exist, on a real desk, beside a person with a mouse."""

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from p2psketch import ink
from peer.scenes import AREA, Stroke
from peer.settings import Settings
from peer.tools.style import PALETTE
from peer.tools.tool import ERASER, PEN
from peer.ui.desk import Desk
from peer.ui.playing import Player
from peer.ui.window import Window
from tests.ui.boards import Alone
from tests.ui.mouse import Mouse

LINE = Stroke(0xE03131, 6.0, tuple((4.0 * i, 10.0) for i in range(-25, 25)), (0.5,) * 50)
OTHER = Stroke(0x2F9E44, 8.0, tuple((4.0 * i, 60.0) for i in range(-25, 25)), (0.7,) * 50)
OWN = PALETTE[7]


@pytest.fixture
def window(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Window:
    monkeypatch.setenv("P2PSKETCH_HOME", str(tmp_path))
    made = Window(Settings("Zoe", 0xE03131, "light"))
    qtbot.addWidget(made)
    made.resize(1200, 780)
    made.show_board(Alone())
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def desk(window: Window) -> Desk:
    assert window.desk is not None
    return window.desk


@pytest.fixture
def player(desk: Desk) -> Player:
    return Player(desk, OWN)


def drawn(desk: Desk) -> list[tuple[int, float]]:
    return [(shape.color, shape.width) for shape in desk.board.document.painted()]


def draw(qtbot: QtBot, player: Player, *strokes: Stroke, speed: float = 1.0) -> list[bool]:
    """Begin to draw; the list is not empty any more when it is done."""
    done: list[bool] = []
    player.play(strokes, speed, lambda: done.append(True))
    return done


def test_strokes_are_drawn_with_the_pen_in_their_style(qtbot: QtBot, desk: Desk, player: Player) -> None:
    desk.canvas.select_tool(ERASER)
    done = draw(qtbot, player, LINE, OTHER, speed=4)
    qtbot.waitUntil(lambda: bool(done))
    assert drawn(desk) == [(0xE03131, 6.0), (0x2F9E44, 8.0)]
    assert desk.canvas.tool_name == PEN


def test_what_is_drawn_is_where_it_was_to_be(qtbot: QtBot, desk: Desk, player: Player) -> None:
    done = draw(qtbot, player, LINE, speed=4)
    qtbot.waitUntil(lambda: bool(done))
    (shape,) = desk.board.document.painted()
    points, pressure = ink.decode(shape.values["points"])
    assert points == pytest.approx(np.array(LINE.points), abs=0.1)
    assert pressure == pytest.approx(np.full(50, 0.5), abs=0.01)


def test_a_stroke_grows_before_it_is_an_op(qtbot: QtBot, desk: Desk, player: Player) -> None:
    done = draw(qtbot, player, LINE)
    qtbot.waitUntil(lambda: player.drawing)
    assert not drawn(desk)
    assert not desk.canvas.is_blank, "it is shown"
    qtbot.waitUntil(lambda: bool(done))
    assert len(drawn(desk)) == 1


def test_it_leaves_its_own_colour_in_the_style_panel(qtbot: QtBot, desk: Desk, player: Player) -> None:
    width = desk.ink.width
    done = draw(qtbot, player, LINE, speed=4)
    qtbot.waitUntil(lambda: bool(done))
    assert (desk.ink.color, desk.ink.width) == (OWN, width)


def test_all_that_will_be_drawn_is_in_view_between_the_panels(qtbot: QtBot, desk: Desk, player: Player) -> None:
    qtbot.waitUntil(lambda: desk.canvas.zoom != 1.0)
    left, top = desk.canvas.camera.to_screen(AREA.left, AREA.top)
    right, bottom = desk.canvas.camera.to_screen(AREA.right, AREA.bottom)
    assert left > desk.style_panel.geometry().right()
    assert top > desk.tools.geometry().bottom()
    assert right < desk.width()
    assert bottom < desk.zoom.y()


def test_a_person_who_presses_goes_first(qtbot: QtBot, desk: Desk, player: Player) -> None:
    mouse = Mouse(desk.canvas)
    done = draw(qtbot, player, LINE, OTHER)
    qtbot.waitUntil(lambda: player.drawing)
    mouse.move((400, 300))  # disturbs nothing
    mouse.press(500, 400)
    assert drawn(desk) == [(0xE03131, 6.0)], "the stroke is finished, whole"
    mouse.move((520, 420), (540, 400))
    qtbot.wait(150)
    assert not done, "the next stroke waits"
    mouse.release(540, 400)
    qtbot.waitUntil(lambda: bool(done))
    assert [color for color, _ in drawn(desk)] == [0xE03131, 0xE03131, 0x2F9E44]


def test_the_view_is_not_fitted_any_more_once_a_person_has_moved_it(
    qtbot: QtBot, window: Window, desk: Desk, player: Player
) -> None:
    qtbot.waitUntil(lambda: desk.canvas.zoom != 1.0)
    Mouse(desk.canvas).wheel(500, 400, 120)
    zoom, x = desk.canvas.zoom, desk.canvas.camera.x
    window.resize(1000, 700)
    qtbot.wait(50)
    assert (desk.canvas.zoom, desk.canvas.camera.x) == (zoom, x)


def test_it_goes_with_the_desk(qtbot: QtBot, window: Window, desk: Desk, player: Player) -> None:
    done = draw(qtbot, player, LINE)
    window.close_board()
    qtbot.wait(100)
    assert not done
