"""One link's protocol: bytes in, messages out, and which message is legal when.

Rule: legality is these two tables and nothing else decides it. A pair that is not in the table is
a RemoteProtocolError when it came from the other side and a LocalProtocolError when it came from
us. After the last word, a Bye or what was illegal, nothing that comes counts. The connection knows
no socket, no board and no mesh; `now` is an argument, in seconds.
"""

from collections.abc import Iterator
from enum import Enum, auto
from typing import Final

from p2psketch.allowance import Allowance
from p2psketch.codec import Frames, decode, encode
from p2psketch.errors import LocalProtocolError, RemoteProtocolError
from p2psketch.ids import PeerId
from p2psketch.messages import (
    Bye,
    Draft,
    Fork,
    Have,
    HaveHash,
    Hello,
    Links,
    Message,
    Ops,
    Ping,
    Pong,
    Presence,
    Want,
    Welcome,
)

PING_EVERY: Final = 5.0
DEAD_AFTER: Final = 15.0
GREET_WITHIN: Final = 5.0
"""Seconds until Hello, or Welcome, must have come."""
FINISH_WITHIN: Final = 60.0
"""Seconds until a frame that has begun must have come whole: at 5 kB/s the largest one does."""
TALK_AT_ONCE: Final = 2500
TALK_A_SECOND: Final = 5000
"""What the other side may say: a message is 1, and 1 more for each 256 bytes, or 4 KiB of ops. What is more waits."""
LEAST_SHARE: Final = 0.1
"""Of what may be said at once, however many say too much."""


class State(Enum):
    """Where the greeting of a link stands."""

    GREETING = auto()
    "we dialled and owe a Hello"
    GREETED = auto()
    "we said Hello and wait for Welcome"
    LISTENING = auto()
    "they dialled and owe a Hello"
    DECIDING = auto()
    "they said Hello and wait for our Welcome"
    OPEN = auto()
    CLOSED = auto()


UNGREETED: Final = frozenset({State.GREETING, State.GREETED, State.LISTENING})

_TALK: Final = (Have, HaveHash, Want, Ops, Fork, Draft, Presence, Links, Ping, Pong)

RECEIVING: Final[dict[tuple[State, type[Message]], State]] = {
    (State.GREETING, Bye): State.CLOSED,
    (State.GREETED, Welcome): State.OPEN,
    (State.GREETED, Bye): State.CLOSED,
    (State.LISTENING, Hello): State.DECIDING,
    (State.LISTENING, Bye): State.CLOSED,
    (State.DECIDING, Bye): State.CLOSED,
    (State.OPEN, Bye): State.CLOSED,
    **{(State.OPEN, kind): State.OPEN for kind in _TALK},
}

SENDING: Final[dict[tuple[State, type[Message]], State]] = {
    (State.GREETING, Hello): State.GREETED,
    (State.DECIDING, Welcome): State.OPEN,
    **{(state, Bye): State.CLOSED for state in State if state is not State.CLOSED},
    **{(State.OPEN, kind): State.OPEN for kind in _TALK},
}


class Connection:
    """Feed it what arrives with `receive`, send what `send` and `tick` return, look at `rtt` after a Pong.

    After each message ask `too_much` whether there is a time to wait before the next one is taken.
    """

    def __init__(self, peer: PeerId, *, dialled: bool, now: float) -> None:
        self.peer = peer
        self.state = State.GREETING if dialled else State.LISTENING
        self.rtt: float | None = None
        self._me: PeerId | None = None
        self._frames = Frames()
        self._broken = False
        self._opened = now
        self._heard = now
        self._pinged = now
        self._pings = 0
        self._begun: float | None = None
        self._talk = Allowance(TALK_AT_ONCE, TALK_A_SECOND, now)
        self._said = 0.0

    def send(self, message: Message) -> bytes:
        """The bytes of a message; LocalProtocolError if it is not legal now."""
        state = SENDING.get((self.state, type(message)))
        if state is None:
            raise LocalProtocolError(f"{type(message).__name__} cannot be sent while {self.state.name}")
        self.state = state
        if isinstance(message, Hello | Welcome):
            self._me = message.peer
        return encode(message, self._me)

    def receive(self, data: bytes, now: float) -> Iterator[Message]:
        """The messages that `data` completes. Pings are yielded too: answer with `Pong`.

        Raises RemoteProtocolError where the other side breaks the protocol; what came before holds. To be gone through
        to its end before more is received.
        """
        if self._over:
            return
        self._heard = now
        try:
            for payload in self._frames.feed(data):
                message = decode(payload, self.peer)
                self._admit(message)
                self._said += 1 + len(payload) / (4096 if type(message) is Ops else 256)
                if type(message) is Pong and 0 < message.number == self._pings:
                    self.rtt = now - self._pinged
                self._begun = None
                yield message
                if self._over:
                    return
        except RemoteProtocolError:
            self._broken = True
            raise
        if not self._frames.waiting:
            self._begun = None
        elif self._begun is None:
            self._begun = now

    def too_much(self, now: float, crowd: int = 1) -> float:
        """The seconds for which the other side has said enough; 0 for most of the time.

        Of a `crowd` that all say too much, each may say its share.
        """
        self._heard = now
        said, self._said = self._said, 0.0
        share = 1 / max(crowd, 1)
        self._talk.most, self._talk.per_second = TALK_AT_ONCE * max(share, LEAST_SHARE), TALK_A_SECOND * share
        return self._talk.spend(said, now)

    @property
    def talkative(self) -> bool:
        """Has the other side said more than half of what is too much?"""
        return self._talk.used > self._talk.most / 2

    @property
    def _over(self) -> bool:
        """Has the last word been said?"""
        return self._broken or self.state is State.CLOSED

    def _admit(self, message: Message) -> None:
        state = RECEIVING.get((self.state, type(message)))
        if state is None:
            raise RemoteProtocolError(f"{type(message).__name__} is not allowed while {self.state.name}")
        if isinstance(message, Hello | Welcome) and message.peer != self.peer:
            raise RemoteProtocolError("the greeting names another peer than the certificate")
        self.state = state

    def tick(self, now: float) -> Ping | None:
        """A Ping if one is due; RemoteProtocolError if the other side is silent for too long."""
        if now - self._heard >= DEAD_AFTER:
            raise RemoteProtocolError(f"not a byte for {DEAD_AFTER:.0f} s")
        if self.state in UNGREETED and now - self._opened >= GREET_WITHIN:
            raise RemoteProtocolError(f"no greeting within {GREET_WITHIN:.0f} s")
        if self._begun is not None and now - self._begun >= FINISH_WITHIN:
            raise RemoteProtocolError(f"a frame was not finished within {FINISH_WITHIN:.0f} s")
        if self.state is not State.OPEN or now - self._pinged < PING_EVERY:
            return None
        return self.ping(now)

    def ping(self, now: float) -> Ping:
        """A Ping now, whether due or not."""
        self._pinged = now
        self._pings += 1
        return Ping(self._pings)
