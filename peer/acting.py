"""An actor in a window of the demo: does what the demo asks for, as a hand with a stylus would.

Rule: it draws with the canvas' own tools, so what is seen is what a person would cause. Commands come as lines of JSON
on stdin, each is answered by one line on stdout; when stdin ends, the demo is gone, and so is this window.
"""

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any, Final

from PyQt6.QtCore import QObject, QRect, QTimer, pyqtSignal
from PyQt6.QtGui import QGuiApplication

from peer import scenes
from peer.ui.desk import Desk
from peer.ui.picture import save_png
from peer.ui.placing import SIZE
from peer.ui.playing import Player
from peer.ui.window import Window

GAP: Final = 8
"""Pixels between two windows."""
TITLE_BAR: Final = 32
"""Pixels above a window, before the system says how many they are."""
SETTLED_AFTER: Final = 300
"""Milliseconds until it has."""
CLOSED_WITHIN: Final = 6.0
"""Seconds from the end of the demo to that of this process, in any case."""

Answer = dict[str, Any]


class Actor(QObject):
    """One of the people of the demo; `part` is its number and how many they are, like `0/3`.

    It takes its place on the screen at once. `listen` when the window is shown.
    """

    _heard = pyqtSignal(str)
    _alone = pyqtSignal()

    def __init__(self, window: Window, part: str) -> None:
        super().__init__(window)
        self._window = window
        self._desk = window.desk
        self._number, self._count = (int(text) for text in part.split("/"))
        color = scenes.PEOPLE[self._number][1]
        self._player = Player(self._desk, color) if self._desk is not None else None
        self._playing = False
        if self._desk is not None:
            self._desk.destroyed.connect(self._leave)
        self._heard.connect(self._obey)
        self._alone.connect(window.close)
        if QGuiApplication.platformName() != "offscreen":
            self._take_place(TITLE_BAR)
        else:
            window.resize(SIZE)  # in pictures it is as large as on a screen

    def listen(self) -> None:
        """Do what stdin says, from now on."""
        threading.Thread(target=self._read, name="commands", daemon=True).start()
        if QGuiApplication.platformName() != "offscreen":
            QTimer.singleShot(SETTLED_AFTER, self._settle)

    def _read(self) -> None:
        """In a thread of its own: lines from stdin. Not `sys.stdin`, which must not be locked when Python ends."""
        rest = b""
        while data := os.read(0, 65536):
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                self._heard.emit(line.decode())
        self._alone.emit()
        time.sleep(CLOSED_WITHIN)
        os._exit(1)

    # -- the window's place --------------------------------------------------------------------------

    def _take_place(self, bar: int) -> None:
        screen = QGuiApplication.primaryScreen()
        if screen is not None:
            place = tile(self._number, self._count, screen.availableGeometry())
            self._window.resize(place.width(), place.height() - bar)
            self._window.move(place.topLeft())

    def _settle(self) -> None:
        """Now it is known how high the title bar is."""
        self._take_place(self._window.frameGeometry().height() - self._window.geometry().height())

    # -- commands ------------------------------------------------------------------------------------

    def _obey(self, line: str) -> None:
        command = json.loads(line)
        desk, player = self._desk, self._player
        if desk is None or player is None or self._window.desk is not desk:
            _answer({"left": True})
            return
        match command:
            case {"do": "draw", "part": part, "speed": speed}:
                self._play(player, part, speed)
            case {"do": "report"}:
                _answer(_report(desk))
            case {"do": "save", "board": board, "window": window}:
                _answer(self._save(desk, Path(board), Path(window)))
            case {"do": "quit"}:
                self._window.close()

    def _play(self, player: Player, part: str, speed: float) -> None:
        strokes = scenes.part(part, self._count)[self._number]
        waits = not strokes or part == scenes.WITHOUT[-1]
        self._playing = True
        player.play(strokes, speed, self._played, scenes.rest(self._number, self._count) if waits else None)

    def _played(self) -> None:
        self._playing = False
        _answer({})

    def _leave(self) -> None:
        """The person at this window looks at something else now."""
        if self._playing:
            self._playing = False
            _answer({"left": True})

    def _save(self, desk: Desk, board: Path, window: Path) -> Answer:
        """The board as a picture, and the window as it looks."""
        try:
            save_png(desk.board.document, board)
        except OSError as error:
            return {"error": f"{board} cannot be written: {error.strerror or error}"}
        return {} if self._window.grab().save(str(window)) else {"error": f"{window} cannot be written"}


def _report(desk: Desk) -> Answer:
    board, status = desk.board, desk.board.status()
    return {
        "digest": board.document.digest().hex(),
        "shapes": board.document.visible_count,
        "direct": status.direct,
        "tracker": bool(status.tracker_reachable),
    }


def _answer(answer: Answer) -> None:
    try:
        print(json.dumps(answer), flush=True)
    except OSError:  # nobody listens: stdin will end too
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def tile(number: int, count: int, area: QRect) -> QRect:
    """The place of a window among `count`: columns side by side, the last ones with a row more where it must be."""
    columns = next(columns for columns in range(1, count + 1) if columns * columns >= count)
    rows = [count // columns + (column >= columns - count % columns) for column in range(columns)]
    column = next(column for column in range(columns) if number < sum(rows[: column + 1]))
    row = number - sum(rows[:column])
    left, right = (area.width() * at // columns for at in (column, column + 1))
    top, bottom = (area.height() * at // rows[column] for at in (row, row + 1))
    place = QRect(area.left() + left, area.top() + top, right - left, bottom - top)
    return place.adjusted(GAP // 2, GAP // 2, -GAP // 2, -GAP // 2)
