"""Share: each link, what it permits, and a button that copies it."""

from collections.abc import Mapping, Sequence

from PyQt6.QtCore import QTimer
from PyQt6.QtGui import QFontMetrics, QGuiApplication
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from p2psketch.address import is_loopback, parse_address
from p2psketch.errors import InviteError
from peer.ui.look import font
from peer.ui.popover import Popover
from peer.ui.widgets import Field, TextButton, Words

WIDTH = 400
COPIED_FOR = 2_000

PERMITS = {
    "edit": ("Edit link", "Whoever has it can see the board and draw on it. It cannot be taken back."),
    "view": ("View link", "Whoever has it can see the board, and change nothing."),
}
OPEN_ROOM = "This is an open room: anyone who guesses its name can join. There is no secret in it."
ONLY_VIEW = "You hold the view link. Whoever holds the edit link can let others draw."
NO_TRACKER = "No tracker is set: newcomers need the address of somebody who is here."
ONLY_HERE = (
    "The tracker ({trackers}) can be reached from this machine only. Others need a tracker that they can reach, "
    "or the address of somebody who is here."
)


def reach(trackers: Sequence[str]) -> str:
    """What newcomers need, if not every one of them can reach a tracker; empty if they can."""
    if not trackers:
        return NO_TRACKER
    if all(_is_only_here(tracker) for tracker in trackers):
        return ONLY_HERE.format(trackers=", ".join(trackers))
    return ""


def _is_only_here(tracker: str) -> bool:
    try:
        return is_loopback(parse_address(tracker))
    except InviteError:
        return False


class LinkRow(QWidget):
    """A link to copy, under its name; `first`: the one that most people want."""

    def __init__(self, link: str, name: str, parent: QWidget, *, first: bool = True, titled: bool = True) -> None:
        super().__init__(parent)
        self.title = Words(name, self, points=9, bold=True)
        self.title.setVisible(titled)
        self.field = Field(name=name)
        self.field.setText(link)
        self.field.setReadOnly(True)
        self.field.setCursorPosition(0)
        self.copy = TextButton("Copy", self, filled=first)
        self.copy.setAccessibleName(f"Copy: {name}")
        self._name = name
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._offer)
        self.copy.setFixedWidth(QFontMetrics(font(10, bold=True)).horizontalAdvance("Copied") + 28)
        self.copy.clicked.connect(self.take)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0 if first else 8, 0, 0)
        box.setSpacing(4)
        box.addWidget(self.title)
        row = QHBoxLayout()
        box.addLayout(row)
        row.setSpacing(8)
        row.addWidget(self.field, 1)
        row.addWidget(self.copy)

    def _offer(self) -> None:
        self.copy.say("Copy")
        self.copy.setAccessibleName(f"Copy: {self._name}")

    def take(self) -> None:
        """Copy the link."""
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(self.field.text())
            self.copy.say("Copied")
            self._timer.start(COPIED_FOR)


class SharePopover(Popover):
    """Made anew each time it opens: links of `Board.invites()`, and what newcomers need."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "Share this board")
        self.rows: list[LinkRow] = []
        self.note = ""
        self._parts: list[QWidget] = []
        self.setFixedWidth(WIDTH)

    def show_links(
        self, invites: Sequence[tuple[str, str]], trackers: Mapping[str, str | None], *, open_room: bool
    ) -> None:
        """The links to share, and what holds for them."""
        for part in self._parts:
            part.hide()
            part.deleteLater()
        self._parts, self.rows = [], []
        if open_room:
            self._add(Words(OPEN_ROOM, points=9, wrap=True))
        for permits, link in invites:
            title, who = PERMITS.get(permits, (f"Link: {permits}", ""))
            row = LinkRow(link, title, self, first=not self.rows, titled=not open_room)
            self.rows.append(row)
            self._add(row)
            if not open_room:
                self._add(Words(who, points=9, color="quiet", wrap=True))
        if invites and not open_room and all(permits == "view" for permits, _ in invites):
            self._add(Words(ONLY_VIEW, points=9, color="quiet", wrap=True))
        if not invites and not open_room:
            self._add(Words("There is no link to this board.", points=9, color="quiet", wrap=True))
        if note := self.note or reach(list(trackers)):
            self._add(Words(note, points=9, color="quiet", wrap=True))

    def _add(self, part: QWidget) -> None:
        if isinstance(part, Words):
            part.setFixedWidth(WIDTH - 32)
            part.setFixedHeight(part.heightForWidth(WIDTH - 32))
        self._parts.append(part)
        self.body.addWidget(part)
        part.show()

    @property
    def texts(self) -> list[str]:
        """The sentences shown."""
        return [part.whole for part in self._parts if isinstance(part, Words)]
