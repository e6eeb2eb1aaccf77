"""What an eraser of parts touches, from move to move."""

from p2psketch.geometry import Rect
from p2psketch.ids import ShapeId
from p2psketch.ops import Edit
from peer.ui.reach import Reach
from tests.ui.boards import Alone


def test_it_says_which_part_of_which_stroke() -> None:
    board, asked = Alone(), list[Rect]()
    board.draw((-100, 0), (100, 0))
    board.draw((-100, 50), (100, 50))
    ids = [shape.id for shape in board.document.painted()]

    def near(area: Rect) -> list[ShapeId]:
        asked.append(area)
        return ids

    found = dict(Reach(board, near).touched((0, -5), (0, 5), 8, 0))
    assert found == {ids[0]: [(0.45, 0.55)]}
    assert asked == [Rect(-8, -13, 8, 13)]


def test_what_changes_is_looked_at_anew_once_it_is_said() -> None:
    board = Alone()
    board.draw((-100, 0), (100, 0))
    (shape,) = board.document.visible()
    reach = Reach(board, lambda _area: [shape.id])
    assert list(reach.touched((0, 0), (0, 0), 8, 0))
    board.edit(Edit(((shape.id, {"placement": [1, 0, 0, 1, 0, 500]}),)))
    reach.forget([shape.id])
    assert not list(reach.touched((0, 0), (0, 0), 8, 0))
    board.edit(Edit(((shape.id, {"placement": None}),)))
    reach.forget()
    assert list(reach.touched((0, 0), (0, 0), 8, 0))
    board.edit(Edit(((shape.id, {"deleted": True}),)))
    reach.forget([shape.id])
    assert not list(reach.touched((0, 0), (0, 0), 8, -3))
