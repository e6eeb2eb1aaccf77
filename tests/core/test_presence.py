"""Pointers and drafts of the others: the newest word counts, and silence ends it."""

import numpy as np

from p2psketch import ink
from p2psketch.ids import PeerId
from p2psketch.messages import CANCELLED, ENDED, GOING, Draft, Presence
from p2psketch.presence import EXPIRES_AFTER, MAX_AUTHORS, MAX_POINTS, Presences
from tests.core.authors import ANN, BEN, peer

STYLE = {"kind": "stroke", "color": 0x336699, "width": 4}
LINE = [(float(n), float(n * n % 17)) for n in range(10)]


def pointing(author: PeerId, x: float | None) -> Presence:
    return Presence(author, None if x is None else (x, 0.0), None, "pen")


def more(start: int, end: int, *, author: PeerId = ANN, number: int = 1, pressure: float | None = None) -> Draft:
    """The points of LINE from `start` to `end`, as their author tells of them."""
    force = None if pressure is None else np.full(end - start, pressure)
    data = ink.encode(LINE[start:end], force)
    return Draft(author, number, start, STYLE if start == 0 else None, data, GOING)


def ends(author: PeerId = ANN, number: int = 1, state: int = ENDED) -> Draft:
    return Draft(author, number, 0, None, b"", state)


def seen(presences: Presences, author: PeerId = ANN, number: int = 1) -> list[tuple[float, float]] | None:
    """The points of a draft, None if there is no such draft."""
    sketch = presences.sketches.get((author, number))
    return None if sketch is None else [(x, y) for x, y in sketch.points.tolist()]


# Pointers


def test_the_newest_word_about_a_pointer_counts() -> None:
    presences = Presences()
    for x in (1.0, 2.0):
        presences.point(pointing(ANN, x), 0.0)
    presences.point(pointing(BEN, 9.0), 0.0)
    assert presences.pointers == {ANN: pointing(ANN, 2.0), BEN: pointing(BEN, 9.0)}


def test_a_pointer_that_is_not_renewed_is_gone() -> None:
    presences = Presences()
    presences.point(pointing(ANN, 1.0), 0.0)
    presences.point(pointing(BEN, 1.0), 0.0)
    presences.point(pointing(BEN, 2.0), 1.0)
    assert presences.expire(EXPIRES_AFTER) == set()
    assert presences.expire(EXPIRES_AFTER + 0.1) == {ANN}
    assert presences.expire(EXPIRES_AFTER + 0.2) == set()
    assert presences.pointers == {BEN: pointing(BEN, 2.0)}


# Drafts


def test_a_draft_grows() -> None:
    presences = Presences()
    assert presences.draft(more(0, 3), 0.0)
    assert presences.draft(more(3, 4), 0.0)
    assert presences.draft(more(4, 10), 0.0)
    assert seen(presences) == LINE
    assert presences.sketches[ANN, 1].fields == STYLE
    assert presences.sketches[ANN, 1].pressure is None


def test_a_draft_without_its_beginning_is_of_no_use() -> None:
    presences = Presences()
    assert not presences.draft(more(3, 5), 0.0)
    assert not presences.draft(Draft(ANN, 1, 0, None, ink.encode(LINE), GOING), 0.0)
    assert not presences.draft(Draft(ANN, 1, 3, STYLE, ink.encode(LINE), GOING), 0.0)
    assert presences.sketches == {}


def test_points_over_a_gap_are_of_no_use() -> None:
    presences = Presences()
    presences.draft(more(0, 3), 0.0)
    assert not presences.draft(more(4, 6), 0.0)
    assert seen(presences) == LINE[:3]
    assert presences.draft(more(3, 6), 0.0)
    assert seen(presences) == LINE[:6]


def test_points_that_are_told_again_are_there_once() -> None:
    presences = Presences()
    presences.draft(more(0, 5), 0.0)
    presences.draft(more(3, 7), 0.0)
    assert seen(presences) == LINE[:7]
    presences.draft(more(0, 8), 0.0)
    assert seen(presences) == LINE[:8]


