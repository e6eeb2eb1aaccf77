"""Who may edit: whoever has shown a proof that holds, and nobody shows one that does not."""

from p2psketch import effects as e
from p2psketch import messages as m
from p2psketch.drafting import signed
from p2psketch.editors import Editors
from p2psketch.keys import RoomKeys
from tests.core.authors import ANN, BEN, INK
from tests.core.sessions import ROOM, WALL, Desk, exchange, linked

PROOF = ROOM.prove_edit(ANN)


def test_an_editor_is_known_by_a_proof_and_from_then_on_without() -> None:
    editors = Editors(RoomKeys.from_view_secret(ROOM.view_secret, ROOM.edit_public))
    assert not editors.admit(ANN, None) and not editors.admit(ANN, bytes(64)) and ANN not in editors
    assert not editors.admit(BEN, PROOF)
    assert editors.admit(ANN, PROOF) and ANN in editors and editors.proof(ANN) == PROOF
    assert editors.admit(ANN, None) and editors.admit(ANN, PROOF)


def test_a_proof_that_does_not_hold_is_refused_even_of_an_editor() -> None:
    editors = Editors(ROOM)
    assert editors.admit(ANN, PROOF)
    assert not editors.admit(ANN, bytes(64))
    assert ANN in editors and editors.proof(ANN) == PROOF


def test_an_editor_cannot_have_a_false_proof_passed_on_by_others() -> None:
    ann, mal, ben = Desk("ann"), Desk("mal"), Desk("ben")
    linked(mal, ann)
    linked(ann, ben)
    draft = m.Draft(mal.me, 1, 4, None, INK, m.GOING, bytes(64))
    ann.happens(e.Received(ann.link_to(mal), signed(draft, mal.identity, ROOM.room_id)))
    exchange(ann, mal, ben)
    assert ann.session.mesh.to(mal.me) is None
    assert ann.session.mesh.to(ben.me) is not None and ben.session.mesh.to(ann.me) is not None
    ben.run(ben.session.clear(WALL))
    exchange(ann, ben)
    assert ann.session.log.seq(ben.me) == ben.session.log.seq(ben.me)
