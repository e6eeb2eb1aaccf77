"""Which eraser is in hand: of whole strokes or of parts of them, and how large; chosen in its panel, and remembered."""

from typing import Final

from peer.tools.watched import Watched

SIZES: Final = (8.0, 16.0, 32.0, 64.0)
"""The diameters on offer, in pixels of the screen."""


class Rubber(Watched):
    """The choice; tells whoever watches that it has changed."""

    def __init__(self, *, parts: bool = False, width: float = SIZES[1]) -> None:
        super().__init__()
        self._parts = parts
        self._width = width

    @property
    def parts(self) -> bool:
        """Does it take only what it touches of a stroke, and not all of it?"""
        return self._parts

    @parts.setter
    def parts(self, parts: bool) -> None:
        self._set(parts, self._width)

    @property
    def width(self) -> float:
        """Its diameter, in pixels of the screen."""
        return self._width

    @width.setter
    def width(self, width: float) -> None:
        self._set(self._parts, width)

    @property
    def radius(self) -> float:
        """In pixels of the screen."""
        return self._width / 2

    def step(self, step: int) -> None:
        """The next larger (1) or smaller (-1) size on offer."""
        at = min(range(len(SIZES)), key=lambda at: abs(SIZES[at] - self._width)) + step
        self.width = SIZES[min(max(at, 0), len(SIZES) - 1)]

    def _set(self, parts: bool, width: float) -> None:
        if (parts, width) != (self._parts, self._width):
            self._parts, self._width = parts, width
            self._tell()
