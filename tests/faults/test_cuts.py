"""Lines that break between some: the others carry on what they draw, and say so."""

from collections.abc import Callable

from tests.faults.group import Group
from tests.processes.support import until

RED, GREEN, BLUE = 0xE03131, 0x2F9E44, 0x1971C2
RELAYED_WITHIN = 10.0
"""Seconds until a stroke has gone round a broken line."""
NOTICED_WITHIN = 30.0
"""Seconds until a line that went dead is known to be, and the log has said so: 15 and some."""
HEALED_WITHIN = 40.0
"""Seconds until everybody is linked again, after a short break."""


def test_two_who_are_cut_from_each_other_draw_on_through_a_third(group: Callable[..., Group]) -> None:
    three = group("ana", "bob", "cleo")
    three.come()
    three.network.cut(["ana"], ["cleo"])

    three.draw("ana", 10, RED)
    three.draw("cleo", 10, GREEN)
    three.alike(RELAYED_WITHIN)
    until(lambda: three.linked("ana") == three.linked("cleo") == (1, 1), "both relayed", NOTICED_WITHIN)
    assert three.people("ana") == {"ana": "direct", "bob": "direct", "cleo": "relayed"}
    assert three.people("cleo") == {"ana": "relayed", "bob": "direct", "cleo": "direct"}
    three.draw("ana", 10, BLUE)
    three.alike(RELAYED_WITHIN)

    three.network.mend()
    until(lambda: {three.linked(name) for name in three.names} == {(2, 0)}, "all linked again", HEALED_WITHIN)
    assert three.people("ana") == {"ana": "direct", "bob": "direct", "cleo": "direct"}
