"""Several authors draw, recolour, erase, undo and redo; chunks arrive late, again, out of order and in pieces.

Everything is compared with a second model of a few dozen lines: a board is the list of all writes it has seen, what a
register holds is the write with the highest stamp, and undo follows from its definition. When a run fails, Hypothesis
prints the program that replays it.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from p2psketch.clock import LamportClock
from p2psketch.cuts import UNIT
from p2psketch.document import Document
from p2psketch.ids import OpId, PeerId, ShapeId, Stamp
from p2psketch.keys import check_ops
from p2psketch.oplog import Chunk, OpLog
from p2psketch.ops import Edit, Op, encode_body, named, read_op
from p2psketch.undo import Undo
from tests.core.authors import ANN, BEN, CAT, INK, ROOM, signed

PLACES = range(0, UNIT + 1, UNIT // 8)
"""Along the one step of every stroke here; cuts begin and end near them."""

WATCHED = range(0, UNIT + 1, UNIT // 16)
"""Is there ink? Whatever cuts leave, one of these is in it."""

# The model


class Write(NamedTuple):
    """One field of one shape, set by one op."""

    stamp: Stamp
    shape: ShapeId
    field: str
    value: Any


Register = tuple[ShapeId, str]
Sets = list[tuple[ShapeId | int, Any]]


@dataclass
class Model:
    """The writes that one peer has seen, and what it did itself."""

    writes: set[Write] = field(default_factory=set)
    done: list[dict[Register, Stamp]] = field(default_factory=list)
    undone: list[dict[Register, Stamp]] = field(default_factory=list)
    stands_for: dict[tuple[Register, Stamp], Stamp] = field(default_factory=dict)

    def under(self, register: Register, stamp: Stamp | None = None) -> tuple[Any, Stamp]:
        """What a register holds; with `stamp`, what lies beneath the write of that stamp. Creation unsets all."""
        births = [(write.stamp, None) for write in self.writes if write.shape == register[0] and write.field == "kind"]
        writes = [(write.stamp, write.value) for write in self.writes if (write.shape, write.field) == register]
        by_stamp = dict(births) | dict(writes)
        last = max(other for other in by_stamp if stamp is None or other < stamp)
        return by_stamp[last], last

    def origin(self, register: Register, stamp: Stamp) -> Stamp:
        while (register, stamp) in self.stands_for:
            stamp = self.stands_for[register, stamp]
        return stamp

    def reversal(self, *, redo: bool) -> dict[Register, tuple[Any, Stamp]]:
        """What the last step's registers go back to, as far as they are still ours."""
        step = (self.undone if redo else self.done)[-1]
        ours = [r for r, stamp in step.items() if self.origin(r, self.under(r)[1]) == self.origin(r, stamp)]
        return {register: self.beneath(register, step[register]) for register in ours}

    def beneath(self, register: Register, stamp: Stamp) -> tuple[Any, Stamp]:
        """What lies beneath a write of ours; beneath the creation of a shape, that it is deleted."""
        created = any(write.stamp == stamp and write.field == "kind" for write in self.writes)
        return (True, stamp) if created and register[1] == "deleted" else self.under(register, stamp)

    def cuts(self, shape: ShapeId) -> list[tuple[int, ...]]:
        """All that is cut off a shape now."""
        fields = {write.field for write in self.writes if write.shape == shape and write.field.startswith("cut/")}
        return [cut for name in fields if (cut := self.under((shape, name))[0])]

    def left(self, shape: ShapeId) -> set[int]:
        """Where there is ink."""
        ranges = [cut[n : n + 2] for cut in self.cuts(shape) for n in range(0, len(cut), 2)]
        return {place for place in WATCHED if not any(begin <= place <= end for begin, end in ranges)}

    def visible(self) -> set[ShapeId]:
        born = {write.shape for write in self.writes if write.field == "kind"}
        there = {shape for shape in born if not self.under((shape, "deleted"))[0]}
        return {shape for shape in there if self.left(shape)}


# The real thing


