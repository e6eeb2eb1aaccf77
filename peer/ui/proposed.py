"""The board as it will be if the gesture at hand is kept.

Rule: it changes no shape of the document: what a gesture is about to cut off is shown by other shapes in place of them,
on the same road as all that is shown, so that it looks now as it will when it has been committed.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol

from p2psketch.cuts import Cut
from p2psketch.document import Document, Shape
from p2psketch.ids import ShapeId


class HasDocument(Protocol):
    """A board; its document may be another one after the board was read anew."""

    @property
    def document(self) -> Document: ...


class Shapes(Protocol):
    """What is asked for shapes to show them: a document, or this."""

    def get(self, id: ShapeId) -> Shape | None: ...

    def some(self, ids: Iterable[ShapeId]) -> list[Shape]: ...


class Proposed:
    """Give it what is being `cut`; it says which shapes look different then."""

    def __init__(self, board: HasDocument) -> None:
        self._board = board
        self._cuts: Mapping[ShapeId, Cut] = {}

    def get(self, id: ShapeId) -> Shape | None:
        """The shape, visible or not, if any op has named it."""
        shape, cut = self._board.document.get(id), self._cuts.get(id)
        return shape if shape is None or cut is None else shape.less(cut)

    def some(self, ids: Iterable[ShapeId]) -> list[Shape]:
        """Those of many that any op has named."""
        if not self._cuts:
            return self._board.document.some(ids)
        return [shape for id in ids if (shape := self.get(id)) is not None]

    def cut(self, cuts: Mapping[ShapeId, Cut]) -> set[ShapeId]:
        """This, and no more, is being cut off; returns the shapes for which that is news."""
        if not cuts and not self._cuts:
            return set()
        before, self._cuts = self._cuts, dict(cuts)
        return {id for id in before.keys() | cuts.keys() if before.get(id) != cuts.get(id)}
