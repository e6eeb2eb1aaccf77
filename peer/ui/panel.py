"""What floats on the canvas: panels with a soft shadow.

Rule: what of a panel the board cannot be seen through is a widget of its own, of which Qt knows that it hides all that
is beneath. So a board that moves has nothing of a panel painted anew but its rim; that and the shadow of what is always
there are painted by the canvas itself (`rims.py`).
"""

from typing import Final

from PyQt6.QtCore import QEvent, Qt, pyqtSignal
from PyQt6.QtGui import (
    QHideEvent,
    QMouseEvent,
    QMoveEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QRegion,
    QResizeEvent,
    QShowEvent,
)
from PyQt6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from peer.ui import cards
from peer.ui.look import theme_of

PADDING: Final = 6


class Shadow(QWidget):
    """The soft shadow of a panel: its sibling beneath it, which the mouse does not feel."""

    def __init__(self, panel: QWidget) -> None:
        super().__init__(panel.parentWidget())
        self._panel = panel
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def follow(self) -> None:
        """Go where the panel is."""
        self.setGeometry(cards.around(self._panel.geometry()))
        self.stackUnder(self._panel)

    def show_on(self, region: QRegion) -> None:
        """Be seen only there, in pixels of the panel's parent."""
        self.follow()
        self.setMask(region.translated(-self.pos()))
        self.setVisible(not region.isEmpty())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        theme = theme_of(self)
        painter.drawPixmap(0, 0, cards.shadow(self.width(), self.height(), self.devicePixelRatioF(), theme.dark))


class Ground(QWidget):
    """What the contents of a panel stand on: nothing shines through."""

    def __init__(self, panel: QWidget) -> None:
        super().__init__(panel)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)


class Panel(QWidget):
    """A rounded card on the canvas. Signals: reshaped() when its contents ask for another size; placed() when it is
    elsewhere, of another size, shown or hidden.
    """

    reshaped = pyqtSignal()
    placed = pyqtSignal()

    def __init__(self, parent: QWidget, *, vertical: bool = False, padding: int = PADDING) -> None:
        super().__init__(parent)
        self.shadow = Shadow(self)
        self.has_rim = True
        """Whether it paints its own rim and shadow."""
        self._ground = Ground(self)
        self.box: QBoxLayout = QVBoxLayout(self) if vertical else QHBoxLayout(self)
        self.box.setContentsMargins(padding, padding, padding, padding)
        self.box.setSpacing(0)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)

    def event(self, event: QEvent | None) -> bool:
        done = super().event(event)
        if event is not None and event.type() == QEvent.Type.LayoutRequest:
            self.reshaped.emit()
        return done

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """What hits a panel does not reach the canvas."""

    def paintEvent(self, event: QPaintEvent | None) -> None:
        if self.has_rim:
            painter = QPainter(self)
            theme = theme_of(self)
            painter.drawPixmap(0, 0, cards.card(self.width(), self.height(), self.devicePixelRatioF(), theme.dark))

    def _follow(self) -> None:
        if self.has_rim:
            self.shadow.follow()
            self.shadow.setVisible(not self.isHidden())
        self.placed.emit()

    def moveEvent(self, event: QMoveEvent | None) -> None:
        self._follow()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._ground.setGeometry(cards.within(self.rect()))
        self._follow()

    def showEvent(self, event: QShowEvent | None) -> None:
        self._follow()

    def hideEvent(self, event: QHideEvent | None) -> None:
        self._follow()
