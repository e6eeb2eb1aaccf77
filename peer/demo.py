"""`p2psketch demo`: a tracker and several peers on this machine, each a process of its own, draw a picture together.

Rule: this process only starts, asks, tells and ends. It passes no stroke on: what the peers have of each other, they
have over their own links. Whatever happens here, the others end with it: they hear that their stdin has ended.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
import threading
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from p2psketch.address import Address
from p2psketch.errors import SketchError
from peer import scenes
from peer.settings import Settings
from peer.target import new_board

PEER: Final = "import sys; from peer.cli import main; sys.exit(main())"
TRACKER: Final = "from peer.demo import run_tracker; run_tracker()"

HOST: Final = "127.0.0.1"
BOARD: Final = "Mesh sketch"

TRACKER_WITHIN: Final = 20.0
LINKED_WITHIN: Final = 40.0
DRAWN_WITHIN: Final = 300.0
AGREED_WITHIN: Final = 15.0
ANSWERED_WITHIN: Final = 20.0
ENDED_WITHIN: Final = 5.0
"""Seconds."""
ASKED_EVERY: Final = 0.1

SPEED_SEEN: Final = 0.8
SPEED_UNSEEN: Final = 4.0
"""Times that of a quick hand."""
LOOK: Final = 0.8
"""Seconds for a person to take in what has changed."""

Answer = dict[str, Any]


class Left(Exception):
    """A person has closed the window, or looks at another board in it."""


class DemoPeer:
    """One of the peers: its process, and what is said to it and by it."""

    def __init__(self, name: str, process: Process, log: Path) -> None:
        self.name = name
        self.process = process
        self._log = log

    async def ask(self, within: float = ANSWERED_WITHIN, **command: Any) -> Answer:
        """Its answer to a command. Left if it has gone, SketchError if it failed or does not answer."""
        assert self.process.stdin is not None
        try:
            async with asyncio.timeout(within):
                with contextlib.suppress(ConnectionError):
                    self.process.stdin.write(json.dumps(command).encode() + b"\n")
                    await self.process.stdin.drain()
                answer = await self._answer()
        except TimeoutError:
            raise SketchError(f"{self.name} does not answer: {command}.{self._last_words()}") from None
        if answer is None:
            status = await self.process.wait()
            if status:
                raise SketchError(f"{self.name} ended with status {status}.{self._last_words()}")
        if answer is None or answer.get("left"):
            raise Left(self.name)
        return answer

    async def _answer(self) -> Answer | None:
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            with contextlib.suppress(ValueError):
                answer = json.loads(line)
                if isinstance(answer, dict):
                    return answer
        return None

    def _last_words(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        return f" Its last words: {lines[-1]}" if lines else ""

    async def end(self) -> None:
        """Close its window and wait until it is gone."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            await asyncio.wait_for(self.process.wait(), ENDED_WITHIN)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()
