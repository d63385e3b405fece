"""Checks of functions whose noise is known beforehand."""

import math

import numpy as np
import pytest

from numdiff import (
    Function,
    check_derivative,
    check_gradient,
    check_hessian,
    check_jacobian,
    taylor_test,
)
from numdiff.testing import assert_gradient


def test_an_error_that_noise_hides_does_not_fail():
    wrong = lambda t: math.cos(t) * (1 + 1e-5)  # noqa: E731
    assert check_derivative(math.sin, wrong, 0.7).verdict == "fail"
    report = check_derivative(math.sin, wrong, 0.7, noise=1e-4)
    assert report.verdict == "inconclusive"
    assert report.bound > 1e-5


def test_the_noise_of_a_function_and_the_keyword():
    f = Function(math.sin, noise=1e-3)
    coarse, fine = check_derivative(f, math.cos, 0.7), check_derivative(f, math.cos, 0.7, noise=1e-9)
    assert coarse.bound > 1e3 * fine.bound
    assert fine.verdict == "pass"


def test_a_function_of_pairs_keeps_its_noise():
    f = Function(lambda x: (np.sum(x**2), 2 * x), noise=1e-3)
    report = check_gradient(f, True, [0.7, 0.8])
    alone = check_gradient(lambda x: np.sum(x**2), lambda x: 2 * x, [0.7, 0.8], noise=1e-3)
    assert np.array_equal(report.bound, alone.bound)


def test_every_output_has_its_own():
    noise = [1e-9, 1e-3]
    report = check_jacobian(lambda x: np.sin(x), lambda x: np.diag(np.cos(x)), [0.7, 0.8], noise=noise)
    assert report.bound[1, 1] > 1e3 * report.bound[0, 0]


def test_along_directions():
    x = np.linspace(0.5, 1.5, 10)
    f, grad = (lambda x: np.sum(np.sin(x))), np.cos
    fine = check_gradient(f, grad, x, directions=3, noise=1e-10)
    assert fine.verdict == "pass"
    assert np.all(check_gradient(f, grad, x, directions=3, noise=1e-3).bound > 1e3 * fine.bound)


def test_of_a_hessian_it_is_the_noise_of_the_gradient():
    x = [0.7, 0.8]
    grad, hess = (lambda x: np.sin(x)), (lambda x: np.diag(np.cos(x)))
    report = check_hessian(grad, hess, x, noise=[1e-3, 1e-9])
    assert report.bound[0, 0] > 1e3 * report.bound[1, 1]


def test_assertions_take_it():
    with pytest.raises(AssertionError, match="INCONCLUSIVE"):
        assert_gradient(lambda x: np.sum(np.sin(x)), np.cos, [0.7, 0.8], noise=1e-3)
    assert_gradient(lambda x: np.sum(np.sin(x)), np.cos, [0.7, 0.8], noise=1e-9)


def test_the_floor_of_a_taylor_test():
    x = [0.7, 0.8]
    f, grad = (lambda x: np.sum(np.sin(x))), np.cos
    quiet, noisy = taylor_test(f, grad, x), taylor_test(f, grad, x, noise=1e-8)
    assert quiet.verdict == noisy.verdict == "pass"
    assert np.allclose(noisy.floor[0] - quiet.floor[0], 2e-8, rtol=1e-3)
    assert taylor_test(Function(f, noise=1e-8), grad, x).floor[0].tolist() == noisy.floor[0].tolist()


@pytest.mark.parametrize(
    "check",
    [
        lambda **o: check_gradient(np.sum, np.ones_like, [1.0, 2.0], **o),
        lambda **o: taylor_test(np.sum, np.ones_like, [1.0, 2.0], **o),
    ],
)
def test_what_is_no_noise(check):
    with pytest.raises(ValueError, match=r"noise must be finite and not negative; got -1\.0"):
        check(noise=-1.0)
    with pytest.raises(ValueError, match=r"noise must be a number or broadcast to the shape of f\(x\), \(\)"):
        check(noise=[1e-3, 1e-3])
