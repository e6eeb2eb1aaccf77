"""Tiles: what is kept, shown, stretched and let go."""

import pytest
from PyQt6.QtCore import QPoint, QRect, QSize
from PyQt6.QtGui import QColor, QImage, QPainter

from p2psketch.geometry import Rect
from peer.ui.tiles import SIZE, Sheet, Tiles, keys_of, rect_of, room

RED, GREEN = QColor("red"), QColor("green")


def plain(size: QSize, color: QColor) -> QImage:
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(color)
    return image


def canvas(tiles: Tiles, size: QSize, shift: QPoint) -> tuple[QImage, list[QRect], list[QRect]]:
    image = plain(size, QColor("white"))
    painter = QPainter(image)
    missing, bare, _ = tiles.paint(painter, [QRect(QPoint(0, 0), size)], shift, QRect())
    painter.end()
    return image, missing, bare


def test_tiles_cover_the_plane_without_gaps_also_left_of_the_origin() -> None:
    rect = QRect(-SIZE - 1, -1, SIZE + 3, 2)
    assert list(keys_of(rect)) == [(-2, -1), (-1, -1), (0, -1), (-2, 0), (-1, 0), (0, 0)]
    assert all(rect_of(key).intersects(rect) for key in keys_of(rect))
    assert not list(keys_of(QRect()))


def test_pixels_are_those_that_ink_in_a_box_can_reach() -> None:
    assert Sheet(2.0).pixels(Rect(10, 20, 11, 20.25)).contains(QRect(19, 39, 4, 3))
    assert Sheet(2.0).board(QRect(20, 40, 2, 2)) == Rect(10, 20, 11, 21)


def test_what_was_put_is_shown_where_the_board_is() -> None:
    tiles = Tiles()
    tiles.put(tiles.sheet, QRect(0, 0, 2 * SIZE, SIZE), plain(QSize(2 * SIZE, SIZE), RED))
    image, missing, bare = canvas(tiles, QSize(300, 500), QPoint(-100, 20))
    assert image.pixelColor(0, 20) == image.pixelColor(299, 19 + SIZE) == RED
    assert image.pixelColor(0, 19) == image.pixelColor(299, 20 + SIZE) == QColor("white")
    assert missing == bare
    assert all(rect.bottom() < 20 or rect.top() >= 20 + SIZE for rect in bare)


def test_a_part_is_put_onto_the_tile_that_is_there() -> None:
    tiles = Tiles()
    tiles.put(tiles.sheet, QRect(0, 0, SIZE, SIZE), plain(QSize(SIZE, SIZE), RED))
    tiles.put(tiles.sheet, QRect(10, 10, SIZE, 20), plain(QSize(SIZE, 20), GREEN))
    image, missing, _ = canvas(tiles, QSize(SIZE + 20, SIZE), QPoint(0, 0))
    assert image.pixelColor(9, 10) == RED
    assert image.pixelColor(10, 10) == image.pixelColor(SIZE - 1, 29) == GREEN
    assert missing == [QRect(SIZE, 0, 20, SIZE)]


def test_what_is_spoilt_is_known_tile_by_tile() -> None:
    tiles = Tiles()
    tiles.put(tiles.sheet, QRect(0, 0, 2 * SIZE, SIZE), plain(QSize(2 * SIZE, SIZE), RED))
    tiles.sheet.spoil(QRect(SIZE - 5, 7, 10, 3))
    dirty = {key: tile.dirty for key, tile in tiles.sheet.tiles.items()}
    assert dirty == {(0, 0): QRect(SIZE - 5, 7, 5, 3), (1, 0): QRect(SIZE, 7, 5, 3)}


@pytest.mark.parametrize("scale", [0.4, 1.7, 3.0])
def test_another_scale_stands_in_without_seams(scale: float) -> None:
    tiles = Tiles()
    whole = QRect(-2 * SIZE, -2 * SIZE, 4 * SIZE, 4 * SIZE)
    tiles.put(tiles.sheet, whole, plain(whole.size(), RED))
    tiles.look(scale)
    image, missing, bare = canvas(tiles, QSize(400, 400), QPoint(200, 200))
    assert missing
    assert not bare
    assert image == plain(QSize(400, 400), RED)


def test_the_nearest_scale_stands_in_first_and_others_where_it_ends() -> None:
    tiles = Tiles()
    tiles.put(tiles.sheet, QRect(0, 0, SIZE, SIZE), plain(QSize(SIZE, SIZE), RED))
    tiles.look(0.25)
    tiles.put(tiles.sheet, QRect(0, 0, SIZE, SIZE), plain(QSize(SIZE, SIZE), GREEN))
    tiles.look(1.1)
    image, _, bare = canvas(tiles, QSize(600, 600), QPoint(0, 0))
    assert not bare
    assert image.pixelColor(200, 200) == RED
    assert image.pixelColor(550, 550) == GREEN


