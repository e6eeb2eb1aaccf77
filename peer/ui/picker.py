"""A colour of one's own: a field of saturation and brightness, a strip of hues, and the number."""

from PyQt6.QtCore import QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QLinearGradient, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from peer.ui.look import theme_of
from peer.ui.popover import Popover
from peer.ui.theme import BUTTON_RADIUS
from peer.ui.widgets import Field

WIDTH = 200
NUDGE = 0.02


class Ground(QWidget):
    """Base of the two fields: a place (x, y in 0…1) to drag, or to move with the arrows. Signals: moved(x, y)."""

    moved = pyqtSignal(float, float)

    def __init__(self, name: str, height: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFixedSize(WIDTH, height)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.x_at = self.y_at = 0.0
        self.hue = 0.0

    def place(self, x: float, y: float) -> None:
        """Put the handle there without telling."""
        self.x_at, self.y_at = min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)
        self.update()

    def paint_colors(self, painter: QPainter, rect: QRectF) -> None:
        """What is to choose from."""
        raise NotImplementedError

    def _go(self, x: float, y: float) -> None:
        self.place(x, y)
        self.moved.emit(self.x_at, self.y_at)

    def _point(self, event: QMouseEvent | None) -> None:
        if event is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event.position().x() / self.width(), event.position().y() / self.height())

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        self._point(event)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        self._point(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        steps = {
            Qt.Key.Key_Left: (-NUDGE, 0.0),
            Qt.Key.Key_Right: (NUDGE, 0.0),
            Qt.Key.Key_Up: (0.0, -NUDGE),
            Qt.Key.Key_Down: (0.0, NUDGE),
        }
        if event is not None and (step := steps.get(Qt.Key(event.key()))):
            self._go(self.x_at + step[0], self.y_at + step[1])
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        shape = QPainterPath()
        shape.addRoundedRect(rect, BUTTON_RADIUS, BUTTON_RADIUS)
        painter.setClipPath(shape)
        self.paint_colors(painter, rect)
        painter.setClipping(False)
        middle = QPointF(7 + self.x_at * (rect.width() - 14), 7 + self.y_at * (rect.height() - 14))
        for color, radius in ((QColor(0, 0, 0, 90), 7.0), (QColor("white"), 6.0)):
            painter.setPen(QPen(color, 2))
            painter.drawEllipse(middle, radius, radius)
        if self.hasFocus():
            painter.setPen(QPen(theme_of(self).accent, 2))
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), BUTTON_RADIUS, BUTTON_RADIUS)


class Shades(Ground):
    """Saturation to the right, brightness upwards, of one hue."""

    def paint_colors(self, painter: QPainter, rect: QRectF) -> None:
        across = QLinearGradient(rect.topLeft(), rect.topRight())
        across.setColorAt(0, QColor("white"))
        across.setColorAt(1, QColor.fromHsvF(self.hue, 1, 1))
        painter.fillRect(rect, across)
        down = QLinearGradient(rect.topLeft(), rect.bottomLeft())
        down.setColorAt(0, QColor(0, 0, 0, 0))
        down.setColorAt(1, QColor(0, 0, 0))
        painter.fillRect(rect, down)


class Hues(Ground):
    """All hues, from red to red."""

    def paint_colors(self, painter: QPainter, rect: QRectF) -> None:
        along = QLinearGradient(rect.topLeft(), rect.topRight())
        for step in range(13):
            along.setColorAt(step / 12, QColor.fromHsvF(min(step / 12, 0.999), 0.85, 0.95))
        painter.fillRect(rect, along)


class PickerPopover(Popover):
    """Signals: chosen(int) at every change, 0xRRGGBB."""

    chosen = pyqtSignal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "Another colour")
        self.shades = Shades("Saturation and brightness", 132, self)
        self.hues = Hues("Hue", 18, self)
        self.number = Field("#rrggbb", "Colour as a number", self)
        self.number.setMaxLength(7)
        for part in (self.shades, self.hues, self.number):
            self.body.addWidget(part)
        self.shades.moved.connect(self._shade_moved)
        self.hues.moved.connect(self._hue_moved)
        self.number.textEdited.connect(self._number_typed)

    def show_color(self, color: int) -> None:
        """Begin with this one."""
        made = QColor.fromRgb(color)
        if made.hsvHueF() >= 0:
            self.shades.hue = made.hsvHueF()
        self.hues.place(self.shades.hue, 0.5)
        self.shades.place(made.hsvSaturationF(), 1 - made.valueF())
        self.number.setText(f"#{color:06x}")

    def _hue_moved(self, x: float, _y: float) -> None:
        self.hues.place(x, 0.5)
        self.shades.hue = min(x, 0.999)
        self.shades.update()
        self._choose()

    def _shade_moved(self, _x: float, _y: float) -> None:
        self._choose()

    def _choose(self) -> None:
        made = QColor.fromHsvF(self.shades.hue, self.shades.x_at, 1 - self.shades.y_at)
        self.number.setText(made.name())
        self.chosen.emit(made.rgb() & 0xFFFFFF)

    def _number_typed(self, text: str) -> None:
        digits = text.strip().removeprefix("#")
        if len(digits) == 6 and all(digit in "0123456789abcdefABCDEF" for digit in digits):
            color = int(digits, 16)
            self.show_color(color)
            self.chosen.emit(color)
