"""Who has this board: this computer, those who are here, and those who had it when they were last seen."""

import time
from pathlib import Path

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from p2psketch.holders import Holder
from p2psketch.views import Status
from peer.board import Board
from peer.settings import Settings
from peer.ui.ago import ago
from peer.ui.look import font, theme_of
from peer.ui.parting import work
from peer.ui.popover import Popover
from peer.ui.theme import shown
from peer.ui.widgets import Words

WIDTH = 340
ROW = 44
MOST = 8
"""Rows; of more people it is said how many there are."""

NOBODY = "Nobody else is known to have this board. Share its link, and whoever opens it keeps a copy too."
HISTORY = "Everybody on the board keeps all of it, and whoever comes back catches up by themselves."


class HolderRow(QWidget):
    """Somebody, and how much of the board they have."""

    def __init__(self, name: str, says: str, color: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.name, self.says, self._color = name, says, color
        self.setFixedHeight(ROW)
        self.setAccessibleName(f"{name}: {says}")

    def sizeHint(self) -> QSize:
        return QSize(WIDTH - 32, ROW)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shown(self._color, theme))
        painter.drawEllipse(QRectF(0, ROW / 2 - 5, 10, 10))
        inside = self.rect().adjusted(22, 3, 0, -3)
        for text, its_font, color, where in (
            (self.name, font(10, bold=True), theme.text, Qt.AlignmentFlag.AlignTop),
            (self.says, font(8.5), theme.quiet, Qt.AlignmentFlag.AlignBottom),
        ):
            painter.setFont(its_font)
            painter.setPen(color)
            elided = QFontMetrics(its_font).elidedText(text, Qt.TextElideMode.ElideRight, inside.width())
            painter.drawText(inside, where, elided)


class HoldersPopover(Popover):
    """Made anew each time it opens: this computer first."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "Who has this board")
        self.rows: list[HolderRow] = []
        self._parts: list[QWidget] = []
        self.setFixedWidth(WIDTH)
        self.body.setSpacing(2)

    def show_status(self, status: Status, color: int, where: str) -> None:
        """Those that a status names; `where` the board's file is here."""
        for part in self._parts:
            part.hide()
            part.deleteLater()
        self._parts = []
        mine = f"saved in {where}" if status.is_kept else "not saved: it is in memory only"
        self.rows = [HolderRow("This computer", mine, color, self)]
        others = status.holders[:MOST]
        self.rows += [HolderRow(each.name, holds(each, status, time.time()), each.color, self) for each in others]
        for row in self.rows:
            self._add(row)
        if len(status.holders) > MOST:
            self._add(_words(f"And {len(status.holders) - MOST} more."))
        if status.only_here:
            self._add(_words(f"{work(status).capitalize()} only on this computer."))
        self._add(_words(HISTORY if status.holders else NOBODY))

    def _add(self, part: QWidget) -> None:
        self._parts.append(part)
        self.body.addWidget(part)
        part.show()


def _words(text: str) -> Words:
    words = Words(text, points=9, color="quiet", wrap=True)
    words.setFixedWidth(WIDTH - 32)
    words.setFixedHeight(words.heightForWidth(WIDTH - 32) + 6)
    return words


def holds(holder: Holder, status: Status, now: float) -> str:
    """How much of the board somebody has: `all of it, here now`."""
    lacks = max(status.ops - holder.ops, 0)
    what = "all of it" if not lacks else f"all but {lacks:,} change{'' if lacks == 1 else 's'}"
    if not holder.ops:
        what = "nothing yet"
    return f"{what}, here now" if holder.is_here else f"{what}, seen {ago(holder.seen / 1000, now)}"


def remember(settings: Settings, board: Board, path: Path | None) -> None:
    """What the welcome page says of a board that is about to be closed: its name, who has it, what is only here."""
    board.observe()
    status = board.status()
    if path is not None and settings.find(path) is not None:
        others = others_in_words(status.holders)
        settings.note(path, name=board.name, others=others, only_here=status.only_here or 0)
        settings.save()


def others_in_words(holders: tuple[Holder, ...], most: int = 3) -> tuple[str, ...]:
    """The names of those who have something of the board, as the welcome page has them."""
    names = dict.fromkeys(holder.name for holder in holders if holder.ops)
    return tuple(names)[:most] + ((f"{len(names) - most} more",) if len(names) > most else ())
