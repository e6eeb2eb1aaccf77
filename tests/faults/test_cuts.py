"""Lines that break between some: the others carry on what they draw, and say so."""

import time
from collections.abc import Callable

import pytest

from tests.faults.group import FOUND_WITHIN, TOWN, Group, kept
from tests.processes.support import until

pytestmark = pytest.mark.lab

RED, GREEN, BLUE = 0xE03131, 0x2F9E44, 0x1971C2
RELAYED_WITHIN = 10.0
"""Seconds until a stroke has gone round a broken line."""
NOTICED_WITHIN = 30.0
"""Seconds until a line that went dead is known to be, and the log has said so: 15 and some."""
HEALED_WITHIN = 40.0
"""Seconds until everybody is linked again, after a short break."""


@pytest.mark.slow
def test_two_who_are_cut_from_each_other_draw_on_through_a_third(group: Callable[..., Group]) -> None:
    three = group("ana", "bob", "cleo")
    three.come()
    three.network.cut(["ana"], ["cleo"])

    draws = [(three.begin(name, 10, color), color) for name, color in (("ana", RED), ("cleo", GREEN))]
    for draw, color in draws:
        assert three.drew(draw, 10, color) <= 2
    three.alike(RELAYED_WITHIN)
    until(lambda: three.linked("ana") == three.linked("cleo") == (1, 1), "both relayed", NOTICED_WITHIN)
    assert three.people("ana") == {"ana": "direct", "bob": "direct", "cleo": "relayed"}
    three.draw("cleo", 10, BLUE)
    three.alike(RELAYED_WITHIN)


@pytest.mark.slow
def test_a_line_that_carries_only_one_way_is_given_up_and_gone_round(group: Callable[..., Group]) -> None:
    three = group("ana", "bob", "cleo")
    three.come()
    pens = {RED: three.pen("ana", RED), GREEN: three.pen("cleo", GREEN)}
    until(lambda: all(three.count(name, color) for name in three.names for color in pens), "strokes of both")
    three.network.lose("ana", "cleo")

    before = {color: kept(pen) for color, pen in pens.items()}
    until(lambda: all(kept(pen) > before[color] for color, pen in pens.items()), "more strokes that are kept")
    now = {color: kept(pen) for color, pen in pens.items()}
    until(lambda: three.count("cleo", RED) >= now[RED], "Ana's at Cleo's", RELAYED_WITHIN)
    until(lambda: three.count("ana", GREEN) >= now[GREEN], "Cleo's at Ana's", RELAYED_WITHIN)
    until(lambda: three.linked("ana") == three.linked("cleo") == (2, 2), "all between the two relayed", NOTICED_WITHIN)
    assert three.people("ana")["cleo"] == three.people("cleo")["ana"] == "relayed"

    three.network.mend()
    until(lambda: {three.linked(name) for name in three.names} == {(4, 0)}, "all linked again", HEALED_WITHIN)
    for color, pen in pens.items():
        assert pen.stop() == 0
        three.drawn[color] = kept(pen)
    three.alike(RELAYED_WITHIN)


@pytest.mark.slow
def test_who_vanishes_without_a_word_is_missed_and_comes_back(group: Callable[..., Group]) -> None:
    three = group("ana", "bob", "cleo")
    three.come()
    pen = three.pen("ana", RED)
    until(lambda: {three.linked(name) for name in three.names} == {(3, 0)}, "a pen that is linked to all", FOUND_WITHIN)
    three.network.isolate("cleo")
    three.keepers["cleo"].program.kill()

    until(lambda: three.linked("ana") == three.linked("bob") == (2, 0), "Cleo missed", NOTICED_WITHIN)
    assert three.direct("bob") == {"ana", "bob", "pen"}
    assert three.draw("bob", 10, BLUE) <= 2
    three.network.mend()
    three.back("cleo")
    until(lambda: {three.linked(name) for name in three.names} == {(3, 0)}, "all linked again", HEALED_WITHIN)
    assert pen.stop() == 0
    three.drawn[RED] = kept(pen)
    three.alike(RELAYED_WITHIN)


@pytest.mark.parametrize(("size", "seconds"), [(2, 5), pytest.param(3, 60, marks=pytest.mark.slow)])
def test_two_halves_draw_on_and_become_one_board_again(group: Callable[..., Group], size: int, seconds: int) -> None:
    halves = ("ana", "bob", "cleo")[:size], ("dan", "eve", "fay")[:size]
    us = group(*halves[0], *halves[1])
    us.come()
    us.draw("bob", 10, BLUE)
    us.alike(RELAYED_WITHIN)
    us.network.cut((*halves[0], TOWN), halves[1])
    end = time.monotonic() + seconds

    rounds = 0
    while time.monotonic() < end:
        draws = [
            (us.begin(half[rounds % size], 10, color), color) for half, color in zip(halves, (RED, GREEN), strict=True)
        ]
        for draw, color in draws:
            assert us.drew(draw, 10, color) <= size
        rounds += 1
    for half, color, absent in zip(halves, (RED, GREEN), (GREEN, RED), strict=True):
        for name in half:
            until(lambda: us.count(name, color) == 10 * rounds, f"all of this half at {name}'s", RELAYED_WITHIN)  # noqa: B023
            assert not us.count(name, absent)
    if seconds > NOTICED_WITHIN:
        knows = {(size - 1, 0)}
        until(lambda: {us.linked(name) for name in us.names} == knows, "halves that know of it", NOTICED_WITHIN)
        for half in halves:
            assert us.direct(half[0]) == set(half)

    us.network.mend()
    digest = us.alike(HEALED_WITHIN)
    whole = {(2 * size - 1, 0)}
    until(lambda: {us.linked(name) for name in us.names} == whole, "all linked again", HEALED_WITHIN)

    def told() -> bool:
        peers = us.info("ana")["peers"]
        return len(peers) == 2 * size and {(peer["link"], peer["digest"]) for peer in peers} == {("direct", digest)}

    until(told, "all of whom say to have this board", HEALED_WITHIN)
