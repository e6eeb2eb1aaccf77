"""Under the tools: what stays true until it is mended, or asks for a choice, without stopping anybody."""

from collections.abc import Callable, Sequence

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QWidget

from peer.ui.panel import Panel
from peer.ui.theme import BUTTON
from peer.ui.widgets import Dot, TextButton, Words

Choice = tuple[str, Callable[[], None]]


class Banner(Panel):
    """A dot, a sentence of as many lines as it needs, and what can be done about it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.dot = Dot("warning", self)
        self.words = Words(points=9.5, wrap=True)
        self.buttons: list[TextButton] = []
        self.box.setContentsMargins(14, 8, 10, 8)
        self.box.setSpacing(10)
        self.box.addWidget(self.dot, 0, Qt.AlignmentFlag.AlignVCenter)
        self.box.addWidget(self.words)
        self.hide()

    @property
    def is_shown(self) -> bool:
        """Whether there is something to say."""
        return not self.isHidden()

    def say(self, sentence: str, choices: Sequence[Choice] = (), color: str = "warning") -> None:
        """Show a sentence, and a button for each choice, until it says something else or `hide_it`."""
        if self.is_shown and sentence == self.words.whole and len(choices) == len(self.buttons):
            return
        for button in self.buttons:
            self.box.removeWidget(button)
            button.deleteLater()
        self.buttons = [TextButton(text, self) for text, _ in choices]
        for button, (_, act) in zip(self.buttons, choices, strict=True):
            button.setFixedHeight(BUTTON - 6)
            button.clicked.connect(act)
            self.box.addWidget(button)
            button.show()
        self.dot.say(color)
        self.words.say(sentence)
        self.words.setAccessibleName(sentence)
        self.show()
        self.raise_()
        self.reshaped.emit()

    def hide_it(self) -> None:
        """It is not true any more."""
        if self.is_shown:
            self.hide()
            self.reshaped.emit()

    def fold_to(self, room: int) -> None:
        """Break the sentence into lines, so that all fits into `room` pixels."""
        taken = 14 + 10 + self.dot.width() + 10 + sum(button.sizeHint().width() + 10 for button in self.buttons)
        width = min(self.words.fontMetrics().horizontalAdvance(self.words.whole) + 4, max(room - taken, 120))
        self.words.setFixedWidth(width)
        self.words.setFixedHeight(self.words.heightForWidth(width))
