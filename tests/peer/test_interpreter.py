"""The interpreter's settings, tried in a process of their own."""

import subprocess
import sys

PROGRAM = """
import gc, sys
from peer.interpreter import prepare
prepare()
print(sys.getswitchinterval() < 0.001, gc.isenabled(), gc.get_threshold()[0] > 5000, gc.get_freeze_count() > 0)
"""


def test_threads_take_turns_and_the_collector_leaves_boards_alone() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True"] * 4
