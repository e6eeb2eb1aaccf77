"""Damaged board files: whatever still holds is saved, whatever was there is kept, and nothing false is believed."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from p2psketch.address import Address
from p2psketch.errors import BoardDamaged, NotABoard, StoreError
from p2psketch.keys import check_ops
from p2psketch.oplog import Chunk, head_after
from peer.store import Store, hold, look, mended
from peer.store.carving import carve
from peer.target import from_file
from tests.core.sessions import ROOM
from tests.peer.store.boards import INVITE, PAGE, damaged_copies, drawn, fill, flip, loaded, ops, overwrite

CHUNKS = drawn()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "den.p2psketch"


@pytest.fixture
def board(path: Path) -> Path:
    fill(path, CHUNKS, room="sessions")
    return path


def opened(path: Path) -> Store:
    """The file as a program has it once it has looked at all of it."""
    store = hold(path, ROOM)
    return store if store.damage else mended(store, ROOM)


def holds(chunk: Chunk) -> bool:
    return chunk.signature is not None and check_ops(
        chunk.author, ROOM.room_id, chunk.last, head_after(chunk), chunk.signature
    )


def pages(path: Path) -> int:
    return path.stat().st_size // PAGE


# Whatever page is lost


@pytest.mark.parametrize("lost", [b"\0", b"\xff", None], ids=["zeros", "ones", "noise"])
def test_a_lost_page_costs_what_stood_on_it_and_nothing_else(board: Path, lost: bytes | None) -> None:
    whole, before = board.read_bytes(), ops(CHUNKS)
    rows = carve(board)
    fewest = 2 * PAGE // min(len(chunk.blob) for chunk in CHUNKS)
    for page in range(pages(board)):
        board.write_bytes(whole)
        overwrite(board, page * PAGE, lost * PAGE if lost else Random(page).randbytes(PAGE))
        damaged = board.read_bytes()
        try:
            store = opened(board)
        except NotABoard:
            pytest.fail(f"without page {page} it is not known as a board")
        with closing(store):
            saved = list(store.chunks())
            assert all(map(holds, saved))
            lacking = before - ops(saved)
            authors = {number: {peer for peer, _ in some} for number, some in rows.authors.items()}
            assert len(lacking) <= fewest, f"without page {page} of {pages(board)}, {len(lacking)} are lacking"
            assert len(authors) == 3
            assert store.is_sound()
            assert store.damage.startswith("The board file den.p2psketch was damaged: it is kept as den.damaged-")
        assert damaged_copies(board)[-1].read_bytes() == damaged
        for copy in damaged_copies(board):
            copy.unlink()


def test_of_a_board_whose_tree_is_lost_every_row_is_saved(board: Path) -> None:
    """All pages that lead to others, of all tables, and the list of the tables with them."""
    data = board.read_bytes()
    inner = [page for page in range(1, pages(board)) if data[page * PAGE] in (2, 5)]
    assert inner
    for page in [0, *inner]:
        overwrite(board, page * PAGE, bytes(PAGE))
    with closing(opened(board)) as store:
        assert len(ops(CHUNKS) - ops(store.chunks())) <= len(inner) * 10
        assert store.setting("link") == INVITE.format()
        assert len(list(store.drafts())) == 1


@pytest.mark.parametrize(("share", "least"), [(0.1, 0), (0.5, 15), (0.9, 80), (0.999, 100)])
def test_a_truncated_board_keeps_what_is_left_of_it(board: Path, share: float, least: int) -> None:
    data = board.read_bytes()
    left = int(len(data) * share)
    board.write_bytes(data[:left])
    rows = carve(board).chunks
    with closing(opened(board)) as store:
        saved = list(store.chunks())
        assert all(map(holds, saved))
        assert len(ops(saved)) == len(rows) >= least
        assert loaded(store).session.document.visible_count == len(ops(saved))
    assert damaged_copies(board)[0].read_bytes() == data[:left]


def test_bits_that_turn_over_anywhere(board: Path) -> None:
    """Single bits, each by itself: at most a page is lost, and nothing that is false is believed."""
    whole, rng = board.read_bytes(), Random(7)
    for _ in range(60):
        board.write_bytes(whole)
        flip(board, rng.randrange(len(whole)), rng.randrange(8))
        with closing(opened(board)) as store:
            saved = list(store.chunks())
            assert all(map(holds, saved))
            lost = ops(CHUNKS) - ops(saved)
            assert len(lost) <= 2 * PAGE // 150, "a page at most"
        for copy in damaged_copies(board):
            copy.unlink()


# Rows


def altered(path: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(path)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()
    return path


@pytest.mark.parametrize(
    ("what", "statement", "lost"),
    [
        ("ops", "UPDATE chunks SET ops = zeroblob(length(ops)) WHERE author = 1 AND first = 10", 1),
        ("a head", "UPDATE chunks SET head = zeroblob(32) WHERE author = 1 AND first = 10", 0),
        ("a signature within", "UPDATE chunks SET signature = zeroblob(64) WHERE author = 1 AND first = 10", 0),
        ("the last signature", "UPDATE chunks SET signature = zeroblob(64) WHERE author = 1 AND first = 40", 1),
        ("an author's key", "UPDATE authors SET peer = zeroblob(32) WHERE id = 1", 40),
        ("a number", "UPDATE chunks SET first = 999 WHERE author = 1 AND first = 10", 1),
    ],
)
def test_a_damaged_column_costs_its_row_at_most(board: Path, what: str, statement: str, lost: int) -> None:
    altered(board, statement)
    with closing(opened(board)) as store:
        saved = list(store.chunks())
        assert len(ops(CHUNKS)) - len(ops(saved)) == lost
        assert all(map(holds, saved))


def test_an_authors_proof_that_is_wrong_in_a_few_bytes_is_righted_by_whoever_holds_the_edit_key(board: Path) -> None:
    altered(board, "UPDATE authors SET proof = CAST(x'00000000' || substr(proof, 5) AS BLOB) WHERE id = 1")
    with closing(opened(board)) as store:
        assert loaded(store).session.document.visible_count == len(ops(CHUNKS))


def test_an_authors_proof_that_is_somebody_elses_is_not(board: Path) -> None:
    altered(board, "UPDATE authors SET proof = randomblob(64) WHERE id = 1")
    with closing(opened(board)) as store:
        assert loaded(store).session.document.visible_count == len(ops(CHUNKS)) - 40


def test_what_overlaps_and_does_not_hold_is_gone_from_the_file(board: Path) -> None:
    altered(board, "INSERT INTO chunks SELECT author, first, 7, head, ops, signature FROM chunks WHERE first = 12")
    with closing(opened(board)) as store:
        assert ops(store.chunks()) == ops(CHUNKS)
        assert all(map(holds, store.chunks()))


# All else that is in it


def test_settings_addresses_and_drafts_are_saved_too(board: Path) -> None:
    book = [Address("10.0.0.1", 2000), Address("::1", 2001)]
    with closing(hold(board, ROOM)) as store:
        store.set_addresses(book)
        before = list(store.drafts())
    overwrite(board, 0, bytes(100))
    with closing(opened(board)) as store:
        assert (store.setting("link"), store.setting("room")) == (INVITE.format(), "sessions")
        assert store.addresses() == book
        assert list(store.drafts()) == before != []


def test_what_is_still_in_the_log_of_a_program_that_was_killed_is_saved_too(path: Path, tmp_path: Path) -> None:
    store = hold(path, ROOM)
    store.set(link=INVITE.format())
    for chunk in CHUNKS:
        store.append(chunk)
    store.commit()
    killed = tmp_path / "killed.p2psketch"
    for ending in ("", "-wal"):
        killed.with_name(killed.name + ending).write_bytes(path.with_name(path.name + ending).read_bytes())
    store.close()
    overwrite(killed, 0, os.urandom(PAGE))
    overwrite(killed.with_name(killed.name + "-wal"), 0, os.urandom(32))
    with closing(opened(killed)) as store:
        assert ops(store.chunks()) == ops(CHUNKS)
    aside = damaged_copies(killed)[0]
    assert aside.with_name(aside.name + "-wal").exists()


def test_a_draft_that_has_become_a_stroke_does_not_come_back(board: Path) -> None:
    with closing(hold(board, ROOM)) as store:
        store.drop_draft(CHUNKS[-1].author)
    overwrite(board, 0, bytes(100))
    with closing(opened(board)) as store:
        assert list(store.drafts()) == []


# Looking at one changes nothing


def test_a_damaged_board_can_be_looked_at(board: Path) -> None:
    overwrite(board, 0, bytes(PAGE))
    before = board.read_bytes()
    assert from_file(board).invite == INVITE
    with closing(look(board, whole=True)) as store:
        assert loaded(store).session.document.visible_count == len(ops(CHUNKS))
        assert store.damage.endswith("is damaged: this is what could be read of it (120 changes).")
    assert board.read_bytes() == before
    assert not damaged_copies(board)


# What is not a damaged board


@pytest.mark.parametrize("what", ["text", "another program's", "newer", "a folder"])
def test_what_is_not_ours_stays_as_it_is(path: Path, what: str) -> None:
    if what == "text":
        path.write_text("Dear diary, " * 1000)
    elif what == "a folder":
        path.mkdir()
    elif what == "newer":
        fill(path, CHUNKS)
        altered(path, "PRAGMA user_version = 99")
    else:
        altered(path, "CREATE TABLE recipes (name TEXT)")
    before = None if path.is_dir() else path.read_bytes()
    for open_it in (lambda: hold(path, ROOM), lambda: look(path), lambda: from_file(path)):
        with pytest.raises(NotABoard) as told:
            open_it()
        assert str(told.value).count("\n") == 0
    if before is not None:
        assert path.read_bytes() == before
    assert [other.name for other in path.parent.iterdir()] == [path.name]


def test_an_empty_file_is_no_board_to_look_at_and_can_become_one(path: Path) -> None:
    path.touch()
    with pytest.raises(NotABoard, match="is empty: there is no board in it"):
        look(path)
    assert path.read_bytes() == b""
    hold(path, ROOM).close()
    look(path).close()


def test_a_board_of_which_nothing_is_left_begins_anew(board: Path) -> None:
    """It says that it is one, and no page of it can be read."""
    overwrite(board, PAGE, bytes(board.stat().st_size - PAGE))
    with closing(opened(board)) as store:
        assert list(store.chunks()) == []
        assert "nothing of it could be saved" in store.damage
    assert len(damaged_copies(board)) == 1


# Setting aside


def test_nothing_that_was_set_aside_is_overwritten(board: Path) -> None:
    whole = board.read_bytes()
    for number in range(3):
        board.write_bytes(whole)
        overwrite(board, 0, bytes([number]) * 100)
        opened(board).close()
    assert sorted(copy.read_bytes()[0] for copy in damaged_copies(board)) == [0, 1, 2]


def test_where_there_are_no_hard_links_it_is_copied(board: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    overwrite(board, 0, bytes(PAGE))
    before = board.read_bytes()
    with closing(opened(board)) as store:
        assert ops(store.chunks()) == ops(CHUNKS)
    assert damaged_copies(board)[0].read_bytes() == before


@pytest.mark.parametrize("step", range(3))
def test_a_rescue_that_is_cut_short_can_be_done_again(board: Path, step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The power goes after the new file was written, after the old one got its other name, and so on."""
    overwrite(board, 3 * PAGE, bytes(PAGE))
    before = board.read_bytes()
    with closing(look(board, whole=True)) as store:
        there = ops(store.chunks())
    calls = iter(range(99))

    def cut(*_: object) -> None:
        if next(calls) == step:
            raise OSError("the power is gone")

    with monkeypatch.context() as patches:
        patches.setattr("peer.store.rescue.sync", cut)
        patches.setattr("peer.store.access.sync", cut)
        with pytest.raises(StoreError):
            opened(board).close()
    assert [copy.read_bytes() for copy in damaged_copies(board)] in ([], [before])
    with closing(opened(board)) as store:
        assert ops(store.chunks()) == there
    assert before in [copy.read_bytes() for copy in damaged_copies(board)]


def test_where_nothing_can_be_written_the_damage_is_told(board: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("peer.store.access._write", refuse)
    overwrite(board, 0, bytes(PAGE))
    before = board.read_bytes()
    with pytest.raises(StoreError, match=r"is damaged.*Nothing can be written beside it"):
        hold(board, ROOM)
    assert board.read_bytes() == before
    assert not damaged_copies(board)
    with pytest.raises(BoardDamaged):
        Store.open(board)
