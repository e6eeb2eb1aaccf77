"""One good message of every kind."""

from p2psketch import messages as m
from p2psketch.address import Address
from p2psketch.oplog import Chunk, Known
from tests.core.authors import ANN, BEN, INK

PERSON = ("Ann", 0xFF0000)
PLACE = ("10.0.0.1", 27700)
INTRODUCTION = (ANN, m.Person(*PERSON), (Address(*PLACE),), 3, True, None)

CHUNK = Chunk(ANN, 1, b"h" * 32, 1, b"\x93\x01\x00\xc4\x00", b"s" * 64, None)

VALID: dict[str, m.Message] = {
    message.__class__.__name__: message
    for message in (
        m.Hello((m.PROTOCOL_VERSION,), *INTRODUCTION),
        m.Welcome(m.PROTOCOL_VERSION, *INTRODUCTION),
        m.Have(((ANN, Known(5, b"h" * 16)),), True, True, b"d" * 16, 7),
        m.HaveHash(b"h" * 32),
        m.Want((m.Range(ANN, 1, 5),)),
        m.Ops(CHUNK),
        m.Fork(CHUNK, CHUNK._replace(head=b"o" * 32)),
        m.Draft(ANN, 1, 0, {"color": 1}, INK, m.GOING),
        m.Draft(ANN, 1, 0, {"color": 1}, INK, m.GOING, bytes(64), bytes(64)),
        m.Presence(ANN, (1.0, 2.0), (0.0, 0.0, 9.0, 9.0), "pen"),
        m.Links((m.Neighbour(BEN, m.Person(*PERSON), (Address(*PLACE),), b"p" * 64),)),
        m.Ping(1),
        m.Pong(1),
        m.Bye(m.LEAVING, "Good night"),
        m.Announce(1, b"r" * 32, b"h" * 16, b"sealed"),
        m.Members(1, (m.Entry(b"h" * 16, b"sealed"),), Address(*PLACE)),
        m.Joined(m.Entry(b"h" * 16, b"sealed")),
        m.Left(b"h" * 16),
        m.Refused("The room is full.", 60),
    )
}
