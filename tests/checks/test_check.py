"""What is checked: evaluations, kinks and jumps, bounds, and the forms that f and its derivative may have."""

import json
import math

import numpy as np
import pytest
import scipy.sparse
from scipy.optimize import Bounds, rosen, rosen_der

from numdiff import (
    Function,
    Status,
    check_derivative,
    check_gradient,
    check_hessian,
    check_jacobian,
    taylor_test,
)
from tests.called import called
from tests.checks.examples import ARRAYS, Counting, X, along, assert_rules, kinked, squares, squares_gradient

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


def test_kwargs():
    def f(x, a, *, b):
        return a * squares(x) + b

    def grad(x, a, *, b):
        return 2 * a * x + 0 * b

    def both(x, a, *, b):
        return f(x, a, b=b), grad(x, a, b=b)

    given = {"args": (3.0,), "kwargs": {"b": 1.0}}
    assert check_gradient(f, grad, X, **given).verdict == "pass"
    assert check_gradient(Function(f, **given), grad, X).verdict == "pass"
    assert check_gradient(both, True, X, **given).verdict == "pass"
    assert check_gradient(f, Function(grad, **given), X, directions=2, **given).verdict == "pass"
    assert check_derivative(f, grad, 2.0, **given).verdict == "pass"
    assert check_derivative(f, grad, X, **given).verdict == "pass"
    assert (
        check_derivative(lambda t, *, a: (a * t, a + 0 * t), True, X, vectorized=True, kwargs={"a": 2}).verdict
        == "pass"
    )
    assert check_jacobian(lambda x, a, *, b: a * x + b, lambda x, a, *, b: a * np.eye(x.size), X, **given)
    assert taylor_test(f, grad, X, hess=lambda x, a, *, b: 2 * a * np.eye(x.size), **given)


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
# One output as an array of size 1
# ----------------------------------------------------------------------------


@pytest.mark.parametrize("x", [0.5, [0.5], [0.5, 1.5], [[0.5, 1.5]]], ids=str)
@pytest.mark.parametrize("shape", [(1,), (1, 1)], ids=str)
def test_one_output_in_an_array(shape, x):
    def f(t):
        return np.full(shape, math.sin(t))

    report = check_derivative(f, math.cos, x)
    plain = check_derivative(math.sin, math.cos, x)
    assert (report.verdict, report.nfev, report.notes) == ("pass", plain.nfev, ())
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(report, name), getattr(plain, name), strict=True)
    assert check_derivative(f, lambda t: np.full(shape, 2 * math.cos(t)), x).verdict == "fail"
    vectorized = check_derivative(lambda t: np.broadcast_to(np.sin(t), (*shape, *t.shape)), np.cos, x, vectorized=True)
    assert (vectorized.verdict, vectorized.notes) == ("pass", ())
    pairs = check_derivative(lambda t: (f(t), math.cos(t)), True, x)
    assert (pairs.verdict, pairs.notes) == ("pass", ())


def test_two_outputs_are_no_derivative():
    with pytest.raises(ValueError, match=r"f must return one number here; got an array of shape \(2,\)"):
        check_derivative(lambda t: np.array([t, t]), lambda t: 1.0, 0.5)
