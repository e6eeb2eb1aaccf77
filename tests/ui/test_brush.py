"""Ink as polygons."""

import math
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPolygonF

from p2psketch.curves import smooth_one as smooth
from p2psketch.document import Shape
from p2psketch.geometry import Rect
from p2psketch.ids import PeerId, ShapeId
from p2psketch.outlining import outlines
from p2psketch.touching import distance_to_polyline
from peer.ui import brush
from peer.ui.brush import Ribbon
from peer.ui.theme import DARK, LIGHT, Theme, shown


def ribbon(*points: tuple[float, float], width: float = 10.0, **more: Any) -> Ribbon:
    return brush.ribbon(np.array(points, dtype=float), None, width, 0, **more)


def holds(polygon: QPolygonF, x: float, y: float) -> bool:
    return polygon.containsPoint(QPointF(x, y), Qt.FillRule.WindingFill)


def painted(pieces: list[QPolygonF]) -> QImage:
    image = QImage(200, 200, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    brush.fill(painter, pieces, QColor("black"))
    painter.end()
    return image


def wave(many: int) -> list[tuple[float, float]]:
    return [(10 + 180 * n / many, 100 + 60 * math.sin(n / 5)) for n in range(many)]


def test_a_single_point_is_a_disc() -> None:
    (disc,) = brush.polygons([ribbon((50, 50))], 0)
    assert holds(disc, 50, 54.8)
    assert not holds(disc, 54, 54)


def test_ends_are_round() -> None:
    (line,) = brush.polygons([ribbon((50, 50), (100, 50))], 0)
    assert holds(line, 45.2, 50)
    assert not holds(line, 45.5, 46)


def test_less_pressure_is_a_thinner_line() -> None:
    radii = brush.radii(10.0, np.array([0.0, 0.5, 1.0]), 3)
    assert radii.tolist() == pytest.approx([5 * brush.LIGHTEST, 3.0, 5.0])
    assert brush.radii(10.0, None, 2).tolist() == [5, 5]


def pressed(*points: tuple[float, float], width: float = 10.0, level: int = 0, pressure: float = 1.0) -> Ribbon:
    return brush.ribbon(np.array(points, dtype=float), np.full(len(points), pressure), width, level)


def test_with_pressure_the_ends_are_thinner_and_still_where_they_were() -> None:
    (line,) = brush.polygons([pressed((0, 50), (200, 50))], 0)
    assert holds(line, 100, 54.8)
    assert holds(line, 0, 50) and holds(line, 200, 50)
    assert not holds(line, 1, 54) and not holds(line, 199, 46)


def test_a_stroke_without_pressure_is_as_it_always_was() -> None:
    points = np.array(wave(60))
    curve, positions = smooth(points, brush.tolerance(0))
    (line,) = brush.polygons([brush.ribbon(points, None, 6.0, 0)], 0)
    assert line == brush.to_polygon(outlines([(curve, np.full(len(curve), 3.0))])[0])
    assert len(positions) == len(curve)


@pytest.mark.parametrize("force", [0.0, 0.1, 1.0])
def test_a_dot_with_pressure_is_round_and_can_be_seen(force: float) -> None:
    (dot,) = brush.polygons([pressed((50, 50), pressure=force)], 0)
    for turn in range(12):
        assert holds(dot, 50 + 3.4 * math.cos(turn), 50 + 3.4 * math.sin(turn))


def test_from_afar_ends_are_not_made() -> None:
    assert len(pressed((0, 0), (900, 0), level=7).curve) == 2
    assert len(pressed((0, 0), (900, 0)).curve) > 2


def test_sharp_turns_and_crossings_leave_no_holes_and_no_spikes() -> None:
    rng = np.random.default_rng(4)
    zigzag = np.array([(100 + 60 * (-1) ** n, 40 + 3.0 * n) for n in range(40)]) + rng.normal(0, 2, (40, 2))
    force = rng.random(40)
    whole = brush.ribbon(zigzag, force, 14.0, 0)
    image = painted(brush.polygons([whole], 0))
    for x in range(0, 200, 2):
        for y in range(0, 200, 2):
            away = np.hypot(*(whole.curve - (x + 0.5, y + 0.5)).T) - whole.radii
            dark = image.pixelColor(x, y).red() < 128
            if away.min() < -1:
                assert dark, f"a hole at {x}, {y}"
            elif distance_to_polyline((x + 0.5, y + 0.5), whole.curve) > whole.radii.max() + 1:
                assert not dark, f"a spike at {x}, {y}"


def shape_of(**fields: Any) -> Shape:
    me = PeerId(bytes(32))
    return Shape(ShapeId(me, 1, 0), 1, {"kind": "stroke", "color": 0xE03131, **fields})


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_a_highlighter_is_translucent_and_ink_of_any_other_nib_is_not(theme: Theme) -> None:
    ink, highlight = shown(0xE03131, theme), shown(0xE03131, theme)
    highlight.setAlphaF(brush.HIGHLIGHT)
    assert brush.color_of(shape_of(), theme) == ink
    assert brush.color_of(shape_of(nib="of tomorrow"), theme) == ink
    assert brush.color_of(shape_of(nib="highlighter"), theme) == highlight
    assert 0 < brush.HIGHLIGHT < 1


def test_a_highlighter_that_crosses_itself_does_not_get_darker_there() -> None:
    (loop,) = brush.polygons([ribbon((20, 20), (180, 180), (180, 20), (20, 180), width=20.0)], 0)
    image = QImage(200, 200, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    brush.fill(painter, [loop], brush.color_of(shape_of(nib="highlighter"), LIGHT))
    painter.end()
    found = {image.pixelColor(x, y).name() for x in range(200) for y in range(200)}
    assert found == {"#ffffff", "#f3adad"}


@pytest.mark.parametrize("zoom", [0.05, 0.3, 1, 1.7, 30])
def test_ink_is_drawn_to_a_tenth_of_a_pixel_of_the_screen(zoom: float) -> None:
    precision = brush.tolerance(brush.level_at(zoom)) * zoom
    assert 0.05 < precision <= 0.1


def test_bounds_hold_the_ink_exactly() -> None:
    whole = ribbon(*wave(50))
    (outline,) = brush.polygons([whole], 0)
    box = outline.boundingRect()
    assert [*whole.bounds] == pytest.approx([box.left(), box.top(), box.right(), box.bottom()], abs=0.2)


def test_a_placement_moves_turns_and_scales_all_of_it() -> None:
    placed = ribbon((0, 0), (10, 0), placement=[0, 2, -2, 0, 100, 50])
    (outline,) = brush.polygons([placed], 0)
    assert holds(outline, 100, 75)
    assert holds(outline, 109, 60)
    assert not holds(outline, 112, 60)
    box = outline.boundingRect()
    assert placed.bounds.left <= box.left()
    assert placed.bounds.bottom >= box.bottom()


def test_a_placement_that_flattens_everything_does_no_harm() -> None:
    flat = ribbon((0, 0), (10, 10), placement=[0, 0, 0, 0, 5, 5])
    assert len(brush.polygons([flat], 0)) == 1
    assert brush.cut(flat, Rect(0, 0, 10, 10)) == []


def test_ribbons_with_and_without_placement_are_outlined_in_one_go() -> None:
    ribbons = [ribbon((0, 0)), ribbon((0, 0), placement=[3, 0, 0, 3, 50, 0]), ribbon((9, 9))]
    drawn = brush.polygons(ribbons, 0)
    assert [polygon.boundingRect().center().x() for polygon in drawn] == pytest.approx([0, 50, 9], abs=0.1)


def test_a_polygon_is_copied_as_it_is() -> None:
    points = np.array([[1.5, 2.5], [3.0, -4.0]])
    polygon = brush.to_polygon(points)
    points[:] = 0
    assert [(point.x(), point.y()) for point in map(polygon.at, range(len(polygon)))] == [(1.5, 2.5), (3.0, -4.0)]


def test_pieces_of_a_ribbon_joined_are_the_ribbon() -> None:
    whole = ribbon(*wave(50))
    again = brush.joined([whole.between(0, 20), whole.between(20, 21), whole.between(21, 49)])
    for one, other in zip(again[:3], whole[:3], strict=True):
        assert np.array_equal(one, other)


def test_what_is_cut_off_is_far_from_what_is_seen() -> None:
    whole, seen = ribbon(*wave(50)), Rect(60, 60, 120, 140)
    parts = brush.cut(whole, seen)
    assert len(parts) > 1
    assert sum(len(part.curve) for part in parts) < len(whole.curve)
    some, all_of_it = painted(brush.polygons(parts, 0)), painted(brush.polygons([whole], 0))
    for x in range(60, 120):
        for y in range(60, 140):
            assert abs(some.pixelColor(x, y).red() - all_of_it.pixelColor(x, y).red()) <= 1


def test_even_a_stroke_across_the_world_is_cut_to_size() -> None:
    far = ribbon((-8e6, -8e6), (8e6, 8e6))
    (part,) = brush.cut(far, Rect(-10, -10, 10, 10))
    assert np.abs(part.curve).max() < 20
    assert brush.cut(far, Rect(100, -10, 110, 10)) == []
    assert brush.cut(ribbon((3, 3), (3, 3), (3, 3)), Rect(0, 0, 5, 5)) != []


def test_painting_nothing_paints_nothing() -> None:
    assert painted([]) == painted([])


def test_a_stroke_that_crosses_the_view_very_often_looks_the_same_painted_in_pieces(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    there_and_back = [((-1) ** n * 1e6, 10.0 + 4 * n) for n in range(brush.MANY // 2 + 20)]
    parts = brush.cut(ribbon(*there_and_back), Rect(-200, -200, 400, 400))
    assert len(parts) > brush.MANY / 2
    pieces = brush.polygons(parts, 0) * 2
    assert len(pieces) > brush.MANY
    one_by_one = painted(pieces)
    monkeypatch.setattr(brush, "MANY", len(pieces))
    union = painted(pieces)
    dark = [
        [QColor(image.pixel(x, y)).lightness() < 128 for x in range(0, 200, 7) for y in range(0, 200, 3)]
        for image in (one_by_one, union)
    ]
    assert set(dark[1]) == {True, False}
    assert sum(a is not b for a, b in zip(*dark, strict=True)) < len(dark[0]) / 50, "but for the edges, where they meet"
