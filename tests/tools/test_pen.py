"""The pen: dots, strokes, and strokes that are taken back."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from p2psketch.ink import decode, encode
from p2psketch.shapes import check_fields
from peer.tools.pen import Highlighter, Pen
from peer.tools.pressing import FIRST
from peer.tools.style import MARKER, InkStyle, Pressure, marker
from peer.tools.tool import Pointer
from tests.tools.paper import Paper, at


@pytest.fixture
def paper() -> Paper:
    return Paper()


@pytest.fixture
def style() -> InkStyle:
    return InkStyle(0xE03131, 8.0)


@pytest.fixture
def pen(paper: Paper, style: InkStyle) -> Pen:
    return Pen(paper, style)


def test_a_click_is_one_point(pen: Pen, paper: Paper) -> None:
    pen.press(at(3, 4))
    pen.release(at(3, 4))
    assert paper.drawn == [(3, 4)]
    assert paper.ends == ["finished"]


def test_a_drag_keeps_every_point_and_the_place_of_the_release(pen: Pen, paper: Paper) -> None:
    pen.press(at(0, 0))
    pen.move(at(5, 1))
    pen.move(at(9, 3))
    pen.release(at(10, 4))
    assert paper.drawn == [(0, 0), (5, 1), (9, 3), (10, 4)]


def test_the_stroke_has_the_style_of_the_press(pen: Pen, paper: Paper, style: InkStyle) -> None:
    pen.press(at(0, 0))
    style.color, style.width = 0x2F9E44, 2.0
    assert pen.line is not None
    assert (pen.line.color, pen.line.width) == (0xE03131, 8.0)
    assert paper.begun == [{"kind": "stroke", "color": 0xE03131, "width": 8.0}]


def test_the_line_to_be_seen_is_the_line_to_be_stored(pen: Pen, paper: Paper) -> None:
    pen.press(at(0.03, 0.04))
    pen.move(at(1.07, 2.49))
    assert pen.line is not None
    assert pen.line.points == paper.drawn == [(0.0, 0.0625), (1.0625, 2.5)]


def test_a_pointer_that_has_not_moved_adds_nothing(pen: Pen, paper: Paper) -> None:
    pen.press(at(1, 1))
    pen.move(at(1.001, 1))
    pen.move(at(1, 1))
    assert paper.drawn == [(1, 1)]


def test_a_stylus_gives_its_pressure_but_not_that_of_lifting_it(pen: Pen, paper: Paper) -> None:
    pen.press(at(0, 0, pressure=0.2))
    pen.move(at(5, 0, pressure=0.8))
    pen.release(at(6, 0, pressure=0.0))
    assert paper.pressed == [0.2, 0.8, 0.8]


def test_a_mouse_has_none(pen: Pen, paper: Paper) -> None:
    pen.press(at(0, 0))
    pen.move(at(5, 0))
    assert pen.line is not None
    assert pen.line.pressure is None
    assert paper.pressed == []


def test_cancel_leaves_nothing(pen: Pen, paper: Paper) -> None:
    pen.press(at(0, 0))
    pen.cancel()
    assert paper.ends == ["cancelled"]
    assert pen.line is None
    assert not pen.busy
    pen.move(at(5, 5))
    pen.release(at(5, 5))
    assert paper.drawn == [(0, 0)]
    assert paper.ends == ["cancelled"]


def test_hovering_draws_nothing(pen: Pen, paper: Paper) -> None:
    pen.move(at(5, 5))
    pen.release(at(5, 5))
    pen.cancel()
    assert not paper.begun
    assert not paper.ends


# Pressure


def test_a_mouse_presses_less_the_faster_it_is_moved(pen: Pen, paper: Paper, style: InkStyle) -> None:
    style.pressure = Pressure.SPEED
    pen.press(at(0, 0))
    for n in range(1, 40):
        pen.move(at(n, 0, time=n / 100))
    slow = paper.pressed[-1]
    for n in range(1, 40):
        pen.move(at(39 + 30 * n, 0, time=0.4 + n / 100))
    assert paper.pressed[0] == pytest.approx(FIRST, abs=0.002)
    assert slow > 0.8
    assert paper.pressed[-1] < 0.4
    assert len(paper.pressed) == len(paper.drawn)


def test_speed_is_that_of_the_hand_at_every_zoom(paper: Paper, style: InkStyle) -> None:
    style.pressure = Pressure.SPEED
    found = []
    for zoom in (0.1, 1.0, 30.0):
        paper.pressed.clear()
        pen = Pen(paper, style)
        pen.press(Pointer(0, 0, 0, 0))
        for n in range(1, 60):
            pen.move(Pointer(8 * n / zoom, 0, 8 * n, 0, time=n / 100))
        found.append(paper.pressed[-1])
    assert found == pytest.approx([found[0]] * 3, abs=0.01)


@pytest.mark.parametrize(
    ("choice", "stylus", "has_it"),
    [
        (Pressure.PEN, True, True),
        (Pressure.PEN, False, False),
        (Pressure.SPEED, True, True),
        (Pressure.SPEED, False, True),
        (Pressure.OFF, True, False),
        (Pressure.OFF, False, False),
    ],
)
def test_where_pressure_comes_from_can_be_chosen(
    pen: Pen, paper: Paper, style: InkStyle, choice: Pressure, stylus: bool, has_it: bool
) -> None:
    style.pressure = choice
    pen.press(at(0, 0, pressure=0.2 if stylus else None))
    pen.move(at(50, 0, pressure=0.2 if stylus else None, time=0.1))
    pen.release(at(50, 0, time=0.1))
    assert bool(paper.pressed) == has_it
    if stylus and has_it:
        assert paper.pressed == [0.2, 0.2]


@given(st.floats(0, 1))
def test_pressure_is_what_will_be_stored(pressed: float) -> None:
    paper = Paper()
    Pen(paper, InkStyle()).press(at(0, 0, pressure=pressed))
    _, pressure = decode(encode(paper.drawn, np.array(paper.pressed)))
    assert pressure is not None
    assert pressure.tolist() == np.array(paper.pressed, dtype=np.float32).tolist()


# Smoothing


def test_at_every_moment_the_line_is_what_a_release_would_keep(paper: Paper, style: InkStyle) -> None:
    style.smoothing, style.pressure = 0.5, Pressure.SPEED
    rng = random.Random(3)
    moves = [at(n * 3 + rng.random() * 4, rng.random() * 9, time=n / 125) for n in range(60)]
    for number in range(1, len(moves)):
        pen = Pen(paper, style)
        pen.press(moves[0])
        for move in moves[1:number]:
            pen.move(move)
        assert pen.line is not None
        assert pen.line.points == paper.drawn
        seen = pen.line.points + pen.line.tip, (pen.line.pressure or []) + (pen.line.tip_pressure or [])
        pen.release(moves[number - 1])
        assert (paper.drawn, paper.pressed) == seen
        assert pen.line is None
        paper.drawn, paper.pressed = [], []


@pytest.mark.parametrize("zoom", [0.05, 1.0, 30.0])
def test_the_line_ends_where_the_pointer_is(paper: Paper, style: InkStyle, zoom: float) -> None:
    style.smoothing = 1.0
    pen = Pen(paper, style)
    pen.press(Pointer(0, 0, 0, 0))
    for n in range(1, 100):
        x, y = 4 * n, 30 * (n % 3)
        pen.move(Pointer(x / zoom, y / zoom, x, y))
        assert pen.line is not None
        assert (pen.line.points + pen.line.tip)[-1] == pytest.approx((x / zoom, y / zoom), abs=1 / 32)


def test_smoothing_of_one_stroke_is_that_of_its_press(pen: Pen, paper: Paper, style: InkStyle) -> None:
    pen.press(at(0, 0))
    style.smoothing = 1.0
    pen.move(at(5, 5))
    pen.move(at(10, 0))
    assert paper.drawn == [(0, 0), (5, 5), (10, 0)]


# The highlighter


def test_a_highlighter_is_a_pen_with_another_nib_and_no_pressure(paper: Paper) -> None:
    style = marker()
    style.pressure = Pressure.SPEED
    pen = Highlighter(paper, style)
    pen.press(at(0, 0, pressure=0.3))
    pen.move(at(50, 0, pressure=0.9))
    pen.release(at(50, 0))
    assert paper.begun == [{"kind": "stroke", "color": MARKER, "width": 20.0, "nib": "highlighter"}]
    assert check_fields(paper.begun[0]) is None
    assert (paper.drawn, paper.pressed) == ([(0, 0), (50, 0)], [])
