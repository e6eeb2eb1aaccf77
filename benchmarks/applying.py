"""How fast ops are taken from bytes: unpack, check, chain, merge; beside pycrdt."""

import os
import time
from typing import Final

import pycrdt

from benchmarks.results import Results, median
from benchmarks.workload import strokes
from p2psketch.document import Document
from p2psketch.ids import PeerId
from p2psketch.keys import check_ops
from p2psketch.oplog import Chunk, OpLog
from p2psketch.ops import encode_body

COUNT: Final = 10_000
IN_CHUNK: Final = 300
ROOM: Final = bytes(32)


def measure(results: Results, *, quick: bool) -> None:
    """Ops a second, in chunks as they come in catch-up."""
    count = COUNT // 5 if quick else COUNT
    chunks = chunks_of(count)
    updates = pycrdt_updates(count)
    ours, theirs = [], []
    for _ in range(3 if quick else 7):
        ours.append(count / timed(lambda: apply(chunks)))
        theirs.append(count / timed(lambda: apply_pycrdt(updates)))
    results.add("ops applied from bytes", median(ours), "ops/s", 100_000, more=True)
    results.add("pycrdt, the same strokes as packed values", median(theirs), "ops/s")
    results.add("ops applied against pycrdt", median([a / b for a, b in zip(ours, theirs, strict=True)]), "×")


def timed(work: "object") -> float:
    """Seconds."""
    assert callable(work)
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def chunks_of(count: int) -> list[Chunk]:
    """A log of one author, as it is sent in catch-up."""
    author, log = PeerId(os.urandom(32)), OpLog(ROOM, check_ops)
    single = [
        log.append(author, number, 1_700_000_000_000 + number * 250, encode_body(author, [(0, fields)]))
        for number, fields in enumerate(strokes(count), 1)
    ]
    cuts = [single[start : start + IN_CHUNK] for start in range(0, count, IN_CHUNK)]
    return [cut[0]._replace(length=len(cut), blob=b"".join(chunk.blob for chunk in cut)) for cut in cuts]


def apply(chunks: list[Chunk]) -> Document:
    """What a session does with ops, less the network and the disk."""
    log, document = OpLog(ROOM, check_ops), Document()
    for chunk in chunks:
        accepted = log.accept(chunk)
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
