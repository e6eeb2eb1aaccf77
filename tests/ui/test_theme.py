import pytest
from PyQt6.QtGui import QColor

from peer.tools.style import PALETTE
from peer.ui.theme import DARK, LIGHT, READABLE, Theme, contrast, shown, text_on


def test_contrast_is_that_of_wcag() -> None:
    assert contrast(QColor("black"), QColor("white")) == pytest.approx(21)
    assert contrast(QColor("#767676"), QColor("white")) == pytest.approx(4.54, abs=0.01)
    assert contrast(QColor("red"), QColor("red")) == 1


@pytest.mark.parametrize("color", [*PALETTE, 0x000000, 0xFFFFFF, 0x0000FF, 0x101010])
def test_ink_is_shown_as_stored_in_the_light_and_stands_out_in_the_dark(color: int) -> None:
    assert shown(color, LIGHT).rgb() & 0xFFFFFF == color
    assert contrast(shown(color, DARK), DARK.canvas) >= READABLE


def test_black_ink_is_the_strongest_in_the_dark_too() -> None:
    assert contrast(shown(0x000000, DARK), DARK.canvas) > contrast(shown(0x868E96, DARK), DARK.canvas)


@pytest.mark.parametrize("color", [0xE03131, 0x1971C2, 0x9C36B5, 0xC2255C, 0x846358])
def test_hues_stay(color: int) -> None:
    assert shown(color, DARK).hslHue() == pytest.approx(QColor.fromRgb(color).hslHue(), abs=2)


def test_ink_that_stands_out_already_is_left_alone() -> None:
    assert shown(0xF2C037, DARK).rgb() & 0xFFFFFF == 0xF2C037


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_text_can_be_read(theme: Theme) -> None:
    for ground in (theme.canvas, theme.panel):
        assert contrast(theme.text, ground) >= READABLE
        assert contrast(theme.quiet, ground) >= READABLE
    for color in PALETTE:
        assert contrast(text_on(shown(color, theme)), shown(color, theme)) >= 3
