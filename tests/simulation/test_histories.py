"""Offline histories, merged: 1,000 of them, of which `make test` plays a part."""

import pytest

from p2psketch.document import Document
from p2psketch.ids import PeerId, Stamp
from p2psketch.ops import Op
from tests.simulation.histories import play

BATCH = 10
FEW = 20
ALL = 1_000


def play_all(seeds: range) -> None:
    for seed in seeds:
        play(seed)


@pytest.mark.parametrize("first", range(0, FEW, BATCH))
def test_histories_that_were_apart_come_to_one_board(first: int) -> None:
    play_all(range(first, first + BATCH))


@pytest.mark.slow
@pytest.mark.parametrize("first", range(FEW, ALL, BATCH * 10))
def test_many_more_histories_come_to_one_board(first: int) -> None:
    play_all(range(first, min(first + BATCH * 10, ALL)))


def test_a_wrong_merge_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the last one to arrive to win, and not the highest stamp, these would not pass."""
    apply = Document.apply

    def last_one_wins(self: Document, op: Op) -> None:
        for shape, fields in op.sets:
            held = self._shapes.get(shape)
            if held is not None and (shape.peer, shape.seq) != op.id:
                for field in fields:
                    held.write(field, held.values.get(field), Stamp(0, PeerId(b"")))
        apply(self, op)

    monkeypatch.setattr(Document, "apply", last_one_wins)
    with pytest.raises(AssertionError, match=r"-m tests\.simulation\.histories"):
        play_all(range(BATCH))
