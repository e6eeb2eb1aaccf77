"""Everybody's logs: how ops come in, join, are stored, passed on and repaired, and what becomes of a log that forks.

Rule: every op, whoever made it, goes to the disk, to those who lack it and to the view through `_joined`, and through
nothing else. What is told to links and asked of them about ops is decided here; who is linked is the mesh's to know.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Final

from p2psketch import effects as e
from p2psketch import messages as m
from p2psketch.arrivals import Arrivals
from p2psketch.catchup import CatchUp
from p2psketch.effects import Effect
from p2psketch.errors import EnvelopeError, Forked
from p2psketch.forks import Hunts, proven
from p2psketch.holdings import Holdings
from p2psketch.ids import LinkId, PeerId, person_id, short
from p2psketch.loading import Loading
from p2psketch.mesh import Mesh
from p2psketch.oplog import Chunk, Known, Tip, known
from p2psketch.ops import Op
from p2psketch.replica import Replica

HASH_EVERY: Final = 15.0
ANSWER_EVERY: Final = 5.0
"""Seconds: no oftener does a HaveHash make us send our whole vector over a link."""
MAX_FORKS: Final = 1024


@dataclass(slots=True)
class Says:
    """What a linked peer last said of its own board, until when its hashes have been answered, and of whose forks it
    has been told.
    """

    digest: bytes = b""
    shapes: int = 0
    answered_until: float = 0.0
    forks: set[PeerId] = field(default_factory=set)


class Logs:
    """`handle…` what comes over links and from the disk, `seal` what was committed here, `tick` now and then."""

    def __init__(self, me: PeerId, replica: Replica, mesh: Mesh) -> None:
        self.holdings = Holdings()
        self.loading = Loading(replica, self.holdings)
        self.catchup = CatchUp(lambda author: replica.log.seq(author))
        self.arrivals = Arrivals()
        self.says: dict[LinkId, Says] = {}
        self.forks: dict[PeerId, m.Fork] = {}
        self._me = me
        self._replica = replica
        self._mesh = mesh
        self._hunts = Hunts(lambda author: replica.log.seq(author), replica.log.is_signed)
        self._hashed = 0.0

    # -- links -----------------------------------------------------------------------------------

    def link_up(self, link: LinkId, now: float) -> list[Effect]:
        """Tell all we have, and ask for what there is."""
        self.catchup.link_up(link, now)
        self.says[link] = Says()
        return [e.Send(link, part) for part in self._whole()]

    def link_down(self, link: LinkId) -> None:
        """All that was known of its peer is forgotten."""
        self.catchup.link_down(link)
        self._hunts.forget(link)
        self.says.pop(link, None)

    def _whole(self) -> Sequence[m.Have]:
        document = self._replica.document
        return self.holdings.whole(document.digest(), document.visible_count)

    def received(self, link: LinkId, message: m.PeerMessage, now: float) -> list[Effect]:
        """What follows from a message, if it is about logs."""
        match message:
            case m.Ops(chunk):
                return self._ops(link, chunk, now)
            case m.Have():
                return self._have(link, message, now)
            case m.HaveHash(hash):
                return self._answer(link, hash, now)
            case m.Want(ranges):
                seq = self._replica.log.seq
                return [e.Serve(link, *wanted) for wanted in ranges if wanted.last <= seq(wanted.author)]
            case m.Fork():
                return self._shown(link, message)
        return []

    def _answer(self, link: LinkId, hash: bytes, now: float) -> list[Effect]:
        says = self.says[link]
        if hash == self.holdings.hash() or now < says.answered_until:
            return []
        says.answered_until = now + ANSWER_EVERY
        return [e.Send(link, part) for part in self._whole()]

    def _have(self, link: LinkId, have: m.Have, now: float) -> list[Effect]:
        effects: list[Effect] = [e.StatusChanged()]
        says, log = self.says[link], self._replica.log
        if (says.digest, says.shapes) != (have.digest, have.shapes):
            says.digest, says.shapes = have.digest, have.shapes
            effects.append(e.PeopleChanged())
        entries = have.entries
        for peer, claim in entries:
            if claim.seq == log.seq(peer) and claim != known(log.tip(peer)):
                effects += self._hunts.suspect(link, peer, claim.seq, now)
        if log.cuts:
            effects += self._tell_forks(link, entries)
            entries = tuple((peer, self._as_far_as_it_counts(peer, claim)) for peer, claim in entries)
        self.catchup.claim(link, entries, whole=have.whole, last=have.last)
        return effects + self.wants(now)

    def wants(self, now: float) -> list[Effect]:
        """What to ask of whom."""
        return [e.Send(link, want) for link, want in self.catchup.wants(now)]

    # -- ops of others -----------------------------------------------------------------------------

    def _ops(self, link: LinkId, chunk: Chunk, now: float) -> list[Effect]:
        """Ops came over a link: those that continue a log join, those beyond a gap wait for what lies in it."""
        if chunk.author == self._me:
            return []
        if not self._replica.editors.admit(chunk.author, chunk.proof):
            return self.refuse(link, f"ops of {short(chunk.author)} come without a proof that it may edit")
        if self._hunts.expects(link, chunk):
            return self._answered(link, chunk, now)
        live = not self.catchup.wanted(link, chunk, now)
        if chunk.first > self._replica.log.seq(chunk.author) + 1:
            self.catchup.beyond_gap(link, chunk, live=live)
            return self.wants(now)
        effects = self._accept(link, chunk, now, live=live)
        while (waiting := self.catchup.take(chunk.author)) is not None:
            effects += self._accept(waiting.link, waiting.chunk, now, live=waiting.live)
        return effects + self.wants(now)

    def _accept(self, link: LinkId, chunk: Chunk, now: float, *, live: bool) -> list[Effect]:
        try:
            accepted = self._replica.take(chunk)
        except Forked as fork:
            self.catchup.distrust(link, chunk.author)
            return [e.Logged(str(fork)), *self._proved(self._hunts.differs(link, chunk, now))]
        except EnvelopeError as error:
            return self.refuse(link, str(error))
        if accepted is None:
            return []
        if not live:
            self.arrivals.take(accepted.ops, now)
        tip = self._replica.log.tip(chunk.author)
        return self._joined(accepted.chunk, tip, link, live=live) + self._blame(accepted.ops, link)

    def refuse(self, link: LinkId, why: str) -> list[Effect]:
        """What came over a link does not hold: one line in the log, and the link is closed."""
        return [e.Logged(why), *self._mesh.refuse(link, why)]

    def _joined(self, chunk: Chunk, tip: Tip, link: LinkId | None, *, live: bool) -> list[Effect]:
        """The one road of every op, local (`link` None) or remote: to the disk, to those who lack it, to the view."""
        effects: list[Effect] = [e.Persist(chunk, known(tip))]
        if live:
            effects += [
                e.Serve(other, chunk.author, chunk.first, chunk.last)
                for other in self._mesh.forwarding(chunk.author, link)
                if self.catchup.known(other, chunk.author) < chunk.last
            ]
        return effects + self.changed()

    def changed(self) -> list[Effect]:
        """What the view has to look at again."""
        touched = self._replica.document.take_touched()
        return [e.Changed(frozenset(touched))] if touched else []

    def _blame(self, ops: Sequence[Op], link: LinkId) -> list[Effect]:
        """A void op is logged, and costs its author the direct link; whoever only passes it on is not to blame."""
        void = [op for op in ops if op.void is not None]
        if not void:
            return []
        (seq, author), why = (void[0].id.seq, void[0].id.peer), str(void[0].void)
        more = f", and {len(void) - 1} more" if len(void) > 1 else ""
        effects: list[Effect] = [e.Logged(f"op {seq} of {short(author)} is void: {why}{more}")]
        direct = self._mesh.to(author)
        return effects + self._mesh.refuse(link, why) if direct is not None and direct.id == link else effects

    # -- ops of our own ----------------------------------------------------------------------------

    def seal(self, now: float) -> list[Effect]:
        """Store and send what was committed here, if it is due: at once after a pause, else at the end of the frame."""
        effects: list[Effect] = []
        for chunk, tip in self._replica.seal(now):
            effects += self._joined(chunk, tip, None, live=True)
        return effects + self._replica.sealing.released() if effects else effects

    # -- the disk ----------------------------------------------------------------------------------

    def persisted(self, tips: Iterable[tuple[PeerId, Known]], now: float) -> list[Effect]:
        """More is on disk; of a log that has been cut since it was to be written, what counts."""
        log = self._replica.log
        held = [(author, tip if tip.seq <= log.seq(author) else known(log.tip(author))) for author, tip in tips]
        self.holdings.add([(author, tip) for author, tip in held if tip.seq], now)
        return [e.StatusChanged()]

    def store_read(self, now: float) -> list[Effect]:
        """All of the board file has been read, for the first time or anew."""
        sealed = self.seal(inf) if self._replica.is_reading else []
        return [*sealed, *self.loading.read(now), *self.changed(), *self.wants(now)]

    # -- forks -------------------------------------------------------------------------------------

    def recalled(self, chunk: Chunk) -> list[Effect]:
        """The disk answers what a hunt asked of it."""
        return self._proved(self._hunts.recalled(chunk))

    def _answered(self, link: LinkId, chunk: Chunk, now: float) -> list[Effect]:
        try:
            return self._proved(self._hunts.arrived(chunk, now))
        except EnvelopeError as error:
            return self.refuse(link, str(error))

    def _proved(self, effects: list[Effect]) -> list[Effect]:
        found, self._hunts.found = self._hunts.found, []
        for fork in found:
            effects = effects + self._freeze(fork, None)
        return effects

    def _shown(self, link: LinkId, fork: m.Fork) -> list[Effect]:
        """Somebody proves a fork."""
        author = fork.one.author
        if not self._replica.editors.admit(author, fork.one.proof):
            return self.refuse(link, f"a fork of {short(author)}, which may not edit")
        if proven(fork, self._replica.log.is_signed) is None:
            return self.refuse(link, f"a fork of {short(author)} that is none")
        return self._freeze(fork, link)

    def fork_stored(self, fork: m.Fork) -> list[Effect]:
        """A proof from the board file, before its ops."""
        if self._replica.editors.admit(fork.one.author, fork.one.proof):
            seq = proven(fork, self._replica.log.is_signed)
            if seq is not None and self._replica.freeze(fork.one.author, seq):
                self.forks[fork.one.author] = fork
        return []

    def _freeze(self, fork: m.Fork, came_over: LinkId | None) -> list[Effect]:
        """Everybody's view of the author ends where its two logs part; whoever is linked is told."""
        author = fork.one.author
        seq = proven(fork, self._replica.log.is_signed)
        full = len(self.forks) >= MAX_FORKS and author not in self.forks
        if seq is None or full or not self._replica.freeze(author, seq):
            return []
        self.forks[author] = fork = fork.__class__(self._replica.proven(fork.one), fork.other)
        self.catchup.cut(author, seq)
        told = [e.Send(link, fork) for link in self.says if link != came_over]
        for link in self.says:
            self.says[link].forks.add(author)
        what = f"{self._name(author)} has signed two different histories"
        effects: list[Effect] = [
            e.Logged(f"{short(author)} has signed two different logs; what comes after op {seq} does not count"),
            e.Notice(f"{what}: what came after the last change that both share is left out."),
            e.KeepFork(fork),
            *told,
            e.PeopleChanged(),
        ]
        return effects + (self.loading.again() if self._replica.log.seq(author) > seq else [])

    def _name(self, author: PeerId) -> str:
        shape = self._replica.document.get(person_id(author))
        return str(shape.values.get("name", short(author))) if shape is not None else short(author)

    def _tell_forks(self, link: LinkId, entries: Collection[tuple[PeerId, Known]]) -> list[Effect]:
        """Whoever claims more of a forked log than counts does not know of the fork."""
        cuts, told = self._replica.log.cuts, self.says[link].forks
        news = [peer for peer, claim in entries if claim.seq > cuts.get(peer, inf) and peer not in told]
        told.update(news)
        return [e.Send(link, self.forks[peer]) for peer in news]

    def _as_far_as_it_counts(self, peer: PeerId, claim: Known) -> Known:
        cut = self._replica.log.cuts.get(peer)
        return claim if cut is None or claim.seq <= cut else Known(cut, b"")

    # -- time ----------------------------------------------------------------------------------------

    def tick(self, now: float) -> list[Effect]:
        """Ask for what is lacking, tell what is new on disk."""
        effects = self.wants(now)
        if self.holdings.due is not None and now >= self.holdings.due:
            document = self._replica.document
            news = self.holdings.news(document.digest(), document.visible_count, now)
            effects += [e.Send(link.id, news) for link in self._mesh.up()]
        if now - self._hashed >= HASH_EVERY:
            self._hashed = now
            hashed = m.HaveHash(self.holdings.hash())
            effects += [e.Send(link.id, hashed) for link in self._mesh.up()]
        return effects

    def sweep(self, now: float) -> list[Effect]:
        """Once a second: give up what does not come."""
        effects: list[Effect] = []
        for link, author in self.catchup.tick(now):
            effects.append(e.Logged(f"link {link} claims ops of {short(author)} and does not deliver them"))
            effects.append(e.StatusChanged())
        effects += [e.Send(link, m.HaveHash(self.holdings.hash())) for link in self.catchup.again(now)]
        self._hunts.tick(now)
        return effects

    def claim_memory(self, now: float) -> None:
        """Nothing can be written any more: what is held in memory can be fetched all the same."""
        log = self._replica.log
        held = [(peer, known(tip)) for peer, tip in log.tips() if self.holdings.seq(peer) < tip.seq]
        self.holdings.add(held, now)
