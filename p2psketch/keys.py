"""The keys of a room and of those in it: what may be read, written, proved and by whom.

Rule: everything of a room derives from its edit secret, one HKDF label per use; every signature and MAC begins
with a label of its own and covers the room id. This file knows neither files, clocks nor sockets, and draws no
randomness itself: `urandom` and nonces are arguments.

    edit secret ─► edit key (Ed25519) ─► its public key  ┐
                └► view secret ──────────────────────────┴─► what a viewer holds
    view secret ─► room id · membership CA key (Ed25519) · announce key (AEAD) · knock key (HMAC)
"""

import hmac
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple, Self

from cryptography.exceptions import InvalidSignature, InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from p2psketch.errors import LocalProtocolError, RemoteProtocolError
from p2psketch.ids import PeerId

if TYPE_CHECKING:
    from cryptography import x509

Random = Callable[[int], bytes]
"""Gives that many unpredictable bytes, like `os.urandom`."""

SECRET_SIZE = 32
PUBLIC_SIZE = 32
SIGNATURE_SIZE = 64
SEAL_NONCE_SIZE = 12
KNOCK_VERSION = 1
KNOCK_NONCE_SIZE = 16
KNOCK_SIZE = 1 + KNOCK_NONCE_SIZE + 32
OPEN_ROOM = "lobby"

_DERIVE = b"p2psketch/1 derive "
_EDIT_PROOF = b"p2psketch edit proof"
_OPS = b"p2psketch ops"
_DRAFT = b"p2psketch draft"
_PERSON = b"p2psketch person"
_KNOCK = b"p2psketch knock"
_ENTRY = b"p2psketch tracker entry"


def _derive(secret: bytes, use: bytes) -> bytes:
    """32 bytes for one `use` of `secret` (HKDF-SHA256, RFC 5869, no salt)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=_DERIVE + use).derive(secret)


def verify(public: bytes, label: bytes, data: bytes, signature: bytes) -> bool:
    """Whether `signature` is that of the holder of the Ed25519 key `public` over `label` and `data`."""
    try:
        _public_key(public).verify(signature, label + data)
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(256)
def _public_key(raw: bytes) -> Ed25519PublicKey:
    """To read a key takes a fifth of the time of a check, and one author signs many chunks."""
    return Ed25519PublicKey.from_public_bytes(raw)


@dataclass(frozen=True)
class Identity:
    """An Ed25519 key pair: of one launch on one board (its PeerId), or the lasting one of a person.

    `seed` is the private key; who keeps an identity keeps these 32 bytes.
    """

    seed: bytes = field(repr=False)

    @classmethod
    def generate(cls, urandom: Random) -> Self:
        """A new identity."""
        return cls(urandom(SECRET_SIZE))

    @cached_property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    @cached_property
    def peer_id(self) -> PeerId:
        """The 32 raw bytes of the public key."""
        return PeerId(self._private.public_key().public_bytes_raw())

    def sign(self, label: bytes, data: bytes) -> bytes:
        """Signature (64 bytes) over `label` and `data`; the label names the use, `data` begins with the room id."""
        return self._private.sign(label + data)

    def sign_person(self, peer: PeerId, room_id: bytes) -> bytes:
        """By a lasting key: `peer` is a launch of mine in this room; checked by `check_person`."""
        return self.sign(_PERSON, room_id + peer)

    def sign_draft(self, room_id: bytes, content: bytes) -> bytes:
        """By a launch: this is what I draw in this room; checked by `check_draft`."""
        return self.sign(_DRAFT, room_id + self.peer_id + content)

    def sign_ops(self, room_id: bytes, seq: int, head: bytes) -> bytes:
        """By a launch: my log in this room has the running head `head` after op `seq`; checked by `check_ops`."""
        return self.sign(_OPS, _log_point(room_id, self.peer_id, seq, head))


def check_draft(author: PeerId, room_id: bytes, content: bytes, signature: bytes) -> bool:
    """Whether `author` says that it draws this in this room."""
    return verify(author, _DRAFT, room_id + author + content, signature)


def check_ops(author: PeerId, room_id: bytes, seq: int, head: bytes, signature: bytes) -> bool:
    """Whether `author` says that its log in this room has the running head `head` after op `seq`."""
    return verify(author, _OPS, _log_point(room_id, author, seq, head), signature)


def _log_point(room_id: bytes, author: PeerId, seq: int, head: bytes) -> bytes:
    return room_id + author + seq.to_bytes(8, "big") + head


def check_person(person: bytes, peer: PeerId, room_id: bytes, signature: bytes) -> bool:
    """Whether the holder of the lasting key `person` says that `peer` is a launch of theirs in this room."""
    return verify(person, _PERSON, room_id + peer, signature)


@dataclass(frozen=True)
class PastKeys:
    """What checks the history of a room and lets nobody in: of a copy of a board without its key."""

    room_id: bytes
    edit_public: bytes

    def check_edit_proof(self, peer: PeerId, proof: bytes) -> bool:
        """Whether a holder of the edit secret says that `peer` may edit."""
        return verify(self.edit_public, _EDIT_PROOF, self.room_id + peer, proof)


@dataclass(frozen=True)
class RoomKeys:
    """What somebody holds of a room: everything with its edit secret, reading and membership without."""

    view_secret: bytes = field(repr=False)
    edit_public: bytes
    edit_secret: bytes | None = field(default=None, repr=False)

    @classmethod
    def from_edit_secret(cls, secret: bytes) -> Self:
        """The keys of an editor."""
        edit_key = Identity(_derive(secret, b"edit key"))
        return cls(_derive(secret, b"view secret"), edit_key.peer_id, secret)

    @classmethod
    def from_view_secret(cls, secret: bytes, edit_public: bytes) -> Self:
        """The keys of a viewer."""
        return cls(secret, edit_public)

    @classmethod
    def open_room(cls, name: str) -> Self:
        """The keys of the room that everybody has who knows (or guesses) its name."""
        return cls.from_edit_secret(_derive(room_name(name).encode("utf-8", "surrogatepass"), b"open room"))

    @property
    def can_edit(self) -> bool:
        """Whether these keys permit to change the board."""
        return self.edit_secret is not None

    @cached_property
    def room_id(self) -> bytes:
        """32 bytes: all that a tracker learns of a room."""
        return _derive(self.view_secret, b"room id")

    @cached_property
    def past(self) -> PastKeys:
        """What is left of these keys in a copy without the key."""
        return PastKeys(self.room_id, self.edit_public)

    @cached_property
    def _announce(self) -> ChaCha20Poly1305:
        return ChaCha20Poly1305(_derive(self.view_secret, b"announce key"))

    @cached_property
    def _knock_key(self) -> bytes:
        return _derive(self.view_secret, b"knock key")

    @cached_property
    def authority(self) -> Identity:
        """The membership CA's key, which every member derives: it says who is in the room, not who may edit."""
        return Identity(_derive(self.view_secret, b"membership key"))

    def prove_edit(self, peer: PeerId) -> bytes:
        """The proof that `peer` may edit; LocalProtocolError for a viewer."""
        if self.edit_secret is None:
            raise LocalProtocolError("A viewer has no edit key to prove anything with.")
        return Identity(_derive(self.edit_secret, b"edit key")).sign(_EDIT_PROOF, self.room_id + peer)

    def check_edit_proof(self, peer: PeerId, proof: bytes) -> bool:
        """Whether a holder of the edit secret says that `peer` may edit."""
        return self.past.check_edit_proof(peer, proof)

    def seal(self, handle: bytes, plaintext: bytes, nonce: bytes) -> bytes:
        """A tracker entry only members can read, bound to room and handle; `nonce` is 12 random bytes, never reused."""
        return nonce + self._announce.encrypt(nonce, plaintext, _ENTRY + self.room_id + handle)

    def unseal(self, handle: bytes, sealed: bytes) -> bytes | None:
        """What was sealed under `handle` in this room; None if it was not."""
        nonce, rest = sealed[:SEAL_NONCE_SIZE], sealed[SEAL_NONCE_SIZE:]
        try:
            return self._announce.decrypt(nonce, rest, _ENTRY + self.room_id + handle)
        except (InvalidTag, ValueError):
            return None

    def knock(self, nonce: bytes) -> bytes:
        """The 49 bytes that open a connection to a member: version, 16-byte nonce, MAC."""
        head = bytes([KNOCK_VERSION]) + nonce
        return head + hmac.digest(self._knock_key, _KNOCK + self.room_id + head, "sha256")

    def check_knock(self, knock: bytes) -> bool:
        """Whether `knock` comes from somebody who knows this room (constant time). A filter: knocks can be replayed."""
        if len(knock) != KNOCK_SIZE:
            return False
        return hmac.compare_digest(knock, self.knock(knock[1 : 1 + KNOCK_NONCE_SIZE]))


