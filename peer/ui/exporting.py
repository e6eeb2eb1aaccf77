"""Saving a picture of the board without holding up the pen: painted in slices, written in a thread of its own.

Rule: one picture at a time; it can be cancelled until it is written, and then leaves nothing behind.
"""

import threading
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Final

from PyQt6.QtCore import QObject, Qt, QTimer, pyqtBoundSignal, pyqtSignal

from p2psketch.document import Document
from peer.ui.picture import SMALL_BATCH, Painting, write_png

_SLICE: Final = 0.003
_REST: Final = 3
"""Milliseconds between two slices, in which what the hand does is shown: a picture has time."""

_TELL: Final = 0.2
"""Seconds between two words on how far it has come."""


class Export(QObject):
    """Signals: progressed(int) with percent, saved(), failed(str) with what went wrong; none after `cancel`."""

    progressed = pyqtSignal(int)
    saved = pyqtSignal()
    failed = pyqtSignal(str)

    def __init__(
        self, document: Document, path: Path, parent: QObject | None = None, write: Callable[..., None] = write_png
    ) -> None:
        super().__init__(parent)
        self.path = path
        self._write = write
        self._painting = Painting(document, batch=SMALL_BATCH)
        self._cancelled = threading.Event()
        self._told = perf_counter()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._go_on)
        self._timer.start(_REST)

    def cancel(self) -> None:
        """Stop; nothing is written."""
        self._cancelled.set()
        self._timer.stop()

    def _go_on(self) -> None:
        now = perf_counter()
        if self._painting.work(now + _SLICE):
            self.progressed.emit(100)
            threading.Thread(target=self._save, name="export", daemon=True).start()
            return
        self._timer.start(_REST)
        if now - self._told > _TELL:
            self._told = now
            self.progressed.emit(round(self._painting.progress * 99))

    def _save(self) -> None:
        """In the thread: what takes long here does not hold Python's lock."""
        try:
            self._write(self._painting.image, self.path, self._cancelled.is_set)
        except OSError as error:
            self._say(self.failed, error.strerror or str(error))
        else:
            self._say(self.saved)

    def _say(self, signal: pyqtBoundSignal, *words: str) -> None:
        if not self._cancelled.is_set():
            signal.emit(*words)
