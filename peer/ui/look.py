"""Dresses the window in a theme: font, palette, and the menu.

Rule: a widget takes its colours from `theme_of(itself)`, and the palette carries the theme from the window down to
all it holds; so nothing has to be told when the theme changes.
"""

from typing import Final

from PyQt6.QtGui import QFont, QPalette
from PyQt6.QtWidgets import QApplication, QStyle, QToolTip, QWidget

from peer.ui.theme import DARK, LIGHT, PANEL_RADIUS, Theme

MOTION: Final = 120
"""Milliseconds that a panel takes to come in."""


def dress(application: QApplication) -> None:
    """What holds for every window: one style that obeys the palette, and the font."""
    application.setStyle("Fusion")
    application.setFont(font())
    QToolTip.setFont(font(9))


def font(points: float = 10, *, bold: bool = False) -> QFont:
    """The system's font, or Inter where there is one; digits of one width, so that numbers do not make things jump."""
    made = QFont(QApplication.font())
    made.setFamilies(["Inter", *(name for name in QApplication.font().families() if name != "Inter")])
    made.setPointSizeF(points)
    made.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


def palette(theme: Theme) -> QPalette:
    """The theme as Qt's own widgets understand it."""
    role = QPalette.ColorRole
    colors = {
        role.Window: theme.canvas,
        role.WindowText: theme.text,
        role.Base: theme.panel,
        role.AlternateBase: theme.tint,
        role.Text: theme.text,
        role.PlaceholderText: theme.quiet,
        role.Button: theme.panel,
        role.ButtonText: theme.text,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.panel,
        role.Accent: theme.accent,
        role.Link: theme.accent,
        role.Light: theme.panel,
        role.Midlight: theme.hairline,
        role.Mid: theme.hairline,
        role.Dark: theme.hairline,
        role.Shadow: theme.hairline,
        role.ToolTipBase: theme.panel,
        role.ToolTipText: theme.text,
    }
    made = QPalette()
    for its_role, color in colors.items():
        made.setColor(its_role, color)
    for its_role in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, its_role, theme.quiet)
    return made


def theme_of(widget: QWidget) -> Theme:
    """The theme of the window that a widget is in."""
    return DARK if widget.palette().color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT


def motion(widget: QWidget) -> int:
    """Milliseconds for a motion: none if the system asks for less."""
    style = widget.style()
    hint = QStyle.StyleHint.SH_Widget_Animation_Duration
    return MOTION if style is not None and style.styleHint(hint, None, widget) > 0 else 0


def menu_sheet(theme: Theme) -> str:
    """For a QMenu."""
    return f"""
        QMenu {{ background: {theme.panel.name()}; border: 1px solid {theme.hairline.name()};
                 border-radius: {PANEL_RADIUS}px; padding: 6px; }}
        QMenu::item {{ color: {theme.text.name()}; padding: 7px 28px 7px 12px; border-radius: 6px; }}
        QMenu::item:selected {{ background: {theme.tint.name()}; }}
        QMenu::item:disabled {{ color: {theme.quiet.name()}; background: transparent; }}
        QMenu::separator {{ height: 1px; background: {theme.hairline.name()}; margin: 6px 4px; }}
        QMenu::indicator {{ width: 8px; height: 8px; left: 2px; border-radius: 4px; }}
        QMenu::indicator:checked {{ background: {theme.accent.name()}; }}
    """
