"""What floats on the canvas: panels with a soft shadow."""

from functools import lru_cache
from math import ceil, sqrt
from typing import Final

from PyQt6.QtCore import QEvent, QMargins, QRect, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QHideEvent,
    QImage,
    QMouseEvent,
    QMoveEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QRegion,
    QResizeEvent,
    QShowEvent,
)
from PyQt6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget, qDrawBorderPixmap

from peer.ui.look import theme_of
from peer.ui.theme import DARK, LIGHT, PANEL_RADIUS

PADDING: Final = 6
BLUR: Final = 16
DROP: Final = 2
STRENGTH: Final = {False: 0.12, True: 0.4}
"""How dark a shadow is in the light and in the dark theme."""

_PATCH = 2 * (BLUR + PANEL_RADIUS) + 2


class Shadow(QWidget):
    """The soft shadow of a panel: its sibling beneath it, which the mouse does not feel."""

    def __init__(self, panel: QWidget) -> None:
        super().__init__(panel.parentWidget())
        self._panel = panel
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def follow(self) -> None:
        """Go where the panel is."""
        self.setGeometry(self._panel.geometry().adjusted(-BLUR, DROP - BLUR, BLUR, DROP + BLUR))
        self.stackUnder(self._panel)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.drawPixmap(0, 0, _shadow(self.width(), self.height(), self.devicePixelRatioF(), theme_of(self).dark))


def _blank(width: int, height: int, ratio: float) -> QPixmap:
    pixmap = QPixmap(ceil(width * ratio), ceil(height * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    return pixmap


@lru_cache(maxsize=32)
def _shadow(width: int, height: int, ratio: float, dark: bool) -> QPixmap:
    """Painted once: while the board moves, every frame shows it anew."""
    whole = _blank(width, height, ratio)
    painter = QPainter(whole)
    edge = BLUR + PANEL_RADIUS
    margins = QMargins(edge, edge, edge, edge)
    qDrawBorderPixmap(painter, QRect(0, 0, width, height), margins, QPixmap.fromImage(_patch(dark)))
    painter.end()
    return whole


@lru_cache(maxsize=32)
def _card(width: int, height: int, ratio: float, dark: bool) -> QPixmap:
    """What the contents of a panel stand on."""
    whole = _blank(width, height, ratio)
    painter = QPainter(whole)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    theme = DARK if dark else LIGHT
    painter.setPen(QPen(theme.hairline, 1))
    painter.setBrush(theme.panel)
    painter.drawRoundedRect(QRectF(0.5, 0.5, width - 1, height - 1), PANEL_RADIUS, PANEL_RADIUS)
    painter.end()
    return whole


@lru_cache(maxsize=32)
def _rounded(width: int, height: int) -> QRegion:
    """The pixels of a card that its rounded corners leave whole."""
    whole, region = QRect(0, 0, width, height), QRegion()
    for down in range(1, PANEL_RADIUS + 1):
        aside = ceil(PANEL_RADIUS - sqrt(PANEL_RADIUS**2 - (PANEL_RADIUS - down) ** 2)) + 1
        region += QRegion(whole.adjusted(aside, down, -aside, -down))
    return region


@lru_cache(maxsize=2)
def _patch(dark: bool) -> QImage:
    """A patch whose edges are the shadow of a rounded rectangle: many faint outlines, one inside the other."""
    image = QImage(_PATCH, _PATCH, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    before = 0.0
    for step in range(BLUR):
        away = (step + 1) / BLUR
        here = STRENGTH[dark] * 0.7 * away**2.2
        painter.setBrush(QColor.fromRgbF(0, 0, 0, (here - before) / (1 - before)))
        before = here
        inset = step + 0.5
        radius = PANEL_RADIUS + BLUR - inset
        painter.drawRoundedRect(QRectF(image.rect()).adjusted(inset, inset, -inset, -inset), radius, radius)
    painter.end()
    return image


class Panel(QWidget):
    """A rounded card on the canvas. Signals: reshaped() when its contents ask for another size."""

    reshaped = pyqtSignal()

    def __init__(self, parent: QWidget, *, vertical: bool = False, padding: int = PADDING) -> None:
        super().__init__(parent)
        self.shadow = Shadow(self)
        self.box: QBoxLayout = QVBoxLayout(self) if vertical else QHBoxLayout(self)
        self.box.setContentsMargins(padding, padding, padding, padding)
        self.box.setSpacing(0)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)

    def event(self, event: QEvent | None) -> bool:
        done = super().event(event)
        if event is not None and event.type() == QEvent.Type.LayoutRequest:
            self.reshaped.emit()
        return done

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """What hits a panel does not reach the canvas."""

    @property
    def opaque(self) -> QRegion:
        """Where the panel hides all that is under it."""
        return _rounded(self.width(), self.height()).translated(self.pos())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.drawPixmap(0, 0, _card(self.width(), self.height(), self.devicePixelRatioF(), theme_of(self).dark))

    def moveEvent(self, event: QMoveEvent | None) -> None:
        self.shadow.follow()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self.shadow.follow()

    def showEvent(self, event: QShowEvent | None) -> None:
        self.shadow.follow()
        self.shadow.show()

    def hideEvent(self, event: QHideEvent | None) -> None:
        self.shadow.hide()
