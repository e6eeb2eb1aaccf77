"""One encrypted link to a member of the room: mutual TLS 1.3 over any asyncio transport, then bytes.

Rule: no sockets here (`transport` has them), no frames and no messages. Who is let in is decided by Python's
`ssl` alone: a certificate of this room's CA, or no link.

TLS is driven here through `ssl.SSLObject` over a plain transport, not through asyncio's own TLS transport: that
one keeps a buffer of 256 KiB for every link, and drops what is still to be sent when data crosses its close.
Everything runs in the thread of one event loop.
"""

import asyncio
import contextlib
import enum
import os
import ssl
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol, cast

from p2psketch.address import Address
from p2psketch.errors import RemoteProtocolError, SketchError
from p2psketch.ids import PeerId
from p2psketch.keys import KNOCK_NONCE_SIZE, Identity, Random, RoomKeys, certificates, certified_peer

HIGH_WATER = 256 * 1024
LOW_WATER = 64 * 1024
FLUSH_TIME = 5.0

_RECORD = 16 * 1024


@dataclass(frozen=True)
class Credentials:
    """What one launch shows to get into one room; the TLS contexts are made when first needed and kept."""

    room: RoomKeys
    identity: Identity
    urandom: Random = os.urandom

    @cached_property
    def _contexts(self) -> tuple[ssl.SSLContext, ssl.SSLContext]:
        """The server's and the client's: TLS 1.3 only, both sides show a certificate of this room's CA, no other CA."""
        authority, leaf, key = certificates(self.identity, self.room, self.urandom)
        server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        server.num_tickets = 0
        client.check_hostname = False
        with _file_with(key + leaf) as path:
            for context in (server, client):
                context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_3
                context.verify_mode = ssl.CERT_REQUIRED
                context.load_verify_locations(cadata=authority.decode("ascii"))
                context.load_cert_chain(path)
        return server, client

    def prepare(self) -> None:
        """Make the TLS contexts now (60 ms the first time in a process); SketchError if this machine cannot."""
        try:
            _ = self._contexts
        except OSError as error:
            raise SketchError(f"Cannot prepare the encryption of links ({os_failure(error)}).") from error

    def tls(self, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO, *, server: bool) -> ssl.SSLObject:
        """One side of a new TLS connection; SketchError as for `prepare`."""
        self.prepare()
        return self._contexts[0 if server else 1].wrap_bio(incoming, outgoing, server_side=server)

    def knock(self) -> bytes:
        """What to send before TLS."""
        return self.room.knock(self.urandom(KNOCK_NONCE_SIZE))


