"""A group of machines, a tracker and a network; and the truth that must come out of it.

What is checked while it runs: nobody claims what is not on disk; an edit made by somebody who has seen another one
wins over it; who says to be caught up holds all that was promised when its links came up. What is checked at the
end: everybody is linked, one way or another, and holds one board; nothing that was acknowledged is lost.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations
from random import Random

from p2psketch import effects as e
from p2psketch import mesh
from p2psketch import messages as m
from p2psketch.address import Address
from p2psketch.catchup import STALLED_AFTER
from p2psketch.ids import PeerId
from p2psketch.oplog import unpack_triples
from p2psketch.ops import read_op
from tests.simulation.disk import Disk
from tests.simulation.faults import INJECT, Fault
from tests.simulation.network import Network
from tests.simulation.run import End, Run
from tests.simulation.tracking import Tracker

_UNDELIVERED = re.compile(r"link (\d+) claims ops of (\w+) and does not deliver them")


@dataclass(eq=False)
class Machine:
    """A place where a peer runs, again and again: each time it is another peer with the same disk."""

    number: int
    keeps: bool = True
    moves: bool = False
    disk: Disk = field(default_factory=Disk)
    run: Run | None = None
    leaving: Run | None = None
    launches: int = 0

    @property
    def address(self) -> Address:
        """Where it listens; one that moves has another port at each launch."""
        return Address(f"10.0.{self.number // 250}.{self.number % 250 + 1}", 20_000 + self.launches * self.moves)


class Cluster:
    """Machines by number. `launch`, `stop`, `kill` and `crash` them, let time pass with `network.run`."""

    def __init__(self, rng: Random, fault: Fault | None = None) -> None:
        self.rng = rng
        self.fault = fault
        self.network = Network(rng)
        self.tracker: Tracker | None = Tracker(self.network)
        self.machines: dict[int, Machine] = {}
        self.acknowledged: dict[Run, dict[PeerId, int]] = {}
        self.surprises: list[str] = []
        self._discounted: dict[Run, set[tuple[int, str]]] = {}
        self._edits: defaultdict[Run, int] = defaultdict(int)

    # -- machines ----------------------------------------------------------------------------------

    def launch(
        self,
        number: int,
        *,
        keeps: bool = True,
        moves: bool = False,
        knows: Iterable[int] = (),
        seed: int | None = None,
    ) -> Run:
        """Start a peer on a machine, with what its disk still holds; `knows`: machines whose address it was given.

        Two with one `seed` have one key, as nobody should.
        """
        seed = self.rng.getrandbits(32) if seed is None else seed
        machine = self.machines.setdefault(number, Machine(number, keeps, moves))
        if machine.leaving is not None:
            self._stopped(machine.leaving)
        if not machine.keeps:
            machine.disk = Disk()
        machine.launches += 1
        run = Run(self, number, machine.address, machine.disk, seed, keeps=machine.keeps)
        if self.fault is not None:
            INJECT[self.fault](run.session)
        machine.run = run
        self.acknowledged[run] = {}
        self._discounted[run] = set()
        run.start()
        for other in knows:
            run.perform(run.session.dial(self.machines[other].address, self.network.now))
        return run

    def stop(self, number: int) -> None:
        """The person closes the program: it says goodbye and ends."""
        machine = self.machines[number]
        if machine.run is not None:
            run, machine.run = machine.run, None
            machine.leaving = run
            run.perform(run.session.leave())
            self.network.after(0.5, self._stopped, run)

    def _stopped(self, run: Run) -> None:
        """The program has ended, in time or not."""
        self.machines[run.number].leaving = None
        if run.alive:
            run.end(silently=False)
            run.disk.end()
            self._gone(run)

    def kill(self, number: int) -> None:
        """The process dies; the machine goes on."""
        machine = self.machines[number]
        if machine.run is not None:
            run, machine.run = machine.run, None
            self._stopped(run)

    def crash(self, number: int) -> int:
        """The power goes: silence for the others, and the last transactions are lost. Says how many chunks."""
        machine = self.machines[number]
        if machine.run is None:
            return 0
        run, machine.run = machine.run, None
        run.end(silently=True)
        del self.acknowledged[run]
        self._gone(run)
        return machine.disk.crash(self.rng)

    def _gone(self, run: Run) -> None:
        if self.tracker is not None:
            self.tracker.lost(run)

    @property
    def runs(self) -> list[Run]:
        """Everybody who is alive."""
        return [machine.run for machine in self.machines.values() if machine.run is not None]

    # -- what runs ask of the world ----------------------------------------------------------------

    def at(self, address: Address) -> Run | None:
        """Who listens there."""
        machine = self.machines.get(self.number_of(address))
        return machine.run if machine is not None and machine.run and machine.run.address == address else None

    def number_of(self, address: Address) -> int:
        """Whose machine it is."""
        _, _, high, low = address.host.split(".")
        return int(high) * 250 + int(low) - 1

    def announce(self, run: Run, announce: m.Announce) -> None:
        """Tell the tracker, if there is one at all."""
        if self.tracker is not None:
            self.tracker.announce(run, announce)

    # -- the truth, while it runs --------------------------------------------------------------------

    def watch(self, run: Run, effect: e.Effect) -> None:
        """Every effect passes here before it is performed."""
        if isinstance(effect, e.Send):
            if isinstance(effect.message, m.Have):
                self._claimed(run, effect.message)
        elif isinstance(effect, e.Changed):
            self._committed(run)
        elif isinstance(effect, e.Logged):
            found = _UNDELIVERED.match(effect.text)
            if found is None:
                self.surprises.append(f"{run.number}: {effect.text}")
            else:
                self._discounted[run].add((int(found[1]), found[2]))

    def _claimed(self, run: Run, have: m.Have) -> None:
        said = self.acknowledged.get(run) if run.session.mesh.keeps else None
        for peer, known in have.entries:
            if known.seq > run.disk.holds(peer) and run.session.mesh.keeps:
                self.surprises.append(f"{run.number} claims what is not on its disk")
            if said is not None and known.seq > said.get(peer, 0):
                said[peer] = known.seq

    def _committed(self, run: Run) -> None:
        """Whoever edits has seen what is on its own board: right after it, its edit must be what is shown."""
        for chunk, _ in reversed(run.session.replica.sealing.waiting):
            if chunk.first <= self._edits[run]:
                break
            ((time, wall, body),) = unpack_triples(1, chunk.blob)
            op = read_op(run.me, chunk.first, time, wall, body)
            for shape, fields in op.sets:
                for name in fields:
                    if run.session.document.register(shape, name)[1] != op.stamp:
                        self.surprises.append(f"{run.number} edits {name!r} and loses to what it has seen")
        self._edits[run] = run.session.log.seq(run.me)

    def heard(self, end: End, message: m.PeerMessage) -> None:
        """Every message passes here after it was handled."""
        run = end.run
        if isinstance(message, m.Have) and message.whole and not end.promise_complete:
            end.promised.update((peer, known.seq) for peer, known in message.entries)
            end.promise_complete = message.last
        if not isinstance(message, m.Have | m.Ops):
            return
        if run.session.caught_up() and not run.caught_up:
            run.caught_up = True
            self._check_promises(run)
        elif run.caught_up:
            run.caught_up = run.session.caught_up()

    def _check_promises(self, run: Run) -> None:
        log = run.session.log
        for id, end in run.ends.items():
            if id not in run.session.logs.says:
                continue
            if not end.promise_complete and run.network.now - (end.up_since or 0) < STALLED_AFTER:
                self.surprises.append(f"{run.number} is caught up before link {id} has said what it has")
            for peer, seq in end.promised.items():
                if log.seq(peer) < seq and (id, peer[:4].hex()) not in self._discounted[run]:
                    self.surprises.append(f"{run.number} is caught up and lacks what link {id} has promised")

    # -- the truth, at the end -----------------------------------------------------------------------

    def settle(self, limit: float) -> float:
        """Let time pass until all is well; AssertionError if that is not so within `limit` seconds."""
        began = self.network.now
        while (wrong := self.differences()) and not self.surprises:
            assert self.network.now - began < limit, f"after {limit:.0f} s: {wrong}"
            self.network.run(self.network.now + 0.5)
        assert not self.surprises, "; ".join(self.surprises[:5])
        self._check_losses()
        return self.network.now - began

    def differences(self) -> str:
        """What is not yet as it should be; empty if all is well."""
        runs = self.runs
        if not runs:
            return ""
        tips = dict(runs[0].session.log.tips())
        lacking = [run.number for run in runs if dict(run.session.log.tips()) != tips]
        if lacking:
            return f"the logs of {lacking} are not those of {runs[0].number}"
        digest = runs[0].session.document.digest()
        others = [run.number for run in runs if run.session.document.digest() != digest]
        if others:
            return f"the boards of {others} are not that of {runs[0].number}"
        unready = [run.number for run in runs if not run.session.caught_up()]
        if unready:
            return f"{unready} are not caught up"
        parts = len(self.components())
        return f"there are {parts} components" if parts != 1 else self._unlinked()

    def _unlinked(self) -> str:
        """In a small cluster all are linked who can be, by one link that both sides know as the same."""
        runs = self.runs if len(self.runs) <= mesh.DIALS_TO else []
        for one, other in combinations(runs, 2):
            if self.network.reaches(frozenset((one.number, other.number))):
                mine, theirs = one.session.mesh.to(other.me), other.session.mesh.to(one.me)
                if mine is None or theirs is None:
                    return f"{one.number} and {other.number} are not linked"
                ends = one.ends.get(mine.id), other.ends.get(theirs.id)
                if ends[0] is None or ends[1] is None or ends[0].twin is not ends[1]:
                    return f"{one.number} and {other.number} do not talk over the same link"
        return ""

    def components(self) -> list[set[PeerId]]:
        """Those who are linked with each other, one way or another; a link counts if both sides say so."""
        links = {run.me: {link.peer for link in run.session.mesh.up()} for run in self.runs}
        left, found = set(links), []
        while left:
            part, edge = set(), {left.pop()}
            while edge:
                part |= edge
                near = {other for peer in edge for other in links[peer] if peer in links.get(other, ())}
                edge = near - part
            left -= part
            found.append(part)
        return found

    def _check_losses(self) -> None:
        held = self.runs[0].session.log
        for run, said in self.acknowledged.items():
            if run.keeps:
                lost = [peer for peer, seq in said.items() if held.seq(peer) < seq]
                assert not lost, f"{len(lost)} authors' ops that {run.number} acknowledged are lost"
