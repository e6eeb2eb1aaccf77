"""Undo takes back what this launch did, and never what anybody else did."""

from typing import Any

import pytest

from p2psketch import cuts
from p2psketch.document import Document
from p2psketch.ids import PeerId, ShapeId, person_id
from p2psketch.ops import Edit, Op
from p2psketch.undo import Reversal, Undo
from tests.core.authors import ANN, BEN, PERSON, STROKE, Author, shape_of

RED, GREEN, BLUE = 0xFF0000, 0x00FF00, 0x0000FF


class Launch(Author):
    """A launch with a board and a history: it does things, undoes and redoes them, and hears of others."""

    def __init__(self, me: PeerId) -> None:
        super().__init__(me)
        self.document = Document()
        self.history = Undo()
        self.left = 0

    def does(self, *sets: tuple[ShapeId | int, Any]) -> Op:
        """One gesture, one op."""
        return self.does_in_ops(sets)[0]

    def does_in_ops(self, *parts: tuple[tuple[ShapeId | int, Any], ...]) -> list[Op]:
        """One gesture, too large for one op."""
        before = self.history.before(self.document, Edit(sum(parts, ())))
        ops = [self.op(*sets) for sets in parts]
        for op in ops:
            self.document.apply(op)
        self.history.record(ops, before)
        return ops

    def colors(self, shape: ShapeId, color: int) -> Op:
        return self.does((shape, {"color": color}))

    def erases(self, shape: ShapeId) -> Op:
        return self.does((shape, {"deleted": True}))

    def undoes(self, *, redo: bool = False) -> Op | None:
        """The op that was committed for it, if any."""
        reversal = self.history.plan(self.document, redo=redo)
        self.left = reversal.left if reversal else 0
        return self._commits(reversal) if reversal else None

    def _commits(self, reversal: Reversal) -> Op | None:
        ops = [self.op(*reversal.edit.sets)] if reversal.edit.sets else []
        for op in ops:
            self.document.apply(op)
        self.history.complete(reversal, ops)
        return ops[0] if ops else None

    def redoes(self) -> Op | None:
        return self.undoes(redo=True)

    def hears(self, *ops: Op | None) -> None:
        for op in ops:
            assert op is not None
            self.document.apply(op)
            self.clock.witness(op.stamp.time)
            self.history.observe(op)

    def color(self, shape: ShapeId) -> int:
        seen = self.document.get(shape)
        assert seen is not None
        return seen.color

    @property
    def stacks(self) -> tuple[bool, bool]:
        return self.history.can_undo, self.history.can_redo


def two_with_a_red_stroke() -> tuple[Launch, Launch, ShapeId]:
    ann, ben = Launch(ANN), Launch(BEN)
    drawn = ann.does((0, {**STROKE, "color": RED}))
    ben.hears(drawn)
    return ann, ben, shape_of(drawn)


# Alone


def test_with_nothing_done_there_is_nothing_to_undo() -> None:
    ann = Launch(ANN)
    assert ann.stacks == (False, False)
    assert ann.undoes() is None and ann.redoes() is None


def test_a_stroke_is_undone_and_redone() -> None:
    ann, _, shape = two_with_a_red_stroke()
    assert ann.stacks == (True, False)
    for _ in range(3):
        assert ann.undoes() is not None
        assert (ann.document.visible_count, ann.stacks) == (0, (False, True))
        assert ann.redoes() is not None
        assert (ann.document.visible_count, ann.stacks) == (1, (True, False))
    assert ann.color(shape) == RED


def test_an_undo_is_an_op_like_any_other() -> None:
    ann, ben, shape = two_with_a_red_stroke()
    undone = ann.undoes()
    assert undone is not None and undone.sets == [(shape, {"deleted": True})]
    ben.hears(undone)
    assert ben.document.visible_count == 0
    assert ben.document.digest() == ann.document.digest()


def test_a_field_goes_back_to_what_it_was() -> None:
    ann, _, shape = two_with_a_red_stroke()
    for color in (GREEN, BLUE):
        ann.colors(shape, color)
    for before in (GREEN, RED):
        ann.undoes()
        assert ann.color(shape) == before
    for after in (GREEN, BLUE):
        ann.redoes()
        assert ann.color(shape) == after


def test_a_field_never_set_is_unset_again() -> None:
    ann, _, shape = two_with_a_red_stroke()
    ann.does((shape, {"placement": [1, 0, 0, 1, 5, 5], "z": b"\xff"}))
    undone = ann.undoes()
    assert undone is not None and undone.sets == [(shape, {"placement": None, "z": None})]
    assert undone.void is None


