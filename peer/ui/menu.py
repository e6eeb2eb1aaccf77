"""The menu behind the button at the top left, made from the table of actions."""

from collections.abc import Callable, Mapping

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction, QActionGroup
from PyQt6.QtWidgets import QMenu, QWidget

from peer.settings import THEMES
from peer.ui.actions import MENU
from peer.ui.look import font, menu_sheet, theme_of


def make_menu(
    parent: QWidget, actions: Mapping[str, QAction], name: str, theme: str, choose_theme: Callable[[str], None]
) -> QMenu:
    """The whole menu; `name` is the board's if there was no room for it outside."""
    menu = _menu("Menu", parent)
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
            else:
                menu.addAction(actions[entry])
    return menu


def _themes(parent: QMenu, theme: str, choose: Callable[[str], None]) -> QMenu:
    menu = _menu("Theme", parent)
    group = QActionGroup(menu)
    for name in THEMES:
        action = QAction(name.capitalize(), menu)
        action.setCheckable(True)
        action.setChecked(name == theme)
        action.triggered.connect(lambda _=False, name=name: choose(name))
        group.addAction(action)
        menu.addAction(action)
    return menu


def _menu(title: str, parent: QWidget) -> QMenu:
    menu = QMenu(title, parent)
    menu.setStyleSheet(menu_sheet(theme_of(parent)))
    menu.setWindowFlag(Qt.WindowType.NoDropShadowWindowHint)
    return menu
