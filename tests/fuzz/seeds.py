"""What fuzzing begins with: real links, real files, real ops and what real sessions have said to each other.

Rule: made anew each time from the program itself, so that the seeds never lag behind it; nothing is read from disk.
"""

from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgpack

from p2psketch import messages as m
from p2psketch.address import Address
from p2psketch.codec import HEADER, encode
from p2psketch.drafting import signed
from p2psketch.ids import LinkId
from p2psketch.invite import Invite
from p2psketch.keys import Identity
from p2psketch.oplog import Chunk, Known
from p2psketch.ops import Edit, encode_body
from peer.store import Store
from tests.core.authors import ANN, BEN, INK, PERSON, STROKE, Author
from tests.core.samples import VALID
from tests.core.sessions import ROOM, WALL, Desk, connect, exchange, linked, pass_time
from tests.fuzz import reading
from tests.fuzz.mutating import script_of
from tests.fuzz.talking import ABSENT, ROGUE, ROGUES

DIALLED_BY_US: Final = b"\1"
DIALLED_BY_THEM: Final = b"\0"

Said = m.PeerMessage | int | None
"""A message, so many seconds of silence, or nothing: what follows comes at once."""


def payload(message: m.Message) -> bytes:
    """A message as it stands in a script."""
    return encode(message)[HEADER:]


def messages() -> list[bytes]:
    """A frame of each kind, and all of them."""
    each = [encode(message) for message in VALID.values()]
    return [*each, b"".join(each), b"".join(encode(message) for message in _said_while_drawing())]


# -- ops ---------------------------------------------------------------------------------------------


def ops() -> list[bytes]:
    """Bodies of all kinds, and the chunks of an author who did all that."""
    ann = Author(ANN)
    ann.op((0, PERSON))
    shape = ann.draws().sets[0][0]
    ann.op((0, STROKE), (1, {**STROKE, "z": b"z", "width": 2.5, "placement": [1, 0, 0, 1, 3.5, -2]}))
    ann.sets(shape, deleted=True, color=None, width=None, unknown={"a": [1, None, {"b": b"c"}]})
    ann.sets(shape, **{"cut/YWFhYWFhYWFh/1": [0, 300, 70_000, 80_000], "cut/YWFhYWFhYWFh/2": None})
    ann.op((shape, {"color": 7}), (shape._replace(peer=BEN, seq=9), {"deleted": False}), (1, {"kind": "text"}))
    ann.op((shape._replace(seq=0), {"name": "Anna"}))
    bodies = [msgpack.unpackb(chunk.blob)[2] for chunk in ann.chunks]
    blobs = [chunk.blob for chunk in ann.chunks]
    pressed = {**STROKE, "points": b"\1" + INK[1:] + b"\7\xff"}
    return [*bodies, *blobs, b"".join(blobs), encode_body(BEN, [(0, pressed)])]


# -- links -------------------------------------------------------------------------------------------

TRACKERS: Final = ("example.org:27700", "192.0.2.7:1", "[2001:db8::1]:65535", "a-b.c", "::1", "localhost")


def invites() -> list[bytes]:
    """Links of editors and viewers, with and without trackers, as they are and as people paste them; addresses."""
    places = (Address("example.org", 27700), Address("2001:db8::1", 443), Address("192.0.2.7", 1024))
    links = []
    for count, name in enumerate(("Board", "a b/ü#%", "", "板\u200d")):
        invite = Invite(places[:count], name, bytes(range(32)))
        links += [invite.format(), invite.viewer().format()]
    around = [f" <“{links[2]}”>,", links[2].replace("#", "\r\n#"), links[2].upper(), links[2][:-3], "https://a/#b"]
    return [text.encode() for text in (*links, *around, *TRACKERS)]


# -- a link ------------------------------------------------------------------------------------------


class Recorder(Desk):
    """A desk that keeps what it says."""

    def __init__(self, name: str = "Mal") -> None:
        self.said: list[m.PeerMessage] = []
        super().__init__(name)

    def _send(self, link: LinkId, message: m.PeerMessage) -> None:
        self.said.append(message)
        super()._send(link, message)


def _said_while_drawing() -> list[m.PeerMessage]:
    """Mal dials, draws, points, takes back, clears and goes."""
    mal, ana = Recorder(), Desk("Ana")
    linked(mal, ana)
    for color in range(2):
        mal.session.begin_draft({"kind": "stroke", "color": color, "width": 3})
        for x in range(0, 60, 20):
            mal.run(mal.session.extend_draft([(x, 1.0), (x + 3, 5.0)], [0.5, 0.25], mal.now, WALL))
            mal.run(mal.session.point((x, 1.0), (0, 0, 100, 100), "pen", mal.now))
            pass_time(0.5, mal, ana)
        mal.run(mal.session.finish_draft(WALL))
    exchange(mal, ana)
    mal.run(mal.session.commit(Edit(((0, STROKE), (1, STROKE))), WALL))
    mal.run(mal.session.undo(WALL))
    mal.run(mal.session.undo(WALL, redo=True))
    mal.sets(mal.shapes()[0], color=5, placement=[1, 0, 0, 1, 2, 2])
    mal.run(mal.session.rename(m.Person("Malory", 1), WALL))
    mal.run(mal.session.clear(WALL))
    pass_time(16, mal, ana, step=4)
    mal.run(mal.session.leave())
    return mal.said


