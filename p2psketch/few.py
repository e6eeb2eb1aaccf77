"""The curve, the ends and the outline of one short stroke, number by number.

Rule: what comes out is what `curves`, `tapering` and `outlining` make of it, in the same order by the same arithmetic.
They are made for arrays: each call of numpy costs about what ten numbers cost here, and for twenty points that is five
to ten times the work itself, in every frame in which somebody draws. Whoever changes one of the two changes both:
`tests/core/test_few.py` holds them together.

Points are complex numbers, as there.
"""

from bisect import bisect_left
from cmath import phase, rect
from itertools import accumulate
from math import asin, ceil, inf, pi, sin, sqrt
from operator import add, and_, mul, sub
from typing import Final, NamedTuple, TypeAlias, TypeVar

from p2psketch import curves, outlining, tapering
from p2psketch.tapering import DOT, LENGTH, SHORT, TIP

_Value = TypeVar("_Value", float, complex)

Line: TypeAlias = list[complex]
Numbers: TypeAlias = list[float]

_SHARES: Final = [[step / pieces for step in range(1, pieces)] for pieces in range(1, curves.MOST_PIECES + 1)]
"""Where a step is divided into one piece, into two, …"""

_END: Final[list[float]] = tapering.SHARES.tolist()


# Curves


def smooth(line: Line, tolerance: float) -> tuple[Line, Numbers]:
    """A round curve through the points of a stroke, and the positions of its points, as `curves.smooth` makes it."""
    chords = _steps(line)
    pieces = _pieces(chords, tolerance)
    if max(pieces, default=1) == 1:
        return line, [float(number) for number in range(len(line))]
    curve: Line = []
    positions: Numbers = []
    steps = zip(line, chords, *_tangents(chords), pieces, strict=False)
    for number, (start, chord, leave, enter, count) in enumerate(steps):
        curve.append(start)
        positions.append(float(number))
        if count > 1:
            second, third = 3 * chord - 2 * leave - enter, leave + enter - 2 * chord
            shares = _SHARES[count - 1]
            curve += [start + t * (leave + t * (second + t * third)) for t in shares]
            positions += [number + t for t in shares]
    return [*curve, line[-1]], [*positions, float(len(chords))]


def _pieces(chords: Line, tolerance: float) -> list[int]:
    """Into how many pieces each step is divided."""
    bends = [0.0, *_lengths(_steps(chords)), 0.0]
    most, scale = curves.MOST_PIECES, 8 * tolerance
    return [1 if bend <= scale else min(ceil(sqrt(bend / scale)), most) for bend in map(max, bends[:-1], bends[1:])]


def _tangents(chords: Line) -> tuple[Line, Line]:
    """For each of at least two steps, the derivatives of its cubic at its start and its end."""
    knots = [sqrt(max(length, curves.TINY)) for length in _lengths(chords)]
    speeds = [chord * (1 / knot) for chord, knot in zip(chords, knots, strict=True)]
    both = zip(map(add, speeds, speeds[1:]), map(add, chords, chords[1:]), map(add, knots, knots[1:]), strict=False)
    inner = [speed - chord * (1 / knot) for speed, chord, knot in both]
    leaving = [(3 * speeds[0] - inner[0]) / 2, *inner]
    entering = [*inner, (3 * speeds[-1] - inner[-1]) / 2]
    return list(map(mul, leaving, knots)), list(map(mul, entering, knots))


def along(values: Numbers, positions: Numbers) -> Numbers:
    """Values at the points of a stroke, carried along its curve; linear between points."""
    steps = [*map(sub, values[1:], values), 0.0]
    return [steps[number] * (at - number) + values[number] for at in positions for number in [int(at)]]


# Ends


