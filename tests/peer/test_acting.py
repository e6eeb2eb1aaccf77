"""Where the windows of the demo are, and what they answer."""

import pytest
from PyQt6.QtCore import QRect

from peer.acting import tile

SCREEN = QRect(0, 27, 1920, 1053)


@pytest.mark.parametrize("count", range(1, 9))
def test_windows_share_the_screen_and_none_covers_another(count: int) -> None:
    tiles = [tile(number, count, SCREEN) for number in range(count)]
    assert all(SCREEN.contains(place) for place in tiles)
    assert not any(one.intersects(other) for one in tiles for other in tiles if one is not other)
    assert sum(place.width() * place.height() for place in tiles) > 0.93 * SCREEN.width() * SCREEN.height()


def test_of_three_one_is_tall() -> None:
    ana, bo, cem = (tile(number, 3, SCREEN) for number in range(3))
    assert ana.height() > 2 * bo.height()
    assert bo.size() == cem.size() or abs(bo.height() - cem.height()) <= 1
    assert bo.left() == cem.left() > ana.right()
