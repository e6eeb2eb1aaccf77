"""Small pictures of boards: when they are painted, and what is in them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import QObject
from PyQt6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from peer.ui import pictures, thumbnails
from peer.ui.pictures import file_of
from peer.ui.theme import DARK, LIGHT, shown
from peer.ui.thumbnails import HEIGHT, MARGIN, MOST, WIDTH, Thumbnailer, painting
from tests.ui.boards import Alone

PATH = Path("/b/plan.p2psketch")
RED = 0xE03131


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("P2PSKETCH_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def keeper(qtbot: QtBot) -> Iterator[Thumbnailer]:
    around = QObject()
    yield Thumbnailer(around)
    around.deleteLater()


def drawn(*strokes: list[tuple[float, float]]) -> Alone:
    board = Alone()
    for points in strokes:
        board.draw(*points)
    return board


def picture(*, dark: bool) -> QImage:
    image = QImage(str(file_of(PATH, dark=dark)))
    assert (image.width(), image.height()) == (WIDTH, HEIGHT)
    return image


def many_of(image: QImage, color: QColor) -> int:
    return sum(image.pixelColor(x, y) == color for x in range(WIDTH) for y in range(HEIGHT))


def test_there_is_one_for_light_and_one_for_dark() -> None:
    board = drawn([(0.0, 0.0), (200.0, 0.0), (200.0, 100.0)])
    for _ in painting(board.document, PATH):
        pass
    for theme in (LIGHT, DARK):
        image = picture(dark=theme.dark)
        assert image.pixelColor(2, 2) == theme.canvas
        assert many_of(image, shown(RED, theme)) > 200


def test_all_of_the_board_is_in_it_and_small_boards_are_not_blown_up() -> None:
    board = drawn([(-9000.0, 0.0), (9000.0, 0.0)], [(0.0, -2000.0), (0.0, 2000.0)])
    for _ in painting(board.document, PATH):
        pass
    image = picture(dark=False)
    row = [x for x in range(WIDTH) if image.pixelColor(x, HEIGHT // 2) != LIGHT.canvas]
    assert row[0] <= MARGIN + 2 and row[-1] >= WIDTH - MARGIN - 3
    for _ in painting(drawn([(0.0, 0.0), (20.0, 0.0)]).document, PATH):
        pass
    image = picture(dark=False)
    row = [x for x in range(WIDTH) if image.pixelColor(x, HEIGHT // 2) != LIGHT.canvas]
    assert row[-1] - row[0] < 30


def test_of_very_many_strokes_some_are_painted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thumbnails, "MOST", 10)
    board = drawn(*([(n * 10.0, 0.0), (n * 10.0, 50.0)] for n in range(35)))
    assert len(thumbnails._some(board.document)) == 9
    for _ in painting(board.document, PATH):
        pass
    assert many_of(picture(dark=False), LIGHT.canvas) < WIDTH * HEIGHT
    assert MOST > 10


def test_it_is_painted_when_the_board_is_left_alone(
    keeper: Thumbnailer, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thumbnails, "IDLE", 10)
    board = drawn([(0.0, 0.0), (200.0, 0.0)])
    keeper.watch(board.document, PATH)
    assert not file_of(PATH, dark=False).exists()
    with qtbot.waitSignal(keeper.done) as done:
        keeper.touch(board.document)
    assert done.args == [str(PATH)]
    assert file_of(PATH, dark=True).exists()


def test_it_is_painted_when_the_board_is_closed_and_only_if_it_has_changed(keeper: Thumbnailer, qtbot: QtBot) -> None:
    board = drawn([(0.0, 0.0), (200.0, 0.0)])
    keeper.watch(board.document, PATH)
    keeper.leave()
    keeper.finish()
    assert not file_of(PATH, dark=False).exists()
    keeper.watch(board.document, PATH)
    keeper.touch(board.document)
    keeper.leave()
    keeper.watch(drawn().document, Path("/b/another.p2psketch"))
    with qtbot.waitSignal(keeper.done):
        pass
    assert file_of(PATH, dark=False).exists()


def test_at_the_end_of_the_program_it_is_finished(keeper: Thumbnailer) -> None:
    board = drawn(*([(n * 10.0, 0.0), (n * 10.0, 50.0)] for n in range(200)))
    keeper.watch(board.document, PATH)
    keeper.touch(board.document)
    keeper.leave()
    keeper.finish()
    assert file_of(PATH, dark=False).exists()


def test_an_empty_board_has_none_and_one_that_is_kept_nowhere_neither(keeper: Thumbnailer) -> None:
    board = drawn([(0.0, 0.0), (200.0, 0.0)])
    for _ in painting(board.document, PATH):
        pass
    board.undo()
    for _ in painting(board.document, PATH):
        pass
    assert not file_of(PATH, dark=False).exists()
    keeper.watch(board.document, None)
    keeper.touch(board.document)
    keeper.leave()
    keeper.finish()
    assert list(file_of(PATH, dark=False).parent.glob("*")) == []


def test_it_goes_where_its_board_goes() -> None:
    board = drawn([(0.0, 0.0), (200.0, 0.0)])
    for _ in painting(board.document, PATH):
        pass
    there = Path("/trash/plan.p2psketch")
    pictures.move(PATH, there)
    assert not file_of(PATH, dark=True).exists()
    assert file_of(there, dark=True).exists()
    pictures.remove(there)
    pictures.remove(there)
    assert not file_of(there, dark=True).exists()


def test_a_disk_that_refuses_costs_a_picture_and_nothing_else(home: Path) -> None:
    (home / "thumbnails").write_text("no folder")
    for _ in painting(drawn([(0.0, 0.0), (200.0, 0.0)]).document, PATH):
        pass
