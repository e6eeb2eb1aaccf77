"""What a link costs when nothing happens, and how long a window takes to show."""

import compileall
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from benchmarks.crew import Crew
from benchmarks.results import Results, median

PEERS: Final = 8
ROOT: Final = Path(__file__).parents[1]


def measure(results: Results, *, quick: bool) -> None:
    """Processor and memory of a peer with seven links, against one with none."""
    seconds = 3.0 if quick else 10.0
    with Crew(PEERS) as crew:
        alone = crew.ask_all("usage")
        crew.link_up()
        linked = crew.ask_all("usage")
        time.sleep(seconds)
        later = crew.ask_all("usage")
    links = PEERS - 1
    cpu = median([(b["cpu"] - a["cpu"]) / seconds for a, b in zip(linked, later, strict=True)])
    memory = median([(b["rss"] - a["rss"]) / links for a, b in zip(alone, linked, strict=True)])
    results.add("idle peer with 7 links, processor", cpu * 100, "%")
    results.add("idle, processor a link", cpu * 100 / links, "%")
    results.add("memory a link", memory / 1024, "KiB")
    results.add("memory of a headless peer without links", median([a["rss"] for a in alone]) / 2**20, "MiB")


def measure_start(results: Results, *, quick: bool) -> None:
    """From the start of the process to the first paint of its window, offscreen, of a program that is installed: as
    pip leaves it, with its bytecode written.
    """
    for package in ("p2psketch", "peer", "tracker"):
        compileall.compile_dir(ROOT / package, quiet=1)
    for name, arguments in (("welcome page", []), ("open room", ["join", "--peer", "127.0.0.1:2", "--name", "Ana"])):
        seconds = [_start(arguments) for _ in range(3 if quick else 7)]
        results.add(f"start to window shown, {name}", median(seconds), "s", 0.5)


def _start(arguments: list[str]) -> float:
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"P2PSKETCH_HOME": home, "QT_QPA_PLATFORM": "offscreen"}
        started = time.monotonic()
        command = [sys.executable, "-m", "benchmarks.first_paint", *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        return float(done.stdout) - started
