"""The bank is right: its derivatives, its claims about hard points, its noise and its Jacobians."""

import math
import re
from collections import Counter

import numpy as np
import pytest
from mpmath import mp, mpf

from tests.bank.problems import (
    BY_NAME,
    EPS,
    GROUPS,
    HARD,
    NOISY,
    PROBLEMS,
    UNEVEN,
    VECTOR,
    Problem,
    exact,
    inf,
    noise,
    roundoff,
    sample,
    uniform,
)

SEED = 1
SMALLEST = 5e-324


def named(things):
    return pytest.mark.parametrize("case", things, ids=lambda thing: thing.name)


def relative(a, b):
    return abs(a - b) / abs(b) if b else abs(a)


# ----------------------------------------------------------------------------
# The collection
# ----------------------------------------------------------------------------


@pytest.mark.parametrize(("bank", "least"), [(PROBLEMS, 390), (HARD, 75), (NOISY, 40), (VECTOR, 70), (UNEVEN, 40)])
def test_size_and_names(bank, least):
    names = [case.name for case in bank]
    assert len(names) >= least
    assert [name for name, count in Counter(names).items() if count > 1] == []
    assert [name for name in names if not re.fullmatch(r"[A-Za-z0-9.-]+", name)] == []


def test_groups():
    assert {p.group for p in PROBLEMS} == set(GROUPS)
    assert min(Counter(p.group for p in PROBLEMS).values()) >= 10


def test_published_functions_name_their_source():
    assert {p.name for p in PROBLEMS if p.source} == {p.name for p in PROBLEMS if p.group == "published"}
    assert all(re.search(r"[A-Z][a-z]+|NAG|GNU|mir", p.source) for p in PROBLEMS if p.source)
    assert all(case.source for case in UNEVEN)


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

CENTRAL = {
    1: {-1: -0.5, 1: 0.5},
    2: {-1: 1, 0: -2, 1: 1},
    3: {-2: -0.5, -1: 1, 1: -1, 2: 0.5},
    4: {-2: 1, -1: -4, 0: 6, 1: -4, 2: 1},
}


def differences(problem, x, bits):
    """Derivatives of order 1..4 by central differences, h = 2^-bits |x|, at the precision that these need.

    Independent of the Taylor arithmetic: ``problem.mp`` is only evaluated. h is so small that truncation
    leaves more than 30 digits even where f varies on a scale of 1e-16 |x|.
    """
    h = mp.ldexp(abs(mpf(x)) or mpf(1), -bits)
    size = abs(exact(problem, x, 0)) or mpf(1)
    lost = [size / (h**k * abs(d)) if (d := exact(problem, x, k)) else h**-k for k in CENTRAL]
    inside = max(roundoff(problem, x) / (EPS * size), mpf(1))
    with mp.workdps(int(mp.log10(max(lost)) + 2 * mp.log10(inside)) + 60):
        values = {j: problem.mp(x + j * h) for j in range(-2, 3)}
        return [sum(w * values[j] for j, w in weights.items()) / h**k for k, weights in CENTRAL.items()]


def assert_derivatives(problem, x):
    for bits in (120, 150):
        for k, d in enumerate(differences(problem, x, bits), start=1):
            truth = exact(problem, x, k)
            assert abs(d - truth) <= 1e-30 * (abs(truth) or abs(exact(problem, x, 0)) or 1)


@named(PROBLEMS)
def test_derivatives(case):
    assert_derivatives(case, *case.sample(SEED, 1))


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


# ----------------------------------------------------------------------------
# Hard points
# ----------------------------------------------------------------------------


def evaluated(f, x, bounds):
    """f at x, NaN off its domain."""
    if not bounds[0] <= x <= bounds[1]:
        return math.nan
    try:
        value = f(x)
    except (ArithmeticError, ValueError):
        return math.nan
    return math.nan if isinstance(value, complex) else value


def one_sided_quotients(case, sign):
    """Difference quotients of the case's order to one side, finest step last; NaN where f is not defined."""
    f0, k, quotients = evaluated(case.f, case.x, case.bounds), case.order, []
    for level in range(52):
        h = sign * (abs(case.x) or 1.0) * 2.0**-level
        if case.x + h != case.x and math.isfinite(case.x + k * h):
            nodes = [f0] + [evaluated(case.f, case.x + j * h, (-inf, inf)) for j in range(1, k + 1)]
            total = sum((-1) ** (k - j) * math.comb(k, j) * v for j, v in enumerate(nodes))
            # steps come as they are rounded
            quotients.append(total / ((case.x + h) - case.x) ** k if math.isfinite(total) else math.nan)
    return np.array(quotients)


