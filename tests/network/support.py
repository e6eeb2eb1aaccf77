"""Headless peers in this process on real sockets, and a member that says whatever a test wants."""

import asyncio
import contextlib
import os
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import wraps
from pathlib import Path
from typing import Any

from p2psketch import messages as m
from p2psketch.address import Address
from p2psketch.codec import Frames, decode, encode
from p2psketch.drafting import signed
from p2psketch.ids import PeerId
from p2psketch.ink import encode as ink
from p2psketch.invite import Invite
from p2psketch.keys import Identity, RoomKeys
from p2psketch.messages import Person
from p2psketch.oplog import Chunk, pack_triples
from p2psketch.ops import Edit, chain, first_head
from peer.headless import HeadlessPeer
from peer.peer_link import PeerLink
from peer.target import Target
from peer.transport import Credentials, PeerStream, dial

PATIENCE = 30.0
SECRET = b"a board of tests".ljust(32)
INVITE = Invite((), "board", SECRET)
ROOM = INVITE.keys()
VIEWER = INVITE.viewer().keys()
STROKE = {"kind": "stroke", "points": ink([(0.0, 0.0), (10.0, 10.0)]), "color": 0x1F2328, "width": 3.0}

Test = Callable[..., Coroutine[Any, Any, None]]


def in_loop(test: Test) -> Callable[..., None]:
    """Run the test in an event loop, for at most twice PATIENCE seconds."""

    @wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        asyncio.run(asyncio.wait_for(test(*args, **kwargs), 2 * PATIENCE))

    return run


async def until(holds: Callable[[], Any], what: str) -> None:
    """Wait for something to be true."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"it never came: {what}"
        await asyncio.sleep(0.01)


# -- peers -----------------------------------------------------------------------------------------


def place(peer: HeadlessPeer) -> Address:
    """Where a peer listens."""
    return Address("127.0.0.1", peer.node.port)


@asynccontextmanager
async def peer(
    *others: HeadlessPeer,
    name: str = "Ana",
    trackers: tuple[Address, ...] = (),
    port: int = 0,
    path: Path | None = None,
    view_only: bool = False,
) -> AsyncIterator[HeadlessPeer]:
    """A headless peer that is told of others, and linked to them before the test goes on."""
    invite = Invite(trackers, "board", SECRET)
    target = Target(invite.viewer() if view_only else invite, tuple(place(other) for other in others), path)
    async with HeadlessPeer(target, Person(name, 0x1971C2), port=port) as running:
        await until(lambda: all(linked(running, other) for other in others), f"{name} linked to all it was told of")
        yield running


def linked(one: HeadlessPeer, other: HeadlessPeer) -> bool:
    """Are both linked, as each of them sees it?"""
    there, back = one.board.session.mesh.to(other.board.me), other.board.session.mesh.to(one.board.me)
    return there is not None and back is not None


def draw(peer: HeadlessPeer, count: int = 1) -> None:
    """So many strokes."""
    for _ in range(count):
        peer.board.edit(Edit(((0, STROKE),)))


def draw_each(*peers: HeadlessPeer) -> None:
    """A stroke by each."""
    for peer in peers:
        draw(peer)


def count(peer: HeadlessPeer) -> int:
    """Visible shapes."""
    return peer.board.document.visible_count


async def all_alike(*peers: HeadlessPeer, shapes: int) -> None:
    """Wait until all of these have one board, of so many shapes."""
    await until(lambda: all(count(peer) == shapes for peer in peers), f"{shapes} shapes at all")
    assert len({peer.board.document.digest() for peer in peers}) == 1


def state(one: HeadlessPeer, other: HeadlessPeer) -> str | None:
    """What one says of its way to the other."""
    return next((person.state for person in one.board.people() if person.peer == other.board.me), None)


def drafts(one: HeadlessPeer, other: HeadlessPeer) -> int:
    """How many strokes one sees the other drawing."""
    return sum(author == other.board.me for author, _ in one.board.presences.sketches)


def cursor(one: HeadlessPeer, other: HeadlessPeer) -> m.Point | None:
    """Where one sees the other's pointer."""
    seen = one.board.presences.pointers.get(other.board.me)
    return seen.cursor if seen is not None else None


def link_to(peer: HeadlessPeer, other: PeerId) -> PeerLink:
    """A peer's end of the link with another."""
    link = peer.board.session.mesh.to(other)
    assert link is not None
    return peer.node._links[link.id]


# -- a member that says anything ---------------------------------------------------------------------


