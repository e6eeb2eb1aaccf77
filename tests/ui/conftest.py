"""What the tests of the window share."""

import pytest
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot


@pytest.fixture
def around(qtbot: QtBot) -> QWidget:
    """What a panel floats on."""
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.resize(1000, 700)
    widget.show()
    return widget
