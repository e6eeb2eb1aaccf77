"""A member that says each message wrongly: in the wrong state, of the wrong type, out of range, too long, half.

It costs that member its link and us one line of the log; the board and all other links go on.
"""

import asyncio
import logging
import math
import os
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgpack
import pytest

from p2psketch import messages as m
from p2psketch.address import Address
from p2psketch.codec import encode, frame
from p2psketch.ink import encode as ink
from p2psketch.oplog import MAX_OP, MAX_OPS
from peer.headless import HeadlessPeer
from peer.peer_link import PeerLink
from peer.transport import Credentials, Listener
from tests.core.authors import ANN
from tests.core.samples import VALID
from tests.network.support import (
    Rogue,
    all_alike,
    count,
    draw_each,
    in_loop,
    link_to,
    linked,
    peer,
    until,
)

Expected = Callable[[str], None]

KINDS = "Hello Welcome Have HaveHash Want Ops Draft Presence Links Ping Pong Bye".split()
NUMBERS = {name: number for number, name in enumerate(KINDS, start=1)}
INK = ink([(0.0, 0.0), (10.0, 10.0)])
WHO = ("rogue", 0)
HEAD, HASH, DIGEST = bytes(32), bytes(32), bytes(16)


def raw(kind: str, *values: Any) -> bytes:
    """A frame with these values, right or wrong."""
    return frame(msgpack.packb((NUMBERS[kind], *values)))


def opening(kind: str, me: bytes, **wrong: Any) -> bytes:
    """A Hello or a Welcome with something wrong in it."""
    versions = [1] if kind == "Hello" else 1
    fields = {"versions": versions, "peer": me, "person": WHO, "addresses": [], "links": 0, "keeps": True}
    return raw(kind, *(fields | {"proof": None} | wrong).values())


OPENINGS: dict[str, tuple[dict[str, Any], str]] = {
    "another peer's id": ({"peer": bytes(32)}, "names another peer than the certificate"),
    "an id that is none": ({"peer": b"short"}, "has a wrong peer"),
    "a person without a name": ({"person": ("", 0)}, "has a wrong name"),
    "a name of two lines": ({"person": ("a\nb", 0)}, "has a wrong name"),
    "a colour that is none": ({"person": ("a", 1 << 24)}, "has a wrong color"),
    "five addresses": ({"addresses": [("10.0.0.1", 2000)] * 5}, "has a wrong addresses"),
    "port 0": ({"addresses": [("10.0.0.1", 0)]}, "has a wrong port"),
    "a number of links below 0": ({"links": -1}, "has a wrong number of links"),
    "a flag that is a number": ({"keeps": 1}, "has a wrong flag"),
    "a proof of one byte": ({"proof": b"x"}, "has a wrong proof"),
}

