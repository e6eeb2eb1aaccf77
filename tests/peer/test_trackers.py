"""The client of a tracker, against one that says what the test wants: nothing, nonsense, or no."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import wraps
from random import Random
from typing import Any, TypeVar

import pytest

from p2psketch import messages as m
from p2psketch.address import Address
from p2psketch.codec import MAX_FRAME, Frames, decode, encode, frame
from p2psketch.effects import MemberJoined, MemberLeft, TrackerDown, TrackerEvent, TrackerRefused, TrackerUp
from peer.trackers import Pace, TrackerClient

PATIENCE = 10.0
SHORT = 0.05
SEEN = Address("198.51.100.1", 40000)
ANNOUNCE = m.Announce(m.PROTOCOL_VERSION, b"r" * 32, b"h" * 16, b"entry")
OTHER = m.Entry(b"o" * 16, b"other")
MEMBERS = m.Members(1, (OTHER,), SEEN)

E = TypeVar("E", bound=TrackerEvent)
Test = Callable[..., Coroutine[Any, Any, None]]


def in_loop(test: Test) -> Callable[..., None]:
    """Run the test in an event loop, for at most PATIENCE seconds."""

    @wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        asyncio.run(asyncio.wait_for(test(*args, **kwargs), PATIENCE))

    return run


class Visit:
    """A client's connection, as the tracker has it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self.writer = reader, writer
        self._frames = Frames()
        self._heard: list[m.Message] = []

    def say(self, *messages: m.Message) -> None:
        for message in messages:
            self.writer.write(encode(message))

    async def hears(self) -> m.Message | None:
        """The next message, None at the end."""
        while not self._heard:
            data = await self._reader.read(65536)
            if not data:
                return None
            self._heard += [decode(payload) for payload in self._frames.feed(data)]
        return self._heard.pop(0)


class Tracker:
    """Accepts, and leaves the rest to the test."""

    def __init__(self) -> None:
        self._visits: asyncio.Queue[Visit] = asyncio.Queue()
        self._writers: list[asyncio.StreamWriter] = []

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.address = Address("127.0.0.1", self._server.sockets[0].getsockname()[1])

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        self._visits.put_nowait(Visit(reader, writer))

    async def visit(self) -> Visit:
        """The next connection, which has announced itself."""
        visit = await self._visits.get()
        assert await visit.hears() == ANNOUNCE
        return visit

    async def close(self) -> None:
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        await self._server.wait_closed()


class Peer:
    """A client, what it has to say, and what it has been told."""

    def __init__(self, address: Address, **pace: float) -> None:
        self.says: m.Announce | None = ANNOUNCE
        self.events: asyncio.Queue[TrackerEvent] = asyncio.Queue()
        self.client = TrackerClient(
            address,
            lambda: self.says,
            self.events.put_nowait,
            rng=Random(1),
            pace=Pace(**{"retry": 0.01, "longest_retry": 0.05, **pace}),
        )

    async def hears(self, kind: type[E]) -> E:
        """The next event, which is of this kind."""
        event = await self.events.get()
        assert isinstance(event, kind), event
        return event


@asynccontextmanager
async def tracker() -> AsyncIterator[Tracker]:
    running = Tracker()
    await running.start()
    try:
        yield running
    finally:
        await running.close()


@asynccontextmanager
async def peer(address: Address, **pace: float) -> AsyncIterator[Peer]:
    running = Peer(address, **pace)
    running.client.start()
    try:
        yield running
    finally:
        await running.client.close()


