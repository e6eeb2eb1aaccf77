"""Everything that can go wrong with a group, for a while, at random: the schedule follows from the seed.

Rule: what the programs said is believed and written down: strokes that `draw` or a pen reported as kept. Whoever dies
comes back with its board file in the end, and before that everybody dies at once: so each of them has been on disk, and
has to be on every board then.
"""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.faults.group import TOWN, Group, kept
from tests.processes.support import Program, colors, until

FIRST_COLOR = 0x100000
PENS = 2
CALM_WITHIN = 120.0
"""Seconds until the last links are made anew: those that were cut for long are dialled once a minute."""
FEWEST = 2
"""Keepers that are left alive."""


@dataclass
class Drawn:
    """Strokes of one colour, by a program of their own: how many were begun, by `draw` or (None) a pen."""

    program: Program
    color: int
    begun: int | None

    @property
    def confirmed(self) -> int:
        """How many of them the program reported to be kept by somebody."""
        if self.begun is None:
            return kept(self.program)
        return self.begun if self.program.process.returncode == 0 else 0


class Storm:
    """Goes on for as long as `blow` is told to; then comes the `power_cut`, and `calm` mends everything."""

    def __init__(self, group: Group, rng: Random) -> None:
        self.group = group
        self.drawn: list[Drawn] = []
        self.counts: Counter[str] = Counter()
        self._rng = rng
        self._dead: set[str] = set()
        self._pens: list[Drawn] = []
        self._tracker_lives = True
        self._faults: dict[Callable[[], bool], int] = {
            self._kill: 3,
            self._revive: 4,
            self._cut_two: 4,
            self._cut_halves: 1,
            self._lose_one_way: 2,
            self._mend: 4,
            self._turn_tracker: 2,
            self._draw: 6,
            self._replace_pen: 2,
        }

    # -- blowing -------------------------------------------------------------------------------------

    def blow(self, seconds: float) -> None:
        """Let things go wrong for so long."""
        for _ in range(PENS):
            self._take_pen()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(self._rng.uniform(0.1, 1.0))
            (fault,) = self._rng.choices(list(self._faults), list(self._faults.values()))
            if fault():
                self.counts[fault.__name__.strip("_")] += 1

    @property
    def _alive(self) -> list[str]:
        return [name for name in self.group.names if name not in self._dead]

    def _kill(self) -> bool:
        if len(self._alive) <= FEWEST:
            return False
        name = self._rng.choice(self._alive)
        self.group.keepers[name].program.kill()
        self._dead.add(name)
        return True

    def _revive(self) -> bool:
        if not self._dead:
            return False
        name = self._rng.choice(sorted(self._dead))
        self.group.back(name)
        self._dead.remove(name)
        return True

    def _cut_two(self) -> bool:
        one, other = self._rng.sample([TOWN, *self.group.names], 2)
        self.group.network.cut([one], [other])
        return True

    def _cut_halves(self) -> bool:
        names = self._rng.sample([TOWN, *self.group.names], len(self.group.names) + 1)
        self.group.network.cut(names[: len(names) // 2], names[len(names) // 2 :])
        return True

    def _lose_one_way(self) -> bool:
        self.group.network.lose(*self._rng.sample(self.group.names, 2))
        return True

    def _mend(self) -> bool:
        self.group.network.mend()
        return True

    def _turn_tracker(self) -> bool:
        """Kill the tracker, or start another at its address."""
        if self._tracker_lives:
            self.group.tracker.program.kill()
        else:
            self.group.tracker = self.group.network[TOWN].tracker(self.group.tracker.port)
        self._tracker_lives = not self._tracker_lives
        return True

    def _draw(self) -> bool:
        """Begin to draw somewhere, as long as not too many are at it."""
        name, count = self._rng.choice(self.group.names), self._rng.randint(1, 30)
        if sum(drawn.program.process.poll() is None for drawn in self.drawn) > 2 * PENS:
            return False
        color = self._next_color()
        self.drawn.append(Drawn(self.group.begin(name, count, color), color, count))
        return True

    def _replace_pen(self) -> bool:
        self._pens.pop(0).program.kill()
        self._take_pen()
        return True

    def _take_pen(self) -> None:
        color = self._next_color()
        pen = Drawn(self.group.pen(self._rng.choice(self.group.names), color), color, None)
        self._pens.append(pen)
        self.drawn.append(pen)

    def _next_color(self) -> int:
        return FIRST_COLOR + len(self.drawn)

    # -- after it ------------------------------------------------------------------------------------

    def power_cut(self) -> None:
        """Everybody dies at once: what was confirmed is on disk, or lost."""
        for drawn in self.drawn:
            drawn.program.kill()
        for name in self.group.names:
            self.group.keepers[name].program.kill()
        self._dead = set(self.group.names)

    def calm(self) -> str:
        """Everything works again, everybody is back, and nobody draws any more; the digest that all boards come to."""
        self._mend()
        if not self._tracker_lives:
            self._turn_tracker()
        self.group.back(*self.group.names)
        self._dead.clear()

        def same() -> str | None:
            digests = {self.group.board(name).document.digest().hex() for name in self.group.names}
            return digests.pop() if len(digests) == 1 else None

        return str(until(same, "one board", CALM_WITHIN))

    def lost(self) -> dict[int, tuple[int, int]]:
        """Of which colour there are fewer strokes than were confirmed: {colour: (there, confirmed)}."""
        there = Counter(colors(self.group.board(self.group.names[0])))
        return {d.color: (there[d.color], d.confirmed) for d in self.drawn if there[d.color] < d.confirmed}

    def invented(self) -> set[int]:
        """Colours of which there are more strokes than anybody drew."""
        there = Counter(colors(self.group.board(self.group.names[0])))
        begun = {drawn.color: drawn.begun for drawn in self.drawn}
        most = {color: count for color, count in begun.items() if count is not None}
        return {color for color, count in there.items() if color not in begun or count > most.get(color, count)}
