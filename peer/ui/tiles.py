"""Tiles: square pieces of the board as it looks at one scale, kept to be shown again.

Rule: knows pixels and nothing of what is drawn. A scale is how many pixels of the device there are in one of the board;
the pixels of a sheet are counted from the board's origin, so a tile serves wherever the view is. What it says it
shows, it shows exactly; what it has not got yet, other scales stand in for, stretched.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from typing import Final, NamedTuple, TypeAlias

from PyQt6.QtCore import QPoint, QPointF, QRect, QRectF, QSize
from PyQt6.QtGui import QImage, QPainter, QRegion

from p2psketch.geometry import Rect

SIZE: Final = 256
"""Pixels of the device, each way."""

TILE_BYTES: Final = SIZE * SIZE * 4

_SPARE: Final = 8 * 1024 * 1024
"""Bytes that tiles may take besides two canvases full of them."""

_AROUND: Final = 2
"""Pixels that antialiasing may need around ink."""

_MANY: Final = 12
"""Tiles that are worth being joined to one image before they are stretched."""

_FARTHEST: Final = 2**30
"""Pixels are counted in 32 bits."""

Key: TypeAlias = tuple[int, int]


def keys_of(rect: QRect) -> Iterator[Key]:
    """The tiles that a rectangle of a sheet touches, row by row."""
    if rect.isEmpty():
        return
    for row in range(rect.top() // SIZE, rect.bottom() // SIZE + 1):
        for column in range(rect.left() // SIZE, rect.right() // SIZE + 1):
            yield column, row


def rect_of(key: Key) -> QRect:
    """What a tile covers of its sheet."""
    return QRect(key[0] * SIZE, key[1] * SIZE, SIZE, SIZE)


def tiled(rect: QRect) -> QRect:
    """All of the tiles that a rectangle of a sheet touches."""
    return reduce(QRect.united, map(rect_of, keys_of(rect)), QRect())


def room(view: QSize) -> int:
    """How many tiles are kept for a canvas of so many pixels."""
    return (view.width() * view.height() * 8 + _SPARE) // TILE_BYTES


class Tile:
    """An image, and the part of it (in pixels of the sheet) that is not right any more. A `blank` one has nothing yet
    but the ground, which is shown while nothing better can be.
    """

    __slots__ = ("blank", "dirty", "image", "used")

    def __init__(self, image: QImage) -> None:
        self.image = image
        self.dirty = QRect()
        self.blank = False
        self.used = 0


class Sheet:
    """The tiles of one scale."""

    def __init__(self, scale: float) -> None:
        self.scale = scale
        self.tiles: dict[Key, Tile] = {}

    def pixels(self, box: Rect) -> QRect:
        """The pixels that ink within a box of the board can reach."""
        left, top, right, bottom = (self._pixel(side) for side in box)
        return QRect(QPoint(left - _AROUND, top - _AROUND), QPoint(right + _AROUND, bottom + _AROUND))

    def _pixel(self, side: float) -> int:
        return int(min(max(math.floor(side * self.scale), -_FARTHEST), _FARTHEST))

    def board(self, rect: QRect) -> Rect:
        """The part of the board that pixels show."""
        scale = self.scale
        return Rect(rect.left() / scale, rect.top() / scale, (rect.right() + 1) / scale, (rect.bottom() + 1) / scale)

    def has(self, key: Key) -> bool:
        """Has this tile been painted?"""
        tile = self.tiles.get(key)
        return tile is not None and not tile.blank

    def meeting(self, rect: QRect) -> Iterator[tuple[Key, Tile]]:
        """The tiles there are that a rectangle touches."""
        wide = (rect.right() // SIZE - rect.left() // SIZE + 1) * (rect.bottom() // SIZE - rect.top() // SIZE + 1)
        if wide > len(self.tiles):
            yield from ((key, tile) for key, tile in self.tiles.items() if rect_of(key).intersects(rect))
        else:
            yield from ((key, tile) for key in keys_of(rect) if (tile := self.tiles.get(key)) is not None)

    def spoil(self, rect: QRect) -> None:
        """What is in there has to be painted anew."""
        for key, tile in self.meeting(rect):
            tile.dirty = tile.dirty.united(rect.intersected(rect_of(key)))


class Painted(NamedTuple):
    """Where tiles are missing; where nothing could stand in for them; where they are blank. In pixels of the device."""

    missing: list[QRect]
    bare: list[QRect]
    blank: list[QRect]


class _Whole(NamedTuple):
    """What was seen of a sheet, in one piece."""

    sheet: Sheet
    rect: QRect
    image: QImage


class Tiles:
    """The sheets that there are; `look` chooses the one that is shown."""

    def __init__(self) -> None:
        self.sheet = Sheet(1.0)
        self._sheets: dict[float, Sheet] = {1.0: self.sheet}
        self._frame = 0
        self._whole: _Whole | None = None

    def look(self, scale: float) -> None:
        """Show this scale from now on."""
        self._sheets = {other: sheet for other, sheet in self._sheets.items() if sheet.tiles}
        self.sheet = self.at(scale)

    def at(self, scale: float) -> Sheet:
        """The sheet of a scale."""
        return self._sheets.setdefault(scale, Sheet(scale))

    def others(self) -> Iterator[Sheet]:
        """All sheets but the one shown."""
        return (sheet for sheet in self._sheets.values() if sheet is not self.sheet and sheet.tiles)

    def clear(self) -> None:
        """Nothing is as it was."""
        self._whole = None
        for sheet in self._sheets.values():
            sheet.tiles.clear()

    def put(self, sheet: Sheet, rect: QRect, image: QImage) -> None:
        """Take over an image of a rectangle; tiles that it covers only in part must be there already."""
        for key in keys_of(rect):
            whole = rect_of(key)
            if rect.contains(whole):
                tile = sheet.tiles[key] = Tile(image.copy(whole.translated(-rect.topLeft())))
                tile.used = self._frame
            elif (kept := sheet.tiles.get(key)) is not None:
                painter = QPainter(kept.image)
                painter.drawImage(rect.topLeft() - whole.topLeft(), image)
                painter.end()

    def paint(self, painter: QPainter, exposed: Sequence[QRect], shift: QPoint, besides: QRect) -> "Painted":
        """Paint what there is for `exposed` pixels of the device, with the board's origin at `shift`. Tiles that lie
        `besides` are not needed.

        Rectangle by rectangle: where the clip is none, Qt copies by the row, in threads that wait for each other.
        """
        self._frame += 1
        missing: list[QRect] = [] if self.sheet.tiles else list(exposed)
        blank: list[QRect] = []
        for part in exposed if self.sheet.tiles else ():
            if len(exposed) > 1:
                painter.setClipRect(part)
            self._copy(painter, part, shift, besides.translated(-shift), missing, blank)
        if len(exposed) > 1:
            painter.setClipping(False)
        return Painted(missing, self._stand_in(painter, missing, shift) if missing else [], blank)

    def _copy(
        self,
        painter: QPainter,
        exposed: QRect,
        shift: QPoint,
        hidden: QRect,
        missing: list[QRect],
        blank: list[QRect],
    ) -> None:
        """Paint the tiles there are; tell which are missing and which are blank."""
        left, top, tiles = shift.x(), shift.y(), self.sheet.tiles
        for key in keys_of(exposed.translated(-shift)):
            if hidden.isValid() and hidden.contains(rect_of(key)):
                continue
            if (tile := tiles.get(key)) is None:
                missing.append(rect_of(key).translated(shift).intersected(exposed))
                continue
            tile.used = self._frame
            painter.drawImage(key[0] * SIZE + left, key[1] * SIZE + top, tile.image)
            if tile.blank:
                blank.append(rect_of(key).translated(shift).intersected(exposed))

    def put_blank(self, key: Key, ground: QImage) -> None:
        """Show the ground at the place of a tile that there is not, until there is."""
        tile = self.sheet.tiles[key] = Tile(ground)
        tile.blank, tile.used, tile.dirty = True, self._frame, rect_of(key)

    def _stand_in(self, painter: QPainter, missing: list[QRect], shift: QPoint) -> list[QRect]:
        """Other scales, stretched, where this one has nothing: the nearest first. Returns where there are none."""
        bare = reduce(QRegion.united, map(QRegion, missing))
        painter.save()
        for number, sheet in enumerate(sorted(self.others(), key=self._remoteness)):
            if bare.isEmpty():
                break
            if number == 0 and (self._whole is None or self._whole.sheet is not sheet):
                self._whole = self._join(sheet, self._seen_of(sheet, bare.boundingRect(), shift))
            painter.setClipRegion(bare)
            bare -= self._stretch(painter, sheet, bare.boundingRect(), shift)
        painter.restore()
        return [left.boundingRect() for rect in missing if not (left := bare.intersected(rect)).isEmpty()]

    def _remoteness(self, sheet: Sheet) -> float:
        """What is shown coarser than it was made still looks sharp."""
        steps = math.log2(sheet.scale / self.sheet.scale)
        return steps / 2 if steps > 0 else -steps

    def _stretch(self, painter: QPainter, sheet: Sheet, area: QRect, shift: QPoint) -> QRegion:
        by = self.sheet.scale / sheet.scale
        covered = QRegion()
        for rect, image in self._pieces(sheet, self._seen_of(sheet, area, shift)):
            left, top = round(rect.left() * by), round(rect.top() * by)
            right, bottom = round((rect.right() + 1) * by), round((rect.bottom() + 1) * by)
            place = QRect(left, top, right - left, bottom - top).translated(shift)
            # To shrink a tile smoothly takes too long.
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, by > 1 or image.width() > SIZE)
            painter.drawImage(QRectF(place), image, QRectF(image.rect()))
            covered += QRegion(place)
        return covered

    def _pieces(self, sheet: Sheet, here: QRect) -> Iterator[tuple[QRect, QImage]]:
        """Images of parts of a sheet; of what was seen when the scale changed one, for many take twice as long."""
        whole = QRect()
        if self._whole is not None and self._whole.sheet is sheet and (whole := self._whole.rect).intersects(here):
            yield whole, self._whole.image
        for key, tile in sheet.meeting(here):
            tile.used = self._frame
            if not tile.blank and not whole.contains(rect := rect_of(key)):
                yield rect, tile.image

    def _seen_of(self, sheet: Sheet, area: QRect, shift: QPoint) -> QRect:
        """The pixels of another sheet that are seen in an area of the canvas."""
        by = self.sheet.scale / sheet.scale
        return QRectF(QPointF(area.topLeft() - shift) / by, area.size().toSizeF() / by).toAlignedRect()

    def _join(self, sheet: Sheet, here: QRect) -> "_Whole | None":
        """What there is, also where it is not right any more; None if it is little, or has gaps."""
        tiles = {key: tile for key, tile in sheet.meeting(here) if not tile.blank}
        rect = reduce(QRect.united, map(rect_of, tiles), QRect())
        if len(tiles) < _MANY or any(key not in tiles for key in keys_of(rect)):
            return None
        return _Whole(sheet, rect, _joined(tiles, rect))

    def together(self, sheet: Sheet, rect: QRect) -> QImage | None:
        """One image of whole tiles of a sheet; None if one of them is missing or not right."""
        tiles = {key: tile for key in keys_of(rect) if (tile := sheet.tiles.get(key)) is not None}
        if any(key not in tiles or not tiles[key].dirty.isEmpty() for key in keys_of(rect)):
            return None
        return _joined(tiles, rect)

    def forget_stretched(self) -> None:
        """What was kept to be stretched is not needed any more."""
        self._whole = None

    def keep_only(self, sheet: Sheet, rect: QRect) -> None:
        """Let go of all other tiles than those of a sheet that a rectangle touches."""
        self._whole = None
        for other in self.others():
            other.tiles.clear()
        sheet.tiles = {key: tile for key, tile in sheet.tiles.items() if rect.intersects(rect_of(key))}

    def make_room(self, view: QSize) -> None:
        """Let go of the tiles not seen for longest, if there are too many for a canvas of this size in pixels."""
        most = room(view)
        kept = [(tile.used, key, sheet) for sheet in self._sheets.values() for key, tile in sheet.tiles.items()]
        if len(kept) <= most:
            return
        kept.sort(key=lambda entry: entry[0])
        for _, key, sheet in kept[: len(kept) - most]:
            del sheet.tiles[key]


def _joined(tiles: Mapping[Key, Tile], rect: QRect) -> QImage:
    """One image of all that these tiles show of a rectangle that they cover."""
    image = QImage(rect.size(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    for key, tile in tiles.items():
        painter.drawImage(rect_of(key).topLeft() - rect.topLeft(), tile.image)
    painter.end()
    return image
