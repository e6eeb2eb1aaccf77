"""The pixels of a panel's card and shadow."""

import pytest
from PyQt6.QtCore import QRect
from PyQt6.QtGui import QImage
from pytestqt.qtbot import QtBot

from peer.ui import cards
from peer.ui.theme import DARK, LIGHT, Theme


@pytest.fixture(autouse=True)
def _pixmaps(qtbot: QtBot) -> None:
    """Need an application."""


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_a_card_is_of_one_colour_within_its_edge_and_nowhere_else_whole(theme: Theme) -> None:
    card = QRect(0, 0, 60, 40)
    image = cards.card(60, 40, 1.0, theme.dark).toImage()
    within = cards.within(card)
    for x in range(60):
        for y in range(40):
            if within.contains(x, y):
                assert image.pixelColor(x, y) == theme.panel
    wider = within.adjusted(-1, -1, 1, 1)
    assert image.pixelColor(wider.topLeft()) != theme.panel, "the edge could be thinner"


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_afloat_is_the_card_on_its_shadow(ratio: float) -> None:
    both = cards.afloat(60, 40, ratio, False).toImage()
    over = cards.around(QRect(0, 0, 60, 40))
    assert both.size() == cards.shadow(over.width(), over.height(), ratio, False).toImage().size()
    assert both.pixelColor(both.width() // 2, both.height() // 2) == LIGHT.panel
    shadow = cards.shadow(over.width(), over.height(), ratio, False).toImage()
    beside = round(ratio * (cards.BLUR - 2)), both.height() // 2
    assert both.pixelColor(*beside) == shadow.pixelColor(*beside)
    assert 0 < both.pixelColor(*beside).alpha() < 255
    assert QImage(shadow) != both
