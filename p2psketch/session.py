"""The session: one board in one room, as a machine of events and effects.

Rule: it joins the parts and decides little itself: ops are up to `Logs`, links to `Mesh`, what is seen at once and kept
by nobody to `Presences`. It has no clock, no randomness and no I/O: events come in with `now` (seconds, monotonic),
effects go out, to be performed in order.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from p2psketch import effects as e
from p2psketch import messages as m
from p2psketch.address import Address
from p2psketch.catchup import CatchUp
from p2psketch.document import Document
from p2psketch.drafting import is_signed
from p2psketch.effects import Effect, Event
from p2psketch.holders import Heard, Holders
from p2psketch.holdings import Holdings
from p2psketch.ids import BOARD_ID, LinkId, PeerId, person_id, short
from p2psketch.introduction import Introduction
from p2psketch.keys import Identity, RoomKeys
from p2psketch.keys import Random as RandomBytes
from p2psketch.logs import Logs
from p2psketch.mesh import Mesh
from p2psketch.naming import board_name
from p2psketch.oplog import OpLog
from p2psketch.ops import Edit
from p2psketch.pen import Pen
from p2psketch.pointing import Pointing
from p2psketch.presence import Presences
from p2psketch.replica import Replica
from p2psketch.shapes import PERSON, Fields

SWEEP_EVERY: Final = 1.0
OBSERVE_EVERY: Final = 2.0
KEEP_EVERY: Final = 10.0
"""Seconds until what has been learned of who has the board is written down."""


@dataclass(frozen=True, slots=True)
class Launch:
    """Who this launch is: its key, its person, and the person's lasting key."""

    identity: Identity
    person: m.Person
    lasting: Identity


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
        self.replica = Replica(launch.identity, room, self._introduce_person)
        self.editors = self.replica.editors
        self.presences = Presences()
        self.mesh = Mesh(me, launch.person, rng, keeps=keeps, proof=self.editors.proof(me))
        self.logs = Logs(me, self.replica, self.mesh)
        self.introduction = Introduction(room, me, urandom)
        self.saved = keeps
        self.shared = False
        """Is the board file another program's to write, which has what is drawn here over a link?"""
        self.trouble = ""
        self.holders = Holders(room.room_id, launch.lasting.peer_id, me)
        self._launch = launch
        self._pen = Pen(self.replica, self.mesh, self.logs, launch.identity, room.room_id)
        self._pointing = Pointing(me)
        self._in_memory = False
        self._swept = self._observed = self._kept_at = 0.0
        self._kept = {"holders": self.holders.text(), "name": ""}

    @property
    def document(self) -> Document:
        """The board as it is shown."""
        return self.replica.document

    @property
    def log(self) -> OpLog:
        """Where everybody's log ends here."""
        return self.replica.log

    @property
    def can_edit(self) -> bool:
        """May this launch change the board?"""
        return self.me in self.editors and self.me not in self.log.cuts

    @property
    def holdings(self) -> Holdings:
        """What is on disk here."""
        return self.logs.holdings

    @property
    def catchup(self) -> CatchUp:
        """What others claim to have, and what is still to come."""
        return self.logs.catchup

    # -- events ------------------------------------------------------------------------------------

    def handle(self, event: Event, now: float) -> list[Effect]:
        """What follows from an event."""
        match event:
            case e.Received(link, message):
                effects = self._received(link, message, now)
            case e.Persisted(tips):
                return self.logs.persisted(tips, now)
            case e.Stored(chunk):
                return self.logs.loading.stored(chunk)
            case e.ForkStored(fork):
                return self.logs.fork_stored(fork)
            case e.HoldersStored(text):
                self.holders.recall(text)
                self._kept["holders"] = self.holders.text()
                return []
            case e.Recalled(chunk):
                effects = self.logs.recalled(chunk)
            case e.DraftStored():
                return self._pen.found(event)
            case e.Opened() | e.Closed() | e.Measured() | e.DialFailed() | e.Listening() | e.Woke():
                effects = self._met(event, now)
            case e.StoreRead(addresses):
                if not self.replica.is_reading:
                    self.mesh.contacts.read_book(addresses, now)
                effects = self.logs.store_read(now) + self._pen.recover()
            case e.StoreReset():
                self.logs.loading.reset()
                return []
            case e.StoreFailed() | e.StoreBack() | e.StoreShared() | e.StoreNews():
                effects = self._told_of_file(event, now)
            case _:
                effects = self._introduced(event, now)
        return effects + self._follow_links(now)

    def _told_of_file(self, event: e.FileEvent, now: float) -> list[Effect]:
        """What has become of the board file, in a sentence."""
        effects: list[Effect] = [e.Notice(event.sentence), e.StatusChanged()]
        if not isinstance(event, e.StoreNews):
            self.saved = isinstance(event, e.StoreBack)
            self._in_memory = not self.saved
            self.shared = isinstance(event, e.StoreShared)
            self.trouble = event.sentence if isinstance(event, e.StoreFailed) else ""
            effects += self.mesh.keep(self.saved)
        if isinstance(event, e.StoreShared):
            effects += self.dial(event.address, now)
        return effects

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
            self.logs.link_down(link)
            self.logs.arrivals.link_down(peer, now)
            if self.mesh.to(peer) is None and self.presences.forget(peer):
                effects.append(e.Pointed(frozenset({peer})))
        for link in come:
            effects += self._begin(link, now)
        return effects + self.logs.wants(now)

    def _begin(self, id: LinkId, now: float) -> list[Effect]:
        link = self.mesh.link(id)
        if link is None:
            return []
        is_first_visit = all(author == self.me for author, _ in self.log.tips())
        self.logs.arrivals.link_up(link.peer, now, is_first_visit=is_first_visit)
        effects = self.logs.link_up(id, now)
        seen = (self._pen.whole(), self._pointing.latest())
        return effects + [e.Send(id, message) for message in seen if message is not None]

    # -- messages ------------------------------------------------------------------------------------

    def _received(self, link: LinkId, message: m.PeerMessage, now: float) -> list[Effect]:
        unproven = self._unproven(message)
        if unproven is not None:
            return self.logs.refuse(link, f"the edit proof of {short(unproven)} does not hold")
        effects = self.mesh.received(link, message, now)
        if self.mesh.link(link) is None or link not in self.logs.says:
            return effects
        match message:
            case m.Draft() | m.Presence():
                effects += self._pointed(link, message, now)
            case m.Links():
                effects.append(e.PeopleChanged())
            case _:
                effects += self.logs.received(link, message, now)
        return effects

    def _unproven(self, message: m.PeerMessage) -> PeerId | None:
        """Of those whom a message introduces as editors, one who is none."""
        match message:
            case m.Hello() | m.Welcome():
                shown = [(message.peer, message.proof)]
            case m.Draft(author=author, proof=proof):
                shown = [(author, proof)]
            case m.Links(neighbours):
                shown = [(neighbour.peer, neighbour.proof) for neighbour in neighbours]
            case _:
                return None
        wrong = (peer for peer, proof in shown if proof is not None and not self.editors.admit(peer, proof))
        return next(wrong, None)

    def _pointed(self, link: LinkId, message: m.Draft | m.Presence, now: float) -> list[Effect]:
        """Drafts and presence: shown, and passed on to those who are not linked to their author.

        TLS shows whose draft it is where its author is at the other end; who passes one on answers for its signature.
        """
        author, source = message.author, self.mesh.link(link)
        if author == self.me or source is None:
            return []
        direct = source.peer == author
        if not direct and self.mesh.to(author) is not None:
            return []  # what somebody points at and draws is heard from themselves, where that is possible
        if not self.presences.admits(author, direct=direct):
            return []
        watchers = self.mesh.showing(author, link)
        if isinstance(message, m.Presence):
            self.presences.point(message, now)
        elif author not in self.editors:
            if not direct and message.fields is None:
                return []  # the proof came with its beginning, before we did
            return self.logs.refuse(link, f"a draft of {short(author)} comes without a proof that it may edit")
        elif (watchers or not direct) and not is_signed(message, self.room.room_id):
            return self.logs.refuse(link, f"a draft in the name of {short(author)} does not have its signature")
        else:
            self.presences.draft(message, now)
            if message.fields is not None:
                message = replace(message, proof=self.editors.proof(author))
        return [e.Pointed(frozenset({author})), *(e.Send(other, message) for other in watchers)]

    # -- what the person does ------------------------------------------------------------------------
    # What is committed is shown at once, and leaves with `seal`, to be called after each of these.

    def commit(self, edit: Edit, wall: int) -> list[Effect]:
        """One gesture: one step to undo. Raises BodyError, and changes nothing, if a field does not hold."""
        self.replica.commit(edit, wall)
        return self.logs.changed()

    def _introduce_person(self) -> Fields:
        who, lasting = self.mesh.person, self._launch.lasting
        signature = lasting.sign_person(self.me, self.room.room_id)
        return {"kind": PERSON, "name": who.name, "color": who.color, "key": lasting.peer_id, "signature": signature}

    def undo(self, wall: int, *, redo: bool = False) -> list[Effect]:
        """Take back, or do again, the last step of this launch, where nobody has changed it since."""
        left = self.replica.undo(wall, redo=redo)
        effects = self.logs.changed()
        if left:
            effects.append(e.Notice("Part of that was changed by somebody else since, and stays as it is."))
        return effects

    def clear(self, wall: int) -> list[Effect]:
        """Delete every visible shape, as one step."""
        self.replica.clear(wall)
        return self.logs.changed()

    def seal(self, now: float) -> list[Effect]:
        """Store and send what was committed here, if it is due: at once after a pause, else at the end of the frame."""
        return self.logs.seal(now)

    def begin_draft(self, fields: Fields) -> list[Effect]:
        """The pen touches the board, with the style of the stroke to be. Raises NotAnEditor for a viewer."""
        return self._pen.begin(fields)

    def extend_draft(
        self, points: Sequence[m.Point], pressure: Sequence[float] | None, now: float, wall: int
    ) -> list[Effect]:
        """The pen moved. A stroke that is full is committed, and continued as another."""
        return self._pen.extend(points, pressure, now, wall)

    def finish_draft(self, wall: int) -> list[Effect]:
        """The pen leaves the board: the draft becomes a stroke."""
        return self._pen.finish(wall)

    def cancel_draft(self) -> list[Effect]:
        """The stroke is not wanted: it vanishes everywhere."""
        return self._pen.cancel()

    def point(self, cursor: m.Point | None, viewport: m.Viewport | None, tool: str, now: float) -> list[Effect]:
        """Where the pointer is, or None when it left the board."""
        told = self._pointing.move(cursor, viewport, tool, now)
        return self._tell(told) if told is not None else []

    def _tell(self, presence: m.Presence) -> list[Effect]:
        return [e.Send(link, presence) for link in self.mesh.forwarding(self.me, None)]

    def rename(self, person: m.Person, wall: int) -> list[Effect]:
        """Be called something else, for those here and in the history."""
        self.mesh.renamed(person)
        effects: list[Effect] = [e.PeopleChanged()]
        if self.log.seq(self.me):
            fields = {"name": person.name, "color": person.color}
            self.replica.annotate(Edit(((person_id(self.me), fields),)), wall)
        return effects

    def name_board(self, name: str, wall: int) -> list[Effect]:
        """Call the board something else, for everybody; no step to undo. Raises NotAnEditor for a viewer."""
        self.replica.annotate(Edit(((BOARD_ID, {"name": name}),)), wall)
        return self.logs.changed()

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

    def observe(self, now: float, wall: int, *, last: bool = False) -> list[Effect]:
        """See now and then who has what, and keep it, and the name, with the board; the `last` time, in any case."""
        if not last and now - self._observed < OBSERVE_EVERY:
            return []
        self._observed = now
        heard = [
            Heard(link.peer, link.person.name, link.person.color, self.catchup.claims_of(link.id))
            for link in self.mesh.up()
            if link.keeps and link.person is not None
        ]
        self.holders.observe(heard, self.log, self.document, wall)
        if not last and now - self._kept_at < KEEP_EVERY:
            return []
        notes = {"holders": self.holders.text(), "name": board_name(self.document)}
        news: list[Effect] = [e.KeepNote(what, text) for what, text in notes.items() if text != self._kept[what]]
        if news:
            self._kept, self._kept_at = notes, now
        return news

    # -- time ----------------------------------------------------------------------------------------

    def tick(self, now: float) -> list[Effect]:
        """Whatever is due."""
        effects = self.seal(now) + self._sweep(now) + self.mesh.tick(now) + self._pen.tick(now)
        pointer = self._pointing.due_word(now)
        effects += self._tell(pointer) if pointer is not None else []
        if self._in_memory:
            self.logs.claim_memory(now)
        return effects + self.logs.tick(now) + self._follow_links(now)

    def _sweep(self, now: float) -> list[Effect]:
        """What is done once a second."""
        if now - self._swept < SWEEP_EVERY:
            return []
        self._swept = now
        gone = self.presences.expire(now)
        merged = self._merged(now)
        return self.logs.sweep(now) + ([e.Pointed(frozenset(gone))] if gone else []) + ([merged] if merged else [])

    def _merged(self, now: float) -> e.Merged | None:
        """What has come from others while we were apart, once all of it is here."""
        arrivals = self.logs.arrivals
        return arrivals.report(self.document) if arrivals.is_due(now) and self.caught_up() else None

    def deadline(self) -> float:
        """When to call `tick` again, at the latest."""
        times = (
            self._swept + SWEEP_EVERY,
            self.replica.sealing.due,
            self.mesh.deadline(),
            self.holdings.due,
            self._pen.due(),
            self._pointing.due(),
        )
        return min(time for time in times if time is not None)
