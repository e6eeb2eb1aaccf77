"""Links that break, peers that restart, and those who cannot reach each other: real sockets, one process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import pairwise
from pathlib import Path

import pytest

from p2psketch import messages as m
from p2psketch.address import Address
from p2psketch.ids import PeerId
from peer.fleeting import MESSAGE
from peer.headless import HeadlessPeer
from peer.outbox import BURST
from peer.stream import HIGH_WATER
from peer.target import Target
from tests.network.support import (
    INVITE,
    Rogue,
    all_alike,
    count,
    cursor,
    drafts,
    draw,
    draw_each,
    in_loop,
    link_to,
    linked,
    peer,
    place,
    state,
    stop_reading,
    until,
)


@pytest.fixture
def quick_to_give_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dead links are found in about two seconds."""
    monkeypatch.setattr("p2psketch.connection.PING_EVERY", 0.3)
    monkeypatch.setattr("p2psketch.connection.DEAD_AFTER", 1.0)
    monkeypatch.setattr("p2psketch.link.SILENT_AFTER", 0.5)


# Links that break


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("dialler", [0, 1])
@in_loop
async def test_a_lost_link_comes_back_by_itself(dialler: int) -> None:
    async with peer(name="Ana") as ana, peer(ana, name="Bob") as bob:
        one, other = ((ana, bob), (bob, ana))[dialler]
        before = link_to(ana, bob.board.me).id
        link_to(one, other.board.me).stream.abort()
        draw_each(ana, bob)
        await until(lambda: linked(ana, bob) and link_to(ana, bob.board.me).id != before, "a new link")
        await all_alike(ana, bob, shapes=2)


@pytest.mark.usefixtures("soon")
@in_loop
async def test_a_peer_that_restarts_at_its_port_is_found_again(tmp_path: Path) -> None:
    file = tmp_path / "bob.p2psketch"
    async with peer(name="Ana") as ana:
        async with peer(ana, name="Bob", path=file) as bob:
            was, port = bob.board.me, bob.node.port
            draw(bob, 2)
            await all_alike(ana, bob, shapes=2)
            await crash(bob)
        draw(ana)
        async with peer(name="Bob", path=file, port=port) as back:
            assert back.board.me != was
            await until(lambda: linked(ana, back), "Ana linked to the new Bob")
            await all_alike(ana, back, shapes=3)
            draw(back)
            await all_alike(ana, back, shapes=4)
            await until(lambda: [p.state for p in ana.board.people()] == ["you", "direct"], "the old Bob forgotten")


async def crash(peer: HeadlessPeer) -> None:
    """What others see of a peer whose process is killed: no goodbye, and nobody listens."""
    for link in list(peer.node._links.values()):
        link.stream.abort()
    peer.board.session.mesh.leave = list  # type: ignore[method-assign]
    assert peer.node._listener is not None
    await peer.node._listener.close()


class Cable:
    """A TCP connection through us, that can be cut without either side being told."""

    def __init__(self, to: Address) -> None:
        self.to = to
        self.links = 0
        self._cut = False
        self._tasks: list[asyncio.Task[None]] = []
        self._writers: list[asyncio.StreamWriter] = []

    async def visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(*self.to)
        self.links += 1
        alive = asyncio.Event()
        self._alive = alive
        self._writers += [writer, back]
        self._tasks += [asyncio.create_task(self._carry(*ends, alive)) for ends in ((reader, back), (there, writer))]

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, cut: asyncio.Event) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if not cut.is_set():
                    writer.write(data)
            if not cut.is_set():
                writer.close()

    def cut(self) -> None:
        """Nothing passes any more over what is connected now."""
        self._alive.set()

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        for writer in self._writers:
            writer.transport.abort()


@asynccontextmanager
async def cable(to: Address) -> AsyncIterator[tuple[Cable, Address]]:
    through = Cable(to)
    server = await asyncio.start_server(through.visit, "127.0.0.1", 0)
    try:
        yield through, Address(*server.sockets[0].getsockname()[:2])
    finally:
        server.close()
        through.close()
        await server.wait_closed()


@pytest.mark.usefixtures("quick_to_give_up")
@in_loop
async def test_a_link_that_died_without_a_word_is_noticed_and_made_anew() -> None:
    async with peer(name="Ana") as ana, cable(place(ana)) as (through, address):
        target = Target(INVITE, (address,))
        async with HeadlessPeer(target, m.Person("Bob", 0)) as bob:
            await until(lambda: linked(ana, bob), "a link")
            assert through.links == 1
            before = link_to(bob, ana.board.me).id
            through.cut()
            draw_each(ana, bob)
            await until(lambda: linked(ana, bob) and link_to(bob, ana.board.me).id != before, "a new link")
            await all_alike(ana, bob, shapes=2)


