"""A newcomer gets the board: quickly, from several at once, hardly anything twice, and while the others draw on."""

from math import inf
from random import Random

import pytest

from p2psketch import effects as e
from p2psketch import ink
from p2psketch import messages as m
from p2psketch.oplog import CHUNK_BYTES
from p2psketch.ops import Edit
from tests.simulation.cluster import Cluster, Machine
from tests.simulation.run import WALL, End, Run

NEWCOMER = 99


class Counting(Cluster):
    """Counts the bytes of ops that the newcomer receives."""

    received = 0

    def heard(self, end: End, message: m.PeerMessage) -> None:
        super().heard(end, message)
        if isinstance(message, m.Ops) and end.run.number == NEWCOMER:
            self.received += len(message.chunk.blob)


def stroke(points: int) -> Edit:
    line = ink.encode([(n * 3.0, n * 7 % 50 + 0.0) for n in range(points)])
    return Edit(((0, {"kind": "stroke", "points": line}),))


def cluster_with(ops: int, peers: int, points: int = 30, authors: int = 1) -> Counting:
    """Peers on good lines that share a board of so many strokes."""
    cluster = Counting(Random(ops + peers))
    for number in range(peers):
        cluster.launch(number)
    cluster.network.run(cluster.network.now + 5)
    edit = stroke(points)
    for nth in range(ops):
        run = cluster.runs[nth % authors]
        run.perform(run.session.commit(edit, WALL))
        if nth % 500 == 0:
            cluster.network.run(cluster.network.now + 0.5)
    cluster.settle(30)
    return cluster


def size_of_board(cluster: Cluster) -> int:
    return sum(len(chunk.blob) for chunk in cluster.runs[0].disk.chunks())


def little_twice(cluster: Counting) -> bool:
    """Chunks at the ends of ranges come whole, so some come twice: a fifth of a board, or two of a small one."""
    return cluster.received < 1.2 * size_of_board(cluster) + 2 * CHUNK_BYTES


def join(cluster: Cluster, rate: float | None = None) -> Run:
    for machine in cluster.machines if rate else ():
        cluster.network.rates[frozenset((machine, NEWCOMER))] = rate or 0
    return cluster.launch(NEWCOMER)


def seconds_until_there(cluster: Cluster, run: Run, limit: float) -> float:
    began = cluster.network.now
    while not (len(run.session.mesh) == len(cluster.runs) - 1 and run.session.caught_up()):
        cluster.network.run(cluster.network.now + 0.1)
        assert cluster.network.now - began < limit, f"after {limit} s: {run.session.catchup.progress()}"
    return cluster.network.now - began


@pytest.mark.parametrize(
    ("peers", "ops", "points", "rate", "seconds"),
    [
        (1, 5_000, 30, None, 4),
        (4, 5_000, 30, None, 4),
        (4, 3_000, 300, 100_000, 20),
        (1, 1_000, 100, 20_000, 25),
        (3, 1_000, 100, 20_000, 22),
    ],
)
def test_a_board_arrives(peers: int, ops: int, points: int, rate: float | None, seconds: float) -> None:
    cluster = cluster_with(ops, peers, points)
    run = join(cluster, rate)
    seconds_until_there(cluster, run, seconds)
    assert run.session.log.op_count() == ops
    assert little_twice(cluster)
    cluster.settle(5)


def test_a_board_of_many_authors_arrives() -> None:
    """More authors than ranges fit into one message: each launch is another author."""
    cluster, edit = Counting(Random(3)), stroke(2)
    machine = cluster.machines[0] = Machine(0)
    for seed in range(1_100):
        former = Run(cluster, 0, machine.address, machine.disk, seed, keeps=True)
        former.session.commit(edit, WALL)
        for effect in former.session.seal(inf):
            if isinstance(effect, e.Persist):
                machine.disk.append(effect.chunk)
    machine.disk.commit()
    cluster.launch(0)
    run = join(cluster)
    seconds_until_there(cluster, run, 10)
    assert len(dict(run.session.log.tips())) == 1_100
    cluster.settle(5)


def test_a_newcomer_catches_up_while_the_others_draw_on() -> None:
    cluster = cluster_with(3_000, 5)
    edit = stroke(30)

    def draw(run: Run) -> None:
        if cluster.network.now < until:
            run.perform(run.session.commit(edit, WALL))
            cluster.network.after(1 / 12, draw, run)

    until = cluster.network.now + 12
    for run in cluster.runs:
        draw(run)
    cluster.network.run(cluster.network.now + 2)
    run = join(cluster)
    assert seconds_until_there(cluster, run, 6) < 6
    assert run.session.log.op_count() > 3_000
    cluster.network.run(until)
    assert little_twice(cluster)
    cluster.settle(5)


def test_a_server_that_dies_in_the_middle_is_replaced() -> None:
    cluster = cluster_with(4_000, 3, 100)
    run = join(cluster, 100_000)
    while run.session.log.op_count() < 500:
        cluster.network.run(cluster.network.now + 0.1)
    cluster.crash(1)
    cluster.kill(2)
    seconds_until_there(cluster, run, 40)
    assert run.session.log.op_count() == 4_000


def test_who_joins_nobody_is_not_caught_up_with_anybody_but_not_stuck() -> None:
    cluster = Cluster(Random(1))
    run = cluster.launch(0)
    cluster.network.run(cluster.network.now + 5)
    assert run.session.caught_up()
    assert len(run.session.mesh) == 0
