"""Reaching members of a room, and being reached by them: sockets, the knock, and limits on strangers.

Rule: the only module of a peer that opens peer-to-peer sockets. Before a valid knock a connection is a bare
socket: no transport, no TLS, no answer; it costs a stranger as much as it costs us. What a stranger can provoke
is one log line an address and minute, never a traceback.
"""

import asyncio
import contextlib
import errno
import logging
import socket
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from p2psketch.address import Address, ip_of, is_loopback, source_of
from p2psketch.errors import SketchError, Unreachable
from p2psketch.keys import KNOCK_SIZE
from peer.stream import FLUSH_TIME, Credentials, PeerStream, StreamOwner, os_failure

__all__ = ["Credentials", "Gate", "Listener", "PeerStream", "StreamOwner", "Timing", "dial"]

log = logging.getLogger(__name__)

MAX_UNFINISHED = 64
MAX_STRANGERS = 8
EVERYWHERE = ("0.0.0.0", "::")

_BACKLOG = 128
_PORT_TRIES = 8
_DIAL_TRIES = 4
_NOTE_INTERVAL = 60.0
_MAX_NOTED = 1024
_NO_SUCH_INTERFACE = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


@dataclass(frozen=True)
class Timing:
    """How long, in seconds, to wait for what; `exhausted` is the pause when no connection can be accepted."""

    connect: float = 3.0
    knock: float = 2.0
    handshake: float = 5.0
    flush: float = FLUSH_TIME
    exhausted: float = 1.0


USUAL = Timing()


async def dial(address: Address, credentials: Credentials, owner: StreamOwner, timing: Timing = USUAL) -> PeerStream:
    """Link to the member at `address` (host names are looked up); the owner has been told `opened` by then.

    Raises Unreachable, and then the owner is told nothing. That the other side accepts *us* is known only once
    it has sent something: a TLS 1.3 client is ready before the server has seen its certificate.
    """
    loop = asyncio.get_running_loop()
    stream = PeerStream(credentials, owner, server=False, flush=timing.flush)
    sock = await _connect(address, timing.connect)
    try:
        async with asyncio.timeout(timing.handshake):
            await loop.sock_sendall(sock, credentials.knock())
            await loop.create_connection(lambda: stream, sock=sock)
            if await stream.handshake():
                return stream
        why = stream.reason
    except OSError as error:
        why = os_failure(error)
        _drop(stream, sock, "the handshake failed")
    except BaseException:
        _drop(stream, sock, "no longer wanted")
        raise
    raise Unreachable(f"{address} answers, but not as a member of this board ({why}).")


def _drop(stream: PeerStream, sock: socket.socket, reason: str) -> None:
    """Let go of a connection, whoever owns its socket by now."""
    stream.abort(reason)
    sock.close()


async def _connect(address: Address, timeout: float) -> socket.socket:
    """A TCP connection to one of the IP addresses behind `address`, or Unreachable."""
    why = ""
    for family, sockaddr in await _resolve(address, timeout):
        try:
            return await _connect_to(family, sockaddr, timeout)
        except TimeoutError:
            why = f"no answer within {timeout:g} s"
        except OSError as error:
            why = os_failure(error)
    raise Unreachable(f"Nobody answers at {address} ({why}).")


async def _connect_to(family: int, sockaddr: Any, timeout: float) -> socket.socket:
    """A TCP connection to this one address, or OSError."""
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        _tune(sock)
        async with asyncio.timeout(timeout):
            await asyncio.get_running_loop().sock_connect(sock, sockaddr)
    except BaseException:
        sock.close()
        raise
    return sock


