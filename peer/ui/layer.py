"""A layer of the scene: something that covers the whole board and paints the part of it that is asked for."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from PyQt6.QtCore import QRectF
from PyQt6.QtWidgets import QGraphicsItem

from p2psketch.geometry import Rect
from peer.ui import brush

_AROUND = 2.0
"""Pixels of the screen that antialiasing may need around ink."""


class Layer(QGraphicsItem):
    """Qt, which counts pixels in integers, is told only of the part of the board that is seen."""

    def __init__(self) -> None:
        super().__init__()
        self.area = Rect(0, 0, 1, 1)
        self.zoom = 1.0
        self.level = 0
        """How coarse ink may be here (`brush.level_at`)."""
        self._exposed: Sequence[Rect] = ()

    def look(self, area: Rect, zoom: float, ratio: float) -> None:
        """What part of the board is seen, at which zoom, with how many pixels of the device in one of the screen."""
        self.prepareGeometryChange()
        self.area, self.zoom = area, zoom
        self.level = brush.level_at(zoom * ratio)

    def renew(self, areas: Iterable[Rect]) -> None:
        """Have parts of the board painted anew, as far as they are seen."""
        for area in areas:
            if area.intersects(self.area):
                wider = area.padded(_AROUND / self.zoom)
                left, top = max(wider.left, self.area.left), max(wider.top, self.area.top)
                right, bottom = min(wider.right, self.area.right), min(wider.bottom, self.area.bottom)
                self.update(left, top, right - left, bottom - top)

    @contextmanager
    def exposing(self, areas: Sequence[Rect]) -> Iterator[None]:
        """Within, `paint` need care only for these parts of the board."""
        self._exposed = areas
        try:
            yield
        finally:
            self._exposed = ()

    @property
    def exposed(self) -> Sequence[Rect]:
        """What `paint` has to paint."""
        return self._exposed or (self.area,)

    def boundingRect(self) -> QRectF:
        return QRectF(self.area.left, self.area.top, self.area.width, self.area.height)
