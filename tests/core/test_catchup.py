"""What is asked of whom, as others claim, deliver, stall and go."""

from collections import defaultdict
from itertools import pairwise

import pytest

from p2psketch.catchup import (
    AGAIN_AFTER,
    ALL_UNHEARD,
    FEW_ASKED,
    FEW_UNHEARD,
    GIVEN_UP_AFTER,
    IN_FLIGHT,
    MAX_ASKED,
    MAX_UNHEARD,
    SLICE,
    SLICE_OPS,
    STALLED_AFTER,
    TRIES,
    CatchUp,
)
from p2psketch.codec import MAX_RANGES
from p2psketch.ids import LinkId, PeerId
from p2psketch.messages import Range
from p2psketch.oplog import Chunk, Known
from p2psketch.stash import MAX_STASH, OVERHEAD
from tests.core.authors import ANN, BEN, CAT, peer

ONE, TWO, THREE = LinkId(1), LinkId(2), LinkId(3)
SMALL, LARGE = 100, 4000


class Reader:
    """Somebody who catches up: a log that is only lengths, and the links it has."""

    def __init__(self, *links: LinkId) -> None:
        self.lengths: dict[PeerId, int] = defaultdict(int)
        self.catchup = CatchUp(lambda author: self.lengths[author])
        self.now = 100.0
        self.received = 0
        for link in links:
            self.catchup.link_up(link, self.now)

    def claim(self, link: LinkId, whole: bool = True, /, **lengths: int) -> None:
        """A link says how many ops of ann, ben and cat it has; with `whole`, that this is all."""
        entries = [(peer(name), Known(seq, bytes(16))) for name, seq in lengths.items()]
        self.catchup.claim(link, entries, whole=whole, last=True)

    def asks(self) -> dict[LinkId, list[Range]]:
        """What is asked of whom now."""
        asked: dict[LinkId, list[Range]] = {}
        for link, want in self.catchup.wants(self.now):
            asked.setdefault(link, []).extend(want.ranges)
        return asked

    def gets(self, link: LinkId, first: int, last: int, *, author: PeerId = ANN, size: int = SMALL) -> bool:
        """A chunk arrives, and is dealt with as the session does; was it asked for?"""
        chunk = Chunk(author, first, bytes(32), last + 1 - first, bytes(size * (last + 1 - first)))
        self.received += chunk.length
        wanted = self.catchup.wanted(link, chunk, self.now)
        if first > self.lengths[author] + 1:
            self.catchup.beyond_gap(link, chunk, live=not wanted)
        else:
            self.lengths[author] = max(last, self.lengths[author])
            while (waiting := self.catchup.take(author)) is not None:
                self.lengths[author] = max(waiting.chunk.last, self.lengths[author])
        return wanted

    def wait(self, seconds: float) -> list[tuple[LinkId, PeerId]]:
        """Time passes, a second at a time; says what has stalled."""
        stalled = []
        for _ in range(round(seconds)):
            self.now += 1
            stalled += self.catchup.tick(self.now)
        return stalled

    @property
    def caught_up(self) -> bool:
        return not self.catchup.waiting() and self.catchup.progress()[1] == 0


def spans(ranges: list[Range]) -> list[tuple[int, int]]:
    return [(wanted.first, wanted.last) for wanted in ranges]


# Asking


def test_what_is_lacking_is_asked_once() -> None:
    reader = Reader(ONE)
    reader.claim(ONE, ann=3, ben=2)
    assert reader.asks() == {ONE: [Range(ANN, 1, 3), Range(BEN, 1, 2)]}
    reader.claim(ONE, False, ann=3)
    assert reader.asks() == {}


def test_what_is_here_is_not_asked_for() -> None:
    reader = Reader(ONE)
    reader.lengths |= {ANN: 5, BEN: 1}
    reader.claim(ONE, ann=5, ben=3)
    assert reader.asks() == {ONE: [Range(BEN, 2, 3)]}


def test_each_range_is_asked_of_one_link_and_all_links_serve() -> None:
    reader = Reader(ONE, TWO, THREE)
    for link in (ONE, TWO, THREE):
        reader.claim(link, **{f"author {n}": 10 for n in range(30)})
    asked = reader.asks()
    authors = sorted(wanted.author for ranges in asked.values() for wanted in ranges)
    assert authors == sorted(peer(f"author {n}") for n in range(30))
    assert [len(ranges) for ranges in asked.values()] == [10, 10, 10]


