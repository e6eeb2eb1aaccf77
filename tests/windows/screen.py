"""A screen of its own (Xvfb), and hands to use what is on it (xdotool).

What is on the screen is read where the server keeps it, in a file of its memory: to look often costs nothing.
"""

import os
import shutil
import struct
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

NEEDED = ("Xvfb", "xdotool")
PATIENCE = 30.0

Picture = np.ndarray[tuple[Any, ...], np.dtype[np.uint8]]
"""Pixels (height, width, 4): blue, green, red, and nothing."""

Box = tuple[int, int, int, int]
"""Left, top, width, height on the screen."""


def missing() -> list[str]:
    """The programs that these tests need and this machine lacks."""
    return [name for name in NEEDED if shutil.which(name) is None]


class Screen:
    """A virtual screen of 1600×1000. Use as a context manager; the folder is for the server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Self:
        reading, writing = os.pipe()
        screen = ["-screen", "0", "1600x1000x24", "-fbdir", str(self._folder)]
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), *screen, "-nolisten", "tcp"],
            pass_fds=[writing],
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading) as number:
            self.display = ":" + number.readline().strip()
        self._pixels = frame_buffer(self._folder / "Xvfb_screen0")
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

    def shot(self, box: Box) -> Picture:
        """What is in a box now."""
        left, top, width, height = box
        return self._pixels[top : top + height, left : left + width].copy()

    def ink(self, box: Box, color: int) -> int:
        """How many pixels in a box are of a colour, or nearly."""
        return pixels_like(self.shot(box), color)


def frame_buffer(path: Path) -> Picture:
    """The pixels in a file of Xvfb's, which has the format of `xwd`: they change as the screen does."""
    size = struct.unpack(">25I", path.read_bytes()[:100])
    header, width, height, lsb_first, line, colors = size[0], size[4], size[5], not size[7], size[12], size[19]
    assert (lsb_first, line) == (True, 4 * width)
    return np.memmap(path, np.uint8, "r", offset=header + 12 * colors, shape=(height, width, 4))


def pixels_like(picture: Picture, color: int) -> int:
    """Pixels within 40 of 0xRRGGBB in each channel."""
    want = np.array([color & 0xFF, color >> 8 & 0xFF, color >> 16], dtype=np.int16)
    return int((np.abs(picture[:, :, :3] - want) < 40).all(axis=2).sum())


def wait_until(holds: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Wait for something to hold, and fail by name if it does not."""
    end = time.monotonic() + patience
    while not holds():
        if time.monotonic() > end:
            raise AssertionError(f"not within {patience:.0f} s: {what}")
        time.sleep(0.05)
