"""What happened around a session (events), and what it asks of its surroundings (effects).

Rule: frozen values only; they cross from one thread to the other. `Session.handle(event, now)`
takes the events and returns the effects, which are to be performed in order: so an op is stored
before it is sent.
"""

from dataclasses import dataclass

from p2psketch.address import Address
from p2psketch.ids import LinkId, PeerId, ShapeId
from p2psketch.messages import Announce, Bye, Entry, Fork, PeerMessage
from p2psketch.oplog import Chunk, Known

# -- events ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stored:
    """A chunk that the board file held when it was opened."""

    chunk: Chunk


@dataclass(frozen=True, slots=True)
class StoreRead:
    """The board file has been read to its end; `addresses` are its address book, newest first."""

    addresses: tuple[Address, ...]


@dataclass(frozen=True, slots=True)
class Persisted:
    """What is on disk now, for the authors whose logs have grown."""

    tips: tuple[tuple[PeerId, Known], ...]


@dataclass(frozen=True, slots=True)
class StoreFailed:
    """The board file cannot be written any more; everything goes on in memory."""

    sentence: str


@dataclass(frozen=True, slots=True)
class StoreBack:
    """The board file can be written again, and has all that came meanwhile."""

    sentence: str


@dataclass(frozen=True, slots=True)
class StoreShared:
    """Another program on this machine writes the board file, and listens at `address`."""

    address: Address
    sentence: str


@dataclass(frozen=True, slots=True)
class StoreNews:
    """One sentence about the board file, for the person."""

    sentence: str


@dataclass(frozen=True, slots=True)
class StoreReset:
    """The board file is about to be told from its beginning, and not as it was told before."""


