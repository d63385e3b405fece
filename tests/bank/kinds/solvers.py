"""Outputs of solvers that stop at a tolerance, as functions of a parameter."""

import math
import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from mpmath import mp, mpf
from scipy.integrate import odeint, quad, solve_ivp
from scipy.optimize import brentq

from tests.bank.kinds.case import Case, Leniency, loguniform, polynomial

Solve = Callable[[float], float]
METHODS = ("odeint", "RK45", "DOP853", "LSODA", "BDF", "Radau")
SHARES = (0.3, 0.1, 0.15, 0.25, 0.1, 0.1)  # fewer of those that are slow, since written in Python


MOST_SLOPES = 20_000  # a few hundred to a few thousand are usual


def _at_end(
    method: str, given: Callable[..., list[float]], start: list[float], end: float, rtol: float, atol: float
) -> float:
    """The first component at the end; RuntimeError where the solver does not get there, as with a negative capacity."""
    calls = 0

    def slopes(t: float, y: Any) -> list[float]:
        nonlocal calls
        calls += 1
        if calls > MOST_SLOPES:
            raise RuntimeError(f"{method} stands still at t = {t}")
        return given(t, y)

    if method == "odeint":
        found = odeint(lambda y, t: slopes(t, y), start, [0.0, end], rtol=rtol, atol=atol)
        return float(found[-1, 0])
    return float(solve_ivp(slopes, (0.0, end), start, method=method, rtol=rtol, atol=atol).y[0, -1])


def _ode(rng: np.random.Generator, system: int) -> tuple[str, Solve, float, Callable[[Any], Any], float]:
    """A name, the solver, the parameter, the exact solution as a function of it in mpmath, the tolerance."""
    method = METHODS[int(rng.choice(len(METHODS), p=SHARES))]
    # the methods of low order take thousands of steps at the tightest
    rtol = loguniform(rng, 1e-7 if method in ("RK45", "BDF", "Radau") else 1e-10, 1e-3)
    atol = rtol * 1e-2
    if rng.random() < 0.3:
        rtol, atol = {"odeint": (1.49012e-8, 1.49012e-8)}.get(method, (1e-3, 1e-6))  # the defaults
    end, what = float(rng.uniform(0.5, 2)), int(rng.integers(3))
    solver = f"{method} rtol={rtol:.0e}"

    def solved(slopes: Callable[..., Any], starts: Callable[[float], list[float]]) -> Solve:
        return lambda p: _at_end(method, lambda t, y: slopes(p, t, y), starts(p), end, rtol, atol)

    if system == 0:
        values = [float(rng.uniform(0.3, 2)), loguniform(rng, 1, 100), float(rng.uniform(0.05, 0.9))]
        values[2] *= values[1]

        def with_(p, at=what, v=values):
            return [p if k == at else v[k] for k in range(3)]

        def logistic(p, t, y):
            r, k, _ = with_(p)
            return [r * y[0] * (1 - y[0] / k)]

        def exact(p):
            r, k, y0 = with_(p)
            return k / (1 + (k / y0 - 1) * mp.exp(-r * end))

        return (
            f"logistic by {['r', 'K', 'y0'][what]}, {solver}",
            solved(logistic, lambda p: [with_(p)[2]]),
            values[what],
            exact,
            rtol,
        )
    if system == 1:
        k, y0 = float(rng.uniform(0.2, 3)), loguniform(rng, 0.1, 100)
        decay = solved(lambda p, t, y: [-p * y[0]], lambda p: [y0])
        return f"decay by its rate, {solver}", decay, k, lambda p: y0 * mp.exp(-p * end), rtol
    if system == 2:
        w, y0 = float(rng.uniform(0.5, 4)), float(rng.uniform(0.2, 2))
        spring = solved(lambda p, t, y: [y[1], -p * p * y[0]], lambda p: [y0, 0.0])
        return f"oscillator by its frequency, {solver}", spring, w, lambda p: y0 * mp.cos(p * end), rtol
    values = [float(v) for v in rng.uniform(0.5, 1.5, 4)]
    at = int(rng.integers(4))

    def rates(p, v=values):
        return [p if k == at else v[k] for k in range(4)]

    def prey(p, t, y):
        a, b, c, d = rates(p)
        return [a * y[0] - b * y[0] * y[1], c * y[0] * y[1] - d * y[1]]

    exact = lambda p: _lotka_volterra([mpf(v) for v in rates(p)], mpf(1), mpf("0.5"), end)  # noqa: E731
    return f"Lotka-Volterra by {'abcd'[at]}, {solver}", solved(prey, lambda p: [1.0, 0.5]), values[at], exact, rtol


def _lotka_volterra(rates: list[Any], x: Any, y: Any, end: float) -> Any:
    """The prey at the end, by Taylor steps of degree 24 to some 30 digits."""
    a, b, c, d = rates
    steps = math.ceil(end / 0.125)
    h = mpf(end) / steps
    for _ in range(steps):
        u, v = [x], [y]
        for k in range(24):
            both = mp.fdot(u, v[::-1])
            u.append((a * u[k] - b * both) / (k + 1))
            v.append((c * both - d * v[k]) / (k + 1))
        x, y = polynomial(u, h), polynomial(v, h)
    return x


