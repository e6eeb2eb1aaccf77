"""Whom to dial, where and when.

Rule: a contact is a peer somebody named, with its addresses, or a bare address whose peer is not
known. Contacts know nothing of links; the mesh asks which are due and tells how dialling went.
Waiting grows from 1 s by half to 60 s, jittered, so that a room that comes back does not come
back all at once. Whoever names many takes turns with whoever names few, and cannot push out the
contacts of others: neither we nor those we are told to dial can be kept busy by one member.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random
from typing import Final

from p2psketch.address import Address, is_loopback
from p2psketch.ids import PeerId
from p2psketch.messages import Person
from p2psketch.strangers import Strangers, dialable

FIRST_WAIT: Final = 1.0
GROWTH: Final = 1.5
LONGEST_WAIT: Final = 60.0
LASTED: Final = 10.0
"""Seconds after which a link was worth having: once it is lost, waiting begins anew at `FIRST_WAIT`."""
FORGET_AFTER: Final = 600.0
MAX_ADDRESSES: Final = 4
MAX_CONTACTS: Final = 1024
MAX_NAMED: Final = 512
"""Contacts that one tracker, or one neighbour, may have named: a room at a tracker is of 500."""
MAX_DEPARTED: Final = 1024
BOOK_SIZE: Final = 64

Source = PeerId | Address | None
"""Who named a peer: a neighbour, a tracker, or the peer itself."""


@dataclass(slots=True)
class Contact:
    """A peer to link to. `given` by a person, it is never forgotten. The first of its addresses is the best known.

    `by` whom it was named first; `person`: what it, or a neighbour of it, says it is called.
    """

    peer: PeerId | None
    addresses: list[Address]
    due: float
    reachable: float
    by: Source = None
    person: Person | None = None
    given: bool = False
    linked: bool = False
    failures: int = 0
    linked_at: float = 0.0
    turn: int = 0
    dialling: Address | None = None
    seen: set[Address] = field(default_factory=set)

    def next_address(self) -> Address:
        """The addresses in turn."""
        return self.addresses[self.turn % len(self.addresses)]


class Contacts:
    """The contacts of one room, and the book of addresses that answered."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._peers: dict[PeerId, Contact] = {}
        self._bare: dict[Address, Contact] = {}
        self._dials: dict[Address, Contact] = {}
        self._departed: dict[PeerId, None] = {}
        self._named: Counter[Source] = Counter()
        self._strangers = Strangers()
        self._next: float | None = None
        self._changed = True
        self.own: set[Address] = set()
        self.book: list[Address] = []

    def __iter__(self) -> Iterator[Contact]:
        yield from self._peers.values()
        yield from self._bare.values()

    def get(self, peer: PeerId) -> Contact | None:
        """The contact of a peer, if anybody named it."""
        return self._peers.get(peer)

    @property
    def dialling(self) -> int:
        """Dials under way."""
        return len(self._dials)

    def named(
        self,
        peer: PeerId,
        addresses: Iterable[Address],
        now: float,
        *,
        within: float,
        by: Source = None,
        person: Person | None = None,
    ) -> None:
        """Somebody named a peer: dial it at a random time `within` so many seconds, unless it is known."""
        contact = self._peers.get(peer)
        if contact is not None and person is not None:
            contact.person = person
        had = contact.addresses if contact is not None else []
        fresh = [a for a in addresses if a not in had and a not in self.own and dialable(a)][:MAX_ADDRESSES]
        if not fresh or peer in self._departed:
            return
        if contact is None:
            if not self._has_room_for(by):
                return
            contact = self._add(Contact(peer, [], now + self._rng.uniform(0, within), now, by, person))
        all_of_them = contact.addresses + fresh
        contact.addresses = all_of_them[:1] + all_of_them[1:][1 - MAX_ADDRESSES :]
        self._changed = True

    def _add(self, contact: Contact) -> Contact:
        assert contact.peer is not None
        self._peers[contact.peer] = contact
        self._named[contact.by] += 1
        return contact

    def _has_room_for(self, by: Source) -> bool:
        """Whoever has named fewer than the one who has named most may have the place of one of its contacts."""
        if by is not None and self._named[by] >= MAX_NAMED:
            return False
        if len(self._peers) < MAX_CONTACTS:
            return True
        [(most, count)] = self._named.most_common(1)
        if self._named[by] >= count and by is not None:
            return False
        for peer, contact in self._peers.items():
            if contact.by == most and not contact.linked and contact.dialling is None:
                self.forget(peer)
                return True
        return False

    def seen_at(self, peer: PeerId, address: Address) -> None:
        """A tracker saw a member at `address`: worth one try after all others."""
        contact = self._peers.get(peer)
        if contact is None or not dialable(address) or address in contact.addresses or address in self.own:
            return
        if len(contact.addresses) < MAX_ADDRESSES:
            contact.addresses.append(address)
            contact.seen.add(address)
            self._changed = True

    def given(self, address: Address, now: float) -> None:
        """A person named an address: dial it, and never give it up."""
        contact = self._bare.setdefault(address, Contact(None, [address], now, now))
        contact.given, contact.due = True, now
        self._changed = True

    def read_book(self, addresses: Iterable[Address], now: float) -> None:
        """The addresses that answered in earlier times."""
        for address in list(addresses)[:BOOK_SIZE]:
            if dialable(address):
                self.book.append(address)
                self._bare.setdefault(address, Contact(None, [address], now, now))
        self._changed = True

    def due(self, now: float, linked: Collection[PeerId], room: int) -> list[Address]:
        """At most `room` addresses to dial now, marked as being dialled."""
        if not self._changed and (self._next is None or now < self._next):
            return []
        chosen: list[Address] = []
        for contact in self._in_turn(contact for contact in self._idle(linked) if contact.due <= now):
            if len(chosen) >= room:
                break
            address = contact.next_address()
            if address in self._dials:
                continue
            if self._strangers.admits(address, now):
                contact.dialling = address
                self._dials[address] = contact
                chosen.append(address)
            else:
                contact.due = now + FIRST_WAIT
        self._changed = True
        return chosen

    def _in_turn(self, due: Iterable[Contact]) -> Iterator[Contact]:
        """The longest due first; but whoever named them, one of each before the second of any."""
        turns: Counter[Source] = Counter()
        places: list[tuple[int, float, int, Contact]] = []
        for number, contact in enumerate(sorted(due, key=lambda contact: contact.due)):
            places.append((turns[contact.by], contact.due, number, contact))
            turns[contact.by] += 1
        return (contact for _, _, _, contact in sorted(places))

    def _idle(self, linked: Collection[PeerId]) -> Iterator[Contact]:
        """The contacts that are neither linked nor being dialled, nor stand for somebody who is."""
        for peer, contact in self._peers.items():
            if peer not in linked and self._dialable(contact):
                yield contact
        if not self._bare:
            return
        near = (contact.addresses for peer, contact in self._peers.items() if peer in linked or contact.dialling)
        taken = self.own.union(*near)
        for address, contact in self._bare.items():
            if address not in taken and self._dialable(contact):
                yield contact

    def _dialable(self, contact: Contact) -> bool:
        return contact.dialling is None and bool(contact.addresses) and contact.next_address() not in self._dials

    def untried(self, linked: Collection[PeerId]) -> bool:
        """Is there a contact whose addresses have not all been dialled to an end?"""
        return bool(self._dials) or any(contact.failures == 0 for contact in self._idle(linked))

    def next_due(self, linked: Collection[PeerId]) -> float | None:
        """When the next contact is to be dialled. Asked for far more often than it changes."""
        if self._changed:
            self._changed = False
            self._next = min((contact.due for contact in self._idle(linked)), default=None)
        return self._next

    def answered(self, address: Address, peer: PeerId, me: PeerId, now: float) -> bool:
        """A dial reached `peer`. True if the address book has changed."""
        self._changed = True
        contact = self._dials.pop(address, None)
        if contact is not None:
            contact.dialling = None
            contact.turn += 1
            self._wait(contact, now)
        if peer == me:
            self._is_me(address)
            return False
        self._strangers.answered(address)
        self._departed.pop(peer, None)
        for other in self._peers.values():
            if other.peer != peer and address in other.addresses:
                other.addresses.remove(address)
        known = self._peers.get(peer)
        if known is None:
            self._has_room_for(None)
            known = self._add(Contact(peer, [], now, now))
            self._wait(known, now)
        known.addresses = [address, *(other for other in known.addresses if other != address)][:MAX_ADDRESSES]
        known.reachable, known.turn = now, 0
        return self._note(address)

    def _is_me(self, address: Address) -> None:
        self.own.add(address)
        for contact in self:
            if address in contact.addresses and contact.peer is not None:
                contact.addresses.remove(address)

    def _note(self, address: Address) -> bool:
        """Put an address at the top of the book, unless a restart of this machine would make it somebody else's."""
        if address in self.book[:BOOK_SIZE] or not dialable(address):
            return False
        self.book = [address, *self.book][:BOOK_SIZE]
        return True

    def failed(self, address: Address, now: float) -> None:
        """A dial reached nobody of this room."""
        self._changed = True
        contact = self._dials.pop(address, None)
        if contact is None:
            return
        contact.dialling = None
        contact.turn += 1
        if address in contact.seen:
            contact.seen.discard(address)
            contact.addresses = [other for other in contact.addresses if other != address]
        if contact.addresses and contact.turn % len(contact.addresses):
            contact.due = now
        else:
            self._wait(contact, now)

    def _wait(self, contact: Contact, now: float) -> None:
        longest = min(FIRST_WAIT * GROWTH**contact.failures, LONGEST_WAIT)
        contact.failures = min(contact.failures + 1, 30)
        contact.due = now + longest * self._rng.uniform(0.5, 1.0)

    def linked(self, peer: PeerId, now: float) -> None:
        """A link to the peer is up."""
        contact = self._peers.get(peer)
        if contact is not None:
            contact.linked_at = contact.reachable = now
            contact.linked = True
        self._changed = True

    def lost(self, peer: PeerId, now: float) -> None:
        """A link to the peer broke: dial soon, but ever later if its links never last."""
        contact = self._peers.get(peer)
        if contact is not None:
            contact.reachable, contact.linked = now, False
            if now - contact.linked_at >= LASTED:
                contact.failures = 0
            self._wait(contact, now)
        self._changed = True

    def forget(self, peer: PeerId) -> None:
        """A tracker says that the peer went."""
        contact = self._peers.pop(peer, None)
        if contact is not None:
            self._named[contact.by] -= 1
            if not self._named[contact.by]:
                del self._named[contact.by]
        self._changed = True

    def departed(self, peer: PeerId) -> None:
        """The peer said itself that it goes. An id is of one launch: whoever still names it has not heard of that."""
        self.forget(peer)
        self._departed[peer] = None
        if len(self._departed) > MAX_DEPARTED:
            del self._departed[next(iter(self._departed))]

    def wake(self, now: float) -> None:
        """After sleep everything is worth a try at once."""
        for contact in self:
            contact.failures, contact.due = 0, now
        self._changed = True

    def expire(self, now: float, linked: Collection[PeerId]) -> list[PeerId]:
        """Forget the peers that have been out of reach for ten minutes; says which."""
        old = [
            peer
            for peer, contact in self._peers.items()
            if peer not in linked and (now - contact.reachable > FORGET_AFTER or not contact.addresses)
        ]
        for peer in old:
            self.forget(peer)
        return old


def speakable(addresses: Iterable[Address], *, to: Address) -> tuple[Address, ...]:
    """Of our addresses, those worth telling somebody at `to`: loopback only to this very machine."""
    return tuple(address for address in addresses if is_near(to) or not is_near(address))[:MAX_ADDRESSES]


@lru_cache(maxsize=4096)
def is_near(address: Address) -> bool:
    """Is this an address of this very machine?"""
    return is_loopback(address)
