"""Asking for files, without stopping what goes on around."""

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFileDialog, QWidget

BOARDS = "Boards (*.p2psketch)"
PICTURES = "Pictures (*.png)"


def ask_for_board(parent: QWidget, folder: Path, chosen: Callable[[Path], None]) -> QFileDialog:
    """Call `chosen` with the board file that a person picks, if they do."""
    dialog = QFileDialog(parent, "Open a board", str(folder), BOARDS)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    return _ask(dialog, chosen)


def ask_for_picture(parent: QWidget, suggestion: Path, chosen: Callable[[Path], None]) -> QFileDialog:
    """Call `chosen` with where a picture is to be saved, if a person says so."""
    dialog = QFileDialog(parent, "Save a picture", str(suggestion.parent), PICTURES)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("png")
    dialog.selectFile(suggestion.name)
    return _ask(dialog, chosen)


def _ask(dialog: QFileDialog, chosen: Callable[[Path], None]) -> QFileDialog:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    dialog.open()
    return dialog
