"""The stroke under our own pen, as the disk has it: a fifth of a second behind at most, and gone with its op."""

import pytest

from p2psketch import effects as e
from p2psketch.errors import NotAnEditor
from p2psketch.ops import Edit, encode_body, read_op
from p2psketch.pen import KEEP_WITHIN, RECOVERED
from tests.core.authors import STROKE
from tests.core.sessions import VIEWERS, WALL, Desk, exchange, linked

STYLE = {"kind": "stroke", "color": 0x336699, "width": 4}


def draws(desk: Desk, points: int, every: float = 1 / 120) -> None:
    """The pen moves on, with time."""
    for number in range(points):
        desk.now += every
        desk.run(desk.session.extend_draft([(float(number), 1.0)], None, desk.now, WALL))
        desk.run(desk.session.tick(desk.now))


def begun() -> Desk:
    desk = Desk("ann")
    desk.run(desk.session.begin_draft(STYLE))
    return desk


def kept(desk: Desk) -> list[e.KeepDraft]:
    return desk.all_told(e.KeepDraft)


def points_in(keep: e.KeepDraft) -> int:
    op = read_op(keep.author, 1, 1, keep.wall, keep.body)
    return int(op.sets[0][1]["points"][1])


def test_while_nobody_draws_nothing_is_kept_and_nothing_is_due() -> None:
    desk = begun()
    assert desk.session._pen.due() is None
    desk.run(desk.session.tick(desk.now + 9))
    desk.run(desk.session.finish_draft(WALL))
    desk.draws()
    assert not kept(desk) and not desk.all_told(e.DropDraft)


def test_a_point_is_on_its_way_to_the_disk_within_a_fifth_of_a_second() -> None:
    desk = begun()
    desk.told.clear()
    behind = 0.0
    since: float | None = None
    for number in range(600):
        desk.now += 1 / 120
        since = desk.now if since is None else since
        desk.run(desk.session.extend_draft([(float(number), 1.0)], None, desk.now, WALL))
        if any(points_in(keep) == number + 1 for keep in kept(desk)):
            behind = max(behind, desk.now - since)
            since = None
        desk.forget()
    assert 0 < behind <= KEEP_WITHIN + 1 / 120
    assert KEEP_WITHIN + 0.05 <= 0.25


def test_a_pen_that_rests_has_all_of_its_stroke_on_disk() -> None:
    desk = begun()
    draws(desk, 7)
    due = desk.session._pen.due()
    assert due is not None
    desk.now = due
    while (due := desk.session._pen.due()) is not None:
        desk.now = max(desk.now, due)
        desk.run(desk.session.tick(desk.now))
    assert points_in(kept(desk)[-1]) == 7


def test_a_stroke_that_is_over_before_that_is_written_once() -> None:
    desk = begun()
    draws(desk, 5)
    desk.run(desk.session.finish_draft(WALL))
    assert not kept(desk) and not desk.all_told(e.DropDraft)


def test_what_is_kept_goes_with_the_op_it_becomes_and_not_before() -> None:
    desk = begun()
    draws(desk, 60)
    desk.forget()
    desk.run(desk.session.finish_draft(WALL))
    of_disk = [type(effect) for effect in desk.told if isinstance(effect, e.Persist | e.KeepDraft | e.DropDraft)]
    assert of_disk == [e.Persist, e.DropDraft]
    assert desk.session._pen.due() is None


def test_op_and_end_of_the_draft_leave_in_one_piece_even_if_they_wait_for_their_frame() -> None:
    desk = begun()
    draws(desk, 60)
    desk.session.commit(Edit(((0, STROKE),)), WALL)
    desk.session.seal(desk.now)
    assert not desk.session.seal(desk.now)
    ended = desk.session.finish_draft(WALL)
    assert not any(isinstance(effect, e.DropDraft) for effect in ended)
    due = desk.session.replica.sealing.due
    assert due is not None
    of_disk = [effect for effect in desk.session.seal(due) if isinstance(effect, e.Persist | e.DropDraft)]
    assert [type(effect) for effect in of_disk] == [e.Persist, e.DropDraft]


