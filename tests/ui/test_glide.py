"""A board that was let go of."""

import pytest
from PyQt6.QtCore import QObject
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from peer.tools.style import InkStyle
from peer.ui.canvas import Canvas
from peer.ui.glide import FALL, Glide
from peer.ui.theme import LIGHT
from tests.ui.boards import Alone
from tests.ui.mouse import Mouse


class Road:
    """What is moved, and a clock."""

    def __init__(self) -> None:
        self.at = [0.0, 0.0]
        self.now = 5.0

    def pan(self, dx: float, dy: float) -> None:
        self.at[0] += dx
        self.at[1] += dy


@pytest.mark.parametrize("frame", [0.004, 0.016, 0.13])
def test_where_it_comes_to_rest_does_not_depend_on_frames(qapp: QApplication, frame: float) -> None:
    road, owner = Road(), QObject()
    glide = Glide(road.pan, owner, lambda: road.now)
    glide.start((1000.0, -200.0))
    while glide.going:
        road.now += frame
        glide.step()
    assert road.at == pytest.approx([1000 * FALL, -200 * FALL])


def test_it_slows_down(qapp: QApplication) -> None:
    road, owner = Road(), QObject()
    glide = Glide(road.pan, owner, lambda: road.now)
    glide.start((1000.0, 0.0))
    steps = []
    for _ in range(10):
        before = road.at[0]
        road.now += 0.016
        glide.step()
        steps.append(road.at[0] - before)
    assert steps == sorted(steps, reverse=True)
    assert steps[-1] > 0
    glide.stop()
    assert not glide.going


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    made = Canvas(Alone(), InkStyle(), LIGHT)
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    return made


def test_a_board_glides_by_itself_until_somebody_takes_hold_of_it(qtbot: QtBot, canvas: Canvas) -> None:
    canvas.glide((2000.0, 0.0))
    qtbot.waitUntil(lambda: canvas.camera.to_screen(0, 0)[0] > 410)
    Mouse(canvas).press(100, 100)
    assert not canvas._glide.going


def test_a_wheel_takes_hold_of_it_too(qtbot: QtBot, canvas: Canvas) -> None:
    canvas.glide((2000.0, 0.0))
    assert canvas._glide.going
    Mouse(canvas).wheel(400, 300, 120)
    assert not canvas._glide.going


def test_where_the_system_asks_for_less_motion_it_stays(canvas: Canvas, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("peer.ui.endless.motion", lambda _widget: 0)
    canvas.glide((2000.0, 0.0))
    assert not canvas._glide.going
