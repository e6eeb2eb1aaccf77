"""The stroke under our own pen: told to the others as it grows, at most 60 times a second.

Rule: a draft is told in increments; the first carries the style. Now and then it is told from its beginning, for
those who see it through a relay and came late, or whose relay went.
Points beyond what fits in a stroke continue as another. What is told is signed, so that no relay can make it up.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import msgpack

from p2psketch import ink
from p2psketch.ids import PeerId
from p2psketch.keys import Identity, check_draft
from p2psketch.messages import CANCELLED, ENDED, GOING, Draft
from p2psketch.shapes import DEFAULT_WIDTH, Fields, Value
from p2psketch.tapering import SHORT

EVERY: Final = 1 / 60
"""Seconds between two words about the same draft or pointer."""

WHOLE_EVERY: Final = 3.0
"""Seconds after which an increment is the whole draft."""

FARTHEST: Final = 1_000_000
"""Strokes that begin further out, in px, are placed there by `placement`, so that ink stays small."""

REACH: Final = 4_000_000
"""How far a stroke goes from there, in px, however far the pen does: ink has no numbers for more."""


_MOST_AGAIN: Final = 1_000
"""Points of a full stroke that the next one may repeat."""


class Drafting:
    """One draft at a time."""

    def __init__(self, me: PeerId) -> None:
        self._me = me
        self._number = 0
        self._fields: dict[str, Value] | None = None
        self._origin = (0.0, 0.0)
        self._points: list[tuple[float, float]] = []
        self._pressure: list[float] = []
        self._told = 0
        self._told_at = 0.0
        self._whole_at = 0.0

    @property
    def active(self) -> bool:
        """Is something being drawn?"""
        return self._fields is not None

    @property
    def fields(self) -> Fields:
        """The style, as it was begun with."""
        return {name: value for name, value in (self._fields or {}).items() if name != "placement"}

    def tail(self) -> tuple[list[tuple[float, float]], list[float] | None]:
        """Where the next stroke begins when this one is full: where the pen is; or, with pressure, so far before that
        the thin beginning of the one lies on the full width of the other.
        """
        (left, top), begin = self._origin, len(self._points) - 1
        if self._pressure:
            assert self._fields is not None
            far = SHORT * (self._fields.get("width") or DEFAULT_WIDTH)
            while far > 0 and 0 < begin > len(self._points) - _MOST_AGAIN:
                far -= math.dist(self._points[begin - 1], self._points[begin])
                begin -= 1
        return [(x + left, y + top) for x, y in self._points[begin:]], self._pressure[begin:] or None

    def begin(self, fields: Fields) -> None:
        """The pen touches the board."""
        self._number += 1
        self._fields = dict(fields)
        self._points, self._pressure, self._told, self._origin = [], [], 0, (0.0, 0.0)

    def extend(self, points: Sequence[tuple[float, float]], pressure: Sequence[float] | None) -> int:
        """Add points; returns how many of them fit."""
        if not self._points and points and max(map(abs, points[0])) > FARTHEST:
            self._place(*map(round, points[0]))
        room = ink.MAX_POINTS - len(self._points)
        left, top = self._origin
        self._points += [(_within_reach(x - left), _within_reach(y - top)) for x, y in points[:room]]
        if pressure is not None:
            self._pressure += pressure[:room]
        return min(room, len(points))

    def _place(self, x: int, y: int) -> None:
        assert self._fields is not None
        self._origin = x, y
        self._fields["placement"] = [1, 0, 0, 1, x, y]

    def due(self) -> float | None:
        """When the next increment is to be told, if there is one."""
        return self._told_at + EVERY if self.active and len(self._points) > self._told else None

    def increment(self, now: float) -> Draft | None:
        """What has not been told yet."""
        if not self.active or len(self._points) == self._told:
            return None
        start = self._told if now - self._whole_at < WHOLE_EVERY else 0
        if start == 0:
            self._whole_at = now
        self._told, self._told_at = len(self._points), now
        return self._from(start)

    def whole(self) -> Draft | None:
        """All that has been told so far, for a link that has just come up."""
        return self._from(0, self._told) if self.active and self._told else None

    def _from(self, start: int, end: int | None = None) -> Draft:
        fields = self._fields if start == 0 else None
        return Draft(self._me, self._number, start, fields, self._encoded(start, end), GOING)

    def _encoded(self, start: int, end: int | None) -> bytes:
        return ink.encode(self._points[start:end], self._pressure[start:end] if self._pressure else None)

    def end(self, *, cancelled: bool = False) -> Draft:
        """The pen leaves the board."""
        self._fields = None
        return Draft(self._me, self._number, 0, None, b"", CANCELLED if cancelled else ENDED)

    def stroke(self) -> dict[str, Value] | None:
        """The fields of the finished stroke; None if it has no points."""
        if self._fields is None or not self._points:
            return None
        return {**self._fields, "points": self._encoded(0, None)}


def _within_reach(value: float) -> float:
    return min(max(value, -REACH), REACH)


def signed(draft: Draft, author: Identity, room_id: bytes) -> Draft:
    """A draft as its author tells it."""
    return replace(draft, signature=author.sign_draft(room_id, _content(draft)))


def is_signed(draft: Draft, room_id: bytes) -> bool:
    """Whether its author has told this draft."""
    signature = draft.signature
    return signature is not None and check_draft(draft.author, room_id, _content(draft), signature)


def _content(draft: Draft) -> bytes:
    """What is signed: all but the proof, which relays add."""
    packed: bytes = msgpack.packb((draft.number, draft.start, draft.fields, draft.ink, draft.state))
    return packed
