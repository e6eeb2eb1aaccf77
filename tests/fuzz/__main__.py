"""Fuzz one target, or all of them one after the other: `python -m tests.fuzz TARGET|all [--seconds N]`.

Rule: only our own packages are instrumented, and seeds are made anew each time. An input that breaks a target is put
into the folder of findings and ends the run: it belongs into `test_regressions.py`, and what it shows is to be
repaired. Where there is no atheris the same damage is done without knowing what it reaches.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Final

GUIDED: Final = find_spec("atheris") is not None


def _instrumented() -> AbstractContextManager[None]:
    if not GUIDED:
        return nullcontext()
    import atheris

    instrumented: AbstractContextManager[None] = atheris.instrument_imports(include=["p2psketch", "tracker", "peer"])
    return instrumented


with _instrumented():
    from p2psketch import keys
    from tests.fuzz.catalogue import TARGETS, Target

BLIND: Final = 0.25
"""The part of the inputs that libFuzzer damages, which knows what the code compares with and nothing of messages."""
LONGEST: Final = 120
"""Seconds that one input may take, by the clock: a machine that is busy with something else is no finding."""


def main() -> int:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("target", choices=[*TARGETS, "all"])
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--corpus", type=Path, help="a folder for what led further; kept for the next time")
    parser.add_argument("--findings", type=Path, default=Path("fuzz-findings"), help="where inputs go that break it")
    args = parser.parse_args()
    if args.target == "all":
        return max(_apart(name, args) for name in TARGETS)
    target = TARGETS[args.target]
    keys.verify = lru_cache(100_000)(keys.verify)  # it depends on nothing else, and takes longest of all
    print(f"fuzzing {target.name} for {args.seconds} s", file=sys.stderr)
    args.findings.mkdir(parents=True, exist_ok=True)
    if not GUIDED:
        return _blindly(target, args.seconds, args.findings)
    with tempfile.TemporaryDirectory(prefix="p2psketch-fuzz-") as folder:
        _guided(target, args, Path(folder))
    return 0


def _apart(name: str, args: argparse.Namespace) -> int:
    """One target in a process of its own: libFuzzer never comes back. Shows how it ended, and what it said if badly."""
    corpus = [f"--corpus={args.corpus}"] if args.corpus else []
    command = ["-m", "tests.fuzz", name, f"--seconds={args.seconds}", f"--findings={args.findings}", *corpus]
    done = subprocess.run([sys.executable, *command], stderr=subprocess.PIPE, text=True, errors="replace", check=False)
    said = done.stderr.splitlines()
    runs = [line for line in said if line.startswith("Done ")]
    print("\n".join(said[-60:]) if done.returncode else f"{name}: {''.join(runs)}", flush=True)
    return done.returncode


def _guided(target: Target, args: argparse.Namespace, folder: Path) -> None:
    import atheris

    seeds, corpus = folder / "seeds", args.corpus / target.name if args.corpus else folder / "corpus"
    for place in (seeds, corpus):
        place.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds):
        (seeds / f"{number:03}").write_bytes(seed)

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        rng = Random(seed)
        if rng.random() < BLIND:
            return bytes(atheris.Mutate(data, most))
        return target.damaged(data, rng)[:most]

    options = [f"-max_total_time={args.seconds}", f"-max_len={target.longest}", f"-timeout={LONGEST}"]
    places = [f"-artifact_prefix={args.findings}/{target.name}-", str(corpus), str(seeds)]
    atheris.Setup([sys.argv[0], "-rss_limit_mb=2048", *options, *places], target.run, custom_mutator=mutate)
    atheris.Fuzz()


def _blindly(target: Target, seconds: int, findings: Path) -> int:
    rng, runs, end = Random(), 0, time.monotonic() + seconds
    while time.monotonic() < end:
        data = target.damaged(rng.choice(target.seeds), rng)
        try:
            target.run(data)
        except Exception:
            (findings / f"{target.name}-crash").write_bytes(data)
            raise
        runs += 1
    print(f"Done {runs} runs in {seconds} second(s)", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
