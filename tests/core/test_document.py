"""One board, whatever way its ops came."""

from collections.abc import Callable, Sequence
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p2psketch import cuts
from p2psketch.document import Document, Shape, apply_all
from p2psketch.ids import BOARD_ID, OpId, PeerId, ShapeId, Stamp, person_id
from p2psketch.ops import Op
from p2psketch.shapes import DEFAULT_COLOR, DEFAULT_WIDTH, Stroke
from tests.core.authors import ANN, BEN, CAT, INK, PERSON, STROKE, Author, shape_of


def board(*ops: Op) -> Document:
    document = Document()
    apply_all(document, ops)
    return document


def shape_on(document: Document, id: ShapeId) -> Shape:
    shape = document.get(id)
    assert shape is not None
    return shape


def everything(document: Document) -> dict[tuple[ShapeId, str], tuple[Any, Stamp]]:
    """Every register of every shape."""
    return {
        (id, field): (value, shape.stamp_of(field))
        for id, shape in document._shapes.items()
        for field, value in shape.values.items()
    }


def same_in_every_order(*ops: Op) -> Document:
    """The one board that all orders of these ops give, each op also given twice."""
    boards = [board(*order, *order[::-1]) for order in permutations(ops)]
    (first, *others) = boards
    for other in others:
        assert everything(other) == everything(first)
        assert other.digest() == first.digest()
        assert other.visible_count == first.visible_count == len(list(first.visible()))
        assert [shape.id for shape in other.painted()] == [shape.id for shape in first.painted()]
        assert [shape.z for shape in other.painted()] == [shape.z for shape in first.painted()]
    return first


# One author


def test_a_stroke_is_on_the_board() -> None:
    op = Author(ANN).draws()
    document = board(op)
    shape = shape_on(document, shape_of(op))
    assert list(document.visible()) == [shape]
    assert (document.visible_count, len(document)) == (1, 1)
    assert (shape.color, shape.width, shape.values["points"]) == (0x336699, 4, INK)


def test_what_is_not_set_has_a_default() -> None:
    op = Author(ANN).op((0, {"kind": "stroke", "points": INK}))
    shape = shape_on(board(op), shape_of(op))
    assert (shape.color, shape.width) == (DEFAULT_COLOR, DEFAULT_WIDTH)


def test_black_is_a_colour() -> None:
    op = Author(ANN).draws(color=0)
    assert shape_on(board(op), shape_of(op)).color == 0


def test_a_shape_is_deleted_and_comes_back() -> None:
    ann, document = Author(ANN), Document()
    op = ann.draws()
    for deleted, count in [(None, 1), (True, 0), (True, 0), (False, 1), (True, 0), (None, 1)]:
        apply_all(document, [op, ann.sets(shape_of(op), deleted=deleted)])
        assert document.visible_count == len(list(document.visible())) == count


def test_an_op_may_create_a_deleted_shape() -> None:
    assert same_in_every_order(Author(ANN).draws(deleted=True)).visible_count == 0


def test_a_later_edit_wins_over_an_earlier_one_in_every_order() -> None:
    ann = Author(ANN)
    drawn = ann.draws()
    red, blue = (ann.sets(shape_of(drawn), color=color) for color in (0xFF0000, 0x0000FF))
    document = same_in_every_order(drawn, red, blue)
    assert shape_on(document, shape_of(drawn)).color == 0x0000FF


def test_fields_are_registers_of_their_own() -> None:
    ann = Author(ANN)
    drawn = ann.draws()
    wide, moved = ann.sets(shape_of(drawn), width=9), ann.sets(shape_of(drawn), placement=[1, 0, 0, 1, 5, 5])
    shape = shape_on(same_in_every_order(drawn, wide, moved), shape_of(drawn))
    assert (shape.width, shape.values["placement"], shape.color) == (9, [1, 0, 0, 1, 5, 5], 0x336699)


# Several authors


