"""The style of the next stroke."""

from peer.tools.style import PALETTE, WIDTHS, InkStyle


def test_it_begins_with_dark_ink_of_a_width_on_offer() -> None:
    style = InkStyle()
    assert style.color == PALETTE[0]
    assert style.width in WIDTHS
    assert len(set(PALETTE)) == 12


def test_whoever_watches_hears_of_changes_and_of_nothing_else() -> None:
    style, heard = InkStyle(), list[tuple[int, float]]()
    style.watch(lambda: heard.append((style.color, style.width)))
    style.color = PALETTE[1]
    style.width = WIDTHS[3]
    style.color = PALETTE[1]
    assert heard == [(PALETTE[1], WIDTHS[1]), (PALETTE[1], WIDTHS[3])]