async def _resolve(address: Address, timeout: float) -> list[tuple[int, Any]]:
    """Families and socket addresses behind `address`; only a host name asks the system's resolver."""
    try:
        if ip_of(address) is not None:
            found = socket.getaddrinfo(*address, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        else:
            async with asyncio.timeout(timeout):
                found = await asyncio.get_running_loop().getaddrinfo(*address, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:  # ValueError: not a name that DNS could hold
        raise Unreachable(f"No computer named {address.host} is known here ({os_failure(error)}).") from error
    return [(family, sockaddr) for family, _, _, _, sockaddr in found[:_DIAL_TRIES]]


def _tune(sock: socket.socket) -> None:
    """Small writes leave at once; a dead machine is noticed even if nobody writes."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)


class Gate:
    """Counts who has not greeted yet: so many in all, so many a source before its knock.

    A source is a string that stands for one address, or None where only the whole counts (this machine).
    """

    def __init__(self, total: int = MAX_UNFINISHED, each: int = MAX_STRANGERS) -> None:
        self._total, self._each = total, each
        self._inside = 0
        self._strangers: Counter[str | None] = Counter()

    @property
    def unfinished(self) -> int:
        """How many handshakes are going on."""
        return self._inside

    def enter(self, source: str | None) -> bool:
        """Take a place, if there is one; then `knocked` and `leave` must follow, once each."""
        if self._inside >= self._total or (source is not None and self._strangers[source] >= self._each):
            return False
        self._inside += 1
        self._strangers[source] += 1
        return True

    def knocked(self, source: str | None) -> None:
        """The knock came, or never will: no longer counted for its source."""
        self._strangers[source] -= 1
        if not self._strangers[source]:
            del self._strangers[source]

    def leave(self) -> None:
        """The handshake ended, one way or another."""
        self._inside -= 1


class Listener:
    """Accepts members of one room on one port. Made by `Listener.start`; `close` ends it, but not its streams."""

    def __init__(
        self, doors: list[socket.socket], credentials: Credentials, owners: Callable[[], StreamOwner], timing: Timing
    ) -> None:
        self.port: int = doors[0].getsockname()[1]
        self.gate = Gate()
        self._doors = doors
        self._credentials = credentials
        self._owners = owners
        self._timing = timing
        self._noted: dict[str, float] = {}
        self._visits: set[asyncio.Task[None]] = set()
        self._accepting = [asyncio.create_task(self._accept(door)) for door in doors]

    @classmethod
    async def start(
        cls,
        credentials: Credentials,
        owners: Callable[[], StreamOwner],
        port: int = 0,
        hosts: Sequence[str] = EVERYWHERE,
        timing: Timing = USUAL,
    ) -> Self:
        """Listen on `port` (0: any free one) of all `hosts` this machine has; SketchError if that is not possible.

        `owners` is called once for every connection with a valid knock, to make the owner of its stream.
        """
        credentials.prepare()
        return cls(_open_doors(hosts, port), credentials, owners, timing)

    async def close(self) -> None:
        """Stop listening and drop unfinished handshakes; open streams live on."""
        for door in self._doors:
            with contextlib.suppress(NotImplementedError):  # where there are no readers: Windows
                asyncio.get_running_loop().remove_reader(
                    door
                )  # asyncio forgets to for a sock_accept in its last moment
        await _cancel(self._accepting)
        await _cancel(self._visits)  # all have begun by now, so each cleans up after itself
        while self._doors:
            self._doors.pop().close()

    async def _accept(self, door: socket.socket) -> None:
        """Let connections in at one door, for ever."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                sock, name = await loop.sock_accept(door)
            except ConnectionAbortedError:
                continue
            except OSError as error:
                self._note("", f"cannot accept connections ({os_failure(error)})", logging.WARNING)
                await asyncio.sleep(self._timing.exhausted)
                continue
            self._receive(sock, Address(*name[:2]))
            await asyncio.sleep(0)  # sock_accept does not yield while connections queue up

    def _receive(self, sock: socket.socket, address: Address) -> None:
        """A connection came: give it a place and a task, or drop it."""
        source = None if is_loopback(address) else source_of(address)
        if not self.gate.enter(source):
            sock.close()
            self._note(source_of(address), f"dropped a connection from {address.host}: too many unfinished ones")
            return
        visit = asyncio.create_task(self._visit(sock, address, source))
        self._visits.add(visit)
        visit.add_done_callback(self._visits.discard)

    async def _visit(self, sock: socket.socket, address: Address, source: str | None) -> None:
        """Everything from an accepted socket to an open stream, or to nothing."""
        stream: PeerStream | None = None
        try:
            try:
                knocked = await self._knocked(sock)
            finally:
                self.gate.knocked(source)
            stream, refusal = await self._shake(sock) if knocked else (None, "no valid knock")
        except OSError as error:
            refusal = os_failure(error)
        except BaseException:
            sock.close()
            raise
        finally:
            if stream is None:
                self.gate.leave()
            else:
                stream.settled.add_done_callback(lambda _: self.gate.leave())
        if refusal:
            sock.close()
            self._note(source_of(address), f"dropped a connection from {address.host}: {refusal}")

    async def _knocked(self, sock: socket.socket) -> bool:
        """Whether a valid knock comes in time. Reads no byte beyond it: the next one is TLS."""
        loop = asyncio.get_running_loop()
        knock = b""
        async with asyncio.timeout(self._timing.knock):
            while len(knock) < KNOCK_SIZE:
                part = await loop.sock_recv(sock, KNOCK_SIZE - len(knock))
                if not part:
                    break
                knock += part
        return self._credentials.room.check_knock(knock)

    async def _shake(self, sock: socket.socket) -> tuple[PeerStream | None, str]:
        """TLS, as its server: the stream once it has an owner, or why it failed."""
        _tune(sock)
        stream = PeerStream(self._credentials, self._owners(), server=True, flush=self._timing.flush)
        try:
            async with asyncio.timeout(self._timing.handshake):
                await asyncio.get_running_loop().connect_accepted_socket(lambda: stream, sock)
                await stream.handshake()
        except BaseException:
            stream.abort("the handshake took too long")
            raise
        return (stream, "") if stream.peer is not None else (None, stream.reason)

    def _note(self, source: str, text: str, level: int = logging.INFO) -> None:
        """One log line a source and minute."""
        now = asyncio.get_running_loop().time()
        if now - self._noted.get(source, -_NOTE_INTERVAL) < _NOTE_INTERVAL:
            return
        if len(self._noted) >= _MAX_NOTED:
            self._noted.clear()
        self._noted[source] = now
        log.log(level, "%s", text)


async def _cancel(tasks: Iterable[asyncio.Task[None]]) -> None:
    """End these tasks, and wait until they have."""
    tasks = list(tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _open_doors(hosts: Sequence[str], port: int) -> list[socket.socket]:
    """Listening sockets on all of `hosts`, on one and the same port; SketchError if there is none."""
    for tries in reversed(range(_PORT_TRIES)):
        try:
            return _bind(hosts, port)
        except OSError as error:
            if error.errno == errno.EADDRINUSE and port == 0 and tries:
                continue  # free on the first host, taken on the second
            raise SketchError(f"Cannot listen on port {port} ({_bind_failure(error)}).") from error
    raise AssertionError


def _bind(hosts: Sequence[str], port: int) -> list[socket.socket]:
    """Listening sockets on those of `hosts` that this machine has, or OSError."""
    doors: list[socket.socket] = []
    try:
        for host in hosts:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            try:
                doors.append(socket.create_server((host, port), family=family, backlog=_BACKLOG))
            except OSError as error:
                if error.errno not in _NO_SUCH_INTERFACE:
                    raise
                continue
            doors[-1].setblocking(False)
            port = doors[-1].getsockname()[1]
        if not doors:
            raise OSError(errno.EADDRNOTAVAIL, "this machine has no such network")
    except BaseException:
        for door in doors:
            door.close()
        raise
    return doors


def _bind_failure(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "another program has it; choose another, or 0 for any"
    return os_failure(error)
