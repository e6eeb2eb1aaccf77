"""The mesh: who is linked to whom, and what to do about it.

Rule: link up to everyone, until there are 24 links; settle double dials by comparing ids; redial
what broke; tell everybody whom we are linked to. The mesh moves no ops and knows no board: it is
told what happened on links and returns effects. Time and randomness are arguments.

(Shape of the machine: iroh-gossip's `proto/state.rs`.)
"""

from collections.abc import Iterable, Sequence
from random import Random
from typing import Final

from p2psketch import messages as m
from p2psketch.address import Address
from p2psketch.contacts import Contacts, Source, is_near, speakable
from p2psketch.effects import Dial, Drop, Effect, Logged, Notice, Opened, Remember, Send
from p2psketch.ids import LinkId, PeerId, short
from p2psketch.link import Link, winner_of
from p2psketch.relaying import Relaying

DIALS_TO: Final = 24
ACCEPTS_TO: Final = 32
NEEDY: Final = 8
"""A peer with fewer links is admitted even by a full one."""
WELL_LINKED: Final = 16
"""A link to a peer with this many may be dropped for a needy one."""
DIALS_AT_ONCE: Final = 8
MAX_DOUBLES: Final = 3
"""Links with one peer until one of them is known to work. Each has a place of its own, and only one of them counts."""
LINKS_EVERY: Final = 0.25
"""Seconds between two words about our links, longer where there are more than a `FEW`: they tell of all to all."""
FEW: Final = 8
EXPIRE_EVERY: Final = 1.0
JITTER: Final = 0.5
PATIENCE: Final = 2.0
"""Seconds in which a newcomer is expected to dial us first."""


