"""What happens to a cluster: people who draw, undo and clear, machines that crash, a network that breaks.

`Story(seed)` decides everything by its seed. `play` ends with a cluster that agrees, or raises AssertionError with the
command that plays it again.
"""

from itertools import combinations
from random import Random

from p2psketch import ink
from p2psketch.ids import ShapeId
from p2psketch.messages import Person
from p2psketch.ops import Edit
from tests.simulation.cluster import Cluster
from tests.simulation.faults import Fault
from tests.simulation.network import START
from tests.simulation.run import WALL, Run

INK = tuple(ink.encode([(x, y), (x + 10.0, y + 5.0), (x + 20.0, y)]) for x in range(0, 40, 10) for y in (0.0, 30.0))
PATIENCE = 150.0
"""Seconds in which a cluster must agree once nothing happens any more: longer than the longest wait of a redial."""


class Story:
    """One seed's worth of trouble."""

    def __init__(self, seed: int, fault: Fault | None = None) -> None:
        self.seed = seed
        self.rng = rng = Random(seed)
        self.fault = fault
        self.cluster = Cluster(rng, fault)
        self.size = rng.randint(3, 8)
        self.drawing: set[Run] = set()
        self.lasts = rng.choice([2.0, 3.0, 5.0, 7.0, 20.0])
        self.until = START + self.lasts
        self._set_up_network()
        self._set_up_machines()

    def _set_up_network(self) -> None:
        network, rng = self.cluster.network, self.rng
        network.fastest = rng.choice([0.0005, 0.005, 0.02])
        network.slowest = network.fastest * rng.choice([2, 10, 40])
        pairs = [frozenset(pair) for pair in combinations(range(self.size), 2)]
        if self.fault is Fault.RELAY or rng.random() < 0.6:
            network.never.add(rng.choice(pairs))
        for pair in rng.sample(pairs, rng.choice([0, 0, 1])):
            network.rates[pair] = rng.uniform(20_000, 100_000)

    def _set_up_machines(self) -> None:
        rng, network = self.rng, self.cluster.network
        visitor = rng.randrange(1, self.size) if self.size > 3 and rng.random() < 0.3 else None
        spread = rng.choice([0.0, 0.3, 2.0])
        for number in range(self.size):
            keeps, moves = number != visitor, rng.random() < 0.5
            late = self.until - START - 1 if number == self.size - 1 else spread
            network.after(rng.uniform(0, late), self._launch, number, keeps, moves)
        for _ in range(rng.randint(0, 6)):
            network.after(rng.uniform(0.5, self.until - START), self._disturb)

    def play(self) -> float:
        """Everything; returns how many seconds it took to agree."""
        try:
            self.cluster.network.run(self.until)
            for number, machine in self.cluster.machines.items():
                if machine.run is None:
                    self.cluster.launch(number)
            return self.cluster.settle(PATIENCE)
        except Exception as error:
            raise AssertionError(f"{error}\nTo play it again: {self.command}") from error

    @property
    def command(self) -> str:
        """Plays this story again."""
        fault = f" --fault {self.fault.value}" if self.fault else ""
        return f".venv/bin/python -m tests.simulation {self.seed}{fault}"

    # -- machines and network ------------------------------------------------------------------------

    def _launch(self, number: int, keeps: bool = True, moves: bool = False) -> None:
        machine = self.cluster.machines.get(number)
        if machine is None or machine.run is None:
            run = self.cluster.launch(number, keeps=keeps, moves=moves)
            self.cluster.network.after(
                self.rng.uniform(0, 0.5), self._act, run, self.rng.choice([4, 12, 36]) / self.lasts
            )

    def _disturb(self) -> None:
        cluster, rng, network = self.cluster, self.rng, self.cluster.network
        number = rng.choice(list(cluster.machines) or [0])
        if number not in cluster.machines:
            return
        match rng.randrange(10):
            case 0 | 1:
                network.after(rng.uniform(0.01, 2), self._launch, number)
                cluster.crash(number)
            case 2:
                network.after(rng.uniform(0.01, 1), self._launch, number)
                cluster.kill(number)
            case 3:
                network.after(rng.uniform(0.6, 3), self._launch, number)
                cluster.stop(number)
            case 4 | 5:
                other = rng.randrange(self.size)
                network.cut(frozenset((number, other)), rng.choice([0.5, 4, 7, 17, 25]))
            case 6:
                for other in range(self.size):
                    network.cut(frozenset((number, other)), rng.choice([2, 6, 17]))
            case 7:
                self._repeat(cluster.machines[number].run)
                cluster.machines[number].disk.sync()
            case 8:
                cluster.machines[number].disk.full = rng.random() < 0.5
            case 9:
                if cluster.tracker is not None and cluster.tracker.up:
                    cluster.tracker.die(rng.uniform(1, 20))

    def _repeat(self, run: Run | None) -> None:
        """Some ops are sent a second time."""
        for end in list(run.ends.values()) if run is not None and run.alive else ():
            for author, tip in run.session.log.tips() if run is not None else ():
                if end.id in end.run.session.logs.says and self.rng.random() < 0.5:
                    first = self.rng.randint(1, tip.seq)
                    end.outbox.serve(author, first, self.rng.randint(first, tip.seq))
            end.flush()

    # -- people --------------------------------------------------------------------------------------

    def _act(self, run: Run, pace: float) -> None:
        network = self.cluster.network
        if not run.alive or network.now >= self.until:
            if run.alive:
                run.perform(run.session.cancel_draft())
            return
        self._do(run)
        network.after(self.rng.expovariate(pace), self._act, run, pace)

    def _do(self, run: Run) -> None:
        rng, session, now = self.rng, run.session, self.cluster.network.now
        wall = WALL + int(now * 1000)
        match rng.choices(range(9), [8, 10, 4, 3, 2, 0.3, 4, 3, 0.5])[0]:
            case 0:
                stroke = {"kind": "stroke", "points": rng.choice(INK), "color": rng.randrange(2**24), "width": 3}
                run.perform(session.commit(Edit(((0, stroke),)), wall))
            case 1:
                self._change(run, {"color": rng.randrange(2**24)}, wall)
            case 2:
                self._change(run, {"placement": [1, 0, 0, 1, rng.randrange(500), 0]}, wall)
            case 3:
                self._change(run, {"deleted": rng.random() < 0.7}, wall)
            case 4:
                run.perform(session.undo(wall, redo=rng.random() < 0.4))
            case 5:
                run.perform(session.clear(wall))
            case 6:
                self._draw(run, wall)
            case 7:
                cursor = (rng.uniform(0, 99), 1.0) if rng.random() < 0.8 else None
                run.perform(session.point(cursor, None, "pen", now))
            case 8:
                run.perform(session.rename(Person(f"N{rng.randrange(9)}", 7), wall))

    def _change(self, run: Run, fields: dict[str, object], wall: int) -> None:
        """Of few shapes, so that people get in each other's way."""
        shapes = sorted(shape.id for shape in run.session.document.visible())
        chosen: list[ShapeId] = self.rng.sample(shapes[:6], min(len(shapes), self.rng.choice([1, 1, 3])))
        if chosen:
            run.perform(run.session.commit(Edit(tuple((shape, fields) for shape in chosen)), wall))

    def _draw(self, run: Run, wall: int) -> None:
        session, rng, now = run.session, self.rng, self.cluster.network.now
        if run not in self.drawing:
            self.drawing.add(run)
            session.begin_draft({"kind": "stroke", "color": 1})
        points = [(rng.uniform(0, 100), rng.uniform(0, 100)) for _ in range(3)]
        run.perform(session.extend_draft(points, None, now, wall))
        if rng.random() < 0.4:
            self.drawing.discard(run)
            run.perform(session.finish_draft(wall))
