"""The window: the welcome page, or a board.

Rule: says what a person wants of the program through signals, which the app acts on; what they want of the open board
it asks of the desk, which is imported when there is a board for it. It owns the theme and keeps the window's settings.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QPoint, QStandardPaths, Qt, pyqtSignal
from PyQt6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QResizeEvent
from PyQt6.QtWidgets import QApplication, QStackedLayout, QToolTip, QWidget

from peer.home import boards
from peer.settings import Settings
from peer.ui.actions import ACTIONS, make_actions
from peer.ui.files import ask_for_board, ask_for_copy, ask_for_picture, dropped, file_name
from peer.ui.help import HelpPopover
from peer.ui.look import dress, palette
from peer.ui.menu import make_menu
from peer.ui.person import login_name, random_color
from peer.ui.placing import place, placed
from peer.ui.theme import DARK, LIGHT, Theme
from peer.ui.verbs import VERBS
from peer.ui.welcome import Welcome

if TYPE_CHECKING:
    from peer.board import Board
    from peer.ui.desk import Desk
    from peer.ui.inks import Inks


class Window(QWidget):
    """Signals: new_board(), join_link(str), join_room(str, str) with tracker and name, open_file(str) with a path,
    person_chosen(str, int) when name or colour are chosen, changed() when the open board has, closed() when the window
    is closed; asked(str, str) with what is to be done to the board of a path (empty: the open one), named(str, str)
    with its new name, empty() for the trash, copy_wanted(str, bool) with where to save a copy, and if with its key.
    """

    new_board = pyqtSignal()
    join_link = pyqtSignal(str)
    join_room = pyqtSignal(str, str)
    open_file = pyqtSignal(str)
    person_chosen = pyqtSignal(str, int)
    closed = pyqtSignal()
    asked = pyqtSignal(str, str)
    named = pyqtSignal(str, str)
    empty = pyqtSignal()
    copy_wanted = pyqtSignal(str, bool)
    changed = pyqtSignal()

    def __init__(self, settings: Settings, name: str = "") -> None:
        """`name`: given on the command line, and so neither asked for nor remembered."""
        super().__init__()
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        dress(application)
        self.settings = settings
        self.theme = LIGHT
        self.desk: Desk | None = None
        self._inks: Inks | None = None
        self._share_note = ""
        self._name_given = bool(name)
        color = settings.color if settings.color is not None else random_color()
        self._person = name or settings.name or login_name(), color
        self.commands = make_actions(self, self._calls())
        self.welcome = Welcome(self)
        self._help: HelpPopover | None = None
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.welcome)
        self._wire()
        self.set_theme(settings.theme)
        place(self, self.settings.geometry)
        if not name and not settings.name:
            self.welcome.ask_person(*self._person)
        self.show_welcome()

    def _wire(self) -> None:
        self.welcome.new_board.connect(self.new_board)
        self.welcome.join_link.connect(self.join_link)
        self.welcome.join_room.connect(self.join_room)
        self.welcome.open_file.connect(self.open_file)
        self.welcome.browse.connect(self._ask_for_board)
        self.welcome.back.connect(self.show_desk)
        self.welcome.asked.connect(self.asked)
        self.welcome.named.connect(self.named)
        self.welcome.empty.connect(self.empty)
        self.setAcceptDrops(True)
        self.welcome.person_chosen.connect(self._take_person)
        hints = QGuiApplication.styleHints()
        if hints is not None:
            hints.colorSchemeChanged.connect(self._system_theme_changed)

    def _calls(self) -> dict[str, Callable[[], None]]:
        """What each action of the table calls."""
        calls: dict[str, Callable[[], None]] = {name: partial(self._on_desk, verb) for name, verb in VERBS.items()}
        return calls | {
            "dark": lambda: self.choose_theme("light" if self.theme.dark else "dark"),
            "full_screen": lambda: self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen),
            "new": self.new_board.emit,
            "open": self._ask_for_board,
            "join": self._ask_for_link,
            "boards": self.show_welcome,
            "duplicate": lambda: self.asked.emit("duplicate", ""),
            "picture": self._ask_for_picture,
            "person": lambda: self._on_desk(lambda desk: desk.open_person(*self._person)),
            "help": self.help_toggled,
            "quit": lambda: (self.close(), None)[1],
        }

    def _on_desk(self, act: Callable[[Desk], None]) -> None:
        if self.desk is not None:
            act(self.desk)

    # -- for the app -------------------------------------------------------------------------------

    @property
    def person(self) -> tuple[str, int]:
        """Name and colour to be known by."""
        return self._person

    @property
    def help(self) -> HelpPopover:
        """The keyboard shortcuts of this board; made when first looked at, for the window's start is short."""
        editing = self.desk is None or self.desk.board.can_edit
        if self._help is not None and self._help.editing != editing:
            self._help.deleteLater()
            self._help = None
        if self._help is None:
            self._help = HelpPopover(self, editing=editing)
            self._help.opened.connect(self._place_help)
            self._help.closed.connect(lambda: (self.desk or self.welcome).setFocus())
        return self._help

    def show_board(self, board: Board) -> None:
        """Put a board on the desk, and listen to it from now on; one that was there before is heard no more."""
        from peer.ui.desk import Desk
        from peer.ui.inks import Inks

        self._clear_desk()
        self._inks = self._inks or Inks(self.settings, self)
        desk = self.desk = Desk(board, self.theme, self.commands, self._inks, self)
        desk.share_popover.note = self._share_note
        desk.history_changed.connect(self._show_history)
        desk.history_changed.connect(self.changed)
        desk.paperwork.renamed.connect(self._show_title)
        desk.parting.ready.connect(self.close)
        desk.paperwork.copying.chosen.connect(self._ask_for_copy)
        desk.canvas.tool_changed.connect(self._show_tool)
        desk.person_popover.chosen.connect(self._rename_me)
        desk.title.menu.clicked.connect(self._open_menu)
        self._stack.addWidget(desk)
        self._turn_to(desk)
        desk.canvas.setFocus()

    def show_welcome(self) -> None:
        """The page from before a board is open; an open one stays underneath."""
        self._turn_to(self.welcome)
        self.welcome.begin(self.settings.recent, can_go_back=self.desk is not None, thrown=self.settings.thrown)

    def show_boards(self) -> None:
        """The list of boards has changed."""
        self.welcome.show_boards(self.settings.recent, self.settings.thrown)

    def show_desk(self) -> None:
        """Back to the open board, if there is one."""
        if self.desk is not None:
            self._turn_to(self.desk)
            self.desk.canvas.setFocus()

    def close_board(self) -> None:
        """Take the board off the desk, and show the welcome page."""
        self._clear_desk()
        self.show_welcome()

    def show_share_note(self, sentence: str) -> None:
        """What Share says newcomers need, in place of its own guess from the trackers."""
        self._share_note = sentence
        self._on_desk(lambda desk: setattr(desk.share_popover, "note", sentence))

    def show_news(
        self, sentence: str, link: str = "", act: Callable[[], None] | None = None, *, lasting: bool = False
    ) -> None:
        """One line over the board, with a link that calls `act`; on the welcome page it is a message."""
        if self.desk is not None and self._stack.currentWidget() is self.desk:
            self.desk.toast.say(sentence, link, act, lasting=lasting)
        elif link or lasting:
            self.welcome.toast.say(sentence, link, act, lasting=lasting)
        else:
            self.welcome.show_error(sentence)

    def _clear_desk(self) -> None:
        desk, self.desk = self.desk, None
        if desk is not None:
            desk.leave()
            self._stack.removeWidget(desk)
            desk.hide()
            desk.deleteLater()

    def _turn_to(self, page: QWidget) -> None:
        if self._help is not None:
            self._help.close_it()
        self._stack.setCurrentWidget(page)
        board = self._board
        self._show_title()
        for row in ACTIONS:
            permitted = board is None or board.can_edit or not row.edits
            self.commands[row.name].setVisible(permitted)
            self.commands[row.name].setEnabled(permitted and (board is not None or not row.needs_board))
        self.commands["rename"].setVisible(board is None or board.can_be_named)
        self._show_history()
        if self.desk is not None:
            self._show_tool(self.desk.canvas.tool_name)

    @property
    def _board(self) -> Board | None:
        """The board that is seen."""
        return self.desk.board if self.desk is not None and self._stack.currentWidget() is self.desk else None

    def _show_title(self) -> None:
        self.setWindowTitle(f"{self._board.name} – p2psketch" if self._board is not None else "p2psketch")

    # -- looks -------------------------------------------------------------------------------------

    def choose_theme(self, name: str) -> None:
        """Light, dark, or as the system has it; remembered."""
        self.settings.theme = name
        self.settings.save()
        self.set_theme(name)

    def set_theme(self, name: str) -> None:
        """Look light, dark, or as the system does."""
        theme = self.theme = _theme(name)
        self.setPalette(palette(theme))
        QToolTip.setPalette(palette(theme))
        self._on_desk(lambda desk: desk.set_theme(theme))
        self.welcome.recent.look_again()

    def _system_theme_changed(self) -> None:
        self.set_theme(self.settings.theme)

    def _show_tool(self, name: str) -> None:
        self.commands[name].setChecked(True)

    def _show_history(self) -> None:
        board = self._board
        self.commands["undo"].setEnabled(board is not None and board.can_undo)
        self.commands["redo"].setEnabled(board is not None and board.can_redo)

    # -- what a person does ------------------------------------------------------------------------

    def _open_menu(self) -> None:
        from peer.ui import arrange

        if self.desk is None:
            return
        title = self.desk.title
        name = "" if title.name.isVisibleTo(title) else self.desk.board.name
        menu = make_menu(self, self.commands, name, self.settings.theme, self.choose_theme)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(title.mapToGlobal(QPoint(0, title.height() + arrange.GAP)))

    def help_toggled(self) -> None:
        """Show the keyboard shortcuts, or hide them."""
        self._on_desk(lambda desk: desk.close_popovers())
        self.help.toggle()

    def _place_help(self) -> None:
        from peer.ui import arrange

        self.help.adjustSize()
        self.help.move(arrange.amid(self.help, self.rect()))

    def _ask_for_board(self) -> None:
        ask_for_board(self, boards(), lambda path: self.open_file.emit(str(path)))

    def _ask_for_link(self) -> None:
        self.show_welcome()
        self.welcome.focus_link()

    def _ask_for_picture(self) -> None:
        if self.desk is not None:
            desk = self.desk
            folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
            ask_for_picture(self, Path(folder) / f"{file_name(desk.board.name)}.png", desk.snapshot.save)

    def _ask_for_copy(self, with_key: bool) -> None:
        if self.desk is not None:
            folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
            suggestion = Path(folder) / f"{file_name(self.desk.board.name)}.p2psketch"
            ask_for_copy(self, suggestion, lambda path: self.copy_wanted.emit(str(path), with_key))

    def _take_person(self, name: str, color: int) -> None:
        self._person = name, color
        if not self._name_given:
            self.settings.name = name
        self.settings.color = color
        self.settings.save()
        self.person_chosen.emit(name, color)

    def _rename_me(self, name: str, color: int) -> None:
        self._name_given = False
        self._take_person(name, color)
        self._on_desk(lambda desk: desk.board.rename_me(name, color))

    # -- Qt ----------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        if self._help is not None and self._help.is_open:
            self._place_help()

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        if event is not None and (data := event.mimeData()) is not None and (data.hasUrls() or data.hasText()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:
        if event is not None and (data := event.mimeData()) is not None:
            event.acceptProposedAction()
            act, what = dropped(data)
            {"open": self.open_file.emit, "join": self.join_link.emit}.get(act, self._refuse)(what)

    def _refuse(self, sentence: str) -> None:
        self.show_news(sentence)

    def closeEvent(self, event: QCloseEvent | None) -> None:
        if event is not None and self.desk is not None and not self.desk.parting.may_close():
            event.ignore()
            self.show_desk()
            return
        if self._inks is not None:
            self._inks.save()
        saved = placed(self)
        if saved != self.settings.geometry:
            self.settings.geometry = saved
            self.settings.save()
        self.closed.emit()
        super().closeEvent(event)


def _theme(name: str) -> Theme:
    hints = QGuiApplication.styleHints()
    if name == "system":
        return DARK if hints is not None and hints.colorScheme() == Qt.ColorScheme.Dark else LIGHT
    return DARK if name == "dark" else LIGHT
