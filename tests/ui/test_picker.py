import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from peer.ui.picker import PickerPopover
from tests.ui.hands import click, press, write


@pytest.fixture
def picker(around: QWidget) -> PickerPopover:
    return PickerPopover(around)


def test_it_begins_with_the_colour_at_hand(picker: PickerPopover) -> None:
    picker.show_color(0x2F9E44)
    assert picker.number.text() == "#2f9e44"


def test_a_number_is_taken_as_soon_as_it_is_one(picker: PickerPopover, qtbot: QtBot) -> None:
    chosen: list[int] = []
    picker.chosen.connect(chosen.append)
    picker.open()
    picker.number.clear()
    write(qtbot, picker.number, "#12zz")
    assert chosen == []
    picker.number.clear()
    write(qtbot, picker.number, "#12ab56")
    assert chosen == [0x12AB56]
    assert picker.number.text() == "#12ab56"


def test_the_fields_choose(picker: PickerPopover, qtbot: QtBot) -> None:
    chosen: list[int] = []
    picker.show_color(0x4263EB)
    picker.chosen.connect(chosen.append)
    picker.open()
    picker.adjustSize()
    click(qtbot, picker.hues, QPoint(0, 5))
    click(qtbot, picker.shades, QPoint(picker.shades.width(), 0))
    assert chosen[-1] == 0xFF0000
    press(qtbot, picker.shades, Qt.Key.Key_Down)
    assert 0xF00000 <= chosen[-1] < 0xFF0000


def test_grey_keeps_the_hue(picker: PickerPopover) -> None:
    picker.show_color(0x0000FF)
    picker.show_color(0x808080)
    assert picker.shades.hue == pytest.approx(2 / 3, abs=0.01)
