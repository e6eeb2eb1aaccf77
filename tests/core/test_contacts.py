"""Whom to dial, where and when: as told by people, trackers and peers, and as dialling goes."""

from random import Random

import pytest

from p2psketch.address import Address
from p2psketch.contacts import (
    BOOK_SIZE,
    FIRST_WAIT,
    FORGET_AFTER,
    GROWTH,
    LASTED,
    LONGEST_WAIT,
    MAX_ADDRESSES,
    MAX_CONTACTS,
    MAX_NAMED,
    Contacts,
    speakable,
)
from p2psketch.ids import PeerId
from p2psketch.strangers import STRANGERS_A_MINUTE, dialable
from tests.core.authors import ANN, BEN, CAT, peer

ME = peer("me")
NOBODY: set[PeerId] = set()


def at(last: int, port: int = 2000) -> Address:
    return Address(f"10.0.0.{last}", port)


@pytest.fixture
def contacts() -> Contacts:
    return Contacts(Random(1))


def dial(contacts: Contacts, now: float, linked: set[PeerId] | None = None) -> list[Address]:
    return contacts.due(now, linked or NOBODY, 8)


def waits(contacts: Contacts, now: float) -> float:
    due = contacts.next_due(NOBODY)
    assert due is not None
    return due - now


# Who is dialled


def test_who_is_named_is_dialled_within_the_time_given(contacts: Contacts) -> None:
    contacts.named(ANN, [at(1)], 100.0, within=2.0)
    due = contacts.next_due(NOBODY)
    assert due is not None and 100 <= due <= 102
    assert dial(contacts, due - 0.001) == []
    assert dial(contacts, due) == [at(1)]


def test_who_is_being_dialled_or_linked_is_not_dialled_again(contacts: Contacts) -> None:
    contacts.named(ANN, [at(1)], 0.0, within=0)
    contacts.named(BEN, [at(2)], 0.0, within=0)
    assert dial(contacts, 0.0, {BEN}) == [at(1)]
    assert dial(contacts, 99.0, {BEN}) == []
    assert contacts.next_due({BEN}) is None
    assert contacts.dialling == 1


def test_there_is_room_for_so_many_and_the_longest_due_come_first(contacts: Contacts) -> None:
    for n, who in enumerate((ANN, BEN, CAT)):
        contacts.named(who, [at(n + 1)], 10.0 - n, within=0)
    assert contacts.due(20.0, NOBODY, 2) == [at(3), at(2)]


def test_the_addresses_of_a_peer_are_tried_one_after_the_other_and_then_it_waits(contacts: Contacts) -> None:
    contacts.named(ANN, [at(1), at(2)], 0.0, within=0)
    assert dial(contacts, 0.0) == [at(1)]
    contacts.failed(at(1), 3.0)
    assert dial(contacts, 3.0) == [at(2)]
    contacts.failed(at(2), 6.0)
    assert dial(contacts, 6.0) == []
    assert FIRST_WAIT / 2 <= waits(contacts, 6.0) <= FIRST_WAIT


def test_waiting_grows_by_half_up_to_a_minute(contacts: Contacts) -> None:
    contacts.named(ANN, [at(1)], 0.0, within=0)
    now = 0.0
    for turn in range(30):
        assert dial(contacts, now) == [at(1)]
        contacts.failed(at(1), now)
        longest = min(FIRST_WAIT * GROWTH**turn, LONGEST_WAIT)
        assert longest / 2 <= waits(contacts, now) <= longest
        now += waits(contacts, now)


def test_a_link_that_lasted_is_missed_at_once_and_one_that_never_lasts_less_and_less(contacts: Contacts) -> None:
    contacts.named(ANN, [at(1)], 0.0, within=0)
    now, pauses = 0.0, []
    for _ in range(12):
        dial(contacts, now)
        contacts.answered(at(1), ANN, ME, now)
        contacts.linked(ANN, now)
        contacts.lost(ANN, now + 1)
        pauses.append(waits(contacts, now + 1))
        now += 1 + pauses[-1]
    assert pauses[-1] > 10
    dial(contacts, now)
    contacts.answered(at(1), ANN, ME, now)
    contacts.linked(ANN, now)
    contacts.lost(ANN, now + LASTED)
    assert waits(contacts, now + LASTED) <= FIRST_WAIT


