"""The tracker on the network: sockets, timers and the log around `registry`.

Rule: nothing is decided here but what bytes and sockets force: a broken frame, a slow reader, a port in use. Whatever a
client sends ends at worst its own connection, with a log line, and never in a traceback.
"""

import asyncio
import contextlib
import logging
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from random import Random, SystemRandom
from typing import Final, cast

from p2psketch.codec import MAX_SEALED, Frames, decode, encode
from p2psketch.errors import RemoteProtocolError
from p2psketch.messages import TrackerMessage
from tracker.limits import DEFAULT_PORT, Limits
from tracker.registry import Close, ConnectionId, Effect, Registry, Send
from tracker.transport import address_of, for_peers, let_in, open_doors, shut

MAX_MESSAGE: Final = MAX_SEALED + 256
"""Bytes of the largest message a client has to send; what is longer is not waited for."""

MAX_QUEUED: Final = 1024 * 1024
"""Bytes queued for one connection."""

MAX_QUEUED_IN_ALL: Final = 32 * 1024 * 1024
"""Shared by the connections that are slow at one time."""

_HIGH_WATER = 16 * 1024  # from here on a connection is slow
_SPARE_FILES = 256  # file descriptors for everything but members
_REFUSED_AT_ONCE = 64  # connections that are still told why they are closed

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: between two looks at what is overdue, for a closed client to read its refusal, between two log lines."""

    tick: float = 0.5
    linger: float = 1.0
    summary: float = 10.0
    complaint: float = 1.0


class TrackerServer:
    """A tracker that can be started in any event loop. One `start`, then one `close`."""

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        pace: Pace | None = None,
        rng: Random | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.port = 0
        self._pace = pace or Pace()
        self._now = clock
        limits = _affordable(limits or Limits())
        self._most_links = limits.connections + _REFUSED_AT_ONCE
        self.registry = Registry(limits, rng or SystemRandom())
        self._numbers = count(1)
        self._links: dict[ConnectionId, _Link] = {}
        self._slow: set[ConnectionId] = set()
        self._doors: list[socket.socket] = []
        self._letting_in: list[asyncio.Task[None]] = []
        self._ticking: asyncio.Task[None] | None = None
        self._all_gone = asyncio.Event()
        self._complaints = _Seldom(self._pace.complaint)
        self._news = _Seldom(self._pace.summary)
        self._said = self.summary()

    async def start(self, host: str | None = None, port: int = DEFAULT_PORT, *, next_free: bool = False) -> int:
        """Listen on `host` (all interfaces, IPv4 and IPv6, if it is None) and return the port.

        With `next_free` a port that is in use is passed over: the next ones are tried, then any. Raises OSError.
        """
        doors = await open_doors(host, port, next_free)
        self.port = doors[0].getsockname()[1]
        self._doors = doors
        self._letting_in = [
            asyncio.create_task(let_in(door, self._link, self._has_room, self._exhausted)) for door in doors
        ]
        self._ticking = asyncio.create_task(self._tick())
        where = " and ".join(str(address_of(door.getsockname())) for door in doors)
        log.info("tracker listening on %s; peers can use %s", where, for_peers(doors[0]))
        return self.port

    async def close(self) -> None:
        """Stop listening and close every connection; returns when all is closed."""
        if self._ticking is not None:
            self._ticking.cancel()
            await asyncio.gather(self._ticking, return_exceptions=True)
        await shut(self._doors, self._letting_in)
        for link in list(self._links.values()):
            link.transport.close()
        await self._until_all_gone()

    async def _until_all_gone(self) -> None:
        while self._links:
            self._all_gone.clear()
            try:
                async with asyncio.timeout(self._pace.linger):
                    await self._all_gone.wait()
            except TimeoutError:
                for link in list(self._links.values()):
                    link.transport.abort()

    def summary(self) -> str:
        """How many rooms, members and refusals, for the log."""
        counts = self.registry.rooms, self.registry.members
        return f"{_plural(counts[0], 'room')}, {_plural(counts[1], 'member')}, {self.registry.refused} refused"

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(self._pace.tick)
            now = self._now()
            self._perform(self.registry.tick(now))
            if (summary := self.summary()) != self._said and self._news.is_time(now):
                self._said = summary
                log.info("%s", summary)

    # -- what the links tell ---------------------------------------------------------------------------

    def _link(self) -> "_Link":
        return _Link(self, ConnectionId(next(self._numbers)))

    def _has_room(self) -> bool:
        """Is there room for another connection, be it only to refuse it?"""
        return len(self._links) < self._most_links

    def _exhausted(self, reason: str) -> None:
        if self._complaints.is_time(self._now()):
            log.warning("cannot let anybody in: %s", reason)

    def opened(self, link: "_Link") -> None:
        """A connection came in."""
        self._links[link.number] = link
        self._perform(self.registry.connected(link.number, link.seen, self._now()))

    def received(self, number: ConnectionId, payload: bytes) -> None:
        """A whole frame arrived; raises RemoteProtocolError."""
        self._perform(self.registry.received(number, decode(payload), self._now()))

    def drop(self, number: ConnectionId, reason: str) -> None:
        """A client broke the protocol."""
        self._perform(self.registry.drop(number, reason, self._now()))

    def slow(self, number: ConnectionId) -> None:
        """A connection does not keep up with what is sent to it."""
        self._slow.add(number)

    def drained(self, number: ConnectionId) -> None:
        """A slow connection has caught up."""
        self._slow.discard(number)

    def lost(self, number: ConnectionId) -> None:
        """A connection is gone."""
        self.registry.lost(number, self._now())
        self._slow.discard(number)
        del self._links[number]
        if not self._links:
            self._all_gone.set()

    # -- what the registry wants -----------------------------------------------------------------------

    def _perform(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case Send(to, message):
                    self._send(to, message)
                case Close(connection, reason):
                    self._close(connection, reason)

    def _send(self, to: tuple[ConnectionId, ...], message: TrackerMessage) -> None:
        data = encode(message)
        for number in to:
            link = self._links.get(number)
            if link is None:
                continue
            if link.transport.get_write_buffer_size() + len(data) > self._most_queued(number):
                self.drop(number, "does not read what it is sent")
                link.transport.abort()
            else:
                link.transport.write(data)

    def _most_queued(self, number: ConnectionId) -> int:
        """Bytes that may wait for a connection: less for each where many are slow, so that the sum stays bounded."""
        if number not in self._slow:
            return MAX_QUEUED
        return min(MAX_QUEUED, MAX_QUEUED_IN_ALL // len(self._slow))

    def _close(self, number: ConnectionId, reason: str) -> None:
        link = self._links.get(number)
        if link is None:
            return
        link.finish(self._pace.linger)
        if more := self._complaints.is_time(self._now()):
            log.info("closed %s: %s%s", link.seen, reason, f" (and {more - 1} more)" if more > 1 else "")


class _Link(asyncio.Protocol):
    """One connection, as bytes and frames."""

    def __init__(self, server: TrackerServer, number: ConnectionId) -> None:
        self.number = number
        self._server = server
        self._frames = Frames()
        self._finished = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.set_write_buffer_limits(high=_HIGH_WATER)
        self.seen = address_of(transport.get_extra_info("peername") or ("0.0.0.0", 0))
        self._server.opened(self)

    def data_received(self, data: bytes) -> None:
        if self._finished:
            return
        try:
            for payload in self._frames.feed(data):
                _check_size(len(payload))
                self._server.received(self.number, payload)
                if self._finished:
                    return
            _check_size(self._frames.waiting)
        except RemoteProtocolError as error:
            self._server.drop(self.number, str(error))

    def eof_received(self) -> None:
        if self._frames.waiting and not self._finished:
            self._server.drop(self.number, "it ended in the middle of a frame")

    def pause_writing(self) -> None:
        self._server.slow(self.number)

    def resume_writing(self) -> None:
        self._server.drained(self.number)

    def connection_lost(self, _error: Exception | None) -> None:
        self._server.lost(self.number)

    def finish(self, linger: float) -> None:
        """No more is read. What was sent gets `linger` seconds: a socket closed over unread data may destroy it."""
        self._finished = True
        if self.transport.get_write_buffer_size():
            self.transport.close()
        else:
            with contextlib.suppress(OSError):
                self.transport.write_eof()
        asyncio.get_running_loop().call_later(linger, self.transport.abort)


def _check_size(size: int) -> None:
    """Frames may be far larger than what anybody has to tell a tracker, and memory is held for each connection."""
    if size > MAX_MESSAGE:
        raise RemoteProtocolError(f"a message of more than {MAX_MESSAGE:,} bytes is not for a tracker")


class _Seldom:
    """Lets an event through if the last one was `interval` seconds ago, and counts the others."""

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._last = -interval
        self._waiting = 0

    def is_time(self, now: float) -> int:
        """0 for not yet; otherwise how many events this one stands for."""
        self._waiting += 1
        if now - self._last < self._interval:
            return 0
        self._last = now
        waiting, self._waiting = self._waiting, 0
        return waiting


def _plural(count: int, thing: str) -> str:
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


# -- the process -------------------------------------------------------------------------------------


async def serve(
    host: str | None = None,
    port: int = DEFAULT_PORT,
    *,
    limits: Limits | None = None,
    ready: Callable[[int], None] | None = None,
) -> None:
    """Run a tracker until SIGINT or SIGTERM; `ready` is called with its port. Raises OSError if it cannot listen."""
    limits = limits or Limits()
    _allow_files(limits.connections + _SPARE_FILES)
    server, stopped = TrackerServer(limits), asyncio.Event()
    _on_signals(stopped.set)
    try:
        listening = await server.start(host, port)
        if ready is not None:
            ready(listening)
        await stopped.wait()
    finally:
        await server.close()


def _on_signals(stop: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop))


def _allow_files(wanted: int) -> None:
    """Ask the system for so many file descriptors, if it limits them."""
    if sys.platform != "win32":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        if soft != resource.RLIM_INFINITY and soft < most:
            with contextlib.suppress(OSError, ValueError):
                resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _affordable(limits: Limits) -> Limits:
    """Fewer connections if this process may not open enough files for all."""
    if sys.platform == "win32":
        return limits
    import resource

    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if files == resource.RLIM_INFINITY:
        return limits
    return replace(limits, connections=min(limits.connections, files - min(_SPARE_FILES, files // 2)))
