"""The window of somebody who holds the view link: everything to see, nothing to change it with."""

from dataclasses import replace

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QGuiApplication, QKeySequence
from PyQt6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from p2psketch.effects import Send
from p2psketch.errors import VIEW_ONLY
from p2psketch.messages import Presence
from p2psketch.views import PersonView
from peer.ui.actions import ACTIONS, Row
from peer.ui.backdrop import HINT, NOTHING_YET
from peer.ui.desk import Desk
from peer.ui.panels.looking import ASK, LookingPanel
from peer.ui.panels.people import PeoplePanel
from peer.ui.people import PeoplePopover
from peer.ui.share import ONLY_VIEW, PERMITS
from peer.ui.widgets import Words
from peer.ui.window import Window
from tests.ui.afar import Somebody, stroke
from tests.ui.boards import QUIET, VIEW_LINK, Alone, crowd, somebody
from tests.ui.hands import close_menu, menu_texts, press, settle
from tests.ui.mouse import CTRL, Mouse, Stylus

SIZES = [(800, 600), (1024, 700), (1440, 900)]
EDITING = [row for row in ACTIONS if row.edits]
LOOKING = [row for row in ACTIONS if not row.edits]


@pytest.fixture
def board(window: Window) -> Alone:
    made = Alone(view_only=True)
    window.show_board(made)
    return made


@pytest.fixture
def desk(window: Window, board: Alone) -> Desk:
    assert window.desk is not None
    return window.desk


@pytest.fixture
def ana(board: Alone) -> Somebody:
    return Somebody(board)


# What there is


def test_it_says_quietly_that_one_may_only_look_and_how_to_get_more(desk: Desk) -> None:
    assert isinstance(desk.tools, LookingPanel)
    assert [desk.tools.words.text(), desk.tools.quiet.text()] == ["View only", ASK]
    assert not desk.toast.is_shown
    assert desk.canvas.tool_name == "hand"
    assert desk.canvas.backdrop.words == NOTHING_YET


def test_no_button_changes_the_board(window: Window, desk: Desk) -> None:
    words = {row.text for row in EDITING} | {"Colour"}
    shown = [button for button in window.findChildren(QAbstractButton) if button.isVisibleTo(window)]
    assert shown
    assert not [button.accessibleName() for button in shown if button.accessibleName() in words]
    assert not desk.style_panel.isVisible()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_menu_and_the_help_offer_nothing_that_does(window: Window, desk: Desk) -> None:
    desk.title.menu.click()
    assert "Save picture…" in menu_texts()
    assert "Clear board" not in menu_texts()
    close_menu()
    listed = {words.whole for words in window.help.findChildren(Words)}
    assert {"Hand", "Zoom in", "Follow somebody; stop"} <= listed
    assert not listed & {"Pen", "Eraser", "Undo", "Redo", "Thinner", "Edit", "Erase for a moment"}


def test_the_help_of_who_draws_comes_back_with_a_board_to_draw_on(window: Window, desk: Desk) -> None:
    window.help_toggled()
    assert not window.help.editing
    window.show_board(Alone())
    assert window.help.editing
    assert window.desk is not None
    assert window.desk.canvas.backdrop.words == HINT
    assert all(window.commands[row.name].isVisible() for row in ACTIONS)
    assert window.commands["pen"].isEnabled()
    assert window.desk.canvas.tool_name == "pen"


def test_the_welcome_page_in_between_leaves_it_as_it_is(window: Window, desk: Desk) -> None:
    window.show_welcome()
    window.show_desk()
    assert not any(window.commands[row.name].isEnabled() for row in EDITING)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("others", [0, 3, 200])
def test_nothing_overlaps_or_is_cut(
    window: Window, board: Alone, qtbot: QtBot, size: tuple[int, int], others: int
) -> None:
    board.set_name = "The plan of the roof and of all that is under it, second floor"
    board.set_people = crowd(others)
    board.set_status = replace(QUIET, trackers={"a:1": "refused"}, direct=others, relayed=others)
    window.show_board(board)
    window.resize(*size)
    settle(qtbot)
    desk = window.desk
    assert desk is not None
    floating: list[QWidget] = [panel for panel in desk.panels if panel.isVisible()]
    assert desk.tools in floating
    for at, panel in enumerate(floating):
        assert desk.rect().adjusted(14, 14, -14, -14).contains(panel.geometry()), panel
        assert panel.width() >= panel.minimumSizeHint().width()
        assert not [other for other in floating[at + 1 :] if panel.geometry().intersects(other.geometry())], panel


def test_it_gives_up_how_to_get_more_where_there_is_no_room(desk: Desk) -> None:
    assert isinstance(desk.tools, LookingPanel)
    desk.tools.fold_to(200)
    assert desk.tools.sizeHint().width() <= 200
    assert desk.tools.words.isVisible()
    assert desk.tools.toolTip() == ASK


# What one does


