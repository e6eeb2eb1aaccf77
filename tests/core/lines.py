"""Lines to try things on."""

import numpy as np

from p2psketch.geometry import Floats


def random_walk(seed: int, noise: float, n: int = 60, step: float = 3.0, turn: float = 0.0) -> Floats:
    rng = np.random.default_rng(seed)
    heading = np.cumsum(rng.normal(turn, noise, n))
    return np.cumsum(step * np.stack((np.cos(heading), np.sin(heading)), axis=1), axis=0)
