"""Somebody else on a board: what they draw, point at and begin arrives as it would over a link."""

import math
import os
import random
import time

from p2psketch import effects as e
from p2psketch import ink
from p2psketch.ids import PeerId, ShapeId
from p2psketch.keys import Identity
from p2psketch.messages import CANCELLED, ENDED, GOING, Draft, Person, Presence
from p2psketch.ops import Edit
from p2psketch.presence import Presences
from p2psketch.session import Launch, Session
from p2psketch.shapes import Value
from p2psketch.views import PersonView
from tests.ui.boards import Alone


def stroke(*points: tuple[float, float], **more: Value) -> dict[str, Value]:
    """The fields of a stroke."""
    return {"kind": "stroke", "color": 0xE03131, "width": 4.0, "points": ink.encode(points)} | more


class Somebody:
    """A session of their own, whose ops go straight into the board."""

    def __init__(self, board: Alone, name: str = "Ana", color: int = 0x2F9E44) -> None:
        launch = Launch(Identity.generate(os.urandom), Person(name, color), Identity.generate(os.urandom))
        self.session = Session(board.editors_keys, launch, random.Random(2), os.urandom)
        self.board = board
        self.peer: PeerId = self.session.me
        self._number = 0
        self._told = 0
        board.set_people = [*board.people(), PersonView(self.peer, name, color, "direct")]

    def commit(self, *shapes: dict[str, Value]) -> list[ShapeId]:
        """Draw shapes, all in one op."""
        return self.edit(Edit(tuple(enumerate(shapes))))

    def edit(self, edit: Edit) -> list[ShapeId]:
        """Change something; says which shapes are theirs now."""
        self.session.commit(edit, 0)
        chunks = [effect.chunk for effect in self.session.seal(math.inf) if isinstance(effect, e.Persist)]
        self.board.receive([e.Stored(chunk) for chunk in chunks])
        return [shape.id for shape in self.session.document.visible()]

    @property
    def _presences(self) -> Presences:
        return self.board.presences

    def point(self, cursor: tuple[float, float] | None) -> None:
        """Point somewhere, or nowhere."""
        self._presences.point(Presence(self.peer, cursor, None, "pen"), time.monotonic())
        self._tell()

    def look(self, view: tuple[float, float, float, float] | None) -> None:
        """See this part of the board, or show no view any more."""
        self._presences.point(Presence(self.peer, None, view, "pen"), time.monotonic())
        self._tell()

    def begin(self, *points: tuple[float, float], color: int = 0xE03131, **more: Value) -> None:
        """Begin to draw."""
        self._number, self._told = self._number + 1, 0
        self.go_on(*points, fields={"kind": "stroke", "color": color, "width": 4.0} | more)

    def go_on(self, *points: tuple[float, float], fields: dict[str, Value] | None = None) -> None:
        """Draw on."""
        draft = Draft(self.peer, self._number, self._told, fields, ink.encode(points), GOING)
        self._told += len(points)
        self._presences.draft(draft, time.monotonic())
        self._tell()

    def end(self, *, cancelled: bool = False) -> None:
        """Lift the pen."""
        state = CANCELLED if cancelled else ENDED
        self._presences.draft(Draft(self.peer, self._number, 0, None, b"", state), time.monotonic())
        self._tell()

    def _tell(self) -> None:
        self.board._peers.add(self.peer)
        self.board._tell()
