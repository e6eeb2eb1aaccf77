"""What waits to be sent over one link, and in what order.

Rule: control messages first, then ops, then what is fleeting. Ops wait as ranges of the log, so a
slow reader costs no memory, and consecutive pushes leave in one frame. Drafts of one stroke are
kept together and dropped together; of presence only the newest waits. No sockets here.
"""

from collections import deque
from collections.abc import Callable, Iterator
from typing import Final

from p2psketch.connection import Connection, State
from p2psketch.ids import LinkId, PeerId
from p2psketch.messages import GOING, Bye, Draft, Message, Ops, Presence
from p2psketch.oplog import Chunk

BURST: Final = 128 * 1024
"""Bytes handed to the stream in one go."""
MAX_DRAFT: Final = 64 * 1024
"""Bytes of one author's draft that wait; past it the draft is dropped, its op will come."""

MAX_CONTROL: Final = 4096
"""Control messages that wait; nobody who reads needs as many."""
MAX_RANGES: Final = 65536

ReadLog = Callable[[PeerId, int, int], Chunk | None]


class Range:
    """Ops of one author still to be sent."""

    __slots__ = ("author", "last", "next")

    def __init__(self, author: PeerId, first: int, last: int) -> None:
        self.author, self.next, self.last = author, first, last


class Outbox:
    """Queue with `send` and `serve`; `burst` gives the bytes to write next, b"" if there are none."""

    def __init__(self, link: LinkId, connection: Connection, read: ReadLog) -> None:
        self.link = link
        self._connection = connection
        self._read = read
        self._control: deque[Message] = deque()
        self._ranges: deque[Range] = deque()
        self._drafts: dict[PeerId, list[Draft]] = {}
        self._dropped: dict[PeerId, int] = {}
        self._presence: dict[PeerId, Presence] = {}
        self._proven: set[PeerId] = set()
        self._bye: Bye | None = None

    @property
    def finished(self) -> bool:
        """Has the last word been given to `burst`'s caller?"""
        return self._connection.state is State.CLOSED

    @property
    def overfull(self) -> bool:
        """Does the other side ask for more and more, and read nothing?"""
        return len(self._control) > MAX_CONTROL or len(self._ranges) > MAX_RANGES

    def finish(self, bye: Bye) -> None:
        """Say goodbye once everything else has been sent."""
        self._bye = bye

    def send(self, message: Message) -> None:
        """Queue a message."""
        if isinstance(message, Draft):
            self._queue_draft(message)
        elif isinstance(message, Presence):
            self._presence[message.author] = message
        else:
            self._control.append(message)

    def _queue_draft(self, draft: Draft) -> None:
        if draft.state == GOING and self._dropped.get(draft.author) == draft.number:
            return
        waiting = self._drafts.pop(draft.author, [])
        if waiting and waiting[-1].number != draft.number:
            waiting = [old for old in waiting if old.state != GOING]
        waiting.append(draft)
        if sum(len(old.ink) for old in waiting) > MAX_DRAFT:
            waiting = [old for old in waiting if old.state != GOING]
            self._dropped[draft.author] = draft.number
        if waiting:
            self._drafts[draft.author] = waiting

    def serve(self, author: PeerId, first: int, last: int) -> None:
        """Queue ops of an author."""
        if self._ranges:
            newest = self._ranges[-1]
            if newest.author == author and newest.next <= first <= newest.last + 1:
                newest.last = max(last, newest.last)
                return
        self._ranges.append(Range(author, first, last))

    def burst(self) -> bytes:
        """About 128 KiB at most, so that a fast writer does not hold up everything else."""
        frames: list[bytes] = []
        size = 0
        for message in () if self.finished else self._messages():
            frame = self._connection.send(message)
            frames.append(frame)
            size += len(frame)
            if size >= BURST:
                break
        return b"".join(frames)

    def _messages(self) -> Iterator[Message]:
        while True:
            if self._control:
                yield self._control.popleft()
            elif self._ranges:
                ops = self._next_ops()
                if ops is not None:
                    yield ops
            elif self._drafts:
                yield self._next_draft()
            elif self._presence:
                yield self._presence.pop(next(iter(self._presence)))
            elif self._bye is not None:
                bye, self._bye = self._bye, None
                yield bye
            else:
                return

    def _next_draft(self) -> Draft:
        """The drafts of one author, one after the other."""
        author, waiting = next(iter(self._drafts.items()))
        draft = waiting.pop(0)
        if not waiting:
            del self._drafts[author]
        return draft

    def _next_ops(self) -> Ops | None:
        """The next chunk of the range whose turn it is; ranges take turns."""
        wanted = self._ranges.popleft()
        chunk = self._read(wanted.author, wanted.next, wanted.last)
        if chunk is None:
            return None
        wanted.next = chunk.last + 1
        if wanted.next <= wanted.last:
            self._ranges.append(wanted)
        return Ops(self._once_proven(chunk))

    def _once_proven(self, chunk: Chunk) -> Chunk:
        """That an author may edit is shown with the first of its chunks on this link, and not again."""
        if chunk.author in self._proven:
            return chunk._replace(proof=None)
        self._proven.add(chunk.author)
        return chunk
