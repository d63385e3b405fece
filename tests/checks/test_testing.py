"""Assertions for test suites: what they raise, warn, return and show, at one point and at several."""

import os
import subprocess
import sys
from inspect import Parameter, signature
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import rosen, rosen_der, rosen_hess

import numdiff
from numdiff import CheckReport, Function, NumdiffWarning, testing
from numdiff.testing import assert_derivative, assert_gradient, assert_hessian, assert_jacobian, sample_near

START = [0.7, 1.3, -0.4]


def tripled(x):
    return 3 * rosen_der(x)


def kink(x):
    return abs(x[0]) + x[1] ** 2


def kink_gradient(x):
    return [np.sign(x[0]), 2 * x[1]]


def coarse(x):
    return round(np.sin(x[0]), 3)


def coarse_gradient(x):
    return np.cos(x)


def failure(*arguments, **options):
    """The message of assert_gradient."""
    with pytest.raises(AssertionError) as raised:
        assert_gradient(*arguments, **options)
    return str(raised.value)


# --------------------------------------------------------------------------- one point


@pytest.mark.parametrize(
    ("assertion", "f", "derivative", "x"),
    [
        (assert_derivative, np.sin, np.cos, 0.5),
        (assert_derivative, np.sin, np.cos, [0.5, 1.0]),
        (assert_gradient, rosen, rosen_der, START),
        (assert_gradient, lambda x: (rosen(x), rosen_der(x)), True, START),
        (assert_jacobian, rosen_der, rosen_hess, START),
        (assert_hessian, rosen_der, rosen_hess, START),
    ],
)
def test_right_derivatives_return_the_report(assertion, f, derivative, x):
    report = assertion(f, derivative, x)
    assert isinstance(report, CheckReport)
    assert report
    assert report.check == assertion.__name__.removeprefix("assert_")


@pytest.mark.parametrize(
    ("assertion", "check", "f", "derivative", "x"),
    [
        (assert_derivative, numdiff.check_derivative, np.sin, np.sin, 0.5),
        (assert_gradient, numdiff.check_gradient, rosen, tripled, START),
        (assert_jacobian, numdiff.check_jacobian, rosen_der, lambda x: -rosen_hess(x), START),
        (assert_hessian, numdiff.check_hessian, rosen_der, lambda x: np.triu(rosen_hess(x)), START),
    ],
)
@pytest.mark.parametrize("inconclusive", ["fail", "ok", "warn"])
def test_wrong_derivatives_raise_the_report(assertion, check, f, derivative, x, inconclusive):
    with pytest.raises(AssertionError) as raised:
        assertion(f, derivative, x, inconclusive=inconclusive)
    assert str(raised.value) == str(check(f, derivative, x))


def test_inconclusive_fails_by_default_and_says_how_to_accept_it():
    message = failure(coarse, coarse_gradient, [1.0])
    *report, last = message.splitlines()
    assert "\n".join(report) == str(numdiff.check_gradient(coarse, coarse_gradient, [1.0]))
    assert last == "  assert_gradient is inconclusive; pass inconclusive='ok' or 'warn' to accept that"


def test_at_a_kink_the_other_option_is_named_and_works():
    assert failure(kink, kink_gradient, [0.0, 1.0]).endswith(
        "assert_gradient is inconclusive; pass inconclusive='ok' or 'warn', or allow_subgradient=True, to accept that"
    )
    assert assert_gradient(kink, kink_gradient, [0.0, 1.0], allow_subgradient=True)


def test_no_option_is_named_that_would_not_help():
    """A kink in one entry, and noise in the other."""
    message = failure(lambda x: abs(x[0]) + round(np.sin(x[1]), 3), lambda x: [np.sign(x[0]), np.cos(x[1])], [0.0, 1.0])
    assert "2 of 2 entries are inconclusive" in message
    assert "allow_subgradient" not in message


