"""taylor: the textbook's polynomials, bounds of coefficients, shared evaluations, and its arguments."""

import dataclasses
import math
import pickle

import numpy as np
import pytest
from numpy.polynomial import Polynomial

from numdiff import Function, NumdiffWarning, Status, derivative, taylor

inf = math.inf


def expanded(f, x0, degree, **options):
    return taylor(f, x0, degree, full_output=True, **options)


def assert_within_bounds(result, truth):
    """With the rounding of the factorials and of the truth."""
    c = result.coefficients
    error = abs(c.value - truth)
    assert np.all(error <= c.error + 4e-16 * np.abs(truth)), (c.value, c.error, truth)
    assert np.all(c.error < inf)


def quartic(t):
    return t**4


def sine_plus_cosine(t):
    return math.sin(t) + math.cos(t)


TEXTBOOK = {
    "quartic-at-1": (quartic, 1.0, [1, 4, 6, 4, 1, 0, 0]),
    "cube-at-0": (lambda t: t**3, 0.0, [0, 0, 0, 1, 0]),
    "sine-plus-cosine": (sine_plus_cosine, 0.0, [1, 1, -1 / 2, -1 / 6, 1 / 24, 1 / 120]),
    "exp": (math.exp, 0.0, [1 / math.factorial(k) for k in range(9)]),
    "exp-at-2": (math.exp, 2.0, [math.exp(2) / math.factorial(k) for k in range(7)]),
    "geometric": (lambda t: 1 / (1 - t), 0.0, [1.0] * 7),
    "logarithm": (math.log, 1.0, [0, 1, -1 / 2, 1 / 3, -1 / 4, 1 / 5]),
    "binomial": (lambda t: math.sqrt(1 + t), 0.0, [1, 1 / 2, -1 / 8, 1 / 16, -5 / 128]),
    "arctangent": (math.atan, 0.0, [0, 1, 0, -1 / 3, 0, 1 / 5]),
    "constant": (lambda t: 5.0, 3.0, [5, 0, 0, 0]),
    "line": (lambda t: 3 * t - 1, 2.0, [5, 3, 0, 0]),
}


@pytest.mark.parametrize("name", TEXTBOOK)
def test_textbook(name):
    f, x0, truth = TEXTBOOK[name]
    result = expanded(f, x0, len(truth) - 1)
    assert_within_bounds(result, truth)
    assert result.coefficients.success
    assert abs(result.polynomial.coef - truth).max() < 1e-5
    assert taylor(f, x0, len(truth) - 1).coef.tolist() == result.polynomial.coef.tolist()


@pytest.mark.parametrize("x0", [0.0, 3.0])
def test_a_fourth_power_about_its_zero(x0):
    assert_within_bounds(expanded(lambda t: (t - x0) ** 4, x0, 5), [0, 0, 0, 0, 1, 0])


def test_quartic_is_given_back():
    """To round-off: with more digits in the lower coefficients than in the higher ones."""
    value = taylor(quartic, 1.0, 6).coef
    digits = -np.log10(np.maximum(abs(value - [1, 4, 6, 4, 1, 0, 0]), 1e-17))
    assert np.all(digits >= [17, 13, 11, 9, 8, 6, 5])


def test_the_polynomial_is_one_of_x():
    p = taylor(math.exp, 2.0, 5)
    assert type(p) is Polynomial
    assert p(2.0) == p.coef[0] == math.exp(2.0)
    assert p.domain.tolist() == [1, 3]
    assert p.window.tolist() == [-1, 1]
    for h in (-0.1, 0.05, 0.2):
        assert abs(p(2 + h) - math.exp(2 + h)) < 2 * math.exp(2.2) * abs(h) ** 6 / math.factorial(6) + 1e-9
    assert p.deriv()(2.0) == pytest.approx(derivative(math.exp, 2.0), rel=1e-15)


@pytest.mark.parametrize("degree", range(11))
@pytest.mark.parametrize("x0", [-1.3, 0.0, 0.8])
def test_every_degree(degree, x0):
    """The coefficients of sine; those of low order do not depend on the degree."""
    result = expanded(math.sin, x0, degree)
    cycle = [math.sin(x0), math.cos(x0), -math.sin(x0), -math.cos(x0)]
    assert_within_bounds(result, [cycle[k % 4] / math.factorial(k) for k in range(degree + 1)])
    assert result.polynomial.degree() == degree
    assert result.coefficients.value.shape == (degree + 1,)


