"""Somebody who draws without a pause and says what is known to be kept: `python -m tests.faults.pen LINK COLOR`.

Rule: a whole peer without a window, which forgets the board at its end. A line `kept N` says that a linked peer has
claimed to hold its first N strokes on disk; it waits a moment for that after every stroke, and longer at its end.
SIGTERM ends it.
"""

import asyncio
import signal
import sys

from p2psketch.address import parse_address
from p2psketch.messages import Person
from p2psketch.ops import Edit
from peer import interpreter
from peer.commands import on_signals
from peer.headless import HeadlessPeer
from peer.shapes_in import read_shapes
from peer.target import read_target, with_peers
from tests.processes.support import strokes

GAP, PAUSE = 0.1, 1.0
"""Seconds between two strokes, at least and at most."""
LAST_WORD = 5.0
"""Seconds, at most, from SIGTERM to the end."""


async def draw(link: str, color: str, peers: list[str]) -> None:
    """Draw strokes of one colour until SIGTERM."""
    stop = asyncio.Event()
    on_signals(stop.set, signal.SIGTERM)
    target = with_peers(read_target(link), [parse_address(peer) for peer in peers]).in_memory()
    async with HeadlessPeer(target, Person("pen", 0), keeps=False) as peer:
        drawn = 0
        while not stop.is_set():
            (shape,) = read_shapes([strokes(1, color)])
            peer.board.edit(Edit(((0, shape),)))
            drawn += 1
            if await peer.until(lambda: kept(peer), PAUSE):
                print(f"kept {drawn}", flush=True)
            await asyncio.sleep(GAP)
        if await peer.until(lambda: kept(peer), LAST_WORD):
            print(f"kept {drawn}", flush=True)


def kept(peer: HeadlessPeer) -> bool:
    """Does somebody who is linked say to have all that was drawn here on disk?"""
    have, _ = peer.board.session.delivered()
    return have > 0


if __name__ == "__main__":
    interpreter.prepare()
    asyncio.run(draw(sys.argv[1], sys.argv[2], sys.argv[3:]))
