"""The window program from a choice on the welcome page to an open board, with real tracker, sockets and files."""

import json
import os
import subprocess
import sys
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6 import sip
from PyQt6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from p2psketch.address import Address
from p2psketch.invite import Invite
from p2psketch.messages import Person
from peer import interpreter
from peer.app import KEPT, App
from peer.board import Board
from peer.commands import read_board
from peer.settings import Settings
from peer.target import from_file, from_invite

PATIENCE = 15_000
"""Milliseconds."""

ANA = Person("Ana", 0xE03131)
STROKE = '{"points": [[0, 0], [40, 30]]}'


@pytest.fixture
def app(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    monkeypatch.setenv("P2PSKETCH_HOME", str(tmp_path))
    app = App(Settings(), ANA, 0)
    qtbot.addWidget(app.window)
    app.window.show()
    yield app
    app.close()


def board_of(app: App) -> Board:
    assert app.window.desk is not None
    return app.window.desk.board


def p2psketch(*arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "peer.cli", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_a_new_board_can_be_joined_with_the_link_on_the_clipboard(app: App, qtbot: QtBot, tmp_path: Path) -> None:
    app.window.new_board.emit()
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    link = clipboard.text()
    assert Invite.parse(link).trackers, "the link names this machine's tracker"

    strokes = tmp_path / "strokes"
    strokes.write_text(STROKE)
    with p2psketch("draw", link, str(strokes)) as drawing:
        qtbot.waitUntil(lambda: board_of(app).document.visible_count == 1, timeout=PATIENCE)
        qtbot.waitUntil(lambda: drawing.poll() is not None, timeout=PATIENCE)
    assert drawing.returncode == 0

    with p2psketch("info", link, "--json") as asking:
        qtbot.waitUntil(lambda: asking.poll() is not None, timeout=PATIENCE)
        assert asking.stdout is not None
        peers = {peer["name"]: peer for peer in json.load(asking.stdout)["peers"]}
    assert peers["Ana"]["shapes"] == 1
    assert peers["Ana"]["digest"] == board_of(app).document.digest().hex()


def test_a_board_is_a_file_from_its_first_stroke_and_is_among_the_recent_ones(app: App, qtbot: QtBot) -> None:
    app.window.new_board.emit()
    board = board_of(app)
    board.begin_draft({"kind": "stroke", "color": 0xE03131, "width": 3})
    board.extend_draft([(0.0, 0.0), (10.0, 10.0)])
    board.finish_draft()
    digest = board.document.digest()
    (recent,) = app.settings.recent
    app.window.new_board.emit()  # closes the first one, and with it its file
    assert board_of(app).document.visible_count == 0

    app.window.open_file.emit(recent.path)

    qtbot.waitUntil(lambda: board_of(app).document.digest() == digest, timeout=PATIENCE)


def test_nothing_holds_a_board_that_is_closed(app: App, qtbot: QtBot) -> None:
    app.window.new_board.emit()
    assert app.window.desk is not None
    parts = (board_of(app), board_of(app).document, app.window.desk, app.window.desk.canvas)
    left = [weakref.ref(part) for part in parts]
    del parts
    app.window.new_board.emit()
    app.window.desk.rubber.width = 64  # which outlives the panels of the first board

    def is_gone() -> bool:
        interpreter.tidy()
        return not any(part() for part in left)

    qtbot.waitUntil(is_gone, timeout=PATIENCE)


def test_after_a_board_is_closed_the_memory_is_tidied(app: App, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    app.window.new_board.emit()
    desk = app.window.desk
    assert desk is not None
    tidied: list[bool] = []
    monkeypatch.setattr(interpreter, "tidy", lambda: tidied.append(sip.isdeleted(desk)))
    app.window.new_board.emit()
    qtbot.waitUntil(lambda: True in tidied, timeout=PATIENCE)  # others may have been closed before


def test_the_board_that_is_open_is_not_opened_a_second_time(app: App) -> None:
    app.window.new_board.emit()
    board = board_of(app)
    app.window.show_welcome()
    app.window.open_file.emit(app.settings.recent[0].path)
    assert board_of(app) is board
    assert app.window.windowTitle() == f"{board.name} – p2psketch", "the board is shown, not the welcome page"


def test_a_wrong_link_is_told_and_leaves_the_welcome_page(app: App) -> None:
    app.window.join_link.emit("p2psketch://127.0.0.1:27700/x#AAAA")
    assert app.window.desk is None
    assert "not complete" in app.window.welcome.message.text()


def test_a_file_that_is_no_board_is_told(app: App, tmp_path: Path) -> None:
    stranger = tmp_path / "letter.p2psketch"
    stranger.write_text("Dear Ana, this is not a board." * 100)
    app.window.open_file.emit(str(stranger))
    assert app.window.desk is None
    assert "letter.p2psketch" in app.window.welcome.message.text()


def test_a_damaged_board_file_is_told_and_left_as_it_is(app: App, qtbot: QtBot) -> None:
    invite = Invite.new((), "Plan", bytes)
    path = from_invite(invite).path
    assert path is not None
    path.parent.mkdir(parents=True)
    path.write_bytes(b"not a board" * 100)
    app.window.join_link.emit(invite.format())
    qtbot.waitUntil(lambda: app.window.desk is None, timeout=PATIENCE)
    assert path.name in app.window.welcome.message.text()
    assert path.read_bytes() == b"not a board" * 100


def test_with_a_dead_tracker_one_draws_alone_and_the_window_says_so(app: App, qtbot: QtBot, free_port: int) -> None:
    app.window.join_link.emit(Invite.new((Address("127.0.0.1", free_port),), "Plan", bytes).format())
    board = board_of(app)
    qtbot.waitUntil(lambda: board.status().tracker_reachable is False, timeout=PATIENCE)
    board.begin_draft({"kind": "stroke"})
    board.extend_draft([(0.0, 0.0)])
    board.finish_draft()
    assert board.document.visible_count == 1
    assert board.status().direct == 0


def test_the_board_can_be_left_and_opened_by_its_link_again(app: App, qtbot: QtBot) -> None:
    app.window.new_board.emit()
    board = board_of(app)
    board.begin_draft({"kind": "stroke"})
    board.extend_draft([(5.0, 5.0)])
    board.finish_draft()
    (_, link), (_, _view_link) = board.invites()
    assert from_invite(Invite.parse(link)).path == Path(app.settings.recent[0].path)
    app.window.join_link.emit(link)
    qtbot.waitUntil(lambda: board_of(app).document.visible_count == 1, timeout=PATIENCE)


def test_a_view_link_shows_a_board_and_an_edit_link_of_it_lets_one_draw(app: App, qtbot: QtBot) -> None:
    invite = Invite.new((), "Plan", os.urandom)
    app.window.join_link.emit(invite.viewer().format())
    assert not board_of(app).can_edit
    assert board_of(app).invites() == [("view", invite.viewer().format())]

    app.window.join_link.emit(invite.format())
    board = board_of(app)
    assert board.can_edit
    board.begin_draft({"kind": "stroke"})
    board.extend_draft([(5.0, 5.0)])
    board.finish_draft()
    assert len(app.settings.recent) == 1, "it is one board"

    app.window.join_link.emit(invite.viewer().format())
    board = board_of(app)
    assert board.can_edit
    assert app.window.desk is not None
    assert app.window.desk.toast.words.whole == KEPT
    qtbot.waitUntil(lambda: board.document.visible_count == 1, timeout=PATIENCE)
    assert from_file(Path(app.settings.recent[0].path)).invite.can_edit


def test_what_is_drawn_before_there_is_a_network_is_kept(app: App) -> None:
    target = from_invite(Invite.new((), "Plan", bytes))
    assert target.path is not None
    app.open(target)
    board = board_of(app)
    board.begin_draft({"kind": "stroke"})
    board.extend_draft([(5.0, 5.0)])
    board.finish_draft()
    assert not target.path.exists(), "nothing has begun yet"
    app.begin()
    app.window.close_board()
    app.close()
    assert read_board(from_file(target.path)).document.visible_count == 1


def test_a_window_that_is_closed_before_it_is_painted_begins_with_nothing(app: App) -> None:
    target = from_invite(Invite.new((), "Plan", bytes))
    app.open(target)
    app.close()
    app.begin()
    assert target.path is not None and not target.path.exists()
