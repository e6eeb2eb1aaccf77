"""Who points where, and what is being drawn right now: seen by all, kept by nobody.

Rule: nothing here is history. The newest word of each author wins, and what is not renewed for
30 seconds is gone. There is room for so many authors and points; who is linked to us takes the place
of who is not, as everybody can name authors that do not exist.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from p2psketch import ink
from p2psketch.ids import PeerId
from p2psketch.messages import GOING, Draft, Presence
from p2psketch.shapes import Fields

EXPIRES_AFTER: Final = 30.0
"""Seconds."""

MAX_AUTHORS: Final = 512
"""Who is shown at once: more than fit in a room."""
MAX_POINTS: Final = 512 * 1024
"""In the drafts of all of them, of 20 bytes each."""

DraftKey = tuple[PeerId, int]


@dataclass(slots=True)
class Sketch:
    """A draft as far as it is known: style, points (n, 2) in board pixels, pressure (n,) in 0…1 or None."""

    author: PeerId
    number: int
    fields: Fields
    points: np.ndarray = field(default_factory=lambda: np.empty((0, 2)))
    pressure: np.ndarray | None = None
    seen: float = 0.0

    def extend(self, data: bytes, new: int) -> None:
        """Add the last `new` points of ink, as `ink.encode` wrote it."""
        points, pressure = ink.decode(data)
        if pressure is not None:
            had = self.pressure if self.pressure is not None else np.ones(len(self.points), np.float32)
            self.pressure = np.concatenate((had, pressure[-new:]))
        elif self.pressure is not None:
            self.pressure = np.concatenate((self.pressure, np.ones(new, np.float32)))
        self.points = np.concatenate((self.points, points[-new:]))


class Presences:
    """What is known of everybody else's pointer and drafts."""

    def __init__(self) -> None:
        self.pointers: dict[PeerId, Presence] = {}
        self.sketches: dict[DraftKey, Sketch] = {}
        self._seen: dict[PeerId, float] = {}
        self._over: dict[PeerId, tuple[int, float]] = {}
        self._shown: dict[PeerId, bool] = {}
        self._points = 0

    def admits(self, author: PeerId, *, direct: bool) -> bool:
        """Is there room for what an author does? `direct`: it is linked to us, and never more than 32 are."""
        if author in self._shown or len(self._shown) < MAX_AUTHORS:
            self._shown[author] = direct
            return True
        other = next((other for other, near in self._shown.items() if not near), None) if direct else None
        if other is None:
            return False
        self.forget(other)
        self._shown[author] = True
        return True

    def point(self, message: Presence, now: float) -> None:
        """Somebody's pointer moved, or left the board."""
        self.pointers[message.author] = message
        self._seen[message.author] = now

    def draft(self, message: Draft, now: float) -> bool:
        """More of somebody's draft, or its end. False if it was of no use: its beginning is not known, or it is old.

        The same draft may come over several relays, one behind the other: it only ever grows.
        """
        key = message.author, message.number
        over, _ = self._over.get(message.author, (0, now))
        if message.state != GOING:
            self._over[message.author] = max(over, message.number), now
            return self._drop(key)
        if message.start == 0 and message.fields is not None and key not in self.sketches and message.number > over:
            self._begin(Sketch(message.author, message.number, message.fields))
        sketch = self.sketches.get(key)
        if sketch is None or message.start > len(sketch.points):
            return False
        sketch.seen = now
        end = message.start + ink.count(message.ink) if message.ink else 0
        new = end - len(sketch.points)
        if new <= 0 or end > ink.MAX_POINTS or self._points + new > MAX_POINTS:
            return False
        sketch.extend(message.ink, new)
        self._points += new
        return True

    def _begin(self, sketch: Sketch) -> None:
        """An author draws one thing at a time: a new draft ends the older ones, an old one does not come back."""
        others = [key for key in self.sketches if key[0] == sketch.author]
        if all(number < sketch.number for _, number in others):
            for key in others:
                self._drop(key)
            self.sketches[sketch.author, sketch.number] = sketch

    def _drop(self, key: DraftKey) -> bool:
        sketch = self.sketches.pop(key, None)
        if sketch is not None:
            self._points -= len(sketch.points)
        return sketch is not None

    def forget(self, peer: PeerId) -> bool:
        """Somebody is gone. True if anything of them was shown."""
        drafts = [key for key in self.sketches if key[0] == peer]
        for key in drafts:
            self._drop(key)
        self._shown.pop(peer, None)
        self._seen.pop(peer, None)
        self._over.pop(peer, None)
        return self.pointers.pop(peer, None) is not None or bool(drafts)

    def expire(self, now: float) -> set[PeerId]:
        """Drop what has not been renewed; says whose."""
        gone = {peer for peer, seen in self._seen.items() if now - seen > EXPIRES_AFTER}
        for peer in gone:
            del self.pointers[peer], self._seen[peer]
        self._over = {peer: over for peer, over in self._over.items() if now - over[1] <= EXPIRES_AFTER}
        for key, sketch in list(self.sketches.items()):
            if now - sketch.seen > EXPIRES_AFTER:
                self._drop(key)
                gone.add(sketch.author)
        drawing = {author for author, _ in self.sketches}
        for author in self._shown.keys() - self._seen.keys() - self._over.keys() - drawing:
            del self._shown[author]
        return gone
