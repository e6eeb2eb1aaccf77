"""Members and trackers that say what they should not: it costs them their link, us one line in the log, nobody more."""

import asyncio
import logging
import math
import os
import re
from collections.abc import Callable, Coroutine
from typing import Any

import msgpack
import pytest

from p2psketch import messages as m
from p2psketch.address import Address
from p2psketch.codec import MAX_FRAME, encode, frame
from p2psketch.errors import Unreachable
from p2psketch.invite import Invite
from p2psketch.oplog import Known
from p2psketch.ops import encode_body
from peer.commands import draw as draw_by_command
from peer.headless import HeadlessPeer
from peer.target import Target
from tests.network.support import (
    INVITE,
    STROKE,
    Rogue,
    all_alike,
    draw,
    draw_each,
    in_loop,
    link_to,
    linked,
    peer,
    place,
    server,
    stop_reading,
    until,
)

Expected = Callable[[str], None]
Misdeed = Callable[[Rogue], None]


def lines(caplog: pytest.LogCaptureFixture, level: int = logging.WARNING) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= level]


async def go_on(ana: HeadlessPeer, bob: HeadlessPeer) -> None:
    """The others are still linked, and draw."""
    before = ana.board.document.visible_count
    draw_each(ana, bob)
    await all_alike(ana, bob, shapes=before + 2)
    assert linked(ana, bob)


# Before the link is up


async def _costs_only_itself(
    misdeed: Misdeed, caplog: pytest.LogCaptureFixture, pattern: str, *, greeted: bool
) -> None:
    async with peer() as ana, peer(ana) as bob:
        rogue = Rogue()
        await (rogue.link(ana) if greeted else rogue.dial(ana))
        kept = set(ana.node._links) - {link.id for link in ana.node._links.values() if link.connection.peer == rogue.me}
        misdeed(rogue)
        await rogue.is_let_go()
        await until(lambda: ana.board.session.mesh.to(rogue.me) is None, "the end of the link at Ana's")
        await go_on(ana, bob)
        assert set(ana.node._links) == kept
    assert len(lines(caplog)) == 1, lines(caplog)
    assert re.search(pattern, lines(caplog)[0])


@pytest.mark.parametrize(
    ("misdeed", "pattern"),
    [
        (lambda rogue: rogue.send(b"GET / HTTP/1.1\r\n\r\n"), "a frame of 1,195,725,856 bytes is larger"),
        (lambda rogue: rogue.send((MAX_FRAME + 1).to_bytes(4, "big")), "a frame of 262,145 bytes is larger"),
        (lambda rogue: rogue.send(frame(os.urandom(50) + b"\xc1")), "a frame (is not MessagePack|holds no message)"),
        (lambda rogue: rogue.send(frame(b"")), "a frame is not MessagePack"),
        (lambda rogue: rogue.say(rogue.hello(versions=(2, 3))), "speaks only versions 2, 3 of the protocol"),
        (lambda rogue: rogue.say(rogue.hello(peer=Rogue().me)), "the greeting names another peer than the certificate"),
        (lambda rogue: rogue.say(m.Ping(1)), "Ping is not allowed while LISTENING"),
        (lambda rogue: rogue.say(rogue.ops(b"\x90")), "Ops is not allowed while LISTENING"),
        (lambda rogue: rogue.say(m.Announce(1, bytes(32), bytes(16), b"")), "Announce is not allowed"),
    ],
)
@in_loop
async def test_a_wrong_greeting(
    misdeed: Misdeed, pattern: str, caplog: pytest.LogCaptureFixture, expected_log: Expected
) -> None:
    expected_log(pattern)
    await _costs_only_itself(misdeed, caplog, pattern, greeted=False)


@in_loop
async def test_a_peer_of_another_room_is_not_let_in(caplog: pytest.LogCaptureFixture) -> None:
    async with peer() as ana, peer(ana) as bob:
        stranger = Rogue(Invite((), "board", os.urandom(32)).keys())
        with pytest.raises(Unreachable, match="not as a member of this board"):
            await stranger.dial(ana)
        await go_on(ana, bob)
    assert [line for line in lines(caplog, logging.INFO) if "dropped" in line] == [
        "dropped a connection from 127.0.0.1: no valid knock"
    ]


# On a link


def _torn(rogue: Rogue) -> None:
    rogue.send(encode(m.Ping(1))[:-1])
    rogue.stream.close()


def _gap(rogue: Rogue) -> None:
    """Not wrong, as something may be on its way; but what never comes is not waited for."""
    rogue.ops(b"\x90")
    rogue.say(rogue.ops(b"\x90"))


def _wrong_head(rogue: Rogue) -> None:
    rogue.say(m.Ops(rogue.ops(b"\x90").chunk._replace(head=bytes(32))))


