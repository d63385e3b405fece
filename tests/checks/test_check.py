"""The checks: verdicts by their rules, what callables may be and return, kinks and jumps, and the report."""

import dataclasses
import json
import math
import time

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, rosen, rosen_der, rosen_hess

from numdiff import (
    CheckReport,
    Function,
    Status,
    check_derivative,
    check_gradient,
    check_hessian,
    check_jacobian,
)

EPS = float(np.finfo(np.float64).eps)
RTOL = EPS**0.75
ARRAYS = ("verdicts", "analytic", "numerical", "bound", "tolerance", "scale", "status")
X = np.array([1.0, 2.0, 3.0])

called = pytest.mark.parametrize("vectorized", [False, True], ids=["one-by-one", "vectorized"])
along = pytest.mark.parametrize("directions", [None, 3], ids=["entries", "directions"])


def squares(x):
    return np.sum(x * x, axis=0)


def squares_gradient(x):
    return 2 * x


def kinked(x):
    """Slopes -1 and 1 in the first variable, 1 in the others."""
    return np.abs(x[0]) + np.sum(x[1:], axis=0)


class Counting:
    """A function that keeps count of the points that it is evaluated at."""

    def __init__(self, f, vectorized=False, lower=-np.inf, upper=np.inf):
        self.f, self.vectorized, self.lower, self.upper, self.points = f, vectorized, lower, upper, 0

    def __call__(self, x, *args):
        block = np.asarray(x)
        self.points += block.shape[-1] if self.vectorized else 1
        assert np.all(block >= self.lower)
        assert np.all(block <= self.upper)
        return self.f(x, *args)


def rough(amplitude, seed=0):
    """A sum of exponentials with relative noise, another at each call."""
    random = np.random.default_rng(seed)
    return lambda x: np.sum(np.exp(x)) * (1 + amplitude * random.normal())


def assert_rules(report, rtol=RTOL, atol=0.0, resolution=1e-4, allow_subgradient=False):
    """The verdicts are what the rules make of the other arrays."""
    a, v, bound, scale, status = (np.asarray(getattr(report, name)) for name in (*ARRAYS[1:4], *ARRAYS[5:]))
    with np.errstate(all="ignore"):
        tolerance = rtol * scale + atol
        failing = (bound < np.inf) & ~(np.abs(a - v) <= bound + tolerance)
        sharp = (2 * bound + tolerance < resolution * scale) | (scale == 0)
    sharp = np.where(status == Status.KINK, allow_subgradient, sharp)
    passing = (bound < np.inf) & ~failing & sharp
    expected = np.where(failing, "fail", np.where(passing, "pass", "inconclusive"))
    np.testing.assert_array_equal(report.tolerance, tolerance)
    np.testing.assert_array_equal(report.verdicts, expected)
    worst = next((v for v in ("fail", "inconclusive") if (expected == v).any()), "pass")
    assert report.verdict == worst
    assert bool(report) is (worst == "pass")
    assert report.counts == {name: int((expected == name).sum()) for name in ("pass", "fail", "inconclusive")}
    assert np.all((scale >= np.abs(v)) | np.isnan(v))


# ----------------------------------------------------------------------------
# Rules
# ----------------------------------------------------------------------------

# A function, its gradient as it is written, the point, and the verdicts that it should get.
CASES = {
    "right": (squares, squares_gradient, X, "pass pass pass"),
    "wrong": (squares, lambda x: [2.0, 4.0, 6.1], X, "pass pass fail"),
    "slightly-wrong": (squares, lambda x: 2 * x * (1 + 2e-4), X, "fail fail fail"),
    "not-a-number": (squares, lambda x: [2.0, np.nan, 6.0], X, "pass fail pass"),
    "infinite": (squares, lambda x: [2.0, np.inf, -np.inf], X, "pass fail fail"),
    "optimum": (rosen, rosen_der, np.ones(3), "pass pass pass"),
    "off-optimum": (rosen, lambda x: rosen_der(x) + 1e-3, np.ones(3), "fail fail fail"),
    "unused-variable": (lambda x: x[0] ** 2, lambda x: [2 * x[0], 0.0, 0.0], X, "pass pass pass"),
    "wrong-in-unused": (lambda x: x[0] ** 2, lambda x: [2 * x[0], 1e-9, 0.0], X, "pass fail pass"),
    "subgradient": (kinked, lambda x: [0.3, 1.0, 1.0], X * [0, 1, 1], "inconclusive pass pass"),
    "no-subgradient": (kinked, lambda x: [1.01, 1.0, 1.0], X * [0, 1, 1], "fail pass pass"),
    "jump": (lambda x: np.sum(x) + (x[0] >= 1), lambda x: np.ones(3), X, "inconclusive pass pass"),
    "edge": (lambda x: np.sum(np.sqrt(x)), lambda x: [np.inf, 0.5, 0.25], [0.0, 1.0, 4.0], "inconclusive pass pass"),
    "noise": (rough(1e-3), np.exp, X, None),
    "noise-wrong": (rough(1e-6), lambda x: np.exp(x) * [1, 3, 1], X, None),
    "not-finite": (lambda x: np.nan, np.ones_like, X, "inconclusive inconclusive inconclusive"),
}


@pytest.mark.parametrize("options", [{}, {"rtol": 1e-6}, {"atol": 1e-3}, {"resolution": 1e-9}], ids=str)
@pytest.mark.parametrize(("f", "grad", "x", "verdicts"), CASES.values(), ids=CASES)
def test_verdicts_follow_from_the_arrays(f, grad, x, verdicts, options):
    with np.errstate(divide="ignore"):
        report = check_gradient(f, grad, x, **options)
    assert_rules(report, **options)
    if verdicts and not options:
        assert report.verdicts.tolist() == verdicts.split()


