"""How the points of a problem are drawn."""

import math
from collections.abc import Callable

import numpy as np

Points = Callable[[np.random.Generator, int], np.ndarray]


def uniform(lo: float, hi: float) -> Points:
    return lambda rng, n: rng.uniform(lo, hi, n)


def loguniform(lo: float, hi: float) -> Points:
    return lambda rng, n: np.clip(np.exp(rng.uniform(math.log(lo), math.log(hi), n)), lo, hi)


def normal(center: float, width: float) -> Points:
    return lambda rng, n: center + width * rng.standard_normal(n)


def signed(points: Points) -> Points:
    return lambda rng, n: points(rng, n) * rng.choice([-1.0, 1.0], n)


def above(center: float, points: Points) -> Points:
    return lambda rng, n: center + points(rng, n)


def below(center: float, points: Points) -> Points:
    return lambda rng, n: center - points(rng, n)


def at(*xs: float) -> Points:
    return lambda rng, n: rng.choice(np.array(xs, dtype=float), n)


def either(one: Points, other: Points) -> Points:
    return lambda rng, n: np.where(rng.random(n) < 0.5, one(rng, n), other(rng, n))
