"""`python -m benchmarks [--quick] [PART …]`: measure, print a table, write benchmarks/results.json."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import applying, canvas, delivery, hostile, idling, joining, keeping
from benchmarks.results import Results
from peer import interpreter

PARTS: dict[str, Callable[..., None]] = {
    "delivery": delivery.measure,
    "apply": applying.measure,
    "signatures": applying.measure_signatures,
    "join": joining.measure,
    "keep": keeping.measure,
    "idle": idling.measure,
    "start": idling.measure_start,
    "hostile": hostile.measure,
    "canvas": canvas.measure,
}

HERE = Path(__file__).parent / "results.json"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="What p2psketch costs on this machine.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"some of: {', '.join(PARTS)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, noisier figures")
    options = parser.parse_args(arguments)
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    interpreter.prepare()
    results = Results()
    for part in options.parts or PARTS:
        PARTS[part](results, quick=options.quick)
    results.write(HERE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