@pytest.mark.parametrize(("first", "second"), [(ANN, BEN), (BEN, ANN)])
def test_an_edit_made_after_seeing_another_wins_over_it(first: PeerId, second: PeerId) -> None:
    one, other = Author(first), Author(second)
    drawn = one.draws()
    theirs = one.sets(shape_of(drawn), color=1)
    other.saw(drawn, theirs)
    mine = other.sets(shape_of(drawn), color=2)
    assert shape_on(same_in_every_order(drawn, theirs, mine), shape_of(drawn)).color == 2


def test_of_two_edits_at_one_time_the_higher_author_wins() -> None:
    ann, ben = Author(ANN), Author(BEN)
    drawn = ann.draws()
    ben.saw(drawn)
    edits = [who.sets(shape_of(drawn), color=color) for who, color in ((ann, 1), (ben, 2))]
    assert edits[0].stamp.time == edits[1].stamp.time
    assert ANN < BEN
    assert shape_on(same_in_every_order(drawn, *edits), shape_of(drawn)).color == 2


def test_an_edit_that_arrives_before_its_shape_waits_for_it() -> None:
    ann, ben = Author(ANN), Author(BEN)
    drawn = ann.draws()
    ben.saw(drawn)
    recoloured = ben.sets(shape_of(drawn), color=2)
    document = board(recoloured)
    assert (document.visible_count, len(document), list(document.visible())) == (0, 1, [])
    document.apply(drawn)
    assert (document.visible_count, shape_on(document, shape_of(drawn)).color) == (1, 2)
    same_in_every_order(drawn, recoloured)


def test_a_shape_may_arrive_deleted() -> None:
    ann, ben = Author(ANN), Author(BEN)
    drawn = ann.draws()
    ben.saw(drawn)
    erased = ben.sets(shape_of(drawn), deleted=True)
    restored = ben.sets(shape_of(drawn), deleted=None)
    assert same_in_every_order(drawn, erased).visible_count == 0
    assert same_in_every_order(drawn, erased, restored).visible_count == 1


def test_whoever_foresees_a_shape_does_not_win_over_its_birth() -> None:
    """Somebody malicious can name a shape before it exists; its author has not seen that, and is later."""
    ann, ben = Author(ANN), Author(BEN)
    for _ in range(5):
        ann.clock.tick()
    early = ben.op((ShapeId(ANN, 1, 0), {"color": 2, "width": 9, "later": "x"}))
    drawn = ann.draws()
    shape = shape_on(same_in_every_order(early, drawn), shape_of(drawn))
    assert (shape.color, shape.width, shape.values["later"]) == (0x336699, 4, "x")
    assert shape.stamp_of("later") == early.stamp


def test_kind_and_points_count_only_from_the_op_that_creates() -> None:
    ann, ben = Author(ANN), Author(BEN)
    drawn = ann.draws()
    forged = {"kind": "text", "points": INK[:2] + b"\2\2\2\2", "color": 5}
    ben.saw(drawn)
    by_another = ben.op((shape_of(drawn), forged))
    ann.saw(by_another)
    by_oneself = ann.op((shape_of(drawn), {**forged, "color": 6}))
    shape = shape_on(same_in_every_order(drawn, by_another, by_oneself), shape_of(drawn))
    assert (shape.values["kind"], shape.values["points"], shape.color) == ("stroke", INK, 6)


def test_nobody_gives_birth_to_anothers_shape() -> None:
    forged = Author(BEN).op((ShapeId(ANN, 1, 0), STROKE))
    document = same_in_every_order(forged)
    assert document.visible_count == 0
    assert "kind" not in shape_on(document, ShapeId(ANN, 1, 0)).values


# Cuts

TWO = cuts.UNIT // 2
"""Half a step."""


