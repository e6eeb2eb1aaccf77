"""What the commands without a window do: `keep`, `draw`, `info`, and the waiting they share.

Rule: results go to stdout, everything else to stderr; each ends in an exit status or in a
`SketchError` that is one clear sentence.
"""

import asyncio
import contextlib
import json
import logging
import math
import signal
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from os import urandom
from random import Random
from typing import Any, Final, TypeVar

from p2psketch import effects as e
from p2psketch.address import Address
from p2psketch.errors import VIEW_ONLY, SketchError, Unreachable
from p2psketch.keys import Identity
from p2psketch.messages import Person
from p2psketch.naming import board_name
from p2psketch.ops import Edit
from p2psketch.session import Launch, Session
from p2psketch.shapes import Value
from p2psketch.views import DIRECT, YOU, PersonView
from peer.disk import THIS_MACHINE
from peer.headless import HeadlessPeer
from peer.home import lasting_identity
from peer.store import Store, look
from peer.target import Target

log = logging.getLogger(__name__)

REPORT_EVERY: Final = 3.0
RTT_WITHIN: Final = 1.0

T = TypeVar("T")


def read_board(target: Target) -> Session:
    """The board as its file holds it, without any network."""
    assert target.path is not None
    with closing(look(target.path, target.keys, whole=True)) as store:
        if store.damage:
            log.warning("%s", store.damage)
        return _loaded(target, Person("reader", 0), store)


def _loaded(target: Target, person: Person, store: Store) -> Session:
    launch = Launch(Identity.generate(urandom), person, lasting_identity())
    session = Session(target.keys, launch, Random(0), urandom)
    for fork in store.forks():
        session.handle(e.ForkStored(fork), 0.0)
    _read(session, store)
    return session


def _read(session: Session, store: Store) -> None:
    """All that is in a store, again if the session does not believe some of it."""
    again = True
    while again:
        for chunk in store.chunks():
            session.handle(e.Stored(chunk), 0.0)
        effects = session.handle(e.StoreRead(()), 0.0)
        again = any(isinstance(effect, e.Reread) for effect in effects)


def must_edit(target: Target) -> None:
    """Raises SketchError if the target is only to be looked at."""
    if not target.invite.can_edit:
        raise SketchError(VIEW_ONLY)


