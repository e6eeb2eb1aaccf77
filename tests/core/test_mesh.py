"""Who is linked to whom, and what follows: greetings, double dials, full peers, goodbyes."""

import pytest

from p2psketch import messages as m
from p2psketch.effects import Notice, Send
from p2psketch.ids import PeerId
from p2psketch.link import SILENT_AFTER
from p2psketch.mesh import ACCEPTS_TO, DIALS_AT_ONCE, DIALS_TO, MAX_DOUBLES, NEEDY, WELL_LINKED
from tests.core.authors import ANN, BEN, CAT, peer
from tests.core.meshes import HERE, Meeting, address_of, dials, drops, hello, neighbours, sent, welcome

ZOE = peer("zoe")
"""Above `mia` in the order of ids; ANN is below."""


def crowd(meeting: Meeting, size: int, *, links: int = WELL_LINKED, dialled: bool = False) -> list[PeerId]:
    """So many are linked, by us or by them."""
    people = [peer(f"p{n}") for n in range(size)]
    for who in people:
        (meeting.reaches if dialled else meeting.accepts)(who, links=links)
    return people


# Greetings


def test_we_say_hello_where_we_dialled_and_are_linked_once_welcome() -> None:
    meeting = Meeting()
    link = meeting.open(ANN, dialled=True)
    assert meeting.mesh.link(link) is None
    meeting.hears(link, welcome(ANN))
    assert meeting.link_with(ANN) == link
    assert meeting.news() == ([link], [])


def test_we_wait_for_hello_where_they_dialled() -> None:
    meeting = Meeting()
    link = meeting.open(ANN, dialled=False)
    (answer,) = meeting.hears(link, hello(ANN))
    assert isinstance(answer, Send) and isinstance(answer.message, m.Welcome)
    assert answer.message.addresses == (HERE,)
    assert meeting.link_with(ANN) == link


def test_another_version_is_turned_away_and_whoever_was_turned_away_is_told() -> None:
    meeting = Meeting()
    link = meeting.open(ANN, dialled=False)
    assert drops(meeting.hears(link, hello(ANN, versions=(2, 3)))) == [(link, m.VERSION)]
    link = meeting.open(BEN, dialled=True)
    (notice,) = meeting.hears(link, m.Bye(m.VERSION))
    assert isinstance(notice, Notice)
    assert len(meeting.mesh) == 0


def test_we_do_not_talk_to_ourselves() -> None:
    meeting = Meeting()
    link = meeting.open(meeting.me, dialled=True)
    assert meeting.hears(link, welcome(meeting.me)) == []
    assert len(meeting.mesh) == 0


def test_who_broke_the_protocol_is_dropped_once() -> None:
    meeting = Meeting()
    link = meeting.accepts(ANN)
    assert drops(meeting.mesh.refuse(link, "no")) == [(link, m.PROTOCOL)]
    assert meeting.mesh.refuse(link, "no") == []
    assert meeting.link_with(ANN) is None
    assert meeting.hears(link, neighbours(ANN)) == []
    meeting.closes(link)
    assert meeting.news() == ([link], [link])


# Double dials


@pytest.mark.parametrize("other", [ANN, ZOE])
def test_of_two_dials_that_cross_the_one_of_the_lower_id_stays(other: PeerId) -> None:
    meeting = Meeting()
    mine, theirs = meeting.open(other, dialled=True), meeting.open(other, dialled=False)
    assert sent(meeting.hears(theirs, hello(other)), m.Welcome) == [theirs]
    after_welcome = meeting.hears(mine, welcome(other))
    after_a_word = meeting.hears(theirs, neighbours(other))
    stays, goes = (mine, theirs) if meeting.me < other else (theirs, mine)
    assert meeting.link_with(other) == stays
    assert drops(after_welcome + after_a_word) == [(goes, m.DUPLICATE)]


def test_the_loser_is_listened_to_until_it_is_gone() -> None:
    """What was sent over it before the other side knew must not be lost."""
    meeting = Meeting()
    theirs = meeting.open(ANN, dialled=False)
    meeting.hears(theirs, hello(ANN))
    mine = meeting.open(ANN, dialled=True)
    meeting.hears(mine, welcome(ANN))
    assert meeting.link_with(ANN) == theirs
    assert meeting.mesh.link(mine) is not None
    assert meeting.news() == ([theirs, mine], [])


def test_the_loser_stays_until_the_winner_is_known_to_work_on_both_sides() -> None:
    meeting = Meeting()
    mine = meeting.reaches(ANN)
    theirs = meeting.open(ANN, dialled=False)
    assert drops(meeting.hears(theirs, hello(ANN))) == []
    assert meeting.link_with(ANN) == theirs
    assert drops(meeting.hears(theirs, neighbours(ANN))) == [(mine, m.DUPLICATE)]


def test_a_second_dial_that_loses_is_refused() -> None:
    meeting = Meeting()
    mine = meeting.reaches(ZOE)
    theirs = meeting.open(ZOE, dialled=False)
    assert drops(meeting.hears(theirs, hello(ZOE))) == [(theirs, m.DUPLICATE)]
    assert meeting.link_with(ZOE) == mine


