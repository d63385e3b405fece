"""Near a branch point: roots and logarithms."""

import math
from math import inf

from tests.bank.points import above, loguniform, signed
from tests.bank.problem import Problem

BRANCH = (
    Problem("sqrt-at-0", "branch", lambda m, x: m.sqrt(x), loguniform(1e-9, 1e9), (0, inf)),
    Problem("sqrt-above-5", "branch", lambda m, x: m.sqrt(x - 5), above(5, loguniform(1e-6, 10)), (5, inf)),
    Problem("cbrt-near-0", "branch", lambda m, x: m.cbrt(x), signed(loguniform(1e-10, 1e3))),
    Problem("cbrt-of-x-minus-8", "branch", lambda m, x: m.cbrt(x - 8), above(8, signed(loguniform(1e-6, 1)))),
    Problem(
        "power-two-thirds",
        "branch",
        lambda m, x: (x + 1) ** (2 / 3),
        above(-1, loguniform(1e-6, 2)),
        (-1, inf),
    ),
    Problem(
        "power-three-halves-at-4",
        "branch",
        lambda m, x: (x - 4) ** 1.5,
        above(4, loguniform(1e-4, 5)),
        (4, inf),
    ),
    Problem("power-0.99", "branch", lambda m, x: x**0.99, loguniform(1e-8, 1e4), (0, inf)),
    Problem("x-log-x", "branch", lambda m, x: x * m.log(x), loguniform(1e-8, 10), (0, inf)),
    Problem("x2-log-x", "branch", lambda m, x: x * x * m.log(x), loguniform(1e-4, 12), (0, inf)),
    Problem("sqrt-times-log", "branch", lambda m, x: m.sqrt(x) * m.log(x), loguniform(1e-8, 1e4), (0, inf)),
    Problem("log-log", "branch", lambda m, x: m.log(m.log(x)), above(1, loguniform(1e-4, 1e3)), (1, inf)),
    Problem("log-above-1000", "branch", lambda m, x: m.log(x - 1e3), above(1e3, loguniform(1e-4, 1e3)), (1e3, inf)),
    Problem("seventh-root", "branch", lambda m, x: x ** (1 / 7), loguniform(1e-12, 1e12), (0, inf)),
    Problem("sqrt-of-sine", "branch", lambda m, x: m.sqrt(m.sin(x)), loguniform(1e-6, 3), (0, math.pi)),
    Problem(
        "fourth-root-gap",
        "branch",
        lambda m, x: (x * x - 4) ** 0.25,
        above(2, loguniform(1e-5, 10)),
        (2, inf),
    ),
    Problem("half-powers", "branch", lambda m, x: x**2.5 - x**1.5 + 3 * x**0.5, loguniform(1e-7, 1e3), (0, inf)),
    Problem("arccosh", "branch", lambda m, x: m.arccosh(x), above(1, loguniform(1e-5, 100)), (1, inf)),
    Problem("exp-minus-sqrt", "branch", lambda m, x: m.exp(-m.sqrt(x)), loguniform(1e-8, 400), (0, inf)),
    Problem("cos-sqrt", "branch", lambda m, x: m.cos(m.sqrt(x)), loguniform(1e-6, 1e5), (0, inf)),
    Problem("log-squared", "branch", lambda m, x: m.log(x) ** 2, loguniform(1e-10, 1e10), (0, inf)),
    Problem("arctan-sqrt", "branch", lambda m, x: m.arctan(m.sqrt(x)), loguniform(1e-8, 1e8), (0, inf)),
    Problem("log-sine", "branch", lambda m, x: m.log(m.sin(x)), loguniform(1e-4, 3.1), (0, math.pi)),
)
