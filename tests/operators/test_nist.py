"""Harder problems of NIST's Statistical Reference Datasets, fitted with Jacobians by numdiff.

https://www.itl.nist.gov/div898/strd/nls/nls_main.shtml, level of difficulty "higher": Thurber (a rational
function with 7 parameters), MGH09 (its first start is far away) and Eckerle4 (a narrow peak far from the
origin).
"""

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from mpmath import mp
from scipy.optimize import least_squares

import numdiff
from numdiff._tour.nist import CertifiedFit
from tests.bank.primitives import on_mp
from tests.bank.rounding import EPS
from tests.bank.systems.nist import NIST

# Constants of the error models that are of the order of 1.
SAFETY = 10.0


def thurber(b, x):
    return (b[0] + b[1] * x + b[2] * x**2 + b[3] * x**3) / _thurber_denominator(b, x)


def _thurber_denominator(b, x):
    return 1 + b[4] * x + b[5] * x**2 + b[6] * x**3


def thurber_jacobian(b, x):
    y, d = thurber(b, x), _thurber_denominator(b, x)
    return np.stack([1 / d, x / d, x**2 / d, x**3 / d, -y * x / d, -y * x**2 / d, -y * x**3 / d], axis=-1)


def thurber_size(b, x):
    powers = abs(x[:, np.newaxis]) ** range(4)
    d = abs(_thurber_denominator(b, x))
    return powers @ abs(b[:4]) / d * (powers @ [1, *abs(b[4:])]) / d


def thurber_lengths(b, x):
    d = abs(_thurber_denominator(b, x))
    linear = np.broadcast_to(np.abs(b[:4]), (len(x), 4))
    return np.hstack([linear, np.stack([d / abs(x), d / x**2, d / abs(x) ** 3], axis=-1)])


def mgh09(b, x):
    return b[0] * (x**2 + x * b[1]) / (x**2 + x * b[2] + b[3])


def mgh09_jacobian(b, x):
    y, d = mgh09(b, x), x**2 + x * b[2] + b[3]
    return np.stack([y / b[0], b[0] * x / d, -y * x / d, -y / d], axis=-1)


def mgh09_size(b, x):
    return abs(mgh09(b, x))


def mgh09_lengths(b, x):
    d = abs(x**2 + x * b[2] + b[3])
    return np.stack([np.full(len(x), abs(b[0])), np.full(len(x), abs(b[1])), d / x, d], axis=-1)


def eckerle4(b, x):
    return b[0] / b[1] * np.exp(-0.5 * ((x - b[2]) / b[1]) ** 2)


def eckerle4_jacobian(b, x):
    y, u = eckerle4(b, x), (x - b[2]) / b[1]
    return np.stack([y / b[0], y * (u**2 - 1) / b[1], y * u / b[1]], axis=-1)


def eckerle4_size(b, x):
    return abs(eckerle4(b, x))


def eckerle4_lengths(b, x):
    u = abs(x - b[2]) / b[1]
    return np.stack([np.full(len(x), b[0]), b[1] / (1 + u) ** 2, b[1] / (1 + u)], axis=-1)


@dataclass(frozen=True)
class Problem:
    """A model and its Jacobian by hand; the size of what is rounded; the lengths over which residuals vary.

    `size` is that of the terms of the model, which may cancel; `lengths` has an entry for every residual and
    parameter.
    """

    data: CertifiedFit
    model: Callable[[Any, Any], Any]
    jacobian: Callable[[Any, Any], Any]
    size: Callable[[Any, Any], Any]
    lengths: Callable[[Any, Any], Any]


DATA = {system.name: system.data for system in NIST}
PROBLEMS = {
    "Thurber": Problem(DATA["Thurber"], thurber, thurber_jacobian, thurber_size, thurber_lengths),
    "MGH09": Problem(DATA["MGH09"], mgh09, mgh09_jacobian, mgh09_size, mgh09_lengths),
    "Eckerle4": Problem(DATA["Eckerle4"], eckerle4, eckerle4_jacobian, eckerle4_size, eckerle4_lengths),
}
STARTS = [
    pytest.param(p, start, id=f"{name}-{k}") for name, p in PROBLEMS.items() for k, start in enumerate(p.data.starts, 1)
]
POINTS = [
    *STARTS,
    *(pytest.param(p, p.data.parameters, id=f"{name}-certified") for name, p in PROBLEMS.items()),
]


def residuals_of(problem):
    x, y = np.array(problem.data.x), np.array(problem.data.y)
    return lambda b: problem.model(b, x) - y


