"""Strokes that are being drawn, one's own and those of others, as a layer above the finished ones.

Rule: what has changed of it is told by the rectangle, and what is painted of it is what meets those that are exposed,
so that many people who draw all over the board cost what their pens have passed, and no more.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from PyQt6.QtGui import QPainter, QPolygonF

from p2psketch.geometry import Rect
from p2psketch.presence import DraftKey
from peer.ui import brush
from peer.ui.growing import Growing, Points, Pressure, Style, shape_all
from peer.ui.rects import seen_of
from peer.ui.strands import polygons
from peer.ui.theme import Theme, shown


class Drafts:
    """All drafts, by whatever tells them apart. It has `update` called with the parts of the board that look different,
    as far as they are seen: Qt counts in integers.
    """

    def __init__(self, theme: Theme, update: Callable[[Rect], None]) -> None:
        self._update = update
        self._area = Rect(0, 0, 0, 0)
        self._zoom = 1.0
        self._level = 0
        self._theme = theme
        self._drafts: dict[DraftKey | str, Growing] = {}

    @property
    def shown(self) -> list[DraftKey | str]:
        """What tells the drafts apart that are shown."""
        return list(self._drafts)

    def follow(
        self,
        key: DraftKey | str,
        style: Style,
        points: Points,
        pressure: Pressure,
        tip: Points = (),
        tip_pressure: Pressure = None,
    ) -> None:
        """A draft has got so far; all of its points are given, and what is known already costs nothing. The `tip` is
        what would come next if it ended now.
        """
        draft = self._drafts.get(key)
        if draft is None or not draft.goes_on(points):
            self.drop(key)
            draft = self._drafts[key] = Growing(style, self._level)
        known = len(draft.points)
        more = None if pressure is None else pressure[known:]
        self._renew(draft.extend(points[known:], more, tip, tip_pressure))

    def drop(self, key: DraftKey | str) -> None:
        """A draft has been finished, or given up."""
        if (draft := self._drafts.pop(key, None)) is not None:
            self._renew(draft.boxes())

    def look(self, area: Rect, zoom: float, ratio: float) -> None:
        """What part of the board is seen, at which zoom, with how many pixels of the device in one of the screen."""
        self._area, self._zoom, self._level = area, zoom, brush.level_at(zoom * ratio)
        for draft in self._drafts.values():
            draft.draw_as_finely_as(self._level)

    def set_theme(self, theme: Theme) -> None:
        """Show ink on a canvas of another colour."""
        self._theme = theme

    def _renew(self, areas: Iterable[Rect]) -> None:
        for area in areas:
            if (seen := seen_of(area, self._area, self._zoom)) is not None:
                self._update(seen)

    def paint(self, painter: QPainter, exposed: Sequence[Rect]) -> None:
        """Paint what is in these parts of the board, in its pixels."""
        around = self._area.padded(max(self._area.width, self._area.height))
        drafts = [(draft, near) for draft in self._drafts.values() if (near := draft.near(exposed))]
        drafts.sort(key=lambda seen: not seen[0].style.highlights)
        shape_all([draft for draft, _ in drafts], self._level)
        strands = [draft.strands(near, around) for draft, near in drafts]
        outlines = iter(polygons([each for parts in strands for each in parts], self._level))
        for (draft, _), parts in zip(drafts, strands, strict=True):
            self._fill(painter, draft.style, list(islice(outlines, len(parts))))

    def _fill(self, painter: QPainter, style: Style, outlines: list[QPolygonF]) -> None:
        if style.highlights:
            brush.fill_beneath(painter, outlines, style.color, self._theme)
        else:
            brush.fill(painter, outlines, shown(style.color, self._theme))
