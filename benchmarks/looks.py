"""`python -m benchmarks.looks OUT.png [--freehand FOLDER]`: what our pen makes of a hand, beside perfect-freehand.

FOLDER is one in which `npm install perfect-freehand` has been run; its own code is run by node, with its usual options.
Without it the picture has ours alone. Everything is painted by Qt, three pixels to one of the screen; theirs as their
page says, as quadratic curves through the middles of the outline's edges.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Final

import numpy as np
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor, QFont, QGuiApplication, QImage, QPainter, QPainterPath

from benchmarks.hands import Moves, page
from p2psketch import ink
from peer.tools.pen import Pen
from peer.tools.style import InkStyle, Pressure
from peer.tools.tool import Pointer
from peer.ui import brush

SCALE: Final = 3
SIZE: Final = (620, 330)
WIDTHS: Final = (4.0, 9.0)

_NODE: Final = """
const { getStroke } = require('perfect-freehand')
const { strokes, size } = JSON.parse(require('fs').readFileSync(0, 'utf8'))
console.log(JSON.stringify(strokes.map(points => getStroke(points, { size, last: true }))))
"""


class Paper:
    """Takes what the pen tells the board."""

    def __init__(self) -> None:
        self.points: list[tuple[float, float]] = []
        self.pressure: list[float] = []

    def edit(self, edit: object) -> None:
        """The pen never edits."""

    def begin_draft(self, fields: object) -> None:
        """There is one style here."""

    def extend_draft(self, points: list[tuple[float, float]], pressure: list[float] | None = None) -> None:
        """More of the stroke."""
        self.points += points
        self.pressure += pressure or []

    def finish_draft(self) -> None:
        """There is one stroke here."""

    cancel_draft = finish_draft


def ours(moves: Moves, style: InkStyle) -> QPainterPath:
    """What our pen draws, from the bytes that it is stored in."""
    paper = Paper()
    pen = Pen(paper, style)  # type: ignore[arg-type]
    first, *others = [Pointer(x, y, x, y, time=time) for x, y, time in moves]
    pen.press(first)
    for pointer in others:
        pen.move(pointer)
    pen.release(others[-1] if others else first)
    points, pressure = ink.decode(ink.encode(paper.points, np.array(paper.pressure) if paper.pressure else None))
    level = brush.level_at(SCALE)
    (outline,) = brush.polygons([brush.ribbon(points, pressure, style.width, level)], level)
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    path.addPolygon(outline)
    return path


def theirs(strokes: list[Moves], width: float, folder: Path) -> list[QPainterPath]:
    """What perfect-freehand makes."""
    asked = json.dumps({"strokes": [[move[:2] for move in moves] for moves in strokes], "size": width})
    done = subprocess.run(["node", "-e", _NODE], cwd=folder, input=asked, capture_output=True, text=True, check=True)
    return [_curved(outline) for outline in json.loads(done.stdout)]


def _curved(outline: list[list[float]]) -> QPainterPath:
    corners = [QPointF(*corner) for corner in outline]
    path = QPainterPath((corners[-1] + corners[0]) / 2)
    path.setFillRule(Qt.FillRule.WindingFill)
    for corner, following in zip(corners, [*corners[1:], corners[0]], strict=True):
        path.quadTo(corner, (corner + following) / 2)
    return path


def _panel(title: str, paths: list[QPainterPath]) -> QImage:
    image = QImage(SIZE[0] * SCALE, SIZE[1] * SCALE, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(SCALE, SCALE)
    painter.setPen(QColor("#6b7280"))
    painter.setFont(QFont("sans-serif", 4))
    painter.drawText(8, 12, title)
    for path in paths:
        painter.fillPath(path, QColor("#1f2328"))
    painter.end()
    return image


def panels(folder: Path | None) -> list[list[QImage]]:
    """Rows by width: theirs, ours, ours with nothing done to it."""
    strokes, rows = page(), []
    for width in WIDTHS:
        usual = InkStyle(0, width, smoothing=0.5, pressure=Pressure.SPEED)
        plain = InkStyle(0, width)
        row = []
        if folder is not None:
            row.append(_panel(f"perfect-freehand, size {width:g}", theirs(strokes, width, folder)))
        row.append(_panel(f"p2psketch, width {width:g}", [ours(moves, usual) for moves in strokes]))
        row.append(
            _panel(f"p2psketch, width {width:g}, smoothing and pressure off", [ours(moves, plain) for moves in strokes])
        )
        rows.append(row)
    return rows


def mosaic(rows: list[list[QImage]]) -> QImage:
    """Pictures of one size side by side."""
    width, height = rows[0][0].width(), rows[0][0].height()
    image = QImage(width * len(rows[0]), height * len(rows), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    for down, row in enumerate(rows):
        for right, picture in enumerate(row):
            painter.drawImage(right * width, down * height, picture)
    painter.end()
    return image


def main() -> int:
    """Paint them into one picture."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.looks")
    parser.add_argument("out", type=Path)
    parser.add_argument("--freehand", type=Path, metavar="FOLDER")
    options = parser.parse_args()
    application = QGuiApplication([*sys.argv[:1], "-platform", "offscreen"])
    rows = panels(options.freehand)
    saved = mosaic(rows).save(str(options.out))
    application.quit()
    return 0 if saved else 1


if __name__ == "__main__":
    sys.exit(main())
