"""The stroke under our own pen, as the others hear of it while it grows."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from p2psketch import ink
from p2psketch.codec import Frames, decode, encode
from p2psketch.drafting import EVERY, FARTHEST, REACH, Drafting, is_signed, signed
from p2psketch.keys import Identity
from p2psketch.messages import CANCELLED, ENDED, GOING, Draft
from p2psketch.presence import Presences
from p2psketch.shapes import check_fields
from p2psketch.tapering import SHORT
from tests.core.authors import ANN

STYLE = {"kind": "stroke", "color": 0x336699, "width": 4}
Points = Sequence[tuple[float, float]]


def begun(points: Points = (), pressure: Sequence[float] | None = None) -> Drafting:
    drafting = Drafting(ANN)
    drafting.begin(STYLE)
    if points:
        drafting.extend(points, pressure)
    return drafting


def points_in(data: bytes) -> list[tuple[float, float]]:
    return [(x, y) for x, y in ink.decode(data)[0].tolist()]


def test_before_the_pen_touches_the_board_there_is_nothing_to_tell() -> None:
    drafting = Drafting(ANN)
    assert not drafting.active
    assert (drafting.due(), drafting.increment(9.0), drafting.whole(), drafting.stroke()) == (None, None, None, None)


def test_a_pen_that_has_not_moved_has_drawn_nothing() -> None:
    drafting = begun()
    assert drafting.active
    assert (drafting.due(), drafting.increment(9.0), drafting.whole(), drafting.stroke()) == (None, None, None, None)


def test_the_first_increment_carries_the_style_and_the_others_only_points() -> None:
    drafting = begun([(1.0, 2.0), (3.0, 4.0)])
    first = drafting.increment(0.0)
    drafting.extend([(5.0, 6.0)], None)
    second = drafting.increment(1.0)
    assert first == Draft(ANN, 1, 0, STYLE, ink.encode([(1.0, 2.0), (3.0, 4.0)]), GOING)
    assert second == Draft(ANN, 1, 2, None, ink.encode([(5.0, 6.0)]), GOING)
    assert drafting.increment(2.0) is None


def test_increments_are_due_60_times_a_second_while_there_is_something_new() -> None:
    drafting = begun([(1.0, 2.0)])
    drafting.increment(7.0)
    assert drafting.due() is None
    drafting.extend([(3.0, 4.0)], None)
    assert drafting.due() == 7.0 + EVERY
    assert pytest.approx(1 / 60) == EVERY


def test_a_link_that_comes_up_is_told_what_the_others_know() -> None:
    points, pressure = [(1.0, 2.0), (3.0, 4.0)], [0.5, 1.0]
    drafting = begun(points, pressure)
    assert drafting.whole() is None
    drafting.increment(0.0)
    drafting.extend([(5.0, 6.0)], [0.7])
    assert drafting.whole() == Draft(ANN, 1, 0, STYLE, ink.encode(points, np.array(pressure)), GOING)


def test_the_pen_leaves_the_board() -> None:
    drafting = begun([(1.0, 2.0)])
    assert drafting.stroke() == {**STYLE, "points": ink.encode([(1.0, 2.0)])}
    assert drafting.end() == Draft(ANN, 1, 0, None, b"", ENDED)
    assert not drafting.active
    assert (drafting.due(), drafting.increment(9.0), drafting.whole(), drafting.stroke()) == (None, None, None, None)


def test_a_stroke_may_be_cancelled_and_the_next_one_is_another() -> None:
    drafting = begun([(1.0, 2.0)])
    assert drafting.end(cancelled=True) == Draft(ANN, 1, 0, None, b"", CANCELLED)
    drafting.begin(STYLE)
    drafting.extend([(7.0, 7.0)], None)
    assert drafting.increment(0.0) == Draft(ANN, 2, 0, STYLE, ink.encode([(7.0, 7.0)]), GOING)


def test_what_the_style_becomes_later_does_not_change_a_stroke() -> None:
    style = dict(STYLE)
    drafting = Drafting(ANN)
    drafting.begin(style)
    style["color"] = 0
    drafting.extend([(1.0, 2.0)], None)
    assert (drafting.stroke() or {})["color"] == 0x336699


def test_pressure_is_told_with_its_points() -> None:
    drafting = begun([(1.0, 2.0), (3.0, 4.0)], [0.0, 1.0])
    drafting.increment(0.0)
    drafting.extend([(5.0, 6.0)], [0.2])
    second = drafting.increment(1.0)
    assert second is not None and second.ink == ink.encode([(5.0, 6.0)], np.array([0.2]))
    stroke = drafting.stroke()
    assert stroke is not None
    assert ink.decode(stroke["points"])[1] == pytest.approx([0.0, 1.0, 0.2])


@given(st.lists(st.integers(1, 7), min_size=1, max_size=12), st.booleans())
def test_whoever_hears_all_increments_sees_the_stroke(sizes: list[int], pressed: bool) -> None:
    drafting, presences = begun(), Presences()
    for turn, size in enumerate(sizes):
        drafting.extend(
            [(100.0 * turn + n, n / 16) for n in range(size)], [n / 255 for n in range(size)] if pressed else None
        )
        if turn % 3 < 2:
            draft = drafting.increment(float(turn))
            assert draft is not None
            assert presences.draft(draft, 0.0)
    last = drafting.increment(99.0)
    if last is not None:
        presences.draft(last, 0.0)
    stroke, sketch = drafting.stroke(), presences.sketches[ANN, 1]
    assert stroke is not None
    points, pressure = ink.decode(stroke["points"])
    assert sketch.points.tolist() == points.tolist()
    assert (sketch.pressure is None) == (pressure is None) == (not pressed)
    assert pressure is None or np.array_equal(sketch.pressure, pressure)  # type: ignore[arg-type]


# Long strokes, and strokes far out


def test_a_stroke_takes_no_more_points_than_fit() -> None:
    drafting = begun()
    line = [(float(n % 100), 0.0) for n in range(ink.MAX_POINTS + 5)]
    assert drafting.extend(line[:10], [0.5] * 10) == 10
    assert drafting.extend(line[10:], [0.5] * (ink.MAX_POINTS - 5)) == ink.MAX_POINTS - 10
    assert drafting.extend(line[-1:], [0.5]) == 0
    stroke = drafting.stroke()
    assert stroke is not None and check_fields(stroke) is None
    assert points_in(stroke["points"]) == line[: ink.MAX_POINTS]


def test_the_next_stroke_begins_where_the_full_one_ends() -> None:
    drafting = begun([(1.0, 2.0), (3.0, 4.0)])
    assert drafting.tail() == ([(3.0, 4.0)], None)
    assert begun([(1.0, 2.0)]).tail() == ([(1.0, 2.0)], None)
    assert drafting.fields == STYLE


def test_with_pressure_it_begins_so_far_before_that_both_thin_ends_lie_on_full_width() -> None:
    drafting = begun([(float(n), 0.0) for n in range(100)], [n / 255 for n in range(100)])
    points, pressure = drafting.tail()
    assert 99 - points[0][0] == SHORT * 4
    assert points[-1] == (99.0, 0.0)
    assert pressure == [x / 255 for x, _ in points]
    short = begun([(1.0, 2.0), (3.0, 4.0)], [0.1, 0.2])
    assert short.tail() == ([(1.0, 2.0), (3.0, 4.0)], [0.1, 0.2])
    slow = begun([(n / 1000, 0.0) for n in range(5000)], [0.5] * 5000)
    assert len(slow.tail()[0]) == 1_000, "there has to be room for more"


@pytest.mark.parametrize(("x", "y"), [(FARTHEST + 1000.25, -3.0), (-3.0, -FARTHEST - 1000.25)])
def test_a_stroke_far_out_is_placed_there(x: float, y: float) -> None:
    drafting = begun([(x, y), (x + 10, y + 10)])
    stroke = drafting.stroke()
    assert stroke is not None and check_fields(stroke) is None
    a, b, c, d, left, top = stroke["placement"]
    assert (a, b, c, d) == (1, 0, 0, 1)
    assert [(px + left, py + top) for px, py in points_in(stroke["points"])] == [(x, y), (x + 10, y + 10)]


def test_a_stroke_far_out_is_told_and_continued_there_too() -> None:
    drafting = begun([(0.0, FARTHEST + 50.0)])
    first = drafting.increment(0.0)
    assert first is not None and first.fields is not None
    assert first.fields["placement"] == [1, 0, 0, 1, 0, FARTHEST + 50]
    assert drafting.fields == STYLE, "the next stroke is placed anew"
    assert drafting.tail() == ([(0.0, FARTHEST + 50.0)], None)
    drafting.end()
    drafting.begin(drafting.fields or STYLE)
    drafting.extend([(5.0, 5.0)], None)
    stroke = drafting.stroke()
    assert stroke == {**STYLE, "points": ink.encode([(5.0, 5.0)])}


def test_a_stroke_that_begins_near_has_no_placement() -> None:
    drafting = begun([(float(FARTHEST), -float(FARTHEST)), (0.0, 0.0)])
    drafting.extend([(FARTHEST + 1000.0, 0.0)], None)
    stroke = drafting.stroke()
    assert stroke is not None and "placement" not in stroke
    assert points_in(stroke["points"])[-1] == (FARTHEST + 1000.0, 0.0)


@pytest.mark.parametrize("start", [0.0, FARTHEST, -FARTHEST - 1.0, 1e7])
def test_a_stroke_that_goes_too_far_ends_at_the_edge_of_what_ink_can_say(start: float) -> None:
    drafting = begun([(start, start)])
    drafting.extend([(start + 1e9, start - 1e9), (start - 1e9, start + 1e9)], None)
    stroke = drafting.stroke()
    assert stroke is not None and check_fields(stroke) is None
    assert points_in(stroke["points"])[1:] == [(REACH, -REACH), (-REACH, REACH)]


# Signed


def test_what_is_told_is_signed_by_its_author_and_nobody_can_change_it() -> None:
    author, room = Identity(bytes(32)), bytes(32)
    draft = signed(Draft(author.peer_id, 1, 0, STYLE, ink.encode([(1.0, 2.0)]), GOING), author, room)
    assert is_signed(draft, room)
    assert is_signed(replace(draft, proof=bytes(64)), room), "relays add the proof"
    assert is_signed(decoded(draft), room)
    other = Identity(bytes([1]) * 32)
    for wrong in (
        replace(draft, number=2),
        replace(draft, start=1),
        replace(draft, fields=None),
        replace(draft, fields={**STYLE, "color": 0}),
        replace(draft, ink=b""),
        replace(draft, state=ENDED),
        replace(draft, author=other.peer_id),
        replace(draft, signature=None),
        signed(draft, other, room),
    ):
        assert not is_signed(wrong, room), wrong
    assert not is_signed(draft, bytes([1]) * 32)


def decoded(draft: Draft) -> Draft:
    """As it arrives."""
    (payload,) = Frames().feed(encode(draft))
    arrived = decode(payload)
    assert isinstance(arrived, Draft)
    return arrived
