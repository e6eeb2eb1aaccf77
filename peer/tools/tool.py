"""What every tool is, and the little it knows of its surroundings.

Rule: a tool turns pointers into what the board is asked to do. It never paints and never sends; while a gesture goes on
it says what should be seen of it (`line`, `fading`, `cutting`), and the canvas looks.

A gesture is a press, moves, and a release, which keeps what was done, or a cancel, which leaves no trace of it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeAlias

from p2psketch.cuts import Cut
from p2psketch.ids import ShapeId
from p2psketch.ops import Edit

Ranges: TypeAlias = Sequence[tuple[float, float]]
"""Parts of a stroke, from where to where along its points: 3.5 is halfway from point 3 to point 4."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where a pointer is: on the board, in pixels of the board, and on the screen, in those of the canvas.

    `pressure` is 0…1, or None where the device has none; `time` in seconds, of any beginning.
    """

    x: float
    y: float
    screen_x: float
    screen_y: float
    pressure: float | None = None
    time: float = 0.0
    shift: bool = False
    ctrl: bool = False
    alt: bool = False


@dataclass(slots=True)
class Line:
    """A stroke under the pointer. `points` only grow, and each has its pressure, or none has; `tip` is what comes after
    them if the stroke ends now.
    """

    color: int
    width: float
    nib: str | None = None
    points: list[tuple[float, float]] = field(default_factory=list)
    pressure: list[float] | None = None
    tip: list[tuple[float, float]] = field(default_factory=list)
    tip_pressure: list[float] | None = None


class Board(Protocol):
    """What tools ask of the board."""

    def edit(self, edit: Edit) -> None: ...
    def begin_draft(self, fields: Mapping[str, Any]) -> None: ...
    def extend_draft(self, points: Sequence[tuple[float, float]], pressure: Sequence[float] | None = None) -> None: ...
    def finish_draft(self) -> None: ...
    def cancel_draft(self) -> None: ...


class Surface(Protocol):
    """What tools ask of the canvas."""

    @property
    def zoom(self) -> float:
        """Pixels of the screen per pixel of the board."""

    def find(self, start: tuple[float, float], end: tuple[float, float], radius: float) -> list[ShapeId]:
        """The shapes whose ink comes within `radius` board pixels of the segment `start`-`end`."""

    def rub(
        self, start: tuple[float, float], end: tuple[float, float], radius: float
    ) -> Iterable[tuple[ShapeId, Ranges]]:
        """The parts of shapes whose ink comes within `radius` of that segment; one shape may come more than once."""

    def pan(self, dx: float, dy: float) -> None:
        """Move the board under the canvas by pixels of the screen."""


class Tool:
    """Does nothing with anything; the others say what they do differently."""

    name: str = ""

    @property
    def busy(self) -> bool:
        """Is a gesture going on?"""
        return False

    @property
    def line(self) -> Line | None:
        """The stroke to be seen under the pointer."""
        return None

    @property
    def fading(self) -> Collection[ShapeId]:
        """Shapes that will be gone if the gesture is kept."""
        return ()

    @property
    def cutting(self) -> Mapping[ShapeId, Cut]:
        """What will be gone of shapes if the gesture is kept."""
        return {}

    def press(self, pointer: Pointer) -> None:
        """Begin a gesture."""

    def move(self, pointer: Pointer) -> None:
        """Go on with it; without one, the pointer only hovers."""

    def release(self, pointer: Pointer) -> None:
        """End the gesture and keep what it did."""

    def key(self, name: str) -> bool:
        """A key during the gesture, by its name; says whether it meant anything."""
        return False

    def cancel(self) -> None:
        """End the gesture as if it had never begun."""


PEN: Final = "pen"
HIGHLIGHTER: Final = "highlighter"
ERASER: Final = "eraser"
HAND: Final = "hand"
