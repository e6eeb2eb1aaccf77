"""Buttons, fields and labels of the window, drawn as look.md has them."""

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QAction, QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPalette, QPen
from PyQt6.QtWidgets import QAbstractButton, QFrame, QLabel, QLineEdit, QSizePolicy, QWidget

from peer.ui.icons import paint_icon
from peer.ui.look import font, theme_of
from peer.ui.theme import BUTTON, BUTTON_RADIUS, ICON, Theme


def mixed(one: QColor, other: QColor, share: float) -> QColor:
    """A colour between two, `share` (0…1) of the way to the other."""
    return QColor.fromRgbF(
        one.redF() + (other.redF() - one.redF()) * share,
        one.greenF() + (other.greenF() - one.greenF()) * share,
        one.blueF() + (other.blueF() - one.blueF()) * share,
    )


def hover(theme: Theme) -> QColor:
    """What lies under a button that the pointer is over."""
    return mixed(theme.panel, theme.text, 0.06)


class Button(QAbstractButton):
    """Base of the buttons: hover, pressed and keyboard focus. A click leaves the keyboard where it was."""

    radius: float = BUTTON_RADIUS

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.set_name(name)

    def set_name(self, name: str, keys: str = "") -> None:
        """What it is called for those who point at it and for those who cannot see it."""
        self.setAccessibleName(name)
        self.setToolTip(f"{name}  ·  {keys}" if keys else name)

    def paint_ground(self, painter: QPainter, ground: QColor | None) -> None:
        """The button's own shape, and the ring that shows the keyboard's focus."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        if ground is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRoundedRect(rect, self.radius, self.radius)
        if self.hasFocus():
            painter.setPen(QPen(self.ring(theme_of(self)), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), self.radius, self.radius)

    def ring(self, theme: Theme) -> QColor:
        """The colour of the ring that shows the keyboard's focus; it has to stand out from the ground."""
        return theme.accent

    def ground(self, theme: Theme) -> QColor | None:
        """Tinted when active, a little darker under the pointer."""
        if self.isChecked():
            return theme.tint
        if self.isEnabled() and (self.isDown() or self.underMouse()):
            return mixed(hover(theme), theme.text, 0.06) if self.isDown() else hover(theme)
        return None

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class IconButton(Button):
    """36×36 with an icon, and the key that does the same in its corner."""

    def __init__(self, icon: str, name: str, parent: QWidget | None = None, *, key: str = "", size: int = ICON) -> None:
        super().__init__(name, parent)
        self.action: QAction | None = None
        self._icon, self._size = icon, size
        self._key = key
        self.setFixedSize(BUTTON, BUTTON)

    @classmethod
    def of(
        cls, action: QAction, icon: str, parent: QWidget | None = None, *, show_key: bool = False, size: int = ICON
    ) -> "IconButton":
        """A button that does what an action does, and is enabled and checked as it is."""
        key = action.shortcut().toString().replace("Shift+", "⇧")
        made = cls(icon, action.text(), parent, key=key if show_key else "", size=size)
        made.setCheckable(action.isCheckable())
        made.clicked.connect(action.trigger)
        made.action = action
        action.changed.connect(made.follow)
        made.follow()
        return made

    def follow(self) -> None:
        """The action has changed. (A bound method, so that Qt forgets it with the button.)"""
        if self.action is not None:
            self.setEnabled(self.action.isEnabled())
            self.setChecked(self.action.isChecked())
            self.set_name(self.action.text().rstrip("…"), self.action.shortcut().toString())

    def sizeHint(self) -> QSize:
        return QSize(BUTTON, BUTTON)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        self.paint_ground(painter, self.ground(theme))
        color = theme.accent if self.isChecked() else theme.text
        if not self.isEnabled():
            color = mixed(theme.panel, theme.quiet, 0.5)
        paint_icon(painter, self._icon, QRectF(self.rect()), color, self._size)
        if self._key:
            painter.setFont(font(7))
            painter.setPen(theme.accent if self.isChecked() else theme.quiet)
            corner = self.rect().adjusted(0, 0, -4, -2)
            painter.drawText(corner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, self._key)


