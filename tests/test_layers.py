"""Who may import what: the layers of the program, as sentences that are tests.

A new module gets its place in one of the three lists below. Imports inside functions and under TYPE_CHECKING count:
what a module knows, it knows.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

# Each may import only what stands above it in its list.

CORE = """
    errors ids clock address allowance
    geometry outlining tapering curves few rubbing touching ink cuts shapes ops document oplog salvage undo
    keys invite naming
    messages presence codec connection effects
    arrivals holders holdings stash claims catchup drafting pointing strangers contacts link relaying mesh introduction
    editors sealing replica forks loading logs pen session views
""".split()

TRACKER = "limits registry transport server __main__".split()

PEER = """
    tools
    interpreter home settings store backoff telling disk target shapes_in lettering scenes motions
    hosts shelf fleeting outbox stream transport trackers peer_link node
    board bridge ui acting opening app
    headless commands crew demo arguments cli __main__
""".split()

PLACES = {"p2psketch": CORE, "tracker": TRACKER, "peer": PEER}

SEES = {
    "p2psketch": {"msgpack", "numpy", "cryptography"},
    "tracker": {"p2psketch"},
    "peer": {"p2psketch", "numpy", "cryptography", "platformdirs", "PyQt6"},
}
"""What each package may import besides itself and the standard library."""

STARTS_TRACKERS = {"peer.app", "peer.arguments", "peer.cli", "peer.crew", "peer.demo"}
"""May import `tracker` too: the one program is also the tracker's."""

PURE = {"p2psketch", "tracker.registry", "peer.tools"}
NETWORK = {"tracker.server", "tracker.transport", "peer.hosts", "peer.stream", "peer.transport", "peer.trackers"}
WINDOW = {"peer.bridge", "peer.ui", "peer.acting", "peer.opening", "peer.app"}
OPENS_WINDOWS = WINDOW | {"peer.cli"}
STORE = {"peer.store"}

QT = {"PyQt6"}
SOCKETS = {"socket", "socketserver", "selectors", "select", "http", "urllib.request"}
OUTSIDE = SOCKETS | set(
    """
    asyncio concurrent ctypes datetime fcntl fileinput getpass glob mmap multiprocessing numpy.random os pathlib
    platform queue random sched secrets shutil signal sqlite3 ssl subprocess sys tempfile threading time uuid zoneinfo
    """.split()
)
"""Clock, randomness, files, threads and sockets."""

EXCUSED = {"random.Random": PURE, "datetime.datetime": {"p2psketch.keys"}}
"""Names what an `rng` argument is; the two fixed dates of a certificate."""

READS_OUTSIDE = re.compile(
    r"""
    (np|numpy)\.random
    | (datetime|date)\.(now|utcnow|today)
    | \w+PrivateKey\.generate | \w+\.generate_key | (x509\.)?random_serial_number
    | (open|print|input|(random\.)?Random)\(\)
    """,
    re.VERBOSE,
)
"""The clock, the randomness and the files that come without an import of their own; `()` stands for any call."""

OPENS_SOCKETS = re.compile(
    r"""
    asyncio\.(Protocol|DatagramProtocol|BufferedProtocol|Transport|StreamReader|StreamWriter)
    | .*\b(open_connection|open_unix_connection|start_server|start_unix_server|start_tls|sock_\w+
          |create_(server|connection|datagram_endpoint|unix_server|unix_connection)|connect_accepted_socket)
    """,
    re.VERBOSE,
)

ROOT = Path(__file__).parents[1]


def under(name: str, roots: set[str]) -> bool:
    """Whether dotted `name` is one of `roots` or inside one."""
    return any(name == root or name.startswith(root + ".") for root in roots)


@dataclass(frozen=True)
class Module:
    """One source file: its dotted name, what it imports, what it names and (with `()`) calls, each with the line."""

    name: str
    imports: tuple[tuple[int, str], ...]
    uses: tuple[tuple[int, str], ...]

    @classmethod
    def parse(cls, name: str, source: str, *, is_package: bool = False) -> "Module":
        tree = ast.parse(source)
        around = name.split(".") if is_package else name.split(".")[:-1]
        return cls(name, tuple(_imports(tree, around)), tuple(_uses(tree)))

    @property
    def package(self) -> str:
        return self.name.partition(".")[0]


