"""Who is here, and the truth about each link: a popover that stays open and keeps itself up to date."""

from collections.abc import Sequence

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from p2psketch.ids import PeerId
from p2psketch.views import DIRECT, RELAYED, PersonView
from peer.ui.look import theme_of
from peer.ui.popover import Popover
from peer.ui.scroll import Scroll
from peer.ui.swatches import Avatar
from peer.ui.widgets import Button, Dot, Words

WIDTH = 360
ROW = 44
MOST_ROWS = 9
KEPT_FREE = 270
"""Pixels of the window's height for its title and for the panels above and below, a toast among them."""

DOTS = {"you": "good", "direct": "good", "relayed": "warning", "connecting": "quiet", "lost": "bad"}
VIEW_ONLY = "view only"
WORDS = {"you": "you", "direct": "direct", "relayed": "relayed", "connecting": "connecting…", "lost": "lost"}


def link_line(person: PersonView) -> str:
    """`direct, 12 ms`."""
    time = round_trip(person)
    return f"{WORDS[person.state]}, {time}" if time else WORDS[person.state]


def round_trip(person: PersonView) -> str:
    """`12 ms`, or nothing where it is not known."""
    if person.rtt_ms is None:
        return ""
    return f"{person.rtt_ms:.0f} ms" if person.rtt_ms >= 1 else "< 1 ms"


def role_line(person: PersonView) -> str:
    """What is worth saying of what they may do here: most may draw."""
    return VIEW_ONLY if person.may_edit is False else ""


def spoken(person: PersonView) -> str:
    """Name, link and role, for those who cannot see them."""
    return ", ".join(filter(None, (person.name, link_line(person), role_line(person))))


def board_line(person: PersonView) -> str:
    """How the other's board compares with ours."""
    if person.same is None or person.shapes is None:
        return ""
    shapes = f"{person.shapes:,} {'shape' if person.shapes == 1 else 'shapes'}"
    return f"{shapes}, the same board as yours" if person.same else f"{shapes}, not yet the same board as yours"


def hint(person: PersonView, *, followed: bool) -> str:
    """All that is known of somebody, and what a click does."""
    click = "Click to stop following" if followed else "Click to follow" if can_be_followed(person) else ""
    lines = person.name, role_line(person), link_line(person), person.address, board_line(person), click
    return "\n".join(filter(None, lines))


def can_be_followed(person: PersonView) -> bool:
    """Could it be known what they see?"""
    return person.state in (DIRECT, RELAYED)


class PersonRow(Button):
    """One person: initial, name, whether they may only look, the link's state and its round-trip time, each in a place
    of its own. A click follows them.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setFixedHeight(ROW)
        self.setCheckable(True)
        self.avatar = Avatar(self)
        self.avatar.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.avatar.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.name = Words(elide=True)
        self.role = Words(points=9, color="quiet")
        self.dot = Dot()
        self.state = Words(points=9, color="quiet")
        self.time = Words(points=9, color="quiet")
        self.state.setFixedWidth(self.state.fontMetrics().horizontalAdvance("connecting…") + 4)
        self.time.setFixedWidth(self.time.fontMetrics().horizontalAdvance("8888 ms") + 4)
        self.time.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        box = QHBoxLayout(self)
        box.setContentsMargins(8, 0, 8, 0)
        box.setSpacing(8)
        for part in (self.avatar, self.name, self.role, self.dot, self.state, self.time):
            box.addWidget(part, 1 if part is self.name else 0)

    def nextCheckState(self) -> None:
        """Whoever follows checks it."""

    def show_person(self, person: PersonView, *, followed: bool) -> None:
        """Say what is known of somebody now."""
        self.setEnabled(can_be_followed(person))
        self.setChecked(followed)
        self.avatar.show_person(person.name, person.color, faded=person.state in ("connecting", "lost"))
        self.name.say(person.name)
        self.role.say(role_line(person))
        self.role.setVisible(bool(role_line(person)))
        self.dot.say(DOTS[person.state])
        self.state.say(WORDS[person.state])
        self.time.say(round_trip(person))
        self.setAccessibleName(spoken(person))
        self.setToolTip(hint(person, followed=followed))

    def sizeHint(self) -> QSize:
        return QSize(0, ROW)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        self.paint_ground(QPainter(self), self.ground(theme_of(self)))


class PeoplePopover(Popover):
    """Rows stay where they are while the numbers in them change: oneself first, then by name.

    Signals: picked(PeerId) when somebody's row is clicked.
    """

    picked = pyqtSignal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "People")
        self.rows: dict[PeerId, PersonRow] = {}
        self._order: list[PeerId] = []
        self._followed: PeerId | None = None
        self._list = QWidget()
        self._rows = QVBoxLayout(self._list)
        self._rows.setContentsMargins(0, 0, 8, 0)
        self._rows.setSpacing(0)
        self._rows.addStretch(1)
        self.scroller = Scroll(self._list, self)
        self.head.setContentsMargins(8, 0, 0, 0)
        self.box.setContentsMargins(8, 8, 8, 16)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(self.scroller)
        self.setFixedWidth(WIDTH)

    def show_people(self, people: Sequence[PersonView]) -> None:
        """Bring the rows up to date."""
        ordered = sorted(people, key=lambda person: (person.state != "you", person.name.casefold(), person.peer))
        for person in ordered:
            if person.peer not in self.rows:
                self.rows[person.peer] = self._row(person.peer)
            self.rows[person.peer].show_person(person, followed=person.peer == self._followed)
        order = [person.peer for person in ordered]
        if order != self._order:
            self._reorder(order)
        here = sum(person.state in ("you", "direct", "relayed") for person in people)
        self.head.say("Only you are here" if here <= 1 else f"{here} people here")

    def show_followed(self, peer: PeerId | None) -> None:
        """Whose row is tinted."""
        self._followed = peer
        for its_peer, row in self.rows.items():
            row.setChecked(its_peer == peer)

    def _row(self, peer: PeerId) -> PersonRow:
        row = PersonRow(self._list)
        row.clicked.connect(lambda: self.picked.emit(peer))
        return row

    def _reorder(self, order: list[PeerId]) -> None:
        for peer in set(self.rows) - set(order):
            row = self.rows.pop(peer)
            self._rows.removeWidget(row)
            row.hide()
            row.deleteLater()
        for at, peer in enumerate(order):
            self._rows.insertWidget(at, self.rows[peer])
            self.rows[peer].show()
        self._order = order
        self.updateGeometry()
        self.reshaped.emit()

    def sizeHint(self) -> QSize:
        around = self.parentWidget()
        fitting = (around.height() - KEPT_FREE) // ROW if around is not None else MOST_ROWS
        rows = min(max(len(self._order), 1), max(fitting, 1), MOST_ROWS)
        return QSize(WIDTH, 8 + 36 + rows * ROW + 16)
