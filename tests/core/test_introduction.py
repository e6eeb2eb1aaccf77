"""Trackers and what they tell: cards that open name members, everything else is ignored."""

from collections.abc import Callable
from random import Random

import pytest

from p2psketch.address import Address
from p2psketch.codec import encode_card
from p2psketch.effects import MemberJoined, MemberLeft, TrackerDown, TrackerRefused, TrackerUp
from p2psketch.ids import PeerId
from p2psketch.introduction import HANDLE_SIZE, MAX_HANDLES, Introduction
from p2psketch.keys import RoomKeys
from p2psketch.messages import Entry
from tests.core.authors import ANN, BEN, peer
from tests.core.meshes import HERE, Meeting, address_of, dials

ROOM, OTHER_ROOM = RoomKeys.open_room("a room"), RoomKeys.open_room("another")
TRACKER, SECOND = Address("10.1.1.1", 27700), Address("10.1.1.2", 27700)
SEEN = Address("203.0.113.5", 51234)
"""Where a tracker sees us: the port is that of one connection."""


def handle_of(who: PeerId) -> bytes:
    return who[:HANDLE_SIZE]


def entry_of(who: PeerId, *, seen: Address | None = None, room: RoomKeys = ROOM) -> Entry:
    """What a member of a room leaves at a tracker."""
    card = encode_card(who, (address_of(who),), seen)
    return Entry(handle_of(who), room.seal(handle_of(who), card, bytes(12)))


@pytest.fixture
def meeting() -> Meeting:
    return Meeting()


@pytest.fixture
def introduction(meeting: Meeting) -> Introduction:
    return Introduction(ROOM, meeting.me, Random(1).randbytes)


Tells = Callable[..., bool]


@pytest.fixture
def told(introduction: Introduction, meeting: Meeting) -> Tells:
    return lambda event: introduction.handle(event, meeting.mesh, meeting.now)


def test_those_who_are_there_are_dialled(told: Tells, meeting: Meeting) -> None:
    told(TrackerUp(TRACKER, (entry_of(ANN), entry_of(BEN)), SEEN))
    assert sorted(dials(meeting.wait(1))) == sorted([address_of(ANN), address_of(BEN)])


def test_who_comes_is_dialled_but_may_dial_first(told: Tells, meeting: Meeting) -> None:
    told(MemberJoined(TRACKER, entry_of(ANN)))
    meeting.accepts(ANN)
    assert dials(meeting.wait(3)) == []


def test_what_a_tracker_invents_is_ignored(told: Tells, meeting: Meeting) -> None:
    invented = Entry(handle_of(ANN), b"a card that was never sealed")
    of_another_room = entry_of(BEN, room=OTHER_ROOM)
    under_another_handle = Entry(handle_of(BEN), entry_of(ANN).sealed)
    told(TrackerUp(TRACKER, (invented, of_another_room, under_another_handle), SEEN))
    assert dials(meeting.wait(3)) == []


def test_a_card_holds_who_we_are_and_a_tracker_cannot_read_it(introduction: Introduction, meeting: Meeting) -> None:
    announces = introduction.announces([HERE])
    handles = {announce.handle for announce in announces}
    assert len(handles) == len(announces), "each tracker gets a handle of its own"
    for announce in announces:
        assert announce.room == ROOM.room_id
        assert bytes(meeting.me) not in announce.sealed
        assert ROOM.unseal(announce.handle, announce.sealed) == encode_card(meeting.me, [HERE], None)


def test_at_another_address_we_have_other_handles(introduction: Introduction) -> None:
    here, still_here, there = (introduction.announces(addresses) for addresses in ([HERE], [HERE], [address_of(ANN)]))
    assert [announce.handle for announce in here] == [announce.handle for announce in still_here]
    assert not {announce.handle for announce in here} & {announce.handle for announce in there}


def test_who_left_under_one_handle_may_be_there_under_another(told: Tells, meeting: Meeting) -> None:
    told(TrackerUp(TRACKER, (entry_of(ANN),), SEEN))
    told(TrackerUp(SECOND, (entry_of(ANN),), SEEN))
    told(MemberLeft(TRACKER, handle_of(ANN)))
    assert dials(meeting.wait(3)) == [address_of(ANN)]


def test_who_left_is_not_dialled_any_more(told: Tells, meeting: Meeting) -> None:
    told(TrackerUp(TRACKER, (entry_of(ANN),), SEEN))
    told(MemberLeft(TRACKER, handle_of(ANN)))
    assert dials(meeting.wait(3)) == []


def test_who_is_linked_has_not_left_whatever_a_tracker_says(told: Tells, meeting: Meeting) -> None:
    told(TrackerUp(TRACKER, (entry_of(ANN),), SEEN))
    link = meeting.reaches(ANN)
    told(MemberLeft(TRACKER, handle_of(ANN)))
    meeting.closes(link)
    assert dials(meeting.wait(3)) == [address_of(ANN)]


def test_one_tracker_does_not_speak_for_another(told: Tells, meeting: Meeting) -> None:
    told(TrackerUp(TRACKER, (entry_of(ANN),), SEEN))
    told(MemberLeft(SECOND, handle_of(ANN)))
    assert dials(meeting.wait(3)) == [address_of(ANN)]


def test_it_is_known_which_trackers_are_there(told: Tells, introduction: Introduction) -> None:
    told(TrackerUp(TRACKER, (), SEEN))
    told(TrackerDown(SECOND, "it does not answer"))
    assert introduction.trackers == {TRACKER: None, SECOND: "it does not answer"}
    told(TrackerRefused(TRACKER, "This tracker is full.", 60))
    told(TrackerUp(SECOND, (), SEEN))
    assert introduction.trackers == {TRACKER: "This tracker is full.", SECOND: None}


def test_of_the_address_a_tracker_sees_the_ip_counts_with_our_own_port(
    told: Tells, introduction: Introduction, meeting: Meeting
) -> None:
    assert told(TrackerUp(TRACKER, (), SEEN))
    (announce, *_) = introduction.announces([HERE])
    outside = Address(SEEN.host, HERE.port)
    assert ROOM.unseal(announce.handle, announce.sealed) == encode_card(meeting.me, [HERE], outside)
    assert not told(TrackerUp(TRACKER, (), SEEN)), "nothing new"


def test_where_a_tracker_sees_what_we_know_the_card_stays(told: Tells) -> None:
    assert not told(TrackerUp(TRACKER, (), Address(HERE.host, 51234)))


def test_where_others_are_seen_is_tried_last(told: Tells, meeting: Meeting) -> None:
    outside = Address("203.0.113.9", 2000)
    told(TrackerUp(TRACKER, (entry_of(ANN, seen=outside),), SEEN))
    assert dials(meeting.wait(1)) == [address_of(ANN)]
    meeting.mesh.contacts.failed(address_of(ANN), meeting.now)
    assert dials(meeting.wait(1)) == [outside]


def test_after_thousands_of_members_the_newest_are_still_known(
    told: Tells, introduction: Introduction, meeting: Meeting
) -> None:
    for n in range(MAX_HANDLES):
        introduction._handles[TRACKER, n.to_bytes(HANDLE_SIZE, "big")] = peer(str(n))
    told(MemberJoined(TRACKER, entry_of(ANN)))
    assert len(introduction._handles) == MAX_HANDLES
    told(MemberLeft(TRACKER, handle_of(ANN)))
    assert dials(meeting.wait(3)) == []
