"""Top left: the menu, the board's name, and whether the work is safe."""

from PyQt6.QtWidgets import QWidget

from p2psketch.views import Status
from peer.ui.panel import PADDING, Panel
from peer.ui.theme import BUTTON
from peer.ui.widgets import IconButton, Words

SHORTEST = 72
"""Pixels below which a name says nothing, and goes into the menu."""

LONGEST = 260


class TitlePanel(Panel):
    """The menu button, the name and one quiet line, as far as there is room for them.

    The quiet line keeps the width of the longest it has been: it changes with every stroke.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.menu = IconButton("list", "Menu", self)
        self.name = Words(bold=True)
        self.quiet = Words(points=8.5, color="quiet")
        self.name.setContentsMargins(4, 0, 8, 0)
        self.quiet.setContentsMargins(4, 0, 12, 0)
        self._quiet_width = 0
        for part in (self.menu, self.name, self.quiet):
            self.box.addWidget(part)

    def show_name(self, name: str) -> None:
        """The board is called so."""
        self.name.say(name)
        self.name.setAccessibleName(f"Board {name}")

    def show_status(self, status: Status) -> None:
        """One line: is it saved, and who else has it?"""
        self.quiet.say(safety(status))
        now = self.quiet.fontMetrics().horizontalAdvance(self.quiet.whole) + 18
        if now > self._quiet_width:
            self._quiet_width = now
            self.quiet.setFixedWidth(now)

    def fold_to(self, room: int) -> None:
        """Give up the quiet line, then the end of the name, then the name, until it fits into `room` pixels."""
        left = room - 2 * PADDING - BUTTON
        name = min(self.name.fontMetrics().horizontalAdvance(self.name.whole), LONGEST) + 14
        self.quiet.setVisible(name + self._quiet_width <= left)
        self.name.setVisible(min(name, SHORTEST) <= left)
        self.name.fit(min(name, left) - 12)


def safety(status: Status) -> str:
    """`saved · on 3 others`."""
    kept = "saved" if status.saved else "not saved"
    others = status.peers_with_latest
    return f"{kept} · on {others} {'other' if others == 1 else 'others'}" if others else f"{kept} · only here"