def test_inconclusive_can_be_accepted():
    report = assert_gradient(coarse, coarse_gradient, [1.0], inconclusive="ok")
    assert report.verdict == "inconclusive"
    assert not report


@pytest.mark.parametrize(
    ("assertion", "f", "derivative", "x"),
    [
        (assert_derivative, abs, np.sign, 0.0),
        (assert_gradient, kink, kink_gradient, [0.0, 1.0]),
        (assert_jacobian, np.abs, lambda x: np.diag(np.sign(x)), [0.0, 1.0]),
        (assert_hessian, np.abs, lambda x: np.diag(np.sign(x)), [0.0, 1.0]),
    ],
)
@pytest.mark.parametrize("where", ["x", "near"])
def test_warning_points_to_the_line_of_the_user(assertion, f, derivative, x, where):
    options = {"inconclusive": "warn"}
    # no room to leave the kink
    options |= {"x": x} if where == "x" else {"x": x, "near": x, "samples": 1}
    with pytest.warns(NumdiffWarning, match="INCONCLUSIVE") as warned:
        reports = assertion(f, derivative, **options)
    assert [w.filename for w in warned] == [__file__]
    assert "to accept that" not in str(warned[0].message)
    assert (reports if where == "x" else reports[0]).verdict == "inconclusive"


def test_options_reach_the_check():
    def f(x, power):
        return np.sum(x**power)

    def grad(x, power):
        return power * x ** (power - 1)

    calls = Function(f, args=(3,))
    report = assert_gradient(calls, grad, START, directions=4, seed=7, resolution=1e-3, rtol=1e-9, atol=1e-12)
    assert (report.directions, report.seed, report.resolution) == (4, 7, 1e-3)
    assert report.nfev == calls.nfev
    assert assert_gradient(f, grad, START, args=(2,), bounds=(-1, 2), step=0.1)
    assert assert_gradient(lambda x: np.sum(x**3, axis=0), lambda x: 3 * x**2, START, vectorized=True)
    assert assert_gradient(f, grad, START, args=(3,), max_nfev=10, inconclusive="ok").verdict == "inconclusive"


@pytest.mark.parametrize("name", ["derivative", "gradient", "jacobian", "hessian"])
def test_options_are_those_of_the_check(name):
    """Declared once: a new option of a check is one of its assertion too."""
    assertion, check = getattr(testing, f"assert_{name}"), getattr(numdiff, f"check_{name}")
    defaults, theirs = (
        {p.name: p.default for p in signature(f).parameters.values() if p.kind is Parameter.KEYWORD_ONLY}
        for f in (assertion, check)
    )
    assert {option: defaults[option] for option in theirs} == theirs
    assert defaults.keys() - theirs.keys() == {"near", "samples", "inconclusive"} | ({"seed"} - theirs.keys())


# --------------------------------------------------------------------------- several points


def test_several_points_return_all_reports():
    reports = assert_gradient(rosen, rosen_der, near=START, samples=4)
    assert len(reports) == 4
    assert all(reports)
    reports = assert_gradient(rosen, rosen_der, [1.0, 1.0, 1.0], near=START, samples=4)
    assert len(reports) == 5
    assert reports[0].analytic.tolist() == [0, 0, 0]
    assert len(assert_derivative(np.sin, np.cos, near=1.0)) == testing.DEFAULT_SAMPLES
    assert len(assert_jacobian(rosen_der, rosen_hess, near=START, samples=1)) == 1
    assert len(assert_hessian(rosen_der, rosen_hess, near=START, samples=1)) == 1


def test_points_are_the_samples():
    seen = []

    def grad(x):
        seen.append(x)
        return rosen_der(x)

    assert_gradient(rosen, grad, near=START, samples=5, seed=3)
    assert np.array_equal(seen, [sample_near(START, number, seed=3) for number in range(5)])


