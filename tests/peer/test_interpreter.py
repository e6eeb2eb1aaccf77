"""The interpreter's settings, tried in a process of their own."""

import subprocess
import sys

TIDYING = """
import gc, weakref
from peer import interpreter
class Part: pass
interpreter.prepare()
one, other = Part(), Part()
one.other, other.one = other, one
left = weakref.ref(one)
interpreter.settle()
del one, other
gc.collect()
print(left() is None)
interpreter.tidy()
print(left() is None, gc.get_freeze_count() > 0)
"""

PROGRAM = """
import gc, sys
from peer.interpreter import prepare
prepare()
print(sys.getswitchinterval() < 0.001, gc.isenabled(), gc.get_threshold()[0] > 5000, gc.get_freeze_count() > 0)
"""


def test_threads_take_turns_and_the_collector_leaves_boards_alone() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True"] * 4


def test_what_has_settled_and_was_let_go_of_goes_when_the_house_is_tidied() -> None:
    done = subprocess.run([sys.executable, "-c", TIDYING], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True", "True"]
