"""Undo of one launch's own work, which never touches anybody else's.

Rule: a step keeps, per register, the stamp that we wrote and the value before with its stamp.
Undoing writes the old value back, as a new write, and remembers that the new stamp stands for
the old one. A register is ours if its stamp, followed through that memory, is the one we wrote;
otherwise somebody else has written it since, and it is left alone. Redo is the same, mirrored.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from p2psketch.document import Document
from p2psketch.ids import ShapeId, Stamp
from p2psketch.ops import Edit, Op
from p2psketch.shapes import Value

MAX_STEPS = 10_000

Register = tuple[ShapeId, str]


@dataclass(slots=True)
class Write:
    """What one step did to one register."""

    written: Stamp
    before: Value
    before_stamp: Stamp | None


Step = dict[Register, Write]


@dataclass(frozen=True, slots=True)
class Reversal:
    """The edit that takes a step back, the state it replaces, and how many registers it leaves to others."""

    edit: Edit
    replaces: dict[Register, tuple[Value, Stamp | None]]
    stands_for: dict[Register, Stamp | None]
    left: int
    redo: bool


class Undo:
    """Two stacks of steps. `plan` says what to commit; `record` or `complete` is told what was committed."""

    def __init__(self) -> None:
        self._done: list[Step] = []
        self._undone: list[Step] = []
        self._stands_for: dict[tuple[Register, Stamp], Stamp] = {}
        self._writes: dict[ShapeId, dict[str, list[Write]]] = {}

    @property
    def can_undo(self) -> bool:
        """Is there a step to take back?"""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Is there a step to do again?"""
        return bool(self._undone)

    def before(self, document: Document, edit: Edit) -> dict[Register, tuple[Value, Stamp | None]]:
        """The registers that an edit is about to overwrite; to be handed to `record`."""
        return {
            (shape, field): document.register(shape, field)
            for shape, fields in edit.sets
            if not isinstance(shape, int)
            for field in fields
        }

    def record(self, ops: Iterable[Op], before: dict[Register, tuple[Value, Stamp | None]]) -> None:
        """One gesture, committed as `ops`, is one new step. Creating a shape is undone by deleting it."""
        step: Step = {}
        for op in ops:
            for shape, fields in op.sets:
                if shape.seq == 0:
                    continue
                if (shape.peer, shape.seq) == op.id:
                    step[shape, "deleted"] = Write(op.stamp, True, op.stamp)
                else:
                    for field in fields:
                        step[shape, field] = Write(op.stamp, *before[shape, field])
        if step:
            while self._undone:
                self._forget(self._undone.pop())
            self._push(self._done, step)

    def plan(self, document: Document, *, redo: bool = False) -> Reversal | None:
        """Take the last step off its stack: what to commit for it, or None if there is none."""
        stack = self._undone if redo else self._done
        if not stack:
            return None
        step = stack.pop()
        self._forget(step)
        sets: dict[ShapeId, dict[str, Value]] = {}
        replaces: dict[Register, tuple[Value, Stamp | None]] = {}
        for register, write in step.items():
            shape, field = register
            value, stamp = document.register(shape, field)
            if self._follow(register, stamp) == self._follow(register, write.written):
                sets.setdefault(shape, {})[field] = write.before
                replaces[register] = value, stamp
        stands_for = {register: step[register].before_stamp for register in replaces}
        return Reversal(Edit(tuple(sets.items())), replaces, stands_for, len(step) - len(replaces), redo)

    def complete(self, reversal: Reversal, ops: Iterable[Op]) -> None:
        """The reversal was committed as `ops`: it can itself be taken back."""
        step: Step = {}
        for op in ops:
            for shape, fields in op.sets:
                for field in fields:
                    register = shape, field
                    old = reversal.stands_for.get(register)
                    if old is not None:
                        self._stands_for[register, op.stamp] = old
                    if register in reversal.replaces:
                        step[register] = Write(op.stamp, *reversal.replaces[register])
        if step:
            self._push(self._done if reversal.redo else self._undone, step)

    def observe(self, op: Op) -> None:
        """Somebody else's write that loses to ours is what lies beneath ours from now on."""
        if not self._writes:
            return
        for shape, fields in op.sets:
            ours = self._writes.get(shape)
            if ours is not None:
                for field, value in fields.items():
                    for write in ours.get(field, ()):
                        if write.written > op.stamp and (write.before_stamp is None or op.stamp > write.before_stamp):
                            write.before, write.before_stamp = value, op.stamp

    def _push(self, stack: list[Step], step: Step) -> None:
        stack.append(step)
        for (shape, field), write in step.items():
            self._writes.setdefault(shape, {}).setdefault(field, []).append(write)
        if len(stack) > MAX_STEPS:
            self._forget(stack.pop(0))

    def _forget(self, step: Step) -> None:
        for (shape, field), write in step.items():
            fields = self._writes[shape]
            fields[field] = [other for other in fields[field] if other is not write]
            if not fields[field]:
                del fields[field]
            if not fields:
                del self._writes[shape]

    def _follow(self, register: Register, stamp: Stamp | None) -> Stamp | None:
        while stamp is not None and (older := self._stands_for.get((register, stamp))) is not None:
            stamp = older
        return stamp
