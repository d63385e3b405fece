"""Quotients with a removable singularity, given at the singularity, near it and at it."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from mpmath import mp

from tests.bank.kinds.case import DIGITS, Case, loguniform, sign
from tests.bank.primitives import MP
from tests.bank.series import Series

# numerator in u = b t, the power of u that divides it, and as people write it in float64
FORMS: tuple[tuple[str, Callable[[Any, Any], Any], int, Callable[[float], float]], ...] = (
    (
        "sin(u)/u**2 - cos(u)/u",
        lambda m, u: m.sin(u) - u * m.cos(u),
        2,
        lambda u: math.sin(u) / u**2 - math.cos(u) / u,
    ),
    ("(exp(u) - 1)/u", lambda m, u: m.exp(u) - 1, 1, lambda u: (math.exp(u) - 1) / u),
    ("sin(u)/u", lambda m, u: m.sin(u), 1, lambda u: math.sin(u) / u),
    ("log(1 + u)/u", lambda m, u: m.log(1 + u), 1, lambda u: math.log(1 + u) / u if u > -1 else math.nan),
    ("(1 - cos(u))/u**2", lambda m, u: 1 - m.cos(u), 2, lambda u: (1 - math.cos(u)) / u**2),
    (
        "(sqrt(1 + u) - 1)/u",
        lambda m, u: m.sqrt(1 + u) - 1,
        1,
        lambda u: (np.sqrt(1 + u) - 1) / u if u > -1 else math.nan,
    ),
    ("tanh(u)/u", lambda m, u: m.tanh(u), 1, lambda u: math.tanh(u) / u),
    ("(u - sin(u))/u**3", lambda m, u: u - m.sin(u), 3, lambda u: (u - math.sin(u)) / u**3),
    ("u/(exp(u) - 1)", lambda m, u: m.exp(u) - 1, -1, lambda u: u / (math.exp(u) - 1)),
)


def _derivatives(numerator: Callable[[Any, Any], Any], power: int, u: float, last: int) -> list[Any]:
    with mp.workdps(DIGITS):
        above = numerator(MP, Series.variable(u, last + abs(power) + 1))
        below = Series.variable(u, last + abs(power) + 1)
        if u == 0:
            quotient = Series(above.c[abs(power) :])
            if power < 0:
                quotient = 1 / quotient
        else:
            quotient = below / above if power < 0 else above / math.prod([below] * power, start=1)
        return [c * math.factorial(k) for k, c in enumerate(quotient.c)]


def case(rng: np.random.Generator, i: int) -> Case:
    """The value at the singularity is given, as the limit."""
    name, numerator, power, written = FORMS[int(rng.integers(len(FORMS)))]
    order = 1 if i % 3 else 2
    # a power of 2, so that u = b t is exact
    b = 2.0 ** int(rng.integers(-6, 7))
    u = 0.0 if i % 2 else sign(rng) * loguniform(rng, 1e-12, 1e-3)
    limit = float(_derivatives(numerator, power, 0.0, 0)[0])

    def f(t: float) -> float:
        try:
            return float(written(b * t)) if b * t else limit
        except (ZeroDivisionError, OverflowError):
            return limit if abs(b * t) < 1 else 0.0

    truth = _derivatives(numerator, power, u, order)[order] * b**order
    return Case(
        "removable", name, f, u / b, truth, order, scale=max(float(abs(truth)), 0.1 * max(abs(limit), 0.1) * b**order)
    )
