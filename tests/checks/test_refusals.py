"""Bad input of the checks, and what f raises."""

import math

import numpy as np
import pytest

from numdiff import (
    Function,
    Status,
    check_derivative,
    check_gradient,
)
from tests.checks.examples import X, squares, squares_gradient


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
        ({"kwargs": 3}, TypeError, "kwargs must be a mapping"),
        ({"rtol": True}, TypeError, "rtol must be a number that is not negative; got True"),
        ({"atol": np.True_}, TypeError, "atol must be a number that is not negative; got np.True_"),
        ({"resolution": True}, TypeError, "resolution must be a number that is not negative; got True"),
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
    for options in ({"vectorized": True}, {"args": (1,)}, {"kwargs": {"a": 1}}):
        with pytest.raises(TypeError, match="vectorized, args and kwargs belong to the Function when f is one"):
            check_gradient(Function(squares), squares_gradient, X, **options)


@pytest.mark.parametrize("options", [{"vectorized": True}, {"args": (1,)}], ids=str)
def test_options_beside_a_function_that_returns_pairs(options):
    with pytest.raises(TypeError, match="vectorized, args and kwargs belong to the Function when f is one"):
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
