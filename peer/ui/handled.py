"""A board that hands are on: mouse, pen and fingers, each told as one pointer that presses, moves and lets go.

Rule: every device is heard as what it is, once: what Qt or a system makes up from pens and fingers is not a mouse. What
a press does is for the subclass to say.
"""

from PyQt6.QtCore import QCoreApplication, QEvent, Qt, pyqtSignal
from PyQt6.QtGui import QMouseEvent, QTabletEvent, QTouchEvent
from PyQt6.QtWidgets import QWidget

from peer.tools.tool import Pointer
from peer.tools.toolbox import Button
from peer.ui import input as hands
from peer.ui.endless import EndlessView
from peer.ui.theme import Theme
from peer.ui.touch import Touch


class HandledView(EndlessView):
    """Signals: tapped(int) when so many fingers have tapped together; and those of EndlessView."""

    tapped = pyqtSignal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        for every_move in (
            Qt.ApplicationAttribute.AA_CompressHighFrequencyEvents,
            Qt.ApplicationAttribute.AA_CompressTabletEvents,
        ):
            QCoreApplication.setAttribute(every_move, on=False)
        self.touch = Touch(self, self.glass.mapFromGlobal)
        self._pen_buttons = hands.PenButtons()
        self._over = Button.MAIN
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.glass.setMouseTracking(True)
        self.glass.setTabletTracking(True)

    # -- for the subclass to say ---------------------------------------------------------------------

    @property
    def draws(self) -> bool:
        """Would a press do anything but move the board?"""
        raise NotImplementedError

    @property
    def held(self) -> Button | None:
        """The button that holds a gesture."""
        raise NotImplementedError

    def pointer_pressed(self, pointer: Pointer, button: Button | None) -> None:
        """A hand presses here; with no button: with one that does nothing."""
        raise NotImplementedError

    def pointer_moved(self, pointer: Pointer) -> None:
        """It is here now, pressed or not."""
        raise NotImplementedError

    def pointer_released(self, pointer: Pointer, button: Button | None) -> None:
        """It lets go."""
        raise NotImplementedError

    def pointer_lost(self) -> None:
        """The pointer is elsewhere."""
        raise NotImplementedError

    def cancel(self) -> bool:
        """Take back the gesture at hand; False if there was none."""
        raise NotImplementedError

    # -- what hands do -------------------------------------------------------------------------------

    def tap(self, fingers: int) -> None:
        """Fingers tapped together."""
        self.tapped.emit(fingers)

    def lift(self) -> None:
        """All fingers are away, whether or not anybody says so."""
        self.touch.fingers.cancel()

    def _pen(self, event: QTabletEvent) -> None:
        self.touch.pen(event)
        pointer, self._over = hands.pointer_of(event, self.camera), self._pen_buttons.over(event)
        match event.type():
            case QEvent.Type.TabletPress:
                self._glide.stop()
                self.pointer_pressed(pointer, self._pen_buttons.pressed(event))
            case QEvent.Type.TabletRelease:
                self.pointer_released(pointer, self._pen_buttons.released(event))
            case _:
                self.pointer_moved(pointer)

    def _touched(self, event: QTouchEvent) -> None:
        self._over = Button.MAIN
        if event.type() == QEvent.Type.TouchBegin:
            self._glide.stop()
        self.touch.touched(event)

    def _is_mouse(self, event: QMouseEvent) -> bool:
        event.accept()
        if hands.is_made_up(event):
            return False
        self._over = Button.MAIN
        return True

    # -- what Qt calls -------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and self._is_mouse(event):
            self._glide.stop()
            self.pointer_pressed(hands.pointer_of(event, self.camera), hands.mouse_button(event))

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        self.mousePressEvent(event)  # the second click of two quick ones is a dot too

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and self._is_mouse(event):
            pointer = hands.pointer_of(event, self.camera)
            if hands.was_released(self.held, event):
                self.pointer_released(pointer, self.held)
            self.pointer_moved(pointer)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and self._is_mouse(event):
            self.pointer_released(hands.pointer_of(event, self.camera), hands.mouse_button(event))

    def viewportEvent(self, event: QEvent | None) -> bool:
        if isinstance(event, QTabletEvent):
            self._pen(event)
        elif isinstance(event, QTouchEvent):
            self._touched(event)
        else:
            return super().viewportEvent(event)
        event.accept()
        return True
