"""The style of the next stroke."""

import pytest

from peer.tools.style import BROAD_WIDTHS, PALETTE, STEPS, WIDTHS, InkStyle, Pressure, marker


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


def test_smoothing_and_pressure_are_heard_of_too_until_nobody_watches() -> None:
    style, heard = InkStyle(), list[tuple[float, Pressure]]()

    def hear() -> None:
        heard.append((style.smoothing, style.pressure))

    style.watch(hear)
    style.smoothing = 0.5
    style.pressure = Pressure.OFF
    style.pressure = Pressure.OFF
    style.unwatch(hear)
    style.smoothing = 0.0
    assert heard == [(0.5, Pressure.PEN), (0.5, Pressure.OFF)]


def test_keys_go_through_all_widths_and_stop_at_the_last() -> None:
    style = InkStyle(width=STEPS[0])
    up = [style.width]
    for _ in STEPS:
        style.step_width(1)
        up.append(style.width)
    assert up == [*STEPS, STEPS[-1]]
    for _ in STEPS:
        style.step_width(-1)
    assert style.width == STEPS[0]


@pytest.mark.parametrize(("step", "width"), [(1, 6.0), (-1, 4.0)])
def test_from_a_width_between_two_steps_they_go_to_the_nearest(step: int, width: float) -> None:
    style = InkStyle(width=4.5)
    style.step_width(step)
    assert style.width == width


def test_every_width_on_offer_is_a_step() -> None:
    assert {*WIDTHS, *BROAD_WIDTHS} <= {*STEPS}
    assert marker().width in marker().widths
