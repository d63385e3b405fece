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
from scipy.optimize import least_squares

import numdiff
from numdiff._tour import EPS, Fit

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

    data: Fit
    model: Callable[[Any, Any], Any]
    jacobian: Callable[[Any, Any], Any]
    size: Callable[[Any, Any], Any]
    lengths: Callable[[Any, Any], Any]


THURBER = Problem(
    Fit(
        source="Thurber, R., NIST (197?). Semiconductor electron mobility modeling",
        x=(
            *(-3.067, -2.981, -2.921, -2.912, -2.840, -2.797, -2.702, -2.699, -2.633, -2.481, -2.363, -2.322),
            *(-1.501, -1.460, -1.274, -1.212, -1.100, -1.046, -0.915, -0.714, -0.566, -0.545, -0.400, -0.309),
            *(-0.109, -0.103, 0.010, 0.119, 0.377, 0.790, 0.963, 1.006, 1.115, 1.572, 1.841, 2.047, 2.200),
        ),
        y=(
            *(80.574, 84.248, 87.264, 87.195, 89.076, 89.608, 89.868, 90.101, 92.405, 95.854, 100.696),
            *(101.060, 401.672, 390.724, 567.534, 635.316, 733.054, 759.087, 894.206, 990.785, 1090.109),
            *(1080.914, 1122.643, 1178.351, 1260.531, 1273.514, 1288.339, 1327.543, 1353.863, 1414.509),
            *(1425.208, 1421.384, 1442.962, 1464.350, 1468.705, 1447.894, 1457.628),
        ),
        starts=((1000.0, 1000.0, 400.0, 40.0, 0.7, 0.3, 0.03), (1300.0, 1500.0, 500.0, 75.0, 1.0, 0.4, 0.05)),
        parameters=(
            *(1.2881396800e03, 1.4910792535e03, 5.8323836877e02, 7.5416644291e01),
            *(9.6629502864e-01, 3.9797285797e-01, 4.9727297349e-02),
        ),
        standard_errors=(
            *(4.6647963344e00, 3.9571156086e01, 2.8698696102e01, 5.5675370270e00),
            *(3.1333340687e-02, 1.4984928198e-02, 6.5842344623e-03),
        ),
        sum_of_squares=5.6427082397e03,
    ),
    thurber,
    thurber_jacobian,
    thurber_size,
    thurber_lengths,
)

MGH09 = Problem(
    Fit(
        source="Kowalik, J. S., and Osborne, M. R., Methods for Unconstrained Optimization Problems, 1978",
        x=(4.0, 2.0, 1.0, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625),
        y=(0.1957, 0.1947, 0.1735, 0.1600, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246),
        starts=((25.0, 39.0, 41.5, 39.0), (0.25, 0.39, 0.415, 0.39)),
        parameters=(1.9280693458e-01, 1.9128232873e-01, 1.2305650693e-01, 1.3606233068e-01),
        standard_errors=(1.1435312227e-02, 1.9633220911e-01, 8.0842031232e-02, 9.0025542308e-02),
        sum_of_squares=3.0750560385e-04,
    ),
    mgh09,
    mgh09_jacobian,
    mgh09_size,
    mgh09_lengths,
)

ECKERLE4 = Problem(
    Fit(
        source="Eckerle, K., NIST (197?). Circular interference transmittance study",
        x=(
            *(
                400.0,
                405.0,
                410.0,
                415.0,
                420.0,
                425.0,
                430.0,
                435.0,
                436.5,
                438.0,
                439.5,
                441.0,
                442.5,
                444.0,
            ),
            *(
                445.5,
                447.0,
                448.5,
                450.0,
                451.5,
                453.0,
                454.5,
                456.0,
                457.5,
                459.0,
                460.5,
                462.0,
                463.5,
                465.0,
            ),
            *(470.0, 475.0, 480.0, 485.0, 490.0, 495.0, 500.0),
        ),
        y=(
            *(
                0.0001575,
                0.0001699,
                0.0002350,
                0.0003102,
                0.0004917,
                0.0008710,
                0.0017418,
                0.0046400,
                0.0065895,
            ),
            *(
                0.0097302,
                0.0149002,
                0.0237310,
                0.0401683,
                0.0712559,
                0.1264458,
                0.2073413,
                0.2902366,
                0.3445623,
            ),
            *(
                0.3698049,
                0.3668534,
                0.3106727,
                0.2078154,
                0.1164354,
                0.0616764,
                0.0337200,
                0.0194023,
                0.0117831,
            ),
            *(0.0074357, 0.0022732, 0.0008800, 0.0004579, 0.0002345, 0.0001586, 0.0001143, 0.0000710),
        ),
        starts=((1.0, 10.0, 500.0), (1.5, 5.0, 450.0)),
        parameters=(1.5543827178e00, 4.0888321754e00, 4.5154121844e02),
        standard_errors=(1.5408051163e-02, 4.6803020753e-02, 4.6800518816e-02),
        sum_of_squares=1.4635887487e-03,
    ),
    eckerle4,
    eckerle4_jacobian,
    eckerle4_size,
    eckerle4_lengths,
)

PROBLEMS = {"Thurber": THURBER, "MGH09": MGH09, "Eckerle4": ECKERLE4}
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


@pytest.mark.parametrize("name", PROBLEMS)
def test_data_give_the_certified_sum_of_squares(name):
    """Every digit of the data counts: the certified sum of squares comes out to its last digit."""
    data = PROBLEMS[name].data
    r = residuals_of(PROBLEMS[name])(data.parameters)
    # Eckerle4's sum is certified by truncation, 1.46358874872747E-03: one unit, not a half.
    assert abs(r @ r - data.sum_of_squares) <= 2 * data.half_unit(data.sum_of_squares)


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
