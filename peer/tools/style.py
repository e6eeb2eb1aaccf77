"""How the next stroke will look: chosen in the style panel, read by the pen at every press."""

from collections.abc import Callable
from typing import Final

PALETTE: Final = (
    0x1F2328,
    0xE03131,
    0xF08C00,
    0xF2C037,
    0x2F9E44,
    0x0C8599,
    0x1971C2,
    0x4263EB,
    0x9C36B5,
    0xC2255C,
    0x846358,
    0x868E96,
)
"""The inks on offer, 0xRRGGBB."""

WIDTHS: Final = (2.0, 4.0, 8.0, 16.0)
"""The widths on offer, in pixels of the board."""


class InkStyle:
    """A colour and a width; tells whoever watches that one of them has changed."""

    def __init__(self, color: int = PALETTE[0], width: float = WIDTHS[1]) -> None:
        self._color = color
        self._width = width
        self._watchers: list[Callable[[], None]] = []

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call `watcher` after every change."""
        self._watchers.append(watcher)

    @property
    def color(self) -> int:
        """0xRRGGBB."""
        return self._color

    @color.setter
    def color(self, color: int) -> None:
        if color != self._color:
            self._color = color
            self._tell()

    @property
    def width(self) -> float:
        """In pixels of the board."""
        return self._width

    @width.setter
    def width(self, width: float) -> None:
        if width != self._width:
            self._width = width
            self._tell()

    def _tell(self) -> None:
        for watcher in self._watchers:
            watcher()
