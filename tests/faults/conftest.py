"""Networks for tests, all gone after them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.group import TOWN, Group
from tests.faults.lab import Network, network
from tests.processes.support import running

Build = Callable[..., Network]


@pytest.fixture
def build(tmp_path: Path) -> Iterator[Build]:
    """`build(*names)` makes a network of hosts; it and all programs on it are gone after the test."""
    with ExitStack() as stack:

        def made(*names: str) -> Network:
            return stack.enter_context(network(programs, names))

        programs = stack.enter_context(running(tmp_path))
        yield made


@pytest.fixture
def group(build: Build) -> Callable[..., Group]:
    """`group(*names)` makes a network of a tracker's host and these, on which a board can be kept."""
    return lambda *names: Group(build(TOWN, *names))
