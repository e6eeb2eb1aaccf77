"""The network the other tests stand on: it loses what it is told to lose, and leaves nothing behind."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.conftest import Build
from tests.processes.support import ROOT, until

pytestmark = pytest.mark.lab

SCRIPT = """
import sys
from pathlib import Path
from tests.faults.lab import network
from tests.processes.support import running
with running(Path(sys.argv[1])) as programs, network(programs, ["ana"]) as hosts:
    tracker = hosts["ana"].tracker()
    print(hosts.lab.process.pid, tracker.program.process.pid, flush=True)
    sys.stdin.read()
"""


def is_running(pid: int) -> bool:
    """Is there such a process? One that has ended and waits for its parent to take notice is none."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_nothing_is_left_of_a_test_that_was_killed(build: Build, tmp_path: Path) -> None:
    build()
    script = [sys.executable, "-c", SCRIPT, str(tmp_path / "killed")]
    with subprocess.Popen(script, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout is not None
        ground, tracker = map(int, killed.stdout.readline().split())
        assert is_running(ground) and is_running(tracker)
        killed.send_signal(signal.SIGKILL)
        until(lambda: not is_running(ground) and not is_running(tracker), "their end")


def test_what_is_lost_is_lost_one_way_and_comes_back(build: Build) -> None:
    hosts = build("ana", "bob")

    def reaches(source: str, to: str) -> bool:
        """Does a datagram arrive?"""
        listen = "import socket, sys; s = socket.socket(type=socket.SOCK_DGRAM); s.bind(('', 7777)); s.settimeout(1)"
        talk = f"import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'!', ('{hosts[to].address}', 7777))"
        hear = f"{listen}; print('ready', flush=True)\ntry: s.recv(9)\nexcept TimeoutError: sys.exit(1)"
        ear = subprocess.Popen([*hosts.lab.inside(to), sys.executable, "-c", hear], stdout=subprocess.PIPE)
        with ear:
            assert ear.stdout is not None and ear.stdout.readline() == b"ready\n"
            hosts.lab.run(source, sys.executable, "-c", talk)
            return ear.wait() == 0

    hosts.lose("ana", "bob")
    assert (reaches("ana", "bob"), reaches("bob", "ana")) == (False, True)
    hosts.mend()
    assert reaches("ana", "bob")
