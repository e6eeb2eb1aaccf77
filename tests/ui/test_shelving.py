"""What a person does to the boards on this computer, with a real window, real files and a real network thread."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import QMimeData, QPointF, Qt, QUrl
from PyQt6.QtGui import QDragEnterEvent, QDropEvent
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from p2psketch.address import Address
from p2psketch.errors import WithoutKey
from p2psketch.messages import Person
from p2psketch.naming import board_name
from p2psketch.ops import Edit
from peer import shelf
from peer.app import App
from peer.board import Board
from peer.home import trash
from peer.settings import Settings
from peer.target import from_file, new_board
from peer.ui.pictures import file_of
from tests.core.authors import STROKE

ANA = Person("Ana", 0xE03131)
PATIENCE = 15_000


@pytest.fixture
def app(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    monkeypatch.setenv("P2PSKETCH_HOME", str(tmp_path / "home"))
    app = App(Settings(name="Ana"), ANA, 0)
    qtbot.addWidget(app.window)
    app.window.show()
    app.begin()  # or it would look for boards at some moment of the test
    yield app
    app.close()


@pytest.fixture
def plan(app: App) -> Path:
    """A board of two strokes, that is listed and closed."""
    target = new_board("Plan", (Address("127.0.0.1", 9),))
    assert target.path is not None
    with shelf.Writing(target, Person("Ben", 1)) as writing:
        for _ in range(2):
            writing.session.commit(Edit(((0, STROKE),)), 1_700_000_000_000)
    app.settings.remember("Plan", target.path, time.time())
    app.settings.note(target.path, others=("Ben",))
    app.window.show_welcome()
    return target.path


def board_of(app: App) -> Board:
    assert app.window.desk is not None
    return app.window.desk.board


def draw(app: App) -> None:
    board = board_of(app)
    board.begin_draft({"kind": "stroke", "color": 0xE03131, "width": 3})
    board.extend_draft([(0.0, 0.0), (80.0, 40.0)])
    board.finish_draft()


def names(app: App) -> list[str]:
    return [row.board.name for row in app.window.welcome.recent.rows]


def open_plan(app: App, qtbot: QtBot, plan: Path) -> None:
    app.window.open_file.emit(str(plan))
    qtbot.waitUntil(lambda: board_of(app).document.visible_count == 2, timeout=PATIENCE)


def test_a_closed_board_is_renamed_in_its_file_and_on_the_list(app: App, qtbot: QtBot, plan: Path) -> None:
    app.window.named.emit(str(plan), "Roof")
    qtbot.waitUntil(lambda: names(app) == ["Roof"], timeout=PATIENCE)
    assert board_name(shelf.read(plan).document) == "Roof"
    open_plan(app, qtbot, plan)
    assert app.window.windowTitle() == "Roof – p2psketch"


def test_the_open_board_is_renamed_through_its_session_from_either_place(app: App, qtbot: QtBot, plan: Path) -> None:
    open_plan(app, qtbot, plan)
    app.window.show_welcome()
    app.window.named.emit(str(plan), "Roof")
    assert names(app) == ["Roof"]
    app.window.show_desk()
    assert app.window.windowTitle() == "Roof – p2psketch"
    board_of(app).rename("Cellar")
    app.close_board()
    assert names(app) == ["Cellar"]
    assert from_file(plan).name == "Cellar"


def test_a_duplicate_from_the_list_is_listed_and_can_be_opened(app: App, qtbot: QtBot, plan: Path) -> None:
    app.window.asked.emit("duplicate", str(plan))
    qtbot.waitUntil(lambda: names(app) == ["Plan copy", "Plan"], timeout=PATIENCE)
    app.window.welcome.toast.link.click()
    qtbot.waitUntil(lambda: board_of(app).document.visible_count == 2, timeout=PATIENCE)
    assert app.window.windowTitle() == "Plan copy – p2psketch"
    assert app.open_path != plan
    assert {shape.values["origin"][0] for shape in board_of(app).document.visible()} == {"Ben"}


def test_a_duplicate_of_the_open_board_is_opened_in_its_place(app: App, qtbot: QtBot, plan: Path) -> None:
    open_plan(app, qtbot, plan)
    draw(app)
    digest = board_of(app).document.digest()
    app.window.commands["duplicate"].trigger()
    qtbot.waitUntil(lambda: app.open_path != plan, timeout=PATIENCE)
    qtbot.waitUntil(lambda: board_of(app).document.visible_count == 3, timeout=PATIENCE)
    assert board_of(app).document.digest() != digest
    assert not board_of(app).can_undo, "a fresh board has nothing to take back"
    assert app.open_path is not None
    assert from_file(app.open_path).keys != from_file(plan).keys


def test_a_deleted_board_is_in_the_trash_and_undo_brings_it_back(app: App, qtbot: QtBot, plan: Path) -> None:
    open_plan(app, qtbot, plan)
    draw(app)
    app.close_board()
    assert app._thumbnails is not None
    app._thumbnails.finish()
    picture = file_of(plan, dark=False).read_bytes()

    app.window.asked.emit("delete", str(plan))
    qtbot.waitUntil(lambda: names(app) == [], timeout=PATIENCE)
    assert not plan.exists()
    (thrown,) = trash().glob("*")
    assert app.window.welcome.trash_link.text() == "Trash (1)"
    assert app.window.welcome.toast.words.whole == "Deleted “Plan”."
    assert file_of(thrown, dark=False).read_bytes() == picture

    app.window.welcome.toast.link.click()
    qtbot.waitUntil(lambda: names(app) == ["Plan"], timeout=PATIENCE)
    assert file_of(plan, dark=False).read_bytes() == picture
    assert app.settings.thrown == Settings.load().thrown == []
    app.window.open_file.emit(str(plan))
    qtbot.waitUntil(lambda: board_of(app).document.visible_count == 3, timeout=PATIENCE)


def test_the_open_board_is_closed_before_it_is_deleted(app: App, qtbot: QtBot, plan: Path) -> None:
    open_plan(app, qtbot, plan)
    app.window.show_welcome()
    app.window.asked.emit("delete", str(plan))
    qtbot.waitUntil(lambda: names(app) == [], timeout=PATIENCE)
    assert app.window.desk is None
    assert [path.suffix for path in trash().iterdir()] == [".p2psketch"]


def test_the_trash_is_emptied_only_when_one_says_so_twice(app: App, qtbot: QtBot, plan: Path) -> None:
    app.window.asked.emit("delete", str(plan))
    qtbot.waitUntil(lambda: names(app) == [], timeout=PATIENCE)
    toast = app.window.welcome.toast
    app.window.empty.emit()
    assert toast.words.whole == "“Plan” will be gone for good; others have had it."
    assert len(list(trash().iterdir())) == 1
    toast.link.click()
    qtbot.waitUntil(lambda: app.settings.thrown == [], timeout=PATIENCE)
    assert list(trash().iterdir()) == []


def test_of_boards_that_are_nowhere_else_it_says_so(app: App, qtbot: QtBot, plan: Path) -> None:
    app.settings.note(plan, others=())
    app.window.asked.emit("delete", str(plan))
    qtbot.waitUntil(lambda: names(app) == [], timeout=PATIENCE)
    app.window.asked.emit("remove", app.settings.thrown[0].path)
    assert app.window.welcome.toast.words.whole == "“Plan” will be gone for good; it is nowhere else."


def test_a_board_whose_file_is_gone_is_said_and_forgotten_when_asked(app: App, plan: Path) -> None:
    plan.unlink()
    app.window.open_file.emit(str(plan))
    assert "There is no board at" in app.window.welcome.message.whole
    assert names(app) == ["Plan"]
    app.window.asked.emit("forget", str(plan))
    assert names(app) == []


def test_a_copy_without_the_key_opens_as_a_board_of_its_own(app: App, qtbot: QtBot, plan: Path, tmp_path: Path) -> None:
    open_plan(app, qtbot, plan)
    copy = tmp_path / "copy.p2psketch"
    app.window.copy_wanted.emit(str(copy), False)
    qtbot.waitUntil(copy.exists, timeout=PATIENCE)
    with pytest.raises(WithoutKey):
        from_file(copy)
    qtbot.waitUntil(lambda: app.window.desk is not None and "copy" in app.window.desk.toast.words.whole)
    app.window.open_file.emit(str(copy))
    qtbot.waitUntil(lambda: app.open_path not in (plan, None), timeout=PATIENCE)
    qtbot.waitUntil(lambda: board_of(app).document.visible_count == 2, timeout=PATIENCE)
    assert app.window.windowTitle() == "copy – p2psketch"
    assert app.open_path is not None
    assert from_file(app.open_path).keys.room_id != from_file(plan).keys.room_id


def test_a_copy_that_cannot_be_saved_is_said(app: App, qtbot: QtBot, plan: Path, tmp_path: Path) -> None:
    open_plan(app, qtbot, plan)
    app.window.copy_wanted.emit(str(plan / "copy.p2psketch"), True)
    assert app.window.desk is not None
    toast = app.window.desk.toast
    qtbot.waitUntil(lambda: "cannot be" in toast.words.whole, timeout=PATIENCE)


def drop(app: App, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    where, keys, buttons = app.window.rect().center(), Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    entered = QDragEnterEvent(where, Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(app.window, entered)
    assert entered.isAccepted()
    dropped = QDropEvent(QPointF(where), Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(app.window, dropped)


def test_a_board_is_dropped_on_the_window_and_nothing_else(app: App, qtbot: QtBot, plan: Path, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Ana")
    drop(app, letter)
    assert "letter.txt" in app.window.welcome.message.whole
    drop(app, plan)
    qtbot.waitUntil(lambda: board_of(app).document.visible_count == 2, timeout=PATIENCE)
    drop(app, letter)
    assert app.window.desk is not None
    assert "letter.txt" in app.window.desk.toast.words.whole


def test_boards_that_the_settings_have_lost_are_found(app: App, plan: Path) -> None:
    fresh = Settings()
    assert fresh.recent == []
    fresh.find_lost()
    assert [(board.name, board.path) for board in fresh.recent] == [("Plan", str(plan))]
    fresh.find_lost()
    assert len(fresh.recent) == 1
