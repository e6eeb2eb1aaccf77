"""The board as a picture: the same rectangle and the same ink whatever it is painted on.

Rule: needs QtGui and no window, no screen, not even an application: the command line uses it too. A picture is of
what was there when it was begun, however long it takes.
"""

import math
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import Final

import numpy as np
from PyQt6.QtCore import QBuffer, QIODevice, Qt
from PyQt6.QtGui import QColor, QImage, QPainter

from p2psketch.document import Document, Shape
from p2psketch.geometry import Floats, Rect
from peer.ui import brush, shaping
from peer.ui.ordering import in_order
from peer.ui.theme import LIGHT, Theme
from peer.ui.visible import boxes_of

MARGIN: Final = 16
"""Board pixels around the ink."""

MAX_SIDE: Final = 16_384
"""Pixels; what would be larger is painted smaller."""

MAX_AREA: Final = 100_000_000
"""Pixels: 400 MB while it is painted."""

_QUALITY: Final = 60
"""Qt's number for a level of compression: for ink it is quicker than the usual one, and the files are smaller."""

_AT_A_TIME: Final = 1_000_000
"""Pixels of paper."""

_BATCH: Final = 128
"""Shapes that are painted at a time."""

SMALL_BATCH: Final = 32
"""The same while somebody draws meanwhile; it takes a quarter longer."""


def frame(document: Document) -> Rect:
    """The part of the board that pictures show: the ink and a margin; of an empty board, a margin around nothing."""
    shapes = list(document.visible())
    return (bounds(shapes, _sides(shapes)) or Rect(0, 0, 0, 0)).padded(MARGIN)


def _sides(shapes: Sequence[Shape]) -> Floats:
    """The boxes around shapes (n, 4): left, top, right, bottom."""
    return np.array(boxes_of(shapes)).reshape(-1, 4)


def bounds(shapes: Sequence[Shape], boxes: Floats) -> Rect | None:
    """The smallest rectangle around the ink of visible shapes; None of none.

    A box is quickly found and a little large, so only those farthest out have to be looked at closely.
    """
    if not shapes:
        return None
    exact: dict[int, Rect] = {}

    def farthest(side: int) -> float:
        sign, best = -1 if side < 2 else 1, -math.inf
        left = boxes[:, side] * sign
        while left[number := int(left.argmax())] > best:
            if number not in exact:
                exact[number] = brush.bounds_of_all(brush.ribbons_of(shapes[number], 0))
            best = max(best, exact[number][side] * sign)
            left[number] = -math.inf
        return best

    return Rect(-farthest(0), -farthest(1), farthest(2), farthest(3))


class Painting:
    """A picture that is being painted: `width` pixels wide or at 100 %; on white, or as it looks in a theme. A `batch`
    of shapes is painted at a time.
    """

    def __init__(
        self, document: Document, width: int | None = None, theme: Theme | None = None, batch: int = _BATCH
    ) -> None:
        self.image = QImage()
        self.progress = 0.0
        """From 0 to 1."""
        self._width = width
        self._paper = QColor("white") if theme is None else theme.canvas
        self._theme = theme or LIGHT
        self._batch = batch
        self._steps = self._paint(document.all())

    def work(self, until: float, clock: Callable[[], float] = perf_counter) -> bool:
        """Go on until it is done, or so long; says whether it is done."""
        for progress in self._steps:
            self.progress = progress
            if clock() > until:
                return False
        return True

    def _paint(self, shapes: Sequence[Shape]) -> Iterator[float]:
        """In small steps; each tells how far it has come."""
        seen: list[Shape] = []
        boxes = [np.empty((0, 4))]
        for some in _in_parts(shapes, 3 * self._batch):
            run = [shape for shape in some if shape.visible]
            boxes.append(_sides(run))
            seen += run
            yield 0.0
        area = (bounds(seen, np.concatenate(boxes)) or Rect(0, 0, 0, 0)).padded(MARGIN)
        scale = self._prepare(area)
        yield from self._lay_paper()
        level, some = brush.level_at(scale), list[Shape]()
        for done, shape in enumerate(in_order(seen)):
            if shape is None:
                yield 0.0
                continue
            some.append(shape)
            if len(some) == self._batch:
                yield from self._fill(some, area, level, done / len(seen))
                some.clear()
        yield from self._fill(some, area, level, 1.0)

    def _prepare(self, area: Rect) -> float:
        """An empty image; returns its scale."""
        scale = (self._width or math.ceil(area.width)) / area.width
        scale = min(scale, MAX_SIDE / max(area.width, area.height), math.sqrt(MAX_AREA / area.width / area.height))
        width, height = max(round(area.width * scale), 1), max(round(area.height * scale), 1)
        self.image = QImage(width, height, QImage.Format.Format_RGB32)
        return scale

    def _lay_paper(self) -> Iterator[float]:
        """A few rows at a time: to fill hundreds of megabytes takes half a second."""
        rows = max(_AT_A_TIME // self.image.width(), 1)
        for top in range(0, self.image.height(), rows):
            painter = QPainter(self.image)
            painter.fillRect(0, top, self.image.width(), rows, self._paper)
            painter.end()
            yield 0.0

    def _fill(self, shapes: Sequence[Shape], area: Rect, level: int, progress: float) -> Iterator[float]:
        outlines = shaping.outlines_of(shapes, level)
        yield progress
        painter = QPainter(self.image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self.image.width() / area.width, self.image.height() / area.height)
        painter.translate(-area.left, -area.top)
        painter.setPen(Qt.PenStyle.NoPen)
        last = None
        for shape, outline in zip(shapes, outlines, strict=True):
            if (look := (shape.color, shape.highlights)) != last:
                painter.setBrush(brush.color_of(shape, self._theme))
                last = look
            brush.fill_on(painter, outline)
        painter.end()
        yield progress


def _in_parts(shapes: Sequence[Shape], size: int) -> Iterator[Sequence[Shape]]:
    return (shapes[begin : begin + size] for begin in range(0, len(shapes), size))


def picture(document: Document, width: int | None = None, theme: Theme | None = None) -> QImage:
    """The board as an image, as `Painting` paints it."""
    painting = Painting(document, width, theme)
    painting.work(float("inf"))
    return painting.image


def save_png(document: Document, path: Path | str, width: int | None = None) -> None:
    """Write the board as a PNG, which replaces a file that was there once it is whole; OSError if it cannot be."""
    write_png(picture(document, width), Path(path))


def write_png(image: QImage, path: Path, unwanted: Callable[[], bool] = lambda: False) -> None:
    """Write an image as a PNG, which replaces a file that was there once it is whole, unless it is `unwanted` by then;
    OSError if it cannot be.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG", _QUALITY):
        raise OSError("the picture is too large")
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(buffer.data().data())
        if not unwanted():
            os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
