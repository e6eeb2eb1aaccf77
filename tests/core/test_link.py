"""Of two links with one peer, which stays: both ends must say the same."""

from dataclasses import replace
from itertools import product

import pytest

from p2psketch.address import Address
from p2psketch.ids import LinkId, PeerId
from p2psketch.link import SILENT_AFTER, Link, winner_of
from tests.core.authors import ANN, BEN


def link(number: int, peer: PeerId, *, dialled: bool, heard: float = 100.0) -> Link:
    return Link(LinkId(number), peer, Address("10.0.0.1", 2000), dialled, heard)


@pytest.mark.parametrize("first_by", [ANN, BEN])
def test_both_ends_of_a_double_dial_come_to_the_same_verdict(first_by: PeerId) -> None:
    """In whatever order the two links came up on either side."""
    for ann_first, ben_first in product((1, 2), repeat=2):
        verdicts = set()
        for me, other, first in ((ANN, BEN, ann_first), (BEN, ANN, ben_first)):
            links = {1: link(1, other, dialled=first_by == me), 2: link(2, other, dialled=first_by != me)}
            verdicts.add(winner_of(links[first], links[3 - first], me, 100.0).id)
        assert len(verdicts) == 1
        assert verdicts == {1 if first_by == ANN else 2}


def test_what_is_silent_or_goes_loses_and_of_one_dialler_the_newer_wins() -> None:
    old, new = link(1, BEN, dialled=True), link(2, BEN, dialled=False)
    assert winner_of(old, new, ANN, 100.0) is old
    assert winner_of(old, new, ANN, 100.0 + SILENT_AFTER) is new
    assert winner_of(replace(old, leaving=True), new, ANN, 100.0) is new
    assert winner_of(old, replace(new, dialled=True), ANN, 100.0).id == 2
