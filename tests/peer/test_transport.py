"""Links over real sockets on this machine: who gets in, who does not, and what strangers can cost."""

import asyncio
import contextlib
import datetime
import errno
import logging
import os
import socket
import ssl
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from p2psketch.address import Address
from p2psketch.errors import SketchError, Unreachable
from p2psketch.ids import PeerId
from p2psketch.keys import Certificates, Identity, RoomKeys, certificates
from peer.transport import Credentials, Gate, Listener, PeerStream, Timing, dial

ROOM = RoomKeys.from_edit_secret(b"room".ljust(32))
OTHER_ROOM = RoomKeys.from_edit_secret(b"other room".ljust(32))
QUICK = Timing(connect=1, knock=0.2, handshake=0.5, flush=1, exhausted=0.1)
PATIENT = Timing(connect=10, knock=10, handshake=20, flush=30)


@dataclass(eq=False)
class Recorder:
    """An owner that keeps what it is told."""

    stream: PeerStream | None = None
    peer: PeerId | None = None
    data: bytearray = field(default_factory=bytearray)
    reason: str | None = None
    story: list[str] = field(default_factory=list)

    def opened(self, stream: PeerStream, peer: PeerId) -> None:
        self.stream, self.peer = stream, peer
        self.story.append("opened")

    def received(self, data: bytes) -> None:
        self.data += data

    def pause(self) -> None:
        self.story.append("pause")

    def resume(self) -> None:
        self.story.append("resume")

    def closed(self, stream: PeerStream, reason: str) -> None:
        assert stream is self.stream
        self.reason = reason
        self.story.append("closed")


class Door:
    """A listener with an owner for every link that it accepts."""

    def __init__(self, credentials: Credentials) -> None:
        self.credentials = credentials
        self.owners: list[Recorder] = []
        self.listener: Listener

    @property
    def address(self) -> Address:
        return Address("127.0.0.1", self.listener.port)

    @property
    def opened(self) -> list[Recorder]:
        return [owner for owner in self.owners if owner.peer is not None]

    def owner(self) -> Recorder:
        self.owners.append(Recorder())
        return self.owners[-1]


def member(room: RoomKeys = ROOM) -> Credentials:
    return Credentials(room, Identity.generate(os.urandom))


def run(story: Coroutine[object, object, None]) -> None:
    """One test: in a loop of its own, with a limit."""
    asyncio.run(asyncio.wait_for(story, 60))


@asynccontextmanager
async def listening(credentials: Credentials | None = None, timing: Timing = PATIENT) -> AsyncIterator[Door]:
    door = Door(credentials or member())
    door.listener = await Listener.start(door.credentials, door.owner, timing=timing)
    try:
        yield door
    finally:
        await door.listener.close()
        for owner in door.opened:
            assert owner.stream is not None
            owner.stream.abort()
        await until(lambda: all(owner.reason is not None for owner in door.opened))


async def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.002)


async def answered(sock: socket.socket, seconds: float = 20) -> bytes:
    """All that comes until the other side closes; a reset is a close too."""
    loop = asyncio.get_running_loop()
    data = b""
    async with asyncio.timeout(seconds):
        try:
            while part := await loop.sock_recv(sock, 65536):
                data += part
        except ConnectionError:
            pass
    return data


@asynccontextmanager
async def knocking(address: Address, first: bytes) -> AsyncIterator[socket.socket]:
    """A bare connection that has sent `first`."""
    sock = socket.create_connection(address)
    sock.setblocking(False)
    with sock:
        await asyncio.get_running_loop().sock_sendall(sock, first)
        yield sock


# Members


def test_two_members_exchange_bytes_and_know_each_other() -> None:
    async def story() -> None:
        me, owner = member(), Recorder()
        async with listening() as door:
            stream = await dial(door.address, me, owner, PATIENT)
            assert (owner.stream, owner.peer) == (stream, door.credentials.identity.peer_id)
            assert stream.remote == door.address
            await until(lambda: len(door.opened) == 1)
            there = door.opened[0]
            assert there.peer == me.identity.peer_id
            assert there.stream is not None
            stream.write(b"to you")
            there.stream.write(b"to me")
            await until(lambda: there.data == b"to you" and owner.data == b"to me")
            stream.close("enough")
            await until(lambda: owner.reason is not None and there.reason is not None)
            assert (owner.reason, there.reason) == ("enough", "the other side closed the link")
            assert owner.story == there.story == ["opened", "closed"]

    run(story())