def nowhere() -> Address:
    """An address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        return Address("127.0.0.1", gone.getsockname()[1])


# What a tracker tells


@in_loop
async def test_what_a_tracker_tells_becomes_events() -> None:
    async with tracker() as there, peer(there.address) as ann:
        visit = await there.visit()
        visit.say(MEMBERS, m.Joined(OTHER), m.Left(OTHER.handle))
        assert await ann.hears(TrackerUp) == TrackerUp(there.address, (OTHER,), SEEN)
        assert await ann.hears(MemberJoined) == MemberJoined(there.address, OTHER)
        assert await ann.hears(MemberLeft) == MemberLeft(there.address, OTHER.handle)


@in_loop
async def test_messages_may_come_in_any_pieces() -> None:
    async with tracker() as there, peer(there.address) as ann:
        visit = await there.visit()
        for byte in encode(MEMBERS):
            visit.writer.write(bytes([byte]))
            await visit.writer.drain()
        await ann.hears(TrackerUp)


@in_loop
async def test_a_flood_is_taken_slowly_and_waking_meanwhile_is_fine() -> None:
    async with tracker() as there, peer(there.address, message=0.01, check=PATIENCE) as ann:
        visit = await there.visit()
        loop = asyncio.get_running_loop()
        begin = loop.time()
        visit.say(MEMBERS, *[m.Left(OTHER.handle)] * 20)
        for kind in (TrackerUp, *[MemberLeft] * 20):
            await ann.hears(kind)
        ann.client.wake()
        visit.say(m.Joined(OTHER))
        await ann.hears(MemberJoined)
        assert loop.time() - begin > 0.2


# What a tracker is told


@in_loop
async def test_a_changed_entry_is_announced_and_an_unchanged_one_is_not() -> None:
    async with tracker() as there, peer(there.address, update=0) as ann:
        visit = await there.visit()
        visit.say(MEMBERS)
        await ann.hears(TrackerUp)
        ann.client.update()
        ann.client.wake()  # sends a ping, which shows that the update before it sent nothing
        assert isinstance(await visit.hears(), m.Ping)
        ann.says = m.Announce(m.PROTOCOL_VERSION, ANNOUNCE.room, ANNOUNCE.handle, b"new")
        ann.client.update()
        assert await visit.hears() == ann.says
        visit.say(m.Members(0, (), SEEN))
        assert (await ann.hears(TrackerUp)).entries == ()


@in_loop
async def test_the_first_update_is_told_at_once_and_the_next_ones_together() -> None:
    async with tracker() as there, peer(there.address, update=0.1) as ann:
        visit = await there.visit()
        visit.say(MEMBERS)
        await ann.hears(TrackerUp)
        loop = asyncio.get_running_loop()
        arrivals = []
        for sealed in (b"0", b"1 to 3"):
            for part in (b"not this", sealed):
                ann.says = m.Announce(m.PROTOCOL_VERSION, ANNOUNCE.room, ANNOUNCE.handle, part)
                ann.client.update()
            assert await visit.hears() == ann.says
            arrivals.append(loop.time())
        assert arrivals[1] - arrivals[0] >= 0.05


@in_loop
async def test_who_has_nothing_to_say_yet_does_not_connect() -> None:
    async with tracker() as there:
        ann = Peer(there.address)
        ann.says = None
        ann.client.start()
        ann.client.update()
        ann.client.wake()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(there.visit(), SHORT)
        ann.says = ANNOUNCE
        ann.client.update()
        await there.visit()
        await ann.client.close()


@in_loop
async def test_updates_and_wakes_while_there_is_no_tracker_do_no_harm() -> None:
    async with peer(nowhere()) as ann:
        for _ in range(3):
            ann.client.update()
            ann.client.wake()
            await ann.hears(TrackerDown)


@in_loop
async def test_the_client_pings() -> None:
    async with tracker() as there, peer(there.address, ping=0.01) as ann:
        visit = await there.visit()
        visit.say(MEMBERS)
        for number in (1, 2):
            assert await visit.hears() == m.Ping(number)
            visit.say(m.Pong(number))
        await ann.hears(TrackerUp)
        assert ann.events.empty()


# Trackers that are gone


@in_loop
async def test_a_tracker_that_goes_is_announced_to_again() -> None:
    async with tracker() as there, peer(there.address) as ann:
        for _ in range(3):
            visit = await there.visit()
            visit.say(MEMBERS)
            await ann.hears(TrackerUp)
            visit.writer.close()
            assert await ann.hears(TrackerDown) == TrackerDown(there.address, "it closed the connection")


@in_loop
async def test_nobody_there_is_told_with_the_reason_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "peer.trackers")
    async with peer(nowhere()) as ann:
        for _ in range(5):
            assert "refused" in (await ann.hears(TrackerDown)).reason
    assert len(caplog.records) == 1  # the log is told what changes


@in_loop
async def test_a_mute_tracker_is_left() -> None:
    async with tracker() as there, peer(there.address, answer=SHORT) as ann:
        await there.visit()
        assert (await ann.hears(TrackerDown)).reason == "it does not answer"


@in_loop
async def test_a_tracker_that_drips_its_answer_is_left_in_time() -> None:
    async with tracker() as there, peer(there.address, answer=0.2) as ann:
        visit = await there.visit()

        async def drip() -> None:
            visit.writer.write((60_000).to_bytes(4, "big"))
            while True:
                visit.writer.write(b"x")
                await asyncio.sleep(0.02)

        dripping = asyncio.create_task(drip())
        await ann.hears(TrackerDown)
        dripping.cancel()


@in_loop
async def test_a_tracker_that_falls_silent_is_left() -> None:
    async with tracker() as there, peer(there.address, dead=SHORT) as ann:
        (await there.visit()).say(MEMBERS)
        await ann.hears(TrackerUp)
        assert (await ann.hears(TrackerDown)).reason == "it does not answer"


@in_loop
async def test_pongs_keep_a_connection() -> None:
    async with tracker() as there, peer(there.address, ping=0.02, dead=0.5) as ann:
        visit = await there.visit()
        visit.say(MEMBERS)
        await ann.hears(TrackerUp)
        loop = asyncio.get_running_loop()
        end = loop.time() + 0.8
        while loop.time() < end:
            visit.say(m.Pong(0))
            assert await visit.hears() is not None
        assert ann.events.empty()


# Waking


@in_loop
async def test_waking_ends_the_wait_for_the_next_attempt() -> None:
    async with tracker() as there, peer(there.address, retry=3600) as ann:
        (await there.visit()).writer.close()
        await ann.hears(TrackerDown)
        ann.client.wake()
        await there.visit()


@in_loop
async def test_waking_finds_out_that_a_connection_is_dead() -> None:
    async with tracker() as there, peer(there.address, check=SHORT) as ann:
        (await there.visit()).say(MEMBERS)
        await ann.hears(TrackerUp)
        ann.client.wake()
        await ann.hears(TrackerDown)
        await there.visit()


@in_loop
async def test_waking_leaves_a_connection_that_lives() -> None:
    async with tracker() as there, peer(there.address, check=1.0) as ann:
        visit = await there.visit()
        visit.say(MEMBERS)
        await ann.hears(TrackerUp)
        for _ in range(3):
            ann.client.wake()
            ping = await visit.hears()
            assert isinstance(ping, m.Ping)
            visit.say(m.Pong(ping.number), m.Joined(OTHER))
            await ann.hears(MemberJoined)


# Trackers that say no


@in_loop
async def test_a_refusal_is_told_and_its_wait_is_kept() -> None:
    async with tracker() as there, peer(there.address) as ann:
        (await there.visit()).say(m.Refused("The room is full.", 3600))
        assert await ann.hears(TrackerRefused) == TrackerRefused(there.address, "The room is full.", 3600)
        ann.client.wake()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(there.visit(), SHORT)


@in_loop
async def test_after_a_refusal_it_tries_again_but_never_waits_too_long() -> None:
    async with tracker() as there, peer(there.address, longest_refusal=SHORT) as ann:
        (await there.visit()).say(m.Refused("No.", 86400))
        await ann.hears(TrackerRefused)
        (await there.visit()).say(MEMBERS)
        await ann.hears(TrackerUp)


@in_loop
async def test_a_member_can_be_refused_later() -> None:
    async with tracker() as there, peer(there.address) as ann:
        (await there.visit()).say(MEMBERS, m.Refused("A newer connection uses the same handle.", 0))
        await ann.hears(TrackerUp)
        await ann.hears(TrackerRefused)
        await there.visit()


# What is no tracker


@pytest.mark.parametrize(
    ("nonsense", "reason"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "frame of"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "frame of"),
        ((MAX_FRAME + 1).to_bytes(4, "big"), "frame of"),
        (frame(b"\xc1"), "not MessagePack"),
        (encode(m.Pong(1)), "Pong is not the answer"),
        (encode(m.Joined(OTHER)), "Joined is not the answer"),
        (encode(m.Bye("full")), "Bye is not the answer"),
        (encode(MEMBERS) + encode(m.Ping(1)), "Ping is not what a tracker says"),
        (encode(MEMBERS) + encode(ANNOUNCE), "Announce is not what a tracker says"),
        (encode(MEMBERS) + b"\xff" * 8, "frame of"),
    ],
)
@in_loop
async def test_nonsense_is_one_log_line_and_the_next_attempt_is_a_new_one(
    nonsense: bytes, reason: str, expected_log: Callable[[str], None], caplog: pytest.LogCaptureFixture
) -> None:
    expected_log(reason)
    async with tracker() as there, peer(there.address) as ann:
        (await there.visit()).writer.write(nonsense)
        while not isinstance(event := await ann.events.get(), TrackerDown):
            assert isinstance(event, TrackerUp)
        assert reason in event.reason
        (await there.visit()).say(MEMBERS)
        await ann.hears(TrackerUp)
    assert [record.levelname for record in caplog.records].count("WARNING") == 1


@in_loop
async def test_an_answer_torn_off_is_an_end_like_any_other() -> None:
    async with tracker() as there, peer(there.address) as ann:
        visit = await there.visit()
        visit.writer.write(encode(MEMBERS)[:-1])
        visit.writer.close()
        await ann.hears(TrackerDown)
        (await there.visit()).say(MEMBERS)
        await ann.hears(TrackerUp)


# How long it waits


def test_the_wait_grows_to_a_minute_and_is_jittered() -> None:
    async def delays() -> list[float]:
        client = TrackerClient(nowhere(), lambda: ANNOUNCE, print, rng=Random(1))
        return [client._next_delay() for _ in range(20)]

    waits = asyncio.run(delays())
    expected = [min(60.0, 1.5**number) for number in range(20)]
    assert all(most / 2 <= wait <= most for wait, most in zip(waits, expected, strict=True))
    assert len(set(waits)) == 20


@in_loop
async def test_a_connection_that_lasted_ends_the_growth_and_a_short_one_does_not() -> None:
    async with tracker() as there, peer(there.address, retry=0.001, longest_retry=60) as ann:
        for number in range(1, 4):
            visit = await there.visit()
            visit.say(MEMBERS)
            await ann.hears(TrackerUp)
            visit.writer.close()
            await ann.hears(TrackerDown)
            assert ann.client._delay == pytest.approx(0.001 * 1.5**number)
        visit = await there.visit()
        visit.say(MEMBERS, m.Pong(1), m.Joined(OTHER))
        await ann.hears(TrackerUp)
        await ann.hears(MemberJoined)
        assert ann.client._delay == 0.001


# Names, and the end


@in_loop
async def test_host_names_are_looked_up_and_all_addresses_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    async with tracker() as there:
        dead, port = nowhere(), there.address.port
        found = [(0, 0, 0, "", ("::1", dead.port, 0, 0)), (0, 0, 0, "", ("127.0.0.1", port))]
        usual = socket.getaddrinfo
        monkeypatch.setattr(
            socket,
            "getaddrinfo",
            lambda host, *rest, **more: found if host == "tracker" else usual(host, *rest, **more),
        )
        async with peer(Address("tracker", port)) as ann:
            (await there.visit()).say(MEMBERS)
            await ann.hears(TrackerUp)


@in_loop
async def test_an_unknown_name_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    async with peer(Address("nosuch.example", 27700)) as ann:
        assert (await ann.hears(TrackerDown)).reason == "no computer of this name is known here"


@in_loop
async def test_an_impossible_name_is_told() -> None:
    async with peer(Address("a" * 64 + ".example", 27700)) as ann:
        assert (await ann.hears(TrackerDown)).reason == "its name is not the name of a computer"


def test_a_program_can_end_while_a_name_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, answer = threading.Event(), threading.Event()

    def hang(*_: object, **__: object) -> list[Any]:
        asked.set()
        answer.wait(PATIENCE)
        return []

    @in_loop
    async def begin_and_end() -> None:
        async with peer(Address("slow.example", 27700)) as ann:
            while not asked.is_set():
                await asyncio.sleep(0.001)
        assert ann.events.empty()

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    begin_and_end()
    answer.set()


@in_loop
async def test_closing_says_so_and_ends_the_connection_and_the_events() -> None:
    async with tracker() as there:
        async with peer(there.address) as ann:
            visit = await there.visit()
            visit.say(MEMBERS)
            await ann.hears(TrackerUp)
        assert await visit.hears() == m.Left(ANNOUNCE.handle)
        assert await visit.hears() is None
        visit.say(m.Joined(OTHER))
        assert ann.events.empty()


@in_loop
async def test_closing_before_starting_and_during_a_wait_is_fine() -> None:
    never = Peer(nowhere())
    await never.client.close()
    async with peer(nowhere(), retry=3600) as ann:
        await ann.hears(TrackerDown)
    await ann.client.close()
