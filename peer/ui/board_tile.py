"""A board on the welcome page: its picture, its name, when it was opened and who else has it.

Rule: shows one board and says what a person wants of it; whether its file and its picture are there is told to it.
"""

from typing import Final

from PyQt6.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PyQt6.QtWidgets import QWidget

from p2psketch.shapes import MAX_BOARD_NAME
from peer.settings import Recent
from peer.ui.ago import ago
from peer.ui.icons import paint_icon
from peer.ui.look import font, theme_of
from peer.ui.theme import Theme
from peer.ui.widgets import Button, Field, mixed

ROW: Final = 68
TILE: Final = 190
"""Pixels of width from which on the picture is above the words."""
WORDS: Final = 56
RATIO: Final = 0.625
RADIUS: Final = 6.0
GONE: Final = "The file is gone"


class Tile(Button):
    """Signals: asked(str) with the verb that a person wants done to the board: `rename`, `delete`, `menu`; named(str);
    moved(int, int) when an arrow is pressed; typed(str).
    """

    asked = pyqtSignal(str)
    named = pyqtSignal(str)
    moved = pyqtSignal(int, int)
    typed = pyqtSignal(str)

    def __init__(self, board: Recent, now: float, parent: QWidget, *, thrown: bool = False) -> None:
        super().__init__(board.name, parent)
        self.board = board
        self.thrown = thrown
        self.missing = False
        self._now = now
        self._picture: QImage | None = None
        self._shown: QImage | None = None
        self._field: Field | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._tell()

    def _tell(self) -> None:
        self.setAccessibleName(f"{self.board.name}, {self.about}")
        self.setToolTip(f"{self.board.path}\n{GONE}." if self.missing else self.board.path)

    @property
    def about(self) -> str:
        """All that stands under the name."""
        return "  ·  ".join(part for part in (self.when, self.warning, self.who) if part)

    @property
    def when(self) -> str:
        """When it was opened, or why it cannot be."""
        if self.missing:
            return GONE
        return "deleted" if self.thrown else ago(self.board.opened, self._now)

    @property
    def who(self) -> str:
        """Who else had it."""
        return f"also with {', '.join(self.board.others)}" if self.board.others else "only here"

    @property
    def warning(self) -> str:
        """What the others did not have when the board was closed."""
        few = self.board.only_here
        if not few or not self.board.others or self.missing or self.thrown:
            return ""
        return f"{few:,} stroke{'' if few == 1 else 's'} only here"

    def show_picture(self, picture: QImage | None) -> None:
        """What the board looks like; None: nobody knows."""
        self._picture, self._shown = picture, None
        self.update()

    def show_missing(self) -> None:
        """Its file is not there."""
        self.missing = True
        self._tell()
        self.update()

    # -- another name ------------------------------------------------------------------------------

    def edit_name(self) -> None:
        """Type another name in place."""
        if self._field is not None:
            return
        self._field = field = Field(name="Name of the board", parent=self)
        field.setMaxLength(MAX_BOARD_NAME)
        field.setText(self.board.name)
        field.setGeometry(self._words().adjusted(-6, -6, 0, 0).toRect().intersected(self.rect()))
        field.setFixedHeight(30)
        field.selectAll()
        field.show()
        field.setFocus()
        field.editingFinished.connect(self._take_name)

    def _take_name(self) -> None:
        field, self._field = self._field, None
        if field is not None:
            name = field.text().strip()
            field.hide()
            field.deleteLater()
            self.setFocus()
            if name and name != self.board.name:
                self.named.emit(name)

    # -- painting ----------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(TILE, ROW)

    def _frame(self) -> QRectF:
        """Where the picture is: above the words, or before them."""
        inside = QRectF(self.rect()).adjusted(6, 6, -6, -6)
        if self.height() > ROW:
            inside.setHeight(inside.width() * RATIO)
        else:
            inside.setWidth(inside.height() / RATIO)
        return inside

    def _words(self) -> QRectF:
        inside, frame = QRectF(self.rect()).adjusted(6, 6, -6, -6), self._frame()
        if self.height() > ROW:
            inside.setTop(frame.bottom() + 6)
            return inside.adjusted(4, 0, -4, 0)
        inside.setLeft(frame.right() + 12)
        return inside

    def paintEvent(self, event: QPaintEvent | None) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        self.paint_ground(painter, self.ground(theme))
        if self.missing:
            painter.setOpacity(0.5)
        self._paint_picture(painter, theme)
        where, y = self._words(), self._words().top()
        for text, its_font, color in (
            (self.board.name, font(10, bold=True), theme.text),
            (self.warning or self.who, font(8.5), self._stress(theme) if self.warning else theme.quiet),
            (self.when, font(8.5), theme.quiet),
        ):
            line = QRectF(where.left(), y, where.width(), where.height() / 3)
            y += line.height()
            painter.setFont(its_font)
            painter.setPen(color)
            elided = QFontMetrics(its_font).elidedText(text, Qt.TextElideMode.ElideRight, int(line.width()))
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, elided)

    @staticmethod
    def _stress(theme: Theme) -> QColor:
        """The colour of a warning, dark enough to be read as small print."""
        return theme.warning if theme.dark else mixed(theme.warning, theme.text, 0.35)

    def _paint_picture(self, painter: QPainter, theme: Theme) -> None:
        frame = self._frame().adjusted(0.5, 0.5, -0.5, -0.5)
        outline = QPainterPath()
        outline.addRoundedRect(frame, RADIUS, RADIUS)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._picture is not None:
            painter.save()
            painter.setClipPath(outline)
            painter.drawImage(frame, self._scaled(frame))
            painter.restore()
        else:
            painter.fillPath(outline, mixed(theme.panel, theme.text, 0.03))
            paint_icon(painter, "pencil-simple", frame, mixed(theme.panel, theme.quiet, 0.45))
        painter.setPen(QPen(theme.hairline, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(outline)

    def _scaled(self, frame: QRectF) -> QImage:
        """The picture as large as it is shown; Qt leaves out lines where it shrinks one while painting."""
        size = (frame.size() * self.devicePixelRatioF()).toSize()
        if self._shown is None or self._shown.size() != size:
            ratio, how = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            self._shown = self._picture.scaled(size, ratio, how) if self._picture is not None else QImage()
        return self._shown

    # -- what a person does ------------------------------------------------------------------------

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        if event is not None:
            event.accept()
            self.asked.emit("menu")

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None:
            return
        keys = Qt.Key
        arrows = {keys.Key_Left: (-1, 0), keys.Key_Right: (1, 0), keys.Key_Up: (0, -1), keys.Key_Down: (0, 1)}
        if event.key() in arrows:
            self.moved.emit(*arrows[keys(event.key())])
        elif event.key() == keys.Key_Escape and self._field is not None:
            self._field.setText(self.board.name)
            self._take_name()
        elif event.key() in (keys.Key_F2, keys.Key_Delete):
            self.asked.emit("rename" if event.key() == keys.Key_F2 else "delete")
        elif event.text().isprintable() and event.text() not in ("", " ") and not event.modifiers() & _HELD:
            self.typed.emit(event.text())
        else:
            super().keyPressEvent(event)


_HELD: Final = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
