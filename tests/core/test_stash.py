"""What arrived beyond a gap waits for it, in order, within limits."""

from p2psketch.ids import LinkId, PeerId
from p2psketch.oplog import Chunk
from p2psketch.stash import MAX_STASH, MAX_STASHES, OVERHEAD, Stash
from tests.core.authors import ANN, BEN, peer

ONE, TWO = LinkId(1), LinkId(2)


def chunk(first: int, last: int, author: PeerId = ANN, size: int = 10) -> Chunk:
    return Chunk(author, first, bytes(32), last + 1 - first, bytes(size))


def test_chunks_come_out_in_order_once_the_gap_is_closed() -> None:
    stash = Stash()
    for part in (chunk(7, 9), chunk(5, 6), chunk(12, 12)):
        assert stash.put(ONE, part, live=True)
    assert stash.take(ANN, 3) is None
    taken = [stash.take(ANN, seq) for seq in (4, 6, 9)]
    assert [waiting.chunk.first if waiting else None for waiting in taken] == [5, 7, None]
    assert stash.take(BEN, 0) is None


def test_what_the_log_has_by_now_is_thrown_away() -> None:
    stash = Stash()
    for part in (chunk(2, 3), chunk(3, 4), chunk(3, 8)):
        stash.put(ONE, part, live=False)
    waiting = stash.take(ANN, 3)
    assert waiting is not None and waiting.chunk.last == 4
    assert stash.take(ANN, 4) is None
    assert stash.size(ONE) == 0


def test_it_knows_what_it_covers() -> None:
    stash = Stash()
    stash.put(ONE, chunk(5, 7), live=True)
    stash.put(ONE, chunk(8, 8), live=True)
    assert [stash.covered(ANN, seq) for seq in (4, 5, 7, 8, 9)] == [None, 7, 7, 8, None]
    assert [stash.next(ANN, seq) for seq in (1, 4, 5, 7, 8)] == [5, 5, 8, 8, None]
    assert (stash.covered(BEN, 5), stash.next(BEN, 5)) == (None, None)


def test_the_same_again_takes_no_room() -> None:
    stash = Stash()
    for _ in range(3):
        assert stash.put(ONE, chunk(5, 7), live=True)
    assert stash.size(ONE) == 10 + OVERHEAD


def test_a_link_has_so_much_room_and_gets_it_back() -> None:
    stash = Stash()
    half = MAX_STASH // 2 - OVERHEAD
    assert stash.put(ONE, chunk(2, 2, size=half), live=True)
    assert stash.put(ONE, chunk(3, 3, size=half), live=True)
    assert not stash.put(ONE, chunk(4, 4), live=True)
    assert stash.put(TWO, chunk(4, 4), live=True)
    assert stash.take(ANN, 1) is not None
    assert stash.put(ONE, chunk(5, 5), live=True)


def test_many_links_cannot_fill_the_memory() -> None:
    stash, kept = Stash(), 0
    for n in range(100):
        kept += stash.put(LinkId(n), chunk(2, 2, peer(str(n)), MAX_STASH - OVERHEAD), live=True)
    assert kept == MAX_STASHES // MAX_STASH


def test_the_smallest_chunks_are_counted_with_what_they_cost() -> None:
    stash = Stash()
    kept = sum(stash.put(ONE, chunk(seq, seq, size=1), live=True) for seq in range(2, 4000))
    assert kept == MAX_STASH // (OVERHEAD + 1)


def test_what_links_brought_that_are_gone_makes_way_for_others() -> None:
    stash = Stash()
    most = MAX_STASHES // MAX_STASH
    assert stash.put(TWO, chunk(9, 9), live=True)
    for n in range(3, 2 + most):
        assert stash.put(LinkId(n), chunk(2, 2, peer(str(n)), MAX_STASH - OVERHEAD), live=True)
        stash.left(LinkId(n))
    assert stash.put(ONE, chunk(2, 2, peer("one"), MAX_STASH - OVERHEAD), live=True), "in place of all of those"
    assert stash.take(peer("3"), 1) is None
    assert stash.take(peer("one"), 1) is not None
    assert stash.take(ANN, 8) is not None