@pytest.mark.parametrize("allow_subgradient", [False, True])
@pytest.mark.parametrize("value", [-1.0, -0.3, 0.0, 1.0])
def test_between_the_slopes_of_a_kink(value, allow_subgradient):
    report = check_derivative(abs, lambda t: value, 0.0, allow_subgradient=allow_subgradient)
    assert_rules(report, allow_subgradient=allow_subgradient)
    assert report.verdict == ("pass" if allow_subgradient else "inconclusive")
    left, right = report.slopes[()]
    assert (left, right) == pytest.approx((-1, 1), abs=1e-9)
    if not allow_subgradient:
        assert "a subgradient" in str(report)
        assert "slope -1 to the left and 1 to the right" in str(report)


@pytest.mark.parametrize("allow_subgradient", [False, True])
@pytest.mark.parametrize("value", [-1.001, 1.001, 5.0, np.nan])
def test_outside_of_the_slopes_of_a_kink(value, allow_subgradient):
    report = check_derivative(abs, lambda t: value, 0.0, allow_subgradient=allow_subgradient)
    assert_rules(report, allow_subgradient=allow_subgradient)
    assert report.verdict == "fail"
    assert report.slopes[()] == pytest.approx((-1, 1), abs=1e-9)


def test_slopes_of_several_kinks():
    def f(x):
        return np.array([abs(x[0]) + x[1] ** 2, x[0] + max(3 * x[1], -x[1])])

    report = check_jacobian(f, lambda x: [[0.5, 0.0], [1.0, 1.0]], [0.0, 0.0])
    assert set(report.slopes) == {(0, 0), (1, 1)}
    assert report.slopes[0, 0] == pytest.approx((-1, 1), abs=1e-9)
    assert report.slopes[1, 1] == pytest.approx((-1, 3), abs=1e-9)
    assert_rules(report)


def test_scale_is_what_f_was_seen_to_change_by():
    """Where a derivative vanishes: the range of the values of f over the distance from the first sample to the last."""
    samples = []

    def f(t):
        samples.append((t, 1 + t * t))
        return samples[-1][1]

    report = check_derivative(f, lambda t: 0.0, 0.0)
    t, values = np.array(samples).T
    assert report.verdict == "pass"
    assert 0 < report.scale <= np.ptp(values) / np.ptp(t) * 2
    assert check_derivative(f, lambda t: 3e-4 * report.scale, 0.0).verdict == "fail"


def test_scale_of_a_linear_function_is_its_slope():
    report = check_gradient(lambda x: 3 * x[0] - 1e-5 * x[1], lambda x: [3.0, -1e-5], [1.0, 1.0])
    np.testing.assert_allclose(report.scale, [3, 1e-5], rtol=1e-6)


@pytest.mark.parametrize(("dtype", "eps"), [(np.float64, EPS), (np.float32, 2.0**-23), (np.int64, EPS)], ids=str)
def test_tolerance_is_that_of_the_type_returned(dtype, eps):
    report = check_gradient(squares, lambda x: (2 * x).astype(dtype), X)
    assert report.tolerance.tolist() == (eps**0.75 * report.scale).tolist()
    assert report.verdict == "pass"


def test_single_precision_in_the_last_digits_passes():
    def grad(x):
        return np.exp(x.astype(np.float32))

    assert check_gradient(lambda x: np.sum(np.exp(x)), grad, X).verdict == "pass"
    assert check_gradient(lambda x: np.sum(np.exp(x)), lambda x: grad(x).astype(np.float64), X).verdict == "fail"


def test_resolution_decides_what_is_inconclusive():
    """The noise hides errors of about 1e-4 of the scale."""
    f = rough(1e-6, seed=3)
    assert check_gradient(f, np.exp, X, resolution=0.1).verdict == "pass"
    report = check_gradient(f, np.exp, X, resolution=1e-9)
    assert report.verdict == "inconclusive"
    assert "noise of f hides errors below" in str(report)


@pytest.mark.parametrize(
    ("f", "df", "t", "options", "reason"),
    [
        (lambda t: math.floor(t), lambda t: 0.0, 1.0, {}, "jump: f is not continuous at x"),
        (math.sqrt, lambda t: 1.0, 0.0, {}, "domain edge"),
        (math.exp, math.exp, 1.0, {"bounds": (1, 1)}, "domain edge"),
        (lambda t: math.inf, math.exp, 1.0, {}, "x or f(x) is not finite"),
        (math.exp, math.exp, 1.0, {"max_nfev": 3}, "max_nfev was reached"),
        (abs, lambda t: 0.0, 0.0, {}, "a subgradient; f has a kink at x"),
        (math.exp, math.exp, 1.0, {"resolution": 1e-15, "rtol": 0}, "round-off of f hides errors below"),
    ],
    ids=["jump", "edge", "no-room", "infinite", "budget", "kink", "round-off"],
)
def test_reasons(f, df, t, options, reason):
    report = check_derivative(f, df, t, **options)
    assert report.verdict == "inconclusive"
    assert reason in report.worst()[0].reason
    assert f"the value is inconclusive: {report.worst()[0].reason}" in str(report)


def test_noise_does_not_hide_large_errors_in_a_pass():
    for seed in range(20):
        report = check_gradient(rough(1e-3, seed), lambda x: 1.1 * np.exp(x), X)
        assert (report.verdicts != "pass").all()


@pytest.mark.parametrize("options", [{"rtol": 1e-3}, {"atol": 1e-2}], ids=str)
def test_reason_is_the_tolerance(options):
    report = check_derivative(math.exp, math.exp, 1.0, **options)
    assert report.verdict == "inconclusive"
    assert "round-off of f" not in report.worst()[0].reason


def test_slopes_are_named_where_a_value_is_outside_of_them():
    report = check_derivative(abs, lambda t: 1.5, 0.0)
    assert report.verdict == "fail"
    assert "is not between the slopes: f has a kink at x, with slope -1 to the left and 1 to the right" in str(report)


@pytest.mark.parametrize("power", [1.25, 1.5])
def test_fractional_power_at_the_edge(power):
    report = check_derivative(lambda t: 1 + t**power if t >= 0 else math.nan, lambda t: power * t ** (power - 1), 0.0)
    assert report.verdict != "fail"