def test_what_comes_late_over_another_relay_takes_nothing_away() -> None:
    presences = Presences()
    presences.draft(more(0, 7), 0.0)
    for late in (more(0, 2), more(2, 5), more(5, 7)):
        assert not presences.draft(late, 0.0)
        assert seen(presences) == LINE[:7]
    presences.draft(more(0, 3, number=2), 0.0)
    assert not presences.draft(more(0, 7), 0.0)
    assert (seen(presences), seen(presences, number=2)) == (None, LINE[:3])


def test_a_draft_ends_or_is_cancelled() -> None:
    presences = Presences()
    for number, state in ((1, ENDED), (2, CANCELLED)):
        presences.draft(more(0, 3, number=number), 0.0)
        assert presences.draft(ends(number=number, state=state), 0.0)
        assert not presences.draft(ends(number=number, state=state), 0.0)
    assert presences.sketches == {}


def test_what_is_over_does_not_come_back_over_another_relay() -> None:
    presences = Presences()
    presences.draft(more(0, 5, number=2), 0.0)
    presences.draft(ends(number=2), 1.0)
    presences.draft(ends(number=1), 1.0)
    for late in (more(0, 3, number=1), more(0, 5, number=2), more(5, 7, number=2)):
        assert not presences.draft(late, 1.0)
    assert presences.draft(more(0, 3, author=BEN), 1.0)
    assert presences.draft(more(0, 3, number=3), 1.0)
    assert presences.sketches.keys() == {(BEN, 1), (ANN, 3)}


def test_that_something_is_over_is_not_remembered_for_ever() -> None:
    presences = Presences()
    presences.draft(ends(), 0.0)
    presences.expire(EXPIRES_AFTER)
    assert not presences.draft(more(0, 3), EXPIRES_AFTER)
    presences.expire(EXPIRES_AFTER + 1)
    assert presences.draft(more(0, 3), EXPIRES_AFTER + 1)
    presences.draft(ends(author=BEN), 0.0)
    presences.forget(BEN)
    assert presences.draft(more(0, 3, author=BEN), 0.0)


def test_an_end_is_of_the_draft_that_it_names() -> None:
    presences = Presences()
    presences.draft(more(0, 3), 0.0)
    assert not presences.draft(ends(number=2), 0.0)
    assert not presences.draft(ends(author=BEN), 0.0)
    assert seen(presences) == LINE[:3]


def test_an_author_draws_one_thing_at_a_time() -> None:
    presences = Presences()
    presences.draft(more(0, 3, author=BEN), 0.0)
    presences.draft(more(0, 3), 0.0)
    presences.draft(more(0, 5, number=2), 0.0)
    assert seen(presences, number=2) == LINE[:5]
    assert seen(presences, number=1) is None
    assert seen(presences, author=BEN) == LINE[:3]


def test_a_draft_is_no_longer_than_a_stroke() -> None:
    presences = Presences()
    full = ink.encode([(0.0, 0.0)] * ink.MAX_POINTS)
    presences.draft(Draft(ANN, 1, 0, STYLE, full, GOING), 0.0)
    assert not presences.draft(Draft(ANN, 1, ink.MAX_POINTS, None, ink.encode([(1.0, 1.0)]), GOING), 0.0)
    assert len(seen(presences) or ()) == ink.MAX_POINTS


def test_a_beginning_may_have_no_points_yet() -> None:
    presences = Presences()
    presences.draft(Draft(ANN, 1, 0, STYLE, b"", GOING), 0.0)
    assert seen(presences) == []
    assert presences.draft(more(0, 2), 0.0)
    assert seen(presences) == LINE[:2]


def test_pressure_goes_with_its_points() -> None:
    presences = Presences()
    presences.draft(more(0, 3, pressure=1.0), 0.0)
    presences.draft(more(3, 6, pressure=0.0), 0.0)
    presences.draft(more(5, 7, pressure=1.0), 0.0)
    pressure = presences.sketches[ANN, 1].pressure
    assert pressure is not None and pressure.tolist() == [1, 1, 1, 0, 0, 0, 1]