class Mesh:
    """`linked` and `unlinked` collect what the session has to know after each call; it empties them."""

    def __init__(self, me: PeerId, person: m.Person, rng: Random, *, keeps: bool, proof: bytes | None) -> None:
        self.me = me
        self.person = person
        self.keeps = keeps
        self.proof = proof
        self.contacts = Contacts(rng)
        self.addresses: tuple[Address, ...] = ()
        self.linked: list[LinkId] = []
        self.unlinked: list[tuple[LinkId, PeerId]] = []
        self._rng = rng
        self._links: dict[LinkId, Link] = {}
        self._by_peer: dict[PeerId, Link] = {}
        self._told = 0.0
        self._expired = 0.0
        self._changed = False
        self._relaying: Relaying | None = None

    # -- what others ask -------------------------------------------------------------------------

    def link(self, id: LinkId) -> Link | None:
        """A link that is up."""
        link = self._links.get(id)
        return link if link is not None and link.up else None

    def to(self, peer: PeerId) -> Link | None:
        """The link that is up with a peer."""
        return self._by_peer.get(peer)

    def up(self) -> Iterable[Link]:
        """One link per linked peer."""
        return self._by_peer.values()

    def __len__(self) -> int:
        """How many peers are linked."""
        return len(self._by_peer)

    def afar(self) -> dict[PeerId, m.Neighbour]:
        """The peers that only others are linked to."""
        known: dict[PeerId, m.Neighbour] = {}
        for link in self.up():
            known.update(link.neighbours)
        return {peer: who for peer, who in known.items() if peer != self.me and peer not in self._by_peer}

    def untried(self) -> bool:
        """Is somebody not linked who was named, or is yet to be, and has not been dialled to an end at any address?"""
        greeting = any(link.dialled and not link.up and not link.leaving for link in self._links.values())
        return greeting or not all(link.told for link in self.up()) or self.contacts.untried(self._by_peer.keys())

    def forwarding(self, author: PeerId, came_over: LinkId | None) -> tuple[LinkId, ...]:
        """The links over which we pass on an op that `author` just made."""
        source = None if came_over is None else self._links.get(came_over)
        return self._ids(self._relays().readers(author, source.peer if source else None))

    def showing(self, author: PeerId, came_over: LinkId) -> tuple[LinkId, ...]:
        """The links over which we pass on what `author` draws or points at right now."""
        source = self._links.get(came_over)
        return self._ids(self._relays().watchers(author, source.peer)) if source is not None else ()

    def _relays(self) -> Relaying:
        if self._relaying is None:
            self._relaying = Relaying(self.me, {link.peer: link.neighbours for link in self.up()})
        return self._relaying

    def _ids(self, peers: Iterable[PeerId]) -> tuple[LinkId, ...]:
        return tuple(self._by_peer[peer].id for peer in peers)

    # -- addresses and names ---------------------------------------------------------------------

    def listening(self, addresses: Sequence[Address]) -> None:
        """Where we can be reached has changed."""
        self.addresses = tuple(addresses)
        self.contacts.own.update(addresses)
        self._changed = True

    def renamed(self, person: m.Person) -> None:
        """We are called something else now."""
        self.person = person
        self._changed = True

    def named(
        self, peer: PeerId, addresses: Iterable[Address], now: float, *, by: Source = None, patiently: bool = False
    ) -> None:
        """A tracker named somebody; `patiently`: a newcomer, who will dial us."""
        if peer != self.me:
            self.contacts.named(peer, addresses, now, within=PATIENCE if patiently else JITTER, by=by)

    # -- what happens on links ---------------------------------------------------------------------

    def opened(self, event: Opened, now: float) -> list[Effect]:
        """TLS is up."""
        effects: list[Effect] = []
        if event.dialled and self.contacts.answered(event.address, event.peer, self.me, now):
            effects.append(Remember(tuple(self.contacts.book)))
        self._links[event.link] = Link(event.link, event.peer, event.address, event.dialled, now)
        if event.peer == self.me:
            return [*effects, self._drop(self._links[event.link], m.ITSELF)]
        if event.dialled:
            effects.append(Send(event.link, self._hello(event.address)))
        return effects

    def _hello(self, to: Address) -> m.Hello:
        addresses = speakable(self.addresses, to=to)
        return m.Hello((m.PROTOCOL_VERSION,), self.me, self.person, addresses, len(self), self.keeps, self.proof)

    def _welcome(self, to: Address) -> m.Welcome:
        addresses = speakable(self.addresses, to=to)
        return m.Welcome(m.PROTOCOL_VERSION, self.me, self.person, addresses, len(self), self.keeps, self.proof)

    def received(self, id: LinkId, message: m.PeerMessage, now: float) -> list[Effect]:
        """Any message at all; those of the mesh itself are dealt with here."""
        link = self._links.get(id)
        if link is None or link.leaving:
            return []
        link.heard = now
        match message:
            case m.Hello():
                return self._greeted(link, message, now)
            case m.Welcome():
                return self._welcomed(link, message, now)
            case m.Links(neighbours):
                self._told_of(link, neighbours, now)
            case m.Bye():
                return self._parted(link, message)
        return self._confirm(link) if link.up and not link.confirmed else []

    def _greeted(self, link: Link, hello: m.Hello, now: float) -> list[Effect]:
        refusal = self._refusal(link, hello, now)
        if refusal == m.VERSION:
            spoken = ", ".join(map(str, hello.versions))
            return [
                Logged(f"{short(link.peer)} speaks only versions {spoken} of the protocol"),
                self._drop(link, refusal),
            ]
        if refusal is not None:
            return [self._drop(link, refusal)]
        effects: list[Effect] = []
        if len(self) >= ACCEPTS_TO and link.peer not in self._by_peer:
            effects.append(self._make_room())
        self._introduce(link, hello)
        effects.append(Send(link.id, self._welcome(link.address)))
        self._come_up(link, now)
        return effects

    def _refusal(self, link: Link, hello: m.Hello, now: float) -> str | None:
        """Why a Hello is not welcome, if it is not."""
        if m.PROTOCOL_VERSION not in hello.versions:
            return m.VERSION
        other = self._by_peer.get(link.peer)
        doubles = sum(double.up and double.peer == link.peer for double in self._links.values())
        if doubles >= MAX_DOUBLES:
            return m.DUPLICATE
        if other is not None:
            return m.DUPLICATE if other.confirmed and winner_of(other, link, self.me, now) is other else None
        if len(self) >= ACCEPTS_TO and (hello.links >= NEEDY or not self._droppable()):
            return m.FULL
        return None

    def _droppable(self) -> list[Link]:
        return [link for link in self.up() if not link.dialled and link.links >= WELL_LINKED]

    def _make_room(self) -> Effect:
        return self._drop(self._rng.choice(self._droppable()), m.FULL)

    def _welcomed(self, link: Link, welcome: m.Welcome, now: float) -> list[Effect]:
        if welcome.version != m.PROTOCOL_VERSION:
            return [self._drop(link, m.VERSION)]
        self._introduce(link, welcome)
        self._come_up(link, now)
        return self._confirm(link)

    def _introduce(self, link: Link, who: m.Hello | m.Welcome) -> None:
        link.person, link.addresses, link.proof = who.person, who.addresses, who.proof
        link.links, link.keeps = who.links, who.keeps

    def _come_up(self, link: Link, now: float) -> None:
        """Greeted both ways. Of two links with one peer we talk over the winner, and listen to both while both last."""
        link.up, self._changed, self._relaying = True, True, None
        self.contacts.named(link.peer, link.addresses, now, within=0, person=link.person)
        self.contacts.linked(link.peer, now)
        other = self._by_peer.get(link.peer)
        if other is None or winner_of(other, link, self.me, now) is link:
            self._by_peer[link.peer] = link
        self.linked.append(link.id)

    def _confirm(self, link: Link) -> list[Effect]:
        """The winner of a double dial is known to work on both sides: now the losers can go."""
        link.confirmed = True
        winner = self._by_peer.get(link.peer)
        return [
            self._drop(double, m.DUPLICATE)
            for double in list(self._links.values())
            if double.peer == link.peer and double is not winner and double.up and winner and winner.confirmed
        ]

    def _told_of(self, link: Link, neighbours: Iterable[m.Neighbour], now: float) -> None:
        link.told = True
        link.neighbours = {neighbour.peer: neighbour for neighbour in neighbours}
        itself = link.neighbours.pop(link.peer, None)
        if itself is not None:
            link.person, link.addresses = itself.person, itself.addresses
            self.contacts.named(link.peer, link.addresses, now, within=0, person=link.person)
        link.links = len(link.neighbours) + 1
        self._relaying = None
        for neighbour in link.neighbours.values():
            if neighbour.peer != self.me:
                who, addresses = neighbour.person, neighbour.addresses
                self.contacts.named(neighbour.peer, addresses, now, within=JITTER, by=link.peer, person=who)

    def _parted(self, link: Link, bye: m.Bye) -> list[Effect]:
        link.leaving = True
        if bye.reason == m.LEAVING:
            self.contacts.departed(link.peer)
        if bye.reason == m.VERSION:
            return [Notice("Somebody runs another version of p2psketch that does not speak with this one.")]
        return []

    def measured(self, id: LinkId, rtt: float, now: float) -> None:
        """A Pong came."""
        link = self._links.get(id)
        if link is not None:
            link.rtt, link.heard = rtt, now

    def closed(self, id: LinkId, now: float) -> None:
        """A link is gone."""
        link = self._links.pop(id, None)
        if link is not None:
            self._forget_link(link, now)

    def _forget_link(self, link: Link, now: float) -> None:
        if link.up:
            link.up = False
            self.unlinked.append((link.id, link.peer))
        if self._by_peer.get(link.peer) is not link:
            return
        del self._by_peer[link.peer]
        self._relaying, self._changed = None, True
        doubles = (other for other in self._links.values() if other.peer == link.peer and other.up)
        double = next((other for other in doubles if not other.leaving), None)
        if double is not None:
            self._by_peer[link.peer] = double
        else:
            self.contacts.lost(link.peer, now)

    def _drop(self, link: Link, reason: str, text: str = "") -> Effect:
        """From here on the link counts as gone; Closed comes later."""
        link.leaving = True
        self._forget_link(link, link.heard)
        return Drop(link.id, m.Bye(reason, text[:200]))

    def refuse(self, id: LinkId, text: str) -> list[Effect]:
        """What came over a link does not hold: it is closed, nothing else."""
        link = self._links.get(id)
        return [self._drop(link, m.PROTOCOL, text)] if link is not None and not link.leaving else []

    def keep(self, keeps: bool) -> list[Effect]:
        """What we hold is on disk, or in memory only, from here on: links are made anew, so that everybody hears it."""
        if self.keeps == keeps:
            return []
        self.keeps = keeps
        return [self._drop(link, m.AGAIN) for link in list(self._links.values()) if not link.leaving]

    def leave(self) -> list[Effect]:
        """Say goodbye to everybody."""
        return [Drop(link.id, m.Bye(m.LEAVING)) for link in self._links.values() if not link.leaving]

    # -- time ------------------------------------------------------------------------------------------

    def tick(self, now: float) -> list[Effect]:
        """Dial who is due, tell of changed links."""
        if now - self._expired >= EXPIRE_EVERY:
            self._expired = now
            self.contacts.expire(now, self._by_peer.keys())
        effects: list[Effect] = []
        if (room := self._room_for_dials()) > 0:
            effects += [Dial(address) for address in self.contacts.due(now, self._by_peer.keys(), room)]
        if self._changed and now >= self._tell_at():
            effects += self._tell(now)
        return effects

    def _room_for_dials(self) -> int:
        greeting = sum(link.dialled and not link.up and not link.leaving for link in self._links.values())
        under_way = self.contacts.dialling + greeting
        return min(DIALS_TO - len(self), DIALS_AT_ONCE) - under_way

    def _tell_at(self) -> float:
        return self._told + LINKS_EVERY * max(len(self) / FEW, 1)

    def _tell(self, now: float) -> list[Effect]:
        """To each neighbour: who we are, and who our other neighbours are."""
        self._changed, self._told = False, now
        entries: dict[bool, list[m.Neighbour]] = {}
        effects: list[Effect] = []
        for link in self.up():
            near = is_near(link.address)
            if near not in entries:
                entries[near] = self._entries(link.address)
            others = [entry for entry in entries[near] if entry.peer != link.peer]
            effects.append(Send(link.id, m.Links(tuple(others[:64]))))
        return effects

    def _entries(self, to: Address) -> list[m.Neighbour]:
        """Ourselves first, and all our neighbours, for somebody at `to`."""
        us = m.Neighbour(self.me, self.person, speakable(self.addresses, to=to), self.proof)
        others = [
            m.Neighbour(link.peer, link.person, speakable(link.addresses, to=to), link.proof)
            for link in self.up()
            if link.person is not None
        ]
        return [us, *others]

    def deadline(self) -> float | None:
        """When `tick` has something to do."""
        times = [self._tell_at()] if self._changed else []
        if self._room_for_dials() > 0:
            due = self.contacts.next_due(self._by_peer.keys())
            if due is not None:
                times.append(due)
        return min(times, default=None)

    def __repr__(self) -> str:
        return f"<Mesh of {short(self.me)}: {', '.join(short(peer) for peer in self._by_peer)}>"
