"""Rectangles of regions, and in pixels of the device."""

import pytest
from PyQt6.QtCore import QPoint, QRect
from PyQt6.QtGui import QRegion

from peer.ui.rects import joined, nearest, rects_of, scaled


def test_a_region_falls_into_rectangles_that_do_not_meet() -> None:
    hole = QRegion(QRect(0, 0, 100, 80)) - QRegion(QRect(20, 10, 30, 30)) - QRegion(QRect(60, 30, 10, 50))
    parts = rects_of(hole)
    assert len(parts) == hole.rectCount() > 1
    again = QRegion()
    for part in parts:
        assert not again.intersects(part)
        again += QRegion(part)
    assert again == hole


def test_one_rectangle_stays_one() -> None:
    assert rects_of(QRegion(QRect(3, 4, 5, 6))) == [QRect(3, 4, 5, 6)]


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_neighbours_are_neighbours_in_pixels_of_the_device(ratio: float) -> None:
    for width in range(1, 20):
        left, right = scaled(QRect(7, 0, width, 3), ratio), scaled(QRect(7 + width, 0, 5, 3), ratio)
        assert left.right() + 1 == right.left()
        assert scaled(QRect(7, 0, width + 5, 3), ratio) == left.united(right)


def test_what_lies_side_by_side_is_joined_and_what_would_add_too_much_is_left() -> None:
    one, beside, far = QRect(0, 0, 10, 10), QRect(10, 0, 10, 10), QRect(500, 500, 10, 10)
    assert joined([one, far, beside], 1.0) == QRect(0, 0, 20, 10)
    gap = QRect(12, 0, 10, 10)
    assert joined([one, gap], 1.0) == one
    assert joined([one, gap], 1.5) == QRect(0, 0, 22, 10)
    assert nearest([far, beside, one], QPoint(0, 0)) == [one, beside, far]
