"""Where a window is when it is shown: where it was the last time; the first time, as large as fits on the screen."""

from typing import Final

from PyQt6.QtCore import QByteArray, QSize
from PyQt6.QtWidgets import QWidget

SIZE: Final = QSize(1200, 780)
SMALLEST: Final = QSize(640, 480)
FRAME: Final = QSize(16, 48)
"""What the system puts around a window, at most."""


def place(window: QWidget, saved: str) -> None:
    """Give a window its place; `saved` is what `placed` has said, or empty."""
    window.setMinimumSize(SMALLEST)
    screen = window.screen()
    window.resize(SIZE if screen is None else SIZE.boundedTo(screen.availableSize() - FRAME))
    if saved:
        window.restoreGeometry(QByteArray(bytes.fromhex(saved)))


def placed(window: QWidget) -> str:
    """The place of a window, in hexadecimal digits."""
    return bytes(window.saveGeometry().data()).hex()
