"""Left: what the eraser takes, and how large it is. Only there while it is in hand."""

from typing import Final

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PyQt6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from peer.tools.rubber import SIZES, Rubber
from peer.ui.look import font, theme_of
from peer.ui.panel import Panel
from peer.ui.theme import BUTTON, Theme
from peer.ui.widgets import Button, Words, mixed

SIZE_NAMES: Final = ("Small", "Medium", "Large", "Huge")
KINDS: Final = ((False, "Stroke eraser"), (True, "Partial eraser"))
KEY: Final = "Shift+E"

_WIDTH: Final = 168
_PICTURE: Final = 30
_GAP: Final = 6.0
"""Pixels to each side of the middle that are gone in the picture of the partial eraser."""


class KindButton(Button):
    """An eraser by its name, and a picture of what it leaves of a stroke."""

    def __init__(self, parts: bool, name: str, parent: QWidget) -> None:
        super().__init__(name, parent)
        self.set_name(name, KEY)
        self.setText(name)
        self.parts = parts
        self.setCheckable(True)
        self.setFont(font(10))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def nextCheckState(self) -> None:
        """The rubber says which one is checked."""

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH, BUTTON)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        self.paint_ground(painter, self.ground(theme))
        painter.save()
        self._paint_picture(painter, theme)
        painter.restore()
        painter.setPen(theme.accent if self.isChecked() else theme.text)
        words = self.rect().adjusted(_PICTURE + 16, 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.text())

    def _paint_picture(self, painter: QPainter, theme: Theme) -> None:
        """A stroke and the ring of the eraser: all of the stroke goes, or what is in the ring."""
        middle = QPointF(8 + _PICTURE / 2, self.height() / 2)
        left, right, rise = QPointF(-_PICTURE / 2, 5), QPointF(_PICTURE / 2, -5), QPointF(8, -10)
        wave = QPainterPath(middle + left)
        wave.cubicTo(middle + left + rise, middle + right - rise, middle + right)
        ink, ground = theme.accent if self.isChecked() else theme.text, self.ground(theme) or theme.panel
        painter.setPen(QPen(ink if self.parts else mixed(ground, ink, 0.3), 3, cap=Qt.PenCapStyle.RoundCap))
        if self.parts:
            painter.setClipRect(QRectF(self.rect()).adjusted(0, 0, middle.x() - _GAP - self.width(), 0))
            painter.drawPath(wave)
            painter.setClipRect(QRectF(self.rect()).adjusted(middle.x() + _GAP, 0, 0, 0))
        painter.drawPath(wave)
        painter.setClipping(False)
        painter.setPen(QPen(ink, 1.2))
        painter.drawEllipse(middle, 5.4, 5.4)


class SizeButton(Button):
    """A size of the eraser, shown as a ring."""

    def __init__(self, size: float, name: str, parent: QWidget) -> None:
        super().__init__(f"{name}, {size:g} px", parent)
        self.size_of_rubber = size
        self.setCheckable(True)
        self.setFixedSize(BUTTON, BUTTON - 4)

    def nextCheckState(self) -> None:
        """The rubber says which one is checked."""

    def paintEvent(self, event: QPaintEvent | None) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        self.paint_ground(painter, self.ground(theme))
        radius = 2.0 + self.size_of_rubber**0.5
        painter.setPen(QPen(theme.accent if self.isChecked() else theme.text, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QRectF(self.rect()).center(), radius, radius)


class EraserPanel(Panel):
    """The choice of one Rubber."""

    def __init__(self, parent: QWidget, rubber: Rubber) -> None:
        super().__init__(parent, vertical=True, padding=13)
        self.rubber = rubber
        self.setAccessibleName("Eraser")
        self.kinds = [KindButton(parts, name, self) for parts, name in KINDS]
        self.sizes = [SizeButton(size, name, self) for size, name in zip(SIZES, SIZE_NAMES, strict=True)]
        self._lay_out()
        for kind in self.kinds:
            kind.clicked.connect(lambda _=False, parts=kind.parts: setattr(rubber, "parts", parts))
        for button in self.sizes:
            button.clicked.connect(lambda _=False, size=button.size_of_rubber: setattr(rubber, "width", size))
        rubber.watch(self.show_rubber)
        self.show_rubber()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in self.sizes:
            row.addWidget(button)
        for kind in self.kinds:
            self.box.addWidget(kind)
            self.box.addSpacing(4)
        self.box.addSpacing(8)
        self.box.addWidget(Words("Size", points=8.5, color="quiet"))
        self.box.addSpacing(6)
        self.box.addLayout(row)

    def leave(self) -> None:
        """The panel goes; the rubber stays."""
        self.rubber.unwatch(self.show_rubber)

    def show_rubber(self) -> None:
        """Tint what is chosen."""
        for kind in self.kinds:
            kind.setChecked(kind.parts == self.rubber.parts)
        for button in self.sizes:
            button.setChecked(button.size_of_rubber == self.rubber.width)
