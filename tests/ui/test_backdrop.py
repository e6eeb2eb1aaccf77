"""The dots of the canvas."""

import pytest

from peer.ui.backdrop import lattice


def test_at_100_percent_dots_are_24_pixels_apart() -> None:
    assert lattice(1.0) == (24, 1)


def test_dots_are_never_dense_nor_far_apart() -> None:
    zoom = 0.05
    while zoom <= 30:
        spacing, faint = lattice(zoom)
        assert 14 <= spacing <= 28.01
        assert 0 <= faint <= 1
        zoom *= 1.01


def test_dots_fade_and_do_not_jump() -> None:
    """Where one lattice takes over from another, the dots that only one of them has are not to be seen."""
    zoom = 0.05
    before = lattice(zoom)
    while zoom <= 30:
        zoom *= 1.001
        after = lattice(zoom)
        if after[0] < before[0]:
            assert after[1] == pytest.approx(0, abs=0.02)
            assert before[1] == 1
        else:
            assert after[1] == pytest.approx(before[1], abs=0.03)
        before = after
