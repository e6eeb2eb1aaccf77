"""What a window has imported when it is painted for the first time: nothing that the first picture can do without."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PROGRAM = """
import sys
import PyQt6.QtWidgets
from PyQt6.QtCore import QEvent, QObject

class Watched(PyQt6.QtWidgets.QApplication):
    def __init__(self, arguments):
        super().__init__(arguments)
        self.installEventFilter(self)

    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and watched.isWidgetType():
            self.removeEventFilter(self)
            print("painted", watched.window().windowTitle(), sep="\\n")
            print(*sys.modules, sep="\\n")
            ON_PAINT
        return False

PyQt6.QtWidgets.QApplication = Watched
from peer import app

begin = app.App.begin

def begin_and_end(self):
    begin(self)
    ON_BEGIN

app.App.begin = begin_and_end
from peer.cli import main
sys.exit(main(sys.argv[1:]))
"""
ROOM = ["join", "--peer", "127.0.0.1:9", "--name", "Ana"]


def run(home: Path, arguments: list[str], *, on_paint: str = "pass", on_begin: str = "pass") -> list[str]:
    """What a window says that ends well and in silence."""
    environment = os.environ | {"P2PSKETCH_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    program = PROGRAM.replace("ON_PAINT", on_paint).replace("ON_BEGIN", on_begin)
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


NETWORK = "asyncio ssl cryptography.x509 peer.node peer.transport tracker.server"


@pytest.mark.parametrize(
    ("arguments", "title", "unneeded", "needed"),
    [
        ([], "p2psketch", f"{NETWORK} numpy cryptography sqlite3 p2psketch.session peer.ui.desk", "peer.ui.welcome"),
        (
            ROOM,
            "lobby – p2psketch",
            NETWORK,
            "numpy p2psketch.session peer.ui.canvas peer.ui.brush peer.tools.pen",
        ),
    ],
    ids=["welcome page", "open room"],
)
def test_the_first_picture_waits_for_nothing_that_it_does_not_need(
    tmp_path: Path, arguments: list[str], title: str, unneeded: str, needed: str
) -> None:
    said = run(tmp_path, arguments, on_begin="self.window.close()")
    assert said[:2] == ["painted", title]
    assert set(unneeded.split()).isdisjoint(said), set(unneeded.split()) & set(said)
    assert set(needed.split()) <= set(said), "one could not draw yet"


@pytest.mark.parametrize(
    ("arguments", "moment", "number"),
    [
        pytest.param(arguments, moment, number, marks=() if in_short else pytest.mark.slow)
        for where, arguments in enumerate(([], ROOM))
        for when, moment in enumerate(("on_paint", "on_begin"))
        for which, number in enumerate((signal.SIGINT, signal.SIGTERM))
        for in_short in [(where + when + which) % 2 == 0]  # every two of them together
    ],
)
def test_a_signal_in_the_midst_of_the_start_ends_it_well(
    tmp_path: Path, arguments: list[str], moment: str, number: signal.Signals
) -> None:
    assert run(tmp_path, arguments, **{moment: f"import os; os.kill(os.getpid(), {int(number)})"})
