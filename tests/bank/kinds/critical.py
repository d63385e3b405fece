"""Points where a derivative is 0 or nearly so, because f has an extremum or an inflection there."""

import numpy as np
from mpmath import mp, mpf

from tests.bank.kinds.case import DIGITS, Case, derivative_of, loguniform, on_floats, sign
from tests.bank.kinds.shapes import Body


def _polynomial(coefficients: list[float]) -> Body:
    """With powers, as people write it."""
    last = len(coefficients) - 1
    return lambda m, t: sum(a * t ** (last - k) for k, a in enumerate(coefficients[:-1])) + coefficients[-1]


def _cubic(rng: np.random.Generator, unit: float) -> tuple[list[float], float, float]:
    r, s = (int(v) for v in rng.integers(-30, 31, 2))
    a = 2 * int(rng.integers(1, 200))
    coefficients = [a, -3 * a * (r + s) / 2, 3 * a * r * s, int(rng.integers(-1000, 1000)) / 2]
    return [c * unit**k for k, c in enumerate(coefficients)], r * unit, (r + s) / 2 * unit


def _quartic(rng: np.random.Generator, unit: float) -> tuple[list[float], float]:
    r, s, u = (int(v) for v in rng.integers(-20, 21, 3))
    a = 3 * int(rng.integers(1, 100))
    coefficients = [a, -4 * a // 3 * (r + s + u), 2 * a * (r * s + s * u + u * r), -4 * a * r * s * u, 7]
    return [c * unit**k for k, c in enumerate(coefficients)], r * unit


def _of_polynomial(rng: np.random.Generator, i: int) -> tuple[str, Body, float, int, float]:
    unit = float(rng.choice([1.0, 0.5, 0.125, 8.0]))  # roots are dyadic, and coefficients exact
    order = 1
    if i % 3 < 2:
        coefficients, x, inflection = _cubic(rng, unit)
        if i % 5 == 0:
            order, x = 2, inflection
    else:
        coefficients, x = _quartic(rng, unit)
    last = len(coefficients) - 1
    size = max(abs(a * x ** (last - k)) for k, a in enumerate(coefficients)) if x else abs(coefficients[-3])
    return f"polynomial {coefficients}", _polynomial(coefficients), x, order, size / (abs(x) ** order or 1.0)


def _of_peaks(rng: np.random.Generator) -> tuple[str, Body, float, int, float]:
    """The mode of a Gaussian, or near it of a sum of several."""
    center = sign(rng) * loguniform(rng, 1e-1, 1e2)
    a, w = loguniform(rng, 1e-2, 1e2), abs(center) * loguniform(rng, 1e-2, 1e1)
    n = int(rng.integers(1, 4))
    heights, offsets = (0.3 * a * rng.normal(size=n - 1)).tolist(), (w * rng.normal(size=n - 1)).tolist()

    def body(m, t):
        total = a * m.exp(-(((t - center) / w) ** 2))
        for h, o in zip(heights, offsets, strict=True):
            total = total + h * m.exp(-(((t - center - o) / w) ** 2))
        return total

    x = center
    for _ in range(60 if heights else 0):
        with mp.workdps(DIGITS):
            d1, d2 = derivative_of(body, x, 1), derivative_of(body, x, 2)
            step = d1 / d2 if d2 else mpf(0)
        moved = float(x - step)
        if moved == x or abs(moved - center) > 3 * w:
            break
        x = moved
    return f"{n} Gaussians", body, x, 1, a / w


def case(rng: np.random.Generator, i: int) -> Case:
    """At a critical point every other time, elsewhere 1e-9 to 1e-3 of x away from it."""
    name, body, x, order, scale = _of_peaks(rng) if i % 4 == 3 else _of_polynomial(rng, int(rng.integers(15)))
    if i % 2 and x:
        x *= 1 + sign(rng) * loguniform(rng, 1e-9, 1e-3)
    return Case("critical-points", name, on_floats(body), x, derivative_of(body, x, order), order, scale=scale)
