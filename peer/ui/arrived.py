"""What others did while one was away: told in the toast, shown when asked for, and the way back.

Rule: by itself it says one line, and moves nothing. It moves the camera only when a person asks, and then remembers
where it was.
"""

from collections.abc import Collection
from typing import Final

from PyQt6.QtCore import QObject

from p2psketch.effects import Merged
from p2psketch.geometry import Rect
from p2psketch.ids import ShapeId
from p2psketch.shapes import STROKE
from p2psketch.views import merge_summary
from peer.board import Board
from peer.ui import brush
from peer.ui.camera import Camera
from peer.ui.canvas import Canvas
from peer.ui.follow import Look
from peer.ui.look import motion, theme_of
from peer.ui.marks import Marks
from peer.ui.panels.toast import Toast

SHOW: Final = "Show me"
BACK: Final = "Back"
SHOWN: Final = "Marked for a moment: what is new."

LEVEL: Final = 5
"""How finely ink is measured: to know where it is, coarsely is enough."""
MEASURED: Final = 2_000
"""Strokes; of more, only some are."""


class Arrived(QObject):
    """`tell` it of what has merged."""

    def __init__(self, board: Board, canvas: Canvas, toast: Toast) -> None:
        super().__init__(canvas)
        self._board, self._canvas, self._toast = board, canvas, toast
        self.marks = Marks(self)
        canvas.stage.addItem(self.marks)
        self._before: Look | None = None
        self._shapes: Collection[ShapeId] = ()

    @property
    def is_showing(self) -> bool:
        """Does one look at what is new, and can go back?"""
        return self._before is not None

    def tell(self, merged: Merged) -> None:
        """One line, until one draws on or dismisses it."""
        self._shapes = merged.shapes
        self._before = None
        self._toast.say(f"{merge_summary(merged)}.", SHOW, self.show, lasting=True)

    def show(self) -> None:
        """Look at all that is new."""
        boxes = self._boxes()
        if not boxes:
            self._toast.say("All of that is gone again.")
            return
        area = boxes[0]
        for box in boxes[1:]:
            area = area.union(box)
        self._before = Look.of(self._canvas.camera)
        self._canvas.fit(area)
        self.marks.show_boxes(boxes, theme_of(self._canvas), self._canvas.zoom, moves=motion(self._canvas) > 0)
        self._toast.say(SHOWN, BACK, self._back, lasting=True)

    def back(self) -> bool:
        """Look again where one looked before; False if one has not been shown anything."""
        before = self._before
        self.stay()
        if before is None:
            return False

        def move(camera: Camera) -> None:
            camera.x, camera.y, camera.zoom = before

        self._canvas.move_camera(move)
        self._toast.hide_it()
        return True

    def _back(self) -> None:
        self.back()

    def stay(self) -> None:
        """Where one looks now is where one wants to be."""
        self._before = None
        self.marks.end()

    def _boxes(self) -> list[Rect]:
        shapes = [self._board.document.get(id) for id in self._shapes]
        drawn = [s for s in shapes if s is not None and s.values.get("kind") == STROKE and "points" in s.values]
        some = drawn[:: len(drawn) // MEASURED + 1]
        return [brush.bounds_of_all(ribbons) for shape in some if (ribbons := brush.ribbons_of(shape, LEVEL))]
