"""What may stand in a field, and what may not."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p2psketch.shapes import (
    BIRTH_FIELDS,
    BOARD_CHECKS,
    CHECKS,
    MAX_DEPTH,
    MAX_FIELD_NAME,
    MAX_NAME,
    PERSON_CHECKS,
    Stroke,
    check_fields,
    check_person,
    is_line,
    is_name,
    is_opaque,
)
from tests.core.authors import INK, PERSON, STROKE

NAN, INFINITY = math.nan, math.inf
A_BILLION = 10**9

GOOD: dict[str, list[Any]] = {
    "kind": ["stroke", "person", "a kind of tomorrow", "x" * 32],
    "points": [INK],
    "color": [None, 0, 0xFFFFFF],
    "width": [None, 1, 0.01, 2.5, 512],
    "nib": [None, "highlighter", "a nib of tomorrow", "x" * 32],
    "placement": [None, [1, 0, 0, 1, 0, 0], [-1.5, 0.0, 2, 1e9, -1e9, 0]],
    "z": [None, b"\0", b"z" * 64],
    "deleted": [None, True, False],
    "origin": [["Ann", None], ["Ann", b"k" * 32]],
}

BAD: dict[str, list[Any]] = {
    "kind": [None, "", "x" * 33, b"stroke", 1, ["stroke"]],
    "points": [None, b"", INK + b"\0", INK[:-1], "ink", [1, 2]],
    "color": [-1, 0x1000000, 1.0, True, "red", [0]],
    "width": [0, -1, 512.5, NAN, INFINITY, True, "3", [3]],
    "nib": ["", "x" * 33, b"highlighter", 1, True, ["highlighter"]],
    "placement": [
        [],
        [1, 0, 0, 1, 0],
        [1, 0, 0, 1, 0, 0, 0],
        [1, 0, 0, 1, 0, NAN],
        [1, 0, 0, 1, 0, -INFINITY],
        [1, 0, 0, 1, 0, A_BILLION + 1],
        [1, 0, 0, 1, 0, -A_BILLION - 1],
        [1, 0, 0, 1, 0, None],
        [True, 0, 0, 1, 0, 0],
        (1, 0, 0, 1, 0, 0),
        b"123456",
        {},
    ],
    "z": [b"", b"z" * 65, "z", 5, True],
    "deleted": [0, 1, "yes", []],
    "origin": [None, "Ann", [], ["Ann"], ["", None], [b"Ann", None], ["Ann", b"k"], ["Ann", "k" * 32], ["A", None, 1]],
}


def cases(table: dict[str, list[Any]]) -> list[tuple[str, Any]]:
    return [(field, value) for field, values in table.items() for value in values]


def test_every_field_is_tried_here() -> None:
    assert set(GOOD) == set(BAD) == set(CHECKS)
    assert set(CHECKS) >= BIRTH_FIELDS


@pytest.mark.parametrize(("field", "value"), cases(GOOD))
def test_a_field_takes(field: str, value: Any) -> None:
    assert check_fields({field: value}) is None
    assert check_fields({**STROKE, field: value}) is None


@pytest.mark.parametrize(("field", "value"), cases(BAD))
def test_a_field_refuses(field: str, value: Any) -> None:
    assert check_fields({field: value}) == field
    assert check_fields({**STROKE, field: value, "unknown": 1}) == field


# Cuts, of which each has a field of its own


def test_a_cut_is_checked_whatever_op_it_is_named_for() -> None:
    assert check_fields({"cut/YWFh/7": [0, 5]}) is None
    assert check_fields({**STROKE, "cut/YWFh/7": None, "cut/": [3, 4, 5, 6]}) is None
    assert check_fields({"cut/YWFh/7": [5, 0]}) == "cut/YWFh/7"
    assert check_fields({"cut/YWFh/7": [0.5, 1.5]}) == "cut/YWFh/7"
    assert check_fields({"cut/" + "x" * MAX_FIELD_NAME: [0, 5]}) is not None


# Fields of a newer version


def deep(levels: int, innermost: Any = 0) -> Any:
    value = innermost
    for level in range(levels):
        value = [value] if level % 2 else {"deeper": value}
    return value


@pytest.mark.parametrize(
    "value", [None, True, 5, -(2**63), 2**64 - 1, 2.5, "text", b"bytes", [], {}, [1, {"a": [None]}], deep(MAX_DEPTH)]
)
def test_a_field_of_a_newer_version_is_kept(value: Any) -> None:
    assert is_opaque(value)
    assert check_fields({"later/5": value}) is None


@pytest.mark.parametrize(
    "value",
    [NAN, INFINITY, [1, NAN], {"a": {"b": -INFINITY}}, {1: 2}, {b"a": 2}, deep(MAX_DEPTH + 1), deep(5000), {1}, ...],
)
def test_what_no_version_could_mean_is_refused(value: Any) -> None:
    assert not is_opaque(value)
    assert check_fields({"later": value}) == "later"


@pytest.mark.parametrize("name", ["", "x" * (MAX_FIELD_NAME + 1), b"color", 7, None])
def test_a_field_has_a_name(name: Any) -> None:
    assert check_fields({name: 1}) is not None
    assert check_fields({"x" * MAX_FIELD_NAME: 1}) is None


def test_the_complaint_is_short() -> None:
    assert check_fields({"x" * 100_000: 1}) == "x" * MAX_FIELD_NAME
    assert check_person({"x" * 100_000: 1}, first=False) == "x" * MAX_FIELD_NAME


# Persons

NOBODY: dict[str, list[Any]] = {
    "kind": ["stroke", b"person", None],
    "name": ["", "x" * (MAX_NAME + 1), "two\nlines", b"Ann", None, 5],
    "color": [None, -1, 0x1000000, "red", 1.0],
    "key": [b"k" * 31, b"k" * 33, "k" * 32, None],
    "signature": [b"s" * 63, b"s" * 65, "s" * 64, None],
}


def test_a_person_is_introduced_whole() -> None:
    assert set(NOBODY) == set(PERSON_CHECKS) == set(PERSON)
    assert check_person(PERSON, first=True) is None
    for field in PERSON:
        assert check_person({name: PERSON[name] for name in PERSON if name != field}, first=True) is not None


@pytest.mark.parametrize(("field", "value"), cases(NOBODY))
def test_a_person_is_not(field: str, value: Any) -> None:
    assert check_person({**PERSON, field: value}, first=True) == field


def test_a_person_has_no_other_fields() -> None:
    without_name = {name: value for name, value in PERSON.items() if name != "name"}
    assert check_person({**PERSON, "deleted": True}, first=True) is not None
    assert check_person({**without_name, "deleted": True}, first=True) == "deleted"


def test_later_a_person_changes_name_and_colour_and_nothing_else() -> None:
    assert check_person({"name": "Anna"}, first=False) is None
    assert check_person({"color": 1, "name": "Anna"}, first=False) is None
    assert check_person({"name": ""}, first=False) == "name"
    for field in ("kind", "key", "signature"):
        assert check_person({field: PERSON[field]}, first=False) == field
    assert check_person({"deleted": True}, first=False) == "deleted"


# The board

NAMELESS: list[Any] = ["", "x" * 121, "two\nlines", b"Plan", 5, ["Plan"]]


@pytest.mark.parametrize("name", [None, "Plan", "x" * 120, "Plan für Zoë"])
def test_a_board_is_called(name: Any) -> None:
    assert check_fields({"name": name}, BOARD_CHECKS) is None


@pytest.mark.parametrize("name", NAMELESS)
def test_a_board_is_not_called(name: Any) -> None:
    assert check_fields({"name": name}, BOARD_CHECKS) == "name"


# Names: every peer has to come to the same verdict, whatever version of Python it runs on

LETTER_OF_TOMORROW = "\U0003fff0"  # not assigned yet in any version of Unicode
FAMILY = "👩\u200d👩\u200d👧"
SINHALA = "ශ්\u200dරී"


@pytest.mark.parametrize("name", ["A", "x" * MAX_NAME, "Zoë", "王", FAMILY, SINHALA, LETTER_OF_TOMORROW, " "])
def test_people_are_called(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize("char", "\0 \t \n \r \x1f \x7f \x85 \x9f \u2028 \u2029 \u202a \u202e \u2066 \u2069".split(" "))
def test_people_are_not_called(char: str) -> None:
    assert not is_name(f"A{char}n")
    assert not is_line(char, 9)


def test_half_a_character_is_no_name() -> None:
    assert not is_name("\ud83d")


def test_a_line_may_be_empty_and_has_an_end() -> None:
    assert is_line("", 0)
    assert is_line("abc", 3)
    assert not is_line("abc", 2)
    assert not is_line(b"abc", 3)


@given(st.text(min_size=1, max_size=MAX_NAME))
def test_what_python_calls_printable_can_be_a_name(name: str) -> None:
    assert is_name(name) or not name.isprintable()


def test_a_stroke_is_the_fields_that_it_was_made_of_points_last() -> None:
    stroke = Stroke({"kind": "stroke", "width": 3}, b"ink")
    fields = {"kind": "stroke", "width": 3, "points": b"ink"}
    assert stroke == fields and list(stroke.items()) == list(fields.items()) and len(stroke) == 3
    assert stroke["points"] == b"ink" and stroke.get("color") is None and "color" not in stroke
    assert repr(stroke) == repr(fields)
