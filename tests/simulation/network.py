"""A network that is not there: time, pipes with latency and rate, cuts. Seeded, and nothing else decides.

Rule: bytes on a pipe arrive in order, late, and whole, or the pipe ends. A cut holds what is under way, as TCP does:
it arrives when the cut heals, if both ends have lived that long.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import Any

Pair = frozenset[int]
"""Two machines, by number."""

START = 1_000.0
PIECE = 4096
"""Bytes that arrive at a time where a pipe has a rate."""


class Network:
    """The clock of a simulation, its queue of what is to happen, and what lies between machines.

    `trace` is a hash of all that was ever sent: equal for two plays of one seed.
    """

    def __init__(self, rng: Random) -> None:
        self.now = START
        self.rng = rng
        self.fastest, self.slowest = 0.001, 0.05
        self.rates: dict[Pair, float] = {}
        self.never: set[Pair] = set()
        self.pipes: list[Pipe] = []
        self.trace = blake2b(digest_size=8)
        self._cuts: dict[Pair, int] = {}
        self._latency: dict[Pair, float] = {}
        self._queue: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self._numbers = count()

    def after(self, delay: float, call: Callable[..., None], *args: Any) -> None:
        """`call` in so many seconds; what is due at one moment happens in the order in which it was asked for."""
        heappush(self._queue, (self.now + delay, next(self._numbers), call, args))

    def run(self, until: float) -> None:
        """Let time pass."""
        while self._queue and self._queue[0][0] <= until:
            self.now, _, call, args = heappop(self._queue)
            call(*args)
        self.now = until

    def latency(self, pair: Pair) -> float:
        """Seconds one way, each time a little different."""
        base = self._latency.get(pair)
        if base is None:
            base = self._latency[pair] = self.rng.uniform(self.fastest, self.slowest)
        return base * (0.9 + 0.4 * self.rng.random())

    def reaches(self, pair: Pair) -> bool:
        """Does anything get through between two machines now?"""
        return pair not in self._cuts and pair not in self.never

    def cut(self, pair: Pair, seconds: float) -> None:
        """Nothing gets through for so long. Cuts may overlap."""
        self._cuts[pair] = self._cuts.get(pair, 0) + 1
        self.after(seconds, self._heal, pair)

    def _heal(self, pair: Pair) -> None:
        self._cuts[pair] -= 1
        if not self._cuts[pair]:
            del self._cuts[pair]
            for pipe in self.pipes:
                if pipe.pair == pair:
                    pipe.release()


@dataclass(eq=False)
class Pipe:
    """One direction of a link. `deliver` is called with bytes, and with None at the end."""

    network: Network
    pair: Pair
    deliver: Callable[[bytes | None], None]
    free_at: float = 0.0
    _under_way: deque[bytes | None] = field(default_factory=deque)
    _latest: float = 0.0
    _held: int = 0

    def __post_init__(self) -> None:
        self.network.pipes.append(self)

    def send(self, data: bytes | None) -> None:
        """More bytes, or None: the end. `free_at` tells when the pipe takes more."""
        network = self.network
        network.trace.update(data or b"end")
        rate = network.rates.get(self.pair)
        self.free_at = max(self.free_at, network.now)
        for start in range(0, len(data), PIECE) if data and rate else (0,):
            piece = data[start : start + PIECE] if data and rate else data
            self.free_at += len(piece) / rate if piece and rate else 0.0
            self._latest = max(self._latest, self.free_at + network.latency(self.pair))
            self._under_way.append(piece)
            network.after(self._latest - network.now, self._arrive)

    def _arrive(self) -> None:
        if not self._under_way:
            return
        if self._held or not self.network.reaches(self.pair):
            self._held += 1
        else:
            self._hand_over()

    def _hand_over(self) -> None:
        data = self._under_way.popleft()
        if data is None:
            self.discard()
        self.deliver(data)

    def release(self) -> None:
        """A cut has healed: what it held arrives."""
        held, self._held = self._held, 0
        for _ in range(min(held, len(self._under_way))):
            self._hand_over()

    def discard(self) -> None:
        """The end: what is still under way is lost."""
        self._under_way.clear()
        if self in self.network.pipes:
            self.network.pipes.remove(self)