def _time_stands_still(rogue: Rogue) -> None:
    first, second = rogue.ops(b"\x90", time=7), rogue.ops(b"\x90", time=7)
    rogue.say(m.Ops(first.chunk._replace(length=2, blob=first.chunk.blob + second.chunk.blob)))


def _fewer_ops_than_said(rogue: Rogue) -> None:
    rogue.say(m.Ops(rogue.ops(b"\x90").chunk._replace(length=2)))


def _not_a_number(rogue: Rogue) -> None:
    rogue.send(frame(msgpack.packb((8, rogue.me, (math.nan, 0.0), None, ""))))


@pytest.mark.parametrize(
    ("misdeed", "pattern"),
    [
        (lambda rogue: rogue.send(b"\xff" * 100), "is larger"),
        (lambda rogue: rogue.say(rogue.hello()), "Hello is not allowed while OPEN"),
        (
            lambda rogue: rogue.say(m.Welcome(1, rogue.me, m.Person("x", 0), (), 0, True, None)),
            "Welcome is not allowed",
        ),
        (lambda rogue: rogue.say(m.Members(0, (), Address("127.0.0.1", 9))), "Members is not allowed"),
        (_not_a_number, "Presence has a wrong cursor"),
        (_wrong_head, "are not signed by it"),
        (_time_stands_still, "do not increase at op 2"),
        (_fewer_ops_than_said, "ops are not MessagePack triples"),
    ],
)
@in_loop
async def test_a_wrong_word_on_a_link(
    misdeed: Misdeed, pattern: str, caplog: pytest.LogCaptureFixture, expected_log: Expected
) -> None:
    expected_log(pattern)
    await _costs_only_itself(misdeed, caplog, pattern, greeted=True)


@in_loop
async def test_a_torn_frame_is_an_end_like_any_other(caplog: pytest.LogCaptureFixture) -> None:
    async with peer() as ana, peer(ana) as bob:
        rogue = Rogue()
        await rogue.link(ana)
        _torn(rogue)
        await until(lambda: ana.board.session.mesh.to(rogue.me) is None, "the end of the link at Ana's")
        await go_on(ana, bob)
    assert lines(caplog) == []


@in_loop
async def test_ops_beyond_a_gap_wait_and_are_not_believed(
    monkeypatch: pytest.MonkeyPatch, expected_log: Expected
) -> None:
    monkeypatch.setattr("p2psketch.catchup.STALLED_AFTER", 0.2)
    expected_log("does not deliver them")
    async with peer() as ana, peer(ana) as bob:
        rogue = Rogue()
        await rogue.link(ana)
        _gap(rogue)
        assert (await rogue.hears(m.Want)).ranges[0][:2] == (rogue.me, 1)
        await until(lambda: not ana.board.session.catchup._requests, "no more waiting")
        assert ana.board.session.log.seq(rogue.me) == 0
        await go_on(ana, bob)


@in_loop
async def test_claims_that_nobody_can_deliver_hold_up_nobody(
    monkeypatch: pytest.MonkeyPatch, allowed_log: Expected
) -> None:
    monkeypatch.setattr("p2psketch.catchup.STALLED_AFTER", 0.2)
    allowed_log("does not deliver them")
    async with peer() as ana:
        rogue = Rogue()
        await rogue.link(ana)
        entries = tuple((Rogue().me, Known(2**40, bytes(16))) for _ in range(20))
        rogue.say(m.Have(entries, False, True, bytes(16), 0))
        async with peer(ana) as bob:
            await go_on(ana, bob)
            await bob.catch_up(20)


# Bodies


def _body(**fields: Any) -> Callable[[Rogue], bytes]:
    return lambda rogue: encode_body(rogue.me, [(0, {**STROKE, **fields})])


@pytest.mark.parametrize(
    "body",
    [
        _body(width=-1.0),
        _body(width=math.nan),
        _body(color="red"),
        _body(points=b"\x00\x02\x00"),
        _body(deleted=7),
        lambda rogue: b"\xc1",
        lambda rogue: encode_body(rogue.me, [(0, STROKE), (0, STROKE)]),
        lambda rogue: msgpack.packb([[], 0, STROKE], use_single_float=True),
    ],
    ids="width nan color ink deleted nonsense twice float32".split(),
)
@in_loop
async def test_a_bad_body_is_void_for_all_and_costs_only_its_author_its_links(
    body: Callable[[Rogue], bytes], caplog: pytest.LogCaptureFixture, expected_log: Expected
) -> None:
    expected_log("is void")
    async with peer(name="Ana") as ana, peer(ana, name="Bob") as bob, peer(bob, ana, name="Cleo") as cleo:
        rogue = Rogue()
        await rogue.link(ana)
        good = encode_body(rogue.me, [(0, STROKE)])
        rogue.say(rogue.ops(good, body(rogue), good))
        await rogue.is_let_go()
        await until(lambda: all(p.board.session.log.seq(rogue.me) == 3 for p in (ana, bob, cleo)), "its ops everywhere")
        await all_alike(ana, bob, cleo, shapes=2)
        assert linked(ana, bob) and linked(bob, cleo) and linked(ana, cleo)
        await until(lambda: _acknowledged(ana, rogue), "everybody counts its ops")
        await go_on(ana, cleo)
    said = [line for line in lines(caplog) if "is void" in line]
    assert len(said) == 3 == len(lines(caplog)), lines(caplog)


