"""The tracker on real sockets: with the real client, with raw bytes, and as a real process."""

import asyncio
import contextlib
import errno
import logging
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import wraps
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import pytest

from p2psketch import messages as m
from p2psketch.address import Address
from p2psketch.codec import MAX_FRAME, Frames, decode, encode, frame
from p2psketch.effects import MemberJoined, MemberLeft, TrackerDown, TrackerEvent, TrackerRefused, TrackerUp
from p2psketch.invite import TRACKER_PORT
from peer.trackers import Pace as ClientPace
from peer.trackers import TrackerClient
from tracker import registry, server
from tracker.__main__ import main
from tracker.limits import DEFAULT_PORT, Limits
from tracker.server import Pace, TrackerServer

ROOT = Path(__file__).parents[2]
ROOM = b"r" * 32
PATIENCE = 10.0

E = TypeVar("E", bound=TrackerEvent)
Test = Callable[..., Coroutine[Any, Any, None]]


def in_loop(test: Test) -> Callable[..., None]:
    """Run the test in an event loop, for at most PATIENCE seconds."""

    @wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        asyncio.run(asyncio.wait_for(test(*args, **kwargs), PATIENCE))

    return run


@asynccontextmanager
async def tracker(limits: Limits | None = None, *, port: int = 0, **pace: float) -> AsyncIterator[TrackerServer]:
    running = TrackerServer(limits, pace=Pace(**{"tick": 0.01, **pace}), rng=Random(1))
    await running.start("127.0.0.1", port)
    try:
        yield running
    finally:
        await running.close()


class Peer:
    """A client and what it has been told."""

    def __init__(self, port: int, number: int, room: bytes = ROOM, host: str = "127.0.0.1") -> None:
        self.says = m.Announce(m.PROTOCOL_VERSION, room, bytes([number]) * 16, b"entry")
        self.events: asyncio.Queue[TrackerEvent] = asyncio.Queue()
        self.client = TrackerClient(
            Address(host, port),
            lambda: self.says,
            self.events.put_nowait,
            rng=Random(number),
            pace=ClientPace(retry=0.01, longest_retry=0.05, update=0.01, ping=0.05),
        )

    async def __aenter__(self) -> "Peer":
        self.client.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.close()

    @property
    def entry(self) -> m.Entry:
        return m.Entry(self.says.handle, self.says.sealed)

    async def hears(self, kind: type[E]) -> E:
        """The next event, which is of this kind."""
        event = await self.events.get()
        assert isinstance(event, kind), event
        return event

    async def comes_to_hear(self, kind: type[E]) -> E:
        """The next event of this kind, whatever comes before it."""
        while not isinstance(event := await self.events.get(), kind):
            pass
        return event


class Raw:
    """A connection that says any bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self._frames = Frames()
        self._heard: list[m.Message] = []

    def say(self, message: m.Message) -> None:
        self.writer.write(encode(message))

    def announce(self, number: int, sealed: bytes = b"entry", version: int = m.PROTOCOL_VERSION) -> None:
        self.say(m.Announce(version, ROOM, bytes([number]) * 16, sealed))

    async def hears(self) -> m.Message | None:
        """The next message, None when the tracker has closed the connection."""
        while not self._heard:
            try:
                data = await self.reader.read(65536)
            except ConnectionError:
                return None
            if not data:
                return None
            self._heard += [decode(payload) for payload in self._frames.feed(data)]
        return self._heard.pop(0)


@asynccontextmanager
async def raw(running: TrackerServer) -> AsyncIterator[Raw]:
    reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
    try:
        yield Raw(reader, writer)
    finally:
        writer.transport.abort()


async def until(holds: Callable[[], bool]) -> None:
    """Wait for what comes without an event; the test's own PATIENCE ends it."""
    while not holds():
        await asyncio.sleep(0.005)


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Callable[[str], list[str]]:
    """The tracker's log lines that match a pattern."""
    caplog.set_level(logging.INFO, "tracker.server")
    return lambda pattern: [line for line in caplog.messages if re.search(pattern, line)]


Lines = Callable[[str], list[str]]


# Members


