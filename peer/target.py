"""What a person named, a link, a file or a room, as everything needed to open it.

Rule: text in, `Target` or one clear sentence out; nothing is opened here but board files, to read
the link in them.
"""

import os
import re
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Final

from p2psketch.address import Address, parse_address
from p2psketch.errors import InviteError, SketchError, StoreError, WithoutKey
from p2psketch.invite import Invite
from p2psketch.keys import PUBLIC_SIZE, PastKeys, RoomKeys, room_name
from peer.home import boards, make_boards
from peer.store import SUFFIX, Store, hold, look, mended

TRACKER_PORT: Final = 27700

MOST_TRACKERS: Final = 8
"""In a link that has gathered them from several."""


@dataclass(frozen=True)
class Target:
    """A board to open: its keys and link, whom to ask, and the file it is in or will be in (None: none).

    `tracker_port` is that of the tracker which a window runs for this board, if it has no other.
    """

    invite: Invite
    peers: tuple[Address, ...] = ()
    path: Path | None = None
    room: str | None = None
    tracker_port: int | None = None

    @property
    def keys(self) -> RoomKeys:
        """The keys of its room."""
        return self.invite.keys()

    @property
    def name(self) -> str:
        """The board's name."""
        return self.invite.name or "board"

    @property
    def open_room(self) -> bool:
        """Does anybody get in who guesses its name?"""
        return self.room is not None

    def open_store(self) -> Store:
        """The board's file, made if it does not exist; nobody else writes it until it is closed."""
        if self.path is None:
            return Store.memory()
        if self.path.parent == boards():
            make_boards()
        store = hold(self.path, self.keys)
        try:
            settings = {"room": self.room, "tracker_port": self.tracker_port}
            if self.invite.can_edit or not _can_edit(store):
                settings["link"] = self.invite.format()
            store.set(**{name: str(value) for name, value in settings.items() if value is not None})
        except BaseException:
            store.let_go()
            raise
        return store

    def read_store(self) -> Store:
        """What can be read of the board's file, in memory; nothing of one that does not exist."""
        if self.path is None or not self.path.exists():
            memory = Store.memory()
            memory.detached_from = self.path
            return memory
        store = look(self.path, self.keys, whole=True)
        if store.path is None:
            return store
        with closing(store):
            return store.detached()

    def mended(self, store: Store) -> Store:
        """The board's file, of which only what holds is left."""
        return mended(store, self.keys)

    @property
    def links(self) -> list[tuple[str, str]]:
        """The links to share: what each permits, and the link. An open room has no secret to see it by."""
        given = [self.invite] if self.open_room or not self.invite.can_edit else [self.invite, self.invite.viewer()]
        return [("edit" if invite.can_edit else "view", invite.format()) for invite in given]

    def with_kept_key(self) -> "Target":
        """The same board, with the right to edit if its file has it: a viewer's link takes nothing from an editor."""
        if self.invite.can_edit or self.path is None or not self.path.is_file():
            return self
        try:
            kept = from_file(self.path).invite
        except SketchError:  # whoever opens the file is told what is wrong with it
            return self
        if not kept.can_edit or kept.keys().room_id != self.keys.room_id:
            return self
        trackers = dict.fromkeys((*self.invite.trackers, *kept.trackers))
        return replace(self, invite=replace(kept, trackers=tuple(trackers)[:MOST_TRACKERS]))

    def in_memory(self) -> "Target":
        """The same board, kept nowhere: for short visits that must not touch a running program's file."""
        return replace(self, path=None)


def read_target(text: str) -> Target:
    """A target given as an invite link, `@FILE` holding a link, or a board file."""
    if text.startswith("@"):
        text = _link_in(Path(text[1:]))
    elif "://" not in text and (text.endswith(SUFFIX) or os.path.isfile(text)):
        return from_file(Path(text))
    return from_invite(Invite.parse(text))


def from_invite(invite: Invite) -> Target:
    """A private board: one file a room on this machine."""
    ending = f"-{invite.keys().room_id.hex()[:16]}{SUFFIX}"
    kept = sorted(boards().glob(f"*{ending}"))
    return Target(invite, path=kept[0] if kept else boards() / f"{_slug(invite.name)}{ending}")


def from_file(path: Path) -> Target:
    """The board in a file."""
    store = look(path)
    try:
        link, room, port, name = (store.setting(name) for name in ("link", "room", "tracker_port", "name"))
        past = past_keys(store)
    finally:
        store.close()
    if past is not None:
        raise WithoutKey(f"{path} is a copy without the key; in a window it opens as a board of its own.")
    if link is None:
        raise StoreError(f"{path} holds no link, and cannot be opened for drawing.")
    invite = Invite.parse(link)
    if name and room is None:
        invite = replace(invite, name=name)
    return Target(invite, path=path.resolve(), room=room, tracker_port=_port(port))


def past_keys(store: Store) -> PastKeys | None:
    """What checks the history in a copy without the key; None of any other file."""
    if store.setting("link") is not None:
        return None
    try:
        room_id, edit_public = (bytes.fromhex(store.setting(name) or "") for name in ("room_id", "edit_public"))
    except ValueError:
        return None
    return PastKeys(room_id, edit_public) if len(room_id) == len(edit_public) == PUBLIC_SIZE else None


def _port(text: str | None) -> int | None:
    """A port as a file has it, which may come from anywhere."""
    port = int(text) if text and text.isdecimal() and len(text) <= 5 else 0
    return port if 0 < port < 65536 else None


def open_room(name: str, trackers: Sequence[Address], peers: Sequence[Address]) -> Target:
    """A room that is known by its name alone. Its file is new each time: two groups' lobbies must not merge."""
    shown = room_name(name)
    keys = RoomKeys.open_room(name)
    assert keys.edit_secret is not None
    invite = Invite(tuple(trackers), shown, keys.edit_secret)
    where = sha256("|".join(map(str, (shown, *trackers))).encode()).hexdigest()[:8]
    when = time.strftime("%Y%m%d-%H%M%S")
    path = boards() / f"{_slug(shown)}-{where}-{when}-{os.urandom(3).hex()}{SUFFIX}"
    return Target(invite, tuple(peers), path, shown)


def new_board(name: str, trackers: Sequence[Address], tracker_port: int | None = None) -> Target:
    """A private board that does not exist yet."""
    return replace(from_invite(Invite.new(tuple(trackers), name, os.urandom)), tracker_port=tracker_port)


def with_peers(target: Target, peers: Sequence[Address]) -> Target:
    """The same target, with addresses of peers to try as well."""
    return replace(target, peers=(*target.peers, *peers))


def tracker_address(text: str) -> Address:
    """A tracker as a person writes it: `HOST` or `HOST:PORT`."""
    return parse_address(text, TRACKER_PORT)


def _link_in(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip().splitlines()[0]
    except (OSError, UnicodeDecodeError, IndexError) as error:
        if isinstance(error, OSError):
            reason = error.strerror or str(error)
        else:
            reason = "it is empty" if isinstance(error, IndexError) else "it is not text in UTF-8"
        raise InviteError(f"No link can be read from {path}: {reason}.") from error


def _can_edit(store: Store) -> bool:
    """Does the board's file hold an editor's link? It is kept when somebody opens a viewer's."""
    link = store.setting("link")
    try:
        return link is not None and Invite.parse(link).can_edit
    except InviteError:
        return False


def _slug(name: str) -> str:
    """A board's name as a part of a file name."""
    return re.sub(r"[^\w-]+", "-", name).strip("-")[:40] or "board"
