"""Top right: the others as coloured initials, and Share."""

from collections.abc import Sequence

from PyQt6.QtWidgets import QWidget

from p2psketch.views import PersonView
from peer.ui.look import font
from peer.ui.panel import PADDING, Panel
from peer.ui.people import link_line
from peer.ui.swatches import Avatar
from peer.ui.widgets import TextButton

MOST = 4
STEP = 30


class PeoplePanel(Panel):
    """Avatars as far as there is room, +N for the rest. All of them open the list of people."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.avatars = [Avatar(self) for _ in range(MOST)]
        self.more = TextButton("", self, flat=True)
        self.more.setFont(font(9))
        self.share = TextButton("Share", self, filled=True, icon="link-simple")
        self.share.set_name("Share this board")
        self.box.setSpacing(1)
        for avatar in self.avatars:
            self.box.addWidget(avatar)
        self.box.addWidget(self.more)
        self.gap = QWidget(self)
        self.gap.setFixedWidth(7)
        self.box.addWidget(self.gap)
        self.box.addWidget(self.share)
        self._others: Sequence[PersonView] = ()
        self._room = 10_000

    @property
    def openers(self) -> list[Avatar | TextButton]:
        """What opens the list of people."""
        return [*self.avatars, self.more]

    def show_people(self, people: Sequence[PersonView]) -> None:
        """Who is here, oneself among them."""
        self._others = [person for person in people if person.state != "you"]
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
            avatar.set_name(f"{person.name}, {link_line(person)}")
        for at, avatar in enumerate(self.avatars):
            avatar.setVisible(at < shown)
        rest = len(others) - shown
        self.more.setVisible(rest > 0)
        self.more.setText(f"+{rest}")
        self.more.set_name(f"{rest} more people")
        self.more.updateGeometry()
        left = PADDING + (4 if shown else 0)
        self.box.setContentsMargins(left, PADDING, PADDING, PADDING)
        self.gap.setVisible(bool(others))
