"""The scalar problems are right: their values, their derivatives, their points."""

import math
from collections import Counter

import numpy as np
import pytest
from mpmath import mp, mpf

from tests.bank.differences import disagreeing
from tests.bank.named import named
from tests.bank.points import uniform
from tests.bank.problem import Problem, exact, roundoff
from tests.bank.rounding import EPS
from tests.bank.scalar import BY_NAME, GROUPS, PROBLEMS, sample

SEED = 1
SMALLEST = 5e-324


def relative(a, b):
    return abs(a - b) / abs(b) if b else abs(a)


# ----------------------------------------------------------------------------
# The collection
# ----------------------------------------------------------------------------


def test_groups():
    assert {p.group for p in PROBLEMS} == set(GROUPS)
    assert min(Counter(p.group for p in PROBLEMS).values()) >= 10


# Derivatives that the sources give, some of them to fewer digits.
PRINTED = [
    ("nag-d04aaf", 0.5, 1, 1),
    ("nag-d04aaf", 0.5, 3, 4),
    ("nag-d04aaf", 0.5, 5, 16),
    ("nag-d04aaf", 0.5, 7, 64),
    ("lyness-moler", 0.0, 5, -164),
    ("lyness-moler", math.pi / 4, 1, 3.101766393836051),
    ("complex-step", 1.5, 1, 4.053427893898621),
    ("squire-trapp-power", 1.5, 1, 18.60081273425976),
    ("burden-faires", 2.0, 1, 22.16716829679195),
    ("chapra-canale", 0.5, 1, -0.9125),
    ("ti-tangent", 1.0, 1, 3.425518820814759),
]


@pytest.mark.parametrize(("name", "x", "order", "printed"), PRINTED)
def test_printed_derivatives(name, x, order, printed):
    assert relative(exact(BY_NAME[name], x, order), printed) < 4 * EPS


def test_sample():
    first, again, other = sample(3, 4), sample(3, 4), sample(4, 4)
    assert first == again
    assert first != other
    assert len(first) == 4 * len(PROBLEMS)
    assert all(type(x) is float for _, x in first)
    assert sample(3, 4, ["pole", "edge"]) == [(p, x) for p, x in first if p.group in ("pole", "edge")]


def test_samplers_stay_in_bounds():
    for p in PROBLEMS:
        xs = p.points(np.random.default_rng(SEED), 1000)
        assert (xs.shape, xs.dtype) == ((1000,), np.float64), p
        assert np.all(np.isfinite(xs) & (p.bounds[0] <= xs) & (xs <= p.bounds[1])), p


def test_the_scales_covered():
    xs = np.abs([x for _, x in sample(SEED, 20)])
    assert 0 in xs
    assert 0 < min(xs[xs > 0]) < 2.3e-308
    assert max(xs) > 1.6e308
    fs = np.abs([p.f(x) for p, x in sample(SEED, 20)])
    assert min(fs[fs > 0]) < 1e-300
    assert max(fs) > 1e300


# ----------------------------------------------------------------------------
# Values
# ----------------------------------------------------------------------------


@named(PROBLEMS)
def test_value(case):
    xs = case.sample(SEED, 2)
    array = case.f(np.array(xs))
    assert array.shape == (2,)
    assert array.dtype == np.float64
    for x, in_array in zip(xs, array, strict=True):
        value = case.f(x)
        assert type(value) is float
        with mp.workdps(60):
            truth = case.mp(mpf(x))
            assert relative(exact(case, x, 0), truth) < 1e-50
            error = max(abs(value - truth), abs(mpf(float(in_array)) - truth)) - SMALLEST
            assert error <= roundoff(case, x)
            if case.group != "cancellation":
                assert error <= 64 * EPS * (abs(truth) + abs(x * exact(case, x, 1)))


def test_cancellation_loses_digits():
    lost = [roundoff(p, x) > 1e3 * EPS * abs(p.f(x)) for p, x in sample(SEED, 10, ["cancellation"])]
    assert sum(lost) > len(lost) / 4


# ----------------------------------------------------------------------------
# Derivatives
# ----------------------------------------------------------------------------


@named(PROBLEMS)
def test_derivatives(case):
    assert disagreeing(case, *case.sample(SEED, 1)) == set()


