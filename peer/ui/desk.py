"""An open board in the window: the canvas, and the panels that float on it.

Rule: listens to one board and hands on what it says; the canvas gets what is drawn, the panels what is known of
people and links. The board's word on people and links is asked for at most every 50 ms, however often it changes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Final

from PyQt6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QAction, QKeyEvent, QResizeEvent
from PyQt6.QtWidgets import QWidget

from p2psketch.effects import Merged, Notice
from p2psketch.ids import BOARD_ID, PeerId, ShapeId
from peer.board import Board
from peer.tools.style import InkStyle
from peer.tools.tool import ERASER, PEN
from peer.ui import arrange
from peer.ui.actions import ICONS
from peer.ui.arrived import Arrived
from peer.ui.canvas import Canvas
from peer.ui.follow import Following
from peer.ui.inks import Inks
from peer.ui.panel import Panel
from peer.ui.panels.banner import Banner
from peer.ui.panels.eraser import EraserPanel
from peer.ui.panels.following import Border, Chip
from peer.ui.panels.looking import LookingPanel
from peer.ui.panels.people import PeoplePanel
from peer.ui.panels.status import StatusPanel
from peer.ui.panels.style import StylePanel
from peer.ui.panels.title import TitlePanel
from peer.ui.panels.toast import Toast
from peer.ui.panels.tools import ToolsPanel
from peer.ui.panels.zoom import ZoomPanel
from peer.ui.paperwork import Paperwork
from peer.ui.parting import Parting
from peer.ui.people import PeoplePopover
from peer.ui.person import PersonPopover
from peer.ui.picker import PickerPopover
from peer.ui.popover import Popover
from peer.ui.rims import Rims
from peer.ui.share import SharePopover
from peer.ui.snapshot import Snapshot
from peer.ui.theme import Theme

SOON: Final = 50
ANEW: Final = 1_000
"""Milliseconds after which times and links are asked for again in any case."""

PRESSES: Final = (QEvent.Type.MouseButtonPress, QEvent.Type.TabletPress, QEvent.Type.TouchBegin)


class Desk(QWidget):
    """One board; its Listener. Signals: history_changed() when undo or redo may have become possible."""

    history_changed = pyqtSignal()

    def __init__(
        self, board: Board, theme: Theme, actions: Mapping[str, QAction], inks: Inks, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.board = board
        self.inks = inks
        self.rubber = inks.rubber
        self.canvas = Canvas(board, inks.pen, theme, self, highlighter=inks.highlighter, rubber=inks.rubber)
        self.following = Following(board, self.canvas)
        self.border = Border(self)
        self.title = TitlePanel(self)
        self.tools = self._tools(actions)
        self.people = PeoplePanel(self)
        self.style_panel = StylePanel(self, inks.pen)
        self.eraser_panel = EraserPanel(self, inks.rubber)
        self.zoom = ZoomPanel(self, actions, editing=board.can_edit)
        self.status = StatusPanel(self)
        self.toast = Toast(self)
        self.chip = Chip(self)
        self.people_popover = PeoplePopover(self)
        self.share_popover = SharePopover(self)
        self.picker = PickerPopover(self)
        self.person_popover = PersonPopover(self)
        self.paperwork = Paperwork(board, self.title, self.toast, self)
        self.parting = Parting(board, Banner(self), self)
        self.arrived = Arrived(board, self.canvas, self.toast)
        self.snapshot = Snapshot(board, self.toast, self)
        self.zen = False
        self._stale: set[str] = set()
        self._timer = QTimer(self)
        self._again = QTimer(self)
        self.rims = Rims(self.canvas, [*self.panels, self.eraser_panel])
        self._wire()
        self.tool_changed(self.canvas.tool_name)
        self._refresh()
        board.watch(self)

    def _tools(self, actions: Mapping[str, QAction]) -> ToolsPanel | LookingPanel:
        if self.board.can_edit:
            return ToolsPanel(self, [(actions[name], icon) for name, icon in ICONS.items()])
        return LookingPanel(self)

    @property
    def ink(self) -> InkStyle:
        """The style of the tool in hand, or of the pen if that has none."""
        return self.inks.of(self.canvas.tool_name) or self.inks.pen

    @property
    def panels(self) -> tuple[Panel, ...]:
        """What floats on the canvas at all times."""
        return self.title, self.tools, self.people, self.style_panel, self.zoom, self.status

    @property
    def popovers(self) -> tuple[Popover, ...]:
        """What a click opens."""
        right = self.people_popover, self.share_popover
        return *right, self.picker, self.person_popover, self.paperwork.holders, self.paperwork.copying

    def _wire(self) -> None:
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._refresh)
        self._again.timeout.connect(self._ask_again)
        self._again.start(ANEW)
        self.canvas.zoomed.connect(self.zoom.show_zoom)
        self.canvas.tool_changed.connect(self.tool_changed)
        self.canvas.tapped.connect(self._tapped)
        self.toast.changed.connect(self.place_panels)
        self.title.renamed.connect(self.canvas.setFocus)
        floating = (*self.panels, self.eraser_panel, *self.popovers, self.paperwork.trouble, self.parting.banner)
        for panel in floating:
            panel.reshaped.connect(self.place_panels)
        for popover in self.popovers:
            popover.opened.connect(self._popover_opened)
            popover.closed.connect(self.canvas.setFocus)
        self._wire_people()
        glass = self.canvas.viewport()
        assert glass is not None
        glass.installEventFilter(self)
        self.setFocusProxy(self.canvas)

    def _wire_people(self) -> None:
        self.people.more.clicked.connect(self.people_popover.toggle)
        for part in (self.people, self.people_popover):
            part.picked.connect(self.following.toggle)
        self.following.changed.connect(self._show_followed)
        self.following.said.connect(self.toast.say)
        self.chip.clicked.connect(self.following.stop)
        self.status.line.clicked.connect(self.people_popover.toggle)
        self.people.share.clicked.connect(self.toggle_share)
        self.style_panel.free.clicked.connect(self._toggle_picker)
        self.picker.chosen.connect(self._pick)

    # -- what the board says -----------------------------------------------------------------------

    def changed(self, shapes: Collection[ShapeId]) -> None:
        self.canvas.changed(shapes)
        self.history_changed.emit()
        if BOARD_ID in shapes:
            self.paperwork.named()

    def pointed(self, peers: Collection[PeerId]) -> None:
        self.canvas.pointed(peers)
        self.following.pointed(peers)

    def people_changed(self) -> None:
        self._refresh_soon("people")

    def status_changed(self) -> None:
        self._refresh_soon("status")

    def noticed(self, notice: Notice) -> None:
        if notice.text != self.board.status().trouble:  # which is said as long as it is true
            self.toast.say(notice.text)

    def merged(self, merged: Merged) -> None:
        self.arrived.tell(merged)

    def _refresh_soon(self, what: str) -> None:
        self._stale.add(what)
        if not self._timer.isActive():
            self._timer.start(SOON)

    def _ask_again(self) -> None:
        if self.isVisible():
            self._refresh_soon("status")
            self._refresh_soon("times")

    def _refresh(self) -> None:
        stale, self._stale = self._stale or {"people", "status"}, set()
        if stale & {"people", "times"}:
            people = self.board.people()
            self.people.show_people(people)
            self.people_popover.show_people(people)
            self.following.people_changed(people)
        if "people" in stale:
            self.canvas.people_changed()
        if "status" in stale:
            status = self.board.status()
            self.paperwork.show_status(status)
            self.status.show_status(status)
        self.place_panels()

    # -- what a person does ------------------------------------------------------------------------

    def tool_changed(self, name: str) -> None:
        """Another tool is in hand."""
        style = self.inks.of(name)
        if style is not self.style_panel.ink:
            self.picker.close_it()
        if style is not None:
            self.style_panel.show_tool(style, presses=name == PEN)
        self.style_panel.setVisible(style is not None and not self.zen)
        self.eraser_panel.setVisible(name == ERASER and not self.zen)

    def step_width(self, step: int) -> None:
        """The next thicker or thinner width, of what is in hand."""
        if self.canvas.tool_name == ERASER:
            self.rubber.step(step)
        else:
            self.ink.step_width(step)

    def undo(self) -> None:
        """Take back the last step; what the toast offered is done, or too late."""
        self.toast.drop_offer()
        self.board.undo()

    def redo(self) -> None:
        """Do it again."""
        self.toast.drop_offer()
        self.board.redo()

    def clear(self) -> None:
        """Delete everything, and offer to take that back."""
        if self.board.document.visible_count:
            self.board.clear()
            self.toast.say("The board is cleared.", "Undo", self.undo)

    def _show_followed(self) -> None:
        for part in (self.people, self.people_popover):
            part.show_followed(self.following.peer)
        for sign in (self.border, self.chip):
            sign.show_person(self.following.person)
        self.place_panels()

    def _tapped(self, fingers: int) -> None:
        """Two fingers undo, three do it again."""
        if self.board.can_edit and fingers in (2, 3):
            (self.undo if fingers == 2 else self.redo)()

    def set_theme(self, theme: Theme) -> None:
        """Look like this from now on."""
        self.canvas.set_theme(theme)

    def set_zen(self, on: bool) -> None:
        """Hide the panels, or show them again."""
        self.zen = on
        for panel in self.panels:
            panel.setVisible(not on)
        self.tool_changed(self.canvas.tool_name)
        if on:
            self.close_popovers()
        self.place_panels()

    def toggle_share(self) -> None:
        """Open or close Share."""
        if not self.share_popover.is_open:
            status = self.board.status()
            self.share_popover.show_links(self.board.invites(), status.trackers, open_room=status.open_room)
        self.share_popover.toggle()

    def open_person(self, name: str, color: int) -> None:
        """Ask for name and colour."""
        self.person_popover.form.show_person(name, color)
        self.person_popover.open()

    def close_popovers(self, *, but: Popover | None = None) -> None:
        """Close what clicks have opened."""
        for popover in self.popovers:
            if popover is not but:
                popover.close_it()

    def _toggle_picker(self) -> None:
        self.picker.show_color(self.ink.color)
        self.picker.toggle()

    def _pick(self, color: int) -> None:
        self.ink.color = color

    def _popover_opened(self) -> None:
        popover = self.sender()
        assert isinstance(popover, Popover)
        for other in self.popovers:
            if other is not popover:
                other.hide()
        popover.adjustSize()
        popover.slide_to(self._place_of(popover))

    # -- where things are --------------------------------------------------------------------------

    def place_panels(self) -> None:
        """Put everything where it belongs, for the size that the window has."""
        area = self.rect()
        arrange.place_top(area, self.title, self.tools, self.people)
        arrange.place_side(self.style_panel, self.title)
        arrange.place_side(self.eraser_panel, self.title)
        arrange.place_bottom(area, self.zoom, self.status, self.toast, self.chip)
        arrange.place_banners(area, self.tools, self.style_panel, self.paperwork.trouble, self.parting.banner)
        for popover in self.popovers:
            if popover.is_open and popover.size() != popover.sizeHint():
                popover.adjustSize()
            if popover.is_open and not popover.is_sliding:
                popover.move(self._place_of(popover))

    def _place_of(self, popover: Popover) -> QPoint:
        if popover is self.picker:
            return arrange.beside(self.style_panel, popover, self.rect())
        if popover in (self.person_popover, self.paperwork.holders, self.paperwork.copying):
            return arrange.under_left(self.title)
        return arrange.under(self.people, popover, self.rect())

    def leave(self) -> None:
        """The board is shown no more."""
        self.snapshot.cancel()
        self._timer.stop()
        self._again.stop()
        for part in (self.canvas, self.style_panel, self.eraser_panel):
            part.leave()
        with suppress(ValueError):  # a board that has been left has forgotten its listeners
            self.board.unwatch(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if event is not None and event.type() in PRESSES:
            self.following.stop()
            self.arrived.stay()
            self.parting.stay()
            self.close_popovers(but=self.people_popover)
            self.toast.drop_offer()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None or event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self.following.person is not None:
            self.following.stop()
        elif not self.arrived.back():
            self.parting.stay()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        for around in (self.canvas, self.border):
            around.setGeometry(self.rect())
        self.place_panels()
