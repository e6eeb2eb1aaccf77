import re
from pathlib import Path

import pytest
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, QImage, QPainter

from peer.ui import icons

NAMES = sorted(path.stem for path in icons.FOLDER.glob("*.svg"))
SOURCE = Path(icons.__file__).parent


def painted(name: str, color: str, size: int = 20) -> QImage:
    image = QImage(40, 40, QImage.Format.Format_ARGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    icons.paint_icon(painter, name, QRectF(0, 0, 40, 40), QColor(color), size)
    painter.end()
    return image


def pixels(image: QImage) -> set[tuple[int, int, str]]:
    all_of_them = ((x, y, image.pixelColor(x, y).name()) for x in range(40) for y in range(40))
    return {(x, y, name) for x, y, name in all_of_them if name != "#ffffff"}


@pytest.mark.parametrize("name", NAMES)
def test_an_icon_is_drawn_in_the_middle_in_its_colour(name: str) -> None:
    found = pixels(painted(name, "#4263eb"))
    assert any(QColor(color).blue() > QColor(color).red() + 80 for _, _, color in found)
    assert all(10 <= x < 30 and 10 <= y < 30 for x, y, _ in found)


def test_a_smaller_one_is_smaller() -> None:
    assert len(pixels(painted("plus", "black", 12))) < len(pixels(painted("plus", "black", 20)))


def test_every_icon_that_is_kept_is_used_and_every_one_used_is_kept() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    used = {name for name in re.findall(r'"([a-z][a-z-]*)"', source) if name in NAMES}
    assert used == set(NAMES)


def test_their_licence_comes_with_them() -> None:
    assert "MIT License" in (icons.FOLDER / "LICENSE").read_text(encoding="utf-8")