def test_a_long_log_is_cut_and_shared_out() -> None:
    reader = Reader(ONE, TWO)
    reader.claim(ONE, ann=100_000)
    reader.claim(TWO, ann=100_000)
    asked = reader.asks()
    assert set(asked) == {ONE, TWO}
    cut = sorted(spans(asked[ONE] + asked[TWO]))
    assert cut[0][0] == 1
    assert all(before[1] + 1 == after[0] for before, after in pairwise(cut))
    assert cut[-1][1] < 20_000, "the rest is asked for when this has come"


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_what_is_under_way_fits_in_the_stash_once_the_size_of_ops_is_known(size: int) -> None:
    reader = Reader(ONE, TWO)
    reader.claim(ONE, ann=1_000_000)
    for _ in range(60):
        for ranges in reader.asks().values():
            for wanted in ranges:
                for first in range(wanted.first, wanted.last + 1, 50):
                    reader.gets(ONE, first, min(first + 49, wanted.last), size=size)
    under_way = sum(wanted.last + 1 - wanted.first for wanted in reader.asks().get(ONE, []))
    assert 0 < under_way * size <= MAX_STASH
    assert IN_FLIGHT + SLICE <= MAX_STASH


def test_ops_of_thousands_of_authors_are_asked_for_some_hundred_at_a_time() -> None:
    reader = Reader(ONE)
    reader.claim(ONE, **{f"author {n}": 1 for n in range(MAX_ASKED + 5)})
    asked = reader.asks()[ONE]
    assert len(asked) == MAX_ASKED <= MAX_RANGES
    for author, first, last in asked:
        reader.gets(ONE, first, last, author=author)
    assert len(reader.asks()[ONE]) == 5


def test_who_has_stalled_is_asked_for_little_until_it_delivers() -> None:
    reader = Reader(ONE)
    reader.claim(ONE, **{f"author {n}": 1 for n in range(5 * MAX_ASKED)})
    reader.asks()
    reader.wait(STALLED_AFTER)
    [asked] = reader.asks().values()
    assert len(asked) == FEW_ASKED
    author, first, last = asked[0]
    reader.gets(ONE, first, last, author=author)
    assert len(reader.asks()[ONE]) == MAX_ASKED - FEW_ASKED + 1


def test_ranges_have_a_limit_in_ops_too() -> None:
    reader = Reader(ONE)
    reader.claim(ONE, ann=1_000_000)
    for _ in range(200):
        for wanted in reader.asks().get(ONE, []):
            assert wanted.last + 1 - wanted.first <= SLICE_OPS
            reader.gets(ONE, wanted.first, wanted.last, size=1)


# Receiving


def test_a_range_comes_in_parts_and_then_the_next_is_asked_for() -> None:
    reader = Reader(ONE)
    reader.claim(ONE, ann=10)
    reader.asks()
    assert reader.gets(ONE, 1, 4)
    assert reader.asks() == {}
    assert reader.gets(ONE, 5, 10)
    assert reader.asks() == {}
    reader.claim(ONE, False, ann=12)
    assert reader.asks() == {ONE: [Range(ANN, 11, 12)]}


def test_what_nobody_asked_for_was_pushed() -> None:
    reader = Reader(ONE, TWO)
    reader.claim(ONE, ann=3)
    reader.asks()
    assert not reader.gets(TWO, 1, 1)
    assert not reader.gets(ONE, 1, 1, author=BEN)
    assert reader.gets(ONE, 1, 3)


def test_a_chunk_may_begin_before_what_was_asked_for_and_touch_two_ranges() -> None:
    """Others store chunks as they got them."""
    reader = Reader(ONE)
    reader.claim(ONE, ann=10_000)
    (first, second, *_) = spans(reader.asks()[ONE])
    reader.gets(ONE, 1, first[1] - 10)
    assert reader.gets(ONE, first[1] - 20, second[0] + 50)
    assert reader.gets(ONE, second[0] + 51, second[1])
    assert reader.lengths[ANN] == second[1]


