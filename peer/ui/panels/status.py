"""Bottom right: one dot and one line of truth about the links."""

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QWidget

from p2psketch.views import Status
from peer.ui.panel import PADDING, Panel
from peer.ui.widgets import Dot, TextButton, Words

OPEN_ROOM = "open room: anyone who guesses its name can join"
HEIGHT = 36


class StatusPanel(Panel):
    """The dot, the line (a click shows the people and their links), and quietly what else there is to know."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.dot = Dot(parent=self)
        self.line = TextButton("alone", self, flat=True)
        self.line.setFixedHeight(HEIGHT)
        self.quiet = Words(points=8.5, color="quiet")
        self.quiet.setContentsMargins(6, 0, 4, 0)
        self._asides = "", ""
        self.box.setContentsMargins(14, PADDING, 10, PADDING)
        self.box.addWidget(self.dot, 0, Qt.AlignmentFlag.AlignVCenter)
        self.box.addSpacing(2)
        self.box.addWidget(self.line)
        self.box.addWidget(self.quiet)

    def show_status(self, status: Status) -> None:
        """What the board says of its links."""
        color, line = truth(status)
        self.dot.say(color)
        if self.line.text() != line:
            self.line.setText(line)
            self.line.updateGeometry()
        self.line.set_name(f"{line}. Show people and links")
        self._asides = " · ".join(asides(status)), " · ".join(asides(status, short=True))
        self.line.setToolTip(". ".join([line, *asides(status), "Show people and links"]))

    def fold_to(self, room: int) -> None:
        """Shorten the quiet part until the panel fits into `room` pixels; the line itself is always there."""
        left = room - 14 - 10 - 12 - self.line.sizeHint().width() - 10
        whole = self.quiet.fontMetrics().horizontalAdvance(self._asides[0])
        self.quiet.say(self._asides[0] if whole <= left else self._asides[1])
        self.quiet.setVisible(bool(self.quiet.whole))
        self.quiet.fit(left)


def truth(status: Status) -> tuple[str, str]:
    """The colour of the dot and the line: `good`, `12 direct · 1 relayed`."""
    if status.progress is not None:
        return "warning", f"catching up {int(status.progress * 100)} %"
    linked = [f"{many} {how}" for many, how in ((status.direct, "direct"), (status.relayed, "relayed")) if many]
    if linked:
        return "good", " · ".join(linked)
    if status.connecting:
        return "warning", f"connecting to {status.connecting}…"
    return ("bad" if status.tracker_reachable is False else "quiet"), "alone"


def asides(status: Status, *, short: bool = False) -> list[str]:
    """What else there is to know, most pressing first."""
    found = ["tracker away"] if status.tracker_reachable is False else []
    if status.open_room:
        found.append("open room" if short else OPEN_ROOM)
    return found