def room_name(name: str) -> str:
    """The one spelling of an open room's name: NFC, trimmed, case-folded, never empty."""
    folded = unicodedata.normalize("NFC", name).strip().casefold()
    return unicodedata.normalize("NFC", folded) or OPEN_ROOM


class Certificates(NamedTuple):
    """What TLS asks for, as PEM: the room's CA, a leaf of its own, and the leaf's private key."""

    authority: bytes
    leaf: bytes
    key: bytes


def certificates(identity: Identity, room: RoomKeys, urandom: Random) -> Certificates:
    """The certificates with which `identity` shows that it belongs to `room`; 1970–9999, so no clock matters."""
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    authority = _certificate(room.authority, room.authority, serial=1)
    leaf = _certificate(identity, room.authority, serial=int.from_bytes(urandom(16), "big") | 1)
    key = identity._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Certificates(authority.public_bytes(Encoding.PEM), leaf.public_bytes(Encoding.PEM), key)


def _certificate(holder: Identity, authority: Identity, serial: int) -> "x509.Certificate":
    """`holder`'s key signed by `authority`: a CA for leaves only if they are the same, else a leaf that signs none."""
    from datetime import datetime  # x509 takes 45 ms to import: a window shows, and a file is read, without it

    from cryptography import x509

    def name(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

    is_ca = holder == authority
    usage = dict.fromkeys(_KEY_USAGES, False) | {"key_cert_sign" if is_ca else "digital_signature": True}
    return (
        x509.CertificateBuilder()
        .issuer_name(name("room"))
        .subject_name(name("room" if is_ca else "peer"))
        .public_key(holder._private.public_key())
        .serial_number(serial)
        .not_valid_before(datetime(1970, 1, 1))
        .not_valid_after(datetime(9999, 12, 31, 23, 59, 59))
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=0 if is_ca else None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .sign(authority._private, algorithm=None)
    )


_KEY_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def certified_peer(der: bytes, room: RoomKeys) -> PeerId:
    """The PeerId in a leaf certificate that TLS has verified; RemoteProtocolError if it names no peer.

    The CA's own certificate names none: its key is everybody's.
    """
    from cryptography import x509

    try:
        key = x509.load_der_x509_certificate(der).public_key()
    except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion) as error:
        raise RemoteProtocolError("The other side's certificate is not in order.") from error
    if not isinstance(key, Ed25519PublicKey):
        raise RemoteProtocolError("The other side's certificate has a key of a wrong kind.")
    raw = key.public_bytes_raw()
    if raw == room.authority.peer_id:
        raise RemoteProtocolError("The other side shows the room's key as its own.")
    return PeerId(raw)