WRONG: dict[str, list[tuple[bytes, str]]] = {
    "Hello": [(encode(VALID["Hello"]), "Hello is not allowed while OPEN")],
    "Welcome": [(encode(VALID["Welcome"]), "Welcome is not allowed while OPEN")],
    "Have": [
        (raw("Have", 7, True, True, DIGEST, 0), "Have has a wrong entries"),
        (raw("Have", [(ANN, 0, DIGEST)], True, True, DIGEST, 0), "Have has a wrong seq"),
        (raw("Have", [(ANN, 1, b"short")], True, True, DIGEST, 0), "Have has a wrong head"),
        (raw("Have", [(ANN, 1, DIGEST)] * 2049, True, True, DIGEST, 0), "Have has a wrong entries"),
        (raw("Have", [], True, True, DIGEST, -1), "Have has a wrong number of shapes"),
        (raw("Have", [], True, True, DIGEST), "Have has 4 fields in place of 5"),
    ],
    "HaveHash": [
        (raw("HaveHash", "text"), "HaveHash has a wrong hash"),
        (raw("HaveHash", bytes(33)), "HaveHash has a wrong hash"),
    ],
    "Want": [
        (raw("Want", {}), "Want has a wrong ranges"),
        (raw("Want", [(ANN, 2, 1)]), "Want has a wrong range"),
        (raw("Want", [(ANN, 1, 1 << 60)]), "Want has a wrong range"),
        (raw("Want", [(ANN, 1, 1)] * 1025), "Want has a wrong ranges"),
    ],
    "Ops": [
        (raw("Ops", ANN, 0, HEAD, 1, b"", None, None), "Ops has a wrong seq"),
        (raw("Ops", ANN, 1, HEAD, 0, b"", None, None), "Ops has a wrong number of ops"),
        (raw("Ops", ANN, 1, HEAD, MAX_OPS + 1, b"", None, None), "Ops has a wrong number of ops"),
        (raw("Ops", ANN, 1, HEAD, 1, bytes(MAX_OP + 1), None, None), "Ops has a wrong ops"),
        (raw("Ops", ANN, 1, HEAD, 1, "text", None, None), "Ops has a wrong ops"),
        (raw("Ops", ANN, 1, HEAD, 1, b"", b"short", None), "Ops has a wrong signature"),
    ],
    "Draft": [
        (raw("Draft", ANN, 0, 0, None, INK, 0, None, None), "Draft has a wrong number"),
        (raw("Draft", ANN, 1, 10_001, None, INK, 0, None, None), "Draft has a wrong start"),
        (raw("Draft", ANN, 1, 0, {"width": math.inf}, INK, 0, None, None), "Draft has a wrong style"),
        (raw("Draft", ANN, 1, 0, {"new": bytes(2000)}, INK, 0, None, None), "Draft has a wrong style"),
        (raw("Draft", ANN, 1, 0, None, b"no ink", 0, None, None), "Draft has a wrong ink"),
        (raw("Draft", ANN, 1, 0, None, INK, 3, None, None), "Draft has a wrong state"),
    ],
    "Presence": [
        (raw("Presence", ANN, (math.nan, 0.0), None, ""), "Presence has a wrong cursor"),
        (raw("Presence", ANN, (1e10, 0.0), None, ""), "Presence has a wrong cursor"),
        (raw("Presence", ANN, None, (0, 0, 1), ""), "Presence has a wrong viewport"),
        (raw("Presence", ANN, None, None, "a" * 17), "Presence has a wrong tool"),
    ],
    "Links": [
        (raw("Links", [(ANN, WHO, [], None)] * 65), "Links has a wrong neighbours"),
        (raw("Links", [(ANN, ("", 0), [], None)]), "Links has a wrong name"),
        (raw("Links", [(ANN, WHO, [("h" * 65, 2000)], None)]), "Links has a wrong address"),
        (raw("Links", [(ANN, WHO, [("10.0.0.1", 65536)], None)]), "Links has a wrong port"),
        (raw("Links", [(ANN, WHO)]), "Links has a wrong neighbour"),
    ],
    "Ping": [
        (raw("Ping", -1), "Ping has a wrong number"),
        (raw("Ping", 1.0), "Ping has a wrong number"),
        (raw("Ping"), "Ping has 0 fields in place of 1"),
    ],
    "Pong": [
        (raw("Pong", True), "Pong has a wrong number"),
        (raw("Pong", 2**53 + 1), "Pong has a wrong number"),
    ],
    "Bye": [
        (raw("Bye", "a" * 17, ""), "Bye has a wrong reason"),
        (raw("Bye", "leaving", "a" * 201), "Bye has a wrong text"),
        (raw("Bye", b"leaving", ""), "Bye has a wrong reason"),
    ],
}


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


