"""Which tool gets a gesture, told as a person would tell it."""

import pytest

from peer.tools.eraser import Eraser
from peer.tools.hand import Hand
from peer.tools.pen import Highlighter, Pen
from peer.tools.rubber import Rubber
from peer.tools.style import InkStyle, marker
from peer.tools.tool import HAND
from peer.tools.toolbox import Button, Toolbox
from tests.tools.paper import Paper, Table, at, shape


@pytest.fixture
def paper() -> Paper:
    return Paper()


@pytest.fixture
def table() -> Table:
    return Table({100.0: shape(1)})


@pytest.fixture
def box(paper: Paper, table: Table) -> Toolbox:
    eraser = Eraser(paper, table, Rubber())
    return Toolbox((Pen(paper, InkStyle()), Highlighter(paper, marker()), eraser, Hand(table)))


def test_who_only_looks_on_has_the_hand_and_nothing_else(table: Table) -> None:
    box = Toolbox((Hand(table),), HAND)
    assert not box.choose("pen")
    for button, ctrl in ((Button.MAIN, False), (Button.MAIN, True), (Button.MIDDLE, False), (Button.TAIL, False)):
        assert box.at_hand(button, ctrl=ctrl).name == HAND


def test_the_pen_is_in_hand(box: Toolbox, paper: Paper) -> None:
    box.press(at(0, 0), Button.MAIN)
    box.release(at(0, 0), Button.MAIN)
    assert paper.ends == ["finished"]


def test_the_middle_button_moves_the_board(box: Toolbox, paper: Paper, table: Table) -> None:
    box.press(at(0, 0), Button.MIDDLE)
    box.move(at(5, 5))
    box.release(at(5, 5), Button.MIDDLE)
    assert table.moved[0] == (5, 5)
    assert not paper.begun


def test_so_does_space(box: Toolbox, table: Table) -> None:
    box.space = True
    assert box.at_hand().name == "hand"
    box.press(at(0, 0), Button.MAIN)
    box.space = False
    box.move(at(5, 5))
    assert table.moved == [(5, 5)]


@pytest.mark.parametrize(("button", "ctrl"), [(Button.MAIN, True), (Button.TAIL, False)])
def test_ctrl_and_the_tail_of_a_stylus_erase(
    box: Toolbox, paper: Paper, table: Table, button: Button, ctrl: bool
) -> None:
    box.press(at(100, 0, ctrl=ctrl), button)
    box.move(at(101, 0))
    box.release(at(101, 0), button)
    assert len(paper.edits) == 1
    assert not paper.begun


def test_ctrl_is_of_what_draws_alone(box: Toolbox) -> None:
    box.choose("highlighter")
    assert box.at_hand(ctrl=True).name == "eraser"
    box.choose("hand")
    assert box.at_hand(ctrl=True).name == "hand"


def test_a_gesture_ends_with_the_tool_that_began_it(box: Toolbox, paper: Paper) -> None:
    box.press(at(100, 0), Button.MAIN)
    assert box.choose("eraser")
    box.press(at(100, 0), Button.MIDDLE)
    box.move(at(101, 0))
    box.release(at(101, 0), Button.MIDDLE)
    assert box.acting is not None
    box.release(at(102, 0), Button.MAIN)
    assert paper.drawn == [(100, 0), (101, 0), (102, 0)]
    assert box.at_hand().name == "eraser"


def test_choosing_what_is_in_hand_changes_nothing(box: Toolbox) -> None:
    assert not box.choose("pen")
    assert box.choose("hand")


def test_cancel_ends_the_gesture_and_only_then_means_something(box: Toolbox, paper: Paper) -> None:
    assert not box.cancel()
    box.press(at(0, 0), Button.MAIN)
    assert box.cancel()
    box.release(at(0, 0), Button.MAIN)
    assert paper.ends == ["cancelled"]


def test_an_interrupted_stroke_is_kept_as_far_as_it_came(box: Toolbox, paper: Paper) -> None:
    box.press(at(0, 0), Button.MAIN)
    box.move(at(5, 0))
    box.interrupt()
    assert paper.drawn == [(0, 0), (5, 0)]
    assert paper.ends == ["finished"]
    box.interrupt()
    assert paper.ends == ["finished"]


def test_keys_mean_nothing_to_these_tools(box: Toolbox) -> None:
    assert not box.key("x")
    box.press(at(0, 0), Button.MAIN)
    assert not box.key("x")
