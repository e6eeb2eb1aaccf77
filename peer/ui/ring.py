"""The ring at the pointer that shows how far the eraser reaches."""

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QPainter, QPen
from PyQt6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from peer.tools.eraser import RADIUS
from peer.ui.theme import Theme


class Ring(QGraphicsItem):
    """Always of the same size on the screen, and filled while it erases."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setVisible(False)
        self._theme = theme
        self._busy = False

    def set_theme(self, theme: Theme) -> None:
        """Show it on a canvas of another colour."""
        self._theme = theme
        self.update()

    def show_at(self, x: float, y: float, *, busy: bool) -> None:
        """Be at a point of the board."""
        self.setPos(x, y)
        self.setVisible(True)
        if busy != self._busy:
            self._busy = busy
            self.update()

    def boundingRect(self) -> QRectF:
        reach = RADIUS + 2
        return QRectF(-reach, -reach, 2 * reach, 2 * reach)

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        if painter is None:
            return
        circle = QRectF(-RADIUS, -RADIUS, 2 * RADIUS, 2 * RADIUS)
        halo, veil = QPen(self._theme.canvas, 3.5), self._theme.quiet.toRgb()
        veil.setAlphaF(0.25 if self._busy else 0.08)
        painter.setPen(halo)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(circle)
        painter.setPen(QPen(self._theme.text, 1.5))
        painter.setBrush(veil)
        painter.drawEllipse(circle)
