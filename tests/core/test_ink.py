"""Ink against a plain reader and writer of the same format, one number at a time."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from p2psketch.geometry import Floats, Rect
from p2psketch.ink import MAX_POINTS, bounds, check, count, decode, decode_all, encode, extents

FAR = 2.0**22
coordinates = st.one_of(st.floats(-50, 50), st.floats(-FAR, FAR), st.integers(-800, 800).map(lambda unit: unit / 16))
strokes = st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=150).map(np.array)
pressures = st.integers(0, 2**32 - 1).map(lambda seed: np.random.default_rng(seed))
inks = st.tuples(strokes, st.none() | pressures).map(
    lambda pair: (pair[0], None if pair[1] is None else pair[1].random(len(pair[0])))
)
Stroke = tuple[Floats, Floats | None]


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value % 128 + 128)
        value //= 128
    out.append(value)
    return bytes(out)


def zigzag(value: int) -> int:
    return 2 * value if value >= 0 else -2 * value - 1


def plain_encode(units: list[tuple[int, int]], levels: list[int] | None) -> bytes:
    """The format, written down a second time; it takes any number of points, also none."""
    out = bytes([levels is not None]) + varint(len(units))
    x0, y0 = 0, 0
    for x, y in units:
        out += varint(zigzag(x - x0)) + varint(zigzag(y - y0))
        x0, y0 = x, y
    return out + bytes(levels or [])


def plain_read(data: bytes) -> tuple[int, int]:
    """The varint at the front of `data` and its size; ValueError if there is none of at most 4 bytes."""
    value = 0
    for place, byte in enumerate(data[:4]):
        value += byte % 128 << 7 * place
        if byte < 128:
            return value, place + 1
    raise ValueError


def plain_check(data: bytes) -> bool:
    """What `check` promises, by reading everything."""
    try:
        n, size = plain_read(data[1:])
        if data[0] > 1 or not 1 <= n <= MAX_POINTS or varint(n) != data[1 : 1 + size]:
            return False
        rest = data[1 + size :]
        for _ in range(2 * n):
            rest = rest[plain_read(rest)[1] :]
        return len(rest) == n * data[0]
    except (ValueError, IndexError):
        return False


def units_of(points: Floats) -> list[tuple[int, int]]:
    return [(round(x * 16), round(y * 16)) for x, y in points.tolist()]


@given(inks)
def test_lists_are_the_same_ink_as_arrays(stroke: Stroke) -> None:
    points, pressure = stroke
    listed = [(x, y) for x, y in points.tolist()]
    assert encode(listed, None if pressure is None else pressure.tolist()) == encode(points, pressure)


@pytest.mark.parametrize(
    ("points", "pressure"),
    [
        ([(1.0, 2.0, 3.0)], None),
        ([(2.0**23, 0.0)], None),
        ([(0.0, float("nan"))], None),
        ([(-float("inf"), 0.0)], None),
        ([(8e6, 0.0), (-8e6, 0.0)], None),
        ([(0.0, 0.0)], []),
        ([(0.0, 0.0)], [0.5, 0.5]),
        ([(0.0, 0.0)], [1.1]),
        ([(0.0, 0.0)], [float("nan")]),
    ],
)
def test_what_is_no_ink_is_refused_alike(points: list[tuple[float, ...]], pressure: list[float] | None) -> None:
    with pytest.raises(ValueError, match=r"stroke|pressure") as few:
        encode(points, pressure)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"stroke|pressure") as many:
        encode(np.array(points), None if pressure is None else np.array(pressure))
    assert str(few.value) == str(many.value)


@given(inks)
def test_round_trip(stroke: Stroke) -> None:
    points, pressure = stroke
    data = encode(points, pressure)
    there, pressed = decode(data)
    assert there.dtype == np.float64 and there.tolist() == (np.rint(points * 16) / 16).tolist()
    assert count(data) == len(points)
    if pressure is None:
        assert pressed is None
    else:
        assert pressed is not None and pressed.dtype == np.float32
        assert pressed == pytest.approx(np.rint(pressure * 255) / 255)


@given(inks)
def test_the_format_is_the_one_written_down(stroke: Stroke) -> None:
    points, pressure = stroke
    levels = None if pressure is None else [round(level * 255) for level in pressure.tolist()]
    assert encode(points, pressure) == plain_encode(units_of(points), levels)


def test_the_bytes_of_a_stroke() -> None:
    assert encode([(0.5, -0.25), (0.5, 4.0)], np.array([0.0, 1.0])) == bytes([1, 2, 16, 7, 0, 0x88, 0x01, 0, 255])


def test_two_bytes_a_point() -> None:
    heading = np.cumsum(np.random.default_rng(1).normal(0, 0.25, 60))
    points = 500 + np.cumsum(3 * np.stack((np.cos(heading), np.sin(heading)), axis=1), axis=0)
    assert len(encode(points)) <= 128


@given(inks)
def test_check_accepts_what_encode_writes(stroke: Stroke) -> None:
    assert check(encode(*stroke)) is True


@given(inks, st.data())
def test_check_rejects_every_other_length(stroke: Stroke, data: st.DataObject) -> None:
    whole = encode(*stroke)
    assert not check(whole[: data.draw(st.integers(0, len(whole) - 1))])
    assert not check(whole + data.draw(st.binary(min_size=1, max_size=4)))


@given(inks, st.data())
def test_check_agrees_with_the_plain_reader_on_damaged_ink(stroke: Stroke, data: st.DataObject) -> None:
    damaged = bytearray(encode(*stroke))
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, min(len(damaged), 12) - 1))] = data.draw(st.integers(0, 255))
    assert check(bytes(damaged)) == plain_check(bytes(damaged))


few = st.sampled_from([0, 1, 2, 3, 127, 128, 129, 255])


@given(st.binary(max_size=40) | st.lists(few, max_size=24).map(bytes))
@example(b"")
@example(bytes([0, 1, 255, 255, 255, 127, 0]))
@example(bytes([0, 1, 255, 255, 255, 255, 0, 0]))
@example(bytes([1, 200, 1, 2]))
def test_check_agrees_with_the_plain_reader_on_anything(data: bytes) -> None:
    assert check(data) == plain_check(data)


runs = (
    st.integers(0, 3)
    .flatmap(lambda size: st.binary(min_size=size + 1, max_size=size + 1))
    .map(lambda raw: bytes([*(byte | 128 for byte in raw[:-1]), raw[-1] & 127]))
)


@given(st.lists(st.tuples(runs, runs), min_size=1, max_size=140), st.booleans(), st.integers(0, 255))
def test_whatever_is_checked_decodes_to_finite_numbers(body: list[tuple[bytes, bytes]], flag: bool, level: int) -> None:
    data = bytes([flag]) + varint(len(body)) + b"".join(x + y for x, y in body) + bytes([level]) * (flag * len(body))
    assert check(data)
    points, pressure = decode(data)
    assert points.shape == (len(body), 2) and np.isfinite(points).all()
    assert (pressure is not None) == flag
    assert pressure is None or (pressure == np.float32(level) / np.float32(255)).all()
    assert bounds(data) == Rect(*points.min(axis=0), *points.max(axis=0))


bodies = st.lists(st.tuples(runs, runs), min_size=1, max_size=6)


@given(st.lists(st.tuples(bodies, st.booleans()), min_size=1, max_size=6))
def test_many_decode_to_what_each_does_by_itself(many: list[tuple[list[tuple[bytes, bytes]], bool]]) -> None:
    inks = [
        bytes([flag]) + varint(len(body)) + b"".join(x + y for x, y in body) + bytes(flag * len(body))
        for body, flag in many
    ]
    alone = [decode(data)[0] for data in inks]
    points, counts = decode_all(inks)
    assert counts.tolist() == list(map(len, alone))
    assert points.tolist() == np.concatenate(alone).tolist()
    sides, longest = extents(inks)
    assert [Rect(*of_one) for of_one in sides.T.tolist()] == list(map(bounds, inks))
    steps = [np.hypot(*np.diff(places, axis=0).T) for places in alone]
    assert longest == pytest.approx([step.max(initial=0.0) for step in steps])


def test_checked_ink_may_leave_the_range_that_encode_keeps() -> None:
    data = bytes([0]) + varint(MAX_POINTS) + bytes([0xFE, 0xFF, 0xFF, 0x7F]) * (2 * MAX_POINTS)
    assert check(data)
    step = (2**27 - 1) / 16
    assert decode(data)[0][-1].tolist() == [step * MAX_POINTS] * 2
    sides, longest = extents([data, data])
    assert sides.T.tolist() == [[step, step, step * MAX_POINTS, step * MAX_POINTS]] * 2
    assert longest == pytest.approx([step * 2**0.5] * 2)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (bytes([2, 1, 0, 0]), "an unknown flag"),
        (bytes([128, 1, 0, 0]), "an unknown flag, the highest"),
        (bytes([4, 1, 0, 0, 9, 9, 9, 9]), "an unknown flag, with as many bytes more"),
        (bytes([0, 0]), "no points"),
        (bytes([0, 0, 0, 0]), "no points, but coordinates"),
        (bytes([0, 0x81, 0, 0, 0]), "n in more bytes than it needs"),
        (bytes([0, 0x81, 0x80, 0, 0, 0]), "n in three bytes"),
        (bytes([0, 1, 0x80, 0]), "the last varint is not ended"),
        (bytes([0, 1, 0x80, 0x80, 0x80, 0x80, 0, 0]), "a varint of five bytes"),
        (bytes([0, 1, 0, 0, 0]), "a varint too many"),
        (bytes([0, 1, 0, 0x80, 0]) + b"\0", "a byte after the last varint"),
        (bytes([1, 1, 0, 0]), "no pressure though flagged"),
        (bytes([1, 1, 0, 0x80, 255]), "a pressure where a varint goes on"),
        (bytes([1, 1, 0, 0, 255, 255]), "a pressure too many"),
    ],
)
def test_check_rejects(data: bytes, why: str) -> None:
    assert not check(data), why


@pytest.mark.parametrize("pressed", [False, True])
def test_the_most_points(pressed: bool) -> None:
    levels = np.full(MAX_POINTS, 0.5) if pressed else None
    full = encode(np.zeros((MAX_POINTS, 2)), levels)
    assert check(full) and count(full) == MAX_POINTS and len(decode(full)[0]) == MAX_POINTS
    more = plain_encode([(0, 0)] * (MAX_POINTS + 1), [128] * (MAX_POINTS + 1) if pressed else None)
    assert not check(more)
    with pytest.raises(ValueError, match="10000 points"):
        encode(np.zeros((MAX_POINTS + 1, 2)))


@pytest.mark.parametrize("n", [1, 127, 128, 129, 255, 256])
def test_counts_around_the_second_byte(n: int) -> None:
    data = encode(np.arange(2.0 * n).reshape(n, 2), np.linspace(0, 1, n))
    assert check(data) and count(data) == n
    assert decode(data)[0].tolist() == np.arange(2.0 * n).reshape(n, 2).tolist()


def test_as_far_out_as_it_goes() -> None:
    edge = 2**23 - 1 / 16
    assert decode(encode([(edge, -edge), (0, 0)]))[0].tolist() == [[edge, -edge], [0, 0]]
    with pytest.raises(ValueError, match="placement"):
        encode([(2.0**23, 0)])
    with pytest.raises(ValueError, match="too far apart"):
        encode([(edge, 0), (-edge, 0)])
    with pytest.raises(ValueError, match="too far apart"):
        encode([(edge + 1 / 20, 0)])


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e308, 1e9])
def test_encode_refuses_what_is_not_a_place(bad: float) -> None:
    with pytest.raises(ValueError, match="placement"):
        encode([(0.0, 0.0), (0.0, bad)])


@pytest.mark.parametrize("points", [[], [(1.0,)], [(1.0, 2.0, 3.0)], np.zeros((0, 2)), np.zeros(4)])
def test_encode_refuses_other_shapes(points: list[tuple[float, float]]) -> None:
    with pytest.raises(ValueError, match="points"):
        encode(points)


@pytest.mark.parametrize("pressure", [[0.5], [0.5, 0.5, 0.5], [0.5, np.nan], [0.5, 1.01], [-0.01, 0.5]])
def test_encode_refuses_other_pressures(pressure: list[float]) -> None:
    with pytest.raises(ValueError, match="pressure"):
        encode([(0, 0), (1, 1)], np.array(pressure))


def test_encode_leaves_its_input_alone() -> None:
    points = np.array([[1.0, 2.0], [3.0, 5.0]])
    encode(points)
    assert points.tolist() == [[1, 2], [3, 5]]


def test_bounds() -> None:
    assert bounds(encode([(1, 5), (-2, 7), (0, 6)], np.array([0, 0.5, 1]))) == Rect(-2, 5, 1, 7)
