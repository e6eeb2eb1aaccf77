"""The window program: from a person's choice to an open board.

Rule: puts the parts together and owns what is open, one board at a time; what a part does is up
to the part. Here are the only decisions about trackers: a new board with none configured gets an
embedded one, which runs as long as its board is open here.

The order of the start is decided here too. First comes the window, painted: with the welcome page, which needs Qt and
the settings, or with the board of the command line, which needs all that one draws with. Everything else, the network
above all, is imported by the network thread, which starts once the window has been painted (`App.begin`).
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PyQt6 import sip
from PyQt6.QtCore import QMessageLogContext, QObject, QTimer, QtMsgType, qInstallMessageHandler
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QApplication

from p2psketch.address import Address
from p2psketch.errors import SketchError, WithoutKey
from peer import interpreter
from peer.bridge import NetworkThread
from peer.settings import Settings
from peer.ui.first_paint import FirstPaint
from peer.ui.window import Window

if TYPE_CHECKING:
    from p2psketch.messages import Person
    from peer.opening import OpenBoard
    from peer.target import Target
    from peer.ui.shelving import Shelving
    from peer.ui.thumbnails import Thumbnailer
    from tracker.server import TrackerServer

log = logging.getLogger(__name__)

SAVED_WITHIN: Final = 10.0
TRACKER_WITHIN: Final = 5.0
"""Seconds for an embedded tracker to start or stop."""

NEW_NAME: Final = "Untitled board"

KEPT: Final = "This was a view link; you hold the edit link of this board already, so you can draw."

WITHOUT: Final = "“keep”, “draw”, “export”, “info” and “demo” need no display."

SIGNALS_EVERY: Final = 200
"""Milliseconds: how often Python gets to look at signals while Qt waits."""


def _import_the_rest() -> None:
    """Whatever is needed once a board is open."""
    import peer.node
    import peer.opening
    import peer.ui.desk  # noqa: F401
    import tracker.server  # noqa: F401

    interpreter.settle()


class App(QObject):
    """The window, the settings, and the board that is open."""

    def __init__(self, settings: Settings, given: Person | None, port: int) -> None:
        super().__init__()
        self.settings = settings
        self.window = Window(settings, given.name if given is not None else "")
        self._given = given
        self._port = port
        self._open: OpenBoard | None = None
        self._tracker: TrackerServer | None = None
        self._thread = NetworkThread(_import_the_rest)
        self._begun = False
        self.window.new_board.connect(self._new)
        self.window.join_link.connect(self._join_link)
        self.window.join_room.connect(self._join_room)
        self.window.open_file.connect(self._open_file)
        self.window.closed.connect(self.close)
        self.window.changed.connect(self._board_changed)
        self.window.asked.connect(lambda verb, path: self.shelving.act(verb, path))
        self.window.named.connect(lambda path, name: self.shelving.rename(path, name))
        self.window.empty.connect(lambda: self.shelving.empty())
        self.window.copy_wanted.connect(lambda to, with_key: self.shelving.save_copy(to, with_key))
        self._shelving: Shelving | None = None
        self._thumbnails: Thumbnailer | None = None
        FirstPaint(self.window, self.begin)

    @property
    def person(self) -> Person:
        """Who sits here."""
        from p2psketch.messages import Person

        return self._given or Person(*self.window.person)

    @property
    def shelving(self) -> Shelving:
        """What acts on boards that are files; imported when it is needed."""
        if self._shelving is None:
            from peer.ui.shelving import Shelving

            self._shelving = Shelving(self.window, self.settings, self)
        return self._shelving

    @property
    def open_path(self) -> Path | None:
        """The file of the board that is open."""
        return self._open.target.path if self._open is not None else None

    def wait_saved(self) -> Callable[[], None]:
        """What waits, in another thread, until the open board's file has all that was drawn so far."""
        if self._open is None:
            return lambda: None
        saved = self._open.saved()
        return lambda: saved.result(SAVED_WITHIN)

    def begin(self) -> None:
        """The window is there: begin with the network, and take the board that is open to it. Again: nothing."""
        if not self._begun:
            self._begun = True
            self._thread.start()
            self.settings.find_lost()
            self.window.show_boards()
            if self._open is not None:
                self._connect(self._open)

    # -- what a person chooses -----------------------------------------------------------------------

    def _new(self) -> None:
        """A private board; the window runs a tracker for it, whose address is in the link."""
        self.begin()
        from peer import target as targets
        from peer.hosts import own_hosts

        self.close_board()
        port = self._start_tracker(targets.TRACKER_PORT)
        if port is None:
            return
        target = targets.new_board(NEW_NAME, [Address(host, port) for host in own_hosts(())], port)
        self._show(target)
        if (clipboard := QGuiApplication.clipboard()) is not None:
            clipboard.setText(target.invite.format())
        self.window.show_news("The invite link is copied: whoever has it can draw here.")

    def _join_link(self, link: str) -> None:
        from p2psketch.invite import Invite
        from peer import target as targets

        self._try(lambda: targets.from_invite(Invite.parse(link)))

    def _join_room(self, tracker: str, name: str) -> None:
        from peer import target as targets

        self._try(lambda: targets.open_room(name, [targets.tracker_address(tracker)], []))

    def _open_file(self, path: str) -> None:
        from peer import target as targets

        if self._open is not None and self._open.target.path == Path(path).resolve():
            self.window.show_desk()  # its file is being written to: closing and reading it again would gain nothing
            return
        try:
            self._try(lambda: targets.from_file(Path(path)))
        except WithoutKey:
            self.shelving.adopt(Path(path))

    def _try(self, find: Callable[[], Target]) -> None:
        """Open what a person named, or say what is wrong with it."""
        self.begin()
        try:
            target = find()
        except WithoutKey:
            raise
        except SketchError as error:
            self.window.show_news(str(error))
        else:
            self.open(target)

    def open(self, target: Target) -> None:
        """Show a board, in place of the one that is open; before `begin` it waits for it with the network."""
        self.close_board()
        self._show(target)

    def _show(self, target: Target) -> None:
        from peer.opening import OpenBoard

        try:
            opened = OpenBoard(target, self.person, self._port, self._thread, self)
        except SketchError as error:
            self.window.show_news(str(error))
            return
        self._open = opened
        opened.bridge.failed.connect(self._failed)
        self.window.show_board(opened.board)
        if self.window.desk is not None and target.path is not None:
            self.window.desk.paperwork.file_name = target.path.name
        if opened.board.can_edit and not target.invite.can_edit:
            self.window.show_news(KEPT)
        if self._begun:
            self._connect(opened)

    def _connect(self, opened: OpenBoard) -> None:
        """Let a board that is shown have its file, its tracker and its links, and be remembered."""
        from peer.ui.thumbnails import Thumbnailer

        target = opened.target
        if self._thumbnails is None:
            self._thumbnails = Thumbnailer(self)
            self._thumbnails.done.connect(self.window.welcome.recent.look_again)
        self._thumbnails.watch(opened.board.document, target.path)
        if target.tracker_port is not None and self._tracker is None:
            self._start_tracker(target.tracker_port)
        self.window.show_share_note(self._share_note())
        opened.start()
        if target.path is not None:
            self.settings.remember(target.name, target.path, time.time())
            self.settings.save()

    def _share_note(self) -> str:
        """What newcomers need, where the window itself is their tracker."""
        if self._tracker is None:
            return ""
        from peer.hosts import own_hosts

        where = " or ".join(str(Address(host, self._tracker.port)) for host in own_hosts(()))
        return f"Newcomers find this board through this window ({where}), or through the address of anyone on it."

    def _failed(self, sentence: str) -> None:
        self.close_board()
        self.window.show_news(sentence)

    def _start_tracker(self, port: int) -> int | None:
        """Run a tracker in this window, on `port` or the next free one; its port."""
        from tracker.server import TrackerServer

        server = TrackerServer()
        try:
            found = self._thread.do(server.start(port=port, next_free=True)).result(TRACKER_WITHIN)
        except OSError as error:
            self.window.show_news(f"This window cannot run a tracker: {error.strerror or error}.")
            return None
        self._tracker = server
        return found

    # -- ends ------------------------------------------------------------------------------------------

    def _board_changed(self) -> None:
        """The board that is open is not as it was."""
        if self._open is not None and self._thumbnails is not None:
            self._thumbnails.touch(self._open.board.document)

    def close_board(self) -> None:
        """Show none; what is known of the one that was open is remembered."""
        if self._open is not None:
            from peer.ui.holders import remember

            remember(self.settings, self._open.board, self._open.target.path)
            self.window.close_board()
            if self._thumbnails is not None:
                self._thumbnails.leave()
            self._open.close()
            self._open = None
        if self._tracker is not None:
            self._thread.do(self._tracker.close()).result(TRACKER_WITHIN)
            self._tracker = None

    def close(self) -> None:
        """The window is gone."""
        self._begun = True  # what has not begun never will
        self.close_board()
        if self._shelving is not None:
            self._shelving.aside.finish()
        if self._thumbnails is not None:
            self._thumbnails.finish()
        self._thread.stop()


