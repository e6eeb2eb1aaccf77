"""Two histories under one name: how it is found out, what proves it, and where the author's log ends then.

Rule: only two chunks that one author has signed, alike up to some op and different from the next one on, prove a fork.
The log ends then with the last op they share, on every peer alike. That somebody claims another head proves nothing: it
makes us ask for the ops. So a liar costs a question, and freezes nobody.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from p2psketch.effects import Effect, Recall, Send
from p2psketch.errors import EnvelopeError
from p2psketch.ids import LinkId, PeerId
from p2psketch.messages import Fork, Range, Want
from p2psketch.oplog import Chunk, unpack_triples
from p2psketch.ops import chain

PATIENCE: Final = 30.0
"""Seconds until a question about a fork is given up, if nothing comes that answers it."""
MAX_HUNTS: Final = 64

IsSigned = Callable[[Chunk, bytes], bool]


def heads_of(chunk: Chunk) -> list[bytes]:
    """The running heads before, within and after a chunk; EnvelopeError if it is none."""
    heads = [chunk.head]
    for triple in unpack_triples(chunk.length, chunk.blob):
        heads.append(chain(heads[-1], *triple))
    return heads


class Compared(NamedTuple):
    """Two chunks where both tell a head: `same` is the last seq where it is one, `other` the first where it is not."""

    same: int | None
    other: int | None


def compare(one: Chunk, other: Chunk) -> Compared:
    """Where two chunks of one author are alike; EnvelopeError if one of them is no chunk."""
    begin, end = max(one.first, other.first) - 1, min(one.last, other.last)
    if begin > end:
        return Compared(None, None)
    ones, others = heads_of(one), heads_of(other)
    alike = [ones[seq + 1 - one.first] == others[seq + 1 - other.first] for seq in range(begin, end + 1)]
    first_other = alike.index(False) if False in alike else None
    return Compared(
        None if not alike[0] else (end if first_other is None else begin + first_other - 1),
        None if first_other is None else begin + first_other,
    )


def proven(fork: Fork, is_signed: IsSigned) -> int | None:
    """The last op of the chunks' author that counts, if they prove that it has two logs; None if they do not."""
    one, other = fork.one, fork.other
    try:
        found = compare(one, other) if one.author == other.author else Compared(None, None)
        if found.same is None or found.other is None:
            return None
        if not all(is_signed(chunk, heads_of(chunk)[-1]) for chunk in (one, other)):
            return None
    except EnvelopeError:
        return None
    return found.same


@dataclass(slots=True)
class Hunt:
    """One author, whose log is another one at the other end of a link; `asked` is the op that is to come from there."""

    link: LinkId
    since: float
    asked: int
    theirs: Chunk | None = None
    ours: Chunk | None = None


class Hunts:
    """Goes back, chunk by chunk, to where two logs part. What is proved is put into `found`, to be taken from there."""

    def __init__(self, seq: Callable[[PeerId], int], is_signed: IsSigned) -> None:
        self.found: list[Fork] = []
        self._seq = seq
        self._is_signed = is_signed
        self._hunts: dict[PeerId, Hunt] = {}

    def suspect(self, link: LinkId, author: PeerId, seq: int, now: float) -> list[Effect]:
        """The other end claims another head at `seq`: see what it has there."""
        if author in self._hunts or len(self._hunts) >= MAX_HUNTS:
            return []
        self._hunts[author] = Hunt(link, now, seq)
        return [Send(link, Want((Range(author, seq, seq),)))]

    def differs(self, link: LinkId, chunk: Chunk, now: float) -> list[Effect]:
        """A chunk came that its author has signed, and that does not continue our log."""
        if chunk.author in self._hunts or len(self._hunts) >= MAX_HUNTS:
            return []
        self._hunts[chunk.author] = Hunt(link, now, chunk.first, chunk)
        return self._go_on(chunk.author)

    def expects(self, link: LinkId, chunk: Chunk) -> bool:
        """Is this the answer to a question of ours?"""
        hunt = self._hunts.get(chunk.author)
        return hunt is not None and hunt.link == link and chunk.first <= hunt.asked <= chunk.last

    def arrived(self, chunk: Chunk, now: float) -> list[Effect]:
        """It came. Raises EnvelopeError if it is not signed."""
        hunt = self._hunts[chunk.author]
        if not self._is_signed(chunk, heads_of(chunk)[-1]):
            del self._hunts[chunk.author]
            raise EnvelopeError("ops that were asked for are not signed by their author")
        hunt.theirs, hunt.since = chunk, now
        return self._go_on(chunk.author)

    def recalled(self, chunk: Chunk) -> list[Effect]:
        """Our own disk has answered."""
        hunt = self._hunts.get(chunk.author)
        if hunt is None:
            return []
        hunt.ours = chunk
        return self._go_on(chunk.author)

    def forget(self, link: LinkId) -> None:
        """A link is gone, and its answers with it."""
        self._hunts = {author: hunt for author, hunt in self._hunts.items() if hunt.link != link}

    def tick(self, now: float) -> None:
        """Give up what nobody answers."""
        self._hunts = {author: hunt for author, hunt in self._hunts.items() if now - hunt.since < PATIENCE}

    def _go_on(self, author: PeerId) -> list[Effect]:
        hunt = self._hunts[author]
        theirs, ours = hunt.theirs, hunt.ours
        if theirs is None:
            return []
        if ours is None:
            return [self._recall(author, min(theirs.first, self._seq(author)))]
        same, other = compare(ours, theirs)
        if same is not None and other is not None:
            self.found.append(Fork(ours, theirs))
        elif other is not None or max(ours.first, theirs.first) > min(ours.last, theirs.last) + 1:
            return self._back(author, hunt, ours, theirs)
        elif min(ours.last, theirs.last) < self._seq(author):
            return self._ahead(author, hunt, ours, theirs)
        del self._hunts[author]
        return []

    def _back(self, author: PeerId, hunt: Hunt, ours: Chunk, theirs: Chunk) -> list[Effect]:
        """They part before the chunks at hand: the later one is followed backwards."""
        if ours.first > theirs.first:
            return [self._recall(author, ours.first - 1)]
        return [self._ask(hunt, author, theirs.first - 1)]

    def _ahead(self, author: PeerId, hunt: Hunt, ours: Chunk, theirs: Chunk) -> list[Effect]:
        """They part after the chunks at hand, if they do: the one that ends first is followed."""
        if ours.last <= theirs.last:
            return [self._recall(author, ours.last + 1)]
        return [self._ask(hunt, author, theirs.last + 1)]

    def _recall(self, author: PeerId, seq: int) -> Effect:
        return Recall(author, seq)

    def _ask(self, hunt: Hunt, author: PeerId, seq: int) -> Effect:
        hunt.asked = seq
        return Send(hunt.link, Want((Range(author, seq, seq),)))
