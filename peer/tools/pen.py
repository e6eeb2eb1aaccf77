"""The pen: a press makes a dot, a drag a stroke. Others see it grow; once released, it is one op."""

from typing import Final

from p2psketch.shapes import STROKE
from peer.tools.style import InkStyle
from peer.tools.tool import PEN, Board, Line, Pointer, Tool

_GRID: Final = 16
"""Ink is stored in sixteenths of a pixel."""


class Pen(Tool):
    """Idle, or drawing a line in the colour and width that the style had at the press."""

    name = PEN

    def __init__(self, board: Board, style: InkStyle) -> None:
        self._board = board
        self._style = style
        self._drawing: Line | None = None

    @property
    def busy(self) -> bool:
        return self._drawing is not None

    @property
    def line(self) -> Line | None:
        return self._drawing

    def press(self, pointer: Pointer) -> None:
        line = Line(self._style.color, self._style.width, pressure=None if pointer.pressure is None else [])
        self._drawing = line
        self._board.begin_draft({"kind": STROKE, "color": line.color, "width": line.width})
        self._add(line, pointer)

    def move(self, pointer: Pointer) -> None:
        if self._drawing is not None:
            self._add(self._drawing, pointer)

    def release(self, pointer: Pointer) -> None:
        if self._drawing is not None:
            self._add(self._drawing, pointer, lifting=True)
            self._board.finish_draft()
            self._drawing = None

    def cancel(self) -> None:
        if self._drawing is not None:
            self._drawing = None
            self._board.cancel_draft()

    def _add(self, line: Line, pointer: Pointer, *, lifting: bool = False) -> None:
        """One more point, where it will be stored, so that what is seen now is what stays."""
        point = round(pointer.x * _GRID) / _GRID, round(pointer.y * _GRID) / _GRID
        if line.points and point == line.points[-1]:
            return
        line.points.append(point)
        if line.pressure is None:
            self._board.extend_draft([point])
            return
        pressed = line.pressure[-1] if lifting and line.pressure else pointer.pressure or 0.0
        line.pressure.append(pressed)
        self._board.extend_draft([point], [pressed])
