"""Deliberate faults: each takes away one of the rules that convergence rests on, in the simulation only."""

from collections.abc import Callable
from enum import Enum

from p2psketch.catchup import CatchUp
from p2psketch.clock import LamportClock
from p2psketch.document import Document, Shape
from p2psketch.effects import Effect
from p2psketch.ids import LinkId, PeerId, Stamp
from p2psketch.keys import check_ops
from p2psketch.messages import Want
from p2psketch.oplog import Accepted, Chunk, OpLog, Tip
from p2psketch.replica import Copy
from p2psketch.session import Session
from p2psketch.shapes import Fields


class LastToArriveWins(Document):
    """No merge rule: whatever comes last is kept."""

    def _merge(self, shape: Shape, fields: Fields, stamp: Stamp, born: bool) -> None:
        before = shape.visible
        self._unsum(shape)
        for field, value in fields.items():
            shape.write(field, value, stamp)
        self.visible_count += shape.visible - before


class Gullible(OpLog):
    """No gap check: a chunk is taken wherever it lies."""

    def accept(self, chunk: Chunk, *, trusted: bool = False) -> Accepted | None:
        if chunk.first > self.seq(chunk.author) + 1:
            self._tips[chunk.author] = Tip(chunk.first - 1, chunk.head, 0)
        return super().accept(chunk, trusted=trusted)


class Deaf(LamportClock):
    """No Lamport merge: the clock counts its own ops only."""

    def witness(self, time: int) -> None:
        pass


class Incurious(CatchUp):
    """No repair: nobody is asked for ops but their author."""

    def __init__(self, session: Session) -> None:
        super().__init__(session.log.seq)
        self._mesh = session.mesh

    def wants(self, now: float) -> list[tuple[LinkId, Want]]:
        mine = [(link, self._by_its_author(link, want)) for link, want in super().wants(now)]
        return [(link, want) for link, want in mine if want.ranges]

    def _by_its_author(self, link: LinkId, want: Want) -> Want:
        found = self._mesh.link(link)
        return Want(tuple(wanted for wanted in want.ranges if found is not None and wanted.author == found.peer))


def _merge(session: Session) -> None:
    replica = session.replica
    replica._shown = replica._reading = Copy(replica.log, LastToArriveWins())


def _gap(session: Session) -> None:
    replica, logs = session.replica, session.logs
    replica._shown = replica._reading = Copy(Gullible(session.room.room_id, check_ops), replica.document)
    logs.catchup = CatchUp(session.log.seq)

    def take_it_all(link: LinkId, chunk: Chunk, now: float) -> list[Effect]:
        live = not logs.catchup.wanted(link, chunk, now)
        return logs._accept(link, chunk, now, live=live) + logs.wants(now)

    logs._ops = take_it_all  # type: ignore[method-assign]


def _lamport(session: Session) -> None:
    session.replica._clock = Deaf()


def _relay(session: Session) -> None:
    forwarding = session.mesh.forwarding

    def only_mine(author: PeerId, over: LinkId | None) -> tuple[LinkId, ...]:
        return forwarding(author, over) if author == session.me else ()

    session.mesh.forwarding = only_mine  # type: ignore[method-assign, assignment]
    session.logs.catchup = Incurious(session)


class Fault(Enum):
    """What can be taken away."""

    MERGE = "merge"
    GAP = "gap"
    LAMPORT = "lamport"
    RELAY = "relay"


INJECT: dict[Fault, Callable[[Session], None]] = {
    Fault.MERGE: _merge,
    Fault.GAP: _gap,
    Fault.LAMPORT: _lamport,
    Fault.RELAY: _relay,
}
