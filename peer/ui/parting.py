"""Closing the window while some of one's work is nowhere else: said once, in a line, and never in the way.

Rule: asks the board's status and nothing else. The first attempt to close waits a moment if somebody is there to take
the work, and else asks; the second one closes. A board that nobody else has ever had is closed without a word: its
owner knows, and the panel at the top left says so all the time.
"""

from typing import Final

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from p2psketch.views import Status
from peer.board import Board
from peer.ui.panels.banner import Banner
from peer.ui.panels.title import strokes

MOMENT: Final = 1_500
"""Milliseconds that the work has to reach somebody who is there."""
LOOK: Final = 100

CLOSE, KEEP, STAY = "Close anyway", "Keep open until others have it", "Do not close"


class Parting(QObject):
    """Signals: ready() when the window may close now."""

    ready = pyqtSignal()

    def __init__(self, board: Board, banner: Banner, parent: QObject) -> None:
        super().__init__(parent)
        self._board, self.banner = board, banner
        self._asked = self._holds_on = False
        self._waited = 0
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK)
        self._timer.timeout.connect(self._look)

    def may_close(self) -> bool:
        """Whether the window may close at once; if not, it is said why, and the next time it may."""
        status = self._board.status()
        if self._asked or not is_at_risk(status):
            return True
        self._asked, self._waited = True, 0
        if status.direct:
            self.banner.say(f"One moment: {work(status)} on the way to the others.", [(CLOSE, self.ready.emit)])
            self._timer.start()
        else:
            self._ask(status)
        return False

    def stay(self) -> None:
        """The window is not to be closed after all."""
        self._asked = self._holds_on = False
        self._timer.stop()
        self.banner.hide_it()

    def _ask(self, status: Status) -> None:
        self._timer.stop()
        choices = [(CLOSE, self.ready.emit), (KEEP, self._hold_on)]
        self.banner.say(f"{work(status).capitalize()} only on this computer.", choices)

    def _hold_on(self) -> None:
        self._holds_on = True
        status = self._board.status()
        self.banner.say(
            f"This window closes as soon as somebody else has your work: {work(status)} only here.",
            [(CLOSE, self.ready.emit), (STAY, self.stay)],
        )
        self._timer.start()

    def _look(self) -> None:
        status = self._board.status()
        self._waited += LOOK
        if not is_at_risk(status):
            self._timer.stop()
            self.ready.emit()
        elif not self._holds_on and self._waited >= MOMENT:
            self._ask(status)


def is_at_risk(status: Status) -> bool:
    """Is some work of this computer nowhere else, on a board that somebody else has?"""
    return status.only_here is not None and bool(status.holders or status.direct)


def work(status: Status) -> str:
    """`your last 12 strokes are`."""
    many = status.only_here
    if not many:
        return "your last changes are"
    return "your last stroke is" if many == 1 else f"your last {strokes(many)} are"
