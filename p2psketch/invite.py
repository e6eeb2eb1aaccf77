"""The invite link: who holds it is in.

    p2psketch://HOST:PORT[,HOST:PORT…]/NAME#KEY        no tracker: p2psketch:///NAME#KEY

Rule: text to value and back, nothing else. KEY is base64url without padding of (version, kind, secret [, edit
public key], 2 checksum bytes). Whatever people do to a link on its way, the answer is one sentence on what is
wrong with it and what to try; no such sentence contains KEY.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import quote, unquote

from p2psketch.address import Address, parse_address
from p2psketch.errors import InviteError
from p2psketch.keys import PUBLIC_SIZE, SECRET_SIZE, Random, RoomKeys

SCHEME = "p2psketch"
TRACKER_PORT = 27700
MAX_LINK = 4096
MAX_NAME = 120
MAX_TRACKERS = 8
"""So that a link fits into MAX_LINK however long the names of their computers are."""

_VERSION = 1
_EDIT, _VIEW = 1, 2
_CHECKSUM_SIZE = 2
_SIZES = {_EDIT: SECRET_SIZE, _VIEW: SECRET_SIZE + PUBLIC_SIZE}
_QUOTES = "\"'`“”„«»\u2018\u2019\u2039\u203a"
_INVISIBLE = " \t\r\n\0\u200b\u2060\ufeff"
_AROUND = _QUOTES + _INVISIBLE + "<>()[]{}*|,;.!"

_CUT = "The link is not complete: the part after # is cut off or mistyped; copy it again."
_NEWER = "This link was made by a newer version of p2psketch; update this one to open it."
_HOW = f"an invite link begins with {SCHEME}:// and has a # near its end."


@dataclass(frozen=True)
class Invite:
    """A board, where to find those on it, and the permission to edit it, or (with `edit_public`) to view it."""

    trackers: tuple[Address, ...]
    name: str
    secret: bytes = field(repr=False)
    edit_public: bytes | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", clean_name(self.name))

    @classmethod
    def new(cls, trackers: tuple[Address, ...], name: str, urandom: Random) -> Self:
        """An editor's invite to a board that does not exist yet."""
        return cls(trackers, name, urandom(SECRET_SIZE))

    @property
    def can_edit(self) -> bool:
        """Whether this is an editor's link."""
        return self.edit_public is None

    def keys(self) -> RoomKeys:
        """The keys that this link gives."""
        if self.edit_public is None:
            return RoomKeys.from_edit_secret(self.secret)
        return RoomKeys.from_view_secret(self.secret, self.edit_public)

    def viewer(self) -> "Invite":
        """The same invite without the permission to edit."""
        keys = self.keys()
        return Invite(self.trackers, self.name, keys.view_secret, keys.edit_public)

    def format(self) -> str:
        """The link, as `parse` reads it, with as many of the trackers as fit."""
        trackers = ",".join(map(str, self.trackers[:MAX_TRACKERS]))
        return f"{SCHEME}://{trackers}/{quote(self.name, safe='', errors='replace')}#{_encode_key(self)}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The invite in a link that somebody pasted; InviteError says what is wrong with it."""
        rest = _after_scheme(_trim(text))
        place, hash_sign, key = rest.partition("#")
        if not hash_sign or not key:
            raise InviteError("The link has no key: the part after # is missing; copy the whole link.")
        hosts, _, name = place.partition("/")
        secret, edit_public = _decode_key(key)
        return cls(_trackers(hosts), clean_name(unquote(name)), secret, edit_public)


def clean_name(name: str) -> str:
    """A board's name as it may be shown: one line, printable (with the joiners of scripts), at most 120 characters."""
    printable = "".join(char if char.isprintable() or char in "\u200c\u200d" else " " for char in name)
    return " ".join(printable.split())[:MAX_NAME].rstrip()


def _trim(text: str) -> str:
    """The link without what surrounds it in a message, and without the line breaks that a mail put into it."""
    if len(text) > MAX_LINK:
        raise InviteError(f"This is too long for a link; {_HOW}")
    return "".join(text.strip(_AROUND).split())


def _after_scheme(link: str) -> str:
    """What follows `p2psketch://`, or InviteError."""
    scheme, colon, rest = link.partition("://")
    if colon and scheme.lower() == SCHEME:
        return rest
    if not link:
        raise InviteError(f"There is no link here; {_HOW}")
    if colon and scheme.lower() in ("http", "https"):
        raise InviteError(f"This is the address of a web page, not an invite; {_HOW}")
    if colon and re.fullmatch(r"[\w.+-]{1,20}", scheme):
        raise InviteError(f"A link that begins with {scheme}:// is not for p2psketch; {_HOW}")
    raise InviteError(f"This is not an invite link, or its beginning is missing; {_HOW}")


def _trackers(hosts: str) -> tuple[Address, ...]:
    places = hosts.split(",") if hosts else []
    if len(places) > MAX_TRACKERS:
        raise InviteError(f"The link names {len(places)} trackers; leave all but {MAX_TRACKERS} of them out.")
    return tuple(parse_address(place, TRACKER_PORT) for place in places)


def _checksum(body: bytes) -> bytes:
    return hashlib.sha256(b"p2psketch link" + body).digest()[:_CHECKSUM_SIZE]


def _encode_key(invite: Invite) -> str:
    kind = _EDIT if invite.edit_public is None else _VIEW
    body = bytes([_VERSION, kind]) + invite.secret + (invite.edit_public or b"")
    return base64.urlsafe_b64encode(body + _checksum(body)).rstrip(b"=").decode("ascii")


def _decode_key(key: str) -> tuple[bytes, bytes | None]:
    """The secret and, of a viewer's link, the edit public key. Every version keeps its checksum at the end."""
    try:
        data = base64.b64decode(key + "=" * (-len(key) % 4), altchars="-_", validate=True)
    except (binascii.Error, ValueError):
        raise InviteError(_CUT) from None
    body, checksum = data[:-_CHECKSUM_SIZE], data[-_CHECKSUM_SIZE:]
    if len(body) < 2 or checksum != _checksum(body):
        raise InviteError(_CUT)
    version, kind, rest = body[0], body[1], body[2:]
    if version != _VERSION or kind not in _SIZES:
        raise InviteError(_NEWER)
    if len(rest) != _SIZES[kind]:
        raise InviteError(_CUT)
    return rest[:SECRET_SIZE], rest[SECRET_SIZE:] or None
