"""What 64 hostile connections cost a peer in memory, and its honest neighbour in time."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from benchmarks.crew import Crew
from benchmarks.delivery import one_writer
from benchmarks.results import Results, percentile

SHAPES: Final = 2000
ATTACKED: Final = 1
"""The worker that is attacked: the first one draws, this one watches."""


def measure(results: Results, *, quick: bool) -> None:
    """Two honest peers with a board, and one of them attacked meanwhile."""
    strokes = 100 if quick else 400
    with Crew(2) as crew:
        crew.ask(0, "fill", SHAPES, 1)
        crew.link_up()
        crew.ask_all("wait", SHAPES, 30)
        one_writer(crew, 50)
        quiet, _ = one_writer(crew, strokes)
        before = _memory(crew, "VmRSS")
        _forget_the_peak(crew)
        with _attack(crew):
            attacked, _ = one_writer(crew, strokes)
            time.sleep(0 if quick else 10)
            later, _ = one_writer(crew, strokes)
            under = _memory(crew, "VmHWM")
        crew.ask(ATTACKED, "links", 1)
        after = _memory(crew, "VmRSS")
        again, _ = one_writer(crew, strokes)
    results.add("headless peer of 2,000 strokes, memory", before, "MiB")
    results.add("… at most, under 64 hostile connections", under, "MiB")
    results.add("… once they are gone", after, "MiB")
    for when, delays in (
        ("before", quiet),
        ("under 64 hostile connections", attacked),
        ("10 s later", later),
        ("once they are gone", again),
    ):
        for percent in (50, 99):
            results.add(f"delivery to the attacked peer, {when}, p{percent}", percentile(delays, percent), "ms")


@contextmanager
def _attack(crew: Crew) -> Iterator[None]:
    command = [sys.executable, "-m", "benchmarks.rogues", crew.link, str(crew.ask(ATTACKED, "port"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as rogues:
        assert rogues.stdout is not None
        assert rogues.stdin is not None
        assert rogues.stdout.readline() == "attacking\n"
        try:
            yield
        finally:
            rogues.stdin.write("\n")
            rogues.stdin.flush()
            rogues.wait(20)


def _memory(crew: Crew, what: str) -> float:
    """MiB, by the kernel's name for it."""
    status = Path(f"/proc/{crew.pid(ATTACKED)}/status").read_text()
    return int(status.split(f"{what}:")[1].split()[0]) / 1024


def _forget_the_peak(crew: Crew) -> None:
    Path(f"/proc/{crew.pid(ATTACKED)}/clear_refs").write_text("5")
