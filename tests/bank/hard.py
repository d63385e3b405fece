"""Hard points: single ones where a derivative does not exist or is out of the ordinary."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from math import inf

import numpy as np

from tests.bank.points import at
from tests.bank.problem import Problem, exact


@dataclass(frozen=True, eq=False)
class Hard:
    """A point where the derivative of some order is missing, infinite, one-sided, or hard to come by.

    ``f`` takes a Python float; off its domain it returns NaN or a complex number, or raises ValueError or
    ArithmeticError. ``exact`` is the derivative at x of f on its own domain: at an end of the domain, or of
    ``bounds``, the one-sided one. It is None where there is none, or an infinite one.

    ``left`` and ``right`` are the derivatives of f kept to one side, x included: infinite where the quotients
    grow so, None where f is not defined on that side or the quotients have no limit. ``trend`` is the slope
    seen from afar, where f consists of steps. ``problem`` is set where f is smooth around x.
    """

    name: str
    f: Callable[[float], float]
    x: float
    exact: float | None
    left: float | None = None
    right: float | None = None
    order: int = 1
    bounds: tuple[float, float] = (-inf, inf)
    trend: float | None = None
    problem: Problem | None = None
    note: str = ""

    def __repr__(self):
        return f"<Hard {self.name}>"


def _two_sided(name, f, x, d, **fields):
    return Hard(name, f, x, d, d, d, **fields)


def _smooth_point(name, body, x, order=1, f=None, note=""):
    """A point where f is smooth, so that ``exact`` follows from its body."""
    problem = Problem(name, "hard", body, at(x))
    d = float(exact(problem, x, order))
    return _two_sided(name, f or problem.f, x, d, order=order, problem=problem, note=note)


def _where(condition, value):
    return value if condition else math.nan


def _step_at_half(x):
    return (1.0 if x >= 0.5 else 0.0) + x * x


def _table(x):
    return math.floor(1e6 * x) / 1e6


def _interpolated(x):
    return float(np.interp(x, [0.0, 1.0, 2.0, 3.0], [0.0, 2.0, 1.0, 1.0]))


def _huber(x):
    return x * x / 2 if abs(x) <= 1 else abs(x) - 0.5


def _smoothstep(x):
    t = min(max(x, 0.0), 1.0)
    return t * t * (3 - 2 * t)


def _one_sided_bump(x):
    return math.exp(-1 / x) if x > 0 else 0.0


def _weierstrass(x):
    return sum(0.5**n * math.cos(3**n * math.pi * x) for n in range(40))


def _takagi(x):
    return sum(abs(2**n * x - round(2**n * x)) / 2**n for n in range(60))


_KINKS = (
    Hard("abs-at-0", abs, 0.0, None, -1.0, 1.0),
    Hard("abs-at-0-second", abs, 0.0, None, 0.0, 0.0, order=2, note="both sides agree, and still there is none"),
    _two_sided("abs-at-1e-300", abs, 1e-300, 1.0),
    Hard("relu-at-0", lambda x: max(x, 0.0), 0.0, None, 0.0, 1.0),
    _two_sided("relu-at-1e-9", lambda x: max(x, 0.0), 1e-9, 1.0),
    _two_sided("relu-at-minus-1e-3", lambda x: max(x, 0.0), -1e-3, 0.0),
    Hard("leaky-relu-at-0", lambda x: max(x, 0.01 * x), 0.0, None, 0.01, 1.0),
    Hard("abs-x-minus-1", lambda x: abs(x - 1), 1.0, None, -1.0, 1.0),
    _two_sided("abs-x-minus-1-above-1e-9", lambda x: abs(x - 1), 1 + 1e-9, 1.0),
    _two_sided("abs-x-minus-1-above-1e-3", lambda x: abs(x - 1), 1.001, 1.0),
    _two_sided("abs-x-minus-1-below-1e-3", lambda x: abs(x - 1), 0.999, -1.0),
    _two_sided("sine-with-small-kink", lambda x: math.sin(x) + 1e-3 * abs(x - 1), 1 + 1e-7, math.cos(1 + 1e-7) + 1e-3),
    _two_sided("abs-plus-square-at-1e-14", lambda x: abs(x) + x * x, 1e-14, 1 + 2e-14),
    _two_sided(
        "max-sin-cos-beside",
        lambda x: max(math.sin(x), math.cos(x)),
        math.pi / 4 + 1e-5,
        math.cos(math.pi / 4 + 1e-5),
    ),
    Hard("max-of-powers-at-1", lambda x: max(x, x * x), 1.0, None, 1.0, 2.0),
    Hard("exp-minus-abs-at-0", lambda x: math.exp(-abs(x)), 0.0, None, 1.0, -1.0),
    Hard("abs-on-1e6", lambda x: 1e6 + abs(x - 2), 2.0, None, -1.0, 1.0),
    Hard("clip-at-1", lambda x: min(max(x, 0.0), 1.0), 1.0, None, 1.0, 0.0),
    Hard("interpolated-at-node", _interpolated, 1.0, None, 2.0, -1.0),
    _two_sided("interpolated-between", _interpolated, 1.25, -1.0),
    _two_sided("abs-sine-50", lambda x: abs(math.sin(50 * x)), 0.7, -50 * math.cos(35.0)),
    _two_sided(
        "x-abs-x",
        lambda x: x * abs(x),
        0.0,
        0.0,
        note="the quotients are |h|, whose polynomial in h^2 seems to converge",
    ),
    Hard("x-abs-x-second", lambda x: x * abs(x), 0.0, None, -2.0, 2.0, order=2),
    _two_sided("abs-cubed-second", lambda x: abs(x) ** 3, 0.0, 0.0, order=2),
    Hard("abs-cubed-third", lambda x: abs(x) ** 3, 0.0, None, -6.0, 6.0, order=3),
    _two_sided("abs-power-1.5", lambda x: abs(x) ** 1.5, 0.0, 0.0),
    Hard("abs-power-1.5-second", lambda x: abs(x) ** 1.5, 0.0, None, inf, inf, order=2),
    _two_sided("huber-joint", _huber, 1.0, 1.0),
    Hard("huber-joint-second", _huber, 1.0, None, 1.0, 0.0, order=2),
    _two_sided("smoothstep-at-0", _smoothstep, 0.0, 0.0),
    Hard("smoothstep-at-0-second", _smoothstep, 0.0, None, 0.0, 6.0, order=2),
    _two_sided("one-sided-bump-at-0", _one_sided_bump, 0.0, 0.0, note="every derivative exists and is 0"),
    _two_sided("one-sided-bump-at-0-fourth", _one_sided_bump, 0.0, 0.0, order=4),
)

_JUMPS = (
    Hard("step-at-x", _step_at_half, 0.5, None, inf, 1.0),
    _two_sided("step-1e-13-below", _step_at_half, 0.5 + 1e-13, 2 * (0.5 + 1e-13)),
    _two_sided("step-1e-6-below", _step_at_half, 0.5 + 1e-6, 2 * (0.5 + 1e-6)),
    _two_sided("step-1e-2-below", _step_at_half, 0.51, 1.02),
    _two_sided("step-1e-4-above", _step_at_half, 0.4999, 0.9998),
    Hard("sign-at-0", lambda x: math.copysign(1.0, x) if x else 0.0, 0.0, None, inf, inf),
    _two_sided("sign-at-1e-5", lambda x: math.copysign(1.0, x), 1e-5, 0.0),
    _two_sided("floor-table", _table, 0.3 + 3.1e-7, 0.0, trend=1.0, note="flat between its steps"),
    _two_sided("floor-table-at-2", _table, 2.0000004, 0.0, trend=1.0),
    _two_sided("rounded-square", lambda x: round(x * x, 4), 1.2345, 0.0, trend=2.469),
    _two_sided("integer-part", lambda x: float(int(x)), 2.5, 0.0, trend=1.0),
)

_ROUGH = (
    _two_sided("x2-sin-reciprocal", lambda x: x * x * math.sin(1 / x) if x else 0.0, 0.0, 0.0),
    Hard("x2-sin-reciprocal-second", lambda x: x * x * math.sin(1 / x) if x else 0.0, 0.0, None, order=2),
    Hard("x-sin-reciprocal", lambda x: x * math.sin(1 / x) if x else 0.0, 0.0, None),
    Hard("cbrt-at-0", lambda x: float(np.cbrt(x)), 0.0, None, inf, inf),
    Hard("sqrt-abs-at-0", lambda x: math.sqrt(abs(x)), 0.0, None, -inf, inf),
    Hard("weierstrass", _weierstrass, 0.3, None),
    Hard("takagi", _takagi, 1 / 3, None),
    Hard("nan-everywhere", lambda x: math.nan, 1.0, None),
    Hard("inf-everywhere", lambda x: inf, 1.0, None),
    Hard("nan-at-x-only", lambda x: _where(x != 1.0, x * x), 1.0, None),
)

_EDGES = (
    Hard("sqrt-nan-at-0", lambda x: _where(x >= 0, abs(x) ** 0.5), 0.0, None, None, inf),
    Hard("sqrt-raises-at-0", math.sqrt, 0.0, None, None, inf),
    Hard("sqrt-from-right-at-1", lambda x: math.sqrt(1 - x), 1.0, None, -inf, None),
    Hard("arcsin-at-1", math.asin, 1.0, None, inf, None),
    Hard("arccosh-at-1", math.acosh, 1.0, None, None, inf),
    Hard("power-1.5-at-0", lambda x: _where(x >= 0, abs(x) ** 1.5), 0.0, 0.0, None, 0.0),
    Hard("power-1.5-complex-at-0", lambda x: x**1.5, 0.0, 0.0, None, 0.0, note="complex below 0"),
    _two_sided("power-1.5-complex-at-1e-6", lambda x: x**1.5, 1e-6, 1.5 * math.sqrt(1e-6)),
    _two_sided("power-1.5-raises-at-1e-6", lambda x: math.pow(x, 1.5), 1e-6, 1.5 * math.sqrt(1e-6)),
    Hard("exp-nan-below", lambda x: _where(x >= 1, math.exp(x)), 1.0, math.e, None, math.e),
    _two_sided("exp-nan-below-1e-9", lambda x: _where(x >= 1, math.exp(x)), 1 + 1e-9, math.exp(1 + 1e-9)),
    _two_sided("exp-nan-below-1e-12", lambda x: _where(x >= 1, math.exp(x)), 1 + 1e-12, math.exp(1 + 1e-12)),
    Hard("exp-divides-by-zero-below", lambda x: math.exp(x) / (x >= 1), 1.0, math.e, None, math.e),
    Hard("sine-nan-above", lambda x: _where(x <= 2, math.sin(x)), 2.0, math.cos(2), math.cos(2), None),
    Hard(
        "sine-nan-above-second",
        lambda x: _where(x <= 2, math.sin(x)),
        2.0,
        -math.sin(2),
        -math.sin(2),
        None,
        order=2,
    ),
    Hard("exp-bounded-below", math.exp, 1.0, math.e, math.e, math.e, bounds=(1.0, inf)),
    Hard("cosine-bounded-above", math.cos, 3.0, -math.sin(3), -math.sin(3), -math.sin(3), bounds=(0.0, 3.0)),
    Hard(
        "cosine-in-narrow-bounds",
        math.cos,
        1.0,
        -math.sin(1),
        -math.sin(1),
        -math.sin(1),
        bounds=(1 - 1e-7, 1 + 1e-7),
    ),
    _smooth_point("log-raises-at-1e-12", lambda m, x: m.log(x), 1e-12, f=math.log),
    _smooth_point("log1p-raises-at-edge", lambda m, x: m.log1p(x), -1 + 1e-12, f=math.log1p),
    _smooth_point("sqrt-raises-at-1e-12", lambda m, x: m.sqrt(x), 1e-12, f=math.sqrt),
    _smooth_point("arcsin-at-1-minus-1e-12", lambda m, x: m.arcsin(x), 1 - 1e-12, f=math.asin),
    _smooth_point("arctanh-at-1-minus-1e-9", lambda m, x: m.arctanh(x), 1 - 1e-9, f=math.atanh),
    _smooth_point("exp-raises-at-709.7", lambda m, x: m.exp(x), 709.7, f=math.exp),
    _smooth_point("gamma-raises-at-170", lambda m, x: m.gamma(x), 170.0, f=math.gamma),
    _smooth_point("reciprocal-raises-at-1e-9", lambda m, x: 1 / x, 1e-9, f=lambda x: 1 / x),
    _smooth_point("x-log-x-raises-at-1e-5", lambda m, x: x * m.log(x), 1e-5, f=lambda x: x * math.log(x)),
)

_EXTREMES = (
    _two_sided("constant-7", lambda x: 7.0, 3.0, 0.0),
    _two_sided("constant-7-second-at-0", lambda x: 7.0, 0.0, 0.0, order=2),
    _two_sided("constant-0-at-0", lambda x: 0.0, 0.0, 0.0),
    _two_sided("constant-at-1e12", lambda x: -1e5, 1e12, 0.0),
    _two_sided("constant-at-1e308", lambda x: 2.0, 1e308, 0.0),
    _two_sided("identity-at-smallest", lambda x: x, 5e-324, 1.0),
    Hard("identity-at-largest", lambda x: x, 1.7976931348623157e308, 1.0, 1.0, None, note="nothing lies above"),
    _smooth_point("affine-at-1e9", lambda m, x: 3 * x + 1, 1e9),
    _smooth_point("1e15-plus-x", lambda m, x: 1e15 + x, 1.0),
    _smooth_point("sine-at-smallest", lambda m, x: m.sin(x), 5e-324),
    _smooth_point("sine-at-0", lambda m, x: m.sin(x), 0.0),
    _smooth_point("sine-at-0-second", lambda m, x: m.sin(x), 0.0, 2),
    _smooth_point("sine-at-0-third", lambda m, x: m.sin(x), 0.0, 3),
    _smooth_point("sine-at-0-fourth", lambda m, x: m.sin(x), 0.0, 4),
    _smooth_point("cosine-at-0-third", lambda m, x: m.cos(x), 0.0, 3),
    _smooth_point("subnormal-exp", lambda m, x: 1e-310 * m.exp(x), 1.1, note="f itself holds only 13 digits"),
    _smooth_point(
        "subnormal-exp-at-tiny-x",
        lambda m, x: 1e-318 * m.exp(x),
        1e-8,
        note="f is a staircase of a few hundred thousand steps",
    ),
    _smooth_point("exp-1e-300", lambda m, x: 1e-300 * m.exp(x), 1.1),
    _smooth_point("sine-1e300", lambda m, x: 1e300 * m.sin(x), 1.1),
    _smooth_point("sine-1e308", lambda m, x: 1e308 * m.sin(x), 1.5),
    _smooth_point("log-at-1e-300", lambda m, x: m.log(x), 1e-300),
    _smooth_point("sqrt-at-1e-300", lambda m, x: m.sqrt(x), 1e-300),
    _smooth_point("power-10-at-1e10", lambda m, x: x**10, 1e10),
    _smooth_point("erfc-at-25", lambda m, x: m.erfc(x), 25.0),
    _smooth_point("exp-minus-1-over-x2", lambda m, x: m.exp(-1 / (x * x)), 0.05),
    _smooth_point("tan-at-1.57", lambda m, x: m.tan(x), 1.57),
    _smooth_point("pole-1e-6-away", lambda m, x: 1 / (x - 1), 1 + 1e-6),
    _smooth_point("tanh-1e6-center", lambda m, x: m.tanh(1e6 * (x - 0.3)), 0.3),
    _smooth_point("gauss-1e-10-center", lambda m, x: m.exp(-((x / 1e-10) ** 2)), 0.0),
    _smooth_point(
        "gauss-1e10-at-1",
        lambda m, x: m.exp(-((x / 1e10) ** 2)),
        1.0,
        note="f is 1 to all digits for |x| < 100",
    ),
    _smooth_point("arctan-1e8-at-0", lambda m, x: m.arctan(1e8 * x), 0.0),
    _smooth_point("sine-1e8-undersampled", lambda m, x: m.sin(1e8 * x), 0.37, note="1e8 x is rounded to 7e-9"),
    _smooth_point(
        "sine-power-of-two-periods",
        lambda m, x: m.sin(2**20 * 2 * math.pi * x),
        1.0,
        note="every step 2^-k, k <= 20, is a whole number of periods",
    ),
    _smooth_point("sine-1024-periods", lambda m, x: m.sin(1024 * 2 * math.pi * x), 1.0),
    _smooth_point("sine-1e10-at-0", lambda m, x: m.sin(1e10 * x), 0.0),
    _smooth_point("cosine-1e5-at-0", lambda m, x: m.cos(1e5 * x), 0.0),
    _smooth_point(
        "fine-ripple",
        lambda m, x: m.sin(x) + 1e-6 * m.sin(1e6 * x),
        0.7,
        note="the ripple is small in f and as large as the sine in f'",
    ),
)
HARD: tuple[Hard, ...] = (*_KINKS, *_JUMPS, *_ROUGH, *_EDGES, *_EXTREMES)
