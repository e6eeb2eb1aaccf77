"""The session: where local and remote edits meet, on one road.

Rule: every op, whoever made it, goes to the disk, into the document, to those who lack it and to
the view through `_joined`, and through nothing else. The session has no clock, no randomness and
no I/O: events come in with `now` (seconds, monotonic), effects go out, to be performed in order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from p2psketch import effects as e
from p2psketch import messages as m
from p2psketch.address import Address
from p2psketch.catchup import CatchUp
from p2psketch.document import Document
from p2psketch.drafting import Drafting
from p2psketch.effects import Effect, Event
from p2psketch.errors import EnvelopeError
from p2psketch.holdings import Holdings
from p2psketch.ids import LinkId, PeerId, person_id, short
from p2psketch.introduction import Introduction
from p2psketch.keys import Identity, RoomKeys
from p2psketch.keys import Random as RandomBytes
from p2psketch.mesh import Mesh
from p2psketch.oplog import Chunk, OpLog, Tip, known
from p2psketch.ops import Edit, Op
from p2psketch.pointing import Pointing
from p2psketch.presence import Presences
from p2psketch.replica import Replica
from p2psketch.shapes import PERSON, Fields

HASH_EVERY: Final = 15.0
ANSWER_EVERY: Final = 5.0
"""Seconds: no oftener does a HaveHash make us send our whole vector over a link."""
SWEEP_EVERY: Final = 1.0


@dataclass(frozen=True, slots=True)
class Launch:
    """Who this launch is: its key, its person, and the person's lasting key."""

    identity: Identity
    person: m.Person
    lasting: Identity


@dataclass(slots=True)
class Says:
    """What a linked peer last said of its own board, and until when it has been answered."""

    digest: bytes = b""
    shapes: int = 0
    answered_until: float = 0.0
    differs: bool = False


