"""Who else has the board, and which of our own work nobody else is known to have.

Rule: believes only what somebody that keeps the board has claimed, and remembers it between launches; so it errs on the
side of "only here". Launches come and go, people stay: they are told apart by their lasting key where it is known, and
else by their name. Whoever shares our lasting key is this computer.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from p2psketch.document import Document
from p2psketch.ids import PEER_ID_SIZE, PeerId, ShapeId, person_id
from p2psketch.keys import check_person
from p2psketch.oplog import OpLog
from p2psketch.shapes import is_name

MOST: Final = 64
"""Holders that are remembered, those heard of last."""
MOST_AUTHORS: Final = 4096
MINUTE: Final = 60_000
MOST_COUNTED: Final = 1000
"""Strokes that are counted: of more it is enough to know that they are many."""


class Heard(NamedTuple):
    """Somebody linked who keeps the board: who they are, and how many ops of each author they have claimed."""

    peer: PeerId
    name: str
    color: int
    claims: Mapping[PeerId, int]


class Holder(NamedTuple):
    """Somebody who keeps the board: `ops` of those that are here they had when last `seen`, in ms since 1970.

    `is_here`: they are linked now. `key` is empty where it is not known.
    """

    name: str
    color: int
    key: bytes
    seen: int
    ops: int
    is_here: bool = False


class Holders:
    """`observe` now and then whom one is linked to; `text` is what is kept with the board, for `recall`."""

    def __init__(self, room_id: bytes, lasting: bytes, me: PeerId) -> None:
        self.total = 0
        self._room_id = room_id
        self._lasting = lasting
        self._holders: list[Holder] = []
        self._elsewhere: dict[PeerId, int] = {}
        self._keys: dict[PeerId, bytes] = {me: lasting}
        self._mine: dict[PeerId, None] = {me: None}

    def all(self) -> list[Holder]:
        """Those who are here first, then those heard of last."""
        return sorted(self._holders, key=lambda holder: (not holder.is_here, -holder.seen, holder.name))

    # -- observing -------------------------------------------------------------------------------

    def observe(self, heard: Iterable[Heard], log: OpLog, document: Document, wall: int) -> None:
        """What those say who are linked now; `wall` in ms since 1970."""
        tips = {author: tip.seq for author, tip in log.tips()}
        self.total = sum(tips.values())
        self._look_for_ours(tips, document)
        self._holders = [holder._replace(is_here=False) for holder in self._holders]
        for peer, name, color, claims in heard:
            key = self._key_of(peer, document)
            if key == self._lasting:
                continue
            ops = sum(min(claims.get(author, 0), seq) for author, seq in tips.items())
            self._note(Holder(name, color, key, wall - wall % MINUTE, ops, True))
            for author in self._mine:
                if (seq := min(claims.get(author, 0), tips.get(author, 0))) > self._elsewhere.get(author, 0):
                    self._elsewhere[author] = seq
        self._holders = self.all()[:MOST]

    def _note(self, now: Holder) -> None:
        """Of one and the same person the one who has more counts, and who is here."""
        before = [old for old in self._holders if _is_same(old, now)]
        here = [old.ops for old in before if old.is_here]
        key = now.key or next((old.key for old in before if old.key), b"")
        self._holders = [old for old in self._holders if old not in before]
        self._holders.append(now._replace(key=key, ops=max([now.ops, *here])))

    def _look_for_ours(self, authors: Iterable[PeerId], document: Document) -> None:
        for author in authors:
            if author not in self._mine and self._key_of(author, document) == self._lasting:
                self._mine[author] = None

    def _key_of(self, peer: PeerId, document: Document) -> bytes:
        """The lasting key of a launch, if it has introduced its person and the key's holder says so too."""
        if peer not in self._keys:
            person = document.get(person_id(peer))
            if person is None or "signature" not in person.values:
                return b""
            key, signature = person.values["key"], person.values["signature"]
            self._keys[peer] = key if check_person(key, peer, self._room_id, signature) else b""
        return self._keys[peer]

    # -- what is only here -----------------------------------------------------------------------

    def unsafe(self, log: OpLog) -> dict[PeerId, range]:
        """Our own ops, of this launch and of earlier ones, that nobody else is known to have."""
        found = {}
        for author in self._mine:
            first, last = self._elsewhere.get(author, 0) + 1, log.seq(author)
            if first <= last:
                found[author] = range(first, last + 1)
        return found

    # -- between launches --------------------------------------------------------------------------

    def text(self) -> str:
        """To be kept with the board."""
        holders = [[name, color, key.hex(), seen, ops] for name, color, key, seen, ops, _ in self._holders]
        elsewhere = {author.hex(): seq for author, seq in list(self._elsewhere.items())[-MOST_AUTHORS:]}
        return json.dumps({"holders": holders, "elsewhere": elsewhere})

    def recall(self, text: str) -> None:
        """What was kept; a file may come from anywhere, and what does not hold in it is as if it were not there."""
        try:
            kept = json.loads(text)
        except (ValueError, RecursionError):
            return
        if not isinstance(kept, dict):
            return
        holders, elsewhere = kept.get("holders"), kept.get("elsewhere")
        if isinstance(holders, list):
            self._holders = [holder for row in holders[:MOST] if (holder := _holder(row)) is not None]
        if isinstance(elsewhere, dict):
            for author, seq in list(elsewhere.items())[:MOST_AUTHORS]:
                if (peer := _bytes(author, PEER_ID_SIZE)) and _is_count(seq):
                    self._elsewhere[PeerId(peer)] = seq


def strokes_in(document: Document, unsafe: dict[PeerId, range]) -> int:
    """How many visible strokes these ops have created, and MOST_COUNTED at most."""
    many = 0
    for author, seqs in unsafe.items():
        for seq in reversed(seqs):
            nth = 0
            while (shape := document.get(ShapeId(author, seq, nth))) is not None and many < MOST_COUNTED:
                many += shape.visible
                nth += 1
            if many >= MOST_COUNTED:
                return many
    return many


def _is_same(one: Holder, other: Holder) -> bool:
    return one.key == other.key if one.key and other.key else one.name == other.name


def _holder(row: Any) -> Holder | None:
    match row:
        case [str(name), int(color), str(key), int(seen), int(ops)]:
            if is_name(name) and 0 <= color <= 0xFFFFFF and 0 <= seen < 2**53 and _is_count(ops):
                return Holder(name, color, _bytes(key, PEER_ID_SIZE), seen, ops)
    return None


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**53


def _bytes(text: Any, size: int) -> bytes:
    """Bytes of a size in hexadecimal; none if it is something else."""
    try:
        data = bytes.fromhex(text) if isinstance(text, str) else b""
    except ValueError:
        return b""
    return data if len(data) == size else b""
