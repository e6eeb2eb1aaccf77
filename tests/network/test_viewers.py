"""Who holds the view link sees all, keeps it and passes it on; whatever they try, nobody takes a change of theirs."""

import logging
import os
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from p2psketch import messages as m
from p2psketch.drafting import signed
from p2psketch.editors import Editors
from p2psketch.errors import VIEW_ONLY
from p2psketch.ids import PeerId
from p2psketch.ink import encode as ink
from p2psketch.messages import Person
from p2psketch.ops import Edit, encode_body
from peer.headless import HeadlessPeer
from peer.target import Target, from_file, from_invite
from tests.network.support import (
    INVITE,
    STROKE,
    VIEWER,
    Rogue,
    all_alike,
    count,
    cursor,
    drafts,
    draw,
    draw_each,
    in_loop,
    linked,
    peer,
    place,
    state,
    until,
)

Expected = Callable[[str], None]

STYLE = {"kind": "stroke", "color": 0xE03131, "width": 3.0}
INK = ink([(0.0, 0.0), (10.0, 10.0)])


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def may_edit(one: HeadlessPeer) -> dict[str, bool | None]:
    """Who may, as this one sees it."""
    return {person.name: person.may_edit for person in one.board.people()}


def proof_of(one: HeadlessPeer) -> bytes:
    """What shows that this one may edit: everybody in the room has seen it."""
    proof = one.board.session.editors.proof(one.board.me)
    assert proof is not None
    return proof


def begins(one: HeadlessPeer) -> None:
    """The pen is on the board, and has moved."""
    one.board.begin_draft(STYLE)
    for x in range(20):
        one.board.extend_draft([(x * 2.0, 5.0)])


# What a viewer has


@in_loop
async def test_a_viewer_sees_everything_live_and_points() -> None:
    async with peer(name="Ana") as ana, peer(ana, name="Vera", view_only=True) as vera:
        assert (ana.board.can_edit, vera.board.can_edit) == (True, False)
        draw(ana, 2)
        await all_alike(ana, vera, shapes=2)
        ana.board.point((3.0, 4.0), None, "pen")
        begins(ana)
        await until(lambda: cursor(vera, ana) == (3.0, 4.0) and drafts(vera, ana), "Ana's pointer and draft at Vera's")
        ana.board.finish_draft()
        await all_alike(ana, vera, shapes=3)
        vera.board.point((5.0, 6.0), None, "hand")
        await until(lambda: cursor(ana, vera) == (5.0, 6.0), "Vera's pointer at Ana's")
        await until(lambda: ana.board.status().peers_with_latest == 1, "the board counted as kept by Vera")


@in_loop
async def test_what_a_viewer_does_by_mistake_reaches_nobody(expected_log: Expected) -> None:
    expected_log(re.escape(VIEW_ONLY))
    async with peer(name="Ana") as ana, peer(ana, name="Vera", view_only=True) as vera:
        draw(ana)
        await all_alike(ana, vera, shapes=1)
        draw(vera)
        begins(vera)
        vera.board.finish_draft()
        vera.board.clear()
        vera.board.undo()
        vera.board.redo()
        vera.board.rename_me("Vroni", 0x2F9E44)
        await until(lambda: "Vroni" in may_edit(ana), "her new name")
        await all_alike(ana, vera, shapes=1)
        assert vera.board.session.log.seq(vera.board.me) == 0
        assert linked(ana, vera)


@in_loop
async def test_everybody_is_seen_as_editor_or_viewer_from_afar_too(walls: set[tuple[PeerId, int]]) -> None:
    async with peer(name="Ana") as ana, peer(name="Vera", view_only=True) as vera:
        walls |= {(ana.board.me, vera.node.port), (vera.board.me, ana.node.port)}
        async with peer(ana, vera, name="Bob") as bob:
            await until(lambda: state(ana, vera) == state(vera, ana) == "relayed", "each other seen through Bob")
            for one in (ana, bob, vera):
                assert may_edit(one) == {"Ana": True, "Bob": True, "Vera": False}