class Rogue:
    """A member of the room with the real knock, certificate and TLS, and no manners."""

    def __init__(self, room: RoomKeys = ROOM) -> None:
        self.identity = Identity.generate(os.urandom)
        self.me: PeerId = self.identity.peer_id
        self.heard: list[m.Message] = []
        self.is_closed = False
        self.stream: PeerStream
        self.proof = room.prove_edit(self.me) if room.can_edit else None
        self._room = room
        self._frames = Frames()
        self._tip = (0, first_head(room.room_id, self.me), 0)

    async def dial(self, peer: HeadlessPeer | Address) -> None:
        """TCP, knock and TLS."""
        address = peer if isinstance(peer, Address) else place(peer)
        self.stream = await dial(address, Credentials(self._room, self.identity), self)

    async def link(self, peer: HeadlessPeer | Address) -> None:
        """And Hello and Welcome, as it should be."""
        await self.dial(peer)
        self.say(self.hello())
        await self.hears(m.Welcome)
        self.say(m.Have((), True, True, bytes(16), 0))

    def hello(self, *, versions: tuple[int, ...] = (m.PROTOCOL_VERSION,), peer: PeerId | None = None) -> m.Hello:
        """Who I am, or say I am."""
        return m.Hello(versions, peer or self.me, Person("rogue", 0), (), 0, True, self.proof)

    def say(self, *messages: m.Message) -> None:
        """Messages, legal or not."""
        self.send(b"".join(map(encode, messages)))

    def send(self, data: bytes) -> None:
        """Any bytes."""
        self.stream.write(data)

    async def hears(self, kind: type[m.Message]) -> Any:
        """Wait for a message of this kind."""
        await until(lambda: any(isinstance(message, kind) for message in self.heard), f"a {kind.__name__}")
        return next(message for message in self.heard if isinstance(message, kind))

    async def is_let_go(self) -> None:
        """Wait until the other side has closed the link."""
        await until(lambda: self.is_closed, "the end of the link")

    def ops(self, *bodies: bytes, time: int | None = None) -> m.Ops:
        """My next ops, with the right chain, signature and proof; `time` is the first one's."""
        seq, head, latest = self._tip
        first, before = seq + 1, head
        triples = []
        for number, body in enumerate(bodies):
            seq, latest = seq + 1, latest + 1 if time is None else time + number
            head = chain(head, latest, 0, body)
            triples.append((latest, 0, body))
        self._tip = seq, head, latest
        signature = self.identity.sign_ops(self._room.room_id, seq, head)
        return m.Ops(Chunk(self.me, first, before, len(bodies), pack_triples(triples), signature, self.proof))

    # -- StreamOwner -----------------------------------------------------------------------------------

    def opened(self, stream: PeerStream, peer: PeerId) -> None:
        """TLS is up."""
        self.stream = stream

    def received(self, data: bytes) -> None:
        """Keep what comes."""
        self.heard += [decode(payload, self.stream.peer) for payload in self._frames.feed(data)]

    def pause(self) -> None:
        """Nobody here has manners."""

    def resume(self) -> None:
        """Nobody here has manners."""

    def closed(self, stream: PeerStream, reason: str) -> None:
        """The other side has had enough."""
        self.is_closed = True


class Puppet:
    """Somebody, who may not exist, in whose name a rogue with the edit key speaks."""

    def __init__(self, identity: Identity | None = None, room: RoomKeys = ROOM) -> None:
        self.identity = identity or Identity.generate(os.urandom)
        self.me: PeerId = self.identity.peer_id
        self.proof = room.prove_edit(self.me)
        self._room = room

    def draft(self, number: int, points: bytes) -> m.Draft:
        """The beginning of a stroke, as good as its author's."""
        style = {"kind": "stroke", "color": 0, "width": 3.0}
        draft = m.Draft(self.me, number, 0, style, points, m.GOING, self.proof)
        return signed(draft, self.identity, self._room.room_id)

    def ops_beyond_a_gap(self, blob: bytes) -> m.Ops:
        """One op of a log whose beginning nobody has."""
        return m.Ops(Chunk(self.me, 9, bytes(32), 1, blob, bytes(64), self.proof))


def stop_reading(rogue: Rogue, link: PeerLink) -> None:
    """The rogue reads no more, and the system keeps little for it on the way from `link`."""
    rogue.stream.pause_reading()
    for end, option in ((rogue.stream, socket.SO_RCVBUF), (link.stream, socket.SO_SNDBUF)):
        assert end._transport is not None
        end._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, option, 32 * 1024)


@asynccontextmanager
async def server(
    visit: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[Address]:
    """Something that accepts TCP connections, and is not what it is taken for."""
    writers: list[asyncio.StreamWriter] = []

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        with contextlib.suppress(OSError):
            await visit(reader, writer)

    listening = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield Address(*listening.sockets[0].getsockname()[:2])
    finally:
        listening.close()
        for writer in writers:
            writer.transport.abort()
        await listening.wait_closed()
