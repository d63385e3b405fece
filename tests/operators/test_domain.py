"""The end of the domain of f, and what f raises."""

import math
from math import inf

import numpy as np
import pytest

from numdiff import Status, derivative, gradient, jacobian
from tests.called import called
from tests.operators.adaptive import Counted, assert_same, differentiated, rational

# ----------------------------------------------------------------------------
# The end of the domain
# ----------------------------------------------------------------------------


def raising(error):
    def f(t):
        if t < 1:
            raise error
        return math.exp(t)

    return f


OUTSIDE = {
    "nan": lambda t: math.exp(t) if t >= 1 else math.nan,
    "inf": lambda t: math.exp(t) if t >= 1 else inf,
    "complex": lambda t: math.exp(t) + 0 * (t - 1) ** 0.5,
    "ValueError": lambda t: math.exp(t) + 0 * math.sqrt(t - 1),
    "ZeroDivisionError": lambda t: math.exp(t) / (t >= 1),
    "OverflowError": raising(OverflowError("too large")),
    "FloatingPointError": raising(FloatingPointError("underflow")),
}
outside = pytest.mark.parametrize("f", OUTSIDE.values(), ids=OUTSIDE)


@outside
@pytest.mark.parametrize("x", [1.0, 1 + 1e-12, 1 + 1e-6], ids=["edge", "1e-12", "1e-6"])
def test_one_sided_at_the_end_of_the_domain(f, x):
    result = differentiated(f, x)
    assert abs(result.value - math.exp(x)) <= result.error < 1e-8
    if x == 1:
        assert result.status is Status.ONE_SIDED


@outside
def test_one_sided_from_the_left(f):
    result = differentiated(lambda t: f(-t), -1.0)
    assert result.status is Status.ONE_SIDED
    assert abs(result.value + math.e) <= result.error < 1e-10


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_one_sided_derivatives_of_higher_order(order):
    result = differentiated(OUTSIDE["nan"], 1.0, order=order)
    assert result.status is Status.ONE_SIDED
    assert abs(result.value - math.e) <= result.error < 10.0 ** (2.5 * order - 12)


@pytest.mark.parametrize(
    ("f", "x", "slope"),
    [
        (math.log, 1e-9, 1e9),
        (math.sqrt, 1e-9, 0.5 / math.sqrt(1e-9)),
        (lambda t: 1 / t, 1e-9, -1e18),
        (lambda t: t**1.5, 1e-9, 1.5 * math.sqrt(1e-9)),
        (math.acosh, 1 + 1e-3, 1 / math.sqrt(2e-3 + 1e-6)),
        (math.gamma, 170.0, 2.191250441608612e305),
    ],
    ids=["log", "sqrt", "reciprocal", "power", "acosh", "gamma"],
)
def test_near_the_end_of_the_domain_of_real_functions(f, x, slope):
    result = differentiated(f, x)
    assert abs(result.value - slope) <= result.error + 4e-13 * abs(slope)  # x itself is rounded
    assert result.error < 1e-6 * abs(slope)


@pytest.mark.parametrize("bounds", [(0.3, 5.0), (-5.0, 0.3), (0.3, 0.4), (0.2, 0.3)], ids=str)
@pytest.mark.parametrize("order", [1, 2, 3])
@called
def test_bounds_are_never_crossed(order, bounds, vectorized):
    counted = Counted(np.sin)
    result = differentiated(counted, 0.3, bounds=bounds, order=order, vectorized=vectorized)
    assert bounds[0] <= counted.least <= counted.largest <= bounds[1]
    truth = [math.cos, lambda t: -math.sin(t), lambda t: -math.cos(t)][order - 1](0.3)
    assert abs(result.value - truth) <= result.error < 1e-3
    assert result.status is Status.ONE_SIDED


@pytest.mark.parametrize(
    "width",
    [
        1e-2,
        1e-4,
        1e-5,
        1e-6,
        1e-7,
        1e-9,
        1e-12,
    ],
)
@pytest.mark.parametrize("sides", [1, 2])
def test_narrow_bounds(width, sides):
    """However narrow: f is smooth, and there is room."""
    bounds = (1 - width if sides == 2 else 1.0, 1 + width)
    result = differentiated(math.cos, 1.0, bounds=bounds)
    assert abs(result.value + math.sin(1)) <= result.error < max(1e-14 / width, 1e-8)


@pytest.mark.parametrize("x", [0.0, 1.0, 0.5])
def test_bounds_at_both_ends_of_a_domain(x):
    """A function of the closed interval [0, 1] that fails outside of it."""
    result = differentiated(lambda t: math.sqrt(1 + t) + 0 * math.asin(2 * t - 1), x, bounds=(0, 1))
    assert abs(result.value - 0.5 / math.sqrt(1 + x)) <= result.error < 1e-9


@called
def test_each_output_has_its_own_domain(vectorized):
    """What one output cannot do, the others still can."""

    def f(x):
        return np.stack([x[0] ** 2, np.where(x[0] >= 1, np.exp(x[0]), np.nan), x[0] * x[1]])

    result = jacobian(f, [1.0, 2.0], vectorized=vectorized, full_output=True)
    assert result.status[:, 0].tolist() == [Status.CONVERGED, Status.ONE_SIDED, Status.CONVERGED]
    truth = np.array([[2, 0], [math.e, 0], [2, 1]])
    assert np.all(abs(result.value - truth) <= result.error)
    assert result.error.max() < 1e-10
    assert result.value[0, 0] == derivative(lambda t: t**2, 1.0)