@in_loop
async def test_a_viewer_relays_between_editors(walls: set[tuple[PeerId, int]]) -> None:
    async with peer(name="Ana") as ana, peer(name="Bob") as bob:
        walls |= {(ana.board.me, bob.node.port), (bob.board.me, ana.node.port)}
        async with peer(ana, bob, name="Vera", view_only=True) as vera:
            await until(lambda: state(ana, bob) == state(bob, ana) == "relayed", "each other seen through Vera")
            assert may_edit(ana)["Bob"] is True
            draw_each(ana, bob)
            await all_alike(ana, bob, vera, shapes=2)
            begins(ana)
            await until(lambda: drafts(bob, ana), "Ana's draft at Bob's")
            ana.board.finish_draft()
            await all_alike(ana, bob, vera, shapes=3)
            await until(lambda: not drafts(bob, ana), "the end of the draft")


@in_loop
async def test_a_viewers_file_serves_the_board_when_no_editor_is_left(tmp_path: Path) -> None:
    file = tmp_path / "vera.p2psketch"
    async with peer(name="Vera", view_only=True, path=file) as vera, peer(vera, name="Ana") as ana:
        draw(ana, 5)
        await all_alike(ana, vera, shapes=5)
    async with peer(name="Vera", view_only=True, path=file) as vera, peer(vera, name="Bob") as bob:
        await bob.catch_up(20)
        await all_alike(vera, bob, shapes=5)
        draw(bob)
        await all_alike(vera, bob, shapes=6)


