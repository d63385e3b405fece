"""Orders 1 to 4 at the knots of piecewise functions: some exist there, the others have two sides."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from mpmath import mp, mpf
from scipy.interpolate import CubicSpline, PchipInterpolator

from tests.bank.kinds.case import DIGITS, Case, derivative_of, loguniform, on_floats, point, polynomial
from tests.bank.kinds.shapes import shape


def _of_spline(rng: np.random.Generator, order: int, interpolator: Any, **options: Any) -> dict[str, Any]:
    """The pieces on both sides as they are in float64: at the knot they agree but for rounding."""
    n = int(rng.integers(6, 15))
    width = loguniform(rng, 1e-1, 1e1)
    knots = width * (np.cumsum(rng.uniform(0.3, 1.7, n)) + float(rng.uniform(-3, 3)))
    spline = interpolator(knots, rng.normal(size=n), **options)
    at = int(rng.integers(2, n - 2))
    with mp.workdps(DIGITS):
        h = mpf(float(knots[at])) - mpf(float(knots[at - 1]))
        c = [mpf(float(v)) for v in spline.c[:, at - 1]]  # high powers first
        left = [polynomial(c[::-1], h)]
        for _ in range(order):
            c = [v * (len(c) - 1 - k) for k, v in enumerate(c[:-1])]
            left.append(polynomial(c[::-1], h))
        right = [mpf(float(v)) * math.factorial(k) for k, v in enumerate(spline.c[::-1, at])] + [mpf(0)] * order
    return {
        "f": lambda t: float(spline(t)),
        "x": float(knots[at]),
        "left": left[order],
        "right": right[order],
        "size": float(np.max(np.abs(spline.c[0]))) * width ** (3 - order),
    }


def _joined(
    smooth: Any, x: float, order: int, left: float, right: float, f: Callable[[float], float]
) -> dict[str, Any]:
    """A smooth function and one whose derivatives of the order are given on both sides of x."""
    base, d = on_floats(smooth), derivative_of(smooth, x, order)
    return {
        "f": lambda t: base(t) + f(t),
        "x": x,
        "left": d + mpf(left),
        "right": d + mpf(right),
        "size": max(float(abs(d)), abs(left), abs(right), (abs(x) or 1.0) ** -order),
    }


def _power(rng: np.random.Generator, order: int) -> dict[str, Any]:
    """``c max(t - k, 0)**p`` or ``c (t - k) abs(t - k)**(p - 1)``, beside a smooth function."""
    x, p = point(rng, 1e-1, 1e2) if rng.random() < 0.8 else 0.0, int(rng.integers(1, 5))
    size = abs(x) or 1.0
    c = point(rng, 1e-2, 1e1) / size**p
    jump = c * math.factorial(p) if order == p else 0.0
    smooth = shape(rng, x or 1.0, size * loguniform(rng, 0.3, 3))
    if rng.random() < 0.5:
        return _joined(smooth, x, order, 0.0, jump, lambda t: c * max(t - x, 0.0) ** p) | {"continuous": p - 1}
    jump_left = -jump if p % 2 else jump
    # |u|**p: even powers are smooth, and so are odd ones of u |u|**(p - 1)
    if p % 2:
        return _joined(smooth, x, order, jump_left, jump, lambda t: c * abs(t - x) ** p) | {"continuous": p - 1}
    return _joined(smooth, x, order, -jump, jump, lambda t: c * (t - x) * abs(t - x) ** (p - 1)) | {"continuous": p - 1}


def _huber(rng: np.random.Generator, order: int) -> dict[str, Any]:
    """Huber's loss where it turns into a line."""
    delta, scale = loguniform(rng, 1e-2, 1e2), loguniform(rng, 1e-2, 1e2)

    def f(t: float) -> float:
        return scale * t * t / 2 if abs(t) <= delta else scale * delta * (abs(t) - delta / 2)

    inside = [scale * delta, scale] + [0.0] * 4
    outside = [scale * delta, 0.0] + [0.0] * 4
    return {
        "f": f,
        "x": delta,
        "left": mpf(scale) * mpf(delta) if order == 1 else mpf(inside[order - 1]),
        "right": mpf(scale) * mpf(delta) if order == 1 else mpf(outside[order - 1]),
        "size": scale * delta ** (2 - order),
        "continuous": 1,
    }


def case(rng: np.random.Generator, i: int) -> Case:
    """A derivative of an order above those that are continuous does not exist."""
    order = 1 + i % 4
    makers: tuple[tuple[str, Callable[[], dict[str, Any]]], ...] = (
        ("natural cubic spline", lambda: _of_spline(rng, order, CubicSpline, bc_type="natural") | {"continuous": 2}),
        ("pchip", lambda: _of_spline(rng, order, PchipInterpolator) | {"continuous": 1}),
        ("truncated power", lambda: _power(rng, order)),
        ("Huber", lambda: _huber(rng, order)),
    )
    name, make = makers[int(rng.choice(4, p=(0.3, 0.15, 0.45, 0.1)))]
    made = make()
    left, right, size = made["left"], made["right"], made["size"]
    common: dict[str, Any] = {"order": order, "scale": max(size, 1e-300)}
    if order <= made["continuous"]:
        middle = (left + right) / 2
        return Case("knots", f"{name}, exists", made["f"], made["x"], middle, slack=float(abs(left - right)), **common)
    return Case("knots", f"{name}, two sides", made["f"], made["x"], None, sides=(left, right), **common)