@pytest.mark.parametrize("system", NIST, ids=lambda system: system.name)
def test_data_give_the_certified_values(system):
    """Every digit of the data counts: the certified sum of squares comes out to its last digit.

    As many of a standard deviation as the rounding of the parameters leaves. A step of Gauss and Newton from the
    certified parameters is no longer than their rounding.
    """
    data = system.data
    with mp.workdps(50):
        r, j = mp.matrix(on_mp(system.residuals, data.parameters)), mp.matrix(on_mp(system.jacobian, data.parameters))
        normal, total = (j.T * j) ** -1, (r.T * r)[0]
        step, deviations = (
            normal * (j.T * r),
            [mp.sqrt(normal[k, k] * total / (j.rows - j.cols)) for k in range(j.cols)],
        )
    # Eckerle4's sum is certified by truncation, 1.46358874872747E-03: one unit, not a half.
    assert abs(total - data.sum_of_squares) <= 2 * data.half_unit(data.sum_of_squares)
    assert all(abs(d) <= 4 * data.half_unit(b) for d, b in zip(step, data.parameters, strict=True))
    assert all(abs(d - e) <= 1e-8 * e for d, e in zip(deviations, data.standard_errors, strict=True))


@pytest.mark.parametrize("name", PROBLEMS)
def test_models_are_those_of_the_bank(name):
    problem = PROBLEMS[name]
    x = np.array(problem.data.x)
    system = next(system for system in NIST if system.name == name)
    for b in (*problem.data.starts, problem.data.parameters):
        jacobian = np.array(on_mp(system.jacobian, b), dtype=float)
        np.testing.assert_allclose(problem.jacobian(np.array(b), x), jacobian, rtol=1e-12)


@pytest.mark.parametrize("accuracy", [2, 4])
@pytest.mark.parametrize(("problem", "b"), POINTS)
def test_jacobian_of_the_residuals(problem, b, accuracy):
    """Within the error model of the stencil, S/L (h/L)^p + eps S/h, entry by entry."""
    b, x = np.array(b), np.array(problem.data.x)
    result = numdiff.jacobian(
        residuals_of(problem), b, method="central", accuracy=accuracy, scale=np.abs(b), full_output=True
    )
    exact = problem.jacobian(b, x)
    size, length = problem.size(b, x)[:, np.newaxis], problem.lengths(b, x)
    rounded = np.maximum(size, np.abs(problem.data.y)[:, np.newaxis])
    allowed = SAFETY * (size / length * (result.step / length) ** accuracy + EPS * rounded / result.step)
    assert result.value.shape == exact.shape
    assert np.all(np.abs(result.value - exact) <= allowed)


@pytest.mark.parametrize(("problem", "b"), POINTS)
def test_steps_that_know_the_problem(problem, b):
    """A given step, a share of the length over which the model varies, suits parameters of any size."""
    b, x = np.array(b), np.array(problem.data.x)
    step = problem.lengths(b, x).min(axis=0) * (30 * EPS) ** (1 / 5)
    computed = numdiff.jacobian(residuals_of(problem), b, method="central", accuracy=4, step=step)
    exact = problem.jacobian(b, x)
    assert np.all(np.abs(computed - exact).max(axis=0) <= 1e-9 * np.abs(exact).max(axis=0))


@pytest.mark.parametrize(("problem", "start"), STARTS)
def test_fit_reaches_the_certified_values(problem, start):
    """As near as the flat sum of squares allows: within sqrt(eps (n - p)) standard errors of its minimum."""
    data, residuals = problem.data, residuals_of(problem)
    jac = functools.partial(numdiff.jacobian, residuals, method="central", scale=np.abs(start))
    tight = 4 * EPS
    result = least_squares(
        residuals,
        start,
        jac=jac,
        method="lm",
        x_scale="jac",
        ftol=tight,
        xtol=tight,
        gtol=tight,
        max_nfev=5000,
    )
    freedom = len(data.y) - len(start)
    flat = SAFETY * math.sqrt(EPS * freedom)
    certified, deviation = np.array(data.parameters), np.array(data.standard_errors)
    allowed = flat * deviation + np.array([data.half_unit(b) for b in certified])
    assert np.all(np.abs(result.x - certified) <= allowed)
    assert np.all(np.abs(result.x - certified) <= 1e-6 * np.abs(certified))  # 6 digits at least
    assert abs(2 * result.cost - data.sum_of_squares) <= 1e-10 * data.sum_of_squares

    j = jac(result.x)
    errors = np.sqrt(np.diag(np.linalg.inv(j.T @ j)) * 2 * result.cost / freedom)
    np.testing.assert_allclose(errors, deviation, rtol=1e-5)