def test_after_sleep_everybody_is_worth_a_try(contacts: Contacts) -> None:
    contacts.named(ANN, [at(1)], 0.0, within=0)
    for _ in range(9):
        dial(contacts, 1e6)
        contacts.failed(at(1), 1e6)
    contacts.wake(1e6)
    assert dial(contacts, 1e6) == [at(1)]


def test_somebody_is_untried_until_dialled_to_an_end(contacts: Contacts) -> None:
    assert not contacts.untried(NOBODY)
    contacts.named(ANN, [at(1), at(2)], 0.0, within=0)
    assert contacts.untried(NOBODY)
    assert not contacts.untried({ANN})
    for address in (at(1), at(2)):
        dial(contacts, 0.0)
        assert contacts.untried(NOBODY)
        contacts.failed(address, 0.0)
    assert not contacts.untried(NOBODY)


# Addresses


@pytest.mark.parametrize(
    ("address", "fine"),
    [
        (Address("10.0.0.1", 1024), True),
        (Address("2001:db8::1", 27700), True),
        (Address("10.0.0.1", 1023), False),
        (Address("example.org", 27700), False),
        (Address("0.0.0.0", 27700), False),
        (Address("224.0.0.1", 27700), False),
    ],
)
def test_what_a_stranger_may_name(contacts: Contacts, address: Address, fine: bool) -> None:
    assert dialable(address) is fine
    contacts.named(ANN, [address], 0.0, within=0)
    assert dial(contacts, 0.0) == [address] * fine


def test_of_many_addresses_the_one_that_answered_and_the_newest_stay(contacts: Contacts) -> None:
    contacts.named(ANN, [at(1)], 0.0, within=0)
    dial(contacts, 0.0)
    contacts.answered(at(1), ANN, ME, 0.0)
    contacts.named(ANN, [at(n) for n in range(2, 6)], 1.0, within=0)
    contacts.named(ANN, [at(6)], 2.0, within=0)
    contact = contacts.get(ANN)
    assert contact is not None
    assert contact.addresses == [at(1), at(4), at(5), at(6)]
    assert len(contact.addresses) == MAX_ADDRESSES


def test_what_answered_is_tried_first_the_next_time(contacts: Contacts) -> None:
    contacts.named(ANN, [at(1), at(2)], 0.0, within=0)
    dial(contacts, 0.0)
    contacts.failed(at(1), 0.0)
    dial(contacts, 0.0)
    contacts.answered(at(2), ANN, ME, 0.0)
    contacts.lost(ANN, 5.0)
    assert dial(contacts, 99.0) == [at(2)]


def test_an_address_belongs_to_the_last_who_answered_there(contacts: Contacts) -> None:
    """A program that starts again on its port is somebody else."""
    contacts.named(ANN, [at(1)], 0.0, within=0)
    dial(contacts, 0.0)
    contacts.answered(at(1), BEN, ME, 0.0)
    assert [contact.addresses for contact in contacts] == [[], [at(1)]]
    assert contacts.expire(1.0, {BEN}) == [ANN]


def test_what_a_tracker_saw_is_tried_last_and_dropped_after_one_failure(contacts: Contacts) -> None:
    contacts.named(ANN, [at(1)], 0.0, within=0)
    contacts.seen_at(ANN, at(9))
    contacts.seen_at(BEN, at(9))
    for address in (at(1), at(9)):
        assert dial(contacts, 0.0) == [address]
        contacts.failed(address, 0.0)
    assert [contact.addresses for contact in contacts] == [[at(1)]]


def test_an_address_that_was_seen_may_be_pushed_out_while_it_is_dialled(contacts: Contacts) -> None:
    contacts.named(ANN, [at(1)], 0.0, within=0)
    contacts.seen_at(ANN, at(9))
    dial(contacts, 0.0)
    contacts.failed(at(1), 0.0)
    assert dial(contacts, 0.0) == [at(9)]
    contacts.named(ANN, [at(n) for n in (2, 3, 4)], 0.0, within=0)
    contacts.failed(at(9), 3.0)
    assert [contact.addresses for contact in contacts] == [[at(1), at(2), at(3), at(4)]]


