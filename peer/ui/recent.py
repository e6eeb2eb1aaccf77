"""The boards opened before, on the welcome page."""

import time
from collections.abc import Sequence
from pathlib import Path

from PyQt6.QtCore import QRect, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from peer.settings import Recent
from peer.ui.look import font, theme_of
from peer.ui.scroll import Scroll
from peer.ui.widgets import Button, Words

ROW = 48
NONE_YET = "No boards yet. The ones you draw on will be listed here, and are kept on this computer."


def ago(then: float, now: float) -> str:
    """When that was, as people say it."""
    days = _days(then, now)
    if days <= 0:
        minutes = max(int((now - then) // 60), 0)
        if minutes < 1:
            return "just now"
        return f"{minutes} min ago" if minutes < 60 else f"today {time.strftime('%H:%M', time.localtime(then))}"
    if days == 1:
        return "yesterday"
    return f"{days} days ago" if days < 14 else time.strftime("%Y-%m-%d", time.localtime(then))


def _days(then: float, now: float) -> int:
    """Midnights between two times."""
    noon = [time.mktime((*time.localtime(moment)[:3], 12, 0, 0, 0, 0, -1)) for moment in (then, now)]
    return round((noon[1] - noon[0]) / 86_400)


class RecentRow(Button):
    """A board: its name, when it was opened, its file."""

    def __init__(self, board: Recent, now: float, parent: QWidget) -> None:
        super().__init__(f"{board.name}, {ago(board.opened, now)}", parent)
        self.board = board
        self.about = f"{ago(board.opened, now)}  ·  {Path(board.path).name}"
        self.setToolTip(board.path)
        self.setFixedHeight(ROW)

    def sizeHint(self) -> QSize:
        return QSize(200, ROW)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        self.paint_ground(painter, self.ground(theme))
        inside = self.rect().adjusted(10, 5, -10, -5)
        lines = ((self.board.name, font(10, bold=True), theme.text), (self.about, font(8.5), theme.quiet))
        for at, (text, its_font, color) in enumerate(lines):
            half = QRect(inside.x(), inside.y() + at * inside.height() // 2, inside.width(), inside.height() // 2)
            painter.setFont(its_font)
            painter.setPen(color)
            elided = QFontMetrics(its_font).elidedText(text, Qt.TextElideMode.ElideMiddle, half.width())
            painter.drawText(half, Qt.AlignmentFlag.AlignVCenter, elided)


class RecentList(Scroll):
    """Signals: picked(str) with the path of a board."""

    picked = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(QWidget(), parent)
        self.rows: list[RecentRow] = []

    def show_boards(self, boards: Sequence[Recent], now: float) -> None:
        """The newest first, or a sentence if there is none."""
        inside = QWidget()
        self.rows = [RecentRow(board, now, inside) for board in boards]
        box = QVBoxLayout(inside)
        box.setContentsMargins(0, 0, 6, 0)
        box.setSpacing(2)
        for row in self.rows:
            row.clicked.connect(lambda _=False, path=row.board.path: self.picked.emit(path))
            box.addWidget(row)
        if not self.rows:
            nothing = Words(NONE_YET, points=9, color="quiet", wrap=True)
            nothing.setContentsMargins(10, 6, 0, 0)
            box.addWidget(nothing)
        box.addStretch(1)
        self.show_inside(inside)
