"""The open board as a thing with a name, a file and people who have it: the panel at the top left, and what it opens.

Rule: asks the board, and says what it is told; where popovers stand is the desk's to know.
"""

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QWidget

from p2psketch.views import Status
from peer.board import Board
from peer.ui.copying import CopyPopover
from peer.ui.holders import HoldersPopover
from peer.ui.panels.banner import Banner
from peer.ui.panels.title import TitlePanel
from peer.ui.panels.toast import Toast


class Paperwork(QObject):
    """Signals: renamed() when the board is called something else now."""

    renamed = pyqtSignal()

    def __init__(self, board: Board, title: TitlePanel, toast: Toast, parent: QWidget) -> None:
        super().__init__(parent)
        self._board, self._title, self._toast = board, title, toast
        self.holders = HoldersPopover(parent)
        self.copying = CopyPopover(parent)
        self.trouble = Banner(parent)
        self.file_name = "memory"
        title.renamed.connect(self._rename)
        title.quiet.clicked.connect(self._toggle_holders)
        self._show_name()

    def named(self) -> None:
        """Somebody has named the board."""
        self._show_name()
        self.renamed.emit()

    def show_status(self, status: Status) -> None:
        """How things stand; what is wrong is said as long as it is true."""
        self._title.show_status(status)
        if status.trouble:
            self.trouble.say(status.trouble, color="bad")
        else:
            self.trouble.hide_it()

    def rename(self) -> None:
        """Type another name."""
        if self._board.can_be_named:
            self._title.edit_name()

    def say_saved(self) -> None:
        """There is nothing to save: it has been."""
        self._toast.say(self._board.status().trouble or f"Saved as you draw, in {self.file_name}.")

    def ask_for_copy(self) -> None:
        """Ask what kind of copy to save."""
        self.copying.show_for(can_edit=self._board.can_edit)
        self.copying.open()

    def _show_name(self) -> None:
        self._title.show_name(self._board.name, can_change=self._board.can_be_named)

    def _rename(self, name: str) -> None:
        self._board.rename(name)
        self._show_name()

    def _toggle_holders(self) -> None:
        if not self.holders.is_open:
            me = self._board.people()[0]
            self.holders.show_status(self._board.status(), me.color, self.file_name)
        self.holders.toggle()
