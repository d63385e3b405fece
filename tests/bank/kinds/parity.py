"""Even derivatives where f is odd about x, odd ones where it is even."""

import math
from collections.abc import Callable

import numpy as np

from tests.bank.kinds.case import Case, derivative_of, loguniform, on_floats, point
from tests.bank.kinds.shapes import Body


def _bessel(m, u):
    """J1 by its series."""
    total, term = 0.5 * u, 0.5 * u
    for k in range(1, 16):
        term = -term * u * u / (4.0 * k * (k + 1))
        total = total + term
    return total


def case(rng: np.random.Generator, i: int) -> Case:
    """Orders 1 to 6, at the point of symmetry or at the float next to it."""
    order = 1 + i % 6
    b, a, c = loguniform(rng, 1e-2, 1e2), loguniform(rng, 1e-2, 1e2), point(rng, 1e-1, 1e2)
    half = int(rng.integers(-20, 21))
    about_0: tuple[tuple[str, Body], ...] = (
        ("sin", lambda m, u: m.sin(u)),
        ("sinh", lambda m, u: m.sinh(u)),
        ("u/(1 + u**2)", lambda m, u: u / (1 + u * u)),
        ("arctan", lambda m, u: m.arctan(u)),
        ("tanh", lambda m, u: m.tanh(u)),
        ("u exp(-u**2)", lambda m, u: u * m.exp(-u * u)),
        ("J1 by its series", _bessel),
        ("u + u**3/3", lambda m, u: u + u**3 / 3),
        ("cos", lambda m, u: m.cos(u)),
        ("cosh", lambda m, u: m.cosh(u)),
        ("exp(-u**2)", lambda m, u: m.exp(-u * u)),
        ("1/(1 + u**2)", lambda m, u: 1 / (1 + u * u)),
        ("sqrt(1 + u**2)", lambda m, u: m.sqrt(1 + u * u)),
    )
    name, g = about_0[int(rng.integers(len(about_0)))]
    places: tuple[tuple[str, Callable[[], tuple[Body, float, float]]], ...] = (
        ("at 0", lambda: (lambda m, t: a * g(m, b * t), 0.0, b)),
        ("about c", lambda: (lambda m, t: a * g(m, b / abs(c) * (t - c)), c, b / abs(c))),
        ("cos at k pi/2", lambda: (lambda m, t: a * m.cos(t), half * math.pi / 2, 1.0)),
        ("sin at k pi/2", lambda: (lambda m, t: a * m.sin(t), half * math.pi / 2, 1.0)),
        ("tan at k pi", lambda: (lambda m, t: a * m.tan(t), half * math.pi, 1.0)),
    )
    which = int(rng.choice(5, p=(0.3, 0.3, 0.15, 0.15, 0.1)))
    where, make = places[which]
    body, x, rate = make()
    return Case(
        "parity",
        f"{name} {where}" if which < 2 else where,
        on_floats(body),
        float(x),
        derivative_of(body, x, order),
        order,
        scale=a * rate**order,
    )
