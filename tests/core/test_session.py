"""One session and those it talks to: what goes to the disk, to the others and to the view, and when."""

import pytest

from p2psketch import effects as e
from p2psketch import messages as m
from p2psketch.address import Address
from p2psketch.catchup import STALLED_AFTER
from p2psketch.errors import BodyError
from p2psketch.ids import person_id
from p2psketch.ink import MAX_POINTS
from p2psketch.logs import ANSWER_EVERY, HASH_EVERY
from p2psketch.messages import GOING, Person
from p2psketch.naming import board_name
from p2psketch.oplog import Chunk, Known
from p2psketch.ops import MAX_BODY, Edit
from p2psketch.sealing import FRAME
from p2psketch.shapes import PERSON
from tests.core.authors import STROKE
from tests.core.sessions import ROOM, WALL, Desk, connect, exchange, linked, pass_time

STYLE = {name: value for name, value in STROKE.items() if name != "points"}


@pytest.fixture
def ann() -> Desk:
    return Desk("ann")


@pytest.fixture
def ben() -> Desk:
    return Desk("ben")


def boards(*desks: Desk) -> set[bytes]:
    return {desk.session.document.digest() for desk in desks}


def draws_on(desk: Desk) -> None:
    """The pen touches the board and moves."""
    desk.session.begin_draft(STYLE)
    desk.run(desk.session.extend_draft([(1.0, 2.0), (3.0, 4.0)], None, desk.now, WALL))


# An edit of our own


def test_an_op_is_shown_then_stored_then_sent(ann: Desk, ben: Desk) -> None:
    linked(ann, ben)
    ann.forget()
    shape = ann.draws()
    assert [type(effect) for effect in ann.told] == [e.Changed, e.Persist, e.Serve]
    (changed,) = ann.all_told(e.Changed)
    assert shape in changed.shapes


def test_who_commits_nothing_leaves_no_trace_and_the_first_op_says_who_we_are(ann: Desk) -> None:
    assert ann.session.undo(WALL) == []
    assert ann.session.clear(WALL) == []
    assert ann.chunks == []
    ann.draws()
    who = ann.session.document.get(person_id(ann.me))
    assert who is not None
    assert (who.values["kind"], who.values["name"]) == (PERSON, "ann")
    assert ann.session.log.seq(ann.me) == 1


