"""The canvas: shows the board, and turns what hands do on it into what tools do.

Rule: it never edits. Tools do, through the board, and what they change comes back through `changed`, like everybody
else's work. What is not the document's (drafts, pointers, what a gesture is about to do) is shown above it.
"""

from collections.abc import Collection, Sequence
from typing import Final

from PyQt6.QtCore import QEvent, QPoint, QRect, Qt, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QPainter
from PyQt6.QtWidgets import QWidget

from p2psketch.ids import PeerId, ShapeId
from p2psketch.shapes import STROKE
from p2psketch.views import NOBODY
from peer.board import Board
from peer.tools.eraser import Eraser
from peer.tools.hand import Hand
from peer.tools.pen import Highlighter, Pen
from peer.tools.rubber import Rubber
from peer.tools.style import InkStyle, marker
from peer.tools.tool import ERASER, HAND, Pointer, Tool
from peer.tools.toolbox import Button, Toolbox
from peer.ui.backdrop import HINT, NOTHING_YET
from peer.ui.cursors import Cursors
from peer.ui.drafts import Drafts
from peer.ui.growing import Style, style_of
from peer.ui.handled import HandledView
from peer.ui.look import motion
from peer.ui.mouse_cursors import mouse_cursor
from peer.ui.proposed import Proposed
from peer.ui.reach import Reach
from peer.ui.ring import Ring
from peer.ui.settled import SettledInk
from peer.ui.surface import CanvasSurface
from peer.ui.theme import Theme

_OWN: Final = "own"
"""The key of one's own draft; those of others are (author, number)."""


