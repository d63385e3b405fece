"""X or f far from 1, from subnormal numbers to the largest."""

import math
from math import inf

from tests.bank.points import loguniform, signed, uniform
from tests.bank.problem import Problem

SCALE = (
    Problem("sqrt-subnormal", "scale", lambda m, x: m.sqrt(x), loguniform(1e-318, 1e-290), (0, inf)),
    Problem("sqrt-huge", "scale", lambda m, x: m.sqrt(x), loguniform(1e250, 1.7e308), (0, inf)),
    Problem("log-subnormal", "scale", lambda m, x: m.log(x), loguniform(1e-318, 1e-280), (0, inf)),
    Problem("log-huge", "scale", lambda m, x: m.log(x), loguniform(1e200, 1.7e308), (0, inf)),
    Problem("log-any", "scale", lambda m, x: m.log(x), loguniform(1e-100, 1e100), (0, inf)),
    Problem("reciprocal-huge", "scale", lambda m, x: 1 / x, loguniform(1e100, 1e300)),
    Problem("reciprocal-tiny", "scale", lambda m, x: 1 / x, signed(loguniform(1e-150, 1e-60))),
    Problem("cube-tiny", "scale", lambda m, x: x**3, signed(loguniform(1e-95, 1e-60))),
    Problem("cube-huge", "scale", lambda m, x: x**3 + 1, signed(loguniform(1e50, 1e100))),
    Problem(
        "affine-subnormal",
        "scale",
        lambda m, x: 3 * x + 1,
        signed(loguniform(1e-320, 1e-290)),
        note="x is lost beside 1 unless the step is far larger than |x|",
    ),
    Problem("affine-huge", "scale", lambda m, x: x / 3 - 5, signed(loguniform(1e290, 1.7e308))),
    Problem("exp-amplitude-1e-290", "scale", lambda m, x: 1e-290 * m.exp(x), uniform(-4, 4)),
    Problem("sin-amplitude-1e290", "scale", lambda m, x: 1e290 * m.sin(x), uniform(-10, 10)),
    Problem("cosh-amplitude-1e305", "scale", lambda m, x: 1e305 * m.cosh(x), uniform(-5, 5)),
    Problem("rational-amplitude-1e-200", "scale", lambda m, x: 1e-200 * x / (1 + x * x), uniform(-5, 5)),
    Problem("arctan-1e300", "scale", lambda m, x: m.arctan(x / 1e300), signed(loguniform(1e297, 1e303))),
    Problem("tanh-1e-300", "scale", lambda m, x: m.tanh(x * 1e300), signed(loguniform(1e-302, 3e-300))),
    Problem("gauss-1e150", "scale", lambda m, x: m.exp(-((x / 1e150) ** 2)), signed(loguniform(1e148, 3e150))),
    Problem("cos-1e-200", "scale", lambda m, x: m.cos(x * 1e200 + 1), signed(loguniform(1e-202, 1e-199))),
    Problem(
        "quartic-1e60",
        "scale",
        lambda m, x: (x / 1e60) ** 4 - (x / 1e60) ** 2,
        signed(loguniform(1e58, 1e62)),
    ),
    Problem("logistic-1e-25", "scale", lambda m, x: 1 / (1 + m.exp(-x * 1e25)), signed(loguniform(1e-27, 2e-24))),
    Problem("power-0.05", "scale", lambda m, x: x**0.05, loguniform(1e-250, 1e250), (0, inf)),
    Problem("power-minus-40", "scale", lambda m, x: x**-40, signed(loguniform(1e-5, 1e5))),
    Problem("power-20", "scale", lambda m, x: x**20, signed(loguniform(1e-10, 1e10))),
    Problem("power-pi", "scale", lambda m, x: x**math.pi, loguniform(1e-60, 1e60), (0, inf)),
    Problem("exp-both-1e180", "scale", lambda m, x: 1e-180 * m.exp(x * 1e180), signed(loguniform(1e-183, 5e-180))),
    Problem("sin-wide-1e15", "scale", lambda m, x: m.sin(x / 1e15), signed(loguniform(1e12, 1e16))),
    Problem("exp-steep-300", "scale", lambda m, x: m.exp(300 * x), uniform(-2, 2)),
    Problem("saturation-1e-120", "scale", lambda m, x: x / (x + 1e-120), loguniform(1e-124, 1e-115)),
    Problem("saturation-1e90", "scale", lambda m, x: x * x / (x * x + 1e180), loguniform(1e87, 1e94)),
    Problem("log-of-sum-1e-40", "scale", lambda m, x: m.log(x + 1e-40), loguniform(1e-44, 1e-30), (-1e-40, inf)),
    Problem("two-scales-apart", "scale", lambda m, x: m.log(x) ** 3 / x, loguniform(1e-20, 1e20), (0, inf)),
    Problem("sqrt-of-quartic-huge", "scale", lambda m, x: m.sqrt(1 + (x / 1e20) ** 4), loguniform(1e18, 1e24)),
    Problem("cbrt-any", "scale", lambda m, x: m.cbrt(x), signed(loguniform(1e-200, 1e200))),
)
