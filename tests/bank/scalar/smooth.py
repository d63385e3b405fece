"""Elementary functions that vary on the scale of 1."""

import math
from math import inf

from tests.bank.points import loguniform, signed, uniform
from tests.bank.problem import Problem

SMOOTH = (
    Problem("exp", "smooth", lambda m, x: m.exp(x), uniform(-5, 12)),
    Problem("cos-plus-phase", "smooth", lambda m, x: m.cos(2 * x + 0.7), uniform(-6, 6)),
    Problem("gudermannian", "smooth", lambda m, x: 2 * m.arctan(m.tanh(x / 2)), uniform(-8, 8)),
    Problem("sin-cubed-cos2", "smooth", lambda m, x: m.sin(x) ** 3 - m.cos(2 * x) / 4, uniform(-4, 4)),
    Problem("log-cosh", "smooth", lambda m, x: m.log(2 * m.cosh(x)), uniform(-20, 20)),
    Problem("quintic", "smooth", lambda m, x: x**5 - 3 * x**3 + 2 * x - 7, uniform(-10, 10)),
    Problem("gauss-skew", "smooth", lambda m, x: m.exp(-x * x + x / 2), uniform(-4, 4)),
    Problem("rational-cubic", "smooth", lambda m, x: (x**3 + 2) / (x * x + 3), uniform(-20, 20)),
    Problem("witch-of-agnesi", "smooth", lambda m, x: 8 / (x * x + 4), uniform(-15, 15)),
    Problem("damped-cosine", "smooth", lambda m, x: m.exp(-x / 5) * m.cos(2 * x), uniform(-2, 15)),
    Problem("x-arctan", "smooth", lambda m, x: x * m.arctan(x) - m.log1p(x * x) / 2, signed(loguniform(0.1, 100))),
    Problem("sqrt-quartic", "smooth", lambda m, x: m.sqrt(x**4 + x * x + 1), uniform(-6, 6)),
    Problem("arcsinh", "smooth", lambda m, x: m.arcsinh(x), signed(loguniform(1e-3, 1e3))),
    Problem("logistic-density", "smooth", lambda m, x: m.exp(-x) / (1 + m.exp(-x)) ** 2, uniform(-12, 12)),
    Problem("swish", "smooth", lambda m, x: x / (1 + m.exp(-x)), uniform(-12, 12)),
    Problem("gelu", "smooth", lambda m, x: x * m.ndtr(x), uniform(-5, 5)),
    Problem("mish", "smooth", lambda m, x: x * m.tanh(m.log1p(m.exp(x))), uniform(-10, 10)),
    Problem("softplus", "smooth", lambda m, x: m.log1p(m.exp(x)), uniform(-20, 30)),
    Problem("log-quadratic", "smooth", lambda m, x: m.log(x * x + x + 1), uniform(-8, 8)),
    Problem(
        "flat-at-zero",
        "smooth",
        lambda m, x: m.exp(-1 / (x * x)),
        signed(loguniform(0.15, 5)),
        note="every derivative at 0 vanishes: no Taylor series there",
    ),
    Problem("line-plus-sine", "smooth", lambda m, x: 2 * x + m.sin(x), uniform(-50, 50)),
    Problem("poisson-kernel", "smooth", lambda m, x: 0.75 / (1.25 - m.cos(x)), uniform(-7, 7)),
    Problem("self-power", "smooth", lambda m, x: m.exp(x * m.log(x)), loguniform(0.05, 12), (0, inf)),
    Problem("two-to-the-x", "smooth", lambda m, x: m.exp(x * math.log(2)), uniform(-10, 10)),
    Problem("tanh-sinh", "smooth", lambda m, x: m.tanh(math.pi / 2 * m.sinh(x)), uniform(-2.5, 2.5)),
    Problem("sinh-cos", "smooth", lambda m, x: m.sinh(2 * x) * m.cos(x), uniform(-4, 4)),
    Problem("runge-25", "smooth", lambda m, x: 1 / (1 + 25 * x * x), uniform(-1, 1)),
    Problem("identity", "smooth", lambda m, x: x + 0.0, signed(loguniform(1e-3, 1e3))),
    Problem("affine", "smooth", lambda m, x: 0.1 * x - 2, uniform(-100, 100)),
    Problem("expm1-squared", "smooth", lambda m, x: m.expm1(x) ** 2, uniform(-8, 5)),
    Problem("arctan-of-exp", "smooth", lambda m, x: m.arctan(m.exp(x) - 2), uniform(-4, 6)),
    Problem("tan", "smooth", lambda m, x: m.tan(x / 4), uniform(-5, 5)),
    Problem(
        "reciprocal-quadratics",
        "smooth",
        lambda m, x: 1 / (x * x + 1) - 2 / (x * x + 2 * x + 5),
        uniform(-9, 9),
    ),
    Problem("power-seven-thirds", "smooth", lambda m, x: (2 + m.sin(x)) ** (7 / 3), uniform(-10, 10)),
)