def test_a_viewer_and_an_editor_are_members_of_one_room() -> None:
    async def story() -> None:
        viewer = RoomKeys.from_view_secret(ROOM.view_secret, ROOM.edit_public)
        async with listening() as door:
            stream = await dial(door.address, member(viewer), Recorder())
            stream.abort()

    run(story())


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_a_member_is_reached_by_any_of_its_addresses(host: str) -> None:
    async def story() -> None:
        async with listening() as door:
            stream = await dial(Address(host, door.listener.port), member(), Recorder())
            assert stream.remote.port == door.listener.port
            stream.abort()

    if host == "::1" and not _has_ipv6():
        pytest.skip("no IPv6 here")
    run(story())


def _has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


def test_a_mebibyte_each_way_at_once_arrives_whole() -> None:
    async def story() -> None:
        owner, there_and_back = Recorder(), [os.urandom(1 << 20) for _ in range(2)]
        async with listening() as door:
            stream = await dial(door.address, member(), owner, PATIENT)
            await until(lambda: len(door.opened) == 1)
            there = door.opened[0]
            assert there.stream is not None
            for at in range(0, 1 << 20, 100_000):
                stream.write(there_and_back[0][at : at + 100_000])
                there.stream.write(there_and_back[1][at : at + 100_000])
            await until(lambda: len(there.data) == len(owner.data) == 1 << 20)
            assert [there.data, owner.data] == there_and_back
            stream.abort()

    run(story())


def test_close_delivers_everything_even_while_the_other_side_keeps_sending() -> None:
    async def story() -> None:
        owner, size = Recorder(), 6 << 20
        async with listening() as door:
            stream = await dial(door.address, member(), owner, PATIENT)
            await until(lambda: len(door.opened) == 1)
            there = door.opened[0]
            assert there.stream is not None
            stream.pause_reading()
            there.stream.write(bytes(size))
            stream.write(bytes(size))
            stream.close()
            there.stream.write(bytes(size))
            await until(lambda: there.reason is not None and owner.reason is not None)
            assert len(there.data) == size
            assert there.reason == "the other side closed the link"

    run(story())


def test_a_slow_reader_pauses_the_writer_at_256_kib() -> None:
    async def story() -> None:
        owner = Recorder()
        async with listening() as door:
            stream = await dial(door.address, member(), owner, PATIENT)
            await until(lambda: len(door.opened) == 1)
            there = door.opened[0]
            assert there.stream is not None
            there.stream.pause_reading()
            written = 0
            while "pause" not in owner.story:
                assert stream.queued <= 256 * 1024
                stream.write(bytes(50_000))
                written += 50_000
                await asyncio.sleep(0)
            assert 256 * 1024 < stream.queued < 320 * 1024
            there.stream.resume_reading()
            await until(lambda: len(there.data) == written)
            assert owner.story == ["opened", "pause", "resume"]
            stream.abort()

    run(story())


def test_close_gives_up_on_a_reader_that_does_not_read() -> None:
    async def story() -> None:
        owner = Recorder()
        async with listening() as door:
            stream = await dial(door.address, member(), owner, QUICK)
            await until(lambda: len(door.opened) == 1)
            there = door.opened[0].stream
            assert there is not None
            there.pause_reading()
            stream.write(bytes(8 << 20))
            stream.close()
            for _ in range(10):
                await asyncio.sleep(0)
                assert owner.reason is None, "the reader is given time"
            await until(lambda: owner.reason is not None)

    run(story())


