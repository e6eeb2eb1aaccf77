"""A program that draws without a pause, and says what it has done, until it is killed.

`python -m tests.processes.drawing LINK FILE PORT JOURNAL NUMBER [HOST:PORT …]`. Each stroke has a colour that no other
has, counted from NUMBER on. The journal is a file of lines, written one by one, so that they are there however this
ends:

    launch PEER            the board is open
    point COLOR COUNT TIME so many points of the stroke under the pen have been given to the board by then
    stroke COLOR TIME      it has been finished
    disk SEQ               so many of our ops are in our file
    kept SEQ               and so many on the disk of whoever is linked
"""

import asyncio
import os
import sys
import time
from itertools import count
from pathlib import Path
from random import Random

from p2psketch.address import parse_address
from p2psketch.invite import Invite
from p2psketch.messages import Person
from peer.headless import HeadlessPeer
from peer.target import Target

POINT_EVERY = 1 / 120


class Journal:
    """Lines that are in the file as soon as they are written."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._last: dict[str, int] = {}

    def write(self, *words: object) -> None:
        os.write(self._file, (" ".join(map(str, words)) + "\n").encode())

    def grown(self, word: str, number: int) -> None:
        """A number that has become larger."""
        if number > self._last.get(word, 0):
            self._last[word] = number
            self.write(word, number)


async def draw(peer: HeadlessPeer, journal: Journal, number: int) -> None:
    """Forever."""
    rng, session = Random(number), peer.board.session
    journal.write("launch", peer.board.me.hex())
    for color in count(number):
        peer.board.begin_draft({"kind": "stroke", "color": color, "width": 3})
        x, y = rng.uniform(0, 900), rng.uniform(0, 900)
        for step in range(1, rng.choice([2, 20, 60, 200])):
            await asyncio.sleep(POINT_EVERY)
            x, y = x + rng.uniform(-4, 4), y + rng.uniform(-4, 4)
            peer.board.extend_draft([(x, y)])
            journal.write("point", color, step, time.monotonic())
            journal.grown("disk", session.holdings.seq(peer.board.me))
            for link in session.mesh.up():
                journal.grown("kept", session.catchup.known(link.id, peer.board.me))
        peer.board.finish_draft()
        journal.write("stroke", color, time.monotonic())


async def main(link: str, file: str, port: str, journal: str, number: str, *peers: str) -> None:
    """Draw on a board."""
    target = Target(Invite.parse(link), tuple(map(parse_address, peers)), Path(file))
    async with HeadlessPeer(target, Person(f"Hand {number}", 0), port=int(port)) as peer:
        await draw(peer, Journal(Path(journal)), int(number))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