@pytest.mark.parametrize("row", EDITING, ids=lambda row: row.name)
def test_shortcuts_that_edit_do_nothing(window: Window, desk: Desk, ana: Somebody, row: Row) -> None:
    action = window.commands[row.name]
    ana.commit(stroke((0, 0), (50, 50)))
    before = desk.board.document.digest()
    assert not action.isEnabled() and not action.isVisible()
    action.trigger()
    assert desk.board.document.digest() == before
    assert desk.canvas.tool_name == "hand"
    assert not desk.style_panel.isVisible()


def test_the_other_shortcuts_are_there(window: Window, desk: Desk) -> None:
    assert all(window.commands[row.name].isEnabled() for row in LOOKING)
    keys = {key.toString() for row in LOOKING for key in window.commands[row.name].shortcuts()}
    assert QKeySequence("Shift+1").toString() in keys
    window.commands["zoom_in"].trigger()
    assert desk.canvas.zoom > 1


def test_whatever_a_hand_does_moves_the_board_and_changes_nothing(desk: Desk, ana: Somebody, board: Alone) -> None:
    ana.commit(stroke((-200, 0), (200, 0)))
    before, at = board.document.digest(), (desk.canvas.camera.x, desk.canvas.camera.y)
    mouse = Mouse(desk.canvas)
    mouse.drag((600, 400), (700, 450), (720, 460))
    assert (desk.canvas.camera.x, desk.canvas.camera.y) == (at[0] - 120, at[1] - 60)
    mouse.held = CTRL
    mouse.drag((600, 400), (720, 460))
    mouse.held = Qt.KeyboardModifier.NoModifier
    for tail in (False, True):
        Stylus(desk.canvas, tail=tail).drag((600, 400, 0.5), (700, 450, 0.5))
    for key in (Qt.Key.Key_P, Qt.Key.Key_E, Qt.Key.Key_Delete, Qt.Key.Key_Escape, Qt.Key.Key_Space):
        mouse.key(key)
    assert board.document.digest() == before
    assert board.session.log.seq(board.me) == 0
    assert not any(isinstance(effect, Send) and not isinstance(effect.message, Presence) for effect in board.sent)
    assert not desk.toast.is_shown


def test_one_points(desk: Desk, board: Alone) -> None:
    Mouse(desk.canvas).move((desk.canvas.width() / 2, desk.canvas.height() / 2))
    latest = board.session._pointing.latest()
    assert latest is not None
    assert (latest.cursor, latest.tool) == ((0.0, 0.0), "hand")


def test_everything_is_seen_as_it_happens(desk: Desk, ana: Somebody) -> None:
    ana.begin((0, 0), (40, 40))
    assert desk.canvas._drafts.shown
    ana.end()
    ana.commit(stroke((0, 0), (40, 40)))
    ana.point((5.0, 5.0))
    assert ana.peer in desk.canvas._cursors
    assert not desk.canvas.is_blank


def test_somebody_can_be_followed(desk: Desk, ana: Somebody) -> None:
    ana.look((1000.0, 1000.0, 1400.0, 1300.0))
    desk.following.toggle(ana.peer)
    assert desk.following.peer == ana.peer


def test_what_a_program_asks_for_by_mistake_is_answered_in_the_window(desk: Desk, board: Alone) -> None:
    board.clear()
    board.draw()
    board.undo()
    assert desk.toast.words.whole == VIEW_ONLY
    assert board.document.visible_count == 0


# Sharing, and who may draw


def test_a_viewer_has_the_view_link_to_share(desk: Desk) -> None:
    desk.toggle_share()
    (row,) = desk.share_popover.rows
    assert row.field.text() == VIEW_LINK
    assert desk.share_popover.texts[:2] == [PERMITS["view"][1], ONLY_VIEW]
    row.copy.click()
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    assert clipboard.text() == VIEW_LINK


def test_esc_closes_share(desk: Desk, qtbot: QtBot) -> None:
    desk.toggle_share()
    press(qtbot, desk.share_popover, Qt.Key.Key_Escape)
    assert not desk.share_popover.isVisible()


def viewer(name: str, state: str = "direct") -> PersonView:
    return replace(somebody(name, state, 12.0), may_edit=False)


def test_who_may_only_look_is_marked_among_the_people(around: QWidget) -> None:
    people = [viewer("Vera"), replace(somebody("Ana"), may_edit=True), somebody("new", "connecting")]
    popover, panel = PeoplePopover(around), PeoplePanel(around)
    popover.show_people(people)
    panel.show_people(people)
    roles = {row.name.whole: row.role.whole for row in popover.rows.values() if row.role.isVisibleTo(popover)}
    assert roles == {"Vera": "view only"}
    row = popover.rows[people[0].peer]
    assert row.accessibleName() == "Vera, direct, 12 ms, view only"
    assert "view only" in row.toolTip() and "view only" in panel.avatars[0].toolTip()
    assert "view only" not in panel.avatars[1].toolTip()


def test_the_mark_goes_when_somebody_may_draw_after_all(around: QWidget) -> None:
    popover = PeoplePopover(around)
    popover.show_people([viewer("Vera")])
    popover.show_people([replace(viewer("Vera"), may_edit=True)])
    (row,) = popover.rows.values()
    assert not row.role.isVisibleTo(popover)
