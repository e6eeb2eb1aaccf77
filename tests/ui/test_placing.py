"""The first place of a window, and the one it comes back to."""

import pytest
from PyQt6.QtCore import QSize
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from peer.ui import placing
from peer.ui.placing import FRAME, SMALLEST, place, placed


def available() -> QSize:
    screen = QApplication.primaryScreen()
    assert screen is not None
    return screen.availableSize()


@pytest.mark.parametrize("wanted", [QSize(700, 500), QSize(5_000, 700), QSize(1_200, 5_000)])
def test_the_first_place_fits_on_the_screen(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, wanted: QSize) -> None:
    monkeypatch.setattr(placing, "SIZE", wanted)
    window = QWidget()
    qtbot.addWidget(window)
    place(window, "")
    assert window.size() == wanted.boundedTo(available() - FRAME)
    assert window.minimumSize() == SMALLEST


def test_it_comes_back_to_where_it_was(qtbot: QtBot) -> None:
    window, again = QWidget(), QWidget()
    for each in (window, again):
        qtbot.addWidget(each)
    window.setGeometry(20, 40, 650, 510)
    place(again, placed(window))
    assert again.geometry() == window.geometry()
