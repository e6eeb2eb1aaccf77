"""The boards on this computer, as files: named anew, copied, thrown away and taken back.

Rule: without any network, and nothing is removed but what lies in the trash, when a person says so. A board is copied
by reading it, so it may be open elsewhere meanwhile; whatever writes it, or moves it, has to be alone with it.
"""

import math
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

from p2psketch import effects as e
from p2psketch.address import Address
from p2psketch.document import Document, Shape
from p2psketch.editors import Editors
from p2psketch.errors import VIEW_ONLY, BoardInUse, EnvelopeError, SketchError, StoreError
from p2psketch.forks import proven
from p2psketch.ids import ShapeId, person_id
from p2psketch.invite import clean_name
from p2psketch.keys import Identity, PastKeys, RoomKeys, check_ops
from p2psketch.messages import Person
from p2psketch.naming import board_name
from p2psketch.oplog import OpLog
from p2psketch.ops import Edit
from p2psketch.session import Launch, Session
from p2psketch.shapes import Fields
from peer.home import TAG, boards, lasting_identity, trash
from peer.hosts import own_hosts
from peer.store import Store, alone, look
from peer.target import TRACKER_PORT, Target, from_file, new_board, past_keys

AT_ONCE: Final = 512
"""Shapes in one gesture of a copy."""
NOT_COPIED: Final = ("z", "deleted", "origin")
"""A copy is laid in the order in which it was seen, and says itself where it comes from."""
BESIDE: Final = ("-wal", "-shm")
"""What SQLite keeps beside a file that is open, or was not closed."""


# -- reading -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Contents:
    """What a board file holds: the board, what it is called, and the target that it is (None: it has no key)."""

    document: Document
    name: str
    target: Target | None


def read(path: Path) -> Contents:
    """The board in a file, with its key or without; what is not signed by who may edit is left out."""
    store = look(path)
    try:
        past = past_keys(store)
        target = None if past is not None else from_file(path)
        document = _document(store, past or target.keys)  # type: ignore[union-attr]
        named = board_name(document) or clean_name(store.setting("name") or "")
    finally:
        store.close()
    return Contents(document, named or (target.name if target is not None else name_of(path)), target)


def _document(store: Store, keys: RoomKeys | PastKeys) -> Document:
    editors, log, document = Editors(keys), OpLog(keys.room_id, check_ops), Document()
    for fork in store.forks():
        author = fork.one.author
        if editors.admit(author, fork.one.proof) and (seq := proven(fork, log.is_signed)) is not None:
            log.cuts[author] = min(seq, log.cuts.get(author, seq))
    for chunk in store.chunks():
        with suppress(EnvelopeError):  # a file may come from anywhere
            accepted = log.accept(chunk) if editors.admit(chunk.author, chunk.proof) else None
            for op in accepted.ops if accepted is not None else ():
                document.apply(op)
    return document


def name_of(path: Path) -> str:
    """What a board is called, going by the name of its file."""
    return clean_name(TAG.sub("", path.stem).replace("-", " ")) or "board"


# -- naming ------------------------------------------------------------------------------------------


def rename(path: Path, name: str, person: Person) -> None:
    """Call a board something else, for everybody on it once they meet; it is on disk when this returns."""
    target = from_file(path)
    if not target.invite.can_edit:
        raise SketchError(VIEW_ONLY)
    if target.open_room:
        raise SketchError("An open room is found by its name, and keeps it.")
    with Writing(target, person) as writing:
        writing.session.name_board(clean_name(name), _wall())
        writing.store.set(name=clean_name(name))


class Writing:
    """A board file that is written without a network; what has been committed is on disk at the end."""

    def __init__(self, target: Target, person: Person) -> None:
        self.store = target.open_store()
        launch = Launch(Identity.generate(os.urandom), person, lasting_identity())
        self.session = Session(target.keys, launch, Random(os.urandom(16)), os.urandom)

    def __enter__(self) -> "Writing":
        for fork in self.store.forks():
            self.session.handle(e.ForkStored(fork), 0.0)
        for chunk in self.store.chunks():
            self.session.handle(e.Stored(chunk), 0.0)
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if kind is None:
                self.save()
        finally:
            self.store.close()

    def save(self) -> None:
        """Write what has been committed so far."""
        for effect in self.session.seal(math.inf):
            if isinstance(effect, e.Persist):
                self.store.append(effect.chunk)
        self.store.commit()


# -- copies ------------------------------------------------------------------------------------------


def duplicate(path: Path, person: Person, trackers: tuple[Address, ...], tracker_port: int | None, name: str) -> Target:
    """A new board, with a link of its own, that begins with what is seen on another one."""
    contents = read(path)
    target = new_board(name or contents.name, trackers, tracker_port)
    with Writing(target, person) as writing:
        shapes = contents.document.painted()
        for begin in range(0, len(shapes), AT_ONCE):
            some = (_copied(contents.document, shape) for shape in shapes[begin : begin + AT_ONCE])
            writing.session.commit(Edit(tuple(enumerate(some))), _wall())
            writing.save()
    return target