@in_loop
async def test_peers_hear_of_each_other() -> None:
    async with tracker(Limits(grace=60)) as running, Peer(running.port, 1) as ann:
        up = await ann.hears(TrackerUp)
        assert (up.entries, up.seen.host) == ((), "127.0.0.1")
        async with Peer(running.port, 2) as bob:
            assert (await bob.hears(TrackerUp)).entries == (ann.entry,)
            assert (await ann.hears(MemberJoined)).entry == bob.entry
            bob.says = m.Announce(m.PROTOCOL_VERSION, ROOM, bob.entry.handle, b"moved")
            bob.client.update()
            assert (await ann.hears(MemberJoined)).entry.sealed == b"moved"
        assert (await ann.hears(MemberLeft)).handle == bob.entry.handle


@in_loop
async def test_a_connection_cut_for_a_moment_is_told_to_nobody() -> None:
    async with tracker(Limits(grace=60)) as running, Peer(running.port, 1) as ann:
        await ann.hears(TrackerUp)
        async with raw(running) as bob:
            bob.announce(2)
            await bob.hears()
            await ann.hears(MemberJoined)
        async with raw(running) as bob:
            bob.announce(2)
            await bob.hears()
            async with Peer(running.port, 3) as cleo:
                assert (await ann.hears(MemberJoined)).entry == cleo.entry


@in_loop
async def test_peers_announce_themselves_again_to_a_tracker_that_returns() -> None:
    async with tracker() as running:
        port = running.port
        ann, bob = Peer(port, 1), Peer(port, 2)
        async with ann, bob:
            await ann.hears(TrackerUp)
            await bob.comes_to_hear(TrackerUp)
            await running.close()
            await ann.comes_to_hear(TrackerDown)
            await bob.comes_to_hear(TrackerDown)
            async with tracker(port=port) as returned:
                await ann.comes_to_hear(TrackerUp)
                await bob.comes_to_hear(TrackerUp)
                assert returned.registry.members == 2


@in_loop
async def test_pings_keep_a_member_and_silence_ends_it() -> None:
    now = 0.0
    running = TrackerServer(Limits(silence=45), pace=Pace(tick=0.01), clock=lambda: now)
    await running.start("127.0.0.1", 0)
    async with raw(running) as ann, raw(running) as mute:
        for number, peer in enumerate((ann, mute)):
            peer.announce(number)
            assert isinstance(await peer.hears(), m.Members)
        now = 30.0
        ann.say(m.Ping(1))
        assert isinstance(await ann.hears(), m.Joined)
        assert await ann.hears() == m.Pong(1)
        now = 45.0
        assert await mute.hears() is None
        now = 50.0
        assert await ann.hears() == m.Left(bytes([1]) * 16)
    await running.close()


@in_loop
async def test_ping_is_answered() -> None:
    async with tracker() as running, raw(running) as ann:
        ann.announce(1)
        ann.say(m.Ping(5))
        assert isinstance(await ann.hears(), m.Members)
        assert await ann.hears() == m.Pong(5)


# Refusals: the reason arrives, then the end


@in_loop
async def test_a_full_room_is_refused_with_a_reason() -> None:
    async with tracker(Limits(room=1)) as running, Peer(running.port, 1) as ann:
        await ann.hears(TrackerUp)
        async with Peer(running.port, 2) as bob:
            refused = await bob.hears(TrackerRefused)
            assert "1 members" in refused.reason
            assert refused.wait == 60


@in_loop
async def test_a_full_tracker_is_refused_with_a_reason_though_nothing_was_read() -> None:
    async with tracker(Limits(connections=1)) as running, raw(running) as ann:
        ann.announce(1)
        await ann.hears()
        async with Peer(running.port, 2) as bob:
            assert "full" in (await bob.hears(TrackerRefused)).reason


@in_loop
async def test_connections_beyond_refusal_are_cut() -> None:
    limit = 1
    async with tracker(Limits(connections=limit), linger=PATIENCE) as running:
        last = 0
        refused: list[Raw] = []
        for _ in range(100):
            reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
            refused.append(Raw(reader, writer))
        for number, connection in enumerate(refused[limit:]):
            if await connection.hears() is None:
                last = number
                break
        assert last == 64
        for connection in refused:
            connection.writer.transport.abort()


