"""How Python itself is set up, the same in every program of ours: windows, headless peers, benchmarks.

Rule: nothing else changes these settings. `prepare` is the first thing that a process does, before it imports what is
large; `settle` follows when all that is imported.
"""

import gc
import os
import sys
from typing import Final

SWITCH: Final = 0.0002
"""Seconds: a thread that is busy decoding gives the lock back this soon. By default the Qt thread would wait 5 ms."""

YOUNG: Final = 10_000
"""Objects made between two collections of the youngest generation.

A board is many small tuples and dicts without a cycle. By default the collector walks them again and again while they
arrive, which takes as long as applying the ops; a walk over so many takes 0.3 ms, far less than a frame.
"""


def prepare() -> None:
    """Set the switch interval and the collector, and keep numpy from starting threads that nothing here needs."""
    sys.setswitchinterval(SWITCH)
    gc.set_threshold(YOUNG, 10, 100)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # by default they spin for 80 ms of processor time
    settle()


def settle() -> None:
    """What there is by now is not looked at again by the collector."""
    gc.freeze()


def tidy() -> None:
    """Something large has been let go of: look at everything once, for what refers to itself stays until then."""
    gc.unfreeze()
    gc.collect()
    settle()