@asynccontextmanager
async def three() -> AsyncIterator[tuple[HeadlessPeer, HeadlessPeer, HeadlessPeer]]:
    """An honest mesh; at the end its links are those of the beginning, and everybody draws."""
    async with peer(name="Ana") as ana, peer(ana, name="Bob") as bob, peer(ana, bob, name="Cleo") as cleo:
        everybody = ana, bob, cleo
        pairs = [(one, other) for one in everybody for other in everybody if one is not other]
        before = [link_to(one, other.board.me).id for one, other in pairs]
        yield everybody
        shapes = count(ana)
        draw_each(*everybody)
        await all_alike(*everybody, shapes=shapes + 3)
        assert linked(ana, bob) and linked(bob, cleo) and linked(ana, cleo)
        assert [link_to(one, other.board.me).id for one, other in pairs] == before


async def let_go(rogue: Rogue, ana: HeadlessPeer) -> None:
    """Wait until both ends of the link are gone."""
    await rogue.is_let_go()
    await until(lambda: not any(link.connection.peer == rogue.me for link in ana.node._links.values()), "its end")


@pytest.mark.parametrize("kind", KINDS)
@in_loop
async def test_what_is_wrong_closes_the_link_it_came_over(
    kind: str, caplog: pytest.LogCaptureFixture, expected_log: Expected
) -> None:
    expected_log("closing the link with")
    async with three() as (ana, _, _):
        for data, pattern in WRONG[kind]:
            caplog.clear()
            rogue = Rogue()
            await rogue.link(ana)
            rogue.send(data)
            await let_go(rogue, ana)
            assert [re.search(pattern, line) is not None for line in warnings(caplog)] == [True], warnings(caplog)
            assert any(isinstance(word, m.Bye) and word.reason == m.PROTOCOL for word in rogue.heard)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("Hello", "Bye")])
@in_loop
async def test_whatever_comes_before_hello_closes_the_link(
    kind: str, caplog: pytest.LogCaptureFixture, expected_log: Expected
) -> None:
    expected_log(f"{kind} is not allowed while LISTENING")
    async with three() as (ana, _, _):
        rogue = Rogue()
        await rogue.dial(ana)
        rogue.say(VALID[kind])
        await let_go(rogue, ana)
    assert len(warnings(caplog)) == 1


@pytest.mark.parametrize(("wrong", "pattern"), OPENINGS.values(), ids=OPENINGS.keys())
@in_loop
async def test_a_hello_that_does_not_hold(
    wrong: dict[str, Any], pattern: str, caplog: pytest.LogCaptureFixture, expected_log: Expected
) -> None:
    expected_log(pattern)
    async with three() as (ana, _, _):
        rogue = Rogue()
        await rogue.dial(ana)
        rogue.send(opening("Hello", rogue.me, **wrong))
        await let_go(rogue, ana)
    assert len(warnings(caplog)) == 1


class Host(Rogue):
    """A rogue that is dialled, and answers each Hello with the same bytes."""

    answer = b""

    def received(self, data: bytes) -> None:
        super().received(data)
        if any(isinstance(message, m.Hello) for message in self.heard):
            self.send(self.answer)
            self.answer = b""


@asynccontextmanager
async def hosting(host: Host) -> AsyncIterator[Address]:
    """It listens; it is dialled once, what comes after that meets nobody."""
    listener = await Listener.start(Credentials(host._room, host.identity), lambda: host, hosts=("127.0.0.1",))
    try:
        yield Address("127.0.0.1", listener.port)
    finally:
        await listener.close()
        host.stream.abort()


WELCOMES: dict[str, tuple[Callable[[Host], bytes], str]] = {
    **{
        what: (lambda host, wrong=wrong: opening("Welcome", host.me, **wrong), why)  # type: ignore[misc]
        for what, (wrong, why) in OPENINGS.items()
    },
    "a version that was not offered": (lambda host: opening("Welcome", host.me, versions=9), ""),
    "a Hello": (lambda host: encode(host.hello()), "Hello is not allowed while GREETED"),
    "Ops": (lambda host: encode(host.ops(b"\x90")), "Ops is not allowed while GREETED"),
    "nonsense": (lambda _: os.urandom(4) and frame(b"\xc1"), "a frame is not MessagePack"),
    "too long a frame": (lambda _: b"\x00\x04\x00\x01", "a frame of 262,145 bytes is larger"),
}


