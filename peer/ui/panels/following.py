"""What shows that one follows somebody: a border around the view in their colour, and a chip with their name."""

from typing import Final

from PyQt6.QtCore import QRect, QSize, Qt
from PyQt6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QRegion, QResizeEvent
from PyQt6.QtWidgets import QWidget

from p2psketch.views import PersonView
from peer.ui.look import font, theme_of
from peer.ui.theme import Theme, shown, text_on
from peer.ui.widgets import Button, mixed

THICK: Final = 3
HEIGHT: Final = 28
WIDEST: Final = 160
"""Pixels of a name."""


class Border(QWidget):
    """Around all of its parent; the mouse does not feel it, and what it surrounds is not painted anew for it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._color = 0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_person(self, person: PersonView | None) -> None:
        """Be of the colour of whom one follows; hidden if it is nobody."""
        if person is not None:
            self._color = person.color
            self.update()
        self.setVisible(person is not None)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        inside = self.rect().adjusted(THICK, THICK, -THICK, -THICK)
        self.setMask(QRegion(self.rect()).subtracted(QRegion(inside)))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        QPainter(self).fillRect(self.rect(), shown(self._color, theme_of(self)))


class Chip(Button):
    """Whom one follows, and how to stop; a click stops too."""

    radius = HEIGHT / 2

    def __init__(self, parent: QWidget) -> None:
        super().__init__("", parent)
        self._color = 0
        self.setFont(font(9, bold=True))
        self.hide()

    def show_person(self, person: PersonView | None) -> None:
        """Say whom one follows; be hidden if it is nobody."""
        if person is not None:
            self._color = person.color
            short = QFontMetrics(self.font()).elidedText(person.name, Qt.TextElideMode.ElideRight, WIDEST)
            self.setText(f"Following {short}  ·  Esc to stop")
            self.set_name(f"Following {person.name}: stop", "Esc")
            self.update()
        self.setVisible(person is not None)

    def ring(self, theme: Theme) -> QColor:
        return theme.text

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 28, HEIGHT)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        color = shown(self._color, theme_of(self))
        words = text_on(color)
        painter = QPainter(self)
        self.paint_ground(painter, mixed(color, words, 0.12) if self.underMouse() else color)
        painter.setPen(words)
        painter.drawText(QRect(0, 0, self.width(), self.height()), Qt.AlignmentFlag.AlignCenter, self.text())
