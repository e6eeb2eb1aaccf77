"""The window with a real board in it: panels, keys, themes, sizes."""

from dataclasses import replace

import pytest
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QCursor, QEnterEvent, QImage, QKeySequence
from PyQt6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from p2psketch.effects import Notice
from peer.settings import Settings
from peer.ui.actions import ACTIONS, MENU
from peer.ui.desk import Desk
from peer.ui.panels.tools import ToolsPanel
from peer.ui.theme import DARK, LIGHT, contrast
from peer.ui.verbs import VERBS
from peer.ui.window import Window
from tests.ui.boards import QUIET, Alone, crowd
from tests.ui.hands import click, close_menu, menu_texts, press, settle, write
from tests.ui.platform import TouchScreen

SIZES = [(800, 600), (1024, 700), (1440, 900)]


@pytest.fixture
def board(window: Window) -> Alone:
    made = Alone()
    window.show_board(made)
    return made


def desk_of(window: Window) -> Desk:
    assert window.desk is not None
    return window.desk


def tools_of(window: Window) -> ToolsPanel:
    tools = desk_of(window).tools
    assert isinstance(tools, ToolsPanel)
    return tools


# Opening


def test_it_opens_on_the_welcome_page(window: Window) -> None:
    assert window.windowTitle() == "p2psketch"
    assert window.welcome.isVisible()
    assert window.person == ("Zoe", 0xE03131)
    assert not window.welcome.person.isVisible()
    assert not window.commands["undo"].isEnabled()
    assert not window.commands["picture"].isEnabled()


def test_a_board_comes_with_the_pen_and_nothing_over_the_middle(window: Window, board: Alone) -> None:
    desk = desk_of(window)
    assert window.windowTitle() == "Roof – p2psketch"
    assert desk.canvas.tool_name == "pen"
    assert desk.zoom.percent.text() == "100 %"
    assert not any(popover.isVisible() for popover in desk.popovers)
    assert not window.help.isVisible()
    assert desk.childAt(desk.rect().center()) in (desk.canvas, desk.canvas.viewport())
    assert all(panel.isVisible() for panel in desk.panels)


def test_another_board_takes_the_place_of_the_first(window: Window, board: Alone) -> None:
    second = Alone("Cellar")
    window.show_board(second)
    assert window.windowTitle() == "Cellar – p2psketch"
    board.draw()
    assert not window.commands["undo"].isEnabled()
    second.draw()
    assert window.commands["undo"].isEnabled()


def test_a_board_that_was_left_can_be_taken_away(window: Window, board: Alone) -> None:
    board.leave()
    window.close_board()
    assert window.desk is None
    assert window.welcome.isVisible()


def test_the_first_time_it_asks_for_a_name_and_remembers_it(qtbot: QtBot, settings: Settings) -> None:
    settings.name, settings.color = "", None
    window = Window(settings)
    qtbot.addWidget(window)
    window.show()
    assert window.welcome.person.isVisible()
    window.welcome.person.name.setText("Ana")
    with qtbot.waitSignals([window.person_chosen, window.new_board], order="strict"):
        window.welcome.new.click()
    assert window.person[0] == "Ana"
    assert Settings.load().name == "Ana"


def test_a_name_on_the_command_line_is_neither_asked_for_nor_remembered(qtbot: QtBot, settings: Settings) -> None:
    settings.name = ""
    window = Window(settings, "Bo")
    qtbot.addWidget(window)
    window.show()
    assert not window.welcome.person.isVisible()
    window.welcome.new.click()
    assert window.person[0] == "Bo"
    assert Settings.load().name == ""


# Sizes


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("others", [0, 3, 12, 200])
def test_nothing_overlaps_or_is_cut(
    window: Window, board: Alone, qtbot: QtBot, size: tuple[int, int], others: int
) -> None:
    board.set_name = "The plan of the roof and of all that is under it, second floor"
    board.set_people = crowd(others)
    board.set_status = replace(QUIET, trackers={"a:1": "refused"}, direct=others, relayed=others, open_room=True)
    window.show_board(board)
    window.resize(*size)
    desk = desk_of(window)
    desk.toast.say("Part of that was changed by somebody else since, and stays as it is. " * 3, "Undo", lasting=True)
    settle(qtbot)
    floating: list[QWidget] = [*desk.panels, desk.toast]
    for at, panel in enumerate(floating):
        assert desk.rect().adjusted(14, 14, -14, -14).contains(panel.geometry()), panel
        assert panel.width() >= panel.minimumSizeHint().width()
        for other in floating[at + 1 :]:
            assert not panel.geometry().intersects(other.geometry()), (panel, other)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("others", [0, 3, 200])
