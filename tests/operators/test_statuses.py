"""The statuses of the adaptive method, and its warnings."""

import math
from math import inf

import numpy as np
import pytest

from numdiff import NumdiffWarning, Status, derivative, gradient, jacobian
from tests.called import called
from tests.operators.adaptive import Counted, differentiated, rational

# ----------------------------------------------------------------------------
# Statuses
# ----------------------------------------------------------------------------

SMOOTH_NOISE = 1e-7


def noisy_sine(t):
    """Noise that is a function of t: the digits of a large multiple of it."""
    return math.sin(t) + SMOOTH_NOISE * math.sin(1e25 * t)


EXAMPLES = {
    "CONVERGED": (math.sin, 1.0, math.cos(1.0)),
    "NOISY": (noisy_sine, 1.0, math.cos(1.0)),
    "ONE_SIDED": (lambda t: math.exp(t) if t >= 1 else math.nan, 1.0, math.e),
    "FLAT": (lambda t: 7.0, 3.0, 0.0),
    "KINK": (lambda t: max(t, 3 * t), 0.0, None),
    "JUMP": (lambda t: t + (t >= 0.5), 0.5, None),
    "UNRELIABLE": (lambda t: t * math.sin(1 / t) if t else 0.0, 0.0, None),
    "EDGE": (lambda t: t if t == 1 else math.nan, 1.0, None),
    "NONFINITE": (lambda t: math.nan, 1.0, None),
}


@pytest.mark.parametrize("status", EXAMPLES)
def test_status(status):
    f, x, slope = EXAMPLES[status]
    result = differentiated(f, x)
    assert result.status is Status[status]
    if slope is None:
        assert result.error == inf
        assert result.success is False
    else:
        assert abs(result.value - slope) <= result.error < 1e-4
        assert result.success is True


def test_budget():
    result = differentiated(math.exp, 1.0, max_nfev=14)
    assert result.status is Status.BUDGET
    assert result.success is False
    assert abs(result.value - math.e) <= result.error < 1e-3


def test_not_estimated_belongs_to_fixed_steps():
    assert differentiated(math.sin, 1.0, method="central").status is Status.NOT_ESTIMATED


def test_values_without_a_bound():
    """The best that can be said: the mean of both slopes, and nothing where nothing could be evaluated."""
    assert differentiated(*EXAMPLES["KINK"][:2]).value == 2
    assert math.isnan(differentiated(*EXAMPLES["EDGE"][:2]).value)
    assert math.isnan(differentiated(*EXAMPLES["NONFINITE"][:2]).value)


@pytest.mark.parametrize("side", [-1, 1], ids=["left", "right"])
def test_one_side_of_a_kink(side):
    """What the docstring of KINK advises."""
    bounds = (-1.0, 0.0) if side < 0 else (0.0, 1.0)
    result = differentiated(lambda t: max(t, 3 * t), 0.0, bounds=bounds)
    assert result.status is Status.ONE_SIDED
    assert abs(result.value - (1 if side < 0 else 3)) <= result.error < 1e-10


@pytest.mark.parametrize("x", [math.nan, inf, -inf])
def test_x_that_is_not_finite_is_data(x):
    counted = Counted(math.sin)
    result = differentiated(counted, x)
    assert (result.status, result.error, result.nfev, counted.points) == (Status.NONFINITE, inf, 0, 0)
    assert math.isnan(result.value)


def test_one_bad_point_does_not_spoil_others():
    x = np.array([1.0, math.nan, 2.0])
    result = differentiated(rational, x)
    assert result.status.tolist() == [Status.CONVERGED, Status.NONFINITE, Status.CONVERGED]
    assert result.value[2] == derivative(rational, 2.0)


@called
def test_no_room_between_bounds(vectorized):
    """Nothing is evaluated there, and the others are not affected."""
    x, lower, upper = np.array([1.0, 2.0]), [1.0, 0.0], [1.0, 9.0]
    alone = Counted(rational)
    result = differentiated(alone, 1.0, bounds=(1, 1), vectorized=vectorized)
    assert (result.status, result.nfev, alone.points) == (Status.EDGE, 0, 0)
    assert math.isnan(result.value)
    result = differentiated(rational, x, bounds=(lower, upper), vectorized=vectorized)
    assert result.status.tolist() == [Status.EDGE, Status.CONVERGED]
    assert result.value[1] == derivative(rational, 2.0)


def test_fixed_variables_of_a_gradient():
    x = np.array([1.0, 2.0, 3.0])
    result = gradient(lambda x: x @ x, x, bounds=([1, 0, 0], [1, 9, 9]), full_output=True)
    assert result.status.tolist() == [Status.EDGE, Status.CONVERGED, Status.CONVERGED]
    assert abs(result.value[1:] - [4, 6]).max() < 1e-12