def test_what_is_not_wanted_is_dropped() -> None:
    desk = begun()
    draws(desk, 60)
    desk.run(desk.session.cancel_draft())
    assert [drop.author for drop in desk.all_told(e.DropDraft)] == [desk.me]


def test_a_full_stroke_leaves_the_disk_and_the_next_one_comes() -> None:
    desk = begun()
    draws(desk, 60)
    desk.run(desk.session.extend_draft([(float(x), 0.0) for x in range(10_000)], None, desk.now, WALL))
    draws(desk, 60)
    of_disk = [type(effect) for effect in desk.told if isinstance(effect, e.Persist | e.KeepDraft | e.DropDraft)]
    assert of_disk[of_disk.index(e.Persist) :][:3] == [e.Persist, e.DropDraft, e.KeepDraft]


def test_a_viewer_keeps_none() -> None:
    desk = Desk("ann", room=VIEWERS)
    with pytest.raises(NotAnEditor):
        desk.session.begin_draft(STYLE)
    assert not kept(desk)


# What a launch that died has left


def left_by(dead: Desk, points: int = 60) -> e.DraftStored:
    dead.run(dead.session.begin_draft(STYLE))
    draws(dead, points)
    keep = kept(dead)[-1]
    return e.DraftStored(keep.author, keep.wall, keep.body)


def opens(desk: Desk, *drafts: e.DraftStored) -> None:
    events: list[e.Event] = [*drafts, e.StoreRead(())]
    for event in events:
        desk.happens(event)
    desk.run(desk.session.seal(desk.now))


def test_it_becomes_a_stroke_of_the_next_launch_that_can_be_undone() -> None:
    draft = left_by(Desk("ann", key="before"))
    ann = Desk("ann", key="after")
    opens(ann, draft)
    assert len(ann.shapes()) == 1 and ann.shapes()[0].peer == ann.me
    assert [notice.text for notice in ann.all_told(e.Notice)] == [RECOVERED]
    of_disk = [effect for effect in ann.told if isinstance(effect, e.Persist | e.DropDraft)]
    assert [type(effect) for effect in of_disk] == [e.Persist, e.DropDraft]
    assert of_disk[1] == e.DropDraft(draft.author)
    ann.run(ann.session.undo(WALL))
    assert ann.shapes() == []
    ann.run(ann.session.undo(WALL, redo=True))
    assert len(ann.shapes()) == 1


def test_everybody_gets_it() -> None:
    draft = left_by(Desk("ann", key="before"))
    ann, ben = Desk("ann", key="after"), Desk("ben")
    linked(ann, ben)
    opens(ann, draft)
    exchange(ann, ben)
    assert ben.shapes() == ann.shapes() != []


def test_two_launches_that_died_leave_two() -> None:
    drafts = [left_by(Desk("ann", key=key)) for key in ("one", "two")]
    ann = Desk("ann", key="three")
    opens(ann, *drafts)
    assert len(ann.shapes()) == 2
    assert len(ann.all_told(e.Notice)) == 1


def test_a_viewer_leaves_it_to_whoever_may_draw() -> None:
    viewer = Desk("ann", room=VIEWERS)
    opens(viewer, left_by(Desk("ann", key="before")))
    assert not viewer.shapes() and not viewer.all_told(e.DropDraft) and not viewer.all_told(e.Notice)


@pytest.mark.parametrize(
    "body",
    [b"", b"\xc1", encode_body(Desk("ann").me, [(0, {"kind": "stroke", "width": -3})]), b"\x93\x90\x00\x80"],
    ids=["nothing", "not MessagePack", "a field that does not hold", "no fields"],
)
def test_what_is_no_stroke_is_dropped_and_logged(body: bytes) -> None:
    ann = Desk("ann", key="after")
    opens(ann, e.DraftStored(Desk("ben").me, WALL, body))
    assert not ann.shapes() and not ann.all_told(e.Notice)
    assert len(ann.all_told(e.DropDraft)) == len(ann.all_told(e.Logged)) == 1


def test_our_own_is_not_taken_for_one_of_the_dead() -> None:
    ann = Desk("ann")
    opens(ann, left_by(ann))
    assert not ann.shapes()
