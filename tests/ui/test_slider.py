"""The slider."""

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from peer.ui.look import palette
from peer.ui.slider import Slider
from peer.ui.theme import DARK, LIGHT, Theme
from tests.ui.hands import click, press


@pytest.fixture
def slider(around: QWidget) -> Slider:
    made = Slider("Smoothing", around)
    made.resize(168, made.sizeHint().height())
    made.show()
    return made


def test_a_click_brings_it_there_in_steps(slider: Slider, qtbot: QtBot) -> None:
    for x, value in ((0, 0), (84, 50), (167, 100), (45, 25)):
        click(qtbot, slider, QPoint(x, 10))
        assert slider.value() == value
    assert slider.place_of(25) == pytest.approx(46, abs=1)


def test_arrows_move_it(slider: Slider, qtbot: QtBot) -> None:
    slider.setValue(50)
    press(qtbot, slider, Qt.Key.Key_Right)
    assert slider.value() == 55
    press(qtbot, slider, Qt.Key.Key_Home)
    assert slider.value() == 0
    press(qtbot, slider, Qt.Key.Key_Left)
    assert slider.value() == 0


def test_it_moves_only_while_it_is_held(slider: Slider, qtbot: QtBot) -> None:
    slider.setValue(50)
    qtbot.mouseMove(slider, QPoint(160, 10))  # type: ignore[no-untyped-call]
    assert slider.value() == 50


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_what_is_chosen_is_in_the_accent(around: QWidget, slider: Slider, theme: Theme) -> None:
    around.setPalette(palette(theme))
    slider.setValue(50)
    image = slider.grab().toImage()
    assert image.pixelColor(30, 10) == theme.accent
    assert image.pixelColor(140, 10) == theme.hairline
