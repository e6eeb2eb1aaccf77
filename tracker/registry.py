"""Who is in which room: everything the tracker decides, and what it refuses.

Rule: events in (`connected`, `received`, `lost`, `tick`), effects out. No clock, no randomness, no socket: `now` and
`rng` are arguments. Rooms, handles and entries are opaque bytes; nothing here grows without a limit.

A lease is a connection and a short grace after it: who comes back within the grace, with the same entry, was never
away, and who says that it leaves has none. Limits per address hold strangers off and never touch a member: they are
looked at when a connection opens and when it first announces itself. As an announce proves nothing here (a tracker
knows no secret), members count for their address too once the tracker is half full, so that one address can never have
all of it.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from random import Random
from typing import Final, NamedTuple, NewType, TypeAlias

from p2psketch import messages as m
from p2psketch.address import Address, is_loopback, source_of
from p2psketch.allowance import Allowance
from p2psketch.codec import MAX_MEMBERS
from tracker.limits import Limits

ConnectionId = NewType("ConnectionId", int)
"""Numbers the connections of one tracker."""

MAX_SOURCES: Final = 10_000
"""Addresses whose announces are counted at one time; the one counted longest is forgotten first."""

UPDATES_PER_MINUTE: Final = 12
"""How often one member may announce itself anew: each time is told to its whole room."""

PINGS_PER_MINUTE: Final = 120
"""Far more than anybody needs, and too few to keep a tracker busy."""

SOON, LATER, MUCH_LATER = 10, 60, 3600
"""Seconds after which it makes sense to ask again."""


@dataclass(frozen=True, slots=True)
class Send:
    """Send one message to these connections."""

    to: tuple[ConnectionId, ...]
    message: m.TrackerMessage


@dataclass(frozen=True, slots=True)
class Close:
    """Close a connection, after what was sent to it; the reason is for the log."""

    connection: ConnectionId
    reason: str


Effect: TypeAlias = Send | Close


class _Lease(NamedTuple):
    room: bytes
    handle: bytes


@dataclass(slots=True)
class _Connection:
    seen: Address
    source: str
    is_near: bool
    """From this machine: no limit per address counts."""
    heard: float
    updates: Allowance
    pings: Allowance
    lease: _Lease | None = None


@dataclass(slots=True)
class _Member:
    entry: m.Entry
    connection: ConnectionId | None
    """None during the grace."""


class Registry:
    """The rooms of one tracker. Every connection is told about with `connected` first, and with `lost` once it is gone.

    A connection that got a `Close` is forgotten at once: whatever is still said of it has no effect.
    """

    def __init__(self, limits: Limits, rng: Random) -> None:
        self.refused = 0
        self.members = 0
        self._limits = limits
        self._rng = rng
        self._connections: dict[ConnectionId, _Connection] = {}
        self._rooms: dict[bytes, dict[bytes, _Member]] = {}
        self._leaving: dict[_Lease, float] = {}  # when the grace ends, soonest first
        self._announces: dict[str, Allowance] = {}
        self._strangers: Counter[str] = Counter()
        self._all: Counter[str] = Counter()

    @property
    def rooms(self) -> int:
        """How many rooms somebody is in."""
        return len(self._rooms)

    # -- what happens ------------------------------------------------------------------------------

    def connected(self, connection: ConnectionId, seen: Address, now: float) -> list[Effect]:
        """Somebody connected from the address `seen`."""
        is_near = is_loopback(seen)
        source = "this machine" if is_near else source_of(seen)
        if refused := self._no_room_for(source, is_near):
            return self._refusal(connection, refused)
        updates, pings = _a_minute(UPDATES_PER_MINUTE, now), _a_minute(PINGS_PER_MINUTE, now)
        self._connections[connection] = _Connection(seen, source, is_near, now, updates, pings)
        self._strangers[source] += 1
        self._all[source] += 1
        return []

    def received(self, connection: ConnectionId, message: m.Message, now: float) -> list[Effect]:
        """A message arrived."""
        who = self._connections.get(connection)
        if who is None:
            return []
        who.heard = now
        match message:
            case m.Announce():
                return self._announced(connection, who, message, now)
            case m.Ping() if who.pings.take(now):
                return self.drop(connection, "pings too often", now)
            case m.Ping(number) if who.lease is not None:
                return [Send((connection,), m.Pong(number))]
            case m.Left(handle) if who.lease is not None and handle == who.lease.handle:
                return self._left(who, who.lease)
        return self.drop(connection, f"{type(message).__name__} is not what a tracker waits for", now)

    def lost(self, connection: ConnectionId, now: float) -> None:
        """A connection is gone; its lease lasts for the grace."""
        who = self._connections.pop(connection, None)
        if who is None:
            return
        _subtract(self._all, who.source)
        if who.lease is None:
            _subtract(self._strangers, who.source)
        else:
            self._rooms[who.lease.room][who.lease.handle].connection = None
            self._leaving[who.lease] = now + self._limits.grace

    def _left(self, who: _Connection, lease: _Lease) -> list[Effect]:
        """A member says that it goes: its connection is a stranger's until it closes, or announces itself again."""
        who.lease = None
        self._strangers[who.source] += 1
        return self._remove(lease)

    def drop(self, connection: ConnectionId, reason: str, now: float) -> list[Effect]:
        """Close a connection that did wrong, or was too slow."""
        if connection not in self._connections:
            return []
        self.lost(connection, now)
        return [Close(connection, reason)]

    def tick(self, now: float) -> list[Effect]:
        """Time has passed: ends what is overdue. To be called about once a second."""
        effects: list[Effect] = []
        for connection, who in list(self._connections.items()):
            if reason := self._overdue(who, now):
                effects += self.drop(connection, reason, now)
        for lease in [lease for lease, ends in self._leaving.items() if ends <= now]:
            effects += self._remove(lease)
        for source in [source for source, allowance in self._announces.items() if allowance.is_full(now)]:
            del self._announces[source]
        return effects

    def _overdue(self, who: _Connection, now: float) -> str | None:
        silent = now - who.heard
        if who.lease is None and silent >= self._limits.first_announce:
            return "did not announce itself"
        return f"silent for {silent:.0f} s" if silent >= self._limits.silence else None

    # -- what is refused -----------------------------------------------------------------------------

    def _no_room_for(self, source: str, is_near: bool) -> m.Refused | None:
        if len(self._connections) >= self._limits.connections:
            return m.Refused("This tracker is full.", LATER)
        half_full = 2 * len(self._connections) >= self._limits.connections
        counted = self._all[source] if half_full else self._strangers[source]
        if not is_near and counted >= self._limits.per_address:
            return m.Refused("There are too many connections from your address.", SOON)
        return None

    def _announced(self, connection: ConnectionId, who: _Connection, message: m.Announce, now: float) -> list[Effect]:
        refused = self._too_often(who, now) or self._not_like_this(connection, who, message)
        if refused is None:
            return self._admit(connection, who, message)
        self.lost(connection, now)
        return self._refusal(connection, refused)

    def _too_often(self, who: _Connection, now: float) -> m.Refused | None:
        if who.lease is not None:
            wait, whose = who.updates.take(now), "from you"
        else:
            wait, whose = 0.0 if who.is_near else self._allowance(who.source, now).take(now), "from your address"
        return m.Refused(f"There are too many announces {whose}.", ceil(wait)) if wait else None

    def _allowance(self, source: str, now: float) -> Allowance:
        if source not in self._announces:
            if len(self._announces) >= MAX_SOURCES:
                del self._announces[next(iter(self._announces))]
            self._announces[source] = _a_minute(self._limits.announces_per_minute, now)
        return self._announces[source]

    def _not_like_this(self, connection: ConnectionId, who: _Connection, message: m.Announce) -> m.Refused | None:
        room = self._rooms.get(message.room, {})
        member = room.get(message.handle)
        if message.version != m.PROTOCOL_VERSION:
            return _wrong_version(message.version)
        if who.lease is not None and who.lease.room != message.room:
            return m.Refused("One connection to a tracker is for one board.", LATER)
        if member is not None and self._is_taken(member, connection, who):
            return m.Refused("Somebody at another address uses this handle.", ceil(self._limits.silence))
        moves = who.lease is not None  # to another handle, which frees the old one
        if member is None and not moves and len(room) >= self._limits.room:
            return m.Refused(f"This board has {len(room)} members at this tracker, and that is the most.", LATER)
        if member is None and not moves and self.members >= self._limits.connections:
            return m.Refused("This tracker is full.", LATER)
        return None

    def _is_taken(self, member: _Member, connection: ConnectionId, who: _Connection) -> bool:
        """Whether a handle belongs to somebody else.

        Every member of a room knows the handles of the others, and could take the place of one of them. So while a
        handle has a connection, only its own address can take it over: a program that restarts, or whose old connection
        hangs, is let in at once. Whoever moved to another network has to wait until the old connection is found dead,
        or takes a new handle. Behind one address neighbours stay able to do it, but not silently: the old one is told.
        """
        if member.connection is None or member.connection == connection:
            return False
        return self._connections[member.connection].source != who.source

    def _refusal(self, connection: ConnectionId, refused: m.Refused) -> list[Effect]:
        self.refused += 1
        return [Send((connection,), refused), Close(connection, f"refused: {refused.reason}")]

    # -- who is there --------------------------------------------------------------------------------

    def _admit(self, connection: ConnectionId, who: _Connection, message: m.Announce) -> list[Effect]:
        lease, entry = _Lease(message.room, message.handle), m.Entry(message.handle, message.sealed)
        effects = self._make_way(connection, who, lease)
        room = self._rooms.setdefault(lease.room, {})
        before = room.get(lease.handle)
        if before is None:
            self.members += 1
        room[lease.handle] = _Member(entry, connection)
        self._leaving.pop(lease, None)
        who.lease = lease
        effects.append(Send((connection,), self._members(room, lease.handle, who.seen)))
        if before is None or before.entry != entry:
            effects += self._push(lease.room, m.Joined(entry), besides=connection)
        return effects

    def _make_way(self, connection: ConnectionId, who: _Connection, lease: _Lease) -> list[Effect]:
        """Ends what an announce replaces: an older connection of its handle, an older handle of its connection."""
        effects: list[Effect] = []
        member = self._rooms.get(lease.room, {}).get(lease.handle)
        if member is not None and member.connection not in (None, connection):
            effects += self._supersede(member.connection)
            member.connection = None  # it has heard the last word, and nothing may be pushed to it any more
        if who.lease is None:
            _subtract(self._strangers, who.source)
        elif who.lease != lease:
            effects += self._remove(who.lease)
        return effects

    def _supersede(self, connection: ConnectionId) -> list[Effect]:
        old = self._connections.pop(connection)
        _subtract(self._all, old.source)
        return self._refusal(connection, m.Refused("A newer connection uses the same handle.", LATER))

    def _remove(self, lease: _Lease) -> list[Effect]:
        room = self._rooms[lease.room]
        del room[lease.handle]
        self._leaving.pop(lease, None)
        self.members -= 1
        if not room:
            del self._rooms[lease.room]
        return self._push(lease.room, m.Left(lease.handle))

    def _members(self, room: dict[bytes, _Member], handle: bytes, seen: Address) -> m.Members:
        others = [member.entry for other, member in room.items() if other != handle]
        return m.Members(len(others), tuple(self._rng.sample(others, min(MAX_MEMBERS, len(others)))), seen)

    def _push(self, room: bytes, message: m.Joined | m.Left, besides: ConnectionId | None = None) -> list[Effect]:
        to = tuple(_connections(self._rooms.get(room, {}).values(), besides))
        return [Send(to, message)] if to else []


def _a_minute(most: int, now: float) -> Allowance:
    return Allowance(most, most / 60, now)


def _connections(members: Iterable[_Member], besides: ConnectionId | None) -> Iterable[ConnectionId]:
    for member in members:
        if member.connection is not None and member.connection != besides:
            yield member.connection


def _subtract(counter: Counter[str], source: str) -> None:
    """One less; a source with none left is forgotten."""
    counter[source] -= 1
    if not counter[source]:
        del counter[source]


def _wrong_version(theirs: int) -> m.Refused:
    older = "your program" if theirs < m.PROTOCOL_VERSION else "the tracker"
    return m.Refused(
        f"This tracker speaks version {m.PROTOCOL_VERSION}, you speak version {theirs}: {older} has to be updated.",
        MUCH_LATER,
    )
