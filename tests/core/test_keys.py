"""What follows from which secret, and that nobody without it can make it up."""

import datetime
import hashlib
import hmac
import os

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from p2psketch.errors import LocalProtocolError, RemoteProtocolError
from p2psketch.keys import (
    KNOCK_SIZE,
    Identity,
    RoomKeys,
    certificates,
    certified_peer,
    check_person,
    room_name,
    verify,
)

SECRET = bytes(range(32))
EDITOR = RoomKeys.from_edit_secret(SECRET)
VIEWER = RoomKeys.from_view_secret(EDITOR.view_secret, EDITOR.edit_public)
OTHER = RoomKeys.from_edit_secret(b"other room".ljust(32))
ME = Identity(b"me".ljust(32))
YOU = Identity(b"you".ljust(32))


def hkdf(secret: bytes, info: bytes) -> bytes:
    """RFC 5869 with SHA-256, no salt and one block, from its text."""
    key = hmac.digest(bytes(32), secret, "sha256")
    return hmac.digest(key, info + b"\x01", "sha256")


# Derivation


def test_every_key_has_its_own_label() -> None:
    view = hkdf(SECRET, b"p2psketch/1 derive view secret")
    assert EDITOR.view_secret == view
    assert EDITOR.edit_public == Identity(hkdf(SECRET, b"p2psketch/1 derive edit key")).peer_id
    assert EDITOR.room_id == hkdf(view, b"p2psketch/1 derive room id")
    assert EDITOR.authority.seed == hkdf(view, b"p2psketch/1 derive membership key")


def test_derivation_never_changes() -> None:
    """Links and files last: a release that derives other keys could open none of them."""
    assert EDITOR.room_id.hex() == "45a0165d4ef2c15b4bef45a5bc16954723e2a4ac00b108f8245a259632db005d"
    assert (
        RoomKeys.open_room("lobby").room_id.hex() == "3dc30c4389368d894269a185784b9f61acc51e71a4e82b0e22bb2a97cbc95f34"
    )
    assert (
        EDITOR.knock(bytes(16)).hex()
        == "01000000000000000000000000000000007337f96bcc201b2897db5bf0200b78fed1e69c588e6bf19e78870036eba7a772"
    )
    assert ME.sign_person(YOU.peer_id, EDITOR.room_id).hex()[:32] == "d19923561afefa920d4e58011ad733af"
    assert EDITOR.prove_edit(YOU.peer_id).hex()[:32] == "4e01449dd94d1529306716bf22b54d66"


def test_a_viewer_is_in_the_same_room_without_the_edit_secret() -> None:
    assert VIEWER.room_id == EDITOR.room_id
    assert VIEWER.authority == EDITOR.authority
    assert (EDITOR.can_edit, VIEWER.can_edit) == (True, False)
    assert VIEWER.edit_secret is None


def test_rooms_share_nothing() -> None:
    assert EDITOR.room_id != OTHER.room_id
    assert EDITOR.authority != OTHER.authority
    assert EDITOR.edit_public != OTHER.edit_public


def test_secrets_do_not_show_in_a_traceback() -> None:
    assert "secret" not in repr(EDITOR)
    assert "seed" not in repr(ME)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lobby", ""),
        ("lobby", "  "),
        ("Büro", "bu\u0308ro "),
        ("STRASSE", "straße"),
        ("\u01f0", "\u004a\u030c"),
    ],
)
def test_one_open_room_however_its_name_is_typed(one: str, other: str) -> None:
    assert room_name(one) == room_name(other)
    assert RoomKeys.open_room(one) == RoomKeys.open_room(other)


def test_open_rooms_differ_by_name_and_can_be_edited() -> None:
    assert RoomKeys.open_room("a") != RoomKeys.open_room("b")
    assert RoomKeys.open_room("a").can_edit
    assert RoomKeys.open_room("\udcff").can_edit, "a name from a command line that is no UTF-8"


# Signatures


