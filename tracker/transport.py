"""Listening sockets, and addresses as the system gives them.

Rule: nothing here knows what a tracker is for.
"""

import asyncio
import contextlib
import errno
import os
import socket
from collections.abc import Callable
from typing import Any, Final

from p2psketch.address import Address, ip_of

BACKLOG: Final = 512
"""Connections that wait in the system until they are let in."""
EXHAUSTED: Final = 0.5
"""Seconds until another try where the system has no more files."""
_NEXT_PORTS = 20
_ANY_PORT_TRIES = 5
_NO_SUCH_NETWORK = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


def address_of(name: Any) -> Address:
    """An address as the system gives it, without the name of the interface."""
    return Address(name[0].partition("%")[0], name[1])


async def open_doors(host: str | None, port: int, next_free: bool) -> list[socket.socket]:
    """Listening sockets for all that `host` stands for, on one and the same port; raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    found.sort(key=lambda info: info[0] != socket.AF_INET)
    ports = _ports(port, next_free)
    while True:
        try:
            return _bind(found, ports.pop(0))
        except OSError as error:
            if error.errno != errno.EADDRINUSE or not ports:
                raise


def _ports(port: int, next_free: bool) -> list[int]:
    """The ports to try. Any port, 0, more than once: free for IPv4 is not yet free for IPv6."""
    nearby = [*range(port, min(port + _NEXT_PORTS, 65536))] if next_free else [port]
    return [*nearby, *[0] * _ANY_PORT_TRIES] if next_free or port == 0 else nearby


def _bind(found: list[Any], port: int) -> list[socket.socket]:
    """Listening sockets for those of the addresses `found` that this machine has; raises OSError."""
    with contextlib.ExitStack() as doors:
        opened: list[socket.socket] = []
        missing = OSError(errno.EADDRNOTAVAIL, os.strerror(errno.EADDRNOTAVAIL))
        for family, _, _, _, name in found:
            try:
                door = socket.create_server((name[0], port, *name[2:]), family=family, backlog=BACKLOG)
            except OSError as error:
                if error.errno not in _NO_SUCH_NETWORK:
                    raise
                missing = error
                continue
            door.setblocking(False)
            opened.append(doors.enter_context(door))
            port = door.getsockname()[1]
        if not opened:
            raise missing
        doors.pop_all()
        return opened


async def let_in(
    door: socket.socket,
    protocol: Callable[[], asyncio.Protocol],
    has_room: Callable[[], bool],
    exhausted: Callable[[str], None],
) -> None:
    """Let connections in at one door, one a turn of the loop, for ever; where there is no room they are cut.

    asyncio's own server takes as many at once as wait, which may be more than there are files.
    """
    loop = asyncio.get_running_loop()
    while True:
        try:
            sock, _ = await loop.sock_accept(door)
        except ConnectionAbortedError:
            continue
        except OSError as error:
            exhausted(error.strerror or str(error))
            await asyncio.sleep(EXHAUSTED)
            continue
        if not has_room():
            sock.close()
        else:
            try:
                await loop.connect_accepted_socket(protocol, sock)
            except OSError:  # it has gone already
                sock.close()
        await asyncio.sleep(0)  # sock_accept does not yield while connections queue up


async def shut(doors: list[socket.socket], tasks: list["asyncio.Task[None]"]) -> None:
    """End `let_in`, and listen no more; what is shut is taken off the list."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    while doors:
        door = doors.pop()
        with contextlib.suppress(NotImplementedError):  # where there are no readers: Windows
            asyncio.get_running_loop().remove_reader(door)  # asyncio forgets to for a sock_accept in its last moment
        door.close()


def for_peers(door: socket.socket) -> Address:
    """An address that works from other machines, as far as this one can tell."""
    listening = address_of(door.getsockname())
    ip = ip_of(listening)
    if ip is None or not ip.is_unspecified:
        return listening
    with socket.socket(door.family, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
        probe.connect(("192.0.2.1" if ip.version == 4 else "2001:db8::1", 9))  # sends nothing, chooses an interface
        return Address(address_of(probe.getsockname()).host, listening.port)
    return Address("127.0.0.1" if ip.version == 4 else "::1", listening.port)