@in_loop
async def test_who_meets_again_sends_only_what_the_other_lacks(tmp_path: Path) -> None:
    async with peer(name="Ana", path=tmp_path / "ana.p2psketch") as ana:
        async with peer(ana, name="Bob", path=tmp_path / "bob.p2psketch") as bob:
            for one in (ana, bob):
                draw(one, 400)
            await all_alike(ana, bob, shapes=800)
            await until(lambda: bob.board.session.delivered() == (1, 1), "on disk at both")
            await until(lambda: ana.board.session.delivered() == (1, 1), "on disk at both")
        async with peer(name="Bob", path=tmp_path / "bob.p2psketch") as bob:
            for one in (ana, bob):
                draw(one, 60)
            came = [_note_ops(one) for one in (ana, bob)]
            bob.board.dial(place(ana))
            await all_alike(ana, bob, shapes=920)
            assert came == [[60], [60]]


def _note_ops(one: HeadlessPeer) -> list[int]:
    """How many ops come over its links from here on."""
    receive, came = one.node.sink, [0]

    def noting(event: object) -> None:
        if isinstance(ops := getattr(event, "message", None), m.Ops):
            came[0] += ops.chunk.length
        receive(event)  # type: ignore[arg-type]

    one.node.sink = noting
    return came


# Those who cannot reach each other


@in_loop
async def test_two_who_cannot_link_see_each_other_through_a_third(walls: set[tuple[PeerId, int]]) -> None:
    async with peer(name="Ana") as ana, peer(name="Cleo") as cleo:
        walls |= {(ana.board.me, cleo.node.port), (cleo.board.me, ana.node.port)}
        async with peer(ana, cleo, name="Bob") as bob:
            await until(lambda: state(ana, cleo) == state(cleo, ana) == "relayed", "each other seen through Bob")
            draw_each(ana, cleo)
            await all_alike(ana, bob, cleo, shapes=2)

            ana.board.point((3.0, 4.0), None, "pen")
            await until(lambda: cursor(cleo, ana) == (3.0, 4.0), "Ana's pointer at Cleo's")
            ana.board.begin_draft({"kind": "stroke", "color": 0xE03131, "width": 3.0})
            for x in range(20):
                ana.board.extend_draft([(x * 2.0, 5.0)])
            await until(lambda: drafts(cleo, ana), "Ana's draft at Cleo's")
            ana.board.finish_draft()
            await all_alike(ana, bob, cleo, shapes=3)
            await until(lambda: not drafts(cleo, ana), "the end of the draft")
            assert state(ana, cleo) == state(cleo, ana) == "relayed"
            assert not linked(ana, cleo)


# Coming late


@in_loop
async def test_who_comes_late_gets_the_board_from_several(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("p2psketch.catchup.SLICE", 64)
    monkeypatch.setattr("p2psketch.catchup.IN_FLIGHT", 128)
    async with peer(name="Ana") as ana, peer(ana, name="Bob") as bob, peer(bob, ana, name="Cleo") as cleo:
        for one in (ana, bob, cleo):
            draw(one, 1000)
        await all_alike(ana, bob, cleo, shapes=3000)
        served: set[str] = set()
        for one in (ana, bob, cleo):
            _note_wants(one, served)
        async with peer(ana, bob, cleo, name="Dan") as dan:
            await dan.catch_up(30)
            assert count(dan) == 3000
            await all_alike(ana, bob, cleo, dan, shapes=3000)
            assert len(served) >= 2


def _note_wants(one: HeadlessPeer, served: set[str]) -> None:
    """Note that somebody asked this one for ops."""
    receive = one.node.sink

    def noting(event: object) -> None:
        if isinstance(getattr(event, "message", None), m.Want):
            served.add(one.board.me.hex())
        receive(event)  # type: ignore[arg-type]

    one.node.sink = noting


# Reading slowly


@in_loop
async def test_a_slow_reader_costs_no_memory_and_gets_everything_in_the_end() -> None:
    async with peer(name="Ana") as ana:
        slow = Rogue()
        await slow.link(ana)
        link = link_to(ana, slow.me)
        stop_reading(slow, link)
        for x in range(60):
            ana.board.begin_draft({"kind": "stroke", "color": 0xE03131, "width": 3.0})
            ana.board.extend_draft([(float(x), float((7 * y) % 999)) for y in range(9000)])
            ana.board.finish_draft()
            ana.board.point((float(x), 0.0))
            draw(ana, 20)
            await asyncio.sleep(0.001)
        assert link._paused
        assert link.stream.queued <= HIGH_WATER + BURST + 64 * 1024
        outbox = link.outbox
        assert len(outbox._ranges) <= 1
        assert len(outbox._control) < 100, "a word a turn, and not one for each of 1,260 strokes"
        assert outbox._fleeting.size <= 64 * 1024 + 16 * MESSAGE

        slow.stream.resume_reading()
        await until(lambda: _ops(slow) == ana.board.session.log.seq(ana.board.me), "all ops, each once and in order")


def _ops(rogue: Rogue) -> int:
    """How far the ops that came reach, without a gap."""
    chunks = [message.chunk for message in rogue.heard if isinstance(message, m.Ops)]
    assert all(before.last + 1 == after.first for before, after in pairwise(chunks))
    return chunks[-1].last if chunks else 0
