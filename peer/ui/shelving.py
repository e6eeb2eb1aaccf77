"""What a person does to the boards on this computer: rename, duplicate, copy, delete, put back.

Rule: files are read and written beside the window, in a thread that ends with that; what comes of it is said in the
window. The board that is open is changed through its session, never through its file.
"""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Final, Protocol, TypeVar

from PyQt6.QtCore import QObject, QUrl, pyqtSignal
from PyQt6.QtGui import QDesktopServices

from p2psketch.errors import SketchError
from p2psketch.messages import Person
from peer.settings import Settings
from peer.target import Target
from peer.ui import pictures
from peer.ui.panels.toast import UNDO
from peer.ui.window import Window

T = TypeVar("T")

WITHOUT_KEY: Final = "This copy came without its key: it is a new board now, with what was on it and a link of its own."
FRESH: Final = "This is a new board with a link of its own; it says who drew what."


class Desk(Protocol):
    """Where the board is that is open, if one is."""

    @property
    def person(self) -> Person:
        """Who sits here."""

    @property
    def open_path(self) -> Path | None:
        """The file of the board that is open."""

    def wait_saved(self) -> Callable[[], None]:
        """What waits, in another thread, until the open board's file has all that was drawn so far."""

    def open(self, target: Target) -> None:
        """Show a board in place of the one that is open."""

    def close_board(self) -> None:
        """Show none."""


class Aside(QObject):
    """Does work in a thread of its own, and tells in this one what came of it."""

    _done = pyqtSignal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._threads: list[Thread] = []
        self._over = False
        self._done.connect(self._tell)

    def do(self, work: Callable[[], T], then: Callable[[T], None], wrong: Callable[[str], None]) -> None:
        """`then` with what `work` gives, or `wrong` with the sentence of its SketchError."""
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        self._threads.append(Thread(target=self._run, args=(work, then, wrong), name="files"))
        self._threads[-1].start()

    def finish(self) -> None:
        """Wait for what has begun; nothing is told any more."""
        self._over = True
        for thread in self._threads:
            thread.join()

    def _run(self, work: Callable[[], T], then: Callable[[T], None], wrong: Callable[[str], None]) -> None:
        try:
            result = work()
        except SketchError as error:
            self._done.emit(partial(wrong, str(error)))
        else:
            self._done.emit(partial(then, result))

    def _tell(self, call: Callable[[], None]) -> None:
        if not self._over:
            call()