def test_failures_of_several_points_in_one_message():
    def grad(x):
        return np.where(x[0] > 1, 3.0, 2.0) * x

    def f(x):
        return np.sum(x**2)

    points = [sample_near([1.0, 2.0], number, seed=5) for number in range(8)]
    wrong = [number for number, x in enumerate(points) if x[0] > 1]
    assert 3 < len(wrong) < 8
    first, *rest = failure(f, grad, near=[1.0, 2.0], samples=8, seed=5).splitlines()
    assert first == f"assert_gradient at 8 points: {len(wrong)} fail, {8 - len(wrong)} pass"
    assert rest[-1] == f"to have a sample again: numdiff.testing.sample_near(near, {wrong[0]}, seed=5)"
    labels = [line for line in rest if line.startswith("sample ")]
    assert [int(line.split()[1].rstrip(",")) for line in labels] == wrong
    for number, label in zip(wrong, labels, strict=True):
        assert label.startswith(f"sample {number}, x = {points[number].tolist()}:")
    assert sum("check_gradient: FAIL" in line for line in rest) == len(wrong)
    # of the first the whole report
    report = numdiff.check_gradient(f, grad, points[wrong[0]])
    assert rest[1 : 1 + len(str(report).splitlines())] == [f"  {line}" for line in str(report).splitlines()]


def test_the_users_own_point_in_the_message():
    message = failure(rosen, lambda x: rosen_der(x) + (x[0] == 2), [2.0, 1.0], near=[1.0, 1.0], samples=3)
    assert message.startswith("assert_gradient at 4 points: 1 fail, 3 pass\nx = [2.0, 1.0]:\n  check_gradient: FAIL")
    assert "sample_near" not in message


def test_failures_come_before_what_is_inconclusive():
    def f(x):
        return abs(x[0])

    arguments = (f, lambda x: [0.0], [0.0])
    assert failure(*arguments, near=[1.0], samples=1).splitlines()[:2] == [
        "assert_gradient at 2 points: 1 fail, 1 inconclusive",
        f"sample 0, x = {sample_near([1.0], 0).tolist()}:",
    ]
    assert "INCONCLUSIVE" in failure(*arguments, near=[1.0], samples=1)
    assert "INCONCLUSIVE" not in failure(*arguments, near=[1.0], samples=1, inconclusive="ok")


def test_inconclusive_at_several_points():
    message = failure(coarse, coarse_gradient, near=[1.0], samples=2)
    assert message.startswith("assert_gradient at 2 points: 2 inconclusive\nsample 0, x = ")
    assert message.endswith("\nassert_gradient is inconclusive; pass inconclusive='ok' or 'warn' to accept that")
    reports = assert_gradient(coarse, coarse_gradient, near=[1.0], samples=2, inconclusive="ok")
    assert [report.verdict for report in reports] == ["inconclusive"] * 2


def test_messages_stay_short():
    x = np.linspace(1, 2, 300)
    message = failure(
        lambda x: np.sum(x**2, axis=0), lambda x: 3 * x, x, near=x, samples=40, bounds=(0, 5), vectorized=True
    )
    assert len(message.splitlines()) < 50
    assert max(map(len, message.splitlines())) < 180
    assert "x = [1.        , 1.00334448, ..., 1.99665552, 2.        ] of shape (300,):" in message
    assert "and 31 more points\n" in message
    assert message.endswith("numdiff.testing.sample_near(near, 0, seed=0, bounds=bounds)")


# --------------------------------------------------------------------------- samples


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_samples_are_displaced_by_up_to_half_of_the_size(dtype):
    near = np.array([[1e-6, -3.0], [0.0, 1e6]], dtype=dtype)
    samples = np.array([sample_near(near, number) for number in range(500)])
    assert samples.dtype == dtype
    assert samples.shape == (500, 2, 2)
    displaced = (samples - near) / [[1e-6, 3.0], [3.0, 1e6]]
    assert np.abs(displaced).max() <= 0.5 + 1e-6
    assert np.abs(displaced.mean(axis=0)).max() < 0.05
    assert np.ptp(displaced, axis=0).min() > 0.98


