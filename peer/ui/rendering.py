"""Painting the board into tiles, a few milliseconds at a time.

Rule: whatever is painted is painted in order, bottom first, onto the ground; a job that has begun is finished, and what
has changed under it meanwhile is painted anew afterwards. So what is shown is always true for some moment not long ago,
and at rest it is what painting all shapes in order gives, pixel for pixel.
"""

from collections.abc import Callable, Collection, Sequence
from time import perf_counter
from typing import Final

from PyQt6.QtCore import QPoint, QRect
from PyQt6.QtGui import QColor, QImage, QPainter, QPolygonF

from p2psketch.document import Shape
from p2psketch.geometry import Rect
from p2psketch.ids import ShapeId
from peer.ui import brush
from peer.ui.backdrop import Backdrop
from peer.ui.outlines import Outlines
from peer.ui.tiles import Sheet

_STEP: Final = 16
"""Shapes between two looks at the clock."""

FADED: Final = 0.25
"""How much is left of the colour of what is about to be erased."""


class InkPainter:
    """Paints ground and shapes, as they look on a sheet, onto images."""

    def __init__(self, outlines: Outlines, backdrop: Backdrop) -> None:
        self.ratio = 1.0
        """Pixels of the device in one of the screen."""
        self.faded: Collection[ShapeId] = frozenset()
        self._outlines = outlines
        self._backdrop = backdrop

    def ground(self, sheet: Sheet, rect: QRect) -> QImage:
        """A new image of a rectangle of a sheet with nothing drawn on it."""
        image = QImage(rect.size(), QImage.Format.Format_RGB32)
        painter = QPainter(image)
        painter.translate(-rect.left(), -rect.top())
        self._backdrop.paint(painter, rect, sheet.scale / self.ratio, self.ratio)
        painter.end()
        return image

    def outlines(self, sheet: Sheet, shapes: Sequence[Shape], area: Rect) -> list[list[QPolygonF]]:
        """What is to be filled of each shape, in an area of the board."""
        return self._outlines.of(shapes, area, sheet.scale, brush.level_at(sheet.scale))

    def paint(self, image: QImage, at: QPoint, shapes: Sequence[Shape], outlines: Sequence[list[QPolygonF]]) -> None:
        """Paint shapes on an image whose first pixel is that of a sheet `at` there."""
        painter = QPainter(image)
        painter.translate(-at)
        self.fill(painter, shapes, outlines)
        painter.end()

    def paint_beneath(self, sheet: Sheet, image: QImage, rect: QRect, shape: Shape) -> None:
        """Paint a highlighter over what is on the image of a part of a sheet, so that it seems to lie beneath."""
        (outline,) = self.outlines(sheet, [shape], sheet.board(rect))
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(-rect.topLeft())
        brush.fill_beneath(painter, outline, shape.color, self._backdrop.theme)
        painter.end()

    def fill(self, painter: QPainter, shapes: Sequence[Shape], outlines: Sequence[list[QPolygonF]]) -> None:
        """Paint shapes, in pixels of a sheet."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for shape, outline in zip(shapes, outlines, strict=True):
            brush.fill(painter, outline, self._color(shape))

    def _color(self, shape: Shape) -> QColor:
        color = brush.color_of(shape, self._backdrop.theme)
        if shape.id in self.faded:
            color.setAlphaF(color.alphaF() * FADED)
        return color


class Job:
    """One rectangle of a sheet, being painted from its ground up."""

    def __init__(self, sheet: Sheet, rect: QRect, shapes: list[Shape], ink: InkPainter) -> None:
        self.sheet = sheet
        self.rect = rect
        self.image = ink.ground(sheet, rect)
        self.spoilt: list[QRect] = []
        """Where something has changed since it began."""
        self.beneath: list[Shape] = []
        """Highlighters that have come since it began."""
        self._area = sheet.board(rect)
        self._shapes = shapes
        self._done = 0
        self._ink = ink

    def cover(self, shape: Shape) -> None:
        """A shape has come above all others."""
        self._shapes.append(shape)

    def work(self, until: float, clock: Callable[[], float] = perf_counter) -> bool:
        """Go on until it is done, or so long; says whether it is done."""
        while self._done < len(self._shapes):
            some = self._shapes[self._done : self._done + _STEP]
            outlines = self._ink.outlines(self.sheet, some, self._area)
            self._ink.paint(self.image, self.rect.topLeft(), some, outlines)
            self._done += len(some)
            if clock() > until:
                break
        return self._done == len(self._shapes)