def test_a_push_from_within_a_range_does_not_end_it() -> None:
    """The claim overtook the push on the same link."""
    reader = Reader(ONE)
    reader.claim(ONE, ann=100)
    reader.asks()
    assert not reader.gets(ONE, 100, 100)
    assert reader.asks() == {}
    assert reader.gets(ONE, 1, 99)
    assert reader.lengths[ANN] == 100


def test_what_lies_before_a_push_is_asked_of_who_pushed_it() -> None:
    reader = Reader(ONE)
    reader.lengths[ANN] = 2
    reader.gets(ONE, 6, 6)
    assert reader.asks() == {ONE: [Range(ANN, 3, 5)]}
    reader.gets(ONE, 7, 7)
    assert reader.asks() == {}
    reader.gets(ONE, 3, 5)
    assert reader.lengths[ANN] == 7


def test_stashed_ops_are_not_asked_for_however_they_were_cut() -> None:
    reader = Reader(ONE, TWO)
    reader.gets(ONE, 5, 20)
    assert reader.asks() == {ONE: [Range(ANN, 1, 4)]}
    reader.catchup.link_down(ONE)
    reader.claim(TWO, ann=30)
    assert reader.asks() == {TWO: [Range(ANN, 1, 4), Range(ANN, 21, 30)]}


def test_with_a_full_stash_only_the_gap_is_asked_for() -> None:
    reader = Reader(ONE)
    first = 2
    while reader.catchup._stash.size(ONE) + LARGE * 50 <= MAX_STASH:
        reader.gets(ONE, first, first + 49, size=LARGE)
        first += 50
    reader.claim(ONE, ann=10_000)
    assert spans(reader.asks()[ONE]) == [(1, 1)]
    reader.gets(ONE, 1, 1)
    assert spans(reader.asks()[ONE])[0][0] == first


def test_what_did_not_fit_in_the_stash_is_asked_for_again() -> None:
    reader = Reader(ONE)
    size = MAX_STASH // 2 - OVERHEAD
    for seq in (2, 3, 4):
        reader.gets(ONE, seq, seq, size=size)
    reader.asks()
    reader.gets(ONE, 1, 1)
    assert reader.lengths[ANN] == 3
    assert reader.asks() == {ONE: [Range(ANN, 4, 4)]}


# Stalling


def test_a_range_that_stalls_is_asked_of_another_and_the_claim_is_discounted() -> None:
    reader = Reader(ONE, TWO)
    reader.claim(ONE, ann=5)
    reader.asks()
    reader.claim(TWO, ann=5)
    assert reader.wait(STALLED_AFTER - 1) == []
    assert reader.wait(1) == [(ONE, ANN)]
    assert reader.asks() == {TWO: [Range(ANN, 1, 5)]}
    reader.catchup.link_down(TWO)
    assert reader.asks() == {}
    reader.claim(ONE, ann=5)
    assert reader.asks() == {ONE: [Range(ANN, 1, 5)]}, "it says again that it has them"


def test_on_a_slow_link_a_range_waits_for_its_turn() -> None:
    reader = Reader(ONE)
    reader.claim(ONE, ann=8, ben=8)
    reader.asks()
    for n in range(1, 9):
        assert reader.wait(STALLED_AFTER - 1) == []
        reader.gets(ONE, n, n)
    assert reader.wait(STALLED_AFTER - 1) == []
    assert reader.gets(ONE, 1, 8, author=BEN)


def test_but_not_for_ever() -> None:
    reader = Reader(ONE, TWO)
    reader.claim(ONE, ann=500, ben=8)
    reader.asks()
    reader.claim(TWO, ben=8)
    for n in range(1, round(GIVEN_UP_AFTER) + 2):
        reader.gets(ONE, n, n)
        if stalled := reader.wait(1):
            assert stalled == [(ONE, BEN)]
            break
    assert reader.asks() == {TWO: [Range(BEN, 1, 8)]}


def test_what_came_another_way_does_not_stall() -> None:
    reader = Reader(ONE, TWO)
    reader.claim(ONE, ann=5)
    reader.asks()
    reader.gets(TWO, 1, 5)
    assert reader.wait(STALLED_AFTER + 1) == []


