"""The one bridge between the Qt thread and the network thread.

Rule: only frozen values cross. The Qt thread owns the board and its session; the network thread
runs stock asyncio and owns sockets, links and the board file. A turn of the Qt loop takes at most
2 ms of events, or one that takes longer, and takes them last of all: the pointer, and what is due to
be painted, come first.

asyncio and all that goes with it is imported in the network thread: the first picture needs none of it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from PyQt6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, pyqtSignal

from p2psketch.errors import SketchError

if TYPE_CHECKING:
    import asyncio
    from concurrent.futures import Future

    from p2psketch.effects import Event, NetworkEffect
    from peer.node import Node
    from peer.telling import Sink

log = logging.getLogger(__name__)

TURN: Final = 0.002
"""Seconds of events in one turn of the Qt loop."""
LAST: Final = -2
"""The priority of a turn, of all that is posted to the Qt loop: below that of painting, `LowEventPriority`."""
FRAME: Final = 0.0005
"""Seconds of painting that are a turn's share of work."""
WAITS: Final = 2
WAITS_LONGEST: Final = 3
"""Turns of the loop: in every second one events are taken, or, if there is a frame in that, in the third."""
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
    """An asyncio loop of its own. `call` and `do` may be used from any thread, until `stop`; what comes before there is
    a loop waits for it. `first` is called in the thread before that.
    """

    def __init__(self, first: Callable[[], object] = lambda: None) -> None:
        super().__init__(name="network", daemon=True)
        self._first = first
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._early: list[Callable[[], object]] = []
        self._doing: set[asyncio.Task[Any]] = set()
        self._ended: asyncio.Event

    def run(self) -> None:
        """The thread's life."""
        import asyncio

        self._first()
        asyncio.run(self._live())

    async def _live(self) -> None:
        import asyncio

        self._ended = asyncio.Event()
        with self._lock:
            self._loop = asyncio.get_running_loop()
            for call in self._early:
                self._loop.call_soon(call)
        await self._ended.wait()

    def call(self, function: Callable[..., object], *arguments: object) -> None:
        """Call in the loop, soon; calls keep their order."""
        with self._lock:
            if self._loop is None:
                self._early.append(partial(function, *arguments))
            elif not self._loop.is_closed():
                self._loop.call_soon_threadsafe(function, *arguments)

    def do(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Run a coroutine in the loop; a future for whoever wants to wait."""
        from concurrent.futures import Future

        future: Future[T] = Future()
        self.call(self._do, work, future)
        return future

    def _do(self, work: Coroutine[Any, Any, T], future: Future[T]) -> None:
        """In the network thread: begin, and remember what is being done until it is."""
        assert self._loop is not None
        task = self._loop.create_task(work)
        self._doing.add(task)
        task.add_done_callback(partial(self._done, future))

    def _done(self, future: Future[T], task: asyncio.Task[T]) -> None:
        self._doing.discard(task)
        if task.cancelled():
            future.cancel()
        elif (error := task.exception()) is not None:
            future.set_exception(error)
        else:
            future.set_result(task.result())

    def stop(self) -> None:
        """End the loop and the thread, if it was started."""
        if self.ident is not None:
            self.call(lambda: self._ended.set())
            self.join(STOP_WITHIN)


class Bridge(QObject):
    """One node in the network thread, and what it tells. Signals: failed(str) if the board cannot be opened,
    started(int) with the port it listens on.

    Give `perform` to the board, and the board's `receive` to `start`. `make` makes the node, in the network thread;
    what is to be performed before the node is open waits until it is.
    """

    failed = pyqtSignal(str)
    started = pyqtSignal(int)

    def __init__(self, make: Callable[[Sink, Callable[[], int]], Node], thread: NetworkThread, parent: QObject) -> None:
        super().__init__(parent)
        self._make = make
        self._thread = thread
        self._events: deque[Event] = deque()
        self._lock = threading.Lock()
        self._is_due = False
        """Is a turn on its way? Two at a time would take twice as long."""
        self._passed = WAITS - 1
        """Turns of the loop since events were taken."""
        self._receive: Callable[[Iterator[Event], float], None]
        self._starting: Future[None] | None = None
        self._node: Node | None = None
        self._is_open = self._leaves = False
        self._early: list[Sequence[NetworkEffect]] = []

    def start(self, receive: Callable[[Iterator[Event], float], None]) -> None:
        """Open the board and begin to listen, as soon as the network thread runs."""
        self._receive = receive
        self._starting = self._thread.do(self._start())

    async def _start(self) -> None:
        node = self._node = self._make(self._arrived, lambda: len(self._events))
        try:
            await node.start()
        except SketchError as error:
            self.failed.emit(str(error))
            return
        self._is_open = True
        early, self._early = self._early, []
        for effects in early:
            node.perform(effects)
        self.started.emit(node.port)

    def perform(self, effects: Sequence[NetworkEffect]) -> None:
        """Hand effects to the network thread, in order."""
        self._thread.call(self._perform, effects)

    def _perform(self, effects: Sequence[NetworkEffect]) -> None:
        if self._node is not None and self._is_open:
            self._node.perform(effects)
        else:
            self._early.append(effects)

    def sync(self) -> Future[None]:
        """Have all that was handed over written to the board file; for whoever wants to wait, in another thread."""
        return self._thread.do(self._sync())

    async def _sync(self) -> None:
        if self._node is not None and self._is_open:
            self._node.sync()

    def close(self) -> bool:
        """Flush the links, close the board file; returns when that is done, or after four seconds. Is it done?"""
        if self._starting is None:
            return True
        self._leaves = True
        done = self._thread.do(self._close(self._starting))
        try:
            done.result(STOP_WITHIN)
        except TimeoutError:
            log.warning("the links did not close in time")
            return False
        finally:
            self._events.clear()
        return True

    async def _close(self, starting: Future[None]) -> None:
        import asyncio

        await asyncio.wait([asyncio.wrap_future(starting)])
        if self._node is not None:
            await self._node.close()

    def _arrived(self, event: Event) -> None:
        """In the network thread: something happened."""
        if self._leaves:
            return  # nobody takes it any more, and whoever reads the file is not to wait for that
        self._events.append(event)
        self._turn_soon()

    def _turn_soon(self) -> None:
        """From either thread."""
        with self._lock:
            is_due, self._is_due = self._is_due, True
        if not is_due:
            QCoreApplication.postEvent(self, QEvent(QEvent.Type.User), LAST)

    def _turn(self) -> None:
        """In the Qt thread: as many events as fit in a turn; but not in two turns of the loop one after the other, nor
        right after a frame: in between comes what hands do, and what the events have brought is made ready to be seen.
        """
        self._is_due = False  # what comes from now on is for another turn
        self._passed += 1
        if self._passed >= (WAITS_LONGEST if self._has_painted() else WAITS):
            self._receive(self._drain(), TURN)
            self._passed = 0 if self._events else WAITS - 1
        if self._events:
            self._turn_soon()

    def _has_painted(self) -> bool:
        """Paint what is due by now."""
        begun = time.perf_counter()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.UpdateRequest.value)
        return time.perf_counter() - begun > FRAME

    def _drain(self) -> Iterator[Event]:
        while self._events:
            yield self._events.popleft()

    def customEvent(self, event: QEvent | None) -> None:
        self._turn()
