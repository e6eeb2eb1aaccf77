"""Rectangles of the board and of Qt."""

import math
from collections.abc import Sequence
from typing import Final

from PyQt6.QtCore import QPoint, QRect, QRectF
from PyQt6.QtGui import QPainterPath, QRegion

from p2psketch.geometry import Rect

_AROUND: Final = 2.0
"""Pixels of the screen that antialiasing may need around ink."""


def to_qt(rect: Rect) -> QRectF:
    """As Qt's rectangle."""
    return QRectF(rect.left, rect.top, rect.width, rect.height)


def from_qt(rect: QRectF) -> Rect:
    """As ours."""
    return Rect(rect.left(), rect.top(), rect.right(), rect.bottom())


def rects_of(region: QRegion) -> list[QRect]:
    """The rectangles that a region consists of, none of which meets another."""
    if region.rectCount() < 2:
        return [region.boundingRect()]
    path = QPainterPath()
    path.addRegion(region)
    return [polygon.boundingRect().toRect() for polygon in path.toSubpathPolygons()]


def scaled(rect: QRect, ratio: float) -> QRect:
    """A rectangle of the screen in pixels of the device: as Qt rounds it, so that neighbours stay neighbours."""
    if ratio == 1:
        return rect
    left, top, right, bottom = (
        math.floor(side * ratio + 0.5)
        for side in (rect.left(), rect.top(), rect.left() + rect.width(), rect.top() + rect.height())
    )
    return QRect(left, top, right - left, bottom - top)


def inside(area: Rect, other: Rect) -> bool:
    """Is `area` within `other`?"""
    return other.contains((area.left, area.top)) and other.contains((area.right, area.bottom))


def seen_of(ink: Rect, area: Rect, zoom: float) -> Rect | None:
    """What has to be painted anew when `ink` changes and `area` is seen; never more than that, however far ink goes."""
    if not ink.intersects(area):
        return None
    left, top, right, bottom = ink.padded(_AROUND / zoom)
    return Rect(max(left, area.left), max(top, area.top), min(right, area.right), min(bottom, area.bottom))


def nearest(rects: list[QRect], middle: QPoint) -> list[QRect]:
    """The same, nearest first."""
    return sorted(rects, key=lambda rect: (rect.center() - middle).manhattanLength())


def joined(rects: Sequence[QRect], slack: float) -> QRect:
    """A rectangle around the first and as many others as make it no larger than `slack` times all of them."""
    whole, area = rects[0], _area(rects[0])
    for rect in rects[1:]:
        both, sum_of_areas = whole.united(rect), area + _area(rect)
        if _area(both) <= slack * sum_of_areas:
            whole, area = both, sum_of_areas
    return whole


def _area(rect: QRect) -> int:
    return rect.width() * rect.height()
