"""Strokes that are being drawn look as they will when they are done."""

import math
import random
from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtGui import QColor, QImage, QPainter

from p2psketch.geometry import Rect
from peer.ui import brush
from peer.ui.drafts import Drafts, Growing, Style, style_of
from peer.ui.rects import to_qt
from peer.ui.theme import LIGHT

ALL = Rect(-1e6, -1e6, 1e6, 1e6)


def spiral(many: int) -> list[tuple[float, float]]:
    return [(round(16 * n * math.cos(n / 9) / 20) / 16, round(16 * n * math.sin(n / 9) / 20) / 16) for n in range(many)]


def without(image: QImage, box: Rect) -> QImage:
    """The image with that part of the board, and what antialiasing needs around it, blotted out."""
    blotted = image.copy()
    painter = QPainter(blotted)
    painter.translate(200, 200)
    painter.fillRect(to_qt(box.padded(2)), QColor("red"))
    painter.end()
    return blotted


def painted(growing: Growing) -> QImage:
    return _painted(lambda painter: brush.fill(painter, list(growing.outlines(ALL, ALL)), QColor("black")))


def finished(style: Style, points: list[tuple[float, float]], pressure: list[float] | None) -> QImage:
    ink = brush.ribbon(
        np.array(points), None if pressure is None else np.array(pressure), style.width, 0, style.placement
    )
    return _painted(lambda painter: brush.fill(painter, brush.polygons([ink], 0), QColor("black")))


def _painted(paint: Callable[[QPainter], None]) -> QImage:
    image = QImage(400, 400, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(200, 200)
    paint(painter)
    painter.end()
    return image


@pytest.mark.parametrize("pressed", [False, True])
@pytest.mark.parametrize("many", [1, 2, 3, 66, 67, 400])
def test_drawn_bit_by_bit_it_is_the_same_to_the_pixel(many: int, pressed: bool) -> None:
    rng, style, points = random.Random(many), Style(0, 6.0), spiral(many)
    pressure = [rng.random() for _ in points] if pressed else None
    growing = Growing(style, 0)
    start = 0
    while start < many:
        end = start + rng.randint(1, 9)
        growing.extend(points[start:end], pressure[start:end] if pressure else None)
        start = end
    assert painted(growing) == finished(style, points, pressure)


def test_what_has_to_be_painted_anew_is_all_that_changes() -> None:
    growing, points = Growing(Style(0, 6.0), 0), spiral(200)
    growing.extend(points[:150], None)
    for n in range(150, 200):
        before = painted(growing)
        changed = growing.extend([points[n]], None)
        after = painted(growing)
        box = changed[0]
        for more in changed[1:]:
            box = box.union(more)
        assert box.width < 60
        assert without(before, box) == without(after, box)


def test_zooming_in_draws_it_more_finely() -> None:
    growing = Growing(Style(0, 6.0), 4)
    growing.extend(spiral(200), None)
    growing.draw_as_finely_as(0)
    assert painted(growing) == finished(Style(0, 6.0), spiral(200), None)


def test_pressure_that_comes_late_leaves_what_was_there() -> None:
    growing = Growing(Style(0, 6.0), 0)
    growing.extend([(0, 0), (10, 0)], None)
    growing.extend([(20, 0)], [0.5])
    assert growing.pressure == [1.0, 1.0, 0.5]


def test_a_draft_far_out_is_where_its_placement_puts_it() -> None:
    growing = Growing(Style(0, 6.0, (1, 0, 0, 1, 1e7, 0)), 0)
    (box,) = growing.extend([(0, 0)], None)
    assert box == Rect(1e7 - 3, -3, 1e7 + 3, 3)


def test_a_draft_that_begins_anew_is_drawn_anew() -> None:
    drafts = Drafts(LIGHT)
    drafts.follow("own", Style(0, 6.0), [(0, 0), (1, 1), (2, 2)], None)
    drafts.follow("own", Style(0, 6.0), [(5, 5)], None)
    drafts.follow("own", Style(0, 6.0), [(7, 7), (8, 8)], None)
    assert drafts.shown == ["own"]
    drafts.drop("own")
    drafts.drop("own")
    assert drafts.shown == []


def test_styles_have_what_fields_leave_open() -> None:
    assert style_of({"kind": "stroke"}) == Style(0x1F2328, 3)
    assert style_of({"color": 5, "width": 2.5, "placement": [1, 0, 0, 1, 2, 3]}) == Style(5, 2.5, (1, 0, 0, 1, 2, 3))
