"""The board as a picture: the same rectangle and the same ink whatever it is painted on.

Rule: needs QtGui and no window, no screen, not even an application: the command line uses it too.
"""

import os
from math import ceil
from pathlib import Path
from typing import Final

from PyQt6.QtCore import QBuffer, QIODevice
from PyQt6.QtGui import QColor, QImage, QPainter

from p2psketch.document import Document, Shape
from p2psketch.geometry import Rect
from peer.ui import brush
from peer.ui.theme import LIGHT, Theme

MARGIN: Final = 16
"""Board pixels around the ink."""

MAX_SIDE: Final = 16_384
"""Pixels; what would be larger is painted smaller."""

MAX_AREA: Final = 100_000_000
"""Pixels: 400 MB while it is painted."""

_BATCH: Final = 256


def frame(document: Document) -> Rect:
    """The part of the board that pictures show: the ink and a margin; of an empty board, a margin around nothing."""
    around: Rect | None = None
    for shape in document.visible():
        box = brush.bounds_of_all(brush.ribbons_of(shape, 0))
        around = box if around is None else around.union(box)
    return (around or Rect(0, 0, 0, 0)).padded(MARGIN)


def paint(painter: QPainter, document: Document, scale: float, theme: Theme = LIGHT) -> None:
    """Paint all ink in pixels of the board, finely enough for `scale` pixels of the device in one of them."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    level = brush.level_at(scale)
    shapes = document.painted()
    for begin in range(0, len(shapes), _BATCH):
        _paint_some(painter, shapes[begin : begin + _BATCH], level, theme)


def _paint_some(painter: QPainter, shapes: list[Shape], level: int, theme: Theme) -> None:
    for shape, outline in zip(shapes, brush.outlines_of(shapes, level), strict=True):
        brush.fill(painter, outline, brush.color_of(shape, theme))


def picture(document: Document, width: int | None = None, theme: Theme | None = None) -> QImage:
    """The board, `width` pixels wide or at 100 %; on white, or as it looks in a theme."""
    area = frame(document)
    scale = (width or ceil(area.width)) / area.width
    scale = min(scale, MAX_SIDE / max(area.width, area.height), (MAX_AREA / area.width / area.height) ** 0.5)
    image = QImage(max(round(area.width * scale), 1), max(round(area.height * scale), 1), QImage.Format.Format_RGB32)
    image.fill(QColor("white") if theme is None else theme.canvas)
    painter = QPainter(image)
    painter.scale(image.width() / area.width, image.height() / area.height)
    painter.translate(-area.left, -area.top)
    paint(painter, document, scale, theme or LIGHT)
    painter.end()
    return image


def save_png(document: Document, path: Path | str, width: int | None = None) -> None:
    """Write the board as a PNG, which replaces a file that was there once it is whole; OSError if it cannot be."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not picture(document, width).save(buffer, "PNG"):
        raise OSError("the picture is too large")
    whole, part = Path(path), Path(path).with_name(f".{Path(path).name}.part")
    try:
        part.write_bytes(buffer.data().data())
        os.replace(part, whole)
    finally:
        part.unlink(missing_ok=True)
