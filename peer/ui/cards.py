"""What a panel looks like where it ends: its rounded card with a hairline around it, and the soft shadow beneath.

Rule: each is painted once for a size, a ratio of pixels and a theme, and kept: while the board moves under a panel,
every frame shows them anew.
"""

from functools import lru_cache
from math import ceil
from typing import Final

from PyQt6.QtCore import QMargins, QRect, QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPen, QPixmap
from PyQt6.QtWidgets import qDrawBorderPixmap

from peer.ui.theme import DARK, LIGHT, PANEL_RADIUS

BLUR: Final = 16
DROP: Final = 2
STRENGTH: Final = {False: 0.12, True: 0.4}
"""How dark a shadow is in the light and in the dark theme."""

EDGE: Final = 4
"""Pixels from each side of a card within which are its hairline and its round corners."""

_PATCH = 2 * (BLUR + PANEL_RADIUS) + 2


def around(card: QRect) -> QRect:
    """Where the shadow of a card is."""
    return card.adjusted(-BLUR, DROP - BLUR, BLUR, DROP + BLUR)


def within(card: QRect) -> QRect:
    """Where a card is of one colour."""
    return card.adjusted(EDGE, EDGE, -EDGE, -EDGE)


def _blank(width: int, height: int, ratio: float) -> QPixmap:
    pixmap = QPixmap(ceil(width * ratio), ceil(height * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    return pixmap


@lru_cache(maxsize=32)
def shadow(width: int, height: int, ratio: float, dark: bool) -> QPixmap:
    """The shadow of a card, for all of what is `around` it: so many pixels of the screen."""
    whole = _blank(width, height, ratio)
    painter = QPainter(whole)
    edge = BLUR + PANEL_RADIUS
    margins = QMargins(edge, edge, edge, edge)
    qDrawBorderPixmap(painter, QRect(0, 0, width, height), margins, QPixmap.fromImage(_patch(dark)))
    painter.end()
    return whole


@lru_cache(maxsize=32)
def card(width: int, height: int, ratio: float, dark: bool) -> QPixmap:
    """The card that the contents of a panel stand on."""
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
def afloat(width: int, height: int, ratio: float, dark: bool) -> QPixmap:
    """A card of so many pixels of the screen on its shadow, for all of what is `around` it."""
    over = around(QRect(0, 0, width, height))
    both = shadow(over.width(), over.height(), ratio, dark).copy()
    painter = QPainter(both)
    painter.drawPixmap(-over.topLeft(), card(width, height, ratio, dark))
    painter.end()
    return both


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