def _property(rng: np.random.Generator, form: int) -> tuple[str, Solve, float, Callable[[Any], Any], float]:
    """Implicit equations, iterated to a tolerance."""
    tol = loguniform(rng, 1e-11, 1e-5)
    if form == 0:  # Colebrook's friction factor by fixed point iteration
        re, rough = loguniform(rng, 1e4, 1e7), loguniform(rng, 1e-5, 1e-2)

        def friction(p: float) -> float:
            u = 7.0
            for _ in range(200):
                new = -2 * math.log10(rough / 3.7 + 2.51 * u / abs(p))
                if abs(new - u) < tol:
                    break
                u = new
            return 1 / (u * u)

        def exact(p):
            u = mp.findroot(lambda u: u + 2 * mp.log10(mpf(rough) / mpf(3.7) + mpf(2.51) * u / p), mpf(7))
            return 1 / (u * u)

        return f"Colebrook by Re, tol {tol:.0e}", friction, re, exact, tol
    if form == 1:  # Kepler's equation by Newton
        e, mean = float(rng.uniform(0.1, 0.8)), float(rng.uniform(0.3, 2.8))

        def anomaly(p: float) -> float:
            u = p
            for _ in range(50):
                step = (u - e * math.sin(u) - p) / (1 - e * math.cos(u))
                u -= step
                if abs(step) < tol:
                    break
            return u

        return (
            f"Kepler by Newton, tol {tol:.0e}",
            anomaly,
            mean,
            lambda p: mp.findroot(lambda u: u - e * mp.sin(u) - p, mpf(anomaly(float(p)))),
            tol,
        )
    if form == 2:  # brentq
        c = float(rng.uniform(0.5, 3))

        def root(p: float) -> float:
            return float(brentq(lambda u: u * math.exp(u) + c * u - p, -2.0, 1e3 if p > 50 else 20.0, xtol=tol))

        return (
            f"brentq, xtol {tol:.0e}",
            root,
            float(rng.uniform(1, 10)),
            lambda p: mp.findroot(lambda u: u * mp.exp(u) + c * u - p, mpf(root(float(p)))),
            tol,
        )
    if form == 3:  # bisection: values on a lattice

        def halved(p: float) -> float:
            low, high = 0.0, 16.0
            while high - low > tol:
                middle = (low + high) / 2
                low, high = (middle, high) if middle + math.tanh(middle) < p else (low, middle)
            return (low + high) / 2

        return (
            f"bisection, xtol {tol:.0e}",
            halved,
            float(rng.uniform(0.5, 5)),
            lambda p: mp.findroot(lambda u: u + mp.tanh(u) - p, mpf(halved(float(p)))),
            tol,
        )
    if form == 4:  # compressibility by van der Waals, volume by successive substitution
        b, rt, a = 1.0, float(rng.uniform(8, 12)), float(rng.uniform(1, 8))

        def volume(p: float) -> float:
            v = rt / p if p else math.inf
            for _ in range(300):
                new = b + rt / (p + a / (v * v))
                if abs(new - v) < tol * abs(v):
                    break
                v = new
            return v

        return (
            f"van der Waals by p, tol {tol:.0e}",
            volume,
            float(rng.uniform(0.3, 1.5)),
            lambda p: mp.findroot(lambda v: v - b - rt / (p + a / (v * v)), mpf(volume(float(p)))),
            tol,
        )

    def integral(a: float) -> float:
        return float(quad(lambda u: abs(u - a) * math.exp(u), 0, 1)[0])

    # for 0 < a < 1
    return (
        "quad of abs(u - a) exp(u)",
        integral,
        float(rng.uniform(0.1, 0.9)),
        lambda a: 2 * mp.exp(a) - (1 + mp.e) * a - 2 + 1,
        1.5e-8,
    )


def _solver_case(kind: str, made: tuple[str, Solve, float, Callable[[Any], Any], float]) -> Case:
    name, solve, x, exact, _ = made
    with mp.workdps(40):
        h = mpf(x) * mpf(10) ** -12
        truth = (exact(mpf(x) + h) - exact(mpf(x) - h)) / (2 * h)

    def quietly(p: float) -> float:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return solve(float(p))

    return Case(kind, name, quietly, x, truth, leniency=cache(lambda: _leniency(quietly, x, float(truth))))


WIDE, NARROW = (0.02, 0.06), (3e-5, 1e-3)


def _leniency(f: Solve, x: float, truth: float) -> Leniency:
    """How far the derivative of what the solver computes is from the exact one, whatever the step.

    A polynomial through many values within a few percent of x sees the smooth part of the solver's error, which nobody
    can know who has nothing but its output: twice that is not held against a bound. Where the output is smooth to
    rounding over a thousandth of x, or a thirtieth of that, its own derivative is as right as that of the solution.
    """
    u = np.cos(np.pi * (np.arange(16) + 0.5) / 16)

    def fitted(width: float) -> tuple[float, bool]:
        values = [f(x * (1 + width * v)) for v in u]
        c = np.polynomial.chebyshev.chebfit(u, values, 5)
        rest = np.max(np.abs(np.polynomial.chebyshev.chebval(u, c) - values))
        slope = float(np.polynomial.chebyshev.chebval(0, np.polynomial.chebyshev.chebder(c))) / (x * width)
        return slope, bool(rest <= 1e-13 * np.max(np.abs(values)))

    narrow = [fitted(w) for w in NARROW]
    return Leniency(
        2 * min(abs(fitted(w)[0] - truth) for w in WIDE),
        tuple(mpf(slope) for slope, smooth in narrow if smooth),
    )


def odes(rng: np.random.Generator, i: int) -> Case:
    """Initial value problems with known solutions, by six methods."""
    return _solver_case("solvers-ode", _ode(rng, i % 4))


def iterations(rng: np.random.Generator, i: int) -> Case:
    """Property codes: Newton, fixed points, bisection, quadrature."""
    return _solver_case("solvers-iterative", _property(rng, i % 6))
