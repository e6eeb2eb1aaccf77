"""What a person can do, as one table: name, words, keys, where the help lists it.

The window says what each name calls; menus, buttons and the help are made from the table.
"""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction, QActionGroup, QKeySequence
from PyQt6.QtWidgets import QWidget


class Row(NamedTuple):
    """One action. The first of `keys` is the one that is shown. One that `edits` is not for who may only look."""

    name: str
    text: str
    keys: tuple[str, ...] = ()
    group: str = ""
    is_tool: bool = False
    needs_board: bool = True
    edits: bool = False


ACTIONS: Final = (
    Row("pen", "Pen", ("P", "D", "B", "7"), "Tools", is_tool=True, edits=True),
    Row("highlighter", "Highlighter", ("Shift+P", "Shift+D"), "Tools", is_tool=True, edits=True),
    Row("eraser", "Eraser", ("E", "0"), "Tools", is_tool=True, edits=True),
    Row("other_eraser", "Erase strokes or parts of them", ("Shift+E",), "Tools", edits=True),
    Row("hand", "Hand", ("H",), "Tools", is_tool=True),
    Row("thinner", "Thinner", ("[",), "Tools", edits=True),
    Row("thicker", "Thicker", ("]",), "Tools", edits=True),
    Row("undo", "Undo", ("Ctrl+Z",), "Edit", edits=True),
    Row("redo", "Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "Edit", edits=True),
    Row("clear", "Clear board", (), "Edit", edits=True),
    Row("zoom_in", "Zoom in", ("Ctrl++", "Ctrl+="), "View"),
    Row("zoom_out", "Zoom out", ("Ctrl+-",), "View"),
    Row("zoom_reset", "Zoom to 100 %", ("Ctrl+0",), "View"),
    Row("fit", "Show everything", ("Shift+1",), "View"),
    Row("dark", "Light or dark", ("Alt+Shift+D",), "View", needs_board=False),
    Row("zen", "Hide the panels", ("Alt+Z",), "View"),
    Row("full_screen", "Full screen", ("F11",), "View", needs_board=False),
    Row("new", "New board", ("Ctrl+N",), "Board", needs_board=False),
    Row("open", "Open…", ("Ctrl+O",), "Board", needs_board=False),
    Row("join", "Join with a link…", (), "Board", needs_board=False),
    Row("boards", "Boards on this computer", (), "Board", needs_board=False),
    Row("rename", "Rename…", ("F2",), "Board", edits=True),
    Row("save", "Save: is done as you draw", ("Ctrl+S",), "Board"),
    Row("copy", "Save a copy…", ("Ctrl+Shift+S",), "Board"),
    Row("duplicate", "Duplicate as a new board", (), "Board"),
    Row("picture", "Save picture…", ("Ctrl+Shift+E",), "Board"),
    Row("person", "Name and colour…", (), "Board"),
    Row("help", "Keyboard shortcuts", ("?", "F1"), "Board", needs_board=False),
    Row("quit", "Quit", ("Ctrl+Q",), "Board", needs_board=False),
)

ICONS: Final = {"hand": "hand", "pen": "pencil-simple", "highlighter": "highlighter", "eraser": "eraser"}
"""The tools, in the order of the strip."""

MENU: Final = (
    ("new", "open", "join", "boards"),
    ("rename", "duplicate", "copy", "picture", "clear"),
    ("theme", "person"),
    ("help",),
    ("quit",),
)
"""The menu's entries by group; `theme` is a submenu."""

GESTURES: Final = (
    ("Move the board", "Space + drag, middle button, wheel", False),
    ("Zoom", "Ctrl + wheel", False),
    ("Erase for a moment", "Ctrl + drag with the pen", True),
    ("Erase with a stylus", "its other end, or its first button", True),
    ("Move and zoom by touch", "two fingers; one, once a stylus was used", False),
    ("Undo, redo by touch", "tap with two fingers, with three", True),
    ("Take back the stroke at hand", "Esc", True),
    ("Follow somebody; stop", "click their initial; Esc", False),
)
"""What the help lists besides the actions, and whether it edits."""


def make_actions(window: QWidget, calls: Mapping[str, Callable[[], None]]) -> dict[str, QAction]:
    """An action for every row, with its keys, on the window. One of the tools is checked."""
    made = {}
    tools = QActionGroup(window)
    for row in ACTIONS:
        action = QAction(row.text, window)
        action.setShortcuts([QKeySequence(key) for key in row.keys])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        if row.is_tool:
            action.setCheckable(True)
            tools.addAction(action)
        action.triggered.connect(_call(calls[row.name]))
        window.addAction(action)
        made[row.name] = action
    return made


def _call(call: Callable[[], None]) -> Callable[[bool], None]:
    def triggered(_checked: bool = False) -> None:
        call()

    return triggered