def _said_while_serving() -> list[m.PeerMessage]:
    """Ana dials Mal, who has drawn before, and knows what somebody else drew who is not here."""
    mal, ana, eve = Recorder(), Desk("Ana"), Desk(ABSENT)
    for color in range(12):
        mal.draws(color=color)
    eve.draws()
    linked(eve, mal)
    eve.close(eve.link_to(mal))
    mal.said.clear()
    connect(ana, mal)
    exchange(ana, mal)
    pass_time(2, mal, ana, step=1)
    return mal.said


def _histories() -> tuple[list[Chunk], list[Chunk]]:
    """Mal's two, alike in the first two ops; the other is the longer one."""
    one, other = Desk("Mal"), Desk("Mal")
    for color in range(7):
        if color < 5:
            one.draws(color=color)
        other.draws(color=color if color < 2 else 9)
    return one.chunks, other.chunks


def greeting(*, dialled: bool, proof: bytes | None) -> m.PeerMessage:
    """How Mal begins, whoever dialled."""
    who = ROGUE, m.Person("Mal", 3), (Address("10.9.9.9", 5000),), 2, True, proof
    return m.Welcome(m.PROTOCOL_VERSION, *who) if dialled else m.Hello((m.PROTOCOL_VERSION,), *who)


def _joined(chunks: Sequence[Chunk]) -> Chunk:
    return chunks[0]._replace(
        length=sum(chunk.length for chunk in chunks),
        blob=b"".join(chunk.blob for chunk in chunks),
        signature=chunks[-1].signature,
    )


def _forking() -> list[list[Said]]:
    """The other log pushed after the one, claimed, or shown with its proof; before the one is there, or on disk."""
    proof = ROOM.prove_edit(ROGUE)
    one, other = _histories()
    hello = greeting(dialled=False, proof=proof)
    claim = m.Have(((ROGUE, Known(5, bytes(16))),), True, True, bytes(16), 5)
    ops = [m.Ops(chunk._replace(proof=proof)) for chunk in one]
    return [
        [hello, *ops, m.Ops(_joined(other)), 1, m.Ops(other[1]), m.Ops(other[0]), 2],
        [hello, *ops, claim, 1, m.Ops(other[4]), m.Ops(other[3]), m.Ops(other[2]), m.Ops(other[1]), 1],
        [hello, *ops[:4], m.Fork(_joined(one)._replace(proof=proof), _joined(other[1:])), 1, ops[4], 3],
        [hello, m.Fork(_joined(one)._replace(proof=proof), _joined(other)), *ops, 3],
        [hello, *ops[:4], None, ops[4], m.Fork(_joined(one)._replace(proof=proof), _joined(other)), 3],
        [hello, ops[4], ops[3], 6, ops[1], ops[0], ops[2], 1],
    ]


def _viewing() -> list[Said]:
    """Somebody without a proof looks and points, names others, and then draws all the same."""
    neighbours = tuple(
        m.Neighbour(rogue.peer_id, m.Person("x", 1), (Address("10.0.0.9", 2000),), ROOM.prove_edit(rogue.peer_id))
        for rogue in ROGUES[1:]
    )
    other = ROGUES[1].peer_id
    drafts: tuple[m.Draft, ...] = (
        m.Draft(other, 1, 0, {"kind": "stroke", "color": 1}, INK, m.GOING),
        m.Draft(other, 1, 2, None, INK, m.GOING),
        m.Draft(other, 1, 0, None, b"", m.ENDED),
    )
    drafts = tuple(signed(draft, ROGUES[1], ROOM.room_id) for draft in drafts)
    said: list[Said] = [
        m.Have((), True, True, bytes(16), 0),
        m.Links((m.Neighbour(ROGUE, m.Person("Mal", 3), ()), *neighbours)),
        *(message for message in VALID.values() if isinstance(message, m.Presence | m.HaveHash | m.Ping | m.Pong)),
        *drafts,
        1,
        m.Want((m.Range(Desk("Ana").me, 1, 3), m.Range(Desk("Ben").me, 1, 2**40))),
        m.Draft(ROGUE, 1, 0, {"color": 1}, INK, m.GOING),
    ]
    return [greeting(dialled=True, proof=None), *said]


