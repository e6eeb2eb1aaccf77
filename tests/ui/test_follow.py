"""Following somebody: where the canvas looks, and when it ends."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from p2psketch.messages import Presence
from peer.ui.desk import Desk
from peer.ui.follow import GLIDE, Following, Look
from peer.ui.theme import LIGHT
from tests.ui.afar import Somebody
from tests.ui.boards import QUIET, Alone, crowd
from tests.ui.hands import click, press
from tests.ui.mouse import MIDDLE, Mouse

VIEW = (1000.0, 500.0, 1400.0, 800.0)
MIDDLE_OF_VIEW = (1200.0, 650.0)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def board() -> Alone:
    return Alone()


@pytest.fixture
def ana(board: Alone) -> Somebody:
    made = Somebody(board)
    made.look(VIEW)
    return made


@pytest.fixture
def desk(qtbot: QtBot, board: Alone, ana: Somebody, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Of 800 × 600, without motion."""
    from peer.settings import Settings
    from peer.ui.window import Window

    monkeypatch.setattr("peer.ui.follow.motion", lambda _: 0)
    window = Window(Settings("Zoe", 0xE03131, "light"))
    qtbot.addWidget(window)
    window.resize(800, 600)
    window.show()
    window.show_board(board)
    qtbot.waitExposed(window)
    assert window.desk is not None
    return window.desk


def told(board: Alone) -> Presence:
    latest = board.session._pointing._latest
    assert latest is not None
    return latest


def where(desk: Desk) -> tuple[float, float, float]:
    camera = desk.canvas.camera
    return camera.x, camera.y, camera.zoom


def is_shown(desk: Desk) -> bool:
    """Do border, chip and avatar say that somebody is followed? All of them, or none."""
    said = {desk.border.isVisible(), desk.chip.isVisible(), desk.people.avatars[0].isChecked()}
    assert len(said) == 1
    return said.pop()


def test_a_click_on_an_initial_shows_what_they_see(desk: Desk) -> None:
    assert not is_shown(desk)
    desk.people.avatars[0].click()
    assert where(desk) == (*MIDDLE_OF_VIEW, 2.0)
    assert is_shown(desk)
    assert desk.chip.text() == "Following Ana  ·  Esc to stop"
    assert desk.rect().contains(desk.chip.geometry())
    assert desk.zoom.percent.text() == "200 %"
    assert not desk.people_popover.isVisible()


@pytest.mark.parametrize("size", [(800, 600), (1440, 900)])
@pytest.mark.parametrize("zen", [False, True])
def test_the_chip_covers_nothing_and_nothing_covers_it(
    desk: Desk, board: Alone, ana: Somebody, qtbot: QtBot, size: tuple[int, int], zen: bool
) -> None:
    me, her = board.people()
    board.set_people = [me, replace(her, name="Maximiliane von Hohenstein-Sonnenberg"), *crowd(12)]
    board.set_status = replace(QUIET, direct=12, relayed=12, open_room=True)
    window = desk.window()
    assert window is not None
    window.resize(*size)
    desk.status_changed()
    desk.people_changed()
    qtbot.waitUntil(lambda: desk.status.line.text() == "12 direct · 12 relayed")
    desk.following.toggle(ana.peer)
    desk.set_zen(zen)
    if not zen:
        desk.people_popover.open()
    desk.toast.say("Part of that was changed by somebody else since, and stays as it is. " * 3, "Undo", lasting=True)
    qtbot.wait(200)
    floating = [part for part in (*desk.panels, desk.people_popover, desk.toast) if part.isVisible()]
    assert len(floating) == (1 if zen else 8)
    assert desk.rect().contains(desk.chip.geometry())
    for part in floating:
        assert not part.geometry().intersects(desk.chip.geometry()), part
    for part in (desk.people_popover, desk.status):
        assert not part.isVisible() or not part.geometry().intersects(desk.toast.geometry())


def test_the_view_goes_where_theirs_goes(desk: Desk, ana: Somebody) -> None:
    desk.following.toggle(ana.peer)
    ana.look((0.0, 0.0, 1600.0, 1200.0))
    assert where(desk) == (800, 600, 0.5)
    assert is_shown(desk)


def test_a_click_on_their_row_does_the_same_and_another_one_ends_it(desk: Desk, ana: Somebody) -> None:
    desk.people.more.click()
    row = desk.people_popover.rows[ana.peer]
    row.click()
    assert is_shown(desk)
    assert row.isChecked()
    row.click()
    assert not is_shown(desk)
    assert not row.isChecked()


ENDS: dict[str, Callable[[Desk, QtBot], None]] = {
    "Esc": lambda desk, qtbot: press(qtbot, desk.canvas, Qt.Key.Key_Escape),
    "Esc at the initial": lambda desk, qtbot: press(qtbot, desk.people.avatars[0], Qt.Key.Key_Escape),
    "the chip": lambda desk, qtbot: desk.chip.click(),
    "their initial again": lambda desk, qtbot: desk.people.avatars[0].click(),
    "drawing": lambda desk, qtbot: click(qtbot, desk.canvas.glass, desk.rect().center()),
    "a middle drag": lambda desk, qtbot: Mouse(desk.canvas).drag((400, 300), (420, 300), button=MIDDLE),
    "the wheel": lambda desk, qtbot: Mouse(desk.canvas).wheel(400, 300, 120),
    "zooming": lambda desk, qtbot: desk.canvas.zoom_in(),
    "zooming at the pointer": lambda desk, qtbot: desk.canvas.zoom_at(QPointF(100, 100), 2.5),
    "showing everything": lambda desk, qtbot: desk.canvas.fit_all(),
}


