"""The boards on this computer, on the welcome page, and those in the trash.

Rule: shows what it is given, and looks for files and pictures a few at a time after it has been painted: the page is
there at once, however many boards there are and however slow their disk is.
"""

import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from PyQt6.QtCore import QPoint, QTimer, pyqtSignal
from PyQt6.QtGui import QImage, QResizeEvent
from PyQt6.QtWidgets import QWidget

from peer.settings import Recent
from peer.ui.board_tile import RATIO, ROW, TILE, WORDS, Tile
from peer.ui.look import theme_of
from peer.ui.menu import round_menu
from peer.ui.pictures import file_of
from peer.ui.scroll import Scroll
from peer.ui.widgets import Words

GAP: Final = 6
LOOKS: Final = 4
"""Boards whose file and picture are looked for in one turn."""
TYPING: Final = 1.0
"""Seconds within which letters belong to one word."""

NONE_YET: Final = "No boards yet. The ones you draw on will be listed here, and are kept on this computer."
NONE_THROWN: Final = "The trash is empty."

MENU: Final = (
    (("open", "Open"), ("rename", "Rename…"), ("duplicate", "Duplicate as a new board"), ("folder", "Show in folder")),
    (("delete", "Delete"),),
)
GONE_MENU: Final = ((("forget", "Remove from the list"),),)
TRASH_MENU: Final = ((("restore", "Put back"),), (("remove", "Delete for good…"),))


class Grid(QWidget):
    """Tiles side by side, or rows where it is narrow."""

    def __init__(self) -> None:
        super().__init__()
        self.tiles: list[Tile] = []
        self.columns = 1

    def arrange(self) -> None:
        """Put them where they belong, for the width there is."""
        width = self.width() - GAP
        self.columns = max(width // (TILE + GAP), 1) if width >= 2 * TILE else 1
        across = (width - GAP * (self.columns - 1)) // self.columns
        high = ROW if self.columns == 1 else round((across - 12) * RATIO) + WORDS + 18
        for at, tile in enumerate(self.tiles):
            row, column = divmod(at, self.columns)
            tile.setGeometry(column * (across + GAP), row * (high + GAP), across, high)
        rows = -(-len(self.tiles) // self.columns)
        if self.tiles:
            self.setMinimumHeight(rows * (high + GAP))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self.arrange()


class RecentList(Scroll):
    """Signals: picked(str) with the path of a board; asked(str, str) with a verb of MENU and a path; named(str, str)
    with a path and a new name.
    """

    picked = pyqtSignal(str)
    asked = pyqtSignal(str, str)
    named = pyqtSignal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(QWidget(), parent)
        self.rows: list[Tile] = []
        self._grid = Grid()
        self._looking: list[Tile] = []
        self._typed, self._typed_at = "", 0.0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)

    def show_boards(self, boards: Iterable[Recent], now: float, *, thrown: bool = False) -> None:
        """The newest first, or a sentence if there is none."""
        self._grid = Grid()
        self.rows = self._grid.tiles = [self._tile(board, now, thrown=thrown) for board in boards]
        if not self.rows:
            nothing = Words(NONE_THROWN if thrown else NONE_YET, self._grid, points=9, color="quiet", wrap=True)
            nothing.setGeometry(10, 6, 220, nothing.heightForWidth(220))
            self._grid.setMinimumHeight(nothing.height() + 12)
        self.show_inside(self._grid)
        self._grid.arrange()
        self._looking = list(self.rows)
        self._timer.start(0)

    def _tile(self, board: Recent, now: float, *, thrown: bool) -> Tile:
        tile = Tile(board, now, self._grid, thrown=thrown)
        tile.clicked.connect(lambda: self._pick(tile))
        tile.asked.connect(lambda verb: self._ask(tile, verb))
        tile.named.connect(lambda name: self.named.emit(tile.board.path, name))
        tile.moved.connect(lambda dx, dy: self.step(tile, dx + dy * self._grid.columns))
        tile.typed.connect(self._find)
        return tile

    # -- files and pictures ------------------------------------------------------------------------

    def _look(self) -> None:
        """After the page has been painted: which boards are there, and what they look like."""
        some, self._looking = self._looking[:LOOKS], self._looking[LOOKS:]
        for tile in some:
            self._look_for(tile)
        if not self._looking:
            self._timer.stop()

    def _look_for(self, tile: Tile) -> None:
        if not Path(tile.board.path).is_file():
            tile.show_missing()
        picture = QImage(str(file_of(tile.board.path, dark=theme_of(self).dark)))
        tile.show_picture(picture if not picture.isNull() else None)

    def look_again(self, path: str = "") -> None:
        """The picture of a board is new, or those of all are, since the theme is another."""
        self._looking += [tile for tile in self.rows if path in ("", tile.board.path)]
        self._timer.start(0)

    # -- what a person does ------------------------------------------------------------------------

    def tile_of(self, path: str) -> Tile | None:
        """The tile of a board."""
        return next((tile for tile in self.rows if tile.board.path == path), None)

    @property
    def focused(self) -> int | None:
        """Which board has the keyboard, or will have it when the window is the active one."""
        window = self.window()
        held = window.focusWidget() if window is not None else None
        return next((at for at, tile in enumerate(self.rows) if tile is held), None)

    def take_focus(self, at: int = 0) -> None:
        """The keyboard goes to a board; to the last, where there are fewer, and where there is none, to this list."""
        (self.rows[min(at, len(self.rows) - 1)] if self.rows else self).setFocus()

    def step(self, tile: Tile, by: int) -> None:
        """The keyboard goes to another board, if there is one there."""
        at = self.rows.index(tile) + by
        if 0 <= at < len(self.rows):
            self.rows[at].setFocus()
            self.ensureWidgetVisible(self.rows[at], 0, GAP)

    def _find(self, letter: str) -> None:
        """The keyboard goes to the board whose name begins as it was typed."""
        now = time.monotonic()
        self._typed = letter if now - self._typed_at > TYPING else self._typed + letter
        self._typed_at = now
        for tile in self.rows:
            if tile.board.name.casefold().startswith(self._typed.casefold()):
                tile.setFocus()
                self.ensureWidgetVisible(tile, 0, GAP)
                return

    def _pick(self, tile: Tile) -> None:
        if tile.thrown:
            self._ask(tile, "menu")
        else:
            self.picked.emit(tile.board.path)

    def _ask(self, tile: Tile, verb: str) -> None:
        if verb == "menu":
            self._open_menu(tile)
        elif verb == "rename" and not tile.thrown and not tile.missing:
            tile.edit_name()
        elif verb == "delete":
            self.asked.emit("remove" if tile.thrown else "forget" if tile.missing else "delete", tile.board.path)
        elif verb != "rename":
            self.asked.emit(verb, tile.board.path)

    def _open_menu(self, tile: Tile) -> None:
        self.menu = round_menu(tile.board.name, self)
        groups: Sequence[Sequence[tuple[str, str]]] = TRASH_MENU if tile.thrown else GONE_MENU if tile.missing else MENU
        for at, group in enumerate(groups):
            if at:
                self.menu.addSeparator()
            for verb, text in group:
                action = self.menu.addAction(text)
                if action is not None:
                    action.triggered.connect(lambda _=False, verb=verb: self._do(tile, verb))
        self.menu.popup(tile.mapToGlobal(QPoint(tile.width() // 3, tile.height() // 2)))

    def _do(self, tile: Tile, verb: str) -> None:
        if verb == "open":
            self._pick(tile)
        else:
            self._ask(tile, verb)
