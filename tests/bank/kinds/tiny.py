"""Functions that vary over lengths near 1, at points very near 0."""

import numpy as np

from tests.bank.kinds.case import Case, derivative_of, loguniform, on_floats, sign
from tests.bank.kinds.shapes import Body


def case(rng: np.random.Generator, i: int) -> Case:
    """x is 1e-300 to 1e-6, and f holds nothing of that length."""
    order = 1 if i % 3 else 2
    b = loguniform(rng, 0.1, 10)
    c = rng.normal(size=4).tolist()
    forms: tuple[tuple[str, Body], ...] = (
        ("exp", lambda m, t: m.exp(b * t)),
        ("cos", lambda m, t: m.cos(b * t)),
        ("sin(1 + b t)", lambda m, t: m.sin(1 + b * t)),
        ("1/(1 + b t)", lambda m, t: 1 / (1 + b * t)),
        ("cubic", lambda m, t: c[0] + t * (c[1] * b + t * (c[2] * b**2 + t * (c[3] * b**3)))),
        ("sqrt(1 + b t)", lambda m, t: m.sqrt(1 + b * t)),
        ("log(2 + b t)", lambda m, t: m.log(2 + b * t)),
        ("tanh(b t)", lambda m, t: m.tanh(b * t)),
        ("exp(sin)", lambda m, t: m.exp(m.sin(b * t))),
    )
    name, body = forms[int(rng.integers(len(forms)))]
    x = sign(rng) * 10 ** float(rng.uniform(-300, -6) if rng.random() < 0.5 else rng.uniform(-30, -6))
    return Case("tiny-x", name, on_floats(body), x, derivative_of(body, x, order), order, scale=b**order)