def test_what_has_its_place_asks_for_no_other(
    window: Window, board: Alone, qtbot: QtBot, size: tuple[int, int], others: int
) -> None:
    board.set_name = "The plan of the roof and of all that is under it, second floor"
    board.set_people = crowd(others)
    board.set_status = replace(QUIET, trackers={"a:1": "refused"}, direct=others, open_room=True)
    window.show_board(board)
    window.resize(*size)
    desk = desk_of(window)
    desk.toast.say("Part of that was changed by somebody else since, and stays as it is. " * 3, "Undo", lasting=True)
    settle(qtbot)
    placed: list[None] = []
    for panel in (*desk.panels, desk.toast):
        panel.reshaped.connect(lambda: placed.append(None))
    desk.place_panels()
    settle(qtbot)
    assert not placed


@pytest.mark.parametrize("size", SIZES)
def test_what_a_click_opens_fits_too(window: Window, board: Alone, qtbot: QtBot, size: tuple[int, int]) -> None:
    board.set_people = crowd(40)
    window.show_board(board)
    window.resize(*size)
    desk = desk_of(window)
    settle(qtbot)
    for open_it in (desk.people.more.click, desk.toggle_share, desk.style_panel.free.click, window.help_toggled):
        open_it()
        qtbot.wait(150)
        shown = [popover for popover in (*desk.popovers, window.help) if popover.isVisible()]
        assert len(shown) == 1
        assert desk.rect().contains(shown[0].geometry())


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_name_goes_into_the_menu_when_there_is_no_room(window: Window, board: Alone, qtbot: QtBot) -> None:
    desk = desk_of(window)
    window.setMinimumSize(0, 0)
    desk.title.fold_to(60)
    desk.title.menu.click()
    assert menu_texts()[0] == "Roof"
    close_menu()
    desk.title.fold_to(600)
    desk.title.menu.click()
    assert menu_texts()[0] == "New board"
    close_menu()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_button_is_not_lit_any_more_once_the_pointer_has_left_it_for_a_menu(window: Window, board: Alone) -> None:
    button = desk_of(window).title.menu
    place = QPointF(button.rect().center())
    QCursor.setPos(button.mapToGlobal(place).toPoint())
    QApplication.sendEvent(button, QEnterEvent(place, place, button.mapToGlobal(place)))
    button.click()
    close_menu()
    assert button.underMouse()
    button.click()
    QCursor.setPos(window.mapToGlobal(window.rect().center()))
    close_menu()
    assert not button.underMouse()


def test_with_many_tools_they_take_two_rows(window: Window, board: Alone) -> None:
    tools = tools_of(window)
    assert tools.width_of(2) < tools.width_of(1)
    tools.arrange(2)
    assert tools.rows == 2
    assert tools.sizeHint().width() == tools.width_of(2)


# Keys


@pytest.mark.parametrize(
    ("keys", "tool"),
    [("E", "eraser"), ("0", "eraser"), ("H", "hand"), ("P", "pen"), ("D", "pen"), ("B", "pen"), ("7", "pen"),
     ("Shift+P", "highlighter"), ("Shift+D", "highlighter")],
)  # fmt: skip
def test_the_keys_of_the_tools(window: Window, board: Alone, qtbot: QtBot, keys: str, tool: str) -> None:
    desk = desk_of(window)
    desk.canvas.select_tool("hand" if tool != "hand" else "pen")
    shortcut(window, qtbot, keys)
    assert desk.canvas.tool_name == tool
    tools = ("pen", "highlighter", "eraser", "hand")
    assert [name for name in tools if window.commands[name].isChecked()] == [tool]
    shortcut(window, qtbot, keys)
    assert window.commands[tool].isChecked()
    assert desk.style_panel.isVisible() == (tool in ("pen", "highlighter"))


