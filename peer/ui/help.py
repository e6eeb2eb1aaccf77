"""The keyboard shortcuts, made from the table of actions."""

from itertools import groupby
from typing import Final

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeySequence
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from peer.ui.actions import ACTIONS, GESTURES
from peer.ui.popover import Popover
from peer.ui.widgets import Words

BESIDE: Final = ("View", "Board")
"""The groups of the second column."""


def key_text(keys: tuple[str, ...]) -> str:
    """`P, D, B, 7` as this system writes keys."""
    format = QKeySequence.SequenceFormat.NativeText
    return ", ".join(QKeySequence(key).toString(format) for key in keys)


def sections(*, editing: bool = True) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each group's title and its (words, keys), with or without those that edit; actions without keys are in the menu,
    not here.
    """
    found = [
        (group, [(row.text.rstrip("…"), key_text(row.keys)) for row in rows if row.keys and (editing or not row.edits)])
        for group, rows in groupby(ACTIONS, key=lambda row: row.group)
    ]
    gestures = [(words, hands) for words, hands, edits in GESTURES if editing or not edits]
    return [(group, rows) for group, rows in (*found, ("Mouse, stylus and touch", gestures)) if rows]


class HelpPopover(Popover):
    """Two columns of what the keys do; `editing`: for who may draw too."""

    def __init__(self, parent: QWidget, *, editing: bool = True) -> None:
        super().__init__(parent, "Keyboard shortcuts")
        self.editing = editing
        columns = QHBoxLayout()
        columns.setSpacing(40)
        found = sections(editing=editing)
        beside = [section for section in found if section[0] in BESIDE]
        for part in ([section for section in found if section not in beside], beside):
            column = QVBoxLayout()
            column.setSpacing(0)
            for title, rows in part:
                column.addLayout(_section(title, rows))
                column.addSpacing(16)
            column.addStretch(1)
            columns.addLayout(column)
        self.body.addLayout(columns)


def _section(title: str, rows: list[tuple[str, str]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(5)
    grid.addWidget(Words(title, points=8.5, color="quiet"), 0, 0)
    for at, (words, keys) in enumerate(rows, 1):
        grid.addWidget(Words(words, points=9), at, 0)
        shown = Words(keys, points=9, color="quiet")
        shown.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(shown, at, 1)
    grid.setColumnStretch(0, 1)
    return grid
