"""One launch of a peer: the real session, connections and outboxes, on a fake network and a fake disk.

It stands for `peer.node` and `peer.board` and keeps their rules: effects in order, the disk before the others, a tick
soon after whatever happens and at least once a second, links pinged and given up once a second.
"""

from collections.abc import Callable, Sequence
from itertools import count
from random import Random
from typing import Any, Protocol

from p2psketch import effects as e
from p2psketch import messages as m
from p2psketch.address import Address
from p2psketch.connection import Connection, State
from p2psketch.errors import RemoteProtocolError
from p2psketch.ids import LinkId, PeerId
from p2psketch.keys import Identity, RoomKeys
from p2psketch.oplog import Known
from p2psketch.session import Launch, Session
from peer.outbox import Outbox
from tests.simulation.disk import Disk
from tests.simulation.network import Network, Pair, Pipe

ROOM = RoomKeys.open_room("simulation")
DIAL_TIMEOUT = 3.0
CHECK_EVERY = 1.0
TICK_SOON = 0.05
TICK_LATEST = 1.0
WALL = 1_700_000_000_000


class Surroundings(Protocol):
    """What a run knows of the world."""

    network: Network

    def at(self, address: Address) -> "Run | None":
        """Who listens there."""

    def number_of(self, address: Address) -> int:
        """Whose machine it is."""

    def announce(self, run: "Run", announce: m.Announce) -> None:
        """Tell the tracker."""

    def watch(self, run: "Run", effect: e.Effect) -> None:
        """Look at an effect before it is performed."""

    def heard(self, end: "End", message: m.PeerMessage) -> None:
        """Look at a message after it was handled."""


class End:
    """One end of a link. `other` is the pipe towards the other end, which is `twin`."""

    def __init__(self, run: "Run", peer: PeerId, address: Address, *, dialled: bool) -> None:
        self.run = run
        self.id = LinkId(next(run.numbers))
        self.address = address
        self.dialled = dialled
        self.closed = False
        self.promised: dict[PeerId, int] = {}
        self.promise_complete = False
        self.other: Pipe
        self.twin: End
        self.connection = Connection(peer, dialled=dialled, now=run.network.now)
        self.outbox = Outbox(self.id, self.connection, run.disk.read)
        self._opened = False
        self._flush_due = False
        self.up_since: float | None = None

    def open(self) -> None:
        """TLS is up on this side."""
        if not self._opened and not self.closed and self.run.alive:
            self._opened = True
            self.run.ends[self.id] = self
            self.run.happened(e.Opened(self.id, self.connection.peer, self.address, self.dialled))

    def receive(self, data: bytes | None) -> None:
        """Bytes came, or the end of them."""
        if self.closed or not self.run.alive:
            return
        if data is None:
            self.other.discard()
            self.bury("closed by the other side")
            return
        self.open()
        for message in self.connection.receive(data, self.run.network.now):
            self._received(message)
        if self.connection.state is State.OPEN and self.up_since is None:
            self.up_since = self.run.network.now
            self.outbox.send(self.connection.ping(self.run.network.now))
        self.run.wants_flush(self)

    def _received(self, message: m.Message) -> None:
        if isinstance(message, m.Ping):
            self.outbox.send(m.Pong(message.number))
        elif isinstance(message, m.Pong):
            if self.connection.rtt is not None:
                self.run.happened(e.Measured(self.id, self.connection.rtt))
        else:
            self.run.happened(e.Received(self.id, message))  # type: ignore[arg-type]
            self.run.world.heard(self, message)  # type: ignore[arg-type]

    def flush(self) -> None:
        """Write as long as the pipe takes it."""
        self._flush_due = False
        network = self.run.network
        while not self.closed and self.run.alive:
            if self.other.free_at > network.now:
                if not self._flush_due:
                    self._flush_due = True
                    network.after(self.other.free_at - network.now, self.flush)
                return
            if not (data := self.outbox.burst()):
                break
            self.other.send(data)
        if self.outbox.finished and not self.closed:
            self.other.send(None)
            self.bury("closed here")

    def check(self) -> None:
        """Ping, or give up on a silent link."""
        try:
            ping = self.connection.tick(self.run.network.now)
        except RemoteProtocolError as error:
            self.other.send(None)
            self.bury(str(error))
            return
        if ping is not None:
            self.outbox.send(ping)
            self.flush()

    def bury(self, reason: str) -> None:
        """The link is gone on this side."""
        self.closed = True
        if self.run.ends.pop(self.id, None) is not None:
            self.run.happened(e.Closed(self.id, reason))


