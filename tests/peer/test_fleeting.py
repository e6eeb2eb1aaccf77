"""Drafts and pointers that wait for a link: the newest counts, and there is never much of them."""

from dataclasses import replace

from p2psketch import ink
from p2psketch.ids import PeerId
from p2psketch.messages import ENDED, GOING, Draft, Presence
from peer.fleeting import MAX_BYTES, MAX_DRAFT, MESSAGE, Fleeting
from tests.core.authors import ANN, BEN, peer


def draft(start: int, *, number: int = 1, author: PeerId = ANN, points: int = 1) -> Draft:
    style = {"color": 1} if start == 0 else None
    return Draft(author, number, start, style, ink.encode([(1.0, 1.0)] * points), GOING)


def end(number: int = 1, author: PeerId = ANN) -> Draft:
    return Draft(author, number, 0, None, b"", ENDED)


def pointer(author: PeerId, x: float = 0.0) -> Presence:
    return Presence(author, (x, 0.0), None, "pen")


def taken(fleeting: Fleeting) -> list[Draft | Presence]:
    got: list[Draft | Presence] = []
    while (message := fleeting.next()) is not None:
        got.append(message)
    return got


def test_drafts_come_before_pointers_and_nothing_is_left() -> None:
    fleeting = Fleeting()
    assert not fleeting
    fleeting.add(pointer(BEN))
    fleeting.add(draft(0))
    fleeting.add(end())
    assert fleeting
    assert taken(fleeting) == [draft(0), end(), pointer(BEN)]
    assert not fleeting and fleeting.size == 0


def test_of_pointers_only_the_newest_waits() -> None:
    fleeting = Fleeting()
    for x in (1.0, 2.0):
        fleeting.add(pointer(ANN, x))
    assert taken(fleeting) == [pointer(ANN, 2.0)]


def test_a_draft_that_grows_too_large_is_dropped_and_its_end_is_not() -> None:
    fleeting = Fleeting()
    for start in range(0, 40_000, 8000):
        fleeting.add(draft(start, points=8000))
    fleeting.add(end())
    assert taken(fleeting) == [end()]
    assert fleeting.size <= MAX_DRAFT


def test_pointers_of_ever_new_authors_push_out_the_oldest() -> None:
    fleeting = Fleeting()
    count = 3 * MAX_BYTES // MESSAGE
    for n in range(count):
        fleeting.add(pointer(peer(str(n))))
        assert fleeting.size <= MAX_BYTES
    got = taken(fleeting)
    assert len(got) == MAX_BYTES // MESSAGE
    assert got[-1] == pointer(peer(str(count - 1)))


def test_drafts_of_ever_new_authors_push_out_the_oldest_and_do_not_come_back_in_part() -> None:
    fleeting = Fleeting()
    for n in range(50):
        fleeting.add(draft(0, author=peer(str(n)), points=8000))
        assert fleeting.size <= MAX_BYTES
    fleeting.add(draft(8000, author=peer("0")))
    authors = [message.author for message in taken(fleeting)]
    assert 5 < len(authors) < 50
    assert authors[-1] == peer("49") and peer("0") not in authors


def test_what_was_dropped_is_not_remembered_without_end() -> None:
    fleeting = Fleeting()
    parts = [draft(start, points=9000) for start in range(0, 45_000, 9000)]
    for n in range(2 * MAX_BYTES // MESSAGE):
        for part in parts:
            fleeting.add(replace(part, author=peer(str(n))))
    assert not fleeting, "each was too large"
    assert len(fleeting._dropped) * MESSAGE <= MAX_BYTES // 2
