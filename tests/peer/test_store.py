"""A board on disk: what was committed is there, whole and in order, and damage is told in a sentence."""

import os
import sqlite3
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p2psketch.address import Address
from p2psketch.errors import BoardDamaged, StoreError
from p2psketch.ids import PeerId
from p2psketch.keys import check_ops
from p2psketch.oplog import CHUNK_BYTES, Chunk, OpLog
from peer.store import Store
from peer.store.schema import APPLICATION_ID, FORMAT, prepare
from peer.store.store import RECENT_BYTES
from tests.core.authors import ANN, BEN, CAT, ROOM, Author


def chunk(first: int, length: int = 1, author: PeerId = ANN, size: int = 10, **more: Any) -> Chunk:
    return Chunk(author, first, bytes([first % 256]) * 32, length, bytes([length % 256]) * size, **more)


def filled(path: Path | None, *chunks: Chunk) -> Store:
    store = Store.memory() if path is None else Store.open(path, create=True)
    for one in chunks:
        store.append(one)
    store.commit()
    return store


def reopened(store: Store) -> Store:
    store.close()
    assert store.path is not None
    return Store.open(store.path)


@pytest.fixture(autouse=True)
def _nothing_stays_open(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Python warns of databases that nobody closed."""
    opened: list[sqlite3.Connection] = []

    def connect(*args: Any, **options: Any) -> sqlite3.Connection:
        opened.append(really(*args, **options))
        return opened[-1]

    really = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", connect)
    yield
    for database in opened:
        database.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "boards" / "board.p2psketch"


# Keeping


def test_what_was_committed_is_there_the_next_time(path: Path) -> None:
    chunks = [
        chunk(1, 2, signature=b"s" * 64, proof=b"p" * 64),
        chunk(3, signature=None, proof=b"p" * 64),
        chunk(1, 7, BEN),
    ]
    store = filled(path, *chunks)
    assert list(store.chunks()) == chunks
    assert list(reopened(store).chunks()) == chunks


def test_chunks_come_in_the_order_of_their_authors_log(path: Path) -> None:
    store = filled(path, chunk(1, 2), chunk(1, author=BEN), chunk(3, 2), chunk(2, author=BEN), chunk(5))
    logs: dict[PeerId, list[int]] = {ANN: [], BEN: []}
    for one in reopened(store).chunks():
        logs[one.author] += range(one.first, one.last + 1)
    assert logs == {ANN: [1, 2, 3, 4, 5], BEN: [1, 2]}


def test_a_session_reads_its_log_from_it(path: Path) -> None:
    ann = Author(ANN)
    for _ in range(5):
        ann.draws()
    log = OpLog(ROOM, check_ops)
    for one in reopened(filled(path, *ann.chunks)).chunks():
        assert log.accept(one) is not None
    assert log.tip(ANN) == ann.log.tip(ANN)


def test_a_board_in_memory_is_a_board_too() -> None:
    store = filled(None, chunk(1), chunk(2))
    assert store.path is None
    assert list(store.chunks()) == [chunk(1), chunk(2)]
    assert list(Store.memory().chunks()) == []


def test_others_see_what_was_committed_and_nothing_before(path: Path) -> None:
    store = filled(path, chunk(1))
    store.append(chunk(2))
    other = Store.open(path)
    assert list(other.chunks()) == [chunk(1)]
    store.commit()
    assert list(other.chunks()) == [chunk(1), chunk(2)]


def test_what_is_pending_is_written_on_close(path: Path) -> None:
    store = filled(path)
    store.append(chunk(1))
    assert list(reopened(store).chunks()) == [chunk(1)]


def test_committing_nothing_is_no_harm(path: Path) -> None:
    store = filled(path)
    store.commit()
    store.commit()
    assert list(store.chunks()) == []


def test_a_chunk_is_kept_once(path: Path) -> None:
    store = filled(path, chunk(1), chunk(1))
    store.append(chunk(1))
    assert list(store.chunks()) == [chunk(1)]
    assert store._recent_bytes == len(chunk(1).blob)


def test_a_proof_stays_with_its_author(path: Path) -> None:
    store = reopened(filled(path, chunk(1, proof=b"p" * 64), chunk(2), chunk(1, author=BEN)))
    store.append(chunk(3))
    assert [(one.author, one.proof) for one in store.chunks()] == [(ANN, b"p" * 64)] * 3 + [(BEN, None)]


# Reading


@pytest.fixture(params=["remembered", "from disk"])
def again(request: pytest.FixtureRequest, path: Path) -> Any:
    """A store of some chunks: as it is just after they came, or the next time it is opened."""

    def fill(*chunks: Chunk) -> Store:
        store = filled(path, *chunks)
        return store if request.param == "remembered" else reopened(store)

    return fill


def spans(*chunks: Chunk | None) -> list[tuple[int, int] | None]:
    return [None if one is None else (one.first, one.last) for one in chunks]


def test_small_chunks_are_joined(again: Any) -> None:
    chunks = [chunk(n, signature=bytes([n]) * 64) for n in range(1, 6)]
    store = again(*chunks, chunk(1, author=BEN))
    joined = store.read(ANN, 1, 5)
    assert joined == chunks[0]._replace(length=5, blob=b"".join(c.blob for c in chunks), signature=chunks[4].signature)
    assert spans(store.read(ANN, 2, 4), store.read(ANN, 5, 5)) == [(2, 4), (5, 5)]
    assert store.read(ANN, 2, 4).head == chunks[1].head


def test_a_chunk_is_read_whole(again: Any) -> None:
    store = again(chunk(1, 4), chunk(5, 4), chunk(9, 4))
    assert spans(store.read(ANN, 3, 6), store.read(ANN, 6, 6), store.read(ANN, 12, 99)) == [(1, 8), (5, 8), (9, 12)]
    assert store.read(ANN, 3, 4).head == chunk(1).head


def test_what_is_not_there_is_not_read(again: Any) -> None:
    store = again(chunk(1, 4))
    assert spans(store.read(ANN, 5, 9), store.read(BEN, 1, 9), store.read(ANN, 3, 2)) == [None, None, None]


def test_reading_ends_at_a_hole(again: Any) -> None:
    store = again(chunk(1), chunk(2), chunk(4), chunk(5))
    assert spans(store.read(ANN, 1, 5), store.read(ANN, 3, 5), store.read(ANN, 4, 5)) == [(1, 2), None, (4, 5)]


def test_one_reading_is_about_64_kib(again: Any) -> None:
    size = CHUNK_BYTES // 4
    store = again(*(chunk(n, size=size) for n in range(1, 10)))
    assert spans(store.read(ANN, 1, 9), store.read(ANN, 5, 9), store.read(ANN, 9, 9)) == [(1, 4), (5, 8), (9, 9)]


def test_a_large_chunk_is_read_alone(again: Any) -> None:
    store = again(chunk(1), chunk(2, size=CHUNK_BYTES + 1), chunk(3))
    assert spans(*(store.read(ANN, n, 3) for n in (1, 2, 3))) == [(1, 1), (2, 2), (3, 3)]


def test_what_another_program_cut_differently_is_read_too(path: Path) -> None:
    """One had all of it in one chunk, the other came later and ended early, with small ones."""
    store = reopened(filled(path, chunk(1, 100), chunk(101, 20), chunk(1, 49), chunk(50), chunk(51)))
    assert spans(store.read(ANN, 50, 120), store.read(ANN, 51, 51)) == [(50, 51), (51, 51)]
    assert spans(store.read(ANN, 52, 120), store.read(ANN, 100, 100)) == [(1, 120), (1, 100)]


cuts = st.sets(st.integers(2, 30), max_size=12)


@given(cuts, cuts, st.integers(1, 30), st.data())
def test_however_it_was_cut_all_of_a_log_can_be_read(one: set[int], other: set[int], end: int, data: Any) -> None:
    """Two programs kept the same 30 ops in chunks of their own; one of them ended early."""
    store = Store.memory()
    for places in (sorted({1, *one, 31}), [place for place in sorted({1, *other, 31}) if place <= end]):
        for first, after in pairwise(places):
            store.append(Chunk(ANN, first, bytes([first]) * 32, after - first, bytes(range(first, after))))
    if data.draw(st.booleans()):
        store = Store(store._database, None)
    seq = data.draw(st.integers(1, 30))
    while seq <= 30:
        found = store.read(ANN, seq, 30)
        assert found is not None
        assert found.first <= seq <= found.last
        assert found.head == bytes([found.first]) * 32
        assert found.blob == bytes(range(found.first, found.last + 1))
        seq = found.last + 1


def test_what_came_last_is_remembered_and_no_more_than_2_mib(path: Path) -> None:
    size = 100_000
    store = filled(path, *(chunk(n, size=size) for n in range(1, 41)))
    assert 0 < RECENT_BYTES - store._recent_bytes < size
    assert store._recent_bytes == sum(len(one.blob) for one in store._recent.values())
    assert (ANN, 40) in store._recent and (ANN, 1) not in store._recent
    assert [store.read(ANN, n, n) for n in (1, 20, 40)] == [chunk(n, size=size) for n in (1, 20, 40)]


def test_one_chunk_larger_than_that_is_remembered() -> None:
    store = filled(None, chunk(1), chunk(2, size=RECENT_BYTES + 1))
    assert list(store._recent) == [(ANN, 2)]


def test_what_is_accepted_takes_the_place_of_what_was_damaged(path: Path) -> None:
    damaged, good = chunk(1, 2), chunk(1, 2)._replace(blob=b"good", signature=b"s" * 64)
    store = reopened(filled(path, damaged))
    store.append(good)
    assert list(reopened(store).chunks()) == [good]


# From anywhere


def altered(store: Store, *statements: str) -> Store:
    for statement in statements:
        store._database.execute(statement)
    return reopened(store)


def test_rows_of_wrong_types_are_as_if_they_were_not_there(path: Path) -> None:
    store = filled(path, *(chunk(first) for first in (1, 2, 3)), chunk(1, author=BEN, proof=b"p" * 64))
    store.set_addresses([Address("10.0.0.1", 2000)])
    store = altered(
        store,
        "UPDATE chunks SET signature = 7 WHERE first = 2",
        "UPDATE chunks SET signature = 'text' WHERE first = 3",
        "UPDATE authors SET proof = 'text' WHERE id = 2",
        "INSERT INTO addresses VALUES (7, x'0a000001', 2000), (8, '10.0.0.2', 'port'), (9, '10.0.0.3', 65536)",
        "INSERT INTO addresses VALUES (10, CAST(x'ff' AS TEXT), 2000)",
    )
    assert list(store.chunks()) == [chunk(1)]
    assert store.addresses() == [Address("10.0.0.1", 2000), Address("\ufffd", 2000)]


def test_chunks_whose_authors_row_is_lost_do_not_become_those_of_the_next_author(path: Path) -> None:
    store = altered(filled(path, chunk(1), chunk(1, author=BEN)), "DELETE FROM authors")
    store.append(chunk(1, author=CAT))
    assert list(reopened(store).chunks()) == [chunk(1, author=CAT)]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER more AFTER INSERT ON chunks BEGIN DELETE FROM chunks; END",
        "CREATE VIEW more AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT * FROM n",
    ],
)
def test_a_file_that_would_do_something_is_not_opened(path: Path, statement: str) -> None:
    store = filled(path, chunk(1))
    store._database.execute(statement)
    with pytest.raises(StoreError, match="a file of another program"):
        reopened(store)


def test_of_a_damaged_file_what_can_be_read_goes_on(path: Path) -> None:
    store = filled(path, chunk(1))
    store._database.executescript("DROP TABLE addresses; DROP TABLE forks")
    with pytest.raises(StoreError):
        store.set_addresses([])
    copy = store.detached()
    copy.set_addresses([])
    assert list(copy.chunks()) == [chunk(1)] and list(copy.forks()) == []


def test_a_file_whose_damage_cannot_be_put_into_words_is_a_sentence_all_the_same(path: Path) -> None:
    filled(path, chunk(1)).close()
    data = path.read_bytes()
    path.write_bytes(data.replace(b"CREATE TABLE chunks", b"CREATE TABL\xff chunks"))
    with pytest.raises(StoreError, match="cannot be read"):
        Store.open(path)


# Settings and addresses


def test_settings_are_kept(path: Path) -> None:
    store = filled(path)
    assert store.setting("link") is None
    store.set(link="p2psketch://…", name="Tree house")
    store.set(name="Boat")
    store = reopened(store)
    assert (store.setting("link"), store.setting("name")) == ("p2psketch://…", "Boat")


def test_the_address_book_keeps_its_order(path: Path) -> None:
    book = [Address("9.9.9.9", 5), Address("::1", 27700), Address("10.0.0.1", 1)]
    store = filled(path)
    assert store.addresses() == []
    store.set_addresses(book)
    assert reopened(store).addresses() == book
    store = Store.open(path)
    store.set_addresses(book[:1:-1])
    assert store.addresses() == book[:1:-1]


# Files


def test_a_board_is_its_owners_alone(path: Path) -> None:
    filled(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_board_says_what_it_is(path: Path) -> None:
    filled(path).close()
    assert Store.open(path)._database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    header = path.read_bytes()[:100]
    assert header[68:72] == b"p2ps" == APPLICATION_ID.to_bytes(4, "big")
    assert int.from_bytes(header[60:64], "big") == FORMAT == 2


def test_there_is_no_board(path: Path) -> None:
    with pytest.raises(StoreError, match="There is no board at"):
        Store.open(path)
    assert not path.parent.exists()


def test_a_file_that_is_no_board_is_left_as_it_is(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("Dear diary, " * 1000)
    for create in (False, True):
        with pytest.raises(StoreError, match="cannot be read"):
            Store.open(path, create=create)
    assert path.read_text() == "Dear diary, " * 1000


def test_a_database_of_another_program_is_left_as_it_is(path: Path) -> None:
    path.parent.mkdir()
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE recipes (name TEXT)")
    database.close()
    before = path.read_bytes()
    for create in (False, True):
        with pytest.raises(StoreError, match="a file of another program"):
            Store.open(path, create=create)
    assert path.read_bytes() == before


def test_a_board_of_a_newer_format_is_not_opened(path: Path) -> None:
    store = filled(path)
    store._database.execute(f"PRAGMA user_version = {FORMAT + 1}")
    with pytest.raises(StoreError, match="made by a newer p2psketch"):
        reopened(store)


def test_a_directory_is_no_board(tmp_path: Path) -> None:
    for create in (False, True):
        with pytest.raises(StoreError):
            Store.open(tmp_path, create=create)


def test_a_board_where_there_can_be_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be opened"):
        Store.open(tmp_path / "file" / "board.p2psketch", create=True)


def damage(path: Path) -> None:
    """Overwrites all but the first two pages."""
    with path.open("r+b") as file:
        file.seek(2 * 4096)
        file.write(os.urandom(path.stat().st_size - 2 * 4096))


def test_a_damaged_board_is_told_as_such(path: Path) -> None:
    filled(path, *(chunk(n, size=1000) for n in range(1, 200))).close()
    damage(path)
    with pytest.raises(StoreError):
        list(Store.open(path).chunks())
    with pytest.raises(StoreError):
        Store.open(path).read(ANN, 1, 199)


NOT_CHUNKS: dict[str, tuple[object, ...]] = {
    "a first that is text": ("one", 1, b"h" * 32, b"ops", None),
    "a first of 1½": (1.5, 1, b"h" * 32, b"ops", None),
    "a length of 1½": (2, 1.5, b"h" * 32, b"ops", None),
    "a first of 0": (0, 1, b"h" * 32, b"ops", None),
    "no ops": (2, 0, b"h" * 32, b"", None),
    "too many ops": (2, 65_536, b"h" * 32, b"ops", None),
    "a length that is text": (2, "x", b"h" * 32, b"ops", None),
    "a head too short": (2, 1, b"h" * 31, b"ops", None),
    "a head that is text": (2, 1, "h" * 32, b"ops", None),
    "ops that are text": (2, 1, b"h" * 32, "ops", None),
}


@pytest.mark.parametrize("row", NOT_CHUNKS.values(), ids=NOT_CHUNKS)
def test_rows_that_are_no_chunks_are_passed_over(row: tuple[object, ...], path: Path) -> None:
    """A board file may come from anybody, and SQLite keeps anything anywhere."""
    store = filled(path, chunk(1))
    store._database.execute("INSERT INTO chunks VALUES (1, ?, ?, ?, ?, ?)", row)
    store = reopened(store)
    assert list(store.chunks()) == [chunk(1)]
    assert store.read(ANN, 2, 9) is None


def test_authors_that_are_none_are_passed_over(path: Path) -> None:
    store = filled(path, chunk(1), chunk(1, author=BEN), chunk(1, author=CAT))
    store._database.execute(f"UPDATE authors SET peer = '{'b' * 32}' WHERE id = 2")
    store._database.execute("UPDATE authors SET peer = 7 WHERE id = 3")
    assert list(reopened(store).chunks()) == [chunk(1)]


def test_a_board_without_tables_is_told_as_such(path: Path) -> None:
    store = filled(path)
    for table in ("settings", "addresses", "chunks"):
        store._database.execute(f"DROP TABLE {table}")
    with pytest.raises(StoreError):
        store.setting("link")
    with pytest.raises(StoreError):
        store.set(link="")
    with pytest.raises(StoreError):
        store.addresses()
    with pytest.raises(StoreError):
        store.set_addresses([])
    with pytest.raises(StoreError):
        store.append(chunk(1))
    with pytest.raises(BoardDamaged, match="some of its tables are lost"):
        reopened(store)


# Two programs, and files that cannot be written


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for another program to finish writing."""
    monkeypatch.setattr("peer.store.schema.BUSY_MS", 0)


@pytest.mark.usefixtures("impatient")
def test_two_programs_write_one_board(path: Path) -> None:
    one, other = filled(path), Store.open(path)
    one.append(chunk(1))
    one.commit()
    other.append(chunk(1, author=BEN))
    other.append(chunk(1))
    other.commit()
    one.append(chunk(2))
    one.commit()
    assert sorted(one.chunks()) == sorted(other.chunks()) == [chunk(1), chunk(2), chunk(1, author=BEN)]


@pytest.mark.usefixtures("impatient")
def test_while_another_program_writes_ours_waits_and_then_gives_up(path: Path) -> None:
    one, other = filled(path), Store.open(path)
    one.append(chunk(1))
    with pytest.raises(StoreError, match="locked"):
        other.append(chunk(1, author=BEN))
    one.commit()
    other.append(chunk(1, author=BEN))
    other.commit()
    assert len(list(one.chunks())) == 2


def test_a_board_that_another_program_has_just_made_is_not_made_again(path: Path) -> None:
    """Both saw an empty file; the second one's making of the tables changes nothing."""
    store = filled(path, chunk(1))
    store.set(link="p2psketch://…")
    prepare(store._database)
    assert (list(store.chunks()), store.setting("link")) == ([chunk(1)], "p2psketch://…")


@pytest.fixture
def read_only(path: Path) -> Iterator[Store]:
    filled(path, chunk(1), chunk(1, author=BEN)).close()
    before = path.read_bytes()
    yield Store.open(path, writable=False)
    assert path.read_bytes() == before


def test_a_board_that_may_only_be_read_can_be_read(read_only: Store) -> None:
    assert list(read_only.chunks()) == [chunk(1), chunk(1, author=BEN)]
    assert read_only.setting("link") is None
    with pytest.raises(StoreError):
        read_only.append(chunk(2))
    with pytest.raises(StoreError):
        read_only.set(link="")


def test_when_the_file_cannot_be_written_all_goes_on_in_memory(read_only: Store) -> None:
    with pytest.raises(StoreError):
        read_only.append(chunk(2))
    copy = read_only.detached()
    assert (copy.path, copy.detached_from) == (None, read_only.path)
    copy.append(chunk(3))
    copy.commit()
    assert list(copy.chunks()) == [chunk(1), chunk(2), chunk(3), chunk(1, author=BEN)]
    assert spans(copy.read(ANN, 1, 3), copy.read(BEN, 1, 3)) == [(1, 3), (1, 1)]


def test_what_cannot_be_committed_goes_on_in_memory(path: Path) -> None:
    store = filled(path, chunk(1))
    store._database.execute("PRAGMA foreign_keys = ON")
    store.append(chunk(2))
    store._database.execute("PRAGMA defer_foreign_keys = ON")
    store._database.execute("INSERT INTO chunks VALUES (99, 1, 1, x'', x'', NULL)")
    with pytest.raises(StoreError, match="FOREIGN KEY"):
        store.commit()
    assert list(store.detached().chunks()) == [chunk(1), chunk(2)]


def test_what_was_pending_goes_on_in_memory_too(path: Path) -> None:
    store = filled(path, chunk(1))
    store.set(link="p2psketch://…")
    store.append(chunk(2))
    store.append(chunk(1, author=BEN))
    copy = store.detached()
    assert list(copy.chunks()) == [chunk(1), chunk(2), chunk(1, author=BEN)]
    assert copy.setting("link") == "p2psketch://…"
    assert list(Store.open(path).chunks()) == [chunk(1)]


def test_when_the_file_cannot_even_be_read_what_came_last_goes_on(path: Path) -> None:
    store = filled(path, chunk(1))
    store._database.close()
    copy = store.detached()
    assert list(copy.chunks()) == [chunk(1)]
    assert copy.detached_from == path


def test_a_board_in_memory_has_nothing_to_be_detached_from() -> None:
    store = filled(None, chunk(1))
    assert store.detached() is store
    assert store.detached_from is None
