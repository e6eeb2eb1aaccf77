"""Catching up: what others claim to have, and what to ask of whom.

Rule: catch-up is pulled. Each missing range is asked of one link, so that ten peers do not all send
the same board, and several serve at once; a range that stalls is asked of another. A claim that
is not delivered is discounted for that link, and shown; a link that stalls is asked last. What a link
may claim is bounded by what is here, and so many authors besides.

(Anti-entropy by version vectors: Demers et al. 1987, "Epidemic algorithms for replicated
database maintenance"; Parker et al. 1983 for the vectors.)
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from p2psketch.claims import Claims
from p2psketch.clock import MAX_TIME
from p2psketch.ids import LinkId, PeerId
from p2psketch.messages import Range, Want
from p2psketch.oplog import CHUNK_BYTES, Chunk, Known
from p2psketch.stash import Stash, Waiting

SLICE: Final = 5 * CHUNK_BYTES
"""Bytes, about, in one range that is asked for: many chunks, as those at its ends come whole."""
SLICE_OPS: Final = 4096
IN_FLIGHT: Final = 2 * SLICE
"""Bytes, about, under way on one link or stashed from it; with one more range they still fit in the stash."""
STALLED_AFTER: Final = 5.0
"""Seconds in which a link delivers nothing of what was asked of it."""
GIVEN_UP_AFTER: Final = 60.0
"""Seconds in which a range does not move, while its link delivers others."""
FIRST_GUESS: Final = 512.0
LEAST: Final = 48.0
"""Bytes of an op: before any has come, and the fewest that are reckoned with."""
MAX_UNHEARD: Final = 16_384
"""Authors of whom nothing is here that one link may claim; of more it is heard once these have come."""
ALL_UNHEARD: Final = 65_536
"""The same of all links together; a few each may claim in any case."""
FEW_UNHEARD: Final = 2048
UNRELIABLE: Final = 2
"""Times that a link may stall, and deliver nothing between them, until none of its claims are waited for."""
AGAIN_AFTER: Final = 6.0
"""Seconds until a link that claimed more is heard of the rest: it answers no oftener."""
MAX_ASKED: Final = 256
"""Ranges under way on one link: they fit in one message. On one that has stalled, `FEW_ASKED` until it delivers."""
FEW_ASKED: Final = 8
TRIES: Final = 256
"""Authors of one link, at most, that are looked at at once."""


@dataclass(slots=True)
class Request:
    """A range asked of a link; `next` is the first op that has not come."""

    link: LinkId
    next: int
    last: int
    moved: float


class Claimer(NamedTuple):
    """A link that claims ops of an author, up to `seq`."""

    link: LinkId
    claims: Claims
    seq: int


class CatchUp:
    """`seq` tells how many ops of an author are here. `wants` is asked after every change."""

    def __init__(self, seq: Callable[[PeerId], int]) -> None:
        self._seq = seq
        self._claims: dict[LinkId, Claims] = {}
        self._requests: dict[PeerId, list[Request]] = {}
        self._lacking: dict[PeerId, None] = {}
        self._stash = Stash()
        self._op_size = FIRST_GUESS
        self._goal: dict[PeerId, int] = {}
        self._start: dict[PeerId, int] = {}
        self._unsure = False

    # -- links -----------------------------------------------------------------------------------

    def link_up(self, link: LinkId, now: float) -> None:
        """A new link: nothing is known of its peer."""
        self._claims[link] = Claims(since=now, told=now)

    def link_down(self, link: LinkId) -> None:
        """All that was known of it is forgotten; what was asked of it is asked of others."""
        self._claims.pop(link, None)
        self._stash.left(link)
        self._unsure = True
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
            self._claims[request.link].ranges -= 1
        self._lacking[author] = None

    def claim(self, link: LinkId, entries: Iterable[tuple[PeerId, Known]], *, whole: bool, last: bool) -> bool:
        """Somebody told what it has. True when its first whole vector is complete."""
        claims = self._claims[link]
        room = self._room_for(claims)
        aims = not claims.whole and claims.stalls < UNRELIABLE
        for peer, (seq, _) in entries:
            here = self._seq(peer)
            if not here and peer not in claims.unheard:
                if room <= 0:
                    claims.cut = True
                    continue
                room -= 1
                claims.unheard.add(peer)
            if claims.hear(peer, seq) and seq > here:
                claims.queue[peer] = None
            if aims and seq > here:
                self._aim(peer, seq)
        first = whole and last and not claims.whole and not claims.cut
        claims.whole |= first
        return first

    def _room_for(self, claims: Claims) -> int:
        """Of how many more authors of whom nothing is here the link may tell."""
        unheard = sum(len(claims.unheard) for claims in self._claims.values())
        return max(min(MAX_UNHEARD, ALL_UNHEARD - unheard + len(claims.unheard)), FEW_UNHEARD) - len(claims.unheard)

    def again(self, now: float) -> list[LinkId]:
        """The links that claimed more than was taken, and may claim more by now: to be asked for their whole vector."""
        links = []
        for link, claims in self._claims.items():
            if claims.cut and now - claims.told >= AGAIN_AFTER:
                claims.told = now
                claims.unheard = {peer for peer in claims.unheard if not self._seq(peer)}
                if len(claims.unheard) <= MAX_UNHEARD // 2:
                    claims.cut = False
                    links.append(link)
        return links

    def _aim(self, peer: PeerId, seq: int) -> None:
        self._start.setdefault(peer, self._seq(peer))
        self._goal[peer] = max(seq, self._goal.get(peer, 0))

    def known(self, link: LinkId, peer: PeerId) -> int:
        """How many ops of `peer` the other end of a link is known to hold."""
        claims = self._claims.get(link)
        return claims.known.get(peer, 0) if claims else 0

    def claims_of(self, link: LinkId) -> Mapping[PeerId, int]:
        """How many ops of each author the other end of a link is known to hold."""
        claims = self._claims.get(link)
        return claims.known if claims else {}

    def distrust(self, link: LinkId, author: PeerId) -> None:
        """What a link has of an author does not continue what is here: it is not asked for more of it."""
        claims = self._claims.get(link)
        if claims is not None:
            claims.discounted[author] = min(self._seq(author), claims.claimed(author))
            self._unsure = True

    def cut(self, author: PeerId, seq: int) -> None:
        """An author's log ends here: what was claimed beyond is not waited for."""
        for claims in self._claims.values():
            if claims.known.get(author, 0) > seq:
                claims.known[author] = seq
        for request in list(self._requests.get(author, ())):
            if request.last > seq:
                self._end(author, request)
        self._unsure = True

    # -- asking ----------------------------------------------------------------------------------

    def wants(self, now: float) -> list[tuple[LinkId, Want]]:
        """What to ask for now."""
        asked: dict[LinkId, list[Range]] = {}
        if not any(map(self._has_room, self._claims.values())):
            return []
        lacking, self._lacking = self._lacking, {}
        for author in lacking:
            self._ask(author, asked, now)
        for claims in self._claims.values():
            tries = min(len(claims.queue), TRIES)
            while tries and self._has_room(claims):
                tries -= 1
                author = next(iter(claims.queue))
                del claims.queue[author]
                self._ask(author, asked, now)
        return [(link, Want(tuple(ranges))) for link, ranges in asked.items()]

    def _has_room(self, claims: Claims) -> bool:
        most = FEW_ASKED if claims.stalls else MAX_ASKED
        return claims.ranges < most and claims.in_flight * self._op_size < IN_FLIGHT

    def _ask(self, author: PeerId, asked: dict[LinkId, list[Range]], now: float) -> None:
        """Ask for the missing ranges of one author; for what links have no room for, it stands in their queues."""
        here = self._seq(author)
        first = here + 1
        claimers = [
            Claimer(link, claims, claims.claimed(author))
            for link, claims in self._claims.items()
            if author in claims.known
        ]
        ahead = max((claimer.seq for claimer in claimers), default=0)
        while first <= ahead:
            covered = self._covered(author, first)
            if covered is not None:
                first = covered + 1
                continue
            claimers = [claimer for claimer in claimers if claimer.seq >= first]
            chosen = self._least_busy(claimers, beyond=first > here + 1)
            if chosen is None:
                for claimer in claimers:
                    claimer.claims.queue[author] = None
                return
            most = max(min(int(SLICE / self._op_size), SLICE_OPS), 1)
            last = min(first + most - 1, chosen.seq, self._end_of_hole(author, first))
            self._requests.setdefault(author, []).append(Request(chosen.link, first, last, now))
            chosen.claims.in_flight += last + 1 - first
            chosen.claims.ranges += 1
            asked.setdefault(chosen.link, []).append(Range(author, first, last))
            first = last + 1

    def _covered(self, author: PeerId, seq: int) -> int | None:
        """The end of the range, asked for or stashed, that holds an op."""
        for request in self._requests.get(author, ()):
            if request.next <= seq <= request.last:
                return request.last
        return self._stash.covered(author, seq)

    def _end_of_hole(self, author: PeerId, seq: int) -> int:
        """The last op of those around `seq` that are neither asked for nor stashed."""
        starts = [request.next for request in self._requests.get(author, ()) if request.next > seq]
        if (stashed := self._stash.next(author, seq)) is not None:
            starts.append(stashed)
        return min(starts, default=MAX_TIME) - 1

    def _least_busy(self, claimers: Iterable[Claimer], *, beyond: bool) -> Claimer | None:
        """One that has room for another range; `beyond` a gap, also room to stash it.

        A link that has stalled is asked only for what no other claims.
        """
        fewest = min((claimer.claims.stalls for claimer in claimers), default=0)
        best, least = None, float(IN_FLIGHT)
        for claimer in claimers:
            if claimer.claims.stalls == fewest and self._has_room(claimer.claims):
                stashed = self._stash.size(claimer.link) if beyond else 0
                busy = claimer.claims.in_flight * self._op_size + stashed
                if busy < least:
                    best, least = claimer, busy
        return best

    # -- receiving -------------------------------------------------------------------------------

    def wanted(self, link: LinkId, chunk: Chunk, now: float) -> bool:
        """Was this chunk asked of this link? Notes how far the ranges that it touches have come."""
        moved = [
            request
            for request in self._requests.get(chunk.author, ())
            if request.link == link and chunk.first <= request.next <= chunk.last
        ]
        for request in moved:
            end = min(chunk.last, request.last) + 1
            claims = self._claims[link]
            claims.in_flight -= end - request.next
            request.next = end
            request.moved = claims.moved = now
            claims.stalls = 0
            if end > request.last:
                self._end(chunk.author, request)
        if moved:
            self._op_size += 0.2 * (max(len(chunk.blob) / chunk.length, LEAST) - self._op_size)
        return bool(moved)

    def beyond_gap(self, link: LinkId, chunk: Chunk, *, live: bool) -> None:
        """Keep what arrived beyond a gap. The link that sent it has what lies in the gap, too."""
        claims = self._claims.get(link)
        if claims is None:
            return
        kept = self._stash.put(link, chunk, live=live)
        if claims.claimed(chunk.author) < chunk.last:
            if not self._seq(chunk.author) and chunk.author not in claims.unheard:
                if self._room_for(claims) <= 0:
                    return
                claims.unheard.add(chunk.author)
            claims.known[chunk.author] = chunk.last
            claims.discounted.pop(chunk.author, None)
        if not kept or self._covered(chunk.author, chunk.first - 1) is None:
            self._lacking[chunk.author] = None

    def take(self, author: PeerId) -> Waiting | None:
        """A chunk from beyond a gap that now continues the author's log, if there is one."""
        waiting = self._stash.take(author, self._seq(author))
        if waiting is not None:
            self._lacking[author] = None
        return waiting

    # -- time ------------------------------------------------------------------------------------

    def tick(self, now: float) -> list[tuple[LinkId, PeerId]]:
        """Once a second: give up on ranges that have stalled; says of which links and authors, each link once.

        Who does not say what it has is not waited for.
        """
        for claims in self._claims.values():
            claims.late |= now - claims.since >= STALLED_AFTER
        stalled: dict[LinkId, PeerId] = {}
        for author, requests in list(self._requests.items()):
            for request in list(requests):
                if request.last <= self._seq(author):
                    self._end(author, request)
                elif now >= self._patience(request):
                    stalled.setdefault(request.link, author)
                    self._discount(author, request)
        for link in stalled:
            self._claims[link].stalls += 1
        return [(link, author) for link, author in stalled.items() if self._claims[link].stalls == 1]

    def _patience(self, request: Request) -> float:
        """Until when a range is waited for: as long as its link delivers others, it may be their turn."""
        busy = self._claims[request.link].moved + STALLED_AFTER
        return max(request.moved + STALLED_AFTER, min(busy, request.moved + GIVEN_UP_AFTER))

    def _discount(self, author: PeerId, request: Request) -> None:
        discounted = self._claims[request.link].discounted
        discounted[author] = min(request.next - 1, discounted.get(author, request.next))
        self._unsure = True
        self._end(author, request)

    # -- progress --------------------------------------------------------------------------------

    def waiting(self) -> bool:
        """Is a link up that has not yet told all it has?"""
        return any(not claims.whole and not claims.late for claims in self._claims.values())

    def progress(self) -> tuple[int, int]:
        """Ops that have come, and ops that were claimed, of those missing when the wait began."""
        if self._unsure:
            self._lower_goals()
        done = total = 0
        for peer, goal in self._goal.items():
            here, start = self._seq(peer), self._start[peer]
            total += goal - start
            done += (here if here < goal else goal) - start
        if done >= total:
            self._goal.clear()
            self._start.clear()
            return 0, 0
        return done, total

    def _lower_goals(self) -> None:
        """Somebody went, or does not deliver: what nobody claims any more, and delivers, is not waited for."""
        self._unsure = False
        reliable = [claims for claims in self._claims.values() if claims.stalls < UNRELIABLE]
        for peer, goal in self._goal.items():
            claimed = max((claims.claimed(peer) for claims in reliable), default=0)
            self._goal[peer] = min(goal, max(claimed, self._seq(peer)))
