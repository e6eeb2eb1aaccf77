"""Whom to dial, where and when.

Rule: a contact is a peer somebody named, with its addresses, or a bare address whose peer is not
known. Contacts know nothing of links; the mesh asks which are due and tells how dialling went.
Waiting grows from 1 s by half to 60 s, jittered, so that a room that comes back does not come
back all at once.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random
from typing import Final

from p2psketch.address import Address, ip_of, is_loopback, is_public
from p2psketch.ids import PeerId

FIRST_WAIT: Final = 1.0
GROWTH: Final = 1.5
LONGEST_WAIT: Final = 60.0
LASTED: Final = 10.0
"""Seconds after which a link was worth having: once it is lost, waiting begins anew at `FIRST_WAIT`."""
FORGET_AFTER: Final = 600.0
MAX_ADDRESSES: Final = 4
MAX_CONTACTS: Final = 1024
MAX_DEPARTED: Final = 1024
BOOK_SIZE: Final = 64
LOWEST_PORT: Final = 1024
STRANGERS_A_MINUTE: Final = 60


@dataclass(slots=True)
class Contact:
    """A peer to link to. `given` by a person, it is never forgotten. The first of its addresses is the best known."""

    peer: PeerId | None
    addresses: list[Address]
    due: float
    reachable: float
    given: bool = False
    failures: int = 0
    linked_at: float = 0.0
    turn: int = 0
    dialling: Address | None = None
    seen: set[Address] = field(default_factory=set)

    def next_address(self) -> Address:
        """The addresses in turn."""
        return self.addresses[self.turn % len(self.addresses)]


@lru_cache(maxsize=4096)
def dialable(address: Address) -> bool:
    """Would we dial this if a stranger named it? IP literals only, nothing below port 1024."""
    ip = ip_of(address)
    return ip is not None and not (ip.is_multicast or ip.is_unspecified) and address.port >= LOWEST_PORT


class Contacts:
    """The contacts of one room, and the book of addresses that answered."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._peers: dict[PeerId, Contact] = {}
        self._bare: dict[Address, Contact] = {}
        self._dials: dict[Address, Contact] = {}
        self._departed: dict[PeerId, None] = {}
        self._answered: set[Address] = set()
        self._strangers: list[float] = []
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

    def named(self, peer: PeerId, addresses: Iterable[Address], now: float, *, within: float) -> None:
        """Somebody named a peer: dial it at a random time `within` so many seconds, unless it is known."""
        contact = self._peers.get(peer)
        had = contact.addresses if contact is not None else []
        fresh = [a for a in addresses if a not in had and a not in self.own and dialable(a)][:MAX_ADDRESSES]
        if not fresh or peer in self._departed:
            return
        if contact is None:
            if len(self._peers) >= MAX_CONTACTS:
                return
            contact = self._peers[peer] = Contact(peer, [], now + self._rng.uniform(0, within), now)
        all_of_them = contact.addresses + fresh
        contact.addresses = all_of_them[:1] + all_of_them[1:][1 - MAX_ADDRESSES :]

    def seen_at(self, peer: PeerId, address: Address) -> None:
        """A tracker saw a member at `address`: worth one try after all others."""
        contact = self._peers.get(peer)
        if contact is None or not dialable(address) or address in contact.addresses or address in self.own:
            return
        if len(contact.addresses) < MAX_ADDRESSES:
            contact.addresses.append(address)
            contact.seen.add(address)

    def given(self, address: Address, now: float) -> None:
        """A person named an address: dial it, and never give it up."""
        contact = self._bare.setdefault(address, Contact(None, [address], now, now))
        contact.given, contact.due = True, now

    def read_book(self, addresses: Iterable[Address], now: float) -> None:
        """The addresses that answered in earlier times."""
        for address in list(addresses)[:BOOK_SIZE]:
            if dialable(address):
                self.book.append(address)
                self._bare.setdefault(address, Contact(None, [address], now, now))

    def due(self, now: float, linked: Collection[PeerId], room: int) -> list[Address]:
        """At most `room` addresses to dial now, marked as being dialled."""
        chosen: list[Address] = []
        due = [contact for contact in self._idle(linked) if contact.due <= now]
        for contact in sorted(due, key=lambda contact: contact.due):
            if len(chosen) >= room:
                break
            address = contact.next_address()
            if address in self._dials:
                continue
            if self._admits(address, now):
                contact.dialling = address
                self._dials[address] = contact
                chosen.append(address)
            else:
                contact.due = now + FIRST_WAIT
        return chosen

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

    def _admits(self, address: Address, now: float) -> bool:
        """Strangers on the internet that never answered are dialled at most 60 times a minute."""
        if not is_public(address) or address in self._answered:
            return True
        self._strangers = [at for at in self._strangers if now - at < 60]
        if len(self._strangers) >= STRANGERS_A_MINUTE:
            return False
        self._strangers.append(now)
        return True

    def untried(self, linked: Collection[PeerId]) -> bool:
        """Is there a contact whose addresses have not all been dialled to an end?"""
        return bool(self._dials) or any(contact.failures == 0 for contact in self._idle(linked))

    def next_due(self, linked: Collection[PeerId]) -> float | None:
        """When the next contact is to be dialled."""
        return min((contact.due for contact in self._idle(linked)), default=None)

    def answered(self, address: Address, peer: PeerId, me: PeerId, now: float) -> bool:
        """A dial reached `peer`. True if the address book has changed."""
        contact = self._dials.pop(address, None)
        if contact is not None:
            contact.dialling = None
            contact.turn += 1
            self._wait(contact, now)
        if peer == me:
            self._is_me(address)
            return False
        self._answered.add(address)
        self._departed.pop(peer, None)
        for other in self._peers.values():
            if other.peer != peer and address in other.addresses:
                other.addresses.remove(address)
        known = self._peers.get(peer)
        if known is None:
            known = self._peers[peer] = Contact(peer, [], now, now)
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

    def lost(self, peer: PeerId, now: float) -> None:
        """A link to the peer broke: dial soon, but ever later if its links never last."""
        contact = self._peers.get(peer)
        if contact is not None:
            contact.reachable = now
            if now - contact.linked_at >= LASTED:
                contact.failures = 0
            self._wait(contact, now)

    def forget(self, peer: PeerId) -> None:
        """A tracker says that the peer went."""
        self._peers.pop(peer, None)

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
