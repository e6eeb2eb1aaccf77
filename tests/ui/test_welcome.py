"""The page before a board is open, as a person uses it."""

import time

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from p2psketch.invite import Invite
from peer.settings import Recent
from peer.ui.ago import ago
from peer.ui.person import NAMELESS
from peer.ui.welcome import Welcome
from tests.ui.hands import press, write

LINK = Invite.new((), "Roof", lambda size: b"s" * size).format()


@pytest.fixture
def page(qtbot: QtBot) -> Welcome:
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    clipboard.clear()
    made = Welcome()
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    made.begin([], can_go_back=False)
    return made


def test_a_new_board_is_one_click(page: Welcome, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.new_board):
        page.new.click()


def test_one_can_paste_a_link_at_once(page: Welcome) -> None:
    assert page.focusWidget() is page.link


def test_who_is_asked_for_a_name_can_type_it_at_once_and_press_enter_twice(page: Welcome, qtbot: QtBot) -> None:
    page.ask_person("root", 0xE03131)
    page.begin([], can_go_back=False)
    assert page.focusWidget() is page.person.name
    write(qtbot, page.person.name, "Ana")
    assert page.person.name.text() == "Ana"
    press(qtbot, page.person.name, Qt.Key.Key_Return)
    assert page.focusWidget() is page.new
    with qtbot.waitSignals([page.person_chosen, page.new_board], order="strict"):
        press(qtbot, page.new, Qt.Key.Key_Return)


def test_a_link_is_pasted_and_enter_joins(page: Welcome, qtbot: QtBot) -> None:
    page.link.setText(LINK)
    with qtbot.waitSignal(page.join_link) as joined:
        press(qtbot, page.link, Qt.Key.Key_Return)
    assert joined.args == [LINK]


def test_a_wrong_link_is_answered_in_place_and_kept(page: Welcome, qtbot: QtBot) -> None:
    page.link.setText(LINK[:-3])
    with qtbot.assertNotEmitted(page.join_link):
        page.join.click()
    assert "not complete" in page.link_message.whole
    assert page.link_message.isVisible()
    assert page.link.text() == LINK[:-3]
    write(qtbot, page.link, "x")
    assert not page.link_message.isVisible()


def test_a_link_that_was_copied_is_offered(page: Welcome, qtbot: QtBot) -> None:
    assert not page.offer.isVisible()
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    clipboard.setText(f"  {LINK}\n")
    assert page.offer.isVisible()
    assert "Roof" in page.offer.text()
    with qtbot.waitSignal(page.join_link) as joined:
        page.offer.click()
    assert joined.args == [LINK]
    clipboard.setText("p2psketch://what is this#no")
    assert not page.offer.isVisible()


def test_an_open_room_needs_a_tracker(page: Welcome, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(page.join_room):
        page.enter.click()
    assert "names no host" in page.message.whole
    page.tracker.setText("Example.org")
    with qtbot.waitSignal(page.join_room) as joined:
        press(qtbot, page.room, Qt.Key.Key_Return)
    assert joined.args == ["example.org:27700", "lobby"]
    page.room.setText(" physics ")
    with qtbot.waitSignal(page.join_room) as joined:
        page.enter.click()
    assert joined.args == ["example.org:27700", "physics"]


def test_the_first_time_it_asks_who_this_is(page: Welcome, qtbot: QtBot) -> None:
    page.ask_person("ana", 0x2F9E44)
    page.begin([], can_go_back=False)
    assert page.person.isVisible()
    page.person.name.clear()
    with qtbot.assertNotEmitted(page.new_board):
        page.new.click()
    assert page.message.whole == NAMELESS
    page.person.name.setText("Ana")
    page.person.colors.swatches[1].click()
    with qtbot.waitSignals([page.person_chosen, page.new_board], order="strict") as said:
        page.new.click()
    assert said.all_signals_and_args is not None
    assert said.all_signals_and_args[0].args == ("Ana", 0xE03131)
    with qtbot.assertNotEmitted(page.person_chosen):
        page.new.click()


def test_who_has_a_name_is_not_asked(page: Welcome) -> None:
    assert not page.person.isVisible()


def test_recent_boards_are_a_click_away(page: Welcome, qtbot: QtBot) -> None:
    assert page.recent.rows == []
    page.begin([Recent("Roof", "/b/roof.p2psketch", time.time() - 90)], can_go_back=False)
    assert page.recent.rows[0].about == "1 min ago  ·  only here"
    with qtbot.waitSignal(page.open_file) as opened:
        page.recent.rows[0].click()
    assert opened.args == ["/b/roof.p2psketch"]


def test_what_the_app_says(page: Welcome) -> None:
    page.show_busy("Looking for the others…")
    assert not page.new.isEnabled()
    assert page.message.whole == "Looking for the others…"
    page.show_error("Nobody answered.")
    assert page.new.isEnabled()
    assert page.message.whole == "Nobody answered."


def test_an_error_stands_where_it_was_asked(page: Welcome) -> None:
    page.link.setText(LINK)
    page.join.click()
    page.show_error("Nobody answered.")
    assert page.link_message.whole == "Nobody answered."
    assert not page.message.isVisible()


def test_everything_fits_into_a_small_window(page: Welcome, qtbot: QtBot) -> None:
    page.ask_person("ana", 0x2F9E44)
    page.begin([], can_go_back=True)
    page.link.setText("nonsense")
    page.join.click()
    qtbot.waitUntil(lambda: page.card.height() >= page.card.sizeHint().height())
    assert page.rect().contains(page.card.geometry())


NOON = time.mktime((2026, 3, 10, 12, 0, 0, 0, 0, -1))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (5, "just now"),
        (-5, "just now"),
        (3 * 60, "3 min ago"),
        (2 * 3600, "today 10:00"),
        (13 * 3600, "yesterday"),
        (35 * 3600, "yesterday"),
        (37 * 3600, "2 days ago"),
        (40 * 86_400, "2026-01-29"),
    ],
)
def test_when_it_was(seconds: float, words: str) -> None:
    assert ago(NOON - seconds, NOON) == words
