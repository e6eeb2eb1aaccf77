"""The strokes that everything is measured with.

60 points each, a random walk with steps of 3 px and heading noise of 0.25 rad, black, width 3, seeded.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from p2psketch import ink
from p2psketch.shapes import STROKE, Value

POINTS: Final = 60
STEP: Final = 3.0
NOISE: Final = 0.25
VIEW: Final = (1920, 1080)


def walks(count: int, seed: int = 1, view: tuple[int, int] = VIEW) -> Iterator[np.ndarray]:
    """The points of each stroke, (60, 2), starting uniformly in the view."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        heading = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.normal(0, NOISE, POINTS))
        steps = STEP * np.column_stack((np.cos(heading), np.sin(heading)))
        yield rng.uniform((0, 0), view) + np.cumsum(steps, axis=0)


def strokes(count: int, seed: int = 1, view: tuple[int, int] = VIEW) -> Iterator[dict[str, Value]]:
    """The same as fields of shapes."""
    for points in walks(count, seed, view):
        yield {"kind": STROKE, "color": 0, "width": 3, "points": ink.encode(points, None)}
