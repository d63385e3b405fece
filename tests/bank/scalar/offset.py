"""A large constant hides the part that varies."""

from math import inf

from tests.bank.points import loguniform, uniform
from tests.bank.problem import Problem

OFFSET = (
    Problem("1e8-plus-sine", "offset", lambda m, x: 1e8 + m.sin(x), uniform(-3, 3)),
    Problem("1e6-plus-arctan", "offset", lambda m, x: 1e6 + m.arctan(x), uniform(-5, 5)),
    Problem("1e12-plus-square", "offset", lambda m, x: 1e12 + x * x, uniform(100, 5000)),
    Problem("minus-1e10-plus-exp", "offset", lambda m, x: m.exp(x) - 1e10, uniform(-2, 15)),
    Problem("1-plus-1e-8-sine", "offset", lambda m, x: 1 + 1e-8 * m.sin(x), uniform(-3, 3)),
    Problem("1e15-plus-1e3-cosine", "offset", lambda m, x: 1e15 + 1e3 * m.cos(x), uniform(0.2, 3)),
    Problem("log-of-1e10-plus-x", "offset", lambda m, x: m.log(1e10 + x), uniform(-1e3, 1e3), (-1e10, inf)),
    Problem("sqrt-of-1e12-plus-square", "offset", lambda m, x: m.sqrt(1e12 + x * x), uniform(1, 1e4)),
    Problem("square-of-1e5-plus-sine", "offset", lambda m, x: (1e5 + m.sin(x)) ** 2, uniform(-3, 3)),
    Problem("1000-plus-log", "offset", lambda m, x: 1e3 + m.log(x), loguniform(1e-3, 1e3), (0, inf)),
    Problem("1e4-plus-decay", "offset", lambda m, x: 1e4 + m.exp(-x), uniform(-3, 6)),
    Problem("1e20-plus-1e15-x", "offset", lambda m, x: 1e20 + 1e15 * m.tanh(x), uniform(-2, 2)),
    Problem("shifted-argument-1e6", "offset", lambda m, x: m.sin(x - 1e6), uniform(1e6 - 3, 1e6 + 3)),
    Problem("shifted-cubic-1e3", "offset", lambda m, x: (x - 1e3) ** 3 + (x - 1e3), uniform(995, 1005)),
    Problem("minus-1-plus-1e-5-runge", "offset", lambda m, x: 1e-5 / (1 + 25 * x * x) - 1, uniform(-1, 1)),
)
