"""The panels, one by one: what they say, and how they fold."""

from dataclasses import replace

import pytest
from PyQt6.QtCore import QPoint, QRect
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from p2psketch.ids import PeerId
from peer.tools.rubber import Rubber
from peer.tools.style import PALETTE, WIDTHS, InkStyle, Pressure, marker
from peer.ui.look import palette
from peer.ui.panels.eraser import EraserPanel
from peer.ui.panels.following import Border, Chip
from peer.ui.panels.people import PeoplePanel
from peer.ui.panels.status import OPEN_ROOM, StatusPanel, asides, truth
from peer.ui.panels.style import StylePanel
from peer.ui.panels.title import TitlePanel, safety
from peer.ui.panels.toast import Toast
from peer.ui.theme import DARK, LIGHT, Theme, shown
from tests.ui.boards import QUIET, crowd, somebody

AWAY = replace(QUIET, trackers={"a:1": "refused", "b:1": "refused"})


@pytest.mark.parametrize(
    ("status", "color", "line"),
    [
        (QUIET, "quiet", "alone"),
        (AWAY, "bad", "alone"),
        (replace(QUIET, trackers={}), "quiet", "alone"),
        (replace(QUIET, connecting=3), "warning", "connecting to 3…"),
        (replace(QUIET, direct=12), "good", "12 direct"),
        (replace(QUIET, relayed=1), "good", "1 relayed"),
        (replace(QUIET, direct=12, relayed=1, connecting=1), "good", "12 direct · 1 relayed"),
        (replace(AWAY, direct=1), "good", "1 direct"),
        (replace(QUIET, direct=1, progress=0.404), "warning", "catching up 40 %"),
        (replace(QUIET, direct=1, progress=0.999), "warning", "catching up 99 %"),
    ],
)
def test_one_line_of_truth(status: object, color: str, line: str) -> None:
    assert truth(status) == (color, line)  # type: ignore[arg-type]


def test_a_tracker_that_is_away_and_an_open_room_are_said_quietly() -> None:
    assert asides(QUIET) == []
    assert asides(replace(AWAY, open_room=True)) == ["tracker away", OPEN_ROOM]
    assert asides(replace(QUIET, trackers={"a:1": "refused", "b:1": None})) == []


def test_the_status_gives_up_what_matters_least(around: QWidget) -> None:
    panel = StatusPanel(around)
    panel.show_status(replace(AWAY, direct=12, relayed=1, open_room=True))
    panel.fold_to(900)
    assert OPEN_ROOM in panel.quiet.text()
    panel.fold_to(400)
    assert panel.quiet.text() == "tracker away · open room"
    assert panel.sizeHint().width() <= 400
    panel.show_status(QUIET)
    panel.fold_to(400)
    assert panel.quiet.isHidden()


@pytest.mark.parametrize(
    ("saved", "others", "line"),
    [
        (True, 0, "saved · only here"),
        (True, 1, "saved · on 1 other"),
        (True, 3, "saved · on 3 others"),
        (False, 0, "not saved · only here"),
    ],
)
def test_is_the_work_safe(saved: bool, others: int, line: str) -> None:
    assert safety(replace(QUIET, saved=saved, peers_with_latest=others)) == line


def test_the_title_does_not_jump_with_every_stroke(around: QWidget) -> None:
    panel = TitlePanel(around)
    panel.show_name("Roof")
    panel.show_status(replace(QUIET, peers_with_latest=11))
    panel.fold_to(1000)
    wide = panel.sizeHint()
    panel.show_status(QUIET)
    panel.fold_to(1000)
    assert panel.quiet.text() == "saved · only here"
    assert panel.sizeHint() == wide


@pytest.mark.parametrize("room", [900, 300, 160])
def test_a_title_that_is_laid_out_again_as_it_is_does_not_ask_for_more(around: QWidget, room: int) -> None:
    """Or a window at rest would lay itself out all the time."""
    panel = TitlePanel(around)
    panel.show_name("A board with a name that is rather long, as some are", can_change=True)
    panel.show_status(QUIET)
    panel.show()
    panel.fold_to(room)
    QApplication.sendPostedEvents()
    asked: list[None] = []
    panel.reshaped.connect(lambda: asked.append(None))
    panel.fold_to(room)
    QApplication.sendPostedEvents()
    assert not asked
    panel.fold_to(room - 40)
    QApplication.sendPostedEvents()
    assert asked or room == 900


