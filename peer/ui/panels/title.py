"""Top left: the menu, the board's name, and whether the work is safe."""

from PyQt6.QtCore import QEvent, QObject, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from p2psketch.shapes import MAX_BOARD_NAME
from p2psketch.views import Status
from peer.ui.look import font, theme_of
from peer.ui.panel import PADDING, Panel
from peer.ui.theme import BUTTON
from peer.ui.widgets import Button, Field, IconButton

SHORTEST = 72
"""Pixels below which a name says nothing, and goes into the menu."""

LONGEST = 260
TYPED, WIDEST = 220, 360
"""Pixels to type a name into, at least and at most."""


class NameButton(Button):
    """What the board is called; a click is to change it, where that is possible."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Board", parent)
        self.setFont(font(10, bold=True))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.whole = ""

    def show_name(self, name: str, *, can_change: bool) -> None:
        """The board is called so."""
        self.whole = name
        self.setEnabled(can_change)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if can_change else Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.IBeamCursor if can_change else Qt.CursorShape.ArrowCursor)
        self.setAccessibleName(f"Board {name}")
        self.fit(LONGEST)

    def fit(self, width: int) -> None:
        """Elide the name to at most `width` pixels."""
        text = self.fontMetrics().elidedText(self.whole, Qt.TextElideMode.ElideRight, width)
        if text != self.text():  # else to lay out the panel would ask for it to be laid out, without end
            self.setText(text)
            self.updateGeometry()
        cut = "" if self.text() == self.whole else self.whole
        how = "Rename" if self.isEnabled() else ""
        self.setToolTip("  ·  ".join(part for part in (cut, how) if part))

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 12, BUTTON - 6)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        self.paint_ground(painter, self.ground(theme))
        painter.setPen(theme.text)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())


class QuietLine(Button):
    """One quiet line; a click says more."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("", parent)
        self.setFont(font(8.5))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.color = "quiet"

    @property
    def whole(self) -> str:
        """What it says."""
        return self.text()

    def say(self, text: str, color: str, more: str) -> None:
        """A text in one of the theme's colours, and what there is to know when one points at it."""
        self.setToolTip(more)
        if (text, color) != (self.text(), self.color):
            self.color = color
            self.setText(text)
            self.setAccessibleName(text)
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 18, BUTTON - 6)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        self.paint_ground(painter, self.ground(theme))
        painter.setPen(getattr(theme, self.color))
        painter.drawText(self.rect().adjusted(9, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text())


class TitlePanel(Panel):
    """The menu button, the name and one quiet line, as far as there is room for them. Signals: renamed(str).

    The quiet line keeps the width of the longest it has been: it changes with every stroke.
    """

    renamed = pyqtSignal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.menu = IconButton("list", "Menu", self)
        self.name = NameButton(self)
        self.field = Field(name="Name of the board", parent=self)
        self.quiet = QuietLine(self)
        self.field.setMaxLength(MAX_BOARD_NAME)
        self.field.installEventFilter(self)
        self.field.hide()
        self._quiet_width = 0
        for part in (self.menu, self.name, self.field, self.quiet):
            self.box.addWidget(part)
        self.name.clicked.connect(self.edit_name)
        self.field.editingFinished.connect(self._take_name)

    def show_name(self, name: str, *, can_change: bool = False) -> None:
        """The board is called so."""
        self.name.show_name(name, can_change=can_change)

    def show_status(self, status: Status) -> None:
        """One line: is it saved, and who else has it?"""
        self.quiet.say(safety(status), "quiet" if status.is_kept else "bad", "Who else has this board")
        now = self.quiet.sizeHint().width()
        if now > self._quiet_width:
            self._quiet_width = now
            self.quiet.setFixedWidth(now)

    def fold_to(self, room: int) -> None:
        """Give up the quiet line, then the end of the name, then the name, until it fits into `room` pixels."""
        left = room - 2 * PADDING - BUTTON
        if self.is_editing:
            self.quiet.hide()
            self.name.hide()
            self.field.setFixedWidth(min(max(left, TYPED), WIDEST))
            return
        name = min(self.name.fontMetrics().horizontalAdvance(self.name.whole), LONGEST) + 14
        self.quiet.setVisible(name + self._quiet_width <= left)
        self.name.setVisible(min(name, SHORTEST) <= left)
        self.name.fit(min(name, left) - 12)

    # -- another name ------------------------------------------------------------------------------

    @property
    def is_editing(self) -> bool:
        """Is a name being typed?"""
        return not self.field.isHidden()

    def edit_name(self) -> None:
        """Type another name: Enter takes it, Esc does not."""
        self.field.setText(self.name.whole)
        self.name.hide()
        self.quiet.hide()
        self.field.setFixedWidth(TYPED)
        self.field.show()
        self.field.selectAll()
        self.field.setFocus()

    def _take_name(self) -> None:
        self._end(self.field.text())

    def _end(self, name: str) -> None:
        if not self.is_editing:
            return
        self.field.hide()
        self.name.show()
        self.quiet.show()
        self.renamed.emit(name)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        is_key = watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        if is_key and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            self._end(self.name.whole)
            return True
        return super().eventFilter(watched, event)


def safety(status: Status) -> str:
    """`saved · on 3 others`, or how much of one's own work nobody else has."""
    kept, others = kept_words(status), status.safe_on
    if others:
        return f"{kept} · on {others} {'other' if others == 1 else 'others'}"
    if status.shared:
        return kept
    if status.only_here and status.holders:
        return f"{kept} · {strokes(status.only_here)} only here"
    return f"{kept} · only here"


def kept_words(status: Status) -> str:
    """Is it on this computer's disk, and who sees to that?"""
    if status.shared and status.is_kept:
        return "saved by the other window"
    return "saved" if status.saved else "not saved"


def strokes(many: int) -> str:
    """`1 stroke`, `12 strokes`."""
    return "1 stroke" if many == 1 else f"{many:,} strokes"
