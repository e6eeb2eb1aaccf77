"""Shapes as JSON lines, for the `draw` command.

Rule: everything is read and checked before anything is drawn; a mistake is told with its line.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from p2psketch import ink
from p2psketch.drafting import FARTHEST
from p2psketch.errors import SketchError
from p2psketch.shapes import DEFAULT_COLOR, DEFAULT_WIDTH, HIGHLIGHTER, MAX_WIDTH, STROKE, Value, is_number

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


def read_shapes(lines: Iterable[str]) -> list[dict[str, Value]]:
    """The fields of each shape; SketchError names the line and what is wrong with it."""
    shapes: list[dict[str, Value]] = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                shapes += _strokes(json.loads(line))
            except (ValueError, RecursionError) as error:
                why: object = "it is not JSON" if isinstance(error, json.JSONDecodeError) else error
                if isinstance(error, RecursionError):
                    why = "it is nested too deeply"
                raise SketchError(f"Line {number} cannot be drawn: {why}.") from error
    return shapes


def _strokes(shape: Any) -> Iterator[dict[str, Value]]:
    """One shape as strokes: one past 10,000 points is continued as another."""
    if not isinstance(shape, dict) or "points" not in shape:
        raise ValueError('it has no "points"')
    if unknown := set(shape) - {"points", "color", "width", "nib"}:
        raise ValueError(f'"{min(unknown)}" is not known here')
    points, pressure = _points(shape["points"])
    style = {"kind": STROKE, "color": _color(shape.get("color")), "width": _width(shape.get("width"))}
    style |= _nib(shape.get("nib"))
    step = ink.MAX_POINTS - 1
    for start in range(0, max(len(points) - 1, 1), step):
        part = points[start : start + step + 1]
        force = None if pressure is None else pressure[start : start + step + 1]
        yield {**style, **_placed(part, force)}


def _placed(points: np.ndarray, pressure: np.ndarray | None) -> dict[str, Value]:
    if np.abs(points).max() <= FARTHEST:
        return {"points": ink.encode(points, pressure)}
    x, y = (float(value) for value in np.round(points[0]))
    return {"points": ink.encode(points - (x, y), pressure), "placement": [1, 0, 0, 1, x, y]}


def _points(value: Any) -> tuple[np.ndarray, np.ndarray | None]:
    if not isinstance(value, list) or not value:
        raise ValueError('"points" is not a list of [x, y] or [x, y, pressure]')
    sizes = {len(point) if isinstance(point, list) else 0 for point in value}
    if sizes not in ({2}, {3}) or not all(is_number(number) for point in value for number in point):
        raise ValueError('"points" is not a list of [x, y] or [x, y, pressure], all alike')
    table = np.array(value, dtype=float)
    if np.abs(table[:, :2]).max() > 1e9:
        raise ValueError("a point is further out than 1,000,000,000")
    if sizes == {2}:
        return table, None
    if table[:, 2].min() < 0 or table[:, 2].max() > 1:
        raise ValueError("a pressure is not between 0 and 1")
    return table[:, :2], table[:, 2]


def _color(value: Any) -> int:
    if value is None:
        return DEFAULT_COLOR
    if isinstance(value, str) and _COLOR.fullmatch(value):
        return int(value[1:], 16)
    raise ValueError('"color" is not like "#1f2328"')


def _nib(value: Any) -> dict[str, Value]:
    if value in (None, "pen"):
        return {}
    if value == HIGHLIGHTER:
        return {"nib": HIGHLIGHTER}
    raise ValueError('"nib" is neither "pen" nor "highlighter"')


def _width(value: Any) -> float:
    if value is None:
        return DEFAULT_WIDTH
    if is_number(value) and 0 < value <= MAX_WIDTH:
        return value  # type: ignore[no-any-return]
    raise ValueError(f'"width" is not a number above 0, at most {MAX_WIDTH}')
