"""The real registry of a tracker, without a server: what it sends arrives as events."""

from random import Random

from p2psketch import effects as e
from p2psketch import messages as m
from p2psketch.address import Address
from tests.simulation.network import Network
from tests.simulation.run import Run
from tracker.limits import Limits
from tracker.registry import Close, ConnectionId, Effect, Registry

TRACKER = Address("10.9.9.9", 27700)
LATENCY = 0.01
PING_EVERY = 15.0


class Tracker:
    """One tracker that can go down and come back without a memory."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._rng = Random(network.rng.random())
        self._announced: dict[Run, m.Announce] = {}
        self._by_run: dict[Run, ConnectionId] = {}
        self._runs: dict[ConnectionId, Run] = {}
        self._last = 0
        self.up = True
        self._registry = self._new()
        self._tick()

    def _new(self) -> Registry:
        return Registry(Limits(), self._rng)

    def announce(self, run: Run, announce: m.Announce) -> None:
        """A peer has something to say, now and whenever the tracker comes back."""
        self._announced[run] = announce
        if self.up:
            self._network.after(LATENCY, self._take, run)
        else:
            self._network.after(LATENCY, run.happened, e.TrackerDown(TRACKER, "it does not answer"))

    def _take(self, run: Run) -> None:
        if not (self.up and run.alive):
            return
        number = self._by_run.get(run)
        if number is None:
            self._last += 1
            number = self._by_run[run] = ConnectionId(self._last)
            self._runs[number] = run
            self._perform(self._registry.connected(number, run.address, self._network.now))
        self._perform(self._registry.received(number, self._announced[run], self._network.now))

    def lost(self, run: Run) -> None:
        """A peer is gone."""
        self._announced.pop(run, None)
        number = self._by_run.pop(run, None)
        if number is not None:
            del self._runs[number]
            self._registry.lost(number, self._network.now)

    def die(self, seconds: float) -> None:
        """Down for so long."""
        self.up = False
        for run in list(self._by_run):
            self._network.after(LATENCY, run.happened, e.TrackerDown(TRACKER, "it closed the connection"))
        self._by_run, self._runs = {}, {}
        self._network.after(seconds, self._come_back)

    def _come_back(self) -> None:
        self._registry = self._new()
        self.up = True
        for run in list(self._announced):
            self._network.after(self._rng.uniform(0, 5), self._take, run)

    def _tick(self) -> None:
        now = self._network.now
        for number in list(self._runs):
            if self._rng.random() < 1 / PING_EVERY:
                self._perform(self._registry.received(number, m.Ping(1), now))
        self._perform(self._registry.tick(now))
        self._network.after(1.0, self._tick)

    def _perform(self, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Close):
                run = self._runs.pop(effect.connection, None)
                if run is not None:
                    self._by_run.pop(run, None)
                continue
            event = self._event(effect.message)
            for number in effect.to if event is not None else ():
                if (run := self._runs.get(number)) is not None:
                    self._network.after(LATENCY, run.happened, event)

    def _event(self, message: m.TrackerMessage) -> e.TrackerEvent | None:
        match message:
            case m.Members(_, entries, seen):
                return e.TrackerUp(TRACKER, entries, seen)
            case m.Joined(entry):
                return e.MemberJoined(TRACKER, entry)
            case m.Left(handle):
                return e.MemberLeft(TRACKER, handle)
            case m.Refused(reason, wait):
                return e.TrackerRefused(TRACKER, reason, wait)
        return None