@in_loop
async def test_a_wrong_version_is_refused_naming_both() -> None:
    async with tracker() as running, raw(running) as ann:
        ann.announce(1, version=99)
        refused = await ann.hears()
        assert isinstance(refused, m.Refused)
        assert "99" in refused.reason
        assert await ann.hears() is None


@in_loop
async def test_limits_per_address_hold_for_strangers_from_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "is_loopback", lambda _: False)
    limits = Limits(per_address=1, announces_per_minute=1)
    async with tracker(limits) as running, raw(running) as first, raw(running) as second:
        assert isinstance(await second.hears(), m.Refused)
        first.announce(1)
        assert isinstance(await first.hears(), m.Members)
        async with raw(running) as third:
            third.announce(3)
            assert isinstance(await third.hears(), m.Refused)


# What is wrong ends its own connection, with one log line


HTTP = b"GET / HTTP/1.1\r\nHost: tracker\r\n\r\n"


@pytest.mark.parametrize(
    ("nonsense", "reason"),
    [
        (HTTP, "frame of 1,195,725,856 bytes"),
        (frame(b"\xc1"), "not MessagePack"),
        (frame(b"\x93\x20"), "not MessagePack"),
        (encode(m.Bye("leaving")), "Bye is not what a tracker waits for"),
        (encode(m.Ping(1)), "Ping is not what a tracker waits for"),
        ((MAX_FRAME + 1).to_bytes(4, "big"), "frame of"),
        (frame(b"x" * 2000), "more than 1,280 bytes"),
        ((100_000).to_bytes(4, "big") + b"x" * 2000, "more than 1,280 bytes"),
    ],
)
@in_loop
async def test_nonsense_closes_only_its_own_connection(nonsense: bytes, reason: str, lines: Lines) -> None:
    async with tracker() as running, Peer(running.port, 1) as ann, raw(running) as bad:
        await ann.hears(TrackerUp)
        bad.writer.write(nonsense)
        assert await bad.hears() is None
        [line] = lines("closed")
        assert reason in line
        assert running.registry.members == 1
        assert ann.events.empty()


@in_loop
async def test_a_torn_frame_is_noted(lines: Lines) -> None:
    async with tracker() as running, raw(running) as torn:
        torn.writer.write(encode(m.Ping(1))[:-1])
        torn.writer.write_eof()
        assert await torn.hears() is None
        [line] = lines("closed")
        assert "middle of a frame" in line


@in_loop
async def test_a_frame_may_come_byte_by_byte() -> None:
    async with tracker() as running, raw(running) as ann:
        for byte in encode(m.Announce(m.PROTOCOL_VERSION, ROOM, b"h" * 16, b"entry")):
            ann.writer.write(bytes([byte]))
            await ann.writer.drain()
        assert isinstance(await ann.hears(), m.Members)


@in_loop
async def test_who_says_nothing_is_closed() -> None:
    async with tracker(Limits(first_announce=0.05)) as running, raw(running) as mute:
        assert await mute.hears() is None


@in_loop
async def test_who_drips_a_frame_is_closed_in_time() -> None:
    async with tracker(Limits(first_announce=0.1)) as running, raw(running) as dripping:
        dripping.writer.write(encode(m.Ping(1))[:5])
        assert await dripping.hears() is None


@in_loop
async def test_a_flood_of_nonsense_is_one_line(lines: Lines) -> None:
    async with tracker(complaint=3600) as running:
        for _ in range(20):
            async with raw(running) as bad:
                bad.writer.write(HTTP)
                assert await bad.hears() is None
        assert len(lines("closed")) == 1


@in_loop
async def test_a_flood_of_pings_is_ended(lines: Lines) -> None:
    async with tracker() as running, raw(running) as flooding:
        flooding.announce(1)
        flooding.writer.write(encode(m.Ping(1)) * 10_000)
        assert isinstance(await flooding.hears(), m.Members)
        pongs = 0
        while await flooding.hears() is not None:
            pongs += 1
        assert pongs == registry.PINGS_PER_MINUTE
        assert "pings too often" in lines("closed")[0]


