"""Bottom left: zoom, fit and, for who may draw, undo and redo."""

from collections.abc import Mapping

from PyQt6.QtCore import QSize, QTimer
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QWidget

from peer.ui.panel import Panel
from peer.ui.theme import BUTTON
from peer.ui.widgets import Hairline, IconButton, TextButton

_OFTEN = 50
"""Milliseconds from one number to the next while the zoom changes: more nobody can read, and frames wait for them."""


class Percent(TextButton):
    """The zoom, in a width that fits every zoom; a click goes back to 100 %."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("100 %", parent, flat=True)

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance("6400 %") + 8, BUTTON)


class ZoomPanel(Panel):
    """Buttons of the actions zoom_out, zoom_reset, zoom_in, fit and, if `editing`, undo and redo."""

    def __init__(self, parent: QWidget, actions: Mapping[str, QAction], *, editing: bool = True) -> None:
        super().__init__(parent)
        self.setAccessibleName("Zoom and undo" if editing else "Zoom")
        self.percent = Percent(self)
        self.percent.clicked.connect(actions["zoom_reset"].trigger)
        self._factor = self._said = 1.0
        self._changes = QTimer(self)
        self._changes.setSingleShot(True)
        self._changes.setInterval(_OFTEN)
        self._changes.timeout.connect(self._catch_up)
        self._say()
        self.box.addWidget(IconButton.of(actions["zoom_out"], "minus", self, size=16))
        self.box.addWidget(self.percent)
        self.box.addWidget(IconButton.of(actions["zoom_in"], "plus", self, size=16))
        self.box.addWidget(IconButton.of(actions["fit"], "corners-out", self))
        if editing:
            self.box.addWidget(Hairline(self, upright=True))
            self.box.addWidget(IconButton.of(actions["undo"], "arrow-u-up-left", self))
            self.box.addWidget(IconButton.of(actions["redo"], "arrow-u-up-right", self))

    def show_zoom(self, factor: float) -> None:
        """The canvas is shown this large."""
        self._factor = factor
        if not self._changes.isActive():
            self._catch_up()

    def _catch_up(self) -> None:
        if self._factor != self._said:
            self._say()
            self._changes.start()

    def _say(self) -> None:
        self._said = self._factor
        percent = self._factor * 100
        self.percent.setText(f"{percent:.0f} %" if percent >= 9.95 else f"{percent:.1f} %")
        self.percent.set_name(f"Zoom {self.percent.text()}: back to 100 %", "Ctrl+0")
