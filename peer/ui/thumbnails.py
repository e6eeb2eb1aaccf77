"""Small pictures of boards, for the welcome page: painted in slices while nothing else is to be done.

Rule: two files a board in the home's folder of thumbnails, for light and for dark; they may be lost at any time, and
are painted anew when their board is next left idle or closed. Of a board of very many strokes some are painted, for
more could not be seen.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from functools import reduce
from pathlib import Path
from time import perf_counter
from typing import Final

from PyQt6.QtCore import QBuffer, QIODevice, QObject, QTimer, pyqtSignal
from PyQt6.QtGui import QImage, QPainter, QPen, QPolygonF

from p2psketch.document import Document, Shape
from p2psketch.geometry import Rect
from peer.ui import brush, shaping
from peer.ui.pictures import file_of, remove
from peer.ui.theme import DARK, LIGHT, Theme

WIDTH, HEIGHT = 360, 225
MARGIN: Final = 14
MOST: Final = 1_000
"""Strokes in a picture."""
BATCH: Final = 48
SLICE: Final = 0.005
"""Seconds of painting at a time."""
IDLE: Final = 5_000
"""Milliseconds after which a board is taken to be left alone."""
MEASURE: Final = 5
"""The level at which strokes are measured: coarsely is enough."""
THINNEST: Final = 1.1
"""Pixels: what would be thinner could not be seen."""


def painting(document: Document, board: Path) -> Iterator[None]:
    """Paint the pictures of a board, a little with each turn."""
    shapes = _some(document)
    if not shapes:
        remove(board)
        return
    boxes: list[Rect] = []
    for begin in range(0, len(shapes), BATCH):
        boxes += [brush.bounds_of_all(brush.ribbons_of(shape, MEASURE)) for shape in shapes[begin : begin + BATCH]]
        yield
    area = reduce(Rect.union, boxes)
    scale = min((WIDTH - 2 * MARGIN) / max(area.width, 1), (HEIGHT - 2 * MARGIN) / max(area.height, 1), 1.0)
    images = {theme: QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32) for theme in (LIGHT, DARK)}
    for theme, image in images.items():
        image.fill(theme.canvas)
    for begin in range(0, len(shapes), BATCH):
        some = shapes[begin : begin + BATCH]
        outlines = shaping.outlines_of(some, brush.level_at(scale))
        for theme, image in images.items():
            _paint(image, some, outlines, area, scale, theme)
        yield
    for theme, image in images.items():
        _save(image, file_of(board, dark=theme.dark))


def _some(document: Document) -> list[Shape]:
    """The visible shapes, bottom first; evenly fewer of very many."""
    shapes = list(document.visible())
    return sorted(shapes[:: len(shapes) // MOST + 1], key=lambda shape: shape.z)


def _paint(
    image: QImage, shapes: list[Shape], outlines: list[list[QPolygonF]], area: Rect, scale: float, theme: Theme
) -> None:
    x, y = area.centre
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(WIDTH / 2, HEIGHT / 2)
    painter.scale(scale, scale)
    painter.translate(-x, -y)
    for shape, outline in zip(shapes, outlines, strict=True):
        color = brush.color_of(shape, theme)
        brush.fill(painter, outline, color)
        if shape.width * scale < THINNEST:
            painter.setPen(QPen(color, (THINNEST - shape.width * scale) / scale))
            for polygon in outline:
                painter.drawPolygon(polygon)
    painter.end()


def _save(image: QImage, path: Path) -> None:
    """A disk that refuses costs a picture, and nothing else."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    part = path.with_suffix(".part")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(buffer.data().data())
        os.replace(part, path)


class Thumbnailer(QObject):
    """Paints the pictures of the board that is open when it is left alone, and of one that is closed. Signals:
    done(str) with the path of a board whose pictures are new.
    """

    done = pyqtSignal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._open: tuple[Document, Path] | None = None
        self._stale = False
        self._work: list[tuple[Path, Iterator[None]]] = []
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.timeout.connect(self._begin)
        self._slices = QTimer(self)
        self._slices.timeout.connect(self._slice)

    def watch(self, document: Document, path: Path | None) -> None:
        """This board is open from now on; one that is kept nowhere has no picture."""
        self._open = (document, path) if path is not None else None
        self._stale = False

    def touch(self, document: Document) -> None:
        """The board that is open has changed; its document may be another one since it was read anew."""
        if self._open is not None:
            self._open, self._stale = (document, self._open[1]), True
            self._idle.start(IDLE)

    def leave(self) -> None:
        """It is closed: paint it if it has changed since."""
        self._idle.stop()
        self._begin()
        self._open = None

    def finish(self) -> None:
        """Paint what is left, now."""
        for path, work in self._work:
            for _ in work:
                pass
            self.done.emit(str(path))
        self._work = []
        self._slices.stop()

    def _begin(self) -> None:
        if self._open is not None and self._stale:
            document, path = self._open
            self._stale = False
            self._work = [(other, work) for other, work in self._work if other != path]
            self._work.append((path, painting(document, path)))
            self._slices.start(0)

    def _slice(self) -> None:
        until = perf_counter() + SLICE
        while self._work and perf_counter() < until:
            path, work = self._work[0]
            if next(work, self) is self:
                self._work.pop(0)
                self.done.emit(str(path))
        if not self._work:
            self._slices.stop()