@dataclass(frozen=True, slots=True)
class Listening:
    """Where other peers can reach this one."""

    addresses: tuple[Address, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """TLS is up with a member of the room: `peer` is proved by its certificate."""

    link: LinkId
    peer: PeerId
    address: Address
    dialled: bool


@dataclass(frozen=True, slots=True)
class Received:
    """A legal, checked message."""

    link: LinkId
    message: PeerMessage


@dataclass(frozen=True, slots=True)
class Measured:
    """A round trip over a link, in seconds."""

    link: LinkId
    rtt: float


@dataclass(frozen=True, slots=True)
class Closed:
    """A link is gone, whoever closed it."""

    link: LinkId
    reason: str


@dataclass(frozen=True, slots=True)
class DialFailed:
    """Nobody of this room answered there."""

    address: Address
    reason: str


@dataclass(frozen=True, slots=True)
class Woke:
    """The machine slept, or this process was stopped, for a while; or the machine is now at another address."""


@dataclass(frozen=True, slots=True)
class TrackerUp:
    """A tracker took our announcement: some members, and our address as it sees it."""

    tracker: Address
    entries: tuple[Entry, ...]
    seen: Address


@dataclass(frozen=True, slots=True)
class TrackerDown:
    """A tracker is out of reach."""

    tracker: Address
    reason: str


@dataclass(frozen=True, slots=True)
class TrackerRefused:
    """A tracker said no; it will be asked again after `wait` seconds."""

    tracker: Address
    reason: str
    wait: int


@dataclass(frozen=True, slots=True)
class MemberJoined:
    """A tracker tells of a member."""

    tracker: Address
    entry: Entry


@dataclass(frozen=True, slots=True)
class MemberLeft:
    """A tracker tells that a member went."""

    tracker: Address
    handle: bytes


TrackerEvent = TrackerUp | TrackerDown | TrackerRefused | MemberJoined | MemberLeft
LinkEvent = Opened | Received | Measured | Closed | DialFailed


@dataclass(frozen=True, slots=True)
class ForkStored:
    """A proof that the board file held; these come first."""

    fork: Fork


@dataclass(frozen=True, slots=True)
class Recalled:
    """The chunk of our own disk that was asked for."""

    chunk: Chunk


@dataclass(frozen=True, slots=True)
class HoldersStored:
    """Who else had the board, as it was kept with it."""

    text: str


@dataclass(frozen=True, slots=True)
class DraftStored:
    """A stroke that a launch was drawing when it died, as the body of an op; comes before StoreRead."""

    author: PeerId
    wall: int
    body: bytes


StoreEvent = Stored | HoldersStored | ForkStored | DraftStored | Recalled | StoreRead | StoreReset | Persisted
FileEvent = StoreFailed | StoreBack | StoreShared | StoreNews
Event = StoreEvent | FileEvent | Listening | Woke | LinkEvent | TrackerEvent

# -- effects ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Persist:
    """Append to the board file; `tip` is where the author's log ends then."""

    chunk: Chunk
    tip: Known


@dataclass(frozen=True, slots=True)
class Send:
    """Send a message over a link. Drafts and presence may be dropped if the link is slow."""

    link: LinkId
    message: PeerMessage


@dataclass(frozen=True, slots=True)
class Serve:
    """Send ops `first` to `last` of an author from the log, as fast as the link takes them."""

    link: LinkId
    author: PeerId
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class KeepFork:
    """Keep a proof with the board."""

    fork: Fork


@dataclass(frozen=True, slots=True)
class KeepNote:
    """Keep something with the board: what it is called (`name`), who else has it (`holders`)."""

    what: str
    text: str


@dataclass(frozen=True, slots=True)
class KeepDraft:
    """Keep the stroke under our pen as it is now, as the body of an op, in place of what was kept of it."""

    author: PeerId
    wall: int
    body: bytes


@dataclass(frozen=True, slots=True)
class DropDraft:
    """The stroke that this launch was drawing is a stroke by now, or not wanted: in one transaction with its op."""

    author: PeerId


@dataclass(frozen=True, slots=True)
class Recall:
    """Read the chunk that holds an op from the disk; ends in Recalled, if it is there."""

    author: PeerId
    seq: int


@dataclass(frozen=True, slots=True)
class Reread:
    """Read the whole board anew: Stored for every chunk, then StoreRead. `mend`: set the file aside first, for some of
    it does not hold, and go on with one that has only what does."""

    mend: bool = False


@dataclass(frozen=True, slots=True)
class Forget:
    """Remove a row of ops from the board file, all of which are in other rows of it too."""

    author: PeerId
    first: int
    length: int


@dataclass(frozen=True, slots=True)
class Dial:
    """Try to open a link; ends in Opened or DialFailed."""

    address: Address


@dataclass(frozen=True, slots=True)
class Drop:
    """Say Bye and close; ends in Closed."""

    link: LinkId
    bye: Bye


@dataclass(frozen=True, slots=True)
class Announcing:
    """What to tell the trackers from now on: the first, the second, and so on."""

    announces: tuple[Announce, ...]


@dataclass(frozen=True, slots=True)
class Remember:
    """Keep the address book with the board."""

    addresses: tuple[Address, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """The registers of these shapes may look different now."""

    shapes: frozenset[ShapeId]


@dataclass(frozen=True, slots=True)
class Pointed:
    """Pointers or drafts of these people have changed."""

    peers: frozenset[PeerId]


@dataclass(frozen=True, slots=True)
class PeopleChanged:
    """Who is here, or how they are linked, has changed."""


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """Trackers, progress, acknowledgements."""


@dataclass(frozen=True, slots=True)
class Merged:
    """All that others have done while we were apart has come: which shapes are new or altered or gone, how many are new
    `strokes` and how many others have had `changes`, and who did it, those who did most first.

    `alone`: nobody at all was linked to us meanwhile.
    """

    shapes: frozenset[ShapeId]
    strokes: int
    changes: int
    names: tuple[str, ...]
    alone: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence for the person in front of the screen."""

    text: str


@dataclass(frozen=True, slots=True)
class Logged:
    """One line for the log."""

    text: str


DiskEffect = Persist | KeepFork | KeepNote | KeepDraft | DropDraft | Forget | Recall | Reread | Remember
NetworkEffect = DiskEffect | Send | Serve | Dial | Drop | Announcing | Logged
ViewEffect = Changed | Pointed | PeopleChanged | StatusChanged | Merged | Notice
Effect = NetworkEffect | ViewEffect
