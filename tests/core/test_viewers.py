"""A session that may only look, and what sessions make of drafts that are not what they should be."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from p2psketch import effects as e
from p2psketch import ink
from p2psketch import messages as m
from p2psketch.drafting import signed
from p2psketch.errors import NotAnEditor
from p2psketch.messages import GOING
from p2psketch.ops import Edit
from tests.core.authors import STROKE
from tests.core.sessions import ROOM, VIEWERS, WALL, Desk, exchange, linked, pass_time

STYLE = {"kind": "stroke", "color": 1, "width": 2.0}


@pytest.fixture
def ann() -> Desk:
    return Desk("ann")


@pytest.fixture
def ben() -> Desk:
    return Desk("ben")


@pytest.fixture
def vera() -> Desk:
    return Desk("vera", room=VIEWERS)


def draft_of(desk: Desk) -> m.Draft:
    """As it goes out."""
    draft = m.Draft(desk.me, 1, 0, STYLE, ink.encode([(1.0, 2.0), (3.0, 4.0)]), GOING)
    return signed(draft, desk.identity, ROOM.room_id)


def hears(desk: Desk, other: Desk, message: m.PeerMessage) -> None:
    """Something comes over the link with another."""
    desk.happens(e.Received(desk.link_to(other), message))


def refused(desk: Desk) -> list[str]:
    """What it has closed links for."""
    return [drop.bye.text for drop in desk.all_told(e.Drop) if drop.bye.reason == m.PROTOCOL]


def test_a_viewer_has_nothing_to_draw_with(ann: Desk, vera: Desk) -> None:
    linked(ann, vera)
    ann.draws()
    exchange(ann, vera)
    attempts: list[Callable[[], list[e.Effect]]] = [
        lambda: vera.session.commit(Edit(((0, STROKE),)), WALL),
        lambda: vera.session.clear(WALL),
        lambda: vera.session.begin_draft(STYLE),
        lambda: vera.session.name_board("Mine", WALL),
    ]
    for attempt in attempts:
        with pytest.raises(NotAnEditor, match="lets you see the board"):
            attempt()
    assert vera.session.undo(WALL) == vera.session.finish_draft(WALL) == []
    assert len(vera.shapes()) == 1


def test_a_draft_is_passed_on_with_proof_and_signature(ann: Desk, ben: Desk, vera: Desk) -> None:
    linked(ann, vera)
    linked(vera, ben)
    pass_time(1, ann, ben, vera)
    ann.session.begin_draft(STYLE)
    ann.run(ann.session.extend_draft([(1.0, 2.0)], None, ann.now, WALL))
    exchange(ann, ben, vera)
    assert [author for author, _ in ben.session.presences.sketches] == [ann.me]
    assert refused(ben) == refused(vera) == []


def test_whoever_passes_a_draft_on_answers_for_it(ann: Desk, ben: Desk, vera: Desk) -> None:
    """So it looks first, and its own links are safe."""
    linked(ann, vera)
    linked(vera, ben)
    pass_time(1, ann, ben, vera)
    hears(vera, ann, replace(draft_of(ann), signature=None))
    exchange(ann, ben, vera)
    assert vera.session.mesh.to(ann.me) is None
    assert vera.session.mesh.to(ben.me) is not None
    assert len(refused(vera)) == 1 and "does not have its signature" in refused(vera)[0]
    assert refused(ben) == []
    assert not vera.session.presences.sketches and not ben.session.presences.sketches


def test_what_goes_on_with_a_draft_that_began_before_we_came_is_let_pass(ann: Desk, ben: Desk, vera: Desk) -> None:
    linked(ben, vera)
    hears(ben, vera, replace(draft_of(ann), start=2, fields=None))
    assert ben.session.mesh.to(vera.me) is not None
    assert not ben.session.presences.sketches
    hears(ben, vera, draft_of(ann))
    assert ben.session.mesh.to(vera.me) is None, "this is its beginning, and comes without a proof"


def test_a_draft_that_others_tell_of_somebody_who_is_linked_is_not_listened_to(
    ann: Desk, ben: Desk, vera: Desk
) -> None:
    linked(ann, ben, vera)
    hears(ben, vera, draft_of(ann))
    hears(ben, vera, m.Presence(ann.me, (1.0, 1.0), None, "pen"))
    assert not ben.session.presences.sketches and not ben.session.presences.pointers
    assert refused(ben) == []
