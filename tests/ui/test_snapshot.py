"""A picture is saved, and the toast says so."""

from pathlib import Path

import pytest
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from peer.ui.panels.toast import Toast
from peer.ui.snapshot import Snapshot
from tests.ui.boards import Alone


@pytest.fixture
def board() -> Alone:
    made = Alone()
    made.draw()
    return made


def test_a_picture_is_saved_and_a_failure_is_said(board: Alone, around: QWidget, tmp_path: Path, qtbot: QtBot) -> None:
    toast = Toast(around)
    snapshot = Snapshot(board, toast, around)
    snapshot.save(tmp_path / "roof.png")
    qtbot.waitUntil(lambda: toast.words.whole == "The picture is saved as roof.png.")
    assert not QImage(str(tmp_path / "roof.png")).isNull()
    snapshot.save(tmp_path / "nowhere" / "roof.png")
    qtbot.waitUntil(lambda: "could not be saved: No such file" in toast.words.whole)


def test_another_picture_takes_the_place_of_one_that_is_not_finished(
    board: Alone, around: QWidget, tmp_path: Path, qtbot: QtBot
) -> None:
    toast = Toast(around)
    snapshot = Snapshot(board, toast, around)
    snapshot.save(tmp_path / "one.png")
    snapshot.save(tmp_path / "two.png")
    qtbot.waitUntil(lambda: toast.words.whole == "The picture is saved as two.png.")
    assert not (tmp_path / "one.png").exists()
