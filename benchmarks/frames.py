"""Whole frames, as a person gets them: from the moment something is due until the window has been painted.

Rule: the event loop runs all the time. What is due is posted from a thread that keeps the time, so that whatever holds
up the loop is counted.
"""

import sys
import threading
import time
from collections.abc import Callable

from PyQt6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer, pyqtSignal
from PyQt6.QtWidgets import QWidget


class Pacer(QObject):
    """Calls `act` in the Qt thread at a steady rate; `frames` gets the seconds of each until `glass` is painted."""

    _due = pyqtSignal(float)
    _done = pyqtSignal()

    def __init__(self, glass: QWidget, act: Callable[[int], None]) -> None:
        super().__init__()
        self.frames: list[float] = []
        self._glass = glass
        self._act = act
        self._waiting: list[float] = []
        self._number = 0
        self._painted = threading.Event()
        self._due.connect(self._take)
        glass.installEventFilter(self)

    def run(self, count: int, interval: float) -> list[float]:
        """So many times, so far apart in seconds; returns when all have been painted."""
        loop = QEventLoop()
        self._done.connect(loop.quit)
        thread = threading.Thread(target=self._keep_time, args=(count, interval))
        thread.start()
        loop.exec()
        thread.join()
        self._glass.removeEventFilter(self)
        return self.frames

    def _keep_time(self, count: int, interval: float) -> None:
        due = time.perf_counter()
        for _ in range(count):
            due = max(due + interval, time.perf_counter())
            time.sleep(max(due - time.perf_counter(), 0))
            self._painted.clear()
            self._due.emit(time.perf_counter())
            self._painted.wait(30)
        self._done.emit()

    def _take(self, due: float) -> None:
        self._waiting.append(due)
        self._act(self._number)
        self._number += 1
        self._glass.update(0, 0, 1, 1)  # there is a frame, whatever has changed

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802, ARG002
        if event is not None and event.type() == QEvent.Type.Paint and self._waiting:
            QTimer.singleShot(0, self._painted_now)
        return False

    def _painted_now(self) -> None:
        now = time.perf_counter()
        self.frames += [now - due for due in self._waiting]
        self._waiting.clear()
        self._painted.set()


def until(done: Callable[[], bool], seconds: float = 120) -> float:
    """Let the event loop run until something is so, as it runs by itself; returns the seconds it took."""
    started = time.perf_counter()
    loop, timer, is_done = QEventLoop(), QTimer(), False

    def look() -> None:
        nonlocal is_done
        is_done = done()
        if is_done or time.perf_counter() - started > seconds:
            loop.quit()

    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(look)
    timer.start(2)
    loop.exec()
    if not is_done:
        sys.exit("this takes too long")
    return time.perf_counter() - started
