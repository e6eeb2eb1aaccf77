"""Who passes on what to whom, as each of a whole mesh sees it."""

from collections.abc import Mapping
from itertools import combinations, pairwise
from random import Random

import pytest

from p2psketch.ids import PeerId
from p2psketch.relaying import Relaying
from tests.core.authors import ANN, BEN, CAT, peer

DAN, EVE = peer("dan"), peer("eve")
Mesh = Mapping[PeerId, set[PeerId]]


def mesh_of(*links: tuple[PeerId, PeerId]) -> dict[PeerId, set[PeerId]]:
    mesh: dict[PeerId, set[PeerId]] = {}
    for one, other in links:
        mesh.setdefault(one, set()).add(other)
        mesh.setdefault(other, set()).add(one)
    return mesh


def seen_by(me: PeerId, mesh: Mesh) -> Relaying:
    """What somebody knows when everybody has told who its neighbours are."""
    return Relaying(me, {near: mesh[near] - {me} for near in sorted(mesh[me])})


def spread(mesh: Mesh, author: PeerId, *, shown: bool = False) -> tuple[dict[PeerId, int], int]:
    """How far a word of `author` gets: hops by peer; and how often it was sent. Ops are passed on only when new."""
    views = {who: seen_by(who, mesh) for who in mesh}
    hops, sent, edge = {author: 0}, 0, [(author, author)]
    while edge:
        source, me = edge.pop(0)
        view = views[me]
        if me == author:
            readers = view.readers(author, None)
        else:
            readers = view.watchers(author, source) if shown else view.readers(author, source)
        for reader in readers:
            sent += 1
            assert sent < 10_000
            if shown or reader not in hops:
                edge.append((me, reader))
            hops.setdefault(reader, hops[me] + 1)
    return hops, sent


def random_mesh(seed: int, size: int, links: int) -> dict[PeerId, set[PeerId]]:
    rng = Random(seed)
    people = [peer(f"p{n}") for n in range(size)]
    ring = list(pairwise(people))
    return mesh_of(*ring, *rng.sample(list(combinations(people, 2)), links))


def test_in_a_full_mesh_nobody_passes_anything_on() -> None:
    mesh = mesh_of(*combinations((ANN, BEN, CAT, DAN), 2))
    assert set(seen_by(ANN, mesh).readers(ANN, None)) == {BEN, CAT, DAN}
    assert seen_by(BEN, mesh).readers(ANN, ANN) == ()


def test_who_cannot_link_is_served_by_the_one_between() -> None:
    mesh = mesh_of((ANN, BEN), (BEN, CAT))
    assert seen_by(BEN, mesh).readers(ANN, ANN) == (CAT,)
    assert seen_by(CAT, mesh).readers(ANN, BEN) == ()


@pytest.mark.parametrize("between", range(1, 9))
def test_of_many_between_exactly_one_serves(between: int) -> None:
    """Whether or not they are linked with each other."""
    people = [peer(f"p{n}") for n in range(between)]
    for also in ([], list(combinations(people, 2)), list(pairwise(people))):
        mesh = mesh_of(*((who, ANN) for who in people), *((who, CAT) for who in people), *also)
        serving = [who for who in people if CAT in seen_by(who, mesh).readers(ANN, ANN)]
        assert len(serving) == 1


def test_where_no_common_neighbour_is_known_it_goes_on_to_those_who_may_lack_it() -> None:
    mesh = mesh_of((ANN, BEN), (BEN, CAT), (CAT, DAN), (DAN, EVE))
    assert seen_by(CAT, mesh).readers(ANN, BEN) == (DAN,)
    assert seen_by(DAN, mesh).readers(ANN, CAT) == (EVE,)


@pytest.mark.parametrize("seed", range(40))
def test_an_op_gets_everywhere_and_without_much_waste(seed: int) -> None:
    mesh = random_mesh(seed, 12, seed)
    for author in mesh:
        hops, sent = spread(mesh, author)
        assert hops.keys() == mesh.keys()
        assert sent < 3 * len(mesh)


@pytest.mark.parametrize("seed", range(40))
def test_a_draft_gets_three_hops_far_and_ends(seed: int) -> None:
    mesh = random_mesh(seed, 12, seed // 2)
    for author in mesh:
        hops, sent = spread(mesh, author, shown=True)
        assert max(hops.values()) <= 3
        near = {author} | mesh[author]
        near |= {other for who in near for other in mesh[who]}
        assert near <= hops.keys(), "whoever has a common neighbour with the author sees it"
        assert sent <= 4 * len(mesh)


def test_before_anybody_has_told_anything_what_is_new_goes_to_all_others() -> None:
    relaying = Relaying(BEN, {ANN: (), CAT: (), DAN: ()})
    assert set(relaying.readers(ANN, ANN)) == {CAT, DAN}
