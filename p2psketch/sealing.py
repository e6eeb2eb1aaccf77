"""What this launch has committed and not yet sealed: the gestures of one frame become one chunk, signed once.

Rule: the first gesture after a pause is sealed at once, what follows within a frame waits for the frame's end. Nothing
leaves and nothing is stored before it is sealed; whatever has to come after it on a link is held back with it.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from p2psketch.effects import Effect
from p2psketch.oplog import CHUNK_BYTES, MAX_OPS, Chunk, Tip

FRAME: Final = 1 / 60
"""Seconds: nobody sees more often than that."""
BUSY_FRAME: Final = 1 / 20
A_GESTURE: Final = 0.005
"""Seconds by which each gesture of a frame lengthens the next one, from `FRAME` to `BUSY_FRAME`.

No hand makes so many; of a program each chunk costs every reader a check, and half a millisecond in all.
"""


class Sealed(NamedTuple):
    """A chunk that may leave, and where our log ends with it."""

    chunk: Chunk
    tip: Tip


class Sealing:
    """`add` ops of our own, `seal` them when they are due; `sign` gives the signature for a seq and the head there."""

    def __init__(self, sign: Callable[[int, bytes], bytes]) -> None:
        self._sign = sign
        self.waiting: list[Sealed] = []
        self._held: list[Effect] = []
        self._due = float("-inf")

    @property
    def due(self) -> float | None:
        """When to seal."""
        return self._due if self.waiting else None

    def add(self, chunk: Chunk, tip: Tip) -> None:
        """An op was committed: its chunk, of it alone."""
        self.waiting.append(Sealed(chunk, tip))

    def hold(self, effects: Sequence[Effect]) -> Sequence[Effect]:
        """What must not come before the ops that wait: nothing now if there are any, else all of it."""
        if not self.waiting:
            return effects
        self._held += effects
        return ()

    def seal(self, now: float) -> list[Sealed]:
        """The chunks that are due, as few as their size allows."""
        if not self.waiting or now < self._due:
            return []
        waiting, self.waiting = self.waiting, []
        self._due = now + min(max(len(waiting) * A_GESTURE, FRAME), BUSY_FRAME)
        return [self._sealed(part) for part in _cut(waiting)]

    def _sealed(self, part: Sequence[Sealed]) -> Sealed:
        blob = b"".join(sealed.chunk.blob for sealed in part)
        tip = part[-1].tip
        signature = self._sign(tip.seq, tip.head)
        return Sealed(part[0].chunk._replace(length=len(part), blob=blob, signature=signature), tip)

    def released(self) -> list[Effect]:
        """What was held back for what has just been sealed."""
        held, self._held = self._held, []
        return held


def _cut(waiting: Sequence[Sealed]) -> list[list[Sealed]]:
    parts: list[list[Sealed]] = []
    size = 0
    for sealed in waiting:
        size += len(sealed.chunk.blob)
        if not parts or size > CHUNK_BYTES or len(parts[-1]) == MAX_OPS:
            parts.append([])
            size = len(sealed.chunk.blob)
        parts[-1].append(sealed)
    return parts
