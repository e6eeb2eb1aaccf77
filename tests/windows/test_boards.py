"""One window, one person, several boards: found again, named, deleted and taken back, with mouse and keyboard."""

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from p2psketch.messages import Person
from p2psketch.ops import Edit
from peer import shelf
from peer.settings import Settings
from peer.target import new_board
from tests.core.authors import STROKE
from tests.windows.screen import Screen, missing, wait_until

pytestmark = [
    pytest.mark.window,
    pytest.mark.skipif(bool(missing()), reason=f"this machine has no {' and no '.join(missing())}"),
]

INK = 0x336699
BOARD = (0, 0, 1200, 800)
FIELD = (50, 15, 300, 50)
NOWHERE = (600, 700)
"""Where a click gives the window the keyboard, and does nothing else."""
NAME = (80, 40)
"""Where the board's name is, in a window at the left top of the screen."""


@pytest.fixture
def home(own_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Path:
    home = Path(own_environment["P2PSKETCH_HOME"])
    monkeypatch.setenv("P2PSKETCH_HOME", str(home))
    return home


def made(name: str, when: float, width: float) -> Path:
    target = new_board(name, ())
    assert target.path is not None
    with shelf.Writing(target, Person("Ana", 1)) as writing:
        writing.session.commit(Edit(((0, {**STROKE, "width": width}),)), 1_700_000_000_000)
    settings = Settings.load()
    settings.name, settings.theme = "Ana", "light"
    settings.remember(name, target.path, when)
    settings.save()
    return target.path


def test_boards_are_found_named_deleted_and_taken_back_by_hand(
    own_environment: dict[str, str], home: Path, tmp_path: Path
) -> None:
    made("Roof", 1_700_000_000.0, 4)
    plan = made("Plan", 1_700_000_001.0, 60)
    with ExitStack() as stack:
        screen = stack.enter_context(Screen(tmp_path))
        command = [sys.executable, "-m", "peer.cli"]
        program = subprocess.Popen(command, env=screen.environment(own_environment, home))
        stack.callback(program.wait)
        stack.callback(program.terminate)

        def keys(*keys: str) -> None:
            for key in keys:
                screen.hand("key", key)

        wait_until(lambda: screen.ink(BOARD, 0x4263EB) > 1000, "the welcome page", 30)
        screen.hand("mousemove", *NOWHERE, "click", 1)
        keys("Down", "Return")
        wait_until(lambda: screen.ink(BOARD, INK) > 2000, "the board that was opened last")

        screen.hand("mousemove", *NAME, "click", 1)
        wait_until(lambda: screen.ink(FIELD, 0x4263EB) > 100, "a field to type the name into")
        screen.hand("type", "Garden")
        keys("Return")
        wait_until(lambda: shelf.read(plan).name == "Garden", "the name is in the file")

        screen.drag_along([(600, 600), (700, 600), (800, 620)])
        screen.hand("mouseup", 1)
        wait_until(lambda: shelf.read(plan).document.visible_count == 2, "a stroke")
        keys("ctrl+q")
        program.wait(15)
    assert len(list((home / "thumbnails").glob("*.png"))) == 2
    assert [board.name for board in Settings.load().recent] == ["Garden", "Roof"]

    with ExitStack() as stack:
        screen = stack.enter_context(Screen(tmp_path))
        program = subprocess.Popen(command, env=screen.environment(own_environment, home))
        stack.callback(program.wait)
        stack.callback(program.terminate)
        wait_until(lambda: screen.ink(BOARD, 0x4263EB) > 1000, "the welcome page", 30)
        screen.hand("mousemove", *NOWHERE, "click", 1)
        screen.hand("key", "Down", "key", "Delete")
        wait_until(lambda: [thrown.name for thrown in Settings.load().thrown] == ["Garden"], "it is in the trash")
        assert not plan.exists()
        screen.hand("key", "ctrl+z")
        wait_until(plan.exists, "and back")
        assert shelf.read(plan).document.visible_count == 2
