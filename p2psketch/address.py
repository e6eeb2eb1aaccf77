"""Where somebody can be reached: a host and a TCP port, as people write them.

Rule: only text in, only values out; nothing here resolves a name or opens a socket. Hosts are kept in one
spelling (lower case, IP literals compressed, no brackets), so that equal addresses compare equal.
"""

import ipaddress
import re
from typing import NamedTuple

from p2psketch.errors import InviteError

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

MAX_HOST = 253
_HOST_NAME = re.compile(r"[^\W_]([\w-]*\w)?(\.[^\W_]([\w-]*\w)?)*\.?")

_SCOPE = re.compile(r"[\w.-]+", re.ASCII)
"""The name of an interface, behind an IPv6 address; Python takes whatever stands there, even brackets."""


class Address(NamedTuple):
    """A TCP address; `str()` writes it as `HOST:PORT`, IPv6 in brackets."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_address(text: str, default_port: int | None = None) -> Address:
    """Read `HOST:PORT`, `[IPV6]:PORT` or, if there is a default port, just `HOST`; raises InviteError."""
    text = text.strip()
    host, port = _split(text, default_port)
    return Address(_host(host, text), _port(port, text) if port is not None else _default(default_port, text))


def _shown(text: str) -> str:
    """What was typed, as it may stand in a sentence; if it was a link, without its key."""
    return " ".join(text.partition("#")[0][:60].split())


def _split(text: str, default_port: int | None) -> tuple[str, str | None]:
    """The host (without brackets) and the text after its colon, None if there is none."""
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        if not bracket or _ip(host) is None or (rest and not rest.startswith(":")):
            raise InviteError(f"“{_shown(text)}” is not an address; write an IPv6 address like [::1]:27700.")
        return host, rest[1:] if rest else None
    if text.count(":") > 1:
        if default_port is not None and _ip(text) is not None:
            return text, None
        raise InviteError(f"“{_shown(text)}” has too many colons; write an IPv6 address in brackets, like [::1]:27700.")
    host, colon, port = text.partition(":")
    return host, port if colon else None


def _host(host: str, text: str) -> str:
    """The host in its one spelling, or InviteError."""
    ip = _ip(host)
    if ip is not None:
        return ip.compressed
    if not host:
        raise InviteError(f"“{_shown(text)}” names no host; write HOST:PORT, like example.org:27700.")
    host = host.lower()  # first, as there are letters that become two by it, and the second may be none for a name
    if len(host) > MAX_HOST or not _HOST_NAME.fullmatch(host):
        raise InviteError(f"“{_shown(host)}” is not the name or IP address of a computer; check its spelling.")
    return host


def _port(port: str, text: str) -> int:
    """The port as a number from 1 to 65535, or InviteError."""
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and 0 < int(port) < 65536):
        raise InviteError(
            f"“{_shown(port[:20])}” in “{_shown(text)}” is not a port; a port is a number from 1 to 65535."
        )
    return int(port)


def _default(port: int | None, text: str) -> int:
    if port is None:
        raise InviteError(f"“{_shown(text)}” has no port; write HOST:PORT, like example.org:27700.")
    return port


def _ip(host: str) -> IPAddress | None:
    _, percent, scope = host.partition("%")
    if percent and not _SCOPE.fullmatch(scope):
        return None
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def ip_of(address: Address) -> IPAddress | None:
    """The IP literal in `address` (an IPv4 one where it was mapped into IPv6), or None if it is a host name."""
    ip = _ip(address.host)
    return (ip.ipv4_mapped or ip) if isinstance(ip, ipaddress.IPv6Address) else ip


def is_loopback(address: Address) -> bool:
    """Whether `address` can only be this machine."""
    ip = ip_of(address)
    return ip.is_loopback if ip is not None else address.host == "localhost"


def is_public(address: Address) -> bool:
    """Whether `address` may belong to a stranger on the internet; a host name may, unless it is localhost."""
    ip = ip_of(address)
    return ip.is_global if ip is not None else not is_loopback(address)


def source_of(address: Address) -> str:
    """Who counts as one when limits are per address: an IPv4 address, or the /64 network of an IPv6 one."""
    ip = ip_of(address)
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Address(int(ip) >> 64 << 64)) + "/64"
    return str(ip) if ip is not None else address.host
