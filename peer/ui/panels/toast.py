"""Above the bottom right panel: one line of news, with the thing to do as a link."""

from collections.abc import Callable

from PyQt6.QtCore import QEvent, QTimer, pyqtSignal
from PyQt6.QtGui import QEnterEvent
from PyQt6.QtWidgets import QWidget

from peer.ui.panel import Panel
from peer.ui.widgets import IconButton, LinkButton, Words

LASTS = 7_000
"""Milliseconds; longer while the pointer is over it."""
UNDO = "Undo"


class Toast(Panel):
    """Shows one sentence at a time. Signals: changed() when it comes, goes or says something else."""

    changed = pyqtSignal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = Words()
        self.words.setContentsMargins(10, 0, 6, 0)
        self.link = LinkButton("", self)
        self.dismiss = IconButton("x", "Dismiss", self, size=16)
        for part in (self.words, self.link, self.dismiss):
            self.box.addWidget(part)
        self._act: Callable[[], None] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide_it)
        self.link.clicked.connect(self._follow_link)
        self.dismiss.clicked.connect(self.hide_it)
        self.hide()

    def say(
        self, sentence: str, link: str = "", act: Callable[[], None] | None = None, *, lasting: bool = False
    ) -> None:
        """Show a sentence, and a link that calls `act`; a lasting one stays until it is dismissed."""
        self._act = act
        self.words.say(sentence)
        self.link.say(link)
        self.link.setVisible(bool(link))
        self._timer.stop()
        if not lasting:
            self._timer.start(LASTS)
        self.show()
        self.changed.emit()

    def hide_it(self) -> None:
        """It has been read."""
        self._timer.stop()
        self._act = None
        if not self.isHidden():
            self.hide()
            self.changed.emit()

    def drop_offer(self) -> None:
        """What it offers to do is done, or too late."""
        if self.has_link:
            self.hide_it()

    @property
    def is_shown(self) -> bool:
        """Whether there is news."""
        return not self.isHidden()

    @property
    def has_link(self) -> bool:
        """Whether the news comes with something to do."""
        return self.is_shown and not self.link.isHidden()

    def fold_to(self, room: int) -> None:
        """Elide the sentence until it fits into `room` pixels."""
        link = self.link.sizeHint().width() if self.has_link else 0
        self.words.fit(room - link - self.dismiss.width() - 30)

    def follow_link(self, text: str) -> None:
        """Do what the link says, if it says this."""
        if self.has_link and self.link.text() == text:
            self._follow_link()

    def _follow_link(self) -> None:
        act = self._act
        self.hide_it()
        if act is not None:
            act()

    def enterEvent(self, event: QEnterEvent | None) -> None:
        self._remaining = self._timer.remainingTime()
        self._timer.stop()

    def leaveEvent(self, event: QEvent | None) -> None:
        if self.is_shown and self._remaining > 0:
            self._timer.start(LASTS // 2)

    _remaining = -1
