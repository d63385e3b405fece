"""Near a pole or an essential singularity."""

import math
from math import inf

from tests.bank.points import above, below, loguniform, normal, signed, uniform
from tests.bank.problem import Problem

POLE = (
    Problem("pole-2-below", "pole", lambda m, x: 1 / (x - 2), below(2, loguniform(1e-7, 1))),
    Problem(
        "pole-pi-both-sides",
        "pole",
        lambda m, x: 1 / (x - 3.14159),
        above(3.14159, signed(loguniform(1e-5, 1))),
    ),
    Problem("double-pole-minus-1", "pole", lambda m, x: 1 / (x + 1) ** 2, above(-1, signed(loguniform(1e-5, 1)))),
    Problem("pole-1e6", "pole", lambda m, x: (x + 3) / (x - 1e6), above(1e6, signed(loguniform(1e-3, 10)))),
    Problem("cotangent-at-0", "pole", lambda m, x: m.cos(x) / m.sin(x), signed(loguniform(1e-6, 1))),
    Problem("cosecant-near-pi", "pole", lambda m, x: 1 / m.sin(x), below(math.pi, loguniform(1e-5, 1))),
    Problem("secant", "pole", lambda m, x: 1 / m.cos(x), below(math.pi / 2, loguniform(1e-6, 1.5))),
    Problem("tan-squared", "pole", lambda m, x: m.tan(x) ** 2, below(math.pi / 2, loguniform(1e-4, 1.5))),
    Problem("coth", "pole", lambda m, x: 1 / m.tanh(x), signed(loguniform(1e-8, 10))),
    Problem("reciprocal-log", "pole", lambda m, x: 1 / m.log(x), above(1, signed(loguniform(1e-5, 0.5))), (0, inf)),
    Problem("reciprocal-expm1", "pole", lambda m, x: 1 / m.expm1(x), signed(loguniform(1e-9, 20))),
    Problem("pole-pair", "pole", lambda m, x: 1 / ((x - 1) * (x - 1.001)), uniform(1.0001, 1.0009)),
    Problem("complex-poles-1e-4", "pole", lambda m, x: 1 / ((x - 5) ** 2 + 1e-8), normal(5, 3e-4)),
    Problem("complex-poles-1e-6-at-0", "pole", lambda m, x: 1 / (x * x + 1e-12), signed(loguniform(1e-7, 1e-5))),
    Problem("cubic-pole-at-1", "pole", lambda m, x: x / (1 - x) ** 3, below(1, loguniform(1e-4, 1))),
    Problem(
        "essential",
        "pole",
        lambda m, x: m.exp(1 / x),
        loguniform(0.01, 10),
        note="an essential singularity at 0: every scale down to x^2 matters",
    ),
    Problem("residues-far-apart", "pole", lambda m, x: 1 / (x - 1) + 1e6 / (x + 50), above(1, loguniform(1e-6, 1))),
    Problem("log-pole", "pole", lambda m, x: m.log(x) / (x - 3), above(3, signed(loguniform(1e-5, 1))), (0, inf)),
    Problem("tan-many-poles", "pole", lambda m, x: m.tan(20 * x), uniform(0, 3)),
    Problem("pole-tenth-order", "pole", lambda m, x: (x - 1) ** -10, above(1, signed(loguniform(1e-3, 1)))),
)
