"""The demo, for real: processes, links, a tracker that is killed, and nothing left behind."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PyQt6.QtGui import QImage

from p2psketch.errors import SketchError
from peer import scenes
from peer.demo import has_display, run_demo

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path, own_environment: dict[str, str]) -> Iterator[Start]:
    """Starts a demo without a display, that keeps its things in `tmp_path / "tmp"`."""
    (tmp_path / "tmp").mkdir()
    hidden = {"TMPDIR": str(tmp_path / "tmp"), "QT_QPA_PLATFORM": "offscreen"}
    started: list[subprocess.Popen[str]] = []

    def begin(*arguments: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "peer.cli", "demo", "--pictures", str(tmp_path / "pictures"), *arguments]
        environment = own_environment | hidden
        pipe = subprocess.PIPE
        demo = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=pipe, stderr=pipe, text=True)
        started.append(demo)
        return demo

    yield begin
    for demo in started:
        demo.kill()
        demo.communicate()


def members(folder: Path) -> list[int]:
    """The processes that have a home in a folder, or name it."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdecimal() and int(process.name) != os.getpid():
            try:
                about = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
            except OSError:
                continue
            if f"P2PSKETCH_HOME={folder}".encode() in about:
                found.append(int(process.name))
    return found


def until_drawing(demo: "subprocess.Popen[str]") -> None:
    assert demo.stdout is not None
    for line in demo.stdout:
        if line.startswith("drawing"):
            return
    pytest.fail("it never drew")


def test_peers_draw_together_and_go_on_without_the_tracker(start: Start, tmp_path: Path) -> None:
    out, errors = start("--peers", "2").communicate(timeout=PATIENCE)
    assert errors == ""
    before, after = re.findall(r"equal on all 2: digest ([0-9a-f]{8}), (\d+) shapes", out)
    assert before != after
    parts = (*scenes.WITH_TRACKER, *scenes.WITHOUT)
    assert int(after[1]) == sum(len(lines) for part in parts for lines in scenes.part(part, 2))
    assert re.search(r"started .*killed.*goes on.*still linked: each directly to the other one", out, re.DOTALL)
    assert not list((tmp_path / "tmp").iterdir()), "nothing is left"

    boards = [QImage(str(tmp_path / "pictures" / f"{name}.png")) for name in ("ana", "bo")]
    assert boards[0].width() > 900
    assert boards[0] == boards[1]
    for name in ("ana", "bo"):
        picture = tmp_path / "pictures" / f"{name}-window.png"
        assert QImage(str(picture)).width() > boards[0].width(), "with the panels around it"
        assert str(picture) in out


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are looked for in /proc")
@pytest.mark.parametrize("ending", ["SIGINT", "SIGTERM", "SIGKILL"])
def test_however_it_ends_nobody_is_left(start: Start, tmp_path: Path, ending: str) -> None:
    demo = start("--peers", "2")
    until_drawing(demo)
    assert len(members(tmp_path / "tmp")) == 3
    number = getattr(signal, ending)
    demo.send_signal(number)
    status = demo.wait(PATIENCE)
    assert status == (-number if ending == "SIGKILL" else 128 + number)
    end = time.monotonic() + PATIENCE
    while members(tmp_path / "tmp"):
        assert time.monotonic() < end
        time.sleep(0.1)
    if ending != "SIGKILL":
        assert not list((tmp_path / "tmp").iterdir())


def test_a_folder_that_cannot_be_made(start: Start, tmp_path: Path) -> None:
    (tmp_path / "pictures").write_text("in the way")
    demo = start("--peers", "2")
    _, errors = demo.communicate(timeout=PATIENCE)
    assert demo.returncode == 1
    assert errors == f"p2psketch: The folder {tmp_path / 'pictures'} cannot be made: File exists.\n"


@pytest.mark.parametrize("peers", [1, 9, 1000])
def test_too_few_or_too_many(peers: int, tmp_path: Path) -> None:
    with pytest.raises(SketchError, match="The demo is for 2 to 8 peers"):
        run_demo(peers, tmp_path)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is always a display")
@pytest.mark.parametrize(
    ("environment", "display"),
    [
        ({}, False),
        ({"DISPLAY": ":0"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({"DISPLAY": ""}, False),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, False),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "xcb"}, True),
    ],
)
def test_where_windows_can_be_opened(
    environment: dict[str, str], display: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert has_display() is display
