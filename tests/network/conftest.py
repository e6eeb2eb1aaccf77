"""What happens to networks."""

import pytest

from p2psketch.address import Address
from p2psketch.errors import Unreachable
from p2psketch.ids import PeerId
from peer.stream import Credentials, PeerStream, StreamOwner
from peer.transport import dial


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