def test_one_gesture_is_one_step_also_in_several_ops() -> None:
    ann, _, shape = two_with_a_red_stroke()
    ann.does_in_ops(((0, STROKE), (shape, {"color": BLUE})), ((0, STROKE), (1, STROKE)))
    assert ann.document.visible_count == 4
    ann.undoes()
    assert (ann.document.visible_count, ann.color(shape)) == (1, RED)
    ann.redoes()
    assert (ann.document.visible_count, ann.color(shape)) == (4, BLUE)


def test_erasing_is_undone_however_much_it_was() -> None:
    ann, _, first = two_with_a_red_stroke()
    second = shape_of(ann.does((0, STROKE)))
    ann.does((first, {"deleted": True}), (second, {"deleted": True}))
    assert ann.document.visible_count == 0
    ann.undoes()
    assert ann.document.visible_count == 2


def test_drawing_erasing_and_all_the_way_back_and_forth() -> None:
    ann, _, shape = two_with_a_red_stroke()
    ann.erases(shape)
    counts = []
    for redo in (False, False, True, True, False, False, True, True):
        ann.undoes(redo=redo)
        counts.append(ann.document.visible_count)
        assert ann.left == 0
    assert counts == [1, 0, 1, 0, 1, 0, 1, 0]


def test_something_new_ends_what_could_be_redone() -> None:
    ann, _, shape = two_with_a_red_stroke()
    ann.colors(shape, GREEN)
    ann.undoes()
    ann.colors(shape, BLUE)
    assert ann.stacks == (True, False)
    assert ann.redoes() is None
    ann.undoes()
    assert ann.color(shape) == RED


def test_who_one_is_cannot_be_undone() -> None:
    ann = Launch(ANN)
    ann.does((person_id(ANN), PERSON), (0, STROKE))
    undone = ann.undoes()
    assert undone is not None and [shape for shape, _ in undone.sets] == [ShapeId(ANN, 1, 0)]
    ann.redoes()
    ann.does((person_id(ANN), {"name": "Anna"}))
    ann.undoes()
    assert ann.document.register(person_id(ANN), "name")[0] == "Anna"
    assert ann.stacks == (False, True)


def test_the_oldest_step_is_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("p2psketch.undo.MAX_STEPS", 5)
    ann, _, shape = two_with_a_red_stroke()
    for color in range(5):
        ann.colors(shape, color)
    assert "deleted" not in ann.history._writes[shape]
    assert len(ann.history._writes[shape]["color"]) == 5
    for color in (3, 2, 1, 0, RED):
        ann.undoes()
        assert ann.color(shape) == color
    assert ann.stacks == (False, True)


# With others


def test_what_another_has_changed_since_is_left() -> None:
    ann, ben, shape = two_with_a_red_stroke()
    ben.hears(ann.colors(shape, GREEN))
    ann.hears(ben.colors(shape, BLUE))
    assert ann.undoes() is None
    assert (ann.left, ann.color(shape)) == (1, BLUE)
    assert ann.stacks == (True, False)


def test_the_rest_of_the_step_is_undone() -> None:
    ann, ben, shape = two_with_a_red_stroke()
    ben.hears(ann.does((shape, {"color": GREEN, "width": 9})))
    ann.hears(ben.colors(shape, BLUE))
    undone = ann.undoes()
    assert undone is not None and undone.sets == [(shape, {"width": 4})]
    assert (ann.left, ann.color(shape)) == (1, BLUE)
    redone = ann.redoes()
    assert redone is not None and redone.sets == [(shape, {"width": 9})]
    assert ann.left == 0


def test_undo_is_of_ones_own_steps_only() -> None:
    _, ben, shape = two_with_a_red_stroke()
    assert ben.undoes() is None
    ben.colors(shape, BLUE)
    ben.undoes()
    assert ben.color(shape) == RED
    assert ben.undoes() is None
    assert ben.document.visible_count == 1


def test_a_shape_that_another_erased_is_left() -> None:
    ann, ben, shape = two_with_a_red_stroke()
    ann.hears(ben.erases(shape))
    assert ann.undoes() is None
    assert ann.left == 1
    ann.hears(ben.undoes())
    assert ann.document.visible_count == 1


def test_a_shape_that_another_moved_is_taken_back_with_it() -> None:
    ann, ben, shape = two_with_a_red_stroke()
    ann.hears(ben.does((shape, {"placement": [1, 0, 0, 1, 5, 5]})))
    ann.undoes()
    assert (ann.document.visible_count, ann.left) == (0, 0)


