"""The boards on the welcome page: pictures, keys, what can be done to them, and the trash."""

import time
from pathlib import Path

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QColor, QContextMenuEvent, QImage
from PyQt6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from peer.settings import Recent, Thrown
from peer.ui.board_tile import ROW, Tile
from peer.ui.pictures import file_of
from peer.ui.recent import NONE_YET
from peer.ui.welcome import Welcome
from peer.ui.widgets import Words
from tests.ui.hands import press, settle, write

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)")  # Qt, of menus where there is no screen


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("P2PSKETCH_HOME", str(tmp_path))
    return tmp_path


def board(folder: Path, name: str, **more: object) -> Recent:
    path = folder / f"{name}.p2psketch"
    path.write_bytes(b"a board")
    return Recent(name, str(path), time.time() - 90, **more)  # type: ignore[arg-type]


@pytest.fixture
def page(qtbot: QtBot, tmp_path: Path) -> Welcome:
    made = Welcome()
    qtbot.addWidget(made)
    made.resize(1440, 900)
    made.show()
    qtbot.waitExposed(made)
    made.begin([board(tmp_path, name) for name in ("Anna", "Barn", "Cellar", "Door", "Annex")], can_go_back=False)
    return made


def tile(page: Welcome, name: str) -> Tile:
    return next(row for row in page.recent.rows if row.board.name == name)


