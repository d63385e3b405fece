"""Single functions that difference quotients go wrong on, as people came across them: cancellation, rounded values and
arguments, tolerances, removable singularities, critical points, knots, bounds."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.integrate import quad


@dataclass(frozen=True)
class Reported:
    """f at x, its derivative, and the bound that is good enough to be of use.

    f is not called farther from x than `farthest` times |x|.
    """

    name: str
    f: Callable[[float], float]
    x: float
    truth: float
    useful: float
    order: int = 1
    farthest: float = math.inf
    options: dict[str, Any] = field(default_factory=dict)


def single(t: float) -> float:
    return float(np.float32(t))


def along(f: Callable[[Any], float], x: Any, p: Any) -> Callable[[float], float]:
    """What a line search sees."""
    x, p = np.asarray(x), np.asarray(p)
    return lambda t: f(x + t * p) - f(x)


def below_1(t: float) -> float:
    return math.exp(t) if t < 1 else math.nan


def positive_only(t: float) -> float:
    if t <= 0:
        raise RuntimeError("a volatility is positive")
    return math.log(t)


REPORTED = [
    # f(x) = 0 as a difference of numbers that are not
    Reported("exp(t) - 1 at 0", lambda t: math.exp(t) - 1, 0.0, 1.0, 1e-11),
    Reported("log(1 + t) at 0", lambda t: math.log(1 + t), 0.0, 1.0, 1e-11),
    Reported("sqrt(1 + t) - 1 at 0", lambda t: math.sqrt(1 + t) - 1, 0.0, 0.5, 1e-11),
    Reported("(1 + t)^10 - 1 at 0", lambda t: (1 + t) ** 10 - 1, 0.0, 10.0, 1e-10),
    Reported("f(x + t p) - f(x) at 0", along(lambda x: float(x @ x), [0.3, -1.2], [1.0, 2.5]), 0.0, -5.4, 1e-11),
    Reported("exp(t) - 1 at 3e-16", lambda t: math.exp(t) - 1, 3e-16, 1.0, 1e-11),
    Reported("exp(t) - 1 at -2e-15", lambda t: math.exp(t) - 1, -2e-15, 1.0 - 2e-15, 1e-11),
    Reported("exp(t) - 1 at 1e-4", lambda t: math.exp(t) - 1, 1e-4, math.exp(1e-4), 1e-10),
    Reported("2(1 + 1e-4 t) - 2 at 0", lambda t: 2 * (1 + 1e-4 * t) - 2, 0.0, 2e-4, 1e-13),
    Reported("5t - 3t at 0", lambda t: -3 * t + 5 * t, 0.0, 2.0, 1e-13),
    # constant to rounding
    Reported("sin^2 + cos^2", lambda t: math.sin(t) ** 2 + math.cos(t) ** 2, 0.7, 0.0, 1e-13, farthest=4.0),
    # values and arguments that are rounded
    Reported("three decimals", lambda t: round(math.sin(t), 3), 0.7, math.cos(0.7), 2e-2),
    Reported("three decimals near 0", lambda t: round(math.sin(t), 3), 0.01, math.cos(0.01), 0.1),
    Reported("seven figures", lambda t: float(f"{math.exp(t):.7g}"), 1.0, math.e, 1e-4),
    Reported("twelve bits", lambda t: round(math.sin(t) * 4096) / 4096, 1.0, math.cos(1), 1e-2),
    Reported("sin(float32(t))", lambda t: math.sin(single(t)), 0.7, math.cos(0.7), 1e-5),
    Reported("exp(float32(t))", lambda t: math.exp(single(t)), 2.3, math.exp(2.3), 1e-3),
    # a small part that is rough
    Reported(
        "a part in single precision",
        lambda t: math.sin(t) + 1e-3 * float(np.sin(np.float32(3 * t))),
        1.0,
        math.cos(1) + 3e-3 * math.cos(3),
        1e-6,
    ),
    Reported(
        "a quadrature of |u - a|",
        lambda a: float(quad(lambda u: abs(u - a) * math.exp(u), 0, 1)[0]),
        0.3,
        2 * math.exp(0.3) - 1 - math.e,
        1e-5,
    ),
    Reported("a kink under float32", lambda t: single(math.sin(t) + 0.03 * max(t - 1.0002, 0)), 1.0, math.cos(1), 2e-2),
    # removable singularities
    Reported("sin(t)/t^2 - cos(t)/t", lambda t: math.sin(t) / t**2 - math.cos(t) / t if t else 0.0, 0.0, 1 / 3, 1e-6),
    Reported("(exp(t) - 1)/t", lambda t: (math.exp(t) - 1) / t if t else 1.0, 0.0, 0.5, 1e-7),
    # no farther than needed
    Reported("linear", lambda t: 3 * t, 1.0, 3.0, 1e-13, farthest=2.0),
    Reported("constant", lambda t: 3.0, 0.8, 0.0, 1e-12, farthest=2.0),
    Reported("a volatility", positive_only, 0.2, 5.0, 1e-11, farthest=1.0),
    # next to a bound
    Reported("exp below a bound", math.exp, 0.97, math.exp(0.97), 1e-8, order=2, options={"bounds": (0, 1)}),
    Reported("exp, not defined beyond 1", below_1, 0.97, math.exp(0.97), 1e-8, order=2),
    Reported("a table level at its end", lambda t: min(t, 2.9) if t <= 3 else math.nan, 3.0, 0.0, 1e-10),
    # where it is 0
    Reported("a cubic at its critical point", lambda t: 10 * t**3 - 180 * t**2 + 1050 * t - 7.5, 7.0, 0.0, 1e-9),
    Reported("the gradient of a Gaussian", lambda t: (t - 1) * math.exp(-((t - 1) ** 2)), 1.0, 1.0, 1e-11),
    Reported("cos, order 4", math.cos, math.pi / 2, math.cos(math.pi / 2), 1e-9, order=4),
    Reported("cos, order 6", math.cos, math.pi / 2, -math.cos(math.pi / 2), 1e-6, order=6),
    Reported("max(t, 0)^2", lambda t: max(t, 0.0) ** 2, 0.0, 0.0, 1e-10),
]
