"""Formulas of physics, chemistry, biology, statistics and finance, in their own units."""

import math
from math import inf

from tests.bank.points import above, loguniform, normal, uniform
from tests.bank.problem import Problem


def _black_scholes(m, spot, strike, rate, volatility, years):
    spread = volatility * math.sqrt(years)
    d1 = (m.log(spot / strike) + (rate + volatility * volatility / 2) * years) / spread
    return spot * m.ndtr(d1) - strike * math.exp(-rate * years) * m.ndtr(d1 - spread)


def _vega_side(m, x):
    d1 = (math.log(100 / 110) + (0.03 + x * x / 2) * 0.5) / (x * math.sqrt(0.5))
    return 100 * m.ndtr(d1) - 110 * math.exp(-0.015) * m.ndtr(d1 - x * math.sqrt(0.5))


def _brillouin(m, x):
    j = 3.5
    a, b = (2 * j + 1) / (2 * j), 1 / (2 * j)
    return a / m.tanh(a * x) - b / m.tanh(b * x)


def _redlich_kwong(m, v):
    """Carbon dioxide at 350 K, litres and bar."""
    return 0.083145 * 350 / (v - 0.02968) - 64.6 / (math.sqrt(350) * v * (v + 0.02968))


def _goldman(m, x):
    """Membrane potential in volts against the outer potassium concentration in mmol/l."""
    return 0.0267 * m.log((x + 0.04 * 145 + 0.45 * 10) / (140 + 0.04 * 12 + 0.45 * 120))


def _blackbody(m, nu):
    """Spectral radiance at 5772 K, SI units."""
    return 1.4745e-50 * nu**3 / m.expm1(nu * (6.62607015e-34 / (1.380649e-23 * 5772)))


def _two_pulses(m, t):
    """Plasma level after two oral doses eight hours apart, mg/l against hours."""
    first, second = (m.exp(-0.15 * s) - m.exp(-1.2 * s) for s in (t + 8, t))
    return 12.5 * (first + second)


