"""What waits to be sent over one link, and in what order.

Rule: control messages first, then ops, then what is fleeting. Ops wait as ranges of the log, so a slow reader costs no
memory, and consecutive pushes leave in one frame. Of what tells the whole truth each time only the newest waits. With
the 256 KiB that a stream takes, no more than 1 MiB waits for one link, and our own version vector. No sockets here.
"""

from collections import deque
from collections.abc import Callable, Iterator
from typing import Final

from p2psketch.connection import Connection, State
from p2psketch.ids import LinkId, PeerId
from p2psketch.messages import Bye, Draft, Have, HaveHash, Links, Message, Ops, Pong, Presence, Want
from p2psketch.oplog import Chunk
from peer.fleeting import Fleeting

BURST: Final = 128 * 1024
"""Bytes handed to the stream in one go."""

MAX_CONTROL: Final = 384 * 1024
"""Bytes, about, of control messages that wait; nobody who reads needs as many."""
MAX_RANGES: Final = 16_384
"""Ranges of ops that wait: as many as `catchup` ever has under way, of ops of 48 bytes by as many authors."""

NEWEST: Final = (Pong, HaveHash, Links)
"""Each word of these makes the one before it useless."""

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
        self._control_bytes = 0
        self._newest: dict[type[Message], Message] = {}
        self._vector: deque[Have] = deque()
        self._ranges: deque[Range] = deque()
        self._proven: set[PeerId] = set()
        self._latest: dict[PeerId, Range] = {}
        self._fleeting = Fleeting()
        self._bye: Bye | None = None

    @property
    def finished(self) -> bool:
        """Has the last word been given to `burst`'s caller?"""
        return self._connection.state is State.CLOSED

    @property
    def overfull(self) -> bool:
        """Does the other side ask for more and more, and read nothing?"""
        return self._control_bytes > MAX_CONTROL or len(self._ranges) > MAX_RANGES

    def __bool__(self) -> bool:
        """Does anything wait?"""
        queues = self._control, self._newest, self._vector, self._ranges, self._fleeting, self._bye
        return not self.finished and any(queues)

    def finish(self, bye: Bye) -> None:
        """Say goodbye once everything else has been sent."""
        self._bye = bye

    def send(self, message: Message) -> None:
        """Queue a message."""
        if isinstance(message, Draft | Presence):
            self._fleeting.add(message)
        elif isinstance(message, NEWEST):
            self._newest[type(message)] = message
        elif isinstance(message, Have) and message.whole:
            self._queue_vector(message)
        else:
            self._control.append(message)
            self._control_bytes += _size(message)

    def _queue_vector(self, part: Have) -> None:
        """A new vector takes the place of what still waits of an older one."""
        if self._vector and self._vector[-1].last:
            self._vector.clear()
        self._vector.append(part)

    def serve(self, author: PeerId, first: int, last: int) -> None:
        """Queue ops of an author; what goes on where a range ends that waits, or lies in it, becomes part of it."""
        newest = self._latest.get(author)
        if newest is not None and newest.next <= first <= newest.last + 1:
            newest.last = max(last, newest.last)
            return
        added = Range(newest.author if newest is not None else author, first, last)
        self._latest[added.author] = added
        self._ranges.append(added)

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
            if self._control or self._newest or self._vector:
                yield self._next_control()
            elif self._ranges:
                ops = self._next_ops()
                if ops is not None:
                    yield ops
            elif (fleeting := self._fleeting.next()) is not None:
                yield fleeting
            elif self._bye is not None:
                bye, self._bye = self._bye, None
                yield bye
            else:
                return

    def _next_control(self) -> Message:
        if self._control:
            message = self._control.popleft()
            self._control_bytes -= _size(message)
            return message
        if self._newest:
            return self._newest.pop(next(iter(self._newest)))
        return self._vector.popleft()

    def _next_ops(self) -> Ops | None:
        """The next chunk of the range whose turn it is; ranges take turns."""
        wanted = self._ranges.popleft()
        chunk = self._read(wanted.author, wanted.next, wanted.last)
        if chunk is not None:
            wanted.next = chunk.last + 1
            if wanted.next <= wanted.last:
                self._ranges.append(wanted)
                return Ops(self._once_proven(chunk))
        if self._latest.get(wanted.author) is wanted:
            del self._latest[wanted.author]
        return Ops(self._once_proven(chunk)) if chunk is not None else None

    def _once_proven(self, chunk: Chunk) -> Chunk:
        """That an author may edit is shown with the first of its chunks on this link, and not again."""
        if chunk.author in self._proven:
            return chunk._replace(proof=None)
        self._proven.add(chunk.author)
        return chunk


def _size(message: Message) -> int:
    """Bytes, about."""
    match message:
        case Have(entries):
            return 64 + 64 * len(entries)
        case Want(ranges):
            return 64 + 64 * len(ranges)
    return 256
