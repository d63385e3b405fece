"""The points of the tests' bank that the libraries are measured at, each with its derivatives to 32 digits."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np

from tests.bank.problem import exact
from tests.bank.scalar import GROUPS, PROBLEMS

ORDERS = (1, 2, 3, 4)
SEED = 2024

_SMALLEST_NORMAL, _LARGEST = float(np.finfo(np.float64).tiny), float(np.finfo(np.float64).max)


@dataclass(frozen=True)
class Truth:
    """An exact value as the sum of two floats: the nearest one, and what it lacks."""

    high: float
    low: float

    def error(self, value: float) -> float:
        """Return the absolute error of a value; infinite if the value is not finite."""
        return abs((value - self.high) - self.low) if math.isfinite(value) else math.inf


@dataclass(frozen=True)
class Point:
    """A function and a point, with those of its derivatives that float64 can hold.

    They are computed when they are asked for first, since a process that only evaluates f has no use for them.
    """

    problem: str
    group: str
    f: Callable[[Any], Any]
    x: float
    exact: Callable[[int], Any]

    @cached_property
    def truths(self) -> dict[int, Truth]:
        """Return the derivatives, by their order."""
        truths = {}
        for order in ORDERS:
            exact = self.exact(order)
            if exact == 0 or _SMALLEST_NORMAL <= abs(exact) <= _LARGEST:
                high = float(exact)
                truths[order] = Truth(high, float(exact - high))
        return truths


def groups() -> dict[str, str]:
    """Return what each group of the bank holds, by its name."""
    return dict(GROUPS)


def points(per_problem: int, every: int) -> list[Point]:
    """Draw points of every `every`-th problem, the same at each call."""
    drawn = [(problem, x) for problem in PROBLEMS[::every] for x in problem.sample(SEED, per_problem)]
    return [Point(problem.name, problem.group, problem.f, x, partial(exact, problem, x)) for problem, x in drawn]
