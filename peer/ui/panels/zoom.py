"""Bottom left: zoom, fit and, for who may draw, undo and redo."""

from collections.abc import Mapping

from PyQt6.QtCore import QSize
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QWidget

from peer.ui.panel import Panel
from peer.ui.theme import BUTTON
from peer.ui.widgets import Hairline, IconButton, TextButton


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
        self.show_zoom(1.0)
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
        percent = factor * 100
        self.percent.setText(f"{percent:.0f} %" if percent >= 9.95 else f"{percent:.1f} %")
        self.percent.set_name(f"Zoom {self.percent.text()}: back to 100 %", "Ctrl+0")