def _imports(tree: ast.AST, around: list[str]) -> Iterator[tuple[int, str]]:
    """`from a import b` counts as a.b, whether b is a module or not."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = around[: len(around) + 1 - node.level] if node.level else []
            path = ".".join([*base, node.module] if node.module else base)
            yield from ((node.lineno, f"{path}.{alias.name}") for alias in node.names)


def _uses(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name):
            yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func) + "()"


@cache
def modules() -> tuple[Module, ...]:
    found = []
    for path in sorted(path for package in PLACES for path in (ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        found.append(Module.parse(name, path.read_text(encoding="utf-8"), is_package=is_package))
    return tuple(found)


def place(name: str) -> int:
    """How far down its package's list a dotted name of ours stands; -1 for the package itself and what has no place."""
    package, _, rest = name.partition(".")
    layer = rest.partition(".")[0]
    return PLACES[package].index(layer) if layer in PLACES[package] else -1


# The rules: each takes a module and says what is wrong with it.


def without_a_place(module: Module) -> Iterator[str]:
    if "." in module.name and place(module.name) < 0:
        yield f"{module.name} has no place among the layers: give it one in tests/test_layers.py"


def imports_from_below(module: Module) -> Iterator[str]:
    if any(without_a_place(module)):
        return
    for line, name in module.imports:
        if name.partition(".")[0] == module.package and place(name) > place(module.name):
            yield f"{module.name}:{line} imports {name}, which stands below it"


def imports_what_its_package_does_not_see(module: Module) -> Iterator[str]:
    seen = {module.package} | SEES[module.package] | ({"tracker"} if module.name in STARTS_TRACKERS else set())
    for line, name in module.imports:
        top = name.partition(".")[0]
        if top not in seen and top not in sys.stdlib_module_names:
            yield f"{module.name}:{line} imports {name}; {module.package} sees only {', '.join(sorted(seen))}"


def reaches_outside(module: Module) -> Iterator[str]:
    if not under(module.name, PURE):
        return
    for line, name in module.imports:
        if under(name, OUTSIDE | QT) and not under(module.name, EXCUSED.get(name, set())):
            yield f"{module.name}:{line} imports {name}: no clock, no randomness, no I/O here"
    for line, name in module.uses:
        if READS_OUTSIDE.fullmatch(name):
            yield f"{module.name}:{line} uses {name}: no clock, no randomness, no I/O here"


def touches_sockets(module: Module) -> Iterator[str]:
    if module.name in NETWORK:
        return
    for line, name in module.imports:
        if under(name, SOCKETS) or OPENS_SOCKETS.fullmatch(name):
            yield f"{module.name}:{line} imports {name}: sockets belong to {', '.join(sorted(NETWORK))}"
    for line, name in module.uses:
        if OPENS_SOCKETS.fullmatch(name):
            yield f"{module.name}:{line} uses {name}: sockets belong to {', '.join(sorted(NETWORK))}"


def imports_qt(module: Module) -> Iterator[str]:
    if under(module.name, WINDOW):
        return
    for line, name in module.imports:
        if under(name, QT):
            yield f"{module.name}:{line} imports {name}: Qt belongs to {', '.join(sorted(WINDOW))}"


def reaches_for_the_window(module: Module) -> Iterator[str]:
    if under(module.name, OPENS_WINDOWS):
        return
    for line, name in module.imports:
        if under(name, WINDOW):
            yield f"{module.name}:{line} imports {name}: it has to run where there is no Qt"


def touches_sqlite(module: Module) -> Iterator[str]:
    if under(module.name, STORE):
        return
    for line, name in module.imports:
        if under(name, {"sqlite3"}):
            yield f"{module.name}:{line} imports {name}: SQLite belongs to {', '.join(sorted(STORE))}"


Rule = Callable[[Module], Iterator[str]]


def nobody(breaks: Rule) -> None:
    if complaints := [complaint for module in modules() for complaint in breaks(module)]:
        pytest.fail("\n".join(complaints), pytrace=False)


# The sentences.


def test_every_module_has_a_place() -> None:
    nobody(without_a_place)


def test_a_module_imports_only_what_stands_above_it() -> None:
    nobody(imports_from_below)


def test_the_core_knows_neither_tracker_nor_peer_and_these_not_each_other() -> None:
    nobody(imports_what_its_package_does_not_see)


def test_the_core_the_registry_and_the_tools_have_no_clock_no_randomness_and_no_io() -> None:
    nobody(reaches_outside)


def test_only_the_network_touches_sockets() -> None:
    nobody(touches_sockets)


def test_only_the_window_imports_qt() -> None:
    nobody(imports_qt)


def test_what_runs_without_a_window_does_not_reach_for_it() -> None:
    nobody(reaches_for_the_window)


def test_only_the_store_touches_sqlite() -> None:
    nobody(touches_sqlite)


