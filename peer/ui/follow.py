"""Following somebody: the canvas shows what they see, until one moves it oneself.

Rule: looks at people and presences, and moves the camera and nothing else. A camera that is not where it was put has
been moved by one's own hand. Who follows shows no view of their own, so that nobody is led in a circle.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from time import monotonic
from typing import Final, NamedTuple, Self

from PyQt6.QtCore import QObject, Qt, QTimer, pyqtSignal

from p2psketch.geometry import Rect
from p2psketch.ids import PeerId
from p2psketch.views import CONNECTING, DIRECT, LOST, RELAYED, PersonView
from peer.board import Board
from peer.ui.camera import Camera
from peer.ui.canvas import Canvas
from peer.ui.look import motion

GLIDE: Final = 0.1
"""Seconds from one known view to the next."""

_FRAME: Final = 16
_REACHED: Final = (DIRECT, RELAYED)

NO_VIEW: Final = "{} has no view of their own to follow."
GONE: Final = "{} is gone: you follow nobody now."
LEFT: Final = "They have just left."
"""To a click on somebody who is shown for a moment longer than they are here."""
UNREACHED: Final = {CONNECTING: "There is no link to {} yet.", LOST: "{} cannot be reached now."}


class Look(NamedTuple):
    """Where a camera looks."""

    x: float
    y: float
    zoom: float

    @classmethod
    def of(cls, camera: Camera) -> Self:
        """Where this one does."""
        return cls(camera.x, camera.y, camera.zoom)

    def towards(self, goal: "Look", part: float) -> "Look":
        """A look `part` (0…1) of the way to another one; zooming by equal factors in equal times."""
        return Look(
            self.x + (goal.x - self.x) * part,
            self.y + (goal.y - self.y) * part,
            self.zoom * (goal.zoom / self.zoom) ** part,
        )


class Following(QObject):
    """Signals: changed() when it begins, ends, or is of somebody called otherwise; said(str) with what there is to say
    when it cannot begin, or ends though nobody here wanted it to.

    Tell it of changes through `pointed` and `people_changed`.
    """

    changed = pyqtSignal()
    said = pyqtSignal(str)

    def __init__(self, board: Board, canvas: Canvas, clock: Callable[[], float] = monotonic) -> None:
        super().__init__(canvas)
        self._board = board
        self._canvas = canvas
        self._clock = clock
        self.person: PersonView | None = None
        self._put = self._from = self._goal = Look.of(canvas.camera)
        self._since, self._size = 0.0, (0.0, 0.0)
        self._frames = QTimer(self)
        self._frames.setInterval(_FRAME)
        self._frames.setTimerType(Qt.TimerType.PreciseTimer)
        self._frames.timeout.connect(self.step)
        canvas.moved.connect(self._judge)

    @property
    def peer(self) -> PeerId | None:
        """Who is followed."""
        return self.person.peer if self.person is not None else None

    def toggle(self, peer: PeerId) -> None:
        """Follow somebody, or nobody any more if it is them."""
        if peer == self.peer:
            self.stop()
        else:
            self._start(next((person for person in self._board.people() if person.peer == peer), None))

    def _start(self, person: PersonView | None) -> None:
        if person is None:
            self.said.emit(LEFT)
            return
        if person.state not in _REACHED or self._view(person.peer) is None:
            self.said.emit(UNREACHED.get(person.state, NO_VIEW).format(person.name))
            return
        self.person = person
        self._canvas.lead(on=False)
        self._aim()
        self.changed.emit()

    def stop(self) -> None:
        """Look for oneself again, from here."""
        if self.person is not None:
            self.person = None
            self._frames.stop()
            self._canvas.lead(on=True)
            self.changed.emit()

    def pointed(self, peers: Collection[PeerId]) -> None:
        """These people may see something else."""
        if self.person is None or self.person.peer not in peers:
            return
        if self._view(self.person.peer) is not None:
            self._aim()
        else:
            self.people_changed(self._board.people())
            self._give_up(NO_VIEW)

    def people_changed(self, people: Sequence[PersonView]) -> None:
        """Names, colours or links have changed."""
        now = next((person for person in people if person.peer == self.peer), None)
        if now is None or now.state not in _REACHED:
            self._give_up(GONE)
        elif self.person is not None and (now.name, now.color) != (self.person.name, self.person.color):
            self.person = now
            self.changed.emit()

    def _give_up(self, why: str) -> None:
        if (person := self.person) is not None:
            self.stop()
            self.said.emit(why.format(person.name))

    # -- the camera --------------------------------------------------------------------------------

    def _view(self, peer: PeerId) -> Rect | None:
        presence = self._board.presences.pointers.get(peer)
        return Rect(*presence.viewport) if presence is not None and presence.viewport is not None else None

    def _aim(self) -> None:
        """Set out for what they see now."""
        if self.person is None or (view := self._view(self.person.peer)) is None:
            return
        aimed = replace(self._canvas.camera)
        aimed.show(view)
        self._put = self._from = Look.of(self._canvas.camera)
        self._goal, self._since, self._size = Look.of(aimed), self._clock(), (aimed.width, aimed.height)
        if motion(self._canvas):
            self._frames.start()
        else:
            self._look(self._goal)

    def step(self) -> None:
        """One frame of the motion."""
        part = min((self._clock() - self._since) / GLIDE, 1.0)
        if part == 1:
            self._frames.stop()
        self._look(self._from.towards(self._goal, part) if part < 1 else self._goal)

    def _look(self, look: Look) -> None:
        def move(camera: Camera) -> None:
            camera.x, camera.y, camera.zoom = self._put = look

        self._canvas.move_camera(move)

    def _judge(self) -> None:
        """The canvas shows something else: by one's own hand, or because it has another size now."""
        if self.person is None:
            return
        if Look.of(self._canvas.camera) != self._put:
            self.stop()
        elif (self._canvas.camera.width, self._canvas.camera.height) != self._size:
            self._aim()
