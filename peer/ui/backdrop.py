"""What lies under the ink: the colour of the canvas, its dots, and the hint on an empty board.

Dots are `DOT_SPACING` board pixels apart at 100 %. When they come too close every other one fades out, and when there
is room between them others fade in, so that they neither crowd nor get lost.
"""

import math
from typing import Final

from PyQt6.QtCore import QRect, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QGuiApplication, QImage, QPainter

from peer.ui.theme import DOT_SPACING, Theme

HINT: Final = "Draw. Share the link to draw together."
NOTHING_YET: Final = "Nothing is drawn here yet."
"""For who may only look."""

_CLOSEST: Final = 14.0
"""Pixels of the screen between dots that are no longer seen."""

_DOT: Final = 2.0
_HINT_HEIGHT: Final = 0.3
"""Where the hint stands, as a part of the height of the canvas."""


def lattice(zoom: float) -> tuple[float, float]:
    """The distance on the screen of the finest dots that are seen, and how strongly (0…1) every other one is."""
    spacing = DOT_SPACING * zoom * 2.0 ** math.ceil(math.log2(_CLOSEST / (DOT_SPACING * zoom)))
    return spacing, min((spacing - _CLOSEST) / (DOT_SPACING - _CLOSEST), 1.0)


class Backdrop:
    """Paints the ground that tiles begin with, and the hint, in these `words`, of a board that is blank.

    Dots are at whole pixels of the device, counted from the board's origin, so that every one is as sharp as the next
    and all pieces of the ground fit together.
    """

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.words = HINT

    def paint(self, painter: QPainter, rect: QRect, zoom: float, ratio: float) -> None:
        """Paint a rectangle of the ground, in pixels of the device from the board's origin, `ratio` of them in one of
        the screen."""
        painter.fillRect(rect, self.theme.canvas)
        spacing, faint = lattice(zoom)
        size = max(round(_DOT * ratio), 1)
        places = _Places(spacing * ratio, size)
        rows = [self._row(rect, places, size, faint, odd=odd) for odd in (False, True)]
        for number in places.between(rect.top(), rect.bottom()):
            painter.drawImage(rect.left(), places.of(number), rows[number % 2])

    def _row(self, rect: QRect, places: "_Places", size: int, faint: float, *, odd: bool) -> QImage:
        """One row of dots as wide as the rectangle; in a row every other dot is fainter, in an odd one all are."""
        row = QImage(rect.width(), size, QImage.Format.Format_ARGB32_Premultiplied)
        row.fill(Qt.GlobalColor.transparent)
        strong, weak = QColor(self.theme.dots), QColor(self.theme.dots)
        weak.setAlphaF(faint)
        painter = QPainter(row)
        for number in places.between(rect.left(), rect.right()):
            painter.fillRect(places.of(number) - rect.left(), 0, size, size, weak if odd or number % 2 else strong)
        painter.end()
        return row

    def paint_hint(self, painter: QPainter, width: float, height: float) -> None:
        """Paint the hint on a canvas of that size, in pixels of the screen."""
        font = QFont(QGuiApplication.font())
        font.setPointSizeF(font.pointSizeF() * 1.3)
        painter.setFont(font)
        painter.setPen(self.theme.quiet)
        line = QRectF(0, height * _HINT_HEIGHT - 20, width, 40)
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, self.words)


class _Places:
    """Where dots of a size begin, by their numbers: `spacing` apart, to the nearest pixel."""

    def __init__(self, spacing: float, size: int) -> None:
        self._spacing = spacing
        self._size = size

    def of(self, number: int) -> int:
        return math.floor(number * self._spacing - self._size / 2 + 0.5)

    def between(self, first: int, last: int) -> range:
        """The numbers of the dots that these pixels may show some of."""
        return range(
            math.floor((first - self._size) / self._spacing), math.ceil((last + self._size) / self._spacing) + 1
        )
