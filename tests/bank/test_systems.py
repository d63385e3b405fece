"""The published systems: Jacobians by hand, known minima, and what the adaptive method makes of them."""

import numpy as np
import pytest
from mpmath import mp, mpf
from scipy.optimize import least_squares

from numdiff import derivative, jacobian
from tests.bank.primitives import MP, NUMPY, on_mp
from tests.bank.rounding import EPS, Rounded
from tests.bank.series import Series
from tests.bank.systems import SYSTEMS
from tests.bank.vector import UNEVEN, VECTOR, on_numpy, residuals, sum_of_squares

every_system = pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)


def published_points(system, seed, drawn):
    """The starts, the solution where there is one, and points drawn."""
    given = [*system.starts, *([system.solution] if system.solution else [])]
    rng = np.random.default_rng(seed)
    points = residuals(system).points
    return [np.array(x, dtype=float) for x in given] + [points(rng) for _ in range(drawn)]


# ----------------------------------------------------------------------------
# The systems
# ----------------------------------------------------------------------------


def test_names():
    names = [system.name for system in SYSTEMS]
    assert len(names) == len(set(names)) >= 50
    in_bank = {case.name for case in (*VECTOR, *UNEVEN) if case.source}
    assert in_bank == set(names) | {f"{name}-squares" for name in names}


@every_system
def test_source(system):
    assert system.source.startswith(("J. J. Moré", "NIST"))


def slopes(body, x):
    """The Jacobian by the arithmetic of Taylor series, one variable at a time."""
    columns = [body(MP, [*x[:j], Series.variable(a, 1), *x[j + 1 :]]) for j, a in enumerate(x)]
    return [[r.c[1] if isinstance(r, Series) else mpf(0) for r in rows] for rows in zip(*columns, strict=True)]


@every_system
def test_jacobian_by_hand(system):
    for x in published_points(system, 1, 3):
        with mp.workdps(50):
            numbers = [mpf(float(a)) for a in x]
            by_hand, truth = system.jacobian(MP, numbers), slopes(system.residuals, numbers)
            largest = max(abs(d) for row in truth for d in row)
            for row, true_row in zip(by_hand, truth, strict=True):
                for a, d in zip(row, true_row, strict=True):
                    assert abs(a - d) <= mpf(10) ** -44 * (abs(d) + mpf(10) ** -30 * largest)
            (gradient,) = slopes(lambda m, x: [system.sum_of_squares(m, x)], numbers)
            squares = sum(d * d for d in gradient)
            wrong = sum((a - d) ** 2 for a, d in zip(system.gradient(MP, numbers), gradient, strict=True))
            assert wrong <= mpf(10) ** -80 * (squares + largest**2)


@every_system
def test_sum_at_the_solution(system):
    if system.solution and (system.minimum == 0 or system.data):
        total = on_mp(system.sum_of_squares, system.solution)
        # constants of the systems are rounded to float64, certified values to 11 digits
        assert abs(total - system.minimum) <= 1e-10 * system.minimum + 1e-26


@pytest.mark.parametrize(
    # Gulf's steps leave its domain
    "system",
    [s for s in SYSTEMS if s.data is None and s.minimum is not None and s.name != "gulf"],
    ids=lambda system: system.name,
)
def test_published_minimum(system):
    """From the standard start, by Levenberg and Marquardt's method with the Jacobian by hand, to the digits printed."""

    def fun(x):
        return on_numpy(system.residuals(NUMPY, x), x)

    def jac(x):
        return np.array([np.array([float(a) for a in row]) for row in system.jacobian(NUMPY, x)])

    result = least_squares(fun, system.starts[0], jac, x_scale="jac", ftol=1e-15, xtol=1e-15, gtol=1e-15, max_nfev=5000)
    total = 2 * result.cost
    if system.name == "biggs":
        # the start leads to either of two minima
        assert total < 1e-20 or total == pytest.approx(system.minimum, rel=1e-5)
    else:
        assert total == pytest.approx(system.minimum, rel=1e-5, abs=1e-16)


# ----------------------------------------------------------------------------
# The adaptive method on them
# ----------------------------------------------------------------------------


def rounding(body, x):
    """Bounds of what rounding does to the numbers that a body returns, nested as they are."""

    def error(value):
        if isinstance(value, list):
            return [error(v) for v in value]
        return float(value.error * EPS) if isinstance(value, Rounded) else 0.0

    with mp.workdps(30):
        return np.array(error(body(MP, [Rounded.exactly(float(a)) for a in x])))


def compared(f, body, slopes_body, truth, x):
    """Which entries err by more than their bound, and by ten times that.

    Beyond it goes the rounding of the closed form: part of it may be the same in every value of f. Entries that make
    no more of a difference over the whole of x than ten times the rounding of f leave no trace in f: the far tails of
    peaks.
    """
    with np.errstate(over="ignore"):
        result = jacobian(f, x, full_output=True)
    error = abs(result.value - truth)
    seen = abs(truth) * np.maximum(abs(x), 1.0) > 10 * np.atleast_1d(rounding(body, x))[:, np.newaxis]
    allowed = rounding(slopes_body, x).reshape(truth.shape)
    return seen & (error > result.error + allowed), seen & (error > 10 * result.error + allowed)


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
@pytest.mark.parametrize("drawn", [1, pytest.param(20, marks=pytest.mark.slow)], ids=["few", "many"])
def test_bounds(system, drawn):
    """Of residuals and of their sums of squares, with variables of any size: none is a lie."""
    missed, total = 0, 0
    for case, body, by_hand in (
        (residuals(system), system.residuals, system.jacobian),
        (sum_of_squares(system), system.sum_of_squares, system.gradient),
    ):
        for x in published_points(system, 7, drawn):
            outside, lies = compared(case.f, body, by_hand, case.jac(x), x)
            assert np.argwhere(lies).tolist() == [], (case.name, x.tolist())
            missed, total = missed + np.sum(outside), total + outside.size
    assert missed <= 0.02 * total


def test_a_residual_that_cancels():
    """Observation 27 of Thurber's against b7, in numbers that say as much."""
    lies = []
    for t in np.linspace(0.03, 0.07, 41):
        result = derivative(lambda t: 1290 / (1.01 + 1e-6 * t) - 1276, t, full_output=True)
        exact = -1290e-6 / (1.01 + 1e-6 * t) ** 2
        if abs(result.value - exact) > 10 * result.error:
            lies.append(t)
    assert lies == []
