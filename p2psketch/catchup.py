"""Catching up: what others claim to have, and what to ask of whom.

Rule: catch-up is pulled. Each missing range is asked of one link, so that ten peers do not all send
the same board, and several serve at once; a range that stalls is asked of another. A claim that
is not delivered is discounted for that link, and shown.

(Anti-entropy by version vectors: Demers et al. 1987, "Epidemic algorithms for replicated
database maintenance"; Parker et al. 1983 for the vectors.)
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from p2psketch.ids import LinkId, PeerId
from p2psketch.messages import Range, Want
from p2psketch.oplog import Chunk, Known

SLICE: Final = 2048
"""Ops in one range that is asked for."""
IN_FLIGHT: Final = 8 * SLICE
"""Ops under way on one link."""
STALLED_AFTER: Final = 5.0
MAX_STASH: Final = 1024 * 1024
"""Bytes kept a link of what arrived beyond a gap."""


@dataclass(slots=True)
class Request:
    """A range asked of a link; `next` is the first op that has not come."""

    link: LinkId
    next: int
    last: int
    moved: float


class Waiting(NamedTuple):
    """A chunk that arrived beyond a gap, over which link, and whether it was pushed."""

    link: LinkId
    chunk: Chunk
    live: bool


@dataclass(slots=True)
class Claims:
    """What one link says its peer has."""

    known: dict[PeerId, Known] = field(default_factory=dict)
    whole: bool = False
    discounted: dict[PeerId, int] = field(default_factory=dict)
    stashed: int = 0
    in_flight: int = 0


class CatchUp:
    """`seq` tells how many ops of an author are here. `wants` is asked after every change."""

    def __init__(self, seq: Callable[[PeerId], int]) -> None:
        self._seq = seq
        self._claims: dict[LinkId, Claims] = {}
        self._requests: dict[PeerId, list[Request]] = {}
        self._lacking: set[PeerId] = set()
        self._stash: dict[PeerId, dict[int, Waiting]] = {}
        self._goal: dict[PeerId, int] = {}
        self._start: dict[PeerId, int] = {}

    # -- links -----------------------------------------------------------------------------------

    def link_up(self, link: LinkId) -> None:
        """A new link: nothing is known of its peer."""
        self._claims[link] = Claims()

    def link_down(self, link: LinkId) -> None:
        """All that was known of it is forgotten; what was asked of it is asked of others."""
        self._claims.pop(link, None)
        for author, requests in list(self._requests.items()):
            for request in [request for request in requests if request.link == link]:
                self._end(author, request)

    def _end(self, author: PeerId, request: Request) -> None:
        """A range is done with, arrived or not: see what is still lacking."""
        self._requests[author].remove(request)
        if not self._requests[author]:
            del self._requests[author]
        if request.link in self._claims:
            self._claims[request.link].in_flight -= max(request.last + 1 - request.next, 0)
        self._lacking.add(author)

    def claim(self, link: LinkId, entries: Iterable[tuple[PeerId, Known]], *, whole: bool, last: bool) -> bool:
        """Somebody told what it has. True when its first whole vector is complete."""
        claims = self._claims[link]
        for peer, known in entries:
            before = claims.known.get(peer)
            if before is None or known.seq >= before.seq:
                claims.known[peer] = known
            if claims.discounted.get(peer, known.seq) < known.seq:
                del claims.discounted[peer]
            if known.seq > self._seq(peer):
                self._lacking.add(peer)
                if not claims.whole:
                    self._aim(peer, known.seq)
        first = whole and last and not claims.whole
        claims.whole |= first
        return first

    def _aim(self, peer: PeerId, seq: int) -> None:
        self._start.setdefault(peer, self._seq(peer))
        self._goal[peer] = max(seq, self._goal.get(peer, 0))

    def known(self, link: LinkId, peer: PeerId) -> int:
        """How many ops of `peer` the other end of a link is known to hold on disk."""
        claims = self._claims.get(link)
        entry = claims.known.get(peer) if claims else None
        return entry.seq if entry else 0

    def head(self, link: LinkId, peer: PeerId) -> Known | None:
        """The other end's own words about `peer`."""
        claims = self._claims.get(link)
        return claims.known.get(peer) if claims else None

    # -- asking ----------------------------------------------------------------------------------

    def wants(self, now: float) -> list[tuple[LinkId, Want]]:
        """What to ask for now."""
        if not self._lacking:
            return []
        asked: dict[LinkId, list[Range]] = {}
        for author in list(self._lacking):
            self._ask(author, asked, now)
        return [(link, Want(tuple(ranges))) for link, ranges in asked.items()]

    def _ask(self, author: PeerId, asked: dict[LinkId, list[Range]], now: float) -> None:
        """Ask for the missing ranges of one author, as far as links have room."""
        first = self._seq(author) + 1
        ahead = max((self._claimed(claims, author) for claims in self._claims.values()), default=0)
        while first <= ahead:
            covered = self._covered(author, first)
            if covered is not None:
                first = covered + 1
                continue
            link = self._least_busy(author, first)
            if link is None:
                return
            claims = self._claims[link]
            last = min(first + SLICE - 1, self._claimed(claims, author))
            self._requests.setdefault(author, []).append(Request(link, first, last, now))
            claims.in_flight += last + 1 - first
            asked.setdefault(link, []).append(Range(author, first, last))
            first = last + 1
        self._lacking.discard(author)

    def _covered(self, author: PeerId, seq: int) -> int | None:
        """The end of the range, asked for or stashed, that holds an op."""
        for request in self._requests.get(author, ()):
            if request.next <= seq <= request.last:
                return request.last
        stashed = self._stash.get(author, {}).get(seq)
        return stashed.chunk.last if stashed else None

    def _claimed(self, claims: Claims, author: PeerId) -> int:
        entry = claims.known.get(author)
        return min(entry.seq, claims.discounted.get(author, entry.seq)) if entry else 0

    def _least_busy(self, author: PeerId, seq: int) -> LinkId | None:
        """A link that claims the op and has room for another range."""
        able = [
            link
            for link, claims in self._claims.items()
            if claims.in_flight < IN_FLIGHT and self._claimed(claims, author) >= seq
        ]
        return min(able, key=lambda link: self._claims[link].in_flight, default=None)

    def missing(self, link: LinkId, author: PeerId, last: int) -> None:
        """Something up to `last` was pushed over a gap: the link that pushed it has what lies in the gap."""
        claims = self._claims.get(link)
        if claims is not None and self._claimed(claims, author) < last:
            claims.known[author] = Known(last, b"")
            claims.discounted.pop(author, None)
        self._lacking.add(author)

    # -- receiving -------------------------------------------------------------------------------

    def wanted(self, link: LinkId, chunk: Chunk, now: float) -> bool:
        """Was this chunk asked of this link? Notes how far the range has come."""
        for request in self._requests.get(chunk.author, ()):
            if request.link == link and request.next <= chunk.last and chunk.first <= request.last:
                end = min(chunk.last, request.last) + 1
                self._claims[link].in_flight -= end - request.next
                request.next, request.moved = end, now
                if request.next > request.last:
                    self._end(chunk.author, request)
                return True
        return False

    def stash(self, link: LinkId, chunk: Chunk, *, live: bool) -> None:
        """Keep what arrived beyond a gap, as long as there is room for it."""
        claims = self._claims.get(link)
        if claims is None or claims.stashed + len(chunk.blob) > MAX_STASH:
            return
        held = self._stash.setdefault(chunk.author, {})
        if chunk.first not in held:
            held[chunk.first] = Waiting(link, chunk, live)
            claims.stashed += len(chunk.blob)

    def take(self, author: PeerId) -> Waiting | None:
        """A stashed chunk that now continues the author's log, if there is one."""
        held = self._stash.get(author)
        if not held:
            return None
        next_seq = self._seq(author) + 1
        for first in sorted(held):
            if first > next_seq:
                return None
            waiting = held.pop(first)
            if waiting.link in self._claims:
                self._claims[waiting.link].stashed -= len(waiting.chunk.blob)
            if waiting.chunk.last >= next_seq:
                return waiting
        return None

    def tick(self, now: float) -> list[tuple[LinkId, PeerId]]:
        """Give up on ranges that have stalled; says of which links and authors."""
        stalled = []
        for author, requests in list(self._requests.items()):
            for request in list(requests):
                if request.last <= self._seq(author):
                    self._end(author, request)
                elif now - request.moved >= STALLED_AFTER:
                    self._claims[request.link].discounted[author] = request.next - 1
                    self._end(author, request)
                    stalled.append((request.link, author))
        return stalled

    def deadline(self) -> float | None:
        """When the next range has stalled."""
        moved = [request.moved for requests in self._requests.values() for request in requests]
        return min(moved) + STALLED_AFTER if moved else None

    # -- progress --------------------------------------------------------------------------------

    def waiting(self) -> bool:
        """Is a link up that has not yet told all it has?"""
        return any(not claims.whole for claims in self._claims.values())

    def progress(self) -> tuple[int, int]:
        """Ops that have come, and ops that were claimed, of those missing when the wait began."""
        done = total = 0
        for peer, goal in self._goal.items():
            here, start = self._seq(peer), self._start[peer]
            claimed = max((self._claimed(claims, peer) for claims in self._claims.values()), default=0)
            goal = min(goal, max(claimed, here))
            total += max(goal - start, 0)
            done += max(min(here, goal) - start, 0)
        if done >= total:
            self._goal.clear()
            self._start.clear()
            return 0, 0
        return done, total
