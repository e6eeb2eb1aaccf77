"""The tracker's decisions, with a made-up clock and no socket."""

from random import Random

import pytest

from p2psketch import messages as m
from p2psketch.address import Address
from tracker import registry as module
from tracker.limits import Limits
from tracker.registry import Close, ConnectionId, Effect, Registry, Send

ROOM, OTHER_ROOM = b"r" * 32, b"o" * 32
HERE = Address("127.0.0.1", 40000)
ANN, BOB, CLEO = (Address(f"198.51.100.{number}", 40000 + number) for number in (1, 2, 3))


def handle(number: int) -> bytes:
    return number.to_bytes(16, "big")


def announce(number: int, sealed: bytes = b"", room: bytes = ROOM, version: int = m.PROTOCOL_VERSION) -> m.Announce:
    return m.Announce(version, room, handle(number), sealed or b"entry of %d" % number)


def entry(number: int, sealed: bytes = b"") -> m.Entry:
    return m.Entry(handle(number), sealed or b"entry of %d" % number)


class Tracker:
    """A registry with a clock, and what each connection has been sent."""

    def __init__(self, **limits: float) -> None:
        self.registry = Registry(Limits(**limits), Random(1))  # type: ignore[arg-type]
        self.now = 1000.0
        self.sent: dict[ConnectionId, list[m.TrackerMessage]] = {}
        self.closed: dict[ConnectionId, str] = {}

    def connect(self, seen: Address = ANN) -> ConnectionId:
        connection = ConnectionId(len(self.sent))
        self.sent[connection] = []
        self._do(self.registry.connected(connection, seen, self.now))
        return connection

    def say(self, connection: ConnectionId, message: m.Message) -> None:
        self._do(self.registry.received(connection, message, self.now))

    def join(self, number: int, seen: Address = ANN, room: bytes = ROOM) -> ConnectionId:
        """Connect and announce, and take the answer for granted."""
        connection = self.connect(seen)
        self.say(connection, announce(number, room=room))
        [answer] = self.hears(connection)
        assert isinstance(answer, m.Members)
        return connection

    def lose(self, connection: ConnectionId) -> None:
        self.registry.lost(connection, self.now)

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self._do(self.registry.tick(self.now))

    def hears(self, connection: ConnectionId) -> list[m.TrackerMessage]:
        """What the connection was sent since it was last asked."""
        heard, self.sent[connection] = self.sent[connection], []
        return heard

    def refusal(self, connection: ConnectionId) -> m.Refused:
        """The connection was refused, and closed, and this is what it was told."""
        [refused] = self.hears(connection)
        assert isinstance(refused, m.Refused)
        assert connection in self.closed
        return refused

    def _do(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case Send(to, message):
                    for connection in to:
                        assert connection not in self.closed
                        self.sent[connection].append(message)
                case Close(connection, reason):
                    self.closed[connection] = reason


# Joining and leaving


def test_the_first_member_hears_that_it_is_alone_and_its_address() -> None:
    tracker = Tracker()
    ann = tracker.connect(ANN)
    tracker.say(ann, announce(1))
    assert tracker.hears(ann) == [m.Members(0, (), ANN)]


def test_a_newcomer_hears_of_the_others_and_they_of_it() -> None:
    tracker = Tracker()
    ann, bob = tracker.join(1, ANN), tracker.connect(BOB)
    tracker.say(bob, announce(2))
    assert tracker.hears(bob) == [m.Members(1, (entry(1),), BOB)]
    assert tracker.hears(ann) == [m.Joined(entry(2))]


def test_rooms_do_not_hear_of_each_other() -> None:
    tracker = Tracker()
    ann, bob = tracker.join(1), tracker.connect()
    tracker.say(bob, announce(2, room=OTHER_ROOM))
    assert tracker.hears(bob) == [m.Members(0, (), ANN)]
    assert tracker.hears(ann) == []
    assert (tracker.registry.rooms, tracker.registry.members) == (2, 2)


def test_a_large_room_is_told_of_as_64_members_at_random() -> None:
    tracker = Tracker()
    for number in range(100):
        tracker.join(number)
    answers = []
    for number in (100, 101):
        newcomer = tracker.connect()
        tracker.say(newcomer, announce(number))
        [members] = tracker.hears(newcomer)
        assert isinstance(members, m.Members)
        assert members.count == number
        assert len(set(members.entries)) == 64
        assert entry(number) not in members.entries
        answers.append(set(members.entries))
    assert answers[0] != answers[1]


def test_who_is_gone_has_left_after_the_grace() -> None:
    tracker = Tracker(grace=5)
    ann, bob = tracker.join(1, ANN), tracker.join(2, BOB)
    tracker.hears(ann)
    tracker.lose(bob)
    tracker.wait(4.9)
    assert tracker.hears(ann) == []
    tracker.wait(0.1)
    assert tracker.hears(ann) == [m.Left(handle(2))]
    tracker.wait(60)
    assert tracker.hears(ann) == []


def test_who_says_that_it_leaves_has_left_at_once() -> None:
    tracker = Tracker(grace=5)
    ann, bob = tracker.join(1, ANN), tracker.join(2, BOB)
    tracker.hears(ann)
    tracker.say(bob, m.Left(handle(2)))
    assert tracker.hears(ann) == [m.Left(handle(2))]
    tracker.lose(bob)
    tracker.wait(60)
    assert tracker.hears(ann) == []
    assert tracker.registry.members == 1


def test_who_left_and_stays_connected_has_to_announce_itself_in_time() -> None:
    tracker = Tracker(first_announce=5)
    back, gone = tracker.join(1), tracker.join(2)
    for number, connection in ((1, back), (2, gone)):
        tracker.say(connection, m.Left(handle(number)))
    tracker.say(back, announce(1))
    tracker.wait(5)
    assert (back in tracker.closed, gone in tracker.closed) == (False, True)


def test_nobody_can_say_that_somebody_else_leaves() -> None:
    tracker = Tracker()
    ann, bob = tracker.join(1), tracker.join(2)
    tracker.hears(ann)
    tracker.say(bob, m.Left(handle(1)))
    assert "Left" in tracker.closed[bob]
    assert tracker.hears(ann) == []


def test_who_comes_back_within_the_grace_was_never_away() -> None:
    tracker = Tracker(grace=5)
    ann, bob = tracker.join(1, ANN), tracker.join(2, BOB)
    tracker.hears(ann)
    tracker.lose(bob)
    tracker.wait(4)
    tracker.join(2, BOB)
    tracker.wait(10)
    assert tracker.hears(ann) == []
    assert tracker.registry.members == 2


def test_who_comes_back_within_the_grace_with_another_entry_is_announced_anew() -> None:
    tracker = Tracker()
    ann, bob = tracker.join(1, ANN), tracker.join(2, BOB)
    tracker.hears(ann)
    tracker.lose(bob)
    tracker.say(tracker.connect(CLEO), announce(2, b"elsewhere"))
    assert tracker.hears(ann) == [m.Joined(entry(2, b"elsewhere"))]


def test_who_joins_during_a_grace_hears_of_the_one_who_may_come_back() -> None:
    tracker = Tracker(grace=5)
    tracker.lose(tracker.join(1, ANN))
    bob = tracker.connect(BOB)
    tracker.say(bob, announce(2))
    assert tracker.hears(bob) == [m.Members(1, (entry(1),), BOB)]
    tracker.wait(5)
    assert tracker.hears(bob) == [m.Left(handle(1))]


# Announcing anew


def test_announcing_the_same_again_is_answered_and_told_to_nobody() -> None:
    tracker = Tracker()
    ann, bob = tracker.join(1, ANN), tracker.join(2, BOB)
    tracker.hears(ann)
    tracker.say(bob, announce(2))
    assert tracker.hears(bob) == [m.Members(1, (entry(1),), BOB)]
    assert tracker.hears(ann) == []


def test_a_changed_entry_is_told_to_the_others() -> None:
    tracker = Tracker()
    ann, bob = tracker.join(1, ANN), tracker.join(2, BOB)
    tracker.hears(ann)
    tracker.say(bob, announce(2, b"new"))
    assert tracker.hears(ann) == [m.Joined(entry(2, b"new"))]
    cleo = tracker.connect(CLEO)
    tracker.say(cleo, announce(3))
    [members] = tracker.hears(cleo)
    assert isinstance(members, m.Members)
    assert set(members.entries) == {entry(1), entry(2, b"new")}


def test_a_new_handle_on_the_same_connection_replaces_the_old_one() -> None:
    tracker = Tracker()
    ann, bob = tracker.join(1, ANN), tracker.join(2, BOB)
    tracker.hears(ann)
    tracker.say(bob, announce(3))
    assert tracker.hears(ann) == [m.Left(handle(2)), m.Joined(entry(3))]
    assert tracker.registry.members == 2


def test_a_lone_member_can_take_a_new_handle() -> None:
    tracker = Tracker()
    ann = tracker.join(1)
    tracker.say(ann, announce(2))
    assert tracker.hears(ann) == [m.Members(0, (), ANN)]
    assert (tracker.registry.rooms, tracker.registry.members) == (1, 1)


def test_a_new_connection_from_the_same_address_takes_the_handle_over() -> None:
    tracker = Tracker()
    ann, old = tracker.join(1, ANN), tracker.join(2, BOB)
    tracker.hears(ann)
    new = tracker.join(2, Address(BOB.host, 50000))
    assert "newer connection" in tracker.refusal(old).reason
    for _ in range(6):
        tracker.wait(10)
        for member in (ann, new):
            tracker.say(member, m.Ping(1))
    assert tracker.hears(ann) == [m.Pong(1)] * 6
    assert tracker.registry.members == 2


def test_whoever_moves_to_a_handle_does_not_tell_the_connection_that_it_replaces() -> None:
    tracker = Tracker()
    old, mover = tracker.join(1), tracker.join(2)
    tracker.hears(old)
    effects = tracker.registry.received(mover, announce(1), tracker.now)
    closed = effects.index(Close(old, "refused: A newer connection uses the same handle."))
    assert [effect for effect in effects[closed:] if isinstance(effect, Send) and old in effect.to] == []


def test_a_handle_in_use_is_not_given_to_another_address() -> None:
    tracker = Tracker(silence=45)
    bob = tracker.join(2, BOB)
    cleo = tracker.connect(CLEO)
    tracker.say(cleo, announce(2, b"I am Bob"))
    assert tracker.refusal(cleo) == m.Refused("Somebody at another address uses this handle.", 45)
    assert tracker.hears(bob) == []
    assert bob not in tracker.closed
    tracker.lose(bob)
    tracker.join(2, CLEO)


def test_a_member_cannot_move_to_a_handle_in_use_at_another_address() -> None:
    tracker = Tracker()
    ann, bob = tracker.join(1, ANN), tracker.join(2, BOB)
    tracker.hears(ann)
    tracker.say(bob, announce(1))
    assert "uses this handle" in tracker.refusal(bob).reason
    assert ann not in tracker.closed


def test_all_ways_to_say_this_machine_are_one_address() -> None:
    tracker = Tracker()
    old = tracker.join(1, HERE)
    tracker.join(1, Address("::1", 40000))
    assert old in tracker.closed


def test_one_connection_is_for_one_room() -> None:
    tracker = Tracker(grace=5)
    ann, bob = tracker.join(1, ANN), tracker.join(2, BOB)
    tracker.hears(ann)
    tracker.say(bob, announce(2, room=OTHER_ROOM))
    assert "one board" in tracker.refusal(bob).reason
    tracker.wait(5)
    assert tracker.hears(ann) == [m.Left(handle(2))]
    assert tracker.registry.rooms == 1


@pytest.mark.parametrize(
    ("version", "older"), [(m.PROTOCOL_VERSION + 1, "the tracker"), (m.PROTOCOL_VERSION - 1, "your program")]
)
def test_another_version_is_refused_naming_both(version: int, older: str) -> None:
    tracker = Tracker()
    ann = tracker.connect()
    tracker.say(ann, announce(1, version=version))
    reason = tracker.refusal(ann).reason
    assert f"version {m.PROTOCOL_VERSION}," in reason
    assert f"version {version}:" in reason
    assert older in reason


# Legal and illegal


def test_ping_is_answered() -> None:
    tracker = Tracker()
    ann = tracker.join(1)
    tracker.say(ann, m.Ping(7))
    assert tracker.hears(ann) == [m.Pong(7)]


ILLEGAL = [m.Pong(1), m.Members(0, (), ANN), m.Joined(entry(1)), m.Left(handle(9)), m.Refused("no", 1), m.Bye("full")]


@pytest.mark.parametrize("message", [m.Ping(1), *ILLEGAL])
def test_whoever_does_not_announce_first_is_closed(message: m.Message) -> None:
    tracker = Tracker()
    ann = tracker.connect()
    tracker.say(ann, message)
    assert type(message).__name__ in tracker.closed[ann]


@pytest.mark.parametrize("message", ILLEGAL)
def test_a_member_that_says_what_only_others_say_is_closed(message: m.Message) -> None:
    tracker = Tracker()
    ann = tracker.join(1)
    tracker.say(ann, message)
    assert type(message).__name__ in tracker.closed[ann]


def test_what_a_closed_connection_still_says_has_no_effect() -> None:
    tracker = Tracker()
    ann, bob = tracker.join(1, ANN), tracker.join(2, BOB)
    tracker.say(bob, m.Pong(1))
    tracker.hears(ann)
    tracker.say(bob, announce(3))
    tracker.lose(bob)
    assert tracker.registry.drop(bob, "again", tracker.now) == []
    assert tracker.hears(ann) == tracker.hears(bob) == []


# Time


def test_who_does_not_announce_itself_in_time_is_closed() -> None:
    tracker = Tracker(first_announce=5)
    ann = tracker.connect()
    tracker.wait(4.9)
    assert ann not in tracker.closed
    tracker.wait(0.1)
    assert ann in tracker.closed


def test_a_silent_member_is_closed_and_leaves_after_the_grace() -> None:
    tracker = Tracker(silence=45, grace=5)
    ann, bob = tracker.join(1, ANN), tracker.join(2, BOB)
    tracker.hears(ann)
    tracker.wait(30)
    tracker.say(ann, m.Ping(1))
    tracker.wait(15)
    assert tracker.closed == {bob: "silent for 45 s"}
    tracker.wait(5)
    assert tracker.hears(ann) == [m.Pong(1), m.Left(handle(2))]


# Limits


def test_a_full_room_refuses_newcomers_but_not_those_who_come_back() -> None:
    tracker = Tracker(room=2, grace=5)
    tracker.join(1)
    bob = tracker.join(2)
    cleo = tracker.connect()
    tracker.say(cleo, announce(3))
    assert "2 members" in tracker.refusal(cleo).reason
    tracker.lose(bob)
    bob = tracker.join(2)
    tracker.say(bob, announce(4))  # another handle, the same place
    assert bob not in tracker.closed
    tracker.lose(bob)
    tracker.wait(5)
    tracker.join(3)


def test_a_full_tracker_refuses_at_once() -> None:
    tracker = Tracker(connections=2)
    for number in range(2):
        tracker.join(number, HERE)
    late = tracker.connect(HERE)
    assert tracker.refusal(late) == m.Refused("This tracker is full.", 60)
    assert tracker.registry.refused == 1


def test_members_in_their_grace_count_for_what_a_tracker_holds() -> None:
    tracker = Tracker(connections=2, grace=5)
    for number in range(2):
        tracker.lose(tracker.join(number, HERE))
    late = tracker.connect(HERE)
    tracker.say(late, announce(3))
    assert "full" in tracker.refusal(late).reason
    tracker.wait(5)
    tracker.join(3, HERE)


def test_strangers_of_one_address_are_limited() -> None:
    tracker = Tracker(per_address=3)
    strangers = [tracker.connect(ANN) for _ in range(3)]
    assert "too many connections from your address" in tracker.refusal(tracker.connect(ANN)).reason
    assert tracker.connect(BOB) not in tracker.closed
    tracker.lose(strangers[0])
    assert tracker.connect(ANN) not in tracker.closed


def test_members_do_not_count_for_their_address() -> None:
    tracker = Tracker(per_address=3)
    for number in range(20):
        tracker.join(number, ANN)


def test_members_count_once_the_tracker_is_half_full() -> None:
    tracker = Tracker(per_address=3, connections=20)
    members = [tracker.join(number, ANN) for number in range(10)]
    assert "your address" in tracker.refusal(tracker.connect(ANN)).reason
    tracker.join(10, BOB)
    tracker.lose(members[0])
    tracker.lose(members[1])
    tracker.join(11, ANN)
    assert not tracker.closed.keys() & set(members)


def test_an_ipv6_network_is_one_address() -> None:
    tracker = Tracker(per_address=2)
    for number in range(2):
        tracker.connect(Address(f"2001:db8::{number}", 40000))
    assert tracker.connect(Address("2001:db8::9", 40000)) in tracker.closed
    assert tracker.connect(Address("2001:db8:0:1::9", 40000)) not in tracker.closed


def test_announces_of_one_address_are_limited_and_the_wait_is_long_enough() -> None:
    tracker = Tracker(announces_per_minute=6)
    for number in range(6):
        tracker.join(number, ANN)
    late = tracker.connect(ANN)
    tracker.say(late, announce(6))
    refused = tracker.refusal(late)
    assert refused == m.Refused("There are too many announces from your address.", 10)
    tracker.join(7, BOB)
    tracker.now += refused.wait
    tracker.join(6, ANN)


def test_refused_announces_count_too() -> None:
    tracker = Tracker(announces_per_minute=2)
    for _ in range(2):
        tracker.say(tracker.connect(), announce(1, version=99))
    late = tracker.connect()
    tracker.say(late, announce(1))
    assert "too many announces" in tracker.refusal(late).reason


def test_what_members_say_does_not_count_for_their_address() -> None:
    tracker = Tracker(announces_per_minute=2)
    ann = tracker.join(1)
    for number in range(10):
        tracker.say(ann, announce(1, b"entry %d" % number))
    tracker.join(2)


def test_one_member_that_announces_too_often_is_refused() -> None:
    tracker = Tracker()
    ann = tracker.join(1)
    for number in range(module.UPDATES_PER_MINUTE):
        tracker.say(ann, announce(1, b"entry %d" % number))
    tracker.hears(ann)
    tracker.say(ann, announce(1, b"once more"))
    assert tracker.refusal(ann).wait == 60 / module.UPDATES_PER_MINUTE


def test_one_member_that_pings_too_often_is_closed() -> None:
    tracker = Tracker()
    ann = tracker.join(1)
    for _ in range(module.PINGS_PER_MINUTE):
        tracker.say(ann, m.Ping(1))
    assert ann not in tracker.closed
    tracker.say(ann, m.Ping(1))
    assert tracker.closed[ann] == "pings too often"


def test_this_machine_is_not_limited() -> None:
    tracker = Tracker(per_address=1, announces_per_minute=1)
    for number in range(10):
        tracker.join(number, HERE)
        tracker.connect(Address("::1", 40000))
    assert not tracker.closed


def test_no_more_addresses_are_remembered_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_SOURCES", 5)
    tracker = Tracker()
    for number in range(20):
        tracker.join(number, Address(f"198.51.100.{number}", 40000))
    assert len(tracker.registry._announces) == 5


# Everything at once


class Member:
    """Somebody who believes what the tracker says."""

    def __init__(self, tracker: Tracker, number: int, rng: Random) -> None:
        self.number = number
        self.sealed = b"%d" % rng.randrange(3)
        self.room = rng.choice((ROOM, OTHER_ROOM))
        self.connection = tracker.connect(rng.choice((ANN, BOB, HERE)))
        self.known: dict[bytes, bytes] = {}
        self.say(tracker)

    def say(self, tracker: Tracker) -> None:
        tracker.say(self.connection, announce(self.number, self.sealed, self.room))

    def listen(self, tracker: Tracker) -> None:
        for message in tracker.hears(self.connection):
            match message:
                case m.Members(_, entries, _):
                    self.known = dict(entries)
                case m.Joined(entry):
                    self.known[entry.handle] = entry.sealed
                case m.Left(left):
                    del self.known[left]


@pytest.mark.parametrize("seed", range(50))
def test_after_any_history_all_know_each_other_and_nothing_is_left_behind(seed: int) -> None:
    rng = Random(seed)
    tracker = Tracker(grace=2, room=6, connections=30)
    members: list[Member] = []
    for _ in range(200):
        action = rng.randrange(6)
        if action < 2:
            members.append(Member(tracker, rng.randrange(12), rng))
        elif action == 2 and members:
            tracker.lose(members.pop(rng.randrange(len(members))).connection)
        elif action == 3 and members:
            changed = rng.choice(members)
            changed.sealed = b"%d" % rng.randrange(3)
            changed.say(tracker)
        elif action == 4 and members:
            leaving = members.pop(rng.randrange(len(members)))
            tracker.say(leaving.connection, m.Left(handle(leaving.number)))
            tracker.lose(leaving.connection)
        tracker.wait(rng.random())
        for member in members:
            tracker.say(member.connection, m.Ping(1))
            member.listen(tracker)
        members = [member for member in members if member.connection not in tracker.closed]
    tracker.wait(2)
    for member in members:
        member.listen(tracker)
        room = {handle(other.number): other.sealed for other in members if other.room == member.room}
        assert {**member.known, handle(member.number): member.sealed} == room
    assert tracker.registry.members == len(members)

    for member in members:
        tracker.lose(member.connection)
    tracker.wait(2)
    tracker.wait(60)
    left = vars(tracker.registry)
    assert not any(left[name] for name in left if name not in ("refused", "_limits", "_rng"))