def menu_of(page: Welcome, name: str) -> QMenu:
    one = tile(page, name)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(5, 5), one.mapToGlobal(QPoint(5, 5)))
    QApplication.sendEvent(one, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def choose(page: Welcome, name: str, text: str) -> None:
    menu = menu_of(page, name)
    (action,) = [action for action in menu.actions() if action.text() == text]
    menu.close()
    action.trigger()


# What is shown


def test_who_has_a_board_and_what_is_only_here(page: Welcome, tmp_path: Path) -> None:
    boards = [
        board(tmp_path, "Plan", others=("Ana", "Ben"), only_here=12),
        board(tmp_path, "Roof"),
        board(tmp_path, "Old", others=("Ana",)),
    ]
    page.begin(boards, can_go_back=False)
    assert [row.about for row in page.recent.rows] == [
        "1 min ago  ·  12 strokes only here  ·  also with Ana, Ben",
        "1 min ago  ·  only here",
        "1 min ago  ·  also with Ana",
    ]


def test_pictures_come_after_the_page_and_follow_the_theme(page: Welcome, qtbot: QtBot) -> None:
    one = tile(page, "Barn")
    picture = QImage(360, 225, QImage.Format.Format_RGB32)
    picture.fill(QColor("#e03131"))
    file_of(one.board.path, dark=False).parent.mkdir()
    picture.save(str(file_of(one.board.path, dark=False)))
    page.begin([one.board], can_go_back=False)
    one = tile(page, "Barn")

    def color() -> QColor:
        return one.grab().toImage().pixelColor(one.width() // 2, 60)

    assert color() != QColor("#e03131"), "the page does not wait for it"
    qtbot.waitUntil(lambda: color() == QColor("#e03131"))
    file_of(one.board.path, dark=False).unlink()
    page.recent.look_again(one.board.path)
    qtbot.waitUntil(lambda: color() != QColor("#e03131"))


def test_a_board_whose_file_is_gone_is_greyed_and_can_be_taken_off_the_list(page: Welcome, qtbot: QtBot) -> None:
    gone = Recent("Gone", "/media/stick/plan.p2psketch", time.time() - 90)
    page.begin([gone], can_go_back=False)
    qtbot.waitUntil(lambda: tile(page, "Gone").missing)
    assert tile(page, "Gone").when == "The file is gone"
    assert [action.text() for action in menu_of(page, "Gone").actions()] == ["Remove from the list"]
    page.recent.menu.close()
    with qtbot.waitSignal(page.asked) as asked:
        press(qtbot, tile(page, "Gone"), Qt.Key.Key_Delete)
    assert asked.args == ["forget", gone.path]


@pytest.mark.parametrize(("width", "columns"), [(800, 1), (1024, 2), (1440, 3)])
def test_there_is_room_for_as_many_as_fit(page: Welcome, qtbot: QtBot, width: int, columns: int) -> None:
    page.resize(width, 700)
    settle(qtbot)
    qtbot.waitUntil(lambda: len({row.x() for row in page.recent.rows}) == columns)
    boxes = [row.geometry() for row in page.recent.rows]
    assert not any(one.intersects(other) for n, one in enumerate(boxes) for other in boxes[:n])
    assert (boxes[0].height() == ROW) == (columns == 1)
    assert page.rect().contains(page.card.geometry())


def test_where_there_is_nothing_it_says_so(page: Welcome) -> None:
    page.begin([], can_go_back=False)
    assert [words.whole for words in page.recent.findChildren(Words)] == [NONE_YET]
    assert not page.trash_link.isVisible()


# Keys


def test_a_board_is_found_again_with_the_keyboard(page: Welcome, qtbot: QtBot) -> None:
    press(qtbot, page.link, Qt.Key.Key_Down)
    assert tile(page, "Anna").hasFocus()
    press(qtbot, tile(page, "Anna"), Qt.Key.Key_Right)
    assert tile(page, "Barn").hasFocus()
    press(qtbot, tile(page, "Barn"), Qt.Key.Key_Down)
    assert tile(page, "Annex").hasFocus(), "the one underneath"
    press(qtbot, tile(page, "Annex"), Qt.Key.Key_Down)
    assert tile(page, "Annex").hasFocus(), "there is none beyond"
    with qtbot.waitSignal(page.open_file) as opened:
        press(qtbot, tile(page, "Annex"), Qt.Key.Key_Return)
    assert opened.args == [tile(page, "Annex").board.path]


def test_typing_goes_to_the_board_of_that_name(page: Welcome, qtbot: QtBot) -> None:
    tile(page, "Cellar").setFocus()
    write(qtbot, tile(page, "Cellar"), "a")
    assert tile(page, "Anna").hasFocus()
    write(qtbot, tile(page, "Anna"), "nne")
    assert tile(page, "Annex").hasFocus()


# What can be done


def test_the_menu_of_a_board(page: Welcome, qtbot: QtBot) -> None:
    texts = [action.text() for action in menu_of(page, "Barn").actions() if action.text()]
    page.recent.menu.close()
    assert texts == ["Open", "Rename…", "Duplicate as a new board", "Show in folder", "Delete"]
    for text, verb in (("Duplicate as a new board", "duplicate"), ("Show in folder", "folder"), ("Delete", "delete")):
        with qtbot.waitSignal(page.asked) as asked:
            choose(page, "Barn", text)
        assert asked.args == [verb, tile(page, "Barn").board.path]
    with qtbot.waitSignal(page.open_file):
        choose(page, "Barn", "Open")


def test_a_board_is_renamed_in_place(page: Welcome, qtbot: QtBot) -> None:
    one = tile(page, "Barn")
    press(qtbot, one, Qt.Key.Key_F2)
    field = one.focusWidget()
    assert field is not None
    write(qtbot, field, "Shed")
    with qtbot.waitSignal(page.named) as named:
        press(qtbot, field, Qt.Key.Key_Return)
    assert named.args == [one.board.path, "Shed"]
    choose(page, "Barn", "Rename…")
    field = one.focusWidget()
    assert field is not None
    write(qtbot, field, "Nothing")
    with qtbot.assertNotEmitted(page.named):
        press(qtbot, field, Qt.Key.Key_Escape)
    assert one.hasFocus()


def test_the_trash_is_seen_put_back_and_emptied(page: Welcome, qtbot: QtBot, tmp_path: Path) -> None:
    thrown = Thrown("Plan", str(tmp_path / "Plan.p2psketch"), "/b/Plan.p2psketch", ("Ana",))
    (tmp_path / "Plan.p2psketch").write_bytes(b"a board")
    page.show_boards([row.board for row in page.recent.rows], [thrown])
    assert page.trash_link.text() == "Trash (1)"
    assert not page.empty_link.isVisible()
    page.trash_link.click()
    assert [(row.board.name, row.about) for row in page.recent.rows] == [("Plan", "deleted  ·  also with Ana")]
    with qtbot.waitSignal(page.asked) as asked:
        choose(page, "Plan", "Put back")
    assert asked.args == ["restore", thrown.path]
    with qtbot.waitSignal(page.asked) as asked:
        press(qtbot, tile(page, "Plan"), Qt.Key.Key_Delete)
    assert asked.args == ["remove", thrown.path]
    with qtbot.assertNotEmitted(page.open_file):
        tile(page, "Plan").click()
    page.recent.menu.close()
    with qtbot.waitSignal(page.empty):
        page.empty_link.click()
    page.show_boards([], [])
    assert page.recent_head.whole == "Recent", "there is nothing left to see in the trash"