@pytest.mark.parametrize(("answer", "pattern"), WELCOMES.values(), ids=WELCOMES.keys())
@in_loop
async def test_a_welcome_that_does_not_hold(
    answer: Callable[[Host], bytes], pattern: str, caplog: pytest.LogCaptureFixture, allowed_log: Expected
) -> None:
    allowed_log("closing the link with")
    async with three() as (ana, _, _):
        host = Host()
        host.answer = answer(host)
        async with hosting(host) as address:
            ana.board.dial(address)
            await until(lambda: host.heard, "Ana's Hello")
            await let_go(host, ana)
        assert ana.board.session.mesh.to(host.me) is None
    assert [re.search(pattern, line) is not None for line in warnings(caplog)] == [True] * bool(pattern)


# Half of it


@pytest.mark.parametrize("kind", KINDS)
@in_loop
async def test_a_frame_that_is_torn_off_is_an_end_like_any_other(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    async with three() as (ana, _, _):
        for cut in (1, 4, -1):
            rogue = Rogue()
            await rogue.link(ana)
            rogue.send(encode(VALID[kind])[:cut])
            rogue.stream.close()
            await let_go(rogue, ana)
    assert warnings(caplog) == []


@in_loop
async def test_a_frame_that_is_never_finished_is_not_waited_for(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However it drips: each byte of it is a sign of life."""
    monkeypatch.setattr("p2psketch.connection.FINISH_WITHIN", 0.5)
    async with three() as (ana, _, _):
        rogue = Rogue()
        await rogue.link(ana)
        rogue.send(b"\x00\x03\x00\x00")
        while not rogue.is_closed:
            rogue.send(b"\x00")
            await asyncio.sleep(0.05)
        await let_go(rogue, ana)
    lines = [record.getMessage() for record in caplog.records]
    assert sum("not finished" in line for line in lines) == 1


@in_loop
async def test_a_member_that_never_says_hello_is_let_go(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with three() as (ana, _, _):
        rogue = Rogue()
        await rogue.dial(ana)
        monkeypatch.setattr("p2psketch.connection.GREET_WITHIN", 0.5)
        await let_go(rogue, ana)
    assert sum("no greeting" in record.getMessage() for record in caplog.records) == 1


# After the last word


@in_loop
async def test_who_says_goodbye_and_stays_is_not_listened_to() -> None:
    async with three() as (ana, _, _):
        rogue = Rogue()
        await rogue.link(ana)
        shapes = count(ana)
        rogue.say(m.Bye(m.LEAVING), rogue.ops(b"\x90"), *(VALID["Presence"],) * 100)
        await let_go(rogue, ana)
        assert ana.board.session.log.seq(rogue.me) == 0
        assert ANN not in ana.board.presences.pointers
        assert count(ana) == shapes


@in_loop
async def test_who_is_told_goodbye_and_does_not_read_it_is_cut_off(
    monkeypatch: pytest.MonkeyPatch, allowed_log: Expected
) -> None:
    """It goes on talking, so the link is not silent; what we have for it never leaves."""
    allowed_log("is void|asks much")
    monkeypatch.setattr("peer.peer_link.PART_WITHIN", 0.5)
    async with three() as (ana, _, _):
        rogue = Rogue()
        await rogue.link(ana)
        link = link_to(ana, rogue.me)
        rogue.stream.pause_reading()
        link.pause()
        rogue.say(rogue.ops(b"\xc1"))
        await until(lambda: _parting(link), "the end of patience")
        while link.id in ana.node._links:
            rogue.say(m.Ping(1))
            await asyncio.sleep(0.02)
        rogue.stream.abort()


def _parting(link: PeerLink) -> bool:
    return link._parting is not None