def draw_into_file(target: Target, person: Person, shapes: list[dict[str, Value]]) -> None:
    """Append shapes to a board file; they are on disk when this returns. BoardInUse if another program writes it."""
    must_edit(target)
    with closing(target.open_store()) as store:
        if store.damage:
            log.warning("%s", store.damage)
        session = _loaded(target, person, store)
        for shape in shapes:
            session.commit(Edit(((0, shape),)), time.time_ns() // 1_000_000)
        for effect in session.seal(math.inf):
            if isinstance(effect, e.Persist):
                store.append(effect.chunk)
        store.commit()


async def draw_beside(
    target: Target, person: Person, shapes: list[dict[str, Value]], timeout: float, port: int
) -> None:
    """Add shapes to a board file by way of the program that writes it, which listens on `port` of this machine; they
    are on its disk when this returns.
    """
    there = Address(THIS_MACHINE, port)
    alone = replace(target.in_memory(), peers=(there,), invite=replace(target.invite, trackers=()))
    end = time.monotonic() + timeout
    async with HeadlessPeer(alone, person, keeps=False) as peer:
        await peer.catch_up(timeout)
        await _draw(peer, shapes)
        if not await peer.until(lambda: peer.has_ours(there), max(end - time.monotonic(), 0.1)):
            raise Unreachable(
                f"The program that has {target.path} open did not say within {timeout:.0f} s that it keeps them."
            )


async def draw(target: Target, person: Person, shapes: list[dict[str, Value]], timeout: float) -> str:
    """Add shapes to a board in the network; what became of them, as a sentence."""
    must_edit(target)
    end = time.monotonic() + timeout
    async with HeadlessPeer(target.in_memory(), person, keeps=False) as peer:
        with Progress(peer):
            await peer.catch_up(timeout)
        await _draw(peer, shapes)
        have, there = await peer.delivered(max(end - time.monotonic(), 0.1))
    if not have:
        raise Unreachable(f"The strokes were sent, but nobody said within {timeout:.0f} s that it keeps them.")
    return f"{len(shapes)} strokes delivered to {have} of {there} peers"


async def _draw(peer: HeadlessPeer, shapes: list[dict[str, Value]]) -> None:
    for number, shape in enumerate(shapes):
        peer.board.edit(Edit(((0, shape),)))
        if number % 64 == 63:
            await asyncio.sleep(0)


async def keep(target: Target, person: Person, port: int) -> None:
    """Stay, keep the board, serve and relay it, until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    on_signals(stop.set, signal.SIGINT, signal.SIGTERM)
    async with HeadlessPeer(target, person, port=port, joins=False) as peer:
        log.info("keeping “%s” in %s, listening on port %d", target.name, target.path or "memory", peer.node.port)
        if not peer.board.can_edit:
            log.info("view only: what the others draw is kept, served and relayed")
        told = ""
        while not stop.is_set():
            now = _summary(peer)
            if now != told:
                log.info("%s", now)
                told = now
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(REPORT_EVERY):
                    await stop.wait()
    log.info("stopped")


def on_signals(call: Callable[[], object], *numbers: signal.Signals) -> None:
    """Call in the running event loop when one of these signals comes."""
    loop = asyncio.get_running_loop()
    for number in numbers:
        try:
            loop.add_signal_handler(number, call)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(call))


def _summary(peer: HeadlessPeer) -> str:
    status, document = peer.board.status(), peer.board.document
    tracker = {None: "no tracker", True: "tracker reachable", False: "tracker away"}[status.tracker_reachable]
    return f"{document.visible_count:,} shapes, {status.direct} linked, {status.relayed} relayed, {tracker}"


async def caught_up(target: Target, person: Person, timeout: float, look: Callable[[HeadlessPeer], T]) -> T:
    """What `look` sees once the board is here."""
    async with HeadlessPeer(target, person, keeps=target.path is not None) as peer:
        with Progress(peer):
            await peer.catch_up(timeout)
        await peer.until(lambda: all(_measured(p) for p in peer.board.people()), RTT_WITHIN)
        return look(peer)


def _measured(person: PersonView) -> bool:
    return person.state != DIRECT or (person.rtt_ms is not None and person.shapes is not None)


def describe(session: Session, people: list[PersonView]) -> dict[str, Any]:
    """A board as `info --json` prints it."""
    return {
        "name": board_name(session.document) or None,
        "shapes": session.document.visible_count,
        "ops": session.log.op_count(),
        "digest": session.document.digest().hex(),
        "have": {peer.hex(): tip.seq for peer, tip in session.log.tips()},
        "peers": [_entry(person) for person in people if person.state != YOU],
    }


def _entry(person: PersonView) -> dict[str, Any]:
    return {
        "id": person.peer.hex(),
        "name": person.name,
        "address": person.address,
        "link": person.state,
        "rtt_ms": None if person.rtt_ms is None else round(person.rtt_ms, 3),
        "digest": person.digest.hex() or None,
        "shapes": person.shapes,
        "may_edit": person.may_edit,
    }


def as_text(info: dict[str, Any]) -> str:
    """The same for people."""
    lines = [
        f"shapes  {info['shapes']:,}",
        f"ops     {info['ops']:,} by {len(info['have'])} launches",
        f"digest  {info['digest']}",
    ]
    for peer in info["peers"]:
        rtt = "" if peer["rtt_ms"] is None else f"{peer['rtt_ms']:.1f} ms"
        remarks = ["view only"] if peer["may_edit"] is False else []
        remarks += ["same board"] if peer["digest"] == info["digest"] else []
        known = f"peer    {peer['name']:20} {peer['link']:10} {rtt:>9}  {peer['address']:22} {', '.join(remarks)}"
        lines.append(known.rstrip())
    return "\n".join(lines)


def to_json(info: dict[str, Any]) -> str:
    """One line of JSON."""
    return json.dumps(info)


class Progress:
    """While open, shows on a terminal how far catching up is."""

    def __init__(self, peer: HeadlessPeer) -> None:
        self._peer = peer
        self._task: asyncio.Task[None] | None = None

    def __enter__(self) -> "Progress":
        if sys.stderr.isatty():
            self._task = asyncio.get_running_loop().create_task(self._show())
        return self

    def __exit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    async def _show(self) -> None:
        while True:
            await asyncio.sleep(0.2)
            progress = self._peer.board.status().progress
            text = "looking for peers …" if progress is None else f"catching up {progress:.0%}"
            print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
