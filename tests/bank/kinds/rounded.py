"""Smooth functions that round their values or their arguments."""

import math
from collections.abc import Callable

import numpy as np

from tests.bank.kinds.case import Case, derivative_of, loguniform, on_floats, on_singles, point
from tests.bank.kinds.shapes import Body, shape

Rounding = Callable[[float], float]


def _to_bits(y: float, bits: int) -> float:
    mantissa, exponent = math.frexp(y)
    return math.ldexp(round(math.ldexp(mantissa, bits)), exponent - bits)


def _rounding(rng: np.random.Generator, size: float) -> tuple[str, Rounding, Rounding]:
    """A way to round values, and the distance of its values about a given one."""
    decimals, bits, digits = int(rng.integers(1, 7)), int(rng.integers(6, 25)), int(rng.integers(3, 11))
    quantum = loguniform(rng, 1e-8, 1e-2) * size
    forms: tuple[tuple[str, Rounding, Rounding], ...] = (
        (f"{decimals} decimals", lambda y: round(y, decimals), lambda y: 10.0**-decimals),
        ("multiples of a quantum", lambda y: round(y / quantum) * quantum, lambda y: quantum),
        (f"{bits} bits", lambda y: _to_bits(y, bits), lambda y: 2.0 ** (math.frexp(y)[1] - bits)),
        (
            f"%.{digits}g",
            lambda y: float(f"{y:.{digits}g}"),
            lambda y: 10.0 ** (math.floor(math.log10(abs(y))) + 1 - digits),
        ),
        ("float32", lambda y: float(np.float32(y)), lambda y: float(np.spacing(np.float32(abs(y))))),
    )
    return forms[int(rng.integers(len(forms)))]


def _values(kind: str, rng: np.random.Generator, i: int, low: float, high: float) -> Case:
    """A smooth part on a level, rounded: its derivative is a quantum times a factor between low and high."""
    x, order = point(rng), 1 if i % 4 else 2
    base = shape(rng, x, abs(x) * loguniform(rng, 0.3, 3))
    level = point(rng, 1e-1, 1e3)
    name, rounding, quantum_at = _rounding(rng, abs(level))
    change = float(abs(derivative_of(base, x, order))) * abs(x) ** order or 1.0
    height = loguniform(rng, low, high) * quantum_at(level) / change

    def body(m, t):
        return height * base(m, t) + level

    smooth, truth = on_floats(body), derivative_of(body, x, order)
    quantum = quantum_at(smooth(x) or level) / abs(x) ** order
    return Case(
        kind,
        f"{name}, f' x / quantum {float(abs(truth)) / quantum:.1g}",
        lambda t: rounding(smooth(t)),
        x,
        truth,
        order,
        scale=max(float(abs(truth)), quantum),
    )


def values(rng: np.random.Generator, i: int) -> Case:
    """Rounded values, from a slope that makes millions of quanta to one that makes one."""
    return _values("rounded-values", rng, i, 1.0, 1e7)


def values_lost(rng: np.random.Generator, i: int) -> Case:
    """Rounded values that hardly change over the length of x, or not at all."""
    return _values("rounded-values-lost", rng, i, 1e-4, 0.5)


def arguments(rng: np.random.Generator, i: int) -> Case:
    """The argument is rounded, to single precision or to decimal digits, or all is computed in single precision."""
    x, order = point(rng), 1 if i % 4 else 2
    body: Body = shape(rng, x, abs(x) * loguniform(rng, 0.1, 10))
    f, digits = on_floats(body), int(rng.integers(6, 11))
    forms: tuple[tuple[str, Callable[[float], float]], ...] = (
        ("f(float32(x))", lambda t: f(float(np.float32(t)))),
        (f"f(%.{digits}g)", lambda t: f(float(f"{t:.{digits}g}"))),
        ("all in float32", on_singles(body)),
    )
    name, rounded = forms[i % 3]
    truth = derivative_of(body, x, order)
    if i % 2:
        x32 = float(np.float32(x))
        x, truth = x32, derivative_of(body, x32, order)
    return Case("rounded-arguments", name, rounded, x, truth, order, scale=float(abs(truth)))