class TextButton(Button):
    """A button with a word on it: filled with the accent, outlined, or (flat) just the word."""

    def __init__(
        self, text: str, parent: QWidget | None = None, *, filled: bool = False, flat: bool = False, icon: str = ""
    ) -> None:
        super().__init__(text, parent)
        self.setToolTip("")
        self.setText(text)
        self._filled, self._flat, self._icon = filled, flat, icon
        self.setFont(font(10, bold=filled))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def say(self, text: str) -> None:
        """Another word, in the same width."""
        self.setMinimumWidth(self.width())
        self.setText(text)
        self.setAccessibleName(text)

    def ring(self, theme: Theme) -> QColor:
        return theme.text if self._filled else theme.accent

    def sizeHint(self) -> QSize:
        text = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(text + (8 if self._flat else 24) + (26 if self._icon else 0), BUTTON - 4 if self._flat else BUTTON)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        color = theme.text
        if self._filled:
            accent = mixed(theme.accent, theme.text, 0.12 * (self.underMouse() + self.isDown()))
            self.paint_ground(painter, accent if self.isEnabled() else theme.tint)
            color = QColor("white") if self.isEnabled() else theme.quiet
        else:
            self.paint_ground(painter, self.ground(theme))
            if not self._flat and not self.hasFocus():
                painter.setPen(QPen(theme.hairline, 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), self.radius, self.radius)
            if not self.isEnabled():
                color = theme.quiet
        self._paint_words(painter, color)

    def _paint_words(self, painter: QPainter, color: QColor) -> None:
        rect = self.rect()
        painter.setPen(color)
        if self._icon:
            left = (self.width() - self.fontMetrics().horizontalAdvance(self.text()) - 26) / 2
            paint_icon(painter, self._icon, QRectF(left - 1, 0, 20, self.height()), color)
            painter.drawText(rect.adjusted(round(left) + 26, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text())
        else:
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self.text())


class LinkButton(Button):
    """A word that does something, as a link."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setToolTip("")
        self.setText(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def say(self, text: str) -> None:
        """Another word."""
        self.setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 8, self.fontMetrics().height() + 6)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        self.paint_ground(painter, None)
        made = self.font()
        made.setUnderline(self.underMouse() and self.isEnabled())
        painter.setFont(made)
        painter.setPen(theme.accent if self.isEnabled() else theme.quiet)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())


class Words(QLabel):
    """A label in one of the theme's colours; elided where it is too long if `elide`."""

    def __init__(
        self, text: str = "", parent: QWidget | None = None, *, points: float = 10, bold: bool = False,
        color: str = "text", wrap: bool = False, elide: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._color, self._elide, self._whole = color, elide, text
        self.setFont(font(points, bold=bold))
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        self.setText(text)

    @property
    def whole(self) -> str:
        """The text before it is elided."""
        return self._whole

    def say(self, text: str, color: str | None = None) -> None:
        """Another text, and maybe another colour of the theme."""
        if color is not None and color != self._color:
            self._color = color
            self.update()
        if text != self._whole:
            self._whole = text
            self.setText(text)

    def fit(self, width: int) -> None:
        """Elide the text to at most `width` pixels."""
        self.setText(self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, width))
        self.setToolTip("" if self.text() == self._whole else self._whole)

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        return QSize(0, hint.height()) if self._elide else hint

    def paintEvent(self, event: QPaintEvent | None) -> None:
        made: QColor = getattr(theme_of(self), self._color)
        painter = QPainter(self)
        painter.setPen(made)
        text = self.text()
        flags = int(self.alignment()) if not self.wordWrap() else int(self.alignment()) | Qt.TextFlag.TextWordWrap
        if self._elide:
            text = QFontMetrics(self.font()).elidedText(self._whole, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.contentsRect(), flags, text)


class Field(QLineEdit):
    """A line to type into."""

    def __init__(self, hint: str = "", name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrame(False)
        self.setPlaceholderText(hint)
        self.setAccessibleName(name or hint)
        self.setFixedHeight(BUTTON)
        self.setTextMargins(8, 0, 8, 0)
        self.setFont(font())
        see_through = QPalette()
        see_through.setColor(QPalette.ColorRole.Base, QColor(0, 0, 0, 0))
        self.setPalette(see_through)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = theme_of(self)
        width = 2.0 if self.hasFocus() else 1.0
        painter.setPen(QPen(theme.accent if self.hasFocus() else theme.hairline, width))
        painter.setBrush(theme.canvas)
        inset = width / 2
        rect = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(rect, BUTTON_RADIUS, BUTTON_RADIUS)
        painter.end()
        super().paintEvent(event)


class Hairline(QFrame):
    """Sets groups apart."""

    def __init__(self, parent: QWidget | None = None, *, upright: bool = False) -> None:
        super().__init__(parent)
        if upright:
            self.setFixedSize(9, BUTTON)
        else:
            self.setFixedHeight(1)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        color = theme_of(self).hairline
        if self.width() < self.height():
            painter.fillRect(self.width() // 2, 6, 1, self.height() - 12, color)
        else:
            painter.fillRect(self.rect(), color)


class Dot(QWidget):
    """A dot in one of the theme's colours."""

    def __init__(self, color: str = "quiet", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.color = color
        self.setFixedSize(10, 10)

    def say(self, color: str) -> None:
        """Another colour of the theme."""
        if color != self.color:
            self.color = color
            self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(getattr(theme_of(self), self.color))
        painter.drawEllipse(QPointF(5, 5), 4.5, 4.5)
