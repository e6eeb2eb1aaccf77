"""Fuzz one target, or all of them one after the other: `python -m tests.fuzz TARGET|all [--seconds N]`.

Rule: only our own packages are instrumented; seeds are made anew. An input that breaks a target is written to
`--findings` and ends the run: it belongs into `test_regressions.py`, and what it shows is to be repaired.
"""

import argparse
import subprocess
import sys
import tempfile
from functools import lru_cache
from pathlib import Path
from random import Random

import atheris

with atheris.instrument_imports(include=["p2psketch", "tracker", "peer"]):
    from p2psketch import keys
    from tests.fuzz.catalogue import TARGETS, Target

BLIND = 0.25
"""The part of the inputs that libFuzzer damages, which knows what the code compares with and nothing of messages."""


def main() -> int:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__.split("\n")[0])
    parser.add_argument("target", choices=[*TARGETS, "all"])
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--corpus", type=Path, help="a folder for what was found to go further; kept for the next time")
    parser.add_argument("--findings", type=Path, default=Path("fuzz-findings"), help="where inputs go that break it")
    args = parser.parse_args()
    if args.target == "all":
        return max(_apart(name, args) for name in TARGETS)
    args.findings.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="p2psketch-fuzz-") as folder:
        _fuzz(TARGETS[args.target], args, Path(folder))
    return 0


def _apart(name: str, args: argparse.Namespace) -> int:
    """One target in a process of its own: libFuzzer never comes back."""
    corpus = [f"--corpus={args.corpus}"] if args.corpus else []
    command = ["-m", "tests.fuzz", name, f"--seconds={args.seconds}", f"--findings={args.findings}", *corpus]
    return subprocess.run([sys.executable, *command], check=False).returncode


def _fuzz(target: Target, args: argparse.Namespace, folder: Path) -> None:
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

    keys.verify = lru_cache(100_000)(keys.verify)  # a pure function, and the dearest of all
    options = [f"-max_total_time={args.seconds}", f"-max_len={target.longest}", "-timeout=20", "-rss_limit_mb=2048"]
    places = [f"-artifact_prefix={args.findings}/{target.name}-", str(corpus), str(seeds)]
    print(f"fuzzing {target.name} for {args.seconds} s", file=sys.stderr)
    atheris.Setup([sys.argv[0], "-print_final_stats=1", *options, *places], target.run, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
