"""How a hand moves that draws."""

from itertools import groupby, pairwise
from math import dist

from peer.motions import GLIDE, SPEED, Does, motions
from peer.scenes import Stroke

LINE = Stroke(0xE03131, 4.0, tuple((4.0 * i, 0.0) for i in range(50)), (0.5,) * 50)
DOT = Stroke(0x1F2328, 4.0, ((300.0, 300.0), (300.0, 301.0)), (0.5, 0.5))


def test_every_point_of_every_stroke_is_drawn_in_order() -> None:
    drawn = [(m.point, m.pressure) for m in motions([LINE, DOT]) if m.does in (Does.PRESS, Does.MOVE)]
    assert drawn == [*zip(LINE.points, LINE.pressure, strict=True), *zip(DOT.points, DOT.pressure, strict=True)]


def test_a_stroke_is_pressed_moved_and_lifted_and_in_between_the_pen_hovers() -> None:
    does = [does for does, _ in groupby(motion.does for motion in motions([LINE, DOT], (9.0, 9.0), (0.0, 0.0)))]
    stroke = [Does.PRESS, Does.MOVE, Does.LIFT]
    assert does == [Does.HOVER, *stroke, Does.HOVER, *stroke, Does.HOVER]


def test_only_a_press_says_which_stroke_it_begins() -> None:
    begun = [(motion.does, motion.stroke) for motion in motions([LINE, DOT], (9.0, 9.0)) if motion.stroke]
    assert begun == [(Does.PRESS, LINE), (Does.PRESS, DOT)]


def test_time_goes_forward_and_nobody_jumps() -> None:
    for before, after in pairwise(motions([LINE, DOT], (-50.0, 80.0), (0.0, 0.0))):
        assert after.at >= before.at
        assert dist(before.point, after.point) < max(SPEED, GLIDE) * 2 / 60 + 4


def test_a_long_stroke_takes_as_long_as_a_hand_takes() -> None:
    seconds = [motion.at for motion in motions([LINE])][-1]
    assert 196 / SPEED < seconds < 196 / SPEED + 0.2


def test_the_pen_ends_where_it_is_to_wait_even_if_it_draws_nothing() -> None:
    assert [motion.point for motion in motions([], (0.0, 0.0), (60.0, 0.0))][-1] == (60.0, 0.0)
    assert [motion.point for motion in motions([], None, (60.0, 0.0))][-1] == (60.0, 0.0)
    assert list(motions([], (0.0, 0.0))) == []