def test_an_identity_is_an_ed25519_key_pair_from_the_given_randomness() -> None:
    identity = Identity.generate(lambda size: b"r" * size)
    assert identity == Identity(b"r" * 32)
    assert len(identity.peer_id) == 32
    Ed25519PublicKey.from_public_bytes(identity.peer_id).verify(identity.sign(b"label ", b"data"), b"label data")


def test_a_signature_holds_for_its_key_label_and_data_only() -> None:
    signature = ME.sign(b"label", b"data")
    assert verify(ME.peer_id, b"label", b"data", signature)
    assert not verify(YOU.peer_id, b"label", b"data", signature)
    assert not verify(ME.peer_id, b"other", b"data", signature)
    assert not verify(ME.peer_id, b"label", b"date", signature)
    assert not verify(ME.peer_id, b"label", b"data", signature[:-1])
    assert not verify(ME.peer_id[:-1], b"label", b"data", signature)
    assert not verify(b"", b"label", b"data", b"")


def test_an_edit_proof_is_for_one_peer_of_one_room() -> None:
    proof = EDITOR.prove_edit(ME.peer_id)
    assert EDITOR.check_edit_proof(ME.peer_id, proof)
    assert VIEWER.check_edit_proof(ME.peer_id, proof)
    assert not EDITOR.check_edit_proof(YOU.peer_id, proof)
    assert not OTHER.check_edit_proof(ME.peer_id, proof)
    assert not EDITOR.check_edit_proof(ME.peer_id, b"")


def test_a_viewer_has_no_edit_proof_to_give() -> None:
    with pytest.raises(LocalProtocolError):
        VIEWER.prove_edit(ME.peer_id)


def test_a_lasting_key_vouches_for_one_launch_in_one_room() -> None:
    signature = ME.sign_person(YOU.peer_id, EDITOR.room_id)
    assert check_person(ME.peer_id, YOU.peer_id, EDITOR.room_id, signature)
    assert not check_person(YOU.peer_id, YOU.peer_id, EDITOR.room_id, signature)
    assert not check_person(ME.peer_id, ME.peer_id, EDITOR.room_id, signature)
    assert not check_person(ME.peer_id, YOU.peer_id, OTHER.room_id, signature)


# Sealed entries and the knock


def test_a_sealed_entry_opens_for_members_under_its_handle_only() -> None:
    sealed = EDITOR.seal(b"handle", b"addresses", bytes(12))
    assert VIEWER.unseal(b"handle", sealed) == b"addresses"
    assert EDITOR.unseal(b"Handle", sealed) is None
    assert OTHER.unseal(b"handle", sealed) is None
    assert b"addresses" not in sealed


@pytest.mark.parametrize("size", range(0, 38, 3))
def test_what_is_no_sealed_entry_does_not_open(size: int) -> None:
    assert EDITOR.unseal(b"handle", bytes(size)) is None
    assert EDITOR.unseal(b"handle", EDITOR.seal(b"handle", b"addresses", bytes(12))[:size]) is None


def test_a_changed_entry_does_not_open() -> None:
    sealed = EDITOR.seal(b"handle", b"addresses", bytes(12))
    for at in range(len(sealed)):
        changed = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        assert EDITOR.unseal(b"handle", changed) is None


def test_a_knock_is_49_bytes_that_every_member_knows() -> None:
    knock = VIEWER.knock(os.urandom(16))
    assert len(knock) == KNOCK_SIZE == 49
    assert EDITOR.check_knock(knock)
    assert not OTHER.check_knock(knock)


def test_a_wrong_knock_is_refused() -> None:
    knock = EDITOR.knock(bytes(16))
    for at in range(len(knock)):
        assert not EDITOR.check_knock(knock[:at] + bytes([knock[at] ^ 1]) + knock[at + 1 :])
    for wrong in (b"", knock[:-1], knock + b"\0", b"GET / HTTP/1.1\r\n".ljust(49), EDITOR.knock(b"short")):
        assert not EDITOR.check_knock(wrong)


