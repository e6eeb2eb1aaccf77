"""Which part of the board the canvas shows: pure arithmetic, no Qt.

Rule: the board point in the middle of the canvas is what is kept, so resizing keeps the middle and nothing drifts;
what is shown is that to the nearest pixel of the device.
"""

import math
from dataclasses import dataclass
from typing import Final

from p2psketch.geometry import Point, Rect

MIN_ZOOM: Final = 0.05
MAX_ZOOM: Final = 30.0

STEPS: Final = (0.05, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 30.0)
"""Where zooming in and out by key or button stops."""

FARTHEST: Final = 12e6
"""How far the middle of the canvas can be from the origin: there, numbers are still exact to a millionth of a pixel."""

_SIDES, _ENDS = 48, 88
"""Pixels kept free around what is fitted, so that it is not under the panels."""


def clamped(value: float, least: float, most: float) -> float:
    """`value`, or the bound that it is past."""
    return min(max(value, least), most)


@dataclass(slots=True)
class Camera:
    """A canvas of `width` × `height` pixels with board point (x, y) in its middle, to the nearest pixel of the device;
    there are `ratio` of those in one of the canvas.
    """

    x: float = 0.0
    y: float = 0.0
    zoom: float = 1.0
    width: float = 0.0
    height: float = 0.0
    ratio: float = 1.0

    @property
    def origin(self) -> tuple[int, int]:
        """Where the board's origin is, in pixels of the device: a whole one, so that what was painted once fits again
        wherever the board is moved.
        """
        left, top = self.width / 2 - self.x * self.zoom, self.height / 2 - self.y * self.zoom
        return math.floor(left * self.ratio + 0.5), math.floor(top * self.ratio + 0.5)

    @property
    def shift(self) -> Point:
        """Where the board's origin is on the canvas: screen = zoom * board + shift."""
        left, top = self.origin
        return left / self.ratio, top / self.ratio

    @property
    def area(self) -> Rect:
        """The part of the board that is seen."""
        half_width, half_height = self.width / 2 / self.zoom, self.height / 2 / self.zoom
        return Rect(self.x - half_width, self.y - half_height, self.x + half_width, self.y + half_height)

    @property
    def middle(self) -> Point:
        """The middle of the canvas, in its pixels."""
        return self.width / 2, self.height / 2

    def to_board(self, x: float, y: float) -> Point:
        """The board point under a pixel of the canvas."""
        left, top = self.shift
        return (x - left) / self.zoom, (y - top) / self.zoom

    def to_screen(self, x: float, y: float) -> Point:
        """The pixel of the canvas where a board point is."""
        left, top = self.shift
        return x * self.zoom + left, y * self.zoom + top

    def board_area(self, x: float, y: float, width: float, height: float) -> Rect:
        """The part of the board in a rectangle of the canvas."""
        return Rect(*self.to_board(x, y), *self.to_board(x + width, y + height))

    def pan(self, dx: float, dy: float) -> None:
        """Move the board by pixels of the canvas."""
        self.look_at(self.x - dx / self.zoom, self.y - dy / self.zoom)

    def look_at(self, x: float, y: float) -> None:
        """Bring a board point to the middle."""
        self.x, self.y = clamped(x, -FARTHEST, FARTHEST), clamped(y, -FARTHEST, FARTHEST)

    def zoom_at(self, screen: Point, zoom: float) -> None:
        """Zoom so that what is under pixel `screen` of the canvas stays there."""
        self.drag(screen, screen, zoom)

    def drag(self, was: Point, at: Point, zoom: float) -> None:
        """Bring what is under pixel `was` of the canvas under pixel `at`, at another zoom."""
        x = self.x + (was[0] - self.width / 2) / self.zoom  # not rounded, or many small steps would drift
        y = self.y + (was[1] - self.height / 2) / self.zoom
        self.zoom = clamped(zoom, MIN_ZOOM, MAX_ZOOM)
        self.look_at(x - (at[0] - self.width / 2) / self.zoom, y - (at[1] - self.height / 2) / self.zoom)

    def step(self, direction: int) -> float:
        """The next zoom of STEPS that is larger (1) or smaller (-1)."""
        if direction > 0:
            return next((step for step in STEPS if step > self.zoom * 1.001), MAX_ZOOM)
        return next((step for step in reversed(STEPS) if step < self.zoom * 0.999), MIN_ZOOM)

    def fit(self, rect: Rect | None) -> None:
        """Show all of `rect`, no larger than life; of nothing, the origin at 100 %."""
        if rect is None:
            self.x, self.y, self.zoom = 0.0, 0.0, 1.0
            return
        room_x = max(self.width - 2 * _SIDES, self.width / 2, 1)
        room_y = max(self.height - 2 * _ENDS, self.height / 2, 1)
        self._frame(rect, room_x, room_y, 1.0)

    def show(self, view: Rect) -> None:
        """Show all that somebody else's canvas shows, as large as it fits."""
        self._frame(view, self.width, self.height, MAX_ZOOM)

    def _frame(self, rect: Rect, room_x: float, room_y: float, largest: float) -> None:
        zoom = min(room_x / max(rect.width, 1e-9), room_y / max(rect.height, 1e-9), largest)
        self.zoom = clamped(zoom, MIN_ZOOM, MAX_ZOOM)
        self.look_at(*rect.centre)