# ----------------------------------------------------------------------------
# Properties
# ----------------------------------------------------------------------------

coefficients = st.floats(-10, 10).map(lambda v: round(v, 3))
coordinates = st.floats(-20, 20).map(lambda v: round(v, 3))
nonzero = coordinates.filter(lambda v: abs(v) > 1e-2)
powers_of_two = st.integers(-150, 150).map(lambda n: 2.0**n)


class Wave:
    """Polynomials, sines and exponentials of all variables, with the gradient and the size of its parts."""

    def __init__(self, cubic, linear, sine, frequency):
        self.cubic, self.linear, self.sine, self.frequency = map(np.array, (cubic, linear, sine, frequency))

    def __call__(self, x):
        return np.sum(self.cubic * x**3 + self.linear * x + self.sine * np.sin(self.frequency * x)) + np.prod(x)

    def gradient(self, x):
        others = np.array([np.prod(np.delete(x, i)) for i in range(x.size)])
        return 3 * self.cubic * x**2 + self.linear + self.sine * self.frequency * np.cos(self.frequency * x) + others


@st.composite
def waves(draw, points=coordinates):
    n = draw(st.integers(1, 4))
    parts = [draw(st.lists(coefficients, min_size=n, max_size=n)) for _ in range(4)]
    return Wave(*parts), np.array(draw(st.lists(points, min_size=n, max_size=n)))


@settings(max_examples=100)
@given(case=waves(), directions=st.sampled_from([None, 2]))
def test_correct_gradients_never_fail(case, directions):
    f, x = case
    report = check_gradient(f, f.gradient, x, directions=directions)
    assert report.verdict != "fail"
    assert report.hints == ()
    assert_rules(report)


@settings(max_examples=100)
@given(case=waves(), relative=st.sampled_from([0.0, 0.0, 1e-13, 1e-7, 1e-2]), factor=powers_of_two)
def test_powers_of_two_of_f_change_nothing(case, relative, factor):
    f, x = case
    plain = check_gradient(f, lambda x: f.gradient(x) * (1 + relative), x)
    scaled = check_gradient(lambda x: factor * f(x), lambda x: factor * (f.gradient(x) * (1 + relative)), x)
    assert scaled.verdicts.tolist() == plain.verdicts.tolist()
    assert scaled.bound.tolist() == (factor * plain.bound).tolist()
    assert scaled.scale.tolist() == (factor * plain.scale).tolist()
    assert (scaled.nfev, scaled.status.tolist()) == (plain.nfev, plain.status.tolist())
    assert [(hint.kind, hint.factor) for hint in scaled.hints] == [(hint.kind, hint.factor) for hint in plain.hints]


@settings(max_examples=100)
@given(
    case=waves(nonzero),
    relative=st.sampled_from([0.0, 0.0, 1e-13, 1e-7, 1e-2]),
    unit=powers_of_two,
    directions=st.sampled_from([None, 2]),
)
def test_powers_of_two_of_x_change_nothing(case, relative, unit, directions):
    f, x = case
    plain = check_gradient(f, lambda x: f.gradient(x) * (1 + relative), x, directions=directions)
    scaled = check_gradient(
        lambda x: f(x / unit), lambda x: f.gradient(x / unit) * (1 + relative) / unit, x * unit, directions=directions
    )
    assert scaled.verdicts.tolist() == plain.verdicts.tolist()
    assert scaled.numerical.tolist() == (plain.numerical / unit).tolist()
    assert scaled.bound.tolist() == (plain.bound / unit).tolist()
    assert scaled.nfev == plain.nfev


@pytest.mark.parametrize("factor", [1e-300, 1e-12, 1e12, 1e300])
def test_size_of_f_does_not_matter(factor):
    assert check_gradient(lambda x: factor * rosen(x), lambda x: factor * rosen_der(x), X).verdict == "pass"
    wrong = check_gradient(lambda x: factor * rosen(x), lambda x: -factor * rosen_der(x), X)
    assert (wrong.verdict, wrong.hints[0].kind) == ("fail", "sign")


@settings(max_examples=100)
@given(case=waves(), place=st.integers(0, 3), times=st.floats(1.01, 1e6), sign=st.sampled_from([-1, 1]))
def test_errors_beyond_twice_the_bound_always_fail(case, place, times, sign):
    f, x = case
    exact = f.gradient(x)
    place %= x.size
    first = check_gradient(f, f.gradient, x)
    wrong = exact.copy()
    wrong[place] += sign * times * (2 * first.bound[place] + first.tolerance[place]) + sign * EPS * abs(exact[place])
    if wrong[place] != exact[place]:
        report = check_gradient(f, lambda x: wrong, x)
        assert report.verdicts[place] == "fail"
        assert (np.delete(report.verdicts, place) != "fail").all()


# ----------------------------------------------------------------------------
# Cost
# ----------------------------------------------------------------------------


def test_a_pass_is_cheap():
    costs = []
    for seed in range(30):
        x = np.random.default_rng(seed).normal(size=10)
        report = check_gradient(rosen, rosen_der, x)
        assert report.verdict == "pass"
        costs.append((report.nfev - 2) / 10)
    assert np.median(costs) <= 9


def noisy_exponentials(x):
    return np.sum(np.exp(x), axis=0) + 1e-9 * np.sin(1e12 * x[0])


COUNTED = {
    "smooth": (squares, squares_gradient, X),
    "wrong": (squares, lambda x: x * [2, 2, 3], X),
    "kink": (kinked, np.ones_like, X * [0, 1, 1]),
    "kink-wrong": (kinked, lambda x: 3 * np.ones_like(x), X * [0, 1, 1]),
    "jump": (lambda x: np.sum(x, axis=0) + (x[0] >= 1), np.ones_like, X),
    "noise": (noisy_exponentials, np.exp, X),
    "shape": (squares, lambda x: x[:2], X),
}