class Canvas(HandledView):
    """Signals: tool_changed(str) when another tool was chosen, contents_changed() when the board became blank or is no
    longer; and those of HandledView.

    Tell it of changes through the slots `changed`, `pointed` and `people_changed`, as a Listener of the board.
    """

    tool_changed = pyqtSignal(str)
    contents_changed = pyqtSignal()

    def __init__(
        self,
        board: Board,
        style: InkStyle,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        highlighter: InkStyle | None = None,
        rubber: Rubber | None = None,
    ) -> None:
        """`style` is that of the pen."""
        super().__init__(theme, parent)
        self._board = board
        self._theme = theme
        self._rubber = rubber or Rubber()
        self._proposed = Proposed(board)
        self._settled = SettledInk(self._proposed, self.backdrop, self.show_anew, self)
        self._drafts = Drafts(theme, self.show_area_anew)
        self._ring = Ring(theme)
        self._ring.setParentItem(self.plane)
        self._cursors = Cursors(self.plane, theme)
        self._reach = Reach(board, self._settled.near)
        surface = CanvasSurface(self, self._settled, self._reach)
        self._toolbox = _toolbox(board, style, highlighter or marker(), surface, self._rubber)
        self._pointer: Pointer | None = None
        self._ctrl = False
        self._mouse_cursor = ""
        self._blank = self._leads = True
        self.backdrop.words = HINT if board.can_edit else NOTHING_YET
        self.moved.connect(self._follow_camera)
        self._rubber.watch(self._show_gesture)
        self.changed([shape.id for shape in board.document.visible()])
        self.pointed({author for author, _ in board.presences.sketches} | set(board.presences.pointers))
        self._show_gesture()
        self.look()

    # -- for the window ----------------------------------------------------------------------------

    @property
    def tool_name(self) -> str:
        """The tool in hand."""
        return self._toolbox.chosen.name

    @property
    def is_blank(self) -> bool:
        """Is there no ink at all, nor anybody drawing?"""
        return self._blank

    def select_tool(self, name: str) -> None:
        """Take a tool in hand; a gesture that is going on ends with the tool that it began with."""
        if self._toolbox.choose(name):
            self._show_gesture()
            self.tool_changed.emit(name)

    def cancel(self) -> bool:
        cancelled = self._toolbox.cancel()
        self._show_gesture()
        return cancelled

    def leave(self) -> None:
        """The canvas goes; the rubber stays."""
        self._rubber.unwatch(self._show_gesture)
        self._settled.leave()

    def fit_all(self) -> None:
        """Show all there is; of an empty board, its origin at 100 %."""
        self.fit(self._settled.bounds())

    def lead(self, *, on: bool) -> None:
        """Whether the others are told what is seen here, and so can follow."""
        self._leads = on
        self._tell()

    def set_theme(self, theme: Theme) -> None:
        """Look like this from now on."""
        self._theme = self.backdrop.theme = theme
        for part in (self._drafts, self._cursors, self._ring):
            part.set_theme(theme)
        self._settled.clear()
        self._mouse_cursor = ""
        self._show_gesture()
        self.glass.update()

    # -- what the board says -----------------------------------------------------------------------

    def changed(self, shapes: Collection[ShapeId]) -> None:
        """These shapes are new, altered or gone."""
        self._reach.forget(shapes)
        self._settled.refresh(shapes)
        self._judge_blank()

    def pointed(self, peers: Collection[PeerId]) -> None:
        """Pointers or drafts of these people have changed."""
        self._cursors.gliding = motion(self) > 0
        for peer in peers:
            self._show_pointer(peer)
        self._show_sketches(frozenset(peers))
        self._judge_blank()

    def people_changed(self) -> None:
        """Names or colours may have changed."""
        for person in self._board.people():
            self._cursors.dress(person.peer, person.name, person.color)

    def _show_pointer(self, peer: PeerId) -> None:
        presence = self._board.presences.pointers.get(peer)
        if presence is None or presence.cursor is None:
            self._cursors.remove(peer)
        elif peer in self._cursors:
            self._cursors.move(peer, presence.cursor)
        else:
            who = next((person for person in self._board.people() if person.peer == peer), NOBODY)
            self._cursors.add(peer, presence.cursor, who.name, who.color)

    def _show_sketches(self, peers: Collection[PeerId]) -> None:
        sketches = self._board.presences.sketches
        for key in self._drafts.shown:
            if key != _OWN and key[0] in peers and key not in sketches:
                self._drafts.drop(key)
        for key, sketch in sketches.items():
            if key[0] in peers and sketch.fields.get("kind") == STROKE:
                self._drafts.follow(key, style_of(sketch.fields), sketch.points, sketch.pressure)

    def _judge_blank(self) -> None:
        blank = not self._board.document.visible_count and not self._drafts.shown
        if blank != self._blank:
            self._blank = blank
            self.glass.update()
            self.contents_changed.emit()

    # -- what hands do -----------------------------------------------------------------------------

    @property
    def draws(self) -> bool:
        return self._toolbox.at_hand().name != HAND

    @property
    def held(self) -> Button | None:
        return self._toolbox.button

    def pointer_pressed(self, pointer: Pointer, button: Button | None) -> None:
        if button is not None:
            self._toolbox.press(pointer, button)
        self._aim(pointer)

    def pointer_moved(self, pointer: Pointer) -> None:
        self._toolbox.move(pointer)
        self._aim(pointer)

    def pointer_released(self, pointer: Pointer, button: Button | None) -> None:
        if button is not None:
            self._toolbox.release(pointer, button)
        self._aim(pointer)

    def _aim(self, pointer: Pointer) -> None:
        """The pointer is here: tell the others, and show what it is about to do."""
        self._pointer, self._ctrl = pointer, pointer.ctrl
        self._tell()
        self._show_gesture()

    def _tell(self) -> None:
        """Tell the others where one points and what one sees."""
        at = (self._pointer.x, self._pointer.y) if self._pointer is not None else None
        sees = self._leads and self.camera.width > 0
        self._board.point(at, self.camera.area if sees else None, self._tool.name)

    def _follow_camera(self) -> None:
        """Another part of the board is seen, and another point of it is under the pointer."""
        camera = self.camera
        self._settled.look(camera.zoom * camera.ratio, camera.ratio, QPoint(*camera.origin), self.pixels)
        self._drafts.look(camera.area, camera.zoom, camera.ratio)
        if (was := self._pointer) is not None:
            x, y = self.camera.to_board(was.screen_x, was.screen_y)
            self._aim(Pointer(x, y, was.screen_x, was.screen_y, was.pressure, was.time, ctrl=was.ctrl))
        elif self.camera.width:
            self._tell()

    def pointer_lost(self) -> None:
        if self._pointer is not None:
            self._pointer = None
            self._tell()
        self._show_gesture()

    @property
    def _tool(self) -> Tool:
        """The tool at work, or the one that a press would go to."""
        return self._toolbox.at_hand(self._over, ctrl=self._ctrl)

    def _show_gesture(self) -> None:
        """The line under the pen, what the eraser has touched, its ring, and the look of the pointer itself."""
        tool = self._tool
        if tool.line is None:
            self._drafts.drop(_OWN)
        else:
            line = tool.line
            style = Style(line.color, line.width, nib=line.nib)
            self._drafts.follow(_OWN, style, line.points, line.pressure, line.tip, line.tip_pressure)
        self._settled.fade(tool.fading)
        if altered := self._proposed.cut(tool.cutting):
            self._settled.refresh(altered)
        if tool.busy:
            self._settled.make_way()
        else:
            self._reach.forget()
        if tool.name == ERASER and self._pointer is not None:
            self._ring.show_at(self._pointer.x, self._pointer.y, self._rubber.radius, busy=tool.busy)
        else:
            self._ring.setVisible(False)
        if (cursor := f"{tool.name} {tool.busy}") != self._mouse_cursor:
            self._mouse_cursor = cursor
            self.glass.setCursor(mouse_cursor(tool.name, self._theme, busy=tool.busy))
        self._judge_blank()

    def _key(self, event: QKeyEvent, *, down: bool) -> bool:
        """A key was pressed or released; whether it means anything here."""
        match event.key():
            case Qt.Key.Key_Escape if down:
                return self.cancel()
            case Qt.Key.Key_Space:
                self._toolbox.space = down
            case Qt.Key.Key_Control:
                self._ctrl = down
            case _:
                return down and self._toolbox.key(event.text())
        self._show_gesture()
        return event.key() == Qt.Key.Key_Space

    def paint_board(self, painter: QPainter, exposed: QRect, parts: Sequence[QRect]) -> None:
        self._settled.paint(painter, exposed, parts)

    def paint_on_board(self, painter: QPainter, exposed: Sequence[QRect]) -> None:
        if self._drafts.shown:
            self._drafts.paint(painter, [self.camera.board_area(*part.getRect()) for part in exposed])

    def paint_hint(self, painter: QPainter) -> None:
        if self._blank:
            self.backdrop.paint_hint(painter, self.camera.width, self.camera.height)

    # -- what Qt calls -----------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None:
            event.setAccepted(self._key(event, down=True))

    def keyReleaseEvent(self, event: QKeyEvent | None) -> None:
        if event is not None:
            event.setAccepted(not event.isAutoRepeat() and self._key(event, down=False))

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        self._toolbox.space = self._ctrl = False
        self._show_gesture()

    def leaveEvent(self, event: QEvent | None) -> None:
        self.pointer_lost()

    def hideEvent(self, event: QHideEvent | None) -> None:
        self.lift()
        self._toolbox.interrupt()
        self.pointer_lost()


def _toolbox(board: Board, style: InkStyle, highlighter: InkStyle, surface: CanvasSurface, rubber: Rubber) -> Toolbox:
    """The tools of who may draw here, or of who may only look."""
    if board.can_edit:
        eraser = Eraser(board, surface, rubber)
        return Toolbox((Pen(board, style), Highlighter(board, highlighter), eraser, Hand(surface)))
    return Toolbox((Hand(surface),), HAND)
