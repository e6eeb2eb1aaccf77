"""Rectangles of the board and of Qt."""

from typing import Final

from PyQt6.QtCore import QRectF

from p2psketch.geometry import Rect

_AROUND: Final = 2.0
"""Pixels of the screen that antialiasing may need around ink."""


def to_qt(rect: Rect) -> QRectF:
    """As Qt's rectangle."""
    return QRectF(rect.left, rect.top, rect.width, rect.height)


def from_qt(rect: QRectF) -> Rect:
    """As ours."""
    return Rect(rect.left(), rect.top(), rect.right(), rect.bottom())


def inside(area: Rect, other: Rect) -> bool:
    """Is `area` within `other`?"""
    return other.contains((area.left, area.top)) and other.contains((area.right, area.bottom))


def seen_of(ink: Rect, area: Rect, zoom: float) -> Rect | None:
    """What has to be painted anew when `ink` changes and `area` is seen; never more than that, however far ink goes."""
    if not ink.intersects(area):
        return None
    left, top, right, bottom = ink.padded(_AROUND / zoom)
    return Rect(max(left, area.left), max(top, area.top), min(right, area.right), min(bottom, area.bottom))
