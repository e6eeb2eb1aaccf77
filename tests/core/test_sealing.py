"""What is committed within one frame leaves as one chunk, and what belongs behind it leaves behind it."""

from math import inf

from p2psketch.effects import StatusChanged
from p2psketch.keys import check_ops
from p2psketch.oplog import CHUNK_BYTES, OpLog
from p2psketch.ops import encode_body
from p2psketch.sealing import A_GESTURE, BUSY_FRAME, FRAME, Sealed, Sealing
from tests.core.authors import ANN, ROOM, STROKE, WHO, Author


def sealing_of_ann() -> Sealing:
    return Sealing(lambda seq, head: WHO[ANN].sign_ops(ROOM, seq, head))


def committed(sealing: Sealing, ann: Author, times: int = 1, **fields: object) -> None:
    for _ in range(times):
        ann.draws(**fields)
        sealing.add(ann.chunks[-1], ann.log.tip(ANN))


def spans(sealed: list[Sealed]) -> list[tuple[int, int]]:
    return [(chunk.first, chunk.last) for chunk, _ in sealed]


def test_after_a_pause_it_leaves_at_once_then_once_a_frame() -> None:
    sealing, ann = sealing_of_ann(), Author(ANN)
    assert sealing.due is None
    committed(sealing, ann)
    assert spans(sealing.seal(5.0)) == [(1, 1)]
    committed(sealing, ann, 3)
    assert sealing.due == 5.0 + FRAME
    assert sealing.seal(5.0 + FRAME / 2) == []
    committed(sealing, ann)
    assert spans(sealing.seal(5.0 + FRAME)) == [(2, 5)]
    assert sealing.seal(inf) == [] and sealing.due is None


def test_a_program_that_draws_faster_than_any_hand_has_longer_frames() -> None:
    sealing, ann = sealing_of_ann(), Author(ANN)
    for times, frame in ((3, FRAME), (6, 6 * A_GESTURE), (100, BUSY_FRAME), (1, FRAME)):
        committed(sealing, ann, times)
        sealing.seal(5.0)
        committed(sealing, ann)
        assert sealing.due == 5.0 + frame
        sealing, ann = sealing_of_ann(), Author(ANN)


def test_a_sealed_chunk_is_the_log_as_others_take_it() -> None:
    sealing, ann = sealing_of_ann(), Author(ANN)
    committed(sealing, ann, 7)
    ((chunk, tip),) = sealing.seal(0.0)
    other = OpLog(ROOM, check_ops)
    accepted = other.accept(chunk)
    assert accepted is not None and len(accepted.ops) == 7
    assert other.tip(ANN) == ann.log.tip(ANN) == tip


def test_chunks_are_cut_where_they_grow_large() -> None:
    sealing, ann = sealing_of_ann(), Author(ANN)
    size = len(encode_body(ANN, [(0, {**STROKE, "padding": bytes(20_000)})]))
    committed(sealing, ann, 10, padding=bytes(20_000))
    committed(sealing, ann, 1, padding=bytes(100_000))
    committed(sealing, ann, 1)
    sealed = sealing.seal(0.0)
    each = CHUNK_BYTES // size
    assert spans(sealed) == [(1, each), (each + 1, 2 * each), (2 * each + 1, 3 * each), (10, 10), (11, 11), (12, 12)]
    assert [chunk.head for chunk, _ in sealed[1:]] == [tip.head for _, tip in sealed[:-1]]


def test_what_comes_after_ops_is_held_back_until_they_are_sealed() -> None:
    sealing, ann = sealing_of_ann(), Author(ANN)
    word = StatusChanged()
    assert list(sealing.hold([word])) == [word], "nothing waits"
    committed(sealing, ann)
    assert list(sealing.hold([word])) == []
    sealing.seal(0.0)
    assert sealing.released() == [word]
    assert sealing.released() == []
