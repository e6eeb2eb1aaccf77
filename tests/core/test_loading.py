"""A board file as it is read: what holds is shown, what does not is set aside once, and what lacks is asked of the
others.
"""

from p2psketch import effects as e
from p2psketch.oplog import Chunk
from tests.core.sessions import Desk, exchange, linked


def drawn(count: int = 10, key: str = "before") -> list[Chunk]:
    desk = Desk("ann", key=key)
    for _ in range(count):
        desk.draws()
    return desk.chunks


def reads(desk: Desk, *chunks: Chunk) -> None:
    """The file is told, and again as often as the session wants it; what it says of it is in `told`."""
    desk.chunks = list(chunks)
    for event in desk.board_file():
        desk.happens(event)
    exchange(desk)


def rereads(desk: Desk) -> list[bool]:
    return [effect.mend for effect in desk.all_told(e.Reread)]


def notices(desk: Desk) -> list[str]:
    return [notice.text for notice in desk.all_told(e.Notice)]


def test_a_file_that_holds_is_read_once() -> None:
    ann = Desk("ann", key="after")
    reads(ann, *drawn())
    assert len(ann.shapes()) == 10
    assert rereads(ann) == [] and notices(ann) == []


def test_a_row_that_does_not_hold_has_the_file_mended_and_read_anew_once() -> None:
    ann, chunks = Desk("ann", key="after"), drawn()
    chunks[4] = chunks[4]._replace(blob=b"?")
    reads(ann, *chunks)
    assert rereads(ann) == [True]
    assert len(ann.shapes()) == 9


def test_ops_of_somebody_who_may_not_edit_are_no_damage() -> None:
    ann, chunks = Desk("ann", key="after"), drawn()
    reads(ann, *(chunk._replace(proof=bytes(64)) for chunk in chunks))
    assert ann.shapes() == [] and rereads(ann) == []
    assert len(ann.all_told(e.Logged)) == 1


def test_what_lies_beyond_a_hole_is_shown_and_not_claimed() -> None:
    ann, chunks = Desk("ann", key="after"), drawn()
    author = chunks[0].author
    reads(ann, *chunks[:3], *chunks[5:])
    assert len(ann.shapes()) == 8
    assert ann.session.log.seq(author) == ann.session.holdings.seq(author) == 3
    assert notices(ann) == ["2 changes are lacking in the board file: to come back from whoever has them."]
    assert rereads(ann) == [True]


def test_an_edit_after_it_beats_what_lies_beyond_a_hole() -> None:
    ann, chunks = Desk("ann", key="after"), drawn()
    reads(ann, *chunks[:3], *chunks[5:])
    shape = ann.shapes()[-1]
    ann.sets(shape, color=0x123456)
    assert ann.session.document.register(shape, "color")[0] == 0x123456


def test_a_hole_is_filled_by_whoever_has_what_lacks() -> None:
    ann, ben, chunks = Desk("ann", key="after"), Desk("ben"), drawn()
    reads(ben, *chunks)
    reads(ann, *chunks[:3], *chunks[5:])
    linked(ann, ben)
    assert ann.session.document.digest() == ben.session.document.digest()
    assert ann.session.log.seq(chunks[0].author) == 10
    again = Desk("ann", key="later")
    reads(again, *sorted(ann.chunks, key=lambda chunk: (chunk.author, chunk.first, chunk.length)))
    assert again.session.document.digest() == ben.session.document.digest()
    assert rereads(again) == []
    doubles = [(effect.first, effect.length) for effect in again.all_told(e.Forget)]
    assert all(first > 3 for first, _ in doubles)


def test_a_row_whose_ops_are_all_in_others_is_forgotten() -> None:
    ann, chunks = Desk("ann", key="after"), drawn()
    double = chunks[2]
    reads(ann, *chunks, double)
    assert ann.all_told(e.Forget) == [e.Forget(double.author, 3, 1)]


def test_nothing_is_forgotten_of_a_file_that_is_damaged() -> None:
    ann, chunks = Desk("ann", key="after"), drawn()
    reads(ann, *chunks[:5], chunks[5]._replace(signature=bytes(64)), chunks[2])
    assert ann.all_told(e.Forget) == []


def test_what_of_ours_the_disk_has_lost_is_stored_again() -> None:
    """Our log must not go back: what came next in it would be a fork."""
    ann = Desk("ann")
    for _ in range(5):
        ann.draws()
    lost = ann.chunks[2]
    ann.chunks = [chunk for chunk in ann.chunks if chunk != lost]
    ann.forget()
    ann.happens(e.StoreReset())
    for event in ann.board_file():
        ann.happens(event)
    exchange(ann)
    assert ann.session.log.seq(ann.me) == len(ann.shapes()) == 5
    assert lost.first in [chunk.first for chunk in ann.chunks]
    ann.draws()
    ben = Desk("ben")
    linked(ann, ben)
    assert len(ben.shapes()) == 6
    assert not ben.all_told(e.Notice)


# What becomes of the file


def test_a_file_that_fails_and_comes_back() -> None:
    ann, ben = Desk("ann"), Desk("ben")
    linked(ann, ben)
    ann.happens(e.StoreFailed("The disk is full."))
    assert not ann.session.saved and not ann.session.mesh.keeps
    ann.happens(e.StoreBack("The board is saved again."))
    assert ann.session.saved and ann.session.mesh.keeps
    assert notices(ann) == ["The disk is full.", "The board is saved again."]


def test_a_file_that_another_program_writes_is_reached_over_a_link() -> None:
    ann, ben = Desk("ann"), Desk("ben")
    ann.happens(e.StoreShared(ben.address, "It is open elsewhere."))
    assert not ann.session.saved
    assert [dial.address for dial in ann.all_told(e.Dial)] == [ben.address]
