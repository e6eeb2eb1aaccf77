"""The network thread, as the Qt thread uses it; bridges at work are in test_app.py and in the windows' tests."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from itertools import islice, pairwise
from typing import Any

import pytest
from PyQt6.QtCore import QEvent, QObject, QTimer
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from p2psketch import effects as e
from peer.bridge import FRAME, Bridge, NetworkThread

PATIENCE = 15.0


@pytest.fixture
def thread() -> Iterator[NetworkThread]:
    thread = NetworkThread()
    yield thread
    thread.stop()


async def where() -> str:
    await asyncio.sleep(0)
    return threading.current_thread().name


async def wrong() -> None:
    raise ValueError("wrong")


def test_what_is_asked_before_there_is_a_loop_waits_for_it_in_order(thread: NetworkThread) -> None:
    done: list[int] = []
    for number in range(3):
        thread.call(done.append, number)
    future = thread.do(where())
    thread.start()
    thread.call(done.append, 3)
    assert future.result(PATIENCE) == "network"
    assert thread.do(where()).result(PATIENCE) == "network"
    assert done == [0, 1, 2, 3]


def test_first_of_all_it_does_what_it_was_given() -> None:
    done: list[str] = []
    thread = NetworkThread(lambda: done.append(threading.current_thread().name))
    thread.start()
    thread.do(where()).result(PATIENCE)
    assert done == ["network"]
    thread.stop()


def test_what_goes_wrong_is_told_to_who_asked(thread: NetworkThread) -> None:
    thread.start()
    with pytest.raises(ValueError, match="wrong"):
        thread.do(wrong()).result(PATIENCE)


def test_stop_ends_it_and_what_is_asked_afterwards_is_not_done(thread: NetworkThread) -> None:
    thread.stop()
    assert not thread.is_alive(), "it was never started"
    thread.start()
    thread.stop()
    assert not thread.is_alive()
    thread.call(pytest.fail, "too late")


# Events on their way to the Qt thread


class Teller:
    """In place of a node: it tells what it is asked to."""

    port = 1

    def __init__(self, sink: Callable[[e.Event], None], backlog: Callable[[], int]) -> None:
        self.tell = sink
        self.backlog = backlog

    async def start(self) -> None:
        pass

    def perform(self, effects: Any) -> None:
        for event in effects:
            self.tell(event)

    async def close(self) -> None:
        pass


class Glass(QWidget):
    """Takes so many seconds to paint, and has what follows in the Qt loop called `next`."""

    def __init__(self, did: list[str], seconds: float) -> None:
        super().__init__()
        self._did = did
        self._seconds = seconds

    def paintEvent(self, event: QEvent | None) -> None:
        self._did.append("painted")
        until = time.perf_counter() + self._seconds
        while time.perf_counter() < until:
            pass
        QTimer.singleShot(0, lambda: self._did.append("next"))


@pytest.fixture
def bridge(thread: NetworkThread, qtbot: QtBot) -> Iterator[Bridge]:
    parent = QObject()
    bridge = Bridge(Teller, thread, parent)  # type: ignore[arg-type]
    thread.start()
    yield bridge
    bridge.close()


def event(number: int) -> e.Event:
    return e.HoldersStored(str(number))


def tell(bridge: Bridge, first: int, count: int) -> None:
    """Have events told; returns when they have been."""
    told = threading.Event()
    bridge.perform([event(number) for number in range(first, first + count)])  # type: ignore[misc]
    bridge._thread.call(told.set)
    assert told.wait(PATIENCE)


def test_events_keep_their_order_and_are_taken_in_every_other_turn_of_the_loop_at_most(
    bridge: Bridge, qtbot: QtBot
) -> None:
    taken: list[e.Event] = []
    turns: list[int] = []
    rounds = [0]

    def receive(events: Iterator[e.Event], seconds: float) -> None:
        turns.append(rounds[0])
        taken.extend(islice(events, 5))
        if len(taken) % 10 == 0 and len(taken) < 600:  # others come while the last one is taken
            tell(bridge, len(taken), 10)

    def count_rounds() -> None:
        rounds[0] += 1

    clock = QTimer()
    clock.timeout.connect(count_rounds)
    clock.start(0)
    bridge.start(receive)
    tell(bridge, 0, 10)
    qtbot.waitUntil(lambda: len(taken) == 600, timeout=15_000)
    assert taken == [event(number) for number in range(600)]
    assert all(later - earlier > 1 for earlier, later in pairwise(turns))


@pytest.fixture
def taking(bridge: Bridge, qtbot: QtBot) -> list[str]:
    """What was done in the Qt thread, once the bridge is open."""
    did: list[str] = []

    def receive(events: Iterator[e.Event], seconds: float) -> None:
        did.extend("took" for _ in islice(events, 1))

    with qtbot.waitSignal(bridge.started, timeout=15_000):
        bridge.start(receive)
    return did


@pytest.mark.parametrize("at_once", [True, False])
def test_what_is_due_to_be_painted_comes_before_events(
    bridge: Bridge, taking: list[str], qtbot: QtBot, at_once: bool
) -> None:
    """Also what becomes due in the turn of the loop in which they would be taken; then they wait for another."""
    glass = Glass(taking, 4 * FRAME)
    qtbot.addWidget(glass)
    with qtbot.waitExposed(glass):
        glass.show()
    qtbot.waitUntil(lambda: "next" in taking)
    taking.clear()
    tell(bridge, 0, 1)
    if at_once:
        glass.update()
    else:
        QTimer.singleShot(0, glass.update)
    qtbot.waitUntil(lambda: "took" in taking)
    assert taking[: 2 if at_once else 3] == (["painted", "took"] if at_once else ["painted", "next", "took"])


def test_painting_without_end_does_not_keep_events_from_being_taken(
    bridge: Bridge, taking: list[str], qtbot: QtBot
) -> None:
    glass = Glass(taking, 4 * FRAME)
    qtbot.addWidget(glass)
    again = QTimer()
    again.timeout.connect(glass.update)
    again.start(0)
    glass.show()
    tell(bridge, 0, 50)
    qtbot.waitUntil(lambda: taking.count("took") == 50, timeout=15_000)
    assert taking.count("painted") >= 25
