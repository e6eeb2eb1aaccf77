"""Somebody who draws without a pause and says what is known to be kept: `python -m tests.faults.pen LINK COLOR`.

Rule: a whole peer without a window, which forgets the board at its end. After every stroke it waits for a moment; a
line `kept N` says that a linked peer has claimed to hold its first N strokes on disk. SIGTERM ends it.
"""

import asyncio
import contextlib
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

PAUSE = 0.1
"""Seconds between two strokes."""


async def draw(link: str, color: str, peers: list[str]) -> None:
    """Draw strokes of one colour until SIGTERM."""
    stop = asyncio.Event()
    on_signals(stop.set, signal.SIGTERM)
    target = with_peers(read_target(link), [parse_address(peer) for peer in peers]).in_memory()
    async with HeadlessPeer(target, Person("pen", 0), keeps=False) as peer:
        drawn = kept = 0
        while not stop.is_set():
            for shape in read_shapes([strokes(1, color)]):
                peer.board.edit(Edit(((0, shape),)))
                drawn += 1
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PAUSE):
                    await stop.wait()
            if peer.board.session.delivered()[0] and kept < drawn:
                kept = drawn
                print(f"kept {kept}", flush=True)


if __name__ == "__main__":
    interpreter.prepare()
    asyncio.run(draw(sys.argv[1], sys.argv[2], sys.argv[3:]))
