"""Asking for files, without stopping what goes on around."""

import re
from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QMimeData, Qt
from PyQt6.QtWidgets import QFileDialog, QWidget

ENDING = ".p2psketch"
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


def ask_for_copy(parent: QWidget, suggestion: Path, chosen: Callable[[Path], None]) -> QFileDialog:
    """Call `chosen` with where a copy of a board is to be saved, if a person says so."""
    dialog = QFileDialog(parent, "Save a copy", str(suggestion.parent), BOARDS)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(ENDING[1:])
    dialog.selectFile(suggestion.name)
    return _ask(dialog, chosen)


def file_name(name: str) -> str:
    """A board's name as that of a file."""
    return re.sub(r"[^\w -]+", "-", name).strip("-. ") or "board"


def dropped(data: QMimeData) -> tuple[str, str]:
    """What to do with something that was dropped on the window: `open` a path, `join` a link, or `say` a sentence."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    boards = [path for path in paths if path.suffix.lower() == ENDING]
    if boards:
        return "open", str(boards[0])
    text = data.text().strip()
    if not paths and text.lower().startswith("p2psketch://"):
        return "join", text
    if paths:
        return "say", f"“{paths[0].name}” is no board: files that end in {ENDING} can be opened here."
    return "say", "What was dropped is neither a board nor an invite link."


def _ask(dialog: QFileDialog, chosen: Callable[[Path], None]) -> QFileDialog:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    dialog.open()
    return dialog