def _claiming() -> list[Said]:
    """Far more than there is: authors without end, ops beyond gaps, people that nobody knows."""
    proof = ROOM.prove_edit(ROGUE)
    one, _ = _histories()
    strangers = [Identity(bytes([number]) * 32).peer_id for number in range(100, 112)]
    claims = tuple((stranger, Known(2**40, bytes(16))) for stranger in strangers)
    people = tuple(
        m.Neighbour(stranger, m.Person("?", 0), (Address(f"10.0.1.{number}", 2000),))
        for number, stranger in enumerate(strangers)
    )
    return [
        greeting(dialled=True, proof=proof),
        m.Have((*claims, (ROGUE, Known(5, bytes(16)))), True, True, bytes(16), 5),
        m.Links((m.Neighbour(ROGUE, m.Person("Mal", 3), (), proof), *people)),
        *(m.Presence(stranger, (1.0, 2.0), None, "pen") for stranger in strangers),
        *(m.Ops(chunk._replace(proof=proof)) for chunk in one[1:]),
        12,
        m.Have(claims[:2], False, True, bytes(16), 5),
        m.Ops(one[0]),
        1,
    ]


def _script(said: Iterable[Said]) -> bytes:
    return script_of([msgpack.packb(part) if isinstance(part, int | None) else payload(part) for part in said])


def connections() -> list[bytes]:
    """What Mal says over a link, whoever dialled."""
    theirs: list[Sequence[Said]] = [_said_while_drawing(), *_forking()]
    ours: list[Sequence[Said]] = [_said_while_serving(), _viewing(), _claiming()]
    seeds = [DIALLED_BY_THEM + _script(said) for said in theirs] + [DIALLED_BY_US + _script(said) for said in ours]
    return [*seeds, b"", DIALLED_BY_THEM + _script([m.Bye(m.LEAVING)])]


# -- a tracker ---------------------------------------------------------------------------------------


def announcements() -> list[bytes]:
    """Members that come, change, move, come back and go, in two rooms; somebody from elsewhere takes a handle."""

    def announce(handle: int, sealed: bytes = b"sealed", room: bytes = b"r") -> m.Announce:
        return m.Announce(m.PROTOCOL_VERSION, room * 32, bytes([handle]) * 16, sealed)

    first, second, third = announce(1), announce(2), announce(3)
    stories: list[list[m.Message | int]] = [
        [0, first, 1, second, 0, announce(1, b"moved"), m.Ping(1), 7, 6, first, 1, m.Left(b"\2" * 16), 6, second],
        [0, first, 3, second, 4, third, announce(4), 5, announce(5, room=b"o"), 0, 7, 6 + 8 * 5, first],
        [0, first, 4, first, 3, first, 0, second, announce(2, room=b"o"), 0, second, 1, third, 6 + 8 * 50, third],
        [4, *(announce(handle) for handle in range(14)), 4, m.Announce(2, bytes(32), bytes(16), b""), 4, m.Pong(1)],
    ]
    return [script_of([msgpack.packb(p) if isinstance(p, int) else payload(p) for p in told]) for told in stories]


# -- a board file ------------------------------------------------------------------------------------


def _boards() -> list[tuple[list[Chunk], list[m.Fork]]]:
    """What two have drawn, one of them in large and in overlapping chunks; a forked log; nothing."""
    ana, mal = Desk("Ana", key="before"), Desk("Mal")
    connect(ana, mal)
    for color in range(3):
        ana.draws(color=color)
        mal.draws(color=color)
    exchange(ana, mal)
    mine = [chunk for chunk in ana.chunks if chunk.author == ana.me]
    proof = ROOM.prove_edit(ROGUE)
    one, other = ([chunk._replace(proof=proof) for chunk in chunks] for chunks in _histories())
    return [
        (ana.chunks, []),
        ([*ana.chunks, _joined(mine), _joined(mine[1:])], []),
        (one, [m.Fork(_joined(one), _joined(other))]),
        ([], []),
    ]


def _places() -> list[Address]:
    return [Address("10.0.0.1", 2000), Address("2001:db8::1", 65535), Address("example.org", 27700)]


def rows() -> list[bytes]:
    """Rows as `peer.store` writes them."""
    seeds = []
    for chunks, forks in _boards():
        authors = {chunk.author: (number, chunk.proof) for number, chunk in enumerate(chunks, start=1)}
        table = [["authors", number, author, proof] for author, (number, proof) in authors.items()]
        table += [
            ["chunks", authors[chunk.author][0], chunk.first, chunk.length, chunk.head, chunk.blob, chunk.signature]
            for chunk in chunks
        ]
        table += [["forks", payload(fork)] for fork in forks]
        table += [["addresses", place, *address] for place, address in enumerate(_places())]
        table += [["settings", "link", invites()[0].decode()], ["settings", "tracker_port", "27700"]]
        seeds.append(msgpack.packb(table))
    return seeds


def files() -> list[bytes]:
    """Whole files."""
    return [_file(chunks, forks) for chunks, forks in _boards()]


def _file(chunks: list[Chunk], forks: list[m.Fork]) -> bytes:
    with TemporaryDirectory(prefix="p2psketch-") as folder:
        path = Path(folder, "board.p2psketch")
        with closing(Store.open(path, create=True)) as store:
            reading.fill(store, chunks, forks)
            store.set_addresses(_places())
            store.set(link=invites()[0].decode(), tracker_port="27700")
        return path.read_bytes()