@pytest.mark.parametrize("x0", [0.7, 0.0])
def test_coefficients_are_derivatives(x0):
    """Bit for bit: that they share evaluations changes none of them."""
    c = expanded(sine_plus_cosine, x0, 6).coefficients
    for k in range(1, 7):
        alone = derivative(sine_plus_cosine, x0, order=k, full_output=True)
        assert c.value[k] == alone.value / math.factorial(k)
        assert c.error[k] == alone.error / math.factorial(k)
        assert (c.status[k], c.step[k]) == (alone.status, alone.step)


def test_evaluations_are_shared():
    separate = sum(derivative(math.exp, 0.5, order=k, full_output=True).nfev for k in range(1, 7))
    f = Function(math.exp)
    together = expanded(f, 0.5, 6).coefficients.nfev
    assert f.nfev == together < separate / 2


def test_degree_0_is_the_value():
    result = expanded(math.exp, 1.5, 0)
    c = result.coefficients
    assert result.polynomial.coef.tolist() == [math.exp(1.5)]
    assert (c.nfev, c.status.tolist()) == (1, [Status.CONVERGED])
    assert c.error[0] <= 1e-15 * math.exp(1.5)


def test_known_value():
    plain, known = expanded(math.exp, 0.5, 3), expanded(math.exp, 0.5, 3, f0=math.exp(0.5))
    assert known.coefficients.value.tolist() == plain.coefficients.value.tolist()
    assert known.coefficients.nfev == plain.coefficients.nfev - 1


def test_full_output():
    result = expanded(math.exp, 0.5, 4)
    c = result.coefficients
    assert c.value.tolist() == result.polynomial.coef.tolist()
    assert [getattr(c, field).shape for field in ("value", "error", "status", "step")] == [(5,)] * 4
    assert c.status.dtype == np.int8
    assert type(c.nfev) is int
    copy = pickle.loads(pickle.dumps(result))
    assert copy.coefficients.value.tolist() == c.value.tolist()
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.polynomial = None


# ----------------------------------------------------------------------------
# Options
# ----------------------------------------------------------------------------


@pytest.mark.parametrize("bounds", [(1.0, inf), (-inf, 1.0)], ids=["right", "left"])
def test_bounds(bounds):
    seen = []

    def f(t):
        seen.append(t)
        return math.exp(t)

    result = expanded(f, 1.0, 4, bounds=bounds)
    assert bounds[0] <= min(seen) <= max(seen) <= bounds[1]
    assert set(result.coefficients.status[1:]) == {Status.ONE_SIDED}
    assert_within_bounds(result, [math.e / math.factorial(k) for k in range(5)])


def test_one_sided():
    result = expanded(lambda t: math.exp(t) + 0 * math.sqrt(t), 0.0, 3)
    assert set(result.coefficients.status[1:]) == {Status.ONE_SIDED}
    assert_within_bounds(result, [1, 1, 1 / 2, 1 / 6])


def test_a_tolerance_saves_evaluations():
    plain, loose = expanded(math.exp, 0.5, 1), expanded(math.exp, 0.5, 1, rtol=1e-4)
    assert loose.coefficients.nfev <= 9 < plain.coefficients.nfev
    assert_within_bounds(loose, [math.exp(0.5)] * 2)


def test_step_and_budget():
    result = expanded(math.exp, 0.5, 3, step=0.01)
    assert_within_bounds(result, [math.exp(0.5) / math.factorial(k) for k in range(4)])
    for limit in range(1, 40):
        f = Function(math.exp)
        result = expanded(f, 0.5, 4, max_nfev=limit)
        assert result.coefficients.nfev == f.nfev <= limit
        assert result.coefficients.value[0] == math.exp(0.5)


def test_arguments_and_blocks():
    plain = expanded(lambda t: 3 / (2 + t), 0.25, 5).coefficients
    with_args = expanded(lambda t, a, b: a / (b + t), 0.25, 5, args=(3, 2)).coefficients
    blocks = expanded(lambda t: 3 / (2 + t), 0.25, 5, vectorized=True).coefficients
    for c in (with_args, blocks):
        for field in ("value", "error", "status", "step"):
            np.testing.assert_array_equal(getattr(c, field), getattr(plain, field))


def test_float32():
    result = expanded(np.exp, np.float32(0.5), 3)
    c = result.coefficients
    assert set(c.status[1:]) == {Status.NOISY}
    assert_within_bounds(result, [math.exp(0.5) / math.factorial(k) for k in range(4)])
    assert c.error.max() < 1e-2


