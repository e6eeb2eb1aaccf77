"""Closing a window while some work is nowhere else."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from p2psketch.holders import Holder
from peer.settings import Settings
from peer.ui.desk import Desk
from peer.ui.parting import CLOSE, KEEP, STAY
from peer.ui.window import Window
from tests.ui.boards import QUIET, Alone
from tests.ui.mouse import Mouse

BEN = Holder("Ben", 0x2F9E44, b"", 1_700_000_000_000, 28)
ONLY_HERE = replace(QUIET, only_here=12, ops=40, holders=(BEN,))
SAFE = replace(ONLY_HERE, only_here=None)


@pytest.fixture
def board() -> Alone:
    made = Alone()
    made.set_status = ONLY_HERE
    return made


@pytest.fixture
def window(qtbot: QtBot, board: Alone) -> Window:
    made = Window(Settings(name="Zoe"))
    qtbot.addWidget(made)
    made.show_board(board)
    made.show()
    qtbot.waitExposed(made)
    return made


def desk_of(window: Window) -> Desk:
    assert window.desk is not None
    return window.desk


def said(window: Window) -> str:
    banner = desk_of(window).parting.banner
    return banner.words.whole if banner.is_shown else ""


def press(window: Window, text: str) -> None:
    (button,) = [button for button in desk_of(window).parting.banner.buttons if button.text() == text]
    button.click()


def test_it_is_said_once_and_the_second_time_it_closes(window: Window) -> None:
    assert not window.close()
    assert said(window) == "Your last 12 strokes are only on this computer."
    assert window.close()


def test_it_can_be_closed_anyway(window: Window, qtbot: QtBot) -> None:
    window.close()
    with qtbot.waitSignal(window.closed):
        press(window, CLOSE)
    assert not window.isVisible()


def test_it_can_wait_for_somebody(window: Window, board: Alone, qtbot: QtBot) -> None:
    window.close()
    press(window, KEEP)
    assert "as soon as somebody else has your work" in said(window)
    assert window.isVisible()
    board.set_status = SAFE
    qtbot.waitUntil(lambda: not window.isVisible())


def test_one_can_think_better_of_it(window: Window, qtbot: QtBot) -> None:
    window.close()
    press(window, KEEP)
    press(window, STAY)
    assert said(window) == ""
    window.close()
    assert said(window)
    Mouse(desk_of(window).canvas).click(400, 300)
    assert said(window) == "", "who draws on does not want to close"
    assert not window.close()


def test_where_somebody_is_there_it_waits_a_moment_first(window: Window, board: Alone, qtbot: QtBot) -> None:
    board.set_status = replace(ONLY_HERE, direct=1)
    assert not window.close()
    assert said(window).startswith("One moment")
    board.set_status = replace(SAFE, direct=1)
    qtbot.waitUntil(lambda: not window.isVisible())


def test_who_does_not_take_it_in_that_moment_is_not_waited_for(
    window: Window, board: Alone, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("peer.ui.parting.MOMENT", 200)
    board.set_status = replace(ONLY_HERE, direct=1, only_here=1)
    window.close()
    qtbot.waitUntil(lambda: said(window) == "Your last stroke is only on this computer.")
    assert window.close()


@pytest.mark.parametrize(
    "status",
    [SAFE, replace(ONLY_HERE, holders=())],
    ids=["all of it is elsewhere", "nobody else has ever had this board"],
)
def test_otherwise_it_closes_without_a_word(window: Window, board: Alone, status: object) -> None:
    board.set_status = status  # type: ignore[assignment]
    assert window.close()
