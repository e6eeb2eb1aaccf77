"""The layer of strokes that are being drawn."""

import random

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QRegion

from p2psketch.geometry import Rect
from peer.ui.drafts import Drafts
from peer.ui.growing import Style
from peer.ui.rects import to_qt
from peer.ui.theme import LIGHT

VIEW = Rect(0, 0, 400, 300)


class Layer:
    """Drafts on a white canvas at 100 %, painted where they say that they have changed."""

    def __init__(self) -> None:
        self.changed: list[Rect] = []
        self.drafts = Drafts(LIGHT, self.changed.append)
        self.drafts.look(VIEW, 1.0, 1.0)
        self.image = self._blank()

    def _blank(self) -> QImage:
        image = QImage(400, 300, QImage.Format.Format_RGB32)
        image.fill(QColor("white"))
        return image

    def paint(self) -> int:
        """What has changed; says how many pixels that is."""
        parts = [to_qt(area).toAlignedRect() for area in self.changed]
        self.changed.clear()
        whole = QRegion()
        for part in parts:
            whole += QRegion(part)
        painter = QPainter(self.image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRegion(whole)
        painter.fillRect(self.image.rect(), Qt.GlobalColor.white)
        self.drafts.paint(painter, [Rect(part.x(), part.y(), part.right() + 1, part.bottom() + 1) for part in parts])
        painter.end()
        return sum(part.width() * part.height() for part in parts)

    def anew(self) -> QImage:
        """All of it."""
        image = self._blank()
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.drafts.paint(painter, [VIEW])
        painter.end()
        return image


def test_a_draft_that_begins_anew_is_drawn_anew() -> None:
    drafts = Layer().drafts
    drafts.follow("own", Style(0, 6.0), [(0, 0), (1, 1), (2, 2)], None)
    drafts.follow("own", Style(0, 6.0), [(5, 5)], None)
    drafts.follow("own", Style(0, 6.0), [(7, 7), (8, 8)], None)
    assert drafts.shown == ["own"]
    drafts.drop("own")
    drafts.drop("own")
    assert drafts.shown == []


def test_painted_where_it_has_changed_it_is_what_it_is_painted_whole() -> None:
    """Six people, each with a walk of their own that crosses the others'."""
    rng, layer = random.Random(4), Layer()
    walks = [[(rng.uniform(50, 350), rng.uniform(50, 250))] for _ in range(6)]
    for turn in range(60):
        for number, walk in enumerate(walks):
            walk.append((walk[-1][0] + rng.uniform(-9, 9), walk[-1][1] + rng.uniform(-9, 9)))
            style = Style(0xE03131 + 99 * number, 2.0 + number, nib="highlighter" if number == 5 else None)
            layer.drafts.follow(str(number), style, walk, [0.5] * len(walk) if number % 2 else None)
        if turn == 40:
            layer.drafts.drop("3")
            walks[3] = walks[3][-1:]
        layer.paint()
        if turn % 10 == 5:
            assert layer.image == layer.anew()


def test_what_changes_is_told_by_the_draft() -> None:
    layer = Layer()
    for corner in range(4):
        x, y = 20 + 350 * (corner % 2), 20 + 250 * (corner // 2)
        layer.drafts.follow(str(corner), Style(0, 4.0), [(x, y), (x + 3, y + 2)], None)
    assert layer.paint() < 4 * 20 * 20
    assert layer.image == layer.anew()


def test_of_what_is_not_seen_nothing_is_told() -> None:
    layer = Layer()
    layer.drafts.follow("far", Style(0, 4.0), [(9_000, 0), (9_009, 9)], None)
    assert not layer.changed
    layer.drafts.follow("far", Style(0, 4.0), [(9_000, 0), (9_009, 9), (200, 100)], None)
    assert all(to_qt(VIEW).contains(to_qt(area)) for area in layer.changed)
