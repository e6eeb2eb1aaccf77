"""A member that says too much, too fast: what it makes us hold is bounded, and nobody waits for it."""

import asyncio
import logging
import os
from collections.abc import Callable, Iterator

import pytest

from p2psketch import ink
from p2psketch import messages as m
from p2psketch.address import Address
from p2psketch.catchup import MAX_UNHEARD
from p2psketch.codec import encode
from p2psketch.contacts import MAX_CONTACTS, MAX_NAMED
from p2psketch.ids import PeerId
from p2psketch.mesh import DIALS_AT_ONCE, MAX_DOUBLES
from p2psketch.oplog import Known, pack_triples
from p2psketch.presence import MAX_AUTHORS, MAX_POINTS
from p2psketch.stash import MAX_STASH
from p2psketch.strangers import STRANGERS_A_HOST
from peer.fleeting import MAX_BYTES
from peer.headless import HeadlessPeer
from peer.outbox import MAX_RANGES
from peer.peer_link import PeerLink
from tests.network.support import (
    Puppet,
    Rogue,
    draw,
    draw_each,
    in_loop,
    link_to,
    linked,
    peer,
    server,
    stop_reading,
    until,
)
from tests.network.test_hostile import three

Expected = Callable[[str], None]

STYLE = {"kind": "stroke", "color": 0, "width": 3.0}


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def somebody() -> PeerId:
    return PeerId(os.urandom(32))


def flood(rogue: Rogue, words: Iterator[m.Message]) -> None:
    """All at once; the rogue's own memory is its own concern."""
    rogue.send(b"".join(map(encode, words)))


def end_of(ana: HeadlessPeer, rogue: Rogue) -> PeerLink:
    return link_to(ana, rogue.me)


async def all_taken(link: PeerLink) -> None:
    """Wait until Ana has taken what came over a link, or as much of it as she will for now."""
    await asyncio.sleep(0)
    await until(lambda: link._arriving is None or link.connection._talk.used > link.connection._talk.most, "its turn")


# Too fast


@in_loop
async def test_tiny_frames_by_the_hundred_thousand_hold_up_nobody() -> None:
    async with three() as (ana, bob, cleo):
        rogue = Rogue()
        await rogue.link(ana)
        link = end_of(ana, rogue)
        rogue.send(encode(m.Ping(1)) * 300_000)
        await until(lambda: link._arriving is not None, "the flood")
        shapes = ana.board.document.visible_count
        for _ in range(5):
            draw_each(ana, bob, cleo)
        for other in (bob, cleo):
            await until(lambda: other.board.document.visible_count == shapes + 15, "what the others drew")  # noqa: B023
        assert link._arriving is not None, "most of the flood waits"
        assert link.stream._transport is not None
        assert not link.stream._transport.is_reading(), "with the rogue's kernel, and ours"
        assert sum(isinstance(word, m.Pong) for word in rogue.heard) <= 10_000
        rogue.stream.abort()


@in_loop
async def test_pings_of_who_does_not_read_are_answered_once() -> None:
    async with three() as (ana, _, _):
        rogue = Rogue()
        await rogue.link(ana)
        link = end_of(ana, rogue)
        stop_reading(rogue, link)
        link.pause()
        flood(rogue, (m.Ping(n) for n in range(3000)))
        await until(lambda: link.outbox._newest.get(m.Pong) == m.Pong(2999), "the last ping")
        assert len(link.outbox._control) < 10
        rogue.stream.abort()


@in_loop
async def test_hashes_that_differ_are_answered_once_in_five_seconds() -> None:
    async with three() as (ana, bob, _):
        draw_each(ana, bob)
        rogue = Rogue()
        await rogue.link(ana)
        flood(rogue, (m.HaveHash(os.urandom(32)) for _ in range(2000)))
        rogue.say(m.Ping(7))
        await until(lambda: m.Pong(7) in rogue.heard, "the end of the flood")
        vectors = [word for word in rogue.heard if isinstance(word, m.Have) and word.whole]
        assert len(vectors) <= 3, "at link-up, and once or twice in the time that this takes"


