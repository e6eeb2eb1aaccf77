"""Board files with something on them, and what is done to them."""

from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path
from random import Random

from p2psketch import effects as e
from p2psketch.invite import Invite
from p2psketch.oplog import Chunk
from peer.store import Store, hold
from tests.core.sessions import ROOM, WALL, Desk

assert ROOM.edit_secret is not None
INVITE = Invite((), "sessions", ROOM.edit_secret)
PAGE = 4096
STYLE = {"kind": "stroke", "color": 0x336699, "width": 4}


def drawn(launches: int = 3, strokes: int = 40, points: int = 40) -> list[Chunk]:
    """What so many launches drew, a chunk a stroke, all of it different."""
    rng = Random(1)
    chunks: list[Chunk] = []
    for launch in range(launches):
        desk = Desk("Ann", key=f"launch {launch}" + "!" * launch)
        for _ in range(strokes):
            desk.run(desk.session.begin_draft(STYLE))
            track = [(rng.uniform(0, 999), rng.uniform(0, 999)) for _ in range(points)]
            desk.run(desk.session.extend_draft(track, None, desk.now, WALL))
            desk.run(desk.session.finish_draft(WALL))
        chunks += desk.chunks
    return chunks


def fill(path: Path, chunks: Iterable[Chunk], **settings: str) -> None:
    """A board file, of a program that has ended."""
    with closing(hold(path, ROOM)) as store:
        store.set(link=INVITE.format(), **settings)
        for chunk in chunks:
            store.append(chunk)
        store.keep_draft(chunk.author, WALL, b"a draft")


def loaded(store: Store) -> Desk:
    """A new launch, that has read what is in a store; what cannot be read is not there."""
    desk = Desk("Ann", key="a new launch")
    for _ in range(2):
        with suppress(Exception):
            for chunk in store.chunks():
                desk.happens(e.Stored(chunk))
        desk.happens(e.StoreRead(()))
    return desk


def ops(chunks: Iterable[Chunk]) -> set[tuple[bytes, int]]:
    """Which ops they have."""
    return {(chunk.author, seq) for chunk in chunks for seq in range(chunk.first, chunk.last + 1)}


def overwrite(path: Path, at: int, data: bytes) -> None:
    """Damage a file."""
    with path.open("r+b") as file:
        file.seek(at)
        file.write(data)


def flip(path: Path, at: int, bit: int = 0) -> None:
    """Turn one bit of a file over."""
    data = path.read_bytes()[at]
    overwrite(path, at, bytes([data ^ 1 << bit]))


def damaged_copies(path: Path) -> list[Path]:
    """What has been set aside of a board."""
    return sorted(path.parent.glob(f"{path.stem}.damaged-*.p2psketch"))
