"""One tracker, seen from a peer: announce, listen, and come back whenever it is gone.

Rule: a tracker is never needed and never trusted. Whatever it sends ends at worst this one connection; what it tells
goes to the sink as events, in the thread of the event loop. What they mean is decided in the session.
"""

import asyncio
import contextlib
import logging
import os
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from random import Random

from p2psketch.address import Address, ip_of
from p2psketch.codec import Frames, decode, encode
from p2psketch.effects import MemberJoined, MemberLeft, TrackerDown, TrackerEvent, TrackerRefused, TrackerUp
from p2psketch.errors import RemoteProtocolError
from p2psketch.messages import Announce, Joined, Left, Members, Message, Ping, Pong, Refused, TrackerMessage

log = logging.getLogger(__name__)

_READ_SIZE = 64 * 1024
_MAX_UNSENT = 64 * 1024
_MAX_RESOLVED = 4


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: how long to wait for what.

    `check` is the patience with a connection after `wake`; `update` lies at least between two updates, as a tracker
    refuses whoever announces too often. Messages are taken one every `message` seconds on average: a flood of them has
    to wait in the network.
    """

    connect: float = 3.0
    answer: float = 10.0
    ping: float = 15.0
    dead: float = 45.0
    check: float = 5.0
    update: float = 5.0
    message: float = 0.001
    flush: float = 1.0
    retry: float = 1.0
    longest_retry: float = 60.0
    longest_refusal: float = 3600.0


class TrackerClient:
    """Keeps this peer announced at one tracker, from `start` to `close`.

    `announce` makes what to say, or None as long as there is nothing: then the first `update` is waited for. It should
    make the same again as long as nothing has changed: an entry that is sealed anew is a changed one. Every announce
    that is taken leads to TrackerUp, so also each `update`; every failed attempt and every lost connection leads to one
    TrackerDown or TrackerRefused.
    """

    def __init__(
        self,
        address: Address,
        announce: Callable[[], Announce | None],
        sink: Callable[[TrackerEvent], None],
        *,
        rng: Random,
        pace: Pace | None = None,
    ) -> None:
        self.address = address
        self._announce = announce
        self._sink = sink
        self._rng = rng
        self._pace = pace or Pace()
        self._delay = self._pace.retry
        self._woken = asyncio.Event()
        self._updated = asyncio.Event()
        self._visit: _Visit | None = None
        self._task: asyncio.Task[None] | None = None
        self._complaint: str | None = None

    def start(self) -> None:
        """Begin, in the running event loop."""
        self._task = asyncio.create_task(self._keep_visiting())

    def update(self) -> None:
        """To be called when `announce` may have something new to say."""
        self._updated.set()
        if self._visit is not None:
            self._visit.update()

    def wake(self) -> None:
        """To be called when the network may have changed: tries at once, or makes sure that the connection still lives.

        The time for which a tracker refused us is not cut short.
        """
        self._delay = self._pace.retry
        self._woken.set()
        if self._visit is not None:
            self._visit.check()

    async def close(self) -> None:
        """Leave the tracker, and tell it. No event comes after the call."""
        if self._visit is not None:
            self._visit.leave()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            if not self._task.cancelled():
                self._task.result()  # raises what should not have happened

    async def _keep_visiting(self) -> None:
        while True:
            self._woken.clear()
            try:
                await self._visit_once()
            except _Refusal as no:
                wait = min(no.message.wait, self._pace.longest_refusal)
                self._down(TrackerRefused(self.address, no.message.reason, int(wait)), logging.INFO)
                await asyncio.sleep(max(wait * self._rng.uniform(1, 1.25), self._next_delay()))
            except RemoteProtocolError as error:
                self._down(TrackerDown(self.address, str(error)), logging.WARNING)
                await self._pause()
            except (OSError, UnicodeError) as error:
                self._down(TrackerDown(self.address, _why(error)), logging.INFO)
                await self._pause()

    async def _visit_once(self) -> None:
        """Connect and listen; ends in an exception."""
        await self._something_to_say()
        reader, writer = await _connect(self.address, self._pace.connect)
        try:
            first = await self._something_to_say()  # the newest
            self._visit = _Visit(writer, first, self._announce, self._take, self._pace)
            await self._visit.listen(reader)
        finally:
            if self._visit is not None:
                self._visit.end()
            self._visit = None
            await _finish(writer, self._pace.flush)

    async def _something_to_say(self) -> Announce:
        while (announce := self._announce()) is None:
            self._updated.clear()
            await self._updated.wait()
        return announce

    def _take(self, message: Message) -> None:
        """A message of the tracker; the ways it may go are listed here."""
        match message:
            case Members(_, entries, seen):
                self._up()
                self._sink(TrackerUp(self.address, entries, seen))
            case Joined(entry):
                self._sink(MemberJoined(self.address, entry))
            case Left(handle):
                self._sink(MemberLeft(self.address, handle))
            case Pong():
                self._delay = self._pace.retry  # this connection has lasted
            case Refused():
                raise _Refusal(message)
            case _:
                raise RemoteProtocolError(f"{type(message).__name__} is not what a tracker says")

    def _up(self) -> None:
        if self._complaint != "":
            self._complaint = ""
            log.info("tracker %s: announced", self.address)

    def _down(self, event: TrackerDown | TrackerRefused, level: int) -> None:
        """Tells the sink, and the log if this is news."""
        if event.reason != self._complaint:
            self._complaint = event.reason
            log.log(level, "tracker %s: %s", self.address, event.reason)
        self._sink(event)

    async def _pause(self) -> None:
        """Wait for the next attempt, or until woken."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._next_delay()):
                await self._woken.wait()

    def _next_delay(self) -> float:
        delay = self._delay
        self._delay = min(delay * 1.5, self._pace.longest_retry)
        return delay * self._rng.uniform(0.5, 1)


