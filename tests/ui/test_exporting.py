"""A picture is saved while drawing goes on."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt6.QtGui import QImage
from pytestqt.qtbot import QtBot

from peer.ui.exporting import Export
from peer.ui.picture import picture, write_png
from tests.ui.afar import Somebody, stroke
from tests.ui.boards import Alone


@pytest.fixture
def board() -> Alone:
    board = Alone()
    ana = Somebody(board)
    for n in range(30):
        ana.commit(*[stroke((x * 7.0, n * 9.0), (x * 7.0 + 5, n * 9.0 + 5)) for x in range(100)])
    return board


def test_it_is_the_picture_that_the_command_line_writes(board: Alone, tmp_path: Path, qtbot: QtBot) -> None:
    expected = picture(board.document)
    export = Export(board.document, tmp_path / "roof.png")
    with qtbot.waitSignal(export.saved):
        board.draw((0.0, 0.0), (9.0, 9.0))  # too late for this picture
    written = QImage(str(tmp_path / "roof.png")).convertToFormat(QImage.Format.Format_RGB32)
    assert written == expected


def test_it_is_made_in_small_steps_and_tells_how_far_it_has_come(board: Alone, tmp_path: Path, qtbot: QtBot) -> None:
    turns: list[float] = []
    export = Export(board.document, tmp_path / "roof.png")
    export._timer.timeout.connect(lambda: turns.append(export._painting.progress))
    with qtbot.waitSignals([export.progressed, export.saved]):
        pass
    assert len(turns) > 5
    assert turns == sorted(turns)


def test_cancelled_it_leaves_nothing_behind(board: Alone, tmp_path: Path, qtbot: QtBot) -> None:
    """Also when the painting is done, and it is being written."""
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def slowly(image: QImage, path: Path, unwanted: Callable[[], bool]) -> None:
        begun.set()
        go_on.wait(10)
        write_png(image, path, unwanted)
        ended.set()

    export = Export(board.document, tmp_path / "roof.png", write=slowly)
    with qtbot.assertNotEmitted(export.saved):
        qtbot.waitUntil(begun.is_set)
        export.cancel()
        go_on.set()
        assert ended.wait(10)
    assert not list(tmp_path.iterdir())
    Export(board.document, tmp_path / "roof.png").cancel()
    assert not list(tmp_path.iterdir())
