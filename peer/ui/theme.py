"""The colours and measures of the window, and how ink is shown on a light and on a dark canvas."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PyQt6.QtGui import QColor

MARGIN: Final = 14
"""Pixels from a panel to the edge of the window."""

PANEL_RADIUS: Final = 10
BUTTON: Final = 36
BUTTON_RADIUS: Final = 7
ICON: Final = 20

DOT_SPACING: Final = 24
"""Board pixels between the dots of the canvas."""

READABLE: Final = 4.5
"""The contrast that ink and text keep (WCAG 2.1, 1.4.3)."""


@dataclass(frozen=True, eq=False)
class Theme:
    """The colours of one look; `dark` says which."""

    dark: bool
    canvas: QColor
    dots: QColor
    panel: QColor
    hairline: QColor
    text: QColor
    quiet: QColor
    accent: QColor
    tint: QColor
    good: QColor
    warning: QColor
    bad: QColor


LIGHT: Final = Theme(
    dark=False,
    canvas=QColor("#ffffff"),
    dots=QColor("#e3e6ea"),
    panel=QColor("#ffffff"),
    hairline=QColor("#dee2e6"),
    text=QColor("#1f2328"),
    quiet=QColor("#6b7280"),
    accent=QColor("#4263eb"),
    tint=QColor("#edf2ff"),
    good=QColor("#2f9e44"),
    warning=QColor("#f08c00"),
    bad=QColor("#e03131"),
)

DARK: Final = Theme(
    dark=True,
    canvas=QColor("#16181d"),
    dots=QColor("#2a2e36"),
    panel=QColor("#23262d"),
    hairline=QColor("#363b45"),
    text=QColor("#e9ecef"),
    quiet=QColor("#9aa2ad"),
    accent=QColor("#748ffc"),
    tint=QColor("#2b3252"),
    good=QColor("#69db7c"),
    warning=QColor("#ffa94d"),
    bad=QColor("#ff8787"),
)


def shown(color: int, theme: Theme) -> QColor:
    """Ink 0xRRGGBB as it looks on the canvas: as stored, or in the dark theme lightened until it stands out.

    Hues stay; greys turn over, so that black ink becomes nearly white and stays the strongest.
    """
    return QColor.fromRgb(_lightened(color & 0xFFFFFF) if theme.dark else color)


def text_on(background: QColor) -> QColor:
    """White or near-black, whichever reads better on a filled tag or avatar; white as long as it can be read."""
    white = QColor("#ffffff")
    return white if contrast(white, background) >= 3 else LIGHT.text


def contrast(one: QColor, other: QColor) -> float:
    """From 1 (the same) to 21 (black on white), as WCAG 2.1 defines it."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: QColor) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (color.redF(), color.greenF(), color.blueF())
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@lru_cache(maxsize=4096)
def _lightened(color: int) -> int:
    ink = QColor.fromRgb(color)
    lightness = ink.lightnessF()
    chroma = (max(ink.red(), ink.green(), ink.blue()) - min(ink.red(), ink.green(), ink.blue())) / 255
    greyness = min(max((0.2 - chroma) / 0.1, 0.0), 1.0)
    turned_over = greyness * (1 - 0.6 * lightness) + (1 - greyness) * lightness
    best = max(lightness, turned_over)
    while best < 1 and contrast(_with_lightness(ink, best), DARK.canvas) < READABLE:
        best = min(best + 0.01, 1.0)
    return color if best == lightness else _with_lightness(ink, best).rgb() & 0xFFFFFF


def _with_lightness(color: QColor, lightness: float) -> QColor:
    return QColor.fromHslF(max(color.hslHueF(), 0.0), color.hslSaturationF(), lightness)