def test_when_a_link_goes_its_ranges_are_asked_of_others() -> None:
    reader = Reader(ONE, TWO)
    reader.claim(ONE, ann=5)
    reader.asks()
    reader.gets(ONE, 1, 2)
    reader.claim(TWO, ann=5)
    assert reader.asks() == {}
    reader.catchup.link_down(ONE)
    assert reader.asks() == {TWO: [Range(ANN, 3, 5)]}


# Caught up


def test_caught_up_is_to_hold_what_was_claimed_when_links_came_up() -> None:
    reader = Reader()
    assert reader.caught_up
    reader.catchup.link_up(ONE, reader.now)
    assert not reader.caught_up, "it has not said what it has"
    reader.claim(ONE, ann=4)
    assert reader.catchup.progress() == (0, 4)
    reader.claim(ONE, False, ann=9)
    assert reader.catchup.progress() == (0, 4), "what comes later is not waited for"
    reader.asks()
    reader.gets(ONE, 1, 3)
    assert reader.catchup.progress() == (3, 4)
    assert not reader.caught_up
    reader.gets(ONE, 4, 4)
    assert reader.caught_up


def test_a_vector_in_parts_is_waited_for() -> None:
    reader = Reader(ONE)
    entry = (ANN, Known(2, bytes(16)))
    reader.lengths[ANN] = 2
    assert not reader.catchup.claim(ONE, [entry], whole=True, last=False)
    assert not reader.caught_up
    assert reader.catchup.claim(ONE, [], whole=True, last=True)
    assert reader.caught_up


def test_news_before_the_vector_is_not_the_vector() -> None:
    reader = Reader(ONE)
    reader.claim(ONE, False)
    assert not reader.caught_up


def test_who_says_nothing_is_not_waited_for_without_end_and_counts_once_it_speaks() -> None:
    reader = Reader(ONE, TWO)
    reader.claim(TWO)
    reader.wait(STALLED_AFTER - 1)
    assert not reader.caught_up
    reader.wait(1)
    assert reader.caught_up
    reader.claim(ONE, ann=3)
    assert not reader.caught_up


def test_what_is_not_delivered_is_not_waited_for() -> None:
    reader = Reader(ONE)
    reader.claim(ONE, ann=5, ben=2)
    reader.asks()
    reader.gets(ONE, 1, 2, author=BEN)
    reader.wait(STALLED_AFTER)
    assert reader.caught_up


def test_what_only_somebody_had_who_is_gone_is_not_waited_for() -> None:
    reader = Reader(ONE, TWO)
    reader.claim(ONE, ann=5, ben=2)
    reader.claim(TWO, ben=2, cat=1)
    reader.asks()
    reader.catchup.link_down(ONE)
    assert reader.catchup.progress() == (0, 3)
    reader.gets(TWO, 1, 2, author=BEN)
    reader.gets(TWO, 1, 1, author=CAT)
    assert reader.caught_up


# Bulk


def test_a_long_catching_up_gets_each_op_about_once() -> None:
    """Four links that store chunks of other sizes; one of them goes in the middle."""
    links = [LinkId(n) for n in range(4)]
    reader, ops = Reader(*links), 40_000
    for link in links:
        reader.claim(link, ann=ops)
    queue: dict[LinkId, list[Range]] = {link: [] for link in links}
    for turn in range(4000):
        for link, ranges in reader.asks().items():
            queue[link] += ranges
        if turn == 40:
            reader.catchup.link_down(links[3])
            queue.pop(links[3])
        for link, ranges in queue.items():
            if ranges:
                size, wanted = 300 + 77 * int(link), ranges.pop(0)
                first = (wanted.first - 1) // size * size + 1
                reader.gets(link, first, min(first + size - 1, ops))
                if first + size <= wanted.last:
                    ranges.insert(0, wanted._replace(first=first + size))
        if reader.caught_up:
            break
    assert reader.lengths[ANN] == ops
    assert reader.received < 1.35 * ops


# Who claims what nobody has


def invent(reader: Reader, link: LinkId, count: int, *, start: int = 0) -> None:
    """A link claims an op each of so many authors that nobody has heard of."""
    reader.claim(link, **{f"{link}/{n}": 1 for n in range(start, start + count)})


