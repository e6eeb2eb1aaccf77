"""A mesh and the people it meets: what they say to each other, without a network."""

from random import Random

from p2psketch import messages as m
from p2psketch.address import Address
from p2psketch.effects import Closed, Dial, Drop, Effect, Opened, Received, Send
from p2psketch.ids import LinkId, PeerId
from p2psketch.mesh import Mesh
from tests.core.authors import peer

HERE = Address("10.0.0.99", 2000)
PERSON = m.Person("Mia", 7)


def address_of(who: PeerId) -> Address:
    return Address(f"10.0.{sum(who) % 250}.{who[0]}", 2000)


def hello(who: PeerId, *, links: int = 0, keeps: bool = True, versions: tuple[int, ...] = (1,)) -> m.Hello:
    return m.Hello(versions, who, m.Person("Somebody", 1), (address_of(who),), links, keeps, None)


def welcome(who: PeerId, *, links: int = 0, keeps: bool = True) -> m.Welcome:
    return m.Welcome(1, who, m.Person("Somebody", 1), (address_of(who),), links, keeps, None)


def neighbours(*peers: PeerId) -> m.Links:
    return m.Links(tuple(m.Neighbour(who, m.Person("Somebody", 1), (address_of(who),)) for who in peers))


def drops(effects: list[Effect]) -> list[tuple[LinkId, str]]:
    return [(effect.link, effect.bye.reason) for effect in effects if isinstance(effect, Drop)]


def dials(effects: list[Effect]) -> list[Address]:
    return [effect.address for effect in effects if isinstance(effect, Dial)]


def sent(effects: list[Effect], kind: type[m.PeerMessage]) -> list[LinkId]:
    return [effect.link for effect in effects if isinstance(effect, Send) and isinstance(effect.message, kind)]


class Meeting:
    """A mesh named `mia` at a `now` of its own. Links are numbered as they open."""

    def __init__(self, me: str = "mia", seed: int = 1) -> None:
        self.now = 100.0
        self.me = peer(me)
        self.mesh = Mesh(self.me, PERSON, Random(seed), keeps=True, proof=None)
        self.mesh.listening([HERE])
        self._last = 0

    def open(self, who: PeerId, *, dialled: bool) -> LinkId:
        """TLS is up with somebody."""
        self._last += 1
        link = LinkId(self._last)
        self.mesh.opened(Opened(link, who, address_of(who), dialled), self.now)
        return link

    def hears(self, link: LinkId, message: m.PeerMessage) -> list[Effect]:
        event = Received(link, message)
        return self.mesh.received(event.link, event.message, self.now)

    def closes(self, link: LinkId) -> None:
        event = Closed(link, "gone")
        self.mesh.closed(event.link, self.now)

    def accepts(self, who: PeerId, *, links: int = 0) -> LinkId:
        """Somebody dials us, and the link is up."""
        link = self.open(who, dialled=False)
        assert sent(self.hears(link, hello(who, links=links)), m.Welcome) == [link]
        self.hears(link, m.HaveHash(bytes(32)))
        return link

    def reaches(self, who: PeerId, *, links: int = 0) -> LinkId:
        """We dial somebody, and the link is up."""
        link = self.open(who, dialled=True)
        self.hears(link, welcome(who, links=links))
        return link

    def wait(self, seconds: float) -> list[Effect]:
        self.now += seconds
        return self.mesh.tick(self.now)

    def link_with(self, who: PeerId) -> LinkId | None:
        link = self.mesh.to(who)
        return link.id if link is not None else None

    def news(self) -> tuple[list[LinkId], list[LinkId]]:
        """Links that came up, and that went, since the last call."""
        come, gone = self.mesh.linked, [link for link, _ in self.mesh.unlinked]
        self.mesh.linked, self.mesh.unlinked = [], []
        return come, gone