def test_a_link_that_breaks_says_so() -> None:
    async def story() -> None:
        owner = Recorder()
        async with listening() as door:
            stream = await dial(door.address, member(), owner, PATIENT)
            await until(lambda: len(door.opened) == 1)
            stream.abort("had enough")
            await until(lambda: door.opened[0].reason is not None)
            assert owner.reason == "had enough"
            assert door.opened[0].reason == "the other side hung up"
            stream.write(b"nothing happens")
            stream.close()
            stream.abort()

    run(story())


def test_an_open_link_outlives_the_listener() -> None:
    async def story() -> None:
        owner = Recorder()
        async with listening() as door:
            stream = await dial(door.address, member(), owner, PATIENT)
            await until(lambda: len(door.opened) == 1)
            await door.listener.close()
            stream.write(b"still here")
            await until(lambda: door.opened[0].data == b"still here")
            with pytest.raises(Unreachable, match="Nobody answers"):
                await dial(door.address, member(), Recorder(), PATIENT)
            stream.abort()

    run(story())


def test_nothing_of_the_private_key_stays_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    modes: list[int] = []
    real = ssl.SSLContext.load_cert_chain

    def load(self: ssl.SSLContext, certfile: Path) -> None:
        modes.extend([certfile.stat().st_mode & 0o777, certfile.parent.stat().st_mode & 0o777])
        real(self, certfile)

    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", load)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(os, "access", lambda *_: False)
    member().prepare()
    assert modes == [0o600, 0o700] * 2
    assert not list(tmp_path.iterdir())


def test_no_room_for_the_key_is_an_error_for_people(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("tempfile.TemporaryDirectory", full)
    with pytest.raises(SketchError, match="No space left"):
        member().prepare()


# Impostors


class Informed(Credentials):
    """Of another room, but knows this one's knock."""

    def knock(self) -> bytes:
        return ROOM.knock(os.urandom(16))


class Lenient(RoomKeys):
    """Lets any knock pass."""

    def check_knock(self, knock: bytes) -> bool:
        return True


def test_a_certificate_of_another_room_is_refused() -> None:
    async def story() -> None:
        owner = Recorder()
        async with listening() as door:
            with pytest.raises(Unreachable, match="not as a member of this board"):
                await dial(door.address, Informed(OTHER_ROOM, Identity.generate(os.urandom)), owner)
            await until(lambda: not door.listener.gate.unfinished)
            assert owner.story == []
            assert not door.opened

    run(story())


def test_a_listener_of_another_room_is_refused() -> None:
    async def story() -> None:
        owner = Recorder()
        lenient = Lenient(OTHER_ROOM.view_secret, OTHER_ROOM.edit_public)
        async with listening(Credentials(lenient, Identity.generate(os.urandom))) as door:
            with pytest.raises(Unreachable, match="the other side is not a member of this board"):
                await dial(door.address, member(), owner, PATIENT)
            await until(lambda: not door.listener.gate.unfinished)
            assert owner.story == []
            assert not door.opened

    run(story())


def test_dialling_another_room_fails_at_the_knock() -> None:
    async def story() -> None:
        async with listening() as door:
            with pytest.raises(Unreachable, match="not as a member of this board"):
                await dial(door.address, member(OTHER_ROOM), Recorder())
            assert not door.owners

    run(story())


def papers(holder: Identity, room: RoomKeys = ROOM) -> Certificates:
    return certificates(holder, room, os.urandom)


def no_certificate() -> bytes:
    return b""


def signed_by_a_leaf() -> bytes:
    """A certificate that a member signed with its own leaf, and that leaf as its chain."""
    parent, child = Identity.generate(os.urandom), Identity.generate(os.urandom)
    leaf = x509.load_pem_x509_certificate(papers(parent).leaf)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "child")])
    builder = x509.CertificateBuilder(leaf.subject, name, child._private.public_key(), 1)
    builder = builder.not_valid_before(datetime.datetime(1970, 1, 1)).not_valid_after(datetime.datetime(2100, 1, 1))
    signed = builder.sign(parent._private, None).public_bytes(Encoding.PEM)
    return papers(child).key + signed + papers(parent).leaf


