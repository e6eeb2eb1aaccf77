"""One link of a peer: its protocol, what waits for it, its stream.

Rule: whoever floods waits, and nobody waits for it. What a link brings is taken for a moment; the rest of it stands in
line with that of other links, and until it has been taken, no more is read. Next is who says little, and of those who
has had least of our time (a fair queue: Demers, Keshav & Shenker 1989). Nothing is decided here but that.
"""

import logging
import time
from collections.abc import Callable, Iterator
from typing import Final, Protocol

from p2psketch import effects as e
from p2psketch.connection import Connection, State
from p2psketch.errors import RemoteProtocolError
from p2psketch.ids import LinkId, PeerId, short
from p2psketch.messages import PROTOCOL, Bye, Message, Ping, Pong
from peer.outbox import Outbox, ReadLog
from peer.stream import PeerStream

log = logging.getLogger(__name__)

MOMENT: Final = 0.002
"""Seconds of messages that are taken of one link in one turn of the loop."""
CROWDED: Final = 256
"""Events not dealt with yet: past that many nothing more is taken."""
HEAD_START: Final = 0.01
"""Seconds of our time that a link may be ahead of those in line, however long it has been quiet."""
REST: Final = 0.1
"""Seconds, at least, until a link that has said too much is listened to again."""
CROWD_REST: Final = 0.005
"""Seconds until another look at a crowd."""
PART_WITHIN: Final = 5.0
"""Seconds in which what waits must have been taken by whoever is told goodbye."""


class Network(Protocol):
    """What a link needs of its node."""

    sink: Callable[[e.Event], None]
    line: "Line"

    def adopt(self, link: "PeerLink") -> LinkId:
        """A number for a link."""

    def bury(self, link: "PeerLink", reason: str) -> None:
        """A link is gone."""

    def wants_flush(self, link: "PeerLink") -> None:
        """Something waits for a link."""

    def read_log(self) -> ReadLog:
        """How outboxes read ops of the log."""


class Line:
    """The links of which not all has been taken: each turn of the loop the one whose turn it is by `PeerLink.place`.

    `backlog` tells how many events have not been dealt with yet; `later` calls after so many seconds.
    """

    def __init__(self, backlog: Callable[[], int], later: Callable[[float, Callable[[], None]], object]) -> None:
        self._backlog = backlog
        self._later = later
        self._waiting: list[PeerLink] = []
        self._resting: set[PeerLink] = set()
        self._reached = 0.0
        self._coming = False
        self._closed = False

    def may_pass(self, link: "PeerLink") -> bool:
        """Would a link be next? What it had of our time while nobody stood here was free."""
        if not self._waiting:
            link.had = self._reached
        return all(link.place <= other.place for other in self._waiting)

    def begin(self, link: "PeerLink") -> None:
        """A new link has had as much as those who are next: no more, and no less."""
        link.had = self._reached

    def stand(self, link: "PeerLink", rest: float) -> None:
        """A link gets its turn, after so many seconds of rest."""
        if rest:
            self._resting.add(link)
            self._later(max(rest, REST), lambda: self._rested(link))
            return
        link.had = max(link.had, self._reached - HEAD_START)
        self._waiting.append(link)
        self._come(0)

    def _rested(self, link: "PeerLink") -> None:
        self._resting.discard(link)
        self.stand(link, 0)

    @property
    def crowd(self) -> int:
        """How many have more to say than is heard."""
        return len(self._waiting) + len(self._resting)

    def _come(self, seconds: float) -> None:
        if not self._coming and not self._closed:
            self._coming = True
            self._later(seconds, self._turn)

    def _turn(self) -> None:
        self._coming = False
        if self._closed:
            return
        if self.crowded:
            self._come(CROWD_REST)
            return
        link = min(self._waiting, key=lambda link: link.place)
        self._waiting.remove(link)
        self._reached = max(link.had, self._reached)
        link.take()
        if self._waiting:
            self._come(0)

    @property
    def crowded(self) -> bool:
        """Has whoever is told of events enough to do?"""
        return self._backlog() > CROWDED

    def close(self) -> None:
        """Nobody has a turn any more."""
        self._closed = True
        self._waiting.clear()


