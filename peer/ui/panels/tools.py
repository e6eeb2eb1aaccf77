"""Top centre: the tools, each with its key."""

from collections.abc import Sequence

from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QGridLayout, QWidget

from peer.ui.panel import PADDING, Panel
from peer.ui.theme import BUTTON
from peer.ui.widgets import IconButton

GAP = 4


class ToolsPanel(Panel):
    """A strip of tools, in one row or two."""

    def __init__(self, parent: QWidget, actions: Sequence[tuple[QAction, str]]) -> None:
        super().__init__(parent)
        self.setAccessibleName("Tools")
        self.buttons = [IconButton.of(action, icon, self, show_key=True) for action, icon in actions]
        self._grid = QGridLayout()
        self._grid.setSpacing(GAP)
        self.box.addLayout(self._grid)
        self.rows = 0
        self.arrange(1)

    def arrange(self, rows: int) -> None:
        """Put the tools into one row or two."""
        if rows == self.rows:
            return
        self.rows = rows
        columns = self._columns(rows)
        for button in self.buttons:
            self._grid.removeWidget(button)
        for at, button in enumerate(self.buttons):
            self._grid.addWidget(button, at // columns, at % columns)
        self.box.invalidate()

    def fold_to(self, room: int) -> None:
        """Go into two rows if one does not fit into `room` pixels."""
        self.arrange(1 if self.width_of(1) <= room else 2)

    def width_of(self, rows: int) -> int:
        """How wide the panel is with so many rows."""
        columns = self._columns(rows)
        return columns * BUTTON + (columns - 1) * GAP + 2 * PADDING

    def _columns(self, rows: int) -> int:
        return -(-len(self.buttons) // rows)