class Session:
    """One board in one room. `handle` takes events, the other verbs are what the person does.

    All of them return the effects to perform. `keeps` is False for a peer that forgets the board
    when it ends. Call `tick` at `deadline`, at the latest.
    """

    def __init__(
        self, room: RoomKeys, launch: Launch, rng: Random, urandom: RandomBytes, *, keeps: bool = True
    ) -> None:
        me = launch.identity.peer_id
        self.me: PeerId = me
        self.room = room
        self.replica = Replica(me, room.room_id, self._introduce_person)
        self.presences = Presences()
        self.holdings = Holdings()
        self.catchup = CatchUp(lambda author: self.log.seq(author))
        self.mesh = Mesh(me, launch.person, rng, keeps=keeps, proof=None)
        self.introduction = Introduction(room, me, urandom)
        self.says: dict[LinkId, Says] = {}
        self.saved = keeps
        self._launch = launch
        self._drafting = Drafting(me)
        self._pointing = Pointing(me)
        self._in_memory = False
        self._hashed = 0.0
        self._swept = 0.0

    @property
    def document(self) -> Document:
        """The board as it is shown."""
        return self.replica.document

    @property
    def log(self) -> OpLog:
        """Where everybody's log ends here."""
        return self.replica.log

    # -- events ------------------------------------------------------------------------------------

    def handle(self, event: Event, now: float) -> list[Effect]:
        """What follows from an event."""
        match event:
            case e.Received(link, message):
                effects = self._received(link, message, now)
            case e.Persisted(tips):
                self.holdings.add(tips, now)
                return [e.StatusChanged()]
            case e.Stored(chunk):
                return self._stored(chunk)
            case e.Opened() | e.Closed() | e.Measured() | e.DialFailed() | e.Listening() | e.Woke():
                effects = self._met(event, now)
            case e.StoreRead(addresses):
                self.mesh.contacts.read_book(addresses, now)
                effects = []
            case e.StoreFailed(reason):
                self.saved, self._in_memory = False, True
                effects = [e.Notice(reason), e.StatusChanged(), *self.mesh.keep_nothing()]
            case _:
                effects = self._introduced(event, now)
        return effects + self._follow_links(now)

    def _met(
        self, event: e.Opened | e.Closed | e.Measured | e.DialFailed | e.Listening | e.Woke, now: float
    ) -> list[Effect]:
        """Events of links and of the machine."""
        match event:
            case e.Opened():
                return self.mesh.opened(event, now)
            case e.Closed(link):
                self.mesh.closed(link, now)
            case e.Measured(link, rtt):
                self.mesh.measured(link, rtt, now)
                return [e.PeopleChanged()]
            case e.DialFailed(address):
                self.mesh.contacts.failed(address, now)
            case e.Listening(addresses):
                self.mesh.listening(addresses)
                return [self._announcing()]
            case e.Woke():
                self.mesh.contacts.wake(now)
        return []

    def _introduced(self, event: e.TrackerEvent, now: float) -> list[Effect]:
        changed = self.introduction.handle(event, self.mesh, now)
        return [e.StatusChanged(), self._announcing()] if changed else [e.StatusChanged()]

    def _announcing(self) -> Effect:
        return e.Announcing(self.introduction.announces(self.mesh.addresses))

    def _follow_links(self, now: float) -> list[Effect]:
        """Begin with the links that came up, and forget those that went."""
        if not self.mesh.linked and not self.mesh.unlinked:
            return []
        effects: list[Effect] = [e.PeopleChanged(), e.StatusChanged()]
        gone, self.mesh.unlinked = self.mesh.unlinked, []
        come, self.mesh.linked = self.mesh.linked, []
        for link, peer in gone:
            self.catchup.link_down(link)
            self.says.pop(link, None)
            if self.mesh.to(peer) is None and self.presences.forget(peer):
                effects.append(e.Pointed(frozenset({peer})))
        for link in come:
            effects += self._begin(link, now)
        return effects + self._wants(now)

    def _begin(self, id: LinkId, now: float) -> list[Effect]:
        link = self.mesh.link(id)
        if link is None:
            return []
        self.catchup.link_up(id, now)
        self.says[id] = Says()
        digest, shapes = self.document.digest(), self.document.visible_count
        greeting: list[m.PeerMessage | None] = [*self.holdings.whole(digest, shapes)]
        greeting += [self._drafting.whole(), self._pointing.latest()]
        return [e.Send(id, message) for message in greeting if message is not None]

    # -- messages ------------------------------------------------------------------------------------

    def _received(self, link: LinkId, message: m.PeerMessage, now: float) -> list[Effect]:
        effects = self.mesh.received(link, message, now)
        if self.mesh.link(link) is None or link not in self.says:
            return effects
        match message:
            case m.Ops(chunk):
                effects += self._ops(link, chunk, now)
            case m.Have():
                effects += self._have(link, message, now)
            case m.HaveHash(hash):
                says = self.says[link]
                if hash != self.holdings.hash() and now >= says.answered_until:
                    says.answered_until = now + ANSWER_EVERY
                    whole = self.holdings.whole(self.document.digest(), self.document.visible_count)
                    effects += [e.Send(link, part) for part in whole]
            case m.Want(ranges):
                effects += [e.Serve(link, *wanted) for wanted in ranges if wanted.last <= self.log.seq(wanted.author)]
            case m.Draft() | m.Presence():
                effects += self._pointed(link, message, now)
            case m.Links():
                effects.append(e.PeopleChanged())
        return effects

    def _have(self, link: LinkId, have: m.Have, now: float) -> list[Effect]:
        effects: list[Effect] = [e.StatusChanged()]
        says = self.says[link]
        if (says.digest, says.shapes) != (have.digest, have.shapes):
            says.digest, says.shapes = have.digest, have.shapes
            effects.append(e.PeopleChanged())
        for peer, claim in have.entries:
            if claim.seq == self.log.seq(peer) and claim != known(self.log.tip(peer)) and not says.differs:
                says.differs = True
                effects.append(e.Logged(f"two different logs of {short(peer)} exist, seen at op {claim.seq}"))
        self.catchup.claim(link, have.entries, whole=have.whole, last=have.last)
        return effects + self._wants(now)

    def _wants(self, now: float) -> list[Effect]:
        return [e.Send(link, want) for link, want in self.catchup.wants(now)]

    def _pointed(self, link: LinkId, message: m.Draft | m.Presence, now: float) -> list[Effect]:
        """Drafts and presence: shown, and passed on to those who are not linked to their author."""
        author = message.author
        direct = self.mesh.to(author) is not None
        if author == self.me or not self.presences.admits(author, direct=direct):
            return []
        if isinstance(message, m.Presence):
            self.presences.point(message, now)
        else:
            self.presences.draft(message, now)
        passed = [e.Send(other, message) for other in self.mesh.showing(author, link)]
        return [e.Pointed(frozenset({author})), *passed]

    # -- ops -----------------------------------------------------------------------------------------

    def _ops(self, link: LinkId, chunk: Chunk, now: float) -> list[Effect]:
        """Ops came over a link: those that continue a log join, those beyond a gap wait for what lies in it."""
        if chunk.author == self.me:
            return []
        live = not self.catchup.wanted(link, chunk, now)
        if chunk.first > self.log.seq(chunk.author) + 1:
            self.catchup.beyond_gap(link, chunk, live=live)
            return self._wants(now)
        effects = self._accept(link, chunk, live=live)
        while (waiting := self.catchup.take(chunk.author)) is not None:
            effects += self._accept(waiting.link, waiting.chunk, live=waiting.live)
        return effects + self._wants(now)

    def _accept(self, link: LinkId, chunk: Chunk, *, live: bool) -> list[Effect]:
        try:
            accepted = self.replica.take(chunk)
        except EnvelopeError as error:
            return [e.Logged(str(error)), *self.mesh.refuse(link, str(error))]
        if accepted is None:
            return []
        tip = self.log.tip(chunk.author)
        return self._joined(accepted.chunk, tip, link, live=live) + self._blame(accepted.ops, link)

    def _joined(self, chunk: Chunk, tip: Tip, link: LinkId | None, *, live: bool) -> list[Effect]:
        """The one road of every op, local (`link` None) or remote: to the disk, to those who lack it, to the view."""
        effects: list[Effect] = [e.Persist(chunk, known(tip))]
        if live:
            effects += [
                e.Serve(other, chunk.author, chunk.first, chunk.last)
                for other in self.mesh.forwarding(chunk.author, link)
                if self.catchup.known(other, chunk.author) < chunk.last
            ]
        return effects + self._changed()

    def _changed(self) -> list[Effect]:
        touched = self.document.take_touched()
        return [e.Changed(frozenset(touched))] if touched else []

    def _blame(self, ops: Sequence[Op], link: LinkId) -> list[Effect]:
        """A void op is logged, and costs its author the direct link; whoever only passes it on is not to blame."""
        void = [op for op in ops if op.void is not None]
        if not void:
            return []
        (seq, author), why = (void[0].id.seq, void[0].id.peer), str(void[0].void)
        more = f", and {len(void) - 1} more" if len(void) > 1 else ""
        effects: list[Effect] = [e.Logged(f"op {seq} of {short(author)} is void: {why}{more}")]
        direct = self.mesh.to(author)
        return effects + self.mesh.refuse(link, why) if direct is not None and direct.id == link else effects

    def _stored(self, chunk: Chunk) -> list[Effect]:
        """A chunk read from the board file: it is on disk already, and nobody is linked yet."""
        try:
            accepted = self.replica.take(chunk)
        except EnvelopeError as error:
            return [e.Logged(f"the board file: {error}")]
        if accepted is None:
            return []
        self.holdings.add([(chunk.author, known(self.log.tip(chunk.author)))], None)
        return self._changed()

    # -- what the person does ------------------------------------------------------------------------
    # What is committed is shown at once, and leaves with `seal`, to be called after each of these.

    def commit(self, edit: Edit, wall: int) -> list[Effect]:
        """One gesture: one step to undo. Raises BodyError, and changes nothing, if a field does not hold."""
        self.replica.commit(edit, wall)
        return self._changed()

    def _introduce_person(self) -> Fields:
        who, lasting = self.mesh.person, self._launch.lasting
        signature = lasting.sign_person(self.me, self.room.room_id)
        return {"kind": PERSON, "name": who.name, "color": who.color, "key": lasting.peer_id, "signature": signature}

    def undo(self, wall: int, *, redo: bool = False) -> list[Effect]:
        """Take back, or do again, the last step of this launch, where nobody has changed it since."""
        left = self.replica.undo(wall, redo=redo)
        effects = self._changed()
        if left:
            effects.append(e.Notice("Part of that was changed by somebody else since, and stays as it is."))
        return effects

    def clear(self, wall: int) -> list[Effect]:
        """Delete every visible shape, as one step."""
        self.replica.clear(wall)
        return self._changed()

    def seal(self, now: float) -> list[Effect]:
        """Store and send what was committed here, if it is due: at once after a pause, else at the end of the frame."""
        effects: list[Effect] = []
        for chunk, tip in self.replica.seal(now):
            effects += self._joined(chunk, tip, None, live=True)
        return effects + self.replica.sealing.released() if effects else effects

    def begin_draft(self, fields: Fields) -> None:
        """The pen touches the board, with the style of the stroke to be."""
        self._drafting.begin(fields)

    def extend_draft(
        self, points: Sequence[tuple[float, float]], pressure: Sequence[float] | None, now: float, wall: int
    ) -> list[Effect]:
        """The pen moved. A stroke that is full is committed, and continued as another."""
        effects: list[Effect] = []
        while self._drafting.active and points:
            fitted = self._drafting.extend(points, pressure)
            points, pressure = points[fitted:], pressure[fitted:] if pressure is not None else None
            if points:
                fields, (start, force) = self._drafting.fields, self._drafting.tail()
                effects += self.finish_draft(wall)
                self._drafting.begin(fields)
                self._drafting.extend(start, force)
        return effects + self._tell_draft(now)

    def _tell_draft(self, now: float) -> list[Effect]:
        due = self._drafting.due()
        draft = self._drafting.increment(now) if due is not None and now >= due else None
        return self._tell_in_order(draft) if draft is not None else []

    def _tell_in_order(self, draft: m.Draft) -> list[Effect]:
        """What is drawn comes after what has been drawn."""
        return list(self.replica.sealing.hold(self._tell(draft)))

    def _tell(self, message: m.Draft | m.Presence) -> list[Effect]:
        return [e.Send(link, message) for link in self.mesh.forwarding(self.me, None)]

    def finish_draft(self, wall: int) -> list[Effect]:
        """The pen leaves the board: the stroke is committed, then its draft ends on the same links."""
        if not self._drafting.active:
            return []
        stroke = self._drafting.stroke()
        effects = self.commit(Edit(((0, stroke),)), wall) if stroke is not None else []
        return effects + self._tell_in_order(self._drafting.end())

    def cancel_draft(self) -> list[Effect]:
        """The stroke is not wanted: it vanishes everywhere."""
        return self._tell_in_order(self._drafting.end(cancelled=True)) if self._drafting.active else []

    def point(self, cursor: m.Point | None, viewport: m.Viewport | None, tool: str, now: float) -> list[Effect]:
        """Where the pointer is, or None when it left the board."""
        told = self._pointing.move(cursor, viewport, tool, now)
        return self._tell(told) if told is not None else []

    def rename(self, person: m.Person, wall: int) -> list[Effect]:
        """Be called something else, for those here and in the history."""
        self.mesh.renamed(person)
        effects: list[Effect] = [e.PeopleChanged()]
        if self.log.seq(self.me):
            fields = {"name": person.name, "color": person.color}
            self.replica.annotate(Edit(((person_id(self.me), fields),)), wall)
        return effects

    def dial(self, address: Address, now: float) -> list[Effect]:
        """A person named a peer's address."""
        self.mesh.contacts.given(address, now)
        return self.mesh.tick(now)

    def leave(self) -> list[Effect]:
        """Send what waits, and say goodbye on every link."""
        return self.seal(float("inf")) + self.mesh.leave()

    # -- what a program waits for ----------------------------------------------------------------------

    def caught_up(self) -> bool:
        """Is all here that the links now up claimed when they came up?"""
        return not self.catchup.waiting() and self.catchup.progress()[1] == 0

    def delivered(self) -> tuple[int, int]:
        """On how many linked peers that keep the board our latest op is on disk, and how many of them there are."""
        mine = self.log.seq(self.me)
        keepers = [link for link in self.mesh.up() if link.keeps]
        return sum(self.catchup.known(link.id, self.me) >= mine for link in keepers), len(keepers)

    # -- time ----------------------------------------------------------------------------------------

    def tick(self, now: float) -> list[Effect]:
        """Whatever is due."""
        effects = self.seal(now) + self._sweep(now) + self.mesh.tick(now) + self._tell_draft(now)
        pointer = self._pointing.due_word(now)
        effects += self._tell(pointer) if pointer is not None else []
        effects += self._wants(now)
        if self._in_memory:
            held = [(peer, known(tip)) for peer, tip in self.log.tips() if self.holdings.seq(peer) < tip.seq]
            self.holdings.add(held, now)
        if self.holdings.due is not None and now >= self.holdings.due:
            news = self.holdings.news(self.document.digest(), self.document.visible_count, now)
            effects += [e.Send(link.id, news) for link in self.mesh.up()]
        return effects + self._follow_links(now)

    def _sweep(self, now: float) -> list[Effect]:
        """What is done once a second, or less."""
        effects: list[Effect] = []
        if now - self._swept >= SWEEP_EVERY:
            self._swept = now
            for link, author in self.catchup.tick(now):
                effects.append(e.Logged(f"link {link} claims ops of {short(author)} and does not deliver them"))
                effects.append(e.StatusChanged())
            effects += [e.Send(link, m.HaveHash(self.holdings.hash())) for link in self.catchup.again(now)]
            if gone := self.presences.expire(now):
                effects.append(e.Pointed(frozenset(gone)))
        if now - self._hashed >= HASH_EVERY:
            self._hashed = now
            effects += [e.Send(link.id, m.HaveHash(self.holdings.hash())) for link in self.mesh.up()]
        return effects

    def deadline(self) -> float:
        """When to call `tick` again, at the latest."""
        times = (
            self._swept + SWEEP_EVERY,
            self.replica.sealing.due,
            self.mesh.deadline(),
            self.holdings.due,
            self._drafting.due(),
            self._pointing.due(),
        )
        return min(time for time in times if time is not None)
