"""A member that says anything at all, to a session that is linked to an honest one besides.

Rule: the script is what comes over the link, a frame each. A frame that holds a bare number is so many seconds of
silence; what comes between one that holds nil and the next number comes at once, before anything is on disk or has
reached Ben. Whatever it was: only RemoteProtocolError comes out of the connection, what the honest have signed stays,
and the honest go on as before, with each other and with whoever joins them.
"""

from typing import Final, cast

from p2psketch import effects as e
from p2psketch import messages as m
from p2psketch.address import Address
from p2psketch.codec import HEADER, MAX_FRAME, decode
from p2psketch.connection import Connection, State
from p2psketch.errors import RemoteProtocolError
from p2psketch.ids import LinkId, PeerId
from p2psketch.keys import Identity
from p2psketch.oplog import Chunk
from peer.outbox import Outbox
from tests.core.sessions import ROOM, Desk, connect, exchange, holds
from tests.fuzz.mutating import frames_of, unpacked
from tests.fuzz.narrow import check, narrow
from tests.fuzz.signing import Signers

LINK: Final = LinkId(1_000_000)
PLACE: Final = Address("10.1.1.1", 3000)
ROGUES: Final = tuple(Identity(bytes([seed]) * 32) for seed in (26, 201, 202))
"""The first of them, Mal, is linked; it holds the keys of the others, too."""
ROGUE: Final = ROGUES[0].peer_id
ABSENT: Final = "Eve"
"""Somebody honest who has left; what it drew is known to Ben alone."""

PATIENCE: Final = 150
"""Seconds, in which whatever is not renewed is gone."""


mend: Final = Signers(ROOM.room_id, {rogue.peer_id: rogue for rogue in ROGUES})
"""The rogue signs what has become of its logs."""


class Wire:
    """The rogue's end of a link with a desk, as a desk sees it; what the desk says has to be legal, and readable."""

    def __init__(self, desk: Desk, *, dialled: bool) -> None:
        self.me = ROGUE
        self.waiting: list[tuple[LinkId, m.PeerMessage]] = []
        self.connection = Connection(ROGUE, dialled=dialled, now=desk.now)
        self._desk = desk
        self._outbox = Outbox(LINK, self.connection, self._read)
        desk.links[LINK] = (cast(Desk, self), LINK)
        desk.happens(e.Opened(LINK, ROGUE, PLACE, dialled))
        self.listen()

    def _read(self, author: PeerId, first: int, _last: int) -> Chunk | None:
        return next((c for c in self._desk.chunks if c.author == author and holds(c, first)), None)

    def _lose(self, _link: LinkId) -> None:
        """The desk has let go of it."""

    def listen(self) -> None:
        """Take what the desk says, as frames."""
        waiting, self.waiting = self.waiting, []
        for _, message in waiting:
            if self.connection.state is State.CLOSED:
                return
            written = self.connection.send(message)
            assert len(written) <= HEADER + MAX_FRAME and decode(written[HEADER:]) == message, message

    def say(self, data: bytes) -> bool:
        """Something comes over the link, as `peer.node` takes it; False once the link is over."""
        desk = self._desk
        try:
            for message in self.connection.receive(data, desk.now):
                if type(message) is m.Ping:
                    self.waiting.append((LINK, m.Pong(message.number)))
                elif type(message) is m.Pong:
                    if self.connection.rtt is not None:
                        desk.happens(e.Measured(LINK, self.connection.rtt))
                else:
                    desk.happens(e.Received(LINK, message))  # type: ignore[arg-type]
        except RemoteProtocolError as error:
            m.Bye(m.PROTOCOL, str(error)[:200])
            return False
        self.listen()
        return LINK in desk.links and self.connection.state is not State.CLOSED


def connection(data: bytes) -> None:
    """The whole of it. The first byte says who dialled."""
    with narrow():
        _connection(data)


