"""Board files that fail while a board is open, or have failed before: it costs the file for a while, and no more."""

import asyncio
import os
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path

import pytest

from p2psketch.errors import BoardInUse, NotABoard, StoreError
from peer.headless import HeadlessPeer
from peer.store import Store, look
from peer.target import Target
from tests.network.support import (
    INVITE,
    all_alike,
    count,
    draw,
    draw_each,
    in_loop,
    linked,
    peer,
    place,
    until,
)
from tests.peer.store.boards import ops

Expected = Callable[..., None]
AGAIN = "saved again"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ana.p2psketch"


@pytest.fixture
def failing(expected_log: Expected, allowed_log: Expected) -> Callable[..., None]:
    """`failing(pattern, …)`: the file fails, and these sentences are told."""

    def expect(*patterns: str) -> None:
        for pattern in patterns:
            expected_log(pattern)
        allowed_log("the board file")

    return expect


@pytest.fixture
def stuck(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """While there is something in it, no board file can be opened for writing, for that reason."""
    monkeypatch.setattr("peer.backoff.FIRST", 0.1)
    why: list[str] = []
    opened = Target.open_store

    def open_store(target: Target) -> Store:
        if why:
            raise StoreError(why[0])
        return opened(target)

    monkeypatch.setattr(Target, "open_store", open_store)
    return why


def fails(peer: HeadlessPeer) -> None:
    """From here on strokes and addresses can neither be read from its file nor be written to it."""
    store = peer.node.disk.store
    store._database.executescript("DROP TABLE chunks; DROP TABLE addresses")
    store._recent.clear()


def is_full(peer: HeadlessPeer) -> None:
    """From here on SQLite finds no room in its file."""
    database = peer.node.disk.store._database
    pages = database.execute("PRAGMA page_count").fetchone()[0]
    database.execute(f"PRAGMA max_page_count = {pages}")


def saved(peer: HeadlessPeer) -> bool:
    """Is its board on disk?"""
    return peer.board.status().saved


def on_disk(path: Path) -> int:
    """The ops in a board file, each counted once."""
    with closing(look(path, whole=True)) as store:
        assert store.damage == ""
        return len(ops(store.chunks()))


def damaged_copies(path: Path) -> list[Path]:
    return sorted(path.parent.glob("*.damaged-*.p2psketch"))


# While it is open


@in_loop
async def test_the_address_book_cannot_be_written(path: Path, failing: Expected) -> None:
    failing(r"ana\.p2psketch cannot be written: no such table.*Drawing goes on in memory", "was damaged: it is kept as")
    async with peer(name="Ana", path=path) as ana, peer(name="Bob") as bob:
        fails(ana)
        ana.board.dial(place(bob))
        await until(lambda: linked(ana, bob), "Ana linked")
        draw_each(ana, bob)
        await all_alike(ana, bob, shapes=2)
        await until(lambda: saved(ana) and linked(ana, bob), "the board saved again")
        draw_each(ana, bob)
        await all_alike(ana, bob, shapes=4)
    assert on_disk(path) == 4


@in_loop
async def test_what_is_asked_for_cannot_be_read(
    path: Path, failing: Expected, allowed_log: Expected, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("p2psketch.catchup.STALLED_AFTER", 0.2)
    failing("ana.p2psketch cannot be written: no such table", "was damaged")
    allowed_log("does not deliver them")
    async with peer(name="Ana", path=path) as ana, peer(ana, name="Bob") as bob:
        draw_each(ana, bob)
        await all_alike(ana, bob, shapes=2)
        fails(ana)
        async with peer(ana, name="Cleo") as cleo:
            await until(lambda: linked(ana, cleo) and linked(bob, cleo), "all linked")
            await all_alike(ana, bob, cleo, shapes=2)
            draw_each(ana, cleo)
            await all_alike(ana, bob, cleo, shapes=4)
            await until(lambda: saved(ana), "the board saved again")
            await until(lambda: on_disk(path) == 4, "what was lost has come back from the others")


@in_loop
async def test_a_full_disk_costs_nothing_once_there_is_room_again(
    path: Path, failing: Expected, stuck: list[str]
) -> None:
    failing(r"ana\.p2psketch cannot be written: the disk is full\. Drawing goes on in memory", AGAIN)
    async with peer(name="Ana", path=path) as ana, peer(ana, name="Bob") as bob:
        draw(ana, 3)
        await all_alike(ana, bob, shapes=3)
        is_full(ana)
        stuck.append("database or disk is full")
        draw(ana, 200)
        await until(lambda: not saved(ana), "Ana goes on in memory")
        await until(lambda: linked(ana, bob), "linked anew, keeping nothing")
        draw_each(ana, bob)
        await all_alike(ana, bob, shapes=205)
        assert bob.board.session.delivered() == (0, 0), "Ana keeps nothing, and says so"
        stuck.clear()
        await until(lambda: saved(ana) and linked(ana, bob), "there is room again")
        await until(lambda: on_disk(path) == 205, "all of it in the file")
        await until(lambda: bob.board.session.delivered() == (1, 1), "Ana keeps it, and says so")
        draw(ana)
        await until(lambda: on_disk(path) == 206, "what is drawn then too")
    assert not damaged_copies(path)


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("what", ["deleted", "moved", "replaced", "its folder too"])
@in_loop
async def test_a_file_that_vanishes_is_written_anew(path: Path, failing: Expected, what: str) -> None:
    failing(r"ana\.p2psketch was moved or deleted while it was open\. Drawing goes on in memory", AGAIN)
    path = path.parent / "stick" / path.name
    path.parent.mkdir()
    async with peer(name="Ana", path=path) as ana:
        draw(ana, 5)
        await until(lambda: on_disk(path) == 5, "five strokes on disk")
        before = ana.node.disk.store
        match what:
            case "deleted":
                path.unlink()
            case "moved":
                path.rename(path.with_name("elsewhere.p2psketch"))
            case "replaced":
                with closing(sqlite3.connect(path)) as here, closing(sqlite3.connect(path.with_name("new"))) as there:
                    here.backup(there)
                path.with_name("new").replace(path)
            case "its folder too":
                shutil.rmtree(path.parent)
        draw(ana, 5)
        if what == "its folder too":
            await until(lambda: not saved(ana), "Ana goes on in memory")
            draw(ana, 5)
            path.parent.mkdir()
        await until(lambda: ana.node.disk.store is not before and ana.node.disk.store.path, "a new file")
        await until(lambda: saved(ana) and on_disk(path) == count(ana), "all of it there")
        draw(ana)
    assert on_disk(path) == count(ana)
    if what == "moved":
        assert on_disk(path.with_name("elsewhere.p2psketch")) >= 5
    assert not damaged_copies(path)


@in_loop
async def test_a_stroke_that_was_on_its_way_when_the_file_failed_is_not_recovered_twice(
    path: Path, failing: Expected, stuck: list[str]
) -> None:
    failing("the disk is full", AGAIN)
    async with peer(name="Ana", path=path) as ana:
        begin_to_draw(ana)
        await until(lambda: drafts_in(path) == 1, "the stroke is on disk while it grows")
        is_full(ana)
        stuck.append("database or disk is full")
        draw(ana, 200)
        await until(lambda: not saved(ana), "Ana goes on in memory")
        ana.board.finish_draft()
        assert drafts_in(path) == 1
        stuck.clear()
        await until(lambda: saved(ana), "there is room again")
        await until(lambda: drafts_in(path) == 0, "the stroke is a finished one there too")
    async with peer(name="Ana", path=path) as ana:
        assert count(ana) == 201


@in_loop
async def test_a_stroke_that_is_on_its_way_moves_to_the_new_file(path: Path, failing: Expected) -> None:
    failing("was moved or deleted", AGAIN)
    async with peer(name="Ana", path=path) as ana:
        begin_to_draw(ana)
        await until(lambda: drafts_in(path) == 1, "the stroke is on disk while it grows")
        path.unlink()
        await until(lambda: path.exists() and drafts_in(path) == 1, "in a new file too")
        ana.board.finish_draft()
        await until(lambda: drafts_in(path) == 0 and on_disk(path) == 1, "and becomes a stroke there")


def begin_to_draw(peer: HeadlessPeer) -> None:
    """The pen is on the board, and stays there."""
    peer.board.begin_draft({"kind": "stroke", "color": 0xE03131, "width": 3.0})
    peer.board.extend_draft([(1.0, 1.0), (2.0, 2.0)])


def drafts_in(path: Path) -> int:
    with closing(look(path)) as store:
        return len(list(store.drafts()))


@in_loop
async def test_what_the_disk_has_spoilt_is_not_served(path: Path, failing: Expected) -> None:
    """A row whose signature no longer holds: whoever gets it would take us for somebody who makes things up."""
    failing("holds ops that nobody has signed", "was damaged")
    async with peer(name="Ana", path=path) as ana:
        for _ in range(5):
            draw(ana)
            await asyncio.sleep(0.1)
        await until(lambda: on_disk(path) == 5, "five strokes on disk")
    with closing(sqlite3.connect(path)) as database, database:
        assert database.execute("UPDATE chunks SET signature = zeroblob(64) WHERE first = 3").rowcount == 1
    async with peer(name="Ana", path=path) as ana, peer(ana, name="Bob") as bob:
        assert count(ana) == 5
        await all_alike(ana, bob, shapes=5)
        author = next(peer for peer, _ in ana.board.session.log.tips())
        chunk = ana.node.disk.read(author, 1, 3)
        assert chunk is not None
        assert ana.node.disk._holds(chunk)
        await until(lambda: ana.board.session.replica.is_reading is False, "read anew")
        assert count(ana) == 5 and linked(ana, bob)
    assert len(damaged_copies(path)) == 1


# When it is opened


async def filled(path: Path, *others: HeadlessPeer, strokes: int = 60) -> None:
    """A file of so many rows, which others have as well."""
    async with peer(*others, name="Ana", path=path) as ana:
        for _ in range(strokes):
            draw(ana)
            await asyncio.sleep(0)
            ana.node._flush()
            ana.board.session.replica.sealing._due = 0.0
        await until(lambda: on_disk(path) == strokes, "all on disk")
        await all_alike(ana, *others, shapes=strokes)


@pytest.mark.parametrize("where", ["a page", "the header", "the ops of one row", "the end"])
@in_loop
async def test_a_damaged_board_opens_and_the_others_fill_what_lacks(
    path: Path, failing: Expected, allowed_log: Expected, where: str
) -> None:
    allowed_log("are lacking in the board file|is lacking in the board file|was damaged|does not continue|not signed")
    allowed_log("the board file")
    async with peer(name="Bob") as bob:
        await filled(path, bob)
        damage(path, where)
        before = path.read_bytes()
        async with peer(name="Ana", path=path) as ana:
            await until(lambda: ana.board.session.replica.is_reading is False, "what is left is read")
            if where != "the header":
                assert 0 < count(ana) < 60
            draw(ana)
            ana.board.dial(place(bob))
            await all_alike(ana, bob, shapes=61)
            assert saved(ana)
    assert on_disk(path) == 61
    assert before in [copy.read_bytes() for copy in damaged_copies(path)]


def damage(path: Path, where: str) -> None:
    if where == "the ops of one row":
        with closing(sqlite3.connect(path)) as database, database:
            first = database.execute("SELECT first FROM chunks ORDER BY first LIMIT 1 OFFSET 20").fetchone()[0]
            database.execute("UPDATE chunks SET ops = zeroblob(length(ops)) WHERE first = ?", (first,))
        return
    data = bytearray(path.read_bytes())
    match where:
        case "the header":
            data[:100] = bytes(100)
        case "the end":
            del data[-8192:]
        case "a page":
            leaf = max(at for at in range(0, len(data), 4096) if data[at] == 10 and b"points" in data[at : at + 4096])
            data[leaf : leaf + 4096] = os.urandom(4096)
    path.write_bytes(data)


@in_loop
async def test_what_lies_beyond_a_hole_is_shown_though_nobody_can_fill_it(path: Path, failing: Expected) -> None:
    failing("1 change is lacking|One change is lacking", "was damaged: it is kept as")
    async with peer(name="Ana", path=path) as ana:
        for _ in range(10):
            draw(ana)
            await asyncio.sleep(0.1)
    with closing(sqlite3.connect(path)) as database, database:
        assert database.execute("DELETE FROM chunks WHERE first = 4").rowcount == 1
    async with peer(name="Ana", path=path) as ana, peer(ana, name="Bob") as bob:
        await until(lambda: count(ana) == 9, "all but one are shown")
        author = next(peer for peer, _ in ana.board.session.log.tips())
        assert ana.board.session.log.seq(author) == ana.board.session.holdings.seq(author) == 3
        await until(lambda: count(bob) == 3, "what is claimed is what is whole")


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
@pytest.mark.parametrize("what", ["the file", "the folder"])
def test_a_board_that_may_only_be_read_is_opened_in_memory(
    failing: Expected, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As somebody who is not root, for whom nothing is forbidden."""
    failing(r"Drawing goes on in memory only, and is saved as soon as that is possible\.")
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        home, path = Path(folder, "home"), Path(folder, "boards", "ana.p2psketch")
        for place in (home, path.parent):
            place.mkdir()
            place.chmod(0o777)
        Path(folder).chmod(0o755)
        monkeypatch.setenv("P2PSKETCH_HOME", str(Path(folder, "mine")))
        asyncio.run(filled(path, strokes=10))
        before = path.read_bytes()
        path.chmod(0o444 if what == "the file" else 0o666)
        path.parent.chmod(0o777 if what == "the file" else 0o555)
        monkeypatch.setenv("P2PSKETCH_HOME", str(home))
        user = os.geteuid()
        os.seteuid(65534 if user == 0 else user)
        try:
            asyncio.run(_draws_in_memory(path))
        finally:
            os.seteuid(user)
        assert path.read_bytes() == before
        path.parent.chmod(0o777)


async def _draws_in_memory(path: Path) -> None:
    async with peer(name="Ana", path=path) as ana:
        await until(lambda: not saved(ana), "in memory")
        assert count(ana) == 10
        draw(ana)
        assert count(ana) == 11


@in_loop
async def test_what_is_not_a_board_is_refused_and_left_alone(path: Path) -> None:
    path.write_text("Dear diary, " * 100)
    with pytest.raises(NotABoard, match="is a file of another program, not a p2psketch board"):
        async with peer(name="Ana", path=path):
            pytest.fail("it opened")
    assert path.read_text() == "Dear diary, " * 100


# Two programs


@in_loop
async def test_a_second_window_joins_the_first_and_takes_over_when_that_ends(path: Path, failing: Expected) -> None:
    failing("Another window here has this board open", AGAIN)
    async with AsyncExitStack() as windows:
        ana = await windows.enter_async_context(peer(name="Ana", path=path))
        draw(ana, 3)
        await until(lambda: on_disk(path) == 3, "on disk")
        async with second_window(ana) as second:
            assert count(second) == 3
            assert not saved(second)
            draw_each(ana, second)
            await all_alike(ana, second, shapes=5)
            await until(lambda: on_disk(path) == 5, "what the second draws is in the file")
            await windows.aclose()
            await until(lambda: saved(second), "the second has the file now")
            draw(second)
            await until(lambda: on_disk(path) == 6, "and writes it")


@asynccontextmanager
async def second_window(first: HeadlessPeer) -> AsyncIterator[HeadlessPeer]:
    """On the same file, by the same person, and nobody has told it where the first one is."""
    async with HeadlessPeer(Target(INVITE, (), first._target.path), first.board.session.mesh.person) as second:
        await until(lambda: linked(first, second), "the second window has found the first")
        yield second


@in_loop
async def test_the_stroke_under_the_other_windows_pen_is_not_taken_for_one_of_the_dead(
    path: Path, failing: Expected
) -> None:
    failing("Another window here has this board open")
    async with peer(name="Ana", path=path) as ana:
        begin_to_draw(ana)
        await until(lambda: drafts_in(path) == 1, "the stroke is on disk while it grows")
        async with second_window(ana) as second:
            ana.board.finish_draft()
            await all_alike(ana, second, shapes=1)


@in_loop
async def test_who_does_not_want_to_join_is_refused(path: Path) -> None:
    async with peer(name="Ana", path=path) as ana:
        with pytest.raises(BoardInUse, match=f"is open in another program .it listens on port {ana.node.port}"):
            async with HeadlessPeer(ana._target, ana.board.session.mesh.person, joins=False):
                pytest.fail("it opened")
