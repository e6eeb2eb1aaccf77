"""The ring at the pointer that shows how far the eraser reaches."""

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QPainter, QPen
from PyQt6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from peer.ui.theme import Theme


class Ring(QGraphicsItem):
    """Of one size on the screen, whatever the zoom, and filled while it erases."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setVisible(False)
        self._theme = theme
        self._busy = False
        self._radius = 0.0

    def set_theme(self, theme: Theme) -> None:
        """Show it on a canvas of another colour."""
        self._theme = theme
        self.update()

    def show_at(self, x: float, y: float, radius: float, *, busy: bool) -> None:
        """Be at a point of the board, with a radius in pixels of the screen."""
        self.setPos(x, y)
        self.setVisible(True)
        if radius != self._radius:
            self.prepareGeometryChange()
            self._radius = radius
        if busy != self._busy:
            self._busy = busy
            self.update()

    def boundingRect(self) -> QRectF:
        reach = self._radius + 2
        return QRectF(-reach, -reach, 2 * reach, 2 * reach)

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        if painter is None:
            return
        circle = QRectF(-self._radius, -self._radius, 2 * self._radius, 2 * self._radius)
        halo, veil = QPen(self._theme.canvas, 3.5), self._theme.quiet.toRgb()
        veil.setAlphaF(0.25 if self._busy else 0.08)
        painter.setPen(halo)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(circle)
        painter.setPen(QPen(self._theme.text, 1.5))
        painter.setBrush(veil)
        painter.drawEllipse(circle)
