"""What fuzzing has found, as it was found but made small: each input once broke its target."""

from collections.abc import Callable

import msgpack
import pytest

from p2psketch import messages as m
from p2psketch.codec import frame
from p2psketch.drafting import signed
from tests.core.authors import ANN, INK
from tests.core.sessions import ROOM as TALK_ROOM
from tests.fuzz import seeds
from tests.fuzz.catalogue import TARGETS
from tests.fuzz.mutating import script_of
from tests.fuzz.talking import ROGUE, ROGUES

ROOM = bytes(32)
OWNER = bytes(range(32))


def announce(handle: int) -> bytes:
    return seeds.payload(m.Announce(m.PROTOCOL_VERSION, ROOM, bytes([handle]) * 16, b"sealed"))


def rows(*table: list[object]) -> bytes:
    return bytes(msgpack.packb(table))


def rows_signed_in_words() -> bytes:
    table = msgpack.unpackb(seeds.rows()[0])
    return rows(*([*row[:-1], "signature"] if row[0] == "chunks" else row for row in table))


def file_with(old: bytes, new: bytes) -> bytes:
    data = seeds.files()[0]
    assert data.count(old) == 1 and len(old) == len(new)
    return data.replace(old, new)


def a_style_of_short_floats() -> bytes:
    """Half as long as when it is passed on."""
    style = b"\x81\xa3new\xdc" + (40_000).to_bytes(2, "big") + b"\xca\x3f\x80\x00\x00" * 40_000
    ink, author = (bytes(msgpack.packb(value)) for value in (INK, ANN))
    return frame(b"\x99\x07" + author + b"\x01\x00" + style + ink + b"\x00\xc0\xc0")


def a_draft_with_a_false_proof() -> bytes:
    hello = seeds.greeting(dialled=False, proof=TALK_ROOM.prove_edit(ROGUE))
    draft = signed(m.Draft(ROGUE, 1, 4, None, INK, m.GOING, bytes(64)), ROGUES[0], TALK_ROOM.room_id)
    return seeds.DIALLED_BY_THEM + script_of([seeds.payload(hello), seeds.payload(draft)])


def a_shape_named(index: object) -> bytes:
    return bytes(msgpack.packb([[], index, {"kind": "stroke", "points": INK}]))


FOUND: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a frame grew beyond the limit when it was passed on": ("messages", a_style_of_short_floats),
    "false as the number of a shape, taken for 0 when read the short way": ("ops", lambda: a_shape_named(False)),
    "the same with 0.0": ("ops", lambda: a_shape_named(0.0)),
    "a letter that is two in lower case": ("invites", lambda: "\u0130".encode()),
    "brackets in the name of an interface": ("invites", lambda: b"::%][c"),
    "an error of two lines that told the key": ("invites", lambda: seeds.invites()[2].replace(b"#", b"\r\n#")),
    "a link too long to be read once ports were added": (
        "invites",
        lambda: seeds.invites()[0].replace(b"///", b"//" + b",".join([b"a"] * 600) + b"/"),
    ),
    "a connection was told something after its last word": (
        "tracker",
        lambda: script_of([b"\x00", announce(1), b"\x02", announce(2), announce(1)]),
    ),
    "an honest neighbour passed a false proof on, and lost its link": ("connection", a_draft_with_a_false_proof),
    "a port that is text": ("rows", lambda: rows(["addresses", 1, "10.0.0.1", "port"])),
    "signatures that are text": ("rows", rows_signed_in_words),
    "a proof that is text": (
        "rows",
        lambda: rows(["authors", 1, OWNER, "proof"], ["chunks", 1, 1, 1, ROOM, b"\x93\x01\x00\xc4\x00", None]),
    ),
    "chunks without an author became those of the next": ("rows", lambda: rows(["chunks", 1, 1, 1, ROOM, b"?", None])),
    "an error of SQLite that is no text": ("files", lambda: file_with(b"tablechunkschunks", b"tablechu\xffkschunks")),
}


@pytest.mark.parametrize("what", FOUND)
def test_what_was_found_is_repaired(what: str) -> None:
    name, made = FOUND[what]
    TARGETS[name].run(made())
