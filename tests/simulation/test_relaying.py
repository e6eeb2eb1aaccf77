"""Peers that cannot link see each other's strokes grow and pointers move, over those who can."""

from collections.abc import Iterable
from itertools import combinations
from random import Random

import pytest

from p2psketch import effects as e
from p2psketch import messages as m
from p2psketch.ids import PeerId
from p2psketch.ops import Edit
from tests.simulation.cluster import Cluster
from tests.simulation.run import WALL, Run
from tests.simulation.story import INK

STYLE = {"kind": "stroke", "color": 7, "width": 3}
SOON = 0.3
"""Seconds in which a word gets across a few relays."""


class Counting(Cluster):
    """Counts what is sent of drafts and pointers."""

    def __init__(self, seed: int) -> None:
        super().__init__(Random(seed))
        self.sent = 0

    def watch(self, run: Run, effect: e.Effect) -> None:
        super().watch(run, effect)
        self.sent += isinstance(effect, e.Send) and isinstance(effect.message, m.Draft | m.Presence)


def cluster_of(peers: int, linked: Iterable[tuple[int, int]], seed: int = 1) -> Counting:
    """A cluster in which only these pairs can link, once they have."""
    cluster = Counting(seed)
    possible = {frozenset(pair) for pair in linked}
    cluster.network.never = {frozenset(pair) for pair in combinations(range(peers), 2)} - possible
    for number in range(peers):
        cluster.launch(number)
    pass_time(cluster, 6)
    return cluster


def pass_time(cluster: Cluster, seconds: float) -> None:
    cluster.network.run(cluster.network.now + seconds)


def draw(run: Run, points: int, at: float) -> None:
    """The pen moves on; the first time it touches the board."""
    session = run.session
    line = [(at + n, 0.0) for n in range(points)]
    run.perform(session.extend_draft(line, None, run.network.now, WALL))


def begin(run: Run) -> None:
    run.session.begin_draft(STYLE)


def lift(run: Run) -> None:
    run.perform(run.session.finish_draft(WALL))


def point(run: Run, x: float) -> None:
    run.perform(run.session.point((x, 0.0), None, "pen", run.network.now))


def seen_of(run: Run, author: PeerId) -> int | None:
    """How many points of somebody's draft are seen; None if no draft is."""
    sketches = [sketch for key, sketch in run.session.presences.sketches.items() if key[0] == author]
    return len(sketches[0].points) if sketches else None


def pointer_of(run: Run, author: PeerId) -> float | None:
    shown = run.session.presences.pointers.get(author)
    return shown.cursor[0] if shown is not None and shown.cursor is not None else None


def passes_on(run: Run, author: PeerId) -> bool:
    link = run.session.mesh.to(author)
    return link is not None and bool(run.session.mesh.showing(author, link.id))


LINE = [(0, 1), (1, 2)]
SQUARE = [(0, 1), (1, 2), (2, 3), (3, 0)]


@pytest.mark.parametrize("links", [LINE, SQUARE])
def test_who_cannot_link_sees_drafts_and_pointers(links: list[tuple[int, int]]) -> None:
    cluster = cluster_of(max(max(pair) for pair in links) + 1, links)
    ann, _, cat, *_ = cluster.runs
    begin(ann)
    for length in range(1, 6):
        draw(ann, 2, length * 10.0)
        point(ann, float(length))
        pass_time(cluster, SOON)
        assert seen_of(cat, ann.me) == 2 * length
        assert pointer_of(cat, ann.me) == length
    lift(ann)
    pass_time(cluster, SOON)
    assert seen_of(cat, ann.me) is None
    assert cat.session.document.visible_count == 1
    cluster.settle(10)


def test_three_hops_away_too() -> None:
    cluster = cluster_of(4, [(0, 1), (1, 2), (2, 3)])
    ann, *_, dan = cluster.runs
    begin(ann)
    draw(ann, 3, 0.0)
    point(ann, 5.0)
    pass_time(cluster, SOON)
    assert seen_of(dan, ann.me) == 3
    assert pointer_of(dan, ann.me) == 5


