"""This machine's own IP addresses, as the system's routes tell them.

Rule: nothing is sent. Addresses come and go while we run: whoever asks, asks again.
"""

import errno
import socket
from collections.abc import Iterable

from p2psketch.address import Address, is_loopback


def own_hosts(towards: Iterable[Address]) -> list[str]:
    """The IP addresses others can reach this machine by: those it would use towards them, or towards anywhere.

    Loopback only if somebody we know is there, or there is nothing else.
    """
    hosts: list[str] = []
    for address in (*towards, Address("192.0.2.1", 9), Address("2001:db8::1", 9)):
        host = _source(address)
        if host is not None and host not in hosts:
            hosts.append(host)
    near = [host for host in hosts if is_loopback(Address(host, 1))]
    return [host for host in hosts if host not in near] + near or ["127.0.0.1"]


def _source(address: Address) -> str | None:
    """The local address that the system would send from; nothing is sent."""
    try:
        family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect(address)
            return str(probe.getsockname()[0])
    except OSError:
        return None


def is_ours(host: str) -> bool:
    """Is this IP address still one of this machine's?"""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind((host, 0))
    except OSError as error:
        return error.errno != errno.EADDRNOTAVAIL
    return True
