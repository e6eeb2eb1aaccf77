"""A slider as look.md has it."""

from typing import Final

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QAbstractSlider, QSizePolicy, QWidget

from peer.ui.look import theme_of

HEIGHT: Final = 20
KNOB: Final = 7.5
"""Its radius."""


class Slider(QAbstractSlider):
    """A whole number from 0 to 100, to drag, to click, or to move with the arrows. Signals: valueChanged(int)."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setRange(0, 100)
        self.setSingleStep(5)
        self.setPageStep(20)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def _room(self) -> float:
        return self.width() - 2 * KNOB - 1

    def place_of(self, value: int) -> float:
        """Where the knob's middle is, in pixels from the left."""
        return KNOB + 0.5 + self._room * value / self.maximum()

    def _go(self, x: float) -> None:
        """To the nearest step under the pointer."""
        step = self.singleStep()
        self.setValue(round((x - KNOB - 0.5) / max(self._room, 1) * self.maximum() / step) * step)

    def sizeHint(self) -> QSize:
        return QSize(120, HEIGHT)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() is Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._go(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and self.isSliderDown():
            self._go(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        self.setSliderDown(False)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, at = self.height() / 2, self.place_of(self.value())
        painter.setPen(Qt.PenStyle.NoPen)
        for color, end in ((theme.hairline, self.width() - 0.5), (theme.accent, at)):
            painter.setBrush(color)
            painter.drawRoundedRect(QRectF(0.5, middle - 2, end - 0.5, 4), 2, 2)
        painter.setBrush(theme.tint if self.underMouse() else theme.panel)
        painter.setPen(QPen(theme.text if self.hasFocus() else theme.accent, 2))
        painter.drawEllipse(QPointF(at, middle), KNOB - 1, KNOB - 1)