@in_loop
async def test_lines_left_out_are_counted(lines: Lines) -> None:
    now = 0.0
    running = TrackerServer(pace=Pace(complaint=10), clock=lambda: now)
    await running.start("127.0.0.1", 0)
    for number in range(4):
        now = 11.0 if number == 3 else 0.0
        async with raw(running) as bad:
            bad.writer.write(HTTP)
            assert await bad.hears() is None
    await running.close()
    assert [line.endswith("(and 2 more)") for line in lines("closed")] == [False, True]


@pytest.mark.parametrize("most", ["MAX_QUEUED", "MAX_QUEUED_IN_ALL"])
@in_loop
async def test_a_slow_reader_is_closed_and_the_others_are_served(
    most: str, monkeypatch: pytest.MonkeyPatch, lines: Lines
) -> None:
    monkeypatch.setattr(registry, "UPDATES_PER_MINUTE", 100_000)
    monkeypatch.setattr(server, most, 256 * 1024)
    async with tracker() as running, raw(running) as fast:
        fast.announce(1)
        members = [await asyncio.open_connection("127.0.0.1", running.port) for _ in range(64)]
        for number, (_, writer) in enumerate(members):
            Raw(*members[number]).announce(number + 101, b"x" * 1024)
            await writer.drain()
        await until(lambda: running.registry.members == 65)
        async with raw(running) as slow:
            slow.writer.transport.pause_reading()  # type: ignore[attr-defined]
            for number in range(400):  # each is answered with 66 KiB
                slow.announce(200, b"%d" % number)
            await until(lambda: bool(lines("does not read")))
        fast.say(m.Ping(1))
        while await fast.hears() != m.Pong(1):
            pass
        for _, writer in members:
            writer.transport.abort()


# Start and end


@in_loop
async def test_a_port_in_use_is_passed_over_only_if_that_is_wanted() -> None:
    async with tracker() as running:
        other = TrackerServer()
        with pytest.raises(OSError, match="in use") as caught:
            await other.start("127.0.0.1", running.port)
        assert caught.value.errno == errno.EADDRINUSE
        port = await other.start("127.0.0.1", running.port, next_free=True)
        assert port != running.port
        async with Peer(port, 1) as ann:
            await ann.hears(TrackerUp)
        await other.close()


@in_loop
async def test_by_default_all_interfaces_listen_on_one_port(lines: Lines) -> None:
    running = TrackerServer()
    port = await running.start(port=0)
    hosts = ["127.0.0.1"]
    if socket.has_ipv6 and lines(re.escape("[::]")):
        hosts.append("::1")
    for number, host in enumerate(hosts):
        async with Peer(port, number, host=host) as peer:
            assert (await peer.hears(TrackerUp)).seen.host == host
    await running.close()
    [line] = lines("listening")
    assert re.fullmatch(rf"tracker listening on 0\.0\.0\.0:{port}( and \[::\]:{port})?; peers can use \S+:{port}", line)
    assert "use 0.0.0.0" not in line


@in_loop
async def test_the_summary_comes_when_something_changed_and_not_too_often(lines: Lines) -> None:
    now = 0.0
    running = TrackerServer(pace=Pace(tick=0.005, summary=10), clock=lambda: now)
    await running.start("127.0.0.1", 0)
    async with Peer(running.port, 1, ROOM) as ann, Peer(running.port, 2, b"o" * 32) as bob:
        await ann.hears(TrackerUp)
        await bob.hears(TrackerUp)
        await until(lambda: bool(lines("rooms?, ")))
        first = len(lines("rooms?, "))
        async with Peer(running.port, 3) as cleo:
            await cleo.hears(TrackerUp)
            now = 10.0
            await until(lambda: lines("rooms?, ")[-1:] == ["2 rooms, 3 members, 0 refused"])
        assert (first, len(lines("rooms?, "))) == (1, 2)
    await running.close()
    assert not lines(ROOM.hex()[:8])


@in_loop
async def test_closing_ends_all_connections_and_the_port_is_free_again() -> None:
    running = TrackerServer()
    port = await running.start("127.0.0.1", 0)
    async with raw(running) as ann, raw(running) as bob:
        ann.announce(1)
        await ann.hears()
        await running.close()
        assert await ann.hears() is None
        assert await bob.hears() is None
    async with tracker(port=port) as again:
        assert again.port == port


