"""What others did while we were apart: counted between sessions that part and meet again."""

import pytest

from p2psketch import effects as e
from p2psketch.arrivals import APART
from p2psketch.views import merge_summary
from tests.core.sessions import Desk, connect, exchange, linked, pass_time


@pytest.fixture
def ann() -> Desk:
    return Desk("ann")


@pytest.fixture
def ben() -> Desk:
    return Desk("ben")


@pytest.fixture
def cat() -> Desk:
    return Desk("cat")


def part(one: Desk, other: Desk) -> None:
    one.close(one.link_to(other))
    exchange(one, other)


def meet(*desks: Desk) -> None:
    for n, one in enumerate(desks):
        for other in desks[n + 1 :]:
            connect(one, other)
    exchange(*desks)
    pass_time(4, *desks)


def told(desk: Desk) -> list[str]:
    return [merge_summary(merged) for merged in desk.all_told(e.Merged)]


def apart_for(seconds: float, *desks: Desk) -> None:
    for desk in desks:
        desk.forget()
        desk.now += seconds


def test_what_came_after_a_while_apart_is_told_once_to_both(ann: Desk, ben: Desk) -> None:
    ann.draws()
    ben.draws()
    linked(ann, ben)
    part(ann, ben)
    drawn = [ann.draws() for _ in range(3)]
    ben.draws()
    apart_for(APART, ann, ben)
    meet(ann, ben)
    (merged,) = ben.all_told(e.Merged)
    assert merged == e.Merged(frozenset(drawn), 3, 0, ("ann",), True)
    assert told(ben) == ["3 strokes from ann while you were away"]
    assert told(ann) == ["1 stroke from ben while you were away"]
    pass_time(5, ann, ben)
    assert len(ben.all_told(e.Merged)) == 1


def test_a_link_that_comes_back_at_once_is_not_worth_a_word(ann: Desk, ben: Desk) -> None:
    ann.draws()
    linked(ann, ben)
    part(ann, ben)
    ann.draws()
    apart_for(APART - 5, ann, ben)
    meet(ann, ben)
    assert len(ben.shapes()) == 2
    assert told(ben) == []


def test_a_newcomer_has_been_away_from_nothing(ann: Desk, ben: Desk) -> None:
    ann.draws()
    ben.draws()
    meet(ann, ben)
    assert told(ann) == told(ben) == []


def test_who_opens_the_board_again_is_told_what_happened_since(ann: Desk, ben: Desk) -> None:
    ann.draws()
    linked(ann, ben)
    part(ann, ben)
    ann.draws()
    again = Desk("ben", key="ben again")
    for event in ben.board_file():
        again.happens(event)
    meet(ann, again)
    assert told(again) == ["1 stroke from ann while you were away"]
    assert told(ann) == []


def test_what_is_drawn_while_linked_does_not_count(ann: Desk, ben: Desk) -> None:
    ann.draws()
    linked(ann, ben)
    part(ann, ben)
    ann.draws()
    apart_for(APART, ann, ben)
    connect(ann, ben)
    exchange(ann, ben)
    pass_time(1, ann, ben)
    ann.draws()
    pass_time(4, ann, ben)
    assert told(ben) == ["1 stroke from ann while you were away"]


def test_several_authors_and_strokes_that_are_gone_again(ann: Desk, ben: Desk, cat: Desk) -> None:
    ann.draws()
    linked(ann, ben, cat)
    part(ann, ben)
    part(cat, ben)
    for _ in range(2):
        cat.draws()
    gone = ann.draws()
    ann.sets(gone, deleted=True)
    ann.draws()
    exchange(ann, cat)
    apart_for(APART, ann, ben, cat)
    meet(ann, ben)
    assert told(ben) == ["3 strokes from cat and ann while you were away"]


def test_changes_are_told_where_nothing_is_new(ann: Desk, ben: Desk) -> None:
    shape = ann.draws()
    linked(ann, ben)
    part(ann, ben)
    ann.sets(shape, color=1)
    apart_for(APART, ann, ben)
    meet(ann, ben)
    (merged,) = ben.all_told(e.Merged)
    assert (merged.shapes, merged.strokes, merged.changes) == (frozenset({shape}), 0, 1)
    assert told(ben) == ["1 change from ann while you were away"]


def test_somebody_who_comes_back_to_a_group_brings_what_they_did(ann: Desk, ben: Desk, cat: Desk) -> None:
    ann.draws()
    linked(ann, ben, cat)
    part(ann, cat)
    part(ben, cat)
    cat.draws()
    apart_for(APART, ann, ben, cat)
    meet(cat, ben)
    assert told(ben) == ["1 stroke from cat since you last met"]


def test_the_words() -> None:
    names = ("Ana", "Bo", "Cem", "Dee")
    assert merge_summary(e.Merged(frozenset(), 1430, 0, names, True)) == (
        "1,430 strokes from Ana and 3 others while you were away"
    )