@pytest.mark.parametrize("redo", ["Ctrl+Shift+Z", "Ctrl+Y"])
def test_undo_and_redo(window: Window, board: Alone, qtbot: QtBot, redo: str) -> None:
    board.draw()
    shortcut(window, qtbot, "Ctrl+Z")
    assert board.document.visible_count == 0
    assert not window.commands["undo"].isEnabled()
    shortcut(window, qtbot, redo)
    assert board.document.visible_count == 1


def test_zoom_by_keys_and_buttons(window: Window, board: Alone, qtbot: QtBot) -> None:
    desk = desk_of(window)
    shortcut(window, qtbot, "Ctrl++")
    assert desk.canvas.zoom > 1
    assert desk.zoom.percent.text() == f"{desk.canvas.zoom * 100:.0f} %"
    shortcut(window, qtbot, "Ctrl+-")
    shortcut(window, qtbot, "Ctrl+-")
    assert desk.canvas.zoom < 1
    desk.zoom.percent.click()
    assert desk.canvas.zoom == 1
    qtbot.waitUntil(lambda: desk.zoom.percent.text() == "100 %")


def test_while_the_zoom_changes_its_number_follows_now_and_then_and_in_the_end_it_is_right(
    window: Window, board: Alone, qtbot: QtBot
) -> None:
    desk = desk_of(window)
    said = []
    for percent in (130, 140, 150):
        desk.canvas.zoom_to(percent / 100)
        said.append(desk.zoom.percent.text())
    assert said == ["130 %"] * 3
    qtbot.waitUntil(lambda: desk.zoom.percent.text() == "150 %")


def test_a_finger_on_the_canvas_closes_what_a_click_had_opened(window: Window, board: Alone) -> None:
    desk = desk_of(window)
    desk.share_popover.open()
    screen = TouchScreen(desk.canvas.glass)
    screen.begin(a=(500, 600))
    screen.end_all()
    assert not desk.share_popover.is_open
    assert board.document.visible_count == 1


def test_two_fingers_that_tap_undo_and_three_redo(window: Window, board: Alone) -> None:
    desk = desk_of(window)
    board.draw()
    desk.canvas.tap(2)
    assert board.document.visible_count == 0
    desk.canvas.tap(3)
    assert board.document.visible_count == 1
    desk.canvas.tap(4)
    assert board.document.visible_count == 1


def test_brackets_change_the_width(window: Window, board: Alone, qtbot: QtBot) -> None:
    desk = desk_of(window)
    desk.canvas.select_tool("pen")
    for width in (6, 8, 12):
        shortcut(window, qtbot, "]")
        assert desk.ink.width == width
        assert desk.style_panel.width_now.text() == f"{width} px"
    desk.canvas.select_tool("highlighter")
    shortcut(window, qtbot, "[")
    assert (desk.ink.width, desk.style_panel.width_now.text()) == (16, "16 px")
    desk.canvas.select_tool("pen")
    for _ in range(9):
        shortcut(window, qtbot, "[")
    assert (desk.ink.width, desk.style_panel.width_now.text()) == (1, "1 px")


def test_the_eraser_again_is_the_other_eraser_and_is_remembered(
    window: Window, board: Alone, qtbot: QtBot, settings: Settings
) -> None:
    desk = desk_of(window)
    assert not desk.eraser_panel.isVisible()
    shortcut(window, qtbot, "E")
    assert desk.eraser_panel.isVisible() and not desk.rubber.parts
    shortcut(window, qtbot, "E")
    assert desk.rubber.parts and desk.canvas.tool_name == "eraser"
    shortcut(window, qtbot, "]")
    qtbot.waitUntil(lambda: Settings.load().erases_parts and Settings.load().eraser_width == 32.0)
    assert desk.ink.width == 4
    window.show_board(Alone("Cellar"))
    assert desk_of(window).rubber.parts
    shortcut(window, qtbot, "Shift+E")
    assert not desk_of(window).rubber.parts and desk_of(window).canvas.tool_name == "eraser"
    shortcut(window, qtbot, "P")
    assert not desk_of(window).eraser_panel.isVisible()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_panel_of_the_eraser_covers_no_other(window: Window, board: Alone, width: int, height: int) -> None:
    desk = desk_of(window)
    window.resize(width, height)
    desk.canvas.select_tool("eraser")
    desk.place_panels()
    others = [panel for panel in desk.panels if panel.isVisible()]
    assert not any(panel.geometry().intersects(desk.eraser_panel.geometry()) for panel in others)
    assert desk.rect().contains(desk.eraser_panel.geometry())
    desk.set_zen(True)
    assert not desk.eraser_panel.isVisible()
    desk.set_zen(False)
    assert desk.eraser_panel.isVisible()


