"""Who is here and how things stand, in the words that window and `info` show."""

import pytest

from p2psketch import effects as e
from p2psketch import messages as m
from p2psketch.address import Address
from p2psketch.ids import short
from p2psketch.views import CONNECTING, DIRECT, LOST, RELAYED, YOU, PersonView, people_of, status_of
from tests.core.sessions import VIEWERS, WALL, Desk, connect, exchange, linked, pass_time

TRACKER = Address("10.1.1.1", 27700)


@pytest.fixture
def ann() -> Desk:
    return Desk("ann")


@pytest.fixture
def ben() -> Desk:
    return Desk("ben")


def seen_by(desk: Desk) -> dict[str, PersonView]:
    people = people_of(desk.session)
    assert (people[0].peer, people[0].state) == (desk.me, YOU)
    return {person.name: person for person in people[1:]}


def hand_over(desk: Desk) -> None:
    """What waits for somebody, and not yet the answers."""
    waiting, desk.waiting = desk.waiting, []
    for link, message in waiting:
        desk.happens(e.Received(link, message))


def test_alone(ann: Desk) -> None:
    assert seen_by(ann) == {}
    status = status_of(ann.session, open_room=True)
    assert (status.direct, status.relayed, status.connecting, status.peers_with_latest) == (0, 0, 0, 0)
    assert (status.progress, status.saved, status.open_room, status.tracker_reachable) == (None, True, True, None)


def test_who_is_linked_is_shown_with_what_it_says_of_its_board(ann: Desk, ben: Desk) -> None:
    linked(ann, ben)
    ann.draws()
    ben.happens(e.Measured(ben.link_to(ann), 0.0125))
    exchange(ann, ben)
    pass_time(1, ann, ben)
    shown = seen_by(ben)["ann"]
    assert (shown.state, shown.address, shown.rtt_ms) == (DIRECT, str(ann.address), 12.5)
    assert (shown.shapes, shown.same) == (1, True)
    assert shown.digest == ann.session.document.digest()


def test_a_board_that_differs_is_seen_to_differ(ann: Desk, ben: Desk) -> None:
    linked(ann, ben)
    assert seen_by(ben)["ann"].same is True
    ben.draws()
    assert seen_by(ben)["ann"].same is False


def test_before_somebody_has_spoken_of_its_board_nothing_is_said_about_it(ann: Desk, ben: Desk) -> None:
    connect(ben, ann)
    hand_over(ann)
    shown = seen_by(ann)["ben"]
    assert (shown.state, shown.shapes, shown.same, shown.rtt_ms) == (DIRECT, None, None, None)


def test_who_is_reached_through_another_is_relayed(ann: Desk, ben: Desk) -> None:
    cat = Desk("cat")
    linked(ann, ben)
    linked(ben, cat)
    pass_time(1, ann, ben, cat)
    assert seen_by(ann)["cat"].state == RELAYED
    status = status_of(ann.session, open_room=False)
    assert (status.direct, status.relayed, status.connecting) == (1, 1, 0)


def test_who_may_edit_is_known_of_all_who_have_introduced_themselves(ann: Desk, ben: Desk) -> None:
    vera, walt = Desk("vera", room=VIEWERS), Desk("walt", room=VIEWERS)
    stranger = Desk("stranger")
    linked(ann, ben)
    linked(ben, vera)
    linked(ben, walt)
    pass_time(1, ann, ben, vera, walt)
    ann.session.mesh.named(stranger.me, [stranger.address], ann.now)
    seen = {name: (person.state, person.may_edit) for name, person in seen_by(ann).items()}
    assert seen.pop(short(stranger.me)) == (CONNECTING, None)
    assert seen == {"ben": (DIRECT, True), "vera": (RELAYED, False), "walt": (RELAYED, False)}
    assert [person.may_edit for person in people_of(vera.session)] == [False, True, True, False]
    ben.close(ben.link_to(vera))
    assert (seen_by(ben)["vera"].state, seen_by(ben)["vera"].may_edit) == (LOST, False)


