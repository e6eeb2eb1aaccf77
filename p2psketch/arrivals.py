"""What others have done while we were apart: counted while it is fetched, told once all of it is here.

Rule: only what was asked for counts, for what somebody draws while we are linked is seen as it happens; and only after
a while apart, for a link that comes back at once has missed nothing to speak of. Whoever is on a board for the first
time has been away from nothing.
"""

from collections import Counter
from collections.abc import Iterable
from math import inf
from typing import Final

from p2psketch.document import Document
from p2psketch.effects import Merged
from p2psketch.ids import PeerId, ShapeId, person_id
from p2psketch.ops import Op

APART: Final = 10.0
"""Seconds without a link to somebody, after which what they bring is worth a word."""

SETTLED: Final = 1.5
"""Seconds in which nothing more comes, until it is told what has."""

SOMEBODY: Final = "somebody"


class Arrivals:
    """Tell it of links and of what was fetched; ask for the `report` once nothing more is on its way."""

    def __init__(self) -> None:
        self._linked: Counter[PeerId] = Counter()
        self._left: dict[PeerId, float] = {}
        self._alone_since = self._moved = -inf
        self._open = self._alone = False
        self._new: dict[ShapeId, None] = {}
        self._changed: dict[ShapeId, PeerId] = {}

    def is_due(self, now: float) -> bool:
        """Is something being counted, and has nothing come for a moment? Who brings it may still be told of more."""
        return self._open and now - self._moved >= SETTLED

    def link_up(self, peer: PeerId, now: float, *, is_first_visit: bool) -> None:
        """A link; after a while apart, what is fetched from now on counts."""
        was_apart = not self._linked[peer] and now - self._left.get(peer, -inf) >= APART
        if was_apart and not is_first_visit:
            self._alone |= not self._linked.total() and now - self._alone_since >= APART
            self._open, self._moved = True, now
        self._linked[peer] += 1

    def link_down(self, peer: PeerId, now: float) -> None:
        """A link less."""
        self._linked[peer] -= 1
        if self._linked[peer] <= 0:
            del self._linked[peer]
            self._left[peer] = now
            self._left = {peer: left for peer, left in self._left.items() if now - left < APART}
        if not self._linked:
            self._alone_since = now

    def take(self, ops: Iterable[Op], now: float) -> None:
        """These were fetched from somebody."""
        if not self._open:
            return
        self._moved = now
        for op in ops:
            for shape, _ in op.sets:
                if shape[:2] == (op.id.peer, op.id.seq):
                    self._new[shape] = None
                elif shape.seq:
                    self._changed[shape] = op.id.peer

    def report(self, document: Document) -> Merged | None:
        """What came, if anything did, now that all of it is here; then counting ends."""
        new, changed, alone = self._new, self._changed, self._alone
        self._new, self._changed, self._open, self._alone = {}, {}, False, False
        strokes = {id for id in new if (shape := document.get(id)) is not None and shape.visible}
        others = {id: author for id, author in changed.items() if id not in new and document.get(id) is not None}
        if not strokes and not others:
            return None
        who = Counter(_who(document, author) for author in ([id.peer for id in strokes] or others.values()))
        names = tuple(name for (name, _), _ in who.most_common())
        return Merged(frozenset(strokes) | frozenset(others), len(strokes), len(others), names, alone)


def _who(document: Document, author: PeerId) -> tuple[str, bytes]:
    """The name and the lasting key of a launch's person: several launches of one person are one."""
    person = document.get(person_id(author))
    values = person.values if person is not None else {}
    return str(values.get("name", SOMEBODY)), bytes(values.get("key", author))