def test_the_title_folds_from_the_quiet_line_to_the_menu(around: QWidget) -> None:
    panel = TitlePanel(around)
    panel.show_name("A plan of the roof, second floor")
    panel.show_status(QUIET)
    panel.fold_to(1000)
    assert not panel.quiet.isHidden()
    assert panel.name.text() == "A plan of the roof, second floor"
    panel.fold_to(300)
    assert panel.quiet.isHidden()
    assert panel.sizeHint().width() <= 300
    panel.fold_to(160)
    assert panel.name.text().endswith("…")
    assert panel.sizeHint().width() <= 160
    panel.fold_to(60)
    assert panel.name.isHidden()
    assert panel.sizeHint().width() <= 60


@pytest.mark.parametrize(
    ("others", "avatars", "more"), [(0, 0, None), (1, 1, ""), (4, 4, ""), (5, 4, "+1"), (13, 4, "+9")]
)
def test_people_as_initials_and_a_number(around: QWidget, others: int, avatars: int, more: str | None) -> None:
    panel = PeoplePanel(around)
    panel.show_people(crowd(others))
    assert sum(not avatar.isHidden() for avatar in panel.avatars) == avatars
    assert (panel.more.text() if not panel.more.isHidden() else None) == more


def test_initials_fold_into_the_number(around: QWidget) -> None:
    panel = PeoplePanel(around)
    panel.show_people(crowd(12))
    for room in range(180, 400, 10):
        panel.fold_to(room)
        assert panel.sizeHint().width() <= room
    panel.fold_to(180)
    assert panel.more.text() == "+12"
    assert panel.avatars[0].isHidden()


def test_an_initial_says_who_it_is_and_how_they_are_linked(around: QWidget) -> None:
    panel = PeoplePanel(around)
    panel.show_people(crowd(1))
    assert panel.avatars[0].accessibleName() == "Follow Ana, direct, 3 ms"
    assert panel.avatars[0].toolTip() == "Ana\ndirect, 3 ms\n10.0.0.7:40000\nClick to follow"


def test_a_click_on_an_initial_picks_that_person_and_who_is_followed_is_ringed(around: QWidget) -> None:
    panel = PeoplePanel(around)
    people = crowd(3)
    panel.show_people(people)
    picked: list[PeerId] = []
    panel.picked.connect(picked.append)
    panel.avatars[1].click()
    assert picked == [people[2].peer]
    assert not panel.avatars[1].isChecked()
    panel.show_followed(people[2].peer)
    assert [avatar.isChecked() for avatar in panel.avatars] == [False, True, False, False]
    assert panel.avatars[1].toolTip().endswith("Click to stop following")
    panel.show_people([people[0], *people[2:]])
    assert [avatar.isChecked() for avatar in panel.avatars] == [True, False, False, False]


def test_the_chip_says_whom_one_follows_and_shortens_a_long_name(around: QWidget) -> None:
    chip = Chip(around)
    chip.show_person(replace(somebody("Ana"), color=0x2F9E44))
    assert chip.text() == "Following Ana  ·  Esc to stop"
    chip.show_person(replace(somebody("Maximiliane von Hohenstein-Sonnenberg"), color=0x2F9E44))
    assert chip.sizeHint().width() < 400
    assert chip.text().endswith("…  ·  Esc to stop")
    assert "Sonnenberg" in chip.accessibleName()
    assert chip.isVisible()
    chip.show_person(None)
    assert not chip.isVisible()


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_the_border_is_of_the_persons_colour_and_empty_inside(around: QWidget, theme: Theme) -> None:
    around.setPalette(palette(theme))
    border = Border(around)
    border.resize(200, 100)
    border.show_person(replace(somebody("Ana"), color=0xE03131))
    image = border.grab().toImage()
    at = {place: image.pixelColor(*place) for place in ((0, 50), (100, 1), (199, 99))}
    assert {color.name() for color in at.values()} == {shown(0xE03131, theme).name()}
    assert not border.mask().contains(QPoint(100, 50))


def test_the_style_is_chosen_and_shown(around: QWidget) -> None:
    style = InkStyle()
    panel = StylePanel(around, style)
    panel.palette_of_ink.swatches[4].click()
    panel.widths[3].click()
    assert (style.color, style.width) == (PALETTE[4], WIDTHS[3])
    assert [swatch.isChecked() for swatch in panel.palette_of_ink.swatches].index(True) == 4
    assert [button.isChecked() for button in panel.widths] == [False, False, False, True]
    style.color = 0x123456
    assert panel.free.isChecked()
    assert panel.free.color == 0x123456
    assert not any(swatch.isChecked() for swatch in panel.palette_of_ink.swatches)


