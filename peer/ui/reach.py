"""What an eraser of parts touches.

Rule: the strokes near it are looked up at every move and their ribbons kept from move to move, until they change or the
gesture is over; so that a move costs as much as what has come near since the last.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import chain

from p2psketch.geometry import Point, Rect, bounds_of
from p2psketch.ids import ShapeId
from p2psketch.rubbing import Brushed, Range, rubbed
from peer.ui import brush
from peer.ui.proposed import HasDocument

Near = Callable[[Rect], Iterable[ShapeId]]
"""Which strokes may have ink in a part of the board."""


class Reach:
    """`near` says which strokes to look at; `board` what they are, before the gesture at hand."""

    def __init__(self, board: HasDocument, near: Near) -> None:
        self._board = board
        self._near = near
        self._level = 0
        self._kept: dict[ShapeId, list[Brushed]] = {}

    def touched(self, start: Point, end: Point, radius: float, level: int) -> Iterator[tuple[ShapeId, list[Range]]]:
        """The parts of strokes whose ink comes within `radius` of the segment, as finely as they are shown."""
        if level != self._level:
            self.forget()
            self._level = level
        around = bounds_of((start, end))
        assert around is not None
        ids = list(self._near(around.padded(radius)))
        pieces = [self._pieces(id) for id in ids]
        found = iter(rubbed(list(chain.from_iterable(pieces)), start, end, radius))
        for id, its in zip(ids, pieces, strict=True):
            ranges = [part for _ in its for part in next(found)]
            if ranges:
                yield id, ranges

    def _pieces(self, id: ShapeId) -> list[Brushed]:
        if id not in self._kept:
            shape = self._board.document.get(id)
            ribbons = brush.ribbons_of(shape, self._level) if shape is not None and shape.visible else []
            self._kept[id] = [ribbon.brushed for ribbon in ribbons]
        return self._kept[id]

    def forget(self, ids: Collection[ShapeId] | None = None) -> None:
        """These strokes have changed; without any: the gesture is over."""
        if ids is None:
            self._kept.clear()
        elif self._kept:
            for id in ids:
                self._kept.pop(id, None)
