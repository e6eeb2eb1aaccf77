"""The pen: dots, strokes, and strokes that are taken back."""

import pytest

from peer.tools.pen import Pen
from peer.tools.style import InkStyle
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
