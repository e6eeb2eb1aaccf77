"""The finished strokes of the board, as the canvas shows them.

Rule: the document says what there is and in which order; here it is found again by place, and what has changed is told
to the renderer. Many changes at once are taken a few milliseconds at a time, so that a board of many thousand strokes
does not hold up the pen.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import islice
from operator import itemgetter
from time import perf_counter
from typing import Final

from PyQt6.QtCore import QObject, QPoint, QRect, QSize, QTimer
from PyQt6.QtGui import QPainter

from p2psketch.geometry import Point, Rect
from p2psketch.ids import ShapeId
from peer.ui import brush
from peer.ui.backdrop import Backdrop
from peer.ui.outlines import Outlines
from peer.ui.proposed import Shapes
from peer.ui.renderer import Renderer
from peer.ui.rendering import InkPainter
from peer.ui.visible import VisibleShapes

SLICE: Final = 0.003
"""Seconds that painting and taking changes may last at a time."""

SHORT: Final = 0.0015
"""The same while somebody moves the board or draws."""

AFTER: Final = 0.1
"""Seconds after which they are taken to have stopped."""

BREATH: Final = 0.012
"""Seconds after a move or a point for which anything else is done; then the next one is waited for, of which there are
60 a second: what has begun when it comes would hold it up.
"""

STOPPED: Final = 0.025
"""Seconds after which none seems to come."""

FRAME: Final = 0.03
"""Seconds for which a frame that is due is waited for: a window that cannot be seen has none."""

_AT_ONCE: Final = 64
"""So many changes are taken in one piece; so few are taken as they come."""

_A_FEW: Final = 16
"""The same in a short slice."""

_BY_HAND: Final = 8
"""So few changes are shown as they come: more come from a board that is being read or caught up with."""


class SettledInk:
    """Keep it told of changes with `refresh`, and of where one looks with `look`; ask it what is where with `find` and
    `bounds`. It has `update` called with what looks different now, in pixels of the device, on the canvas.
    """

    def __init__(
        self,
        document: Shapes,
        backdrop: Backdrop,
        update: Callable[[QRect], None],
        parent: QObject | None = None,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self._visible = VisibleShapes(document)
        self._outlines = Outlines(self._visible.box)
        self._ink = InkPainter(self._outlines, backdrop)
        self._renderer = Renderer(self._visible, self._ink, self._show, clock)
        self._update = update
        self._moved = -math.inf
        self._is_held = False
        self._top: tuple[object, ...] = ()
        self._level = 0
        self._waiting: dict[ShapeId, None] = {}
        self._clock = clock
        self._timer = QTimer(parent)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.turn)

    @property
    def is_busy(self) -> bool:
        """Is there anything left to take or to paint?"""
        return self._timer.isActive()

    def look(self, scale: float, ratio: float, origin: QPoint, size: QSize) -> None:
        """With `scale` pixels of the device to one of the board, and `ratio` to one of the screen; the board's origin
        is at pixel `origin` of a canvas of that size.
        """
        if ratio != self._ink.ratio:
            self._ink.ratio = ratio
            self._renderer.clear()
        self._level = brush.level_at(scale)
        self._renderer.look(scale, origin, size)
        self._go_on()
        self.make_way()

    def make_way(self) -> None:
        """Somebody moves the board, or draws: that is shown first, and for a moment little is done at a time."""
        self._moved = self._clock()
        if self.is_busy:
            self._is_held = True
            self._go_on()

    def refresh(self, ids: Collection[ShapeId]) -> None:
        """These shapes have changed, are new or gone."""
        if len(ids) <= _AT_ONCE:
            for id in ids:
                self._waiting.pop(id, None)
            self._take(ids)
            self.turn(at_once=len(ids) <= _BY_HAND)
        else:
            self._waiting.update(dict.fromkeys(self._visible.in_order(ids)))
            self._go_on()

    def find(self, start: Point, end: Point, radius: float) -> list[ShapeId]:
        """The strokes whose ink comes within `radius` of the segment `start`-`end`, top first."""
        return self._visible.find(start, end, radius, self._level)

    def near(self, area: Rect) -> list[ShapeId]:
        """The strokes that are shown and may have ink in a part of the board."""
        return [shape.id for shape in self._visible.meeting(area)]

    def bounds(self) -> Rect | None:
        """The smallest rectangle around all ink, or a little more; None of none."""
        self.settle()
        return self._visible.around()

    def settle(self) -> None:
        """Take all changes now."""
        while self._waiting:
            self._take_some()

    def fade(self, ids: Collection[ShapeId]) -> None:
        """Show these strokes, and only these, as about to go."""
        faded = frozenset(ids)
        changed = faded.symmetric_difference(self._ink.faded)
        if changed:
            self._ink.faded = faded
            self._renderer.spoil([box for id in changed if (box := self._visible.box(id)) is not None])
            self.turn(at_once=True)

    def clear(self) -> None:
        """Everything looks different now."""
        self._renderer.clear()
        self._go_on()

    def leave(self) -> None:
        """The canvas goes: what was painted for it makes way at once for what is painted for the next one."""
        self._timer.stop()
        self._waiting = {}
        self._renderer.clear()

    def paint(self, painter: QPainter, exposed: QRect, parts: Sequence[QRect] = ()) -> None:
        """Paint what there is for `exposed` pixels of the canvas, or only for some `parts` of them that do not meet;
        the painter counts in pixels of the device.
        """
        self._renderer.paint(painter, exposed, parts)
        if self._is_held:
            self._is_held = False
            if self.is_busy:
                self._go_on()

    def _show(self, pixels: QRect) -> None:
        """Something looks different: it is shown before anything else is done."""
        self._update(pixels)
        self._is_held = True

    # -- in turns ----------------------------------------------------------------------------------

    def _go_on(self, seconds: float = 0.0) -> None:
        """Go on soon; but what is about to be painted is painted first."""
        self._timer.start(math.ceil(max(seconds, FRAME if self._is_held else 0.0) * 1000))

    def turn(self, *, at_once: bool = False) -> None:
        """Go on with what is to be done, for a few milliseconds; `at_once` has what is done by then shown."""
        begun = self._clock()
        since = begun - self._moved
        if BREATH < since < STOPPED and not at_once:
            self._go_on(STOPPED - since)
            return
        moves = since < AFTER
        half = (SHORT if moves else SLICE) / 2
        while self._waiting and self._clock() < begun + half:
            self._take_some(_A_FEW if moves else _AT_ONCE)
        more = bool(self._waiting)
        until = max(begun + 2 * half, self._clock() + half)  # what comes must not keep what has come from being shown
        again = self._renderer.work(until, more=more, gently=moves)
        untold = self._renderer.tell(at_once=at_once)
        again = 0.0 if more else untold if again is None else again
        if again is None:
            self._timer.stop()
        else:
            self._go_on(again)

    def _take_some(self, many: int = _AT_ONCE) -> None:
        some = list(islice(self._waiting, many))
        for id in some:
            del self._waiting[id]
        if not self._waiting:
            self._waiting = {}  # an emptied one keeps its room
        self._take(some)

    def _take(self, ids: Collection[ShapeId]) -> None:
        """Have shapes as they are in the document."""
        taken = self._visible.take(ids)
        self._forget(ids)
        come = sorted(((shape.z, shape, box) for shape, box in taken.come), key=itemgetter(0))
        many = bisect_right(come, self._top, key=itemgetter(0))
        below, above = ([(shape, box) for _, shape, box in part] for part in (come[:many], come[many:]))
        if above:
            self._top = come[-1][0]
        self._renderer.spoil([*taken.gone, *(box for _, box in below)])
        self._renderer.stand_in([entry for entry in below if entry[0].highlights])
        self._renderer.cover(above)

    def _forget(self, ids: Iterable[ShapeId]) -> None:
        for id in ids:
            self._outlines.forget(id)
