"""Boards with more peers than a peer has links: they stay one component, and agree."""

from random import Random

import pytest

from p2psketch import mesh
from p2psketch.ops import Edit
from tests.simulation.cluster import Cluster
from tests.simulation.story import INK

EVERY = 0.15
"""Seconds between two who join."""


@pytest.fixture
def few_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """A quarter of the links that a peer has elsewhere, so that few peers are too many for them."""
    for limit in ("DIALS_TO", "ACCEPTS_TO", "NEEDY", "WELL_LINKED"):
        monkeypatch.setattr(mesh, limit, getattr(mesh, limit) // 4)


def joined(peers: int, *, tracker: bool = True) -> Cluster:
    """So many, one by one, each of whom draws a stroke. Without a tracker each knows only the one before."""
    cluster = Cluster(Random(peers))
    if not tracker:
        cluster.tracker = None
    for number in range(peers):
        run = cluster.launch(number, knows=[] if tracker or not number else [number - 1])
        run.perform(run.session.commit(Edit(((0, {"kind": "stroke", "points": INK[0]}),)), 1))
        cluster.network.run(cluster.network.now + EVERY)
    return cluster


def check(cluster: Cluster) -> None:
    """All agree, soon; nobody has too many links, nor too few."""
    cluster.settle(60)
    links = [len(run.session.mesh) for run in cluster.runs]
    assert max(links) <= mesh.ACCEPTS_TO
    assert min(links) >= mesh.NEEDY
    board = cluster.runs[0].session.document
    assert board.visible_count == len(links)


def test_34_peers() -> None:
    check(joined(34))


@pytest.mark.usefixtures("few_links")
def test_peers_that_know_only_the_one_before() -> None:
    check(joined(10, tracker=False))


@pytest.mark.slow
def test_34_peers_that_know_only_the_one_before() -> None:
    check(joined(34, tracker=False))


@pytest.mark.slow
def test_60_peers() -> None:
    check(joined(60))


@pytest.mark.slow
def test_200_peers() -> None:
    cluster = joined(200)
    check(cluster)
    dials = sum(run.dials for run in cluster.runs)
    cluster.network.run(cluster.network.now + 60)
    assert len(cluster.components()) == 1
    dials = sum(run.dials for run in cluster.runs) - dials
    assert dials < 2 * 200, f"{dials} dials in a minute in which nothing happened"


@pytest.mark.usefixtures("few_links")
@pytest.mark.parametrize(("needy", "parts"), [(2, 1), (0, 2)])
def test_one_more_comes_when_all_are_full(monkeypatch: pytest.MonkeyPatch, needy: int, parts: int) -> None:
    """With a hard cap it would stay outside."""
    most = mesh.ACCEPTS_TO
    monkeypatch.setattr(mesh, "DIALS_TO", most)
    monkeypatch.setattr(mesh, "NEEDY", needy)
    cluster = joined(most + 1)
    cluster.network.run(cluster.network.now + 10)
    assert {len(run.session.mesh) for run in cluster.runs} == {most}
    cluster.launch(most + 1)
    cluster.network.run(cluster.network.now + 10)
    assert len(cluster.components()) == parts


@pytest.mark.slow
def test_those_who_leave_and_come_back_do_not_tear_it_apart() -> None:
    cluster = joined(40)
    rng = Random(1)
    for _ in range(30):
        number = rng.randrange(40)
        rng.choice([cluster.stop, cluster.kill, cluster.crash])(number)
        cluster.network.run(cluster.network.now + EVERY)
        cluster.launch(number)
    cluster.settle(60)
