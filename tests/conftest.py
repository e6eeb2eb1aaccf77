"""What holds for every test.

- Nothing of the person running the tests is read or written, and no window of theirs is opened.
- Quiet: a log record from WARNING up, a Qt message, a Python warning, an exception in a thread or a coroutine that
  was never awaited fails the test. `expected_log` and `allowed_log` say what a test expects of the log,
  `@pytest.mark.qt_log_ignore(pattern)` what it expects of Qt.
- With P2PSKETCH_REQUIRE_WINDOWS set, a test that is skipped has failed; P2PSKETCH_REQUIRE_NETWORKS says so of those
  that need a network of their own (tests/faults).
"""

import logging
import os
import re
import signal
import socket
import tempfile
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from PyQt6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

os.environ["QT_QPA_PLATFORM"] = "offscreen"

_EVERYWHERE = settings(deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
_IN_CI = bool(os.environ.get("CI"))
settings.register_profile(
    "test", _EVERYWHERE, max_examples=50, derandomize=_IN_CI, database=None if _IN_CI else _EVERYWHERE.database
)
settings.register_profile("torture", _EVERYWHERE, max_examples=2_000)
settings.load_profile("test")


def pytest_configure(config: pytest.Config) -> None:
    home = tempfile.TemporaryDirectory(prefix="p2psketch-tests-")
    config.add_cleanup(home.cleanup)
    os.environ["P2PSKETCH_HOME"] = home.name
    if (
        signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    ):  # as a shell has it in the background; programs would inherit it
        signal.signal(signal.SIGINT, signal.default_int_handler)


LONG_ONES = "windows faults processes simulation".split()
"""Directories of tests that take seconds each."""


@pytest.hookimpl(tryfirst=True)  # xdist looks for groups in the same hook
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Who runs what, where several workers share the tests: long tests come first and go to whoever is free, the
    others file by file. Real windows are opened by one worker, one test after the other: they are timed.
    """
    if not hasattr(config, "workerinput"):
        return
    for item in items:
        if item.get_closest_marker("window"):
            item.add_marker(pytest.mark.xdist_group("window"))
        elif _directory(item) not in LONG_ONES:
            item.add_marker(pytest.mark.xdist_group(item.path.stem + _directory(item)))
    items.sort(key=lambda item: (*LONG_ONES, _directory(item)).index(_directory(item)))


def _directory(item: pytest.Item) -> str:
    return item.path.relative_to(Path(__file__).parent).parts[0]


@pytest.fixture
def own_environment(tmp_path: Path) -> dict[str, str]:
    """The environment for a program that a test starts: a home of its own, and the display it finds, not offscreen."""
    inherited = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    return inherited | {"P2PSKETCH_HOME": str(tmp_path / "home")}


# Quiet tests


class LogWatch(logging.Handler):
    """Keeps the log of one test from WARNING up, and judges it at the end."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
        self.expected: list[str] = []
        self.allowed: list[str] = []
        self._records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self._records.append(record)

    def complaints(self) -> list[str]:
        messages = [record.getMessage() for record in self._records]
        patterns = self.expected + self.allowed
        unexpected = [
            f"unexpected in the log: {self.format(record)}"
            for record, message in zip(self._records, messages, strict=True)
            if not any(re.search(pattern, message) for pattern in patterns)
        ]
        missing = [
            f"expected in the log, and not there: {pattern}"
            for pattern in self.expected
            if not any(re.search(pattern, message) for message in messages)
        ]
        return unexpected + missing


@pytest.fixture(autouse=True)
def log_watch() -> Iterator[LogWatch]:
    watch = LogWatch()
    root = logging.getLogger()
    root.addHandler(watch)
    yield watch
    root.removeHandler(watch)
    if complaints := watch.complaints():
        pytest.fail("\n".join(complaints), pytrace=False)


@pytest.fixture
def expected_log(log_watch: LogWatch) -> Callable[[str], None]:
    """`expected_log(pattern)`: this test has to log at least one warning or error that matches the regex."""
    return log_watch.expected.append


@pytest.fixture
def allowed_log(log_watch: LogWatch) -> Callable[[str], None]:
    """`allowed_log(pattern)`: this test may log warnings or errors that match the regex; timing decides."""
    return log_watch.allowed.append


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    """pytest-qt judges what Qt says until the test's last line; what it says while all is torn down counts too."""
    messages: list[str] = []

    def keep(_kind: QtMsgType, _context: QMessageLogContext, message: str | None) -> None:
        messages.append(message or "")

    previous = qInstallMessageHandler(keep)
    try:
        yield
    finally:
        qInstallMessageHandler(previous)
    ignored = [pattern for mark in item.iter_markers("qt_log_ignore") for pattern in mark.args]
    if unexpected := [text for text in messages if not any(re.search(pattern, text) for pattern in ignored)]:
        pytest.fail("unexpected from Qt at the end of the test: " + "\n".join(unexpected), pytrace=False)


# No skips where all has to run


def _must_not_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    is_lab = "lab" in getattr(report, "keywords", ())
    variable = "P2PSKETCH_REQUIRE_NETWORKS" if is_lab else "P2PSKETCH_REQUIRE_WINDOWS"
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get(variable):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} was skipped, and {variable} is set: {reason}"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _must_not_skip(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _must_not_skip(report)
    return report


# Places


@pytest.fixture
def free_port() -> int:
    """A port on loopback where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