def tapered(line: Line, radii: Numbers, width: float, *, first: bool, last: bool) -> tuple[Line, Numbers]:
    """A curve and its radii with thinner ends, as `tapering.tapered` makes them."""
    away = _away(line)
    total = away[-1]
    share = min(total / (SHORT * width), 1.0)
    length = LENGTH * width * share
    if share > 0 and (places := _places(away, length, first=first, last=last)):
        line, away, radii = _with(places, line), _with(places, away), _with(places, radii)
    depth, pace = (1 - TIP) * share, tapering.HALF_PI / max(length, tapering.TINY)
    least, full = max(1 - total / width, 0.0) * (DOT / 2) * width, 1 - depth + depth
    turns = [gone * pace for gone in _near(away, first=first, last=last)]
    sizes = [1 - depth + depth * sin(turn) if turn < tapering.HALF_PI else full for turn in turns]
    return line, [max(radius * size, least) for radius, size in zip(radii, sizes, strict=True)]


def _away(line: Line) -> Numbers:
    """How far along the line each of its points is."""
    fine = tapering.FINE
    return [gone / fine for gone in accumulate([round(step * fine) for step in _lengths(_steps(line))], initial=0)]


def _places(away: Numbers, length: float, *, first: bool, last: bool) -> Numbers:
    """Where along the points (0, 1, 2, …) there should be some more, in order."""
    end, total, enough = len(away) - 1, away[-1], tapering.ENOUGH
    fine = [round(length * step * tapering.FINE) / tapering.FINE for step in _END]
    new = fine if first and away[min(enough, end)] > length else []
    if last and total - away[max(end - enough, 0)] > length:
        new = [*new, *(total - gone for gone in fine)]
    return sorted(_place(away, gone) for gone in new)


def _place(away: Numbers, gone: float) -> float:
    after = min(max(bisect_left(away, gone), 1), len(away) - 1)
    start = away[after - 1]
    share = (gone - start) / max(away[after] - start, tapering.TINY)
    return after - 1 + round(share * tapering.FINER) / tapering.FINER


def _with(places: Numbers, values: list[_Value]) -> list[_Value]:
    """Values along a line, and between them those at some more places; linear between two."""
    found, steps = values.copy(), [*map(sub, values[1:], values), 0.0]
    for place in reversed(places):
        whole = int(place)
        found.insert(whole + 1, values[whole] + (place - whole) * steps[whole])
    return found


def _near(away: Numbers, *, first: bool, last: bool) -> Numbers:
    """How far each point is from the ends that are thinner."""
    total = away[-1]
    if first and last:
        return [min(gone, total - gone) for gone in away]
    if last:
        return [total - gone for gone in away]
    return away if first else [inf] * len(away)


# Outlines


def outline(line: Line, radii: Numbers, tolerance: float) -> Line:
    """The corners of the polygon around a brush of `radii` pulled along a line, as `outlining.outline` makes it."""
    line, radii = _distinct(line, radii)
    edges = _edges(line, radii)
    out: Line = []
    back: Line = []
    inner = zip(line[1:], radii[1:], _mitres(edges, radii, tolerance), edges.ways, edges.ways[1:], strict=False)
    for point, radius, aside, coming, going in inner:
        if aside is not None:
            out.append(point + aside)
            back.append(point - aside)
        else:
            out += _spokes(coming, going, point, radius, tolerance)
            back += reversed(_spokes(_back(going), _back(coming), point, radius, tolerance))
    begin, end = edges.ways[0], edges.ways[-1]
    back.reverse()
    return [
        *out,
        *_spokes(end, _back(end), line[-1], radii[-1], tolerance),
        *back,
        *_spokes(_back(begin), begin, line[0], radii[0], tolerance),
    ]


_Way: TypeAlias = tuple[complex, float]
"""The direction of an edge, and by how much it leans."""


class _Edges(NamedTuple):
    """From each point to the next."""

    ways: list[_Way]
    lengths: Numbers
    growths: Numbers


