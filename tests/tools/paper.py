"""A board that remembers what tools asked of it, and a surface with strokes lying about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from p2psketch.ids import PeerId, ShapeId
from p2psketch.ops import Edit
from peer.tools.tool import Pointer

ME = PeerId(bytes(32))


def shape(number: int) -> ShapeId:
    return ShapeId(ME, number, 0)


def at(x: float, y: float, **more: Any) -> Pointer:
    """A pointer on a canvas that shows the board at 100 % from its origin on."""
    return Pointer(x, y, x, y, **more)


@dataclass
class Paper:
    """Stands for the board."""

    edits: list[Edit] = field(default_factory=list)
    begun: list[dict[str, Any]] = field(default_factory=list)
    drawn: list[tuple[float, float]] = field(default_factory=list)
    pressed: list[float] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)

    def edit(self, edit: Edit) -> None:
        self.edits.append(edit)

    def begin_draft(self, fields: Mapping[str, Any]) -> None:
        self.begun.append(dict(fields))

    def extend_draft(self, points: Sequence[tuple[float, float]], pressure: Sequence[float] | None = None) -> None:
        self.drawn += points
        self.pressed += pressure or []

    def finish_draft(self) -> None:
        self.ends.append("finished")

    def cancel_draft(self) -> None:
        self.ends.append("cancelled")


@dataclass
class Table:
    """Stands for the canvas. Strokes are upright lines, by their x."""

    strokes: dict[float, ShapeId] = field(default_factory=dict)
    zoom: float = 1.0
    moved: list[tuple[float, float]] = field(default_factory=list)
    asked: list[float] = field(default_factory=list)

    def find(self, start: tuple[float, float], end: tuple[float, float], radius: float) -> list[ShapeId]:
        self.asked.append(radius)
        left, right = sorted((start[0], end[0]))
        return [found for x, found in self.strokes.items() if left - radius <= x <= right + radius]

    def rub(
        self, start: tuple[float, float], end: tuple[float, float], radius: float
    ) -> list[tuple[ShapeId, list[tuple[float, float]]]]:
        """Strokes have a point at every whole y from 0 on."""
        low, high = sorted((start[1], end[1]))
        return [(found, [(low - radius, high + radius)]) for found in self.find(start, end, radius)]

    def pan(self, dx: float, dy: float) -> None:
        self.moved.append((dx, dy))
