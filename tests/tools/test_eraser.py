"""The eraser: takes what it touches, all of a drag in one step."""

import pytest

from p2psketch.ops import Edit
from peer.tools.eraser import RADIUS, Eraser
from tests.tools.paper import Paper, Table, at, shape


@pytest.fixture
def paper() -> Paper:
    return Paper()


@pytest.fixture
def table() -> Table:
    return Table({100.0: shape(1), 200.0: shape(2), 300.0: shape(3)})


@pytest.fixture
def eraser(paper: Paper, table: Table) -> Eraser:
    return Eraser(paper, table)


def test_a_click_on_a_stroke_deletes_it(eraser: Eraser, paper: Paper) -> None:
    eraser.press(at(103, 0))
    eraser.release(at(103, 0))
    assert paper.edits == [Edit(((shape(1), {"deleted": True}),))]


def test_a_drag_is_one_edit_and_fades_what_it_touched_until_it_ends(eraser: Eraser, paper: Paper) -> None:
    eraser.press(at(50, 0))
    eraser.move(at(150, 0))
    assert list(eraser.fading) == [shape(1)]
    eraser.move(at(250, 0))
    assert list(eraser.fading) == [shape(1), shape(2)]
    assert not paper.edits
    eraser.release(at(250, 0))
    assert paper.edits == [Edit(((shape(1), {"deleted": True}), (shape(2), {"deleted": True})))]
    assert not eraser.fading


def test_between_two_places_it_passes_over_everything(eraser: Eraser) -> None:
    eraser.press(at(0, 0))
    eraser.move(at(400, 0))
    assert len(eraser.fading) == 3


def test_cancel_spares_what_was_touched(eraser: Eraser, paper: Paper) -> None:
    eraser.press(at(100, 0))
    eraser.cancel()
    assert not eraser.fading
    eraser.release(at(100, 0))
    assert not paper.edits


def test_touching_nothing_edits_nothing(eraser: Eraser, paper: Paper) -> None:
    eraser.press(at(150, 0))
    eraser.release(at(150, 0))
    eraser.move(at(100, 0))
    assert not paper.edits


def test_it_is_of_one_size_on_the_screen(eraser: Eraser, table: Table) -> None:
    table.zoom = 4.0
    eraser.press(at(0, 0))
    assert table.asked == [RADIUS / 4]
