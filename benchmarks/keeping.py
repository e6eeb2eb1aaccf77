"""The board file: what a commit costs, how a large board opens, its size, and two offline days that meet."""

import asyncio
import gzip
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Final

from benchmarks.joining import Meter
from benchmarks.results import Results, median, percentile
from benchmarks.workload import strokes
from p2psketch import effects as e
from p2psketch.address import Address
from p2psketch.ids import PeerId
from p2psketch.invite import Invite
from p2psketch.keys import Identity
from p2psketch.messages import Person
from p2psketch.oplog import Chunk, OpLog
from p2psketch.ops import Edit, encode_body
from p2psketch.session import Launch, Session
from peer.headless import HeadlessPeer
from peer.store import hold
from peer.target import Target

LARGE: Final = 100_000
OFFLINE: Final = 10_000
COMMITS: Final = 3_000
INVITE: Final = Invite((), "bench", b"bench".ljust(32))
KEYS: Final = INVITE.keys()


def measure(results: Results, *, quick: bool) -> None:
    """All of it, on the disk of the system's temporary files."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["P2PSKETCH_HOME"] = home
        _commits(results, Path(home, "commits.p2psketch"))
        count = LARGE // 10 if quick else LARGE
        for how, in_chunk in (("drawn by a hand, a chunk each", 1), ("as it came in catch-up", 300)):
            _open(results, Path(home, f"large-{in_chunk}.p2psketch"), count, in_chunk, how)
        asyncio.run(_meet(results, Path(home), OFFLINE // 10 if quick else OFFLINE))


def drawn(count: int, in_chunk: int, seed: int = 1) -> Iterator[Chunk]:
    """A launch's log in the benchmark's room."""
    identity = Identity.generate(os.urandom)
    author, log, proof = identity.peer_id, OpLog(KEYS.room_id, lambda *_: True), KEYS.prove_edit(identity.peer_id)
    parts: list[Chunk] = []
    for number, fields in enumerate(strokes(count, seed), 1):
        body = encode_body(author, [(0, fields)])
        parts.append(log.append(author, number, 1_700_000_000_000 + number * 250, body))
        if len(parts) == in_chunk or number == count:
            signature = identity.sign_ops(KEYS.room_id, number, log.tip(author).head)
            blob = b"".join(part.blob for part in parts)
            yield parts[0]._replace(length=len(parts), blob=blob, signature=signature, proof=proof)
            parts.clear()


def _commits(results: Results, path: Path) -> None:
    seconds, chunks = [], list(drawn(COMMITS, 1))
    with closing(hold(path, KEYS)) as store:
        for chunk in chunks:
            started = time.perf_counter()
            store.append(chunk)
            store.commit()
            seconds.append(time.perf_counter() - started)
    results.add("commit of one op to the file, p50", median(seconds) * 1e6, "µs", 30)
    results.add("commit of one op to the file, p99", percentile(seconds, 99) * 1e6, "µs")


def _open(results: Results, path: Path, count: int, in_chunk: int, how: str) -> None:
    with closing(hold(path, KEYS)) as store:
        store.set(link=INVITE.format())
        for chunk in drawn(count, in_chunk):
            store.append(chunk)
    drawn_size = path.stat().st_size
    with closing(hold(path, KEYS)) as store:
        started = time.perf_counter()
        while store.pack(KEYS.room_id, 1.0):
            store.commit()
        packed = time.perf_counter() - started
        store.shrink()
    data = path.read_bytes()
    results.add(f"file, bytes a stroke, {how}, as it is drawn", drawn_size / count, "B")
    results.add("… once its rows are joined", len(data) / count, "B", 220)
    results.add("… which takes, in slices", packed, "s")
    results.add("… gzip", len(gzip.compress(data)) / count, "B", 120)
    first, complete, sound = (median(times) for times in zip(*(_read(path, count) for _ in range(3)), strict=True))
    results.add(f"open {count:,} strokes, {how}: first of them in the document", first * 1000, "ms")
    results.add("… all of them", complete, "s", 1.5)
    results.add("… of which looking for damage", sound, "s")


def _read(path: Path, count: int) -> tuple[float, float, float]:
    """Seconds from the opening until there is something to paint, until all of it is there, and of the check."""
    started = time.perf_counter()
    launch = Launch(Identity.generate(os.urandom), Person("reader", 0), Identity(bytes(32)))
    session = Session(KEYS, launch, Random(), os.urandom)
    first = 0.0
    with closing(hold(path, KEYS)) as store:
        for chunk in store.chunks():
            session.handle(e.Stored(chunk), 0.0)
            first = first or time.perf_counter() - started
        session.handle(e.StoreRead(()), 0.0)
        read = time.perf_counter()
        assert store.is_sound()
        sound = time.perf_counter() - read
    assert session.document.visible_count == count
    return first, time.perf_counter() - started, sound


async def _meet(results: Results, home: Path, count: int) -> None:
    """Two peers share a board, draw so many strokes each without each other, and meet."""
    targets = [Target(INVITE, (), home / f"{name}.p2psketch") for name in ("ana", "ben")]
    shared = list(drawn(count, 300, seed=3))
    for target in targets:
        with closing(target.open_store()) as store:
            for chunk in shared:
                store.append(chunk)
    async with HeadlessPeer(targets[0], Person("ana", 0)) as ana, HeadlessPeer(targets[1], Person("ben", 0)) as ben:
        for seed, peer in enumerate((ana, ben), 5):
            for number, fields in enumerate(strokes(count, seed)):
                peer.board.edit(Edit(((0, fields),)))
                if number % 64 == 0:
                    await asyncio.sleep(0)
        missing = sum(_bytes_by(peer, peer.board.me) for peer in (ana, ben))
        meter = Meter(ana.node.port, both=True)
        port = await meter.start()
        started = time.perf_counter()
        ben.board.dial(Address("127.0.0.1", port))
        assert await ana.until(lambda: ana.board.document.visible_count == 3 * count, 60)
        assert await ben.until(lambda: ben.board.document.visible_count == 3 * count, 60)
        seconds = time.perf_counter() - started
        assert ana.board.document.digest() == ben.board.document.digest()
        transferred = meter.count
    await meter.stop()
    results.add(f"merging {count:,} and {count:,} offline strokes, dial to equal boards", seconds, "s")
    results.add("… bytes on the wire, of what each lacked", transferred / missing, "×")


def _bytes_by(peer: HeadlessPeer, author: PeerId) -> int:
    return sum(len(chunk.blob) for chunk in peer.node.disk.store.chunks() if chunk.author == author)
