"""What crosses a link between peers, and between a peer and a tracker.

Rule: a message is a frozen value with no behaviour. Its place in the array on the wire is the
order of its fields; which message is legal when is decided in `connection`, what may stand in it
in `codec`.
"""

from dataclasses import dataclass
from typing import NamedTuple

from p2psketch.address import Address
from p2psketch.ids import PeerId
from p2psketch.oplog import Chunk, Known
from p2psketch.shapes import Fields

PROTOCOL_VERSION = 1


class Person(NamedTuple):
    """How somebody is shown to the others: a name and a colour 0xRRGGBB."""

    name: str
    color: int


Point = tuple[float, float]
"""In board pixels."""

Viewport = tuple[float, float, float, float]
"""Left, top, right, bottom, in board pixels."""


class Neighbour(NamedTuple):
    """A peer somebody is linked to, where it listens, and what shows that it may edit, if it may."""

    peer: PeerId
    person: Person
    addresses: tuple[Address, ...]
    proof: bytes | None = None


class Range(NamedTuple):
    """Ops `first` to `last`, both included, of one author."""

    author: PeerId
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Hello:
    """The dialler's first message. `keeps` is False for a peer that forgets the board when it ends."""

    versions: tuple[int, ...]
    peer: PeerId
    person: Person
    addresses: tuple[Address, ...]
    links: int
    keeps: bool
    proof: bytes | None


@dataclass(frozen=True, slots=True)
class Welcome:
    """The answer to a Hello that was accepted: the same of the other side, with the version to speak."""

    version: int
    peer: PeerId
    person: Person
    addresses: tuple[Address, ...]
    links: int
    keeps: bool
    proof: bytes | None


@dataclass(frozen=True, slots=True)
class Have:
    """A version vector, whole (in parts, the last one marked) or only what changed; digest and visible shapes."""

    entries: tuple[tuple[PeerId, Known], ...]
    whole: bool
    last: bool
    digest: bytes
    shapes: int


@dataclass(frozen=True, slots=True)
class HaveHash:
    """A hash of the whole version vector; whoever finds it different sends its whole vector."""

    hash: bytes


@dataclass(frozen=True, slots=True)
class Want:
    """Ranges of ops to be sent."""

    ranges: tuple[Range, ...]


@dataclass(frozen=True, slots=True)
class Ops:
    """Consecutive ops of one author."""

    chunk: Chunk


@dataclass(frozen=True, slots=True)
class Fork:
    """Two chunks, both signed by one author, alike up to some op and different from the next one on."""

    one: Chunk
    other: Chunk


GOING, ENDED, CANCELLED = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Draft:
    """More points of a stroke being drawn, from point `start` on; `fields` (its style) come with the first.

    `number` tells one author's drafts apart. `ink` is empty when there are no more points. Whoever passes a draft on
    adds the `proof` that its author may edit to the style; `signature` is the author's, over all the rest.
    """

    author: PeerId
    number: int
    start: int
    fields: Fields | None
    ink: bytes
    state: int
    proof: bytes | None = None
    signature: bytes | None = None


@dataclass(frozen=True, slots=True)
class Presence:
    """Where somebody points, in board coordinates, or None when the pointer is not on the board."""

    author: PeerId
    cursor: Point | None
    viewport: Viewport | None
    tool: str


@dataclass(frozen=True, slots=True)
class Links:
    """Everybody the sender is linked to."""

    neighbours: tuple[Neighbour, ...]


@dataclass(frozen=True, slots=True)
class Ping:
    """Answered by a Pong with the same number."""

    number: int


@dataclass(frozen=True, slots=True)
class Pong:
    """The answer to a Ping."""

    number: int


LEAVING, FULL, DUPLICATE, ITSELF, VERSION, PROTOCOL, SILENT, AGAIN = (
    "leaving",
    "full",
    "duplicate",
    "itself",
    "version",
    "protocol",
    "silent",
    "again",
)


@dataclass(frozen=True, slots=True)
class Bye:
    """The last message on a link: a reason for programs and one for people."""

    reason: str
    text: str = ""


PeerMessage = Hello | Welcome | Have | HaveHash | Want | Ops | Fork | Draft | Presence | Links | Ping | Pong | Bye


# -- to and from the tracker ---------------------------------------------------------------------


class Entry(NamedTuple):
    """One member as the tracker sees it: a random handle and a sealed box."""

    handle: bytes
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Announce:
    """I am a member of this room; the lease lasts as long as the connection. Sent anew to change the entry."""

    version: int
    room: bytes
    handle: bytes
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Members:
    """The answer: how many there are, at most 64 of them at random, and your address as I see it."""

    count: int
    entries: tuple[Entry, ...]
    seen: Address


@dataclass(frozen=True, slots=True)
class Joined:
    """A member came, or changed its entry."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class Left:
    """A member went; from a member with its own handle: it goes now, and does not come back."""

    handle: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """No, why, and after how many seconds it makes sense to ask again."""

    reason: str
    wait: int


TrackerMessage = Announce | Members | Joined | Left | Refused | Ping | Pong
Message = PeerMessage | TrackerMessage
