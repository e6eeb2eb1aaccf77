"""Name and colour: how the others see us."""

import getpass
import random

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from p2psketch.shapes import MAX_NAME, is_name
from peer.tools.style import PALETTE
from peer.ui.popover import Popover
from peer.ui.swatches import Avatar, Palette
from peer.ui.widgets import Field, TextButton, Words

WIDTH = 320
NAMELESS = "A name needs at least one letter."


def login_name() -> str:
    """What this person is called on this machine, as a first guess."""
    try:
        return clean(getpass.getuser()) or "me"
    except (OSError, KeyError, ImportError):
        return "me"


def random_color() -> int:
    """One of the palette; not black, nor grey, which are those of ink and of strangers."""
    return random.choice(PALETTE[1:-1])


def clean(name: str) -> str:
    """A name as it may be shown: printable, on one line, not too long."""
    return "".join(letter if letter.isprintable() else " " for letter in name).strip()[:MAX_NAME].strip()


class PersonForm(QWidget):
    """A field for the name, swatches for the colour, and how it will look. Signals: changed()."""

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None, columns: int = 6) -> None:
        super().__init__(parent)
        self.avatar = Avatar(self, 36)
        self.avatar.setEnabled(False)
        self.name = Field("Your name", "Your name", self)
        self.name.setMaxLength(MAX_NAME)
        self.colors = Palette(self, PALETTE, columns)
        self.color = PALETTE[0]
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.avatar)
        row.addWidget(self.name, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addLayout(row)
        box.addWidget(self.colors)
        self.name.textChanged.connect(self._show)
        self.colors.chosen.connect(self._take_color)

    def show_person(self, name: str, color: int) -> None:
        """Begin with these."""
        self.color = color
        self.colors.show_color(color)
        self.name.setText(name)
        self._show()

    @property
    def person(self) -> tuple[str, int] | None:
        """Name and colour, or None while the name is not one."""
        name = clean(self.name.text())
        return (name, self.color) if is_name(name) else None

    def _take_color(self, color: int) -> None:
        self.color = color
        self.colors.show_color(color)
        self._show()

    def _show(self) -> None:
        self.avatar.show_person(self.name.text(), self.color, faded=False)
        self.changed.emit()


class PersonPopover(Popover):
    """Signals: chosen(str, int) with name and colour."""

    chosen = pyqtSignal(str, int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "Name and colour")
        self.form = PersonForm(self)
        self.done = TextButton("Done", self, filled=True)
        foot = QHBoxLayout()
        foot.addWidget(Words("This is how the others see you.", points=9, color="quiet"), 1)
        foot.addWidget(self.done)
        self.body.addWidget(self.form)
        self.body.addLayout(foot)
        self.setFixedWidth(WIDTH)
        self.form.changed.connect(lambda: self.done.setEnabled(self.form.person is not None))
        self.form.name.returnPressed.connect(self._finish)
        self.done.clicked.connect(self._finish)

    def _finish(self) -> None:
        if (person := self.form.person) is not None:
            self.close_it()
            self.chosen.emit(*person)

    def open(self) -> None:
        super().open()
        self.form.name.setFocus()
        self.form.name.selectAll()
