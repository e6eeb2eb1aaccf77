"""Saving a picture of the board while drawing goes on; the toast says how far it is, and cancels it.

Rule: one picture at a time; another one takes the place of the one that is not finished.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject

from peer.board import Board
from peer.ui.panels.toast import Toast

if TYPE_CHECKING:
    from peer.ui.exporting import Export


class Snapshot(QObject):
    """`save` begins; the rest is said on the toast."""

    def __init__(self, board: Board, toast: Toast, parent: QObject) -> None:
        super().__init__(parent)
        self._board, self._toast = board, toast
        self._export: Export | None = None

    def save(self, path: Path) -> None:
        """Write what is on the board into a PNG file."""
        from peer.ui.exporting import Export  # not needed to show a window

        self.cancel()
        export = self._export = Export(self._board.document, path, self)
        export.progressed.connect(self._tell)
        export.saved.connect(lambda: self._end(f"The picture is saved as {path.name}."))
        export.failed.connect(lambda why: self._end(f"The picture could not be saved: {why}.", lasting=True))

    def cancel(self) -> None:
        """The picture that is being saved is not wanted any more."""
        if self._export is not None:
            self._export.cancel()
            self._export = None

    def _tell(self, percent: int) -> None:
        self._toast.say(f"Saving the picture … {percent} %", "Cancel", self.cancel)

    def _end(self, sentence: str, *, lasting: bool = False) -> None:
        self._export = None
        self._toast.say(sentence, lasting=lasting)
