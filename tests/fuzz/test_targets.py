"""Every target takes its seeds, and seeds damaged in some hundred ways; whatever fuzzing has found stays found."""

from random import Random

import pytest

from tests.fuzz.catalogue import TARGETS, Target
from tests.fuzz.mutating import frames_of, packed, script_of, unpacked

DAMAGED = {"connection": 60, "files": 60, "rows": 150}
"""How many damaged inputs; of the others, which take less time each, 400."""

each_target = pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)


@each_target
def test_what_is_in_order_is_taken(target: Target) -> None:
    assert len(target.seeds) >= 4
    for seed in target.seeds:
        assert len(seed) <= target.longest
        target.run(seed)


@each_target
def test_damage_is_survived(target: Target) -> None:
    for number in range(DAMAGED.get(target.name, 400)):
        target.run(damaged(target, number))


def damaged(target: Target, number: int) -> bytes:
    """An input with up to three damages, always the same for the same number."""
    rng = Random(f"{target.name} {number}")
    data = rng.choice(target.seeds)
    for _ in range(rng.randrange(1, 4)):
        data = target.damaged(data, rng)
    return data


@each_target
def test_damage_is_damage_and_always_the_same(target: Target) -> None:
    inputs = [damaged(target, number) for number in range(40)]
    assert inputs == [damaged(target, number) for number in range(40)]
    assert len({*inputs, *target.seeds}) > 30 + len(target.seeds)


def test_a_script_is_taken_apart_and_put_together() -> None:
    for seed in TARGETS["connection"].seeds:
        payloads = frames_of(seed[1:])
        assert script_of(payloads) == seed[1:]
        assert [packed(unpacked(payload)) for payload in payloads] == payloads