def test_a_silent_link_loses_to_any_other() -> None:
    """They think the link is dead, and we do not know it yet."""
    meeting = Meeting()
    mine = meeting.reaches(ZOE)
    meeting.wait(SILENT_AFTER)
    theirs = meeting.open(ZOE, dialled=False)
    assert drops(meeting.hears(theirs, hello(ZOE))) == []
    assert meeting.link_with(ZOE) == theirs
    assert drops(meeting.hears(theirs, neighbours(ZOE))) == [(mine, m.DUPLICATE)]


def test_a_pong_is_a_sign_of_life() -> None:
    meeting = Meeting()
    mine = meeting.reaches(ZOE)
    meeting.wait(SILENT_AFTER)
    meeting.mesh.measured(mine, 0.01, meeting.now)
    theirs = meeting.open(ZOE, dialled=False)
    assert drops(meeting.hears(theirs, hello(ZOE))) == [(theirs, m.DUPLICATE)]


def test_who_dials_again_has_a_reason() -> None:
    """They lost the first link; of two that one side dialled the newer is the living one."""
    meeting = Meeting()
    first, second = meeting.accepts(ANN), meeting.open(ANN, dialled=False)
    meeting.hears(second, hello(ANN))
    assert meeting.link_with(ANN) == second
    assert drops(meeting.hears(second, neighbours(ANN))) == [(first, m.DUPLICATE)]


def test_a_link_that_says_goodbye_loses() -> None:
    meeting = Meeting()
    mine = meeting.reaches(ZOE)
    meeting.hears(mine, m.Bye(m.DUPLICATE))
    theirs = meeting.open(ZOE, dialled=False)
    assert drops(meeting.hears(theirs, hello(ZOE))) == []
    assert meeting.link_with(ZOE) == theirs


def test_when_the_winner_breaks_the_loser_takes_over() -> None:
    meeting = Meeting()
    theirs = meeting.open(ANN, dialled=False)
    meeting.hears(theirs, hello(ANN))
    mine = meeting.open(ANN, dialled=True)
    meeting.hears(mine, welcome(ANN))
    meeting.news()
    meeting.closes(theirs)
    assert meeting.link_with(ANN) == mine
    assert meeting.news() == ([], [theirs])


def test_one_peer_cannot_take_every_place_with_links_that_never_speak_again() -> None:
    """Only one of them counts as a link, but all cost memory."""
    meeting = Meeting()
    meeting.accepts(ZOE)
    for _ in range(40):
        link = meeting.open(ZOE, dialled=False)
        effects = meeting.hears(link, hello(ZOE))
        for dropped, reason in drops(effects):
            assert reason == m.DUPLICATE
            meeting.closes(dropped)
    assert sum(link.up for link in meeting.mesh._links.values()) == MAX_DOUBLES
    assert len(meeting.mesh) == 1
    meeting.hears(link := next(iter(meeting.mesh._by_peer.values())).id, m.HaveHash(bytes(32)))
    assert meeting.link_with(ZOE) == link


# Dialling


def test_who_is_named_is_dialled_and_a_newcomer_is_given_time_to_dial_us() -> None:
    meeting = Meeting()
    meeting.mesh.named(ANN, [address_of(ANN)], meeting.now)
    meeting.mesh.named(BEN, [address_of(BEN)], meeting.now, patiently=True)
    assert dials(meeting.wait(0.5)) == [address_of(ANN)]
    assert dials(meeting.wait(2)) == [address_of(BEN)]


def test_neighbours_of_neighbours_are_dialled() -> None:
    meeting = Meeting()
    link = meeting.accepts(ANN)
    meeting.hears(link, neighbours(ANN, BEN, CAT, meeting.me))
    assert sorted(dials(meeting.wait(0.5))) == sorted([address_of(BEN), address_of(CAT)])
    assert set(meeting.mesh.afar()) == {BEN, CAT}


def test_only_so_many_are_dialled_at_once_and_those_we_wait_for_count() -> None:
    meeting = Meeting()
    people = [peer(f"p{n}") for n in range(DIALS_AT_ONCE + 5)]
    for who in people:
        meeting.mesh.named(who, [address_of(who)], meeting.now)
    assert len(dials(meeting.wait(1))) == DIALS_AT_ONCE
    for who in people:
        meeting.open(who, dialled=True)
    assert dials(meeting.wait(1)) == []


def test_nobody_is_dialled_any_more_once_there_are_enough_links() -> None:
    meeting = Meeting()
    crowd(meeting, DIALS_TO)
    meeting.mesh.named(ANN, [address_of(ANN)], meeting.now)
    assert dials(meeting.wait(10)) == []
    assert not (meeting.mesh.deadline() or meeting.now + 1) < meeting.now


def test_a_lost_link_is_dialled_again_soon() -> None:
    meeting = Meeting()
    link = meeting.accepts(ANN)
    meeting.wait(60)
    meeting.closes(link)
    assert dials(meeting.wait(1)) == [address_of(ANN)]


