"""One open board, as tools, canvas and command line see it.

Rule: owns the session; what a person does goes in, what the session asks of the network goes to
`perform`, what it has for the view is gathered and told to the listeners once a turn. It runs in
one thread, which is the Qt thread in a window and the event loop of a headless peer, and imports
neither.
"""

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from typing import Final, Protocol

from p2psketch import effects as e
from p2psketch.address import Address
from p2psketch.document import Document
from p2psketch.effects import Effect, Event, Merged, NetworkEffect, Notice
from p2psketch.errors import NotAnEditor
from p2psketch.ids import PeerId, ShapeId
from p2psketch.invite import Invite, clean_name
from p2psketch.messages import Person, Point, Viewport
from p2psketch.naming import board_name
from p2psketch.ops import Edit
from p2psketch.presence import Presences
from p2psketch.session import Session
from p2psketch.shapes import Fields
from p2psketch.views import PersonView, Status, people_of, status_of
from peer import interpreter

SOONEST: Final = 0.01
"""Seconds between two ticks, however much happens."""
LONGEST: Final = 1.0
SETTLE_AT: Final = 1_000
"""New shapes."""
SUMMED: Final = 256
"""Shapes that a tick adds to the digest before anybody asks for it: a millisecond or two."""


Perform = Callable[[Sequence[NetworkEffect]], None]


class Timer(Protocol):
    """Calls back once, in this board's thread. A new `start` replaces the old."""

    def start(self, seconds: float, call: Callable[[], None]) -> None:
        """Call after so many seconds."""

    def stop(self) -> None:
        """Do not call."""


class Listener(Protocol):
    """Who wants to know what changes."""

    def changed(self, shapes: Collection[ShapeId]) -> None:
        """These shapes are new, altered or gone; ask the document."""

    def pointed(self, peers: Collection[PeerId]) -> None:
        """Pointers or drafts of these people have changed; ask the presences."""

    def people_changed(self) -> None:
        """Ask `Board.people`."""

    def status_changed(self) -> None:
        """Ask `Board.status`."""

    def noticed(self, notice: Notice) -> None:
        """One sentence for the person."""

    def merged(self, merged: Merged) -> None:
        """What others did while we were apart is here."""


