"""A board file cut at every write: whatever was committed before is there, and nothing is half there.

SQLite writes a file in three ways: frames are appended to its log, the log's pages are moved into the file, and the log
is begun anew from its front. A real board is written, the files are copied at every step, and every state that lies
between two copies is opened: cut at each frame, within one, within its header; after each page of a move, and within
one.
"""

import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from p2psketch.ids import PeerId
from peer.store import Store, hold
from tests.core.sessions import ROOM, WALL
from tests.peer.store.boards import INVITE, PAGE, damaged_copies, drawn

FRAME = 24 + PAGE
HEADER = 32
CHUNKS = drawn(launches=2, strokes=24, points=30)


@dataclass(frozen=True)
class State:
    """The two files, and what has been committed by then: how many chunks, and whose draft is there."""

    file: bytes
    log: bytes
    committed: int
    draft: PeerId | None


class Recorder:
    """Writes a board as a node does, and copies it at every step."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.states: list[State] = []
        self.store = hold(path, ROOM)
        self.store._database.execute("PRAGMA wal_autocheckpoint = 0")
        self.store.set(link=INVITE.format())
        self._committed = 0

    def note(self, draft: PeerId | None = None) -> None:
        log = self.path.with_name(self.path.name + "-wal")
        self.states.append(State(self.path.read_bytes(), log.read_bytes(), self._committed, draft))

    def writes(self) -> None:
        """Strokes, each kept as a draft before, and some of them together; now and then the log is moved."""
        self.note()
        for number, chunk in enumerate(CHUNKS):
            self.store.keep_draft(chunk.author, WALL, b"%d" % number * 40)
            self.store.commit()
            self._committed = number
            self.note(chunk.author)
            self.store.append(chunk)
            self.store.drop_draft(chunk.author)
            if number % 5 != 4:
                self.store.commit()
                self._committed = number + 1
                self.note()
            if number % 11 == 10:
                self.store.commit()
                self._committed = number + 1
                self.note()
                self.store._database.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
                self.note()


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> list[State]:
    recorder = Recorder(tmp_path_factory.mktemp("recorded") / "den.p2psketch")
    with closing(recorder.store):
        recorder.writes()
    return recorder.states


class Place:
    """Where a state is put, and opened as after a crash."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "den.p2psketch"
        self.opened = 0

    def put(self, file: bytes, log: bytes) -> Store:
        self.opened += 1
        self.path.write_bytes(file)
        self.path.with_name(self.path.name + "-wal").write_bytes(log)
        self.path.with_name(self.path.name + "-shm").unlink(missing_ok=True)
        store = hold(self.path, ROOM)
        assert store.damage == ""
        return store

    def holds(self, file: bytes, log: bytes, before: State, after: State) -> None:
        """What was committed before is there, and what came then is there as a whole or not at all."""
        with closing(self.put(file, log)) as store:
            assert store.is_sound()
            there = list(store.chunks())
            drafts = {author for author, _, _ in store.drafts()}
            assert sorted(there) in [sorted(CHUNKS[: state.committed]) for state in (before, after)]
            expected = [(state.committed, {state.draft} - {None}) for state in (before, after)]
            assert (len(there), drafts) in expected, "a draft goes in the transaction that brings its stroke"
            assert store.setting("link") == INVITE.format()