PHYSICS = (
    Problem("lennard-jones", "physics", lambda m, x: 4 * (x**-12 - x**-6), uniform(0.8, 4)),
    Problem("lennard-jones-at-minimum", "physics", lambda m, x: 4 * (x**-12 - x**-6), normal(2 ** (1 / 6), 1e-4)),
    Problem(
        "argon-si",
        "physics",
        lambda m, x: 6.6e-21 * ((3.4e-10 / x) ** 12 - (3.4e-10 / x) ** 6),
        uniform(3e-10, 9e-10),
        note="metres and joules",
    ),
    Problem("morse", "physics", lambda m, x: 4.7 * (1 - m.exp(-1.9 * (x - 0.74))) ** 2, uniform(0.3, 5)),
    Problem("buckingham", "physics", lambda m, x: 1e5 * m.exp(-3.6 * x) - 120 / x**6, uniform(1.5, 8)),
    Problem("yukawa", "physics", lambda m, x: -m.exp(-x / 1.4) / x, loguniform(0.01, 30)),
    Problem(
        "van-der-waals",
        "physics",
        lambda m, x: 8.8 / (3 * x - 1) - 3 / (x * x),
        uniform(0.4, 10),
        (1 / 3, inf),
    ),
    Problem("redlich-kwong", "physics", _redlich_kwong, loguniform(0.04, 20), (0.02968, inf)),
    Problem("planck-reduced", "physics", lambda m, x: x**3 / m.expm1(x), loguniform(1e-2, 50)),
    Problem(
        "blackbody-si",
        "physics",
        _blackbody,
        loguniform(1e12, 5e15),
        note="frequencies of 1e14, radiances of 1e-8",
    ),
    Problem("fermi-dirac", "physics", lambda m, x: 1 / (m.exp((x - 7) / 0.025) + 1), normal(7, 0.1)),
    Problem("bose-einstein", "physics", lambda m, x: 1 / m.expm1((x - 1) / 0.2), above(1, loguniform(1e-3, 3))),
    Problem("hill-4", "physics", lambda m, x: x**4 / (81 + x**4), loguniform(0.05, 100)),
    Problem("substrate-inhibition", "physics", lambda m, x: 5 * x / (0.2 + x + x * x / 30), loguniform(1e-3, 1e3)),
    Problem("arrhenius", "physics", lambda m, x: 1e13 * m.exp(-12000 / x), loguniform(200, 3000)),
    Problem("langevin", "physics", lambda m, x: 1 / m.tanh(x) - 1 / x, loguniform(1, 50)),
    Problem("brillouin-7-halves", "physics", _brillouin, loguniform(0.5, 20)),
    Problem("call-price", "physics", lambda m, x: _black_scholes(m, x, 100, 0.03, 0.2, 0.5), uniform(60, 160)),
    Problem(
        "call-price-short",
        "physics",
        lambda m, x: _black_scholes(m, x, 100, 0.0, 0.1, 1e-3),
        uniform(99, 101),
    ),
    Problem("call-price-volatility", "physics", _vega_side, uniform(0.1, 1.0)),
    Problem(
        "lognormal-density",
        "physics",
        lambda m, x: m.exp(-(m.log(x) ** 2) / 0.18) / x,
        loguniform(0.2, 5),
        (0, inf),
    ),
    Problem("weibull-density", "physics", lambda m, x: x**0.8 * m.exp(-(x**1.8)), loguniform(0.01, 4), (0, inf)),
    Problem(
        "student-log-density",
        "physics",
        lambda m, x: m.gammaln((x + 1) / 2) - m.gammaln(x / 2) - m.log(x) / 2 - (x + 1) / 2 * m.log1p(4 / x),
        loguniform(0.3, 100),
        (0, inf),
        note="log-likelihood of one observation against the degrees of freedom",
    ),
    Problem(
        "beta-log-density",
        "physics",
        lambda m, x: 1.5 * m.log(x) + 3.2 * m.log1p(-x),
        uniform(0.02, 0.98),
        (0, 1),
    ),
    Problem("goldman", "physics", _goldman, loguniform(0.5, 150)),
    Problem("antoine", "physics", lambda m, x: m.exp(18.3036 - 3816.44 / (x - 46.13)), uniform(284, 441)),
    Problem(
        "lorentz-factor",
        "physics",
        lambda m, x: 1 / m.sqrt(1 - (x / 299792458) ** 2),
        uniform(1e7, 2.99e8),
        (-299792458, 299792458),
    ),
    Problem("kepler-equation", "physics", lambda m, x: x - 0.9 * m.sin(x), uniform(-10, 10)),
    Problem("eccentric-anomaly", "physics", lambda m, x: m.kepler(0.6, x), uniform(0.01, 6)),
    Problem("coulomb-si", "physics", lambda m, x: -2.307e-28 / x, loguniform(1e-15, 1e-9)),
    Problem("diode", "physics", lambda m, x: 1e-12 * m.expm1(x / 0.02585), uniform(-0.2, 0.75)),
    Problem(
        "rat43",
        "physics",
        lambda m, x: 699.64 / (1 + m.exp(5.2771 - 0.75962 * x)) ** (1 / 1.2792),
        uniform(1, 15),
    ),
    Problem("logistic-growth", "physics", lambda m, x: 250 / (1 + 24 * m.exp(-0.8 * x)), uniform(-2, 15)),
    Problem("breit-wigner", "physics", lambda m, x: 1 / ((x * x - 8315.2) ** 2 + 51800), normal(91.19, 2.5)),
    Problem("halo-profile", "physics", lambda m, x: (m.log1p(x) - x / (1 + x)) / x, loguniform(0.3, 100)),
    Problem("plasma-level", "physics", _two_pulses, uniform(0.1, 30)),
    Problem(
        "steinhart-hart",
        "physics",
        lambda m, x: 1 / (1.129e-3 + 2.341e-4 * m.log(x) + 8.775e-8 * m.log(x) ** 3),
        loguniform(100, 1e6),
        (0, inf),
        note="kelvin against ohm",
    ),
    Problem(
        "tunnelling",
        "physics",
        lambda m, x: 1 / (1 + m.sinh(8 * x) ** 2 / (4 * 0.3 * 0.7)),
        loguniform(0.02, 3),
    ),
    Problem("debye-waller", "physics", lambda m, x: m.exp(-0.3 * x * x) * m.sin(9 * x) / (9 * x), uniform(0.1, 4)),
    Problem("cir-loading", "physics", lambda m, x: -m.expm1(-0.35 * x) / (0.35 * x), loguniform(0.05, 50)),
)
