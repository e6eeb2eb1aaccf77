"""Shapes as lines of JSON."""

import json

import pytest

from p2psketch.errors import SketchError
from p2psketch.shapes import check_fields
from peer.shapes_in import read_shapes

LINE = {"points": [[0, 0], [10, 5]], "color": "#e03131", "width": 5}


@pytest.mark.parametrize(("nib", "field"), [("highlighter", "highlighter"), ("pen", None), (None, None)])
def test_a_nib_may_be_named(nib: str | None, field: str | None) -> None:
    (shape,) = read_shapes([json.dumps({**LINE, "nib": nib})])
    assert check_fields(shape) is None
    assert shape.get("nib") == field
    assert (shape["color"], shape["width"]) == (0xE03131, 5)


def test_without_one_it_is_the_pens_and_costs_nothing() -> None:
    (shape,) = read_shapes([json.dumps(LINE)])
    assert "nib" not in shape


@pytest.mark.parametrize("nib", ["quill", "", 5, ["pen"], True])
def test_one_that_is_not_known_is_a_mistake(nib: object) -> None:
    with pytest.raises(SketchError, match='Line 2 cannot be drawn: "nib" is neither "pen" nor "highlighter"'):
        read_shapes([json.dumps(LINE), json.dumps({**LINE, "nib": nib})])


def test_other_words_are_still_refused() -> None:
    with pytest.raises(SketchError, match='"nub" is not known here'):
        read_shapes([json.dumps({**LINE, "nub": "pen"})])
