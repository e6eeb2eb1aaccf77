"""A peer without a window: the same board and session, inside the asyncio loop.

Rule: imports no Qt. One thread; events reach the board as they happen.
"""

import asyncio
import logging
import os
import time
from collections.abc import Callable, Collection
from random import Random
from typing import Final, Self

from p2psketch.address import Address
from p2psketch.effects import Merged, Notice
from p2psketch.errors import Unreachable
from p2psketch.ids import PeerId, ShapeId
from p2psketch.keys import Identity
from p2psketch.messages import Person
from p2psketch.session import Launch, Session
from p2psketch.views import merge_summary
from peer.board import Board
from peer.home import lasting_identity
from peer.node import Node, Place
from peer.target import Target
from peer.transport import Credentials

log = logging.getLogger(__name__)

NAMED_WITHIN: Final = 2.0
"""Seconds in which a peer that was named counts, if it can be reached."""
RETRY: Final = 0.05


class LoopTimer:
    """A `board.Timer` in the running event loop."""

    def __init__(self) -> None:
        self._handle: asyncio.TimerHandle | None = None

    def start(self, seconds: float, call: Callable[[], None]) -> None:
        """Call after so many seconds, in place of what was to be called."""
        self.stop()
        self._handle = asyncio.get_running_loop().call_later(seconds, call)

    def stop(self) -> None:
        """Do not call."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None


class HeadlessPeer:
    """One board, open. Use as an async context manager."""

    def __init__(
        self, target: Target, person: Person, *, port: int = 0, keeps: bool = True, joins: bool = True
    ) -> None:
        target = target.with_kept_key()
        launch = Launch(Identity.generate(os.urandom), person, lasting_identity())
        keys = target.keys
        session = Session(keys, launch, Random(os.urandom(16)), os.urandom, keeps=keeps)
        place = Place(target, port, target.invite.trackers, target.peers, joins)
        self.node = Node(Credentials(keys, launch.identity), place, self._receive, Random(os.urandom(16)))
        self.board = Board(session, target.name, self.node.perform, LoopTimer(), target.links)
        self.board.open_room = target.open_room
        self._target = target
        self._news = asyncio.Event()
        self.board.watch(self)

    async def __aenter__(self) -> Self:
        await self.node.start()
        for address in self._target.peers:
            self.board.dial(address)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.board.leave()
        await self.node.close()

    def _receive(self, event: object) -> None:
        self.board.receive((event,))  # type: ignore[arg-type]

    async def until(self, holds: Callable[[], bool], timeout: float | None) -> bool:
        """Wait until something holds; False if it does not within `timeout` seconds."""
        try:
            async with asyncio.timeout(timeout):
                while not holds():
                    self._news.clear()
                    try:
                        async with asyncio.timeout(RETRY):
                            await self._news.wait()
                    except TimeoutError:
                        continue
        except TimeoutError:
            return holds()
        return True

    async def catch_up(self, timeout: float) -> None:
        """Wait for everybody named and reachable within two seconds, and for all that they claim to have.

        Raises Unreachable if nobody is there, or the board does not arrive in time.
        """
        session, end = self.board.session, time.monotonic() + timeout
        if not await self.until(lambda: len(session.mesh) > 0, timeout):
            raise Unreachable(f"Nobody of the board “{self.board.name}” could be reached within {timeout:.0f} s.")
        await self.until(self._everybody_tried, min(NAMED_WITHIN, max(end - time.monotonic(), 0)))
        if not await self.until(session.caught_up, max(end - time.monotonic(), 0)):
            done, total = session.catchup.progress()
            raise Unreachable(f"Only {done:,} of {total:,} changes arrived within {timeout:.0f} s.")

    def _everybody_tried(self) -> bool:
        """Is nobody left that was named, or that a tracker or peer may yet name, and has not been dialled to an end?"""
        session = self.board.session
        return session.introduction.trackers.keys() >= set(self._target.invite.trackers) and not session.mesh.untried()

    def has_ours(self, address: Address) -> bool:
        """Is our latest op on the disk of whoever we have dialled at this address?"""
        session = self.board.session
        mine = session.log.seq(session.me)
        there = (link for link in session.mesh.up() if link.address == address and link.keeps)
        return any(session.catchup.known(link.id, session.me) >= mine for link in there)

    async def delivered(self, timeout: float) -> tuple[int, int]:
        """Wait until every linked peer that keeps the board has our ops on disk: how many have, of how many."""
        await self.until(self._all_have_it, timeout)
        return self.board.session.delivered()

    def _all_have_it(self) -> bool:
        have, there = self.board.session.delivered()
        return have == there > 0

    # -- board.Listener ------------------------------------------------------------------------------

    def changed(self, shapes: Collection[ShapeId]) -> None:  # noqa: ARG002
        """Wake who waits."""
        self._news.set()

    def pointed(self, peers: Collection[PeerId]) -> None:
        """Nobody here looks at pointers."""

    def people_changed(self) -> None:
        """Wake who waits."""
        self._news.set()

    def status_changed(self) -> None:
        """Wake who waits."""
        self._news.set()

    def noticed(self, notice: Notice) -> None:
        """Into the log."""
        log.warning("%s", notice.text)

    def merged(self, merged: Merged) -> None:
        """Into the log."""
        log.info("%s", merge_summary(merged))
