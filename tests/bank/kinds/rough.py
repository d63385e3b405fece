"""Smooth functions with a small rough part."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from mpmath import mpf

from tests.bank.kinds.case import Case, derivative_of, loguniform, on_floats, on_singles, point
from tests.bank.kinds.shapes import shape


def case(rng: np.random.Generator, i: int) -> Case:
    """``s(t) + eps r(t)``: right is what wide nodes see, the trend of r with it.

    Where r is piecewise linear in pieces that a window could hold, the slope of the piece at x is as right.
    """
    x = point(rng, 1e-2, 1e2)
    size, eps = abs(x), loguniform(rng, 1e-9, 1e-3)
    smooth, other = shape(rng, x, size * loguniform(rng, 0.3, 3)), shape(rng, x, size)
    f, rate = on_floats(smooth), loguniform(rng, 1e4, 1e9) / size
    pieces = loguniform(rng, 30, 3e5) / size
    trend, slope, part = derivative_of(smooth, x, 1), derivative_of(other, x, 1), on_floats(other)
    low = math.floor(x * pieces)
    chord = (part((low + 1) / pieces) - part(low / pieces)) * pieces
    tooth = (1.0 if math.floor(rate * x) % 2 == 0 else -1.0) * rate

    def interpolated(t: float) -> float:
        k = math.floor(t * pieces)
        return float(np.interp(t, [k / pieces, (k + 1) / pieces], [part(k / pieces), part((k + 1) / pieces)]))

    def triangle(t: float) -> float:
        u = rate * t
        k = math.floor(u)
        return u - k if k % 2 == 0 else 1 - (u - k)

    singles = on_singles(other)
    forms: tuple[tuple[str, Callable[[float], float], Any, Any], ...] = (
        ("r(float32(t))", lambda t: part(float(np.float32(t))), slope, None),
        ("r in float32", singles, slope, None),
        (
            f"staircase of {rate * size:.0e} steps",
            lambda t: math.floor(rate * t) / (rate * size),
            mpf(1) / size,
            mpf(0),
        ),
        (f"sawtooth of {rate * size:.0e} teeth", lambda t: rate * t - math.floor(rate * t), mpf(0), mpf(rate)),
        (f"triangles, {rate * size:.0e}", triangle, mpf(0), mpf(tooth)),
        (f"piecewise linear, {pieces * size:.0e} pieces", interpolated, slope, mpf(chord)),
    )
    name, rough, wide, local = forms[int(rng.integers(len(forms)))]
    resolved = local is not None and (name.startswith("piecewise") or rate * size < 1e6)
    return Case(
        "small-rough-part",
        f"s + {eps:.0e} {name}",
        lambda t: f(t) + eps * rough(t),
        x,
        trend + eps * wide,
        also=(trend + eps * local,) if resolved else (),
    )
