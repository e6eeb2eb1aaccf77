"""Who passes on what to whom, where two peers cannot link.

Rule: for a reader that is not linked to an author, one common neighbour, the same for everyone who knows the same
links, passes on what the author does; where none is known, whoever has it passes it to each neighbour that the one
it came from does not serve. This file knows who is linked to whom, as everybody has told, and nothing else.
"""

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from hashlib import blake2b

from p2psketch.ids import PeerId


class Relaying:
    """For one state of the mesh: `near` are our neighbours, each with those it says it is linked to besides us."""

    def __init__(self, me: PeerId, near: Mapping[PeerId, Collection[PeerId]]) -> None:
        self._me = me
        self._near = near
        self._ops: dict[tuple[PeerId, PeerId | None], tuple[PeerId, ...]] = {}

    def readers(self, author: PeerId, source: PeerId | None) -> tuple[PeerId, ...]:
        """To whom we pass on what `author` did and `source` told us. Our own goes to all."""
        if author == self._me:
            return self._everybody
        key = author, source
        if key not in self._ops:
            self._ops[key] = tuple(self._choose(author, source))
        return self._ops[key]

    def watchers(self, author: PeerId, source: PeerId) -> tuple[PeerId, ...]:
        """The same for drafts and pointers, of which nobody knows whether it has seen them: three hops, and no more.

        So they cannot go round in circles, and with 24 links a peer that is far enough for any mesh.
        """
        return self.readers(author, source) if source == author or self._linked(source, author) else ()

    @cached_property
    def _everybody(self) -> tuple[PeerId, ...]:
        return tuple(self._near)

    def _choose(self, author: PeerId, source: PeerId | None) -> Iterator[PeerId]:
        for reader in self._near:
            if reader in (author, source) or self._linked(reader, author):
                continue
            relay = self._relay(author, reader)
            if relay == self._me or (relay is None and (source is None or not self._linked(source, reader))):
                yield reader

    def _linked(self, one: PeerId, other: PeerId) -> bool:
        """As far as either of them has told us."""
        return other in self._near.get(one, ()) or one in self._near.get(other, ())

    def _relay(self, author: PeerId, reader: PeerId) -> PeerId | None:
        """The common neighbour of both, by rendezvous hashing (Thaler & Ravishankar 1996)."""
        theirs = self._near[reader]
        common = {peer for peer in self._near if self._linked(peer, author) and self._linked(peer, reader)}
        if author in self._near:
            common.add(self._me)
            common.update(peer for peer in self._near[author] if peer in theirs)
        return min(common, key=lambda peer: blake2b(peer + author + reader).digest(), default=None)