@in_loop
async def test_much_that_is_asked_for_leaves_in_turns() -> None:
    """Who reads may have everything, again and again; the others have their turns in between."""
    async with three() as (ana, bob, _):
        draw(ana, 500)
        rogue = Rogue()
        await rogue.link(ana)
        link = end_of(ana, rogue)
        mine = ana.board.me
        everything = m.Range(mine, 1, ana.board.session.log.seq(mine))
        for _ in range(50):
            rogue.say(m.Want((everything,) * 1024))
            draw(bob)
            await asyncio.sleep(0)
            assert len(link.outbox._ranges) <= 2, "the same is not queued twice"
        await until(lambda: ana.board.session.log.seq(bob.board.me) == 50, "what Bob drew")
        rogue.stream.abort()


# Too many


@in_loop
async def test_claims_of_authors_without_end_are_bounded(
    caplog: pytest.LogCaptureFixture, allowed_log: Expected
) -> None:
    allowed_log("does not deliver them")
    async with three() as (ana, bob, _):
        rogue = Rogue()
        await rogue.link(ana)
        link = end_of(ana, rogue)
        for _ in range(14):
            entries = tuple((somebody(), Known(1 + n, bytes(16))) for n in range(2048))
            rogue.say(m.Have(entries, True, False, bytes(16), 0))
        await until(lambda: ana.board.session.catchup._claims[link.id].cut, "more claims than there is room for")
        claims = ana.board.session.catchup._claims[link.id]
        assert len(claims.known) <= MAX_UNHEARD
        async with peer(ana, name="Dan") as dan:
            draw(bob)
            await dan.catch_up(20)
            await until(lambda: dan.board.document.visible_count == ana.board.document.visible_count, "all of it")
        rogue.stream.abort()
    assert len(lines(caplog)) <= 1


@in_loop
async def test_ops_beyond_gaps_are_kept_up_to_a_mebibyte() -> None:
    async with three() as (ana, _, _):
        rogue = Rogue()
        await rogue.link(ana)
        link = end_of(ana, rogue)
        blob = pack_triples([(1, 0, bytes(100_000))])
        ops = [Puppet().ops_beyond_a_gap(blob) for _ in range(50)]
        flood(rogue, iter(ops))
        rogue.say(m.Ping(7))
        await until(lambda: m.Pong(7) in rogue.heard, "the end of the flood")
        assert 900_000 < ana.board.session.catchup._stash.size(link.id) <= MAX_STASH
        rogue.stream.abort()


@in_loop
async def test_neighbours_without_end_are_bounded_and_dialled_a_few_at_a_time() -> None:
    async with three() as (ana, _, _):
        mesh = ana.board.session.mesh
        rogue = Rogue()
        await rogue.link(ana)
        for number in range(40):
            places = ((Address(f"10.9.{number}.{n}", 2000),) for n in range(64))
            rogue.say(m.Links(tuple(m.Neighbour(somebody(), m.Person("x", 0), place) for place in places)))
        rogue.say(m.Ping(7))
        await until(lambda: m.Pong(7) in rogue.heard, "the end of the flood")
        assert len(list(mesh.contacts)) <= MAX_NAMED + 3
        assert len(ana.board.people()) <= MAX_CONTACTS + 64
        assert mesh.contacts.dialling <= DIALS_AT_ONCE
        assert len(ana.node._dials) <= DIALS_AT_ONCE
        async with peer(ana, name="Dan") as dan:
            assert linked(ana, dan)
        rogue.stream.abort()


