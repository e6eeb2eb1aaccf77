"""How fast ops are taken from bytes: unpack, check, chain, verify, merge; beside pycrdt. What signatures cost of it."""

import os
import time
from typing import Final

import pycrdt

from benchmarks.results import Results, median
from benchmarks.workload import VIEW, strokes
from p2psketch.document import Document
from p2psketch.keys import Identity, check_ops
from p2psketch.oplog import Chunk, OpLog
from p2psketch.ops import encode_body

COUNT: Final = 10_000
IN_CHUNK: Final = 300
ROOM: Final = bytes(32)


def measure(results: Results, *, quick: bool) -> None:
    """Ops a second, in chunks as they come in catch-up."""
    count = COUNT // 5 if quick else COUNT
    chunks = chunks_of(count, Identity.generate(os.urandom))
    updates = pycrdt_updates(count)
    ours, theirs = [], []
    for _ in range(3 if quick else 7):
        ours.append(count / timed(lambda: apply(chunks)))
        theirs.append(count / timed(lambda: apply_pycrdt(updates)))
    results.add("ops applied from bytes", median(ours), "ops/s", 100_000, more=True)
    results.add("pycrdt, the same strokes as packed values", median(theirs), "ops/s")
    results.add("ops applied against pycrdt", median([a / b for a, b in zip(ours, theirs, strict=True)]), "×")


def measure_signatures(results: Results, *, quick: bool) -> None:
    """What a signature costs its author, and those who check it: alone in a live chunk, and in bulk."""
    count = 10_000 if quick else 100_000
    author = Identity.generate(os.urandom)
    live, bulk = chunks_of(2_000, author, 1), chunks_of(count, author)
    tips = [(chunk.last, chunk.head) for chunk in live]
    sign, alone, trusted_alone, whole, trusted_whole = [], [], [], [], []
    for _ in range(3 if quick else 5):
        sign.append(timed(lambda: [author.sign_ops(ROOM, seq, head) for seq, head in tips]) / len(tips))
        alone.append(timed(lambda: apply(live)) / len(live))
        trusted_alone.append(timed(lambda: apply(live, trusted=True)) / len(live))
        whole.append(timed(lambda: apply(bulk)))
        trusted_whole.append(timed(lambda: apply(bulk, trusted=True)))
    results.add("signing a commit", median(sign) * 1e6, "µs")
    results.add("taking a single live op, signature checked", median(alone) * 1e6, "µs")
    results.add("… of which the signature", (median(alone) - median(trusted_alone)) * 1e6, "µs")
    results.add(f"taking {count:,} signed ops in chunks of {IN_CHUNK}", median(whole), "s")
    results.add("… against the same unchecked", median(whole) / median(trusted_whole), "×")


def timed(work: "object") -> float:
    """Seconds."""
    assert callable(work)
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def chunks_of(
    count: int, identity: Identity, in_chunk: int = IN_CHUNK, room: bytes = ROOM, view: tuple[int, int] = VIEW
) -> list[Chunk]:
    """A log of one author, as it is sent in catch-up."""
    author, log = identity.peer_id, OpLog(room, check_ops)
    chunks: list[Chunk] = []
    parts: list[Chunk] = []
    for number, fields in enumerate(strokes(count, view=view), 1):
        body = encode_body(author, [(0, fields)])
        parts.append(log.append(author, number, 1_700_000_000_000 + number * 250, body))
        if len(parts) == in_chunk or number == count:
            blob, signature = (
                b"".join(part.blob for part in parts),
                identity.sign_ops(room, number, log.tip(author).head),
            )
            chunks.append(parts[0]._replace(length=len(parts), blob=blob, signature=signature))
            parts.clear()
    return chunks


def apply(chunks: list[Chunk], *, trusted: bool = False) -> Document:
    """What a session does with ops, less the network and the disk."""
    log, document = OpLog(ROOM, check_ops), Document()
    for chunk in chunks:
        accepted = log.accept(chunk, trusted=trusted)
        assert accepted is not None
        for op in accepted.ops:
            document.apply(op)
    return document


def pycrdt_updates(count: int) -> list[bytes]:
    """The updates that a writer of the same strokes, as one packed value each, sends."""
    writer: pycrdt.Doc = pycrdt.Doc()  # type: ignore[type-arg]
    board = writer.get("board", type=pycrdt.Map)
    updates: list[bytes] = []
    subscription = writer.observe(lambda event: updates.append(event.update))
    for number, fields in enumerate(strokes(count)):
        board[str(number)] = fields["points"]
    writer.unobserve(subscription)
    return updates


def apply_pycrdt(updates: list[bytes]) -> None:
    """One by one, as they come over a network."""
    reader: pycrdt.Doc = pycrdt.Doc()  # type: ignore[type-arg]
    for update in updates:
        reader.apply_update(update)
