"""How Python itself is set up, the same in every program of ours: windows, headless peers, benchmarks.

Rule: called once, at the start of a process; nothing else changes these settings.
"""

import gc
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
    """Set the switch interval and the collector; what has been imported is not looked at again."""
    sys.setswitchinterval(SWITCH)
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 100)
