from dataclasses import replace

import pytest
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from p2psketch.ids import PeerId
from p2psketch.views import PersonView
from peer.ui.people import PeoplePopover, board_line, link_line, round_trip
from tests.ui.boards import crowd, somebody


@pytest.fixture
def popover(around: QWidget) -> PeoplePopover:
    return PeoplePopover(around)


@pytest.mark.parametrize(
    ("state", "rtt", "line"),
    [
        ("direct", 12.4, "direct, 12 ms"),
        ("direct", 0.3, "direct, < 1 ms"),
        ("direct", None, "direct"),
        ("relayed", None, "relayed"),
        ("connecting", None, "connecting…"),
        ("lost", None, "lost"),
        ("you", None, "you"),
    ],
)
def test_the_state_of_a_link_in_words(state: str, rtt: float | None, line: str) -> None:
    assert link_line(somebody("Ana", state, rtt)) == line


def test_whether_the_other_board_is_the_same() -> None:
    ana = somebody("Ana")
    assert board_line(ana) == ""
    assert board_line(replace(ana, shapes=1, same=True)) == "1 shape, the same board as yours"
    assert board_line(replace(ana, shapes=1204, same=False)) == "1,204 shapes, not yet the same board as yours"


def test_oneself_first_then_by_name_whatever_the_links_are(popover: PeoplePopover) -> None:
    people = [somebody("Zoe", "you"), somebody("bo", "lost"), somebody("Cem", "direct"), somebody("Ana", "relayed")]
    popover.show_people(people)
    assert shown(popover) == ["Zoe you", "Ana relayed", "bo lost", "Cem direct"]
    popover.show_people([people[2], replace(people[3], state="lost"), replace(people[1], state="direct"), people[0]])
    assert shown(popover) == ["Zoe you", "Ana lost", "bo direct", "Cem direct"]


def test_a_number_that_changes_moves_nothing(popover: PeoplePopover, qtbot: QtBot) -> None:
    ana = somebody("Ana", "direct", 3.0)
    popover.show_people([ana])
    popover.open()
    popover.adjustSize()
    qtbot.wait(1)
    row = popover.rows[ana.peer]
    places = [part.geometry() for part in (row.name, row.dot, row.state, row.time)]
    popover.show_people([replace(ana, rtt_ms=1234.0)])
    qtbot.wait(1)
    assert popover.rows[ana.peer] is row
    assert row.time.text() == "1234 ms"
    assert [part.geometry() for part in (row.name, row.dot, row.state, row.time)] == places


def test_who_leaves_is_gone_and_the_title_counts_who_is_here(popover: PeoplePopover) -> None:
    people = crowd(3)
    popover.show_people(people)
    assert popover.head.text() == "4 people here"
    popover.show_people([*people[:2], replace(people[2], state="lost")])
    assert popover.head.text() == "2 people here"
    assert len(popover.rows) == 3
    popover.show_people(people[:1])
    assert popover.head.text() == "Only you are here"


def test_many_people_scroll(popover: PeoplePopover) -> None:
    popover.show_people(crowd(60))
    assert popover.sizeHint().height() < 500
    assert len(popover.rows) == 61


def test_in_a_low_window_fewer_are_seen_at_once(popover: PeoplePopover, around: QWidget) -> None:
    popover.show_people(crowd(60))
    around.resize(800, 600)
    low = popover.sizeHint().height()
    around.resize(800, 900)
    assert low < popover.sizeHint().height()
    assert low + 200 <= 600


def test_no_round_trip_is_no_text() -> None:
    assert round_trip(somebody("Ana")) == ""


def shown(popover: PeoplePopover) -> list[str]:
    box = popover.rows[next(iter(popover.rows))].parentWidget()
    assert box is not None
    rows = sorted(popover.rows.values(), key=lambda row: popover._rows.indexOf(row))
    return [f"{row.name.text()} {row.state.text()}" for row in rows]


def test_people_with_one_name_are_two(popover: PeoplePopover) -> None:
    twins: list[PersonView] = [somebody("Ana", number=1), somebody("Ana", number=2)]
    popover.show_people(twins)
    assert len(popover.rows) == 2


def test_a_click_on_a_row_picks_that_person_unless_there_is_nothing_to_follow(popover: PeoplePopover) -> None:
    people = [somebody(state, state) for state in ("you", "direct", "relayed", "connecting", "lost")]
    popover.show_people(people)
    picked: list[PeerId] = []
    popover.picked.connect(picked.append)
    for person in people:
        popover.rows[person.peer].click()
    assert picked == [people[1].peer, people[2].peer]
    popover.show_followed(people[2].peer)
    assert [popover.rows[person.peer].isChecked() for person in people] == [False, False, True, False, False]
    popover.show_people(people)
    assert popover.rows[people[2].peer].isChecked()
    assert popover.rows[people[2].peer].toolTip().endswith("Click to stop following")
