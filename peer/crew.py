"""The processes of the demo: a tracker, and peers that do what they are asked.

Rule: starts, asks and ends them, and knows nothing of what they do. However this process ends, they end with it: their
stdin is a pipe from here, and when it closes, they are alone and go.
"""

import asyncio
import contextlib
import json
import os
import sys
import threading
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Self

from p2psketch.address import Address
from p2psketch.errors import SketchError

PEER: Final = "import sys; from peer.cli import main; sys.exit(main())"
TRACKER: Final = "from peer.crew import run_tracker; run_tracker()"
HOST: Final = "127.0.0.1"

STARTED_WITHIN: Final = 30.0
ANSWERED_WITHIN: Final = 20.0
ENDED_WITHIN: Final = 5.0
"""Seconds."""

Answer = dict[str, Any]


class Left(Exception):
    """A person has closed a window, or looks at another board in it."""


class Member:
    """One process: its name, and what is said to it and by it, a line of JSON each way, one after the other."""

    def __init__(self, name: str, process: Process, log: Path) -> None:
        self.name = name
        self.process = process
        self._log = log

    async def ask(self, within: float = ANSWERED_WITHIN, **command: Any) -> Answer:
        """Its answer to a command. Left if it has gone, SketchError if it failed or does not answer in time."""
        try:
            async with asyncio.timeout(within):
                await self._send(command)
                answer = await self.hear()
        except TimeoutError:
            raise SketchError(f"{self.name} did not answer within {within:.0f} s.{self._words(-1)}") from None
        if answer.get("left"):
            raise Left(self.name)
        return answer

    async def _send(self, command: Mapping[str, Any]) -> None:
        assert self.process.stdin is not None
        with contextlib.suppress(ConnectionError):  # it is gone: `hear` will tell how
            self.process.stdin.write(json.dumps(command).encode() + b"\n")
            await self.process.stdin.drain()

    async def hear(self) -> Answer:
        """What it says next."""
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            with contextlib.suppress(ValueError):
                if isinstance(said := json.loads(line), dict):
                    return said
        if status := await self.process.wait():
            raise SketchError(f"{self.name} ended with status {status}.{self._words(0 if status < 0 else -1)}")
        raise Left(self.name)

    def _words(self, which: int) -> str:
        """A line of its log: of an exception the last one says most, of a crash the first one."""
        lines = [line.strip() for line in self._log.read_text("utf-8", "replace").splitlines() if line.strip()]
        return f" It said: {lines[which]}" if lines else ""

    async def kill(self) -> None:
        """End it as a crash would."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()

    async def end(self) -> None:
        """Let it go; returns when it is gone."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            async with asyncio.timeout(ENDED_WITHIN):
                await self.process.wait()
        except TimeoutError:
            await self.kill()


class Crew:
    """All processes, in a folder of theirs. When the context is left, they end."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._environment = environment
        self._members: list[Member] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(member.end() for member in self._members))

    async def start_tracker(self) -> tuple[Member, Address]:
        """A tracker on a free port, and its address."""
        tracker = await self._start("the tracker", TRACKER, (), self._folder)
        try:
            async with asyncio.timeout(STARTED_WITHIN):
                said = await tracker.hear()
        except TimeoutError:
            raise SketchError(f"The tracker did not start within {STARTED_WITHIN:.0f} s.") from None
        return tracker, Address(HOST, int(said["port"]))

    async def start_peer(self, name: str, home: Path, arguments: Sequence[str]) -> Member:
        """A peer: `p2psketch` with arguments, that keeps all it has in `home`."""
        return await self._start(name, PEER, arguments, home)

    async def _start(self, name: str, program: str, arguments: Sequence[str], home: Path) -> Member:
        """-P and PYTHONPATH: the code is that of this process, whatever lies in the folder that it was started in."""
        path = os.pathsep.join(filter(None, (str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH"))))
        log = self._folder / f"{name}.log"
        with log.open("wb") as errors:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-c", program, *arguments),
                stdin=PIPE,
                stdout=PIPE,
                stderr=errors,
                env={**self._environment, "P2PSKETCH_HOME": str(home), "PYTHONPATH": path},
                start_new_session=True,  # Ctrl+C in the terminal is for this process; it ends the others
            )
        member = Member(name, process, log)
        self._members.append(member)
        return member


def run_tracker() -> None:
    """The tracker's process: one on a free port of this machine, until stdin ends."""
    from tracker.server import serve

    threading.Thread(target=_leave_when_alone, daemon=True).start()
    asyncio.run(serve(HOST, 0, ready=lambda port: print(json.dumps({"port": port}), flush=True)))


def _leave_when_alone() -> None:
    while os.read(0, 4096):
        pass
    os._exit(0)