def test_samples_depend_on_seed_and_number_only():
    assert sample_near(START, 3, seed=1).tolist() == sample_near(START, 3, seed=1).tolist()
    assert sample_near(START, 3, seed=1).tolist() != sample_near(START, 3, seed=2).tolist()
    assert sample_near(START, 3, seed=1).tolist() != sample_near(START, 4, seed=1).tolist()


def test_samples_near_zero_and_of_other_shapes():
    assert np.abs(sample_near([0.0, 0.0], 0)).max() <= 0.5
    assert sample_near([], 0).shape == (0,)
    assert isinstance(sample_near(2, 0), float)
    # beyond the largest number there is none
    assert np.isfinite(sample_near([1.7e308, -1.7e308], 1)).all()
    assert np.isfinite(sample_near(np.float32([3e38, -3e38]), 1)).all()


@given(
    st.lists(st.tuples(*[st.floats(-1e9, 1e9) for _ in range(3)]).map(sorted), min_size=1, max_size=4),
    st.integers(0, 5),
    st.sampled_from([np.float64, np.float32]),
)
def test_samples_lie_within_bounds(triples, number, dtype):
    lower, near, upper = np.array(triples, dtype=dtype).T
    sample = sample_near(near, number, bounds=(lower, upper))
    assert (sample >= lower).all()
    assert (sample <= upper).all()
    assert sample.dtype == dtype


def test_f_is_not_evaluated_outside_of_bounds():
    def f(x):
        assert (x >= 0).all()
        return np.sum(x**1.5)

    bounds = SimpleNamespace(lb=0, ub=np.inf)
    assert len(assert_gradient(f, lambda x: 1.5 * x**0.5, near=[1.0, 0.2], samples=5, bounds=bounds)) == 5


# --------------------------------------------------------------------------- what else can go wrong


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        ((), {}, TypeError, "assert_gradient needs a point: x, or near for random points around it"),
        ((START,), {"samples": 3}, TypeError, "samples belongs to near.*got samples=3 without it"),
        ((), {"near": START, "samples": 0}, ValueError, "samples must be an integer from 1 to .*; got 0"),
        ((), {"near": START, "samples": 2.5}, TypeError, "samples must be an integer from 1 to .*; got 2.5"),
        ((), {"near": START, "seed": -1}, ValueError, "seed must be an integer from 0 to .*; got -1"),
        ((START,), {"seed": "a"}, TypeError, "seed must be an integer from 0 to .*; got 'a'"),
        ((START,), {"inconclusive": "pass"}, ValueError, "inconclusive must be 'fail', 'ok' or 'warn'; got 'pass'"),
        ((), {"near": [1.0, np.inf]}, ValueError, r"near must be finite; got \[1.0, inf\]"),
        ((), {"near": [1j]}, TypeError, "near: x must hold float64, float32 or integers; got dtype complex128"),
        ((), {"near": START, "bounds": (1, 2)}, ValueError, "near: x must lie within bounds; got x = 0.7"),
        ((), {"near": START, "bounds": 3}, TypeError, "near: bounds must be a pair"),
        ((START,), {"resolution": 2}, ValueError, "resolution must lie between 0 and 1; got 2"),
        ((START,), {"resolutoin": 1e-3}, TypeError, "resolutoin"),
    ],
)
def test_bad_arguments(arguments, options, error, message):
    with pytest.raises(error, match=message):
        assert_gradient(rosen, rosen_der, *arguments, **options)


@pytest.mark.parametrize("number", [-1, 0.5, testing.MOST_SAMPLES])
def test_bad_number_of_a_sample(number):
    with pytest.raises((TypeError, ValueError), match=f"number must be an integer from 0 to 999999; got {number}"):
        sample_near(1.0, number)


