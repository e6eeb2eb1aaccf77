"""The panel at the top left and what it opens: the board's name, where it is safe, copies, and what is wrong."""

from dataclasses import replace
from pathlib import Path

import pytest
from PyQt6.QtCore import QMimeData, Qt, QUrl
from PyQt6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from p2psketch.holders import Holder
from p2psketch.invite import Invite
from peer.settings import Settings
from peer.ui.desk import Desk
from peer.ui.files import dropped, file_name
from peer.ui.holders import holds, others_in_words
from peer.ui.panels.title import safety
from peer.ui.window import Window
from tests.ui.boards import QUIET, Alone
from tests.ui.hands import press, write

NOW = 1_700_000_000.0
ANA = Holder("Ana", 0xE03131, b"", int(NOW * 1000), 40, True)
BEN = Holder("Ben", 0x2F9E44, b"", int(NOW * 1000) - 120_000, 28)
LINK = Invite.new((), "Roof", lambda size: b"s" * size).format()


@pytest.fixture
def board() -> Alone:
    return Alone(links=(("edit", LINK),))


@pytest.fixture
def window(qtbot: QtBot, board: Alone) -> Window:
    made = Window(Settings(name="Zoe"))
    qtbot.addWidget(made)
    made.show_board(board)
    made.resize(1200, 780)
    made.show()
    qtbot.waitExposed(made)
    return made


def desk_of(window: Window) -> Desk:
    assert window.desk is not None
    return window.desk


# The name


def test_the_name_is_clicked_and_typed_anew(window: Window, board: Alone, qtbot: QtBot) -> None:
    title = desk_of(window).title
    title.name.click()
    assert title.is_editing
    write(qtbot, title.field, "Plan B")
    press(qtbot, title.field, Qt.Key.Key_Return)
    assert not title.is_editing
    assert (title.name.whole, board.name, window.windowTitle()) == ("Plan B", "Plan B", "Plan B – p2psketch")
    assert [Invite.parse(link).name for _, link in board.invites()] == ["Plan B"]
    assert Invite.parse(board.invites()[0][1]).keys() == Invite.parse(LINK).keys()
    assert not board.can_undo, "a name is no stroke"


def test_escape_keeps_the_name(window: Window, board: Alone, qtbot: QtBot) -> None:
    title = desk_of(window).title
    window.commands["rename"].trigger()
    write(qtbot, title.field, "Plan B")
    press(qtbot, title.field, Qt.Key.Key_Escape)
    assert not title.is_editing
    assert (title.name.whole, board.name) == ("Roof", "Roof")


def test_no_letters_are_no_name(window: Window, board: Alone, qtbot: QtBot) -> None:
    title = desk_of(window).title
    title.name.click()
    write(qtbot, title.field, "   ")
    press(qtbot, title.field, Qt.Key.Key_Return)
    assert (title.name.whole, board.name) == ("Roof", "Roof")


def test_who_may_only_look_and_who_is_in_an_open_room_names_nothing(window: Window, qtbot: QtBot) -> None:
    for board in (Alone(view_only=True), Alone()):
        board.open_room = board.can_edit
        window.show_board(board)
        title = desk_of(window).title
        title.name.click()
        assert not title.is_editing
        assert not window.commands["rename"].isVisible()
        board.rename("Mine")
        assert board.name == "Roof"


def test_an_open_room_is_called_what_it_is_found_by(board: Alone) -> None:
    board.rename("Plan B")
    board.open_room = True
    assert board.name == "Roof"
    assert Invite.parse(board.invites()[0][1]).name == "Roof"


# Where it is safe


@pytest.mark.parametrize(
    ("status", "line"),
    [
        (QUIET, "saved · only here"),
        (replace(QUIET, peers_with_latest=3), "saved · on 3 others"),
        (replace(QUIET, peers_with_latest=1, away_with_latest=1), "saved · on 2 others"),
        (replace(QUIET, away_with_latest=1, holders=(BEN,)), "saved · on 1 other"),
        (replace(QUIET, only_here=12, holders=(BEN,)), "saved · 12 strokes only here"),
        (replace(QUIET, only_here=12), "saved · only here"),
        (replace(QUIET, only_here=0, holders=(BEN,)), "saved · only here"),
        (replace(QUIET, saved=False, only_here=1, holders=(BEN,)), "not saved · 1 stroke only here"),
    ],
)
def test_the_quiet_line(status: object, line: str) -> None:
    assert safety(status) == line  # type: ignore[arg-type]