def test_we_do_not_dial_ourselves_twice(contacts: Contacts) -> None:
    contacts.given(at(7), 0.0)
    assert dial(contacts, 0.0) == [at(7)]
    assert not contacts.answered(at(7), ME, ME, 0.0)
    contacts.named(ANN, [at(7)], 0.0, within=0)
    assert dial(contacts, 999.0) == []


def test_strangers_on_the_internet_are_not_dialled_without_end(contacts: Contacts) -> None:
    """Somebody may name addresses that belong to others, to have us knock there."""
    for n in range(STRANGERS_A_MINUTE + 20):
        contacts.named(peer(str(n)), [Address(f"8.8.{n}.8", 27700)], 0.0, within=0)
    assert len(contacts.due(1.0, NOBODY, 1000)) == STRANGERS_A_MINUTE
    assert contacts.due(2.0, NOBODY, 1000) == []
    assert contacts.next_due(NOBODY) == 3.0, "it does not ask again at once"
    assert len(contacts.due(61.5, NOBODY, 1000)) == 20


# Who names too many

TRACKER = Address("192.0.2.9", 27700)


def names(contacts: Contacts, by: PeerId | Address | None, count: int, *, start: int = 0, now: float = 0.0) -> None:
    """Somebody names as many peers that nobody has heard of."""
    for n in range(start, start + count):
        contacts.named(peer(f"{n}/{by!r:.20}"), [at(n % 250, 2000 + n // 250)], now, within=0, by=by)


def test_one_who_names_peers_without_end_is_not_listened_to_without_end(contacts: Contacts) -> None:
    names(contacts, BEN, 5000)
    assert len(list(contacts)) == MAX_NAMED
    contacts.named(ANN, [at(1)], 0.0, within=0, by=TRACKER)
    assert contacts.get(ANN) is not None


def test_many_who_name_many_cannot_push_out_whom_others_named(contacts: Contacts) -> None:
    contacts.named(ANN, [at(1)], 0.0, within=0, by=TRACKER)
    for rogue in range(50):
        names(contacts, peer(f"rogue {rogue}"), 400)
    assert len(list(contacts)) == MAX_CONTACTS
    names(contacts, TRACKER, 15)
    assert len(list(contacts)) == MAX_CONTACTS
    assert contacts.get(ANN) is not None
    assert sum(contact.by == TRACKER for contact in contacts) == 16


def test_who_is_linked_or_being_dialled_is_not_pushed_out(contacts: Contacts) -> None:
    names(contacts, BEN, MAX_NAMED)
    first, second = (contact.peer for contact in list(contacts)[:2])
    assert first is not None and second is not None
    contacts.linked(first, 0.0)
    assert contacts.due(0.0, {first}, 1) == [at(1)]
    names(contacts, CAT, MAX_NAMED)
    names(contacts, TRACKER, 100)
    assert contacts.get(first) is not None and contacts.get(second) is not None


def test_members_that_come_and_go_under_new_names_are_not_all_remembered(contacts: Contacts) -> None:
    for n in range(2 * MAX_CONTACTS):
        who = peer(str(n))
        contacts.named(who, [at(n % 250, 2000 + n // 250)], float(n), within=0)
        contacts.linked(who, float(n))
        contacts.lost(who, float(n))
    assert len(list(contacts)) == MAX_CONTACTS
    for n in range(2 * MAX_CONTACTS):
        contacts.answered(at(n % 250, 2000 + n // 250), peer(f"again {n}"), ME, 9e9)
    assert len(list(contacts)) == MAX_CONTACTS


def test_whoever_names_many_takes_turns_with_whoever_names_few(contacts: Contacts) -> None:
    names(contacts, BEN, 100)
    contacts.named(ANN, [at(251)], 1.0, within=0, by=TRACKER)
    contacts.named(CAT, [at(252)], 1.0, within=0, by=CAT)
    assert {at(251), at(252)} < set(contacts.due(1.0, NOBODY, 3))


def test_when_the_next_is_due_is_known_anew_after_everything_that_happens(contacts: Contacts) -> None:
    assert contacts.next_due(NOBODY) is None
    contacts.named(ANN, [at(1)], 5.0, within=0)
    assert contacts.next_due(NOBODY) == 5.0
    assert contacts.due(4.0, NOBODY, 8) == []
    contacts.given(at(2), 3.0)
    assert contacts.next_due(NOBODY) == 3.0
    assert contacts.due(3.0, NOBODY, 1) == [at(2)]
    contacts.failed(at(2), 3.0)
    contacts.linked(ANN, 5.0)
    later = contacts.next_due({ANN})
    assert later is not None and 3.0 < later <= 4.0
    contacts.lost(ANN, 5.0)
    contacts.forget(ANN)
    assert contacts.next_due(NOBODY) == later
    contacts.wake(1.0)
    assert contacts.next_due(NOBODY) == 1.0


# Who is forgotten


def test_who_is_out_of_reach_for_ten_minutes_is_forgotten(contacts: Contacts) -> None:
    contacts.named(ANN, [at(1)], 0.0, within=0)
    contacts.named(BEN, [at(2)], 0.0, within=0)
    contacts.given(at(3), 0.0)
    assert contacts.expire(FORGET_AFTER, {BEN}) == []
    assert contacts.expire(FORGET_AFTER + 1, {BEN}) == [ANN]
    assert len(list(contacts)) == 2


def test_who_said_goodbye_is_not_brought_back_by_those_who_have_not_heard_it(contacts: Contacts) -> None:
    contacts.named(ANN, [at(1)], 0.0, within=0)
    contacts.departed(ANN)
    contacts.named(ANN, [at(1)], 1.0, within=0)
    assert list(contacts) == []
    contacts.answered(at(1), ANN, ME, 2.0)
    assert contacts.get(ANN) is not None


def test_who_is_gone_for_a_tracker_may_be_named_by_another(contacts: Contacts) -> None:
    contacts.named(ANN, [at(1)], 0.0, within=0)
    contacts.forget(ANN)
    assert list(contacts) == []
    contacts.named(ANN, [at(1)], 1.0, within=0)
    assert contacts.get(ANN) is not None


# Addresses without a peer


def test_what_a_person_gave_is_dialled_at_once_and_again_and_again(contacts: Contacts) -> None:
    host = Address("desk.example.org", 27700)
    contacts.given(host, 0.0)
    now = 0.0
    for _ in range(20):
        assert dial(contacts, now) == [host]
        contacts.failed(host, now)
        now += waits(contacts, now)


@pytest.mark.parametrize("names", [1, 4])
def test_what_a_person_gave_is_not_dialled_while_its_peer_is_linked(contacts: Contacts, names: int) -> None:
    """However many other addresses its peer tells of."""
    host = Address("desk.example.org", 27700)
    contacts.given(host, 0.0)
    dial(contacts, 0.0)
    contacts.answered(host, ANN, ME, 0.0)
    contacts.linked(ANN, 0.0)
    contacts.named(ANN, [at(n + 1) for n in range(names)], 0.1, within=0)
    assert dial(contacts, 999.0, {ANN}) == []
    assert contacts.next_due({ANN}) is None


def test_the_book_holds_what_answered_the_newest_first(contacts: Contacts) -> None:
    contacts.read_book([at(1), Address("example.org", 1)], 0.0)
    assert dial(contacts, 0.0) == [at(1)]
    for n in range(2, BOOK_SIZE + 10):
        assert contacts.answered(at(n), peer(str(n)), ME, 0.0)
    assert contacts.book[:2] == [at(BOOK_SIZE + 9), at(BOOK_SIZE + 8)]
    assert len(contacts.book) == BOOK_SIZE
    assert not contacts.answered(at(BOOK_SIZE + 9), ANN, ME, 1.0), "nothing new to write down"


def test_loopback_is_told_to_this_machine_only() -> None:
    mine = [Address("127.0.0.1", 2000), at(1)]
    assert speakable(mine, to=at(2)) == (at(1),)
    assert speakable(mine, to=Address("127.0.0.1", 50_000)) == tuple(mine)
