"""What is on the screen is, pixel for pixel, what painting all shapes in order gives."""

import random
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QRect, QSize
from PyQt6.QtGui import QImage, QPainter

from p2psketch import ink
from p2psketch.document import Document, Shape
from p2psketch.geometry import Rect
from p2psketch.ids import OpId, PeerId, ShapeId, Stamp
from p2psketch.ops import Op
from p2psketch.shapes import Value
from peer.ui import brush, shaping
from peer.ui.backdrop import Backdrop
from peer.ui.rendering import FADED
from peer.ui.settled import BREATH, STOPPED, SettledInk
from peer.ui.theme import DARK, LIGHT, Theme

PEERS = [PeerId(bytes([letter]) * 32) for letter in b"ab"]
SIZE = QSize(430, 310)
RATIOS = (1.0, 1.5, 2.0)
FEW, ALL = 48, 1_000
"""Random boards: those of `make test`, and with those of `make torture`."""
MANY_CORNERS = 1000


class Clock:
    """Every look at it takes half a millisecond."""

    now = 0.0

    def __call__(self) -> float:
        self.now += 0.0005
        return self.now


class Scene:
    """A document that somebody draws in, and the canvas that shows it, each turn as long as the test says."""

    def __init__(self, seed: int, ratio: float = 1.0, theme: Theme = LIGHT) -> None:
        self.rng = random.Random(seed)
        self.ratio = ratio
        self.document = Document()
        self.backdrop = Backdrop(theme)
        self.updates: list[QRect] = []
        self.clock = Clock()
        self.settled = SettledInk(self.document, self.backdrop, self.updates.append, clock=self.clock)
        self._seqs = dict.fromkeys(PEERS, 0)
        self.shapes: list[ShapeId] = []
        self.faded: frozenset[ShapeId] = frozenset()
        self.look(1.0, 0, 0)

    def look(self, zoom: float, x: float, y: float) -> None:
        """With a point of the board in the middle."""
        self.scale = zoom * self.ratio
        self.origin = QPoint(round(SIZE.width() / 2 - x * self.scale), round(SIZE.height() / 2 - y * self.scale))
        self.settled.look(self.scale, self.ratio, self.origin, SIZE)

    def write(self, sets: list[tuple[ShapeId | None, dict[str, Value]]], time: int | None = None) -> set[ShapeId]:
        """An op; a shape that is None is a new one."""
        author = self.rng.choice(PEERS)
        self._seqs[author] += 1
        id = OpId(author, self._seqs[author])
        ids = [shape or ShapeId(author, id.seq, number) for number, (shape, _) in enumerate(sets)]
        stamp = Stamp(self.rng.randrange(1, 10_000) if time is None else time, author)
        self.document.apply(Op(id, stamp, 0, tuple((one, fields) for one, (_, fields) in zip(ids, sets, strict=True))))
        self.shapes += [one for one, (shape, _) in zip(ids, sets, strict=True) if shape is None]
        return set(ids)

    def stroke(self) -> dict[str, Value]:
        """Any stroke: long or short, thin or thick, with pressure or without, of pen or highlighter, here or there."""
        rng = self.rng
        count = rng.choice((1, 2, 3, 20, 60))
        steps = np.array([(rng.gauss(0, 9), rng.gauss(0, 9)) for _ in range(count)])
        begin = rng.uniform(-300, 300), rng.uniform(-250, 250)
        points = begin + steps.cumsum(axis=0)
        pressure = np.array([rng.random() for _ in range(count)]) if rng.random() < 0.3 else None
        nib = {"nib": "highlighter"} if rng.random() < 0.2 else {}
        return nib | {
            "kind": "stroke",
            "color": rng.randrange(0x1000000),
            "width": rng.choice((1, 2.5, 3, 8, 40)),
            "points": ink.encode(points, pressure),
        }

    def change(self) -> set[ShapeId]:
        """Something happens: mostly somebody draws; also moves, restyles, deletes, brings back."""
        rng = self.rng
        if not self.shapes or rng.random() < 0.6:
            return self.write([(None, self.stroke()) for _ in range(rng.choice((1, 1, 1, 5)))])
        fields = rng.choice(
            (
                {"deleted": True},
                {"deleted": None},
                {"color": rng.randrange(0x1000000)},
                {"placement": [1, 0.2, -0.3, 1.1, rng.uniform(-99, 99), rng.uniform(-99, 99)]},
                {"z": rng.randbytes(3)},
                {"nib": rng.choice((None, "highlighter"))},
            )
        )
        return self.write([(rng.choice(self.shapes), fields)])

    def shown(self) -> QImage:
        """What the canvas shows now."""
        image = QImage(SIZE, QImage.Format.Format_RGB32)
        image.fill(0xFF00FF)
        painter = QPainter(image)
        self.settled.paint(painter, QRect(QPoint(0, 0), SIZE))
        painter.end()
        return image

    def settle(self) -> None:
        """Until there is nothing left to do."""
        while self.settled.is_busy:
            self.settled.turn()

    def most_corners(self) -> int:
        """Of any outline at this scale."""
        outlines = shaping.outlines_of(self.document.painted(), brush.level_at(self.scale), self.scale)
        return max(len(polygon) for outline in outlines for polygon in outline)

    def expected(self) -> QImage:
        """All shapes in order, painted on one image."""
        image = QImage(SIZE, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        painter.translate(self.origin)
        self.backdrop.paint(painter, QRect(-self.origin, SIZE), self.scale / self.ratio, self.ratio)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        level = brush.level_at(self.scale)
        for shape in self.document.painted():
            color = brush.color_of(shape, self.backdrop.theme)
            if shape.id in self.faded:
                color.setAlphaF(color.alphaF() * FADED)
            brush.fill(painter, shaping.outlines_of([shape], level, self.scale)[0], color)
        painter.end()
        return image


def pixels(image: QImage) -> np.ndarray:
    """The bytes of an image (height, width, 4), as numbers that can be subtracted."""
    bits = image.constBits()
    assert bits is not None
    data = np.array(bits.asarray(image.sizeInBytes()), dtype=np.int64)
    return data.reshape(image.height(), image.width(), 4)


def assert_exact(scene: Scene, what: str) -> None:
    """Equal; where polygons have very many corners, nearly: those Qt fills in bands, in which it rounds differently."""
    shown, expected = scene.shown(), scene.expected()
    if shown == expected:
        return
    assert scene.most_corners() > MANY_CORNERS, what
    off = np.abs(pixels(shown) - pixels(expected)).max(axis=2)
    assert off.max() <= 2, what
    assert (off > 0).sum() < 0.005 * off.size, what


def looks(rng: random.Random) -> Iterator[tuple[float, float, float]]:
    """Where to look: near and far, and never at whole pixels."""
    for zoom in rng.sample((0.05, 0.3, 0.77, 1.0, 1.21, 2.0, 3.3, 30.0), 3):
        yield zoom, rng.uniform(-200, 200), rng.uniform(-200, 200)


def settle_boards(seeds: range, ratio: float) -> None:
    """Random boards, looked at while they change, at several zooms: each is exact in the end."""
    for seed in seeds:
        scene = Scene(seed, ratio, DARK if seed % 2 else LIGHT)
        for zoom, x, y in looks(scene.rng):
            scene.look(zoom, x, y)
            for _ in range(scene.rng.randrange(12)):
                scene.settled.refresh(scene.change())
                if scene.rng.random() < 0.2:
                    scene.look(zoom, x + scene.rng.uniform(-90, 90), y)
                    scene.shown()
            scene.settle()
            assert_exact(scene, f"seed {seed} at {zoom}")


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("ratio", RATIOS)
def test_after_settling_it_is_exact(ratio: float) -> None:
    settle_boards(range(RATIOS.index(ratio), FEW, len(RATIOS)), ratio)


@pytest.mark.slow
@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("ratio", RATIOS)
def test_after_settling_many_more_are_exact(ratio: float) -> None:
    settle_boards(range(FEW + RATIOS.index(ratio), ALL, len(RATIOS)), ratio)


@pytest.mark.usefixtures("qapp")
def test_many_at_once_from_several_authors_are_exact_too() -> None:
    scene = Scene(7)
    ids = {id for _ in range(600) for id in scene.write([(None, scene.stroke())])}
    scene.settled.refresh(ids)
    assert len(ids) == 600
    scene.settle()
    assert scene.shown() == scene.expected()


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("anew", [False, True])
def test_what_has_come_is_shown_while_more_keeps_coming(*, anew: bool) -> None:
    """Also where everything has to be painted anew, as in another theme."""
    scene = Scene(7)
    scene.shown()
    ground = pixels(scene.shown())
    scene.settle()
    for time in range(1, 40):
        many = [scene.stroke() | {"nib": None, "width": 3} for _ in range(100)]
        scene.settled.refresh({id for stroke in many for id in scene.write([(None, stroke)], time)})
        if anew and time == 1:
            scene.settled.clear()
        scene.settled.turn()
        scene.shown()
    assert scene.settled._waiting
    assert (np.abs(pixels(scene.shown()) - ground).max(axis=2) > 40).mean() > 0.02


@pytest.mark.usefixtures("qapp")
def test_nothing_is_begun_when_the_next_point_of_the_pen_is_due() -> None:
    scene = Scene(5)
    scene.settle()
    scene.settled.refresh({id for _ in range(400) for id in scene.write([(None, scene.stroke())])})
    left = [len(scene.settled._waiting)]
    scene.settled.make_way()
    for seconds in (0.0, BREATH, STOPPED - BREATH):
        scene.clock.now += seconds
        scene.settled.turn()
        left.append(len(scene.settled._waiting))
    assert left[0] == 400
    assert left[0] > left[1] == left[2] > left[3] > 0
    assert scene.settled.is_busy
    scene.settle()
    assert scene.shown() == scene.expected()


@pytest.mark.usefixtures("qapp")
def test_of_many_that_come_elsewhere_the_few_that_are_seen_are_painted_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = Scene(9)
    scene.settle()
    outlined: list[int] = []
    make = scene.settled._outlines._make

    def counted(shapes: Sequence[Shape], *rest: Any) -> None:
        outlined.append(len(shapes))
        make(shapes, *rest)

    monkeypatch.setattr(scene.settled._outlines, "_make", counted)
    far = {"placement": [1, 0, 0, 1, 9_000, 0]}
    here = [scene.stroke() | {"nib": None, "width": 3} for _ in range(1_200)]
    many = [stroke if number % 30 == 0 else stroke | far for number, stroke in enumerate(here)]
    scene.settled.refresh({id for time, stroke in enumerate(many) for id in scene.write([(None, stroke)], time)})
    scene.settle()
    assert sum(outlined) == 40
    assert len(outlined) < 6
    assert scene.shown() == scene.expected()


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("more", [False, True])
def test_while_more_is_coming_all_that_is_seen_is_painted_anew_at_once(*, more: bool) -> None:
    """Else each part of it that is right again is spoilt by the next strokes, and no pile can begin."""
    scene = Scene(8)
    scene.shown()
    scene.settle()
    renderer, seen = scene.settled._renderer, QRect(-scene.origin, SIZE)
    renderer.spoil([Rect(-2, -2, 2, 2)])
    job = renderer._next_job(more=more)
    assert job is not None
    assert job.rect.contains(QRect(-2, -2, 4, 4))
    assert job.rect.contains(seen) == more
    renderer._job = job
    some = [scene.stroke() | {"nib": None, "width": 3} for _ in range(70)]
    scene.settled.refresh({id for stroke in some for id in scene.write([(None, stroke)])})
    scene.settle()
    assert scene.shown() == scene.expected()


@pytest.mark.usefixtures("qapp")
def test_what_is_faded_is_shown_so_and_comes_back() -> None:
    scene = Scene(3)
    for _ in range(30):
        scene.settled.refresh(scene.write([(None, scene.stroke())]))
    before = scene.shown()
    scene.faded = frozenset(scene.shapes[::3])
    scene.settled.fade(scene.faded)
    scene.settle()
    assert scene.shown() == scene.expected() != before
    scene.faded = frozenset()
    scene.settled.fade(())
    scene.settle()
    assert scene.shown() == scene.expected()


@pytest.mark.usefixtures("qapp")
def test_what_is_drawn_is_there_at_once_whatever_has_not_been_painted_yet() -> None:
    """While hundreds wait, and while the zoom has only just changed."""
    scene = Scene(5)
    ids = {id for _ in range(400) for id in scene.write([(None, scene.stroke())], 1)}
    scene.settled.refresh(ids)
    dot = {"kind": "stroke", "color": 0xFF0000, "width": 40, "points": ink.encode([(0, 0)])}
    scene.settled.refresh(scene.write([(None, dot)], 20_000))
    middle = QPoint(SIZE.width() // 2, SIZE.height() // 2)
    assert scene.shown().pixel(middle) == 0xFFFF0000
    assert scene.settled.is_busy
    scene.look(1.7, 0, 0)
    green = dot | {"color": 0x00FF00}
    scene.settled.refresh(scene.write([(None, green)], 20_001))
    assert scene.shown().pixel(middle) == 0xFF00FF00
    assert scene.settled.is_busy
    scene.settle()
    assert scene.shown() == scene.expected()


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_a_highlighter_is_seen_at_once_under_whatever_has_to_be_painted_over_it(theme: Theme) -> None:
    scene = Scene(6, theme=theme)
    scene.settled.refresh({id for _ in range(600) for id in scene.write([(None, scene.stroke() | {"width": 1})], 1)})
    scene.settle()
    bare = scene.shown()
    line = {"kind": "stroke", "color": 0xF2C037, "width": 30, "nib": "highlighter"}
    for y in (0, 40):
        fields = line | {"points": ink.encode([(-150, y), (150, y)])}
        scene.settled.refresh(scene.write([(None, fields)], 20_000))
        assert scene.settled.is_busy, "what lies over it is still to be painted"
        changed = np.abs(pixels(scene.shown()) - pixels(bare)).max(axis=2) > 8
        top = scene.origin.y() + y - 10
        assert changed[top : top + 20, scene.origin.x() - 140 : scene.origin.x() + 140].mean() > 0.3
        assert not changed[: scene.origin.y() - 20].any()
    scene.settle()
    assert scene.shown() == scene.expected()


@pytest.mark.usefixtures("qapp")
def test_zooming_shows_the_old_ink_stretched_and_never_an_empty_board() -> None:
    scene = Scene(11)
    disc = {"kind": "stroke", "color": 0x0000FF, "width": 400, "points": ink.encode([(0, 0)])}
    scene.settled.refresh(scene.write([(None, disc)]))
    scene.settle()
    zoom = 1.0
    middle = QPoint(SIZE.width() // 2, SIZE.height() // 2)
    for _ in range(30):
        zoom *= 1.1
        scene.look(zoom, 0, 0)
        assert scene.shown().pixel(middle) == 0xFF0000FF
    scene.settle()
    assert scene.shown() == scene.expected()


@pytest.mark.usefixtures("qapp")
def test_only_what_has_changed_is_shown_anew() -> None:
    scene = Scene(2)
    scene.settle()
    scene.updates.clear()
    dot = {"kind": "stroke", "color": 0xFF0000, "width": 10, "points": ink.encode([(50, 50)])}
    scene.settled.refresh(scene.write([(None, dot)]))
    scene.settle()
    around = QRect(scene.origin + QPoint(35, 35), QSize(30, 30))
    assert scene.updates
    assert all(around.contains(update) for update in scene.updates)


@pytest.mark.usefixtures("qapp")
def test_what_is_left_keeps_nothing_and_does_nothing_more() -> None:
    scene = Scene(9)
    scene.settled.refresh(scene.write([(None, scene.stroke()) for _ in range(200)]))
    assert scene.settled.is_busy
    scene.settled.leave()
    assert not scene.settled.is_busy
    assert not scene.settled._renderer._tiles.sheet.tiles and not scene.settled._waiting


def test_bounds_hold_all_ink() -> None:
    scene = Scene(9)
    assert scene.settled.bounds() is None
    scene.settled.refresh({id for _ in range(100) for id in scene.write([(None, scene.stroke())])})
    bounds = scene.settled.bounds()
    exact = [brush.bounds_of_all(brush.ribbons_of(shape, 0)) for shape in scene.document.visible()]
    assert bounds is not None
    assert all(_holds(bounds, box) for box in exact)


def _holds(outer: Rect, inner: Rect) -> bool:
    return outer.contains((inner.left, inner.top)) and outer.contains((inner.right, inner.bottom))
