"""Colours to choose from: round swatches, the palette of twelve, and people's initials."""

from collections.abc import Iterable

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QGridLayout, QWidget

from peer.tools.style import PALETTE
from peer.ui.icons import paint_icon
from peer.ui.look import font, theme_of
from peer.ui.theme import Theme, shown, text_on
from peer.ui.widgets import Button, mixed

STEP = 28
"""Pixels from one swatch to the next."""

NAMES = {
    0x1F2328: "Black",
    0xE03131: "Red",
    0xF08C00: "Orange",
    0xF2C037: "Yellow",
    0x2F9E44: "Green",
    0x0C8599: "Teal",
    0x1971C2: "Blue",
    0x4263EB: "Indigo",
    0x9C36B5: "Purple",
    0xC2255C: "Pink",
    0x846358: "Brown",
    0x868E96: "Grey",
}


class Swatch(Button):
    """A colour 0xRRGGBB to choose; None is any other colour, and shown as a plus."""

    radius = STEP / 2

    def __init__(self, color: int | None, parent: QWidget | None = None) -> None:
        super().__init__("Another colour" if color is None else NAMES.get(color, f"#{color:06x}"), parent)
        self.color = color
        self.setCheckable(True)
        self.setFixedSize(STEP, STEP)

    def nextCheckState(self) -> None:
        """Whoever owns the choice checks it."""

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = theme_of(self)
        middle = QPointF(STEP / 2, STEP / 2)
        fill = theme.panel if self.color is None else shown(self.color, theme)
        painter.setPen(QPen(theme.hairline, 1) if self.color is None else Qt.PenStyle.NoPen)
        painter.setBrush(mixed(fill, theme.text, 0.12) if self.underMouse() and not self.isChecked() else fill)
        painter.drawEllipse(middle, 10.5, 10.5)
        if self.isChecked() or self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.panel, 2))
            painter.drawEllipse(middle, 9.5, 9.5)
            painter.setPen(QPen(theme.text if self.hasFocus() else theme.accent, 2))
            painter.drawEllipse(middle, 11.5, 11.5)
        if self.color is None:
            paint_icon(painter, "plus", QRectF(self.rect()), theme.quiet, 14)


class Palette(QWidget):
    """The twelve colours, six in a row. Signals: chosen(int) when a person picks one."""

    chosen = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None, colors: Iterable[int] = PALETTE, columns: int = 6) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        self.swatches = [Swatch(color, self) for color in colors]
        for at, swatch in enumerate(self.swatches):
            grid.addWidget(swatch, at // columns, at % columns, Qt.AlignmentFlag.AlignLeft)
            swatch.clicked.connect(lambda _=False, swatch=swatch: self.chosen.emit(swatch.color))
        grid.setColumnStretch(columns, 1)

    def show_color(self, color: int) -> None:
        """Ring the swatch of this colour, if there is one."""
        for swatch in self.swatches:
            swatch.setChecked(swatch.color == color)


class Avatar(Button):
    """Somebody as a coloured initial; faded while they cannot be reached, and ringed when checked."""

    radius = 14.5

    def __init__(self, parent: QWidget | None = None, size: int = 29) -> None:
        super().__init__("", parent)
        self._initial, self._color, self._faded = "", 0, False
        self.setCheckable(True)
        self.setFixedSize(size, size)
        self.radius = size / 2

    def nextCheckState(self) -> None:
        """Whoever owns the choice checks it."""

    def show_person(self, name: str, color: int, *, faded: bool) -> None:
        """Whose it is."""
        state = (initial(name), color, faded)
        if state != (self._initial, self._color, self._faded):
            self._initial, self._color, self._faded = state
            self.update()

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = shown(self._color, theme)
        if self._faded:
            color = mixed(theme.panel, color, 0.4)
        circle = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawEllipse(circle)
        self._paint_rings(painter, circle, color, theme)
        painter.setFont(font(9, bold=True))
        painter.setPen(QColor(text_on(color)))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._initial)

    def _paint_rings(self, painter: QPainter, circle: QRectF, color: QColor, theme: Theme) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.isChecked():
            painter.setPen(QPen(theme.panel, 2))
            painter.drawEllipse(circle.adjusted(3, 3, -3, -3))
        if self.underMouse() or self.hasFocus():
            painter.setPen(QPen(theme.text if self.hasFocus() else mixed(color, theme.text, 0.35), 2))
            painter.drawEllipse(circle.adjusted(1, 1, -1, -1))


def initial(name: str) -> str:
    """The first letter of a name, as an avatar shows it."""
    return next((letter.upper() for letter in name if letter.isalnum()), "?")[:1]