def _connection(data: bytes) -> None:
    ana, ben = Desk("Ana"), Desk("Ben")
    _ben_knows_somebody(ben)
    connect(ana, ben)
    for desk in (ana, ben):
        desk.draws()
        desk.draws(color=1)
    exchange(ana, ben)
    honest = dict(ana.session.log.tips())
    wire = Wire(ana, dialled=bool(data[:1] and data[0] & 1))
    _listen_to(data[1:], wire, ana, ben)
    if LINK in ana.links:
        ana.links.pop(LINK)
        ana.happens(e.Closed(LINK, "closed"))
    _goes_on(ana, ben)
    for author, tip in honest.items():
        assert ana.session.log.cuts.get(author) is None and ana.session.log.tip(author).seq >= tip.seq
    _is_forgotten(ana)
    _is_kept(ana)


def _ben_knows_somebody(ben: Desk) -> None:
    eve = Desk(ABSENT)
    eve.draws()
    connect(eve, ben)
    exchange(eve, ben)
    eve.close(eve.link_to(ben))


def _listen_to(script: bytes, wire: Wire, ana: Desk, ben: Desk) -> None:
    at_once = False
    for payload in frames_of(script):
        direction = unpacked(payload)
        if direction is None or type(direction) is int:
            at_once = direction is None
            _wait(min(abs(direction or 0), 60), ana, ben)
            wire.listen()
        elif LINK not in ana.links or not wire.say(len(payload).to_bytes(HEADER, "big") + payload):
            return
        check(ana.session, LINK)
        if not at_once:
            exchange(ana, ben)


def _wait(seconds: int, *desks: Desk) -> None:
    for _ in range(seconds if seconds < 4 else 4):
        for desk in desks:
            desk.wait(max(seconds / 4, 1))
        exchange(*desks)


def _goes_on(ana: Desk, ben: Desk) -> None:
    """Both draw, and see what the other draws; their boards are one."""
    assert ana.session.mesh.to(ben.me) is not None and ben.session.mesh.to(ana.me) is not None
    ana.draws(color=2)
    ben.draws(color=3)
    exchange(ana, ben)
    for _ in range(3):
        _wait(24, ana, ben)
    _alike(ana, ben)
    for author, tip in ((desk.me, desk.session.log.tip(desk.me)) for desk in (ana, ben)):
        assert ana.session.log.tip(author) == tip == ben.session.log.tip(author) and tip.seq
    assert not ana.session.replica.is_reading and not ana.session.replica.sealing.waiting


def _alike(one: Desk, other: Desk) -> None:
    assert one.session.log.cuts == other.session.log.cuts
    assert dict(one.session.log.tips()) == dict(other.session.log.tips())
    assert one.session.document.digest() == other.session.document.digest()
    assert one.session.holdings.vector() == other.session.holdings.vector(), "they claim what they do not hold"


def _is_forgotten(ana: Desk) -> None:
    """Nothing is kept for a link that is gone, and nobody waits for what it claimed."""
    for _ in range(3):
        ana.wait(PATIENCE / 3)
    session = ana.session
    assert session.mesh.link(LINK) is None and LINK not in session.logs.says
    assert not session.presences.pointers and not session.presences.sketches
    assert not session.catchup._requests and set(session.catchup._claims) <= set(ana.links)
    assert session.caught_up()


def _is_kept(ana: Desk) -> None:
    """What is on disk is what is shown: a launch that reads it, and a newcomer, come to the same board."""
    again, cat = Desk("Ana", key="another launch"), Desk("Cat")
    again.chunks, again.forks = list(ana.chunks), list(ana.forks)
    for event in ana.board_file():
        again.happens(event)
    exchange(again)
    connect(cat, ana)
    exchange(cat, ana)
    _wait(4, cat, ana)
    for desk in (again, cat):
        assert desk.session.document.digest() == ana.session.document.digest()
        assert dict(desk.session.log.tips()) == dict(ana.session.log.tips())