# ----------------------------------------------------------------------------
# Warnings
# ----------------------------------------------------------------------------


def test_warning_of_a_number():
    with pytest.warns(NumdiffWarning, match=r"without an error bound: KINK, value 0\.0 ") as record:
        assert derivative(abs, 0.0) == 0
    assert len(record) == 1
    assert record[0].filename == __file__


def test_one_warning_a_call_names_how_many_and_the_first():
    def f(t):
        return abs(t) if t < 5 else float(t >= 10) + t

    with pytest.warns(NumdiffWarning) as record:
        value = derivative(f, [[1.0, 0.0, 2.0], [10.0, 3.0, 0.0]])
    assert len(record) == 1
    message = str(record[0].message)
    assert "3 of 6 entries" in message
    assert "index (0, 1)" in message
    assert "KINK" in message
    assert "JUMP" in message
    assert value[0, 0] == pytest.approx(1)


@pytest.mark.parametrize(
    ("function", "x"), [(gradient, [0.0, 1.0]), (jacobian, [0.0, 1.0])], ids=["gradient", "jacobian"]
)
def test_warning_of_arrays(function, x):
    with pytest.warns(NumdiffWarning, match="1 of 2 entries, the first at index") as record:
        function(lambda x: abs(x).sum(), x)
    assert [r.filename for r in record] == [__file__]


@pytest.mark.parametrize("status", ["CONVERGED", "NOISY", "ONE_SIDED", "FLAT"])
def test_a_bound_does_not_warn(status):
    """Warnings are errors here."""
    f, x, _ = EXAMPLES[status]
    derivative(f, x)


def test_full_output_does_not_warn():
    for f, x, _ in EXAMPLES.values():
        derivative(f, x, full_output=True)


def test_a_finite_bound_at_the_end_of_the_budget_does_not_warn():
    derivative(math.exp, 1.0, max_nfev=14)


# ---------------------------------------------------------------------------- beyond the largest number


@pytest.mark.parametrize(
    ("f", "x", "order"),
    [
        (lambda t: 1 / t, 1e-200, 1),
        (math.log, 1e-40, 8),
        (lambda t: 1 + t, 3e-308, 2),
        (lambda t: t / 1e-175, -1e-175, 2),
        (lambda t: t, 5e-230, 3),
        (lambda t: 1e46 * float(t), np.float32(0.0), 1),
        (lambda t: 1e300 * float(t), np.float32(1.678), 1),
        (lambda t: complex(t, 1 / t), 1e-200, 1),
    ],
)
def test_no_good_status_without_a_bound(f, x, order):
    result = derivative(f, x, order=order, full_output=True)
    assert result.error == inf
    assert result.status == Status.NONFINITE
    assert not result.success
    with pytest.warns(NumdiffWarning, match="NONFINITE"):
        derivative(f, x, order=order)


# ---------------------------------------------------------------------------- of complex entries


@pytest.mark.parametrize("swap", [False, True], ids=["imaginary", "real"])
@pytest.mark.parametrize(
    ("part", "bounds", "status"),
    [
        (math.sin, None, Status.CONVERGED),
        (lambda t: round(math.sin(t), 6), None, Status.NOISY),
        (lambda t: t * math.sqrt(t), (1.0, 2.0), Status.ONE_SIDED),
        (lambda t: abs(t - 1), None, Status.KINK),
        (lambda t: 2.5, None, Status.FLAT),
    ],
)
def test_a_constant_part_says_nothing_of_the_other(part, bounds, status, swap):
    def f(t):
        return complex(part(t), 3.0) if swap else complex(3.0, part(t))

    result = derivative(f, 1.0, bounds=bounds, full_output=True)
    assert result.status == status
    assert derivative(part, 1.0, bounds=bounds, full_output=True).status == status


@pytest.mark.parametrize("x", [0.0, 1.0, -2.5, 1e-3, 1e10])
@pytest.mark.parametrize("f", [lambda x: 1j * x, lambda x: x + 3j, lambda x: complex(0, x)])
def test_a_linear_part_beside_a_constant_one(f, x):
    for differentiate in (derivative, gradient, jacobian):
        result = differentiate(f, x, full_output=True)
        assert np.ravel(result.status).tolist() == [Status.CONVERGED]
        assert np.all(abs(result.value - (f(1.0) - f(0.0))) <= result.error)
        assert np.all(result.error < 1e-12 * max(1, 1 / abs(x or 1)))