@pytest.mark.parametrize("max_nfev", [None, 1, 7, 20, 21, 22, 23, 24, 25, 40])
@called
@along
@pytest.mark.parametrize(("f", "grad", "x"), COUNTED.values(), ids=COUNTED)
def test_every_evaluation_is_counted(f, grad, x, directions, vectorized, max_nfev):
    counting = Counting(f, vectorized)
    report = check_gradient(counting, grad, x, directions=directions, vectorized=vectorized, max_nfev=max_nfev)
    assert report.nfev == counting.points


@called
@pytest.mark.parametrize("f", [np.sin, np.abs, np.floor], ids=["smooth", "kink", "jump"])
def test_every_evaluation_of_a_derivative_is_counted(f, vectorized):
    counting = Counting(f, vectorized)
    report = check_derivative(counting, np.cos, [[0.0, 1.0], [2.0, 3.0]], vectorized=vectorized)
    assert report.nfev == counting.points


def test_every_evaluation_of_pairs_is_counted():
    counting = Counting(lambda x: (squares(x), 2 * x))
    assert check_gradient(counting, True, X).nfev == counting.points


@pytest.mark.parametrize("max_nfev", [1, 5, 10, 20, 40])
@pytest.mark.parametrize("case", ["smooth", "kink", "jump", "noise"])
def test_max_nfev(case, max_nfev):
    """Beside the comparison there is f at x, before and after, and on both sides of a jump."""
    f, grad, x = COUNTED[case]
    report = check_gradient(f, grad, x, max_nfev=max_nfev)
    assert report.nfev <= max_nfev + 2 + 2 * sum(note.startswith("f jumps") for note in report.notes)


def test_differentiation_ends_where_max_nfev_does():
    report = check_gradient(squares, squares_gradient, X, max_nfev=4)
    assert report.verdict == "inconclusive"
    assert_rules(report)
    assert "max_nfev was reached" in str(report)


# ----------------------------------------------------------------------------
# Kinks, jumps, and functions that are not deterministic
# ----------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1.0, 0.03, 1e6])
@called
def test_jumps_are_named_with_their_size(size, vectorized):
    def f(x):
        return np.sum(x, axis=0) + size * (x[0] >= 1)

    report = check_gradient(f, np.ones_like, X, vectorized=vectorized)
    assert report.status.tolist()[0] == Status.JUMP
    assert report.verdict == "inconclusive"
    note = next(note for note in report.notes if note.startswith("f jumps at x along [0]: from "))
    left, right = map(float, note.split("from ")[1].split(" to "))
    assert right - left == pytest.approx(size, rel=1e-2)


def test_jumps_of_outputs_are_named_by_entry():
    report = check_jacobian(lambda x: [x[0], x[1] + 5 * (x[0] > 1)], lambda x: np.eye(2), [1.0, 1.0])
    assert report.notes == ("f jumps at x along [1, 0]: from 1 to 6",)


def test_jumps_of_a_function_of_one_number():
    report = check_derivative(math.floor, lambda t: 0.0, [1.0, 1.25])
    assert report.notes == ("f jumps at x along [0]: from 0 to 1",)


def test_the_same_point_with_different_values():
    calls = []

    def f(x):
        calls.append(x)
        return squares(x) + 1e-6 * len(calls)

    report = check_gradient(f, squares_gradient, X)
    (note,) = report.notes
    assert note.startswith("f is not deterministic: at the same x it returned 14.000001 and ")
    assert float(note.split("difference of ")[1]) == pytest.approx(1e-6 * (len(calls) - 1), rel=0.1)


@pytest.mark.parametrize("value", [np.nan, np.inf, 3.0])
def test_the_same_value_is_no_note(value):
    assert check_gradient(lambda x: value, np.zeros_like, X).notes == ()


def test_values_that_differ_by_more_than_can_be_represented():
    sign = [1.0]

    def f(x):
        sign[0] = -sign[0]
        return sign[0] * 1.5e308 + 0 * x[0]

    report = check_gradient(f, np.zeros_like, [1.0])
    assert report.notes[-1].startswith("f is not deterministic")


# ----------------------------------------------------------------------------
# Bounds
# ----------------------------------------------------------------------------

ROOM = {
    "at-lb": (X, X + 1),
    "at-ub": (X - 1, X),
    "near-lb": (X - 1e-9, X + 1),
    "near-ub": (X - 1, X + 1e-5),
    "one-sided": (X, np.full(3, np.inf)),
    "corner": (np.array([1.0, 1.0, 1.0]), np.array([2.0, 2.0, 5.0])),
    "one-fixed": (np.array([1.0, 1.0, 1.0]), np.array([1.0, 3.0, 5.0])),
    "all-fixed": (X, X),
    "narrow": (X * (1 - 1e-12), X * (1 + 1e-12)),
}
FUNCTIONS = {
    "smooth": lambda x: np.sum(np.sin(x), axis=0),
    "kink": lambda x: np.sum(np.abs(x - X.reshape(3, *[1] * (x.ndim - 1))), axis=0),
    "jump": lambda x: np.sum(x, axis=0) + (x[0] >= 1),
    "jump-down": lambda x: np.sum(x, axis=0) + (x[0] <= 1),
    "noise": lambda x: np.sum(np.sin(x), axis=0).astype(np.float32),
}


@called
@along
@pytest.mark.parametrize(("lower", "upper"), ROOM.values(), ids=ROOM)
@pytest.mark.parametrize("f", FUNCTIONS.values(), ids=FUNCTIONS)
def test_nothing_is_evaluated_outside_of_bounds(f, lower, upper, directions, vectorized):
    shape = (3, 1) if vectorized else (3,)
    counting = Counting(f, vectorized, lower.reshape(shape), upper.reshape(shape))
    bounds = Bounds(lower, upper)
    report = check_gradient(counting, np.cos, X, bounds=bounds, directions=directions, vectorized=vectorized)
    assert report.nfev == counting.points
    if directions is None:
        assert_rules(report)