@contextlib.contextmanager
def _file_with(secret: bytes) -> Iterator[Path]:
    """A file that only we can read, deleted on leaving: `ssl` takes keys from nowhere else. In memory if possible."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK | os.X_OK) else None
    with tempfile.TemporaryDirectory(prefix="p2psketch-", dir=memory) as directory:
        path = Path(directory, "leaf.pem")
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secret)
        yield path


class StreamOwner(Protocol):
    """Whom a stream tells what happens. `opened` comes first and once, `closed` last and once, or neither comes."""

    def opened(self, stream: "PeerStream", peer: PeerId) -> None:
        """The other side is a member of the room and holds the private key of `peer`."""

    def received(self, data: bytes) -> None:
        """Bytes came, cut anywhere."""

    def pause(self) -> None:
        """More than 256 KiB wait to be sent: write no more than you must."""

    def resume(self) -> None:
        """Less than 64 KiB wait to be sent: go on."""

    def closed(self, stream: "PeerStream", reason: str) -> None:
        """The link is gone, for a `reason` fit for a log line."""


class _Arrivals(threading.local):
    """Where the sockets of one thread put what they read, one after the other, each for the moment of a callback."""

    def __init__(self) -> None:
        self.buffer = memoryview(bytearray(HIGH_WATER))


_arrivals = _Arrivals()


class _State(enum.Enum):
    SHAKING = enum.auto()
    OPEN = enum.auto()
    CLOSING = enum.auto()
    CLOSED = enum.auto()


class PeerStream(asyncio.BufferedProtocol):
    """One encrypted link; made by `dial` and `Listener`, handed to its owner in `opened`."""

    def __init__(
        self, credentials: Credentials, owner: StreamOwner, *, server: bool, flush: float = FLUSH_TIME
    ) -> None:
        self.peer: PeerId | None = None
        self.reason = ""
        self._room = credentials.room
        self._owner = owner
        self._flush_time = flush
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = credentials.tls(self._incoming, self._outgoing, server=server)
        self._state = _State.SHAKING
        self._loop = asyncio.get_running_loop()
        self._shaken: asyncio.Future[None] = self._loop.create_future()
        self.settled: asyncio.Future[None] = self._loop.create_future()
        self._transport: asyncio.Transport | None = None
        self._deadline: asyncio.TimerHandle | None = None

    @property
    def remote(self) -> Address:
        """Where the other side is, as this machine sees it."""
        return self._end("peername")

    @property
    def local(self) -> Address:
        """Where this side is."""
        return self._end("sockname")

    def _end(self, which: str) -> Address:
        name = self._transport.get_extra_info(which) if self._transport else None
        return Address(*name[:2]) if name else Address("", 0)

    @property
    def queued(self) -> int:
        """Bytes that wait for the socket."""
        return self._transport.get_write_buffer_size() if self._transport else 0

    def settle(self) -> None:
        """The other side has said what it wants; its place among the newcomers is free. So it is once it has gone."""
        if not self.settled.done():
            self.settled.set_result(None)

    async def handshake(self) -> bool:
        """Wait until the handshake has ended; whether it led to a link."""
        await self._shaken
        return self.peer is not None

    def write(self, data: bytes) -> None:
        """Send `data` now, or queue it; nothing happens once the stream closes."""
        if self._state is not _State.OPEN:
            return
        try:
            sent = self._tls.write(data)
            while sent < len(data):
                sent += self._tls.write(memoryview(data)[sent:])
        except ssl.SSLError as error:
            self.abort(_tls_failure(error))
        else:
            self._flush()

    def close(self, reason: str = "closed here") -> None:
        """Send what is queued, then close; what still comes in is thrown away. Takes at most `flush` seconds."""
        if self._state is not _State.OPEN:
            return
        self._ending(reason)
        with contextlib.suppress(ssl.SSLError):
            self._tls.unwrap()
        self._flush()
        assert self._transport is not None
        self._transport.resume_reading()  # a socket closed over unread bytes is reset, and what we sent is lost
        with contextlib.suppress(OSError):
            self._transport.write_eof()

    def abort(self, reason: str = "closed here") -> None:
        """Close at once; what is queued is lost."""
        self._ending(reason)
        if self._transport is not None:
            self._transport.abort()

    def pause_reading(self) -> None:
        """Leave what comes in to the other side's kernel, until `resume_reading`."""
        if self._transport is not None and self._state is _State.OPEN:
            self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Undo `pause_reading`."""
        if self._transport is not None:
            self._transport.resume_reading()

    # Called by asyncio.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        if self._state is not _State.SHAKING:
            self._transport.abort()
            return
        self._transport.set_write_buffer_limits(HIGH_WATER, LOW_WATER)
        self._shake()

    def get_buffer(self, _sizehint: int) -> memoryview:
        return _arrivals.buffer

    def buffer_updated(self, nbytes: int) -> None:
        if self._state in (_State.CLOSING, _State.CLOSED):
            return
        self._incoming.write(_arrivals.buffer[:nbytes])
        if self._state is _State.SHAKING:
            self._shake()
        if self._state is _State.OPEN:
            self._read()

    def eof_received(self) -> None:
        self._ending("the other side hung up")

    def pause_writing(self) -> None:
        if self._state is _State.OPEN:
            self._owner.pause()

    def resume_writing(self) -> None:
        if self._state is _State.OPEN:
            self._owner.resume()

    def connection_lost(self, exc: Exception | None) -> None:
        self._ending("closed here" if exc is None else f"the link broke ({os_failure(exc)})")
        self._state = _State.CLOSED
        self.settle()
        if self._deadline is not None:
            self._deadline.cancel()
        self._shaking_ended()
        if self.peer is not None:
            self._owner.closed(self, self.reason)

    # TLS.

    def _shake(self) -> None:
        """Take the handshake as far as the bytes at hand allow."""
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            self._flush()
        except ssl.SSLError as error:
            self._refuse(_tls_failure(error))
        else:
            self._flush()
            self._welcome()

    def _welcome(self) -> None:
        """The certificate is verified: find out whose it is, and tell the owner."""
        try:
            peer = certified_peer(self._tls.getpeercert(True) or b"", self._room)
        except RemoteProtocolError as error:
            self._refuse(str(error))
            return
        self.peer, self._state = peer, _State.OPEN
        self._shaking_ended()
        self._owner.opened(self, peer)

    def _read(self) -> None:
        """Decrypt all that came and hand it on in one piece."""
        parts: list[bytes] = []
        end = ""
        try:
            while self._incoming.pending or self._tls.pending():
                parts.append(self._tls.read(_RECORD))
                if not parts[-1]:
                    end = "the other side closed the link"
                    break
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError as error:
            end = _tls_failure(error)
        if data := b"".join(parts):
            self._owner.received(data)
        if end:
            self.close(end)

    def _refuse(self, reason: str) -> None:
        """Give the handshake up; OpenSSL's last word to the other side is sent."""
        self._ending(reason)
        self._flush()
        if self._transport is not None:
            self._transport.close()

    def _flush(self) -> None:
        """Hand what OpenSSL wrote to the socket."""
        if self._outgoing.pending and self._transport is not None:
            self._transport.write(self._outgoing.read())

    def _ending(self, reason: str) -> None:
        """From now on nothing is received or written; the first reason counts, and the socket has a deadline."""
        if self._state in (_State.CLOSING, _State.CLOSED):
            return
        self.reason, self._state = reason, _State.CLOSING
        if self._transport is not None:
            self._deadline = self._loop.call_later(self._flush_time, self._transport.abort)

    def _shaking_ended(self) -> None:
        if not self._shaken.done():
            self._shaken.set_result(None)


def _tls_failure(error: ssl.SSLError) -> str:
    """Why TLS failed, in words where the cause is a usual one."""
    match error.reason:
        case "CERTIFICATE_VERIFY_FAILED" | "PEER_DID_NOT_RETURN_A_CERTIFICATE":
            return "the other side is not a member of this board"
        case str(reason) if "ALERT" in reason:
            return f"the other side refused us ({reason.lower().replace('_', ' ')})"
        case reason:
            return f"TLS failed ({str(reason or error).lower().replace('_', ' ')})"


def os_failure(error: Exception) -> str:
    """What the operating system says, in its own words."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return (isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__
