"""How the next stroke will look: chosen in the style panel, read by the pen at every press."""

from enum import Enum
from typing import Final

from peer.tools.watched import Watched

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

BROAD_WIDTHS: Final = (12.0, 20.0, 32.0, 48.0)
"""Those of the highlighter."""

STEPS: Final = (1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 20.0, 24.0, 32.0, 48.0, 64.0)
"""The widths that keys go through; each on offer is one of them."""

MARKER: Final = PALETTE[3]
"""The colour of the highlighter at first."""


class Pressure(Enum):
    """Where the pressure of a stroke comes from."""

    PEN = "pen"
    """From the device, if it has any."""
    SPEED = "speed"
    """From the device; of one that has none, from how fast it moves."""
    OFF = "off"
    """Nowhere: every stroke has one width."""


class InkStyle(Watched):
    """What a tool that draws has of its own; tells whoever watches that something of it has changed.

    It begins as plain as can be; what people begin with is in their settings.
    """

    def __init__(
        self,
        color: int = PALETTE[0],
        width: float = WIDTHS[1],
        *,
        smoothing: float = 0.0,
        pressure: Pressure = Pressure.PEN,
        widths: tuple[float, ...] = WIDTHS,
    ) -> None:
        super().__init__()
        self.widths = widths
        """Those to choose from."""
        self._color = color
        self._width = width
        self._smoothing = smoothing
        self._pressure = pressure

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

    @property
    def smoothing(self) -> float:
        """From 0, which is none, to 1."""
        return self._smoothing

    @smoothing.setter
    def smoothing(self, smoothing: float) -> None:
        if smoothing != self._smoothing:
            self._smoothing = smoothing
            self._tell()

    @property
    def pressure(self) -> Pressure:
        """Where it comes from."""
        return self._pressure

    @pressure.setter
    def pressure(self, pressure: Pressure) -> None:
        if pressure is not self._pressure:
            self._pressure = pressure
            self._tell()

    def step_width(self, step: int) -> None:
        """Be one step thicker (1) or thinner (-1)."""
        others = [width for width in STEPS if (width > self._width if step > 0 else width < self._width)]
        if others:
            self.width = min(others) if step > 0 else max(others)


def marker() -> InkStyle:
    """The style of a highlighter, as plain as can be."""
    return InkStyle(MARKER, BROAD_WIDTHS[1], widths=BROAD_WIDTHS)
