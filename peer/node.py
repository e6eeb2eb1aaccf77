"""The network side of a peer: sockets, links, trackers and the board file, in one asyncio loop.

Rule: it decides nothing. Events go to `sink` as they happen; effects are performed in order. What
leaves, leaves at the end of a turn of the loop, after all that was appended has been committed: an
op is on disk before it is sent. What has only to be kept is committed soon after, with its like.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import count
from random import Random
from typing import Final

from p2psketch import effects as e
from p2psketch.address import Address
from p2psketch.errors import BoardInUse, SketchError
from p2psketch.ids import LinkId
from p2psketch.messages import Announce
from peer.disk import Disk, Files
from peer.hosts import is_ours, own_hosts
from peer.outbox import ReadLog
from peer.peer_link import Line, PeerLink
from peer.telling import Sink
from peer.trackers import TrackerClient
from peer.transport import Credentials, Listener, dial

log = logging.getLogger(__name__)

TICK: Final = 1.0
ASLEEP: Final = 5.0
"""Seconds that a tick may be late before we must have slept."""
LOOK_AROUND: Final = 10.0
"""Seconds between two looks at this machine's own addresses."""
GOODBYE: Final = 2.0
TOLD_WITHIN: Final = 2.0
"""Seconds in which a program that has just opened the board file says where it listens, or ends."""


@dataclass(frozen=True)
class Place:
    """Where a peer lives: its board file, the port it listens on, its trackers and hints. `joins`: where another
    program writes the file, it links to that one, and keeps what it has in memory."""

    files: Files
    port: int = 0
    trackers: tuple[Address, ...] = ()
    peers: tuple[Address, ...] = ()
    joins: bool = True