@pytest.mark.parametrize("how", ENDS)
def test_it_ends_by_ones_own_hand(desk: Desk, ana: Somebody, qtbot: QtBot, how: str) -> None:
    desk.people.avatars[0].click()
    ENDS[how](desk, qtbot)
    assert not is_shown(desk)
    assert not desk.toast.is_shown
    stays = where(desk)
    ana.look((0.0, 0.0, 1600.0, 1200.0))
    assert where(desk) == stays


def test_a_window_of_another_size_shows_the_same(desk: Desk, qtbot: QtBot) -> None:
    desk.people.avatars[0].click()
    window = desk.window()
    assert window is not None
    window.resize(1200, 900)
    QApplication.processEvents()
    assert where(desk) == (*MIDDLE_OF_VIEW, 3.0)
    assert is_shown(desk)
    assert desk.border.geometry() == desk.rect()


@pytest.mark.parametrize("state", ["lost", "connecting", "left"])
def test_it_ends_when_they_leave_and_says_so(desk: Desk, board: Alone, ana: Somebody, state: str) -> None:
    desk.people.avatars[0].click()
    assert board.set_people is not None
    me, her = board.set_people
    board.set_people = [me] if state == "left" else [me, replace(her, state=state)]
    board.presences.forget(ana.peer)
    desk.pointed({ana.peer})
    assert desk.following.person is None
    assert not desk.chip.isVisible()
    assert desk.toast.words.whole == "Ana is gone: you follow nobody now."


def test_it_ends_when_the_list_of_people_says_that_they_are_gone(desk: Desk, board: Alone, qtbot: QtBot) -> None:
    desk.people.avatars[0].click()
    board.set_people = board.people()[:1]
    desk.people_changed()
    qtbot.waitUntil(lambda: desk.following.person is None)
    assert desk.toast.words.whole == "Ana is gone: you follow nobody now."


def test_who_shows_no_view_cannot_be_followed(desk: Desk, board: Alone, ana: Somebody) -> None:
    ana.look(None)
    before = where(desk)
    desk.people.avatars[0].click()
    assert not is_shown(desk)
    assert where(desk) == before
    assert desk.toast.words.whole == "Ana has no view of their own to follow."


@pytest.mark.parametrize(
    ("state", "why"), [("lost", "Ana cannot be reached now."), ("connecting", "There is no link to Ana yet.")]
)
def test_nor_who_cannot_be_reached(desk: Desk, board: Alone, ana: Somebody, state: str, why: str) -> None:
    me, her = board.people()
    board.set_people = [me, replace(her, state=state)]
    desk.following.toggle(ana.peer)
    assert desk.following.person is None
    assert desk.toast.words.whole == why


def test_nor_who_has_just_left(desk: Desk, board: Alone) -> None:
    board.set_people = board.people()[:1]
    desk.people.avatars[0].click()
    assert not is_shown(desk)
    assert desk.toast.words.whole == "They have just left."


def test_who_follows_leads_nobody_so_two_never_follow_each_other(desk: Desk, board: Alone, ana: Somebody) -> None:
    assert told(board).viewport == desk.canvas.camera.area
    desk.people.avatars[0].click()
    assert told(board).viewport is None
    ana.look(None)  # she follows us now
    assert not is_shown(desk)
    assert desk.toast.words.whole == "Ana has no view of their own to follow."
    assert told(board).viewport == desk.canvas.camera.area


def test_a_new_name_is_on_the_chip(desk: Desk, board: Alone, qtbot: QtBot) -> None:
    desk.people.avatars[0].click()
    me, her = board.people()
    board.set_people = [me, replace(her, name="Anastasia")]
    desk.people_changed()
    qtbot.waitUntil(lambda: desk.chip.text() == "Following Anastasia  ·  Esc to stop")
    assert is_shown(desk)


def test_the_view_glides(qtbot: QtBot, board: Alone, ana: Somebody, around: QWidget) -> None:
    from peer.tools.style import InkStyle
    from peer.ui.canvas import Canvas

    canvas = Canvas(board, InkStyle(), LIGHT, around)
    canvas.resize(800, 600)
    canvas.show()
    clock = Clock()
    following = Following(board, canvas, clock)
    following.toggle(ana.peer)
    assert Look.of(canvas.camera) == (0, 0, 1)
    clock.now = GLIDE / 2
    following.step()
    assert Look.of(canvas.camera) == pytest.approx((600, 325, 2**0.5))
    clock.now = GLIDE
    following.step()
    assert Look.of(canvas.camera) == (*MIDDLE_OF_VIEW, 2.0)
    assert following.person is not None