class Board:
    """The document to look at, and the verbs to change it."""

    def __init__(self, session: Session, name: str, perform: Perform, timer: Timer, links: Sequence[tuple[str, str]]):
        self._name_in_link = name
        self.session = session
        self._perform = perform
        self._timer = timer
        self._links = list(links)
        self._listeners: list[Listener] = []
        self._due = float("inf")
        self._shapes: set[ShapeId] = set()
        self._peers: set[PeerId] = set()
        self._people = self._status = False
        self._notices: list[Notice | Merged] = []
        self.open_room = False
        self._settled = 0

    # -- looking -----------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """What it is called now: as somebody on it has named it, or else as in its link. An open room is known by its
        name, and keeps it.
        """
        return (not self.open_room and board_name(self.document)) or self._name_in_link

    @property
    def can_be_named(self) -> bool:
        """May it be called something else from here?"""
        return self.can_edit and not self.open_room

    @property
    def me(self) -> PeerId:
        """This launch."""
        return self.session.me

    @property
    def document(self) -> Document:
        """The shapes."""
        return self.session.document

    @property
    def presences(self) -> Presences:
        """Pointers and drafts of the others."""
        return self.session.presences

    @property
    def can_edit(self) -> bool:
        """Does the link permit to draw here? If not, the verbs that would change the board say so, and do nothing."""
        return self.session.can_edit

    @property
    def can_undo(self) -> bool:
        """Is there a step to take back?"""
        return self.session.replica.undo_history.can_undo

    @property
    def can_redo(self) -> bool:
        """Is there a step to do again?"""
        return self.session.replica.undo_history.can_redo

    def people(self) -> list[PersonView]:
        """Everybody here, oneself first."""
        return people_of(self.session)

    def status(self) -> Status:
        """How things stand."""
        return status_of(self.session, open_room=self.open_room)

    def invites(self) -> list[tuple[str, str]]:
        """Links to share: what each permits, and the link, which has the name that the board has now."""
        named = "" if self.open_room else board_name(self.document)
        if not named:
            return list(self._links)
        return [(permits, replace(Invite.parse(link), name=named).format()) for permits, link in self._links]

    def watch(self, listener: Listener) -> None:
        """Tell `listener` from now on."""
        self._listeners.append(listener)

    def unwatch(self, listener: Listener) -> None:
        """Tell it no more."""
        self._listeners.remove(listener)

    # -- doing -------------------------------------------------------------------------------------

    def edit(self, edit: Edit) -> None:
        """One gesture, one step to undo."""
        self._change(lambda: self.session.commit(edit, _wall()))

    def undo(self) -> None:
        """Take back the last step of one's own."""
        self._change(lambda: self.session.undo(_wall()))

    def redo(self) -> None:
        """Do it again."""
        self._change(lambda: self.session.undo(_wall(), redo=True))

    def clear(self) -> None:
        """Delete everything visible; can be undone."""
        self._change(lambda: self.session.clear(_wall()))

    def begin_draft(self, fields: Fields) -> None:
        """The pen touches the board."""
        self._change(lambda: self.session.begin_draft(fields))

    def _change(self, change: Callable[[], Sequence[Effect]]) -> None:
        """What somebody may not do is told, and not done."""
        try:
            effects = change()
        except NotAnEditor as error:
            effects = [Notice(str(error))]
        self._run(effects)

    def extend_draft(self, points: Sequence[Point], pressure: Sequence[float] | None = None) -> None:
        """The pen moved."""
        self._change(lambda: self.session.extend_draft(points, pressure, time.monotonic(), _wall()))

    def finish_draft(self) -> None:
        """The pen leaves the board: the draft becomes a stroke."""
        self._change(lambda: self.session.finish_draft(_wall()))

    def cancel_draft(self) -> None:
        """The draft is not wanted."""
        self._run(self.session.cancel_draft())

    def point(self, cursor: Point | None, viewport: Viewport | None = None, tool: str = "") -> None:
        """Where the pointer is, or None when it left the canvas."""
        self._run(self.session.point(cursor, viewport, tool, time.monotonic()))

    def rename(self, name: str) -> None:
        """Call the board something else, for everybody on it. A name without letters changes nothing."""
        cleaned = clean_name(name)
        if cleaned and cleaned != self.name and self.can_be_named:
            self._change(lambda: self.session.name_board(cleaned, _wall()))

    def rename_me(self, name: str, color: int) -> None:
        """Be called something else."""
        self._run(self.session.rename(Person(name, color), _wall()))

    def dial(self, address: Address) -> None:
        """Link to a peer whose address a person gave."""
        self._run(self.session.dial(address, time.monotonic()))

    def seal(self) -> None:
        """What has been drawn so far leaves now, for the disk and for the others."""
        self._route(self.session.seal(float("inf")))

    def observe(self) -> None:
        """See now who has what; it is also done by itself every other second."""
        self._route(self.session.observe(time.monotonic(), _wall(), last=True))

    def leave(self) -> None:
        """Say goodbye to everybody; nothing is told to listeners any more."""
        self._timer.stop()
        self._listeners.clear()
        self.observe()
        self._run(self.session.leave())
        self._timer.stop()

    # -- turning -----------------------------------------------------------------------------------

    def receive(self, events: Iterable[Event], seconds: float = float("inf")) -> None:
        """Take events, until they end or `seconds` have passed."""
        until = time.perf_counter() + seconds
        for event in events:
            self._route(self.session.handle(event, time.monotonic()))
            if time.perf_counter() >= until:
                break
        self._tell()
        self._tick_soon(SOONEST)

    def _run(self, effects: Sequence[Effect]) -> None:
        self._route(effects)
        self._route(self.session.seal(time.monotonic()))
        self._tell()
        self._tick_soon(SOONEST)

    def _route(self, effects: Sequence[Effect]) -> None:
        """Network effects leave at once and in order; view effects are gathered."""
        outward: list[NetworkEffect] = []
        for effect in effects:
            match effect:
                case e.Changed(shapes):
                    self._shapes |= shapes
                case e.Pointed(peers):
                    self._peers |= peers
                case e.PeopleChanged():
                    self._people = True
                case e.StatusChanged():
                    self._status = True
                case Notice() | Merged():
                    self._notices.append(effect)
                case _:
                    outward.append(effect)
        if outward:
            self._perform(outward)

    def _tell(self) -> None:
        shapes, self._shapes = self._shapes, set()
        peers, self._peers = self._peers, set()
        people, self._people = self._people, False
        status, self._status = self._status, False
        notices, self._notices = self._notices, []
        for listener in list(self._listeners):
            if shapes:
                listener.changed(shapes)
            if peers:
                listener.pointed(peers)
            if people:
                listener.people_changed()
            if status or shapes:
                listener.status_changed()
            for notice in notices:
                if isinstance(notice, Merged):
                    listener.merged(notice)
                else:
                    listener.noticed(notice)

    def _tick_soon(self, seconds: float) -> None:
        due = time.monotonic() + seconds
        if due < self._due:
            self._due = due
            self._timer.start(seconds, self.tick)

    def _settle(self) -> None:
        """What has been read is not looked at again by the collector: a pass over a large board is a visible stall."""
        if len(self.document) > self._settled + SETTLE_AT:
            self._settled = len(self.document)
            interpreter.settle()

    def tick(self) -> None:
        """Whatever is due; schedules the next one."""
        now = time.monotonic()
        self._due = float("inf")
        self._settle()
        behind = self.document.sum_some(SUMMED)
        self._route(self.session.tick(now))
        self._route(self.session.observe(now, _wall()))
        self._tell()
        self._tick_soon(SOONEST if behind else min(max(self.session.deadline() - now, SOONEST), LONGEST))


def _wall() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000