def test_what_was_not_seen_for_longest_makes_way() -> None:
    tiles = Tiles()
    size = QSize(SIZE, SIZE)
    for column in range(200):
        tiles.put(tiles.sheet, rect_of((column, 0)), plain(size, RED))
        canvas(tiles, size, QPoint(-column * SIZE, 0))
        tiles.make_room(size)
    assert (199, 0) in tiles.sheet.tiles
    assert (0, 0) not in tiles.sheet.tiles
    assert len(tiles.sheet.tiles) <= room(size)


def test_parts_are_painted_and_nothing_else() -> None:
    tiles = Tiles()
    tiles.look(1.0)
    red = QImage(2 * SIZE, SIZE, QImage.Format.Format_RGB32)
    red.fill(QColor("red"))
    tiles.put(tiles.sheet, QRect(0, 0, 2 * SIZE, SIZE), red)
    image = QImage(2 * SIZE, SIZE, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    parts = [QRect(0, 0, 2 * SIZE, 10), QRect(SIZE + 50, 10, 20, 30)]
    assert not any(tiles.paint(painter, parts, QPoint(), QRect()))
    assert not painter.hasClipping()
    painter.end()
    for x in range(0, 2 * SIZE, 5):
        for y in range(0, SIZE, 5):
            inside = any(part.contains(x, y) for part in parts)
            assert image.pixelColor(x, y) == QColor("red" if inside else "white")


def test_what_is_missing_is_said_of_each_part() -> None:
    tiles = Tiles()
    tiles.look(1.0)
    image = QImage(100, 100, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    parts = [QRect(0, 0, 100, 10), QRect(20, 10, 5, 5)]
    missing, bare, _ = tiles.paint(painter, parts, QPoint(), QRect())
    painter.end()
    assert missing == bare == parts


def test_a_blank_tile_is_shown_and_said_to_be_blank_until_there_is_a_better_one() -> None:
    tiles = Tiles()
    size = QSize(SIZE, SIZE)
    tiles.put_blank((0, 0), plain(size, GREEN))
    image = plain(size, QColor("white"))
    painter = QPainter(image)
    missing, bare, blank = tiles.paint(painter, [QRect(QPoint(), size)], QPoint(10, 0), QRect())
    painter.end()
    assert missing == bare == [QRect(0, 0, 10, SIZE)]
    assert blank == [QRect(10, 0, SIZE - 10, SIZE)]
    assert image.pixelColor(50, 50) == GREEN
    assert tiles.together(tiles.sheet, QRect(QPoint(), size)) is None
    tiles.put(tiles.sheet, QRect(QPoint(), size), plain(size, RED))
    painter = QPainter(image)
    assert not any(tiles.paint(painter, [QRect(QPoint(), size)], QPoint(), QRect()))
    painter.end()
    assert image.pixelColor(50, 50) == RED


def test_what_is_stretched_is_not_blank_and_is_the_same_in_one_piece() -> None:
    """A dozen tiles of another scale and more are joined before they are stretched; fewer are not."""
    for columns in (2, 5):
        tiles = Tiles()
        rect = QRect(0, 0, columns * SIZE, 3 * SIZE)
        image = plain(rect.size(), RED)
        painter = QPainter(image)
        painter.fillRect(0, 0, rect.width(), SIZE, GREEN)
        painter.end()
        tiles.put(tiles.sheet, rect, image)
        tiles.sheet.spoil(QRect(3, 3, 10, 10))
        tiles.put_blank((columns, 0), plain(QSize(SIZE, SIZE), QColor("white")))
        tiles.look(0.5)
        shown, missing, bare = canvas(tiles, QSize(rect.width() // 2 + 60, 384), QPoint())
        assert missing
        assert all(rect.left() >= columns * SIZE // 2 for rect in bare)
        assert shown.pixelColor(10, 60) == GREEN
        assert shown.pixelColor(rect.width() // 2 - 3, 200) == RED


def test_the_ground_is_bare_and_nothing_to_stretch() -> None:
    tiles = Tiles()
    tiles.put_blank((0, 0), plain(QSize(SIZE, SIZE), GREEN))
    tiles.look(0.5)
    _, missing, bare = canvas(tiles, QSize(100, 100), QPoint())
    assert missing == bare == [QRect(0, 0, 100, 100)]