@named([case for case in HARD if case.problem is None])
def test_hard_slopes(case):
    for sign, claimed in ((-1, case.left), (1, case.right)):
        quotients = one_sided_quotients(case, sign)
        if claimed is None:
            fine = quotients[len(quotients) // 2 :]
            assert np.all(np.isnan(fine)) or np.ptp(fine) > 0.1 * np.max(np.abs(fine))
        elif math.isinf(claimed):
            # still growing, with the claimed sign, over ten octaves where rounding does not matter yet
            assert np.sign(quotients[30]) == np.sign(claimed)
            assert abs(quotients[30]) > 8 * abs(quotients[20]) > 64 * abs(quotients[10])
        else:
            assert np.nanmin(np.abs(quotients - claimed)) <= 2e-4 * (abs(claimed) or 1)


@named([case for case in HARD if case.problem is not None])
def test_hard_smooth_points(case):
    assert_derivatives(case.problem, case.x)
    for claimed, order in ((case.f(case.x), 0), (case.exact, case.order), (case.left, case.order)):
        truth = exact(case.problem, case.x, order)
        rounding = roundoff(case.problem, case.x) if order == 0 else EPS * abs(truth)
        assert abs(claimed - truth) <= rounding + SMALLEST


@named(HARD)
def test_hard_claims_are_consistent(case):
    lower, upper = case.bounds
    if case.exact is not None:
        assert math.isfinite(case.exact)
        assert case.exact in (case.left, case.right)
        assert case.left in (case.exact, None)
        assert case.right in (case.exact, None)
    assert lower <= case.x <= upper


@named([case for case in HARD if case.trend is not None])
def test_hard_trend(case):
    h = 0.1 * abs(case.x) if case.name != "integer-part" else 2.0
    assert relative((case.f(case.x + h) - case.f(case.x - h)) / (2 * h), case.trend) < 1e-3


# ----------------------------------------------------------------------------
# Noise
# ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["uniform", "gaussian"])
def test_noise_statistics(kind):
    xs = 1 + np.arange(40_000) * EPS
    values = noise(xs, kind, 7)
    deviation = 1.0 if kind == "gaussian" else 1 / math.sqrt(3)
    assert abs(values.mean()) < 5 * deviation / 200
    assert abs(values.std() - deviation) < 0.02 * deviation
    assert abs(np.corrcoef(values[:-1], values[1:])[0, 1]) < 0.03
    assert abs(np.corrcoef(values, noise(xs, kind, 8))[0, 1]) < 0.03
    assert abs(np.corrcoef(values, noise(-xs, kind, 7))[0, 1]) < 0.03
    if kind == "uniform":
        assert np.all(np.abs(values) < 1)
        assert np.max(np.abs(values)) > 0.999


def test_noise_is_a_function_of_x():
    xs = np.random.default_rng(SEED).standard_normal((5, 7))
    for kind in ("uniform", "gaussian"):
        whole = noise(xs, kind, 3)
        assert whole.shape == xs.shape
        assert np.array_equal(whole.ravel()[::-1], noise(xs.ravel()[::-1], kind, 3))
        assert noise(-0.0, kind, 3) == noise(0.0, kind, 3)


@named(NOISY)
def test_noisy(case):
    xs = case.problem.points(np.random.default_rng(SEED), 400)
    values, smooth = case.f(xs), case.problem.f(xs)
    assert values.dtype == np.float64
    assert type(case.f(case.x)) is float
    one_by_one = np.array([case.f(float(x)) for x in xs])
    # numpy's loops and scalars may differ in the last bit
    ulps = 4 * (2.0**-23 if case.kind == "float32" else EPS)
    np.testing.assert_allclose(values, one_by_one, rtol=ulps * 10, atol=0)
    error = np.abs(values - smooth)
    if case.kind == "gaussian":
        error, level = error / np.abs(smooth), case.level
        assert 0.85 * level < math.sqrt(np.mean(error**2)) < 1.15 * level
    elif case.kind == "float32":
        assert np.array_equal(values, values.astype(np.float32))
        slopes = np.array([float(exact(case.problem, x, 1)) for x in xs[:50]])
        assert np.all(error[:50] <= 8 * case.level * (np.abs(smooth[:50]) + np.abs(xs[:50] * slopes)))
        assert np.max(error / np.abs(smooth)) > case.level / 2
    else:
        error = error / (1 if case.kind == "decimals" else np.abs(smooth))
        assert 0.2 * case.level < np.max(error) <= case.level * (1 + 1e-6) + 4 * EPS * np.max(np.abs(smooth))


def test_reseeded():
    case = next(c for c in NOISY if c.kind == "gaussian")
    assert case.reseeded(1).f(case.x) != case.f(case.x) == case.reseeded(0).f(case.x)


# ----------------------------------------------------------------------------
# Functions of arrays
# ----------------------------------------------------------------------------


@named((*VECTOR, *UNEVEN))
def test_vector_shapes(case):
    rng = np.random.default_rng(SEED)
    xs = [case.points(rng) for _ in range(3)]
    block = case.f(np.stack(xs, axis=-1))
    assert block.shape == (*case.out_shape, 3)
    for k, x in enumerate(xs):
        before = x.copy()
        assert x.shape == case.shape
        assert x.dtype == np.float64
        assert np.shape(case.f(x)) == case.out_shape
        assert case.jac(x).shape == (case.out_shape or (1,)) + case.shape
        np.testing.assert_allclose(block[..., k], case.f(x), rtol=1e-13, atol=1e-13 * np.max(np.abs(block)))
        assert np.array_equal(x, before)


@named([case for case in VECTOR if not case.source])
def test_vector_jacobian(case):
    """Complex step, Im f(x + ih)/h, for real f; a contour integral for complex f. Published ones: test_published.py."""
    rng = np.random.default_rng(SEED)
    for _ in range(3):
        x = case.points(rng)
        claimed = case.jac(x)
        real = np.isrealobj(case.f(x))
        assert np.isrealobj(claimed) == real
        for index in np.ndindex(case.shape):
            direction = np.zeros(case.shape)
            direction[index] = 1.0
            if real:
                h = 1e-30 * abs(x[index])
                column = np.imag(case.f(x + 1j * h * direction)) / h
            else:
                unit = np.exp(2j * math.pi * np.arange(32) / 32)
                column = np.mean([case.f(x + u * direction) / u for u in unit], axis=0)
            scale = np.max(np.abs(claimed), axis=tuple(range(-len(case.shape), 0)))
            wrong = np.abs(claimed[(..., *index)] - column) / (np.abs(column) + 0.01 * scale)
            assert np.max(wrong) < (2e-14 if real else 1e-12)
