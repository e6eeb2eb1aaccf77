import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from peer.ui.share import NO_TRACKER, OPEN_ROOM, PERMITS, SharePopover, reach
from tests.ui.boards import LINK, VIEW_LINK
from tests.ui.hands import press


@pytest.fixture
def popover(around: QWidget) -> SharePopover:
    return SharePopover(around)


def test_the_link_is_copied_and_the_button_says_so(popover: SharePopover) -> None:
    popover.show_links([("edit", LINK)], {"192.168.1.20:27700": None}, open_room=False)
    popover.rows[0].copy.click()
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    assert clipboard.text() == LINK
    assert popover.rows[0].copy.text() == "Copied"
    assert popover.texts == ["Whoever has it can see the board and draw on it. It cannot be taken back."]


def test_each_of_two_links_is_named_and_copied_by_its_own_button(popover: SharePopover) -> None:
    popover.show_links([("edit", LINK), ("view", VIEW_LINK)], {"192.168.1.20:27700": None}, open_room=False)
    assert [row.title.whole for row in popover.rows] == ["Edit link", "View link"]
    assert [row.copy.accessibleName() for row in popover.rows] == ["Copy: Edit link", "Copy: View link"]
    assert popover.texts == [PERMITS["edit"][1], PERMITS["view"][1]]
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    for row, link in zip(popover.rows, (LINK, VIEW_LINK), strict=True):
        row.copy.click()
        assert clipboard.text() == link
    popover.rows[0]._offer()
    assert popover.rows[0].copy.accessibleName() == "Copy: Edit link"


def test_an_open_room_says_who_can_join(popover: SharePopover) -> None:
    popover.show_links([], {"192.168.1.20:27700": None}, open_room=True)
    assert popover.texts == [OPEN_ROOM]
    assert popover.rows == []


@pytest.mark.parametrize(
    ("trackers", "part"),
    [
        ([], NO_TRACKER),
        (["127.0.0.1:27700"], "from this machine only"),
        (["localhost:27700", "[::1]:1"], "localhost:27700, [::1]:1"),
    ],
)
def test_what_newcomers_need_when_no_tracker_is_outside(trackers: list[str], part: str) -> None:
    assert part in reach(trackers)


@pytest.mark.parametrize("trackers", [["192.168.1.20:27700"], ["example.org:27700", "127.0.0.1:1"], ["nonsense"]])
def test_nothing_is_said_when_newcomers_can_reach_one(trackers: list[str]) -> None:
    assert reach(trackers) == ""


def test_the_app_knows_better(popover: SharePopover) -> None:
    popover.note = "Others reach this computer at 10.0.0.2:27700."
    popover.show_links([("edit", LINK)], {}, open_room=False)
    assert popover.texts[-1] == popover.note


def test_it_is_made_anew_each_time(popover: SharePopover) -> None:
    for _ in range(3):
        popover.show_links([("edit", LINK), ("view", LINK)], {}, open_room=False)
    assert len(popover.rows) == 2


def test_escape_closes_it(popover: SharePopover, qtbot: QtBot) -> None:
    popover.open()
    assert popover.is_open
    with qtbot.waitSignal(popover.closed):
        press(qtbot, popover, Qt.Key.Key_Escape)
    assert not popover.is_open
