"""taylor_test: right and wrong derivatives, whatever the scale; noise, kinks and edges; what it refuses; its text."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import Bounds, rosen, rosen_der, rosen_hess

from numdiff import Function, TaylorTestReport, taylor_test

X = np.array([-1.2, 1.0, 0.7])
A = np.array([1.0, 2.0, 3.0])


def log_sum_exp(x):
    return np.log(np.sum(np.exp(x)))


def softmax(x):
    return np.exp(x) / np.sum(np.exp(x))


def softmax_slope(x):
    return np.diag(softmax(x)) - np.outer(softmax(x), softmax(x))


def waves(x):
    return np.sum(np.sin(3 * x)) + x[0] * x[1] * x[2]


def waves_slope(x):
    return 3 * np.cos(3 * x) + np.array([x[1] * x[2], x[0] * x[2], x[0] * x[1]])


def waves_hess(x):
    return np.diag(-9 * np.sin(3 * x)) + np.array([[0, x[2], x[1]], [x[2], 0, x[0]], [x[1], x[0], 0]])


def rational(x):
    return np.sum((1 + x) / (1 + x * x))


def rational_slope(x):
    return (1 - 2 * x - x * x) / (1 + x * x) ** 2


def rational_hess(x):
    return np.diag((2 * x**3 + 6 * x**2 - 6 * x - 2) / (1 + x * x) ** 3)


PROBLEMS = {
    "rosenbrock": (rosen, rosen_der, rosen_hess),
    "log-sum-exp": (log_sum_exp, softmax, softmax_slope),
    "waves": (waves, waves_slope, waves_hess),
    "rational": (rational, rational_slope, rational_hess),
}


def broken(slope):
    def one(factor):
        return lambda x: slope(x) * [1, factor, 1]

    return {
        "sign": lambda x: -slope(x),
        "half": lambda x: slope(x) / 2,
        "1%": lambda x: 1.01 * slope(x),
        "1e-4": lambda x: 1.0001 * slope(x),
        "one sign": one(-1),
        "one zeroed": one(0),
        "one by 1%": one(1.01),
        "one by 1e-4": one(1.0001),
        "permuted": lambda x: slope(x)[[1, 0, 2]],
        "all zero": lambda x: 0 * slope(x),
        "huge": lambda x: 1e9 * slope(x),
    }


def scaled(problem, scale, units):
    """The problem in other units."""
    f, slope, hess = problem
    return (
        lambda x: scale * f(x / units),
        lambda x: scale * slope(x / units) / units,
        lambda x: scale * hess(x / units) / np.outer(units, units),
    )


# ---------------------------------------------------------------------------- right and wrong ones


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", PROBLEMS)
def test_right_ones_pass(name, seed):
    f, slope, hess = PROBLEMS[name]
    report = taylor_test(f, slope, X, hess=hess, seed=seed)
    assert report, str(report)
    assert np.abs(report.rates - report.expected).max() < 0.15


@pytest.mark.parametrize("wrong", broken(rosen_der))
@pytest.mark.parametrize("name", PROBLEMS)
def test_wrong_ones_fail(name, wrong):
    f, slope, _ = PROBLEMS[name]
    report = taylor_test(f, broken(slope)[wrong], X, seed=3)
    assert report.verdict == "fail", str(report)
    assert not report
    assert abs(report.rates[1] - 1) < 0.1


@pytest.mark.parametrize("factor", [0.0, -1.0, 0.5, 2.0, 1.01])
@pytest.mark.parametrize("name", PROBLEMS)
def test_wrong_hessians_fail(name, factor):
    f, slope, hess = PROBLEMS[name]
    report = taylor_test(f, slope, X, hess=lambda x: factor * hess(x))
    assert report.verdict == "fail", str(report)
    assert "R2" in report.reason
    assert "hess is wrong" in report.reason
    assert abs(report.rates[1] - 2) < 0.1
    assert abs(report.rates[2] - 2) < 0.1


def test_the_error_is_told():
    report = taylor_test(lambda x: x @ x, lambda x: [2.5, 4.0, 6.0], A, direction=[1.0, 0.0, 0.0])
    assert "g.d should be larger by -0.5" in report.reason
    report = taylor_test(lambda x: x @ x, lambda x: 2 * x, A, [1.0, 0.0, 0.0], 3 * np.eye(3))
    assert "d.Hd should be larger by -1" in report.reason


@pytest.mark.parametrize("scale", [1e-12, 1e-6, 1e6, 1e12])
@pytest.mark.parametrize("units", [[1e-6] * 3, [1e6] * 3, [1e-1, 1.0, 1e1]])
@pytest.mark.parametrize("name", PROBLEMS)
def test_whatever_the_units(name, units, scale):
    f, slope, hess = scaled(PROBLEMS[name], scale, np.array(units))
    x = X * units
    assert taylor_test(f, slope, x, hess=hess)
    for wrong in ("sign", "1%", "1e-4"):
        assert taylor_test(f, broken(slope)[wrong], x).verdict == "fail"


@pytest.mark.parametrize("k", [-40, 40])
@pytest.mark.parametrize("wrong", [1.0, 1.01])
@pytest.mark.parametrize("name", PROBLEMS)
def test_powers_of_two_change_nothing(name, wrong, k):
    f, slope, hess = PROBLEMS[name]
    one = taylor_test(f, lambda x: wrong * slope(x), X, hess=hess)
    f, slope, hess = scaled(PROBLEMS[name], 2.0**k, np.full(3, 2.0 ** (k // 2)))
    other = taylor_test(f, lambda x: wrong * slope(x), X * 2.0 ** (k // 2), hess=hess)
    assert other.verdict == one.verdict
    np.testing.assert_array_equal(other.h, one.h)
    np.testing.assert_array_equal(other.remainders, one.remainders * 2.0**k)
    np.testing.assert_array_equal(other.floor, one.floor * 2.0**k)
    np.testing.assert_array_equal(other.rates, one.rates)


polynomials = st.integers(1, 4).flatmap(
    lambda n: st.tuples(
        st.lists(st.lists(st.floats(-3, 3), min_size=n, max_size=n), min_size=4, max_size=4),
        st.lists(st.floats(0.1, 3).map(lambda v: round(v, 3)), min_size=n, max_size=n),
        st.integers(-12, 12),
    )
)


@given(polynomials)
def test_polynomials(drawn):
    """Cubic in sums of the variables: never refused; and refused when wrong by what matters."""
    coefficients, x, exponent = drawn
    c, x = np.round(coefficients, 3) * 10.0**exponent, np.array(x)
    unit = c[3] / 10.0**exponent

    def f(x):
        return c[0] @ x + c[1] @ x**2 + c[2] @ x**3 + np.sum(c[3]) * (unit @ x) ** 2

    def slope(x):
        return c[0] + 2 * c[1] * x + 3 * c[2] * x**2 + 2 * np.sum(c[3]) * (unit @ x) * unit

    assert taylor_test(f, slope, x).verdict != "fail"
    size = np.abs(c[0]) + np.abs(c[1] * x) + np.abs(c[2] * x**2) + np.abs(np.sum(c[3]) * unit * (np.abs(unit) @ x))
    report = taylor_test(f, lambda x: slope(x) + 0.1 * size, x)
    if (np.sum(0.1 * size * report.direction)) ** 2 > 1e-4 * np.sum((size * report.direction) ** 2):
        assert report.verdict != "pass"


# ---------------------------------------------------------------------------- remainders that vanish altogether


def test_linear_f_is_at_the_noise_level():
    report = taylor_test(lambda x: A @ x + 5, lambda x: A, X, hess=np.zeros((3, 3)))
    assert report, str(report)
    assert np.isnan(report.rates[1:]).all()
    assert "R1 is at the noise level" in report.reason
    assert "R2 is at the noise level" in report.reason


@pytest.mark.parametrize("error", [1e-2, 1e-4, 1e-8])
def test_linear_f_with_a_wrong_gradient(error):
    report = taylor_test(lambda x: A @ x + 5, lambda x: A * (1 + error), X)
    assert report.verdict == "fail"


@pytest.mark.parametrize("x", [X, np.zeros(3)])
def test_quadratic_f(x):
    report = taylor_test(lambda x: x @ x, lambda x: 2 * x, x, hess=2 * np.eye(3))
    assert report, str(report)
    assert np.isnan(report.rates[2])
    assert "R2 is at the noise level" in report.reason
    assert taylor_test(lambda x: x @ x, lambda x: 2 * x, x, hess=2.002 * np.eye(3)).verdict == "fail"
    assert taylor_test(lambda x: x @ x, lambda x: 2 * x + 1e-4, x).verdict == "fail"


def test_constant_f():
    report = taylor_test(lambda x: 4.0, np.zeros_like, X)
    assert report
    assert "f does not change along d" in report.reason
    assert taylor_test(lambda x: 4.0, np.ones_like, X).verdict == "fail"


def test_flat_piece():
    """f changes far away only, and smoothly."""
    report = taylor_test(lambda x: float(np.maximum(x - 2, 0).sum() ** 2), np.zeros_like, [1.8, 1.9])
    assert report, str(report)


@pytest.mark.parametrize(("power", "rate"), [(2, 2), (3, 3), (4, 4)])
def test_powers_at_rest(power, rate):
    report = taylor_test(lambda t: t**power, lambda t: 0.0, 0.0)
    assert report, str(report)
    assert report.rates.tolist() == pytest.approx([rate, rate])
    assert taylor_test(lambda t: t**power, lambda t: 1e-3, 0.0).verdict == "fail"


@pytest.mark.parametrize("frequency", [1e2, 1e4, 1e6])
def test_ripple_much_shorter_than_x(frequency):
    def slope(t):
        return frequency * math.cos(frequency * t)

    assert taylor_test(lambda t: math.sin(frequency * t), slope, 1.0)
    assert taylor_test(lambda t: math.sin(frequency * t), lambda t: 1.01 * slope(t), 1.0).verdict == "fail"


def test_many_variables():
    x = np.random.default_rng(0).normal(size=10_000)
    report = taylor_test(lambda x: np.sum(np.cos(x)), lambda x: -np.sin(x), x)
    assert report
    assert report.nfev < 50
    assert taylor_test(lambda x: np.sum(np.cos(x)), lambda x: -1.001 * np.sin(x), x).verdict == "fail"


def test_given_direction_that_hardly_moves_one_variable():
    def f(x):
        return math.sin(x[0] * 1e-8) + math.exp(x[1] * 1e3)

    def slope(x):
        return np.array([1e-8 * math.cos(x[0] * 1e-8), 1e3 * math.exp(x[1] * 1e3)])

    assert taylor_test(f, slope, [1e8, 1e-3], [1.0, 1.0])
    assert taylor_test(f, lambda x: slope(x) * [1, 1.0001], [1e8, 1e-3], [1.0, 1.0]).verdict == "fail"


def test_least_squares_at_the_minimum():
    a = np.random.default_rng(1).normal(size=(7, 3))
    x = np.array([0.3, -2.0, 1.0])
    b = a @ x

    def f(x):
        return np.sum((a @ x - b) ** 2)

    def slope(x):
        return 2 * (a @ x - b) @ a

    assert taylor_test(f, slope, x)
    assert taylor_test(f, lambda x: slope(x) + np.array([0, 0.1, 0]), x).verdict == "fail"


# ---------------------------------------------------------------------------- noise


def single(f):
    return lambda x: float(f(x.astype(np.float32)))


def random_noise(f, size, seed=0):
    rng = np.random.default_rng(seed)
    return lambda x: f(x) * (1 + size * rng.standard_normal())


def repeatable_noise(f, size):
    def noisy(x):
        return f(x) * (1 + size * np.random.default_rng(np.frombuffer(x.tobytes(), np.uint32)).standard_normal())

    return noisy


NOISY = {
    "random": lambda f: random_noise(f, 1e-9),
    "repeatable": lambda f: repeatable_noise(f, 1e-9),
    "rounded": lambda f: lambda x: round(float(f(x)), 8),
    "float32 inside": single,
}


@pytest.mark.parametrize("noise", NOISY)
@pytest.mark.parametrize("name", PROBLEMS)
def test_noise(name, noise):
    f, slope, _ = PROBLEMS[name]
    for seed in range(5):
        x = X.astype(np.float32).astype(np.float64)
        report = taylor_test(NOISY[noise](f), slope, x, seed=seed)
        assert report.verdict != "fail", str(report)
        if noise != "float32 inside":
            assert report, str(report)
        for factor in (-1.0, 0.5, 1.1):
            report = taylor_test(NOISY[noise](f), lambda x, factor=factor: factor * slope(x), x, seed=seed)
            assert report.verdict == "fail" or noise == "float32 inside", str(report)
            assert not report, str(report)


@pytest.mark.parametrize("digits", range(12))
@pytest.mark.parametrize("t", [0.3, 1.0, 2.2])
def test_rounded_values_are_not_the_fault_of_the_gradient(t, digits):
    """At small steps f does not change at all, and R1 falls with rate 1."""
    assert taylor_test(lambda t: round(math.exp(t), digits), math.exp, t).verdict != "fail"


@pytest.mark.parametrize("digits", [4, 6, 8])
def test_rounded_part(digits):
    report = taylor_test(lambda t: math.sin(t) + round(math.exp(t), digits), lambda t: math.cos(t) + math.exp(t), 1.0)
    assert report.verdict != "fail", str(report)


def test_barrier_of_a_variable_that_is_small_beside_the_others():
    """At all but the finest steps f is a logarithm of h, and R1 is h g.d."""
    sizes = np.array([1e4, 1e-4, 5e5, 1e-5])

    def f(x):
        return np.sum(x / sizes) - math.log(x[3] - (1 - 1e-6) * sizes[3])

    def slope(x):
        return 1 / sizes - np.array([0, 0, 0, 1 / (x[3] - (1 - 1e-6) * sizes[3])])

    for seed in range(10):
        report = taylor_test(f, slope, sizes, seed=seed)
        assert report.verdict != "fail", str(report)


def test_nothing_but_noise():
    rng = np.random.default_rng(0)
    report = taylor_test(lambda x: rng.normal(), lambda x: A, X)
    assert report.verdict == "inconclusive"
    assert "points above the noise" in report.reason


def test_gradient_in_single_precision():
    assert taylor_test(waves, lambda x: waves_slope(x).astype(np.float32), X)
    assert taylor_test(waves, lambda x: 1.001 * waves_slope(x).astype(np.float32), X).verdict == "fail"


def test_x_in_single_precision():
    seen = set()

    def f(x):
        seen.add(x.dtype)
        return log_sum_exp(x)

    x = X.astype(np.float32)
    assert taylor_test(f, softmax, x)
    assert seen == {np.dtype(np.float32)}
    assert taylor_test(f, lambda x: 1.5 * softmax(x), x).verdict == "fail"


# ---------------------------------------------------------------------------- kinks and other rates


@pytest.mark.parametrize("subgradient", [-1.0, -0.3, 0.0, 0.5, 1.0])
@pytest.mark.parametrize("d", [1.0, -1.0])
def test_subgradients_are_inconclusive(subgradient, d):
    report = taylor_test(abs, lambda t: subgradient, 0.0, d)
    assert report.verdict == "inconclusive", str(report)
    assert "kink" in report.reason


@pytest.mark.parametrize("wrong", [-3.0, 1.5, 2.0])
def test_what_is_no_subgradient_fails(wrong):
    assert taylor_test(abs, lambda t: wrong, 0.0, 1.0).verdict == "fail"


def test_kink_nearby():
    assert taylor_test(lambda x: np.abs(x).sum(), np.sign, [1e-7, 1.0, 2.0]).verdict != "fail"


def test_no_second_derivative():
    report = taylor_test(lambda t: abs(t) ** 1.5, lambda t: 0.0, 0.0, 1.0)
    assert report.verdict == "inconclusive"
    assert report.rates[1] == pytest.approx(1.5, abs=0.01)
    assert "rate 1.50" in report.reason


@pytest.mark.parametrize("second", [2.0, 0.0, -2.0])
def test_second_derivative_jumps(second):
    report = taylor_test(lambda t: t * abs(t), lambda t: 0.0, 0.0, 1.0, second)
    assert report.verdict == "inconclusive", str(report)
    assert "second derivatives that differ" in report.reason


@pytest.mark.parametrize("second", [5.0, -5.0])
def test_second_derivative_is_none_of_both(second):
    assert taylor_test(lambda t: t * abs(t), lambda t: 0.0, 0.0, 1.0, second).verdict == "fail"


def test_jump():
    assert taylor_test(lambda t: math.sin(t) + (t > 1), math.cos, 1.0, 1.0).verdict == "inconclusive"


# ---------------------------------------------------------------------------- domain and bounds


@pytest.mark.parametrize("x", [1e-12, 1e-3, 1.0, 1e9])
def test_logarithm(x):
    """f raises outside of its domain."""
    assert taylor_test(math.log, lambda t: 1 / t, x)
    assert taylor_test(math.log, lambda t: 1.01 / t, x).verdict == "fail"


def test_where_f_is_not_available_is_told():
    def f(t):
        return math.sqrt(1 - t)

    report = taylor_test(f, lambda t: -0.5 / math.sqrt(1 - t), 0.9, 1.0)
    assert report
    assert np.isnan(report.remainders[:, 0]).all()
    assert not np.isnan(report.remainders[:, -1]).any()


@pytest.mark.parametrize("outside", [math.nan, math.inf])
def test_values_that_are_not_finite(outside):
    assert taylor_test(lambda t: math.sin(t) if t < 1.1 else outside, math.cos, 1.0, 1.0)


def test_other_side():
    """f ends at x."""

    def f(x):
        return math.sqrt(x[0]) ** 5 + x[1]

    report = taylor_test(f, lambda x: [0.0, 1.0], [0.0, 1.0], direction=[-1.0, 0.5])
    assert report, str(report)
    assert report.direction.tolist() == [1.0, -0.5]
    assert taylor_test(f, lambda x: [0.1, 1.0], [0.0, 1.0], direction=[-1.0, 0.5]).verdict == "fail"


def test_neither_side():
    def f(t):
        if t != 1.0:
            raise ValueError
        return 0.0

    report = taylor_test(f, lambda t: 0.0, 1.0)
    assert report.verdict == "inconclusive"
    assert "no room" in report.reason
    assert report.h.shape == (0,)
    assert report.remainders.shape == (2, 0)
    assert str(report)


@pytest.mark.parametrize("where", [0.0, 1e-9, 0.5, 1.0 - 1e-9, 1.0])
@pytest.mark.parametrize("seed", range(4))
def test_bounds(where, seed):
    lower, upper = np.array([2.0, -1.0, 0.0]), np.array([3.0, 1.0, 1e-3])
    x = np.clip(lower + where * (upper - lower), lower, upper)

    def f(x):
        assert (lower <= x).all()
        assert (x <= upper).all()
        return waves(x)

    assert taylor_test(f, waves_slope, x, bounds=(lower, upper), seed=seed)
    assert taylor_test(f, lambda x: waves_slope(x) * 1.1, x, bounds=Bounds(lower, upper)).verdict == "fail"


def test_given_direction_that_leads_out_of_bounds():
    report = taylor_test(waves, waves_slope, X, direction=[1.0, 0.0, 0.0], bounds=(-np.inf, [-1.2, 2.0, 2.0]))
    assert report
    assert report.direction.tolist() == [-1.0, 0.0, 0.0]


def test_no_room_within_bounds():
    report = taylor_test(waves, waves_slope, X, bounds=(X, X))
    assert report.verdict == "inconclusive"
    assert "no room" in report.reason


# ---------------------------------------------------------------------------- how the derivatives are given


def test_pairs():
    def both(x, a):
        return a * waves(x), a * waves_slope(x)

    def block(x):
        return np.sum(np.sin(3 * x), axis=0) + x[0] * x[1] * x[2], waves_slope(x)

    assert taylor_test(both, True, X, args=(2.0,))
    assert taylor_test(Function(both, args=(2.0,)), True, X)
    assert taylor_test(block, True, X, vectorized=True)


def test_grad_of_pairs_beside_f():
    assert taylor_test(waves, lambda x: (waves(x), waves_slope(x)), X)


@pytest.mark.parametrize("form", [list, tuple, lambda g: g.reshape(1, 3), np.asfortranarray])
def test_forms_of_gradients(form):
    assert taylor_test(waves, lambda x: form(waves_slope(x)), X)


def test_array_of_two_dimensions():
    x = np.arange(1.0, 7.0).reshape(2, 3)
    hess = np.diag(6 * x.ravel())
    for given_hess in (hess, hess.reshape(2, 3, 2, 3)):
        assert taylor_test(lambda x: np.sum(x**3), lambda x: 3 * x**2, x, hess=given_hess)
    report = taylor_test(lambda x: np.sum(x**3), lambda x: 3 * x**2, x)
    assert report.direction.shape == (2, 3)


def test_number():
    assert taylor_test(math.sin, math.cos, 1.0, hess=lambda t: -math.sin(t))
    assert taylor_test(math.sin, math.cos, 1.0, hess=math.sin).verdict == "fail"


@pytest.mark.parametrize("form", [np.asarray, sparse.csr_matrix, sparse.coo_array, np.ndarray.tolist])
def test_forms_of_hessians(form):
    for hess in (lambda x: form(waves_hess(x)), form(waves_hess(X))):
        assert taylor_test(waves, waves_slope, X, hess=hess)
    assert taylor_test(waves, waves_slope, X, hess=form(2 * waves_hess(X))).verdict == "fail"


def test_derivatives_are_called_once_and_may_write():
    calls = []

    def slope(x):
        calls.append(x.copy())
        g = waves_slope(x)
        x[:] = 7.0
        return g

    def hess(x):
        calls.append(x.copy())
        h = waves_hess(x)
        x[:] = 7.0
        return h

    x = X.copy()
    assert taylor_test(waves, slope, x, hess=hess)
    np.testing.assert_array_equal(calls, [X, X])
    np.testing.assert_array_equal(x, X)


def test_args():
    options = {"hess": lambda x, a, b: a * waves_hess(x), "args": (2.0, 3.0)}
    assert taylor_test(lambda x, a, b: a * waves(x) + b, lambda x, a, b: a * waves_slope(x), X, **options)


def test_evaluations_are_counted():
    f = Function(waves)
    report = taylor_test(f, waves_slope, X)
    assert report.nfev == f.nfev <= 40


# ---------------------------------------------------------------------------- directions


def test_seeds_replay():
    one, again, other = (taylor_test(waves, waves_slope, X, seed=seed) for seed in (5, 5, 6))
    np.testing.assert_array_equal(one.direction, again.direction)
    np.testing.assert_array_equal(one.remainders, again.remainders)
    assert one.seed == 5
    assert not np.array_equal(one.direction, other.direction)
    assert (np.abs(one.direction) >= np.abs(X) / 2).all()


def test_given_directions():
    report = taylor_test(waves, lambda x: waves_slope(x) + np.array([0, 1, 0]), X, direction=[1, 0, 2])
    assert report
    assert report.seed is None
    assert report.direction.tolist() == [1.0, 0.0, 2.0]
    assert taylor_test(waves, lambda x: waves_slope(x) + np.array([0, 1, 0]), X, direction=[1, 1, 2]).verdict == "fail"


@pytest.mark.parametrize("length", [1e-100, 1e-9, 1e9, 1e100])
def test_length_of_the_direction(length):
    direction = length * np.array([1.0, -1.0, 2.0])
    assert taylor_test(waves, waves_slope, X, direction)
    assert taylor_test(waves, lambda x: 1.01 * waves_slope(x), X, direction).verdict == "fail"


# ---------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"direction": [1.0, 2.0]}, ValueError, r"direction must have the shape of x, \(3,\); got shape \(2,\)"),
        ({"direction": 1.0}, ValueError, "direction must have the shape of x"),
        ({"direction": [0.0, 0.0, 0.0]}, ValueError, "direction must not be zero"),
        ({"direction": [0.0, math.nan, 0.0]}, ValueError, "direction must be finite"),
        ({"direction": [1j, 0, 0]}, TypeError, "direction must hold real numbers"),
        ({"direction": [[1, 2], 3, 4]}, ValueError, "direction must be a rectangular array"),
        ({"grad": lambda x: x[:2]}, ValueError, r"grad must return an array of shape \(3,\); got shape \(2,\)"),
        ({"grad": lambda x: 1j * x}, TypeError, "grad must return real numbers"),
        ({"grad": lambda x: None}, TypeError, "grad must return"),
        ({"grad": None}, TypeError, "grad must be callable, or True"),
        ({"grad": True}, TypeError, r"f must return .* \(value, derivative\)"),
        ({"grad": True, "f": 3}, TypeError, "f must be callable"),
        ({"f": 3}, TypeError, "callable"),
        ({"f": lambda x: x}, ValueError, r"f must return one number here; got an array of shape \(3,\)"),
        ({"f": lambda x: 1j}, TypeError, "f must return a real number"),
        ({"f": lambda x: None}, TypeError, r"f\(x\) must be a number or an array of numbers; got None"),
        ({"hess": np.eye(2)}, ValueError, r"hess must be or return an array of shape \(3, 3\); got shape \(2, 2\)"),
        ({"hess": lambda x: 1j * np.eye(3)}, TypeError, "hess must return real numbers"),
        ({"hess": sparse.eye_array(4)}, ValueError, "hess must be or return an array"),
        ({"x": np.empty(0)}, ValueError, "x must not be empty"),
        ({"x": [1j]}, TypeError, "x must hold"),
        ({"seed": -1}, ValueError, "seed must be an integer"),
        ({"seed": 0.5}, TypeError, "seed must be an integer"),
        ({"bounds": (2.0, 3.0)}, ValueError, "x must lie within bounds"),
        ({"f": Function(waves), "args": (1,)}, TypeError, "belong to the Function"),
        ({"f": Function(waves), "grad": True, "vectorized": True}, TypeError, "belong to the Function"),
    ],
)
def test_refusals(options, error, message):
    given_options = {"f": waves, "grad": waves_slope, "x": X, **options}
    with pytest.raises(error, match=message):
        taylor_test(**given_options)


def test_what_f_raises_at_x():
    with pytest.raises(ZeroDivisionError):
        taylor_test(lambda t: 1 / t, lambda t: 1.0, 0.0)


@pytest.mark.parametrize("error", [KeyError, RecursionError])
def test_what_f_raises_elsewhere(error):
    def f(t):
        if t != 1.0:
            raise error
        return 1.0

    with pytest.raises(error):
        taylor_test(f, lambda t: 1.0, 1.0)


@pytest.mark.parametrize(
    ("f", "x"),
    [(lambda t: math.nan, 1.0), (lambda t: math.inf, 1.0), (lambda t: t, math.nan), (lambda t: 0.0, math.inf)],
)
def test_not_finite_at_x(f, x):
    report = taylor_test(f, lambda t: 1.0, x)
    assert report.verdict == "inconclusive"
    assert report.reason == "x or f(x) is not finite"
    assert str(report)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_derivatives_that_are_not_finite_fail(value):
    report = taylor_test(waves, lambda x: waves_slope(x) + np.array([0, value, 0]), X)
    assert (report.verdict, report.reason) == ("fail", "grad(x) is not finite")
    report = taylor_test(waves, waves_slope, X, hess=np.full((3, 3), value))
    assert (report.verdict, report.reason) == ("fail", "hess(x) is not finite")


@pytest.mark.parametrize("scale", [1e-300, 1e300, 1e308])
def test_values_at_the_ends_of_the_range(scale):
    """Overflow makes no warning and no failure."""
    report = taylor_test(lambda t: scale * math.cos(t), lambda t: -scale * math.sin(t), 1.0)
    assert report.verdict != "fail"
    assert report or scale == 1e308
    report = taylor_test(lambda t: scale * math.cos(t), lambda t: -1.01 * scale * math.sin(t), 1.0)
    assert report.verdict != "pass"


@pytest.mark.parametrize("t", [-700.0, 700.0])
def test_exponential(t):
    assert taylor_test(math.exp, math.exp, t)
    assert taylor_test(math.exp, lambda t: 1.001 * math.exp(t), t).verdict == "fail"


# ---------------------------------------------------------------------------- the report


def test_text():
    report = taylor_test(rosen, rosen_der, X, hess=rosen_hess, seed=4)
    lines = str(report).splitlines()
    assert lines[0] == f"taylor_test: PASS ({report.nfev} evaluations; seed 4)"
    assert lines[1].split() == ["h", "R0", "R1", "R2"]
    # the rates are fitted to remainders a few times the noise, whose last decimals are the machine's
    assert lines[-3].split() == ["rate", *(f"{rate:.2f}" for rate in report.rates)]
    np.testing.assert_allclose(report.rates, report.expected, atol=0.05)
    assert lines[-2].split() == ["expected", "1", "2", "3"]
    assert lines[-1].strip() == report.reason
    assert "(noise)" in str(report)
    assert len(lines) < 20
    assert "seed" not in str(taylor_test(rosen, rosen_der, X, [1, 1, 1]))


def test_text_of_a_linear_function():
    """Along a diagonal, from a point of a few bits, its values are exact."""
    report = taylor_test(lambda x: A @ x, lambda x: A, [-1.25, 1.0, 0.75], [1, 1, 1])
    assert (report.remainders[1] == 0).all()
    assert str(report).splitlines()[-3].split() == ["rate", "1.00", "-"]


def test_text_where_f_is_not_available():
    report = taylor_test(lambda t: math.sqrt(1 - t) + 1e3 * t, lambda t: 1e3 - 0.5 / math.sqrt(1 - t), 0.999, 1.0)
    assert "not available" in str(dataclasses.replace(report, remainders=np.full_like(report.remainders, np.nan)))


def test_report():
    report = taylor_test(rosen, rosen_der, X)
    assert isinstance(report, TaylorTestReport)
    assert report.expected == (1, 2)
    assert report.remainders.shape == report.floor.shape == (2, report.h.size)
    assert (np.diff(report.h) < 0).all()
    assert (report.floor > 0).all()
    with pytest.raises(dataclasses.FrozenInstanceError):
        report.verdict = "fail"
    k = 6
    step = report.h[k] * report.direction
    assert report.remainders[0, k] == pytest.approx(abs(rosen(X + step) - rosen(X)), rel=1e-6)
    assert report.remainders[1, k] == pytest.approx(abs(rosen(X + step) - rosen(X) - rosen_der(X) @ step), rel=1e-4)


@pytest.mark.parametrize("n", [1, 6])
def test_variables_near_the_largest_float(n):
    x = np.full(n, 1.7e308)
    with np.errstate(all="raise", under="ignore"):
        assert taylor_test(lambda x: np.sum(x / 1e308), lambda x: np.full(n, 1e-308), x).verdict == "pass"
        assert taylor_test(lambda x: np.sum(x / 1e308), lambda x: np.full(n, 1.1e-308), x).verdict == "fail"
