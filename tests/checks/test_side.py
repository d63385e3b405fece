"""Checks of derivatives from one side."""

import math

import numpy as np
import pytest

from numdiff import check_derivative, check_gradient, check_hessian, check_jacobian, taylor_test
from numdiff.testing import assert_gradient


def recorded(f, points):
    def g(x):
        points.append(np.array(x))
        return f(x)

    return g


@pytest.mark.parametrize(("side", "slope"), [("left", -1.0), ("right", 1.0)])
def test_a_derivative_from_one_side(side, slope):
    points = []
    report = check_derivative(recorded(abs, points), lambda t: slope, 0.0, side=side)
    assert report.verdict == "pass"
    assert min(slope * t for t in points) == 0
    assert check_derivative(abs, lambda t: -slope, 0.0, side=side).verdict == "fail"
    assert check_derivative(abs, lambda t: slope, 0.0).verdict == "inconclusive"


def test_points_with_sides_of_their_own():
    report = check_derivative(
        np.abs, lambda t: np.array([-1.0, 1.0, 1.0]), [0.0, 0.0, 2.0], side=["left", "right", None], vectorized=True
    )
    assert report.verdict == "pass"


@pytest.mark.parametrize("directions", [None, 4])
def test_a_gradient_from_one_side(directions):
    points = []
    f = recorded(lambda x: np.sum(np.abs(x)) + x[0] * x[1], points)
    side = ["left", "right", None]
    right = [-1.0, 1.0, 1.0]
    assert check_gradient(f, lambda x: right, [0.0, 0.0, 2.0], side=side, directions=directions).verdict == "pass"
    x, y, z = np.array(points).T
    assert x.max() <= 0 <= y.min()
    assert z.min() < 2 < z.max()
    wrong = [-1.0, -1.0, 1.0]
    assert check_gradient(f, lambda x: wrong, [0.0, 0.0, 2.0], side=side, directions=directions).verdict == "fail"
    x, y, _ = np.array(points).T
    assert x.max() <= 0 <= y.min()


def test_matrices():
    J = [[-1.0, 1.0], [0.0, 1.0]]
    f = lambda x: np.array([np.sum(np.abs(x)), x[1]])  # noqa: E731
    assert check_jacobian(f, lambda x: J, [0.0, 0.0], side=["left", "right"]).verdict == "pass"
    grad, hess = (lambda x: np.abs(x)), (lambda x: np.diag([-1.0, 1.0]))
    assert check_hessian(grad, hess, [0.0, 0.0], side=["left", "right"]).verdict == "pass"
    assert check_hessian(grad, hess, [0.0, 0.0], side=["right", "right"]).verdict == "fail"


def test_assertions_take_it():
    assert_gradient(lambda x: abs(x[0]), lambda x: [-1.0], [0.0], side="left")
    with pytest.raises(AssertionError, match="FAIL"):
        assert_gradient(lambda x: abs(x[0]), lambda x: [1.0], [0.0], side="left")


def test_taylor_test():
    points = []
    f = recorded(lambda x: np.sum(np.abs(x)) + np.sum(x**2), points)
    report = taylor_test(f, lambda x: np.array([-1.0, 1.0]), [0.0, 0.0], side=["left", "right"])
    assert report.verdict == "pass"
    x, y = np.array(points).T
    assert x.max() <= 0 <= y.min()


def test_what_is_no_side():
    for check in (check_gradient, taylor_test):
        with pytest.raises(ValueError, match="side must be 'left', 'right' or None"):
            check(np.sum, np.ones_like, [1.0, 2.0], side="up")
    with pytest.raises(ValueError, match=r"side must be one side or broadcast to the shape of x, \(\)"):
        check_derivative(math.sin, math.cos, 1.0, side=["left", "right"])
