"""Programs for a test, all gone after it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes.support import Programs, running


@pytest.fixture
def programs(tmp_path: Path) -> Iterator[Programs]:
    with running(tmp_path) as started:
        yield started