def test_who_was_linked_is_lost_until_it_is_found_again(ann: Desk, ben: Desk) -> None:
    linked(ann, ben)
    ann.close(ann.link_to(ben))
    assert seen_by(ann)["ben"].state == LOST
    linked(ann, ben)
    assert seen_by(ann)["ben"].state == DIRECT


def test_who_said_goodbye_is_not_shown(ann: Desk, ben: Desk) -> None:
    linked(ann, ben)
    ben.run(ben.session.leave())
    exchange(ann, ben)
    assert seen_by(ann) == {}


def test_who_was_only_named_is_being_connected_to(ann: Desk, ben: Desk) -> None:
    ann.session.mesh.named(ben.me, [ben.address], ann.now)
    (shown,) = seen_by(ann).values()
    assert (shown.peer, shown.state, shown.address) == (ben.me, CONNECTING, str(ben.address))
    assert status_of(ann.session, open_room=False).connecting == 1


def test_people_are_in_order_of_their_names(ann: Desk, ben: Desk) -> None:
    linked(ben, ann, Desk("zoe"), Desk("Carl"))
    assert [person.name for person in people_of(ben.session)] == ["ben", "ann", "Carl", "zoe"]


def test_a_new_name_is_shown(ann: Desk, ben: Desk) -> None:
    linked(ann, ben)
    ann.run(ann.session.rename(m.Person("Annie", 5), WALL))
    pass_time(1, ann, ben)
    assert seen_by(ben)["Annie"].color == 5


def test_whoever_has_our_latest_op_on_disk_is_counted(ann: Desk, ben: Desk) -> None:
    visitor = Desk("visitor", keeps=False)
    linked(ann, ben, visitor)
    assert not seen_by(ann)["ben"].has_latest, "there is nothing to have"
    ann.draws()
    exchange(ann, ben, visitor)
    assert status_of(ann.session, open_room=False).peers_with_latest == 0
    pass_time(1, ann, ben, visitor)
    shown = seen_by(ann)
    assert (shown["ben"].has_latest, shown["visitor"].has_latest) == (True, False)
    assert status_of(ann.session, open_room=False).peers_with_latest == 1


def test_who_has_drawn_nothing_counts_those_who_have_all_of_it(ann: Desk, ben: Desk) -> None:
    dan, visitor = Desk("dan"), Desk("visitor", keeps=False)
    linked(ann, ben, dan, visitor)
    ann.draws()
    exchange(ann, ben, dan, visitor)
    pass_time(1, ann, ben, dan, visitor)
    shown = seen_by(ben)
    assert {name: person.has_latest for name, person in shown.items()} == {"ann": True, "dan": True, "visitor": False}
    ann.draws()
    hand_over(ben)
    assert not seen_by(ben)["dan"].has_latest, "the newest of it is not known to be there"


def test_progress_while_catching_up(ann: Desk, ben: Desk) -> None:
    for _ in range(4):
        ann.draws()
    ann.sync()
    connect(ben, ann)
    while not any(isinstance(message, m.Ops) for _, message in ben.waiting):
        hand_over(ann)
        if not any(isinstance(message, m.Ops) for _, message in ben.waiting):
            hand_over(ben)
    assert status_of(ben.session, open_room=False).progress == 0
    first, ben.waiting = ben.waiting[0], ben.waiting[1:]
    ben.happens(e.Received(*first))
    assert status_of(ben.session, open_room=False).progress == 0.25
    exchange(ann, ben)
    assert status_of(ben.session, open_room=False).progress is None


def test_trackers_and_the_disk(ann: Desk) -> None:
    ann.happens(e.TrackerDown(TRACKER, "it does not answer"))
    ann.happens(e.StoreFailed("The disk is full."))
    status = status_of(ann.session, open_room=False)
    assert status.trackers == {str(TRACKER): "it does not answer"}
    assert (status.tracker_reachable, status.saved) == (False, False)
    ann.happens(e.TrackerUp(TRACKER, (), Address("10.0.0.1", 5)))
    assert status_of(ann.session, open_room=False).tracker_reachable is True
