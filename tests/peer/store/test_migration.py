"""Board files of older formats, made by the programs of their time: brought forward, with a copy kept, or left alone.

`format-1.p2psketch` was made by commit 9b517b3: two launches of Ana's, of which the second was killed, so that what it
drew is in the log beside the file.
"""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from p2psketch.errors import StoreError
from p2psketch.invite import Invite
from peer.commands import read_board
from peer.store import Store, hold, look
from peer.store.migration import copy_of
from peer.store.schema import FORMAT
from peer.target import from_file

HERE = Path(__file__).parent
KEYS = Invite((), "den", b"format 1".ljust(32)).keys()
DIGEST = "94c31bb2bc821c84cd66f8fc1f5a7ee9"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    for ending in ("", "-wal"):
        shutil.copy(HERE / f"format-1.p2psketch{ending}", tmp_path / f"den.p2psketch{ending}")
    return tmp_path / "den.p2psketch"


def format_of(path: Path) -> int:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        return int(database.execute("PRAGMA user_version").fetchone()[0])


def opened(path: Path) -> Store:
    return hold(path, KEYS)


def is_whole(path: Path) -> bool:
    session = read_board(from_file(path))
    return session.document.digest().hex() == DIGEST and session.document.visible_count == 5


def test_an_old_board_is_read_as_it_is(old: Path) -> None:
    before = {path.name: path.read_bytes() for path in old.parent.iterdir()}
    assert is_whole(old)
    with closing(look(old, whole=True)) as store:
        assert len(list(store.chunks())) > 1
    assert {name: (old.parent / name).read_bytes() for name in before} == before


def test_an_old_board_is_brought_forward_and_a_copy_kept(old: Path) -> None:
    with closing(opened(old)) as store:
        assert list(store.drafts()) == []
        store.keep_draft(next(store.chunks()).author, 1, b"draft")
    assert format_of(old) == FORMAT
    assert is_whole(old)
    copy = copy_of(old, 1)
    assert copy.name == "den.format-1.p2psketch"
    assert format_of(copy) == 1
    assert is_whole(copy)
    assert copy.stat().st_mode & 0o777 == 0o600


def test_a_copy_that_is_there_stays_as_it_is(old: Path) -> None:
    copy_of(old, 1).write_text("mine")
    opened(old).close()
    assert copy_of(old, 1).read_text() == "mine"


@pytest.mark.parametrize("step", ["backup", "sync", "replace", "commit"])
def test_a_program_that_dies_in_between_leaves_one_format_or_the_other(
    old: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object, **__: object) -> None:
        raise OSError("the power is gone")

    with monkeypatch.context() as patches:
        match step:
            case "backup":
                patches.setattr("peer.store.migration.os.open", die)
            case "sync":
                patches.setattr("peer.store.migration.sync", die)
            case "replace":
                patches.setattr(Path, "replace", die)
            case "commit":
                patches.setattr(
                    "peer.store.migration.STEPS", {1: "CREATE TABLE drafts (peer); CREATE TABLE nonsense ("}
                )
        with pytest.raises(StoreError):
            opened(old)
    assert format_of(old) == 1
    assert is_whole(old)
    opened(old).close()
    assert format_of(old) == FORMAT
    assert is_whole(old)
    assert is_whole(copy_of(old, 1))
