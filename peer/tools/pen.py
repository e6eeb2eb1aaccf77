"""The pen and the highlighter: a press makes a dot, a drag a stroke. Others see it grow; released, it is one op."""

from math import hypot
from typing import Any, Final

from p2psketch.shapes import HIGHLIGHTER as HIGHLIGHTER_NIB
from p2psketch.shapes import STROKE
from peer.tools.pressing import Pressing
from peer.tools.smoothing import Smoothed, Smoother, reach_of
from peer.tools.style import InkStyle, Pressure
from peer.tools.tool import HIGHLIGHTER, PEN, Board, Line, Pointer, Tool

_GRID: Final = 16
"""Ink is stored in sixteenths of a pixel."""

_LEVELS: Final = 255
"""Pressure is stored in so many steps."""


class Pen(Tool):
    """Idle, or drawing a line in the style that was chosen at the press."""

    name = PEN
    nib: str | None = None

    def __init__(self, board: Board, style: InkStyle) -> None:
        self._board = board
        self._style = style
        self._drawing: _Drawing | None = None

    @property
    def busy(self) -> bool:
        return self._drawing is not None

    @property
    def line(self) -> Line | None:
        return self._drawing.line if self._drawing is not None else None

    def press(self, pointer: Pointer) -> None:
        drawing = self._drawing = _Drawing(self._board, self._begun(pointer), self._style, pointer)
        line = drawing.line
        fields: dict[str, Any] = {"kind": STROKE, "color": line.color, "width": line.width}
        self._board.begin_draft(fields if line.nib is None else {**fields, "nib": line.nib})
        drawing.add(pointer)

    def move(self, pointer: Pointer) -> None:
        if self._drawing is not None:
            self._drawing.add(pointer)

    def release(self, pointer: Pointer) -> None:
        if self._drawing is not None:
            self._drawing.add(pointer, lifting=True)
            self._drawing.finish()
            self._board.finish_draft()
            self._drawing = None

    def cancel(self) -> None:
        if self._drawing is not None:
            self._drawing = None
            self._board.cancel_draft()

    def _begun(self, pointer: Pointer) -> Line:
        """A line without points. Who chose no pressure, or has none to give, draws the same width everywhere."""
        style = self._style
        has_it = style.pressure is Pressure.SPEED or (style.pressure is Pressure.PEN and pointer.pressure is not None)
        return Line(style.color, style.width, self.nib, pressure=[] if has_it and self.nib is None else None)


class Highlighter(Pen):
    """A pen whose strokes are translucent and lie beneath all ink. It does not feel pressure."""

    name = HIGHLIGHTER
    nib = HIGHLIGHTER_NIB


class _Drawing:
    """A line under the pointer, smoothed and pressed."""

    def __init__(self, board: Board, line: Line, style: InkStyle, pointer: Pointer) -> None:
        self.line = line
        self._board = board
        self._smoother = Smoother(reach_of(style.smoothing))
        self._pressing = Pressing(pointer.time) if pointer.pressure is None else None
        self._last: tuple[float, float] | None = None
        self._was = pointer
        self._pressed = 0.0

    def add(self, pointer: Pointer, *, lifting: bool = False) -> None:
        """The pointer is here. What it draws is where it will be stored, so that what is seen now is what stays."""
        distance = hypot(pointer.screen_x - self._was.screen_x, pointer.screen_y - self._was.screen_y)
        point = _on_grid(pointer.x), _on_grid(pointer.y)
        if point == self._last:
            return
        self._was, self._last = pointer, point
        self._smoother.add(pointer.x, pointer.y, distance, self._pressure(pointer, distance, lifting=lifting))
        firm, tip = self._smoother.take()
        self._extend(firm)
        self.line.tip, self.line.tip_pressure = self._stored(tip)

    def finish(self) -> None:
        """The line ends: its tip stays as it is."""
        points, pressure = self.line.tip, self.line.tip_pressure
        self.line.tip, self.line.tip_pressure = [], None
        self._keep(points, pressure)

    def _pressure(self, pointer: Pointer, distance: float, *, lifting: bool) -> float | None:
        if self.line.pressure is None:
            return None
        if self._pressing is not None:
            return self._pressing.move(distance, pointer.time)
        if pointer.pressure is not None and not (lifting and self._smoother.begun):
            self._pressed = pointer.pressure
        return self._pressed

    def _extend(self, firm: list[Smoothed]) -> None:
        if firm:
            self._keep(*self._stored(firm))

    def _keep(self, points: list[tuple[float, float]], pressure: list[float] | None) -> None:
        if not points:
            return
        self.line.points += points
        if self.line.pressure is not None and pressure is not None:
            self.line.pressure += pressure
        self._board.extend_draft(points, pressure)

    def _stored(self, smoothed: list[Smoothed]) -> tuple[list[tuple[float, float]], list[float] | None]:
        """Points as they will be stored, none twice in a row, and their pressure."""
        points: list[tuple[float, float]] = []
        pressure: list[float] = []
        last = self.line.points[-1] if self.line.points else None
        for x, y, pressed in smoothed:
            point = _on_grid(x), _on_grid(y)
            if point != last:
                last = point
                points.append(point)
                pressure.append(round((pressed or 0.0) * _LEVELS) / _LEVELS)
        return points, None if self.line.pressure is None else pressure


def _on_grid(value: float) -> float:
    return round(value * _GRID) / _GRID
