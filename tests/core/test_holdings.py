"""What is on disk, and how others are told of it: soon, not too often, all of it when asked."""

import pytest

from p2psketch.codec import MAX_ENTRIES, MAX_FRAME, encode
from p2psketch.holdings import ENTRIES, EVERY, SOON, Holdings
from p2psketch.oplog import Known
from tests.core.authors import ANN, BEN, CAT, peer

DIGEST = b"d" * 16


def tip(seq: int) -> Known:
    return Known(seq, bytes([seq % 256]) * 16)


@pytest.fixture
def holdings() -> Holdings:
    return Holdings()


def test_nothing_on_disk_is_nothing_claimed(holdings: Holdings) -> None:
    (have,) = holdings.whole(DIGEST, 0)
    assert (have.entries, have.whole, have.last) == ((), True, True)
    assert holdings.due is None
    assert holdings.seq(ANN) == 0


def test_a_change_is_told_soon_and_only_once(holdings: Holdings) -> None:
    holdings.add([(ANN, tip(3))], 100.0)
    assert holdings.due == 100.0 + SOON
    have = holdings.news(DIGEST, 7, 100.05)
    assert (have.entries, have.whole, have.shapes) == (((ANN, tip(3)),), False, 7)
    assert holdings.due is None


def test_many_changes_are_told_together_and_not_too_often(holdings: Holdings) -> None:
    holdings.add([(ANN, tip(1))], 100.0)
    holdings.news(DIGEST, 0, 100.05)
    for n in range(2, 9):
        holdings.add([(ANN, tip(n)), (BEN, tip(n))], 100.05 + n / 1000)
    assert holdings.due == 100.05 + EVERY
    assert holdings.news(DIGEST, 0, 100.25).entries == ((ANN, tip(8)), (BEN, tip(8)))


def test_what_was_on_disk_from_the_start_is_no_news(holdings: Holdings) -> None:
    holdings.add([(ANN, tip(3))], None)
    assert holdings.due is None
    (have,) = holdings.whole(DIGEST, 1)
    assert have.entries == ((ANN, tip(3)),)
    assert holdings.seq(ANN) == 3


@pytest.mark.parametrize("authors", [1, ENTRIES, ENTRIES + 1, 3 * ENTRIES])
def test_a_long_vector_is_told_in_parts_of_which_the_last_is_marked(holdings: Holdings, authors: int) -> None:
    tips = [(peer(str(n)), Known(2**53 - 1, b"h" * 16)) for n in range(authors)]
    holdings.add(tips, None)
    parts = holdings.whole(DIGEST, 2**50)
    assert [entry for part in parts for entry in part.entries] == tips
    assert [part.last for part in parts] == [False] * (len(parts) - 1) + [True]
    assert all(len(part.entries) <= MAX_ENTRIES and len(encode(part)) <= MAX_FRAME // 4 for part in parts)


def test_much_news_is_told_in_turns(holdings: Holdings) -> None:
    holdings.add([(peer(str(n)), tip(1)) for n in range(ENTRIES + 2)], 100.0)
    assert len(holdings.news(DIGEST, 0, 101.0).entries) == ENTRIES
    assert holdings.due == 101.0 + EVERY
    assert len(holdings.news(DIGEST, 0, 102.0).entries) == 2
    assert holdings.due is None


def test_the_hash_is_of_what_is_held_however_it_came(holdings: Holdings) -> None:
    other = Holdings()
    assert holdings.hash() == other.hash()
    holdings.add([(ANN, tip(1)), (BEN, tip(2))], None)
    for change in ((BEN, tip(2)), (ANN, tip(9)), (ANN, tip(1))):
        assert holdings.hash() != other.hash()
        other.add([change], None)
    assert holdings.hash() == other.hash()
    other.add([(CAT, tip(1))], None)
    assert holdings.hash() != other.hash()