def test_what_another_did_at_the_same_time_lies_beneath() -> None:
    """Ben's green came late and lost to Ann's blue; when Ann takes the blue back, it is green, not red."""
    ann, ben, shape = two_with_a_red_stroke()
    green = ben.colors(shape, GREEN)
    ann.clock.tick()
    ann.colors(shape, BLUE)
    ann.hears(green)
    assert ann.color(shape) == BLUE
    ann.undoes()
    assert (ann.color(shape), ann.left) == (GREEN, 0)
    ann.redoes()
    assert (ann.color(shape), ann.left) == (BLUE, 0)
    ann.undoes()
    assert ann.color(shape) == GREEN


def test_only_the_highest_of_what_came_late_lies_beneath() -> None:
    ann, ben, shape = two_with_a_red_stroke()
    late = [ben.colors(shape, color) for color in (1, 2, 3)]
    for _ in late:
        ann.clock.tick()
    ann.colors(shape, BLUE)
    ann.hears(late[0], late[2], late[1])
    ann.undoes()
    assert ann.color(shape) == 3


def test_what_came_late_lies_beneath_the_step_it_belongs_to() -> None:
    ann, ben, shape = two_with_a_red_stroke()
    ann.colors(shape, GREEN)
    for _ in range(5):
        ben.clock.tick()
    between = ben.colors(shape, 7)
    for _ in range(9):
        ann.clock.tick()
    ann.colors(shape, BLUE)
    ann.hears(between)
    ann.undoes()
    assert (ann.color(shape), ann.left) == (7, 0)
    ann.undoes()
    assert (ann.color(shape), ann.left) == (7, 1), "the green is under Ben's colour, and Ann leaves that alone"


def test_erased_by_both_it_stays_erased_when_one_undoes() -> None:
    ann, ben, shape = two_with_a_red_stroke()
    theirs = ben.erases(shape)
    ann.clock.tick()
    ann.erases(shape)
    ann.hears(theirs)
    ann.undoes()
    assert ann.document.visible_count == 0


def test_undo_unsets_ones_own_cut_and_leaves_that_of_another() -> None:
    ann, ben, shape = two_with_a_red_stroke()
    half = cuts.UNIT // 2
    cut = ben.does((shape, {"cut/ben": [0, half]}))
    ann.hears(cut)
    ben.hears(ann.does((shape, {"cut/ann": [half, cuts.UNIT]})))
    assert ann.document.visible_count == ben.document.visible_count == 0
    undone = ben.undoes()
    assert undone is not None and undone.sets == [(shape, {"cut/ben": None})]
    ann.hears(undone)
    stroke = ann.document.get(shape)
    assert stroke is not None and stroke.pieces == [(0, 0.5)]
    ann.hears(ben.redoes())
    assert (ann.document.visible_count, ben.left) == (0, 0)


def test_undo_after_somebodys_undo() -> None:
    """Ben took his colour back: the value is Ann's again, but it was Ben who wrote it last, so it is left."""
    ann, ben, shape = two_with_a_red_stroke()
    ben.hears(ann.colors(shape, GREEN))
    ann.hears(ben.colors(shape, BLUE))
    ann.hears(ben.undoes())
    assert ann.color(shape) == GREEN
    assert ann.undoes() is None
    assert (ann.left, ann.color(shape)) == (1, GREEN)


def test_what_was_undone_is_not_redone_over_anothers_change() -> None:
    ann, ben, shape = two_with_a_red_stroke()
    ben.hears(ann.colors(shape, GREEN))
    ben.hears(ann.undoes())
    ann.hears(ben.colors(shape, BLUE))
    assert ann.redoes() is None
    assert (ann.left, ann.color(shape)) == (1, BLUE)


def test_an_edit_of_a_shape_that_has_not_arrived_goes_back_to_how_it_was_drawn() -> None:
    ann, ben = Launch(ANN), Launch(BEN)
    drawn = ben.does((0, {**STROKE, "color": RED}))
    ann.clock.tick()
    ann.colors(shape_of(drawn), BLUE)
    ann.hears(drawn)
    assert ann.color(shape_of(drawn)) == BLUE
    ann.undoes()
    assert ann.color(shape_of(drawn)) == RED


def test_only_what_can_be_undone_or_redone_is_remembered() -> None:
    ann, _, shape = two_with_a_red_stroke()
    ann.does((shape, {"color": GREEN, "width": 9}))
    for redo in [False, True] * 5 + [False, False]:
        ann.undoes(redo=redo)
        assert sum(len(writes) for fields in ann.history._writes.values() for writes in fields.values()) == 3
    ann.does((0, STROKE))
    assert sum(len(writes) for fields in ann.history._writes.values() for writes in fields.values()) == 1


def test_a_launch_that_did_nothing_remembers_nothing_of_others() -> None:
    ann, ben, shape = two_with_a_red_stroke()
    for color in range(5):
        ben.hears(ann.colors(shape, color))
    assert not ben.history._writes and not ben.history._stands_for