class Run:
    """One launch. Make it, then `start` it."""

    def __init__(self, world: Surroundings, number: int, address: Address, disk: Disk, seed: int, keeps: bool) -> None:
        self.world = world
        self.network = world.network
        self.number = number
        self.address = address
        self.disk = disk
        self.keeps = keeps
        self.alive = True
        self.failed = False
        self.caught_up = False
        self.dials = 0
        self.numbers = count(1)
        self.ends: dict[LinkId, End] = {}
        self.rng = Random(seed)
        launch = Launch(
            Identity.generate(self.rng.randbytes),
            m.Person(f"Peer {number}", number),
            Identity(bytes([seed % 256]) * 32),
        )
        self.session = Session(ROOM, launch, Random(seed + 1), self.rng.randbytes, keeps=keeps)
        self.me: PeerId = self.session.me
        self._tips: dict[PeerId, Known] = {}
        self._dirty: dict[LinkId, End] = {}
        self._flushing = False
        self._tick_at = float("inf")
        self._performing: dict[type[e.Effect], Callable[[Any], None]] = {
            e.Persist: self._persist,
            e.Serve: self._serve,
            e.Send: self._send,
            e.Drop: self._drop,
            e.Dial: lambda dial: self._dial(dial.address),
            e.Announcing: lambda announcing: world.announce(self, announcing.announces[0]),
            e.KeepFork: lambda keep: disk.forks.append(keep.fork),
            e.KeepDraft: lambda keep: disk.keep_draft(keep.author, keep),
            e.DropDraft: lambda drop: disk.keep_draft(drop.author, None),
            e.Forget: lambda _: None,
            e.Recall: lambda recall: self.network.after(0.001, self._recall, recall.author, recall.seq),
            e.Reread: lambda _: self.network.after(0.001, self._read_disk),
            e.Remember: lambda remember: setattr(disk, "addresses", remember.addresses),
        }

    def start(self) -> None:
        """Read the disk, listen, and live."""
        for draft in self.disk.drafts():
            self.happened(e.DraftStored(draft.author, draft.wall, draft.body))
        self._read_disk()
        self.happened(e.Listening((self.address,)))
        self.network.after(self.rng.random() * CHECK_EVERY, self._check)

    def _read_disk(self) -> None:
        for fork in self.disk.forks:
            self.happened(e.ForkStored(fork))
        for chunk in self.disk.chunks():
            self.happened(e.Stored(chunk))
        self.happened(e.StoreRead(self.disk.addresses))

    def _recall(self, author: PeerId, seq: int) -> None:
        chunk = self.disk.read(author, seq, seq)
        if chunk is not None:
            self.happened(e.Recalled(chunk))

    def end(self, *, silently: bool) -> None:
        """No more happens here; `silently`: the other ends are not told either."""
        self.alive = False
        for end in self.ends.values():
            end.closed = True
            if not silently:
                end.other.send(None)
            elif self.network.rng.random() < 0.5:
                end.other.discard()

    # -- what happens ----------------------------------------------------------------------------

    def happened(self, event: e.Event) -> None:
        """An event, and what follows from it."""
        if self.alive:
            self.perform(self.session.handle(event, self.network.now))

    def perform(self, effects: Sequence[e.Effect]) -> None:
        """In order, as `peer.node` does."""
        for effect in effects:
            self.world.watch(self, effect)
            perform = self._performing.get(type(effect))
            if perform is not None:
                perform(effect)
        sealed = self.session.seal(self.network.now)
        if sealed:
            self.perform(sealed)
        self._tick_soon(TICK_SOON)

    def _persist(self, persist: e.Persist) -> None:
        self.disk.append(persist.chunk)
        self._tips[persist.chunk.author] = persist.tip
        self._schedule_flush()

    def _serve(self, serve: e.Serve) -> None:
        if (end := self.ends.get(serve.link)) is not None:
            end.outbox.serve(serve.author, serve.first, serve.last)
            self.wants_flush(end)

    def _send(self, send: e.Send) -> None:
        if (end := self.ends.get(send.link)) is not None:
            end.outbox.send(send.message)
            self.wants_flush(end)

    def _drop(self, drop: e.Drop) -> None:
        if (end := self.ends.get(drop.link)) is not None:
            end.outbox.finish(drop.bye)
            self.wants_flush(end)

    def wants_flush(self, end: End) -> None:
        """Something waits for a link."""
        self._dirty[end.id] = end
        self._schedule_flush()

    def _schedule_flush(self) -> None:
        if not self._flushing:
            self._flushing = True
            self.network.after(0.002 * self.rng.random(), self._flush)

    def _flush(self) -> None:
        """First the disk, then the others."""
        self._flushing = False
        if not self.alive:
            return
        if self.disk.commit():
            tips, self._tips = tuple(self._tips.items()), {}
            if tips:
                self.happened(e.Persisted(tips))
        elif not self.failed:
            self.failed = True
            self.happened(e.StoreFailed("The disk is full."))
        dirty, self._dirty = self._dirty, {}
        for end in dirty.values():
            end.flush()

    # -- links -----------------------------------------------------------------------------------

    def _pair(self, number: int) -> Pair:
        return frozenset((self.number, number))

    def _dial(self, address: Address) -> None:
        self.dials += 1
        pair = self._pair(self.world.number_of(address))
        if not self.network.reaches(pair):
            self.network.after(DIAL_TIMEOUT, self.happened, e.DialFailed(address, "it does not answer"))
        elif self.world.at(address) is None:
            self.network.after(2 * self.network.latency(pair), self.happened, e.DialFailed(address, "refused"))
        else:
            self.network.after(4 * self.network.latency(pair), self._shake_hands, address, pair)

    def _shake_hands(self, address: Address, pair: Pair) -> None:
        other = self.world.at(address)
        if other is None or not self.alive or not self.network.reaches(pair):
            self.happened(e.DialFailed(address, "lost in the handshake"))
            return
        mine = End(self, other.me, address, dialled=True)
        theirs = End(other, self.me, self.address._replace(port=40_000 + mine.id % 20_000), dialled=False)
        mine.twin, theirs.twin = theirs, mine
        mine.other = Pipe(self.network, pair, theirs.receive)
        theirs.other = Pipe(self.network, pair, mine.receive)
        self.network.after(self.network.latency(pair), theirs.open)
        mine.open()

    # -- time ------------------------------------------------------------------------------------

    def _check(self) -> None:
        if self.alive:
            for end in list(self.ends.values()):
                end.check()
            self.network.after(CHECK_EVERY, self._check)

    def _tick_soon(self, seconds: float) -> None:
        due = self.network.now + seconds
        if due < self._tick_at:
            self._tick_at = due
            self.network.after(seconds, self._tick, due)

    def _tick(self, due: float) -> None:
        if not self.alive or due != self._tick_at:
            return
        now = self.network.now
        self._tick_at = float("inf")
        effects = self.session.tick(now)
        if effects:
            self.perform(effects)
        self._tick_soon(min(max(self.session.deadline() - now, TICK_SOON), TICK_LATEST))