def test_zen_hides_the_panels_and_brings_them_back(window: Window, board: Alone, qtbot: QtBot) -> None:
    desk = desk_of(window)
    desk.people_popover.open()
    shortcut(window, qtbot, "Alt+Z")
    assert not any(panel.isVisible() for panel in (*desk.panels, *desk.popovers))
    shortcut(window, qtbot, "Alt+Z")
    assert all(panel.isVisible() for panel in desk.panels)


def test_typing_a_name_is_not_choosing_a_tool(window: Window, board: Alone, qtbot: QtBot) -> None:
    desk = desk_of(window)
    window.commands["person"].trigger()
    write(qtbot, desk.person_popover.form.name, "Eeeh7")
    assert desk.canvas.tool_name == "pen"
    assert desk.person_popover.form.name.text() == "Eeeh7"


def test_every_action_has_something_to_do_and_every_key_is_used_once(window: Window) -> None:
    keys = [QKeySequence(key).toString() for row in ACTIONS for key in row.keys]
    assert len(keys) == len(set(keys))
    assert "" not in keys
    names = {row.name for row in ACTIONS}
    assert set(VERBS) <= names
    assert {entry for group in MENU for entry in group} - {"theme"} <= names
    assert {row.name for row in ACTIONS if row.needs_board} - set(VERBS) == {"picture", "person", "duplicate"}


# What the panels do


def test_clearing_asks_nothing_and_can_be_undone(window: Window, board: Alone) -> None:
    desk = desk_of(window)
    window.commands["clear"].trigger()
    assert not desk.toast.is_shown
    board.draw()
    board.draw()
    window.commands["clear"].trigger()
    assert board.document.visible_count == 0
    assert desk.toast.words.whole == "The board is cleared."
    desk.toast.link.click()
    assert board.document.visible_count == 2


def test_the_offer_to_undo_ends_when_something_else_is_done(window: Window, board: Alone, qtbot: QtBot) -> None:
    desk = desk_of(window)
    board.draw()
    window.commands["clear"].trigger()
    shortcut(window, qtbot, "Ctrl+Z")
    assert not desk.toast.is_shown
    window.commands["clear"].trigger()
    click_canvas(desk, qtbot)
    assert not desk.toast.is_shown


def test_a_notice_is_a_toast(window: Window, board: Alone) -> None:
    desk_of(window).noticed(Notice("Somebody is here."))
    assert desk_of(window).toast.words.whole == "Somebody is here."


def test_who_is_here_is_shown_as_it_changes(window: Window, board: Alone, qtbot: QtBot) -> None:
    desk = desk_of(window)
    board.set_people, board.set_status = crowd(12), replace(QUIET, direct=12, peers_with_latest=3)
    desk.people_changed()
    desk.status_changed()
    qtbot.waitUntil(lambda: desk.status.line.text() == "12 direct")
    assert desk.people.more.text() == "+8"
    assert desk.title.quiet.whole == "saved · on 3 others"
    assert desk.status.dot.color == "good"


def test_people_open_beside_the_initials_and_stay_open_while_one_draws(
    window: Window, board: Alone, qtbot: QtBot
) -> None:
    board.set_people = crowd(2)
    window.show_board(board)
    desk = desk_of(window)
    desk.people.more.click()
    assert desk.people_popover.isVisible()
    click_canvas(desk, qtbot)
    assert desk.people_popover.isVisible()
    desk.status.line.click()
    assert not desk.people_popover.isVisible()


def test_share_closes_when_one_goes_on_drawing(window: Window, board: Alone, qtbot: QtBot) -> None:
    desk = desk_of(window)
    desk.people.share.click()
    assert desk.share_popover.isVisible()
    assert len(desk.share_popover.rows) == 1
    click_canvas(desk, qtbot)
    assert not desk.share_popover.isVisible()


