"""From a stroke committed at one of eight peers to the same stroke applied at the seven others."""

import asyncio
import multiprocessing
import os
import socket
import tempfile
import time
from typing import Any, Final

from benchmarks.crew import Crew
from benchmarks.results import Results, percentile
from benchmarks.worker import Watch
from benchmarks.workload import strokes
from p2psketch.address import Address
from p2psketch.invite import Invite
from p2psketch.messages import Person
from peer.headless import HeadlessPeer
from peer.target import from_invite

PEERS: Final = 8
RATE: Final = 40.0
BYTES: Final = 310
TOO_LATE: Final = 100.0
"""Milliseconds."""

Delays = tuple[list[float], list[float]]
"""In ms: of every delivery, and until the last of seven."""


def measure(results: Results, *, quick: bool) -> None:
    """One writer; then all eight."""
    count = 100 if quick else 400
    echo = echo_delays(count * 3)
    results.add("echo of 310 B over plain TCP, round trip, p50", percentile(echo, 50), "ms")
    results.add("echo of 310 B over plain TCP, round trip, p99", percentile(echo, 99), "ms")
    with Crew(PEERS) as crew:
        crew.link_up()
        one_writer(crew, 50)
        _add(results, "8 processes", one_writer(crew, count), echo)
        _add_throughput(results, crew, quick=quick)
    _add(results, "8 peers in one process", asyncio.run(in_one_process(count)), echo)


def _add(results: Results, where: str, delays: Delays, echo: list[float]) -> None:
    each, last = delays
    aims = (1.5, 3.5) if where == "8 processes" else (None, None)
    results.add(f"delivery, {where}, p50", percentile(each, 50), "ms", aims[0])
    results.add(f"delivery, {where}, p99", percentile(each, 99), "ms", aims[1])
    results.add(f"last of seven, {where}, p50", percentile(last, 50), "ms")
    results.add(f"last of seven, {where}, p99", percentile(last, 99), "ms")
    results.add(f"delivery, {where}, p50 against echo p50", percentile(each, 50) / percentile(echo, 50), "×")


def one_writer(crew: Crew, count: int) -> Delays:
    """The first draws, at a hand's pace, and the others watch."""
    before = crew.ask(0, "report")["shapes"]
    crew.ask_all("report")
    crew.ask(0, "prepare", count, 2)
    crew.ask(0, "draw", RATE)
    crew.ask_all("wait", before + count, 30)
    reports = crew.ask_all("report")
    return delays(reports)


def delays(reports: list[dict[str, Any]]) -> Delays:
    """Match what was committed with what was seen."""
    committed = {(peer, seq): at for report in reports for peer, seq, at in report["committed"]}
    each: list[float] = []
    last: dict[tuple[str, int], float] = {}
    for report in reports:
        for peer, seq, at in report["seen"]:
            if (peer, seq) in committed:
                late = (at - committed[peer, seq]) * 1000
                each.append(late)
                last[peer, seq] = max(late, last.get((peer, seq), 0.0))
    return each, list(last.values())


def _add_throughput(results: Results, crew: Crew, *, quick: bool) -> None:
    best, late = throughput(crew, 1.5 if quick else 3.0)
    results.add("strokes a second, 8 processes all drawing, p99 ≤ 100 ms", best, "strokes/s", 8000, more=True)
    results.add("… p99 of a delivery at that rate", late, "ms")


def throughput(crew: Crew, seconds: float) -> tuple[float, float]:
    """The highest total rate, in strokes a second, that was sustained; and its p99 in ms."""
    best, its_late = 0.0, 0.0
    for total in (2000, 4000, 6000, 8000, 9000, 10_000, 12_000, 14_000, 16_000):
        each = round(total * seconds / len(crew))
        before = crew.ask(0, "report")["shapes"]
        crew.ask_all("report")
        crew.ask_all("prepare", each, 3)
        started = time.monotonic()
        crew.ask_all("draw", total / len(crew))
        arrived = crew.ask_all("wait", before + each * len(crew), 30)
        took = time.monotonic() - started
        late = percentile(delays(crew.ask_all("report"))[0], 99)
        if late > TOO_LATE or not all(arrived):
            break
        best, its_late = each * len(crew) / took, late
    return best, its_late


async def in_one_process(count: int) -> Delays:
    """The same with all eight in one event loop."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["P2PSKETCH_HOME"] = home
        target = from_invite(Invite.new((), "bench", os.urandom)).in_memory()
        peers = [HeadlessPeer(target, Person(f"peer {number}", 0)) for number in range(PEERS)]
        watches = [Watch(peer) for peer in peers]
        for peer in peers:
            await peer.__aenter__()
            if peer is not peers[0]:
                peer.board.dial(Address("127.0.0.1", peers[0].node.port))
        for peer in peers:
            await peer.until(lambda peer=peer: len(peer.board.session.mesh) == PEERS - 1, 30)  # type: ignore[misc]
        for fields in strokes(count, 2):
            watches[0].commit(fields)
            await asyncio.sleep(1 / RATE)
        for peer in peers:
            await peer.until(lambda peer=peer: peer.board.document.visible_count == count, 30)  # type: ignore[misc]
        for peer in peers:
            await peer.__aexit__()
    reports = [
        {
            "committed": [[shape.peer.hex(), shape.seq, at] for shape, at in watch.committed],
            "seen": [[shape.peer.hex(), shape.seq, at] for shape, at in watch.seen],
        }
        for watch in watches
    ]
    return delays(reports)


# -- the baseline ----------------------------------------------------------------------------------


def echo_delays(count: int) -> list[float]:
    """Round trips in ms of a plain asyncio TCP echo between two processes."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
        server = multiprocessing.get_context("fork").Process(target=_echo_server, args=(door,), daemon=True)
        server.start()
    try:
        return asyncio.run(_echo_client(port, count))
    finally:
        server.terminate()
        server.join()


def _echo_server(door: socket.socket) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)

    async def serve() -> None:
        server = await asyncio.start_server(answer, sock=door)
        await server.serve_forever()

    asyncio.run(serve())


async def _echo_client(port: int, count: int) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    found = []
    for _ in range(count):
        started = time.monotonic()
        writer.write(bytes(BYTES))
        await reader.readexactly(BYTES)
        found.append((time.monotonic() - started) * 1000)
        await asyncio.sleep(0.002)
    writer.close()
    return found
