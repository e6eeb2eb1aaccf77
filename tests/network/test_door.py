"""Strangers and newcomers at a peer's door: however many come, however slowly they speak, members get in afterwards."""

import asyncio
import math
import os
import socket
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from p2psketch.address import Address
from p2psketch.errors import Unreachable
from peer import transport
from peer.headless import HeadlessPeer
from peer.transport import MAX_UNFINISHED, Gate, Timing
from tests.network.support import ROOM, Rogue, draw, in_loop, linked, peer, place, until
from tests.network.test_hostile import three

QUICK = Timing(knock=0.3, handshake=0.5)


def gate(ana: HeadlessPeer) -> Gate:
    assert ana.node._listener is not None
    return ana.node._listener.gate


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


def _connect_without_end(address: Address, stack: ExitStack) -> None:
    while True:
        sock = stack.enter_context(socket.socket())
        sock.setblocking(False)
        sock.connect_ex(address)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Less patience than usual with those at the door."""
    monkeypatch.setattr(transport, "USUAL", QUICK)
    start = transport.Listener.start.__func__  # type: ignore[attr-defined]
    monkeypatch.setattr(start, "__defaults__", (*start.__defaults__[:-1], QUICK))


@in_loop
async def test_members_that_never_say_hello_have_a_limit_and_members_that_do_get_in_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A place among the newcomers is held until the first message, not only until TLS is up."""
    monkeypatch.setattr("p2psketch.connection.GREET_WITHIN", math.inf)
    async with three() as (ana, _, _):
        rogues = [Rogue() for _ in range(MAX_UNFINISHED)]
        await asyncio.gather(*(rogue.dial(ana) for rogue in rogues))
        await until(lambda: gate(ana).unfinished == MAX_UNFINISHED, "a full door")
        with pytest.raises(Unreachable):
            await Rogue().dial(ana)
        rogues[0].say(rogues[0].hello())
        await until(lambda: gate(ana).unfinished == MAX_UNFINISHED - 1, "the place of the one that speaks")
        assert ana.board.session.mesh.to(rogues[0].me)
        monkeypatch.setattr("p2psketch.connection.GREET_WITHIN", 0.0)
        await until(lambda: all(rogue.is_closed for rogue in rogues[1:]), "the end of patience")
        monkeypatch.setattr("p2psketch.connection.GREET_WITHIN", math.inf)
        await until(lambda: gate(ana).unfinished == 0, "an empty door")
        async with peer(ana, name="Dan") as dan:
            assert linked(ana, dan)
        rogues[0].stream.abort()


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="counts open files as Linux shows them")
@pytest.mark.usefixtures("quick")
@in_loop
async def test_whoever_stops_half_way_leaves_nothing_behind() -> None:
    """Nothing said, half a knock, a knock and no more, half of TLS: hundreds of them, and not one open file is left."""
    async with three() as (ana, _, _):
        before = open_files()
        for _ in range(4):
            with ExitStack() as stack:
                for number in range(40):
                    sock = stack.enter_context(socket.create_connection(place(ana)))
                    knock = ROOM.knock(os.urandom(16))
                    sock.sendall((b"", knock[:20], knock, knock + b"\x16\x03\x01\x02\x00\x01")[number % 4])
                await until(lambda: gate(ana).unfinished == 40, "all of them at the door")
                await until(lambda: gate(ana).unfinished == 0, "the end of patience")
        assert open_files() == before


@pytest.mark.usefixtures("quick")
@in_loop
async def test_who_drips_a_knock_is_not_waited_for() -> None:
    async with three() as (ana, _, _):
        with socket.create_connection(place(ana)) as sock:
            sock.setblocking(False)
            loop = asyncio.get_running_loop()
            closed = asyncio.ensure_future(loop.sock_recv(sock, 1))
            for byte in ROOM.knock(os.urandom(16)):
                if closed.done():
                    break
                await loop.sock_sendall(sock, bytes([byte]))
                await asyncio.sleep(0.05)
            assert await closed == b""


@in_loop
async def test_without_files_for_new_links_the_old_ones_go_on_and_new_ones_come_later(
    allowed_log: Callable[[str], None],
) -> None:
    resource = pytest.importorskip("resource")
    allowed_log("cannot accept connections")
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    async with three() as (ana, bob, _):
        with ExitStack() as stack:
            try:
                resource.setrlimit(resource.RLIMIT_NOFILE, (open_files() + 8, before[1]))
                with pytest.raises(OSError, match="Too many open files"):
                    _connect_without_end(place(ana), stack)
                draw(ana, 5)
                draw(bob, 5)
                await until(lambda: ana.board.document.visible_count == bob.board.document.visible_count == 10, "all")
            finally:
                resource.setrlimit(resource.RLIMIT_NOFILE, before)
        async with peer(ana, name="Dan") as dan:
            assert linked(ana, dan)