class Node:
    """Performs network effects. `start` reads the board and begins to listen; `close` says goodbye and ends.

    `backlog` tells how many events wait in `sink`'s hands: where there are many, less is read.
    """

    def __init__(
        self,
        credentials: Credentials,
        place: Place,
        sink: Sink,
        rng: Random,
        backlog: Callable[[], int] = lambda: 0,
    ) -> None:
        self.sink = sink
        self.line = Line(backlog, self._later)
        self._backlog = backlog
        self.port = 0
        self._credentials = credentials
        self._place = place
        self._rng = rng
        self._numbers = count(1)
        self._links: dict[LinkId, PeerLink] = {}
        self._dirty: dict[LinkId, PeerLink] = {}
        self._flushing = False
        self.disk: Disk
        self._is_open = False
        self._listener: Listener | None = None
        self._trackers: list[TrackerClient] = []
        self._announces: tuple[Announce, ...] = ()
        self._dials: set[asyncio.Task[None]] = set()
        self._closing = False
        self._ticking: asyncio.TimerHandle | None = None

    # -- life ------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Open the board, tell what it holds, listen, look for trackers. SketchError if that is impossible."""
        self._loop = asyncio.get_running_loop()
        self.disk = Disk(self._place.files, self.sink, joins=self._place.joins, backlog=self._backlog)
        await self._open_disk()
        self._listener = await Listener.start(self._credentials, self._visitor, self._place.port)
        self.port = self._listener.port
        self.disk.tell(self.port)
        self._addresses: tuple[Address, ...] = ()
        self._look_around()
        for tracker in self._place.trackers:
            self.add_tracker(tracker)
        self._ticked = time.monotonic(), time.time()
        self._looked = self._ticked[0]
        self._ticking = self._loop.call_later(TICK, self._tick)

    async def _open_disk(self) -> None:
        end = time.monotonic() + TOLD_WITHIN
        while not self._is_open:
            try:
                self._is_open = True
                await self.disk.open()
            except BoardInUse as error:
                self._is_open = False
                if error.port is not None or time.monotonic() >= end:
                    raise
                await asyncio.sleep(0.05)
            except BaseException:
                self._is_open = False
                raise

    def add_tracker(self, address: Address) -> None:
        """Announce ourselves at one more tracker."""
        announcement = partial(self._announcement, len(self._trackers))
        client = TrackerClient(address, announcement, self.sink, rng=self._rng)
        self._trackers.append(client)
        client.start()

    def _announcement(self, number: int) -> Announce | None:
        """What to tell the tracker of that number; None until the session has said what."""
        return self._announces[number % len(self._announces)] if self._announces else None

    def _visitor(self) -> PeerLink:
        return PeerLink(self, dialled=False)

    def _later(self, seconds: float, call: Callable[[], None]) -> None:
        if seconds:
            self._loop.call_later(seconds, call)
        else:
            self._loop.call_soon(call)

    async def close(self) -> None:
        """Everything queued is flushed, as far as the links take it within two seconds."""
        self._closing = True
        if self._ticking is not None:
            self._ticking.cancel()
        if not self._is_open:
            return
        self._flush()
        if self._listener is not None:
            await self._listener.close()
        for task in self._dials:
            task.cancel()
        await asyncio.gather(*self._dials, return_exceptions=True)
        await asyncio.gather(*(client.close() for client in self._trackers))
        until = time.monotonic() + GOODBYE
        while self._links and time.monotonic() < until:
            await asyncio.sleep(0.01)
        self.line.close()
        for link in list(self._links.values()):
            link.stream.abort("closed here")
        await asyncio.sleep(0)
        self.disk.close()

    # -- effects -----------------------------------------------------------------------------------

    def perform(self, effects: Iterable[e.NetworkEffect]) -> None:
        """Do what the session asks, in order; writing to links waits for the end of this turn."""
        for effect in effects:
            match effect:
                case e.Serve(link, author, first, last):
                    if (found := self._links.get(link)) is not None:
                        found.outbox.serve(author, first, last)
                        self.wants_flush(found)
                case e.Send(link, message):
                    if (found := self._links.get(link)) is not None:
                        found.outbox.send(message)
                        self.wants_flush(found)
                case e.Drop(link, bye):
                    if (found := self._links.get(link)) is not None:
                        found.part(bye)
                case e.Dial(address):
                    self._dial(address)
                case e.Announcing(announces):
                    self._announces = announces
                    for client in self._trackers:
                        client.update()
                case e.Logged(text):
                    log.warning("%s", text)
                case _:
                    self.disk.perform(effect)

    def wants_flush(self, link: PeerLink) -> None:
        """Something waits for a link."""
        self._dirty[link.id] = link
        self._schedule_flush()

    def _schedule_flush(self) -> None:
        if not self._flushing:
            self._flushing = True
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        """First the disk, then the others."""
        self._flushing = False
        self.disk.commit()
        dirty, self._dirty = self._dirty, {}
        for link in dirty.values():
            link.flush()

    def sync(self) -> None:
        """All that was to be written is on disk, or it has been said why not."""
        self.disk.commit()

    def _dial(self, address: Address) -> None:
        task = self._loop.create_task(self._try(address))
        self._dials.add(task)
        task.add_done_callback(self._dials.discard)

    async def _try(self, address: Address) -> None:
        try:
            await dial(address, self._credentials, PeerLink(self, dialled=True))
        except SketchError as error:
            log.debug("%s", error)
            self.sink(e.DialFailed(address, str(error)))

    # -- links -------------------------------------------------------------------------------------

    def adopt(self, link: PeerLink) -> LinkId:
        """A number for a link."""
        id = LinkId(next(self._numbers))
        self._links[id] = link
        return id

    def bury(self, link: PeerLink, reason: str) -> None:
        """A link is gone."""
        if self._links.pop(link.id, None) is not None:
            self._dirty.pop(link.id, None)
            self.sink(e.Closed(link.id, reason))

    def read_log(self) -> ReadLog:
        """For outboxes: how to read ops of the log."""
        return self.disk.read

    # -- time --------------------------------------------------------------------------------------

    def _tick(self) -> None:
        """Once a second: pings, sleep, and where this machine is."""
        now, wall = time.monotonic(), time.time()
        late = max(now - self._ticked[0], wall - self._ticked[1]) - TICK
        self._ticked = now, wall
        moved = self._leave_lost_addresses()
        if late > ASLEEP:
            log.info("woke after %.0f s", late)
        for link in list(self._links.values()):
            link.tick(now)
        self.disk.tick()
        if moved or late > ASLEEP:
            self._wake()
        if now - self._looked >= LOOK_AROUND or moved or late > ASLEEP:
            self._looked = now
            self._look_around()
        self._ticking = self._loop.call_later(TICK, self._tick)

    def _wake(self) -> None:
        """The network around us may be another one."""
        self.sink(e.Woke())
        for client in self._trackers:
            client.wake()

    def _leave_lost_addresses(self) -> bool:
        """Close the links of addresses that this machine no longer has: they are dead, and nobody will say so."""
        lost = {
            host for host in {link.stream.local.host for link in self._links.values()} if host and not is_ours(host)
        }
        for host in lost:
            log.info("this machine is no longer at %s", host)
        for link in list(self._links.values()):
            if link.stream.local.host in lost:
                link.stream.abort("this machine has another address now")
        return bool(lost)

    def _look_around(self) -> None:
        addresses = tuple(Address(host, self.port) for host in own_hosts([*self._place.trackers, *self._place.peers]))
        if addresses != self._addresses:
            self._addresses = addresses
            self.sink(e.Listening(addresses))