def test_of_two_who_could_pass_it_on_one_does() -> None:
    cluster = cluster_of(4, [(0, 1), (0, 3), (1, 2), (1, 3), (2, 3)])
    ann = cluster.runs[0]
    cluster.sent = 0
    point(ann, 1.0)
    pass_time(cluster, SOON)
    assert cluster.sent == 3


def test_a_draft_goes_on_when_its_relay_dies() -> None:
    cluster = cluster_of(4, SQUARE)
    ann, ben, cat, dan = cluster.runs
    begin(ann)
    draw(ann, 3, 0.0)
    pass_time(cluster, SOON)
    (relay,) = [run for run in (ben, dan) if passes_on(run, ann.me)]
    cluster.crash(relay.number)
    for turn in range(60):
        draw(ann, 1, 10.0 + turn)
        pass_time(cluster, SOON)
    assert seen_of(cat, ann.me) == 63
    lift(ann)
    pass_time(cluster, SOON)
    assert seen_of(cat, ann.me) is None
    assert cat.session.document.visible_count == 1


def test_who_comes_late_behind_a_relay_sees_the_whole_draft() -> None:
    cluster = cluster_of(2, [(0, 1)])
    cluster.network.never.add(frozenset((0, 2)))
    ann = cluster.runs[0]
    begin(ann)
    draw(ann, 3, 0.0)
    cat = cluster.launch(2)
    for turn in range(20):
        draw(ann, 1, 10.0 + turn)
        pass_time(cluster, SOON)
    assert seen_of(cat, ann.me) == 23


def test_a_link_that_comes_up_in_the_middle_of_a_stroke() -> None:
    cluster = cluster_of(3, LINE)
    ann, _, cat = cluster.runs
    begin(ann)
    draw(ann, 3, 0.0)
    pass_time(cluster, SOON)
    cluster.network.never.clear()
    for turn in range(100):
        draw(ann, 1, 10.0 + turn)
        pass_time(cluster, SOON)
    assert ann.session.mesh.to(cat.me) is not None
    assert seen_of(cat, ann.me) == 103
    lift(ann)
    pass_time(cluster, SOON)
    assert seen_of(cat, ann.me) is None


@pytest.mark.parametrize("seed", range(10))
def test_nothing_goes_round_in_circles(seed: int) -> None:
    """In a sparse mesh with many circles each word crosses each link a few times at most, and then there is silence."""
    rng = Random(seed)
    ring = [(n, (n + 1) % 10) for n in range(10)]
    cluster = cluster_of(10, ring + [(rng.randrange(10), rng.randrange(10)) for _ in range(rng.randrange(8))], seed)
    for run in cluster.runs:
        begin(run)
        draw(run, 2, 0.0)
        point(run, 1.0)
    cluster.sent = 0
    pass_time(cluster, 1)
    assert cluster.sent <= 10 * 2 * 40
    cluster.sent = 0
    pass_time(cluster, 5)
    assert cluster.sent == 0
    for run in cluster.runs:
        run.perform(run.session.commit(Edit(((0, {"kind": "stroke", "points": INK[0]}),)), WALL))
    cluster.settle(10)


def test_no_draft_is_left_when_its_author_is_gone() -> None:
    cluster = cluster_of(3, LINE)
    ann, ben, cat = cluster.runs
    begin(ann)
    draw(ann, 3, 0.0)
    point(ann, 1.0)
    pass_time(cluster, SOON)
    cluster.stop(0)
    pass_time(cluster, 1)
    assert (seen_of(ben, ann.me), pointer_of(ben, ann.me)) == (None, None)
    pass_time(cluster, 35)
    assert (seen_of(cat, ann.me), pointer_of(cat, ann.me)) == (None, None)
