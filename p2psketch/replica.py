"""One peer's copy of the board: its logs, its document, its clock, and what it can take back.

Rule: an op, whoever made it, enters log and document here and nowhere else. A replica knows no links and no disk: what
it takes and what it seals is for the session to store, to show and to pass on.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from p2psketch.clock import MAX_TIME, LamportClock
from p2psketch.document import Document
from p2psketch.editors import Editors
from p2psketch.errors import VIEW_ONLY, BodyError, EnvelopeError, NotAnEditor
from p2psketch.ids import OpId, PeerId, ShapeId, person_id, short
from p2psketch.keys import Identity, RoomKeys, check_ops
from p2psketch.oplog import Accepted, Chunk, OpLog, Tip, head_after, unpack_triples
from p2psketch.ops import Edit, Op, named, read_op, split
from p2psketch.sealing import Sealed, Sealing
from p2psketch.shapes import Fields, Value
from p2psketch.undo import Undo


class Copy(NamedTuple):
    """Logs, and what they amount to."""

    log: OpLog
    document: Document


class Replica:
    """`take` what others did; `commit`, `undo` and `clear` what is done here, then `seal`.

    `introduce` gives the fields of our person, which our first op sets.
    """

    def __init__(self, me: Identity, room: RoomKeys, introduce: Callable[[], Fields]) -> None:
        self.editors = Editors(room)
        self.undo_history = Undo()
        self.sealing = Sealing(lambda seq, head: me.sign_ops(room.room_id, seq, head))
        self._me = me.peer_id
        self._shown = self._reading = Copy(OpLog(room.room_id, check_ops), Document())
        self._since: list[Chunk] = []
        self._mine: list[Chunk] = []
        self.unsaved: list[Sealed] = []
        """Ours, that a disk has lost: to be stored again. A log that went back would fork with its next op."""
        self._signatures: dict[PeerId, Chunk] = {}
        self._islands: list[Chunk] = []
        self._doubted: set[PeerId] = set()
        self._introduce = introduce
        self._clock = LamportClock()
        if room.can_edit:
            self.editors.admit(self._me, room.prove_edit(self._me))

    @property
    def document(self) -> Document:
        """The board as it is shown."""
        return self._shown.document

    @property
    def log(self) -> OpLog:
        """Where everybody's log ends here."""
        return self._shown.log

    # -- of others -----------------------------------------------------------------------------------

    def take(self, chunk: Chunk) -> Accepted | None:
        """Merge what is new in a chunk; None if nothing is, or if it lies beyond a gap. Raises EnvelopeError.

        The author has to have been admitted among the editors.
        """
        accepted = self.log.accept(chunk)
        if accepted is None:
            return None
        self._apply(accepted.ops)
        for op in accepted.ops:
            self.undo_history.observe(op)
        return accepted._replace(chunk=self._noted(accepted.chunk))

    def _noted(self, chunk: Chunk) -> Chunk:
        """The chunk as it goes to the disk, of which what is being read anew may not have it yet."""
        chunk = self.proven(chunk)
        if self.is_reading:
            self._since.append(chunk)
        return chunk

    def proven(self, chunk: Chunk) -> Chunk:
        """The chunk as it is stored: what shows that its author may edit stays with it."""
        return chunk._replace(proof=self.editors.proof(chunk.author))

    # -- from the disk -------------------------------------------------------------------------------

    def load(self, chunk: Chunk) -> bool:
        """Merge a chunk of our own disk; False if nothing in it is new, or something lacks before it (`holes`). Raises
        EnvelopeError.
        """
        if not self.editors.admit(chunk.author, chunk.proof):
            raise EnvelopeError(f"nothing shows that {short(chunk.author)} may edit")
        if chunk.first > self._reading.log.seq(chunk.author) + 1 and chunk.author not in self.log.cuts:
            self._islands.append(chunk)
            return False
        accepted = self._reading.log.accept(chunk, trusted=chunk.author not in self._doubted)
        if accepted is None:
            return False
        self._signatures[chunk.author] = chunk
        for op in accepted.ops:
            self._reading.document.apply(op)
            self._clock.witness(op.stamp.time)
        return True

    def unsigned(self) -> set[PeerId]:
        """Once all has been loaded: authors whose last chunk is not signed, so that nothing of theirs can be believed.

        A signature is for all that leads up to it: one check an author stands for all of its chunks.
        """
        last, self._signatures = self._signatures, {}
        doubtful = (author for author in last if author not in self._doubted and author not in self.log.cuts)
        return {author for author in doubtful if not self.log.is_signed(last[author], self.log.tip(author).head)}

    def loaded(self, author: PeerId) -> int:
        """How many ops of an author have come from the disk, in the present reading of it."""
        return self._reading.log.seq(author)

    def loaded_tips(self) -> Iterator[tuple[PeerId, Tip]]:
        """Where the logs of all authors end that have come from the disk, in the present reading of it."""
        return self._reading.log.tips()

    def holes(self) -> int:
        """How many ops lack that stand on the disk before others of the same authors."""
        ends = {author: tip.seq for author, tip in self._reading.log.tips()}
        lacking = 0
        for chunk in self._islands:
            lacking += max(chunk.first - ends.get(chunk.author, 0) - 1, 0)
            ends[chunk.author] = max(chunk.last, ends.get(chunk.author, 0))
        return lacking

    def show_islands(self) -> None:
        """What lies beyond a hole and is signed is shown too: whoever did it is not to lose it for what lacks before
        it. It is not in the log, so that it is neither claimed nor served, and comes again when the hole is filled.
        """
        for chunk in self._islands:
            with suppress(EnvelopeError):
                if self.log.is_signed(chunk, head_after(chunk)):
                    triples = enumerate(unpack_triples(chunk.length, chunk.blob), chunk.first)
                    self._apply(read_op(chunk.author, seq, *triple) for seq, triple in triples)
        self._islands = []

    def freeze(self, author: PeerId, seq: int) -> bool:
        """The log of a forked author ends with `seq` at the latest; False if that was known. Then `begin_again`."""
        if seq >= self.log.cuts.get(author, MAX_TIME):
            return False
        self.log.cuts[author] = seq
        return True

    def begin_again(self, doubted: Iterable[PeerId] = ()) -> None:
        """The board is to be read anew from the disk, beside the one that is shown until `turn`.

        Of the `doubted` only what is signed is taken.
        """
        self._doubted |= set(doubted)
        self._islands = []
        self._reading = Copy(OpLog(self.log.room, check_ops), Document())
        self._reading.log.cuts = self.log.cuts

    @property
    def is_reading(self) -> bool:
        """Is the board being read anew?"""
        return self._reading is not self._shown

    def turn(self) -> None:
        """All has been read: show it, and with it what has joined meanwhile."""
        before = self._shown
        self._shown, self._signatures = self._reading, {}
        for chunk in self._mine:
            if (accepted := self.log.accept(chunk, trusted=True)) is not None:
                self._apply(accepted.ops)
                self.unsaved.append(Sealed(accepted.chunk, self.log.tip(self._me)))
        for chunk in self._since:
            with suppress(EnvelopeError):  # it went on from what does not count any more
                accepted = self.log.accept(chunk)
                self._apply(accepted.ops if accepted is not None else ())
        self._since = []
        self.document.touch(before.document)

    def _apply(self, ops: Iterable[Op]) -> None:
        for op in ops:
            self.document.apply(op)
            self._clock.witness(op.stamp.time)

    # -- of our own ----------------------------------------------------------------------------------

    def commit(self, edit: Edit, wall: int) -> None:
        """One gesture: one step to undo. Raises BodyError, and changes nothing, if a field does not hold."""
        edit = named(edit, OpId(self._me, self.log.seq(self._me) + 1))
        before = self.undo_history.before(self.document, edit)
        self.undo_history.record(self._commit(edit, wall), before)

    def annotate(self, edit: Edit, wall: int) -> None:
        """A change that is no gesture, and no step to undo."""
        self._commit(edit, wall)

    def clear(self, wall: int) -> None:
        """Delete every visible shape, as one step."""
        erase: tuple[tuple[ShapeId, dict[str, Value]], ...] = tuple(
            (shape.id, {"deleted": True}) for shape in self.document.visible()
        )
        self.commit(Edit(erase), wall)

    def undo(self, wall: int, *, redo: bool) -> int:
        """Take back, or do again, the last step where nobody has changed it since; in how many places somebody has."""
        reversal = self.undo_history.plan(self.document, redo=redo)
        if reversal is None:
            return 0
        self.undo_history.complete(reversal, self._commit(reversal.edit, wall))
        return reversal.left

    def seal(self, now: float) -> list[Sealed]:
        """The chunks of our own that may leave now."""
        sealed = [Sealed(self._noted(chunk), tip) for chunk, tip in self.sealing.seal(now)]
        self._mine += [chunk for chunk, _ in sealed]
        return sealed

    def must_edit(self) -> None:
        """Raises NotAnEditor if the link in use permits to see the board only, or our log has forked."""
        if self._me not in self.editors:
            raise NotAnEditor(VIEW_ONLY)
        if self._me in self.log.cuts:
            raise NotAnEditor("Another program has signed as this one: open the board anew to draw on.")

    def _commit(self, edit: Edit, wall: int) -> Sequence[Op]:
        if not edit.sets:
            return ()
        self.must_edit()
        seq = self.log.seq(self._me)
        if seq == 0:
            edit = Edit(((person_id(self._me), self._introduce()), *edit.sets))
        bodies = list(split(self._me, edit))
        ops = [read_op(self._me, seq + nth, self._clock.tick(), wall, body) for nth, body in enumerate(bodies, start=1)]
        for op in ops:
            if op.void is not None:
                raise BodyError(op.void)
        for op, body in zip(ops, bodies, strict=True):
            chunk = self.log.append(self._me, op.stamp.time, wall, body)
            self.sealing.add(chunk, self.log.tip(self._me))
        self._apply(ops)
        return ops