class Shelving(QObject):
    """Acts on what the window asks for."""

    def __init__(self, window: Window, settings: Settings, desk: Desk) -> None:
        super().__init__(window)
        self._window, self._settings, self._desk = window, settings, desk
        self.aside = Aside(self)

    def act(self, verb: str, path: str) -> None:
        """Do it to the board of a path; empty: the one that is open."""
        verbs = {
            "duplicate": self.duplicate,
            "folder": self._show_in_folder,
            "delete": self.delete,
            "forget": self._forget,
            "restore": self.restore,
            "remove": self._ask_to_remove,
        }
        verbs[verb](path)

    def _do(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        self.aside.do(work, then, self._window.show_news)

    def _is_open(self, path: str) -> bool:
        return self._desk.open_path is not None and str(self._desk.open_path) == path

    def _changed(self) -> None:
        self._settings.save()
        self._window.show_boards()

    def _name_of(self, path: str) -> str:
        known = self._settings.find(path)
        return known.name if known is not None else Path(path).stem

    # -- names and copies --------------------------------------------------------------------------

    def rename(self, path: str, name: str) -> None:
        """Call a board something else."""
        from peer import shelf

        if self._is_open(path) and self._window.desk is not None:
            self._window.desk.board.rename(name)
            self._renamed(path, self._window.desk.board.name)
            return
        person = self._desk.person
        self._do(lambda: shelf.rename(Path(path), name, person), lambda _: self._renamed(path, name))

    def _renamed(self, path: str, name: str) -> None:
        self._settings.note(path, name=name)
        self._changed()

    def duplicate(self, path: str) -> None:
        """Begin a new board with what is seen on another; of the one that is open, the new one is shown instead."""
        shown = not path
        source = Path(path) if path else self._desk.open_path
        if source is not None:
            self._begin_anew(source, self._shown if shown else self._listed, " copy")

    def adopt(self, path: Path) -> None:
        """Open a copy that has no key: it becomes a new board."""
        self._begin_anew(path, lambda target: self._shown(target, WITHOUT_KEY), "")

    def _begin_anew(self, source: Path, then: Callable[[Target], None], suffix: str) -> None:
        from peer import shelf

        person = self._desk.person

        wait_saved = self._desk.wait_saved()
        self._do(lambda: (wait_saved(), shelf.begin_anew(source, person, suffix))[1], then)

    def _shown(self, target: Target, sentence: str = FRESH) -> None:
        self._desk.open(target)
        self._window.show_news(sentence, lasting=True)

    def _listed(self, target: Target) -> None:
        assert target.path is not None
        self._settings.remember(target.name, target.path, time.time())
        self._changed()
        path = str(target.path)
        self._window.show_news(
            f"“{target.name}” is a new board with a link of its own.", "Open", lambda: self._window.open_file.emit(path)
        )

    def save_copy(self, to: str, with_key: bool) -> None:
        """Write the board that is open into another file."""
        from peer import shelf

        source = self._desk.open_path
        if source is not None:
            kind = "A copy" if with_key else "A copy without the key"
            wait_saved = self._desk.wait_saved()

            def work() -> None:
                wait_saved()
                shelf.save_copy(source, Path(to), with_key=with_key)

            self._do(
                work,
                lambda _: self._window.show_news(f"{kind} is saved as {Path(to).name}."),
            )

    def _show_in_folder(self, path: str) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(path).parent)))

    # -- the trash ---------------------------------------------------------------------------------

    def delete(self, path: str) -> None:
        """Into the trash; can be undone."""
        from peer import shelf

        if self._is_open(path):
            self._desk.close_board()
        self._do(lambda: shelf.discard(Path(path)), lambda thrown: self._thrown(path, thrown))

    def _thrown(self, path: str, thrown: Path) -> None:
        board = self._settings.find(path)
        name = self._name_of(path)
        if board is not None:
            self._settings.throw(board, thrown)
        pictures.move(path, thrown)
        self._changed()
        self._window.show_news(f"Deleted “{name}”.", UNDO, lambda: self.restore(str(thrown)), lasting=True)

    def restore(self, path: str) -> None:
        """Out of the trash, to where it was."""
        from peer import shelf

        thrown = next((each for each in self._settings.thrown if each.path == path), None)
        was = Path(thrown.was) if thrown is not None else None
        self._do(lambda: shelf.restore(Path(path), was), lambda to: self._restored(path, to))

    def _restored(self, path: str, to: Path) -> None:
        thrown = next((each for each in self._settings.thrown if each.path == path), None)
        self._settings.thrown = [each for each in self._settings.thrown if each.path != path]
        self._settings.remember(thrown.name if thrown is not None else to.stem, to, time.time())
        self._settings.note(to, others=thrown.others if thrown is not None else ())
        pictures.move(path, to)
        self._changed()

    def _forget(self, path: str) -> None:
        self._settings.forget(path)
        pictures.remove(path)
        self._changed()

    def _ask_to_remove(self, path: str) -> None:
        self._ask_to_remove_all([path])

    def empty(self) -> None:
        """Ask whether all that is in the trash is to go for good."""
        self._ask_to_remove_all([each.path for each in self._settings.thrown])

    def _ask_to_remove_all(self, paths: list[str]) -> None:
        thrown = [each for each in self._settings.thrown if each.path in paths]
        alone = sum(not each.others for each in thrown)
        what = f"“{thrown[0].name}”" if len(thrown) == 1 else f"{len(thrown)} boards"
        nowhere = {0: "others have had it" if len(thrown) == 1 else "others have had all of them"}.get(
            alone, "it is nowhere else" if len(thrown) == 1 else f"{alone} of them are nowhere else"
        )
        self._window.show_news(
            f"{what} will be gone for good; {nowhere}.", "Delete for good", lambda: self._remove(paths), lasting=True
        )

    def _remove(self, paths: list[str]) -> None:
        from peer import shelf

        def work() -> None:
            for path in paths:
                shelf.remove_for_good(Path(path))

        self._do(work, lambda _: self._removed(paths))

    def _removed(self, paths: list[str]) -> None:
        self._settings.thrown = [each for each in self._settings.thrown if each.path not in paths]
        for path in paths:
            pictures.remove(path)
        self._changed()