@in_loop
async def test_nobody_is_made_to_knock_at_one_door_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A member, of whom all others know the addresses, names one victim as thousands of peers on thousands of ports."""
    monkeypatch.setattr("p2psketch.strangers.is_public", lambda _: True)
    visits = 0

    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal visits
        visits += 1
        writer.close()

    async with server(visit) as victim, peer(name="Ana") as ana:
        rogue = Rogue()
        await rogue.link(ana)
        for _ in range(10):
            rogue.say(m.Links(tuple(m.Neighbour(somebody(), m.Person("x", 0), (victim,)) for _ in range(64))))
        await until(lambda: visits == STRANGERS_A_HOST, "so many visits")
        rogue.say(m.Ping(7))
        await until(lambda: m.Pong(7) in rogue.heard and not ana.node._dials, "the end of them")
        assert visits == STRANGERS_A_HOST
        await asyncio.sleep(1.5)  # the next try of each would be due by now
        assert visits == STRANGERS_A_HOST
        rogue.stream.abort()


@in_loop
async def test_pointers_and_drafts_of_authors_without_end_are_bounded() -> None:
    async with three() as (ana, bob, cleo):
        rogue = Rogue()
        await rogue.link(ana)
        long = ink.encode([(float(n % 100), 0.0) for n in range(2000)])
        flood(rogue, (m.Presence(somebody(), (1.0, 1.0), None, "pen") for _ in range(1500)))
        flood(rogue, (Puppet().draft(1, long) for _ in range(400)))
        me = Puppet(rogue.identity)
        flood(rogue, (me.draft(n, long) for n in range(1, 100)))
        rogue.say(m.Ping(7))
        await until(lambda: m.Pong(7) in rogue.heard, "the end of the flood")
        bob.board.point((5.0, 5.0))
        cleo.board.begin_draft(STYLE)
        cleo.board.extend_draft([(1.0, 1.0), (2.0, 2.0)])
        presences = ana.board.presences
        await until(lambda: bob.board.me in presences.pointers, "Bob's pointer")
        await until(lambda: (cleo.board.me, 1) in presences.sketches, "Cleo's draft")
        assert len(presences._shown) <= MAX_AUTHORS
        assert len(presences.pointers) <= MAX_AUTHORS
        assert sum(len(sketch.points) for sketch in presences.sketches.values()) <= MAX_POINTS
        assert [number for author, number in presences.sketches if author == me.me] == [99]
        cleo.board.cancel_draft()
        rogue.stream.abort()


@in_loop
async def test_what_is_fleeting_does_not_pile_up_for_who_does_not_read() -> None:
    """One rogue is linked to many who do not exist, and points for all of them; another one reads nothing."""
    async with three() as (ana, _, _):
        loud, deaf = Rogue(), Rogue()
        await loud.link(ana)
        await deaf.link(ana)
        link = end_of(ana, deaf)
        stop_reading(deaf, link)
        link.pause()
        puppets = [Puppet() for _ in range(64)]
        loud.say(m.Links(tuple(m.Neighbour(puppet.me, m.Person("x", 0), (), puppet.proof) for puppet in puppets)))
        long = ink.encode([(float(n % 100), 0.0) for n in range(3000)])
        for number in range(1, 5):
            flood(loud, (puppet.draft(number, long) for puppet in puppets))
            flood(loud, (m.Presence(puppet.me, (float(number), 1.0), None, "pen") for puppet in puppets))
        loud.say(m.Ping(7))
        await until(lambda: m.Pong(7) in loud.heard, "the end of the flood")
        assert 0 < link.outbox._fleeting.size <= MAX_BYTES
        assert len(link.outbox._ranges) < MAX_RANGES
        loud.stream.abort()
        deaf.stream.abort()


# Too many links


@in_loop
async def test_one_member_does_not_get_more_places_by_linking_again_and_again() -> None:
    async with three() as (ana, _, _):
        first = Rogue()
        rogues = [first]
        await first.link(ana)
        for _ in range(12):
            again = Rogue()
            again.identity, again.me, again.proof = first.identity, first.me, first.proof
            await again.dial(ana)
            again.say(again.hello())
            rogues.append(again)
        await until(lambda: sum(isinstance(word, m.Bye) for rogue in rogues for word in rogue.heard) >= 9, "refusals")
        await until(lambda: _links_with(ana, first.me) <= MAX_DOUBLES, "their ends")
        assert len(ana.board.session.mesh) == 3
        for rogue in rogues:
            rogue.stream.abort()
        await until(lambda: _links_with(ana, first.me) == 0, "the end")


def _links_with(ana: HeadlessPeer, who: PeerId) -> int:
    return sum(link.connection.peer == who for link in ana.node._links.values())
