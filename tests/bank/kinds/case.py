"""A function at a point with its exact derivative, and what else there is to know of it."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from mpmath import mp, mpf

from tests.bank.primitives import MP, NUMPY
from tests.bank.series import Series

DIGITS = 120  # of the references: cancellation and removable singularities use up many of them


@dataclass(frozen=True)
class Leniency:
    """What else is right, and how much the truth is in doubt."""

    slack: float
    also: tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class Case:
    """One derivative, or one Jacobian, to be computed, and what is right.

    ``truth`` is an mpf, an array of them for a Jacobian, or None where there is no derivative; ``sides`` are then the
    derivatives from the left and from the right. ``also`` are further values that are as right as the truth, as
    the slope of a staircase beside its trend. ``slack`` is what the truth itself does not tell, as the rounding of a
    spline's coefficients. ``leniency`` finds further slack and further right values, where that takes so many
    evaluations that it is done only for values that would be wrong without. Digits are counted relative to ``scale``;
    0 stands for the size of the truth. ``beside`` is the same without what makes it hard, to be compared with.
    """

    kind: str
    name: str
    f: Callable[[Any], Any]
    x: Any
    truth: Any
    order: int = 1
    scale: Any = 0.0
    also: tuple[Any, ...] = ()
    sides: tuple[Any, Any] | None = None
    slack: float = 0.0
    leniency: "Callable[[], Leniency] | None" = None
    options: dict[str, Any] = field(default_factory=dict)
    beside: "Case | None" = None

    @property
    def is_jacobian(self) -> bool:
        """Whether x and the truth are arrays."""
        return isinstance(self.x, np.ndarray)


def on_floats(body: Callable[[Any, Any], Any]) -> Callable[[float], float]:
    """The function of a body, of and to Python floats."""
    return lambda t: float(body(NUMPY, np.float64(t)))


def on_singles(body: Callable[[Any, Any], Any]) -> Callable[[float], float]:
    """The function of a body, all of it computed in single precision."""
    return lambda t: float(body(NUMPY, np.float32(t)))


def derivative_of(body: Callable[[Any, Any], Any], x: float, order: int) -> mpf:
    """The derivative of a body at the float x, by Taylor arithmetic."""
    return derivatives_of(body, x, order)[order]


def derivatives_of(body: Callable[[Any, Any], Any], x: float, last: int) -> Sequence[mpf]:
    """Those of the orders 0 to `last`."""
    with mp.workdps(DIGITS):
        series = body(MP, Series.variable(x, max(last, 1)))
        coefficients = series.c if isinstance(series, Series) else [mpf(series)] + [mpf(0)] * last
        return [c * math.factorial(k) for k, c in enumerate(coefficients)]


def polynomial(coefficients: Sequence[Any], h: Any) -> Any:
    """The polynomial of these coefficients, low powers first, at h; 0 if there are none."""
    value = mpf(0)
    for c in reversed(coefficients):
        value = value * h + c
    return value


def loguniform(rng: np.random.Generator, low: float, high: float) -> float:
    """A float between two positive ones, its logarithm uniform."""
    return float(np.exp(rng.uniform(math.log(low), math.log(high))))


def sign(rng: np.random.Generator) -> float:
    return float(rng.choice([-1.0, 1.0]))


def point(rng: np.random.Generator, low: float = 1e-3, high: float = 1e3) -> float:
    """A float of random sign and size."""
    return sign(rng) * loguniform(rng, low, high)
