"""The window program, which prints the time of its window's first paint and ends."""

import sys
import time

from PyQt6.QtCore import QEvent, QObject
from PyQt6.QtWidgets import QApplication, QWidget

from peer.cli import main


class FirstPaint(QObject):
    """Watches all of the application until its window is painted."""

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802
        if event is not None and event.type() == QEvent.Type.Paint and isinstance(watched, QWidget):
            print(time.monotonic(), flush=True)
            application = QApplication.instance()
            assert application is not None
            application.removeEventFilter(self)
            watched.window().close()  # type: ignore[union-attr]
        return False


class Watched(QApplication):
    """An application with the filter in it."""

    def __init__(self, arguments: list[str]) -> None:
        super().__init__(arguments)
        self._filter = FirstPaint(self)
        self.installEventFilter(self._filter)


if __name__ == "__main__":
    import PyQt6.QtWidgets

    PyQt6.QtWidgets.QApplication = Watched  # type: ignore[misc, assignment]
    sys.exit(main(sys.argv[1:]))
