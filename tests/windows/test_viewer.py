"""A window with the edit link, and one with the view link: it sees everything, and a hand at it changes nothing."""

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from p2psketch.invite import Invite
from peer.target import from_invite
from tests.processes.support import look
from tests.windows.screen import Screen, missing, wait_until

pytestmark = [
    pytest.mark.window,
    pytest.mark.skipif(bool(missing()), reason=f"this machine has no {' and no '.join(missing())}"),
]

INK = 0x1F2328
P2PSKETCH = (sys.executable, "-m", "peer.cli")
VERA = 800
"""How far Vera's window is to the right of Ana's."""

STROKE = [(300 + 8 * step, 480 + (step % 9) * 6) for step in range(25)]
SEEN = (280 + VERA, 460, 240, 100)


def test_a_viewer_sees_a_stroke_grow_and_changes_nothing(
    own_environment: dict[str, str], tmp_path: Path, free_port: int
) -> None:
    with ExitStack() as stack:
        screen = stack.enter_context(Screen(tmp_path))

        def start(*arguments: str) -> None:
            environment = screen.environment(own_environment, tmp_path / arguments[-1])
            program = subprocess.Popen([*P2PSKETCH, *arguments[:-1]], env=environment)
            stack.callback(program.wait)
            stack.callback(program.terminate)

        def info() -> Any:
            return look(from_invite(Invite.parse(edit)))

        def who_may_edit() -> dict[str, bool]:
            return {peer["name"]: peer["may_edit"] for peer in info()["peers"] if peer["link"] == "direct"}

        place = f"127.0.0.1:{free_port}"
        start("tracker", "--host", "127.0.0.1", "--port", str(free_port), "tracker")
        command = [*P2PSKETCH, "invite", "--tracker", place]
        links = subprocess.run(command, env=own_environment, capture_output=True, text=True, check=True).stdout
        edit, view = (line.split()[1] for line in links.splitlines())
        assert not Invite.parse(view).can_edit
        start("open", edit, "--name", "Ana", "--geometry", "0,0,790,1000", "ana")
        start("open", view, "--name", "Vera", "--geometry", f"{VERA},0,790,1000", "vera")
        wait_until(lambda: who_may_edit() == {"Ana": True, "Vera": False}, "both windows are linked", 30)

        screen.drag_along(STROKE)
        wait_until(lambda: screen.ink(SEEN, INK) > 100, "Vera sees the stroke before the button is released")
        screen.hand("mouseup", 1)
        wait_until(lambda: info()["shapes"] == 1, "the stroke")
        before = info()["digest"]

        screen.hand("mousemove", VERA + 400, 700, "click", 2, "key", "p")
        screen.drag_along([(VERA + 300, 650), (VERA + 300, 750), (VERA + 300, 850)])
        screen.hand("mouseup", 1, "key", "e")
        screen.drag_along([(VERA + 420, 650), (VERA + 420, 700), (VERA + 420, 720)])
        screen.hand("mouseup", 1, "key", "ctrl+z", "key", "ctrl+y")
        wait_until(lambda: screen.ink(SEEN, INK) == 0, "the board moved under her hand")
        assert (info()["shapes"], info()["digest"]) == (1, before)
        assert who_may_edit() == {"Ana": True, "Vera": False}, "and nobody has lost their link"
