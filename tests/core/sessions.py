"""Sessions that talk to each other without a network: every effect is performed at once, in order."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import TypeVar

from p2psketch import effects as e
from p2psketch import messages as m
from p2psketch.address import Address
from p2psketch.ids import LinkId, PeerId, ShapeId
from p2psketch.keys import Identity, RoomKeys
from p2psketch.oplog import Chunk, Known
from p2psketch.ops import Edit
from p2psketch.session import Launch, Session
from p2psketch.shapes import Value
from tests.core.authors import STROKE

ROOM = RoomKeys.open_room("sessions")
VIEWERS = RoomKeys.from_view_secret(ROOM.view_secret, ROOM.edit_public)
WALL = 1_700_000_000_000

Effect = TypeVar("Effect", bound=e.Effect)


class Desk:
    """A session, its clock, what it has stored and whom it is linked to. `told` keeps all its effects."""

    def __init__(
        self, name: str, *, keeps: bool = True, key: str = "", room: RoomKeys = ROOM, lasting: str = ""
    ) -> None:
        seed = sum(name.encode())
        identity = Identity(bytes([sum((key or name).encode()) % 256]) * 32)
        launch = Launch(identity, m.Person(name, seed), Identity(lasting.encode().ljust(32, b"\0")))
        self.name = name
        self.identity = launch.identity
        self.session = Session(room, launch, Random(seed), Random(seed).randbytes, keeps=keeps)
        self.me: PeerId = self.session.me
        self.now = 1000.0
        self.address = Address(f"10.0.0.{seed % 250 + 1}", 2000)
        self.told: list[e.Effect] = []
        self.chunks: list[Chunk] = []
        self.forks: list[m.Fork] = []
        self.remembered: list[e.Event] = []
        self.links: dict[LinkId, tuple[Desk, LinkId]] = {}
        self.waiting: list[tuple[LinkId, m.PeerMessage]] = []
        self._tips: dict[PeerId, Known] = {}
        self.run(self.session.handle(e.Listening((self.address,)), self.now))

    def run(self, effects: Sequence[e.Effect]) -> None:
        """Perform effects, and wait until what was committed is sealed; what they send waits until `exchange`."""
        self.told += effects
        for effect in effects:
            match effect:
                case e.Persist(chunk, tip):
                    self.chunks.append(chunk)
                    self._tips[chunk.author] = tip
                case e.KeepFork(fork):
                    self.forks.append(fork)
                case e.Recall(author, seq):
                    self.remembered += [e.Recalled(c) for c in self.chunks if c.author == author and holds(c, seq)][:1]
                case e.Reread():
                    self.remembered += self.board_file()
                case e.Send(link, message):
                    self._send(link, message)
                case e.Serve(link, author, first, last):
                    for chunk in self.chunks:
                        if chunk.author == author and chunk.first <= last and chunk.last >= first:
                            self._send(link, m.Ops(chunk))
                case e.Drop(link, bye):
                    self._send(link, bye)
                    self._lose(link)
        due = self.session.replica.sealing.due
        if due is not None:
            self.now = max(self.now, due)
            self.run(self.session.seal(self.now))

    def _send(self, link: LinkId, message: m.PeerMessage) -> None:
        if link in self.links:
            other, theirs = self.links[link]
            other.waiting.append((theirs, message))

    def happens(self, event: e.Event) -> None:
        """Something happened around the session. Whoever hears a Bye closes its end."""
        self.run(self.session.handle(event, self.now))
        if isinstance(event, e.Received) and isinstance(event.message, m.Bye):
            self._lose(event.link)

    def _lose(self, link: LinkId) -> None:
        if self.links.pop(link, None) is not None:
            self.happens(e.Closed(link, "closed"))

    def board_file(self) -> list[e.Event]:
        """What a launch reads from this disk, in order."""
        return [*map(e.ForkStored, self.forks), *map(e.Stored, self.chunks), e.StoreRead(())]

    def sync(self) -> None:
        """The disk has written what was appended, and answers what it was asked."""
        remembered, self.remembered = self.remembered, []
        for event in remembered:
            self.happens(event)
        tips, self._tips = tuple(self._tips.items()), {}
        if tips:
            self.happens(e.Persisted(tips))

    def wait(self, seconds: float) -> None:
        """Time passes here."""
        self.now += seconds
        self.run(self.session.tick(self.now))

    def close(self, link: LinkId) -> None:
        """A link breaks, for both."""
        other, theirs = self.links[link]
        self._lose(link)
        other._lose(theirs)

    def link_to(self, other: "Desk") -> LinkId:
        """The link that is up with somebody."""
        link = self.session.mesh.to(other.me)
        assert link is not None
        return link.id

    def all_told(self, kind: type[Effect]) -> list[Effect]:
        """The effects of a kind since the last call of `forget`."""
        return [effect for effect in self.told if isinstance(effect, kind)]

    def forget(self) -> None:
        """Only what comes from here on is of interest."""
        self.told.clear()

    # -- drawing -------------------------------------------------------------------------------------

    def draws(self, **fields: Value) -> ShapeId:
        """A stroke; its id."""
        self.run(self.session.commit(Edit(((0, {**STROKE, **fields}),)), WALL))
        return self.shapes()[-1]

    def sets(self, shape: ShapeId, **fields: Value) -> None:
        """Change a shape."""
        self.run(self.session.commit(Edit(((shape, fields),)), WALL))

    def shapes(self) -> list[ShapeId]:
        """The visible shapes, bottom first."""
        return [shape.id for shape in self.session.document.painted()]


def holds(chunk: Chunk, seq: int) -> bool:
    """Is the op in the chunk?"""
    return chunk.first <= seq <= chunk.last


def numbers() -> Iterator[int]:
    number = 0
    while True:
        number += 1
        yield number


_links = numbers()


def connect(one: Desk, other: Desk) -> None:
    """`one` dials `other`; both are greeted, nothing else has been said yet."""
    mine, theirs = LinkId(next(_links)), LinkId(next(_links))
    one.links[mine], other.links[theirs] = (other, theirs), (one, mine)
    other.happens(e.Opened(theirs, one.me, one.address, False))
    one.happens(e.Opened(mine, other.me, other.address, True))


def exchange(*desks: Desk) -> None:
    """Deliver everything that waits, until nobody has anything more to say."""
    while any(desk.waiting or desk.remembered for desk in desks):
        for desk in desks:
            waiting, desk.waiting = desk.waiting, []
            for link, message in waiting:
                if link in desk.links:
                    desk.happens(e.Received(link, message))
            desk.sync()


def pass_time(seconds: float, *desks: Desk, step: float = 0.25) -> None:
    """Time passes for all, and they talk."""
    for _ in range(round(seconds / step)):
        for desk in desks:
            desk.wait(step)
        exchange(*desks)


def linked(*desks: Desk) -> None:
    """All with all, settled."""
    for n, one in enumerate(desks):
        for other in desks[n + 1 :]:
            connect(one, other)
    exchange(*desks)
    pass_time(1, *desks)