def test_bounds_where_there_is_no_room_are_inconclusive():
    report = check_gradient(squares, lambda x: [9.0, 4.0, 6.0], X, bounds=([1, 0, 0], [1, 9, 9]))
    assert report.verdicts.tolist() == ["inconclusive", "pass", "pass"]


def test_one_side_is_enough():
    bounded = check_gradient(squares, squares_gradient, X, bounds=(X, np.inf))
    assert bounded.verdict == "pass"
    assert (bounded.status == Status.ONE_SIDED).all()


# ----------------------------------------------------------------------------
# What the callables are, and what they return
# ----------------------------------------------------------------------------

FORMS = {
    "array": lambda x: 2 * x,
    "list": lambda x: (2 * x).tolist(),
    "tuple": lambda x: tuple(2 * x),
    "single": lambda x: (2 * x).astype(np.float32),
    "integers": lambda x: (2 * x).astype(int),
    "row": lambda x: 2 * x[np.newaxis],
    "column": lambda x: 2 * x[:, np.newaxis],
    "complex": lambda x: 2 * x + 0j,
    "pair": lambda x: (squares(x), 2 * x),
    "pair-of-row": lambda x: (squares(x), 2 * x[np.newaxis]),
    "pair-of-list": lambda x: (float(squares(x)), (2 * x).tolist()),
    "sparse-row": lambda x: scipy.sparse.csr_array(2 * x[np.newaxis]),
    "matrix": lambda x: scipy.sparse.csr_matrix(2 * x[np.newaxis]).todense(),
}


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("grad", FORMS.values(), ids=FORMS)
def test_forms_of_a_gradient(grad, n):
    report = check_gradient(squares, grad, X[:n])
    assert report.verdict == "pass"
    assert report.verdicts.shape == (n,)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_pairs_with_a_sparse_row(n):
    report = check_gradient(squares, lambda x: (squares(x), scipy.sparse.csr_array(2 * x[np.newaxis])), X[:n])
    assert report.verdict == "pass"


def test_the_callables_may_write_into_their_arguments():
    def f(x):
        value = squares(x)
        x[...] = np.nan
        return value

    def grad(x):
        x *= 2
        return x

    x = X.copy()
    for options in ({}, {"directions": 2}, {"vectorized": True}, {"vectorized": True, "directions": 2}):
        report = check_gradient(f, grad, x, **options)
        assert report.verdict == "pass"
        assert x.tolist() == X.tolist()


def test_f_may_keep_its_argument_and_return_the_same_array():
    kept, shared = [], np.zeros(3)

    def f(x):
        kept.append(x)
        shared[:] = x**2
        return shared

    assert check_jacobian(f, lambda x: np.diag(2 * x), X).verdict == "pass"
    assert check_jacobian(f, lambda x: np.diag(2 * x), X, directions=2).verdict == "pass"
    assert check_jacobian(lambda x: x, lambda x: np.eye(3), X).verdict == "pass"
    assert kept[0].tolist() == X.tolist()


def test_what_is_returned_is_not_changed():
    given_back = np.array([2.0, -4.0, 6.0])
    x = X.copy()
    x.setflags(write=False)
    report = check_gradient(squares, lambda x: given_back, x)
    assert given_back.tolist() == [2.0, -4.0, 6.0]
    assert not np.shares_memory(report.analytic, given_back)


@pytest.mark.parametrize(
    ("check", "f", "x"),
    [
        (check_gradient, lambda x: (squares(x), 2 * x), X),
        (check_jacobian, lambda x: (x**2, np.diag(2 * x)), X),
        (check_hessian, lambda x: (x**2, np.diag(2 * x)), X),
        (check_derivative, lambda t: (math.sin(t), math.cos(t)), X),
        (check_derivative, lambda t: (math.sin(t), math.cos(t)), 1.0),
    ],
    ids=["gradient", "jacobian", "hessian", "derivative", "number"],
)
def test_f_that_returns_pairs(check, f, x):
    assert check(f, True, x).verdict == "pass"
    assert check(Function(f), True, x).verdict == "pass"


@called
def test_vectorized_pairs(vectorized):
    def both(x):
        return squares(x), 2 * x

    assert check_gradient(both, True, X, vectorized=vectorized).verdict == "pass"
    assert check_gradient(Function(both, vectorized), True, X).verdict == "pass"


def test_vectorized_pairs_of_one_number():
    shapes = set()

    def both(t):
        shapes.add(t.ndim)
        return np.sin(t), np.cos(t)

    assert check_derivative(both, True, X, vectorized=True).verdict == "pass"
    assert shapes == {1}


def test_args():
    def f(x, a, b):
        return a * squares(x) + b

    def grad(x, a, b):
        return 2 * a * x

    assert check_gradient(f, grad, X, args=(3.0, 1.0)).verdict == "pass"
    assert check_gradient(Function(f, args=(3.0, 1.0)), grad, X).verdict == "pass"
    assert check_gradient(lambda x, a, b: (f(x, a, b), grad(x, a, b)), True, X, args=(3.0, 1.0)).verdict == "pass"
    assert check_gradient(f, grad, X, args=(3.0, 1.0), directions=2).verdict == "pass"


@called
@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 3), (2, 1, 2), (0,), (2, 0)], ids=str)
def test_shapes_of_a_gradient(shape, vectorized):
    x = np.linspace(1, 2, math.prod(shape)).reshape(shape)

    def f(x):
        block = x if vectorized else x[..., np.newaxis] if np.ndim(x) else np.array([x])
        value = np.sum(np.sin(block.reshape(-1, block.shape[-1])), axis=0)
        return value if vectorized else value[0]

    report = check_gradient(f, np.cos, x, vectorized=vectorized)
    assert report.verdict == "pass"
    for name in ARRAYS:
        assert np.shape(getattr(report, name)) == shape
    if x.size:
        worst = check_gradient(f, lambda x: np.cos(x) * 1.1, x, vectorized=vectorized).worst()[0]
        assert (worst.verdict, len(worst.index)) == ("fail", len(shape))


