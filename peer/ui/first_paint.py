"""When a window has been painted for the first time, or is not going to be: then whatever can wait may begin."""

from collections.abc import Callable
from typing import Final

from PyQt6.QtCore import QEvent, QObject, QTimer
from PyQt6.QtWidgets import QWidget

HIDDEN: Final = 1_000
"""Milliseconds after which a window that has not been painted is taken to be hidden."""


class FirstPaint(QObject):
    """Calls back once, in a turn of its own: after the window has been painted, or when it is not going to be."""

    def __init__(self, window: QWidget, call: Callable[[], None]) -> None:
        super().__init__(window)
        self._window = window
        self._call = call
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._fire)
        QTimer.singleShot(0, self._wait)  # what comes before the loop runs may take longer than a window does
        window.installEventFilter(self)

    def _wait(self) -> None:
        if not self._timer.isActive():
            self._timer.start(HIDDEN)

    def _fire(self) -> None:
        self._window.removeEventFilter(self)
        if (handle := self._window.windowHandle()) is not None:
            handle.removeEventFilter(self)
        self._call()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.Show and (handle := self._window.windowHandle()):
            handle.installEventFilter(self)
        elif event is not None and event.type() == QEvent.Type.Expose:
            self._timer.start(0)  # Qt paints all of the window before it returns from this event
        return False