def run_window(
    target: Target | None, given: Person | None, *, port: int, geometry: tuple[int, ...] | None, act: str | None
) -> int:
    """Open a window, on a board or on the welcome page, and stay until it is closed."""
    application = _application()
    application.setApplicationName("p2psketch")
    application.setDesktopFileName("p2psketch")
    _quit_on_signals(application)
    app = App(Settings.load(), given, port)
    if target is not None:
        app.open(target)
    if geometry is not None:
        app.window.setGeometry(*geometry)
    actor = None
    if act is not None:
        from peer.acting import Actor

        actor = Actor(app.window, act)
    app.window.show()
    if actor is not None:
        actor.listen()
    status = application.exec()
    sip.delete(app.window)  # while there is an application: what Python deletes at its own end may crash in Qt
    return status


def _application() -> QApplication:
    """Qt's application. Where there is no display Qt ends the process, but not before it has said why."""
    why: list[str] = []

    def listen(kind: QtMsgType, _: QMessageLogContext, text: str | None) -> None:
        why.append((text or "").strip())
        if kind == QtMsgType.QtFatalMsg:
            print(f"p2psketch: No window can be opened here ({why[0]}); {WITHOUT}", file=sys.stderr, flush=True)
            os._exit(1)

    before = qInstallMessageHandler(listen)
    application = QApplication(sys.argv[:1])
    qInstallMessageHandler(before)
    for text in why:
        log.warning("%s", text)
    return application


def _quit_on_signals(application: QApplication) -> None:
    """SIGINT and SIGTERM close the window as a click would: in a turn of its own, never in the midst of something."""
    came: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: came.append(number))
    ticking = QTimer(application)
    ticking.timeout.connect(lambda: application.closeAllWindows() if came else None)
    ticking.start(SIGNALS_EVERY)
