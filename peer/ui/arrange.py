"""Where the panels are: at the edges, `MARGIN` away from them, never over each other.

From 800×600 up nothing is cut: first the panels at the sides give up what matters least, then the tools go into
two rows.
"""

from PyQt6.QtCore import QPoint, QRect
from PyQt6.QtWidgets import QWidget

from peer.ui.panel import PADDING, Panel
from peer.ui.panels.banner import Banner
from peer.ui.panels.looking import LookingPanel
from peer.ui.panels.people import PeoplePanel
from peer.ui.panels.status import StatusPanel
from peer.ui.panels.title import TitlePanel
from peer.ui.panels.toast import Toast
from peer.ui.panels.tools import ToolsPanel
from peer.ui.panels.zoom import ZoomPanel
from peer.ui.theme import BUTTON, MARGIN

GAP = 8
BANNER = 780
TOAST = 520
"""Pixels that a toast takes at most."""


def place_top(area: QRect, title: TitlePanel, middle: ToolsPanel | LookingPanel, people: PeoplePanel) -> None:
    """The three panels at the top."""
    sides = max(BUTTON + 2 * PADDING, people.narrowest) + MARGIN + GAP
    middle.fold_to(area.width() - 2 * sides)
    _put(middle, QPoint((area.width() - middle.sizeHint().width()) // 2, MARGIN))
    title.fold_to(middle.x() - GAP - MARGIN)
    _put(title, QPoint(MARGIN, MARGIN))
    people.fold_to(area.width() - middle.geometry().right() - 1 - GAP - MARGIN)
    _put(people, QPoint(area.width() - MARGIN - people.sizeHint().width(), MARGIN))


def place_bottom(area: QRect, zoom: ZoomPanel, status: StatusPanel, toast: Toast, chip: QWidget) -> None:
    """The two panels at the bottom, the chip between them or above, and the toast above all that it would cover."""
    bottom = area.height() - MARGIN
    _put(zoom, QPoint(MARGIN, bottom - zoom.sizeHint().height()))
    status.fold_to(area.width() - zoom.width() - 2 * MARGIN - GAP)
    hint = status.sizeHint()
    _put(status, QPoint(area.width() - MARGIN - hint.width(), bottom - hint.height()))
    _place_chip(area, chip, zoom, status)
    toast.fold_to(min(TOAST, area.width() - 2 * MARGIN))
    hint = toast.sizeHint()
    edge = status.y() - GAP if _is_there(status) else bottom
    _put(toast, QPoint(area.width() - MARGIN - hint.width(), edge - hint.height()))
    if _is_there(chip) and chip.geometry().intersects(toast.geometry()):
        toast.move(toast.x(), chip.y() - GAP - hint.height())


def _place_chip(area: QRect, chip: QWidget, zoom: ZoomPanel, status: StatusPanel) -> None:
    hint = chip.sizeHint()
    x = (area.width() - hint.width()) // 2
    _put(chip, QPoint(x, zoom.geometry().center().y() - hint.height() // 2))
    beside = chip.geometry().adjusted(-GAP, 0, GAP, 0)
    if any(_is_there(panel) and panel.geometry().intersects(beside) for panel in (zoom, status)):
        chip.move(x, zoom.y() - GAP - hint.height())


def place_banners(area: QRect, tools: QWidget, side: QWidget, *banners: Banner) -> None:
    """What has to be seen until it is mended or answered: under the tools, in the middle of what is free there."""
    top = (tools.geometry().bottom() + 1 if _is_there(tools) else MARGIN) + GAP
    left = side.geometry().right() + 1 + GAP if _is_there(side) else MARGIN
    for banner in banners:
        if banner.is_shown:
            banner.fold_to(min(BANNER, area.width() - MARGIN - left))
            hint = banner.sizeHint()
            middle = (area.width() - hint.width()) // 2
            x = middle if middle >= left else left
            _put(banner, QPoint(x, top))
            top += hint.height() + GAP


def place_side(style: Panel, top: QWidget) -> None:
    """The panel at the left, under the one at the top."""
    _put(style, QPoint(MARGIN, top.geometry().bottom() + 1 + 3 * GAP))


def under(panel: QWidget, popover: QWidget, area: QRect) -> QPoint:
    """Where a popover hangs under a panel, its right edge with the panel's."""
    x = min(panel.geometry().right() + 1, area.width() - MARGIN) - popover.width()
    return QPoint(max(x, MARGIN), panel.geometry().bottom() + 1 + GAP)


def under_left(panel: QWidget) -> QPoint:
    """Where a popover hangs under a panel, its left edge with the panel's."""
    return QPoint(panel.x(), panel.geometry().bottom() + 1 + GAP)


def beside(panel: QWidget, popover: QWidget, area: QRect) -> QPoint:
    """Where a popover stands to the right of a panel."""
    y = min(panel.y(), area.height() - MARGIN - popover.height())
    return QPoint(panel.geometry().right() + 1 + GAP, max(y, MARGIN))


def amid(popover: QWidget, area: QRect) -> QPoint:
    """Where a popover stands in the middle."""
    return QPoint((area.width() - popover.width()) // 2, max((area.height() - popover.height()) // 2, MARGIN))


def _is_there(panel: QWidget) -> bool:
    return panel.isVisibleTo(panel.parentWidget())


def _put(panel: QWidget, place: QPoint) -> None:
    panel.setGeometry(QRect(place, panel.sizeHint()))
