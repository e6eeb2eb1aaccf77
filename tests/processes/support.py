"""Real programs: each in a process group and, unless told otherwise, a home of its own; none outlives its test."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from p2psketch.address import parse_address
from p2psketch.errors import Unreachable
from p2psketch.invite import Invite
from p2psketch.messages import Person
from p2psketch.session import Session
from peer.commands import caught_up, describe, read_board
from peer.target import Target, from_file

ROOT = Path(__file__).parents[2]
PATIENCE = 45.0
"""Seconds after which something that should happen never will."""
PYTHON = (sys.executable, "-W", "always::ResourceWarning", "-m")
COMMAND_LINE = "peer.cli"
STARTS = (*PYTHON, COMMAND_LINE)


def until(holds: Callable[[], Any], what: str, within: float = PATIENCE) -> Any:
    """Wait for something to be true, at most `within` seconds; what it is then."""
    end = time.monotonic() + within
    while not (found := holds()):
        assert time.monotonic() < end, f"it did not come within {within:.0f} s: {what}"
        time.sleep(0.05)
    return found


def look(target: Target) -> Any:
    """What `info --json` prints of a board in the network, seen from this process: it starts no program for a look."""
    visit = caught_up(
        target.in_memory(),
        Person("reader", 0),
        PATIENCE,
        lambda peer: describe(peer.board.session, peer.board.people()),
    )
    try:
        return asyncio.run(visit)
    except Unreachable:
        return {"shapes": None, "digest": None, "peers": []}


class Program:
    """One running program, and what it has written. `inside` begins the command that starts it somewhere else."""

    def __init__(
        self, arguments: Sequence[str], folder: Path, home: Path, stdin: str, inside: Sequence[str], module: str
    ) -> None:
        self.arguments = arguments
        self.home = home
        self._folder = folder
        (folder / "in").write_text(stdin, encoding="utf-8")
        environment = {**os.environ, "P2PSKETCH_HOME": str(home), "PYTHONUNBUFFERED": "1"}
        with open(folder / "in") as given, open(folder / "out", "w") as out, open(folder / "err", "w") as err:
            self.process = subprocess.Popen(
                [*inside, *PYTHON, module, *arguments],
                cwd=ROOT,
                env=environment,
                stdin=given,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )

    @property
    def out(self) -> str:
        """Its results."""
        return (self._folder / "out").read_text(encoding="utf-8")

    @property
    def err(self) -> str:
        """Its log, and its errors."""
        return (self._folder / "err").read_text(encoding="utf-8")

    def says(self, pattern: str) -> re.Match[str]:
        """Wait for a line of its log; the match."""

        def found() -> re.Match[str] | None:
            match = re.search(pattern, self.err)
            assert match or self.process.poll() is None, f"{self.arguments} ended: {self.err}"
            return match

        match = until(found, f"{pattern} from {self.arguments}")
        assert isinstance(match, re.Match)
        return match

    def ends(self) -> int:
        """Wait for its end; the exit status."""
        return self.process.wait(PATIENCE)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal, and wait for the end; the exit status."""
        self.process.send_signal(number)
        return self.ends()

    def result(self) -> str:
        """What it printed, once it has ended well."""
        assert self.ends() == 0, f"{self.arguments}: {self.err}"
        return self.out

    def kill(self) -> None:
        """It, and whatever it started, is gone."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Programs:
    """Starts programs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[Program] = []

    def start(
        self,
        *arguments: str,
        home: Path | None = None,
        stdin: str = "",
        inside: Sequence[str] = (),
        module: str = COMMAND_LINE,
    ) -> Program:
        """A program by its command line."""
        folder = self.folder / f"program-{len(self.started)}"
        folder.mkdir(parents=True)
        program = Program(arguments, folder, home or folder / "home", stdin, inside, module)
        self.started.append(program)
        return program

    def run(self, *arguments: str, home: Path | None = None, stdin: str = "") -> Program:
        """A program, once it has ended."""
        program = self.start(*arguments, home=home, stdin=stdin)
        program.ends()
        return program

    def tracker(self, port: int = 0) -> "Tracker":
        """A tracker, once it listens."""
        return Tracker(self.start("tracker", "--host", "127.0.0.1", "--port", str(port)))

    def keeper(self, *arguments: str, home: Path | None = None) -> "Keeper":
        """A headless peer, once it listens."""
        return Keeper(self.start("keep", *arguments, home=home))

    def keepers(self, count: int, *arguments: str) -> list["Keeper"]:
        """So many headless peers, started all at once."""
        return [Keeper(program) for program in [self.start("keep", *arguments) for _ in range(count)]]

    def info(self, *arguments: str, home: Path | None = None, inside: Sequence[str] = ()) -> Any:
        """What `info --json` prints."""
        return json.loads(self.start("info", "--json", *arguments, home=home, inside=inside).result())


class Tracker:
    """A running tracker, and its address."""

    def __init__(self, program: Program, host: str = "127.0.0.1") -> None:
        self.program = program
        self.port = int(program.says(r"listening on \S+:(\d+)")[1])
        self.place = f"{host}:{self.port}"

    def new_board(self, name: str = "board") -> str:
        """A link to a board that nobody has yet."""
        return Invite.new((parse_address(self.place),), name, os.urandom).format()


class Keeper:
    """A running headless peer, its address and its board file."""

    def __init__(self, program: Program, host: str = "127.0.0.1") -> None:
        self.program = program
        match = program.says(r"keeping “.*” in (.*), listening on port (\d+)")
        self.file, self.place = Path(match[1]), f"{host}:{match[2]}"

    def on_disk(self) -> Session:
        """The board as its file has it now, however its program is."""
        return read_board(from_file(self.file))


@contextmanager
def running(folder: Path) -> Iterator[Programs]:
    """Programs that are all gone at the end, and of which none may have left a traceback or a warning of Python's."""
    programs = Programs(folder)
    try:
        yield programs
    finally:
        for program in programs.started:
            program.kill()
    for program in programs.started:
        assert not re.search(r"Traceback|Warning:|Exception ignored", program.err), program.err


def strokes(count: int, color: str = "#1f2328", points: int = 20) -> str:
    """So many strokes, as lines of JSON for `draw`."""
    lines = []
    for number in range(count):
        track = [[10 * number + step, 20 * (step % 3)] for step in range(points)]
        lines.append(json.dumps({"points": track, "color": color, "width": 3}))
    return "\n".join(lines)


def colors(session: Session) -> list[int]:
    """The colours of all visible shapes."""
    return sorted(shape.color for shape in session.document.visible())
