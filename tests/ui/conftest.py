"""What the tests of the window share."""

from pathlib import Path

import pytest
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from peer.settings import Settings
from peer.ui.window import Window


@pytest.fixture
def around(qtbot: QtBot) -> QWidget:
    """What a panel floats on."""
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.resize(1000, 700)
    widget.show()
    return widget


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    monkeypatch.setenv("P2PSKETCH_HOME", str(tmp_path))
    return Settings("Zoe", 0xE03131, "light")


@pytest.fixture
def window(qtbot: QtBot, settings: Settings) -> Window:
    made = Window(settings)
    qtbot.addWidget(made)
    made.resize(1440, 900)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    return made
