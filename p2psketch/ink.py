"""Ink: the points of a stroke, and their pressure, as bytes.

Rule: `encode` writes the one form there is, `check` is all that stands between a stranger's bytes and the rest, and
whatever it accepts can be decoded. Nothing here knows colours, widths or shapes.

The form: a flags byte (bit 0: has pressure, the others 0); the number of points n, a varint in its shortest form; x
and y of the first point, then of the step to each next one, as zigzag varints of sixteenths of a pixel; n bytes of
pressure if flagged. That is about 2 bytes a point. Varints are little-endian, base 128 and at most 4 bytes long, so
coordinates and steps are within 2^27 / 16 (8.4 million) pixels; a stroke further out carries a `placement`.

numpy, the slowest of all imports, is needed to encode and decode alone: a tracker and the welcome page never do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from p2psketch.geometry import Floats, Indices, Point, Rect

    Pressure: TypeAlias = NDArray[np.float32]

MAX_POINTS = 10_000

_UNITS = 16
_LIMIT = 2**27
_HAS_PRESSURE = 1
_CLASSES = bytes([0] * 128 + [1] * 128)
_LAST, _TOO_LONG = b"\0", b"\1" * 4

_WRONG_POINTS = f"a stroke has 1 to {MAX_POINTS} points of two coordinates"
_TOO_FAR_OUT = "a stroke so far out needs a placement"
_TOO_FAR_APART = "two points of a stroke are too far apart"
_WRONG_PRESSURE = "pressure is one number from 0 to 1 for each point"

_FEW = 16
"""Points that are encoded sooner number by number: of a stroke that is being drawn one or two are new in a frame."""


def encode(points: Floats | Sequence[Point], pressure: Floats | Pressure | list[float] | None = None) -> bytes:
    """Points (n, 2) in pixels, rounded to sixteenths, and pressure (n,) from 0 to 1, rounded to 255ths, or None.

    ValueError unless 1 <= n <= MAX_POINTS, all is finite and no coordinate or step is out of range.
    """
    n = len(points)
    if 1 <= n <= _FEW and isinstance(points, list) and (pressure is None or isinstance(pressure, list)):
        return _encode_few(points, pressure)
    import numpy as np

    places = np.asarray(points, dtype=np.float64)
    if not 1 <= n <= MAX_POINTS or places.shape != (n, 2):
        raise ValueError(_WRONG_POINTS)
    if not (np.abs(places) < _LIMIT / _UNITS).all():
        raise ValueError(_TOO_FAR_OUT)
    units = np.rint(places * _UNITS).astype(np.int64)
    units[1:] -= units[:-1].copy()
    flag = 0 if pressure is None else _HAS_PRESSURE
    return bytes((flag, *_count_bytes(n))) + _varints(units.ravel()) + _pressure_bytes(pressure, n)


def _encode_few(points: list[Point], pressure: list[float] | None) -> bytes:
    """The same, number by number."""
    if any(len(point) != 2 for point in points):
        raise ValueError(_WRONG_POINTS)
    coded = bytearray((0 if pressure is None else _HAS_PRESSURE, len(points)))
    last_x = last_y = 0
    for x, y in points:
        if not (abs(x) < _LIMIT / _UNITS and abs(y) < _LIMIT / _UNITS):
            raise ValueError(_TOO_FAR_OUT)
        at_x, at_y = round(x * _UNITS), round(y * _UNITS)
        _add_varint(coded, at_x - last_x)
        _add_varint(coded, at_y - last_y)
        last_x, last_y = at_x, at_y
    if pressure is not None:
        if len(pressure) != len(points) or not all(0 <= value <= 1 for value in pressure):
            raise ValueError(_WRONG_PRESSURE)
        coded += bytes(round(value * 255) for value in pressure)
    return bytes(coded)


def _add_varint(coded: bytearray, value: int) -> None:
    zigzag = value << 1 if value >= 0 else ~(value << 1)
    if zigzag >= 2 * _LIMIT:
        raise ValueError(_TOO_FAR_APART)
    while zigzag > 127:
        coded.append(zigzag & 127 | 128)
        zigzag >>= 7
    coded.append(zigzag)


def check(data: bytes) -> bool:
    """Whether `data` is ink. Only counts varints: whatever their values are, they are good."""
    if len(data) < 4:
        return False
    n, start = data[1], 2
    if n > 127:
        n, start = n - 128 + data[2] * 128, 3
        if data[2] == 0 or n > MAX_POINTS:
            return False
    flags = data[0]
    if flags > _HAS_PRESSURE:
        return False
    classes = data[start : len(data) - n * flags].translate(_CLASSES)
    return classes.count(_LAST) == 2 * n and classes.endswith(_LAST) and _TOO_LONG not in classes


def count(data: bytes) -> int:
    """The number of points of checked ink."""
    return data[1] if data[1] < 128 else data[1] - 128 + data[2] * 128


def decode(data: bytes) -> tuple[Floats, Pressure | None]:
    """The points (n, 2) in pixels and, if there is any, the pressure (n,) from 0 to 1 of checked ink."""
    n = count(data)
    import numpy as np

    if data[0] != _HAS_PRESSURE:
        return _points(data, n), None
    levels = np.frombuffer(data, np.uint8, n, len(data) - n)
    return _points(data, n), levels.astype(np.float32) / np.float32(255)


def decode_all(inks: Sequence[bytes]) -> tuple[Floats, Indices]:
    """The points of many strokes of checked ink, end to end (sum of counts, 2), and the counts; a tenth of the time."""
    import numpy as np

    steps, counts = _all_steps(inks)
    places = steps.cumsum(axis=0)
    before = np.cumsum(counts) - counts
    places -= np.repeat(places[before] - steps[before], counts, axis=0)
    points: Floats = places * (1 / _UNITS)
    return points, counts


def extents(inks: Sequence[bytes]) -> tuple[Floats, Floats]:
    """Of each of some strokes of checked ink, at least one: left, top, right and bottom of its points (4, n), and the
    longest step from one to the next (n,); for less than to decode them.
    """
    import numpy as np

    steps, counts = _all_steps(inks)
    places = steps.cumsum(axis=0)
    firsts = np.cumsum(counts) - counts
    before = places[firsts] - steps[firsts]
    least = np.minimum.reduceat(places, firsts) - before
    most = np.maximum.reduceat(places, firsts) - before
    steps[firsts] = 0
    x, y = steps.T
    longest = np.sqrt(np.maximum.reduceat(x * x + y * y, firsts))
    return np.concatenate((least, most), axis=1).T * (1 / _UNITS), longest * (1 / _UNITS)


def _all_steps(inks: Sequence[bytes]) -> tuple[NDArray[np.int64], Indices]:
    """The first point and then the steps of many strokes, end to end (sum of counts, 2), in units, and the counts."""
    import numpy as np

    counts = list(map(count, inks))
    coded = b"".join(
        [data[2 if n < 128 else 3 : len(data) - n * data[0]] for data, n in zip(inks, counts, strict=True)]
    )
    return _steps(np.frombuffer(coded, np.uint8)).reshape(-1, 2), np.array(counts, np.intp)


def pressures(inks: Sequence[bytes], counts: Indices) -> Pressure:
    """The pressure of many strokes, end to end as `decode_all` has their points; 1 where there is none."""
    import numpy as np

    levels = b"".join(
        data[-n:] if data[0] == _HAS_PRESSURE else b"\xff" * n for data, n in zip(inks, counts.tolist(), strict=True)
    )
    return np.frombuffer(levels, np.uint8).astype(np.float32) / np.float32(255)


def has_pressure(data: bytes) -> bool:
    """Whether checked ink has pressure."""
    return data[0] == _HAS_PRESSURE


def bounds(data: bytes) -> Rect:
    """The bounds of the points of checked ink, without the width of the line."""
    from p2psketch.geometry import bounds_of

    rect = bounds_of(_points(data, count(data)))
    assert rect is not None
    return rect


def _count_bytes(n: int) -> tuple[int, ...]:
    return (n,) if n < 128 else (n % 128 + 128, n // 128)


def _pressure_bytes(pressure: Floats | Pressure | list[float] | None, n: int) -> bytes:
    import numpy as np

    if pressure is None:
        return b""
    values = np.asarray(pressure, dtype=np.float64)
    if values.shape != (n,) or not ((values >= 0) & (values <= 1)).all():
        raise ValueError(_WRONG_PRESSURE)
    return np.rint(values * 255).astype(np.uint8).tobytes()


def _varints(values: NDArray[np.int64]) -> bytes:
    import numpy as np

    zigzag = (values << 1) ^ (values >> 63)
    if (zigzag >= 2 * _LIMIT).any():
        raise ValueError(_TOO_FAR_APART)
    rest = zigzag[:, None] >> np.arange(0, 28, 7)
    groups = (rest & 127).astype(np.uint8)
    groups[:, :-1] |= (rest[:, 1:] > 0).astype(np.uint8) << 7
    rest[:, 0] = 1
    return groups[rest > 0].tobytes()


def _points(data: bytes, n: int) -> Floats:
    import numpy as np

    start = 2 if n < 128 else 3
    coded = np.frombuffer(data, np.uint8, len(data) - start - n * data[0], start)
    points: Floats = _steps(coded).reshape(n, 2).cumsum(axis=0, dtype=np.float64) * (1 / _UNITS)
    return points


def _steps(coded: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The numbers that varints hold."""
    import numpy as np

    is_last = coded < 128
    zigzag = coded[is_last].astype(np.int64)
    if len(zigzag) < len(coded):  # most steps are of one byte
        more = (~is_last).nonzero()[0]
        nth = np.arange(len(more))
        whose = more - nth
        begins = np.ones(len(more), np.bool_)
        begins[1:] = whose[1:] != whose[:-1]
        place = nth - np.maximum.accumulate(nth * begins)
        np.multiply.at(zigzag, whose, 128)
        np.add.at(zigzag, whose, (coded[more] & 127).astype(np.int64) << (7 * place))
    steps: NDArray[np.int64] = (zigzag >> 1) ^ -(zigzag & 1)
    return steps
