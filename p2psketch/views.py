"""What a session looks like to a person: who is here, and how things stand.

Rule: read only. Every sentence and number that a window or `info` shows about the mesh comes from
here, so that all of them say the same.
"""

from dataclasses import dataclass

from p2psketch.effects import Merged
from p2psketch.holders import Holder, strokes_in
from p2psketch.ids import LinkId, PeerId, short
from p2psketch.messages import Person
from p2psketch.session import Session

YOU, DIRECT, RELAYED, CONNECTING, LOST = "you", "direct", "relayed", "connecting", "lost"

NOBODY = Person("somebody", 0x868E96)


@dataclass(frozen=True, slots=True)
class PersonView:
    """One person; `rtt_ms`, `digest` and `shapes` only over a direct link. `same`: is their board equal to ours?

    `may_edit`: have they shown that they may? None while nothing is known of them.
    """

    peer: PeerId
    name: str
    color: int
    state: str
    address: str = ""
    rtt_ms: float | None = None
    digest: bytes = b""
    shapes: int | None = None
    same: bool | None = None
    has_latest: bool = False
    may_edit: bool | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """`progress` from 0 to 1 while catching up; `peers_with_latest`: on how many others our latest op is on disk,
    or, where we have drawn nothing, the whole board; `away_with_latest`: how many more had all there is (`ops`) when
    last seen. `only_here`: None if all work of this computer is known to be elsewhere too, or else how many strokes of
    it are not. `trouble`: why the board cannot be saved. `shared`: another window of this computer saves it.
    """

    trackers: dict[str, str | None]
    direct: int
    relayed: int
    connecting: int
    progress: float | None
    open_room: bool
    saved: bool
    peers_with_latest: int
    trouble: str = ""
    away_with_latest: int = 0
    only_here: int | None = None
    ops: int = 0
    holders: tuple[Holder, ...] = ()
    shared: bool = False

    @property
    def safe_on(self) -> int:
        """On how many other computers our latest work is, those included that had it when they were last seen."""
        return self.peers_with_latest + self.away_with_latest - (self.shared and self.is_kept)

    @property
    def is_kept(self) -> bool:
        """Is our latest work on the disk of this computer: written by us, or by the window that has the file?"""
        return self.saved or (self.shared and self.peers_with_latest > 0)

    @property
    def tracker_reachable(self) -> bool | None:
        """None if there is no tracker at all."""
        return any(why is None for why in self.trackers.values()) if self.trackers else None


def merge_summary(merged: Merged) -> str:
    """`143 strokes from Ana and 2 others while you were away`."""
    many, what = (merged.strokes, "stroke") if merged.strokes else (merged.changes, "change")
    first, *others = merged.names
    more = {0: "", 1: f" and {others[0]}" if others else ""}.get(len(others), f" and {len(others)} others")
    when = "while you were away" if merged.alone else "since you last met"
    return f"{many:,} {what}{'' if many == 1 else 's'} from {first}{more} {when}"


def people_of(session: Session) -> list[PersonView]:
    """Oneself, then the linked, the relayed, and those we look for."""
    mesh = session.mesh
    editors = session.editors
    people = [PersonView(session.me, mesh.person.name, mesh.person.color, YOU, may_edit=session.me in editors)]
    people += sorted((_direct(session, link.peer) for link in mesh.up()), key=_by_name)
    afar = mesh.afar()
    relayed = [PersonView(p, n.person.name, n.person.color, RELAYED, may_edit=p in editors) for p, n in afar.items()]
    people += sorted(relayed, key=_by_name)
    return people + sorted(_sought(session, set(afar)), key=_by_name)


def _by_name(person: PersonView) -> tuple[str, bytes]:
    return person.name.casefold(), person.peer


def _direct(session: Session, peer: PeerId) -> PersonView:
    link = session.mesh.to(peer)
    assert link is not None
    who, says = link.person or NOBODY, session.logs.says.get(link.id)
    return PersonView(
        peer,
        who.name,
        who.color,
        DIRECT,
        str(link.address),
        None if link.rtt is None else link.rtt * 1000,
        says.digest if says else b"",
        says.shapes if says and says.digest else None,
        says.digest == session.document.digest() if says and says.digest else None,
        link.keeps and _holds_ours(session, link.id),
        peer in session.editors,
    )


def _holds_ours(session: Session, link: LinkId) -> bool:
    """Is our latest op on disk there? Of a board that only others have drawn on: is all of it that we hold?"""
    mine = session.log.seq(session.me)
    ours = [(session.me, mine)] if mine else [(author, tip.seq) for author, tip in session.log.tips()]
    return bool(ours) and all(session.catchup.known(link, author) >= seq for author, seq in ours)


def _sought(session: Session, afar: set[PeerId]) -> list[PersonView]:
    """Those we have an address of and no link to: lost if there was one."""
    sought = []
    for contact in session.mesh.contacts:
        peer = contact.peer
        if peer is None or peer == session.me or peer in afar or session.mesh.to(peer) is not None:
            continue
        who = contact.person or Person(short(peer), NOBODY.color)
        state = LOST if contact.person else CONNECTING
        address = str(contact.addresses[0]) if contact.addresses else ""
        may_edit = peer in session.editors if contact.person else None
        sought.append(PersonView(peer, who.name, who.color, state, address, may_edit=may_edit))
    return sought


def status_of(session: Session, *, open_room: bool) -> Status:
    """The truth, as far as it is known here."""
    done, total = session.catchup.progress()
    people = people_of(session)
    holders, unsafe = session.holders.all(), unsafe_ops(session)
    away = [holder for holder in holders if not holder.is_here and holder.ops >= session.holders.total > 0]
    return Status(
        {str(tracker): why for tracker, why in session.introduction.trackers.items()},
        sum(person.state == DIRECT for person in people),
        sum(person.state == RELAYED for person in people),
        sum(person.state == CONNECTING for person in people),
        done / total if total else None,
        open_room,
        session.saved,
        sum(person.has_latest for person in people),
        session.trouble,
        0 if unsafe else len(away),
        strokes_in(session.document, unsafe) if unsafe else None,
        session.holders.total,
        tuple(holders),
        session.shared,
    )


def unsafe_ops(session: Session) -> dict[PeerId, range]:
    """Our ops that neither anybody linked nor anybody remembered is known to have."""
    links = [link.id for link in session.mesh.up() if link.keeps]
    unsafe = {}
    for author, seqs in session.holders.unsafe(session.log).items():
        held = max((session.catchup.known(link, author) for link in links), default=0)
        if held < seqs.stop - 1:
            unsafe[author] = range(max(seqs.start, held + 1), seqs.stop)
    return unsafe
