"""One board at three zooms, as the canvas shows it, side by side: `python -m benchmarks.zooms OUT.png [STROKES]`."""

import sys

from PyQt6.QtGui import QImage, QPainter
from PyQt6.QtWidgets import QApplication

from peer import interpreter

ZOOMS = (0.3, 1.0, 4.0)
SIZE = (480, 360)


def main() -> None:
    """Draw the demo's picture and so many random strokes, and look at them."""
    from benchmarks.workload import strokes
    from p2psketch.ops import Edit
    from peer.tools.style import PALETTE, InkStyle
    from peer.ui.canvas import Canvas
    from peer.ui.theme import LIGHT
    from tests.ui.boards import Alone
    from tests.ui.shown import shown

    application = QApplication([])
    board = Alone()
    many = list(strokes(int(sys.argv[2]) if len(sys.argv) > 2 else 300, view=(1600, 1200)))
    for number, fields in enumerate(many):
        board.edit(Edit(((0, fields | {"color": PALETTE[number % 12], "width": 1 + number % 7}),)))
    sheet = QImage(SIZE[0] * len(ZOOMS), SIZE[1], QImage.Format.Format_RGB32)
    painter = QPainter(sheet)
    for number, zoom in enumerate(ZOOMS):
        canvas = Canvas(board, InkStyle(), LIGHT)
        canvas.resize(*SIZE)
        canvas.show()
        canvas.move_camera(lambda camera: camera.look_at(800, 600))
        canvas.zoom_to(zoom)
        painter.drawImage(number * SIZE[0], 0, shown(canvas))
    painter.end()
    sheet.save(sys.argv[1])
    application.quit()


if __name__ == "__main__":
    interpreter.prepare()
    main()
