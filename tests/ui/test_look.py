import pytest
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from peer.ui.look import dress, font, palette, theme_of
from peer.ui.theme import DARK, LIGHT, Theme


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_the_palette_carries_the_theme_to_all_within(around: QWidget, theme: Theme) -> None:
    inside = QWidget(QWidget(around))
    around.setPalette(palette(theme))
    assert theme_of(inside) is theme
    assert theme_of(QWidget(inside)) is theme


def test_the_font_is_inter_or_the_systems(qapp: QApplication, qtbot: QtBot) -> None:
    dress(qapp)
    assert font().families()[0] == "Inter"
    assert font().pointSizeF() == 10
    assert len(font().families()) == len(set(font().families()))
    dress(qapp)
    assert font().families().count("Inter") == 1