def begin_anew(path: Path, person: Person, suffix: str = "") -> Target:
    """A new board that begins with what is seen on another one; its people meet where those of the other one do, or, if
    that is not known or was in a window, at a tracker in this one's window.
    """
    contents = read(path)
    source = contents.target
    trackers, port = tuple(Address(host, TRACKER_PORT) for host in own_hosts(())), TRACKER_PORT
    name = f"{contents.name[:100]}{suffix}"
    if source is not None and source.invite.trackers and source.tracker_port is None:
        return duplicate(path, person, source.invite.trackers, None, name)
    return duplicate(path, person, trackers, port, name)


def _copied(document: Document, shape: Shape) -> Fields:
    """A visible shape as a copy of it begins, with who drew it first."""
    kept = {name: value for name, value in shape.values.items() if name not in NOT_COPIED and value is not None}
    origin = shape.values.get("origin") or _author_of(document, shape.id)
    return kept if origin is None else {**kept, "origin": origin}


def _author_of(document: Document, id: ShapeId) -> list[Any] | None:
    person = document.get(person_id(id.peer))
    return [person.values["name"], person.values.get("key")] if person is not None and "name" in person.values else None


def save_copy(path: Path, to: Path, *, with_key: bool) -> None:
    """Write a board with all its history into another file, which it replaces once it is whole.

    Without the key, whoever has the copy can see all that was drawn and by whom, and reach nobody.
    """
    part = to.with_name(f".{to.name}.part")
    _remove(part)
    source = look(path)
    try:
        past = past_keys(source)
        target = None if past is not None else from_file(path)
        copy = Store.open(part, create=True)
        try:
            _copy(source, copy, target if with_key else None, past or target.keys.past)  # type: ignore[union-attr]
        finally:
            copy.close()
        os.replace(part, to)
    except OSError as error:
        raise StoreError(f"The copy cannot be written: {error.strerror or error}.") from error
    finally:
        source.close()
        _remove(part)


def _copy(source: Store, copy: Store, target: Target | None, past: PastKeys) -> None:
    for fork in source.forks():
        copy.add_fork(fork)
    for chunk in source.chunks():
        copy.append(chunk)
    copy.commit()
    settings = {"name": source.setting("name")}
    if target is None:
        settings |= {"room_id": past.room_id.hex(), "edit_public": past.edit_public.hex()}
    else:
        copy.set_addresses(source.addresses())
        settings |= {name: source.setting(name) for name in ("link", "room", "tracker_port")}
    copy.set(**{name: value for name, value in settings.items() if value})


# -- the trash ---------------------------------------------------------------------------------------


def discard(path: Path) -> Path:
    """Move a board into the trash, as one file; where it is now. StoreError, and nothing is moved, if it is in use."""
    if not path.is_file():
        raise StoreError(f"There is no board at {path} any more.")
    try:
        with alone(path):
            return _move(path, trash())
    except BoardInUse as error:
        raise StoreError(f"{path.name} is open in another window; close it there first.") from error


def restore(path: Path, was: Path | None) -> Path:
    """Take a board out of the trash: back to where it was, or among the others; never over another file."""
    return _move(path, was.parent if was is not None and was.parent.is_dir() else boards(), was.name if was else None)


def remove_for_good(path: Path) -> None:
    """What lies in the trash is gone; nothing else is ever removed."""
    if path.resolve().parent != trash().resolve():
        raise StoreError(f"{path} is not in the trash.")
    _remove(path)


def _move(path: Path, folder: Path, name: str | None = None) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        to = _free(folder / (name or path.name))
        for beside in _beside(path):  # of a file that is damaged: it may hold what is not in it
            shutil.move(beside, to.with_name(to.name + beside.name.removeprefix(path.name)))
        shutil.move(path, to)
    except OSError as error:
        raise StoreError(f"{path.name} cannot be moved: {error.strerror or error}.") from error
    return to


def _free(path: Path) -> Path:
    """A name that is not taken. The part at the end of a board's file name by which it is found stays there."""
    tag = TAG.search(path.stem)
    ending = tag.group() if tag else ""
    stem, number = path.stem.removesuffix(ending), 1
    while path.exists():
        number += 1
        path = path.with_name(f"{stem}-{number}{ending}{path.suffix}")
    return path


def _beside(path: Path) -> Iterator[Path]:
    return (beside for ending in BESIDE if (beside := path.with_name(path.name + ending)).exists())


def _remove(path: Path) -> None:
    for part in (path, *_beside(path)):
        with suppress(NotADirectoryError):
            part.unlink(missing_ok=True)


def _wall() -> int:
    return time.time_ns() // 1_000_000
