"""Near the end of the domain, or of the floating-point range."""

import math
from math import inf

from tests.bank.points import above, below, loguniform, signed, uniform
from tests.bank.problem import Problem

EDGE = (
    Problem("arcsin-near-1", "edge", lambda m, x: m.arcsin(x), below(1, loguniform(1e-8, 1)), (-1, 1)),
    Problem("arccos-near-minus-1", "edge", lambda m, x: m.arccos(x), above(-1, loguniform(1e-8, 1)), (-1, 1)),
    Problem("arctanh-near-1", "edge", lambda m, x: m.arctanh(x), below(1, loguniform(1e-8, 1)), (-1, 1)),
    Problem("circle", "edge", lambda m, x: m.sqrt(1 - x * x), below(1, loguniform(1e-7, 1)), (-1, 1)),
    Problem("semi-ellipse-tail", "edge", lambda m, x: m.sqrt(x * (1 - x)), loguniform(1e-8, 0.5), (0, 1)),
    Problem(
        "binary-entropy",
        "edge",
        lambda m, x: -x * m.log(x) - (1 - x) * m.log1p(-x),
        loguniform(1e-8, 0.9),
        (0, 1),
    ),
    Problem("logit", "edge", lambda m, x: m.log(x) - m.log1p(-x), loguniform(1e-9, 0.9), (0, 1)),
    Problem("probit-tail", "edge", lambda m, x: m.ndtri(x), loguniform(1e-12, 1e-2), (0, 1)),
    Problem(
        "lambert-near-branch",
        "edge",
        lambda m, x: m.lambertw(x),
        above(-math.exp(-1), loguniform(1e-5, 0.3)),
        (-math.exp(-1), inf),
    ),
    Problem("elliptic-near-1", "edge", lambda m, x: m.ellipk(x), below(1, loguniform(1e-8, 1e-3)), (-inf, 1)),
    Problem("beta-weight", "edge", lambda m, x: x**0.3 * (1 - x) ** 0.7, below(1, loguniform(1e-7, 0.9)), (0, 1)),
    Problem("log-one-minus", "edge", lambda m, x: m.log(1 - x), below(1, loguniform(1e-7, 1)), (-inf, 1)),
    Problem("exp-near-overflow", "edge", lambda m, x: m.exp(x), uniform(700, 709.7)),
    Problem("exp-near-underflow", "edge", lambda m, x: m.exp(-x), uniform(650, 700)),
    Problem("cosh-near-overflow", "edge", lambda m, x: m.cosh(x), signed(uniform(700, 710))),
    Problem("gamma-near-overflow", "edge", lambda m, x: m.gamma(x), uniform(160, 171)),
    Problem("power-10-near-overflow", "edge", lambda m, x: x**10, loguniform(1e28, 6e30)),
    Problem("near-largest", "edge", lambda m, x: m.log(x) ** 2, uniform(1.6e308, 1.79e308), (0, inf)),
    Problem("arcsin-of-square", "edge", lambda m, x: m.arcsin(x * x), below(1, loguniform(1e-6, 1)), (-1, 1)),
    Problem(
        "kepler-orbit",
        "edge",
        lambda m, x: m.sqrt(1 - x * x) * m.sin(5 * x),
        signed(below(1, loguniform(1e-6, 1))),
        (-1, 1),
    ),
    Problem(
        "sqrt-end-of-1e6",
        "edge",
        lambda m, x: m.sqrt(1e6 - x),
        below(1e6, loguniform(1e-3, 1e6)),
        (-inf, 1e6),
    ),
)