def held(reader: Reader, link: LinkId) -> int:
    claims = reader.catchup._claims[link]
    assert len(claims.known) >= len(claims.unheard) >= len(claims.queue)
    return len(claims.unheard)


def test_a_link_claims_only_so_many_authors_of_whom_nothing_is_here() -> None:
    reader = Reader(ONE, TWO)
    for start in range(0, 3 * MAX_UNHEARD, 2048):
        invent(reader, ONE, 2048, start=start)
        reader.asks()
    assert held(reader, ONE) == MAX_UNHEARD
    reader.claim(TWO, ann=3)
    assert reader.asks() == {TWO: [Range(ANN, 1, 3)]}


def test_many_links_together_cannot_claim_more_than_a_few_each() -> None:
    links = [LinkId(n) for n in range(10)]
    reader = Reader(*links)
    for link in links:
        invent(reader, link, MAX_UNHEARD + 1)
    total = sum(held(reader, link) for link in links)
    assert ALL_UNHEARD <= total <= ALL_UNHEARD + len(links) * FEW_UNHEARD
    assert held(reader, links[-1]) == FEW_UNHEARD


def test_authors_that_are_here_can_be_claimed_however_many_they_are() -> None:
    reader = Reader(ONE)
    invent(reader, ONE, MAX_UNHEARD)
    reader.lengths[ANN] = 1
    reader.claim(ONE, ann=4)
    assert reader.catchup.known(ONE, ANN) == 4


def test_a_board_of_more_authors_than_that_comes_in_several_rounds() -> None:
    reader = Reader(ONE)
    count = MAX_UNHEARD + 100
    invent(reader, ONE, count)
    assert not reader.catchup._claims[ONE].whole
    while asked := reader.asks():
        for author, first, last in asked[ONE]:
            reader.gets(ONE, first, last, author=author)
    assert sum(reader.lengths.values()) == MAX_UNHEARD
    assert reader.catchup.again(reader.now) == []
    reader.now += AGAIN_AFTER
    assert reader.catchup.again(reader.now) == [ONE]
    assert reader.catchup.again(reader.now) == []
    invent(reader, ONE, count)
    assert sum(len(ranges) for ranges in reader.asks().values()) == 100
    assert reader.catchup._claims[ONE].whole


def test_who_claims_much_and_delivers_nothing_is_not_asked_for_again() -> None:
    reader = Reader(ONE)
    invent(reader, ONE, MAX_UNHEARD)
    reader.asks()
    reader.now += AGAIN_AFTER
    assert reader.catchup.again(reader.now) == []


def test_to_look_for_room_costs_little_however_much_is_lacking() -> None:
    """With one link that is full and claims much, another one that has room does not make all of it looked through."""
    reader = Reader(ONE, TWO)
    invent(reader, ONE, MAX_UNHEARD)
    reader.asks()
    looked: list[PeerId] = []

    def seq(author: PeerId) -> int:
        looked.append(author)
        return reader.lengths[author]

    reader.catchup._seq = seq
    reader.claim(TWO, ann=3)
    assert reader.asks() == {TWO: [Range(ANN, 1, 3)]}
    assert len(looked) <= 2 * TRIES


def test_a_link_that_stalled_is_asked_only_for_what_no_other_has() -> None:
    reader = Reader(ONE, TWO)
    reader.claim(ONE, ann=5)
    reader.asks()
    reader.wait(STALLED_AFTER)
    for link in (ONE, TWO):
        reader.claim(link, ben=5)
    reader.claim(ONE, cat=5)
    assert reader.asks() == {TWO: [Range(BEN, 1, 5)], ONE: [Range(CAT, 1, 5)]}
    reader.gets(ONE, 1, 5, author=CAT)
    reader.gets(TWO, 1, 5, author=BEN)
    reader.claim(ONE, ann=9, ben=9)
    assert list(reader.asks()) == [ONE], "it delivers again"


def test_a_link_that_stalls_is_told_of_once_and_soon_not_waited_for() -> None:
    reader = Reader(ONE)
    invent(reader, ONE, 5000)
    told: list[tuple[LinkId, PeerId]] = []
    waited = 0
    while not reader.caught_up:
        reader.asks()
        told += reader.wait(1)
        waited += 1
    assert len(told) == 1
    assert waited <= 2 * STALLED_AFTER + 1
