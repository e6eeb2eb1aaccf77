"""Play one story again: `.venv/bin/python -m tests.simulation SEED [--fault merge|gap|lamport|relay]`."""

import argparse

from tests.simulation.faults import Fault
from tests.simulation.story import Story


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("seed", type=int)
    parser.add_argument("--fault", type=Fault, choices=list(Fault))
    arguments = parser.parse_args()
    story = Story(arguments.seed, arguments.fault)
    seconds = story.play()
    network = story.cluster.network
    print(f"agreed after {seconds:.1f} s; a hash of all that was sent: {network.trace.hexdigest()}")


if __name__ == "__main__":
    main()