def test_the_keyboard_comes_back_to_the_canvas(window: Window, board: Alone, qtbot: QtBot) -> None:
    desk = desk_of(window)
    desk.people.share.click()
    press(qtbot, desk.share_popover, Qt.Key.Key_Escape)
    assert not desk.share_popover.isVisible()
    assert window.focusWidget() is desk.canvas


def test_name_and_colour_are_changed_for_all(window: Window, board: Alone, qtbot: QtBot) -> None:
    desk = desk_of(window)
    window.commands["person"].trigger()
    desk.person_popover.form.name.setText("Zoë")
    desk.person_popover.form.colors.swatches[4].click()
    with qtbot.waitSignal(window.person_chosen):
        desk.person_popover.done.click()
    assert not desk.person_popover.isVisible()
    assert [(person.name, person.color) for person in board.people()] == [("Zoë", 0x2F9E44)]
    assert Settings.load().name == "Zoë"


def test_help_comes_and_goes_with_its_key(window: Window, board: Alone, qtbot: QtBot) -> None:
    window.commands["help"].trigger()
    assert window.help.isVisible()
    window.commands["help"].trigger()
    assert not window.help.isVisible()


def test_a_link_can_be_joined_from_the_menu_and_one_can_go_back(window: Window, board: Alone) -> None:
    window.commands["join"].trigger()
    assert window.welcome.isVisible()
    assert window.focusWidget() is window.welcome.link
    assert window.welcome.back_link.isVisible()
    window.welcome.back_link.click()
    assert desk_of(window).isVisible()
    assert window.windowTitle() == "Roof – p2psketch"


# Looks


def test_themes_are_chosen_by_key_and_remembered(window: Window, board: Alone, qtbot: QtBot) -> None:
    assert window.theme is LIGHT
    shortcut(window, qtbot, "Alt+Shift+D")
    assert window.theme is DARK
    assert Settings.load().theme == "dark"
    desk = desk_of(window)
    assert desk.title.grab().toImage().pixelColor(60, 8) == DARK.panel
    shortcut(window, qtbot, "Alt+Shift+D")
    assert desk.title.grab().toImage().pixelColor(60, 8) == LIGHT.panel


def test_everything_that_can_be_pressed_has_a_name(window: Window, board: Alone) -> None:
    board.set_people = crowd(6)
    window.show_board(board)
    for button in window.findChildren(QAbstractButton):
        assert button.accessibleName() or not button.isVisible(), button
    for field in window.findChildren(QLineEdit):
        assert field.accessibleName()
    assert tools_of(window).buttons[1].toolTip() == "Pen  ·  P"


def test_the_focus_of_the_keyboard_is_seen_on_every_button(window: Window, board: Alone) -> None:
    desk = desk_of(window)
    buttons = [button for button in desk.findChildren(QAbstractButton) if button.isVisible() and button.isEnabled()]
    assert {desk.people.share, desk.title.menu, desk.style_panel.free, *tools_of(window).buttons} <= set(buttons)
    for button in buttons:
        desk.canvas.setFocus()
        before = button.grab().toImage()
        button.setFocus(Qt.FocusReason.TabFocusReason)
        QApplication.processEvents()
        assert button.hasFocus(), button
        assert ring_of(button.grab().toImage(), before) > 3, button.accessibleName()


def ring_of(image: QImage, before: QImage) -> float:
    """The strongest contrast between a pixel and what it was."""
    places = ((x, y) for x in range(image.width()) for y in range(image.height()))
    return max(contrast(image.pixelColor(x, y), before.pixelColor(x, y)) for x, y in places)


def test_closing_is_told_and_the_place_is_remembered(window: Window, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.closed):
        window.close()
    assert Settings.load().geometry


# What a person does


def shortcut(window: Window, qtbot: QtBot, keys: str) -> None:
    """Press a shortcut, as far as Qt lets a test do so without a window system: it has to be that of one action."""
    sequence = QKeySequence(keys)
    found = [action for action in window.actions() if sequence in action.shortcuts()]
    assert len(found) == 1, keys
    assert found[0].isEnabled(), keys
    found[0].trigger()


def click_canvas(desk: Desk, qtbot: QtBot) -> None:
    click(qtbot, desk.canvas.viewport(), desk.rect().center())
