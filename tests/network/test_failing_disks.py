"""Board files that fail while a board is open: whatever is asked of them then, it costs the file and nothing else."""

from collections.abc import Callable
from pathlib import Path

import pytest

from peer.headless import HeadlessPeer
from tests.network.support import all_alike, draw_each, in_loop, linked, peer, place, until

Expected = Callable[[str], None]


def fails(peer: HeadlessPeer) -> None:
    """From here on strokes and addresses can neither be read from its file nor be written to it."""
    store = peer.node.disk.store
    store._database.executescript("DROP TABLE chunks; DROP TABLE addresses")
    store._recent.clear()


@in_loop
async def test_the_address_book_cannot_be_written(tmp_path: Path, expected_log: Expected) -> None:
    expected_log("board file cannot be written")
    async with peer(name="Ana", path=tmp_path / "ana.p2psketch") as ana, peer(name="Bob") as bob:
        fails(ana)
        ana.board.dial(place(bob))
        await until(lambda: not ana.board.status().saved and linked(ana, bob), "Ana linked again, keeping nothing")
        draw_each(ana, bob)
        await all_alike(ana, bob, shapes=2)


@in_loop
async def test_what_is_asked_for_cannot_be_read(
    tmp_path: Path, expected_log: Expected, allowed_log: Expected, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("p2psketch.catchup.STALLED_AFTER", 0.2)
    expected_log("board file cannot be written")
    allowed_log("does not deliver them")
    async with peer(name="Ana", path=tmp_path / "ana.p2psketch") as ana, peer(ana, name="Bob") as bob:
        draw_each(ana, bob)
        await all_alike(ana, bob, shapes=2)
        fails(ana)
        async with peer(ana, name="Cleo") as cleo:
            await until(lambda: not ana.board.status().saved, "Ana has asked its disk")
            await until(lambda: linked(ana, cleo) and linked(bob, cleo), "all linked")
            await all_alike(ana, bob, cleo, shapes=2)
            draw_each(ana, cleo)
            await all_alike(ana, bob, cleo, shapes=4)
