"""A board that is kept on several hosts, and what can be asked of all of them.

Rule: what a board holds is read in the board files, which the hosts share with the test; what is said of the mesh is
read where a person would, in what `info --json` and the log of `keep` say.
"""

import re
from collections import Counter
from typing import Any

from p2psketch.session import Session
from tests.faults.lab import Network
from tests.processes.support import Keeper, Program, colors, strokes, until

TOWN = "town"
"""The host of the tracker."""
FOUND_WITHIN = 30.0
"""Seconds until everybody who was started has found everybody."""


class Group:
    """A tracker in town, and on every other host somebody who keeps one board."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.names = [name for name in network.hosts if name != TOWN]
        self.tracker = network[TOWN].tracker()
        self.link = self.tracker.new_board()
        self.keepers: dict[str, Keeper] = {}
        self.drawn: Counter[int] = Counter()

    def come(self, *names: str) -> None:
        """Start a keeper on each of these hosts, or on all; all of them have found each other on return."""
        here = self.start(*names)
        until(lambda: all(self.linked(name) == (len(self.keepers) - 1, 0) for name in here), "a mesh", FOUND_WITHIN)

    def start(self, *names: str) -> tuple[str, ...]:
        """Start a keeper on each of these hosts, or on all; the names."""
        here = names or tuple(self.names)
        self._keep(dict.fromkeys(here, self.link))
        return here

    def back(self, *names: str) -> None:
        """Start keepers again, with the files they had."""
        self._keep({name: str(self.keepers[name].file) for name in names})

    def _keep(self, targets: dict[str, str]) -> None:
        hosts = self.network.hosts
        started = {name: hosts[name].start("keep", "--name", name, target) for name, target in targets.items()}
        self.keepers |= {name: Keeper(program, hosts[name].address) for name, program in started.items()}

    # -- drawing -------------------------------------------------------------------------------------

    def draw(self, name: str, count: int, color: int) -> int:
        """Draw strokes on a host, delivered to everybody who is linked; how many that are, by what `draw` says."""
        return self.drew(self.begin(name, count, color), count, color)

    def begin(self, name: str, count: int, color: int) -> Program:
        """Begin to draw strokes on a host."""
        return self.network[name].start("draw", *self.at(name), stdin=strokes(count, f"#{color:06x}"))

    def drew(self, program: Program, count: int, color: int) -> int:
        """Wait until the strokes are delivered to everybody who is linked; how many that are."""
        program.result()
        self.drawn[color] += count
        said = re.fullmatch(rf"{count} strokes delivered to (\d+) of \1 peers", program.err.strip())
        assert said, program.err
        return int(said[1])

    def pen(self, name: str, color: int) -> Program:
        """Somebody who draws all the time on a host."""
        return self.network[name].start(self.link, f"#{color:06x}", self.keepers[name].place, module="tests.faults.pen")

    def at(self, name: str) -> tuple[str, ...]:
        """The board, for a program on a host: it finds that host's keeper even where it finds nobody else."""
        return self.link, "--peer", self.keepers[name].place

    # -- looking -------------------------------------------------------------------------------------

    def board(self, name: str) -> Session:
        """What is in the board file of a keeper now."""
        return self.keepers[name].on_disk()

    def count(self, name: str, color: int) -> int:
        """Strokes of a colour in a keeper's board file."""
        return colors(self.board(name)).count(color)

    def alike(self, within: float, *names: str) -> str:
        """Wait until some keepers, or all, have one board on disk, with all that was drawn; its digest."""
        here = names or tuple(self.keepers)

        def same() -> str | None:
            boards = [self.board(name) for name in here]
            digests = {board.document.digest().hex() for board in boards}
            whole = all(Counter(colors(board)) == self.drawn for board in boards)
            return digests.pop() if whole and len(digests) == 1 else None

        return str(until(same, f"one board of {self.drawn.total()} strokes at {', '.join(here)}", within))

    def info(self, name: str) -> Any:
        """What `info --json` says on a host."""
        return self.network[name].info(*self.at(name))

    def people(self, name: str) -> dict[str, str]:
        """How somebody who looks in on a host reaches each of the others, as `info` tells it."""
        return {peer["name"]: peer["link"] for peer in self.info(name)["peers"]}

    def direct(self, name: str) -> set[str]:
        """Who can be reached without a detour from a host."""
        return {who for who, link in self.people(name).items() if link == "direct"}

    def linked(self, name: str) -> tuple[int, int]:
        """How many a keeper says it is linked to, and how many it says it reaches through others."""
        told = re.findall(r"shapes, (\d+) linked, (\d+) relayed", self.keepers[name].program.err)
        return (int(told[-1][0]), int(told[-1][1])) if told else (0, 0)


def kept(pen: Program) -> int:
    """How many strokes of a pen are known to be kept by somebody."""
    told = re.findall(r"kept (\d+)\n", pen.out)
    return int(told[-1]) if told else 0
