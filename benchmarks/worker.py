"""One real headless peer in a process of its own, told by lines of JSON what to do.

Times are those of the monotonic clock, which all processes of a machine share.
"""

import asyncio
import gc
import json
import os
import resource
import sys
import time
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path
from typing import Any

from benchmarks.workload import strokes
from p2psketch.address import Address
from p2psketch.effects import Merged, Notice
from p2psketch.ids import PeerId, ShapeId
from p2psketch.invite import Invite
from p2psketch.messages import Person
from p2psketch.ops import Edit
from p2psketch.shapes import Value
from peer import interpreter
from peer.headless import HeadlessPeer
from peer.target import from_invite

PACE = 0.004
"""Seconds between two bursts of commits when many strokes a second are asked for."""


class Watch:
    """When each shape of somebody else appeared on this board."""

    def __init__(self, peer: HeadlessPeer) -> None:
        self._peer = peer
        self.seen: list[tuple[ShapeId, float]] = []
        self.committed: list[tuple[ShapeId, float]] = []
        peer.board.watch(self)

    def changed(self, shapes: Collection[ShapeId]) -> None:
        now = time.monotonic()
        me = self._peer.board.me
        self.seen += [(shape, now) for shape in shapes if shape.peer != me]

    def pointed(self, peers: Collection[PeerId]) -> None:
        """Not measured."""

    def people_changed(self) -> None:
        """Not measured."""

    def status_changed(self) -> None:
        """Not measured."""

    def noticed(self, notice: Notice) -> None:
        print(notice.text, file=sys.stderr)

    def merged(self, merged: Merged) -> None:
        """Not measured."""

    def commit(self, fields: dict[str, Value]) -> None:
        now = time.monotonic()
        board = self._peer.board
        board.edit(Edit(((0, fields),)))
        self.committed.append((ShapeId(board.me, board.session.log.seq(board.me), 0), now))


class Worker:
    """Answers commands, each with one line."""

    def __init__(self, peer: HeadlessPeer) -> None:
        self.peer = peer
        self.watch = Watch(peer)
        self.board = peer.board
        self.ready: list[dict[str, Value]] = []

    async def port(self) -> int:
        return self.peer.node.port

    async def dial(self, port: int) -> None:
        self.board.dial(Address("127.0.0.1", port))

    async def links(self, count: int) -> None:
        await self.peer.until(lambda: len(self.board.session.mesh) == count, 30)

    async def fill(self, count: int, seed: int) -> str:
        """Have a board of so many strokes; its digest."""
        for number, fields in enumerate(strokes(count, seed)):
            self.board.edit(Edit(((0, fields),)))
            if number % 100 == 0:
                await asyncio.sleep(0)
        return self.board.document.digest().hex()

    async def join(self, port: int, shapes: int, digest: str) -> float:
        """Seconds from the first dial to a board with this digest."""
        gc.collect()
        started = time.monotonic()
        await self.dial(port)
        document = self.board.document
        arrived = asyncio.Event()

        class Arrival(Watch):
            def changed(self, shapes_: Collection[ShapeId]) -> None:  # noqa: ARG002
                if document.visible_count == shapes:
                    arrived.set()

        Arrival(self.peer)
        await asyncio.wait_for(arrived.wait(), 60)
        assert document.digest().hex() == digest
        return time.monotonic() - started

    async def prepare(self, count: int, seed: int) -> None:
        """Have strokes ready for `draw`: to make one costs more than to deliver it to seven peers."""
        self.ready = list(strokes(count, seed))
        gc.collect()

    async def draw(self, rate: float) -> None:
        """Commit what was prepared, so many strokes a second."""
        ready, count = self.ready, len(self.ready)
        started, done = time.monotonic(), 0
        while done < count:
            due = min(int((time.monotonic() - started) * rate) + 1, count)
            for fields in ready[done:due]:
                self.watch.commit(fields)
            done = due
            await asyncio.sleep(max(PACE, started + done / rate - time.monotonic()))

    async def wait(self, shapes: int, seconds: float) -> bool:
        return await self.peer.until(lambda: self.board.document.visible_count >= shapes, seconds)

    async def report(self) -> dict[str, Any]:
        """And forget."""
        committed, self.watch.committed = self.watch.committed, []
        seen, self.watch.seen = self.watch.seen, []
        return {
            "committed": [[shape.peer.hex()[:16], shape.seq, at] for shape, at in committed],
            "seen": [[shape.peer.hex()[:16], shape.seq, at] for shape, at in seen],
            "digest": self.board.document.digest().hex(),
            "shapes": self.board.document.visible_count,
        }

    async def usage(self) -> dict[str, float]:
        used = resource.getrusage(resource.RUSAGE_SELF)
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return {"cpu": used.ru_utime + used.ru_stime, "rss": pages * os.sysconf("SC_PAGE_SIZE")}


async def serve(link: str, name: str) -> None:
    """Until standard input ends."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=2**24)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async with HeadlessPeer(from_invite(Invite.parse(link)), Person(name, 0)) as peer:
        worker = Worker(peer)
        while line := await reader.readline():
            verb, *arguments = json.loads(line)
            act: Callable[..., Awaitable[Any]] = getattr(worker, verb)
            print(json.dumps(await act(*arguments)), flush=True)


if __name__ == "__main__":
    interpreter.prepare()
    asyncio.run(serve(*sys.argv[1:]))
