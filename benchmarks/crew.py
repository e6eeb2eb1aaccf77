"""Several workers, linked in a full mesh, all in processes of their own."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from p2psketch.invite import Invite


class Crew:
    """`tell` one or `tell_all`; `ask` waits for the answer. Use as a context manager."""

    def __init__(self, count: int) -> None:
        self._home = tempfile.mkdtemp(prefix="p2psketch-bench-")
        self.link = Invite.new((), "bench", os.urandom).format()
        self._workers = [self._start(number) for number in range(count)]

    def __len__(self) -> int:
        return len(self._workers)

    def pid(self, number: int) -> int:
        """The process of a worker."""
        return self._workers[number].pid

    def _start(self, number: int) -> "subprocess.Popen[str]":
        environment = os.environ | {"P2PSKETCH_HOME": os.path.join(self._home, str(number))}
        command = [sys.executable, "-m", "benchmarks.worker", self.link, f"worker {number}"]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            assert worker.stdin is not None
            worker.stdin.close()
        for worker in self._workers:
            worker.wait(20)
            assert worker.stdout is not None
            worker.stdout.close()
        shutil.rmtree(self._home)

    def tell(self, number: int, *command: Any) -> None:
        """Give a command; its answer has to be taken later."""
        stdin = self._workers[number].stdin
        assert stdin is not None
        stdin.write(json.dumps(command) + "\n")
        stdin.flush()

    def answer(self, number: int) -> Any:
        """The answer to the oldest command not answered yet."""
        stdout = self._workers[number].stdout
        assert stdout is not None
        return json.loads(stdout.readline())

    def ask(self, number: int, *command: Any) -> Any:
        """Command and answer."""
        self.tell(number, *command)
        return self.answer(number)

    def ask_all(self, *command: Any, but: Sequence[int] = ()) -> list[Any]:
        """The same command to all at once; their answers."""
        members = [number for number in range(len(self)) if number not in but]
        for number in members:
            self.tell(number, *command)
        return [self.answer(number) for number in members]

    def link_up(self) -> None:
        """Everybody dials the first; the mesh does the rest."""
        port = self.ask(0, "port")
        self.ask_all("dial", port, but=[0])
        self.ask_all("links", len(self) - 1)
