"""What the demo draws."""

from itertools import combinations
from math import dist

import pytest

from p2psketch.ink import MAX_POINTS
from peer import scenes
from peer.scenes import AREA, PEOPLE, WITH_TRACKER, WITHOUT, Stroke, part, rest

COUNTS = range(2, len(PEOPLE) + 1)
PARTS = (*WITH_TRACKER, *WITHOUT)


def strokes(count: int, *parts: str) -> list[Stroke]:
    return [stroke for name in parts or PARTS for lines in part(name, count) for stroke in lines]


@pytest.mark.parametrize("count", COUNTS)
def test_all_is_in_the_area(count: int) -> None:
    for stroke in strokes(count):
        for x, y in stroke.points:
            assert AREA.left <= x <= AREA.right
            assert AREA.top <= y <= AREA.bottom


@pytest.mark.parametrize("count", COUNTS)
def test_the_area_is_filled(count: int) -> None:
    xs, ys = zip(*(point for stroke in strokes(count) for point in stroke.points), strict=True)
    assert max(xs) - min(xs) > 0.9 * AREA.width
    assert max(ys) - min(ys) > 0.9 * AREA.height


@pytest.mark.parametrize("count", COUNTS)
def test_every_stroke_can_be_one_stroke_of_the_board(count: int) -> None:
    for stroke in strokes(count):
        assert 2 <= len(stroke.points) == len(stroke.pressure) <= MAX_POINTS
        assert all(0 <= pressure <= 1 for pressure in stroke.pressure)
        assert 0 <= stroke.color <= 0xFFFFFF
        assert stroke.width > 0


@pytest.mark.parametrize("name", PARTS)
@pytest.mark.parametrize("count", COUNTS)
def test_there_is_something_to_do_in_every_part(name: str, count: int) -> None:
    cast = part(name, count)
    assert len(cast) == count
    assert any(cast)


def test_it_is_the_same_every_time() -> None:
    assert all(part(name, 3) == part(name, 3) for name in PARTS)


def test_of_three_everybody_draws_before_and_after() -> None:
    for parts in (WITH_TRACKER, WITHOUT):
        assert all(any(part(name, 3)[number] for name in parts) for number in range(3))


def test_everybody_draws_a_circle_in_their_own_colour_with_their_name_in_it() -> None:
    for (name, color), (circle, *letters) in zip(PEOPLE, part("circles", len(PEOPLE)), strict=True):
        assert circle.color == color
        assert len(letters) >= len(name)
        xs, ys = zip(*circle.points, strict=True)
        for x, y in (point for letter in letters for point in letter.points):
            assert min(xs) < x < max(xs)
            assert min(ys) < y < max(ys)


@pytest.mark.parametrize("count", COUNTS)
def test_every_link_is_drawn_from_both_ends_and_meets_in_the_middle(count: int) -> None:
    cast = [list(lines) for lines in part("links", count)]
    for one, other in combinations(range(count), 2):
        half, rest_of_it = cast[one].pop(0), cast[other].pop(0)
        assert dist(half.points[-1], rest_of_it.points[-1]) < 5
        assert (half.color, rest_of_it.color) == (PEOPLE[one][1], PEOPLE[other][1])
    assert not any(cast)


def test_the_cross_is_over_the_tracker() -> None:
    (box, *_), (down, up) = strokes(3, "tracker"), (s for s in strokes(3, "cross") if s.color == scenes.RED)
    for cross in (down, up):
        xs, ys = zip(*cross.points, strict=True)
        assert min(xs) < min(x for x, _ in box.points)
        assert min(ys) < min(y for _, y in box.points)


@pytest.mark.parametrize("count", COUNTS)
def test_pointers_wait_outside_the_circles(count: int) -> None:
    circles = [lines[0].points for lines in part("circles", count)]
    for number in range(count):
        x, y = rest(number, count)
        inside = [
            min(a for a, _ in circle) < x < max(a for a, _ in circle)
            and min(b for _, b in circle) < y < max(b for _, b in circle)
            for circle in circles
        ]
        assert not inside[number]


def test_a_part_that_is_not_in_the_play() -> None:
    with pytest.raises(KeyError):
        part("interval", 3)
