"""A network of this machine's own: hosts, a router between them, and what goes wrong on the way.

Rule: each host is a network namespace, and the programs in it are real ones. The router forwards between the hosts'
networks, and loses what it is told to lose without a word, as a broken line does. All of it lives in a mount
namespace that ends with its last process, and every process ends with the test, even a killed one: nothing is left.

    ana 10.66.1.2 ──┐
    bob 10.66.2.2 ──┼── hub
    cleo 10.66.3.2 ─┘
"""

import os
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import count, product
from typing import Any, Final, Self

import pytest

from tests.processes.support import COMMAND_LINE, ROOT, Program, Programs, Tracker

HUB: Final = "hub"
UNSHARE: Final = ("unshare", "--net", "--mount", "--propagation", "private")
AS_ROOT: Final[tuple[str, ...]] = () if os.geteuid() == 0 else ("--user", "--map-root-user")
INTO_USER: Final[tuple[str, ...]] = () if os.geteuid() == 0 else ("--user", "--preserve-credentials")
GROUND: Final = "mount -t tmpfs none /run && mkdir /run/netns && echo ready && exec cat"
DIE_TOGETHER: Final = ("setpriv", "--pdeathsig", "KILL")
"""A program started so is killed when the test is, however that ends."""


class Lab:
    """The ground on which hosts stand. Use as a context manager."""

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            [*UNSHARE, *AS_ROOT, "sh", "-c", GROUND],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdin and self.process.stdout and self.process.stderr
        if self.process.stdout.readline() != "ready\n":
            why = self.process.stderr.read()
            self.__exit__()
            raise OSError(why.strip())
        self._into: tuple[str, ...] = (
            "nsenter",
            "--target",
            str(self.process.pid),
            *INTO_USER,
            "--net",
            "--mount",
            "--wd",
        )
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate("")  # cat ends with its input

    def ip(self, *lines: str, on: str | None = None) -> None:
        """Commands for `ip`, on one host or on the ground; OSError if one of them fails."""
        command = [*self._into, "ip", *(["-n", on] if on else []), "-batch", "-"]
        done = subprocess.run(command, input="\n".join(lines), text=True, capture_output=True)
        if done.returncode:
            raise OSError(done.stderr.strip())

    def inside(self, host: str) -> tuple[str, ...]:
        """The beginning of a command line that runs on a host."""
        return *DIE_TOGETHER, *self._into, "ip", "netns", "exec", host

    def run(self, host: str, *command: str) -> None:
        """Run a short command on a host; OSError if it fails."""
        done = subprocess.run([*self.inside(host), *command], text=True, capture_output=True)
        if done.returncode:
            raise OSError(done.stderr.strip())


class Network:
    """Hosts around one router, on a lab's ground, and programs on them."""

    def __init__(self, lab: Lab, programs: Programs, names: Iterable[str]) -> None:
        self.lab = lab
        self.programs = programs
        self._lost: dict[tuple[str, str], int] = {}
        self._numbers = count(100)
        lab.ip(f"netns add {HUB}")
        lab.run(HUB, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")
        lab.ip("link set lo up", on=HUB)
        self.hosts = {name: Host(self, name, number) for number, name in enumerate(names, 1)}

    def __getitem__(self, name: str) -> "Host":
        return self.hosts[name]

    # -- faults ------------------------------------------------------------------------------------

    def lose(self, source: str, to: str) -> None:
        """From here on nothing that one host sends the other arrives."""
        if (source, to) in self._lost:
            return
        priority = next(self._numbers)
        self._lost[source, to] = priority
        between = f"from {self[source].network} to {self[to].network}"
        self.lab.ip(f"rule add {between} priority {priority} blackhole", on=HUB)

    def cut(self, some: Iterable[str], others: Iterable[str]) -> None:
        """Nothing passes between some hosts and others."""
        for one, other in product(some, others):
            self.lose(one, other)
            self.lose(other, one)

    def isolate(self, name: str) -> None:
        """Nothing passes between a host and all others."""
        self.cut([name], [other for other in self.hosts if other != name])

    def mend(self) -> None:
        """Everything arrives again."""
        self.lab.ip(*(f"rule del priority {priority}" for priority in self._lost.values()), on=HUB)
        self._lost.clear()

    def slow(self, name: str, rate: str) -> None:
        """What a host sends and what it gets passes at a rate like `256kbit`, with a queue of a second."""
        for host, device in ((HUB, f"to-{name}"), (name, "eth0")):
            limits = ("rate", rate, "burst", "4kb", "latency", "1s")
            self.lab.run(host, "tc", "qdisc", "replace", "dev", device, "root", "tbf", *limits)


class Host:
    """One computer of the network: programs run on it, and reach each other over its address."""

    def __init__(self, around: Network, name: str, number: int) -> None:
        self.name = name
        self.network = f"10.66.{number}.0/24"
        self.address = f"10.66.{number}.2"
        self._gateway = f"10.66.{number}.1"
        self._around = around
        lab, programs = around.lab, around.programs
        lab.ip(f"netns add {name}", f"link add eth0 netns {name} type veth peer name to-{name} netns {HUB}")
        lab.ip(f"addr add {self._gateway}/24 dev to-{name}", f"link set to-{name} up", on=HUB)
        lab.ip("link set lo up", "link set eth0 up", on=name)
        self._inside = lab.inside(name)
        self._programs = programs
        self._live_at(self.address)

    def _live_at(self, address: str) -> None:
        self.address = address
        lines = (f"addr add {address}/24 dev eth0", f"route add default via {self._gateway}")
        self._around.lab.ip(*lines, on=self.name)

    def move(self, last: int) -> None:
        """The host gets another address in its network, in place of the one it had."""
        self._around.lab.ip(f"addr del {self.address}/24 dev eth0", on=self.name)
        self._live_at(f"{self.address.rpartition('.')[0]}.{last}")

    # -- programs ----------------------------------------------------------------------------------

    def start(self, *arguments: str, stdin: str = "", module: str = COMMAND_LINE) -> Program:
        """A program by its command line."""
        return self._programs.start(*arguments, stdin=stdin, inside=self._inside, module=module)

    def tracker(self, port: int = 0) -> Tracker:
        """A tracker, once it listens."""
        return Tracker(self.start("tracker", "--port", str(port)), self.address)

    def info(self, *arguments: str) -> Any:
        """What `info --json` prints here."""
        return self._programs.info(*arguments, inside=self._inside)


@cache
def why_not() -> str | None:
    """Why there can be no network of namespaces here, if that is so."""
    try:
        with Lab() as lab:
            lab.ip("netns add one")
            lab.ip("rule add from 10.0.0.1 blackhole", on="one")
    except OSError as error:
        return str(error)
    return None


@contextmanager
def network(programs: Programs, names: Sequence[str]) -> Iterator[Network]:
    """Hosts of these names, for as long as the context lasts."""
    if (why := why_not()) is not None:
        pytest.skip(f"this machine allows no network namespaces: {why}")
    with Lab() as lab:
        yield Network(lab, programs, names)