def test_smoothing_and_pressure_are_chosen_and_shown(around: QWidget) -> None:
    style = InkStyle()
    panel = StylePanel(around, style)
    assert panel.smoothing_now.text() == "off"
    panel.smoothing.setValue(35)
    assert (style.smoothing, panel.smoothing_now.text()) == (0.35, "35 %")
    for button, pressure in zip(panel.pressures, (Pressure.PEN, Pressure.SPEED, Pressure.OFF), strict=True):
        button.click()
        assert style.pressure is pressure
        assert [each for each in panel.pressures if each.isChecked()] == [button]
        assert button.toolTip()
    style.smoothing = 0.0
    assert (panel.smoothing.value(), panel.smoothing_now.text()) == (0, "off")


def test_the_style_is_that_of_the_tool_in_hand(around: QWidget) -> None:
    pen, highlighter = InkStyle(), marker()
    panel = StylePanel(around, pen)
    panel.show()
    tall = panel.sizeHint().height()
    panel.show_tool(highlighter, presses=False)
    assert [button.ink for button in panel.widths] == list(highlighter.widths)
    assert panel.widths[1].isChecked()
    assert panel.widths[1].accessibleName() == "Medium, 20 px"
    assert not panel.pressing.isVisible()
    assert panel.sizeHint().height() < tall
    panel.widths[3].click()
    panel.palette_of_ink.swatches[4].click()
    assert (highlighter.width, highlighter.color) == (48, PALETTE[4])
    assert (pen.width, pen.color) == (WIDTHS[1], PALETTE[0])
    pen.width = 16.0
    assert panel.width_now.text() == "48 px"
    panel.show_tool(pen, presses=True)
    assert panel.pressing.isVisible()
    assert panel.width_now.text() == "16 px"
    panel.leave()
    pen.width = 2.0
    assert panel.width_now.text() == "16 px", "it does not listen any more"


def test_a_toast_goes_of_its_own_accord(around: QWidget, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("peer.ui.panels.toast.LASTS", 20)
    toast = Toast(around)
    toast.move(300, 300)
    toast.say("News")
    assert toast.is_shown
    assert not toast.has_link
    qtbot.waitUntil(lambda: not toast.is_shown, timeout=2_000)
    toast.say("This stays", lasting=True)
    qtbot.wait(60)
    assert toast.is_shown
    toast.dismiss.click()
    assert not toast.is_shown


def test_the_link_of_a_toast_acts_once(around: QWidget) -> None:
    done: list[str] = []
    toast = Toast(around)
    toast.say("Cleared.", "Undo", lambda: done.append("undo"))
    toast.link.click()
    toast.link.click()
    assert done == ["undo"]
    assert not toast.is_shown


# The eraser's


def test_the_panel_of_the_eraser_shows_and_makes_the_choice(around: QWidget) -> None:
    rubber = Rubber()
    panel = EraserPanel(around, rubber)
    assert [kind.isChecked() for kind in panel.kinds] == [True, False]
    assert [size.isChecked() for size in panel.sizes] == [False, True, False, False]
    panel.kinds[1].click()
    panel.sizes[3].click()
    assert (rubber.parts, rubber.width) == (True, 64.0)
    rubber.parts, rubber.width = False, 9.0
    assert [kind.isChecked() for kind in panel.kinds] == [True, False]
    assert not any(size.isChecked() for size in panel.sizes)
    panel.kinds[0].click()
    assert panel.kinds[0].isChecked()


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_the_two_erasers_are_told_apart_by_pictures(around: QWidget, theme: Theme) -> None:
    around.setPalette(palette(theme))
    panel = EraserPanel(around, Rubber())
    panel.show()
    strokes, parts = (kind.grab(QRect(0, 0, 44, kind.height())).toImage() for kind in panel.kinds)
    assert strokes != parts


def test_what_another_window_saves_is_saved_and_that_window_is_no_other_computer() -> None:
    joined = replace(QUIET, saved=False, shared=True)
    assert safety(joined) == "not saved"
    assert safety(replace(joined, peers_with_latest=1)) == "saved by the other window"
    assert safety(replace(joined, peers_with_latest=3)) == "saved by the other window · on 2 others"
