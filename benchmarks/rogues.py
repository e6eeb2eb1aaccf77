"""64 hostile connections to one peer, from a process of their own: until standard input ends.

A quarter are strangers that say nothing, a quarter knock and go no further, half are members that flood, each in its
own way and as fast as it is listened to. Whoever is cut off comes back.
"""

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from itertools import count, cycle
from typing import Final

from p2psketch import ink
from p2psketch import messages as m
from p2psketch.address import Address
from p2psketch.codec import Frames, decode, encode
from p2psketch.drafting import signed
from p2psketch.errors import SketchError
from p2psketch.ids import PeerId
from p2psketch.invite import Invite
from p2psketch.keys import Identity, RoomKeys
from p2psketch.oplog import Chunk, Known, pack_triples
from peer.transport import Credentials, PeerStream, dial

CONNECTIONS: Final = 64
BATCH: Final = 64 * 1024
"""Bytes, at least, that a flooding member says at once."""
COMES_BACK: Final = 0.2
INK: Final = ink.encode([(float(n % 100), float(n % 7)) for n in range(1000)])

Words = Iterator[m.Message]


def somebody() -> PeerId:
    """An author that does not exist."""
    return PeerId(os.urandom(32))


def editors(room: RoomKeys) -> list[tuple[Identity, bytes]]:
    """Some who may edit, and what shows it."""
    some = [Identity.generate(os.urandom) for _ in range(32)]
    return [(identity, room.prove_edit(identity.peer_id)) for identity in some]


def pings(_room: RoomKeys, _: PeerId) -> Words:
    """Tiny frames."""
    return (m.Ping(n) for n in count())


def claims(_room: RoomKeys, _: PeerId) -> Words:
    """Ever new authors."""
    while True:
        yield m.Have(tuple((somebody(), Known(9, bytes(16))) for _ in range(1024)), True, False, bytes(16), 0)


def neighbours(_room: RoomKeys, _: PeerId) -> Words:
    """Ever new peers, at addresses where nobody is."""
    for n in count():
        places = [(Address(f"10.{n % 250}.{n // 250 % 250}.{last}", 2000),) for last in range(1, 65)]
        yield m.Links(tuple(m.Neighbour(somebody(), m.Person("x", 0), place) for place in places))


def pointers(_room: RoomKeys, _: PeerId) -> Words:
    """Ever new authors that point."""
    while True:
        yield m.Presence(somebody(), (1.0, 2.0), None, "pen")


def drafts(room: RoomKeys, _: PeerId) -> Words:
    """Ever new strokes of many editors who do not exist."""
    style = {"kind": "stroke", "color": 0, "width": 3.0}
    for number, (editor, proof) in zip(count(1), cycle(editors(room)), strict=False):
        yield signed(m.Draft(editor.peer_id, number, 0, style, INK, m.GOING, proof), editor, room.room_id)


def beyond_gaps(room: RoomKeys, _: PeerId) -> Words:
    """Ops of which the beginning never comes."""
    blob = pack_triples([(1, 0, bytes(1000))])
    for number, (editor, proof) in zip(count(9), cycle(editors(room)), strict=False):
        yield m.Ops(Chunk(editor.peer_id, number, bytes(32), 1, blob, bytes(64), proof))


def wishes(_room: RoomKeys, author: PeerId) -> Words:
    """All that somebody has drawn, again and again."""
    while True:
        yield m.Want((m.Range(author, 1, 100),) * 100)


def hashes(_room: RoomKeys, _: PeerId) -> Words:
    """Each would have a whole version vector sent."""
    while True:
        yield m.HaveHash(os.urandom(32))


FLOODS: Final = (pings, claims, neighbours, pointers, drafts, beyond_gaps, wishes, hashes)


class Member:
    """A member with the keys. What it hears it throws away, but for the id of whom it talks to."""

    def __init__(self, room: RoomKeys, flood: Callable[[RoomKeys, PeerId], Words]) -> None:
        self.identity = Identity.generate(os.urandom)
        self.gone = asyncio.Event()
        self._room = room
        self._flood = flood
        self._words: Words | None = None
        self._frames = Frames()
        self._full = False

    async def visit(self, address: Address) -> None:
        """Link, flood, until the other side has had enough."""
        await dial(address, Credentials(self._room, self.identity), self)
        hello = m.Hello((1,), self.identity.peer_id, m.Person("rogue", 0), (), 0, True, None)
        self._stream.write(encode(hello))
        await self.gone.wait()

    def opened(self, stream: PeerStream, peer: PeerId) -> None:
        self._stream, self._peer = stream, peer

    def received(self, data: bytes) -> None:
        heard = (decode(frame, self._peer) for frame in self._frames.feed(data)) if self._words is None else ()
        if any(isinstance(message, m.Welcome) for message in heard):
            self._words = self._flood(self._room, self._peer)
            self._go_on()

    def _go_on(self) -> None:
        """Say more, as long as there is room."""
        if self._words is None or self._full or self.gone.is_set():
            return
        batch = bytearray()
        while len(batch) < BATCH:
            batch += encode(next(self._words))
        self._stream.write(bytes(batch))
        asyncio.get_running_loop().call_soon(self._go_on)

    def pause(self) -> None:
        self._full = True

    def resume(self) -> None:
        self._full = False
        self._go_on()

    def closed(self, stream: PeerStream, reason: str) -> None:  # noqa: ARG002
        self.gone.set()


async def stranger(address: Address, first: bytes) -> None:
    """A bare connection that has said `first`, until it is cut."""
    loop = asyncio.get_running_loop()
    with socket.create_connection(address) as sock:
        sock.setblocking(False)
        await loop.sock_sendall(sock, first)
        while await loop.sock_recv(sock, 4096):
            pass


async def visit(room: RoomKeys, address: Address, number: int) -> None:
    """What the connection of that number does, once."""
    match number % 4:
        case 0:
            await stranger(address, b"")
        case 1:
            await stranger(address, room.knock(os.urandom(16)))
        case _:
            await Member(room, FLOODS[(number // 4 * 2 + number % 2) % len(FLOODS)]).visit(address)


async def again(visit: Callable[[], Awaitable[None]]) -> None:
    """For ever."""
    while True:
        with contextlib.suppress(OSError, SketchError):
            await visit()
        await asyncio.sleep(COMES_BACK)


async def attack(link: str, port: int) -> None:
    """Begin, say so, and go on until standard input ends."""
    room, address = Invite.parse(link).keys(), Address("127.0.0.1", port)
    tasks = [asyncio.create_task(again(partial(visit, room, address, number))) for number in range(CONNECTIONS)]
    await asyncio.sleep(0.5)
    print("attacking", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


if __name__ == "__main__":
    asyncio.run(attack(sys.argv[1], int(sys.argv[2])))