def test_a_click_on_it_says_who_has_what(window: Window, board: Alone) -> None:
    desk = desk_of(window)
    board.set_status = replace(QUIET, peers_with_latest=1, ops=40, holders=(ANA, BEN), only_here=2)
    desk.title.quiet.click()
    popover = desk.paperwork.holders
    assert popover.is_open
    assert [row.name for row in popover.rows] == ["This computer", "Ana", "Ben"]
    assert popover.rows[0].says == "saved in memory"
    desk.title.quiet.click()
    assert not popover.is_open


def test_how_much_somebody_has() -> None:
    status = replace(QUIET, ops=40)
    assert holds(ANA, status, NOW) == "all of it, here now"
    assert holds(BEN, status, NOW) == "all but 12 changes, seen 2 min ago"
    assert holds(BEN._replace(ops=39), status, NOW) == "all but 1 change, seen 2 min ago"
    assert holds(ANA._replace(ops=0), status, NOW) == "nothing yet, here now"


def test_others_in_few_words() -> None:
    many = tuple(ANA._replace(name=name) for name in ("Ana", "Ben", "Ana", "Cem", "Dee", "Eli"))
    assert others_in_words(many) == ("Ana", "Ben", "Cem", "2 more")
    assert others_in_words((ANA._replace(ops=0),)) == ()


# What is wrong


def test_what_is_wrong_is_said_as_long_as_it_is_true(window: Window, board: Alone, qtbot: QtBot) -> None:
    from p2psketch.effects import Notice

    desk = desk_of(window)
    full = "The board file cannot be written (disk full). Drawing goes on in memory only."
    board.set_status = replace(QUIET, saved=False, trouble=full)
    desk.noticed(Notice(full))
    desk.status_changed()
    qtbot.waitUntil(lambda: desk.paperwork.trouble.is_shown)
    assert desk.paperwork.trouble.words.whole == full
    assert not desk.toast.is_shown, "it is not said twice"
    assert not desk.tools.geometry().intersects(desk.paperwork.trouble.geometry())
    window.commands["save"].trigger()
    assert desk.toast.words.whole == full
    board.set_status = QUIET
    desk.status_changed()
    qtbot.waitUntil(lambda: not desk.paperwork.trouble.is_shown)


# Files


def test_there_is_nothing_to_save(window: Window) -> None:
    desk_of(window).paperwork.file_name = "Roof.p2psketch"
    window.commands["save"].trigger()
    assert desk_of(window).toast.words.whole == "Saved as you draw, in Roof.p2psketch."


@pytest.mark.qt_log_ignore("propagateSizeHints")
@pytest.mark.parametrize("with_key", [True, False])
def test_a_copy_is_asked_for_in_two_steps(window: Window, qtbot: QtBot, tmp_path: Path, with_key: bool) -> None:
    window.commands["copy"].trigger()
    popover = desk_of(window).paperwork.copying
    assert popover.is_open
    (popover.with_key if with_key else popover.without_key).click()
    assert not popover.is_open
    (dialog,) = window.findChildren(QFileDialog)
    with qtbot.waitSignal(window.copy_wanted) as wanted:
        dialog.fileSelected.emit(str(tmp_path / "copy.p2psketch"))
    assert wanted.args == [str(tmp_path / "copy.p2psketch"), with_key]
    dialog.close()


def test_a_name_of_a_board_as_that_of_a_file() -> None:
    assert file_name("a/b: c?") == "a-b- c"
    assert file_name("..") == "board"


def mime(*paths: str, text: str = "") -> QMimeData:
    data = QMimeData()
    if paths:
        data.setUrls([QUrl.fromLocalFile(path) for path in paths])
    if text:
        data.setText(text)
    return data


def test_what_is_dropped_on_the_window() -> None:
    assert dropped(mime("/b/letter.txt", "/b/plan.p2psketch")) == ("open", "/b/plan.p2psketch")
    act, sentence = dropped(mime("/b/letter.txt"))
    assert act == "say" and "letter.txt" in sentence
    assert dropped(mime(text=f" {LINK} ")) == ("join", LINK)
    assert dropped(mime(text="Dear Ana"))[0] == "say"
