"""A damaged board file: what can be saved of it, in a new file in its place, and the old one beside, as it was.

Rule: the damaged file is never written to and never removed: it gets another name, and until it has one its place is
not taken. The new file is whole, and on the disk, before it takes that place.
"""

import os
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from p2psketch.address import Address
from p2psketch.errors import InviteError
from p2psketch.ids import PeerId
from p2psketch.invite import Invite
from p2psketch.keys import SIGNATURE_SIZE, RoomKeys, check_ops
from p2psketch.oplog import Chunk
from p2psketch.salvage import salvaged
from peer.store.carving import Rows, carve
from peer.store.migration import sync
from peer.store.schema import SUFFIX

FEW_BYTES: Final = 8
KEPT_SETTINGS: Final = 64
"""A board has a handful; the rest is somebody's joke."""


@dataclass(frozen=True)
class Saved:
    """What is left of a board."""

    rows: Rows
    chunks: tuple[Chunk, ...]

    @property
    def ops(self) -> int:
        """How many changes."""
        return sum(chunk.length for chunk in self.chunks)

    @property
    def is_of_a_board(self) -> bool:
        """Is there anything that only a board has?"""
        return bool(self.chunks or self.rows.settings.get("link"))

    @property
    def settings(self) -> Mapping[str, str]:
        """As they were last."""
        return {name: texts[-1] for name, texts in list(self.rows.settings.items())[:KEPT_SETTINGS] if texts}

    @property
    def addresses(self) -> list[Address]:
        """The address book, in its order."""
        return [Address(*self.rows.addresses[place]) for place in sorted(self.rows.addresses)]

    @property
    def drafts(self) -> list[tuple[PeerId, int, bytes]]:
        """Strokes that were never finished."""
        return [(PeerId(peer), wall, body) for peer, (wall, body) in self.rows.drafts.items()]


def save(path: Path, keys: RoomKeys | None) -> Saved:
    """What its authors have signed of what is left in a file. OSError if it cannot be read.

    Without `keys` they are taken from the link in the file; if that is lost, nothing is known to be signed.
    """
    rows = carve(path)
    texts = [text for text in rows.settings.get("link", []) if _is_link(text)]
    rows.settings["link"] = texts
    if keys is None and texts:
        keys = Invite.parse(texts[-1]).keys()
    chunks = salvaged(keys.room_id, check_ops, _chunks_in(rows, keys)) if keys is not None else ()
    return Saved(rows, tuple(chunks))


def _is_link(text: str) -> bool:
    """A link has a checksum."""
    try:
        Invite.parse(text)
    except InviteError:
        return False
    return True


def _chunks_in(rows: Rows, keys: RoomKeys) -> Iterator[Chunk]:
    """Every row of ops by everybody who could be its author: more than one where their rows contradict each other."""
    authors = {number: _authors(some, keys) for number, some in rows.authors.items()}
    for number, first, length, head, ops, signature in rows.chunks:
        for peer, proof in authors.get(number, {}).items():
            yield Chunk(peer, first, head, length, ops, signature, proof)


def _authors(rows: Sequence[tuple[bytes, bytes | None]], keys: RoomKeys) -> dict[PeerId, bytes | None]:
    """Who may stand behind a number, and what shows that they may edit; the index over the authors has no proofs."""
    found: dict[PeerId, bytes | None] = {}
    for peer, proof in rows:
        found[PeerId(peer)] = proof if proof is not None else found.get(PeerId(peer))
    return {peer: _righted(peer, proof, keys) if proof is not None else None for peer, proof in found.items()}


def _righted(peer: PeerId, proof: bytes, keys: RoomKeys) -> bytes:
    """The edit key signs alike each time: one that is wrong in a few bytes was right before the damage."""
    if keys.can_edit and len(proof) == SIGNATURE_SIZE:
        right = keys.prove_edit(peer)
        if sum(one != other for one, other in zip(right, proof, strict=True)) <= FEW_BYTES:
            return right
    return proof


def free_name(path: Path) -> Path:
    """What a damaged file is called from now on."""
    when = time.strftime("%Y%m%d-%H%M%S")
    names = (f"{path.stem}.damaged-{when}{number}{SUFFIX}" for number in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(other for name in names if not (other := path.with_name(name)).exists())


def put_aside(path: Path, new: Path) -> Path:
    """The damaged file gets its other name, and `new` its place; the other name. OSError where nothing can be written.

    Nobody has it open. Its log goes with it: SQLite would take it for the new file's.
    """
    aside = free_name(path)
    link_or_copy(path, aside)
    log = path.with_name(path.name + "-wal")
    if log.is_file():
        log.replace(aside.with_name(aside.name + "-wal"))
    with suppress(FileNotFoundError):
        path.with_name(path.name + "-shm").unlink()
    sync(path.parent)
    new.replace(path)
    sync(path.parent)
    return aside


def link_or_copy(path: Path, other: Path) -> None:
    """A file under another name as well. OSError where that cannot be."""
    try:
        os.link(path, other)
    except OSError:  # a file system without hard links
        making = other.with_name(f"{other.name}-new")
        shutil.copy2(path, making)
        sync(making)
        making.replace(other)
