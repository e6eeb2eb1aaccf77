"""A board on the screen: what is made when one is opened, and given back when it is closed.

Rule: the Qt thread makes board and session; the node, with sockets, certificates and the board file, is made in the
network thread, and imported there.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Final

from PyQt6.QtCore import QObject, QTimer

from p2psketch.keys import Identity
from p2psketch.messages import Person
from p2psketch.session import Launch, Session
from peer import interpreter
from peer.board import Board
from peer.bridge import Bridge, NetworkThread, QtTimer
from peer.home import lasting_identity
from peer.target import Target

if TYPE_CHECKING:
    from concurrent.futures import Future

    from peer.node import Node
    from peer.telling import Sink

TIDY_AFTER: Final = 100
"""Milliseconds, once a board's parts are deleted: Qt lets go of Python's objects in turns of the loop after that."""


class OpenBoard:
    """A board on the screen: its session and its node."""

    def __init__(self, target: Target, person: Person, port: int, thread: NetworkThread, parent: QObject) -> None:
        target = target.with_kept_key()
        launch = Launch(Identity.generate(os.urandom), person, lasting_identity())
        session = Session(target.keys, launch, Random(os.urandom(16)), os.urandom)
        self.target = target
        self._parts = QObject(parent)
        self.bridge = Bridge(partial(_node, target, launch.identity, port), thread, self._parts)
        self.board = Board(session, target.name, self.bridge.perform, QtTimer(self._parts), target.links)
        self.board.open_room = target.open_room

    def start(self) -> None:
        """Read the file, listen, look for the others."""
        self.bridge.start(self.board.receive)
        for address in self.target.peers:
            self.board.dial(address)

    def saved(self) -> Future[None]:
        """Have all that was drawn so far written; for whoever reads the file then, in another thread."""
        self.board.seal()
        return self.bridge.sync()

    def close(self) -> None:
        """Say goodbye; returns when the file is closed. What the board took of memory is given back in a later turn."""
        self.board.leave()
        if self.bridge.close():
            self._parts.destroyed.connect(lambda: QTimer.singleShot(TIDY_AFTER, interpreter.tidy))
            self._parts.deleteLater()


def _node(target: Target, identity: Identity, port: int, sink: Sink, backlog: Callable[[], int]) -> Node:
    from peer.node import Node, Place
    from peer.transport import Credentials

    place = Place(target, port, target.invite.trackers, target.peers)
    return Node(Credentials(target.keys, identity), place, sink, Random(os.urandom(16)), backlog)
