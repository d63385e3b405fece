"""Where samples go: linear, constant and zero entries, and functions whose argument is to stay on its side of 0."""

import math
from collections.abc import Callable

import numpy as np
from mpmath import mp, mpf

from tests.bank.kinds.case import DIGITS, Case, derivative_of, loguniform, on_floats, point
from tests.bank.kinds.shapes import Body
from tests.bank.primitives import MP
from tests.bank.series import Series


def linear(rng: np.random.Generator, i: int) -> Case:
    """Linear, constant and zero entries, of a Jacobian two thirds of the time, then every other time beside others."""
    if i % 3 == 0:
        x, a, c = point(rng), point(rng), point(rng)
        forms: tuple[tuple[str, Callable[[float], float], float], ...] = (
            ("a t", lambda t: a * t, a),
            ("a t + c", lambda t: a * t + c, a),
            ("c", lambda t: c, 0.0),
            ("0", lambda t: 0.0, 0.0),
            ("a (t - c)", lambda t: a * (t - c), a),
            ("t / a", lambda t: t / a, math.nan),
        )
        name, f, slope = forms[int(rng.integers(len(forms)))]
        with mp.workdps(DIGITS):
            truth = 1 / mpf(a) if math.isnan(slope) else mpf(slope)
        scale = float(abs(truth)) or max(abs(c), 1.0) / abs(x)
        return Case("reach-linear", name, f, x, truth, scale=scale)
    n = int(rng.integers(1, 5))
    x = np.array([point(rng, 1e-2, 1e2) for _ in range(n)])
    a, b = point(rng), point(rng)
    rates = [loguniform(rng, 0.3, 1) / abs(float(v)) for v in x]
    j = int(rng.integers(n))

    def outputs(m, q):
        linear = [b + 0.0 * q[0], a * q[j], sum(q) * b]
        return linear if i % 3 == 1 else [*linear, m.sin(rates[j] * q[j]) + 0.5, m.exp(rates[-1] * q[-1]) - a * q[0]]

    def f(q: np.ndarray) -> np.ndarray:
        return np.array(outputs(np, q))

    truth = np.empty((len(f(x)), n), dtype=object)
    with mp.workdps(DIGITS):
        for k in range(n):
            along = [Series([mpf(float(v)), mpf(1 if at == k else 0)]) for at, v in enumerate(x)]
            truth[:, k] = [output.c[1] for output in outputs(MP, along)]
    sizes = np.abs(f(x))[:, None] / np.abs(x)
    return Case(
        "reach-linear",
        f"Jacobian by {n}, {len(truth)} outputs",
        f,
        x,
        truth,
        scale=np.maximum(np.abs(truth).astype(float), sizes),
    )


def positive(rng: np.random.Generator, i: int) -> Case:
    """Smooth functions that vary over the length of x; most have no meaning for arguments of the other sign."""
    order = 1 if i % 3 else 2
    x, p, strike = loguniform(rng, 1e-3, 1e3), float(rng.uniform(-3, 3)), loguniform(rng, 0.5, 2)
    u, r, tau = 1 / x, float(rng.uniform(0, 0.1)), loguniform(rng, 0.1, 2)
    s = loguniform(rng, 0.1, 0.8)

    def black_scholes(m, spot, sigma):
        d1 = (m.log(spot / strike) + (r + sigma * sigma / 2) * tau) / (sigma * math.sqrt(tau))
        return spot * m.ndtr(d1) - strike * math.exp(-r * tau) * m.ndtr(d1 - sigma * math.sqrt(tau))

    forms: tuple[tuple[str, Body, float], ...] = (
        ("log", lambda m, t: m.log(t), x),
        ("sqrt", lambda m, t: m.sqrt(t), x),
        ("t**p", lambda m, t: t**p, x),
        ("t exp(t)", lambda m, t: t * u * m.exp(t * u), x),
        ("t exp(-t)", lambda m, t: t * u * m.exp(-t * u), x),
        ("t log(t)", lambda m, t: t * m.log(t), x),
        ("1/t + t", lambda m, t: 1 / (t * u) + t * u, x),
        ("option by its spot", lambda m, t: black_scholes(m, t, s), strike * loguniform(rng, 0.7, 1.4)),
        ("option by its volatility", lambda m, t: black_scholes(m, 1.0, t), s),
        ("t/(k + t)", lambda m, t: t / (x * strike + t), x),
        ("exp", lambda m, t: m.exp(t * u), x),
        ("sin", lambda m, t: m.sin(t * u + p), x),
    )
    name, body, x = forms[int(rng.integers(len(forms)))]
    truth = derivative_of(body, x, order)
    scale = max(float(abs(truth)), 0.01 * abs(on_floats(body)(x)) / x**order)
    return Case("reach-positive", name, on_floats(body), x, truth, order, scale=scale)