@pytest.fixture
def place() -> Iterator[Place]:
    """In memory, where there is such a place: each closing of a file waits for its disk, and there are hundreds."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="p2psketch-", dir=memory if memory.is_dir() else None) as folder:
        place = Place(Path(folder))
        yield place
        assert not damaged_copies(place.path)


def differing(before: bytes, after: bytes) -> range:
    """Where two logs differ, from the first to the last byte."""
    shared = min(len(before), len(after))
    places = [at for at in range(0, shared, 8) if before[at : at + 8] != after[at : at + 8]]
    ends = [*places, *([shared, len(after)] if len(after) > len(before) else [])]
    return range(ends[0], min(ends[-1] + 8, len(after))) if ends else range(0)


def cuts(begin: int, end: int) -> list[int]:
    """Between two bytes of a log: in its header, at each frame, in its header, in its page, a byte before its end."""
    frames = range(max(begin - HEADER, 0) // FRAME, -(-(end - HEADER) // FRAME))
    starts = [HEADER + frame * FRAME for frame in frames]
    places = {*range(0, HEADER, 5), *(at + part for at in starts for part in (0, 1, 23, 24, 24 + 517, FRAME - 1))}
    return sorted({begin, end, *(place for place in places if begin < place < end)})


def test_frames_that_were_written(states: list[State], place: Place) -> None:
    """At the end of the log, or over those of a round before, all of which is in the file."""
    begun_anew = 0
    for before, after in pairwise(states):
        changed = differing(before.log, after.log)
        if after.file == before.file and changed:
            begun_anew += after.log[:HEADER] != before.log[:HEADER]
            for cut in cuts(changed.start, changed.stop):
                place.holds(after.file, after.log[:cut] + before.log[cut:], before, after)
    assert begun_anew >= 2
    assert place.opened > 600


def test_frames_of_which_a_part_never_reached_the_disk(states: list[State], place: Place) -> None:
    """The file system had made room for them, and not written all: noughts."""
    rng = Random(5)
    for before, after in pairwise(states):
        if after.file == before.file and len(after.log) > len(before.log):
            log = bytearray(after.log)
            lost = rng.randrange(len(before.log), len(log))
            end = min(lost // 512 * 512 + 512, len(log))
            log[lost:end] = bytes(end - lost)
            place.holds(after.file, bytes(log), before, after)
    assert place.opened > 10


def test_pages_that_were_moved_into_the_file(states: list[State], place: Place) -> None:
    moved = 0
    for before, after in pairwise(states):
        if after.file != before.file:
            moved += 1
            assert after.committed == before.committed
            old = before.file.ljust(len(after.file), b"\0")
            file = bytearray(before.file)
            for at in range(0, len(after.file), PAGE):
                if after.file[at : at + PAGE] == old[at : at + PAGE] and at < len(before.file):
                    continue
                for part in (1, 512, PAGE // 2 + 3, PAGE):
                    file[at : at + part] = after.file[at : at + part]
                    place.holds(bytes(file), before.log, before, after)
    assert moved >= 3


def test_a_power_cut_loses_the_newest_at_most(states: list[State], place: Place) -> None:
    """Nothing of the log since its last move was synced: any of its sectors may be lost, the first ones too. What is
    left is a state that was.
    """
    rng = Random(9)
    was = {(state.committed, state.draft) for state in states}
    synced = states[0]
    for before, after in pairwise(states):
        if after.file != before.file:
            synced = after
        unsynced = differing(synced.log, after.log)
        if len(unsynced) > HEADER and unsynced.start >= HEADER:
            log = bytearray(after.log)
            for _ in range(rng.choice([1, 2, 8])):
                lost = rng.randrange(unsynced.start, unsynced.stop)
                end = min(lost // 512 * 512 + 512, unsynced.stop)
                old = synced.log[lost:end] if rng.random() < 0.5 else b""
                log[lost:end] = old.ljust(end - lost, b"\0")
            with closing(place.put(after.file, bytes(log))) as store:
                assert store.is_sound()
                drafts = [author for author, _, _ in store.drafts()]
                there = list(store.chunks())
                assert (len(there), drafts[0] if drafts else None) in was
                assert sorted(there) == sorted(CHUNKS[: len(there)])
                assert synced.committed <= len(there) <= after.committed
    assert place.opened > 10


def test_the_making_of_a_board(tmp_path: Path, place: Place) -> None:
    """Killed before it had tables: it is made then."""
    recorder = Recorder(tmp_path / "made.p2psketch")
    recorder.note()
    recorder.store.close()
    state = recorder.states[0]
    for size in {0, len(state.file)}:
        for cut in [0, *cuts(HEADER, len(state.log))]:
            if size == 0 and cut:
                continue  # the log is written after the file's first page
            with closing(place.put(state.file[:size], state.log[:cut])) as store:
                assert store.is_sound()
                assert list(store.chunks()) == []
                store.append(CHUNKS[0])
                store.commit()
                assert list(store.chunks()) == CHUNKS[:1]
