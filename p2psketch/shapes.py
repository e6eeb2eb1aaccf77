"""What fields a shape can have, and what may stand in each.

Rule: a check looks at one value and nothing else, so that every peer comes to the same verdict.
Fields and kinds that this version does not know are kept and passed on, and shown as nothing.
`None` in a field means that it is unset.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from math import isfinite
from typing import Any, Final

from p2psketch import cuts, ink

Value = Any
"""A MessagePack value: None, bool, int, float, str, bytes, or a list or dict of those."""

Fields = Mapping[str, Value]

STROKE: Final = "stroke"
PERSON: Final = "person"

HIGHLIGHTER: Final = "highlighter"
"""The one nib there is besides that of the pen: translucent, beneath all ink."""


class Stroke(Mapping[str, Value]):
    """The fields of a stroke as its op creates it, points last. `style` is all the others: many strokes share one dict
    of them, which is never changed, and has no cuts.
    """

    __slots__ = ("points", "style")

    def __init__(self, style: dict[str, Value], points: bytes) -> None:
        self.style = style
        self.points = points

    def __getitem__(self, field: str) -> Value:
        return self.points if field == "points" else self.style[field]

    def __iter__(self) -> Iterator[str]:
        yield from self.style
        yield "points"

    def __len__(self) -> int:
        return len(self.style) + 1

    def __repr__(self) -> str:
        return repr(dict(self))


BIRTH_FIELDS: Final = frozenset({"kind", "points", "origin"})
"""Count only from the op that creates the shape."""

DEFAULT_COLOR: Final = 0x1F2328
DEFAULT_WIDTH: Final = 3

MAX_WIDTH: Final = 512
MAX_NAME: Final = 64
MAX_BOARD_NAME: Final = 120
MAX_Z: Final = 64
MAX_COORDINATE: Final = 1e9
MAX_FIELD_NAME: Final = 80
MAX_DEPTH: Final = 8


def is_number(value: Value) -> bool:
    """An int or a finite float; never a bool."""
    kind = type(value)
    return kind is int or (kind is float and isfinite(value))


def _is_kind(value: Value) -> bool:
    return type(value) is str and 0 < len(value) <= 32


def _is_points(value: Value) -> bool:
    return type(value) is bytes and ink.check(value)


def _is_color(value: Value) -> bool:
    return value is None or (type(value) is int and 0 <= value <= 0xFFFFFF)


def _is_width(value: Value) -> bool:
    return value is None or (type(value) in (int, float) and 0 < value <= MAX_WIDTH)


def _is_nib(value: Value) -> bool:
    """A nib that this version does not know is a later one's, and shown as the pen's."""
    return value is None or _is_kind(value)


def _is_flag(value: Value) -> bool:
    return value is None or type(value) is bool


def _is_placement(value: Value) -> bool:
    if value is None:
        return True
    return type(value) is list and len(value) == 6 and all(is_number(v) and abs(v) <= MAX_COORDINATE for v in value)


def _is_z(value: Value) -> bool:
    return value is None or (type(value) is bytes and 0 < len(value) <= MAX_Z)


_UNSHOWABLE: Final = re.compile("[\0-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, line breaks, what turns the direction of writing, and half characters."""


def is_line(value: Value, most: int) -> bool:
    """One line of text. `str.isprintable` would not do: which letters it knows depends on Python's version."""
    return type(value) is str and len(value) <= most and _UNSHOWABLE.search(value) is None


def is_name(value: Value) -> bool:
    """What a person may be called: 1 to 64 characters, all of them showable."""
    return is_line(value, MAX_NAME) and value != ""


def _is_origin(value: Value) -> bool:
    """Who drew it on the board that this one was copied from: a name and, if it is known, a lasting key."""
    if type(value) is not list or len(value) != 2:
        return False
    name, key = value
    return is_name(name) and (key is None or (type(key) is bytes and len(key) == 32))


def _is_board_name(value: Value) -> bool:
    return value is None or (is_line(value, MAX_BOARD_NAME) and value != "")


def _is_bytes(size: int) -> Callable[[Value], bool]:
    return lambda value: type(value) is bytes and len(value) == size


CHECKS: Final[dict[str, Callable[[Value], bool]]] = {
    "kind": _is_kind,
    "points": _is_points,
    "color": _is_color,
    "width": _is_width,
    "nib": _is_nib,
    "placement": _is_placement,
    "z": _is_z,
    "deleted": _is_flag,
    "origin": _is_origin,
}
"""The fields of shapes on the board, but for cuts, of which each has a name of its own."""

FIXED_FIELDS: Final = frozenset(CHECKS)

CUT: Final = "cut"
"""In an edit: what it cuts off; the op that commits it has `cut/` and its own name in place of this."""

PERSON_CHECKS: Final[dict[str, Callable[[Value], bool]]] = {
    "kind": lambda value: value == PERSON,
    "name": is_name,
    "color": lambda value: value is not None and _is_color(value),
    "key": _is_bytes(32),
    "signature": _is_bytes(64),
}
"""The fields of the reserved shape that says who an author is."""

RENAMING_CHECKS: Final = {name: PERSON_CHECKS[name] for name in ("name", "color")}


BOARD_CHECKS: Final = {"name": _is_board_name}
"""The fields of the reserved shape that says what the board is called."""


def is_opaque(value: Value, depth: int = 0) -> bool:
    """Can a value of an unknown field be kept: finite, not too deep, text keys?"""
    if value is None or type(value) in (bool, str, bytes):
        return True
    if is_number(value):
        return True
    if depth == MAX_DEPTH:
        return False
    if type(value) is list:
        return all(is_opaque(item, depth + 1) for item in value)
    if type(value) is dict:
        return all(type(key) is str and is_opaque(item, depth + 1) for key, item in value.items())
    return False


def check_fields(fields: Fields, checks: Mapping[str, Callable[[Value], bool]] = CHECKS) -> str | None:
    """The name of the first field that does not hold, or None."""
    for name, value in fields.items():
        check = checks.get(name)
        if check is not None:
            if not check(value):
                return name
        elif type(name) is not str or not 0 < len(name) <= MAX_FIELD_NAME or not _is_named(name, value):
            return str(name)[:MAX_FIELD_NAME]
    return None


def _is_named(name: str, value: Value) -> bool:
    """A field whose name is not fixed: a cut, or one of a newer version."""
    return cuts.check(value) if name.startswith(cuts.PREFIX) else is_opaque(value)


def check_person(fields: Fields, *, first: bool) -> str | None:
    """The name of a field of a person that does not hold, or None.

    The author's first op sets all of them; later ones may set the name and colour anew.
    """
    if first and len(fields) != len(PERSON_CHECKS):
        return PERSON
    allowed = PERSON_CHECKS if first else RENAMING_CHECKS
    for name, value in fields.items():
        check = allowed.get(name)
        if check is None or not check(value):
            return str(name)[:MAX_FIELD_NAME]
    return None