@called
@pytest.mark.parametrize("shape", [(), (3,), (2, 2), (0,)], ids=str)
def test_shapes_of_a_derivative(shape, vectorized):
    x = np.linspace(1, 2, math.prod(shape)).reshape(shape)
    report = check_derivative(np.sin, np.cos, x, vectorized=vectorized)
    assert report.verdict == "pass"
    assert np.shape(report.verdicts) == np.shape(report.bound) == shape


@pytest.mark.parametrize("out_shape", [(), (1,), (4,), (2, 2)], ids=str)
@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 3), (0,)], ids=str)
@pytest.mark.parametrize("flat", [False, True], ids=["layout", "matrix"])
def test_shapes_of_a_jacobian(out_shape, shape, flat):
    size, outputs = math.prod(shape), math.prod(out_shape)
    a = np.arange(1.0, 1 + size * outputs).reshape(outputs, size) % 7
    x = np.linspace(1, 2, size).reshape(shape)

    def f(x):
        return (a @ np.reshape(x, -1)).reshape(out_shape)

    full = (out_shape or (1,)) + (shape or (1,))
    report = check_jacobian(f, lambda x: a.reshape((outputs, size) if flat else full), x)
    assert report.verdict == "pass"
    assert report.analytic.shape == report.numerical.shape == full
    assert check_jacobian(f, lambda x: scipy.sparse.csr_array(a), x).verdict == "pass"


@pytest.mark.parametrize("directions", [None, 2])
def test_no_outputs(directions):
    report = check_jacobian(lambda x: np.empty(0), lambda x: np.empty((0, 3)), X, directions=directions)
    assert report.verdict == "pass"


def test_hessian_of_no_variables():
    assert check_hessian(lambda x: x, lambda x: np.empty((0, 0)), np.empty(0)).verdict == "pass"


@pytest.mark.parametrize("x", [0.5, np.float64(0.5), np.array(0.5), np.float32(0.5), 1], ids=repr)
def test_a_number(x):
    for check in (check_derivative, check_gradient, check_jacobian, check_hessian):
        assert check(lambda t: t * t, lambda t: 2 * t, x).verdict == "pass"


@along
def test_single_precision(directions):
    def f(x):
        assert x.dtype == np.float32
        return np.sum(np.sin(x))

    report = check_gradient(f, np.cos, X.astype(np.float32), directions=directions)
    assert report.verdict != "fail"
    wrong = check_gradient(f, lambda x: -np.cos(x), X.astype(np.float32), directions=directions)
    assert (wrong.verdict, wrong.hints[0].kind) == ("fail", "sign")


@along
def test_complex_outputs(directions):
    def f(x):
        return np.exp(1j * x)

    def jac(x):
        return np.diag(1j * np.exp(1j * x))

    assert check_jacobian(f, jac, X, directions=directions).verdict == "pass"
    wrong = check_jacobian(f, lambda x: -jac(x), X, directions=directions)
    assert (wrong.verdict, [hint.kind for hint in wrong.hints]) == ("fail", ["sign"])
    json.dumps(wrong.as_dict(), allow_nan=False)


def test_a_real_gradient_of_a_complex_function_fails():
    assert check_gradient(lambda x: squares(x) * (1 + 1j), squares_gradient, X).verdict == "fail"


def test_steps():
    """The first step is in the units of x."""
    seen = []

    def f(t):
        seen.append(t)
        return math.sin(t)

    assert check_derivative(f, math.cos, 1.0, step=1e-2).verdict == "pass"
    assert abs(next(t for t in seen if t != 1.0) - 1.0) == pytest.approx(1e-2, rel=1.0)


# ----------------------------------------------------------------------------
# Sparse Jacobians
# ----------------------------------------------------------------------------


def coupled(x):
    return np.array([x[0] ** 2 + x[1], x[1] * x[2], x[2]])


def coupled_jacobian(x):
    return np.array([[2 * x[0], 1, 0], [0, x[2], x[1]], [0, 0, 1.0]])


@pytest.mark.parametrize("kind", ["csr", "csc", "coo", "bsr", "dok", "lil"])
def test_sparse_jacobians(kind):
    array = getattr(scipy.sparse, f"{kind}_array")
    assert check_jacobian(coupled, lambda x: array(coupled_jacobian(x)), X).verdict == "pass"
    assert check_jacobian(coupled, lambda x: (coupled(x), array(coupled_jacobian(x))), X).verdict == "pass"
    missing = check_jacobian(coupled, lambda x: array(np.diag(coupled_jacobian(x).diagonal())), X)
    assert missing.verdict == "fail"
    assert [hint.kind for hint in missing.hints] == ["pattern"]
    assert str(missing.hints[0]).startswith("2 entries outside of the sparsity pattern are not 0, the first [0, 1]")


def test_zeros_in_the_pattern_are_in_it():
    def jac(x):
        rows, columns = [0, 0, 1, 1, 2], [0, 1, 1, 2, 2]
        return scipy.sparse.coo_array(([2 * x[0], 0.0, x[2], x[1], 1.0], (rows, columns)), shape=(3, 3))

    report = check_jacobian(coupled, jac, X)
    assert report.verdict == "fail"
    assert [hint.kind for hint in report.hints] == ["zeroed"]


def test_duplicates_are_summed():
    def jac(x):
        rows, columns = [0, 0, 0, 1, 1, 2], [0, 0, 1, 1, 2, 2]
        return scipy.sparse.coo_array(([x[0], x[0], 1.0, x[2], x[1], 1.0], (rows, columns)), shape=(3, 3))

    assert check_jacobian(coupled, jac, X).verdict == "pass"


# ----------------------------------------------------------------------------
# Hessians
# ----------------------------------------------------------------------------


def test_hessians():
    for n in (2, 5):
        assert check_hessian(rosen_der, rosen_hess, np.linspace(-1, 1, n)).verdict == "pass"
    wrong = check_hessian(rosen_der, lambda x: 2 * rosen_hess(x), X)
    assert (wrong.verdict, wrong.hints[0].factor) == ("fail", 2.0)


