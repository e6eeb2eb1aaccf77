"""Rims and shadows of the panels that are always there, painted by the canvas that they float on.

Rule: they are painted in one go, above all that moves, wherever the canvas is; as widgets, each of them would cost more
than its pixels. Where the shadow of one falls on another, which hides the canvas, it is a widget still.
"""

from collections.abc import Sequence
from functools import partial, reduce

from PyQt6.QtCore import QRect
from PyQt6.QtGui import QRegion

from peer.ui import cards
from peer.ui.endless import EndlessView, Lid
from peer.ui.look import theme_of
from peer.ui.panel import Panel


class Rims:
    """Of these panels, the lowest first: siblings of the canvas, right above it, which begins where its parent does."""

    def __init__(self, canvas: EndlessView, panels: Sequence[Panel]) -> None:
        self._canvas = canvas
        self._panels = panels
        self._placed = [QRect()] * len(panels)
        """Where each is; nowhere if it is not seen."""
        self._look: tuple[float, bool] | None = None
        """The ratio of pixels and the theme, dark or not, that rims are made for."""
        self._rims: list[Lid] = []
        canvas.lids = self.lids
        for number, panel in enumerate(panels):
            panel.has_rim = False
            panel.shadow.hide()
            panel.placed.connect(partial(self._place, number))
            self._place(number)

    def _place(self, number: int) -> None:
        """A panel may be elsewhere now, or not be seen any more."""
        panel, before = self._panels[number], self._placed[number]
        now = QRect() if panel.isHidden() else panel.geometry()
        if now != before:
            self._placed[number] = now
            for place in (before, now):
                if place.isValid():
                    self._canvas.glass.update(cards.around(place))
            self._look = None
            self._cast()

    def _cast(self) -> None:
        """Let shadows fall on panels that are lower."""
        for number, (panel, place) in enumerate(zip(self._panels, self._placed, strict=True)):
            lower = [cards.within(other) for other in self._placed[:number] if other.isValid()]
            around = cards.around(place) if place.isValid() else QRect()
            panel.shadow.show_on(reduce(QRegion.united, (QRegion(other & around) for other in lower), QRegion()))

    def lids(self) -> list[Lid]:
        """All of them, on the canvas; the same list until one has changed."""
        look = self._canvas.devicePixelRatioF(), theme_of(self._canvas).dark
        if look != self._look:
            self._look = look
            self._rims = [
                (cards.around(place), cards.afloat(place.width(), place.height(), *look))
                for place in self._placed
                if place.isValid()
            ]
        return self._rims
