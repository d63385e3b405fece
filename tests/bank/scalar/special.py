"""Special functions."""

import math
from math import inf

from tests.bank.points import above, below, loguniform, signed, uniform
from tests.bank.problem import Problem

SPECIAL = (
    Problem("erf", "special", lambda m, x: m.erf(x), uniform(-4, 4)),
    Problem("erfc-tail", "special", lambda m, x: m.erfc(x), uniform(0, 20)),
    Problem("erfcx", "special", lambda m, x: m.erfcx(x), uniform(-3, 20)),
    Problem("dawson", "special", lambda m, x: m.dawsn(x), uniform(-8, 8)),
    Problem("normal-cdf", "special", lambda m, x: m.ndtr(x), uniform(-10, 4)),
    Problem("probit", "special", lambda m, x: m.ndtri(x), uniform(0.01, 0.99), (0, 1)),
    Problem("voigt", "special", lambda m, x: m.voigt(0.7, 0.3, x), uniform(-5, 5)),
    Problem("fresnel-sine", "special", lambda m, x: m.fresnels(x), uniform(-5, 5)),
    Problem("bessel-j0", "special", lambda m, x: m.jv(0, x), loguniform(0.01, 1e3)),
    Problem("bessel-j7", "special", lambda m, x: m.jv(7, x), loguniform(0.3, 100)),
    Problem("bessel-j-five-halves", "special", lambda m, x: m.jv(2.5, x), loguniform(0.3, 50), (0, inf)),
    Problem("bessel-y-third", "special", lambda m, x: m.yv(1 / 3, x), loguniform(0.1, 30), (0, inf)),
    Problem("bessel-i3", "special", lambda m, x: m.iv(3, x), loguniform(0.05, 50)),
    Problem("bessel-k-third", "special", lambda m, x: m.kv(1 / 3, x), loguniform(2.1, 60), (0, inf)),
    Problem("airy-ai", "special", lambda m, x: m.airyai(x), uniform(-15, 1.5)),
    Problem("airy-bi", "special", lambda m, x: m.airybi(x), uniform(-15, 4)),
    Problem("gamma", "special", lambda m, x: m.gamma(x), loguniform(1e-4, 100)),
    Problem("gamma-negative", "special", lambda m, x: m.gamma(x), uniform(-3.9, -3.1)),
    Problem("log-gamma", "special", lambda m, x: m.gammaln(x), loguniform(1e-3, 1e8), (0, inf)),
    Problem("digamma", "special", lambda m, x: m.psi(x), loguniform(1e-3, 1e4)),
    Problem("digamma-between-poles", "special", lambda m, x: m.psi(x), uniform(-2.95, -2.05)),
    Problem("zeta", "special", lambda m, x: m.zeta(x), above(1, loguniform(1e-3, 15))),
    Problem("elliptic-k", "special", lambda m, x: m.ellipk(x), below(1, loguniform(1e-6, 4)), (-inf, 1)),
    Problem("elliptic-e", "special", lambda m, x: m.ellipe(x), below(1, loguniform(1e-4, 4)), (-inf, 1)),
    Problem("jacobi-sn", "special", lambda m, x: m.ellipsn(0.7, x), uniform(-8, 8)),
    Problem("lambert-w", "special", lambda m, x: m.lambertw(x), loguniform(1e-3, 1e6), (-math.exp(-1), inf)),
    Problem("dilogarithm", "special", lambda m, x: m.spence(1 - x), uniform(-4, 0.95), (-inf, 1)),
    Problem("exponential-integral", "special", lambda m, x: m.expi(x), signed(loguniform(0.02, 40))),
    Problem("e1", "special", lambda m, x: m.exp1(x), loguniform(1e-3, 40), (0, inf)),
    Problem("sine-integral", "special", lambda m, x: m.si(x), loguniform(0.01, 60)),
    Problem("incomplete-gamma", "special", lambda m, x: m.gammainc(2.5, x), loguniform(0.02, 15), (0, inf)),
    Problem("incomplete-beta", "special", lambda m, x: m.betainc(2.5, 1.5, x), uniform(0.02, 0.98), (0, 1)),
    Problem("kummer", "special", lambda m, x: m.hyp1f1(0.5, 1.5, x), uniform(-8, 8)),
    Problem(
        "gauss-hypergeometric",
        "special",
        lambda m, x: m.hyp2f1(0.5, 1.25, 2.0, x),
        uniform(-0.9, 0.9),
        (-inf, 1),
    ),
    Problem(
        "gamma-ratio",
        "special",
        lambda m, x: m.exp(m.gammaln(x + 0.5) - m.gammaln(x)),
        loguniform(0.05, 20),
        (0, inf),
    ),
    Problem("bessel-product", "special", lambda m, x: x * m.jv(0, x) * m.jv(1, x), loguniform(0.1, 40)),
)
