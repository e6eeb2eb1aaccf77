"""Top centre, where others have their tools: that one may only look here, and how that changes."""

from PyQt6.QtCore import QRectF, QSize
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from peer.ui.icons import paint_icon
from peer.ui.look import theme_of
from peer.ui.panel import PADDING, Panel
from peer.ui.theme import BUTTON
from peer.ui.widgets import Words

VIEW_ONLY = "View only"
ASK = "To draw, ask for an edit link"


class Eye(QWidget):
    """An eye, which does nothing."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedSize(BUTTON, BUTTON)

    def sizeHint(self) -> QSize:
        return QSize(BUTTON, BUTTON)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        paint_icon(QPainter(self), "eye", QRectF(self.rect()), theme_of(self).quiet)


class LookingPanel(Panel):
    """What one may do here, and quietly how to get more, as far as there is room for it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(f"{VIEW_ONLY}. {ASK}")
        self.setToolTip(ASK)
        self.eye = Eye(self)
        self.words = Words(VIEW_ONLY, bold=True)
        self.quiet = Words(ASK, points=8.5, color="quiet")
        self.words.setContentsMargins(0, 0, 12, 0)
        self.quiet.setContentsMargins(0, 0, 12, 0)
        for part in (self.eye, self.words, self.quiet):
            self.box.addWidget(part)

    def fold_to(self, room: int) -> None:
        """Give up the quiet part if it does not fit into `room` pixels."""
        parts = (self.words, self.quiet)
        whole = 2 * PADDING + BUTTON + sum(part.sizeHint().width() for part in parts)
        self.quiet.setVisible(whole <= room)
