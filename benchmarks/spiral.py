"""`python -m benchmarks.spiral FOLDER`: strips of frames of a fast spiral in the real window, drawn with a mouse and
with a simulated pen.

The mouse is moved by xdotool on a virtual screen (Xvfb); where either is missing that strip is left out, and the window
is offscreen. A ring marks where the pointer was when the frame was taken: of the mouse, as the system says at that
moment, wherever its events are by then; of the pen, the last event. The last frame is of the finished stroke.
"""

import argparse
import math
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PyQt6.QtGui import QImage

    from peer.ui.canvas import Canvas

NEEDED: Final = ("Xvfb", "xdotool")
FRAMES: Final = 6
SECONDS: Final = 1.0
SIDE: Final = 360
"""Pixels of a frame, which shows the middle of the canvas."""

_BUSY: Final = 0.9
"""The part of a frame's time in which the event loop is left to itself."""


def place(share: float) -> tuple[float, float]:
    """Where the spiral is after a share of it, in pixels from its middle."""
    turn = share * 10 * math.pi
    return (8 + 4.6 * turn) * math.cos(turn), (8 + 4.6 * turn) * math.sin(turn)


@contextmanager
def screen() -> Iterator[bool]:
    """A virtual screen for what this process opens, if there can be one; says whether there is."""
    if not all(map(shutil.which, NEEDED)):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        yield False
        return
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as number:
        os.environ |= {"DISPLAY": ":" + number.readline().strip(), "QT_QPA_PLATFORM": "xcb"}
    try:
        yield True
    finally:
        server.terminate()
        server.wait()


def wait(seconds: float) -> None:
    """Let the window live."""
    from PyQt6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def frame(canvas: "Canvas", x: float, y: float) -> "QImage":
    """The middle of the canvas as the screen shows it, with a ring around a point of it."""
    from PyQt6.QtCore import QPoint, QPointF
    from PyQt6.QtGui import QColor, QPainter, QPen

    left, top = (canvas.width() - SIDE) // 2, (canvas.height() - SIDE) // 2
    window, screen = canvas.window(), canvas.screen()
    assert window is not None
    assert screen is not None
    corner = canvas.mapTo(window, QPoint(left, top))
    image = screen.grabWindow(window.winId(), corner.x(), corner.y(), SIDE, SIDE).toImage()
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor("#e03131"), 1.5))
    painter.drawEllipse(QPointF(x - left, y - top), 7, 7)
    painter.setPen(QColor("#dee2e6"))
    painter.drawRect(0, 0, SIDE - 1, SIDE - 1)
    painter.end()
    return image


def with_mouse(canvas: "Canvas") -> "list[QImage]":
    """Frames while xdotool draws, taken at equal times whatever has been drawn by then."""
    from PyQt6.QtCore import QPoint
    from PyQt6.QtGui import QCursor
    from PyQt6.QtWidgets import QApplication

    origin = canvas.glass.mapToGlobal(QPoint(0, 0))
    middle = origin.x() + canvas.width() / 2, origin.y() + canvas.height() / 2
    steps = round(SECONDS * 125)
    places = [tuple(round(at + off) for at, off in zip(middle, place(n / steps), strict=True)) for n in range(steps)]
    words = ["mousemove", *map(str, places[0]), "mousedown", "1"]
    for x, y in places[1:]:
        words += ["mousemove", str(x), str(y), "sleep", "0.008"]
    hand = subprocess.Popen(["xdotool", *words, "sleep", "0.3", "mouseup", "1"])
    frames: list[QImage] = []
    while len(frames) < FRAMES - 1 and hand.poll() is None:
        wait(SECONDS / (FRAMES - 2) * _BUSY)
        QApplication.processEvents()
        at = QCursor.pos() - origin
        frames.append(frame(canvas, at.x(), at.y()))
    hand.wait()
    wait(0.2)
    return [*frames, frame(canvas, -99, -99)]


def with_pen(canvas: "Canvas") -> "list[QImage]":
    """Frames after so many events of a pen that reports 240 times a second and presses more and less."""
    from PyQt6.QtCore import QEvent, QPointF, Qt
    from PyQt6.QtGui import QInputDevice, QPointingDevice, QTabletEvent
    from PyQt6.QtWidgets import QApplication

    kinds = QInputDevice.DeviceType.Stylus, QPointingDevice.PointerType.Pen
    device = QPointingDevice("stylus", 1, *kinds, QInputDevice.Capability.Pressure, 1, 1)
    none, left = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton

    def send(kind: QEvent.Type, share: float) -> tuple[float, float]:
        x, y = place(share)
        at = QPointF(canvas.width() / 2 + x, canvas.height() / 2 + y)
        pressed = 0.0 if kind is QEvent.Type.TabletRelease else 0.5 + 0.45 * math.sin(share * 40)
        button = none if kind is QEvent.Type.TabletMove else left
        held = none if kind is QEvent.Type.TabletRelease else left
        modifiers = Qt.KeyboardModifier.NoModifier
        event = QTabletEvent(kind, device, at, at, pressed, 0, 0, 0, 0, 0, modifiers, button, held)
        QApplication.sendEvent(canvas.glass, event)
        return at.x(), at.y()

    steps = round(SECONDS * 240)
    frames: list[QImage] = []
    send(QEvent.Type.TabletPress, 0)
    for number in range(1, steps + 1):
        at = send(QEvent.Type.TabletMove, number / steps)
        if number * (FRAMES - 1) % steps < FRAMES - 1:
            QApplication.processEvents()
            frames.append(frame(canvas, *at))
    send(QEvent.Type.TabletRelease, 1)
    wait(0.2)
    return [*frames, frame(canvas, -99, -99)]


def strip(frames: "list[QImage]", path: Path) -> None:
    """Frames side by side, as a file."""
    from PyQt6.QtGui import QImage, QPainter

    image = QImage(SIDE * len(frames), SIDE, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    for number, each in enumerate(frames):
        painter.drawImage(number * SIDE, 0, each)
    painter.end()
    image.save(str(path))


def draw(folder: Path, *, mouse: bool) -> None:
    """Open the window on a board of its own and draw on it."""
    from PyQt6 import sip

    from p2psketch.address import Address
    from peer.app import App, _application
    from peer.settings import Settings
    from peer.target import new_board

    application = _application()
    app = App(Settings("Ana", 0x2F9E44, "light"), None, 0)
    app.open(new_board("Spiral", [Address("127.0.0.1", 9)]))
    app.window.resize(1000, 700)
    app.window.show()
    wait(1.5)
    assert app.window.desk is not None
    canvas = app.window.desk.canvas
    works: list[tuple[str, Callable[[Canvas], list[QImage]]]] = [("pen", with_pen)]
    if mouse:
        works.insert(0, ("mouse", with_mouse))
    for name, work in works:
        strip(work(canvas), folder / f"spiral-{name}.png")
        app.window.desk.undo()
    app.window.close()
    wait(0.2)
    sip.delete(app.window)  # while there is an application
    application.quit()


def main() -> int:
    """Draw, and say where the pictures are."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.spiral")
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, screen() as mouse:
        os.environ["P2PSKETCH_HOME"] = home
        draw(folder, mouse=mouse)
    print(*sorted(str(path) for path in folder.glob("spiral-*.png")), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
