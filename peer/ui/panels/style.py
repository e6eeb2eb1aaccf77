"""Left: how the next stroke will look. Only there while the tool has a style."""

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from peer.tools.style import WIDTHS, InkStyle
from peer.ui.look import theme_of
from peer.ui.panel import Panel
from peer.ui.swatches import Palette, Swatch
from peer.ui.theme import BUTTON
from peer.ui.widgets import Button, Words

WIDTH_NAMES = ("Fine", "Medium", "Bold", "Broad")


class WidthButton(Button):
    """A width of ink, shown as a piece of a stroke."""

    def __init__(self, ink: float, name: str, parent: QWidget) -> None:
        super().__init__(f"{name}, {ink:g} px", parent)
        self.ink = ink
        self.setCheckable(True)
        self.setFixedSize(BUTTON, BUTTON - 4)

    def nextCheckState(self) -> None:
        """The style says which one is checked."""

    def paintEvent(self, event: QPaintEvent | None) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        self.paint_ground(painter, self.ground(theme))
        thick = min(1 + self.ink * 0.65, 11)
        piece = QRectF(0, 0, 16 + thick * 0.8, thick)
        piece.moveCenter(QRectF(self.rect()).center())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.text)
        painter.drawRoundedRect(piece, thick / 2, thick / 2)


class StylePanel(Panel):
    """Colour and width, of one InkStyle."""

    def __init__(self, parent: QWidget, style: InkStyle) -> None:
        super().__init__(parent, vertical=True, padding=13)
        self.ink = style
        self.setAccessibleName("Style")
        self.palette_of_ink = Palette(self)
        self.free = Swatch(None, self)
        self.widths = [WidthButton(width, name, self) for width, name in zip(WIDTHS, WIDTH_NAMES, strict=True)]
        self._lay_out()
        self.palette_of_ink.chosen.connect(self._take_color)
        for button in self.widths:
            button.clicked.connect(lambda _=False, ink=button.ink: setattr(style, "width", ink))
        style.watch(self.show_style)
        self.show_style()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(Words("Colour", points=8.5, color="quiet"), 1)
        head.addWidget(self.free)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in self.widths:
            row.addWidget(button)
        self.box.addLayout(head)
        self.box.addSpacing(2)
        self.box.addWidget(self.palette_of_ink)
        self.box.addSpacing(12)
        self.box.addWidget(Words("Width", points=8.5, color="quiet"))
        self.box.addSpacing(6)
        self.box.addLayout(row)

    def show_style(self) -> None:
        """Ring what is chosen; a colour of one's own stands where the plus was."""
        color = self.ink.color
        self.palette_of_ink.show_color(color)
        own = all(swatch.color != color for swatch in self.palette_of_ink.swatches)
        self.free.color = color if own else None
        self.free.setChecked(own)
        self.free.update()
        for button in self.widths:
            button.setChecked(button.ink == self.ink.width)

    def _take_color(self, color: int) -> None:
        self.ink.color = color
