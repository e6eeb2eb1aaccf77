"""The demo as a person sees it: windows that share a screen, and a picture that grows in all of them."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from peer.scenes import GREEN, RED, YELLOW
from tests.windows.screen import Screen, missing

pytestmark = [
    pytest.mark.window,
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing()), reason=f"this machine has no {' and no '.join(missing())}"),
]

WINDOWS = {"Ana": (0, 0, 800, 1000), "Bo": (800, 0, 800, 500), "Cem": (800, 500, 800, 500)}


def test_the_picture_is_in_every_window_and_stays_until_ctrl_c(tmp_path: Path, own_environment: dict[str, str]) -> None:
    told = []
    with Screen(tmp_path) as screen:
        environment = screen.environment(own_environment, tmp_path / "home")
        command = [sys.executable, "-m", "peer.cli", "demo"]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as demo:
            assert demo.stdout is not None
            for line in demo.stdout:
                told.append(line.split()[0])
                if "stay open" in line:
                    break
            for name, box in WINDOWS.items():
                for color in (YELLOW, RED, GREEN):
                    assert screen.ink(box, color) > 300, f"0x{color:06x} in {name}'s window"
            demo.send_signal(signal.SIGINT)
            assert demo.wait(20) == 0
    assert told == "tracker peers mesh drawing boards tracker drawing mesh boards windows".split()