class PeerLink:
    """The owner of a `PeerStream`. `had`: seconds of our processor's time."""

    def __init__(self, network: Network, *, dialled: bool) -> None:
        self._network = network
        self._dialled = dialled
        self._paused = False
        self._measured = False
        self._arriving: Iterator[Message] | None = None
        self.had = 0.0
        self._gone: str | None = None
        self._parting: float | None = None
        self._given_up = False
        self.id = LinkId(0)

    def opened(self, stream: PeerStream, peer: PeerId) -> None:
        """TLS is up: from here on the link has a number and a protocol."""
        now = time.monotonic()
        self.stream = stream
        self.connection = Connection(peer, dialled=self._dialled, now=now)
        self.id = self._network.adopt(self)
        self._network.line.begin(self)
        self.outbox = Outbox(self.id, self.connection, self._network.read_log())
        self._network.sink(e.Opened(self.id, peer, stream.remote, self._dialled))

    # -- what comes ----------------------------------------------------------------------------------

    @property
    def place(self) -> tuple[bool, float]:
        """Where it stands in line."""
        return self.connection.talkative, self.had

    def received(self, data: bytes) -> None:
        """Bytes came."""
        self._arriving = self.connection.receive(data, time.monotonic())
        if self._network.line.may_pass(self):
            self.take()
        else:
            self.stream.pause_reading()
            self._network.line.stand(self, 0)

    def take(self) -> None:
        """What came, for a moment."""
        rest = self._take_some()
        self._look_at_state()
        if self.connection.state is State.CLOSED:
            self._network.wants_flush(self)
        if rest is None:
            self._arriving = None
            self.stream.resume_reading()
            if self._gone is not None:
                self._network.bury(self, self._gone)
        elif self._gone is not None and rest:
            self._network.bury(self, self._gone)
        else:
            self.stream.pause_reading()
            self._network.line.stand(self, rest)

    def _take_some(self) -> float | None:
        """How long to rest before there is more to take; None if all has been taken."""
        began, used = time.monotonic(), time.thread_time()
        try:
            for message in self._arriving or ():
                self._take_one(message)
                now = time.monotonic()
                rest = self.connection.too_much(now, self._network.line.crowd)
                if rest or now - began >= MOMENT or self._network.line.crowded:
                    return rest
        except RemoteProtocolError as error:
            self.blame(error)
        finally:
            self.had += time.thread_time() - used
        return None

    def _take_one(self, message: Message) -> None:
        if type(message) is Ping:
            self.outbox.send(Pong(message.number))
            self._network.wants_flush(self)
        elif type(message) is not Pong:
            self._network.sink(e.Received(self.id, message))  # type: ignore[arg-type]
        elif self.connection.rtt is not None:
            self._network.sink(e.Measured(self.id, self.connection.rtt))

    def _look_at_state(self) -> None:
        """A link that has just been greeted has its place, and is measured."""
        if self.connection.state is State.OPEN and not self._measured:
            self._measured = True
            self.stream.settle()
            self.outbox.send(self.connection.ping(time.monotonic()))
            self._network.wants_flush(self)

    def blame(self, error: RemoteProtocolError) -> None:
        """The other side broke the protocol: one line, and this link closes."""
        log.warning("closing the link with %s: %s", short(self.connection.peer), error)
        self.part(Bye(PROTOCOL, str(error)[:200]))

    # -- what goes -----------------------------------------------------------------------------------

    def flush(self) -> None:
        """Write one burst, if the stream takes it; the next one in the next turn, when others have had theirs."""
        if not self._paused and (data := self.outbox.burst()):
            self.stream.write(data)
            self._look_at_state()
        if self.outbox.finished:
            self.stream.close()
        elif self.outbox.overfull and not self._given_up:
            log.warning("closing the link with %s: it asks much and reads nothing", short(self.connection.peer))
            self._give_up("it reads nothing")
        elif self.outbox and not self._paused:
            self._network.wants_flush(self)

    def part(self, bye: Bye) -> None:
        """Say goodbye once what waits has been sent, if that does not take long."""
        self._parting = time.monotonic()
        self.outbox.finish(bye)
        self._network.wants_flush(self)

    def pause(self) -> None:
        """The stream is full."""
        self._paused = True

    def resume(self) -> None:
        """The stream has room again."""
        self._paused = False
        self._network.wants_flush(self)

    def tick(self, now: float) -> None:
        """Ping, or give up on a link that is silent, or takes no goodbye."""
        if self._parting is not None and now - self._parting >= PART_WITHIN:
            self._give_up("it takes no goodbye")
            return
        try:
            ping = self.connection.tick(now)
        except RemoteProtocolError as error:
            log.info("closing the link with %s: %s", short(self.connection.peer), error)
            self._give_up(str(error))
            return
        if ping is not None:
            self.outbox.send(ping)
            self.flush()

    def _give_up(self, reason: str) -> None:
        """Close at once; what has come and was not taken is not of interest."""
        self._given_up, self._arriving = True, None
        self.stream.abort(reason)

    def closed(self, stream: PeerStream, reason: str) -> None:  # noqa: ARG002 (asked for by StreamOwner)
        """The stream is gone; what it brought before that is taken."""
        if self._arriving is None:
            self._network.bury(self, reason)
        else:
            self._gone = reason
