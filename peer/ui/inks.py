"""What the pen and the highlighter draw with, and the eraser erases with, from one board and one launch to the next.

Rule: every change is remembered, half a second after the last one, for a slider changes a hundred times on its way.
"""

from typing import Final

from PyQt6.QtCore import QObject, QTimer

from peer.settings import Ink, Settings
from peer.tools.rubber import Rubber
from peer.tools.style import BROAD_WIDTHS, MARKER, PALETTE, WIDTHS, InkStyle, Pressure
from peer.tools.tool import HIGHLIGHTER, PEN

_LATER: Final = 500
"""Milliseconds."""


class Inks(QObject):
    """The styles of the tools that draw."""

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.pen = _style(settings.pen, PALETTE[0], WIDTHS, settings)
        self.highlighter = _style(settings.highlighter, MARKER, BROAD_WIDTHS, settings)
        self.rubber = Rubber(parts=settings.erases_parts, width=settings.eraser_width)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(lambda: settings.save())
        self.pen.watch(lambda: self._keep(self.pen))
        self.highlighter.watch(lambda: self._keep(self.highlighter))
        self.rubber.watch(self._keep_rubber)

    def of(self, tool: str) -> InkStyle | None:
        """The style of a tool; None if it does not draw."""
        return {PEN: self.pen, HIGHLIGHTER: self.highlighter}.get(tool)

    def save(self) -> None:
        """Remember what is still to be remembered."""
        if self._timer.isActive():
            self._timer.stop()
            self._settings.save()

    def _keep(self, changed: InkStyle) -> None:
        """Smoothing is of the hand, and so the same for both."""
        self._settings.smoothing = self.pen.smoothing = self.highlighter.smoothing = changed.smoothing
        self._settings.pressure = self.pen.pressure.value
        self._settings.pen = Ink(self.pen.color, self.pen.width)
        self._settings.highlighter = Ink(self.highlighter.color, self.highlighter.width)
        self._timer.start(_LATER)

    def _keep_rubber(self) -> None:
        self._settings.erases_parts, self._settings.eraser_width = self.rubber.parts, self.rubber.width
        self._timer.start(_LATER)


def _style(ink: Ink | None, color: int, widths: tuple[float, ...], settings: Settings) -> InkStyle:
    chosen = ink or Ink(color, widths[1])
    pressure = Pressure(settings.pressure)
    return InkStyle(chosen.color, chosen.width, smoothing=settings.smoothing, pressure=pressure, widths=widths)
