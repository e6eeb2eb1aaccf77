"""What others did while one was away: said, shown when asked for, and the way back."""

import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from p2psketch.effects import Merged
from p2psketch.geometry import Rect
from p2psketch.ids import ShapeId
from peer.settings import Settings
from peer.ui.desk import Desk
from peer.ui.follow import Look
from peer.ui.marks import MOST, clusters
from peer.ui.window import Window
from tests.ui.boards import Alone
from tests.ui.hands import press
from tests.ui.mouse import Mouse


@pytest.fixture
def board() -> Alone:
    made = Alone()
    made.draw((0.0, 0.0), (50.0, 50.0))
    made.draw((3000.0, 3000.0), (3100.0, 3050.0))
    return made


@pytest.fixture
def desk(qtbot: QtBot, board: Alone) -> Desk:
    window = Window(Settings(name="Zoe"))
    qtbot.addWidget(window)
    window.resize(1000, 700)
    window.show_board(board)
    window.show()
    qtbot.waitExposed(window)
    assert window.desk is not None
    return window.desk


def far(board: Alone) -> frozenset[ShapeId]:
    return frozenset({board.document.painted()[1].id})


def merged(board: Alone) -> Merged:
    return Merged(far(board), 1, 0, ("Ana",), True)


def look(desk: Desk) -> Look:
    return Look.of(desk.canvas.camera)


def test_it_is_one_line_and_moves_nothing(desk: Desk, board: Alone) -> None:
    before, undo = look(desk), board.can_undo
    desk.merged(merged(board))
    assert desk.toast.words.whole == "1 stroke from Ana while you were away."
    assert desk.toast.link.text() == "Show me"
    assert (look(desk), board.can_undo) == (before, undo)
    assert desk.arrived.marks.boxes == []


def test_it_is_shown_and_marked_and_a_second_click_goes_back(desk: Desk, board: Alone) -> None:
    before = look(desk)
    desk.merged(merged(board))
    desk.toast.link.click()
    assert desk.canvas.camera.area.contains((3050.0, 3025.0))
    assert not desk.canvas.camera.area.contains((0.0, 0.0))
    (box,) = desk.arrived.marks.boxes
    assert box.contains(3050.0, 3025.0)
    desk.toast.link.click()
    assert look(desk) == before
    assert desk.arrived.marks.boxes == []
    assert not desk.toast.is_shown


def test_escape_goes_back_too(desk: Desk, board: Alone, qtbot: QtBot) -> None:
    before = look(desk)
    desk.merged(merged(board))
    desk.toast.link.click()
    press(qtbot, desk.canvas, Qt.Key.Key_Escape)
    assert look(desk) == before
    assert not desk.arrived.is_showing


def test_who_draws_there_stays_there(desk: Desk, board: Alone, qtbot: QtBot) -> None:
    desk.merged(merged(board))
    desk.toast.link.click()
    there = look(desk)
    Mouse(desk.canvas).click(400, 300)
    assert not desk.arrived.is_showing
    press(qtbot, desk.canvas, Qt.Key.Key_Escape)
    assert look(desk) == there


def test_the_mark_fades_by_itself(desk: Desk, board: Alone, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("peer.ui.marks.STAYS", 0.05)
    monkeypatch.setattr("peer.ui.marks.FADES", 0.05)
    desk.merged(merged(board))
    desk.toast.link.click()
    qtbot.waitUntil(lambda: desk.arrived.marks.boxes == [])


def test_what_has_been_erased_is_still_shown_where_it_was(desk: Desk, board: Alone) -> None:
    gone = Merged(far(board), 0, 1, ("Ana",), False)
    board.undo()
    desk.merged(gone)
    desk.toast.link.click()
    assert desk.canvas.camera.area.contains((3050.0, 3025.0))


def test_neighbours_are_marked_together() -> None:
    near = [Rect(0, 0, 10, 10), Rect(100, 0, 110, 10), Rect(12, 0, 20, 10), Rect(19, 0, 30, 10)]
    assert sorted(clusters(near, 4)) == [Rect(0, 0, 30, 10), Rect(100, 0, 110, 10)]
    many = [Rect(n * 100, 0, n * 100 + 1, 1) for n in range(MOST + 1)]
    assert clusters(many, 4) == [Rect(0, 0, MOST * 100 + 1, 1)]
