"""Which part of the board is painted next, and what is shown until it is.

Rule: what can be seen comes first, nearest to the middle; then a rim around it, so that moving finds something there.
While the zoom changes nothing is painted at scales that will not last: what is not covered by anything is painted at
the next coarser power of two, which serves for a while.
"""

import math
from collections.abc import Callable, Sequence
from functools import reduce
from time import perf_counter
from typing import Final

from PyQt6.QtCore import QPoint, QRect, QSize
from PyQt6.QtGui import QPainter, QRegion

from p2psketch.document import Shape
from p2psketch.geometry import Rect
from peer.ui.rects import inside, joined, nearest
from peer.ui.rendering import InkPainter, Job
from peer.ui.tiles import SIZE, Sheet, Tiles, keys_of, rect_of, room, tiled
from peer.ui.visible import VisibleShapes

STILL: Final = 0.08
"""Seconds after which the zoom is taken to have come to rest."""

OFTEN: Final = 0.04
"""Seconds between two looks at what is not finished."""

_SHARE: Final = 10
"""Of the time, what is not finished may take a tenth to be shown."""

_FEW: Final = 8
"""So few new shapes are painted on each tile; more, on one image of all that is seen."""

_PILED: Final = 48
"""Shapes that are worth being painted on that image; fewer wait until something is to be shown, for to outline one by
one takes many times as long.
"""

_EDGE: Final = 4

_MOST_LOOSE: Final = 256
"""So many new shapes are shown where there are no tiles yet."""


