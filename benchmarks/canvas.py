"""The canvas at 1920×1080, offscreen, beside a QGraphicsScene with an item for every stroke, in one run.

Rule: every board is shown by a process of its own; a figure is the median of its runs.
"""

import json
import os
import subprocess
import sys
from typing import Any, Final

from benchmarks.results import Results, median

BOARDS: Final = (1_000, 10_000, 100_000)
PAN, ZOOM = 4.0, 9.0
"""Milliseconds that 99 of 100 frames should not take longer than."""


def measure(results: Results, *, quick: bool) -> None:
    """Frames while moving and drawing, changes, what is cold, memory."""
    for count in BOARDS:
        ours = [_run("ours", count) for _ in range(1 if quick else 3)]
        plain = _run("plain", count)
        _frames(results, ours, plain, f"{count:,} strokes")
        _changes(results, ours, f"{count:,} strokes")
        _drawing(results, ours, f"{count:,} strokes")
        _memory(results, ours, plain, count)


def _run(kind: str, count: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.canvas_worker", kind, str(count)]
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def _of(runs: list[dict[str, Any]], name: str, part: str | None = None) -> float:
    return median([run[name] if part is None else run[name][part] for run in runs])


def _frames(results: Results, ours: list[dict[str, Any]], plain: dict[str, Any], board: str) -> None:
    for move, aim in (("pan", PAN), ("zoom", ZOOM)):
        results.add(f"{board}, {move}, p50", _of(ours, move, "p50") * 1e3, "ms")
        results.add(f"{board}, {move}, p99", _of(ours, move, "p99") * 1e3, "ms", aim)
        results.add(f"{board}, {move}, an item a stroke, p50", plain[move]["p50"] * 1e3, "ms")


def _changes(results: Results, ours: list[dict[str, Any]], board: str) -> None:
    results.add(f"{board}, another's stroke shown, p99", _of(ours, "remote stroke", "p99") * 1e3, "ms", 8)
    results.add(f"{board}, one's own stroke shown, p99", _of(ours, "own stroke", "p99") * 1e3, "ms")
    results.add(f"{board}, a stroke erased, p50", _of(ours, "erase", "p50") * 1e3, "ms")
    results.add(f"{board}, a stroke erased, p99", _of(ours, "erase", "p99") * 1e3, "ms")
    results.add(f"{board}, cold paint of the view", _of(ours, "cold"), "s")
    full = board.startswith("10,000 ")
    results.add(f"{board}, opened: first ink", _of(ours, "first ink"), "s", 0.3 if full else None)
    results.add(f"{board}, opened: complete", _of(ours, "complete"), "s", 0.8 if full else None)
    results.add(f"{board}, PNG of all of it", _of(ours, "png"), "s", 0.8 if full else None)


def _drawing(results: Results, ours: list[dict[str, Any]], board: str) -> None:
    for name in ("pointer", "pointer, 20 draw", "pointer, export", "pointer, catching up"):
        if name in ours[0]:
            what = name.replace("pointer", "pointer to pixels")
            results.add(f"{board}, {what}, p50", _of(ours, name, "p50") * 1e3, "ms", 3)
            results.add(f"{board}, {what}, p99", _of(ours, name, "p99") * 1e3, "ms", 6)


def _memory(results: Results, ours: list[dict[str, Any]], plain: dict[str, Any], count: int) -> None:
    board = f"{count:,} strokes"
    aims = {10_000: 150, 100_000: 250}
    results.add(f"{board}, whole process", _of(ours, "memory") / 2**20, "MiB", aims.get(count))
    if count == BOARDS[-1]:
        results.add("memory a stroke", _of(ours, "memory a stroke"), "B", 1024)
        results.add("memory a stroke, an item each", plain["memory a stroke"], "B")
