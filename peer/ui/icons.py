"""The icons: Phosphor (https://phosphoricons.com, MIT, see phosphor/LICENSE), drawn in any colour and size.

The files are kept as they are published; another one is added by copying its SVG into phosphor/.
"""

from functools import lru_cache
from pathlib import Path
from typing import Final

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter
from PyQt6.QtSvg import QSvgRenderer

from peer.ui.theme import ICON

FOLDER: Final = Path(__file__).parent / "phosphor"


def paint_icon(painter: QPainter, name: str, rect: QRectF, color: QColor, size: int = ICON) -> None:
    """Draw an icon into the middle of `rect`, `size` pixels large."""
    device = painter.device()
    ratio = device.devicePixelRatioF() if device is not None else 1.0
    x, y = rect.center().x() - size / 2, rect.center().y() - size / 2
    painter.drawImage(QRectF(round(x), round(y), size, size), _drawn(name, color.rgba(), round(size * ratio)))


@lru_cache(maxsize=256)
def _drawn(name: str, rgba: int, pixels: int) -> QImage:
    image = QImage(pixels, pixels, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    color = QColor.fromRgba(rgba)
    svg = (FOLDER / f"{name}.svg").read_bytes().replace(b"currentColor", color.name().encode())
    painter = QPainter(image)
    painter.setOpacity(color.alphaF())
    QSvgRenderer(svg).render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    return image