def test_where_pressure_is_missing_it_is_full() -> None:
    first, last = Presences(), Presences()
    first.draft(more(0, 2, pressure=0.0), 0.0)
    first.draft(more(2, 4), 0.0)
    last.draft(more(0, 2), 0.0)
    last.draft(more(2, 4, pressure=0.0), 0.0)
    for presences, expected in ((first, [0, 0, 1, 1]), (last, [1, 1, 0, 0])):
        pressure = presences.sketches[ANN, 1].pressure
        assert pressure is not None and pressure.tolist() == expected
        assert seen(presences) == LINE[:4]


def test_a_draft_that_nobody_goes_on_with_is_gone() -> None:
    presences = Presences()
    presences.draft(more(0, 2), 0.0)
    presences.draft(more(0, 2, author=BEN), 0.0)
    presences.draft(more(2, 3, author=BEN), 5.0)
    assert presences.expire(EXPIRES_AFTER) == set()
    assert presences.expire(EXPIRES_AFTER + 1) == {ANN}
    assert presences.expire(EXPIRES_AFTER + 6) == {BEN}
    assert presences.sketches == {}


# Those who go


def test_of_who_is_gone_nothing_is_shown() -> None:
    presences = Presences()
    presences.point(pointing(ANN, 1.0), 0.0)
    presences.draft(more(0, 2), 0.0)
    presences.draft(more(0, 2, author=BEN), 0.0)
    assert presences.forget(ANN)
    assert not presences.forget(ANN)
    assert presences.forget(BEN)
    assert (presences.pointers, presences.sketches) == ({}, {})
    assert presences.expire(2 * EXPIRES_AFTER) == set()


# Who is shown, when there are too many


def crowd(count: int = MAX_AUTHORS) -> Presences:
    """As many authors, known from others, all of them pointing."""
    presences = Presences()
    for n in range(count):
        author = peer(f"author {n}")
        if presences.admits(author, direct=False):
            presences.point(pointing(author, 1.0), 0.0)
    return presences


def test_there_is_room_for_so_many_authors() -> None:
    presences = crowd(3 * MAX_AUTHORS)
    assert len(presences.pointers) == MAX_AUTHORS
    assert presences.admits(peer("author 0"), direct=False), "who is shown goes on being shown"
    assert not presences.admits(ANN, direct=False)


def test_who_is_linked_to_us_takes_the_place_of_who_is_not() -> None:
    presences = crowd()
    for author in (ANN, BEN):
        assert presences.admits(author, direct=True)
        presences.point(pointing(author, 1.0), 0.0)
    assert {ANN, BEN} < presences.pointers.keys()
    assert len(presences.pointers) == MAX_AUTHORS
    assert not presences.admits(peer("another"), direct=False)
    assert presences.admits(ANN, direct=True)


def test_there_is_room_again_once_authors_are_gone() -> None:
    presences = crowd()
    presences.forget(peer("author 7"))
    assert presences.admits(ANN, direct=False)
    presences.expire(EXPIRES_AFTER + 1)
    assert presences._shown == {}
    assert all(presences.admits(peer(f"new {n}"), direct=False) for n in range(MAX_AUTHORS))


def test_words_of_no_use_hold_no_place() -> None:
    presences = Presences()
    for n in range(MAX_AUTHORS):
        author = peer(str(n))
        assert presences.admits(author, direct=False)
        assert not presences.draft(more(3, 4, author=author), 0.0)
    presences.expire(1.0)
    assert presences.admits(ANN, direct=False)


def test_all_drafts_together_have_so_many_points() -> None:
    presences = Presences()
    for n in range(MAX_POINTS // ink.MAX_POINTS + 3):
        full = ink.encode(np.zeros((ink.MAX_POINTS, 2)))
        presences.draft(Draft(peer(str(n)), 1, 0, STYLE, full, GOING), 0.0)
    assert sum(len(sketch.points) for sketch in presences.sketches.values()) <= MAX_POINTS
    presences.draft(ends(peer("0")), 0.0)
    presences.forget(peer("1"))
    presences.draft(Draft(peer("2"), 2, 0, STYLE, ink.encode(LINE), GOING), 0.0)
    assert presences._points == sum(len(sketch.points) for sketch in presences.sketches.values())
    assert presences.draft(more(0, 10), 0.0)
    presences.expire(EXPIRES_AFTER + 1)
    assert (presences.sketches, presences._points) == ({}, 0)
