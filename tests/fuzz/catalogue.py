"""All targets: what each does with bytes, what it begins with, and how its input is damaged.

Rule: one table, for the driver and for the tests.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Final

from tests.fuzz import announcing, reading, seeds, talking, targets
from tests.fuzz.mutating import changed_bytes, changed_items, damaged, frames_of, packed, unpacked

PAGE: Final = 4096
"""Bytes of a page of SQLite."""

Run = Callable[[bytes], None]
Damage = Callable[[bytes, Random, Sequence[bytes]], bytes]


@dataclass(frozen=True)
class Target:
    """`run` raises if something is wrong; `damage` makes an input like another, from all seeds."""

    name: str
    run: Run
    make_seeds: Callable[[], list[bytes]]
    damage: Damage
    longest: int = 8192

    @cached_property
    def seeds(self) -> list[bytes]:
        """Inputs to begin with."""
        return self.make_seeds()

    def damaged(self, data: bytes, rng: Random) -> bytes:
        """An input like this one."""
        return self.damage(data, rng, self.seeds)[: self.longest]


def _bytes(data: bytes, rng: Random, seeds: Sequence[bytes]) -> bytes:
    if rng.random() < 0.1:
        other = rng.choice(seeds)
        return data[: rng.randrange(len(data) + 1)] + other[rng.randrange(len(other) + 1) :]
    return changed_bytes(data, rng)


def _frames(data: bytes, rng: Random, seeds: Sequence[bytes]) -> bytes:
    return damaged(data, rng, frames_of(rng.choice(seeds))) if rng.random() < 0.8 else _bytes(data, rng, seeds)


def _talk(data: bytes, rng: Random, seeds: Sequence[bytes]) -> bytes:
    pool = frames_of(rng.choice(seeds)[1:]) or [b""]
    return data[:1] + damaged(data[1:], rng, pool, talking.mend)


def _rows(data: bytes, rng: Random, seeds: Sequence[bytes]) -> bytes:
    """Rows of a table, changed as values; some keep their signatures' company, so that they are looked into."""
    if rng.random() < 0.1:
        return _bytes(data, rng, seeds)
    rows = unpacked(data)
    return packed(changed_items(rows if isinstance(rows, list) else unpacked(rng.choice(seeds)), rng))


def _file(data: bytes, rng: Random, seeds: Sequence[bytes]) -> bytes:
    """A few bytes of a file, or a page of it, are others."""
    result = bytearray(data or seeds[0])
    for _ in range(rng.choice((1, 2, 8, 40))):
        page = PAGE * rng.randrange(1 + len(result) // PAGE)
        place = page + min(int(rng.expovariate(1 / 60)), PAGE - 1) if rng.random() < 0.6 else rng.randrange(len(result))
        if place < len(result):
            result[place] = rng.choice((0, 1, 2, 5, 13, 0x7F, 0x80, 0xFF, result[place] ^ 1 << rng.randrange(8)))
    if rng.random() < 0.1:
        del result[rng.randrange(len(result)) :]
    return bytes(result)


TARGETS: Final = {
    target.name: target
    for target in (
        Target("messages", targets.messages, seeds.messages, _frames),
        Target("ops", targets.ops, seeds.ops, _bytes),
        Target("invites", targets.invites, seeds.invites, _bytes, 1024),
        Target("tracker", announcing.tracker, seeds.announcements, _frames),
        Target("connection", talking.connection, seeds.connections, _talk, 16_384),
        Target("rows", reading.rows, seeds.rows, _rows),
        Target("files", reading.files, seeds.files, _file, 65_536),
    )
}