def test_an_edit_that_does_not_hold_changes_nothing(ann: Desk) -> None:
    """Also if it is so large that it becomes several ops, and only the last of them is wrong."""
    good = {**STROKE, "note": "x" * (MAX_BODY // 2)}
    before = ann.session.document.digest()
    with pytest.raises(BodyError):
        ann.session.commit(Edit(((0, good), (1, good), (2, good), (3, {**STROKE, "width": -1}))), WALL)
    assert ann.session.document.digest() == before
    assert ann.session.log.seq(ann.me) == 0
    assert not ann.session.replica.undo_history.can_undo


def test_a_large_gesture_is_several_ops_and_one_step(ann: Desk) -> None:
    large = {**STROKE, "note": "x" * (MAX_BODY // 2)}
    ann.run(ann.session.commit(Edit(tuple((n, large) for n in range(4))), WALL))
    assert len(ann.shapes()) == 4
    assert ann.session.log.seq(ann.me) > 1
    ann.run(ann.session.undo(WALL))
    assert ann.shapes() == []
    ann.run(ann.session.undo(WALL, redo=True))
    assert len(ann.shapes()) == 4


def test_every_gesture_that_cuts_has_a_field_of_its_own(ann: Desk, ben: Desk) -> None:
    linked(ann, ben)
    shape = ben.draws()
    exchange(ann, ben)
    ann.sets(shape, cut=[0, 5])  # its first op says who it is, too
    ann.sets(shape, cut=[9, 12])
    ben.sets(shape, cut=[7, 9])
    exchange(ann, ben)
    for desk in (ann, ben):
        stroke = desk.session.document.get(shape)
        assert stroke is not None and stroke.cut == (0, 5, 7, 12)
        assert "cut" not in stroke.values
    ann.run(ann.session.undo(WALL))
    exchange(ann, ben)
    for desk in (ann, ben):
        stroke = desk.session.document.get(shape)
        assert stroke is not None and stroke.cut == (0, 5, 7, 9)


def test_a_swipe_over_many_strokes_is_one_step_however_many_ops(ann: Desk) -> None:
    ann.run(ann.session.commit(Edit(tuple((n, STROKE) for n in range(8000))), WALL))
    before = ann.session.log.seq(ann.me)
    ann.run(ann.session.commit(Edit(tuple((id, {"cut": [0, 65536]}) for id in ann.shapes())), WALL))
    assert ann.session.log.seq(ann.me) > before + 1
    assert ann.shapes() == []
    ann.run(ann.session.undo(WALL))
    assert len(ann.shapes()) == 8000


def test_a_cut_that_does_not_hold_is_not_committed(ann: Desk) -> None:
    shape = ann.draws()
    with pytest.raises(BodyError):
        ann.sets(shape, cut=[5, 0])
    assert ann.shapes() == [shape]


def test_clearing_is_one_step(ann: Desk) -> None:
    for _ in range(3):
        ann.draws()
    ann.run(ann.session.clear(WALL))
    assert ann.shapes() == []
    ann.run(ann.session.undo(WALL))
    assert len(ann.shapes()) == 3


def test_a_new_name_becomes_history_once_there_is_any_and_is_not_undone(ann: Desk) -> None:
    ann.run(ann.session.rename(Person("Anna", 5), WALL))
    assert ann.chunks == []
    ann.draws()
    ann.run(ann.session.rename(Person("Annie", 6), WALL))
    ann.run(ann.session.undo(WALL))
    who = ann.session.document.get(person_id(ann.me))
    assert who is not None and (who.values["name"], who.values["color"]) == ("Annie", 6)
    assert ann.shapes() == []


def test_a_board_is_named_for_everybody_and_that_is_not_undone(ann: Desk, ben: Desk) -> None:
    linked(ann, ben)
    ann.run(ann.session.name_board("Plan", WALL))
    ann.draws()
    ann.run(ann.session.undo(WALL))
    exchange(ann, ben)
    assert (board_name(ann.session.document), board_name(ben.session.document)) == ("Plan", "Plan")
    assert ann.shapes() == []
    ben.run(ben.session.name_board("Roof", WALL))
    exchange(ann, ben)
    assert (board_name(ann.session.document), board_name(ben.session.document)) == ("Roof", "Roof")


# Edits of others


def test_what_one_draws_all_have(ann: Desk, ben: Desk) -> None:
    linked(ann, ben)
    shape = ann.draws()
    exchange(ann, ben)
    assert ben.shapes() == [shape]
    assert len(boards(ann, ben)) == 1


def test_who_joins_gets_all_there_is(ann: Desk, ben: Desk) -> None:
    for _ in range(5):
        ann.draws()
    ann.sync()
    connect(ben, ann)
    exchange(ann, ben)
    assert len(ben.shapes()) == 5
    assert ben.session.caught_up()


def test_the_later_edit_wins_whoever_has_drawn_more(ann: Desk, ben: Desk) -> None:
    linked(ann, ben)
    shape = [ann.draws() for _ in range(50)][-1]
    exchange(ann, ben)
    ben.sets(shape, color=1)
    exchange(ann, ben)
    assert ann.session.document.register(shape, "color")[0] == 1
    ann.sets(shape, color=2)
    exchange(ann, ben)
    assert ben.session.document.register(shape, "color")[0] == 2


def test_undo_is_of_ones_own_and_tells_what_it_leaves(ann: Desk, ben: Desk) -> None:
    linked(ann, ben)
    shape = ann.draws()
    ann.sets(shape, color=1, width=9)
    exchange(ann, ben)
    ben.sets(shape, color=2)
    exchange(ann, ben)
    ann.forget()
    ann.run(ann.session.undo(WALL))
    exchange(ann, ben)
    assert ben.session.document.register(shape, "color")[0] == 2
    assert ben.session.document.register(shape, "width")[0] == STROKE["width"]
    assert len(ann.all_told(e.Notice)) == 1


def test_ops_over_a_hole_wait_and_the_hole_is_asked_for_at_once(ann: Desk, ben: Desk) -> None:
    linked(ann, ben)
    link = ann.link_to(ben)
    way = ann.links.pop(link)
    ann.draws()
    ann.draws()
    ann.links[link] = way
    last = ann.draws()
    ben.forget()
    waiting, ben.waiting = ben.waiting, []
    for end, message in waiting:
        ben.happens(e.Received(end, message))
    assert ben.shapes() == []
    wants = [send.message for send in ben.all_told(e.Send) if isinstance(send.message, m.Want)]
    assert wants == [m.Want((m.Range(ann.me, 1, 2),))]
    exchange(ann, ben)
    assert len(ben.shapes()) == 3 and last in ben.shapes()


def test_a_chunk_that_does_not_continue_its_log_closes_the_link_and_nothing_else(ann: Desk, ben: Desk) -> None:
    linked(ann, ben)
    link = ben.link_to(ann)
    ben.forget()
    ben.happens(e.Received(link, m.Ops(Chunk(ann.me, 1, bytes(32), 1, b"\x93\x01\x00\xc4\x00"))))
    assert [drop.bye.reason for drop in ben.all_told(e.Drop)] == [m.PROTOCOL]
    assert ben.session.log.seq(ann.me) == 0
    assert len(ben.all_told(e.Logged)) == 1


def test_a_void_op_is_kept_and_costs_its_author_the_link_but_a_relay_nothing(ann: Desk, ben: Desk) -> None:
    cat = Desk("cat")
    linked(ann, ben)
    linked(ben, cat)
    chunk = ann.session.log.append(ann.me, 1, 0, b"\xc0")
    signature = ann.identity.sign_ops(ROOM.room_id, 1, ann.session.log.tip(ann.me).head)
    chunk = chunk._replace(signature=signature, proof=ann.session.editors.proof(ann.me))
    ben.forget()
    cat.forget()
    ben.happens(e.Received(ben.link_to(ann), m.Ops(chunk)))
    assert [drop.bye.reason for drop in ben.all_told(e.Drop)] == [m.PROTOCOL]
    exchange(ann, ben, cat)
    assert cat.session.log.seq(ann.me) == 1
    assert cat.all_told(e.Drop) == []
    assert len(boards(ben, cat)) == 1


def test_many_void_ops_are_one_line_of_the_log(ann: Desk, ben: Desk) -> None:
    linked(ann, ben)
    first = ann.session.log.append(ann.me, 1, 0, b"\xc0")
    rest = [ann.session.log.append(ann.me, time, 0, b"\xc0") for time in range(2, 1001)]
    blob = b"".join(chunk.blob for chunk in (first, *rest))
    ben.forget()
    signature = ann.identity.sign_ops(ROOM.room_id, 1000, ann.session.log.tip(ann.me).head)
    ben.happens(e.Received(ben.link_to(ann), m.Ops(first._replace(length=1000, blob=blob, signature=signature))))
    [line] = ben.all_told(e.Logged)
    assert line.text.startswith("op 1 of ") and line.text.endswith("and 999 more")
    assert len(ben.all_told(e.Drop)) == 1


# What is claimed


def test_only_what_is_on_disk_is_claimed(ann: Desk, ben: Desk) -> None:
    linked(ann, ben)
    ann.draws()
    waiting, ben.waiting = ben.waiting, []
    for link, message in waiting:
        ben.happens(e.Received(link, message))
    ben.wait(1)
    assert ann.waiting == []
    assert ann.session.delivered() == (0, 1)
    ben.sync()
    pass_time(1, ann, ben)
    assert ann.session.delivered() == (1, 1)


def test_a_visitor_offers_what_it_has_and_acknowledges_nothing(ann: Desk) -> None:
    """It may be the only one who got the last strokes of somebody whose machine died."""
    visitor, cat = Desk("visitor", keeps=False), Desk("cat")
    linked(ann, visitor)
    shape = ann.draws()
    exchange(ann, visitor)
    pass_time(1, ann, visitor)
    assert ann.session.delivered() == (0, 0)
    ann.close(ann.link_to(visitor))
    linked(visitor, cat)
    assert cat.shapes() == [shape]


def test_who_cannot_write_any_more_says_so_and_still_offers_what_it_has(ann: Desk, ben: Desk) -> None:
    linked(ann, ben)
    ann.forget()
    ann.happens(e.StoreFailed("The disk is full."))
    assert not ann.session.saved
    assert [drop.bye.reason for drop in ann.all_told(e.Drop)] == [m.AGAIN]
    assert len(ann.all_told(e.Notice)) == 1
    shape = ann.draws()
    linked(ann, ben)
    assert ben.shapes() == [shape]
    ben.draws()
    exchange(ann, ben)
    pass_time(1, ann, ben)
    assert ben.session.delivered() == (0, 0), "nobody is there who keeps it"


def test_different_hashes_make_both_send_all_they_have(ann: Desk, ben: Desk) -> None:
    linked(ann, ben)
    ann.draws()
    ann.sync()
    ann.wait(1)
    ben.waiting = []
    assert ben.shapes() == []
    pass_time(HASH_EVERY + 1, ann, ben)
    assert len(ben.shapes()) == 1


def test_a_hash_that_differs_makes_us_send_all_we_have_only_so_often(ann: Desk, ben: Desk) -> None:
    linked(ann, ben)
    ann.draws()
    ann.sync()
    pass_time(1, ann, ben)
    vectors = 0
    for _ in range(20):
        ann.forget()
        ann.wait(0.5)
        for _ in range(50):
            ann.happens(e.Received(ann.link_to(ben), m.HaveHash(bytes(32))))
        vectors += sum(isinstance(send.message, m.Have) and send.message.whole for send in ann.all_told(e.Send))
    assert vectors == round(20 * 0.5 / ANSWER_EVERY)


def test_a_vector_that_contradicts_ours_everywhere_costs_a_question_an_author(ann: Desk, ben: Desk) -> None:
    linked(ann, ben)
    for desk in (ann, ben):
        desk.draws()
    exchange(ann, ben)
    ann.forget()
    entries = tuple((desk.me, Known(ann.session.log.seq(desk.me), bytes(16))) for desk in (ann, ben))
    for _ in range(3):
        ann.happens(e.Received(ann.link_to(ben), m.Have(entries, True, True, bytes(16), 0)))
    assert len([sent for sent in ann.all_told(e.Send) if isinstance(sent.message, m.Want)]) == 2
    assert not ann.all_told(e.Logged)


def test_a_claim_that_is_not_delivered_is_logged_and_not_waited_for(ann: Desk, ben: Desk) -> None:
    ann.draws()
    ann.sync()
    ann.chunks.clear()
    connect(ann, ben)
    exchange(ann, ben)
    assert not ben.session.caught_up()
    pass_time(STALLED_AFTER + 1, ann, ben)
    assert ben.session.caught_up()
    assert "does not deliver" in ben.all_told(e.Logged)[0].text


def test_a_board_is_there_again_from_its_disk(ann: Desk) -> None:
    for _ in range(3):
        ann.draws()
    ann.run(ann.session.undo(WALL))
    again = Desk("ann again")
    for chunk in ann.chunks:
        again.happens(e.Stored(chunk))
    again.happens(e.StoreRead(()))
    assert len(boards(ann, again)) == 1
    assert again.chunks == [], "it is on disk already"
    newest = again.session.document.get(again.draws())
    assert newest is not None
    assert newest.stamp.time > max(tip.time for _, tip in ann.session.log.tips())


def test_a_damaged_disk_ends_in_a_line_of_the_log(ann: Desk) -> None:
    ann.happens(e.Stored(Chunk(ann.me, 1, bytes(32), 1, b"?")))
    assert "board file" in ann.all_told(e.Logged)[0].text


# Drafts and pointers


def test_a_draft_is_seen_while_it_grows_and_its_stroke_comes_before_its_end(ann: Desk, ben: Desk) -> None:
    linked(ann, ben)
    draws_on(ann)
    exchange(ann, ben)
    ((key, sketch),) = ben.session.presences.sketches.items()
    assert key[0] == ann.me and sketch.points.tolist() == [[1, 2], [3, 4]]
    ann.forget()
    ann.run(ann.session.finish_draft(WALL))
    kinds = [type(effect) for effect in ann.told]
    assert kinds.index(e.Serve) < kinds.index(e.Send)
    exchange(ann, ben)
    assert ben.session.presences.sketches == {}
    assert len(ben.shapes()) == 1


def test_a_cancelled_draft_vanishes(ann: Desk, ben: Desk) -> None:
    linked(ann, ben)
    draws_on(ann)
    exchange(ann, ben)
    ann.run(ann.session.cancel_draft())
    exchange(ann, ben)
    assert ben.session.presences.sketches == {}
    assert ben.shapes() == []


def test_where_nothing_is_being_drawn_nothing_ends(ann: Desk, ben: Desk) -> None:
    linked(ann, ben)
    assert ann.session.finish_draft(WALL) == []
    assert ann.session.cancel_draft() == []


def test_a_pen_that_only_touched_the_board_has_drawn_nothing(ann: Desk, ben: Desk) -> None:
    linked(ann, ben)
    ann.session.begin_draft(STYLE)
    ann.run(ann.session.finish_draft(WALL))
    assert ann.shapes() == []


def test_a_stroke_without_end_becomes_several(ann: Desk) -> None:
    ann.session.begin_draft(STYLE)
    line = [(float(n % 1000), 0.0) for n in range(MAX_POINTS * 2 + 10)]
    ann.run(ann.session.extend_draft(line, None, ann.now, WALL))
    ann.run(ann.session.finish_draft(WALL))
    assert len(ann.shapes()) == 3


def test_who_comes_in_the_middle_of_a_stroke_sees_it(ann: Desk, ben: Desk) -> None:
    draws_on(ann)
    ann.run(ann.session.point((1.0, 2.0), None, "pen", ann.now))
    linked(ann, ben)
    assert len(ben.session.presences.sketches) == 1
    assert ann.me in ben.session.presences.pointers


def test_of_who_is_gone_nothing_is_shown_any_more(ann: Desk, ben: Desk) -> None:
    linked(ann, ben)
    draws_on(ann)
    ann.run(ann.session.point((1.0, 2.0), None, "pen", ann.now))
    exchange(ann, ben)
    ben.forget()
    ben.close(ben.link_to(ann))
    assert ben.session.presences.sketches == {}
    assert ben.session.presences.pointers == {}
    assert frozenset({ann.me}) in [pointed.peers for pointed in ben.all_told(e.Pointed)]


def test_ones_own_draft_that_comes_back_is_not_shown(ann: Desk, ben: Desk) -> None:
    linked(ann, ben)
    echo = m.Draft(ann.me, 1, 0, STYLE, STROKE["points"], GOING)
    ann.happens(e.Received(ann.link_to(ben), echo))
    assert ann.session.presences.sketches == {}


# Time


def test_there_is_always_a_deadline_within_a_second(ann: Desk, ben: Desk) -> None:
    linked(ann, ben)
    for _ in range(20):
        ann.wait(1)
        assert ann.session.deadline() <= ann.now + 1


def test_a_quiet_board_is_quiet(ann: Desk, ben: Desk) -> None:
    linked(ann, ben)
    ann.draws()
    exchange(ann, ben)
    pass_time(HASH_EVERY + 2, ann, ben)
    ann.forget()
    pass_time(HASH_EVERY, ann, ben)
    assert [type(send.message) for send in ann.all_told(e.Send)] == [m.HaveHash]


def test_an_address_from_a_person_is_dialled_at_once(ann: Desk) -> None:
    address = Address("desk.example.org", 27700)
    assert ann.session.dial(address, ann.now) == [e.Dial(address)]


def test_leaving_says_goodbye(ann: Desk, ben: Desk) -> None:
    linked(ann, ben)
    (drop,) = ann.session.leave()
    assert isinstance(drop, e.Drop) and drop.bye.reason == m.LEAVING


def test_what_is_drawn_faster_than_frames_leaves_together_and_its_draft_ends_after_it(ann: Desk, ben: Desk) -> None:
    linked(ann, ben)
    ann.draws()
    ann.forget()
    for _ in range(3):
        ann.session.begin_draft(STROKE)
        ann.told += ann.session.extend_draft([(1.0, 2.0)], None, ann.now, WALL)
        ann.told += ann.session.finish_draft(WALL)
    assert ann.session.document.visible_count == 4, "one sees at once what one draws"
    assert not ann.all_told(e.Persist)
    assert not [sent for sent in ann.all_told(e.Send) if isinstance(sent.message, m.Draft) and sent.message.state]
    ann.wait(FRAME)
    (persist,) = ann.all_told(e.Persist)
    assert persist.chunk.length == 3
    order = [type(effect) for effect in ann.told if isinstance(effect, e.Serve | e.Send)]
    assert order.index(e.Serve) < len(order) - order[::-1].index(e.Send) - 1
    exchange(ann, ben)
    assert ben.session.document.visible_count == 4


def test_who_leaves_sends_what_waits(ann: Desk, ben: Desk) -> None:
    linked(ann, ben)
    ann.draws()
    ann.session.commit(Edit(((0, STROKE),)), WALL)
    ann.run(ann.session.leave())
    assert ann.chunks[-1].last == ann.session.log.seq(ann.me)
