"""Functions computed by cancellation, at and near their zeros."""

from collections.abc import Callable

import numpy as np

from tests.bank.kinds.case import Case, derivative_of, loguniform, on_floats, point, sign
from tests.bank.kinds.shapes import Body, shape
from tests.bank.primitives import NUMPY


def _minus_value(body: Body, x: float) -> Body:
    """A body less its value in float64 at x."""
    value = float(body(NUMPY, np.float64(x)))
    return lambda m, t: body(m, t) - value


def _sines(rng: np.random.Generator, b: float) -> Body:
    a, w, c = rng.normal(size=3).tolist(), (b * rng.uniform(0.2, 3, 3)).tolist(), rng.uniform(-3, 3, 3).tolist()
    return lambda m, t: sum(ai * m.sin(wi * t + ci) for ai, wi, ci in zip(a, w, c, strict=True))


def _along(rng: np.random.Generator, b: float) -> Body:
    """Rosenbrock's function, and a sum of exponentials, along a line."""
    (x, y), (p, q) = rng.normal(size=2).tolist(), (b * rng.normal(size=2)).tolist()
    if rng.random() < 0.5:
        return lambda m, t: 100 * ((y + q * t) - (x + p * t) ** 2) ** 2 + (1 - (x + p * t)) ** 2
    return lambda m, t: m.exp(x + p * t) + m.exp(y + q * t) + m.sin((x + p * t) * (y + q * t))


def _vanishing_at_0(rng: np.random.Generator, family: int) -> tuple[str, Body, float, float]:
    """A function that is 0 at 0, with its scale and the reciprocal of its length."""
    a, b = loguniform(rng, 1e-3, 1e3), point(rng, 1e-3, 1e3)
    n = int(rng.integers(2, 13))
    small = point(rng, 1e-8, 1e-1)
    x0 = point(rng, 1e-2, 1e2)
    forms: tuple[tuple[str, Callable[[], Body], float, float], ...] = (
        ("exp(b t) - 1", lambda: lambda m, t: a * (m.exp(b * t) - 1), a, b),
        ("log(1 + b t)", lambda: lambda m, t: a * m.log(1 + b * t), a, b),
        ("sqrt(1 + b t) - 1", lambda: lambda m, t: a * (m.sqrt(1 + b * t) - 1), a, b),
        (f"(1 + b t)**{n} - 1", lambda: lambda m, t: (1 + b * t) ** n - 1, 1.0, n * b),
        ("f(x + t p) - f(x)", lambda: _moved(shape(rng, x0, abs(x0)), x0, b * abs(x0)), 1.0, b),
        ("sines", lambda: _minus_value(_sines(rng, b), 0.0), 1.0, b),
        ("2*(1 + s t) - 2", lambda: lambda m, t: 2 * (1 + small * t) - 2, 1.0, small),
        ("along a line", lambda: _minus_value(_along(rng, b), 0.0), 100.0, b),
        ("1/(1 + b t) - 1", lambda: lambda m, t: 1 / (1 + b * t) - 1, 1.0, b),
        ("1 - cos(b t) + t", lambda: lambda m, t: 1 - m.cos(b * t) + b * t, 1.0, b),
    )
    name, make, size, rate = forms[family % len(forms)]
    return name, make(), size, abs(rate)


def _moved(body: Body, x: float, p: float) -> Body:
    value = float(body(NUMPY, np.float64(x)))
    return lambda m, t: body(m, x + t * p) - value


def _case(kind: str, name: str, body: Body, x: float, order: int, fallback: float) -> Case:
    truth = derivative_of(body, x, order)
    return Case(kind, name, on_floats(body), x, truth, order, scale=float(abs(truth)) or fallback)


def at_root(rng: np.random.Generator, i: int) -> Case:
    """Zero by cancellation, at exactly the zero: mostly 0."""
    order = 1 if i % 4 else 2
    if i % 5 == 4:
        x0 = point(rng)
        body = _minus_value(shape(rng, x0, abs(x0) * loguniform(rng, 0.1, 3)), x0)
        return _case("cancel-at-root", "g(x) - g(x0) at x0", body, x0, order, abs(x0) ** -order)
    name, body, size, rate = _vanishing_at_0(rng, int(rng.integers(10)))
    return _case("cancel-at-root", name, body, 0.0, order, size * rate**order)


def near_root(rng: np.random.Generator, i: int) -> Case:
    """The same within 1e-17 to 1e-3 of the zero."""
    order = 1 if i % 4 else 2
    if i % 5 == 4:
        x0 = point(rng)
        body = _minus_value(shape(rng, x0, abs(x0) * loguniform(rng, 0.1, 3)), x0)
        x = float(x0 + sign(rng) * int(rng.integers(1, 9)) * np.spacing(abs(x0)))
        return _case("cancel-near-root", "g(x) - g(x0) some ulp off x0", body, x, order, abs(x0) ** -order)
    name, body, size, rate = _vanishing_at_0(rng, int(rng.integers(10)))
    # in units of the length over which f changes, so that 1 + b t stays positive
    x = sign(rng) * loguniform(rng, 1e-17, 1e-3) / max(rate, 1.0)
    return _case("cancel-near-root", name, body, x, order, size * rate**order)