class _Refusal(Exception):
    """The tracker said no."""

    def __init__(self, message: Refused) -> None:
        super().__init__(message.reason)
        self.message = message


class _Visit:
    """One connection to the tracker, from the announce on."""

    def __init__(
        self,
        writer: asyncio.StreamWriter,
        first: Announce,
        announce: Callable[[], Announce | None],
        take: Callable[[Message], None],
        pace: Pace,
    ) -> None:
        self._writer = writer
        self._announce = announce
        self._take = take
        self._pace = pace
        self._loop = asyncio.get_running_loop()
        self._answered = False
        self._pings = 0
        self._last = first
        self._next_update = 0.0
        self._updating: asyncio.TimerHandle | None = None
        self._pinging = self._loop.call_later(pace.ping, self._ping_on)
        self._patience = asyncio.timeout(None)
        self._send(first)

    async def listen(self, reader: asyncio.StreamReader) -> None:
        """Hand on messages for as long as the connection lasts; raises OSError at its end, or what a message led to."""
        frames = Frames()
        answer_by = self._loop.time() + self._pace.answer
        taken = 0
        while True:
            due = self._loop.time() + self._pace.dead if self._answered else answer_by
            async with asyncio.timeout_at(due) as self._patience:
                await asyncio.sleep(taken * self._pace.message)
                data = await reader.read(_READ_SIZE)
            if not data:
                raise ConnectionError("it closed the connection")
            payloads = list(frames.feed(data))
            for payload in payloads:
                self._received(decode(payload))
            taken = len(payloads)

    def _received(self, message: Message) -> None:
        if not self._answered and not isinstance(message, Members | Refused):
            raise RemoteProtocolError(f"{type(message).__name__} is not the answer to an announce")
        self._answered = True
        self._take(message)

    def update(self) -> None:
        """Announce anew if there is something new, as soon as the tracker allows it."""
        if self._updating is None:
            wait = self._next_update - self._loop.time()
            self._updating = self._loop.call_later(max(0, wait), self._announce_anew)

    def _announce_anew(self) -> None:
        self._updating = None
        announce = self._announce()
        if announce is not None and announce != self._last:
            self._last = announce
            self._next_update = self._loop.time() + self._pace.update
            self._send(announce)

    def check(self) -> None:
        """Ask for a sign of life, and wait for it only shortly."""
        self._ping()
        soon = self._loop.time() + self._pace.check
        due = self._patience.when()
        if due is not None and due > soon and not self._patience.expired():
            self._patience.reschedule(soon)

    def _ping_on(self) -> None:
        self._pinging = self._loop.call_later(self._pace.ping, self._ping_on)
        self._ping()

    def _ping(self) -> None:
        self._pings += 1
        self._send(Ping(self._pings))

    def _send(self, message: TrackerMessage) -> None:
        if self._writer.transport.get_write_buffer_size() > _MAX_UNSENT:
            self._writer.transport.abort()
        else:
            self._writer.write(encode(message))

    def leave(self) -> None:
        """Say that we do not come back: the others hear of it at once."""
        self._send(Left(self._last.handle))

    def end(self) -> None:
        """No timer goes off any more."""
        self._pinging.cancel()
        if self._updating is not None:
            self._updating.cancel()


# -- connections -------------------------------------------------------------------------------------


async def _connect(address: Address, timeout: float) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection to the first of the IP addresses behind `address` that answers; raises OSError or UnicodeError."""
    failure = OSError("it has no address")
    for host in await _resolve(address):
        try:
            async with asyncio.timeout(timeout):
                return await asyncio.open_connection(host, address.port)
        except OSError as error:
            failure = error
    raise failure


async def _resolve(address: Address) -> list[str]:
    """The IP addresses behind `address`.

    Names are looked up in a thread of their own: a program that ends waits for those of the loop's executor, and the
    system's resolver can take half a minute.
    """
    if ip_of(address) is not None:
        return [address.host]
    found: Future[list[str]] = Future()
    threading.Thread(target=_look_up, args=(address, found), daemon=True).start()
    return await asyncio.wrap_future(found)


def _look_up(address: Address, found: Future[list[str]]) -> None:
    hosts: list[str] = []
    failure: Exception | None = None
    try:
        hosts = [str(info[4][0]) for info in socket.getaddrinfo(*address, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        failure = error
    if found.set_running_or_notify_cancel():
        found.set_exception(failure) if failure is not None else found.set_result(hosts[:_MAX_RESOLVED])


async def _finish(writer: asyncio.StreamWriter, flush: float) -> None:
    """Close, within `flush` seconds."""
    writer.close()
    try:
        async with asyncio.timeout(flush):
            await writer.wait_closed()
    except OSError:
        writer.transport.abort()


def _why(error: OSError | UnicodeError) -> str:
    if isinstance(error, TimeoutError):
        return "it does not answer"
    if isinstance(error, UnicodeError):
        return "its name is not the name of a computer"
    if isinstance(error, socket.gaierror):
        return "no computer of this name is known here"
    return os.strerror(error.errno) if error.errno else str(error)
