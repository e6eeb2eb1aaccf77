"""How members find each other through trackers that know nothing.

Rule: a tracker sees a room id, a random handle and a sealed card. What it hands out is opened
here; a card that does not open was invented, and is ignored.
"""

from collections.abc import Sequence
from typing import Final

from p2psketch.address import Address
from p2psketch.codec import decode_card, encode_card
from p2psketch.effects import MemberJoined, MemberLeft, TrackerDown, TrackerEvent, TrackerRefused, TrackerUp
from p2psketch.ids import PeerId
from p2psketch.keys import Random, RoomKeys
from p2psketch.mesh import Mesh
from p2psketch.messages import PROTOCOL_VERSION, Announce, Entry

NONCE_SIZE: Final = 12
HANDLE_SIZE: Final = 16
MAX_HANDLES: Final = 4096
TRACKERS: Final = 8
"""As many trackers of one board are told of us under handles that differ."""


class Introduction:
    """`trackers` tells of each tracker that has been heard of whether it is reachable, and why not."""

    def __init__(self, room: RoomKeys, me: PeerId, urandom: Random) -> None:
        self._room = room
        self._me = me
        self._urandom = urandom
        self._handles_of_ours: list[bytes] = []
        self._at: tuple[Address, ...] | None = None
        self._seen: Address | None = None
        self._handles: dict[tuple[Address, bytes], PeerId] = {}
        self.trackers: dict[Address, str | None] = {}

    def announces(self, addresses: Sequence[Address]) -> tuple[Announce, ...]:
        """What to tell each tracker: our card, sealed for the members of the room.

        Each gets a handle of its own: two addresses of one tracker must not look like one handle used twice. Elsewhere
        we have others: a tracker lets nobody at another address use a handle whose old connection it still believes in.
        """
        if self._at != tuple(addresses):
            self._at = tuple(addresses)
            self._handles_of_ours = [self._urandom(HANDLE_SIZE) for _ in range(TRACKERS)]
        card = encode_card(self._me, addresses, self._seen)
        return tuple(
            Announce(
                PROTOCOL_VERSION, self._room.room_id, handle, self._room.seal(handle, card, self._urandom(NONCE_SIZE))
            )
            for handle in self._handles_of_ours
        )

    def handle(self, event: TrackerEvent, mesh: Mesh, now: float) -> bool:
        """Take notice of a tracker's words. True if our card has changed."""
        match event:
            case TrackerUp(tracker, entries, seen):
                self.trackers[tracker] = None
                for entry in entries:
                    self._name(tracker, entry, mesh, now, patiently=False)
                return self._see(seen, mesh.addresses)
            case TrackerDown(tracker, reason) | TrackerRefused(tracker, reason):
                self.trackers[tracker] = reason
            case MemberJoined(tracker, entry):
                self._name(tracker, entry, mesh, now, patiently=True)
            case MemberLeft(tracker, handle):
                peer = self._handles.pop((tracker, handle), None)
                if peer is not None and mesh.to(peer) is None and peer not in self._handles.values():
                    mesh.contacts.forget(peer)
        return False

    def _name(self, tracker: Address, entry: Entry, mesh: Mesh, now: float, *, patiently: bool) -> None:
        plain = self._room.unseal(entry.handle, entry.sealed)
        card = decode_card(plain) if plain is not None else None
        if card is None:
            return
        peer, addresses, seen = card
        self._handles[tracker, entry.handle] = peer
        if len(self._handles) > MAX_HANDLES:
            del self._handles[next(iter(self._handles))]
        mesh.named(peer, addresses, now, by=tracker, patiently=patiently)
        if seen is not None:
            mesh.contacts.seen_at(peer, seen)

    def _see(self, seen: Address, addresses: Sequence[Address]) -> bool:
        """Of the address a tracker sees, the IP counts, with our own port: worth a try from afar."""
        if not addresses or any(address.host == seen.host for address in addresses):
            return False
        before, self._seen = self._seen, Address(seen.host, addresses[0].port)
        return before != self._seen
