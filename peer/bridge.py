"""The one bridge between the Qt thread and the network thread.

Rule: only frozen values cross. The Qt thread owns the board and its session; the network thread
runs stock asyncio and owns sockets, links and the board file. A turn of the Qt loop takes at most
2 ms of events, so that painting and the pointer always come through.
"""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import Future
from random import Random
from typing import Any, Final, TypeVar

from PyQt6.QtCore import QObject, Qt, QTimer, pyqtSignal

from p2psketch.address import Address
from p2psketch.effects import Event, NetworkEffect
from p2psketch.errors import SketchError
from peer.node import Node, Place
from peer.transport import Credentials

log = logging.getLogger(__name__)

TURN: Final = 0.002
"""Seconds of events in one turn of the Qt loop."""
STOP_WITHIN: Final = 4.0

T = TypeVar("T")


class QtTimer:
    """A `board.Timer` of the Qt loop."""

    def __init__(self, parent: QObject) -> None:
        self._call: Callable[[], None] = lambda: None
        self._timer = QTimer(parent)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._fire)

    def start(self, seconds: float, call: Callable[[], None]) -> None:
        """Call after so many seconds, in place of what was to be called."""
        self._call = call
        self._timer.start(round(seconds * 1000))

    def stop(self) -> None:
        """Do not call."""
        self._timer.stop()

    def _fire(self) -> None:
        self._call()


class NetworkThread(threading.Thread):
    """An asyncio loop of its own. `call` and `run` may be used from any thread, until `stop`."""

    def __init__(self) -> None:
        super().__init__(name="network", daemon=True)
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended: asyncio.Event

    def run(self) -> None:
        """The thread's life."""
        asyncio.run(self._live())

    async def _live(self) -> None:
        self._ended = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._ready.set()
        await self._ended.wait()

    def call(self, function: Callable[..., object], *arguments: object) -> None:
        """Call in the loop, soon; calls keep their order."""
        self._ready.wait()
        assert self._loop is not None
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(function, *arguments)

    def do(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Run a coroutine in the loop; a future for whoever wants to wait."""
        self._ready.wait()
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def stop(self) -> None:
        """End the loop and the thread."""
        self.call(lambda: self._ended.set())
        self.join(STOP_WITHIN)


class Bridge(QObject):
    """One node in the network thread, and what it tells. Signals: failed(str) if the board cannot be opened,
    started(int) with the port it listens on.

    Give `perform` to the board, and the board's `receive` to `start`.
    """

    failed = pyqtSignal(str)
    started = pyqtSignal(int)
    _woken = pyqtSignal()

    def __init__(self, credentials: Credentials, place: Place, thread: NetworkThread, parent: QObject) -> None:
        super().__init__(parent)
        self._thread = thread
        self._events: deque[Event] = deque()
        self._receive: Callable[[Iterator[Event], float], None]
        self._node = Node(credentials, place, self._arrived, Random(), lambda: len(self._events))
        self._woken.connect(self._turn)

    def start(self, receive: Callable[[Iterator[Event], float], None]) -> None:
        """Open the board and begin to listen."""
        self._receive = receive
        self._thread.do(self._start())

    async def _start(self) -> None:
        try:
            await self._node.start()
        except SketchError as error:
            self.failed.emit(str(error))
        else:
            self.started.emit(self._node.port)

    def perform(self, effects: Sequence[NetworkEffect]) -> None:
        """Hand effects to the network thread, in order."""
        self._thread.call(self._node.perform, effects)

    def add_tracker(self, address: Address) -> None:
        """Announce ourselves at one more tracker."""
        self._thread.call(self._node.add_tracker, address)

    def close(self) -> None:
        """Flush the links, close the board file; returns when that is done, or after four seconds."""
        done = self._thread.do(self._node.close())
        try:
            done.result(STOP_WITHIN)
        except TimeoutError:
            log.warning("the links did not close in time")
        self._events.clear()

    def _arrived(self, event: Event) -> None:
        """In the network thread: something happened."""
        self._events.append(event)
        if len(self._events) == 1:
            self._woken.emit()

    def _turn(self) -> None:
        """In the Qt thread: as many events as fit in a turn."""
        self._receive(self._drain(), TURN)
        if self._events:
            QTimer.singleShot(0, self._turn)

    def _drain(self) -> Iterator[Event]:
        while self._events:
            yield self._events.popleft()