def test_the_knock_covers_label_and_room() -> None:
    key = hkdf(EDITOR.view_secret, b"p2psketch/1 derive knock key")
    mac = hmac.new(key, b"p2psketch knock" + EDITOR.room_id + b"\x01" + b"n" * 16, hashlib.sha256).digest()
    assert EDITOR.knock(b"n" * 16) == b"\x01" + b"n" * 16 + mac


# Certificates


def load(identity: Identity, room: RoomKeys) -> tuple[x509.Certificate, x509.Certificate]:
    made = certificates(identity, room, os.urandom)
    return x509.load_pem_x509_certificate(made.authority), x509.load_pem_x509_certificate(made.leaf)


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def test_all_members_have_one_authority_and_verify_each_others_leaf() -> None:
    (mine, _), (yours, leaf) = load(ME, EDITOR), load(YOU, VIEWER)
    assert mine == yours
    leaf.verify_directly_issued_by(mine)
    with pytest.raises(InvalidSignature):
        leaf.verify_directly_issued_by(load(ME, OTHER)[0])


def test_a_leaf_can_sign_nothing_and_the_authority_leaves_only() -> None:
    authority, leaf = load(ME, EDITOR)
    assert authority.extensions.get_extension_for_class(x509.BasicConstraints).value == x509.BasicConstraints(True, 0)
    assert leaf.extensions.get_extension_for_class(x509.BasicConstraints).value == x509.BasicConstraints(False, None)
    assert not leaf.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    assert all(extension.critical for extension in [*authority.extensions, *leaf.extensions])


def test_a_certificate_is_valid_whatever_the_clock_says() -> None:
    for certificate in load(ME, EDITOR):
        assert certificate.not_valid_before_utc == datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
        assert certificate.not_valid_after_utc.year == 9999


def test_a_certificate_names_nobody() -> None:
    (_, mine), (_, yours) = load(ME, EDITOR), load(YOU, OTHER)
    assert mine.subject == yours.subject
    assert mine.issuer == yours.issuer
    assert mine.subject != mine.issuer
    assert mine.serial_number != load(ME, EDITOR)[1].serial_number


def test_the_private_key_belongs_to_the_leaf() -> None:
    key = load_pem_private_key(certificates(ME, EDITOR, os.urandom).key, None)
    assert isinstance(key, Ed25519PrivateKey)
    assert key.public_key().public_bytes_raw() == ME.peer_id


def leaf_with(key: Ed25519PublicKey | ec.EllipticCurvePublicKey, name: bytes) -> bytes:
    """A leaf that a member could sign, with a name of its own choice."""
    attribute = x509.NameAttribute(x509.NameOID.X500_UNIQUE_IDENTIFIER, name, x509.name._ASN1Type.BitString)
    builder = x509.CertificateBuilder(x509.Name([]), x509.Name([attribute]), key, 1)
    builder = builder.not_valid_before(datetime.datetime(1970, 1, 1)).not_valid_after(datetime.datetime(2100, 1, 1))
    return der(builder.sign(EDITOR.authority._private, None))


def test_the_peer_is_the_key_of_the_leaf_whatever_its_name_contains() -> None:
    info = bytes.fromhex("302a300506032b6570032100")  # how a DER file begins an Ed25519 public key
    key = Ed25519PublicKey.from_public_bytes(ME.peer_id)
    assert certified_peer(der(load(ME, EDITOR)[1]), EDITOR) == ME.peer_id
    forged = leaf_with(key, b"\0" + info + YOU.peer_id)
    assert info + YOU.peer_id in forged
    assert certified_peer(forged, EDITOR) == ME.peer_id


def test_no_peer_is_read_from_what_is_no_leaf() -> None:
    leaf = der(load(ME, EDITOR)[1])
    elliptic = ec.derive_private_key(7, ec.SECP256R1()).public_key()
    for wrong in (b"", leaf[:-1], leaf + b"\0", b"0" * 300, leaf_with(elliptic, b"\0"), der(load(ME, EDITOR)[0])):
        with pytest.raises(RemoteProtocolError):
            certified_peer(wrong, EDITOR)
