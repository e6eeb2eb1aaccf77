"""What the other end of one link says that it has, and how it keeps its word.

Rule: a claim is believed until it was asked for and not delivered; said again, it is believed again.
"""

from dataclasses import dataclass, field

from p2psketch.ids import PeerId


@dataclass(slots=True)
class Claims:
    """What one link says its peer has; `in_flight` ops are asked of it, the last of those came when it `moved`.

    `late`: it has not said for so long that it is not waited for; when it does say, that still counts. `queue`: authors
    of whom something is lacking that it may have, until it has room; `unheard`: those of whom nothing was here.
    `cut`: it claimed more than was taken, and was `told` to say it again. `stalls` since it last delivered something.
    """

    since: float
    known: dict[PeerId, int] = field(default_factory=dict)
    unheard: set[PeerId] = field(default_factory=set)
    whole: bool = False
    late: bool = False
    cut: bool = False
    told: float = 0.0
    discounted: dict[PeerId, int] = field(default_factory=dict)
    queue: dict[PeerId, None] = field(default_factory=dict)
    in_flight: int = 0
    ranges: int = 0
    moved: float = 0.0
    stalls: int = 0

    def claimed(self, author: PeerId) -> int:
        """How many ops of an author it can be asked for."""
        seq = self.known.get(author, 0)
        return min(seq, self.discounted.get(author, seq))

    def hear(self, author: PeerId, seq: int) -> bool:
        """It says that it has so many ops of an author. True if it can be asked for more than before."""
        before = self.known.get(author, 0)
        if seq > before:
            self.known[author] = seq
        discounted = self.discounted.get(author, seq)
        if discounted < seq:
            del self.discounted[author]
        return seq > min(before, discounted)
