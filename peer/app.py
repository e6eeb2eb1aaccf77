"""The window program: from a person's choice to an open board.

Rule: puts the parts together and owns what is open, one board at a time; what a part does is up
to the part. Here are the only decisions about trackers: a new board with none configured gets an
embedded one, which runs as long as its board is open here.
"""

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Final

from PyQt6 import sip
from PyQt6.QtCore import QObject, QTimer
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QApplication

from p2psketch.address import Address
from p2psketch.errors import SketchError
from p2psketch.invite import Invite
from p2psketch.keys import Identity
from p2psketch.messages import Person
from p2psketch.session import Launch, Session
from peer import target as targets
from peer.board import Board
from peer.bridge import Bridge, NetworkThread, QtTimer
from peer.home import lasting_identity
from peer.hosts import own_hosts
from peer.node import Place
from peer.settings import Settings
from peer.target import TRACKER_PORT, Target
from peer.transport import Credentials
from peer.ui.window import Window
from tracker.server import TrackerServer

TRACKER_WITHIN: Final = 5.0
"""Seconds for an embedded tracker to start or stop."""

NEW_NAME: Final = "Untitled board"

SIGNALS_EVERY: Final = 200
"""Milliseconds: how often Python gets to look at signals while Qt waits."""


class OpenBoard:
    """A board on the screen: its session, its node, and the embedded tracker it may have."""

    def __init__(self, target: Target, person: Person, port: int, thread: NetworkThread, parent: QObject) -> None:
        launch = Launch(Identity.generate(os.urandom), person, lasting_identity())
        keys = target.keys
        session = Session(keys, launch, Random(os.urandom(16)), os.urandom)
        place = Place(target.open_store, port, target.invite.trackers, target.peers)
        self.target = target
        self.bridge = Bridge(Credentials(keys, launch.identity), place, thread, parent)
        links = [("edit", target.invite.format())]
        self.board = Board(session, target.name, self.bridge.perform, QtTimer(parent), links)
        self.board.open_room = target.open_room

    def start(self) -> None:
        """Read the file, listen, look for the others."""
        self.bridge.start(self.board.receive)
        for address in self.target.peers:
            self.board.dial(address)

    def close(self) -> None:
        """Say goodbye; returns when the file is closed."""
        self.board.leave()
        self.bridge.close()


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
        self._thread = NetworkThread()
        self._thread.start()
        self.window.new_board.connect(self._new)
        self.window.join_link.connect(lambda link: self._try(lambda: targets.from_invite(Invite.parse(link))))
        self.window.join_room.connect(self._join_room)
        self.window.open_file.connect(self._open_file)
        self.window.closed.connect(self.close)

    @property
    def person(self) -> Person:
        """Who sits here."""
        return self._given or Person(*self.window.person)

    # -- what a person chooses -----------------------------------------------------------------------

    def _new(self) -> None:
        """A private board; the window runs a tracker for it, whose address is in the link."""
        self._close_board()
        port = self._start_tracker(TRACKER_PORT)
        if port is None:
            return
        target = targets.new_board(NEW_NAME, [Address(host, port) for host in own_hosts(())], port)
        self._show(target)
        if (clipboard := QGuiApplication.clipboard()) is not None:
            clipboard.setText(target.invite.format())
        self.window.show_news("The invite link is copied: whoever has it can draw here.")

    def _join_room(self, tracker: str, name: str) -> None:
        self._try(lambda: targets.open_room(name, [targets.tracker_address(tracker)], []))

    def _open_file(self, path: str) -> None:
        if self._open is not None and self._open.target.path == Path(path).resolve():
            self.window.show_desk()  # its file is being written to: closing and reading it again would gain nothing
            return
        if not Path(path).is_file():
            self.settings.forget(path)
            self.settings.save()
        self._try(lambda: targets.from_file(Path(path)))

    def _try(self, find: Callable[[], Target]) -> None:
        """Open what a person named, or say what is wrong with it."""
        try:
            target = find()
        except SketchError as error:
            self.window.show_news(str(error))
        else:
            self.open(target)

    def open(self, target: Target) -> None:
        """Show a board, in place of the one that is open."""
        self._close_board()
        if target.tracker_port is not None:
            self._start_tracker(target.tracker_port)
        self._show(target)

    def _show(self, target: Target) -> None:
        try:
            opened = OpenBoard(target, self.person, self._port, self._thread, self)
        except SketchError as error:
            self.window.show_news(str(error))
            return
        self._open = opened
        opened.bridge.failed.connect(self._failed)
        self.window.show_board(opened.board)
        self.window.show_share_note(self._share_note(target))
        opened.start()
        if target.path is not None:
            self.settings.remember(target.name, target.path, time.time())
            self.settings.save()

    def _share_note(self, target: Target) -> str:
        """What newcomers need, where the window itself is their tracker."""
        if self._tracker is None:
            return ""
        where = " or ".join(str(Address(host, self._tracker.port)) for host in own_hosts(()))
        return f"Newcomers find this board through this window ({where}), or through the address of anyone on it."

    def _failed(self, sentence: str) -> None:
        self._close_board()
        self.window.show_news(sentence)

    def _start_tracker(self, port: int) -> int | None:
        """Run a tracker in this window, on `port` or the next free one; its port."""
        server = TrackerServer()
        try:
            found = self._thread.do(server.start(port=port, next_free=True)).result(TRACKER_WITHIN)
        except OSError as error:
            self.window.show_news(f"This window cannot run a tracker: {error.strerror or error}.")
            return None
        self._tracker = server
        return found

    # -- ends ------------------------------------------------------------------------------------------

    def _close_board(self) -> None:
        if self._open is not None:
            self.window.close_board()
            self._open.close()
            self._open = None
        if self._tracker is not None:
            self._thread.do(self._tracker.close()).result(TRACKER_WITHIN)
            self._tracker = None

    def close(self) -> None:
        """The window is gone."""
        self._close_board()
        self._thread.stop()


def run_window(target: Target | None, given: Person | None, *, port: int, options: argparse.Namespace | None) -> int:
    """Open a window, on a board or on the welcome page, and stay until it is closed."""
    application = QApplication(sys.argv[:1])
    application.setApplicationName("p2psketch")
    application.setDesktopFileName("p2psketch")
    _quit_on_signals(application)
    app = App(Settings.load(), given, port)
    if target is not None:
        app.open(target)
    if options is not None and options.geometry is not None:
        app.window.setGeometry(*(int(number) for number in options.geometry.split(",")))
    actor = None
    if options is not None and options.act is not None:
        from peer.acting import Actor

        actor = Actor(app.window, options.act)
    app.window.show()
    if actor is not None:
        actor.listen()
    status = application.exec()
    sip.delete(app.window)  # while there is an application: what Python deletes at its own end may crash in Qt
    return status


def _quit_on_signals(application: QApplication) -> None:
    """SIGINT and SIGTERM close the window as a click would."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: application.closeAllWindows())
    ticking = QTimer(application)
    ticking.timeout.connect(lambda: None)
    ticking.start(SIGNALS_EVERY)
