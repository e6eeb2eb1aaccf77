"""The pointers of the others: an arrow and a name in the person's colour, always of the same size on the screen."""

from collections.abc import Callable
from time import monotonic
from typing import Final

from PyQt6.QtCore import QPointF, QRectF, Qt, QTimer
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QGuiApplication, QPainter, QPen, QPolygonF
from PyQt6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from p2psketch.geometry import Point
from p2psketch.ids import PeerId
from peer.ui.theme import Theme, shown, text_on

GLIDE: Final = 0.1
"""Seconds from one known place to the next."""

_FRAME: Final = 16
_WIDEST: Final = 160.0
_ARROW: Final = QPolygonF([QPointF(0, 0), QPointF(5, 15), QPointF(7.8, 8.6), QPointF(14, 5.6)])
_TAG: Final = QPointF(13, 13)
_PADDING: Final = 7.0
_TAG_HEIGHT: Final = 21.0


class Cursor(QGraphicsItem):
    """One person's pointer, gliding from where it is shown to where it is known to be."""

    def __init__(self, at: Point, theme: Theme) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setPos(*at)
        self._theme = theme
        self._name, self._color = "", 0
        self._fill, self._words, self._font = QColor(), QColor(), QFont()
        self._tag = self._bounds = QRectF()
        self._from = self._to = at
        self._since = 0.0

    @property
    def name(self) -> str:
        """What stands on the tag."""
        return self._name

    def dress(self, name: str, color: int, theme: Theme) -> None:
        """Whose it is, and in which theme."""
        self.prepareGeometryChange()
        self._theme, self._color, self._fill = theme, color, shown(color, theme)
        self._words = text_on(self._fill)
        self._font = QGuiApplication.font()
        self._font.setPointSizeF(max(self._font.pointSizeF() - 1, 7))
        self._font.setWeight(QFont.Weight.DemiBold)
        metrics = QFontMetricsF(self._font)
        self._name = metrics.elidedText(name, Qt.TextElideMode.ElideRight, _WIDEST)
        width = metrics.horizontalAdvance(self._name) + 2 * _PADDING if self._name else 0.0
        self._tag = QRectF(_TAG.x(), _TAG.y(), width, max(_TAG_HEIGHT, metrics.height() + 4))
        self._bounds = _ARROW.boundingRect().united(self._tag).adjusted(-2, -2, 2, 2)
        self.update()

    def redress(self, theme: Theme) -> None:
        """The same person in another theme."""
        self.dress(self._name, self._color, theme)

    def glide(self, to: Point, now: float) -> None:
        """Start towards a place."""
        self._from, self._to, self._since = (self.x(), self.y()), to, now

    def jump(self, to: Point) -> None:
        """Be there."""
        self._from = self._to = to
        self.setPos(*to)

    def step(self, now: float) -> bool:
        """Be where one is at a time; True until the place is reached."""
        part = min((now - self._since) / GLIDE, 1.0)
        (x, y), (to_x, to_y) = self._from, self._to
        self.setPos(x + (to_x - x) * part, y + (to_y - y) * part)
        return part < 1

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        if painter is None:
            return
        painter.setPen(QPen(self._theme.canvas, 1.6, join=Qt.PenJoinStyle.RoundJoin))
        painter.setBrush(self._fill)
        painter.drawPolygon(_ARROW)
        if self._name:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawRoundedRect(self._tag, 5, 5)
            painter.setFont(self._font)
            painter.setPen(self._words)
            painter.drawText(self._tag, Qt.AlignmentFlag.AlignCenter, self._name)


class Cursors:
    """Everybody's cursor, on an item that counts in board pixels; `gliding` is False where motion is unwanted."""

    def __init__(self, plane: QGraphicsItem, theme: Theme, clock: Callable[[], float] = monotonic) -> None:
        self._plane = plane
        self._theme = theme
        self._clock = clock
        self._cursors: dict[PeerId, Cursor] = {}
        self._frames = QTimer()
        self._frames.setInterval(_FRAME)
        self._frames.setTimerType(Qt.TimerType.PreciseTimer)
        self._frames.timeout.connect(self.step)
        self.gliding = True

    def __getitem__(self, peer: PeerId) -> Cursor:
        return self._cursors[peer]

    def __contains__(self, peer: object) -> bool:
        return peer in self._cursors

    def add(self, peer: PeerId, at: Point, name: str, color: int) -> None:
        """Somebody begins to point."""
        cursor = self._cursors[peer] = Cursor(at, self._theme)
        cursor.dress(name, color, self._theme)
        cursor.setParentItem(self._plane)

    def move(self, peer: PeerId, to: Point) -> None:
        """Somebody points elsewhere now."""
        if self.gliding:
            self._cursors[peer].glide(to, self._clock())
            self._frames.start()
        else:
            self._cursors[peer].jump(to)

    def dress(self, peer: PeerId, name: str, color: int) -> None:
        """Somebody is called something else."""
        if peer in self._cursors:
            self._cursors[peer].dress(name, color, self._theme)

    def remove(self, peer: PeerId) -> None:
        """Somebody points nowhere any more."""
        if (cursor := self._cursors.pop(peer, None)) is not None:
            cursor.setParentItem(None)
            if (scene := cursor.scene()) is not None:
                scene.removeItem(cursor)

    def set_theme(self, theme: Theme) -> None:
        """Show them on a canvas of another colour."""
        self._theme = theme
        for cursor in self._cursors.values():
            cursor.redress(theme)

    def step(self) -> None:
        """One frame of the motion."""
        now = self._clock()
        gliding = [cursor for cursor in self._cursors.values() if cursor.step(now)]
        if not gliding:
            self._frames.stop()