def test_what_f_raises_is_passed_on():
    def f(x):
        raise KeyError("missing")

    with pytest.raises(KeyError) as raised:
        assert_gradient(f, rosen_der, START)
    (note,) = raised.value.__notes__
    assert note.startswith("f raised this at x = [")
    with pytest.raises(KeyError) as raised:
        assert_gradient(f, rosen_der, near=[1.0], samples=2, seed=4)
    x = sample_near([1.0], 0, seed=4).tolist()
    notes = [note.partition(";")[0] for note in raised.value.__notes__]
    assert notes == [f"f raised this at x = {x}", f"raised at sample 0 (seed=4), x = {x}"]


def test_an_assertion_in_f_is_not_the_verdict():
    def f(x):
        assert len(x) < 3, "too long"

    with pytest.raises(AssertionError, match=r"^f or its derivative raised AssertionError: too long") as raised:
        assert_gradient(f, rosen_der, START)
    assert str(raised.value.__cause__).startswith("too long")
    with pytest.raises(AssertionError, match=r"at sample 0 \(seed=0\), x = \["):
        assert_gradient(f, rosen_der, near=START)


# --------------------------------------------------------------------------- in test suites

SUITE = """
import unittest
import numpy as np
from numdiff.testing import assert_gradient, assert_jacobian


def cost(x):
    return np.sum(x**2)


def slipped(x):
    assert len(x) < 3, "too long"


class Suite(unittest.TestCase):
    def test_right(self):
        assert_gradient(cost, lambda x: 2 * x, [1.0, 2.0])

    def test_wrong(self):
        assert_gradient(cost, lambda x: 3 * x, [1.0, 2.0])  # one

    def test_near(self):
        assert_gradient(cost, lambda x: 3 * x, near=[1.0, 2.0])  # near

    def test_assertion_of_f(self):
        assert_gradient(slipped, lambda x: 3 * x, [1.0, 2.0, 3.0])
"""
OUTSIDE = """

def test_outside():
    assert_jacobian(np.sin, lambda x: np.diag(np.sin(x)), [1.0, 2.0])  # outside
"""


def run_suite(tmp_path, *command, suite):
    (tmp_path / "test_suite.py").write_text(suite)
    environment = {**os.environ, "PYTHONPATH": str(Path(numdiff.__file__).parents[1])}
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
    )


def test_under_unittest(tmp_path):
    done = run_suite(tmp_path, "unittest", "test_suite", suite=SUITE)
    assert done.returncode == 1
    assert "FAILED (failures=3)" in done.stderr
    assert "AssertionError: check_gradient: FAIL (2 of 2 entries fail" in done.stderr
    assert "  hint: every entry is 1.5 times what it should be" in done.stderr
    assert "AssertionError: assert_gradient at 10 points: 10 fail" in done.stderr
    assert "# one" in done.stderr
    assert "# near" in done.stderr
    # of what f itself asserts, the line
    assert 'assert len(x) < 3, "too long"' in done.stderr
    assert str(Path("numdiff", "testing.py")) not in done.stderr


def test_under_pytest(tmp_path):
    done = run_suite(tmp_path, "pytest", "-p", "no:cacheprovider", "test_suite.py", suite=SUITE + OUTSIDE)
    assert done.returncode == 1
    assert "4 failed, 1 passed" in done.stdout
    assert "AssertionError: check_gradient: FAIL (2 of 2 entries fail" in done.stdout
    assert "AssertionError: assert_gradient at 10 points: 10 fail" in done.stdout
    assert "AssertionError: check_jacobian: FAIL" in done.stdout
    for line in ("# one", "# near", "# outside", 'assert len(x) < 3, "too long"'):
        assert line in done.stdout
    for internal in (str(Path("numdiff", "testing.py")), "_assert(", "stacklevel"):
        assert internal not in done.stdout
