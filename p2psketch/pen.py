"""The stroke under our own pen: shown to the others as it grows, kept on disk as it grows, committed when it ends.

Rule: what is drawn is told after what has been drawn, and what is kept of a stroke goes with the op that it becomes:
the disk drops the one in the transaction that brings the other. While nobody draws, nothing is due.
"""

from collections.abc import Sequence
from typing import Final

from p2psketch import effects as e
from p2psketch import messages as m
from p2psketch.drafting import Drafting, signed
from p2psketch.effects import Effect
from p2psketch.errors import BodyError
from p2psketch.ids import PeerId, short
from p2psketch.keys import Identity
from p2psketch.logs import Logs
from p2psketch.mesh import Mesh
from p2psketch.ops import Edit, encode_body, read_op
from p2psketch.replica import Replica
from p2psketch.shapes import Fields

KEEP_WITHIN: Final = 0.2
"""Seconds until a point is on its way to the disk: a quarter second at the most, with what lies between."""

RECOVERED: Final = "The stroke you were drawing when p2psketch ended was recovered."


class Pen:
    """`begin`, `extend`, then `finish` or `cancel`; `tick` when it is `due`. What a dead launch left: `found`,
    `recover`.
    """

    def __init__(self, replica: Replica, mesh: Mesh, logs: Logs, identity: Identity, room_id: bytes) -> None:
        self._replica = replica
        self._mesh = mesh
        self._logs = logs
        self._identity = identity
        self._room_id = room_id
        self._me = identity.peer_id
        self._drafting = Drafting(self._me)
        self._keep_at: float | None = None
        self._is_kept = False
        self._wall = 0
        self._found: list[e.DraftStored] = []

    # -- drawing -------------------------------------------------------------------------------------

    def begin(self, fields: Fields) -> list[Effect]:
        """The pen touches the board, with the style of the stroke to be. Raises NotAnEditor for a viewer."""
        self._replica.must_edit()
        self._drafting.begin(fields)
        self._keep_at = None
        return []

    def extend(
        self, points: Sequence[m.Point], pressure: Sequence[float] | None, now: float, wall: int
    ) -> list[Effect]:
        """The pen moved. A stroke that is full is committed, and continued as another."""
        effects: list[Effect] = []
        self._wall = wall
        while self._drafting.active and points:
            fitted = self._drafting.extend(points, pressure)
            if self._keep_at is None:
                self._keep_at = now + KEEP_WITHIN
            points, pressure = points[fitted:], pressure[fitted:] if pressure is not None else None
            if points:
                fields, (start, force) = self._drafting.fields, self._drafting.tail()
                effects += self.finish(wall)
                self._drafting.begin(fields)
                self._drafting.extend(start, force)
        return effects + self.tick(now)

    def finish(self, wall: int) -> list[Effect]:
        """The pen leaves the board: the stroke is committed, then its draft ends, on the same links and on the disk."""
        if not self._drafting.active:
            return []
        stroke = self._drafting.stroke()
        effects: list[Effect] = []
        if stroke is not None:
            self._replica.commit(Edit(((0, stroke),)), wall)
            effects = self._logs.changed()
        return effects + self._end(self._drafting.end())

    def cancel(self) -> list[Effect]:
        """The stroke is not wanted: it vanishes everywhere."""
        return self._end(self._drafting.end(cancelled=True)) if self._drafting.active else []

    def _end(self, last: m.Draft) -> list[Effect]:
        dropped = [e.DropDraft(self._me)] if self._is_kept else []
        self._keep_at, self._is_kept = None, False
        return self._in_order([*self._tell(last), *dropped])

    # -- while it grows ------------------------------------------------------------------------------

    def due(self) -> float | None:
        """When something is to be told or kept, if there is something."""
        times = [time for time in (self._drafting.due(), self._keep_at) if time is not None]
        return min(times, default=None)

    def tick(self, now: float) -> list[Effect]:
        """Tell the others, and the disk, what is new and due."""
        effects: list[Effect] = []
        due = self._drafting.due()
        if due is not None and now >= due and (news := self._drafting.increment(now)) is not None:
            effects += self._tell(news)
        if self._keep_at is not None and now >= self._keep_at:
            effects += self._keep()
        return self._in_order(effects)

    def whole(self) -> m.Draft | None:
        """All that has been told so far, for a link that has just come up."""
        draft = self._drafting.whole()
        return draft and signed(draft, self._identity, self._room_id)

    def _keep(self) -> list[Effect]:
        self._keep_at = None
        stroke = self._drafting.stroke()
        if stroke is None:
            return []
        self._is_kept = True
        return [e.KeepDraft(self._me, self._wall, encode_body(self._me, [(0, stroke)]))]

    def _tell(self, draft: m.Draft) -> list[Effect]:
        draft = signed(draft, self._identity, self._room_id)
        return [e.Send(link, draft) for link in self._mesh.forwarding(self._me, None)]

    def _in_order(self, effects: Sequence[Effect]) -> list[Effect]:
        """What is drawn comes after what has been drawn."""
        return list(self._replica.sealing.hold(effects))

    # -- what a launch that died has left ------------------------------------------------------------

    def found(self, draft: e.DraftStored) -> list[Effect]:
        """The board file holds a stroke that was never finished."""
        if draft.author != self._me:
            self._found.append(draft)
        return []

    def recover(self) -> list[Effect]:
        """All of the file has been read: what was found becomes ours, to keep or to undo. A viewer leaves it there."""
        if not self._found or self._me not in self._replica.editors:
            return []
        found, self._found = self._found, []
        effects: list[Effect] = []
        recovered = 0
        for draft in found:
            if self._is_committed(draft):
                recovered += 1
            else:
                effects.append(e.Logged(f"the board file: what {short(draft.author)} was drawing is no stroke"))
            effects += self._in_order([e.DropDraft(draft.author)])
        notices: list[Effect] = [e.Notice(RECOVERED)] if recovered else []
        return [*effects, *self._logs.changed(), *notices]

    def _is_committed(self, draft: e.DraftStored) -> bool:
        fields = _stroke_in(draft.author, draft.wall, draft.body)
        if fields is None:
            return False
        try:
            self._replica.commit(Edit(((0, fields),)), draft.wall)
        except BodyError:
            return False
        return True


def _stroke_in(author: PeerId, wall: int, body: bytes) -> Fields | None:
    """The fields of the one new shape that is in a body; None if that is not what is in it."""
    op = read_op(author, 1, 1, wall, body)
    if op.void is not None or len(op.sets) != 1:
        return None
    shape, fields = op.sets[0]
    return fields if (shape.peer, shape.seq) == op.id else None