class Renderer:
    """Shows `visible` shapes; `look` tells it where, `cover` and `spoil` what has changed, `work` has it go on.

    `tell` has `update` called with what looks different since, in pixels of the device, on the canvas.
    """

    def __init__(
        self,
        visible: VisibleShapes,
        ink: InkPainter,
        update: Callable[[QRect], None],
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self._visible = visible
        self._ink = ink
        self._update = update
        self._different = QRect()
        self._told = -math.inf
        self._clock = clock
        self._tiles = Tiles()
        self._job: Job | None = None
        self._pile: Job | None = None
        """The job, if it paints on top of what is seen rather than from the ground up."""
        self._cost = 0.0
        self._origin = QPoint()
        self._view = QRect()
        self._zooms = False
        self._zoomed = 0.0
        self._bare: list[QRect] = []
        self._loose: list[Shape] = []

    # -- what is seen ------------------------------------------------------------------------------

    def look(self, scale: float, origin: QPoint, size: QSize) -> None:
        """With so many pixels to one of the board, its origin at `origin` of a canvas of that size."""
        if scale != self._tiles.sheet.scale:
            self._zooms, self._zoomed = self._view.isValid(), self._clock()
            self._tiles.look(scale)
        self._origin = origin
        self._view = QRect(-origin, size)
        if self._job is not None and not self._is_wanted(self._job):
            self._give_up()

    def _is_wanted(self, job: Job) -> bool:
        return job.sheet is self._target() and job.rect.intersects(_with_rim(self._seen_on(job.sheet)))

    def _give_up(self) -> None:
        if (job := self._job) is not None:
            job.sheet.spoil(job.rect)
            self._job = self._pile = None

    def clear(self) -> None:
        """Everything looks different now."""
        self._job = self._pile = None
        self._tiles.clear()
        self._differs(self._view.translated(self._origin))

    def paint(self, painter: QPainter, exposed: QRect, parts: Sequence[QRect] = ()) -> None:
        """Paint `exposed` pixels of the canvas, or `parts` of them; the painter counts in pixels of the device."""
        begun = self._clock()
        job = self._job if self._job is not None and self._job.sheet is self._tiles.sheet else None
        done = QRect() if job is None else job.rect.translated(self._origin).intersected(exposed)
        piled = done if job is self._pile else QRect()
        missing, bare, blank = self._tiles.paint(painter, parts or (exposed,), self._origin, piled)
        self._paint_ground(painter, bare, keep=bare == missing and not self._zooms)
        if exposed.contains(self._view.translated(self._origin)):
            self._bare = bare + blank
        if job is not None:
            for rect in (piled,) if job is self._pile else [done.intersected(rect) for rect in bare + blank]:
                painter.drawImage(rect.topLeft(), job.image, rect.translated(-self._origin - job.rect.topLeft()))
        if self._loose and (not piled.isEmpty() or missing or blank):
            self._paint_loose(painter, [piled, *missing, *blank])
        self._cost = self._clock() - begun

    def _paint_ground(self, painter: QPainter, bare: list[QRect], *, keep: bool) -> None:
        """The ground, where nothing else is known; in whole tiles, if it is to be kept until there is more."""
        sheet = self._tiles.sheet
        if not keep:
            for rect in bare:
                painter.drawImage(rect.topLeft(), self._ink.ground(sheet, rect.translated(-self._origin)))
            return
        for key in {key for rect in bare for key in keys_of(rect.translated(-self._origin))}:
            image = self._ink.ground(sheet, rect_of(key))
            painter.drawImage(rect_of(key).topLeft() + self._origin, image)
            self._tiles.put_blank(key, image)

    def _paint_loose(self, painter: QPainter, missing: list[QRect]) -> None:
        """What has just been drawn is seen at once, also where the board is not painted yet."""
        sheet, whole = self._tiles.sheet, reduce(QRect.united, missing).translated(-self._origin)
        painter.save()
        painter.setClipRegion(reduce(QRegion.united, map(QRegion, missing)))
        painter.translate(self._origin)
        shapes = [shape for shape in self._loose if shape.visible]
        self._ink.fill(painter, self._ink.outlined(sheet, shapes, sheet.board(whole)))
        painter.restore()

    def tell(self, *, at_once: bool) -> float | None:
        """Say what looks different; while much is done at a time, only now and then: to show it takes time too.

        Returns in how many seconds to call again, if something is left to say.
        """
        if self._different.isEmpty():
            return None
        wait = self._told + max(OFTEN, _SHARE * self._cost) - self._clock()
        if wait > 0 and not at_once:
            return wait
        self._update(self._different)
        self._different, self._told = QRect(), self._clock()
        return None

    def _differs(self, pixels: QRect) -> None:
        seen = pixels.intersected(self._view.translated(self._origin))
        self._different = self._different.united(seen)

    # -- what changes ------------------------------------------------------------------------------

    def cover(self, come: Sequence[tuple[Shape, Rect]]) -> None:
        """These shapes, bottom first, have come above all others."""
        if len(come) > _FEW:
            self._heap(come)
        elif come:
            self._put_on_top(come)

    def _put_on_top(self, come: Sequence[tuple[Shape, Rect]]) -> None:
        """Paint a few at once onto the tiles there are."""
        sheet, job, pile = self._tiles.sheet, self._job, self._pile
        self._loose += [shape for shape, _ in come[: _MOST_LOOSE - len(self._loose)]]
        shown: list[tuple[Shape, QRect]] = []
        for shape, box in come:
            pixels = sheet.pixels(box)
            if job is not None and job.meets(sheet, pixels):
                job.cover(shape)
                self._differs(pixels.translated(self._origin))
            if any(pile is None or not pile.rect.contains(rect_of(key)) for key, _ in sheet.meeting(pixels)):
                shown.append((shape, pixels))
        self._paint_on_tiles(sheet, shown)
        for other in self._tiles.others():
            self._spoil_on(other, [box for _, box in come])

    def _heap(self, come: Sequence[tuple[Shape, Rect]]) -> None:
        """Have many painted on one image of all that is seen; tiles that are not seen are painted anew some time."""
        sheet = self._tiles.sheet
        if self._pile is None:
            self._begin_pile(sheet)
        within = None
        if (job := self._job) is not None and job.sheet is sheet:
            near, within = sheet.board(_with_rim(job.rect)), sheet.board(_without_edge(job.rect))
            for shape, box in come:
                if near.intersects(box):
                    job.cover(shape)
        if self._pile is None:
            for _, box in come:
                if within is None or not inside(box, within):
                    sheet.spoil(sheet.pixels(box))
        for other in self._tiles.others():
            self._spoil_on(other, [box for _, box in come])

    def _begin_pile(self, sheet: Sheet) -> None:
        whole = tiled(self._view)
        if self._zooms or whole.isEmpty() or (self._job is not None and self._job.meets(sheet, whole)):
            return  # what is being painted anew is no ground for a pile
        if (image := self._tiles.together(sheet, whole)) is not None:
            self._give_up()
            self._tiles.keep_only(sheet, whole)
            self._job = self._pile = Job(sheet, whole, image, (), self._ink)

    def _paint_on_tiles(self, sheet: Sheet, shown: list[tuple[Shape, QRect]]) -> None:
        """Onto those there are; the outlines of all are made at once."""
        if not shown:
            return
        keys = {key for _, pixels in shown for key, _ in sheet.meeting(pixels)}
        whole = reduce(QRect.united, map(rect_of, keys))
        drawn = self._ink.outlined(sheet, [shape for shape, _ in shown], sheet.board(whole))
        for key in keys:
            rect = rect_of(key)
            here = [one for one, (_, pixels) in zip(drawn, shown, strict=True) if pixels.intersects(rect)]
            self._ink.paint(sheet.tiles[key].image, rect.topLeft(), here)
        self._differs(reduce(QRect.united, (pixels for _, pixels in shown)).translated(self._origin))

    def stand_in(self, come: Sequence[tuple[Shape, Rect]]) -> None:
        """Show highlighters that have come beneath ink, as nearly as can be, until what they spoil is painted anew.

        A draft that ends must not vanish while that takes its time.
        """
        sheet, job = self._tiles.sheet, self._job
        for shape, box in come:
            pixels = sheet.pixels(box)
            for key, tile in sheet.meeting(pixels):
                self._ink.paint_beneath(sheet, tile.image, rect_of(key), shape)
            if job is not None and job.meets(sheet, pixels):
                job.beneath.append(shape)
            self._differs(pixels.translated(self._origin))

    def spoil(self, boxes: Sequence[Rect]) -> None:
        """What is in these boxes of the board has to be painted anew."""
        self._spoil_on(self._tiles.sheet, boxes)
        for other in self._tiles.others():
            self._spoil_on(other, boxes)

    def _spoil_on(self, sheet: Sheet, boxes: Sequence[Rect]) -> None:
        for box in boxes:
            pixels = sheet.pixels(box)
            sheet.spoil(pixels)
            if self._job is not None and self._job.meets(sheet, pixels):
                self._job.spoilt.append(pixels)

    # -- painting ----------------------------------------------------------------------------------

    def work(self, until: float, *, more: bool = False, gently: bool = False) -> float | None:
        """Paint for so long, `gently` in smaller steps; returns in how many seconds to go on, or None if nothing is
        left to do.

        If `more` shapes are about to come on top, nothing is painted that those would spoil.
        """
        while (job := self._job or self._next_job(more=more)) is not None:
            self._job = job
            if 0 < job.left < _PILED and job is self._pile and (wait := self._told + OFTEN - self._clock()) > 0:
                return 0.0 if more else wait
            done = job.work(until, self._clock, gently=gently)
            if done and not (more and job is self._pile):
                self._finish(job)
            elif job.sheet is self._tiles.sheet:
                unfinished = [job.rect.translated(self._origin)] if job is self._pile else self._bare
                self._differs(reduce(QRect.united, unfinished, QRect()))
            if self._clock() >= until or (done and job is self._pile):
                return 0.0
        return 0.001 + max(self._zoomed + STILL - self._clock(), 0) if self._zooms else None

    def _finish(self, job: Job) -> None:
        self._job = self._pile = None
        for shape in job.beneath:
            self._ink.paint_beneath(job.sheet, job.image, job.rect, shape)
        self._tiles.put(job.sheet, job.rect, job.image)
        for rect in job.spoilt:
            job.sheet.spoil(rect)
        self._tiles.make_room(self._view.size())
        if job.sheet is self._tiles.sheet:
            self._differs(job.rect.translated(self._origin))
            self._told = -math.inf  # what is finished need not wait
        elif self._bare:
            self._differs(self._view.translated(self._origin))

    def _target(self) -> Sheet:
        """The sheet to paint on."""
        sheet = self._tiles.sheet
        return self._tiles.at(2.0 ** math.floor(math.log2(sheet.scale))) if self._zooms else sheet

    def _seen_on(self, sheet: Sheet) -> QRect:
        """The pixels of a sheet that are seen."""
        if sheet is self._tiles.sheet:
            return self._view
        return sheet.pixels(self._tiles.sheet.board(self._view))

    def _next_job(self, *, more: bool) -> Job | None:
        if self._view.isEmpty():
            return None
        self._zooms = self._zooms and self._clock() - self._zoomed < STILL
        sheet = self._target()
        seen = self._seen_on(sheet)
        if self._zooms:
            return self._rough_job(sheet)
        missing = [rect_of(key) for key in keys_of(seen) if not sheet.has(key)]
        if missing:
            return self._begin(sheet, joined(nearest(missing, seen.center()), 1.0 if len(missing) < 8 else 1.5))
        self._loose.clear()
        self._tiles.forget_stretched()
        dirty = [tile.dirty for _, tile in sheet.meeting(seen) if not tile.dirty.isEmpty()]
        if dirty and more:  # all that is seen, so that what comes meanwhile spoils nothing, and then there is a pile
            return self._begin(sheet, tiled(seen))
        if dirty:
            return self._begin(sheet, joined(nearest(dirty, seen.center()), 1.5))
        return None if more else self._job_in_rim(sheet, seen)

    def _rough_job(self, sheet: Sheet) -> Job | None:
        """While the zoom changes: paint where nothing at all can be shown."""
        boxes = (self._tiles.sheet.board(rect.translated(-self._origin)) for rect in self._bare)
        keys = {key for box in boxes for key in keys_of(sheet.pixels(box)) if not sheet.has(key)}
        return self._begin(sheet, joined([rect_of(key) for key in sorted(keys)], 1.5)) if keys else None

    def _job_in_rim(self, sheet: Sheet, seen: QRect) -> Job | None:
        keys = list(keys_of(_with_rim(seen)))
        if len(keys) > room(seen.size()):
            return None
        rects = [rect_of(key) for key in keys if (tile := sheet.tiles.get(key)) is None or not tile.dirty.isEmpty()]
        return self._begin(sheet, rects[0]) if rects else None

    def _begin(self, sheet: Sheet, rect: QRect) -> Job:
        for _, tile in sheet.meeting(rect):
            if rect.contains(tile.dirty):
                tile.dirty = QRect()
        return Job(sheet, rect, self._ink.ground(sheet, rect), self._visible.meeting(sheet.board(rect)), self._ink)


def _with_rim(rect: QRect) -> QRect:
    """A rectangle and a tile around it."""
    return rect.adjusted(-SIZE, -SIZE, SIZE, SIZE)


def _without_edge(rect: QRect) -> QRect:
    """All of a rectangle whose ink stays within it, whatever antialiasing adds."""
    return rect.adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
