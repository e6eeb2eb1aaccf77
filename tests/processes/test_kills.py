"""SIGKILL at any moment: what was on disk is on disk, what was delivered is delivered, and of the stroke under the pen
all but the last quarter second is there.

A program draws without a pause, and is killed and started again on its file; another one draws too, and is not: so each
launch recovers, merges and draws. `P2PSKETCH_KILLS=300 .venv/bin/python -m pytest -n 0 -s -m slow
tests/processes/test_kills.py` says how often.
"""

import os
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from p2psketch import ink
from p2psketch.invite import Invite
from p2psketch.ops import read_op
from p2psketch.session import Session
from peer.commands import read_board
from peer.store import look
from peer.target import from_file
from tests.peer.store.boards import damaged_copies, ops
from tests.processes.support import Program, Programs, until

FEW = 5
KILLS = int(os.environ.get("P2PSKETCH_KILLS", "300"))
QUARTER = 0.25
MODULE = "tests.processes.drawing"
STROKES_OF_A_LAUNCH = 10_000


@dataclass
class Told:
    """What a journal says of one launch."""

    peer: bytes = b""
    on_disk: int = 0
    kept: int = 0
    finished: dict[int, float] = field(default_factory=dict)
    points: list[tuple[float, int, int]] = field(default_factory=list)

    @classmethod
    def read(cls, journal: Path) -> "Told":
        told = cls()
        for line in journal.read_text().splitlines() if journal.exists() else ():
            match line.split():
                case ["launch", peer]:
                    told.peer = bytes.fromhex(peer)
                case ["disk", seq]:
                    told.on_disk = int(seq)
                case ["kept", seq]:
                    told.kept = int(seq)
                case ["stroke", color, at]:
                    told.finished[int(color)] = float(at)
                case ["point", color, count, at]:
                    told.points.append((float(at), int(color), int(count)))
        return told

    def must_be_there(self, killed: float) -> dict[int, int]:
        """Which strokes must have how many points at least, after a kill: those given to the board a quarter second
        before.

        A program that the system did not let run in that time is not to blame: its points came late, and so did its
        disk.
        """
        times = [at for at, _, _ in self.points if at > killed - 2.0]
        if not times:
            return {}
        stalls = [after - before for before, after in pairwise([*times, killed])]
        return {color: count for at, color, count in self.points if at <= killed - QUARTER - max(stalls)}


class Hand:
    """The program that is killed, on one file, and what it has ever said."""

    def __init__(self, programs: Programs, folder: Path, link: str, first: int, *others: str) -> None:
        self.file = folder / f"hand-{first}.p2psketch"
        self.launches: list[Told] = []
        self.at_least: dict[int, int] = {}
        self.program: Program
        self._programs = programs
        self._folder = folder
        self._link = link
        self._first = first
        self._others = others

    @property
    def _journal(self) -> Path:
        return self._folder / f"journal-{self._first}-{len(self.launches)}"

    def start(self, port: int = 0) -> None:
        number = self._first + len(self.launches) * STROKES_OF_A_LAUNCH
        arguments = (self._link, str(self.file), str(port), str(self._journal), str(number), *self._others)
        self.program = self._programs.start(*arguments, home=self._folder / "home", module=MODULE)

    def draws(self) -> bool:
        assert self.program.process.poll() is None, self.program.err
        return bool(Told.read(self._journal).points)

    def kill(self) -> None:
        killed = time.monotonic()
        self.program.kill()
        told = Told.read(self._journal)
        self.launches.append(told)
        least = told.must_be_there(killed)
        self.at_least |= least
        self._check(least)

    def _check(self, least: dict[int, int]) -> None:
        """All that this launch has said of its disk is true, right after it was killed."""
        if not self.file.exists():
            return
        told = self.launches[-1]
        with closing(look(self.file, whole=True)) as store:
            assert store.damage == ""
            held = ops(store.chunks())
            assert {(told.peer, seq) for seq in range(1, told.on_disk + 1)} <= held
            drafts = [read_op(author, 1, 1, wall, body) for author, wall, body in store.drafts()]
        drawn = points_of(read_board(from_file(self.file)))
        drawn.update({op.sets[0][1]["color"]: len(ink.decode(op.sets[0][1]["points"])[0]) for op in drafts})
        lost = {color: (drawn[color], count) for color, count in least.items() if drawn[color] < count}
        assert not lost, f"strokes, the points they have, and those they should have: {lost}"


def points_of(session: Session) -> Counter[int]:
    """How many points the stroke of each colour has; none may be there twice."""
    shapes = list(session.document.visible())
    assert len({shape.color for shape in shapes}) == len(shapes)
    return Counter({shape.color: len(ink.decode(shape.values["points"])[0]) for shape in shapes})


def test_a_few_kills(programs: Programs, tmp_path: Path, free_port: int) -> None:
    kill_again_and_again(programs, tmp_path, free_port, FEW, seed=1)


@pytest.mark.slow
def test_many_kills(programs: Programs, tmp_path: Path, free_port: int) -> None:
    kill_again_and_again(programs, tmp_path, free_port, KILLS, seed=int(time.time()))


def kill_again_and_again(programs: Programs, folder: Path, port: int, times: int, seed: int) -> None:
    print(f"seed {seed}, {times} kills")
    rng = Random(seed)
    link = Invite((), "den", b"kills".ljust(32)).format()
    survivor = Hand(programs, folder, link, 0)
    survivor.start(port)
    until(survivor.draws, "the survivor draws")
    victim = Hand(programs, folder, link, 1_000_000, f"127.0.0.1:{port}")
    drawing = 0
    for _ in range(times):
        victim.start()
        if rng.random() < 0.8:
            until(victim.draws, "the victim draws")
            drawing += 1
        time.sleep(rng.uniform(0, 1.2))
        victim.kill()
    assert drawing >= times // 2
    victim.start()
    until(lambda: Told.read(victim._journal).kept > 0, "the last launch has met the survivor")
    until(lambda: has_all(survivor.file, victim), "the survivor has all that the victim has ever had on its disk")
    victim.program.stop()
    survivor.kill()
    compare(survivor, victim)
    print(f"{sum(len(told.finished) for told in victim.launches)} strokes finished, none lost")


def has_all(file: Path, victim: Hand) -> bool:
    with closing(look(file)) as store:
        held = ops(store.chunks())
    return all((told.peer, told.on_disk) in held for told in victim.launches if told.on_disk)


def compare(survivor: Hand, victim: Hand) -> None:
    for hand in (survivor, victim):
        assert not damaged_copies(hand.file)
    board, drawn = read_board(from_file(survivor.file)), points_of(read_board(from_file(victim.file)))
    seen = points_of(board)
    for told in victim.launches:
        assert told.kept <= board.log.seq(told.peer), "what was delivered is there"  # type: ignore[arg-type]
    lost = {color: count for color, count in victim.at_least.items() if drawn[color] < count}
    assert not lost, f"of the victim's strokes these are not in its file: {lost}"
    lost = {color: count for color, count in victim.at_least.items() if seen[color] < count}
    assert not lost, f"nor are these at the survivor's: {lost}"
