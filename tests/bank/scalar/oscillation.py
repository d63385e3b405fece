"""Many periods, within |x| or towards a point."""

from math import inf

from tests.bank.bodies import partial_sum
from tests.bank.points import loguniform, uniform
from tests.bank.problem import Problem

OSCILLATION = (
    Problem("sin-1000", "oscillation", lambda m, x: m.sin(1000 * x), uniform(-3, 3)),
    Problem("cos-1e4", "oscillation", lambda m, x: m.cos(1e4 * x + 0.3), uniform(0.5, 2)),
    Problem("sin-large-argument", "oscillation", lambda m, x: m.sin(x), loguniform(1e2, 1e7)),
    Problem("chirp-square", "oscillation", lambda m, x: m.sin(x * x), uniform(0.1, 60)),
    Problem("chirp-cube", "oscillation", lambda m, x: m.cos(x**3), uniform(0.1, 15)),
    Problem("chirp-exponential", "oscillation", lambda m, x: m.sin(m.exp(x)), uniform(-3, 7)),
    Problem("sin-of-reciprocal", "oscillation", lambda m, x: m.sin(1 / x), loguniform(3e-3, 10)),
    Problem("x-sin-50-over-x", "oscillation", lambda m, x: x * m.sin(50 / x), loguniform(0.1, 100)),
    Problem("log-periodic", "oscillation", lambda m, x: m.cos(20 * m.log(x)), loguniform(1e-6, 1e6), (0, inf)),
    Problem("beat", "oscillation", lambda m, x: m.sin(40 * x) * m.cos(41.5 * x), uniform(0, 10)),
    Problem(
        "amplitude-modulated",
        "oscillation",
        lambda m, x: (1 + m.cos(3 * x) / 2) * m.sin(80 * x),
        uniform(0, 6),
    ),
    Problem("frequency-modulated", "oscillation", lambda m, x: m.sin(20 * x + 5 * m.sin(3 * x)), uniform(0, 6)),
    Problem("cos-of-cos", "oscillation", lambda m, x: m.cos(20 * m.cos(x)), uniform(-3, 3)),
    Problem("sawtooth-12-terms", "oscillation", partial_sum(lambda m, x, k: m.sin(k * x) / k, 1, 12), uniform(0.1, 6)),
    Problem("exp-sin-200", "oscillation", lambda m, x: m.exp(m.sin(200 * x)), uniform(0.1, 3)),
    Problem("dirichlet-kernel", "oscillation", lambda m, x: m.sin(20.5 * x) / m.sin(x / 2), uniform(0.1, 6)),
    Problem(
        "weierstrass-4-terms",
        "oscillation",
        partial_sum(lambda m, x, k: 0.5**k * m.cos(5**k * x), 0, 3),
        uniform(-3, 3),
    ),
    Problem("airy-like", "oscillation", lambda m, x: m.cos(x * m.sqrt(x)), loguniform(0.1, 60), (0, inf)),
    Problem("cos-wide-1e9", "oscillation", lambda m, x: m.cos(x / 1e9), loguniform(1e7, 1e11)),
    Problem("wave-packet", "oscillation", lambda m, x: m.exp(-x * x / 8) * m.cos(30 * x), uniform(-5, 5)),
    Problem("ripple-on-parabola", "oscillation", lambda m, x: x * x + 1e-3 * m.sin(300 * x), uniform(1, 20)),
    Problem("spiral", "oscillation", lambda m, x: x * m.cos(12 * x), uniform(-20, 20)),
    Problem("sinc", "oscillation", lambda m, x: m.sin(x) / x, loguniform(0.3, 100)),
    Problem("damped-ringing", "oscillation", lambda m, x: m.exp(-2 * x) * m.sin(50 * x), uniform(0, 3)),
    Problem("chirp-linear-term", "oscillation", lambda m, x: m.sin(x * x + 1e4 * x), uniform(0.1, 3)),
)
