"""Whom we dial though it never answered as a member of a room: anybody may name any address.

Rule: IP literals only, nothing below port 1024, and only so often, so that no member and no tracker can make a room
knock at somebody's door without end. Who has answered once is no stranger.
"""

from collections import deque
from functools import lru_cache
from typing import Final

from p2psketch.address import Address, ip_of, is_public, source_of

LOWEST_PORT: Final = 1024
STRANGERS_A_MINUTE: Final = 60
"""Dials to public addresses; to one machine, on all its ports, no more than `A_HOST`."""
STRANGERS_A_HOST: Final = 12
NEAR_A_MINUTE: Final = 600
"""Dials to addresses of a local network, where a whole classroom comes at once."""
MAX_ANSWERED: Final = 1024
MINUTE: Final = 60.0


@lru_cache(maxsize=4096)
def dialable(address: Address) -> bool:
    """Would we dial this if a stranger named it? IP literals only, nothing below port 1024."""
    ip = ip_of(address)
    return ip is not None and not (ip.is_multicast or ip.is_unspecified) and address.port >= LOWEST_PORT


class Strangers:
    """The dials of the last minute, and who has answered."""

    def __init__(self) -> None:
        self._answered: dict[Address, None] = {}
        self._far: deque[tuple[float, str]] = deque()
        self._near: deque[tuple[float, str]] = deque()

    def answered(self, address: Address) -> None:
        """A member answered there; the newest of those are remembered."""
        self._answered.pop(address, None)
        self._answered[address] = None
        if len(self._answered) > MAX_ANSWERED:
            del self._answered[next(iter(self._answered))]

    def admits(self, address: Address, now: float) -> bool:
        """May it be dialled now? Then that counts as done."""
        if address in self._answered:
            return True
        far = is_public(address)
        dialled, most = (self._far, STRANGERS_A_MINUTE) if far else (self._near, NEAR_A_MINUTE)
        while dialled and now - dialled[0][0] >= MINUTE:
            dialled.popleft()
        host = source_of(address)
        if len(dialled) >= most or (far and sum(other == host for _, other in dialled) >= STRANGERS_A_HOST):
            return False
        dialled.append((now, host))
        return True
