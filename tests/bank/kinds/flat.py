"""Functions that are constant about x as far as float64 can tell, and not elsewhere; and some that only seem so."""

from collections.abc import Callable

import numpy as np

from tests.bank.kinds.case import Case, derivative_of, loguniform, on_floats, point, sign
from tests.bank.kinds.shapes import Body


def case(rng: np.random.Generator, i: int) -> Case:
    """Tails, saturation, clipping, and peaks so narrow that the usual nodes miss them."""
    size, a = point(rng, 1e-2, 1e2), loguniform(rng, 1e-2, 1e2)
    width = abs(size) * loguniform(rng, 1e-3, 1e-1)
    away = float(rng.uniform(8, 60))
    narrow = abs(size) * loguniform(rng, 1e-4, 1e1)
    forms: tuple[tuple[str, Callable[[], tuple[Body, float, float]]], ...] = (
        (
            "tail of a Gaussian",
            lambda: (lambda m, t: a * m.exp(-(((t - size) / width) ** 2)), size + away * width, a / width),
        ),
        (
            "saturated logistic",
            lambda: (lambda m, t: a / (1 + m.exp(-(t - size) / width)), size + 3 * away * width, a / width),
        ),
        ("saturated tanh", lambda: (lambda m, t: 1 + a * m.tanh((t - size) / width), size - away * width, a / width)),
        (
            "gradient of a Gaussian at its mode",
            lambda: (lambda m, t: a * (t - size) * m.exp(-(((t - size) / narrow) ** 2)), size, a),
        ),
        (
            "gradient of a Gaussian beside its mode",
            lambda: (
                lambda m, t: a * (t - size) * m.exp(-(((t - size) / narrow) ** 2)),
                size + sign(rng) * narrow * loguniform(rng, 1e-8, 1),
                a,
            ),
        ),
        (
            "1 + a peak",
            lambda: (lambda m, t: 1 + a * m.exp(-(((t - size) / narrow) ** 2)), size + narrow / 2, a / narrow),
        ),
    )
    which = int(rng.integers(len(forms) + 2))
    if which >= len(forms):
        return _clipped(rng, size, a)
    name, make = forms[which]
    body, x, scale = make()
    return Case("flat", name, on_floats(body), x, derivative_of(body, x, 1), scale=scale)


def _clipped(rng: np.random.Generator, x: float, a: float) -> Case:
    """A line, clipped at a distance of 1e-6 to 1 from x."""
    edge = x - sign(rng) * abs(x) * loguniform(rng, 1e-6, 1)
    level = a * edge

    def body(m, t):
        return 0 * t + level

    if x > edge:
        return Case("flat", "min(a t, level)", lambda t: min(a * t, level), x, derivative_of(body, x, 1), scale=a)
    return Case("flat", "max(a t, level)", lambda t: max(a * t, level), x, derivative_of(body, x, 1), scale=a)