@pytest.mark.parametrize("excess", [0.5, 2.0])
@pytest.mark.parametrize(("rtol", "atol"), [(None, 0.0), (1e-9, 0.0), (0.0, 1e-7)], ids=str)
def test_symmetry_by_its_rule(excess, rtol, atol):
    def hess(x):
        h = np.array([[4.0, 1.0], [1.0, 9.0]])
        h[0, 1] += excess * ((RTOL if rtol is None else rtol) * 6.0 + atol)
        return h

    x = np.array([1.0, 1.0])
    report = check_hessian(lambda x: np.array([[4.0, 1.0], [1.0, 9.0]]) @ x, hess, x, rtol=rtol, atol=atol)
    assert report.verdict == "fail" or excess < 1
    assert [hint.kind for hint in report.hints if "not symmetric" in str(hint)] == ["asymmetric"] * (excess > 1)


def test_asymmetric_hessian_of_a_gradient():
    def hess(x):
        h = rosen_hess(x)
        h[0, 1] += 1.0
        return h

    report = check_hessian(rosen_der, hess, X)
    assert report.verdict == "fail"
    assert "not symmetric: H[0, 1] is" in str(report)
    assert not any("grad is not the gradient" in hint.message for hint in report.hints)


def test_no_gradient():
    report = check_hessian(lambda x: np.array([x[1], 2 * x[0]]), lambda x: np.array([[0, 1], [2, 0]]), [1.0, 2.0])
    assert report.verdict == "fail"
    assert (report.verdicts == "pass").all()
    assert [hint.kind for hint in report.hints] == ["asymmetric", "asymmetric"]
    assert "grad is not the gradient of a function" in str(report)


@pytest.mark.parametrize("value", [np.inf, 1e308])
def test_hessians_that_are_not_finite(value):
    report = check_hessian(rosen_der, lambda x: np.array([[1.0, value], [-value, 1.0]]), [1.0, 2.0])
    assert report.verdict == "fail"


def test_hessian_needs_a_gradient_of_the_shape_of_x():
    with pytest.raises(ValueError, match=r"grad must return an array of the shape of x, \(3,\); got shape \(\)"):
        check_hessian(squares, squares_gradient, X)


# ----------------------------------------------------------------------------
# Bad input
# ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"resolution": 0}, ValueError, "resolution must lie between 0 and 1; got 0"),
        ({"resolution": 1.5}, ValueError, "resolution must lie between 0 and 1; got 1.5"),
        ({"resolution": "x"}, TypeError, "resolution must be a number that is not negative; got 'x'"),
        ({"rtol": -1}, ValueError, "rtol must be finite and not negative; got -1"),
        ({"rtol": "x"}, TypeError, "rtol must be a number that is not negative; got 'x'"),
        ({"atol": np.inf}, ValueError, "atol must be finite and not negative; got inf"),
        ({"atol": None}, TypeError, "atol must be a number that is not negative; got None"),
        ({"directions": 0}, ValueError, "directions must be an integer from 1 to 1000000; got 0"),
        ({"directions": 2.5}, TypeError, "directions must be an integer from 1 to 1000000; got 2.5"),
        ({"directions": "all"}, ValueError, "directions must be a number, 'auto' or None; got 'all'"),
        ({"directions": 2, "step": 0.1}, TypeError, "step belongs to checks of every entry, not to directions=2"),
        ({"seed": -1}, ValueError, "seed must be an integer from 0 to 9223372036854775807; got -1"),
        ({"seed": 1.5}, TypeError, "seed must be an integer from 0 to 9223372036854775807; got 1.5"),
        ({"step": 0}, ValueError, "step must be positive and finite; got 0"),
        ({"bounds": (2, 3)}, ValueError, "x must lie within bounds"),
        ({"bounds": 3}, TypeError, "bounds must be a pair"),
        ({"max_nfev": 0}, ValueError, "max_nfev must be an integer from 1"),
        ({"args": 3}, TypeError, "args must be a tuple"),
    ],
    ids=str,
)
def test_options_out_of_range(options, error, message):
    with pytest.raises(error) as caught:
        check_gradient(squares, squares_gradient, X, **options)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("f", "grad", "x", "error", "message"),
    [
        (3, squares_gradient, X, TypeError, "f must be callable; got 3"),
        (3, True, X, TypeError, "f must be callable; got 3"),
        (squares, None, X, TypeError, "grad must be callable, or True if f returns pairs"),
        (squares, False, X, TypeError, "grad must be callable, or True if f returns pairs"),
        (
            squares,
            True,
            X,
            TypeError,
            "f must return pairs (value, derivative) if no derivative is given (grad=True); got ",
        ),
        (
            squares,
            lambda x: None,
            X,
            TypeError,
            "grad must return an array of numbers, or a sparse one; got object from None",
        ),
        (
            squares,
            lambda x: "abc",
            X,
            TypeError,
            "grad must return an array of numbers, or a sparse one; got <U3 from 'abc'",
        ),
        (squares, lambda x: [1, [2, 3]], X, ValueError, "grad must return a rectangular array of numbers"),
        (squares, squares_gradient, [1j], TypeError, "x must hold float64, float32 or integers"),
        (squares, squares_gradient, ["a"], TypeError, "x must hold float64, float32 or integers"),
    ],
    ids=["number", "number-of-pairs", "none", "false", "no-pairs", "nothing", "text", "ragged", "complex-x", "text-x"],
)
def test_bad_input(f, grad, x, error, message):
    with pytest.raises(error) as caught:
        check_gradient(f, grad, x)
    assert message in str(caught.value)


@pytest.mark.parametrize("value", [None, "abc", True, [1.0, 2.0]], ids=repr)
def test_bad_values_of_f(value):
    with pytest.raises((TypeError, ValueError), match=r"^f(\(x\))? must "):
        check_gradient(lambda x: value, squares_gradient, X)


