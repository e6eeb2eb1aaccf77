"""Invite links: round trips, and what people are told when a link did not survive its way."""

import base64
import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p2psketch.address import Address
from p2psketch.errors import InviteError
from p2psketch.invite import MAX_NAME, Invite, clean_name
from p2psketch.keys import RoomKeys

SECRET = bytes(range(32))
EDIT = Invite((Address("192.0.2.7", 27700),), "Plan B", SECRET)
LINK = EDIT.format()


def link_with(body: bytes) -> str:
    """A link whose key has this body and a right checksum."""
    checksum = hashlib.sha256(b"p2psketch link" + body).digest()[:2]
    return "p2psketch:///x#" + base64.urlsafe_b64encode(body + checksum).rstrip(b"=").decode()


addresses = st.builds(
    Address,
    st.ip_addresses(v=4).map(str) | st.ip_addresses(v=6).map(str) | st.sampled_from(["localhost", "a-b.example.org"]),
    st.integers(1, 65535),
)
invites = st.builds(
    Invite,
    st.lists(addresses, max_size=4).map(tuple),
    st.text(max_size=40),
    st.binary(min_size=32, max_size=32),
    st.none() | st.binary(min_size=32, max_size=32),
)


@given(invites)
def test_a_link_reads_back_as_it_was(invite: Invite) -> None:
    link = invite.format()
    assert link.isascii()
    assert not set(link) & set(" \n<>\"'")
    assert Invite.parse(link) == invite


def test_the_form_of_a_link_is_fixed() -> None:
    invite = Invite((Address("example.org", 1), Address("2001:db8::1", 2)), "Büro / Plan #1", SECRET)
    head, key = invite.format().split("#")
    assert head == "p2psketch://example.org:1,[2001:db8::1]:2/B%C3%BCro%20%2F%20Plan%20%231"
    assert key == "AQEAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eH-f0"
    assert Invite((), "", SECRET).format().startswith("p2psketch:///#")


def test_an_editor_hands_on_a_viewers_link_that_cannot_edit() -> None:
    editor, viewer = EDIT, Invite.parse(EDIT.viewer().format())
    assert (editor.can_edit, viewer.can_edit) == (True, False)
    assert editor.keys() == RoomKeys.from_edit_secret(SECRET)
    assert viewer.keys().room_id == editor.keys().room_id
    assert not viewer.keys().can_edit
    assert SECRET not in viewer.secret + (viewer.edit_public or b"")
    assert viewer.viewer() == viewer


def test_a_new_invite_takes_its_secret_from_the_given_randomness() -> None:
    assert Invite.new((), "x", lambda size: b"r" * size).secret == b"r" * 32


def test_secrets_do_not_show_in_a_traceback() -> None:
    assert "secret" not in repr(EDIT)


@pytest.mark.parametrize(
    "around",
    [
        "  {}\r\n",
        "<{}>",
        '"{}"',
        "“{}”",
        "«{}»",
        "\u2018{}\u2019.",
        "`{}`",
        "({})",
        "\ufeff{}\u200b",
        "**{}**,",
        "<\n {}\n>",
    ],
)
def test_what_surrounds_a_pasted_link_does_not_matter(around: str) -> None:
    assert Invite.parse(around.format(LINK)) == EDIT


def test_a_link_that_a_mail_broke_into_lines_still_works() -> None:
    assert Invite.parse(LINK[:20] + "\r\n" + LINK[20:60] + "\n  " + LINK[60:]) == EDIT


def test_the_scheme_may_be_written_in_capitals() -> None:
    assert Invite.parse(LINK.replace("p2psketch", "P2PSketch")) == EDIT


def test_a_tracker_without_a_port_has_the_usual_one() -> None:
    assert Invite.parse(LINK.replace(":27700", "")) == EDIT


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "There is no link here"),
        (" \n", "There is no link here"),
        ("hello", "not an invite link"),
        (LINK.removeprefix("p2psketch://"), "its beginning is missing"),
        ("http://example.org/#x", "address of a web page"),
        ("HTTPS://example.org", "address of a web page"),
        ("excalidraw://x/y#z", "begins with excalidraw://"),
        ("x" * 5000, "too long"),
        (LINK.partition("#")[0], "has no key"),
        (LINK.partition("#")[0] + "#", "has no key"),
        (LINK.replace("#", "%23"), "has no key"),
        (LINK[:-1], "not complete"),
        (LINK[:-20], "not complete"),
        (LINK + "A", "not complete"),
        (LINK + "#x", "not complete"),
        (LINK[:-9] + ("A" if LINK[-9] != "A" else "B") + LINK[-8:], "not complete"),
        (LINK.replace("#A", "#ü"), "not complete"),
        (LINK.replace("#A", "#="), "not complete"),
        (link_with(b""), "not complete"),
        (link_with(b"\x01\x01short"), "not complete"),
        (link_with(b"\x01\x02" + SECRET), "not complete"),
        (link_with(b"\x02\x01" + SECRET), "newer version"),
        (link_with(b"\x01\x07" + SECRET), "newer version"),
        (LINK.replace(":27700", ":277000"), "is not a port"),
        (LINK.replace(":27700", ":"), "is not a port"),
        (LINK.replace("192.0.2.7", ""), "names no host"),
        (LINK.replace("192.0.2.7", "a:1,"), "names no host"),
        (LINK.replace("192.0.2.7", "a:b"), "in brackets"),
        (LINK.replace("192.0.2.7", "a," * 8 + "a"), "names 9 trackers; leave all but 8 of them out"),
    ],
)
def test_a_wrong_link_is_refused_with_one_sentence(text: str, says: str) -> None:
    with pytest.raises(InviteError, match=says) as caught:
        Invite.parse(text)
    message = str(caught.value)
    assert message.endswith(".")
    assert "\n" not in message
    key = text.partition("#")[2]
    assert len(key) < 9 or key not in message


@given(st.text(max_size=80) | st.text(max_size=80).map("p2psketch://".__add__) | st.text(max_size=20).map(LINK.__add__))
def test_any_text_is_an_invite_or_an_invite_error(text: str) -> None:
    try:
        invite = Invite.parse(text)
    except InviteError:
        return
    assert Invite.parse(invite.format()) == invite


@given(st.text(max_size=200))
def test_a_name_is_one_printable_line(name: str) -> None:
    clean = clean_name(name)
    assert clean_name(clean) == clean
    assert len(clean) <= MAX_NAME
    assert clean.replace("\u200c", "").replace("\u200d", "").isprintable()


def test_names_keep_what_scripts_need_and_lose_what_could_deceive() -> None:
    assert clean_name("  a\n\tb\u202egnp.exe ") == "a b gnp.exe"
    assert clean_name("👩‍💻 نمی‌خواهم") == "👩‍💻 نمی‌خواهم"


def test_a_link_can_be_read_however_long_what_it_names() -> None:
    longest = tuple(Address(f"{number}." + "a" * 251, 65535) for number in range(9))
    invite = Invite(longest, "板" * 120, SECRET)
    for link in (invite, invite.viewer()):
        assert Invite.parse(link.format()) == replace(link, trackers=longest[:8])