def signed_by_itself() -> bytes:
    holder = Identity.generate(os.urandom)
    room = RoomKeys(ROOM.view_secret, ROOM.edit_public)
    room.__dict__["authority"] = holder
    made = papers(holder, room)
    return made.key + made.authority


def authority_itself() -> bytes:
    """The room's own key, which every member has: as a PeerId it would be everybody's."""
    made = papers(ROOM.authority)
    return made.key + made.authority


def forged(tmp_path: Path, pem: bytes) -> Credentials:
    """A member's knock, but in TLS it shows `pem` and accepts everybody."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if pem:
        path = tmp_path / "forged.pem"
        path.write_bytes(pem)
        context.load_cert_chain(path)
    credentials = member()
    credentials.__dict__["_contexts"] = (context, context)
    return credentials


@pytest.mark.parametrize("shown", [no_certificate, signed_by_a_leaf, signed_by_itself, authority_itself])
def test_whoever_has_no_leaf_of_the_room_is_refused(shown: Callable[[], bytes], tmp_path: Path) -> None:
    async def story() -> None:
        owner = Recorder()
        async with listening() as door:
            await dial(door.address, forged(tmp_path, shown()), owner)
            await until(lambda: owner.reason is not None)
            assert owner.story == ["opened", "closed"], "a TLS 1.3 client learns of it late"
            assert owner.data == b""
            assert not door.opened

    run(story())


def test_the_same_with_a_real_leaf_is_let_in(tmp_path: Path) -> None:
    async def story() -> None:
        made = papers(Identity.generate(os.urandom))
        async with listening() as door:
            stream = await dial(door.address, forged(tmp_path, made.key + made.leaf), Recorder())
            await until(lambda: len(door.opened) == 1)
            stream.abort()

    run(story())


def test_older_tls_is_refused() -> None:
    async def story() -> None:
        credentials = member()
        credentials.prepare()
        context = credentials._contexts[1]
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
        async with listening() as door:
            with pytest.raises(Unreachable, match="protocol version"):
                await dial(door.address, credentials, Recorder())

    run(story())


# Strangers


@pytest.mark.parametrize(
    "first",
    [
        OTHER_ROOM.knock(bytes(16)),
        bytes(49),
        b"GET / HTTP/1.1\r\nHost: somewhere.example.org\r\nAccept: */*\r\n\r\n",
        b"\x16\x03\x01" + bytes(500),
    ],
)
def test_a_wrong_knock_gets_nothing(first: bytes) -> None:
    async def story() -> None:
        async with listening() as door, knocking(door.address, first) as sock:
            assert await answered(sock) == b""
            assert not door.owners
            await until(lambda: not door.listener.gate.unfinished)

    run(story())


def test_a_knock_that_drips_is_dropped_in_time() -> None:
    async def story() -> None:
        loop = asyncio.get_running_loop()
        knock = ROOM.knock(bytes(16))
        async with listening(timing=QUICK) as door, knocking(door.address, knock[:1]) as sock:
            began = time.monotonic()
            closed, at = asyncio.create_task(answered(sock)), 0
            for at in range(1, len(knock)):
                with contextlib.suppress(ConnectionError):
                    await loop.sock_sendall(sock, knock[at : at + 1])
                await asyncio.wait([closed], timeout=0.02)
                if closed.done():
                    break
            assert await closed == b""
            assert time.monotonic() - began > 0.15
            assert at < len(knock) - 1, "the time is for the whole knock, not for each byte"
            assert not door.owners

    run(story())


def test_a_stranger_that_says_nothing_or_hangs_up_is_forgotten() -> None:
    async def story() -> None:
        async with listening(timing=QUICK) as door:
            async with knocking(door.address, b"") as sock:
                assert await answered(sock) == b""
            async with knocking(door.address, b"\x01"):
                pass
            await until(lambda: not door.listener.gate.unfinished)
            assert not door.owners

    run(story())


def test_a_knock_without_tls_after_it_is_dropped_in_time() -> None:
    async def story() -> None:
        async with listening(timing=QUICK) as door, knocking(door.address, ROOM.knock(bytes(16))) as sock:
            assert await answered(sock, 2) == b""
            await until(lambda: not door.listener.gate.unfinished)
            assert not door.opened

    run(story())


def test_tls_without_a_knock_is_dropped(tmp_path: Path) -> None:
    async def story() -> None:
        made = papers(Identity.generate(os.urandom))
        context = forged(tmp_path, made.key + made.leaf)._contexts[0]
        async with listening() as door:
            with pytest.raises(OSError):  # noqa: PT011 - reset, or the end of the file: timing decides
                await asyncio.open_connection(*door.address, ssl=context, server_hostname="")
            assert not door.owners

    run(story())


def test_half_open_connections_beyond_the_limit_are_dropped_and_members_get_in_afterwards() -> None:
    async def story() -> None:
        async with listening() as door, contextlib.AsyncExitStack() as waiting:
            first = [await waiting.enter_async_context(knocking(door.address, b"\x01")) for _ in range(64)]
            await until(lambda: door.listener.gate.unfinished == 64)
            for _ in range(5):
                async with knocking(door.address, b"") as sock:
                    assert await answered(sock, 1) == b""
            with pytest.raises(Unreachable):
                await dial(door.address, member(), Recorder(), PATIENT)
            for sock in first[:3]:
                sock.close()
            await until(lambda: door.listener.gate.unfinished == 61)
            stream = await dial(door.address, member(), Recorder(), PATIENT)
            await until(lambda: len(door.opened) == 1)
            stream.abort()

    run(story())


def test_one_address_holds_eight_places_and_keeps_nobody_else_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("peer.transport.is_loopback", lambda address: address.host == "::1")

    async def story() -> None:
        async with listening() as door, contextlib.AsyncExitStack() as waiting:
            for _ in range(8):
                await waiting.enter_async_context(knocking(door.address, b""))
            await until(lambda: door.listener.gate.unfinished == 8)
            async with knocking(door.address, b"") as ninth:
                assert await answered(ninth, 1) == b""
            stream = await dial(Address("::1", door.listener.port), member(), Recorder())
            stream.abort()
            await waiting.aclose()
            await until(lambda: not door.listener.gate.unfinished)
            for _ in range(9):
                (await dial(door.address, member(), Recorder(), PATIENT)).abort()

    if not _has_ipv6():
        pytest.skip("no IPv6 here")
    run(story())


def test_many_members_from_one_address_get_in_at_once() -> None:
    async def story() -> None:
        me = member()
        async with listening() as door:
            streams = await asyncio.gather(*(dial(door.address, me, Recorder(), PATIENT) for _ in range(40)))
            await until(lambda: len(door.opened) == 40)
            for stream in streams:
                stream.abort()

    run(story())


def test_a_gate_counts_strangers_by_source_and_handshakes_in_all() -> None:
    gate = Gate(total=4, each=2)
    assert [gate.enter("a") for _ in range(3)] == [True, True, False]
    gate.knocked("a")
    assert gate.enter("a"), "who has knocked is no stranger, though still unfinished"
    assert gate.enter(None)
    assert (gate.unfinished, gate.enter(None), gate.enter("b")) == (4, False, False)
    for source in ("a", "a", None):
        gate.knocked(source)
    for _ in range(4):
        gate.leave()
    assert gate.unfinished == 0
    assert [gate.enter(None) for _ in range(5)] == [True] * 4 + [False], "this machine is limited only in all"


def test_strangers_cost_one_log_line(caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        async with listening() as door:
            for _ in range(20):
                async with knocking(door.address, bytes(49)) as sock:
                    await answered(sock)

    run(story())
    lines = [record for record in caplog.records if record.name == "peer.transport"]
    assert [(line.levelno, line.getMessage()) for line in lines] == [
        (logging.INFO, "dropped a connection from 127.0.0.1: no valid knock")
    ]


def test_a_crowd_at_the_door_leaves_time_for_everything_else() -> None:
    async def story() -> None:
        async with listening() as door, contextlib.AsyncExitStack() as waiting:
            for _ in range(40):
                waiting.enter_context(socket.create_connection(door.address))
            turns = 0
            while door.listener.gate.unfinished < 40:
                await asyncio.sleep(0)
                turns += 1
            assert turns >= 39, "one connection a turn of the loop"

    run(story())


def test_running_out_of_files_does_not_spin_and_passes(
    expected_log: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    resource = pytest.importorskip("resource")
    expected_log("cannot accept connections")

    async def story() -> None:
        loop, tries = asyncio.get_running_loop(), 0
        accept = loop.sock_accept

        async def counted(door: socket.socket) -> tuple[socket.socket, object]:
            nonlocal tries
            tries += 1
            return await accept(door)

        before = resource.getrlimit(resource.RLIMIT_NOFILE)
        async with listening(timing=QUICK) as door:
            monkeypatch.setattr(loop, "sock_accept", counted)
            with socket.socket() as client:
                taken = os.dup(client.fileno())
                resource.setrlimit(resource.RLIMIT_NOFILE, (taken + 1, before[1]))
                try:
                    client.connect(door.address)
                    await asyncio.sleep(0.5)
                finally:
                    os.close(taken)
                    resource.setrlimit(resource.RLIMIT_NOFILE, before)
            assert 2 <= tries <= 14, "one try a door in a tenth of a second"
            stream = await dial(door.address, member(), Recorder(), PATIENT)
            stream.abort()

    run(story())


# What a person may get wrong


def test_nobody_at_an_address_is_an_error_for_people() -> None:
    async def story() -> None:
        with socket.create_server(("127.0.0.1", 0)) as gone:
            address = Address(*gone.getsockname())
        with pytest.raises(Unreachable, match=f"Nobody answers at {address} "):
            await dial(address, member(), Recorder(), QUICK)

    run(story())


@pytest.mark.parametrize("host", ["a" * 64, "a..b"])
def test_a_name_that_cannot_be_one_is_an_error_for_people(host: str) -> None:
    with pytest.raises(Unreachable, match=f"No computer named {host}"):
        run(_dial_only(Address(host, 9000)))


async def _dial_only(address: Address) -> None:
    await dial(address, member(), Recorder(), QUICK)


def test_a_program_that_does_not_speak_is_given_up() -> None:
    async def story() -> None:
        owner = Recorder()
        with socket.create_server(("127.0.0.1", 0)) as mute:
            with pytest.raises(Unreachable, match="no answer in time"):
                await dial(Address(*mute.getsockname()), member(), owner, QUICK)
            await let_go(mute)
            dialling = asyncio.create_task(dial(Address(*mute.getsockname()), member(), owner, PATIENT))
            await asyncio.sleep(0.1)
            dialling.cancel()
            with pytest.raises(asyncio.CancelledError):
                await dialling
            await let_go(mute)
        assert owner.story == []

    run(story())


async def let_go(server: socket.socket) -> None:
    """Who connected to `server` has closed its side."""
    sock, _ = server.accept()
    with sock:
        sock.setblocking(False)
        await answered(sock, 2)


def test_closing_drops_handshakes_that_go_on() -> None:
    async def story() -> None:
        async with listening() as door:
            knock = ROOM.knock(bytes(16))
            async with knocking(door.address, b"\x01") as early, knocking(door.address, knock) as late:
                await until(lambda: door.listener.gate.unfinished == 2 and len(door.owners) == 1)
                await door.listener.close()
                assert await answered(early, 1) == await answered(late, 1) == b""
                assert door.listener.gate.unfinished == 0

    run(story())


def test_a_taken_port_is_an_error_for_people() -> None:
    async def story() -> None:
        async with listening() as door:
            with pytest.raises(SketchError, match=f"port {door.listener.port} .another program has it"):
                await Listener.start(member(), Recorder, port=door.listener.port)

    run(story())


def test_a_machine_without_such_a_network_listens_on_what_it_has() -> None:
    async def story() -> None:
        listener = await Listener.start(member(), Recorder, hosts=("127.0.0.1", "2001:db8::1"))
        assert listener.port > 0
        await listener.close()
        with pytest.raises(SketchError, match="no such network"):
            await Listener.start(member(), Recorder, hosts=("2001:db8::1",))

    run(story())
