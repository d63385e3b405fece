"""Smooth functions near a bound: given, or met as NaN, or met as an exception."""

import math

import numpy as np

from tests.bank.kinds.case import Case, derivative_of, loguniform, on_floats, point, sign
from tests.bank.kinds.shapes import shape


def case(rng: np.random.Generator, i: int) -> Case:
    """At 1e-6 to 0.3 of x from the bound; the same without the bound beside it."""
    order = 1 + i % 4
    x = point(rng, 1e-2, 1e2)
    body = shape(rng, x, abs(x) * loguniform(rng, 0.5, 3))
    side = sign(rng)
    distance = loguniform(rng, 1e-6, 0.3)
    edge = x + side * distance * abs(x)
    f, truth = on_floats(body), derivative_of(body, x, order)
    scale = max(float(abs(truth)), 0.1 / abs(x) ** order)

    def beyond_is_nan(t: float) -> float:
        return f(t) if (edge - t) * side >= 0 else math.nan

    def beyond_raises(t: float) -> float:
        if (edge - t) * side < 0:
            raise ValueError(f"{t} is beyond {edge}")
        return f(t)

    given = {"bounds": (-math.inf, edge) if side > 0 else (edge, math.inf)}
    ways = (("bounds=", f, given), ("NaN beyond", beyond_is_nan, {}), ("raises beyond", beyond_raises, {}))
    name, bounded, options = ways[int(rng.integers(3))]
    free = Case("near-bounds", "without", f, x, truth, order, scale=scale)
    return Case(
        "near-bounds",
        f"{name}, {'above' if side > 0 else 'below'} at {distance:.1g} x",
        bounded,
        x,
        truth,
        order,
        scale=scale,
        options=options,
        beside=free,
    )