class Peer:
    """One launch: the core as a session wires it, and the model beside it."""

    def __init__(self, me: PeerId) -> None:
        self.me = me
        self.clock, self.log = LamportClock(), OpLog(ROOM, check_ops)
        self.document, self.undo = Document(), Undo()
        self.model = Model()

    def commit(self, sets: Sets) -> tuple[Chunk, Op]:
        time, body = self.clock.tick(), encode_body(self.me, sets)
        chunk = signed(self.log.append(self.me, time, 0, body))
        op = read_op(self.me, chunk.first, time, 0, body)
        assert op.void is None
        self.document.apply(op)
        self.note(op)
        return chunk, op

    def note(self, op: Op) -> None:
        self.model.writes |= {
            Write(op.stamp, shape, name, tuple(value) if isinstance(value, list) else value)
            for shape, fields in op.sets
            for name, value in fields.items()
        }

    def does(self, sets: Sets) -> Chunk:
        before = self.undo.before(self.document, Edit(tuple(sets)))
        chunk, op = self.commit(sets)
        self.undo.record([op], before)
        created = {shape for shape, _ in op.sets if (shape.peer, shape.seq) == op.id}
        self.model.done.append(
            {(shape, "deleted"): op.stamp for shape in created}
            | {(shape, name): op.stamp for shape, fields in op.sets if shape not in created for name in fields}
        )
        self.model.undone.clear()
        return chunk

    def undoes(self, *, redo: bool) -> Chunk | None:
        model = self.model
        source, target = (model.undone, model.done) if redo else (model.done, model.undone)
        plan = self.undo.plan(self.document, redo=redo)
        assert (plan is not None) == bool(source)
        if plan is None:
            return None
        expected = model.reversal(redo=redo)
        sets: Sets = list(plan.edit.sets)
        planned = {
            (shape, name): tuple(value) if isinstance(value, list) else value
            for shape, fields in sets
            for name, value in fields.items()
        }
        assert planned == {register: value for register, (value, _) in expected.items()}
        assert plan.left == len(source.pop()) - len(expected)
        if not sets:
            self.undo.complete(plan, [])
            return None
        chunk, op = self.commit(sets)
        self.undo.complete(plan, [op])
        target.append(dict.fromkeys(expected, op.stamp))
        model.stands_for |= {(register, op.stamp): beneath for register, (_, beneath) in expected.items()}
        return chunk

    def hears(self, chunk: Chunk) -> None:
        accepted = self.log.accept(chunk)
        for op in accepted.ops if accepted else ():
            self.document.apply(op)
            self.clock.witness(op.stamp.time)
            self.undo.observe(op)
            self.note(op)


who = st.sampled_from([ANN, BEN, CAT])
colors = st.integers(1, 9)


