"""The menu behind the button at the top left, made from the table of actions."""

from collections.abc import Callable, Mapping

from PyQt6.QtCore import QEvent, QObject, QRectF, Qt
from PyQt6.QtGui import QAction, QActionGroup, QCursor, QGuiApplication, QHideEvent, QPainterPath, QRegion, QResizeEvent
from PyQt6.QtWidgets import QAbstractButton, QApplication, QMenu, QWidget

from peer.settings import THEMES
from peer.ui.actions import MENU
from peer.ui.look import font, menu_sheet, theme_of
from peer.ui.theme import PANEL_RADIUS


def make_menu(
    parent: QWidget, actions: Mapping[str, QAction], name: str, theme: str, choose_theme: Callable[[str], None]
) -> QMenu:
    """The whole menu; `name` is the board's if there was no room for it outside."""
    menu = round_menu("Menu", parent)
    if name:
        heading = menu.addAction(name)
        assert heading is not None
        heading.setEnabled(False)
        heading.setFont(font(10, bold=True))
        menu.addSeparator()
    for at, group in enumerate(MENU):
        if at:
            menu.addSeparator()
        for entry in group:
            if entry == "theme":
                menu.addMenu(_themes(menu, theme, choose_theme))
            elif actions[entry].isVisible():
                menu.addAction(actions[entry])
    return menu


def _themes(parent: QMenu, theme: str, choose: Callable[[str], None]) -> QMenu:
    menu = round_menu("Theme", parent)
    group = QActionGroup(menu)
    for name in THEMES:
        action = QAction(name.capitalize(), menu)
        action.setCheckable(True)
        action.setChecked(name == theme)
        action.triggered.connect(lambda _=False, name=name: choose(name))
        group.addAction(action)
        menu.addAction(action)
    return menu


class RoundMenu(QMenu):
    """Round at the corners like the panels. On X11, where it is not known whether what lies behind a window shines
    through it, the corners are cut off.
    """

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(title, parent)
        self._cut = QGuiApplication.platformName() == "xcb"
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, not self._cut)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if self._cut:
            outline = QPainterPath()
            outline.addRoundedRect(QRectF(self.rect()), PANEL_RADIUS, PANEL_RADIUS)
            self.setMask(QRegion(outline.toFillPolygon().toPolygon()))

    def hideEvent(self, event: QHideEvent | None) -> None:
        super().hideEvent(event)
        _let_go(self.parent())


def _let_go(owner: QObject | None) -> None:
    """What the pointer has left while a menu was open is not lit any more: nobody but the menu has heard of that."""
    window = owner.window() if isinstance(owner, QWidget) else None
    for button in window.findChildren(QAbstractButton) if window is not None else ():
        if button.underMouse() and not button.rect().contains(button.mapFromGlobal(QCursor.pos())):
            QApplication.sendEvent(button, QEvent(QEvent.Type.Leave))
            button.update()


def round_menu(title: str, parent: QWidget) -> QMenu:
    """An empty menu that looks as the window does."""
    menu = RoundMenu(title, parent)
    menu.setStyleSheet(menu_sheet(theme_of(parent)))
    menu.setWindowFlag(Qt.WindowType.NoDropShadowWindowHint)
    return menu
