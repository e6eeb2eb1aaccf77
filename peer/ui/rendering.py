"""Painting the board into tiles, a few milliseconds at a time.

Rule: whatever is painted is painted in order, bottom first, onto the ground; a job that has begun is finished, and what
has changed under it meanwhile is painted anew afterwards. So what is shown is always true for some moment not long ago,
and at rest it is what painting all shapes in order gives, pixel for pixel.
"""

from collections import deque
from collections.abc import Callable, Collection, Sequence
from time import perf_counter
from typing import Final, TypeAlias

from PyQt6.QtCore import QPoint, QRect, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPolygonF

from p2psketch.document import Shape
from p2psketch.geometry import Rect
from p2psketch.ids import ShapeId
from peer.ui import brush
from peer.ui.backdrop import Backdrop
from peer.ui.ordering import in_order
from peer.ui.outlines import Outlines
from peer.ui.tiles import Sheet

_BATCH: Final = 96
"""Shapes whose outlines are made at a time."""

_SMALL_BATCH: Final = 12
"""While somebody moves the board: every millisecond is seen."""

_STEP: Final = 12
"""Shapes that are filled between two looks at the clock."""

FADED: Final = 0.25
"""How much is left of the colour of what is about to be erased."""


_MOST_COLORS: Final = 1_000

Drawn: TypeAlias = tuple[Shape, list[QPolygonF]]
"""A shape, and what is to be filled of it."""


class InkPainter:
    """Paints ground and shapes, as they look on a sheet, onto images."""

    def __init__(self, outlines: Outlines, backdrop: Backdrop) -> None:
        self.ratio = 1.0
        """Pixels of the device in one of the screen."""
        self.faded: Collection[ShapeId] = frozenset()
        self._outlines = outlines
        self._backdrop = backdrop
        self._theme = backdrop.theme
        self._colors: dict[tuple[int, bool, bool], QColor] = {}

    def ground(self, sheet: Sheet, rect: QRect) -> QImage:
        """A new image of a rectangle of a sheet with nothing drawn on it."""
        image = QImage(rect.size(), QImage.Format.Format_RGB32)
        painter = QPainter(image)
        painter.translate(-rect.left(), -rect.top())
        self._backdrop.paint(painter, rect, sheet.scale / self.ratio, self.ratio)
        painter.end()
        return image

    def outlined(self, sheet: Sheet, shapes: Sequence[Shape], area: Rect) -> list[Drawn]:
        """Shapes, and what is to be filled of each in an area of the board."""
        outlines = self._outlines.of(shapes, area, sheet.scale, brush.level_at(sheet.scale))
        return list(zip(shapes, outlines, strict=True))

    def paint(self, image: QImage, at: QPoint, drawn: Sequence[Drawn]) -> None:
        """Paint shapes on an image whose first pixel is that of a sheet `at` there."""
        painter = QPainter(image)
        painter.translate(-at)
        self.fill(painter, drawn)
        painter.end()

    def paint_beneath(self, sheet: Sheet, image: QImage, rect: QRect, shape: Shape) -> None:
        """Paint a highlighter over what is on the image of a part of a sheet, so that it seems to lie beneath."""
        ((_, outline),) = self.outlined(sheet, [shape], sheet.board(rect))
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(-rect.topLeft())
        brush.fill_beneath(painter, outline, shape.color, self._backdrop.theme)
        painter.end()

    def fill(self, painter: QPainter, drawn: Sequence[Drawn]) -> None:
        """Paint shapes, in pixels of a sheet."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        last = None
        for shape, outline in drawn:
            if (color := self._color(shape)) is not last:
                painter.setBrush(color)
                last = color
            brush.fill_on(painter, outline)

    def _color(self, shape: Shape) -> QColor:
        """The same object for all shapes of a colour."""
        theme = self._backdrop.theme
        if theme is not self._theme:
            self._theme, self._colors = theme, {}
        key = shape.color, shape.highlights, shape.id in self.faded
        if (color := self._colors.get(key)) is None:
            if len(self._colors) >= _MOST_COLORS:
                self._colors.clear()
            color = self._colors[key] = brush.color_of(shape, theme)
            color.setAlphaF(color.alphaF() * (FADED if key[2] else 1))
        return color


class Job:
    """One rectangle of a sheet, being painted: shapes, bottom first, onto an image of what lies beneath them."""

    def __init__(self, sheet: Sheet, rect: QRect, image: QImage, shapes: Sequence[Shape], ink: InkPainter) -> None:
        self.sheet = sheet
        self.rect = rect
        self.image = image
        self.spoilt: list[QRect] = []
        """Where something has changed since it began."""
        self.beneath: list[Shape] = []
        """Highlighters that have come since it began."""
        self._area = sheet.board(rect)
        self._coming = in_order(shapes)
        self._above: deque[Shape] = deque()
        self._left = len(shapes)
        self._drawn: list[Drawn] = []
        self._ink = ink

    @property
    def left(self) -> int:
        """How many shapes are still to be painted."""
        return self._left

    def meets(self, sheet: Sheet, pixels: QRect) -> bool:
        """Does it paint some of these pixels of a sheet?"""
        return self.sheet is sheet and self.rect.intersects(pixels)

    def cover(self, shape: Shape) -> None:
        """A shape has come above all others."""
        self._above.append(shape)
        self._left += 1

    def work(self, until: float, clock: Callable[[], float] = perf_counter, *, gently: bool = False) -> bool:
        """Go on until it is done, or so long; says whether it is done. In smaller steps it takes longer in all."""
        while self._left:
            if not self._drawn:
                self._outline(until, clock, _SMALL_BATCH if gently else _BATCH)
            else:
                some = self._drawn[-_STEP:]
                self._ink.paint(self.image, self.rect.topLeft(), some[::-1])
                del self._drawn[-_STEP:]
                self._left -= len(some)
            if clock() > until:
                break
        return not self._left

    def _outline(self, until: float, clock: Callable[[], float], batch: int) -> None:
        """Make the outlines of the next few shapes, if they are found in time."""
        some: list[Shape] = []
        for shape in self._coming:
            if shape is not None:
                some.append(shape)
            if len(some) == batch or (shape is None and clock() > until):
                break
        else:
            while self._above and len(some) < batch:
                some.append(self._above.popleft())
        self._drawn = self._ink.outlined(self.sheet, some, self._area)[::-1]
