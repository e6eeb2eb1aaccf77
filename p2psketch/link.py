"""One link of the mesh, and which of two with one peer is kept.

Rule: both ends come to the same verdict from what both can see: whose dial it was, and what still speaks.
"""

from dataclasses import dataclass, field
from typing import Final

from p2psketch.address import Address
from p2psketch.ids import LinkId, PeerId
from p2psketch.messages import Neighbour, Person

SILENT_AFTER: Final = 6.0
"""Seconds: a little more than the time between pings."""


@dataclass(slots=True)
class Link:
    """A TLS connection with a member; `up` after Welcome, `confirmed` once something came over it after that.

    `told` once the other end has said who its neighbours are.
    """

    id: LinkId
    peer: PeerId
    address: Address
    dialled: bool
    heard: float
    up: bool = False
    confirmed: bool = False
    leaving: bool = False
    keeps: bool = True
    links: int = 0
    person: Person | None = None
    addresses: tuple[Address, ...] = ()
    proof: bytes | None = None
    rtt: float | None = None
    told: bool = False
    neighbours: dict[PeerId, Neighbour] = field(default_factory=dict)


def winner_of(old: Link, new: Link, me: PeerId, now: float) -> Link:
    """Not the one that goes, or is silent; of two that one side dialled the newer; else the dial of the lower id."""
    if old.leaving or now - old.heard >= SILENT_AFTER or old.dialled == new.dialled:
        return new
    return old if old.dialled == (me < old.peer) else new
