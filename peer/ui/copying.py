"""Save a copy: with the link in it, or without the key."""

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QWidget

from peer.ui.popover import Popover
from peer.ui.widgets import TextButton, Words

WIDTH = 360

WITH_KEY = "The same board with all its history: whoever has the file can join it, as you can."
VIEW_ONLY = "The same board with all its history: whoever has the file can look on, as you can."
WITHOUT_KEY = (
    "All its history, and no way into the group: it shows who drew what, joins nobody, and opens as a new board of its "
    "own with a new link."
)


class CopyPopover(Popover):
    """Signals: chosen(bool) with whether the copy gets the key."""

    chosen = pyqtSignal(bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "Save a copy")
        self.setFixedWidth(WIDTH)
        self.with_key = TextButton("With the link…", self, filled=True)
        self.without_key = TextButton("Without the key…", self)
        self._first = _words(WITH_KEY)
        for button, words, with_key in (
            (self.with_key, self._first, True),
            (self.without_key, _words(WITHOUT_KEY), False),
        ):
            self.body.addWidget(words)
            self.body.addWidget(button)
            button.clicked.connect(lambda _=False, with_key=with_key: self._choose(with_key))
            if with_key:
                self.body.addSpacing(8)

    def show_for(self, *, can_edit: bool) -> None:
        """What the copy would be for who holds this link."""
        self._first.say(WITH_KEY if can_edit else VIEW_ONLY)

    def _choose(self, with_key: bool) -> None:
        self.close_it()
        self.chosen.emit(with_key)


def _words(text: str) -> Words:
    words = Words(text, points=9, color="quiet", wrap=True)
    words.setFixedWidth(WIDTH - 32)
    words.setFixedHeight(words.heightForWidth(WIDTH - 32))
    return words
