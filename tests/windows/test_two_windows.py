"""Two real windows, side by side, and a hand that draws: what the other one shows is what counts."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from p2psketch.address import parse_address
from peer.arguments import DEFAULT_ROOM
from peer.target import open_room
from tests.processes.support import look
from tests.windows.screen import Screen, missing, wait_until

pytestmark = [
    pytest.mark.window,
    pytest.mark.skipif(bool(missing()), reason=f"this machine has no {' and no '.join(missing())}"),
]

INK = 0x1F2328
CANVAS = 0xFFFFFF
PYTHON = (sys.executable, "-m")
BO = 800
"""How far Bo's window is to the right of Ana's."""

STROKE = [(300 + 8 * step, 480 + (step % 9) * 6) for step in range(25)]
HERS = (280, 460, 240, 100)
HIS = (280 + BO, 460, 240, 100)

ANAS_INITIAL = (BO + 620, 38)
AROUND_ANAS = (BO + 610, 28, 20, 20)
LEFT_OF_ANAS = (BO + 580, 28, 20, 20)
"""An initial is here for a moment of whoever only asks how the room is, such as `Table.shapes`; hers may be, too."""
CHIP = (BO + 395, 910)
EDGE = (BO, 300, 2, 400)
"""The left edge of Bo's window."""


class Table:
    """A tracker and two windows on one screen."""

    def __init__(self, screen: Screen, environment: dict[str, str], folder: Path, stack: ExitStack) -> None:
        self.screen = screen
        self._environment = environment
        self._folder = folder
        self._stack = stack
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            port = free.getsockname()[1]
        self.place = f"127.0.0.1:{port}"
        self.tracker = self._start("tracker", "--host", "127.0.0.1", "--port", str(port))
        self.ana = self._window("Ana", "0,0,790,1000")
        self.bo = self._window("Bo", f"{BO},0,790,1000")

    def _window(self, name: str, geometry: str) -> "subprocess.Popen[bytes]":
        return self._start("peer", "--tracker", self.place, "--name", name, "--geometry", geometry)

    def _start(self, module: str, *arguments: str) -> "subprocess.Popen[bytes]":
        home = self._folder / f"home-{len(list(self._folder.iterdir()))}"
        home.mkdir()
        environment = self.screen.environment(self._environment, home)
        program = subprocess.Popen([*PYTHON, module, *arguments], env=environment)
        self._stack.callback(program.wait)
        self._stack.callback(program.terminate)
        return program

    def shapes(self) -> dict[str, int]:
        """How many shapes each of the two says it has."""
        room = look(open_room(DEFAULT_ROOM, [parse_address(self.place)], []))
        return {peer["name"]: peer["shapes"] for peer in room["peers"] if peer["link"] == "direct"}

    def draws(self) -> bool:
        """Does Ana's window show what is drawn in it?"""
        return self.screen.ink(HERS, INK) > 100

    def bo_sees_ana_alone(self) -> bool:
        """Is there one initial in Bo's window, where Ana's is to be?"""
        return self.screen.ink(LEFT_OF_ANAS, CANVAS) == 400 and self.screen.ink(AROUND_ANAS, CANVAS) < 200


@pytest.fixture
def table(own_environment: dict[str, str], tmp_path: Path) -> Iterator[Table]:
    with ExitStack() as stack:
        screen = stack.enter_context(Screen(tmp_path))
        table = Table(screen, own_environment, tmp_path, stack)
        wait_until(lambda: table.shapes() == {"Ana": 0, "Bo": 0}, "both windows are linked", 30)
        yield table


def test_a_stroke_is_seen_while_it_is_drawn_and_erased_and_undone(table: Table) -> None:
    screen = table.screen
    assert screen.ink(HIS, INK) == 0

    screen.drag_along(STROKE)
    wait_until(lambda: screen.ink(HIS, INK) > 100, "Bo sees the stroke before the button is released")
    screen.hand("mouseup", 1)
    wait_until(lambda: table.shapes() == {"Ana": 1, "Bo": 1}, "both have the stroke")
    assert screen.ink(HIS, INK) > 100

    screen.hand("key", "e")
    screen.drag_along([(400, 300), (400, 500), (400, 600)])
    screen.hand("mouseup", 1)
    wait_until(lambda: screen.ink(HIS, INK) == 0, "Bo sees that Ana has erased it")

    screen.hand("key", "ctrl+z")
    wait_until(lambda: screen.ink(HIS, INK) > 100, "Bo sees it again after Ana's undo")
    screen.hand("key", "ctrl+z")
    wait_until(lambda: screen.ink(HIS, INK) == 0, "and gone after another one")
    screen.hand("key", "ctrl+shift+z")
    wait_until(lambda: screen.ink(HIS, INK) > 100, "and back after redo")


def test_nothing_changes_when_the_tracker_dies_and_a_cancelled_stroke_vanishes(table: Table) -> None:
    screen = table.screen
    table.tracker.kill()
    table.tracker.wait()

    screen.drag_along([(x + BO, y) for x, y in STROKE])
    wait_until(table.draws, "Ana sees the stroke that Bo draws")
    screen.hand("key", "Escape")
    wait_until(lambda: screen.ink(HERS, INK) == 0, "Ana sees it vanish as Bo takes it back")
    screen.hand("mouseup", 1)

    screen.hand("mousemove", 350 + BO, 500, "click", 1, "mousemove", 500 + BO, 700)
    wait_until(lambda: screen.ink((330, 480, 40, 40), INK) > 5, "Ana sees the dot of a click")


def test_one_follows_another_by_their_initial_until_one_has_enough(table: Table) -> None:
    screen = table.screen
    screen.drag_along(STROKE)
    screen.hand("mouseup", 1)
    wait_until(lambda: screen.ink(HIS, INK) > 100, "Bo sees the stroke")

    wait_until(table.bo_sees_ana_alone, "Bo sees Ana's initial and nobody else's")
    screen.hand("mousemove", *ANAS_INITIAL, "click", 1)
    wait_until(lambda: screen.ink(EDGE, CANVAS) == 0, "a border is around Bo's view")
    screen.hand("mousemove", 500, 500, "mousedown", 2, "mousemove", 500, 700, "mousemove", 500, 800, "mouseup", 2)
    wait_until(lambda: screen.ink(HIS, INK) == 0, "Bo's view follows as Ana moves hers")

    screen.hand("mousemove", *CHIP, "click", 1)
    wait_until(lambda: screen.ink(EDGE, CANVAS) > 0, "the border is gone")
    screen.hand("mousemove", 500, 800, "mousedown", 2, "mousemove", 500, 600, "mousemove", 500, 500, "mouseup", 2)
    wait_until(table.draws, "Ana sees her stroke again where it was")
    assert screen.ink(HIS, INK) == 0, "Bo looks where he did"
