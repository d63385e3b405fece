"""The verdicts of a check follow from its arrays, by rules that hold for every input."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import rosen, rosen_der

from numdiff import (
    check_derivative,
    check_gradient,
    check_jacobian,
)
from tests.checks.examples import EPS, X, assert_rules, kinked, rough, squares, squares_gradient

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
        (lambda t: math.inf, math.exp, 1.0, {}, "x, f(x) or the derivative is not finite"),
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

# The smallest number above zero.
LEAST = 5e-324


class Wave:
    """Polynomials, sines and exponentials of all variables, with the gradient and the size of its parts."""

    def __init__(self, cubic, linear, sine, frequency):
        self.cubic, self.linear, self.sine, self.frequency = map(np.array, (cubic, linear, sine, frequency))

    def __repr__(self):
        return f"Wave({self.cubic.tolist()}, {self.linear.tolist()}, {self.sine.tolist()}, {self.frequency.tolist()})"

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
    # where f is nothing but zeros its bound is the least number above zero, in any units
    bound = np.where(plain.bound == LEAST, LEAST, factor * plain.bound)
    assert scaled.bound.tolist() == bound.tolist()
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
    """Where 64|x| is 1 at least: nearer to 0, 1 is a length to go by as well."""
    f, x = case
    assume(np.abs(x).min() * min(unit, 1) >= 1 / 64)
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
    """Beyond that of the report that says so: what fails by less than the resolution is computed again.

    That may take other steps, over which f varies more, and the tolerance with it, or find that f is noisy.
    """
    f, x = case
    exact = f.gradient(x)
    place %= x.size
    first = check_gradient(f, f.gradient, x)
    wrong = exact.copy()
    wrong[place] += sign * times * (2 * first.bound[place] + first.tolerance[place]) + sign * EPS * abs(exact[place])
    error = abs(wrong[place] - exact[place])
    # what is left of it, when all of this has been rounded
    if error > 2 * first.bound[place] + first.tolerance[place]:
        report = check_gradient(f, lambda x: wrong, x)
        if error > 2 * report.bound[place] + report.tolerance[place]:
            assert report.verdicts[place] == "fail"
        else:
            assert report.bound[place] > first.bound[place] or report.scale[place] > first.scale[place]
            assert report.verdicts[place] != "pass" or error < report.resolution * report.scale[place]
        assert (np.delete(report.verdicts, place) != "fail").all()


@pytest.mark.parametrize("bend", [np.tanh, lambda z: np.maximum(z, 0)], ids=["tanh", "relu"])
def test_evaluations_of_a_net_in_single_precision(bend):
    """What is too noisy to be judged is averaged, over no more values than that takes."""
    random = np.random.default_rng(0)
    spent = []
    for _ in range(20):
        w, v = random.normal(size=(8, 6)).astype(np.float32), random.normal(size=8).astype(np.float32)
        x = random.normal(size=6).astype(np.float32)
        z = w.astype(float) @ x
        slope = 1 - np.tanh(z) ** 2 if bend is np.tanh else z > 0
        report = check_gradient(lambda x: v @ bend(w @ x), lambda x: (w.T @ (v * slope)).astype(np.float32), x)  # noqa: B023
        spent.append(report.nfev / x.size)
        assert report.counts["fail"] <= (bend is not np.tanh)
    assert np.mean(spent) <= 45
    assert np.quantile(spent, 0.9) <= 60
    assert max(spent) <= 80
