"""Cursors of the others."""

from collections.abc import Iterator

import pytest
from PyQt6.QtWidgets import QGraphicsRectItem, QGraphicsScene
from pytestqt.qtbot import QtBot

from p2psketch.ids import PeerId
from peer.ui.cursors import GLIDE, Cursors
from peer.ui.theme import DARK, LIGHT

ANA = PeerId(b"a" * 32)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cursors(qtbot: QtBot, clock: Clock) -> Iterator[Cursors]:
    scene, plane = QGraphicsScene(), QGraphicsRectItem()
    scene.addItem(plane)
    made = Cursors(plane, LIGHT, clock)
    made.add(ANA, (0, 0), "Ana", 0xE03131)
    yield made
    scene.clear()


def test_a_cursor_glides_to_where_it_is_known_to_be(cursors: Cursors, clock: Clock) -> None:
    cursors.move(ANA, (100, 50))
    clock.now = GLIDE / 2
    cursors.step()
    assert (cursors[ANA].x(), cursors[ANA].y()) == (50, 25)
    cursors.move(ANA, (50, 75))
    assert (cursors[ANA].x(), cursors[ANA].y()) == (50, 25)
    clock.now += GLIDE
    cursors.step()
    assert (cursors[ANA].x(), cursors[ANA].y()) == (50, 75)


def test_it_jumps_where_motion_is_unwanted(cursors: Cursors) -> None:
    cursors.gliding = False
    cursors.move(ANA, (100, 50))
    assert (cursors[ANA].x(), cursors[ANA].y()) == (100, 50)


def test_it_vanishes_at_once(cursors: Cursors) -> None:
    cursors.move(ANA, (100, 50))
    scene = cursors[ANA].scene()
    cursors.remove(ANA)
    assert ANA not in cursors
    assert scene is not None
    assert len(scene.items()) == 1  # the plane
    cursors.step()
    cursors.remove(ANA)


def test_a_new_name_is_worn_at_once(cursors: Cursors) -> None:
    cursors.dress(ANA, "Anastasia", 0x2F9E44)
    assert cursors[ANA].name == "Anastasia"
    cursors.set_theme(DARK)
    assert cursors[ANA].name == "Anastasia"
    cursors.dress(PeerId(b"b" * 32), "Bo", 0)


def test_a_long_name_is_shortened(cursors: Cursors) -> None:
    cursors.dress(ANA, "W" * 64, 0x2F9E44)
    assert cursors[ANA].boundingRect().width() < 220
