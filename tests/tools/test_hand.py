"""The hand."""

from peer.tools.hand import Hand
from peer.tools.tool import Pointer
from tests.tools.paper import Table, at


def test_the_board_follows_the_pointer_on_the_screen() -> None:
    table = Table()
    hand = Hand(table)
    hand.press(Pointer(0, 0, 100, 100))
    hand.move(Pointer(0, 0, 110, 95))
    hand.release(Pointer(0, 0, 112, 95))
    assert table.moved == [(10, -5), (2, 0)]
    hand.move(at(500, 500))
    assert len(table.moved) == 2


def test_where_it_was_dragged_to_stays_when_cancelled() -> None:
    table = Table()
    hand = Hand(table)
    hand.press(at(0, 0))
    hand.move(at(7, 7))
    hand.cancel()
    assert not hand.busy
    assert table.moved == [(7, 7)]
