"""A see-through list that scrolls, with a slim bar."""

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QFrame, QScrollArea, QScrollBar, QStyle, QStyleOptionSlider, QWidget

from peer.ui.look import theme_of

BAR = 8


class Bar(QScrollBar):
    """Just the handle."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.setFixedWidth(BAR)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, False)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        style = self.style()
        if style is None or self.maximum() <= self.minimum():
            return
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        part = QStyle.SubControl.SC_ScrollBarSlider
        handle = QRectF(style.subControlRect(QStyle.ComplexControl.CC_ScrollBar, option, part, self))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme_of(self).hairline)
        painter.drawRoundedRect(handle.adjusted(1, 0, -1, 0), BAR / 2 - 1, BAR / 2 - 1)


class Scroll(QScrollArea):
    """Shows `inside`, or as much of it as there is room for."""

    def __init__(self, inside: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollBar(Bar(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.show_inside(inside)

    def show_inside(self, inside: QWidget) -> None:
        """Show this from now on."""
        self.setWidget(inside)
        inside.setAutoFillBackground(False)
        viewport = self.viewport()
        if viewport is not None:
            viewport.setAutoFillBackground(False)
