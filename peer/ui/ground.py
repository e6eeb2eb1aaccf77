"""What the welcome page is made of: the dotted ground, rows and messages, and the link that was copied last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from p2psketch.errors import InviteError
from peer.ui.theme import DOT_SPACING, Theme
from peer.ui.widgets import Words

if TYPE_CHECKING:
    from p2psketch.invite import Invite

LEFT = 380


def offered_link(text: str) -> Invite | None:
    """The invite in what was copied last, if it is one."""
    if not text.lstrip().lower().startswith("p2psketch://"):
        return None
    from p2psketch.invite import Invite  # and with it the keys, which the first picture has no time for

    try:
        return Invite.parse(text)
    except InviteError:
        return None


def dot(theme: Theme) -> QImage:
    """The piece that the dotted ground is made of."""
    piece = QImage(DOT_SPACING, DOT_SPACING, QImage.Format.Format_RGB32)
    piece.fill(theme.canvas)
    for x, y in ((0, 0), (1, 0), (0, 1), (1, 1)):
        piece.setPixelColor(x, y, theme.dots)
    return piece


def message() -> Words:
    """A line for what went wrong."""
    words = Words(points=9, color="bad", wrap=True)
    words.setFixedWidth(LEFT)
    return words


def row(*parts: tuple[QWidget, int]) -> QHBoxLayout:
    """Parts side by side, each with how much it stretches."""
    box = QHBoxLayout()
    box.setSpacing(8)
    for part, stretch in parts:
        box.addWidget(part, stretch)
    return box
