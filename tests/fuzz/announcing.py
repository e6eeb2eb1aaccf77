"""Programs that tell a tracker anything at all, side by side with others.

Rule: the server's own connections over a transport in memory, with its clock in our hands. In a script a frame that
holds a bare number directs: below 6 (mod 8) that client speaks from here on, 6 lets time pass, with 7 the connection
of the one who speaks breaks. What each client has been told has to agree with who is there.
"""

import asyncio
from typing import Final

from p2psketch import messages as m
from p2psketch.codec import HEADER, MAX_MEMBERS, Frames, decode
from tests.fuzz.mutating import frames_of, unpacked
from tracker.limits import Limits
from tracker.server import TrackerServer, _Link

FEW: Final = Limits(connections=8, per_address=2, announces_per_minute=12, room=4)
PLACES: Final = ("192.0.2.1", "192.0.2.1", "192.0.2.1", "2001:db8::1", "127.0.0.1", "2001:db8::2")


class Pipe(asyncio.Transport):
    """What the server writes to one client; `told` is what the client makes of it."""

    def __init__(self, host: str) -> None:
        super().__init__({"peername": (host, 4000)})
        self.over = False
        self.told: dict[bytes, m.Entry] | None = None
        self._frames = Frames()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert not self.over, data
        for payload in self._frames.feed(bytes(data)):
            self._hear(decode(payload))

    def _hear(self, message: m.Message) -> None:
        match message:
            case m.Members(count, entries):
                assert len(entries) == min(count, MAX_MEMBERS)
                self.told = {entry.handle: entry for entry in entries}
            case m.Joined(entry) if self.told is not None:
                self.told[entry.handle] = entry
            case m.Left(handle) if self.told is not None:
                del self.told[handle]
            case _:
                assert isinstance(message, m.Refused | m.Pong)

    def get_write_buffer_size(self) -> int:
        return 0

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """There is always room."""

    def write_eof(self) -> None:
        self.over = True

    def close(self) -> None:
        self.over = True

    abort = close


class Crowd:
    """A server and its clients."""

    def __init__(self) -> None:
        self.now = 0.0
        self.server = TrackerServer(FEW, clock=lambda: self.now)
        self._clients: dict[int, tuple[_Link, Pipe]] = {}
        self._speaks = 0

    def direct(self, number: int) -> None:
        """A number in the script."""
        what = number % 8
        if what < 6:
            self._speaks = what
        elif what == 6:
            self.pass_time(min(1 + abs(number) // 8, 60))
        else:
            self._lose(self._speaks)

    def say(self, data: bytes) -> None:
        """The one who speaks sends this."""
        if self._speaks not in self._clients:
            link = self.server._link()
            self._clients[self._speaks] = link, Pipe(PLACES[self._speaks])
            link.connection_made(self._clients[self._speaks][1])
        protocol, pipe = self._clients[self._speaks]
        if not pipe.over:
            protocol.data_received(data)
        self._settle()

    def pass_time(self, seconds: float) -> None:
        """Time passes, and the server looks at what is overdue."""
        self.now += seconds
        self.server._perform(self.server.registry.tick(self.now))
        self._settle()

    def _lose(self, number: int) -> None:
        if number in self._clients:
            protocol, _ = self._clients.pop(number)
            protocol.connection_lost(None)

    def _settle(self) -> None:
        """Those whom the server has closed are gone; the others know who is there."""
        for number in [number for number, (_, pipe) in self._clients.items() if pipe.over]:
            self._lose(number)
        registry = self.server.registry
        rooms = registry._rooms
        assert registry.members == sum(map(len, rooms.values())) and all(rooms.values())
        assert len(registry._connections) <= len(self._clients)
        for protocol, pipe in self._clients.values():
            who = registry._connections[protocol.number]
            if who.lease is not None:
                others = {handle: member.entry for handle, member in rooms[who.lease.room].items()}
                own = others.pop(who.lease.handle)
                assert own.handle == who.lease.handle and pipe.told == others

    def go(self) -> None:
        """All connections break; after the grace nothing is left of anybody."""
        for number in list(self._clients):
            self._lose(number)
        self.pass_time(FEW.grace)
        self.pass_time(60)
        registry = self.server.registry
        left = (registry._rooms, registry._connections, registry._leaving, registry._all, registry._strangers)
        assert not any(left) and not registry.members and not registry._announces


def tracker(data: bytes) -> None:
    """The whole of it."""
    asyncio.run(_tracker(data))


async def _tracker(script: bytes) -> None:
    crowd = Crowd()
    for payload in frames_of(script):
        direction = unpacked(payload)
        if type(direction) is int:
            crowd.direct(direction)
        else:
            crowd.say(len(payload).to_bytes(HEADER, "big") + payload)
    crowd.go()
