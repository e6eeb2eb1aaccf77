"""Our own pointer and view: told to the others at most 60 times a second, and renewed before they expire.

Rule: newest wins; that the pointer left the board is told at once, and the view is told without it.
"""

from typing import Final

from p2psketch.drafting import EVERY
from p2psketch.ids import PeerId
from p2psketch.messages import Point, Presence, Viewport

RENEW_AFTER: Final = 10.0


class Pointing:
    """The latest word about pointer and view, and whether it has been told."""

    def __init__(self, me: PeerId) -> None:
        self._me = me
        self._latest: Presence | None = None
        self._told_at = 0.0
        self._pending = False

    def latest(self) -> Presence | None:
        """For a link that has just come up."""
        return self._latest if self._latest and (self._latest.cursor or self._latest.viewport) else None

    def move(self, cursor: Point | None, viewport: Viewport | None, tool: str, now: float) -> Presence | None:
        """Pointer or view moved; what to tell now, if anything."""
        before, self._latest = self._latest, Presence(self._me, cursor, viewport, tool)
        if self._latest == before:
            return None
        self._pending = True
        left = cursor is None and before is not None and before.cursor is not None
        return self._tell(now) if left or now >= self._told_at + EVERY else None

    def due(self) -> float | None:
        """When something is to be told."""
        if self._pending:
            return self._told_at + EVERY
        return self._told_at + RENEW_AFTER if self.latest() else None

    def due_word(self, now: float) -> Presence | None:
        """What is due now."""
        due = self.due()
        return self._tell(now) if due is not None and now >= due else None

    def _tell(self, now: float) -> Presence | None:
        self._pending, self._told_at = False, now
        return self._latest
