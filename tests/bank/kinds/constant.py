"""Functions that are constant but for rounding."""

import math
from collections.abc import Callable

import numpy as np
from mpmath import mpf

from tests.bank.kinds.case import Case, loguniform, point


def _rotation(t: float) -> float:
    c, s = math.cos(t), math.sin(t)
    return float(np.linalg.det(np.array([[c, -s], [s, c]])))


def _rotation_3(t: float, u: float) -> float:
    c, s, d, e = math.cos(t), math.sin(t), math.cos(u + 0.7 * t), math.sin(u + 0.7 * t)
    a = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]]) @ np.array([[d, 0.0, e], [0.0, 1.0, 0.0], [-e, 0.0, d]])
    return float(np.linalg.det(a))


def _normalised(t: float, v: np.ndarray) -> float:
    w = v + t * v[::-1] ** 2
    return float(np.linalg.norm(w / np.linalg.norm(w)))


def _softmax(t: float, v: np.ndarray) -> float:
    e = np.exp(v * t - np.max(v * t))
    return float(np.sum(e / np.sum(e)))


def _hyperbolic(u: float) -> float:
    u = min(max(u, -30.0), 30.0)  # squares of 1e26 cancel to nothing anyway
    return math.cosh(u) ** 2 - math.sinh(u) ** 2


def case(rng: np.random.Generator, i: int) -> Case:
    """Their derivative is 0."""
    x, c = point(rng), float(rng.uniform(-3, 3))
    b = loguniform(rng, 0.1, 3) / abs(x)
    a = loguniform(rng, 1e-2, 1e2)
    v = rng.normal(size=int(rng.integers(2, 9)))
    forms: tuple[tuple[str, Callable[[float], float]], ...] = (
        ("sin**2 + cos**2", lambda t: math.sin(b * t + c) ** 2 + math.cos(b * t + c) ** 2),
        ("det of a rotation", lambda t: _rotation(b * t + c)),
        ("det of two rotations", lambda t: _rotation_3(b * t, c)),
        ("cosh**2 - sinh**2", lambda t: _hyperbolic(b * t)),
        ("norm of a unit vector", lambda t: _normalised(b * t, v)),
        ("sum of a softmax", lambda t: _softmax(b * t, v)),
        (
            "a*p + a*(1 - p)",
            lambda t: a / (1 + math.exp(min(-b * t, 700.0))) + a * (1 - 1 / (1 + math.exp(min(-b * t, 700.0)))),
        ),
        ("(a + sin) - sin", lambda t: (a + math.sin(b * t + c)) - math.sin(b * t + c)),
        ("exp(u) exp(-u)", lambda t: math.exp(math.sin(b * t)) * math.exp(-math.sin(b * t))),
        ("a t / t", lambda t: a * t * 0.1 / (t * 0.3) if t else a * 0.1 / 0.3),
    )
    name, f = forms[int(rng.integers(len(forms)))]
    order = 1 if i % 4 else 2
    return Case("constant-to-rounding", name, f, x, mpf(0), order, scale=(abs(f(x)) or 1.0) / abs(x) ** order)