def test_who_said_goodbye_is_not_dialled_even_if_others_still_name_it() -> None:
    meeting = Meeting()
    link, other = meeting.accepts(ANN), meeting.accepts(BEN)
    meeting.hears(link, m.Bye(m.LEAVING))
    meeting.closes(link)
    meeting.hears(other, neighbours(BEN, ANN))
    assert dials(meeting.wait(60)) == []


# A full house


def full_house() -> Meeting:
    meeting = Meeting()
    crowd(meeting, ACCEPTS_TO)
    meeting.news()
    return meeting


def test_a_full_peer_turns_away_who_has_other_links() -> None:
    meeting = full_house()
    link = meeting.open(ANN, dialled=False)
    assert drops(meeting.hears(link, hello(ANN, links=NEEDY))) == [(link, m.FULL)]


def test_a_full_peer_makes_room_for_who_has_few() -> None:
    meeting = full_house()
    link = meeting.open(ANN, dialled=False)
    effects = meeting.hears(link, hello(ANN, links=NEEDY - 1))
    ((dropped, reason),) = drops(effects)
    assert reason == m.FULL
    assert sent(effects, m.Welcome) == [link]
    assert len(meeting.mesh) == ACCEPTS_TO
    assert meeting.news() == ([link], [dropped])
    assert dials(meeting.wait(60)) == [], "nor is the one that had to go dialled again"


@pytest.mark.parametrize(("links", "dialled"), [(WELL_LINKED - 1, False), (WELL_LINKED, True)])
def test_who_has_few_links_or_was_dialled_by_us_does_not_have_to_go(links: int, dialled: bool) -> None:
    meeting = Meeting()
    crowd(meeting, ACCEPTS_TO, links=links, dialled=dialled)
    link = meeting.open(ANN, dialled=False)
    assert drops(meeting.hears(link, hello(ANN))) == [(link, m.FULL)]


def test_a_double_of_somebody_linked_takes_no_room() -> None:
    meeting = full_house()
    who = peer("p3")
    link = meeting.open(who, dialled=False)
    assert drops(meeting.hears(link, hello(who, links=30))) == []


def test_who_was_turned_away_comes_back_less_and_less_often() -> None:
    meeting = Meeting()
    meeting.mesh.named(ANN, [address_of(ANN)], meeting.now)
    tries = 0
    for _ in range(600):
        if dials(meeting.wait(0.5)):
            tries += 1
            link = meeting.open(ANN, dialled=True)
            meeting.hears(link, m.Bye(m.FULL))
            meeting.closes(link)
    assert tries < 20, "in five minutes"


def test_a_link_that_is_dropped_as_soon_as_it_is_up_is_not_dialled_every_second() -> None:
    meeting = Meeting()
    meeting.mesh.named(ANN, [address_of(ANN)], meeting.now)
    tries = 0
    for _ in range(600):
        if dials(meeting.wait(0.5)):
            tries += 1
            meeting.closes(meeting.reaches(ANN))
    assert tries < 20, "in five minutes"


# What we tell of ourselves


def test_everybody_is_told_of_everybody_else_when_links_change() -> None:
    meeting = Meeting()
    ann, ben = meeting.accepts(ANN), meeting.accepts(BEN)
    told = {
        effect.link: [neighbour.peer for neighbour in effect.message.neighbours]
        for effect in meeting.wait(1)
        if isinstance(effect, Send) and isinstance(effect.message, m.Links)
    }
    assert told == {ann: [meeting.me, BEN], ben: [meeting.me, ANN]}
    assert meeting.wait(1) == []


def test_many_changes_are_told_together() -> None:
    meeting = Meeting()
    told = 0
    for n in range(20):
        meeting.accepts(peer(f"p{n}"))
        told += len(sent(meeting.wait(0.02), m.Links)) > 0
    assert told <= 2
    assert len(sent(meeting.wait(5), m.Links)) == 20


def test_a_new_name_is_told() -> None:
    meeting = Meeting()
    link = meeting.accepts(ANN)
    meeting.wait(1)
    meeting.mesh.renamed(m.Person("Mo", 8))
    (effect,) = meeting.wait(1)
    assert isinstance(effect, Send) and isinstance(effect.message, m.Links)
    assert effect.message.neighbours[0].person == m.Person("Mo", 8)
    assert effect.link == link


def test_what_a_neighbour_says_of_itself_counts() -> None:
    meeting = Meeting()
    link = meeting.accepts(ANN)
    meeting.hears(link, m.Links((m.Neighbour(ANN, m.Person("Anna", 5), ()),)))
    up = meeting.mesh.link(link)
    assert up is not None and up.person == m.Person("Anna", 5)
    assert set(meeting.mesh.afar()) == set()


def test_leaving_says_goodbye_to_everybody() -> None:
    meeting = Meeting()
    links = [meeting.accepts(ANN), meeting.open(BEN, dialled=True)]
    assert drops(meeting.mesh.leave()) == [(link, m.LEAVING) for link in links]