def test_vectorized_f_that_adds_up_all_points():
    with pytest.raises(ValueError, match="vectorized"):
        check_gradient(lambda x: np.sum(x * x), squares_gradient, X, vectorized=True)


def test_vectorized_f_that_mixes_points():
    with pytest.raises(ValueError, match="must treat each point of a block on its own"):
        check_gradient(lambda x: squares(x) + x.shape[-1], squares_gradient, X, vectorized=True)


def test_options_beside_a_function():
    for options in ({"vectorized": True}, {"args": (1,)}):
        with pytest.raises(TypeError, match="vectorized and args belong to the Function when f is one"):
            check_gradient(Function(squares), squares_gradient, X, **options)


@pytest.mark.parametrize("options", [{"vectorized": True}, {"args": (1,)}], ids=str)
def test_options_beside_a_function_that_returns_pairs(options):
    with pytest.raises(TypeError, match="vectorized and args belong to the Function when f is one"):
        check_gradient(Function(lambda x: (squares(x), 2 * x)), True, X, **options)


class MadeUpError(Exception):
    pass


def test_errors_at_x_propagate():
    def bad(x):
        raise MadeUpError

    for f, grad in ((bad, squares_gradient), (squares, bad), (bad, True)):
        with pytest.raises(MadeUpError):
            check_gradient(f, grad, X)
    with pytest.raises(ZeroDivisionError):
        check_gradient(lambda x: 1 / 0, squares_gradient, X)


def test_errors_outside_of_the_domain_are_an_edge():
    report = check_derivative(lambda t: t * math.sqrt(t - 1) ** 2, lambda t: 1.0, 1.0)
    assert report.status in (Status.EDGE, Status.ONE_SIDED)
    assert report.verdict == "pass" or "edge" in str(report)


# ----------------------------------------------------------------------------
# Report
# ----------------------------------------------------------------------------


def test_reports_are_frozen():
    report = check_gradient(squares, squares_gradient, X)
    with pytest.raises(dataclasses.FrozenInstanceError):
        report.verdict = "fail"


def test_the_worst_entries():
    report = check_gradient(squares, lambda x: 2 * x + [0.0, 1e-3, 1.0], X)
    worst = report.worst()
    assert [entry.index for entry in worst] == [(2,), (1,), (0,)]
    assert [entry.verdict for entry in worst] == ["fail", "fail", "pass"]
    for entry in worst:
        i = entry.index
        assert (entry.analytic, entry.numerical) == (report.analytic[i], report.numerical[i])
        assert (entry.bound, entry.tolerance, entry.scale) == (report.bound[i], report.tolerance[i], report.scale[i])
        assert entry.difference == abs(entry.analytic - entry.numerical)
        assert entry.ratio == entry.difference / (entry.bound + entry.tolerance)
    assert report.worst(1) == worst[:1]
    assert report.worst(0) == []


def test_the_worst_are_failures_before_what_is_inconclusive():
    report = check_gradient(kinked, lambda x: [0.5, 1.0, 1.5], X * [0, 1, 1])
    assert [entry.verdict for entry in report.worst()] == ["fail", "inconclusive", "pass"]


def test_texts():
    passed = str(check_gradient(squares, squares_gradient, X))
    assert passed.startswith("check_gradient: PASS (3 of 3 entries pass; ")
    assert passed.count("\n") == 0
    failed = str(check_gradient(squares, lambda x: x * [2, 3, 2], X))
    head, columns, row, *more = failed.splitlines()
    assert head.startswith("check_gradient: FAIL (1 of 3 entries fails, 2 pass; ")
    assert columns.split("  ")[1:3] == ["entry", "analytic"]
    assert row.split()[:4] == ["[1]", "6", "4", "2"]
    assert more == []


def test_values_that_differ_in_late_digits_are_told_apart():
    report = check_derivative(lambda t: t * t, lambda t: 2 * t + 1e-8, 1.0)
    assert report.verdict == "fail"
    _, analytic, numerical, *_ = str(report).splitlines()[2].replace("the value", "value").split()
    assert float(analytic) != float(numerical)


@pytest.mark.parametrize("verdict", ["pass", "fail", "inconclusive"])
def test_a_million_entries_in_a_few_lines(verdict):
    n = 10**6
    value = np.full(n, np.nan if verdict == "fail" else 1.0)
    bound = np.full(n, np.inf if verdict == "inconclusive" else 1e-9)
    report = CheckReport(
        check="gradient",
        verdict=verdict,
        verdicts=np.full(n, verdict),
        analytic=value,
        numerical=np.ones(n),
        bound=bound,
        tolerance=np.full(n, 1e-12),
        scale=np.ones(n),
        status=np.full(n, Status.EDGE if verdict == "inconclusive" else Status.CONVERGED, dtype=np.int8),
        resolution=1e-4,
        nfev=9 * n,
    )
    start = time.perf_counter()
    text = str(report)
    assert time.perf_counter() - start < 3
    assert len(text) < 1500
    assert "1,000,000 of 1,000,000 entries" in text
    assert ("and 999,995 more" in text) is (verdict != "pass")
    assert "9,000,000 evaluations" in text


def test_dictionaries_hold_what_json_can():
    for grad in (squares_gradient, lambda x: [np.nan, np.inf, 6.0], lambda x: -2 * x):
        report = check_gradient(squares, grad, X)
        plain = json.loads(json.dumps(report.as_dict(), allow_nan=False))
        assert plain["verdict"] == report.verdict
        assert plain["counts"] == report.counts
        assert plain["evaluations"] == report.nfev
        assert [entry["index"] for entry in plain["worst"]] == [list(entry.index) for entry in report.worst()]
        assert [hint["kind"] for hint in plain["hints"]] == [hint.kind for hint in report.hints]


def test_no_entries():
    report = check_gradient(lambda x: 1.0, lambda x: np.empty(0), [])
    assert report.verdict == "pass"
    assert report.counts == {"pass": 0, "fail": 0, "inconclusive": 0}
    assert str(report) == "check_gradient: PASS (no entries; 2 evaluations)"
    assert report.worst() == []