def test_each_component_has_its_own_domain():
    result = gradient(
        lambda x: math.sqrt(1 + x[0]) + x[1] * math.sqrt(x[2] - 3 + 1e-9), [0.0, 0.0, 3.0], full_output=True
    )
    assert np.all(result.error < inf)
    assert result.value[0] == pytest.approx(0.5)
    assert result.value[1] == pytest.approx(math.sqrt(1e-9), rel=1e-6)


# ----------------------------------------------------------------------------
# Exceptions
# ----------------------------------------------------------------------------


@pytest.mark.parametrize("error", [ValueError("mine"), ZeroDivisionError("mine"), KeyError("mine"), TypeError("mine")])
def test_what_f_raises_at_x_reaches_the_caller(error):
    def f(t):
        raise error

    for call in (lambda: derivative(f, 1.0), lambda: gradient(f, [1.0]), lambda: derivative(f, [1.0], vectorized=True)):
        with pytest.raises(type(error)) as caught:
            call()
        assert caught.value is error


@pytest.mark.parametrize(
    "error",
    [KeyError("k"), TypeError("t"), AttributeError("a"), RecursionError("r"), NotImplementedError("n"), MemoryError()],
)
@called
def test_other_errors_propagate_at_once(error, vectorized):
    calls = []

    def f(t):
        if np.any(np.asarray(t) != 1):
            calls.append(t)
            raise error
        return t

    with pytest.raises(type(error)) as caught:
        derivative(f, 1.0, vectorized=vectorized)
    assert caught.value is error
    assert len(calls) == 1


def test_keyboard_interrupt_is_not_data():
    def f(t):
        if t != 1:
            raise KeyboardInterrupt
        return t

    with pytest.raises(KeyboardInterrupt):
        derivative(f, 1.0)


def test_if_nothing_can_be_saved_the_first_error_is_raised_again():
    raised = []

    def f(t):
        if t != 1:
            raised.append(ValueError(f"outside: {t}"))
            raise raised[-1]
        return t

    with pytest.raises(ValueError, match="outside") as caught:
        derivative(f, 1.0)
    assert caught.value is raised[0]


def test_errors_are_forgiven_where_anything_can_be_saved():
    """One point of two, one output of two, one component of two."""

    def f(t):
        if t != 1 and t < 1.5:
            raise ValueError("outside")
        return t * t

    result = differentiated(f, [1.0, 3.0])
    assert result.status.tolist() == [Status.EDGE, Status.CONVERGED]
    assert result.value[1] == pytest.approx(6)
    result = gradient(lambda x: f(x[0]) + x[1], [1.0, 3.0], full_output=True)
    assert result.status.tolist() == [Status.EDGE, Status.CONVERGED]


def test_a_vectorized_function_that_raises_for_a_whole_block():
    """One point outside of the domain makes the call fail; the others are not lost."""

    def f(t):
        if np.any(t < 1):
            raise ValueError("outside")
        return rational(t)

    x = np.array([1.0, 1.001, 2.0, 50.0])
    together, one_by_one = differentiated(f, x, vectorized=True), differentiated(f, x)
    assert_same(together, one_by_one)
    assert together.status[0] == Status.ONE_SIDED
    counted = Counted(f)
    assert differentiated(counted, x, vectorized=True).nfev == counted.points


@called
def test_numpy_warnings_at_displaced_points_are_nobodys_business(vectorized):
    result = differentiated(np.sqrt, np.array([1e-3, 2.0]), vectorized=vectorized)
    assert np.all(result.error < 1e-9)
    with np.errstate(all="raise"):
        differentiated(lambda t: np.exp(t), np.array([700.0]), vectorized=vectorized)


@called
def test_numpy_warnings_at_x_are(vectorized):
    with pytest.warns(RuntimeWarning, match="invalid value"):
        result = differentiated(np.sqrt, np.array([-1.0]), vectorized=vectorized)
    assert result.status.tolist() == [Status.NONFINITE]


def test_no_numpy_settings_are_left_behind():
    before = np.geterr()
    with pytest.raises(KeyError):
        derivative(lambda t: t if t == 1 else {}[t], 1.0)
    derivative(np.sqrt, np.float64(1e-3))
    assert np.geterr() == before


@called
@pytest.mark.parametrize("outside", [math.nan, math.inf])
def test_what_f_returns_is_learnt_where_it_is_called(outside, vectorized):
    """However many points before that have no room at all."""
    x = np.append(np.full(600, outside), 1.0)

    def f(t):
        return np.exp(1j * t)

    result = derivative(f, x, vectorized=vectorized, full_output=True)
    assert abs(result.value[-1] - 1j * np.exp(1j)) <= result.error[-1] < 1e-10
    assert set(result.status[:-1].tolist()) == {Status.NONFINITE}


def test_where_evaluations_end_no_error_of_f_is_raised():
    """The point 2 has not left the domain; another one has."""
    for most in range(4, 24):
        result = derivative(math.sqrt, [0.0, 2.0], max_nfev=most, full_output=True)
        assert result.nfev <= most
        assert np.all(result.status < 0) or result.error[1] < inf


def test_a_number_without_room_is_real_however_f_is_called():
    for f, vectorized in ((lambda t: complex(1, t), False), (lambda t: np.array([complex(1, u) for u in t]), True)):
        bounds = (1.6766659825482935, 1.6766659825482941)
        value = derivative(f, bounds[1], order=3, method="central", bounds=bounds, vectorized=vectorized)
        assert isinstance(value, float)
        assert math.isnan(value)