class Whiteboard(RuleBasedStateMachine):
    """Three peers, and everything that was ever sent."""

    def __init__(self) -> None:
        super().__init__()
        self.peers = {me: Peer(me) for me in (ANN, BEN, CAT)}
        self.sent: list[Chunk] = []

    def send(self, chunk: Chunk | None) -> None:
        if chunk is not None:
            self.sent.append(chunk)

    def shapes(self, me: PeerId) -> list[ShapeId]:
        return sorted(self.peers[me].model.visible())

    @rule(me=who, color=colors, count=st.integers(1, 2))
    def draw(self, me: PeerId, color: int, count: int) -> None:
        stroke = {"kind": "stroke", "points": INK, "color": color}
        self.send(self.peers[me].does([(n, stroke) for n in range(count)]))

    @rule(me=who, color=colors, at=st.integers(0, 5))
    def recolour(self, me: PeerId, color: int, at: int) -> None:
        if shapes := self.shapes(me):
            self.send(self.peers[me].does([(shapes[at % len(shapes)], {"color": color})]))

    @rule(me=who, width=colors)
    def restyle_all(self, me: PeerId, width: int) -> None:
        if shapes := self.shapes(me):
            self.send(self.peers[me].does([(shape, {"width": width, "color": width}) for shape in shapes]))

    @rule(me=who, at=st.integers(0, 5))
    def erase(self, me: PeerId, at: int) -> None:
        if shapes := self.shapes(me):
            self.send(self.peers[me].does([(shapes[at % len(shapes)], {"deleted": True})]))

    @rule(me=who, at=st.integers(0, 5), begin=st.integers(0, 4), length=st.integers(1, 6))
    def cut(self, me: PeerId, at: int, begin: int, length: int) -> None:
        """A part of one or two strokes; named for the op as a replica does it."""
        if shapes := self.shapes(me):
            peer = self.peers[me]
            cut = [max(PLACES[begin] - 3, 0), PLACES[begin + min(length, 4)] + 3]
            some = {shapes[n % len(shapes)] for n in (at, at + 1)}
            edit = Edit(tuple((shape, {"cut": cut}) for shape in sorted(some)))
            self.send(peer.does(list(named(edit, OpId(me, peer.log.seq(me) + 1)).sets)))

    @rule(me=who)
    def undo(self, me: PeerId) -> None:
        self.send(self.peers[me].undoes(redo=False))

    @rule(me=who)
    def redo(self, me: PeerId) -> None:
        self.send(self.peers[me].undoes(redo=True))

    @rule(me=who, back=st.integers(0, 9))
    def receive(self, me: PeerId, back: int) -> None:
        """Something that was sent, by whomever, arrives: perhaps again, perhaps over a gap."""
        if self.sent:
            self.peers[me].hears(self.sent[-1 - back % len(self.sent)])

    @rule(me=who, author=who, start=st.integers(0, 9))
    def catch_up(self, me: PeerId, author: PeerId, start: int) -> None:
        """All of one author's ops from somewhere on arrive in one chunk; some may be known."""
        chunks = [chunk for chunk in self.sent if chunk.author == author][start:]
        if chunks:
            length, blob = len(chunks), b"".join(chunk.blob for chunk in chunks)
            self.peers[me].hears(chunks[0]._replace(length=length, blob=blob, signature=chunks[-1].signature))

    @rule(me=who)
    def hear_everything(self, me: PeerId) -> None:
        for chunk in self.sent:
            self.peers[me].hears(chunk)

    @rule(me=who, other=who, color=colors, at=st.integers(0, 5), at_once=st.booleans(), redo=st.booleans())
    def contend(self, me: PeerId, other: PeerId, color: int, at: int, at_once: bool, redo: bool) -> None:
        """Both see all there is and recolour one shape, at once or one after the other; the first undoes that."""
        for one in (me, other):
            self.hear_everything(one)
        self.recolour(me, color, at)
        if not at_once:
            self.hear_everything(other)
        self.recolour(other, color + 1, at)
        self.hear_everything(me)
        self.undo(me)
        if redo:
            self.redo(me)

    @invariant()
    def every_board_is_that_of_its_model(self) -> None:
        for peer in self.peers.values():
            document, model = peer.document, peer.model
            visible = {shape.id: shape for shape in document.visible()}
            assert visible.keys() == model.visible()
            assert document.visible_count == len(visible)
            for id, shape in visible.items():
                assert shape.values.get("color") == model.under((id, "color"))[0]
                assert shape.values.get("width") == model.under((id, "width"))[0]
                pieces = [(0.0, 1.0)] if shape.pieces is None else shape.pieces
                kept = {p for p in WATCHED if any(begin <= p / UNIT <= end for begin, end in pieces)}
                assert kept == model.left(id)
            assert (peer.undo.can_undo, peer.undo.can_redo) == (bool(model.done), bool(model.undone))

    @invariant()
    def whoever_has_seen_the_same_has_the_same(self) -> None:
        by_tips = {tuple(sorted(peer.log.tips())): peer.document.digest() for peer in self.peers.values()}
        for peer in self.peers.values():
            assert peer.document.digest() == by_tips[tuple(sorted(peer.log.tips()))]

    def teardown(self) -> None:
        """In the end everybody hears everything, and all boards are one."""
        for peer in self.peers.values():
            for chunk in self.sent:
                peer.hears(chunk)
        self.every_board_is_that_of_its_model()
        assert len({peer.document.digest() for peer in self.peers.values()}) == 1
        assert len({tuple(sorted(peer.log.tips())) for peer in self.peers.values()}) == 1


class LongWhiteboard(Whiteboard):
    """The same, for longer."""


TestWhiteboard = Whiteboard.TestCase
TestWhiteboard.settings = settings(max_examples=30, stateful_step_count=40)

TestLongWhiteboard = pytest.mark.slow(LongWhiteboard.TestCase)
TestLongWhiteboard.settings = settings(max_examples=1000, stateful_step_count=100)
