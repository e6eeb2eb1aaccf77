from PyQt6.QtWidgets import QWidget

from peer.ui.actions import ACTIONS
from peer.ui.help import HelpPopover, key_text, sections
from peer.ui.widgets import Words


def test_every_action_with_a_key_is_listed_once() -> None:
    listed = [words for _, rows in sections() for words, _ in rows]
    assert len(listed) == len(set(listed))
    for row in ACTIONS:
        assert (row.text.rstrip("…") in listed) == bool(row.keys)


def test_the_groups_are_in_the_order_of_the_table() -> None:
    assert [title for title, _ in sections()] == ["Tools", "Edit", "View", "Board", "Mouse, stylus and touch"]


def test_keys_as_people_know_them() -> None:
    assert key_text(("P", "D")) == "P, D"
    assert key_text(("Ctrl+Shift+Z",)) == "Ctrl+Shift+Z"


def test_all_of_it_is_shown_and_fits_into_a_small_window(around: QWidget) -> None:
    popover = HelpPopover(around)
    shown = {words.whole for words in popover.findChildren(Words)}
    for title, rows in sections():
        assert title in shown
        for words, keys in rows:
            assert {words, keys} <= shown
    assert popover.sizeHint().width() <= 772
    assert popover.sizeHint().height() <= 572
