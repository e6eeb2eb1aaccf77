"""Panels that a click opens."""

from typing import Final

from PyQt6.QtCore import QEasingCurve, QPoint, QPropertyAnimation, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from peer.ui.look import motion
from peer.ui.panel import Panel
from peer.ui.widgets import IconButton, Words

SLIDE: Final = 6
"""Pixels that it comes in from."""


class Popover(Panel):
    """A panel with a title that a click opens, and Esc or another click closes. Signals: opened(), closed().

    What it holds goes into `body`.
    """

    opened = pyqtSignal()
    closed = pyqtSignal()

    def __init__(self, parent: QWidget, title: str) -> None:
        super().__init__(parent, vertical=True)
        self.setAccessibleName(title)
        self.head = Words(title, bold=True)
        self.close_button = IconButton("x", "Close", self, size=16)
        self.close_button.clicked.connect(self.close_it)
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        self.body.setContentsMargins(0, 4, 8, 0)
        top = QHBoxLayout()
        top.addWidget(self.head, 1)
        top.addWidget(self.close_button)
        self.box.setContentsMargins(16, 8, 8, 16)
        self.box.addLayout(top)
        self.box.addLayout(self.body)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._slide = QPropertyAnimation(self, b"pos", self)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self.hide()

    @property
    def is_open(self) -> bool:
        """Whether it is shown, or would be if its window were."""
        return not self.isHidden()

    @property
    def is_sliding(self) -> bool:
        """Whether it is still on its way in."""
        return self._slide.state() == QPropertyAnimation.State.Running

    def open(self) -> None:
        """Show it above everything else, and give it the keyboard."""
        self.show()
        self.raise_()
        self.shadow.follow()
        self.setFocus(Qt.FocusReason.PopupFocusReason)
        self.opened.emit()

    def close_it(self) -> None:
        """Hide it, and give the keyboard back."""
        if self.is_open:
            self._slide.stop()
            self.hide()
            self.closed.emit()

    def toggle(self) -> None:
        """Open it, or close it if it is open."""
        if self.is_open:
            self.close_it()
        else:
            self.open()

    def slide_to(self, place: QPoint) -> None:
        """Come in from slightly above `place`."""
        duration = motion(self)
        self._slide.stop()
        self.move(place)
        if duration and self.isVisible():
            self._slide.setDuration(duration)
            self._slide.setStartValue(place - QPoint(0, SLIDE))
            self._slide.setEndValue(place)
            self._slide.start()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.key() == Qt.Key.Key_Escape:
            self.close_it()
        else:
            super().keyPressEvent(event)
