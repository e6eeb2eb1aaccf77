"""Before a board is open: a new one, one by its link, an open room, or one from before.

Rule: says what a person chose and lets the app act; knows whether a link or an address can be used, and keeps
what was typed when it cannot.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from PyQt6.QtCore import QPoint, QPointF, Qt, pyqtSignal
from PyQt6.QtGui import QBrush, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QLayout, QVBoxLayout, QWidget

from p2psketch.address import parse_address
from p2psketch.errors import InviteError
from peer.settings import Recent, Thrown
from peer.ui.ground import LEFT, dot, message, offered_link, row
from peer.ui.look import theme_of
from peer.ui.panel import Panel
from peer.ui.panels.toast import UNDO, Toast
from peer.ui.person import NAMELESS, PersonForm
from peer.ui.recent import RecentList
from peer.ui.theme import MARGIN
from peer.ui.widgets import Field, Hairline, LinkButton, TextButton, Words

WIDTH, WIDEST, AROUND, TALL = 736, 1080, 64, 620
LOBBY = "lobby"


class Welcome(QWidget):
    """Signals: new_board(), join_link(str), join_room(str, str) with tracker and name, open_file(str), browse(),
    back(), asked(str, str) with what is to be done to the board of a path, named(str, str) with its new name, empty()
    when the trash is to be emptied, and before those that open a board person_chosen(str, int) if it was asked.
    """

    new_board = pyqtSignal()
    join_link = pyqtSignal(str)
    join_room = pyqtSignal(str, str)
    open_file = pyqtSignal(str)
    browse = pyqtSignal()
    back = pyqtSignal()
    asked = pyqtSignal(str, str)
    named = pyqtSignal(str, str)
    empty = pyqtSignal()
    person_chosen = pyqtSignal(str, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.card = Panel(self, padding=0)
        self.person = PersonForm(self, columns=12)
        self.new = TextButton("New board", self, filled=True, icon="file-plus")
        self.link = Field("p2psketch://…", "Invite link", self)
        self.join = TextButton("Join", self)
        self.offer = LinkButton("", self)
        self.tracker = Field("Tracker, HOST:PORT", "Tracker, HOST:PORT", self)
        self.room = Field(LOBBY, "Name of the room", self)
        self.enter = TextButton("Open", self)
        self.link_message = message()
        self.message = message()
        self.recent = RecentList(self)
        self.recent_head = Words("Recent", points=9, color="quiet")
        self.trash_link = LinkButton("", self)
        self.empty_link = LinkButton("Empty the trash…", self)
        self.toast = Toast(self)
        self._boards: Sequence[Recent] = ()
        self._thrown: Sequence[Thrown] = ()
        self._in_trash = False
        self.browse_link = LinkButton("Open a file…", self)
        self.back_link = LinkButton("Back to the board", self)
        self._asks = False
        self._asked = self.message
        self._lay_out()
        self._wire()
        self.back_link.hide()
        self.offer.hide()

    # -- layout ------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        columns = QHBoxLayout()
        columns.setContentsMargins(32, 28, 26, 28)
        columns.setSpacing(28)
        left = QWidget()
        left.setFixedWidth(LEFT)
        left.setLayout(self._left())
        columns.addWidget(left)
        columns.addLayout(self._right(), 1)
        self.card.box.addLayout(columns)

    def _left(self) -> QLayout:
        self._you = QWidget()
        you = QVBoxLayout(self._you)
        you.setContentsMargins(0, 0, 0, 14)
        you.setSpacing(8)
        you.addWidget(Words("You, as the others see you", points=9, color="quiet"))
        you.addWidget(self.person)
        self.new.setFixedSize(LEFT, 40)
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(8)
        left.addWidget(Words("p2psketch", points=22, bold=True))
        left.addWidget(Words("A whiteboard with no server in the middle.", color="quiet"))
        left.addSpacing(12)
        left.addWidget(self._you)
        left.addWidget(self.new)
        left.addSpacing(10)
        left.addWidget(Words("Join with a link", points=9, color="quiet"))
        left.addLayout(row((self.link, 1), (self.join, 0)))
        left.addWidget(self.link_message)
        left.addWidget(self.offer, 0, Qt.AlignmentFlag.AlignLeft)
        left.addSpacing(8)
        left.addWidget(Words("Open a room: anyone who guesses its name can join", points=9, color="quiet"))
        left.addLayout(row((self.tracker, 3), (self.room, 2), (self.enter, 0)))
        left.addWidget(self.message)
        left.addStretch(1)
        return left

    def _right(self) -> QLayout:
        head = row((self.recent_head, 1), (self.empty_link, 0), (self.browse_link, 0))
        foot = row((self.trash_link, 0))
        foot.addStretch(1)
        foot.setContentsMargins(6, 0, 0, 0)
        head.setContentsMargins(10, 0, 0, 0)
        right = QVBoxLayout()
        right.setSpacing(6)
        right.addWidget(self.back_link, 0, Qt.AlignmentFlag.AlignRight)
        right.addLayout(head)
        right.addWidget(Hairline())
        right.addWidget(self.recent, 1)
        right.addLayout(foot)
        return right

    def _wire(self) -> None:
        self.person.name.returnPressed.connect(self.new.setFocus)
        self.new.clicked.connect(self._begin_anew)
        self.join.clicked.connect(self._join)
        self.link.returnPressed.connect(self._join)
        self.offer.clicked.connect(self._take_offer)
        self.enter.clicked.connect(self._enter)
        self.tracker.returnPressed.connect(self._enter)
        self.room.returnPressed.connect(self._enter)
        self.recent.picked.connect(self._pick)
        self.recent.asked.connect(self.asked)
        self.recent.named.connect(self.named)
        self.trash_link.clicked.connect(self._turn_trash)
        self.empty_link.clicked.connect(self.empty)
        self.toast.changed.connect(self._place)
        self.browse_link.clicked.connect(lambda: self._go(self.browse.emit))
        self.back_link.clicked.connect(self.back)
        self.card.reshaped.connect(self._place)
        for field in (self.link, self.tracker, self.room, self.person.name):
            field.textEdited.connect(self._say_nothing)
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.dataChanged.connect(self._look_at_clipboard)

    # -- what the app says -------------------------------------------------------------------------

    def ask_person(self, name: str, color: int) -> None:
        """Ask who this is, with a first guess that typing replaces."""
        self._asks = True
        self.person.show_person(name, color)
        self.person.name.selectAll()

    def begin(self, boards: Sequence[Recent], *, can_go_back: bool, thrown: Sequence[Thrown] = ()) -> None:
        """Show the page as it is at first."""
        self._in_trash = False
        self.show_boards(boards, thrown)
        self._you.setVisible(self._asks)
        self.back_link.setVisible(can_go_back)
        self._set_enabled(True)
        self._say_nothing()
        self._look_at_clipboard()
        self._place()
        (self.person.name if self._asks else self.link).setFocus()

    def show_boards(self, boards: Sequence[Recent], thrown: Sequence[Thrown]) -> None:
        """The boards on this computer, and those in the trash."""
        at = self.recent.focused
        self._boards, self._thrown = boards, thrown
        self._in_trash &= bool(thrown)
        if self._in_trash:
            as_recent = [Recent(each.name, each.path, 0.0, each.others) for each in thrown]
            self.recent.show_boards(as_recent, time.time(), thrown=True)
        else:
            self.recent.show_boards(boards, time.time())
        if at is not None:
            self.recent.take_focus(at)
        self.recent_head.say("Trash" if self._in_trash else "Recent")
        self.trash_link.say("Back to the boards" if self._in_trash else f"Trash ({len(thrown)})")
        self.trash_link.setVisible(bool(thrown))
        self.empty_link.setVisible(self._in_trash)
        self.browse_link.setVisible(not self._in_trash)

    def _turn_trash(self) -> None:
        self._in_trash = not self._in_trash
        self.show_boards(self._boards, self._thrown)

    def show_error(self, sentence: str) -> None:
        """It did not work; what was typed is still there."""
        self._set_enabled(True)
        self._say(self._asked, sentence)

    def show_busy(self, text: str) -> None:
        """It takes a moment; nothing else can be chosen meanwhile."""
        self._set_enabled(False)
        self._say(self._asked, text, "quiet")

    def focus_link(self) -> None:
        """The keyboard goes to the field for the link."""
        self.link.setFocus()
        self.link.selectAll()

    # -- what a person does ------------------------------------------------------------------------

    def _go(self, act: Callable[[], None]) -> None:
        """Do it, once it is known who this is."""
        if self._asks:
            if self.person.person is None:
                self._say(self.message, NAMELESS)
                self.person.name.setFocus()
                return
            self._asks = False
            self.person_chosen.emit(*self.person.person)
        self._say_nothing()
        act()

    def _begin_anew(self) -> None:
        self._asked = self.message
        self._go(self.new_board.emit)

    def _join(self) -> None:
        from p2psketch.invite import Invite

        self._asked = self.link_message
        text = self.link.text()
        try:
            Invite.parse(text)
        except InviteError as error:
            self._refuse(self.link, str(error))
            return
        self._go(lambda: self.join_link.emit(text))

    def _enter(self) -> None:
        from p2psketch.invite import TRACKER_PORT

        self._asked = self.message
        try:
            tracker = parse_address(self.tracker.text(), TRACKER_PORT)
        except InviteError as error:
            self._refuse(self.tracker, str(error))
            return
        self._go(lambda: self.join_room.emit(str(tracker), self.room.text().strip() or LOBBY))

    def _pick(self, path: str) -> None:
        self._asked = self.message
        self._go(lambda: self.open_file.emit(path))

    def _refuse(self, field: Field, sentence: str) -> None:
        self._say(self._asked, sentence)
        field.setFocus()

    def _take_offer(self) -> None:
        clipboard = QGuiApplication.clipboard()
        self.link.setText(clipboard.text().strip() if clipboard is not None else "")
        self._join()

    def _look_at_clipboard(self) -> None:
        if not self.isVisible():
            return
        clipboard = QGuiApplication.clipboard()
        invite = offered_link(clipboard.text()) if clipboard is not None else None
        self.offer.setVisible(invite is not None)
        if invite is not None:
            name = self.fontMetrics().elidedText(invite.name, Qt.TextElideMode.ElideRight, 200)
            self.offer.say(f"Join “{name}”, copied just now" if name else "Join with the link copied just now")

    def _say(self, where: Words, text: str, color: str = "bad") -> None:
        self._say_nothing()
        where.say(text, color)
        where.setFixedHeight(where.heightForWidth(LEFT))
        where.setVisible(bool(text))
        where.setAccessibleName(text)

    def _say_nothing(self) -> None:
        for words in (self.link_message, self.message):
            words.say("")
            words.hide()

    def _set_enabled(self, on: bool) -> None:
        for part in (self.new, self.link, self.join, self.offer, self.tracker, self.room, self.enter, self.recent):
            part.setEnabled(on)

    # -- the page itself ---------------------------------------------------------------------------

    def _place(self) -> None:
        size = self.card.sizeHint()
        least = 440 if len(self._boards) < 3 else TALL
        height = min(max(size.height(), least), self.height() - 32)
        width = min(max(self.width() - AROUND, WIDTH), WIDEST if self._boards else WIDTH)
        self.card.setFixedWidth(width)
        self.card.resize(width, height)
        self.card.move(QPoint((self.width() - width) // 2, max((self.height() - height) * 2 // 5, 16)))
        self.toast.fold_to(min(560, self.width() - 2 * MARGIN))
        hint = self.toast.sizeHint()
        self.toast.resize(hint)
        self.toast.move((self.width() - hint.width()) // 2, self.height() - MARGIN - hint.height())
        self.toast.raise_()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.key() == Qt.Key.Key_Down:
            self.recent.take_focus()
        elif event is not None and event.matches(QKeySequence.StandardKey.Undo) and self.toast.has_link:
            self.toast.follow_link(UNDO)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._place()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setBrushOrigin(QPointF(self.rect().center()))
        painter.fillRect(self.rect(), QBrush(dot(theme)))
