"""What one's own pointer looks like over the canvas, by the tool that a press would go to."""

from typing import Final

from PyQt6.QtCore import QLineF, Qt
from PyQt6.QtGui import QColor, QCursor, QPainter, QPen, QPixmap

from peer.tools.tool import ERASER, HAND
from peer.ui.theme import Theme

_SIZE: Final = 25
_ARM: Final = 8.0
_GAP: Final = 2.5


def mouse_cursor(tool: str, theme: Theme, *, busy: bool) -> QCursor:
    """A hand for the hand, nothing for the eraser (its ring is on the canvas), a fine cross for the pen."""
    if tool == HAND:
        return QCursor(Qt.CursorShape.ClosedHandCursor if busy else Qt.CursorShape.OpenHandCursor)
    return QCursor(Qt.CursorShape.BlankCursor) if tool == ERASER else _cross(theme)


def _cross(theme: Theme) -> QCursor:
    """With a halo, so that it is seen on ink too, and open in the middle, where the ink will be."""
    picture = QPixmap(_SIZE, _SIZE)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    middle = _SIZE / 2
    for color, width, more in ((_see_through(theme.canvas), 3.0, 1.0), (theme.text, 1.0, 0.0)):
        painter.setPen(QPen(color, width, cap=Qt.PenCapStyle.FlatCap))
        for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            near, far = _GAP - more, _ARM + more
            painter.drawLine(QLineF(middle + x * near, middle + y * near, middle + x * far, middle + y * far))
    painter.end()
    return QCursor(picture, _SIZE // 2, _SIZE // 2)


def _see_through(color: QColor) -> QColor:
    return QColor.fromRgbF(color.redF(), color.greenF(), color.blueF(), 0.8)
