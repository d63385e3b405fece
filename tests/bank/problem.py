"""Scalar problems, their exact derivatives and their rounding."""

import math
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import inf

import numpy as np
from mpmath import mp, mpf

from tests.bank.points import Points
from tests.bank.primitives import MP, NUMPY
from tests.bank.rounding import EPS, Rounded
from tests.bank.series import Series


@dataclass(frozen=True, eq=False)
class Problem:
    """A scalar function, smooth at every sampled point.

    ``points(rng, n)`` draws n float64 points; ``bounds`` is the closure of the domain in which they lie
    (poles do not bound it). Elsewhere ``f`` is what numpy makes of it, mostly NaN with a warning. ``source`` tells
    where a published function is from.
    """

    name: str
    group: str
    body: Callable
    points: Points
    bounds: tuple[float, float] = (-inf, inf)
    note: str = ""
    source: str = ""

    def f(self, x):
        """The function in float64: a float for a number, an array for an array."""
        if isinstance(x, np.ndarray):
            return self.body(NUMPY, x)
        # numpy's arithmetic, not Python's: outside the domain x**p and 1/x are NaN and inf on both paths
        return float(self.body(NUMPY, np.float64(x)))

    def mp(self, x):
        """The same function in mpmath, at its working precision."""
        return self.body(MP, x)

    def sample(self, seed: int, n: int) -> list[float]:
        """n points, which depend on nothing but the seed and the name."""
        rng = np.random.default_rng([seed, zlib.crc32(self.name.encode())])
        return [float(x) for x in self.points(rng, n)]

    def __repr__(self):
        return f"<Problem {self.name}>"


@cache
def _exact(problem, x, degree):
    before = None
    for digits in (70, 140, 280, 560, 1120, 2240):
        with mp.workdps(digits):
            c = problem.body(MP, Series.variable(x, degree)).c
            if before is not None and all(
                abs(a - b) <= abs(b) * mpf(10) ** -55 for a, b in zip(before, c, strict=True)
            ):
                return tuple(a * math.factorial(k) for k, a in enumerate(c))
        before = c
    raise ArithmeticError(f"{problem.name}: derivatives at {x!r} do not settle")


def exact(problem: Problem, x: float, order: int):
    """The derivative of any order at the float x, as an mpf right to 50 digits.

    By Taylor arithmetic, so there is no step to choose; the precision is doubled until two of them agree. The
    result may lie outside the range of float64.
    """
    return _exact(problem, float(x), max(order, 4))[order]


def roundoff(problem: Problem, x: float) -> float:
    """A bound of what rounding does to ``problem.f(x)``, by running error analysis; it ignores underflow."""
    with mp.workdps(40):
        return float(problem.body(MP, Rounded.exactly(x)).error * EPS)
