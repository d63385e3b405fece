"""Random smooth functions that vary over a given length."""

from collections.abc import Callable
from typing import Any

import numpy as np

Body = Callable[[Any, Any], Any]


def shape(rng: np.random.Generator, x: float, length: float) -> Body:
    """A function of scale 1 near x that is smooth at the scale of `length`; it has no derivative near 0 on purpose."""
    b, c, d = (float(v) for v in rng.uniform(0.3, 1.7, 3))
    phase = float(rng.uniform(-3, 3))
    slope = b / length
    start = x - length * float(rng.uniform(-0.5, 0.5))  # the argument u is of the size of 1 near x
    forms: tuple[Body, ...] = (
        lambda m, t: m.sin(slope * t + phase) + 0.5 * c,
        lambda m, t: m.exp(slope * (t - start)),
        lambda m, t: 1 / (1 + (slope * (t - start)) ** 2),
        lambda m, t: m.tanh(slope * (t - start) + 0.3) + c,
        lambda m, t: m.log(3 + c + m.sin(slope * t)),
        lambda m, t: m.sqrt(1 + c + (slope * (t - start)) ** 2),
        lambda m, t: m.exp(slope * (start - t)) * m.cos(d * slope * (t - start) + phase) + c,
        lambda m, t: _polynomial(slope * (t - start), c, d, phase),
        lambda m, t: m.arctan(slope * (t - start)) + c * m.sin(d * slope * (t - start)),
        lambda m, t: m.exp(m.sin(slope * t + phase)),
        lambda m, t: m.sin(c * m.tanh(slope * (t - start)) + phase),
        lambda m, t: m.cos(slope * t) + 0.3 * m.sin(2.3 * slope * t + phase),
    )
    return forms[int(rng.integers(len(forms)))]


def _polynomial(u: Any, c: float, d: float, e: float) -> Any:
    return c + u * (d + u * (e + u * 0.7))
