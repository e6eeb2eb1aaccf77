"""What lies under the ink: the colour of the canvas, its dots, and the hint on an empty board.

Dots are `DOT_SPACING` board pixels apart at 100 %. When they come too close every other one fades out, and when there
is room between them others fade in, so that they neither crowd nor get lost.
"""

import math
from typing import Final, NamedTuple

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QGuiApplication, QPainter, QPixmap

from peer.ui.camera import Camera
from peer.ui.theme import DOT_SPACING, Theme

HINT: Final = "Draw. Share the link to draw together."
NOTHING_YET: Final = "Nothing is drawn here yet."
"""For who may only look."""

_CLOSEST: Final = 14.0
"""Pixels of the screen between dots that are no longer seen."""

_DOT: Final = 2.0
_ROWS: Final = 4
_HINT_HEIGHT: Final = 0.3
"""Where the hint stands, as a part of the height of the canvas."""


def lattice(zoom: float) -> tuple[float, float]:
    """The distance on the screen of the finest dots that are seen, and how strongly (0…1) every other one is."""
    spacing = DOT_SPACING * zoom * 2.0 ** math.ceil(math.log2(_CLOSEST / (DOT_SPACING * zoom)))
    return spacing, min((spacing - _CLOSEST) / (DOT_SPACING - _CLOSEST), 1.0)


class Backdrop:
    """Paints in pixels of the screen; `hint` (in these `words`) while the board is blank.

    A row of dots is painted once and then copied down the canvas.
    """

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.hint = True
        self.words = HINT
        self._rows: dict[_RowLook, QPixmap] = {}

    def paint(self, painter: QPainter, exposed: QRectF, camera: Camera) -> None:
        """Paint the exposed part of the canvas."""
        painter.fillRect(exposed, self.theme.canvas)
        self._paint_dots(painter, exposed, camera)
        if self.hint:
            self._paint_hint(painter, camera)

    def _paint_dots(self, painter: QPainter, exposed: QRectF, camera: Camera) -> None:
        device = painter.device()
        ratio = 1.0 if device is None else device.devicePixelRatioF()
        spacing, faint = lattice(camera.zoom)
        left, top = camera.shift
        column = math.floor(-left / spacing)
        look = _RowLook(
            left + column * spacing, spacing, camera.width, column % 2, 0, faint, ratio, self.theme.dots.rgb()
        )
        rows = [self._row(look), self._row(look._replace(odd_row=1))]
        first, last = (math.floor((edge - top) / spacing) for edge in (exposed.top() - _DOT, exposed.bottom() + _DOT))
        for number in range(first, last + 1):
            y = _snapped(top + number * spacing, ratio) - _DOT / 2
            painter.drawPixmap(QPointF(0, y), rows[number % 2])

    def _row(self, look: "_RowLook") -> QPixmap:
        row = self._rows.get(look)
        if row is None:
            if len(self._rows) >= _ROWS:
                self._rows.clear()
            row = self._rows[look] = look.painted()
        return row

    def _paint_hint(self, painter: QPainter, camera: Camera) -> None:
        font = QFont(QGuiApplication.font())
        font.setPointSizeF(font.pointSizeF() * 1.3)
        painter.setFont(font)
        painter.setPen(self.theme.quiet)
        line = QRectF(0, camera.height * _HINT_HEIGHT - 20, camera.width, 40)
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, self.words)


class _RowLook(NamedTuple):
    """All that a row of dots depends on; every other dot is fainter, in every other row all are."""

    begin: float
    spacing: float
    width: float
    odd: int
    odd_row: int
    faint: float
    ratio: float
    color: int

    def painted(self) -> QPixmap:
        row = QPixmap(max(math.ceil(self.width * self.ratio), 1), round(_DOT * self.ratio))
        row.setDevicePixelRatio(self.ratio)
        row.fill(Qt.GlobalColor.transparent)
        painter = QPainter(row)
        strong, faint = QColor.fromRgb(self.color), QColor.fromRgb(self.color)
        faint.setAlphaF(self.faint)
        for number in range(math.ceil((self.width - self.begin) / self.spacing) + 1):
            x = _snapped(self.begin + number * self.spacing, self.ratio) - _DOT / 2
            painter.fillRect(QRectF(x, 0, _DOT, _DOT), faint if self.odd_row or (self.odd + number) % 2 else strong)
        painter.end()
        return row


def _snapped(value: float, ratio: float) -> float:
    """To a pixel of the device, so that every dot is as sharp as the next."""
    return round(value * ratio) / ratio
