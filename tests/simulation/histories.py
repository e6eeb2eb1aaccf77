"""Days offline: people who draw, change, delete, undo and restart without each other, and meet in any order.

`History(seed)` decides everything by its seed; `.venv/bin/python -m tests.simulation.histories SEED` plays one again.
What must come out is known from the ops alone: per register, the write with the highest stamp (`expected`, a second and
slow implementation of the document).
"""

import sys
from collections.abc import Iterable, Iterator
from itertools import count
from random import Random

from p2psketch import effects as e
from p2psketch.ids import ShapeId, Stamp
from p2psketch.messages import Person
from p2psketch.oplog import Chunk, unpack_triples
from p2psketch.ops import Edit, Op, read_op
from p2psketch.shapes import Value
from tests.core.sessions import WALL, Desk, connect, exchange, pass_time

Registers = dict[tuple[ShapeId, str], tuple[Stamp, Value]]


class History:
    """One seed's worth of offline days: `play`, then `check`."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.rng = Random(seed)
        self._keys = count(33)
        self.desks = [self._desk(name) for name in "ABCDE"[: self.rng.randint(2, 5)]]
        self.busy = self.rng.choice([5, 20, 60])

    def _desk(self, name: str) -> Desk:
        return Desk(name, key=chr(next(self._keys)))

    def play(self) -> None:
        """Some days, with meetings between them, and in the end everybody meets."""
        for _ in range(self.rng.randint(1, 4)):
            for place in range(len(self.desks)):
                if self.rng.random() < 0.25:
                    self.desks[place] = self._restarted(self.desks[place])
                self._works_alone(self.desks[place])
            self._some_meet()
        for place, one in enumerate(self.desks):
            for other in self.desks[place + 1 :]:
                connect(one, other)
        exchange(*self.desks)
        pass_time(1, *self.desks)

    def _restarted(self, desk: Desk) -> Desk:
        """A new launch on the file of the old one, which had been drawing something."""
        new = self._desk(desk.session.mesh.person.name)
        new.chunks, new.now = list(desk.chunks), desk.now
        for event in new.board_file():
            new.happens(event)
        return new

    def _works_alone(self, desk: Desk) -> None:
        rng, session = self.rng, desk.session
        for _ in range(rng.randint(0, self.busy)):
            desk.now += rng.choice([0.001, 0.3, 40.0])
            shapes = sorted(shape.id for shape in session.document.visible())
            some = rng.sample(shapes, min(len(shapes), rng.choice([1, 1, 4])))
            match rng.choices(range(7), [8, 5, 4, 3, 5, 2, 0.2])[0]:
                case 0:
                    desk.draws(color=rng.randrange(2**24))
                case 1 if some:
                    self._sets(desk, some, color=rng.randrange(2**24))
                case 2 if some:
                    self._sets(desk, some, placement=[1, 0, 0, 1, rng.randrange(900), 0])
                case 3 if some:
                    self._sets(desk, some, deleted=True)
                case 4:
                    desk.run(session.undo(WALL, redo=rng.random() < 0.3))
                case 5:
                    desk.run(session.rename(Person(f"N{rng.randrange(9)}", 7), WALL))
                case 6:
                    desk.run(session.clear(WALL))

    def _sets(self, desk: Desk, shapes: list[ShapeId], **fields: Value) -> None:
        desk.run(desk.session.commit(Edit(tuple((shape, fields) for shape in shapes)), WALL))

    def _some_meet(self) -> None:
        """In pairs, one after the other, so that work goes on by way of others; each then goes its way."""
        rng = self.rng
        for _ in range(rng.randint(0, len(self.desks))):
            one, other = rng.sample(self.desks, 2)
            connect(one, other)
            exchange(one, other)
            if rng.random() < 0.5:
                self._works_alone(one)
                exchange(one, other)
            for link in list(one.links):
                one.close(link)

    def check(self) -> None:
        """Everybody has everything, and one board; it is the one that the ops say."""
        chunks = {(chunk.author, chunk.first): chunk for desk in self.desks for chunk in desk.chunks}
        registers = expected(chunks.values())
        first = self.desks[0].session
        for desk in self.desks:
            session = desk.session
            assert dict(session.log.tips()) == dict(first.log.tips()), "the logs differ"
            assert session.document.digest() == first.document.digest(), "the boards differ"
            assert session.caught_up()
            for (shape, name), (stamp, value) in registers.items():
                assert session.document.register(shape, name) == (value, stamp), f"{shape} {name}"
            assert not desk.all_told(e.Logged), "something was logged"
        assert sum(tip.seq for _, tip in first.log.tips()) == sum(chunk.length for chunk in chunks.values())

    def undo_all(self) -> None:
        """Nobody's steps are lost in merging: all of one's own strokes that nobody else touched can be taken back."""
        desk = self.desks[0]
        touched = {shape for shape, _ in self._touched_by_others(desk)}
        for _ in range(10_000):
            if not desk.session.replica.undo_history.can_undo:
                break
            desk.run(desk.session.undo(WALL))
        mine = {shape.id for shape in desk.session.document.visible() if shape.id.peer == desk.me}
        assert mine <= touched
        exchange(*self.desks)
        assert len({other.session.document.digest() for other in self.desks}) == 1

    def _touched_by_others(self, desk: Desk) -> Iterator[tuple[ShapeId, str]]:
        for other in self.desks:
            for chunk in other.chunks:
                if chunk.author != desk.me:
                    for op in ops_in(chunk):
                        yield from ((shape, name) for shape, fields in op.sets for name in fields)


def ops_in(chunk: Chunk) -> list[Op]:
    """The ops of a chunk."""
    triples = unpack_triples(chunk.length, chunk.blob)
    return [read_op(chunk.author, seq, *triple) for seq, triple in enumerate(triples, chunk.first)]


def expected(chunks: Iterable[Chunk]) -> Registers:
    """The registers that ops amount to: the definition, and nothing else."""
    registers: Registers = {}
    for chunk in chunks:
        for op in ops_in(chunk):
            for shape, fields in op.sets:
                for name, value in fields.items():
                    if name in ("kind", "points") and (shape.peer, shape.seq) != op.id and shape.seq:
                        continue
                    held = registers.get((shape, name))
                    if held is None or op.stamp > held[0]:
                        registers[shape, name] = op.stamp, value
    return registers


def play(seed: int) -> History:
    """A history that holds; AssertionError, with what plays it again, if it does not."""
    history = History(seed)
    try:
        history.play()
        history.check()
        history.undo_all()
    except Exception as error:
        again = f".venv/bin/python -m tests.simulation.histories {seed}"
        raise AssertionError(f"{error}\nTo play it again: {again}") from error
    return history


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        print(f"{len(play(int(argument)).desks)} peers agree")
