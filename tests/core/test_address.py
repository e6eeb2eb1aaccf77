"""Addresses as people type them, and what they say about where they lead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p2psketch.address import Address, ip_of, is_loopback, is_public, parse_address, source_of
from p2psketch.errors import InviteError


@pytest.mark.parametrize(
    ("text", "address", "written"),
    [
        ("127.0.0.1:27700", Address("127.0.0.1", 27700), "127.0.0.1:27700"),
        ("  Example.ORG:1 ", Address("example.org", 1), "example.org:1"),
        ("my_box-2.local.:65535", Address("my_box-2.local.", 65535), "my_box-2.local.:65535"),
        ("bücher.example:80", Address("bücher.example", 80), "bücher.example:80"),
        ("[::1]:9000", Address("::1", 9000), "[::1]:9000"),
        ("[2001:DB8:0:0::1]:9000", Address("2001:db8::1", 9000), "[2001:db8::1]:9000"),
        ("[fe80::1%eth0]:9000", Address("fe80::1%eth0", 9000), "[fe80::1%eth0]:9000"),
    ],
)
def test_an_address_is_read_and_written(text: str, address: Address, written: str) -> None:
    assert parse_address(text) == address
    assert str(address) == written


@pytest.mark.parametrize(
    ("text", "host"), [("localhost", "localhost"), ("10.0.0.7", "10.0.0.7"), ("::1", "::1"), ("[::1]", "::1")]
)
def test_with_a_default_port_the_host_is_enough(text: str, host: str) -> None:
    assert parse_address(text, 27700) == Address(host, 27700)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", "names no host"),
        (":9000", "names no host"),
        ("example.org", "has no port"),
        ("[::1]", "has no port"),
        ("example.org:", "is not a port"),
        ("example.org:0", "is not a port"),
        ("example.org:65536", "is not a port"),
        ("example.org:9x", "is not a port"),
        ("example.org:+9", "is not a port"),
        ("example.org:٣", "is not a port"),
        ("example.org:" + "9" * 5000, "is not a port"),
        ("::1:9000", "in brackets"),
        ("a:b:c", "in brackets"),
        ("[::1:9000", "is not an address"),
        ("[example.org]:9000", "is not an address"),
        ("[::%]:1", "is not an address"),
        ("[::%[]:1", "is not an address"),
        ("[::1]9000", "is not an address"),
        ("exa mple:1", "check its spelling"),
        ("-x:1", "check its spelling"),
        ("a..b:1", "check its spelling"),
        ("a\0b:1", "check its spelling"),
        ("a" * 254 + ":1", "check its spelling"),
        ("me@example.org:1", "check its spelling"),
        ("İ:1", "check its spelling"),  # two characters in lower case
    ],
)
def test_a_wrong_address_is_refused_with_its_reason(text: str, names: str) -> None:
    with pytest.raises(InviteError, match=names):
        parse_address(text)


@given(st.text(max_size=60), st.none() | st.just(27700))
def test_any_text_is_an_address_or_an_invite_error(text: str, default: int | None) -> None:
    try:
        address = parse_address(text, default)
    except InviteError:
        return
    assert parse_address(str(address)) == address


@pytest.mark.parametrize(
    ("host", "loopback", "public"),
    [
        ("127.0.0.1", True, False),
        ("127.8.8.8", True, False),
        ("::1", True, False),
        ("::ffff:127.0.0.1", True, False),
        ("localhost", True, False),
        ("192.168.1.4", False, False),
        ("10.1.1.1", False, False),
        ("fe80::1%eth0", False, False),
        ("fd00::2", False, False),
        ("::ffff:192.168.1.4", False, False),
        ("9.9.9.9", False, True),
        ("::ffff:9.9.9.9", False, True),
        ("2600::1", False, True),
        ("example.org", False, True),
    ],
)
def test_where_an_address_leads(host: str, loopback: bool, public: bool) -> None:
    address = Address(host, 9000)
    assert (is_loopback(address), is_public(address)) == (loopback, public)


def test_limits_count_an_ipv6_network_as_one() -> None:
    assert source_of(Address("2600:1:2:3::1", 1)) == source_of(Address("2600:1:2:3:ffff::9", 2)) == "2600:1:2:3::/64"
    assert source_of(Address("2600:1:2:4::1", 1)) != source_of(Address("2600:1:2:3::1", 1))
    assert source_of(Address("::ffff:9.9.9.9", 1)) == source_of(Address("9.9.9.9", 2)) == "9.9.9.9"
    assert source_of(Address("example.org", 1)) == "example.org"


def test_only_literals_have_an_ip() -> None:
    assert str(ip_of(Address("::ffff:9.9.9.9", 1))) == "9.9.9.9"
    assert ip_of(Address("example.org", 1)) is None


@pytest.mark.parametrize("text", ["a:b\r\nc:d", "[x\n:1", "\n:9x", "a b\tc", "a:\n1"])
def test_what_is_wrong_is_one_line_whatever_was_pasted(text: str) -> None:
    with pytest.raises(InviteError) as caught:
        parse_address(text)
    assert str(caught.value).isprintable()


def test_brackets_in_the_name_of_an_interface_are_none_of_an_address() -> None:
    with pytest.raises(InviteError, match="too many colons"):
        parse_address("::%][c", 27700)


def test_a_link_in_place_of_an_address_does_not_give_its_key_away() -> None:
    for link in ("p2psketch://example.org:27700/Board#AQEAAQIDBAUG", "example.org:27700/Board#AQEAAQIDBAUG"):
        with pytest.raises(InviteError) as caught:
            parse_address(link, 27700)
        assert "AQE" not in str(caught.value)
