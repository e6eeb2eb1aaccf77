"""The styles of the tools that draw are remembered."""

from PyQt6.QtCore import QObject
from pytestqt.qtbot import QtBot

from peer.settings import Ink, Settings
from peer.tools.style import BROAD_WIDTHS, MARKER, PALETTE, WIDTHS, Pressure
from peer.ui.inks import Inks


def test_people_begin_with_smoothing_and_pressure_from_speed(qtbot: QtBot, settings: Settings) -> None:
    inks = Inks(settings)
    assert (inks.pen.color, inks.pen.width, inks.pen.widths) == (PALETTE[0], WIDTHS[1], WIDTHS)
    assert (inks.pen.smoothing, inks.pen.pressure) == (0.5, Pressure.SPEED)
    assert (inks.highlighter.color, inks.highlighter.width) == (MARKER, BROAD_WIDTHS[1])
    assert inks.of("pen") is inks.pen
    assert inks.of("highlighter") is inks.highlighter
    assert inks.of("eraser") is None


def test_what_is_chosen_is_there_the_next_time(qtbot: QtBot, settings: Settings) -> None:
    inks = Inks(settings)
    inks.pen.color = 0x123456
    inks.pen.pressure = Pressure.OFF
    inks.highlighter.width = 48.0
    inks.highlighter.smoothing = 0.0
    assert Settings.load() == Settings(), "not yet"
    inks.save()
    again = Inks(Settings.load())
    assert (again.pen.color, again.pen.width, again.pen.pressure) == (0x123456, WIDTHS[1], Pressure.OFF)
    assert (again.highlighter.color, again.highlighter.width) == (MARKER, 48.0)
    assert again.pen.smoothing == again.highlighter.smoothing == inks.pen.smoothing == 0


def test_it_is_written_soon_and_once(qtbot: QtBot, settings: Settings) -> None:
    parent = QObject()
    inks = Inks(settings, parent)
    for width in (6.0, 8.0, 12.0):
        inks.pen.width = width
    qtbot.waitUntil(lambda: Settings.load().pen == Ink(PALETTE[0], 12.0), timeout=3_000)
    written = Settings.load()
    inks.save()
    assert Settings.load() == written
