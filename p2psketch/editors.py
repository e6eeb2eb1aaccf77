"""Who may change the board: the authors whose edit proof has been seen, and holds.

Rule: a proof is the signature of the room's edit key over a PeerId. It is checked once and kept, for it goes wherever
its author's ops go; nothing else makes anybody an editor. One that does not hold is refused even of an editor, for it
would be passed on, and cost whoever does so a link.
"""

from p2psketch.ids import PeerId
from p2psketch.keys import PastKeys, RoomKeys


class Editors:
    """Ask `peer in editors`; `admit` shows a proof."""

    def __init__(self, room: RoomKeys | PastKeys) -> None:
        self._room = room
        self._proofs: dict[PeerId, bytes] = {}

    def __contains__(self, peer: PeerId) -> bool:
        return peer in self._proofs

    def admit(self, peer: PeerId, proof: bytes | None) -> bool:
        """Whether `peer` may edit, and `proof`, if it has shown one, holds."""
        kept = self._proofs.get(peer)
        if kept is not None and proof in (None, kept):
            return True
        if proof is None or not self._room.check_edit_proof(peer, proof):
            return False
        self._proofs.setdefault(peer, proof)
        return True

    def proof(self, peer: PeerId) -> bytes | None:
        """What to show others of an author; None if it is not known to be an editor."""
        return self._proofs.get(peer)
