"""The eraser: takes what it touches, or the part that it touches, all of a drag in one step."""

import pytest

from p2psketch.cuts import UNIT
from p2psketch.ops import Edit
from peer.tools.eraser import Eraser
from peer.tools.rubber import Rubber
from tests.tools.paper import Paper, Table, at, shape


@pytest.fixture
def paper() -> Paper:
    return Paper()


@pytest.fixture
def table() -> Table:
    return Table({100.0: shape(1), 200.0: shape(2), 300.0: shape(3)})


@pytest.fixture
def rubber() -> Rubber:
    return Rubber(width=16.0)


@pytest.fixture
def eraser(paper: Paper, table: Table, rubber: Rubber) -> Eraser:
    return Eraser(paper, table, rubber)


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


def test_it_is_of_one_size_on_the_screen(eraser: Eraser, table: Table, rubber: Rubber) -> None:
    table.zoom = 4.0
    eraser.press(at(0, 0))
    rubber.width = 64.0  # for the next gesture
    eraser.move(at(1, 0))
    eraser.release(at(1, 0))
    eraser.press(at(0, 0))
    assert table.asked == [2, 2, 2, 8]


# Parts


def test_of_parts_it_takes_what_it_touches_in_one_edit(eraser: Eraser, paper: Paper, rubber: Rubber) -> None:
    rubber.parts = True
    eraser.press(at(100, 50))
    eraser.move(at(200, 60))
    assert eraser.cutting == {shape(1): (42 * UNIT, 68 * UNIT), shape(2): (42 * UNIT, 68 * UNIT)}
    assert not eraser.fading
    eraser.move(at(200, 200))
    assert not paper.edits
    eraser.release(at(100, 200))
    assert paper.edits == [
        Edit(
            (
                (shape(1), {"cut": [42 * UNIT, 68 * UNIT, 192 * UNIT, 208 * UNIT]}),
                (shape(2), {"cut": [42 * UNIT, 208 * UNIT]}),
            )
        )
    ]
    assert not eraser.cutting


def test_cancel_gives_back_what_was_rubbed_out(eraser: Eraser, paper: Paper, rubber: Rubber) -> None:
    rubber.parts = True
    eraser.press(at(100, 50))
    assert eraser.cutting
    eraser.cancel()
    assert not eraser.cutting
    eraser.release(at(100, 50))
    assert not paper.edits


def test_what_it_takes_was_chosen_at_the_press(eraser: Eraser, paper: Paper, rubber: Rubber) -> None:
    eraser.press(at(100, 50))
    rubber.parts = True
    eraser.release(at(200, 50))
    assert paper.edits == [Edit(((shape(1), {"deleted": True}), (shape(2), {"deleted": True})))]
