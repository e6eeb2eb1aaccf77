"""Joining a board of 10,000 strokes, and the bytes that cross the wire, counted by a proxy between two peers."""

import asyncio
import os
import tempfile
from typing import Final

from benchmarks.crew import Crew
from benchmarks.results import Results, median
from benchmarks.workload import strokes, walks
from p2psketch.address import Address
from p2psketch.invite import Invite
from p2psketch.messages import Person
from p2psketch.ops import Edit
from peer.headless import HeadlessPeer
from peer.target import from_invite

SHAPES: Final = 10_000
LIVE: Final = 200
BURST: Final = 16


def measure(results: Results, *, quick: bool) -> None:
    """Seconds and bytes."""
    seconds = [_join() for _ in range(1 if quick else 5)]
    with tempfile.TemporaryDirectory() as home:
        os.environ["P2PSKETCH_HOME"] = home
        caught_up, live, burst, drafts = asyncio.run(_wire())
    results.add("joining 10,000 strokes, first dial to equal digests", median(seconds), "s", 0.15)
    results.add("joining 10,000 strokes", SHAPES * caught_up / median(seconds) / 1e6, "MB/s")
    results.add("bytes on the wire a stroke, catch-up", caught_up, "B", 220)
    results.add("bytes on the wire a stroke, under load (16 at once)", burst, "B", 220)
    results.add("bytes on the wire a stroke, a single live one", live, "B", 350)
    results.add("bytes on the wire of its drafts, told at 60 Hz", drafts, "B")


def _join() -> float:
    with Crew(2) as crew:
        digest = crew.ask(0, "fill", SHAPES, 1)
        port = crew.ask(0, "port")
        return float(crew.ask(1, "join", port, SHAPES, digest))


class Meter:
    """A TCP proxy that counts what comes back from the server, or what goes either way."""

    def __init__(self, port: int, *, both: bool = False) -> None:
        self._port = port
        self._both = both
        self._pumps: set[asyncio.Task[None]] = set()
        self.count = 0

    async def start(self) -> int:
        """Its own port."""
        self._server = await asyncio.start_server(self._link, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def _link(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._port)
        for source, sink, counted in ((reader, far_writer, self._both), (far_reader, writer, True)):
            task = asyncio.create_task(self._pump(source, sink, counted=counted))
            self._pumps.add(task)
            task.add_done_callback(self._pumps.discard)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, counted: bool) -> None:
        while data := await source.read(65536):
            self.count += len(data) if counted else 0
            sink.write(data)
        sink.close()

    async def stop(self) -> None:
        """Take no more."""
        self._server.close()
        await asyncio.gather(*self._pumps)


async def _wire() -> tuple[float, float, float, float]:
    """Bytes a stroke: in catch-up, live, in bursts, of drafts; acknowledgements go the other way."""
    target = from_invite(Invite.new((), "bench", os.urandom)).in_memory()
    async with HeadlessPeer(target, Person("writer", 0)) as writer:
        for fields in strokes(SHAPES):
            writer.board.edit(Edit(((0, fields),)))
        meter = Meter(writer.node.port)
        port = await meter.start()
        async with HeadlessPeer(target, Person("reader", 0)) as reader:
            reader.board.dial(Address("127.0.0.1", port))
            await _shows(reader, SHAPES)
            caught_up = meter.count / SHAPES
            live = await _live(writer, reader, meter)
            burst = await _bursts(writer, reader, meter)
            drafts = await _drafts(writer, reader, meter)
        await meter.stop()
    return caught_up, live, burst, drafts


async def _shows(reader: HeadlessPeer, shapes: int) -> None:
    await reader.until(lambda: reader.board.document.visible_count == shapes, 30)


async def _live(writer: HeadlessPeer, reader: HeadlessPeer, meter: Meter) -> float:
    """One at a time; what is told about the disk every 200 ms is included."""
    return await _counted(writer, reader, meter, LIVE, 1)


async def _bursts(writer: HeadlessPeer, reader: HeadlessPeer, meter: Meter) -> float:
    return await _counted(writer, reader, meter, LIVE * BURST, BURST)


async def _counted(writer: HeadlessPeer, reader: HeadlessPeer, meter: Meter, count: int, at_once: int) -> float:
    shown, before = reader.board.document.visible_count, meter.count
    for number, fields in enumerate(strokes(count, 5), 1):
        writer.board.edit(Edit(((0, fields),)))
        if number % at_once == 0:
            await _shows(reader, shown + number)
    return (meter.count - before) / count


async def _drafts(writer: HeadlessPeer, reader: HeadlessPeer, meter: Meter) -> float:
    """A hand draws 60 points in half a second; less the stroke itself."""
    total = 0.0
    for points in walks(5, 7):
        shown, before = reader.board.document.visible_count, meter.count
        writer.board.begin_draft({"kind": "stroke", "color": 0, "width": 3})
        for x, y in points:
            writer.board.extend_draft([(float(x), float(y))])
            await asyncio.sleep(0.5 / len(points))
        told = meter.count - before
        writer.board.finish_draft()
        await _shows(reader, shown + 1)
        total += told
    return total / 5
