"""Small rows are joined: nothing is lost, all of it can still be believed and read, and it is smaller."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest

from p2psketch.keys import check_ops
from p2psketch.oplog import Chunk, head_after
from p2psketch.salvage import PACKED
from peer.store import Store, hold
from peer.store.packing import ROWS
from tests.core.sessions import ROOM
from tests.peer.store.boards import drawn, fill, loaded, ops


@cache
def chunks() -> list[Chunk]:
    """A board of many small rows."""
    return drawn(launches=3, strokes=300, points=40)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    fill(tmp_path / "den.p2psketch", chunks())
    with closing(hold(tmp_path / "den.p2psketch", ROOM)) as store:
        yield store


def pack(store: Store) -> None:
    while store.pack(ROOM.room_id, 0.001):
        store.commit()
    store.commit()


def holds(chunk: Chunk) -> bool:
    assert chunk.signature is not None
    return check_ops(chunk.author, ROOM.room_id, chunk.last, head_after(chunk), chunk.signature)


def test_all_is_there_in_few_rows_that_hold(store: Store) -> None:
    before = loaded(store).session.document.digest()
    pack(store)
    rows = list(store.chunks())
    assert ops(rows) == ops(chunks())
    assert all(map(holds, rows))
    assert all(len(row.blob) <= PACKED for row in rows)
    assert len(rows) < sum(len(chunk.blob) for chunk in chunks()) / PACKED * 1.4 + 3
    assert loaded(store).session.document.digest() == before
    assert store.is_sound()


def test_whatever_is_asked_for_can_be_read_all_the_while(store: Store) -> None:
    author = chunks()[0].author
    more = True
    while more:
        more = store.pack(ROOM.room_id, 0.0001)
        for seq in (1, 77, 150, 300):
            found = store.read(author, seq, 300)
            assert found is not None
            assert found.first <= seq <= found.last
            assert holds(found)
    assert sum(1 for _ in store.chunks()) < ROWS


def test_who_is_drawing_now_keeps_the_last_row_open(store: Store) -> None:
    author = chunks()[-1].author
    store.append(chunks()[-1])
    pack(store)
    assert [row.length for row in store.chunks() if row.author == author][-1] == 1
    assert ops(store.chunks()) == ops(chunks())


def test_what_does_not_hold_is_left_as_it_is(store: Store) -> None:
    store._database.execute("UPDATE chunks SET ops = zeroblob(length(ops)) WHERE author = 1 AND first = 10")
    pack(store)
    assert [row.length for row in store.chunks() if row.author == chunks()[0].author][:3] == [1, 1, 1]


def test_a_second_round_changes_nothing(store: Store) -> None:
    pack(store)
    rows = list(store.chunks())
    store._packing = None
    pack(store)
    assert list(store.chunks()) == rows


def test_a_file_gives_back_what_it_does_not_use(tmp_path: Path) -> None:
    path = tmp_path / "den.p2psketch"
    fill(path, drawn(launches=2, strokes=1000))
    size = path.stat().st_size
    with closing(hold(path, ROOM)) as store:
        before = ops(store.chunks())
        pack(store)
        store.shrink()
        assert ops(store.chunks()) == before
    assert path.stat().st_size < 0.75 * size


def test_a_program_that_dies_meanwhile_has_lost_nothing(store: Store, tmp_path: Path) -> None:
    store.pack(ROOM.room_id, 0.001)
    copy = tmp_path / "copy.p2psketch"
    for ending in ("", "-wal"):
        source = tmp_path / f"den.p2psketch{ending}"
        (tmp_path / f"copy.p2psketch{ending}").write_bytes(source.read_bytes())
    with closing(hold(copy, ROOM)) as other:
        assert list(other.chunks()) == sorted(chunks(), key=lambda chunk: list(other._authors).index(chunk.author))
    assert sqlite3.sqlite_version