def _acknowledged(peer: HeadlessPeer, rogue: Rogue) -> bool:
    session = peer.board.session
    return all(session.catchup.known(link.id, rogue.me) == 3 for link in session.mesh.up())


# Who reads nothing


@in_loop
async def test_who_asks_and_asks_and_reads_nothing_is_let_go(
    caplog: pytest.LogCaptureFixture, expected_log: Expected
) -> None:
    expected_log("asks much and reads nothing")
    async with peer() as ana, peer(ana) as bob:
        rogue = Rogue()
        await rogue.link(ana)
        stop_reading(rogue, link_to(ana, rogue.me))
        draw(ana, 3)
        there = [m.Range(ana.board.me, seq, seq) for seq in (1, 3)]
        flood = encode(m.Want(tuple(there * 512)))
        while ana.board.session.mesh.to(rogue.me) is not None:
            rogue.send(flood)
            await asyncio.sleep(0)
        await go_on(ana, bob)
        rogue.stream.abort()
    assert len(lines(caplog)) == 1


# Strokes that nobody keeps


@in_loop
async def test_who_draws_knows_how_many_have_the_strokes_when_not_all_do() -> None:
    async with peer() as ana, peer(ana, name="Dan") as dan:
        await Rogue().link(dan)
        draw(dan, 3)
        await until(lambda: dan.board.session.delivered() == (1, 2), "Ana has them, and the rogue does not say so")
        assert await dan.delivered(0.1) == (1, 2), "it is not waited for without end"


@in_loop
async def test_draw_fails_when_nobody_says_that_it_has_the_strokes() -> None:
    async with peer() as ana:
        ana.board.session.holdings.add = lambda *_: None  # type: ignore[method-assign]
        with pytest.raises(Unreachable, match="nobody said within 2 s that it keeps them"):
            await draw_by_command(Target(INVITE, (place(ana),)), m.Person("Dan", 0), [dict(STROKE)], 2.0)


# Trackers

Visit = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]


async def _garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1000)
    writer.write(b"\x00\x00\x00\x32" + b"\xc1" * 50)
    await reader.read()


async def _http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1000)
    writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    writer.close()


async def _peer_messages(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1000)
    writer.write(encode(m.Members(0, (), Address("127.0.0.1", 9))) + encode(m.Have((), True, True, bytes(16), 0)))
    await reader.read()


@pytest.mark.parametrize(
    ("visit", "pattern"),
    [(_garbage, "is not MessagePack"), (_http, "is larger"), (_peer_messages, "Have is not what a tracker says")],
)
@in_loop
async def test_a_tracker_that_talks_nonsense(
    visit: Visit, pattern: str, caplog: pytest.LogCaptureFixture, expected_log: Expected
) -> None:
    expected_log(pattern)
    async with server(visit) as tracker, peer(trackers=(tracker,)) as ana, peer(ana) as bob:
        await until(lambda: any(pattern in line or re.search(pattern, line) for line in lines(caplog)), "the complaint")
        await go_on(ana, bob)
        assert ana.board.status().tracker_reachable is False
        assert len(lines(caplog)) == 1


@in_loop
async def test_a_tracker_that_invents_members() -> None:
    keys = INVITE.keys()

    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        handles = [os.urandom(16) for _ in range(60)]
        forged = [m.Entry(handle, os.urandom(200)) for handle in handles]
        moved = m.Entry(handles[0], keys.seal(handles[1], b"card", os.urandom(12)))
        no_card = m.Entry(handles[2], keys.seal(handles[2], b"no card", os.urandom(12)))
        empty = m.Entry(handles[3], b"")
        writer.write(encode(m.Members(10**6, (*forged, moved, no_card, empty), Address("192.0.2.1", 9))))
        writer.write(encode(m.Joined(forged[0])) + encode(m.Joined(moved)) + encode(m.Left(os.urandom(16))))
        await reader.read()

    async with server(visit) as tracker, peer(trackers=(tracker,)) as ana:
        await until(lambda: ana.board.status().tracker_reachable, "the tracker's answer")
        async with peer(ana) as bob:
            await go_on(ana, bob)
            assert [person.state for person in ana.board.people()] == ["you", "direct"]