def test_complex_values():
    """e^it: 1, i, -1/2, -i/6."""
    result = expanded(lambda t: complex(math.cos(t), math.sin(t)), 0.0, 3)
    assert result.polynomial.coef.dtype == np.complex128
    assert_within_bounds(result, np.array([1, 1j, -1 / 2, -1j / 6]))


def test_noise():
    def f(t):
        return math.exp(t) * (1 + 1e-9 * math.sin(1e25 * t))

    result = expanded(f, 0.5, 3)
    assert set(result.coefficients.status[1:]) == {Status.NOISY}
    assert abs(result.coefficients.value - [math.exp(0.5) / math.factorial(k) for k in range(4)]).max() < 1e-2


# ----------------------------------------------------------------------------
# Where there is no polynomial
# ----------------------------------------------------------------------------


def test_a_kink_warns_once():
    with pytest.warns(NumdiffWarning, match="3 of 4 entries, the first at index") as record:
        p = taylor(lambda t: abs(t - 1), 1.0, 3)
    assert len(record) == 1
    assert p.coef[0] == 0


def test_the_warning_points_to_the_caller():
    with pytest.warns(NumdiffWarning) as record:
        taylor(abs, 0.0, 1)
    assert record[0].filename == __file__


def test_full_output_does_not_warn():
    result = expanded(abs, 0.0, 2)
    assert result.coefficients.status[1:].tolist() == [Status.KINK, Status.KINK]
    assert result.coefficients.success is False


@pytest.mark.parametrize("x0", [math.nan, inf])
def test_x0_that_is_not_finite_is_data(x0):
    result = expanded(math.atan, x0, 2)
    assert set(result.coefficients.status) == {Status.NONFINITE}
    assert result.coefficients.nfev == 0


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((math.exp, 0.0, -1), ValueError, "degree must be an integer from 0 to 10; got -1"),
        ((math.exp, 0.0, 11), ValueError, "degree must be an integer from 0 to 10; got 11"),
        ((math.exp, 0.0, 2.0), TypeError, r"degree must be an integer from 0 to 10; got 2\.0"),
        ((math.exp, 0.0, True), ValueError, "degree must be an integer"),
        ((math.exp, [0.0, 1.0], 2), TypeError, r"x0 must be a number; got an array of shape \(2,\)"),
        ((math.exp, 1j, 2), TypeError, "must hold float64, float32 or integers; got dtype complex128"),
        ((None, 0.0, 2), TypeError, "f must be callable"),
        ((lambda t: [t, t], 0.0, 2), ValueError, "f must return one number"),
    ],
    ids=["negative", "too-large", "float", "bool", "array", "complex", "no-function", "two-outputs"],
)
def test_bad_arguments(arguments, error, message):
    with pytest.raises(error, match=message):
        taylor(*arguments)


@pytest.mark.parametrize("name", ["method", "accuracy", "scale", "order"])
def test_there_are_no_fixed_steps(name):
    with pytest.raises(TypeError, match=name):
        taylor(math.exp, 0.0, 2, **{name: 2})


def test_an_exception_at_x0():
    with pytest.raises(ValueError, match="math domain error"):
        taylor(math.log, -1.0, 2)
    with pytest.raises(KeyError):
        taylor(lambda t: {}[t], 0.0, 2)


@pytest.mark.parametrize("x0", [1e-110, 1e-200])
def test_infinite_parts_of_complex_coefficients(x0):
    """numpy divides complex numbers by complex numbers only, which makes NaN of the other part, and warns."""
    with np.errstate(all="raise", under="ignore"):
        coefficients = expanded(lambda t: complex(1 / t, t), x0, 3).coefficients
    assert np.isinf(coefficients.value.real[2:]).all()
    assert coefficients.value.imag[1:].tolist() == [1.0, 0.0, 0.0]


def test_complex_coefficients_are_rounded_as_real_ones():
    real = expanded(math.exp, 0.3, 10).coefficients
    both = expanded(lambda t: complex(math.exp(t), 0.0), 0.3, 10).coefficients
    assert both.value.real.tolist() == real.value.tolist()


def test_one_output_in_an_array():
    assert taylor(lambda t: [math.exp(t)], 0.3, 4).coef.tolist() == taylor(math.exp, 0.3, 4).coef.tolist()
    known = taylor(lambda t: [math.exp(t)], 0.3, 4, f0=math.exp(0.3))
    assert known.coef.tolist() == taylor(math.exp, 0.3, 4).coef.tolist()