def test_fewer_files_are_fewer_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    resource = pytest.importorskip("resource")
    for files, connections in ((1024, 768), (256, 128), (100_000, 10_000), (resource.RLIM_INFINITY, 10_000)):
        monkeypatch.setattr(resource, "getrlimit", lambda _, files=files: (files, files))
        assert server._affordable(Limits()).connections == connections


def test_the_port_is_the_one_that_links_leave_out() -> None:
    assert DEFAULT_PORT == TRACKER_PORT


# The program


def start_program(*options: str) -> tuple[subprocess.Popen[str], int, str]:
    """A tracker as a process, its port, and its first line."""
    program = subprocess.Popen(
        [sys.executable, "-m", "tracker", "--port", "0", *options], cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    assert program.stderr is not None
    line = program.stderr.readline()
    found = re.search(r"listening on \S+:(\d+)", line)
    assert found, line
    return program, int(found[1]), line


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_program_ends_at_a_signal(number: signal.Signals) -> None:
    program, port, line = start_program()
    assert "peers can use" in line

    @in_loop
    async def use_it() -> None:
        async with Peer(port, 1) as ann:
            await ann.hears(TrackerUp)
            program.send_signal(number)
            await ann.comes_to_hear(TrackerDown)

    try:
        use_it()
        _, errors = program.communicate(timeout=PATIENCE)
    finally:
        program.kill()
    assert program.returncode == 0
    assert "Traceback" not in errors


FEW_FILES = """
import resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (300, 300))
from tracker.__main__ import main
sys.exit(main(["--port", "0", "--host", "127.0.0.1"]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit there")
def test_a_crowd_that_uses_up_all_files_is_no_traceback_and_passes() -> None:
    """Nobody may make it open more files than it can, by coming all at once."""
    program = subprocess.Popen([sys.executable, "-c", FEW_FILES], cwd=ROOT, stderr=subprocess.PIPE, text=True)
    assert program.stderr is not None
    found = re.search(r"listening on \S+:(\d+)", program.stderr.readline())
    assert found
    port = int(found[1])

    @in_loop
    async def crowd() -> None:
        for _ in range(3):
            with contextlib.ExitStack() as stack:
                os.kill(program.pid, signal.SIGSTOP)
                for _ in range(500):
                    sock = stack.enter_context(socket.socket())
                    sock.setblocking(False)
                    sock.connect_ex(("127.0.0.1", port))
                os.kill(program.pid, signal.SIGCONT)
                await asyncio.sleep(0.2)
        async with Peer(port, 1) as ann:
            await ann.comes_to_hear(TrackerUp)

    try:
        crowd()
        program.send_signal(signal.SIGTERM)
        _, errors = program.communicate(timeout=PATIENCE)
    finally:
        program.kill()
    assert program.returncode == 0
    assert "Traceback" not in errors and "out of system resource" not in errors, errors


def test_options_change_the_limits() -> None:
    program, port, _ = start_program("--max-per-room", "1", "--host", "127.0.0.1")

    @in_loop
    async def use_it() -> None:
        async with Peer(port, 1) as ann:
            await ann.hears(TrackerUp)
            async with Peer(port, 2) as bob:
                await bob.hears(TrackerRefused)

    try:
        use_it()
    finally:
        program.terminate()
        program.communicate(timeout=PATIENCE)


def test_a_port_in_use_is_one_clear_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["--host", "127.0.0.1", "--port", str(port)]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f"The tracker cannot listen on port {port} of 127.0.0.1: another program uses it")


@pytest.mark.parametrize("host", ["nosuch..host", "198.51.100.1"])
def test_a_host_that_is_not_this_machine_is_one_clear_line(host: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--host", host, "--port", "0"]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert host in line


@pytest.mark.parametrize("options", [["--port", "70000"], ["--port", "x"], ["--max-per-room", "0"], ["extra"]])
def test_wrong_options_are_explained(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(options)
    assert ended.value.code == 2
    assert options[-1] in capsys.readouterr().err


def test_the_tracker_starts_without_what_only_peers_need() -> None:
    code = "import sys, tracker.__main__; print([name for name in ('PyQt6', 'cryptography') if name in sys.modules])"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
