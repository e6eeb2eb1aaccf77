"""Play one story again: `.venv/bin/python -m tests.simulation SEED [--fault merge|gap|lamport|relay]`."""

import argparse

from tests.simulation.faults import Fault
from tests.simulation.story import Story

parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
parser.add_argument("seed", type=int)
parser.add_argument("--fault", type=Fault, choices=list(Fault))
arguments = parser.parse_args()
print(f"agreed after {Story(arguments.seed, arguments.fault).play():.1f} s")
