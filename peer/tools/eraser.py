"""The eraser: takes away every stroke that it touches while it is dragged, or of every stroke the part that it touches.

Rule: nothing is changed before the release; until then it says what will be gone. A whole drag is one step of undo.
"""

from collections.abc import Collection, Mapping

from p2psketch import cuts
from p2psketch.cuts import Cut
from p2psketch.ids import ShapeId
from p2psketch.ops import Edit
from p2psketch.shapes import CUT
from peer.tools.rubber import Rubber
from peer.tools.tool import ERASER, Board, Pointer, Surface, Tool


class Eraser(Tool):
    """Idle, or erasing: what was touched fades, or is not shown, and goes when the pointer is released.

    Whether it takes whole strokes, and how large it is, was chosen when it was pressed.
    """

    name = ERASER

    def __init__(self, board: Board, surface: Surface, rubber: Rubber) -> None:
        self._board = board
        self._surface = surface
        self._rubber = rubber
        self._parts = False
        self._radius = 0.0
        self._at: tuple[float, float] | None = None
        self._touched: dict[ShapeId, None] = {}
        self._cut: dict[ShapeId, Cut] = {}

    @property
    def busy(self) -> bool:
        return self._at is not None

    @property
    def fading(self) -> Collection[ShapeId]:
        return self._touched.keys()

    @property
    def cutting(self) -> Mapping[ShapeId, Cut]:
        return self._cut

    def press(self, pointer: Pointer) -> None:
        self._parts, self._radius = self._rubber.parts, self._rubber.radius
        self._at = pointer.x, pointer.y
        self._rub(pointer)

    def move(self, pointer: Pointer) -> None:
        if self._at is not None:
            self._rub(pointer)

    def release(self, pointer: Pointer) -> None:
        if self._at is None:
            return
        self._rub(pointer)
        gone = [(shape, {"deleted": True}) for shape in self._touched]
        less = [(shape, {CUT: cuts.bounded(cut)}) for shape, cut in self._cut.items()]
        self.cancel()
        if gone or less:
            self._board.edit(Edit((*gone, *less)))

    def cancel(self) -> None:
        self._at = None
        self._touched, self._cut = {}, {}

    def _rub(self, pointer: Pointer) -> None:
        start, end = self._at or (pointer.x, pointer.y), (pointer.x, pointer.y)
        radius = self._radius / self._surface.zoom
        self._at = end
        if not self._parts:
            self._touched.update(dict.fromkeys(self._surface.find(start, end, radius)))
            return
        for shape, ranges in self._surface.rub(start, end, radius):
            known = self._cut.get(shape, ())
            more = cuts.union((known, cuts.cut_of(ranges)))
            if more != known:
                self._cut[shape] = more
