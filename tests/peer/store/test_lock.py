"""Who writes a board file: one at a time, who says where it listens, and nobody once its process is gone."""

import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from p2psketch.errors import BoardInUse
from peer.store import hold, look
from peer.store.lock import ENDING, Lock
from tests.core.sessions import ROOM

HOLDER = """
import sys, time
from pathlib import Path
from peer.store.lock import Lock
lock = Lock.take(Path(sys.argv[1]))
lock.tell(2700)
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "den.p2psketch"


def test_a_second_window_of_the_same_program_does_not_get_it(path: Path) -> None:
    with closing(hold(path, ROOM)) as store:
        assert store.lock is not None
        with pytest.raises(BoardInUse) as told:
            hold(path, ROOM)
        assert told.value.port is None
        store.lock.tell(2700)
        with pytest.raises(BoardInUse, match="is open in another program \\(it listens on port 2700\\)") as told:
            hold(path, ROOM)
        assert told.value.port == 2700
    hold(path, ROOM).close()


def test_nothing_stays_beside_a_board_that_is_closed(path: Path) -> None:
    hold(path, ROOM).close()
    assert [other.name for other in path.parent.iterdir()] == [path.name]


def test_a_board_in_use_can_be_looked_at(path: Path) -> None:
    with closing(hold(path, ROOM)), closing(look(path)) as store:
        assert list(store.chunks()) == []


def test_one_file_has_one_lock_whatever_leads_to_it(path: Path) -> None:
    other = path.with_name("link.p2psketch")
    with closing(hold(path, ROOM)):
        other.symlink_to(path)
        with pytest.raises(BoardInUse):
            hold(other, ROOM)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_it_dies_with_its_process_however_that_ends(path: Path, number: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(BoardInUse) as told:
            hold(path, ROOM)
        assert told.value.port == 2700
        holder.send_signal(number)
        holder.wait()
    assert path.with_name(path.name + ENDING).read_text() == "2700\n"
    hold(path, ROOM).close()


def test_what_lies_there_means_nothing(path: Path) -> None:
    path.with_name(path.name + ENDING).write_text("1234\n")
    lock = Lock.take(path)
    assert path.with_name(path.name + ENDING).read_bytes() == b""
    lock.release()
    lock.release()


@pytest.mark.parametrize("said", ["", "port", "\xff"])
def test_who_says_nothing_sensible_cannot_be_joined(path: Path, said: str) -> None:
    lock = Lock.take(path)
    path.with_name(path.name + ENDING).write_text(said, encoding="latin-1")
    with pytest.raises(BoardInUse) as told:
        Lock.take(path)
    assert told.value.port is None
    lock.release()


def test_a_lock_that_was_removed_while_it_was_waited_for_is_no_lock(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its holder removes the file and is gone, after we have opened it: there is a new one by then, or none."""
    from peer.store import lock as module

    seize, file = module._seize, path.with_name(path.name + ENDING)
    removed = iter([True, False, False])

    def late(number: int) -> None:
        if next(removed):
            file.unlink()
        seize(number)

    monkeypatch.setattr(module, "_seize", late)
    mine = Lock.take(path)
    with pytest.raises(BoardInUse):
        Lock.take(path)
    mine.release()
