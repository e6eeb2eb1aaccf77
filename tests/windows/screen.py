"""A screen of its own (Xvfb), and hands to use what is on it (xdotool)."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

from PyQt6.QtGui import QColor, QImage

NEEDED = ("Xvfb", "xdotool", "import")
PATIENCE = 15.0

Box = tuple[int, int, int, int]
"""Left, top, width, height on the screen."""


def missing() -> list[str]:
    """The programs that these tests need and this machine lacks."""
    return [name for name in NEEDED if shutil.which(name) is None]


class Screen:
    """A virtual screen of 1600×1000. Use as a context manager."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._shots = 0

    def __enter__(self) -> Self:
        reading, writing = os.pipe()
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"],
            pass_fds=[writing],
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading) as number:
            self.display = ":" + number.readline().strip()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.terminate()
        self._server.wait()

    def environment(self, base: dict[str, str], home: Path) -> dict[str, str]:
        """For a program with a window on this screen."""
        return base | {"DISPLAY": self.display, "QT_QPA_PLATFORM": "xcb", "P2PSKETCH_HOME": str(home)}

    def hand(self, *words: str | int) -> None:
        """Do something with mouse and keyboard, in the words of xdotool."""
        command = ["xdotool", *map(str, words)]
        subprocess.run(command, env=os.environ | {"DISPLAY": self.display}, check=True, capture_output=True)

    def drag_along(self, points: Sequence[tuple[int, int]]) -> None:
        """Press at the first point and move to the last; the button stays down."""
        words: list[str | int] = ["mousemove", *points[0], "mousedown", 1]
        for point in points[1:]:
            words += ["mousemove", *point, "sleep", "0.01"]
        self.hand(*words)

    def shot(self) -> QImage:
        """What is on the screen."""
        self._shots += 1
        path = self._folder / f"shot-{self._shots}.png"
        command = ["import", "-window", "root", str(path)]
        subprocess.run(command, env=os.environ | {"DISPLAY": self.display}, check=True, capture_output=True)
        return QImage(str(path))

    def ink(self, box: Box, color: int) -> int:
        """How many pixels in a box are of a colour, or nearly."""
        return pixels_like(self.shot().copy(*box), color)


def pixels_like(image: QImage, color: int) -> int:
    """Pixels within 40 of 0xRRGGBB in each channel."""
    want = QColor(color)
    return sum(
        abs(got.red() - want.red()) < 40 and abs(got.green() - want.green()) < 40 and abs(got.blue() - want.blue()) < 40
        for y in range(image.height())
        for x in range(image.width())
        for got in (image.pixelColor(x, y),)
    )


def wait_until(holds: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Wait for something to hold, and fail by name if it does not."""
    end = time.monotonic() + patience
    while not holds():
        if time.monotonic() > end:
            raise AssertionError(f"not within {patience:.0f} s: {what}")
        time.sleep(0.05)
