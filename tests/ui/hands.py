"""What a person does to widgets. (pytest-qt and PyQt6 have these without types.)"""

from PyQt6.QtCore import QEvent, QPoint, Qt
from PyQt6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot


def press(qtbot: QtBot, widget: QWidget, key: Qt.Key) -> None:
    """Press a key and let go of it."""
    qtbot.keyClick(widget, key)  # type: ignore[no-untyped-call]


def write(qtbot: QtBot, widget: QWidget, text: str) -> None:
    """Type a text."""
    qtbot.keyClicks(widget, text)  # type: ignore[no-untyped-call]


def click(qtbot: QtBot, widget: QWidget | None, place: QPoint) -> None:
    """Click with the left button, in pixels of the widget."""
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=place)  # type: ignore[no-untyped-call]


def settle(qtbot: QtBot) -> None:
    """Let everything take its place."""
    for _ in range(3):
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        qtbot.wait(1)


def menu_texts() -> list[str]:
    """What the menu that is open offers."""
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return [action.text() for action in menu.actions()]


def close_menu() -> None:
    """Close it."""
    menu = QApplication.activePopupWidget()
    assert menu is not None
    menu.close()
