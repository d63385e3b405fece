"""Tables: steps, pieces, and the last point of them."""

import math

import numpy as np
from mpmath import mpf

from tests.bank.kinds.case import Case, loguniform, sign


def case(rng: np.random.Generator, i: int) -> Case:
    """Level ends, staircases, piecewise linear interpolation between its nodes and at them."""
    n = int(rng.integers(4, 12))
    start, gap = float(rng.uniform(-3, 3)), loguniform(rng, 1e-1, 1e1)
    nodes = start + gap * np.cumsum(rng.uniform(0.3, 1.7, n))
    values = np.round(rng.normal(size=n), int(rng.integers(1, 5))) * loguniform(rng, 1e-2, 1e2)
    height = float(np.max(np.abs(values)))

    def ending(t: float) -> float:
        return float(np.interp(t, nodes, values)) if t <= nodes[-1] else math.nan

    form = int(rng.integers(7))
    scale = height / gap
    if form == 0:  # a level last piece, at the last point, with or without values beyond
        values[-1] = values[-2]
        f = ending if rng.random() < 0.5 else lambda t: float(np.interp(t, nodes, values))
        return Case("tables", "level at the end", f, float(nodes[-1]), mpf(0), scale=scale)
    if form == 1:
        x = point = loguniform(rng, 1e-1, 1e2)
        level = point * (1 - loguniform(rng, 1e-4, 0.5))
        return Case(
            "tables",
            "min(t, level), NaN beyond x",
            lambda t: min(t, level) if t <= x else math.nan,
            x,
            mpf(0),
            scale=1.0,
        )
    if form == 2:
        steps, x = 2.0 ** int(rng.integers(0, 16)), sign(rng) * loguniform(rng, 1e-1, 1e2)
        return Case(
            "tables",
            f"floor({steps:g} t)/{steps:g}",
            lambda t: math.floor(steps * t) / steps,
            x,
            mpf(0),
            also=(mpf(1),),
            scale=1.0,
        )
    if form == 3:
        k = int(rng.integers(1, n - 1))
        x = float(nodes[k] + (nodes[k + 1] - nodes[k]) * rng.uniform(0.05, 0.95))

        def looked_up(t: float) -> float:
            return float(values[min(max(int(np.searchsorted(nodes, t)) - 1, 0), n - 1)])

        return Case("tables", "looked up", looked_up, x, mpf(0), scale=scale)
    if form == 4:
        k = int(rng.integers(0, n - 1))
        x = float(nodes[k] + (nodes[k + 1] - nodes[k]) * rng.uniform(0.02, 0.98))
        slope = _slope(nodes, values, k)
        return Case("tables", "interpolated", lambda t: float(np.interp(t, nodes, values)), x, slope, scale=scale)
    k = int(rng.integers(1, n - 1))
    if form == 5:
        left, right = _slope(nodes, values, k - 1), _slope(nodes, values, k)
        f = lambda t: float(np.interp(t, nodes, values))  # noqa: E731
        return Case("tables", "interpolated, at a node", f, float(nodes[k]), None, scale=scale, sides=(left, right))
    return Case(
        "tables", "sloping at the end, NaN beyond", ending, float(nodes[-1]), _slope(nodes, values, n - 2), scale=scale
    )


def _slope(nodes: np.ndarray, values: np.ndarray, k: int) -> mpf:
    a, b, c, d = (mpf(float(v)) for v in (nodes[k], nodes[k + 1], values[k], values[k + 1]))
    return (d - c) / (b - a)
