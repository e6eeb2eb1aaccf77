"""Drafts and pointers that wait for one link.

Rule: nothing here is history, so it is dropped rather than queued. Drafts of one stroke are kept together and dropped
together; of pointers only the newest waits; of all of it no more than `MAX_BYTES`, whoever drew it.
"""

from typing import Final

from p2psketch.ids import PeerId
from p2psketch.messages import GOING, Draft, Presence

MAX_DRAFT: Final = 64 * 1024
"""Bytes of one author's draft that wait; past it the draft is dropped, its op will come."""
MAX_BYTES: Final = 256 * 1024
"""Bytes, about, that wait in all; past it what has waited longest goes first."""
MESSAGE: Final = 256
"""Bytes, about, of a message without its ink, with its place here."""


class Fleeting:
    """`add` what is to be sent; `next` gives drafts in order, then pointers, or None."""

    def __init__(self) -> None:
        self._drafts: dict[PeerId, list[Draft]] = {}
        self._dropped: dict[PeerId, int] = {}
        self._pointers: dict[PeerId, Presence] = {}
        self._bytes = 0

    def __bool__(self) -> bool:
        return bool(self._drafts or self._pointers)

    @property
    def size(self) -> int:
        """Bytes that wait, about."""
        return self._bytes + MESSAGE * (len(self._pointers) + len(self._dropped))

    def add(self, message: Draft | Presence) -> None:
        """Queue it, in place of what it makes useless."""
        if isinstance(message, Draft):
            self._add_draft(message)
        else:
            self._pointers.pop(message.author, None)
            self._pointers[message.author] = message
        while self.size > MAX_BYTES:
            self._drop_the_oldest()

    def _add_draft(self, draft: Draft) -> None:
        if draft.state == GOING and self._dropped.get(draft.author) == draft.number:
            return
        waiting = self._take(draft.author)
        if waiting and waiting[-1].number != draft.number:
            waiting = _ends(waiting)
        waiting.append(draft)
        if sum(len(part.ink) for part in waiting) > MAX_DRAFT:
            waiting = _ends(waiting)
            self._drop(draft.author, draft.number)
        self._keep(draft.author, waiting)

    def _take(self, author: PeerId) -> list[Draft]:
        waiting = self._drafts.pop(author, [])
        self._bytes -= sum(map(_size, waiting))
        return waiting

    def _keep(self, author: PeerId, waiting: list[Draft]) -> None:
        if waiting:
            self._drafts[author] = waiting
            self._bytes += sum(map(_size, waiting))

    def _drop_the_oldest(self) -> None:
        """What an author draws, or, where nobody draws, where one points."""
        if self._drafts:
            author = next(iter(self._drafts))
            self._drop(author, self._take(author)[-1].number)
        elif self._pointers:
            del self._pointers[next(iter(self._pointers))]

    def _drop(self, author: PeerId, number: int) -> None:
        """The rest of this draft is not wanted."""
        self._dropped.pop(author, None)
        self._dropped[author] = number
        if len(self._dropped) * MESSAGE > MAX_BYTES // 2:
            del self._dropped[next(iter(self._dropped))]

    def next(self) -> Draft | Presence | None:
        """The drafts of one author, one after the other; then pointers."""
        if self._drafts:
            author, waiting = next(iter(self._drafts.items()))
            draft = waiting.pop(0)
            self._bytes -= _size(draft)
            if not waiting:
                del self._drafts[author]
            return draft
        return self._pointers.pop(next(iter(self._pointers))) if self._pointers else None


def _ends(waiting: list[Draft]) -> list[Draft]:
    """Without the points of what is over anyway."""
    return [draft for draft in waiting if draft.state != GOING]


def _size(draft: Draft) -> int:
    return MESSAGE + len(draft.ink)
