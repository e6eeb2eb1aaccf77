"""One key runs twice: both draw, in two halves of a mesh that then meet. Whatever comes of it, it is one board."""

from itertools import product
from random import Random

import pytest

from p2psketch import effects as e
from p2psketch.ops import Edit
from tests.simulation.cluster import Cluster
from tests.simulation.run import WALL, Run
from tests.simulation.story import INK

LEFT, RIGHT = (0, 1, 2), (3, 4, 5)
APART = 30.0


class Forking(Cluster):
    """What would surprise elsewhere is what is looked for here."""

    def watch(self, run: Run, effect: e.Effect) -> None:
        if not isinstance(effect, e.Logged):
            super().watch(run, effect)

    def _check_promises(self, run: Run) -> None:
        """Of a log that forks less comes than was promised."""


def pass_time(cluster: Cluster, seconds: float) -> None:
    cluster.network.run(cluster.network.now + seconds)


def draws(run: Run, color: int) -> None:
    stroke = {"kind": "stroke", "color": color, "points": run.rng.choice(INK)}
    run.perform(run.session.commit(Edit(((0, stroke),)), WALL))


def runs_twice(seed: int, shared: int) -> Forking:
    """A cluster in two halves, each with a program of one and the same key, which drew alike until it was copied."""
    cluster = Forking(Random(seed))
    for left, right in product(LEFT, RIGHT):
        cluster.network.cut(frozenset((left, right)), APART)
    for number in (*LEFT, *RIGHT):
        knows = [half[0] for half in (LEFT, RIGHT) if number in half[1:]]
        cluster.launch(number, knows=knows, seed=7 if number in (0, 3) else None)
    one, other = cluster.machines[0].run, cluster.machines[3].run
    assert one is not None and other is not None and one.me == other.me
    other.session.mesh.person = one.session.mesh.person
    for _ in range(shared):
        for run in (one, other):
            stroke = {"kind": "stroke", "points": INK[0]}
            run.perform(run.session.commit(Edit(((0, stroke),)), WALL))
        pass_time(cluster, 0.1)
    return cluster


@pytest.mark.parametrize("seed", range(8))
def test_a_key_that_runs_twice(seed: int) -> None:
    rng = Random(seed)
    shared = rng.choice([0, 1, 5, 40])
    cluster = runs_twice(seed, shared)
    author = cluster.runs[0].me
    while cluster.network.now < 1000 + APART - 5:
        for run in cluster.runs:
            if rng.random() < 0.4:
                draws(run, run.number)
        pass_time(cluster, rng.uniform(0.2, 2))
    cluster.stop(0)
    cluster.stop(3)
    if seed % 3 == 0:
        cluster.crash(4)
    pass_time(cluster, 10)
    cluster.launch(6)
    if seed % 3 == 0:
        cluster.launch(4)
    until = cluster.network.now + 60
    while (wrong := cluster.differences()) and cluster.network.now < until:
        pass_time(cluster, 0.5)
    assert not wrong
    cuts = [run.session.log.cuts for run in cluster.runs]
    assert all(cut == cuts[0] for cut in cuts) or all(run.session.log.seq(author) <= shared for run in cluster.runs)
    assert cluster.runs[0].session.log.seq(author) <= shared
    assert not cluster.surprises
