"""Boards to put into a window: real ones, with a real session and nobody at the other end."""

import os
import random
from collections.abc import Callable, Sequence

from p2psketch.effects import NetworkEffect
from p2psketch.ids import PeerId
from p2psketch.keys import Identity, RoomKeys
from p2psketch.messages import Person
from p2psketch.session import Launch, Session
from p2psketch.views import PersonView, Status
from peer.board import Board
from peer.tools.style import PALETTE

VIEW_LINK = "p2psketch://192.168.1.20:27700/Roof#AQJub3QtYSB2aWV3LWtleQ"
LINK = "p2psketch://192.168.1.20:27700/Roof#AQFub3QtYS1rZXk"

NAMES = "Ana Bo Cem Dee Eli Fay Gus Hal Ida Jon Kim Lou".split()

QUIET = Status({"192.168.1.20:27700": None}, 0, 0, 0, None, open_room=False, saved=True, peers_with_latest=0)


class NoTimer:
    """Time stands still."""

    def start(self, seconds: float, call: Callable[[], None]) -> None:
        """Never calls."""

    def stop(self) -> None:
        """Nothing to stop."""


class Alone(Board):
    """A board whose people and status a test may set; `view_only`: as who holds the view link has it."""

    def __init__(
        self, name: str = "Roof", links: Sequence[tuple[str, str]] = (("edit", LINK),), *, view_only: bool = False
    ) -> None:
        launch = Launch(Identity.generate(os.urandom), Person("Zoe", 0xE03131), Identity.generate(os.urandom))
        room = self.editors_keys = RoomKeys.from_edit_secret(os.urandom(32))
        if view_only:
            room, links = RoomKeys.from_view_secret(room.view_secret, room.edit_public), (("view", VIEW_LINK),)
        self.sent: list[NetworkEffect] = []
        super().__init__(Session(room, launch, random.Random(1), os.urandom), name, self.sent.extend, NoTimer(), links)
        self.set_name = ""
        self.set_people: list[PersonView] | None = None
        self.set_status: Status | None = None

    @property
    def name(self) -> str:
        return self.set_name or super().name

    def people(self) -> list[PersonView]:
        return super().people() if self.set_people is None else self.set_people

    def status(self) -> Status:
        return super().status() if self.set_status is None else self.set_status

    def draw(self, *points: tuple[float, float]) -> None:
        """One stroke."""
        self.begin_draft({"kind": "stroke", "color": 0xE03131, "width": 4.0})
        self.extend_draft(points or [(0.0, 0.0), (50.0, 50.0)])
        self.finish_draft()


def somebody(name: str, state: str = "direct", rtt: float | None = None, number: int = 0) -> PersonView:
    """A person as the board would show them."""
    peer = PeerId(bytes([number]) + name.encode().ljust(31, b"."))
    return PersonView(peer, name, PALETTE[1 + number % 10], state, "10.0.0.7:40000", rtt)


def crowd(many: int) -> list[PersonView]:
    """Oneself and so many others."""
    others = [somebody(f"{NAMES[n % 12]}{n // 12 or ''}", "direct", 3.0 + n, n) for n in range(many)]
    return [somebody("Zoe", "you", number=200), *others]
