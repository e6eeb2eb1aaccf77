"""The board file as it is read: what of it counts, and what is to be done about the rest.

Rule: a file is believed no more than a link. It is read once, and again whenever that has shown that not all of it can
be taken as it is: beside the board that is shown, which the new one then replaces. What is damaged is set aside once a
launch.
"""

from collections.abc import Collection

from p2psketch import effects as e
from p2psketch.effects import Effect
from p2psketch.errors import EnvelopeError
from p2psketch.holdings import Holdings
from p2psketch.ids import PeerId, short
from p2psketch.oplog import Chunk, known
from p2psketch.replica import Replica


class Loading:
    """`stored` for each chunk, then `read`; `again` to have all of it read anew, `reset` where it is about to be."""

    def __init__(self, replica: Replica, holdings: Holdings) -> None:
        self._replica = replica
        self._holdings = holdings
        self._disbelieved: set[PeerId] = set()
        self._rereads = 0
        self._is_damaged = self._is_mended = False
        self._doubles: list[Chunk] = []

    def stored(self, chunk: Chunk) -> list[Effect]:
        """A chunk read from the board file: it is on disk already."""
        try:
            is_new = self._replica.load(chunk)
        except EnvelopeError as error:
            self._is_damaged |= chunk.author in self._replica.editors  # whoever may not edit is no damage
            told = chunk.author in self._disbelieved
            self._disbelieved.add(chunk.author)
            return [] if told else [e.Logged(f"the board file: {error}")]
        if not is_new and chunk.last <= self._replica.loaded(chunk.author):
            self._doubles.append(chunk)
        if not is_new or self._replica.is_reading:
            return []
        self._holdings.add([(chunk.author, known(self._replica.log.tip(chunk.author)))], None)
        touched = self._replica.document.take_touched()
        return [e.Changed(frozenset(touched))] if touched else []

    def read(self, now: float) -> list[Effect]:
        """All of it has been read, for the first time or anew; where it was anew, all that waits has been sealed."""
        doubted = set() if self._replica.is_reading else self._replica.unsigned()
        effects: list[Effect] = [
            e.Logged(f"the board file: the ops of {short(author)} are not signed by it") for author in doubted
        ]
        doubles, holes, is_damaged = self._doubles, self._replica.holes(), bool(doubted) or self._is_damaged
        if self._replica.is_reading:
            effects += self._turn(now)
        if (is_damaged or holes) and not self._is_mended:
            self._is_mended = True
            return effects + self.again(doubted, mend=True)
        if doubted:
            return effects + self.again(doubted)
        if not self._rereads:
            effects += self._settled(holes)
            effects += [e.Forget(double.author, double.first, double.length) for double in doubles if not is_damaged]
        return effects

    def _settled(self, holes: int) -> list[Effect]:
        """What the file has is known: show what lies beyond its holes, and say that there are some."""
        self._replica.show_islands()
        self._doubles = []
        if not holes:
            return []
        lacking = f"{holes:,} changes are lacking" if holes > 1 else "One change is lacking"
        return [e.Notice(f"{lacking} in the board file: to come back from whoever has them.")]

    def again(self, doubted: Collection[PeerId] = (), *, mend: bool = False) -> list[Effect]:
        """Have it read anew; of the `doubted` only what is signed counts. `mend`: with what does not hold set aside."""
        self._replica.begin_again(doubted)
        self.reset()
        return [e.Reread(mend)]

    def reset(self) -> None:
        """It is about to be told from its beginning."""
        self._replica.begin_again()
        self._rereads += 1
        self._is_damaged, self._doubles = False, []

    def _turn(self, now: float) -> list[Effect]:
        """The board read anew takes the place of the one that is shown, unless it has been cut again meanwhile."""
        self._rereads -= 1
        if self._rereads:
            self._replica.begin_again()
            self._is_damaged, self._doubles = False, []
            return []
        on_disk = list(self._replica.loaded_tips())
        self._replica.turn()
        held, log = self._holdings, self._replica.log
        held.add([(author, known(tip)) for author, tip in on_disk if held.seq(author) < tip.seq], now)
        for author, entry in list(held.vector().items()):
            tip = log.tip(author)
            if tip.seq < entry.seq:
                held.cut(author, known(tip), now)
        lost, self._replica.unsaved = self._replica.unsaved, []
        return [e.StatusChanged(), *(e.Persist(chunk, known(tip)) for chunk, tip in lost)]
