"""What tools may ask of the canvas."""

from collections.abc import Iterator

from p2psketch.geometry import Point
from p2psketch.ids import ShapeId
from peer.tools.tool import Ranges
from peer.ui import brush
from peer.ui.endless import EndlessView
from peer.ui.reach import Reach
from peer.ui.settled import SettledInk


class CanvasSurface:
    """A view, and the ink that it shows."""

    def __init__(self, view: EndlessView, settled: SettledInk, reach: Reach) -> None:
        self._view = view
        self._settled = settled
        self._reach = reach

    @property
    def zoom(self) -> float:
        return self._view.zoom

    def find(self, start: Point, end: Point, radius: float) -> list[ShapeId]:
        return self._settled.find(start, end, radius)

    def rub(self, start: Point, end: Point, radius: float) -> Iterator[tuple[ShapeId, Ranges]]:
        level = brush.level_at(self._view.zoom * self._view.devicePixelRatioF())
        return self._reach.touched(start, end, radius, level)

    def pan(self, dx: float, dy: float) -> None:
        self._view.pan(dx, dy)
