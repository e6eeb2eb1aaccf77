"""People who part and meet again, with files and real links: what came meanwhile, who has what, what it is called."""

from collections.abc import Collection
from pathlib import Path

import pytest

from p2psketch.effects import Merged, Notice
from p2psketch.ids import PeerId, ShapeId
from p2psketch.keys import Identity
from p2psketch.views import Status, merge_summary
from peer.headless import HeadlessPeer
from peer.store import Store
from tests.network.support import all_alike, count, draw, in_loop, peer, until


class Ear:
    """Hears what merges."""

    def __init__(self, peer: HeadlessPeer) -> None:
        self.told: list[str] = []
        peer.board.watch(self)

    def changed(self, shapes: Collection[ShapeId]) -> None: ...
    def pointed(self, peers: Collection[PeerId]) -> None: ...
    def people_changed(self) -> None: ...
    def status_changed(self) -> None: ...
    def noticed(self, notice: Notice) -> None: ...

    def merged(self, merged: Merged) -> None:
        self.told.append(merge_summary(merged))


@pytest.fixture
def computers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each person has a computer of their own, and so a lasting key: here it goes by turns of starting."""
    turns = iter((b"ana", b"ben") * 3)
    monkeypatch.setattr("peer.headless.lasting_identity", lambda: Identity(next(turns).ljust(32)))


def status(peer: HeadlessPeer) -> Status:
    peer.board.observe()
    return peer.board.status()


@in_loop
async def test_what_was_drawn_apart_is_summed_up_and_the_files_know_who_had_what(
    tmp_path: Path, computers: None
) -> None:
    his, hers = tmp_path / "ben.p2psketch", tmp_path / "ana.p2psketch"
    async with peer(name="Ana", path=hers) as ana, peer(ana, name="Ben", path=his) as ben:
        draw(ana)
        draw(ben)
        await all_alike(ana, ben, shapes=2)
        ben.board.rename("Plan")
        await until(lambda: ana.board.name == "Plan", "the name")
        await until(lambda: status(ana).only_here is None, "Ben has Ana's stroke on his disk")
        assert [holder.name for holder in status(ana).holders] == ["Ben"]

    async with peer(name="Ana", path=hers) as ana:
        await until(lambda: count(ana) == 2, "her file")
        assert (status(ana).only_here, status(ana).safe_on) == (None, 1), "Ben had all of it when he was last seen"
        draw(ana, 3)
        assert (status(ana).only_here, status(ana).safe_on) == (3, 0)
        sealing = ana.board.session.replica.sealing
        await until(lambda: sealing.due is None, "what is drawn within a frame is signed at its end, before Ben comes")

        async with peer(ana, name="Ben", path=his) as ben:
            ears = Ear(ana), Ear(ben)
            await all_alike(ana, ben, shapes=5)
            await until(lambda: ears[1].told, "a word on what came")
            assert ears[1].told == ["3 strokes from Ana while you were away"]
            assert ears[0].told == []
            assert ben.board.name == "Plan"
            await until(lambda: status(ana).only_here is None, "Ben has those too")
    store = Store.open(hers)
    assert store.setting("name") == "Plan"
    store.close()


@in_loop
async def test_a_newcomer_is_told_nothing_and_gets_the_name_with_the_board(tmp_path: Path, computers: None) -> None:
    async with peer(name="Ana", path=tmp_path / "ana.p2psketch") as ana:
        draw(ana, 3)
        ana.board.rename("Plan")
        async with peer(ana, name="Ben") as ben:
            ear = Ear(ben)
            await all_alike(ana, ben, shapes=3)
            await until(lambda: not ben.board.session.logs.arrivals.is_due(0.0), "nothing is counted")
            assert (ben.board.name, ear.told) == ("Plan", [])