CLOSED_FORMS = [
    ("exp", 1.25, 4, lambda x: mp.exp(x)),
    ("log-any", 1e-90, 3, lambda x: 2 / x**3),
    ("sqrt-subnormal", 1e-310, 2, lambda x: -(x ** mpf(-1.5)) / 4),
    ("tanh-1e-300", 2e-300, 1, lambda x: mpf(1e300) * mp.sech(x * mpf(1e300)) ** 2),
    ("cos-at-tiny", 1e-200, 1, lambda x: -mp.sin(x)),
    ("gauss-1e10-deep-inside", 10.0, 1, lambda x: -2 * x / mpf(1e20) * mp.exp(-((x / mpf(1e10)) ** 2))),
    ("lorentz-1e-8-at-0", 3e-9, 1, lambda x: -2 * x / mpf(1e-8) ** 2 / (1 + (x / mpf(1e-8)) ** 2) ** 2),
    ("sin-1000", 0.3, 4, lambda x: mpf(10) ** 12 * mp.sin(1000 * x)),
    ("pole-2-below", 1.99, 4, lambda x: 24 / (x - 2) ** 5),
    ("hypot-1e-4", 1e-5, 1, lambda x: x / mp.sqrt(x * x + mpf(1e-8))),
    ("essential", 0.02, 1, lambda x: -mp.exp(1 / x) / x**2),
    ("power-20", 1e-9, 4, lambda x: 20 * 19 * 18 * 17 * x**16),
    ("gamma", 7.5, 1, lambda x: mp.gamma(x) * mp.psi(0, x)),
    ("digamma", 0.01, 3, lambda x: mp.psi(3, x)),
    ("bessel-j0", 12.0, 2, lambda x: (mp.besselj(2, x) - mp.besselj(0, x)) / 2),
    ("bessel-i3", 5.0, 1, lambda x: (mp.besseli(2, x) + mp.besseli(4, x)) / 2),
    ("airy-ai", -9.0, 3, lambda x: mp.airyai(x) + x * mp.airyai(x, derivative=1)),
    ("zeta", 2.0, 1, lambda x: mp.zeta(x) * (mp.euler + mp.log(2 * mp.pi) - 12 * mp.log(mp.glaisher))),
    ("elliptic-e", 0.4, 1, lambda x: (mp.ellipe(x) - mp.ellipk(x)) / (2 * x)),
    ("lambert-w", 3.0, 1, lambda x: mp.lambertw(x) / (x * (1 + mp.lambertw(x)))),
    ("probit", 0.1, 1, lambda x: mp.sqrt(2 * mp.pi) * mp.exp(BY_NAME["probit"].mp(x) ** 2 / 2)),
    ("eccentric-anomaly", 1.0, 1, lambda x: 1 / (1 - mpf(0.6) * mp.cos(BY_NAME["eccentric-anomaly"].mp(x)))),
    ("dilogarithm", 0.5, 1, lambda x: -mp.log(1 - x) / x),
    ("jacobi-sn", 2.0, 1, lambda x: mp.ellipfun("cn", x, m=mpf(0.7)) * mp.ellipfun("dn", x, m=mpf(0.7))),
    ("erfcx", 2.0, 1, lambda x: 2 * x * mp.exp(x * x) * mp.erfc(x) - 2 / mp.sqrt(mp.pi)),
    ("chebyshev-7-outside", 3.0, 1, lambda x: 7 * mp.chebyu(6, x)),
    ("legendre-15", 0.3, 1, lambda x: 15 * (x * mp.legendre(15, x) - mp.legendre(14, x)) / (x * x - 1)),
]


@pytest.mark.parametrize(("name", "x", "order", "derivative"), CLOSED_FORMS, ids=[c[0] for c in CLOSED_FORMS])
def test_closed_forms(name, x, order, derivative):
    with mp.workdps(60):
        assert relative(exact(BY_NAME[name], x, order), derivative(mpf(x))) < 1e-50


@pytest.mark.parametrize("name", ["runge-25", "bessel-j0", "gelu", "power-pi", "dawson", "network"])
def test_high_orders(name):
    """Orders beyond 4, by a contour integral around x."""
    problem, x, order = BY_NAME[name], 0.75, 9
    with mp.workdps(40):
        points, radius = 128, mpf(1) / 10
        unit = [mp.expjpi(mpf(2 * j) / points) for j in range(points)]
        mean = sum(problem.mp(x + radius * u) / u**order for u in unit) / points
        assert relative(mean * math.factorial(order) / radius**order, exact(problem, x, order)) < 1e-25


def test_derivatives_that_are_exactly_zero():
    for name, order in [("affine", 2), ("square", 3), ("cube-at-0", 4), ("sin-at-0", 2), ("cos-at-0", 3)]:
        (x,) = BY_NAME[name].sample(SEED, 1)
        assert exact(BY_NAME[name], x, order) == 0


def test_derivatives_that_do_not_settle():
    hidden = Problem("hidden", "composite", lambda m, x: m.sin(x) - 2 * m.sin(x / 2) * m.cos(x / 2), uniform(0, 1))
    with pytest.raises(ArithmeticError, match=r"hidden: derivatives at 0\.5 do not settle"):
        exact(hidden, 0.5, 1)
