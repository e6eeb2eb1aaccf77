"""A tracker that lies, or is told lies: whom it names costs little, and nobody is knocked at without end."""

import asyncio
import os
from collections.abc import Callable

import pytest

from p2psketch import messages as m
from p2psketch.address import Address
from p2psketch.codec import MAX_FRAME, encode, encode_card
from p2psketch.contacts import MAX_NAMED
from p2psketch.ids import PeerId
from p2psketch.introduction import MAX_HANDLES
from p2psketch.mesh import DIALS_AT_ONCE
from p2psketch.strangers import STRANGERS_A_HOST
from tests.network.support import ROOM, draw_each, in_loop, linked, peer, server, until

Expected = Callable[[str], None]
SEEN = Address("192.0.2.1", 9)


def member(*addresses: Address, seen: Address | None = None) -> m.Entry:
    """What a member with the keys may announce: somebody who does not exist, at any address."""
    handle = os.urandom(16)
    card = encode_card(PeerId(os.urandom(32)), addresses, seen)
    return m.Entry(handle, ROOM.seal(handle, card, os.urandom(12)))


def told(*messages: m.Message) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], "asyncio.Future[None]"]:
    """A tracker that says this to whoever announces itself, and then nothing."""

    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(2000)
        writer.write(b"".join(map(encode, messages)))
        await reader.read()

    return visit  # type: ignore[return-value]


@in_loop
async def test_ever_new_members_are_not_all_remembered() -> None:
    joined = [m.Joined(member(Address(f"10.9.{n // 250}.{n % 250 + 1}", 2000))) for n in range(3000)]
    async with server(told(m.Members(0, (), SEEN), *joined)) as tracker, peer(trackers=(tracker,)) as ana:
        session = ana.board.session
        await until(lambda: len(session.introduction._handles) == len(joined), "all that it says")
        assert len(session.introduction._handles) <= MAX_HANDLES
        assert len(list(session.mesh.contacts)) <= MAX_NAMED
        assert session.mesh.contacts.dialling <= DIALS_AT_ONCE
        async with peer(ana, name="Bob") as bob:
            draw_each(ana, bob)
            await until(lambda: ana.board.document.visible_count == bob.board.document.visible_count == 2, "both")


@in_loop
async def test_members_that_all_point_at_one_victim_do_not_hurt_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("p2psketch.strangers.is_public", lambda _: True)
    visits = 0

    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal visits
        visits += 1
        writer.close()

    async with server(visit) as victim:
        entries = tuple(member(victim, seen=victim) for _ in range(64))
        joined = [m.Joined(member(victim)) for _ in range(300)]
        async with server(told(m.Members(64, entries, SEEN), *joined)) as tracker, peer(trackers=(tracker,)) as ana:
            await until(lambda: visits == STRANGERS_A_HOST, "so many visits")
            await until(lambda: len(ana.board.session.introduction._handles) == 364, "all that it says")
            await asyncio.sleep(1.5)  # by now the next tries would be due
            assert visits == STRANGERS_A_HOST


@in_loop
async def test_members_at_ports_of_other_services_or_under_names_are_not_dialled() -> None:
    places = [
        Address("127.0.0.1", 22),
        Address("localhost", 2000),
        Address("224.0.0.1", 2000),
        Address("0.0.0.0", 2000),
    ]
    entries = tuple(member(place) for place in places)
    async with server(told(m.Members(4, entries, SEEN))) as tracker, peer(trackers=(tracker,)) as ana:
        await until(lambda: len(ana.board.session.introduction._handles) == 4, "all that it says")
        assert list(ana.board.session.mesh.contacts) == []


@pytest.mark.parametrize(
    ("data", "pattern"),
    [
        ((MAX_FRAME + 1).to_bytes(4, "big"), "is larger"),
        (encode(m.Members(0, (), SEEN)) * 2 + encode(m.Have((), True, True, bytes(16), 0)), "Have is not what"),
        (encode(m.Joined(member())), "Joined is not the answer to an announce"),
        (encode(m.Members(0, (), SEEN))[:-1], ""),
    ],
    ids="oversize another's too-early torn".split(),
)
@pytest.mark.usefixtures("soon")
@in_loop
async def test_what_a_tracker_says_wrongly_ends_that_visit(data: bytes, pattern: str, allowed_log: Expected) -> None:
    allowed_log(pattern or "^$")
    visits = 0

    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal visits
        visits += 1
        await reader.read(2000)
        writer.write(data)
        if not pattern:
            writer.close()
        await reader.read()

    async with server(visit) as tracker, peer(trackers=(tracker,)) as ana, peer(ana, name="Bob") as bob:
        await until(lambda: visits >= 2, "it is asked again")
        assert linked(ana, bob)


@in_loop
async def test_who_is_refused_for_a_day_goes_on_with_whom_it_knows() -> None:
    refused = m.Refused("Go away.", 86400)
    async with server(told(refused)) as tracker, peer(trackers=(tracker,)) as ana:
        await until(lambda: ana.board.status().tracker_reachable is False, "the refusal")
        [why] = ana.board.status().trackers.values()
        assert why == "Go away."
        async with peer(ana, name="Bob") as bob:
            draw_each(ana, bob)
            await until(lambda: ana.board.document.visible_count == bob.board.document.visible_count == 2, "both")
