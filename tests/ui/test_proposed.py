"""The board as it will be if a gesture is kept."""

from p2psketch.cuts import UNIT
from peer.ui.proposed import Proposed
from tests.ui.boards import Alone


def test_a_proposed_cut_changes_no_shape_of_the_document() -> None:
    board = Alone()
    board.draw((0, 0), (50, 0))
    (shape,) = board.document.visible()
    proposed = Proposed(board)
    assert proposed.get(shape.id) is shape
    assert proposed.cut({shape.id: (0, 9)}) == {shape.id}
    assert proposed.cut({shape.id: (0, 9)}) == set()
    other = proposed.get(shape.id)
    assert other is not None and other is not shape
    assert [some.cut for some in proposed.some([shape.id, shape.id._replace(seq=99)])] == [(0, 9)]
    assert (other.cut, other.z, other.color, shape.cut) == ((0, 9), shape.z, shape.color, None)
    assert proposed.cut({}) == {shape.id}
    assert proposed.get(shape.id) is shape
    assert proposed.some([shape.id, shape.id._replace(seq=99)]) == [shape]


def test_what_is_cut_wholly_is_not_visible_and_what_is_not_there_stays_so() -> None:
    board = Alone()
    board.draw((0, 0), (50, 0))
    (shape,) = board.document.visible()
    proposed, nowhere = Proposed(board), shape.id._replace(seq=99)
    proposed.cut({shape.id: (0, UNIT), nowhere: (0, 5)})
    other = proposed.get(shape.id)
    assert other is not None
    assert (other.visible, shape.visible) == (False, True)
    assert proposed.get(nowhere) is None