@pytest.mark.parametrize(
    ("module", "unneeded"),
    [
        ("peer.cli", "PyQt6 numpy cryptography msgpack asyncio ssl sqlite3 p2psketch.messages tracker.server"),
        ("tracker.__main__", "PyQt6 numpy cryptography msgpack asyncio ssl sqlite3"),
        ("tracker.server", "PyQt6 numpy cryptography sqlite3"),
        ("peer.headless", "PyQt6 cryptography.x509"),
        ("peer.app", "numpy cryptography asyncio ssl sqlite3 p2psketch.session peer.ui.desk tracker.server"),
    ],
)
def test_a_program_starts_without_what_it_does_not_need(module: str, unneeded: str) -> None:
    program = f"import sys, {module}; print(*(name for name in {unneeded.split()} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


# The rules themselves: each sees what it is there for, and lets pass what is right.


@pytest.mark.parametrize(
    ("breaks", "name", "source"),
    [
        (without_a_place, "p2psketch.helpers", ""),
        (imports_from_below, "p2psketch.ids", "from p2psketch.ops import Op"),
        (imports_from_below, "p2psketch.ids", "from p2psketch import ops"),
        (imports_from_below, "p2psketch.ids", "from . import ops"),
        (imports_from_below, "p2psketch.ids", "from .ops import Op"),
        (imports_from_below, "p2psketch.ids", "def later():\n    import p2psketch.ops"),
        (imports_from_below, "peer.tools.pen", "from ..store import Store"),
        (imports_from_below, "p2psketch", "from p2psketch import ids"),
        (imports_what_its_package_does_not_see, "p2psketch.ids", "import peer.node"),
        (imports_what_its_package_does_not_see, "p2psketch.ids", "import requests"),
        (imports_what_its_package_does_not_see, "tracker.server", "from peer import node"),
        (imports_what_its_package_does_not_see, "peer.node", "import tracker.server"),
        (reaches_outside, "p2psketch.mesh", "from time import monotonic"),
        (reaches_outside, "p2psketch.mesh", "from os import urandom"),
        (reaches_outside, "p2psketch.mesh", "import numpy as np\nnp.random.default_rng()"),
        (reaches_outside, "p2psketch.mesh", "from numpy import random"),
        (reaches_outside, "p2psketch.keys", "Ed25519PrivateKey.generate()"),
        (reaches_outside, "p2psketch.keys", "from datetime import datetime\ndatetime.now()"),
        (reaches_outside, "p2psketch.mesh", "print('here')"),
        (reaches_outside, "p2psketch.mesh", "import random"),
        (reaches_outside, "p2psketch.mesh", "from random import random"),
        (reaches_outside, "p2psketch.mesh", "from random import Random\nrng = Random()"),
        (reaches_outside, "tracker.registry", "import asyncio"),
        (reaches_outside, "peer.tools.pen", "from PyQt6.QtCore import QPointF"),
        (touches_sockets, "peer.headless", "import socket"),
        (touches_sockets, "peer.headless", "import asyncio\nawait asyncio.open_connection('::1', 1)"),
        (touches_sockets, "peer.headless", "from asyncio import start_server"),
        (touches_sockets, "peer.board", "await loop.sock_recv(sock, 49)"),
        (touches_sockets, "peer.board", "class Link(asyncio.Protocol): ..."),
        (imports_qt, "peer.board", "def later():\n    from PyQt6 import QtCore"),
        (imports_qt, "peer.board", "import PyQt6.QtGui"),
        (reaches_for_the_window, "peer.headless", "from peer import app"),
        (reaches_for_the_window, "peer.headless", "from peer.ui.canvas import Canvas"),
        (touches_sqlite, "peer.node", "import sqlite3"),
    ],
)
def test_a_rule_sees_what_breaks_it(breaks: Rule, name: str, source: str) -> None:
    assert list(breaks(Module.parse(name, source, is_package="." not in name)))


@pytest.mark.parametrize(
    ("breaks", "name", "source"),
    [
        (imports_from_below, "p2psketch.ops", "from p2psketch import __version__, ids"),
        (imports_from_below, "peer.tools.pen", "from peer.tools.pointer import Pointer"),
        (imports_what_its_package_does_not_see, "peer.cli", "import tracker.server"),
        (reaches_outside, "p2psketch.invite", "from urllib.parse import quote"),
        (reaches_outside, "p2psketch.mesh", "from random import Random\ndef jitter(rng: Random) -> float: ..."),
        (reaches_outside, "p2psketch.mesh", "self.print(now, rng.random(), clock.now, Secret.generate(rng))"),
        (touches_sockets, "peer.transport", "import socket"),
        (touches_sockets, "peer.headless", "import asyncio\nasyncio.run(main())"),
        (touches_sqlite, "peer.store.schema", "import sqlite3"),
    ],
)
def test_a_rule_lets_pass_what_is_right(breaks: Rule, name: str, source: str) -> None:
    assert not list(breaks(Module.parse(name, source)))
