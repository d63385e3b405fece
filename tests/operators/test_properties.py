"""What must hold for every function, point and stencil."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from numdiff import derivative, gradient, jacobian
from numdiff._kernels.stencil import Stencil
from tests.operators.stencils import ACCURACIES, STENCILS, every_stencil

EPS = float(np.finfo(np.float64).eps)

MIRRORED = {"central": "central", "forward": "backward", "backward": "forward"}


stencils = st.sampled_from(STENCILS).map(lambda s: dict(zip(("method", "order", "accuracy"), s, strict=True)))
methods = st.sampled_from(list(ACCURACIES))
# of values between -2 and 2
functions = st.sampled_from([math.sin, math.cos, math.tanh, math.atan, math.erf, lambda t: 1 / (1 + t * t)])
points = st.floats(-20, 20)
factors = st.integers(-1000, 1000).map(lambda n: n / 7)
sixteenths = st.integers(-500, 500).map(lambda n: n / 16)
powers_of_two = st.integers(-300, 300).map(lambda n: 2.0**n)


def rounding(size, step, method, order, accuracy):
    """What rounding may do to a quotient of values of this size: 8 times S eps |f| / h^k."""
    return 8 * Stencil.usual(method, order, accuracy).roundoff * EPS * size / step**order


# ----------------------------------------------------------------------------
# Algebra
# ----------------------------------------------------------------------------


@given(f=functions, g=functions, a=factors, b=factors, x=points, options=stencils)
def test_linear_in_f(f, g, a, b, x, options):
    together = derivative(lambda t: a * f(t) + b * g(t), x, full_output=True, **options)
    apart = a * derivative(f, x, **options) + b * derivative(g, x, **options)
    assert abs(together.value - apart) <= rounding(2 * (abs(a) + abs(b)), together.step, **options)


@given(f=functions, x=sixteenths, c=sixteenths, options=stencils)
def test_shift(f, x, c, options):
    """f(x + c) and f at x + c are evaluated at the very same points, as all sums are exact."""
    shifted = derivative(lambda t: f(t + c), x, step=2.0**-7, **options)
    assert shifted == derivative(f, x + c, step=2.0**-7, **options)


@given(f=functions, x=points, step=st.floats(0.01, 1), options=stencils)
def test_mirror(f, x, step, options):
    """The points are the same: what differs is the order of the sum."""
    mirror = options | {"method": MIRRORED[options["method"]]}
    mirrored = derivative(lambda t: f(-t), -x, step=step, **mirror)
    difference = (-1) ** options["order"] * mirrored - derivative(f, x, step=step, **options)
    assert abs(difference) <= rounding(2, step, **options)


@given(f=functions, x=points, factor=powers_of_two, sign=st.sampled_from([-1, 1]), options=stencils)
def test_powers_of_two_scale_the_result_exactly(f, x, factor, sign, options):
    value = derivative(f, x, **options)
    assert derivative(lambda t: sign * factor * f(t), x, **options) == sign * factor * value


@given(factor=powers_of_two, method=methods)
def test_powers_of_two_scale_each_output_exactly(factor, method):
    x, factors = np.array([0.3, -2.0, 5.0]), np.array([factor, -1.0, 1 / factor])
    plain = jacobian(np.sin, x, method=method)
    scaled = jacobian(lambda x: factors * np.sin(x), x, method=method)
    assert scaled.tolist() == (factors[:, np.newaxis] * plain).tolist()


@given(re=functions, im=functions, x=points, options=stencils)
def test_complex_values_are_two_real_ones(re, im, x, options):
    value = derivative(lambda t: complex(re(t), im(t)), x, **options)
    assert value == complex(derivative(re, x, **options), derivative(im, x, **options))


# ----------------------------------------------------------------------------
# Polynomials
# ----------------------------------------------------------------------------


def polynomial_derivative(coefficients, x, order):
    """Exactly."""
    x = Fraction(x)
    return sum(c * math.perm(i, order) * x ** (i - order) for i, c in enumerate(coefficients) if i >= order)


@given(data=st.data(), x=st.floats(-2, 2), options=stencils)
def test_polynomials_below_order_plus_accuracy_are_exact_to_rounding(data, x, options):
    degrees = options["order"] + options["accuracy"]
    c = data.draw(st.lists(st.integers(-9, 9), min_size=degrees, max_size=degrees))
    result = derivative(lambda t: sum(a * t**i for i, a in enumerate(c)), x, full_output=True, **options)
    reach = abs(x) + result.step * np.max(np.abs(Stencil.usual(**options).offsets))
    size = sum(abs(a) * reach**i for i, a in enumerate(c))
    error = abs(Fraction(result.value) - polynomial_derivative(c, x, options["order"]))
    assert error <= rounding(size, result.step, **options)


@every_stencil
def test_the_next_power_shows_the_truncation_error(method, order, accuracy):
    """C h^p (k + p)!, and nothing else: there are no further derivatives."""
    options, degree = {"method": method, "order": order, "accuracy": accuracy}, order + accuracy
    value = derivative(lambda t: t**degree, 0.0, step=0.5, **options)
    stencil = Stencil.usual(**options)
    size = np.max(abs(0.5 * stencil.offsets)) ** degree
    expected = stencil.truncation * 0.5**accuracy * math.factorial(degree)
    assert abs(value) == pytest.approx(expected, rel=1e-9, abs=rounding(size, 0.5, **options))


@given(
    x=arrays(np.float64, array_shapes(min_dims=1, max_dims=2, max_side=4), elements=sixteenths),
    method=methods,
    vectorized=st.booleans(),
    data=st.data(),
)
def test_quadratic_forms(x, method, vectorized, data):
    """Their central quotients, with a step that makes all arithmetic exact, have no error at all."""
    a = data.draw(arrays(np.float64, x.shape, elements=st.integers(-9, 9)))

    def f(x):
        weights = a.reshape(a.shape + (1,) * (x.ndim - a.ndim))
        return (weights * x * x).sum(axis=tuple(range(a.ndim)))

    step = 2.0**-4
    value = gradient(f, x, method=method, step=step, vectorized=vectorized)
    excess = {"central": 0, "forward": 1, "backward": -1}[method] * a * step
    assert value.tolist() == (2 * a * x + excess).tolist()


# ----------------------------------------------------------------------------
# Shapes
# ----------------------------------------------------------------------------

shapes = array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)


@given(shape=shapes, options=stencils, vectorized=st.booleans())
def test_shape_of_derivative(shape, options, vectorized):
    result = derivative(lambda t: t * t, np.ones(shape), vectorized=vectorized, full_output=True, **options)
    assert {np.shape(v) for v in (result.value, result.error, result.status, result.step)} == {shape}


@given(shape=shapes, method=methods, vectorized=st.booleans())
def test_shape_of_gradient(shape, method, vectorized):
    def f(x):
        return np.sum(x * x, axis=tuple(range(len(shape))))

    result = gradient(f, np.ones(shape), method=method, vectorized=vectorized, full_output=True)
    assert {np.shape(v) for v in (result.value, result.error, result.status, result.step)} == {shape}


@given(shape=shapes, out_shape=shapes, method=methods, vectorized=st.booleans(), seed=st.integers(0, 9))
def test_jacobian_of_a_linear_map_is_its_array(shape, out_shape, method, vectorized, seed):
    """All arithmetic is exact; the shape is f's and then x's, each with one dimension at least."""
    a = np.random.default_rng(seed).integers(-9, 10, out_shape + shape).astype(np.float64)
    result = jacobian(
        lambda x: np.tensordot(a, x, axes=len(shape)),
        np.full(shape, 1.5),
        method=method,
        step=0.25,
        vectorized=vectorized,
        full_output=True,
    )
    assert result.value.shape == (out_shape or (1,)) + (shape or (1,))
    assert result.value.tolist() == a.reshape(result.value.shape).tolist()
    assert result.error.shape == result.status.shape == result.value.shape
    assert result.step.shape == (shape or (1,))


# ----------------------------------------------------------------------------
# Blocks: what is evaluated together does not matter
# ----------------------------------------------------------------------------

numbers = st.floats(allow_nan=True, allow_infinity=True)


@given(x=arrays(np.float64, st.integers(0, 12), elements=numbers), options=stencils)
def test_each_point_is_on_its_own(x, options):
    together = derivative(math.atan, x, full_output=True, **options)
    alone = [derivative(math.atan, t, full_output=True, **options) for t in x]
    for name in ("value", "step", "status"):
        np.testing.assert_array_equal(getattr(together, name), [getattr(r, name) for r in alone])
    assert together.nfev == sum(r.nfev for r in alone)


@pytest.mark.parametrize(("method", "order", "accuracy"), [("central", 1, 2), ("forward", 1, 1), ("backward", 6, 8)])
def test_more_points_than_a_block_holds(method, order, accuracy):
    options = {"method": method, "order": order, "accuracy": accuracy}
    x = np.linspace(-30, 30, 30011)
    together = derivative(math.sin, x, **options)
    assert together.tolist() == [derivative(math.sin, t, **options) for t in x]


@pytest.mark.parametrize("method", list(ACCURACIES))
@pytest.mark.parametrize("outputs", [1, 700, 20000])
def test_more_columns_than_a_block_holds(method, outputs):
    """Columns are computed a block at a time, and each is what f of one entry alone gives."""
    x, spread = np.linspace(-3, 3, 150), np.linspace(1, 2, outputs)
    whole = jacobian(lambda x: np.sin(x[7] * spread) + x[140] * spread, x, method=method)
    assert np.flatnonzero(whole.any(axis=0)).tolist() == [7, 140]
    alone = jacobian(lambda t: np.sin(t[0] * spread) + x[140] * spread, x[7:8], method=method)
    assert whole[:, 7].tolist() == alone[:, 0].tolist()
