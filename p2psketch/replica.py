"""One peer's copy of the board: its logs, its document, its clock, and what it can take back.

Rule: an op, whoever made it, enters log and document here and nowhere else. A replica knows no links and no disk: what
it takes and what it seals is for the session to store, to show and to pass on.
"""

from collections.abc import Callable, Iterable, Sequence

from p2psketch.clock import LamportClock
from p2psketch.document import Document
from p2psketch.editors import Editors
from p2psketch.errors import BodyError, EnvelopeError, NotAnEditor
from p2psketch.ids import ShapeId, person_id, short
from p2psketch.keys import Identity, RoomKeys, check_ops
from p2psketch.oplog import Accepted, Chunk, OpLog
from p2psketch.ops import Edit, Op, read_op, split
from p2psketch.sealing import Sealed, Sealing
from p2psketch.shapes import Fields, Value
from p2psketch.undo import Undo


class Replica:
    """`take` what others did; `commit`, `undo` and `clear` what is done here, then `seal`.

    `introduce` gives the fields of our person, which our first op sets.
    """

    def __init__(self, me: Identity, room: RoomKeys, introduce: Callable[[], Fields]) -> None:
        self.document = Document()
        self.log = OpLog(room.room_id, check_ops)
        self.editors = Editors(room)
        self.undo_history = Undo()
        self.sealing = Sealing(lambda seq, head: me.sign_ops(room.room_id, seq, head))
        self._me = me.peer_id
        self._introduce = introduce
        self._clock = LamportClock()
        if room.can_edit:
            self.editors.admit(self._me, room.prove_edit(self._me))

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
        return accepted._replace(chunk=self._proven(accepted.chunk))

    def load(self, chunk: Chunk) -> bool:
        """Merge a chunk of our own disk; False if nothing in it is new. Raises EnvelopeError."""
        if not self.editors.admit(chunk.author, chunk.proof):
            raise EnvelopeError(f"nothing shows that {short(chunk.author)} may edit")
        accepted = self.log.accept(chunk, trusted=True)
        if accepted is None:
            return False
        self._apply(accepted.ops)
        return True

    def _proven(self, chunk: Chunk) -> Chunk:
        """The chunk as it is stored: what shows that its author may edit stays with it."""
        return chunk._replace(proof=self.editors.proof(chunk.author))

    def _apply(self, ops: Iterable[Op]) -> None:
        for op in ops:
            self.document.apply(op)
            self._clock.witness(op.stamp.time)

    # -- of our own ----------------------------------------------------------------------------------

    def commit(self, edit: Edit, wall: int) -> None:
        """One gesture: one step to undo. Raises BodyError, and changes nothing, if a field does not hold."""
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
        return [Sealed(self._proven(chunk), tip) for chunk, tip in self.sealing.seal(now)]

    def _commit(self, edit: Edit, wall: int) -> Sequence[Op]:
        if not edit.sets:
            return ()
        if self._me not in self.editors:
            raise NotAnEditor("This link lets you see the board, not change it.")
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
