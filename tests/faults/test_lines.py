"""Lines that are slow, and hosts whose address changes: all arrives, late if it must."""

from collections.abc import Callable

import pytest

from tests.faults.group import FOUND_WITHIN, Group, kept
from tests.processes.support import strokes, until

pytestmark = pytest.mark.lab

RED, GREEN = 0xE03131, 0x2F9E44
SLOW = "256kbit"
"""Of the slow line: 32 KB a second."""
MANY = 1500
LIVE_WITHIN = 15.0
"""Seconds until what is drawn is everywhere, over the slow line too."""
CAUGHT_UP_WITHIN = 60.0
"""Seconds for a whole board over the slow line."""
MOVED_WITHIN = 12.0
"""Seconds until somebody whose address changed is linked again: less than a dead line takes to be noticed."""


@pytest.mark.slow
def test_a_slow_line_gets_the_whole_board_and_holds_nobody_up(group: Callable[..., Group]) -> None:
    three = group("ana", "bob", "cleo")
    three.come("ana", "bob")
    three.drew(
        three.network["ana"].start("draw", *three.at("ana"), stdin=strokes(MANY, "#e03131", points=100)), MANY, RED
    )
    three.alike(LIVE_WITHIN)
    three.network.slow("cleo", SLOW)
    three.come("cleo")

    info = three.info("ana")
    assert info["shapes"] == MANY
    assert [peer["name"] for peer in info["peers"] if peer["digest"] == info["digest"]] == ["ana", "bob"]
    assert three.count("cleo", RED) < MANY
    three.drew(three.begin("bob", 10, GREEN), 10, GREEN)
    three.alike(LIVE_WITHIN, "ana", "bob")
    three.alike(CAUGHT_UP_WITHIN)
    assert "closing the link" not in "".join(keeper.program.err for keeper in three.keepers.values())


@pytest.mark.slow
def test_who_gets_another_address_is_found_again(group: Callable[..., Group]) -> None:
    three = group("ana", "bob", "cleo")
    three.come()
    pen = three.pen("ana", RED)
    until(lambda: {three.linked(name) for name in three.names} == {(3, 0)}, "a pen that is linked to all", FOUND_WITHIN)
    cleo, host = three.keepers["cleo"], three.network["cleo"]
    host.move(77)

    before = kept(pen)
    until(lambda: kept(pen) >= before + 5, "more strokes that are kept")
    now = kept(pen)
    until(lambda: three.count("cleo", RED) >= now, "them at Cleo's", MOVED_WITHIN)
    until(lambda: cleo.program.err.count("announced") == 2, "the new address at the tracker", MOVED_WITHIN)
    addresses = {
        peer["name"]: (peer["link"], peer["address"].rpartition(":")[0]) for peer in three.info("bob")["peers"]
    }
    assert addresses["cleo"] == ("direct", host.address)
    assert pen.stop() == 0
    three.drawn[RED] = kept(pen)
    three.alike(LIVE_WITHIN)
