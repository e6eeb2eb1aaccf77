"""Top right: the others as coloured initials, and Share."""

from collections.abc import Sequence

from PyQt6.QtCore import QRectF, QSize, pyqtSignal
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from p2psketch.ids import PeerId
from p2psketch.views import PersonView
from peer.ui.icons import paint_icon
from peer.ui.look import font, theme_of
from peer.ui.panel import PADDING, Panel
from peer.ui.people import hint, spoken
from peer.ui.swatches import Avatar
from peer.ui.theme import BUTTON
from peer.ui.widgets import TextButton

MOST = 4
STEP = 30


class Everybody(TextButton):
    """Opens the list of people: +N where there are more than are shown, else an icon."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("", parent, flat=True)
        self.setFont(font(9))

    def count(self, rest: int) -> None:
        """So many are not shown."""
        text = f"+{rest}" if rest else ""
        self.set_name(f"{rest} more people: show all" if rest else "Show people and links")
        if text != self.text():  # whoever asks for a layout while being laid out does so for ever
            self.setText(text)
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(max(super().sizeHint().width(), BUTTON), BUTTON - 4)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        super().paintEvent(event)
        if not self.text():
            paint_icon(QPainter(self), "users", QRectF(self.rect()), theme_of(self).text)


class PeoplePanel(Panel):
    """Avatars as far as there is room, and a button for everybody. Signals: picked(PeerId), whose avatar is clicked."""

    picked = pyqtSignal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.avatars = [Avatar(self) for _ in range(MOST)]
        self.more = Everybody(self)
        self.share = TextButton("Share", self, filled=True, icon="link-simple")
        self.share.set_name("Share this board")
        self.box.setSpacing(1)
        for at, avatar in enumerate(self.avatars):
            self.box.addWidget(avatar)
            avatar.clicked.connect(lambda _=False, at=at: self.picked.emit(self._others[at].peer))
        self.box.addWidget(self.more)
        self.gap = QWidget(self)
        self.gap.setFixedWidth(5)
        self.box.addWidget(self.gap)
        self.box.addWidget(self.share)
        self._others: Sequence[PersonView] = ()
        self._followed: PeerId | None = None
        self._room = 10_000

    def show_people(self, people: Sequence[PersonView]) -> None:
        """Who is here, oneself among them."""
        self._others = [person for person in people if person.state != "you"]
        self._show()

    def show_followed(self, peer: PeerId | None) -> None:
        """Whose avatar is ringed."""
        self._followed = peer
        self._show()

    def fold_to(self, room: int) -> None:
        """Show no more avatars than fit into `room` pixels."""
        self._room = room
        self._show()

    @property
    def narrowest(self) -> int:
        """Pixels with no avatar shown."""
        return 2 * PADDING + self.share.sizeHint().width() + (52 if self._others else 0)

    def _show(self) -> None:
        others = self._others
        fitting = min(MOST, max(0, (self._room - self.narrowest - 8) // STEP))
        shown = min(len(others), fitting)
        for avatar, person in zip(self.avatars, others[:shown], strict=False):
            avatar.show_person(person.name, person.color, faded=person.state in ("connecting", "lost"))
            avatar.setChecked(person.peer == self._followed)
            avatar.setAccessibleName(f"Follow {spoken(person)}")
            avatar.setToolTip(hint(person, followed=avatar.isChecked()))
        for at, avatar in enumerate(self.avatars):
            avatar.setVisible(at < shown)
        self.more.setVisible(bool(others))
        self.more.count(len(others) - shown)
        left = PADDING + (4 if shown else 0)
        self.box.setContentsMargins(left, PADDING, PADDING, PADDING)
        self.gap.setVisible(bool(others))
