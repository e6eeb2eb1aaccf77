"""Strokes that are being drawn look as they will when they are done."""

import math
import random
from collections.abc import Callable
from functools import partial, reduce

import numpy as np
import pytest
from PyQt6.QtGui import QColor, QImage, QPainter, qGray

from p2psketch.geometry import Rect
from peer.ui import brush, strands
from peer.ui.growing import Growing, Style, shape_all, style_of
from peer.ui.rects import to_qt
from peer.ui.theme import DARK, LIGHT, Theme, shown

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


@pytest.fixture(params=[0, 10**9], ids=["arrays", "number by number"])
def _by_each_road(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many points there are, their ink is made in the same way."""
    monkeypatch.setattr(strands, "_FEW", request.param)
    monkeypatch.setattr(strands, "_FEW_OUTLINED", request.param)


def painted(growing: Growing) -> QImage:
    shape_all([growing], 0)
    outlines = strands.polygons(growing.strands([ALL], ALL), 0)
    return _painted(lambda painter: brush.fill(painter, outlines, QColor("black")))


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


@pytest.mark.usefixtures("_by_each_road")
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


def test_styles_have_what_fields_leave_open() -> None:
    assert style_of({"kind": "stroke"}) == Style(0x1F2328, 3)
    assert style_of({"color": 5, "width": 2.5, "placement": [1, 0, 0, 1, 2, 3]}) == Style(5, 2.5, (1, 0, 0, 1, 2, 3))
    assert style_of({"nib": "highlighter"}).highlights
    assert not style_of({"nib": "of tomorrow"}).highlights


# Thin ends, and a tip that is still to change


class Hand:
    """Draws a spiral bit by bit, with a tip that comes out a little different each time."""

    def __init__(self, seed: int, width: float, *, pressed: bool) -> None:
        self.rng = random.Random(seed)
        self.growing = Growing(Style(0, width), 0)
        self.points: list[tuple[float, float]] = []
        self.pressure: list[float] | None = [] if pressed else None
        self._path = spiral(400)

    def go_on(self) -> list[Rect]:
        """A few more points and another tip; says what was told to be painted anew."""
        start, more, ahead = len(self.points), self.rng.randint(0, 9), self.rng.randint(0, 12)
        new = self._path[start : start + more]
        tip = [(x + self.rng.randint(0, 16) / 16, y) for x, y in self._path[start + more : start + more + ahead]]
        force = [[self.rng.randint(0, 255) / 255 for _ in part] for part in (new, tip)]
        if self.pressure is None:
            changed = self.growing.extend(new, None, tip)
        else:
            changed = self.growing.extend(new, force[0], tip, force[1])
            self.pressure = self.pressure + force[0]
        self.points = self.points + new
        pressure = None if self.pressure is None else self.pressure + force[1]
        self.now = self.points + tip, pressure
        return changed


@pytest.mark.usefixtures("_by_each_road")
@pytest.mark.parametrize("pressed", [False, True])
@pytest.mark.parametrize("width", [2.0, 6.0, 24.0])
def test_with_a_tip_it_is_at_every_moment_the_stroke_that_it_would_be(width: float, pressed: bool) -> None:
    hand = Hand(round(width), width, pressed=pressed)
    while len(hand.points) < 400:
        hand.go_on()
        points, pressure = hand.now
        if points and hand.rng.random() < 0.3:
            assert painted(hand.growing) == finished(hand.growing.style, points, pressure)


@pytest.mark.usefixtures("_by_each_road")
@pytest.mark.parametrize("width", [2.0, 16.0])
def test_what_has_to_be_painted_anew_is_the_end_and_the_tip(width: float) -> None:
    hand = Hand(7, width, pressed=True)
    for _ in range(25):
        hand.go_on()
    for _ in range(15):
        before = painted(hand.growing)
        box = hand.go_on()
        after = painted(hand.growing)
        if box:
            around = reduce(Rect.union, box)
            assert without(before, around) == without(after, around)


def test_the_end_of_a_long_draft_is_all_that_is_made_anew() -> None:
    hand = Hand(1, 2.0, pressed=True)
    while len(hand.points) < 400:
        hand.go_on()
    shape_all([hand.growing], 0)
    before = list(hand.growing._pieces)
    boxes = hand.growing.extend([hand.points[-1]], [0.5])
    assert reduce(Rect.union, boxes).width < 100
    shape_all([hand.growing], 0)
    assert len(before) > 4
    assert all(one is other for one, other in zip(before, hand.growing._pieces, strict=False))


def test_in_a_part_of_the_board_a_long_draft_looks_as_all_of_it_does() -> None:
    """It comes by a thousand times, and goes again, so what is seen of it is many pieces here and there."""
    growing = Growing(Style(0, 3.0), 0)
    points = [(round(2700 * math.sin(n / 17)) / 16, round(2700 * math.cos(n / 23.3)) / 16) for n in range(3000)]
    for start in range(0, 3000, 7):
        growing.extend(points[start : start + 7], None)
        shape_all([growing], 0)
    whole = painted(growing)
    for x, y in points[::173]:
        left, top = round(x) - 15, round(y) - 10
        part = growing.strands([Rect(left, top, left + 30, top + 20)], ALL)
        assert 0 < sum(len(each.line) for each in part) < 3000
        seen = _painted(partial(brush.fill, pieces=strands.polygons(part, 0), color=QColor("black")))
        at = [(column + left + 200, row + top + 200) for column in range(30) for row in range(20)]
        assert max(abs(qGray(seen.pixel(*pixel)) - qGray(whole.pixel(*pixel))) for pixel in at) <= 1


def test_pressure_that_comes_late_makes_the_beginning_thin_too() -> None:
    growing, points = Growing(Style(0, 6.0), 0), spiral(200)
    growing.extend(points[:150], None)
    growing.extend(points[150:], [0.5] * 50)
    assert painted(growing) == finished(Style(0, 6.0), points, [1.0] * 150 + [0.5] * 50)


def test_a_single_point_is_the_dot_that_it_becomes() -> None:
    growing = Growing(Style(0, 8.0), 0)
    growing.extend([(0, 0)], [0.1])
    assert painted(growing) == finished(Style(0, 8.0), [(0, 0)], [0.1])


# Many at once


def test_made_together_they_are_what_each_is_alone() -> None:
    """Some longer than others, with pressure and without, one of them placed."""
    styles = [Style(0, 6.0), Style(0, 2.0), Style(0, 9.0, (1, 0.2, 0, 1, 5, -8)), Style(0, 6.0)]
    rng, alone, together = (
        random.Random(3),
        [Growing(each, 0) for each in styles],
        [Growing(each, 0) for each in styles],
    )
    for turn in range(40):
        for number, (one, other) in enumerate(zip(alone, together, strict=True)):
            start = len(one.points)
            more = spiral(400)[start : start + rng.randint(0, 9)]
            force = [rng.random() for _ in more] if number == 1 else None
            one.extend(more, force)
            other.extend(more, force)
        if turn % 7 == 3:
            shape_all(together, 0)
            for one, other in zip(alone, together, strict=True):
                assert painted(one) == painted(other)


# The highlighter


def on_canvas(theme: Theme, paint: Callable[[QPainter], None]) -> QImage:
    image = QImage(400, 400, QImage.Format.Format_RGB32)
    image.fill(theme.canvas)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(200, 200)
    paint(painter)
    painter.end()
    return image


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_the_draft_of_a_highlighter_on_the_canvas_and_on_black_ink_is_what_it_becomes_beneath(theme: Theme) -> None:
    (wide,) = brush.polygons([brush.ribbon(np.array([(-90.0, 0.0), (90.0, 5.0)]), None, 30.0, 0)], 0)
    (text,) = brush.polygons([brush.ribbon(np.array([(0.0, -90.0), (4.0, 90.0)]), None, 12.0, 0)], 0)
    yellow, black = shown(0xF2C037, theme), shown(0x000000, theme)
    yellow.setAlphaF(brush.HIGHLIGHT)

    def settled(painter: QPainter) -> None:
        brush.fill(painter, [wide], yellow)
        brush.fill(painter, [text], black)

    def drafted(painter: QPainter) -> None:
        brush.fill(painter, [text], black)
        brush.fill_beneath(painter, [wide], 0xF2C037, theme)

    one, other = on_canvas(theme, settled), on_canvas(theme, drafted)
    assert one.pixelColor(130, 200) != theme.canvas
    worst = 0
    for x in range(100, 300, 3):
        for y in range(100, 300, 3):
            a, b = one.pixelColor(x, y), other.pixelColor(x, y)
            worst = max(worst, abs(a.red() - b.red()), abs(a.green() - b.green()), abs(a.blue() - b.blue()))
    assert worst <= 24, "white ink in the dark is not quite white"
    a, b = one.pixelColor(130, 200), other.pixelColor(130, 200)
    assert max(abs(a.red() - b.red()), abs(a.green() - b.green()), abs(a.blue() - b.blue())) <= 1
