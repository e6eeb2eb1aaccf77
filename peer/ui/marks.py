"""What has come from others, marked for a moment: a soft tint around it that fades by itself.

Rule: an item above the ink that the mouse does not feel. It knows rectangles of the board and nothing of shapes.
"""

from collections.abc import Sequence
from time import monotonic
from typing import Final

from PyQt6.QtCore import QObject, QRectF, Qt, QTimer
from PyQt6.QtGui import QColor, QPainter, QPen
from PyQt6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from p2psketch.geometry import Rect
from peer.ui.rects import to_qt
from peer.ui.theme import Theme

STAYS: Final = 3.0
FADES: Final = 1.5
"""Seconds that a mark stays as it is, and then takes to fade."""
AROUND: Final = 10.0
RADIUS: Final = 10.0
"""Pixels of the screen."""
MOST: Final = 160
"""Rectangles that are joined to clusters; more are one."""

_TINT, _LINE = 26, 150


def clusters(boxes: Sequence[Rect], near: float) -> list[Rect]:
    """The rectangles, those joined that are within `near` of each other."""
    if len(boxes) > MOST:
        whole = boxes[0]
        for box in boxes[1:]:
            whole = whole.union(box)
        return [whole]
    found: list[Rect] = []
    for box in boxes:
        joined = box
        while touching := [other for other in found if other.padded(near).intersects(joined)]:
            found = [other for other in found if other not in touching]
            for other in touching:
                joined = joined.union(other)
        found.append(joined)
    return found


class Marks(QGraphicsItem):
    """Shows some rectangles, and lets them fade."""

    def __init__(self, parent: QObject) -> None:
        super().__init__()
        self._boxes: list[QRectF] = []
        self._color = QColor()
        self._since = 0.0
        self._moves = True
        self._timer = QTimer(parent)
        self._timer.timeout.connect(self._step)
        self.setZValue(5)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    @property
    def boxes(self) -> list[QRectF]:
        """What is marked now."""
        return self._boxes

    def show_boxes(self, boxes: Sequence[Rect], theme: Theme, zoom: float, *, moves: bool) -> None:
        """Mark these parts of the board, as seen at a zoom; without motion they end at once instead of fading."""
        self.prepareGeometryChange()
        pad = AROUND / zoom
        self._boxes = [to_qt(box.padded(pad)) for box in clusters(boxes, 2 * pad)]
        self._color, self._since, self._moves = theme.accent, monotonic(), moves
        self._timer.start(33 if moves else round(STAYS * 1000))
        self.update()

    def end(self) -> None:
        """Mark nothing."""
        self._timer.stop()
        self.prepareGeometryChange()
        self._boxes = []

    def _strength(self) -> float:
        gone = monotonic() - self._since - STAYS
        return 1.0 if gone < 0 else max(1 - gone / FADES, 0.0)

    def _step(self) -> None:
        if self._strength() <= 0 or not self._moves:
            self.end()
        elif self._strength() < 1:
            self.update()

    def boundingRect(self) -> QRectF:
        around = QRectF()
        for box in self._boxes:
            around = around.united(box)
        return around.adjusted(-2, -2, 2, 2)

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        if painter is None:
            return
        strength, zoom = self._strength(), painter.worldTransform().m11() or 1.0
        tint, line = QColor(self._color), QColor(self._color)
        tint.setAlpha(round(_TINT * strength))
        line.setAlpha(round(_LINE * strength))
        pen = QPen(line, 1.5)
        pen.setCosmetic(True)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen)
        painter.setBrush(tint)
        for box in self._boxes:
            painter.drawRoundedRect(box, RADIUS / zoom, RADIUS / zoom)
