"""Left: how the next stroke will look. Only there while the tool has a style."""

from typing import Final

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from peer.tools.style import InkStyle, Pressure
from peer.ui.look import theme_of
from peer.ui.panel import Panel
from peer.ui.slider import Slider
from peer.ui.swatches import Palette, Swatch
from peer.ui.theme import BUTTON
from peer.ui.widgets import Button, TextButton, Words

WIDTH_NAMES: Final = ("Fine", "Medium", "Bold", "Broad")
THICK: Final = (2.0, 4.0, 6.0, 11.0)
"""How thick they are shown."""

PRESSURES: Final = {
    Pressure.PEN: ("Pen", "Pressure of a pen only"),
    Pressure.SPEED: ("Speed", "Pressure of a pen; a mouse or a finger draws thinner the faster it moves"),
    Pressure.OFF: ("Off", "One width, whatever the pressure"),
}


class WidthButton(Button):
    """A width of ink, shown as a piece of a stroke."""

    def __init__(self, thick: float, parent: QWidget) -> None:
        super().__init__("", parent)
        self.ink = 0.0
        self._thick = thick
        self.setCheckable(True)
        self.setFixedSize(BUTTON, BUTTON - 4)

    def stand_for(self, ink: float, name: str) -> None:
        """This is the width to be chosen with it."""
        self.ink = ink
        self.set_name(f"{name}, {ink:g} px")

    def nextCheckState(self) -> None:
        """The style says which one is checked."""

    def paintEvent(self, event: QPaintEvent | None) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        self.paint_ground(painter, self.ground(theme))
        piece = QRectF(0, 0, 16 + self._thick * 0.8, self._thick)
        piece.moveCenter(QRectF(self.rect()).center())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.text)
        painter.drawRoundedRect(piece, self._thick / 2, self._thick / 2)


class PressureButton(TextButton):
    """Where pressure comes from."""

    def __init__(self, pressure: Pressure, parent: QWidget) -> None:
        word, meaning = PRESSURES[pressure]
        super().__init__(word, parent, flat=True)
        self.pressure = pressure
        self.setToolTip(meaning)
        self.setAccessibleName(f"Pressure: {word}")
        self.setCheckable(True)
        self.setFixedWidth(52)

    def nextCheckState(self) -> None:
        """The style says which one is checked."""


class StylePanel(Panel):
    """Colour, width, smoothing and pressure, of the InkStyle of the tool in hand."""

    def __init__(self, parent: QWidget, style: InkStyle) -> None:
        super().__init__(parent, vertical=True, padding=13)
        self.ink = style
        self.setAccessibleName("Style")
        self.palette_of_ink = Palette(self)
        self.free = Swatch(None, self)
        self.widths = [WidthButton(thick, self) for thick in THICK]
        self.width_now = Words("", points=8.5, color="quiet")
        self.smoothing = Slider("Smoothing", self)
        self.smoothing_now = Words("", points=8.5, color="quiet")
        self.pressures = [PressureButton(pressure, self) for pressure in PRESSURES]
        self.pressing = QWidget(self)
        """Holds what is about pressure."""
        self._lay_out()
        self._wire()
        style.watch(self.show_style)
        self._offer_widths()
        self.show_style()

    def _wire(self) -> None:
        self.palette_of_ink.chosen.connect(self._take_color)
        self.smoothing.valueChanged.connect(self._take_smoothing)
        for button in self.widths:
            button.clicked.connect(lambda _=False, button=button: setattr(self.ink, "width", button.ink))
        for word in self.pressures:
            word.clicked.connect(lambda _=False, word=word: setattr(self.ink, "pressure", word.pressure))

    def _lay_out(self) -> None:
        colors, widths, slider = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        colors.addWidget(Words("Colour", points=8.5, color="quiet"), 1)
        colors.addWidget(self.free)
        widths.setSpacing(8)
        for button in self.widths:
            widths.addWidget(button)
        slider.addWidget(self.smoothing)
        self.box.addLayout(colors)
        self.box.addSpacing(2)
        self.box.addWidget(self.palette_of_ink)
        for title, now, row in (("Width", self.width_now, widths), ("Smoothing", self.smoothing_now, slider)):
            self.box.addLayout(_head(title, now))
            self.box.addLayout(row)
        self.box.addWidget(self.pressing)
        self._lay_out_pressing()

    def _lay_out_pressing(self) -> None:
        box, words = QVBoxLayout(self.pressing), QHBoxLayout()
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        words.setSpacing(6)
        for word in self.pressures:
            words.addWidget(word)
        box.addLayout(_head("Pressure"))
        box.addLayout(words)

    def show_tool(self, style: InkStyle, *, presses: bool) -> None:
        """Another tool is in hand, which feels pressure or does not."""
        self.ink.unwatch(self.show_style)
        self.ink = style
        style.watch(self.show_style)
        self.pressing.setVisible(presses)
        self._offer_widths()
        self.show_style()

    def leave(self) -> None:
        """The panel goes; the style stays."""
        self.ink.unwatch(self.show_style)

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
        self.width_now.say(f"{self.ink.width:g} px")
        smoothing = round(self.ink.smoothing * 100)
        self.smoothing.setValue(smoothing)
        self.smoothing_now.say(f"{smoothing} %" if smoothing else "off")
        for word in self.pressures:
            word.setChecked(word.pressure is self.ink.pressure)

    def _offer_widths(self) -> None:
        for button, width, name in zip(self.widths, self.ink.widths, WIDTH_NAMES, strict=True):
            button.stand_for(width, name)

    def _take_color(self, color: int) -> None:
        self.ink.color = color

    def _take_smoothing(self, percent: int) -> None:
        if percent != round(self.ink.smoothing * 100):
            self.ink.smoothing = percent / 100


def _head(title: str, now: Words | None = None) -> QHBoxLayout:
    """The line above a choice: what it is of, and what is chosen now."""
    head = QHBoxLayout()
    head.setContentsMargins(0, 12, 0, 4)
    head.addWidget(Words(title, points=8.5, color="quiet"), 1)
    if now is not None:
        head.addWidget(now)
    return head
