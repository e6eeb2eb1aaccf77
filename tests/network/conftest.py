"""What happens to networks."""

from functools import partial

import pytest

from p2psketch.address import Address
from p2psketch.errors import Unreachable
from p2psketch.ids import PeerId
from peer.stream import Credentials, PeerStream, StreamOwner
from peer.trackers import Pace
from peer.transport import dial


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a peer looks at once a second it looks at five times a second, and tries again as soon."""
    monkeypatch.setattr("peer.node.TICK", 0.2)
    monkeypatch.setattr("peer.backoff.FIRST", 0.2)
    monkeypatch.setattr("peer.trackers.Pace", partial(Pace, retry=0.2))
    monkeypatch.setattr("p2psketch.contacts.FIRST_WAIT", 0.2)


@pytest.fixture
def walls(monkeypatch: pytest.MonkeyPatch) -> set[tuple[PeerId, int]]:
    """Who cannot dial which port."""
    blocked: set[tuple[PeerId, int]] = set()

    async def dial_if_open(address: Address, credentials: Credentials, owner: StreamOwner) -> PeerStream:
        if (credentials.identity.peer_id, address.port) in blocked:
            raise Unreachable("There is a wall.")
        return await dial(address, credentials, owner)

    monkeypatch.setattr("peer.node.dial", dial_if_open)
    return blocked