def _edges(line: Line, radii: Numbers) -> _Edges:
    steps, growths = _steps(line), list(map(sub, radii[1:], radii))
    lengths = _lengths(steps)
    if len(steps) == 1 and lengths[0] < outlining.NEAR:  # a single point
        return _Edges([(1 + 0j, 0.0)], [1.0], growths)
    ways = [
        (step * (1 / length), min(max(growth / length, -1.0), 1.0) if growth else 0.0)
        for step, length, growth in zip(steps, lengths, growths, strict=True)
    ]
    return _Edges(ways, lengths, growths)


def _back(way: _Way) -> _Way:
    """The same edge, the other way."""
    direction, lean = way
    return -direction, -lean


def _mitres(edges: _Edges, radii: Numbers, tolerance: float) -> list[complex | None]:
    """From each point but the first and the last to where the sides of its two edges meet on its left; None where that
    would show.
    """
    ways, lengths, _ = edges
    calm, most = _calm(edges, radii, tolerance), 8 * tolerance
    around = zip(ways, ways[1:], map(min, lengths, lengths[1:]), radii[1:], map(and_, calm, calm[1:]), strict=False)
    found: list[complex | None] = []
    for (before, _), (after, _), room, radius, fine in around:
        both = before + after
        x, y = both.real, both.imag
        reach = x * x + y * y
        chord2 = 4 - reach
        if fine and chord2 <= 1 and chord2 * radius <= most and 4 * chord2 * radius * radius <= room * room:
            share = 2 * radius * (1 / reach)
            found.append(complex(-y * share, x * share))
        else:
            found.append(None)
    return found


def _calm(edges: _Edges, radii: Numbers, tolerance: float) -> list[bool]:
    """On which edges the brush does not grow so fast that it would show."""
    return [
        not growth or growth * growth * (radius + abs(growth)) <= tolerance * length * length
        for growth, length, radius in zip(edges.growths, edges.lengths, radii, strict=False)
    ]


def _spokes(coming: _Way, going: _Way, centre: complex, radius: float, tolerance: float) -> Line:
    """The points of a join that is not mitred: an arc, or a detour over the centre."""
    (before, lean), (after, leant) = coming, going
    spoke = radius * (before * complex(-lean, sqrt(1 - lean * lean)))
    angle = phase(after * before.conjugate())
    if angle > outlining.U_TURN:
        angle = -pi
    angle += asin(leant) - asin(lean)
    if angle > 0:
        return [spoke + centre, centre, spoke * rect(1, angle) + centre]
    pieces = max(ceil(-angle / _arc_step(radius, tolerance)), 1)
    turn = angle * (1 / pieces)
    return [spoke * rect(1, turn * number) + centre for number in range(pieces + 1)]


def _arc_step(radius: float, tolerance: float) -> float:
    """The angle whose arc and chord are within `tolerance` of each other."""
    step = sqrt(8 * tolerance / max(radius, outlining.TINY))
    return max(min(step, outlining.WIDEST_ARC_STEP), pi / outlining.MOST_ARC_PIECES)


def _distinct(line: Line, radii: Numbers) -> tuple[Line, Numbers]:
    """The line without repeated points; of a run of them the largest radius counts. A single point is doubled."""
    near = outlining.NEAR * outlining.NEAR
    moved = [step.real * step.real + step.imag * step.imag > near for step in _steps(line)]
    if moved and all(moved):
        return line, radii
    left, sizes = [line[0]], [radii[0]]
    for has_moved, point, radius in zip(moved, line[1:], radii[1:], strict=True):
        if has_moved:
            left.append(point)
            sizes.append(radius)
        else:
            sizes[-1] = max(sizes[-1], radius)
    return (left, sizes) if len(left) > 1 else (left * 2, sizes * 2)


# Steps


def _steps(line: Line) -> Line:
    return list(map(sub, line[1:], line))


def _lengths(steps: Line) -> Numbers:
    return [sqrt(step.real * step.real + step.imag * step.imag) for step in steps]