def test_a_cut_takes_a_part_out_of_a_stroke() -> None:
    ann = Author(ANN)
    drawn = ann.draws()
    document = board(drawn)
    shape = shape_on(document, shape_of(drawn))
    assert shape.pieces is None
    document.apply(ann.sets(shape.id, **{"cut/a": [TWO // 2, TWO]}))
    assert shape.pieces == [(0, 0.25), (0.5, 1)]
    document.apply(ann.sets(shape.id, **{"cut/a": None}))
    assert shape.pieces is None
    assert document.visible_count == 1


def test_cuts_of_several_people_add_up_in_every_order() -> None:
    ann, ben, cat = Author(ANN), Author(BEN), Author(CAT)
    drawn = ann.draws()
    ben.saw(drawn)
    cat.saw(drawn)
    id = shape_of(drawn)
    cut, other = ben.sets(id, **{"cut/ben": [0, TWO]}), cat.sets(id, **{"cut/cat": [TWO // 2, TWO + 5]})
    document = same_in_every_order(drawn, cut, other, ben.sets(id, placement=[1, 0, 0, 1, 7, 7]))
    assert shape_on(document, id).pieces == [((TWO + 5) / cuts.UNIT, 1)]
    assert shape_on(document, id).values["placement"] == [1, 0, 0, 1, 7, 7]


def test_what_is_wholly_cut_is_not_there_whoever_cut_what() -> None:
    ann, ben = Author(ANN), Author(BEN)
    drawn = ann.draws()
    ben.saw(drawn)
    id = shape_of(drawn)
    half, rest = ann.sets(id, **{"cut/ann": [0, TWO]}), ben.sets(id, **{"cut/ben": [TWO, cuts.FARTHEST]})
    gone = same_in_every_order(drawn, half, rest)
    assert gone.visible_count == 0
    back = same_in_every_order(drawn, half, rest, ann.sets(id, **{"cut/ann": None}))
    assert shape_on(back, id).pieces == [(0, 0.5)]
    assert same_in_every_order(drawn, half, rest, ann.sets(id, deleted=True)).visible_count == 0


def test_a_stroke_may_be_born_cut() -> None:
    ann = Author(ANN)
    drawn = ann.draws(**{"cut/a": [0, TWO], "cut/b": None})
    document = same_in_every_order(drawn, ann.sets(shape_of(drawn), **{"cut/b": [TWO, TWO + 5]}))
    assert shape_on(document, shape_of(drawn)).pieces == [((TWO + 5) / cuts.UNIT, 1)]
    assert board(ann.draws(**{"cut/a": [0, cuts.UNIT]})).visible_count == 0


def test_a_void_op_changes_nothing() -> None:
    document = board(Author(ANN).draws())
    before = document.digest()
    document.apply(Op(OpId(BEN, 1), Stamp(9, BEN), 0, (), "an op's body does not hold"))
    assert (document.digest(), document.visible_count) == (before, 1)
    assert not board(Op(OpId(BEN, 1), Stamp(9, BEN), 0, (), "void"))._shapes


# Kinds and fields of a newer version, persons


def test_an_unknown_kind_is_kept_and_not_shown() -> None:
    ann = Author(ANN)
    note = ann.op((0, {"kind": "sticky note", "text": "Hello", "points": INK}))
    pinned = ann.sets(shape_of(note), pinned=True)
    document = same_in_every_order(note, pinned)
    assert (document.visible_count, len(document)) == (0, 1)
    assert document.register(shape_of(note), "pinned") == (True, pinned.stamp)
    assert document.digest() != board(note).digest()


def test_a_stroke_without_points_is_not_shown() -> None:
    assert same_in_every_order(Author(ANN).op((0, {"kind": "stroke", "color": 1}))).visible_count == 0


def test_a_person_is_no_shape_on_the_board() -> None:
    ann = Author(ANN)
    introduced = ann.op((person_id(ANN), PERSON), (0, STROKE))
    renamed = ann.op((person_id(ANN), {"name": "Anna"}))
    document = same_in_every_order(introduced, renamed)
    assert document.visible_count == 1
    values = shape_on(document, person_id(ANN)).values
    assert values == {**PERSON, "name": "Anna"}


def test_a_name_alone_makes_no_person() -> None:
    """An author whose first op did not introduce it: the name is there, its kind is not."""
    ann = Author(ANN)
    ops = [ann.draws(), ann.op((person_id(ANN), {"name": "Anna"}))]
    assert shape_on(same_in_every_order(*ops), person_id(ANN)).values == {"name": "Anna"}


def test_the_board_has_one_name_whoever_names_it_and_it_is_no_shape() -> None:
    ann, ben = Author(ANN), Author(BEN)
    first = ann.op((BOARD_ID, {"name": "Plan"}))
    ben.saw(first)
    document = same_in_every_order(first, ann.draws(), ben.op((BOARD_ID, {"name": "Roof", "later": 1})))
    assert shape_on(document, BOARD_ID).values == {"name": "Roof", "later": 1}
    assert document.visible_count == 1


def test_who_drew_a_copied_stroke_first_is_said_once_and_for_all() -> None:
    ann, ben = Author(ANN), Author(BEN)
    copied = ann.draws(origin=["Cat", None])
    document = same_in_every_order(copied, ben.sets(shape_of(copied), origin=["Ben", None]))
    assert shape_on(document, shape_of(copied)).values["origin"] == ["Cat", None]


# The order of painting


def test_shapes_are_painted_in_the_order_they_were_drawn() -> None:
    ann, ben = Author(ANN), Author(BEN)
    first = ben.draws()
    ann.saw(first)
    second = ann.op((0, STROKE), (1, STROKE))
    ben.saw(second)
    third = ben.draws()
    painted = same_in_every_order(first, second, third).painted()
    assert [shape.id for shape in painted] == [shape_of(first), shape_of(second), shape_of(second, 1), shape_of(third)]


def test_time_goes_on_past_a_byte() -> None:
    ann = Author(ANN)
    ops = [ann.op((0, STROKE), time=time) for time in (255, 256, 65_535, 65_536, 2**53 - 1)]
    assert [shape.id for shape in same_in_every_order(*ops).painted()] == [shape_of(op) for op in ops]


def test_of_shapes_drawn_at_one_time_all_see_the_same_on_top() -> None:
    ops = [Author(who).op((0, STROKE), (1, STROKE)) for who in (ANN, BEN, CAT)]
    painted = same_in_every_order(*ops).painted()
    assert [shape.id for shape in painted] == [shape_of(op, nth) for op in ops for nth in (0, 1)]


def test_highlighters_are_beneath_all_ink_whenever_they_were_drawn_and_whatever_their_z() -> None:
    ann = Author(ANN)
    ink, highlight, late = (ann.draws() for _ in range(3))
    ops = [
        ink,
        highlight,
        late,
        ann.sets(shape_of(highlight), nib="highlighter", z=b"\xff" * 64),
        ann.sets(shape_of(late), nib="a nib of tomorrow"),
    ]
    document = same_in_every_order(*ops)
    assert [shape.id for shape in document.painted()] == [shape_of(highlight), shape_of(ink), shape_of(late)]
    assert [shape.highlights for shape in document.painted()] == [True, False, False]


def test_a_shape_goes_to_the_back_or_between_two_others() -> None:
    ann = Author(ANN)
    low, middle, high = (ann.draws() for _ in range(3))
    z = shape_on(board(low), shape_of(low)).z[1]
    ops = [low, middle, high, ann.sets(shape_of(high), z=z + b"\x80"), ann.sets(shape_of(middle), z=b"\0")]
    painted = same_in_every_order(*ops).painted()
    assert [shape.id for shape in painted] == [shape_of(middle), shape_of(low), shape_of(high)]


def test_unsetting_z_puts_a_shape_back_to_its_time() -> None:
    ann = Author(ANN)
    low, high = ann.draws(), ann.draws()
    lifted = ann.sets(shape_of(low), z=b"\xff")
    dropped = ann.sets(shape_of(low), z=None)
    assert board(low, high, lifted).painted()[-1].id == shape_of(low)
    assert same_in_every_order(low, high, lifted, dropped).painted()[-1].id == shape_of(high)


def test_edits_do_not_change_the_order_even_if_they_arrive_first() -> None:
    ann, ben = Author(ANN), Author(BEN)
    low, high = ann.draws(), ann.draws()
    ben.saw(low, high)
    painted = same_in_every_order(ben.sets(shape_of(low), color=3), low, high).painted()
    assert [shape.id for shape in painted] == [shape_of(low), shape_of(high)]


# What the view and the undo ask


def test_of_many_shapes_those_are_found_that_an_op_has_named() -> None:
    ann = Author(ANN)
    low, high = ann.draws(), ann.draws()
    document = board(low, high)
    ids = [shape_of(high), ShapeId(ANN, 9, 0), shape_of(low)]
    assert document.some(ids) == [shape_on(document, shape_of(high)), shape_on(document, shape_of(low))]


def test_touched_shapes_are_told_once() -> None:
    ann, document = Author(ANN), Document()
    drawn = ann.draws()
    document.apply(drawn)
    document.apply(ann.op((shape_of(drawn), {"color": 1}), (0, STROKE)))
    assert document.take_touched() == {shape_of(drawn), ShapeId(ANN, 2, 0)}
    assert document.take_touched() == set()


def test_a_register_is_a_value_and_its_stamp() -> None:
    ann = Author(ANN)
    drawn = ann.draws()
    recoloured = ann.sets(shape_of(drawn), color=1)
    document = board(drawn, recoloured)
    assert document.register(shape_of(drawn), "color") == (1, recoloured.stamp)
    assert document.register(shape_of(drawn), "width") == (4, drawn.stamp)
    assert document.register(shape_of(drawn), "deleted") == (None, drawn.stamp)
    assert document.register(ShapeId(CAT, 1, 0), "color") == (None, None)


def test_a_document_does_not_write_into_ops() -> None:
    ann, document = Author(ANN), Document()
    drawn = ann.draws()
    apply_all(document, [drawn, ann.sets(shape_of(drawn), color=1)])
    assert drawn.sets[0][1] == STROKE


def test_strokes_alike_share_their_style_until_one_is_altered() -> None:
    ann = Author(ANN)
    one, other = ann.draws(), ann.draws()
    document = board(one, other)
    altered, kept = (shape_on(document, shape_of(op)) for op in (one, other))
    assert altered._fields is kept._fields
    apply_all(document, [ann.sets(altered.id, color=1, later="x"), ann.sets(altered.id, **{"cut/a": [0, 1]})])
    assert altered.values == {**STROKE, "color": 1, "later": "x", "cut/a": [0, 1]}
    assert kept.values == other.sets[0][1] == STROKE
    assert (kept.later, kept.cut, altered.cut) == ({}, None, (0, 1))


def test_a_stroke_whose_points_stand_elsewhere_is_a_stroke_all_the_same() -> None:
    ann = Author(ANN)
    drawn = ann.op((0, dict(sorted(STROKE.items()))))
    shape = shape_on(board(drawn, drawn), shape_of(drawn))
    assert (shape.visible, shape.points, list(shape.values)) == (True, INK, sorted(STROKE))


def test_a_digest_is_of_what_there_is_and_not_of_how_it_is_held() -> None:
    ann = Author(ANN)
    drawn = ann.draws()
    plain = drawn._replace(sets=tuple((shape, dict(fields)) for shape, fields in drawn.sets))
    assert type(drawn.sets[0][1]) is Stroke
    for more in ([], [ann.sets(shape_of(drawn), color=1)]):
        assert board(drawn, *more).digest() == board(plain, *more).digest() == board(*more, plain).digest()


# The digest


def test_a_digest_may_be_worked_out_a_few_shapes_at_a_time() -> None:
    ann = Author(ANN)
    drawn = [ann.draws() for _ in range(5)]
    changed = ann.sets(shape_of(drawn[4]), color=1)
    slow = board(*drawn)
    assert slow.sum_some(2)
    assert slow.sum_some(2)
    slow.apply(changed)
    assert slow.sum_some(1)
    assert not slow.sum_some(9)
    assert not slow.sum_some(9)
    assert slow.digest() == board(*drawn, changed).digest()


def test_an_empty_board_has_a_digest_of_zeros() -> None:
    assert Document().digest() == bytes(16)


DIFFERENCES: dict[str, Callable[[Author, ShapeId], Op]] = {
    "another shape": lambda ann, _: ann.draws(),
    "a deleted shape": lambda ann, shape: ann.sets(shape, deleted=True),
    "a value": lambda ann, shape: ann.sets(shape, color=1),
    "a stamp, the value being the same": lambda ann, shape: ann.sets(shape, color=0x336699),
    "an unknown field": lambda ann, shape: ann.sets(shape, later=1),
    "an unknown field that is unset": lambda ann, shape: ann.sets(shape, later=None),
    "a shape that is not there yet": lambda ann, _: ann.sets(ShapeId(BEN, 1, 0), color=1),
}


@pytest.mark.parametrize("difference", DIFFERENCES.values(), ids=DIFFERENCES)
@pytest.mark.parametrize("edited", [False, True])
def test_boards_that_differ_have_different_digests(difference: Callable[[Author, ShapeId], Op], edited: bool) -> None:
    ann = Author(ANN)
    drawn = ann.draws()
    ops = [drawn, ann.sets(shape_of(drawn), color=0x336699)] if edited else [drawn]
    asked_early, asked_late = board(*ops), board(*ops)
    before = asked_early.digest()
    op = difference(ann, shape_of(drawn))
    for document in (asked_early, asked_late):
        document.apply(op)
    assert asked_early.digest() == asked_late.digest() != before


def test_a_stroke_has_another_digest_at_another_time_or_by_another_name() -> None:
    ops = [
        Author(ANN).op((0, STROKE), time=1),
        Author(ANN).op((0, STROKE), time=2),
        Author(ANN).op((1, STROKE), time=1),
        Author(BEN).op((0, STROKE), time=1),
    ]
    assert len({board(op).digest() for op in ops}) == len(ops)


# Every order, with anything that can be in ops

shapes = st.builds(ShapeId, st.sampled_from([ANN, BEN, CAT]), st.integers(1, 3), st.integers(0, 1))
edits = st.sampled_from(
    [
        {"color": 1},
        {"color": 2, "width": 8},
        {"deleted": True},
        {"deleted": None},
        {"z": b"\x01"},
        {"later": [1, {"a": None}]},
        {"kind": "text", "points": INK, "width": 1},
        {"placement": [1, 0, 0, 1, 3, 4], "color": None},
    ]
)
births = st.sampled_from(
    [STROKE, {**STROKE, "deleted": True}, {"kind": "note", "later": 1}, {"color": 7}, {"points": INK, "kind": "stroke"}]
)
histories = st.lists(
    st.tuples(
        st.sampled_from([ANN, BEN, CAT]),
        st.dictionaries(shapes, edits, max_size=3),
        st.lists(births, max_size=2),
        st.booleans(),
    ),
    min_size=1,
    max_size=8,
)
History = list[tuple[PeerId, dict[ShapeId, dict[str, Any]], list[dict[str, Any]], bool]]


def played(history: History) -> list[Op]:
    """What the authors commit; some have seen all there is, some nothing of late."""
    authors = {who: Author(who) for who in (ANN, BEN, CAT)}
    ops: list[Op] = []
    for who, edited, born, looks in history:
        author = authors[who]
        if looks:
            author.saw(*ops)
        own = {ShapeId(who, len(author.chunks) + 1, n) for n in (0, 1)}
        old = [(shape, fields) for shape, fields in edited.items() if shape not in own]
        new = list(enumerate(born))
        if old or new:
            ops.append(author.op(*old, *new))
    assert all(op.void is None for op in ops)
    return ops


def won(ops: Sequence[Op]) -> dict[tuple[ShapeId, str], tuple[Any, Stamp]]:
    """The rule, written down a second time: of all writes that count, the one with the highest stamp."""
    registers: dict[tuple[ShapeId, str], tuple[Any, Stamp]] = {}
    for op in sorted(ops, key=lambda op: op.stamp):
        for shape, fields in op.sets:
            for field, value in fields.items():
                if field not in ("kind", "points") or (shape.peer, shape.seq) == op.id:
                    registers[shape, field] = value, op.stamp
    return registers


@given(histories, st.data())
def test_every_order_and_repetition_gives_the_board_of_the_rule(history: History, data: st.DataObject) -> None:
    ops = played(history)
    document, expected = Document(), board(*ops)
    for op in data.draw(st.permutations([*ops, *ops])):
        document.apply(op)
        if data.draw(st.booleans()):
            document.digest()
    assert everything(document) == won(ops)
    assert document.digest() == expected.digest()
    assert document.visible_count == len(list(document.visible())) == expected.visible_count
    assert [shape.z for shape in document.painted()] == [shape.z for shape in expected.painted()]