# Both links on one machine


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("P2PSKETCH_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.mark.usefixtures("home")
@in_loop
async def test_who_has_the_edit_link_draws_whatever_link_they_open_it_with() -> None:
    async with HeadlessPeer(from_invite(INVITE), Person("Ana", 0)) as ana:
        draw(ana)
    async with HeadlessPeer(from_invite(INVITE.viewer()), Person("Ana", 0)) as ana:
        await until(lambda: count(ana) == 1, "what the file holds")
        assert [permits for permits, _ in ana.board.invites()] == ["edit", "view"]
        async with peer(ana, name="Bob") as bob:
            draw(ana)
            await all_alike(ana, bob, shapes=2)


@pytest.mark.usefixtures("home")
@in_loop
async def test_a_viewer_who_gets_the_edit_link_draws_on_the_same_board() -> None:
    async with peer(name="Bob") as bob:
        draw(bob)
        target = from_invite(INVITE.viewer())
        async with HeadlessPeer(Target(target.invite, (place(bob),), target.path), Person("Vera", 0)) as vera:
            await all_alike(bob, vera, shapes=1)
            assert vera.board.invites() == [("view", INVITE.viewer().format())]
    target = from_invite(INVITE)
    async with HeadlessPeer(target, Person("Vera", 0)) as vera:
        await until(lambda: count(vera) == 1, "what the file holds")
        draw(vera)
        assert count(vera) == 2
    assert target.path is not None
    assert from_file(target.path).invite.can_edit


# A viewer without manners

Misdeed = Callable[[Rogue, HeadlessPeer], m.PeerMessage]
"""What it says, and whose proof it may have seen."""


def made_up() -> bytes:
    return os.urandom(64)


def op(rogue: Rogue, proof: bytes | None) -> m.Ops:
    return m.Ops(rogue.ops(encode_body(rogue.me, [(0, STROKE)])).chunk._replace(proof=proof))


def draft(author: PeerId, proof: bytes | None, *, begins: bool = True) -> m.Draft:
    return m.Draft(author, 1, 0 if begins else 2, STYLE if begins else None, INK, m.GOING, proof)


def in_the_name_of_another_viewer(rogue: Rogue, editor: HeadlessPeer) -> m.Ops:
    return op(Rogue(VIEWER), proof_of(editor))


def hears_of_a_false_editor(rogue: Rogue, editor: HeadlessPeer) -> m.Links:
    return m.Links((m.Neighbour(Rogue().me, Person("x", 0), (), proof_of(editor)),))


NO_PROOF = "come.? without a proof that it may edit"
FALSE_PROOF = "the edit proof of .* does not hold"

MISDEEDS: dict[str, tuple[Misdeed, str]] = {
    "op without a proof": (lambda rogue, _: op(rogue, None), NO_PROOF),
    "op with another's proof": (lambda rogue, editor: op(rogue, proof_of(editor)), NO_PROOF),
    "op with a made-up proof": (lambda rogue, _: op(rogue, made_up()), NO_PROOF),
    "op of somebody made up": (in_the_name_of_another_viewer, NO_PROOF),
    "draft without a proof": (lambda rogue, _: draft(rogue.me, None), NO_PROOF),
    "draft with another's proof": (lambda rogue, editor: draft(rogue.me, proof_of(editor)), FALSE_PROOF),
    "draft with a made-up proof": (lambda rogue, _: draft(rogue.me, made_up()), FALSE_PROOF),
    "draft without a beginning": (lambda rogue, _: draft(rogue.me, None, begins=False), NO_PROOF),
    "draft of somebody made up": (lambda rogue, _: draft(Rogue().me, None), NO_PROOF),
    "neighbour with another's proof": (hears_of_a_false_editor, FALSE_PROOF),
}


@pytest.mark.parametrize("misdeed", MISDEEDS)
@pytest.mark.parametrize("gate", ["editor", "viewer"])
@in_loop
async def test_it_costs_a_rogue_its_link_and_reaches_nobody(
    gate: str, misdeed: str, caplog: pytest.LogCaptureFixture, expected_log: Expected
) -> None:
    says, pattern = MISDEEDS[misdeed]
    expected_log(pattern)
    async with peer(name="Ana") as ana, peer(ana, name="Bob") as bob, peer(ana, bob, name="V", view_only=True) as vera:
        draw_each(ana, bob)
        await all_alike(ana, bob, vera, shapes=2)
        rogue = Rogue(VIEWER)
        await rogue.link(ana if gate == "editor" else vera)
        rogue.say(says(rogue, ana))
        await rogue.is_let_go()
        await nothing_came_of_it(rogue.me, ana, bob, vera)
    assert len(lines(caplog)) == 1, lines(caplog)
    assert re.search(pattern, lines(caplog)[0])


async def nothing_came_of_it(rogue: PeerId, *peers: HeadlessPeer) -> None:
    """The honest draw on, with nothing of the rogue's between them."""
    before = count(peers[0])
    draw(peers[0])
    await all_alike(*peers, shapes=before + 1)
    for one in peers:
        session = one.board.session
        assert rogue not in session.editors
        assert session.log.seq(rogue) == 0
        assert all(author in session.editors for author, _ in session.log.tips())
        assert not session.presences.sketches
        assert all(linked(one, other) for other in peers if other is not one)


@pytest.mark.parametrize("whose", ["another's", "made-up"])
@in_loop
async def test_who_greets_with_a_false_proof_is_not_let_in(
    whose: str, caplog: pytest.LogCaptureFixture, expected_log: Expected
) -> None:
    expected_log(FALSE_PROOF)
    async with peer(name="Ana") as ana, peer(ana, name="Bob") as bob:
        rogue = Rogue(VIEWER)
        rogue.proof = proof_of(bob) if whose == "another's" else made_up()
        await rogue.dial(ana)
        rogue.say(rogue.hello())
        await rogue.is_let_go()
        assert not any(isinstance(message, m.Welcome) for message in rogue.heard)
        await nothing_came_of_it(rogue.me, ana, bob)
    assert len(lines(caplog)) == 1


@in_loop
async def test_a_draft_in_the_name_of_somebody_who_is_here_is_not_shown() -> None:
    async with peer(name="Ana") as ana, peer(ana, name="Bob") as bob:
        rogue = Rogue(VIEWER)
        await rogue.link(bob)
        for proof in (None, proof_of(ana)):
            rogue.say(draft(ana.board.me, proof))
        rogue.say(m.Presence(ana.board.me, (1.0, 1.0), None, "pen"), m.Ping(7))
        await rogue.hears(m.Pong)
        assert not drafts(bob, ana)
        assert cursor(bob, ana) is None
        rogue.stream.close()


@pytest.mark.parametrize("how", ["unsigned", "signed by itself", "changed on the way"])
@in_loop
async def test_a_draft_in_the_name_of_an_editor_who_has_left_costs_a_rogue_its_link(
    how: str, caplog: pytest.LogCaptureFixture, expected_log: Expected
) -> None:
    expected_log("does not have its signature")
    async with peer(name="Bob") as bob, peer(bob, name="Vera", view_only=True) as vera:
        ear, rogue = Rogue(VIEWER), Rogue(VIEWER)
        async with peer(bob, name="Ana") as ana:
            await ear.link(ana)
            begins(ana)
            seen = await ear.hears(m.Draft)
            ana.board.cancel_draft()
            proof = proof_of(ana)
        await until(lambda: not any(person.name == "Ana" for person in bob.board.people()), "Ana's goodbye")
        await rogue.link(bob)
        said = replace(seen, number=seen.number + 1, proof=proof)
        if how == "unsigned":
            said = replace(said, signature=None)
        elif how == "signed by itself":
            said = replace(signed(said, rogue.identity, VIEWER.room_id), author=seen.author)
        rogue.say(said)
        await rogue.is_let_go()
        await nothing_came_of_it(rogue.me, bob, vera)
    assert len(lines(caplog)) == 1


# What it has kept for later


class Anybody(Editors):
    """Takes any proof, or none, for one that holds: a program that has been tampered with."""

    def admit(self, peer: PeerId, proof: bytes | None) -> bool:
        self._proofs.setdefault(peer, proof or made_up())
        return True


@asynccontextmanager
async def rogue_keep(path: Path, *others: HeadlessPeer) -> AsyncIterator[HeadlessPeer]:
    """A whole peer with the view link, whose program lets it edit."""
    target = Target(INVITE.viewer(), tuple(place(other) for other in others), path)
    keeper = HeadlessPeer(target, Person("rogue", 0))
    session = keeper.board.session
    session.editors = session.replica.editors = Anybody(session.room)
    session.editors.admit(session.me, None)
    async with keeper:
        yield keeper


async def drawn_by_a_rogue(path: Path) -> PeerId:
    """A board file with strokes that its author had no right to; who that was."""
    async with rogue_keep(path) as rogue:
        for _ in range(3):
            rogue.board._run(rogue.board.session.commit(Edit(((0, STROKE),)), 0))
        await until(lambda: rogue.board.session.holdings.seq(rogue.board.me) == 3, "its ops on its disk")
        return rogue.board.me


@pytest.mark.parametrize("first", ["editor", "viewer"])
@in_loop
async def test_what_a_rogue_has_kept_is_taken_by_nobody(
    first: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, expected_log: Expected
) -> None:
    expected_log(NO_PROOF)
    rogue = await drawn_by_a_rogue(tmp_path / "rogue.p2psketch")
    async with peer(name="Ana") as ana, peer(ana, name="Vera", view_only=True) as vera:
        draw(ana)
        victim = ana if first == "editor" else vera
        async with rogue_keep(tmp_path / "rogue.p2psketch", victim) as keeper:
            await until(lambda: count(keeper) >= 3, "its board from its file")
            await until(lambda: lines(caplog), "the complaint about it")
            await nothing_came_of_it(rogue, ana, vera)
    assert all(re.search(NO_PROOF, line) for line in lines(caplog)), lines(caplog)


@in_loop
async def test_a_file_with_a_rogues_strokes_shows_serves_and_claims_none_of_them(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, expected_log: Expected
) -> None:
    expected_log("the board file: nothing shows that .* may edit")
    rogue = await drawn_by_a_rogue(tmp_path / "rogue.p2psketch")
    async with peer(name="Ana", path=tmp_path / "rogue.p2psketch") as ana, peer(ana, name="Bob") as bob:
        await nothing_came_of_it(rogue, ana, bob)
        assert ana.board.session.holdings.seq(rogue) == 0
    assert len(lines(caplog)) == 1
