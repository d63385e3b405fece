"""What must not change an answer, and what changes it in a way that is known."""

import math
import warnings
from math import inf

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from numdiff import Status, derivative, gradient, jacobian
from tests.bank.vector import VECTOR, rosenbrock
from tests.called import called
from tests.operators.adaptive import FIELDS, ROWS, Counted, assert_same, differentiated, rational

# ----------------------------------------------------------------------------
# What must not change an answer
# ----------------------------------------------------------------------------


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_the_same_every_time(order):
    first, again = (differentiated(math.sin, 0.7, order=order) for _ in range(2))
    assert_same(first, again)
    assert first.nfev == again.nfev


POINTS = np.concatenate([np.linspace(-2.9, 8, 23), [0.0, 1e-9, -1e-300, 1e100, math.sqrt(10) - 3]])


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_numbers_points_and_blocks(order):
    x = POINTS
    alone = [differentiated(rational, t, order=order) for t in x]
    points = differentiated(rational, x, order=order)
    blocks = differentiated(rational, x, order=order, vectorized=True)
    for field in FIELDS:
        np.testing.assert_array_equal(getattr(points, field), [getattr(r, field) for r in alone])
    assert_same(blocks, points)
    assert points.nfev == sum(r.nfev for r in alone)
    # x alone and x among others, once, to verify that f treats points independently
    assert points.nfev < blocks.nfev <= points.nfev + 3


@called
def test_gradients_and_jacobians_are_made_of_derivatives(vectorized):
    x = np.array([0.3, 1.7, -2.0])
    alone = [differentiated(rational, t) for t in x]
    result = jacobian(rational, x, vectorized=vectorized, full_output=True)
    for i in range(3):
        for field in FIELDS:
            assert getattr(result, field)[i, i] == getattr(alone[i], field)
    assert set(result.status[~np.eye(3, dtype=bool)]) == {Status.FLAT}
    for i in range(3):
        one = gradient(lambda x, i=i: rational(x[i]), x, vectorized=vectorized, full_output=True)
        for field in FIELDS:
            np.testing.assert_array_equal(getattr(one, field), getattr(result, field)[i])


@pytest.mark.parametrize("count", [511, 513, 4097, 9001])
@called
def test_however_many_points(count, vectorized):
    """More than are in flight at a time."""
    x = np.geomspace(1e-3, 1e3, count)
    result = differentiated(rational, x, vectorized=vectorized)
    for i in (0, 1, 510, count // 2, count - 2, count - 1):
        for field in FIELDS:
            assert getattr(result, field)[i] == getattr(differentiated(rational, x[i]), field)
    parts = [differentiated(rational, part, vectorized=vectorized) for part in np.split(x, [100, count // 2])]
    for field in FIELDS:
        np.testing.assert_array_equal(getattr(result, field), np.concatenate([getattr(p, field) for p in parts]))
    overhead = 3 * 3 if vectorized else 0
    assert abs(result.nfev - sum(p.nfev for p in parts)) <= overhead


@called
def test_however_many_components(vectorized):
    """Every column is that of its variable alone."""
    x = np.linspace(0.5, 3, 1100)
    result = gradient(lambda x: rational(x[3]) + 0 * x[4], x, vectorized=vectorized, full_output=True)
    assert np.flatnonzero(result.value).tolist() == [3]
    assert result.value[3] == derivative(rational, x[3])
    everywhere = differentiated(rational, x, vectorized=vectorized)
    jac = jacobian(rational, x[:600], vectorized=vectorized, full_output=True)
    np.testing.assert_array_equal(np.diag(jac.value), everywhere.value[:600])
    np.testing.assert_array_equal(np.diag(jac.error), everywhere.error[:600])


@called
def test_rows_of_a_jacobian_are_gradients(vectorized):
    """Entries do not influence one another: neither values nor bounds nor statuses."""
    x = np.array([1.0, 2.0, 0.5])
    whole = jacobian(lambda x: np.stack([row(x) for row in ROWS]), x, vectorized=vectorized, full_output=True)
    for j, row in enumerate(ROWS):
        alone = gradient(row, x, vectorized=vectorized, full_output=True)
        for field in FIELDS:
            np.testing.assert_array_equal(getattr(whole, field)[j], getattr(alone, field), err_msg=f"{j} {field}")


@pytest.mark.parametrize("problem", VECTOR, ids=lambda problem: problem.name)
@called
def test_jacobians_of_the_bank(problem, vectorized):
    """Outputs and inputs of very different scales among them: each is judged on its own."""
    rng, covered = np.random.default_rng(5), []
    rounding = 1e-14  # of the closed form
    for _ in range(2):
        x = problem.points(rng)
        result = jacobian(problem.f, x, vectorized=vectorized, full_output=True)
        truth = problem.jac(x)
        error = abs(result.value - truth)
        covered.extend(np.ravel(error <= result.error + rounding * abs(truth)))
        # of outputs that cancel, the rounding inside of f is larger than eps |f|
        assert np.all(error <= 10 * result.error + rounding * abs(truth))
        assert np.all(result.error <= 1e-7 * abs(truth).max())
    assert np.mean(covered) >= 0.97


def test_a_vectorized_function_sees_few_large_calls():
    problem = rosenbrock(50)
    counted = Counted(problem.f, axis=1)
    x = problem.points(np.random.default_rng(0))
    value = gradient(counted, x, vectorized=True)
    assert counted.calls <= 12
    assert counted.points <= 20 * 50
    np.testing.assert_allclose(value, problem.jac(x)[0], rtol=1e-9)


@called
def test_nested(vectorized):
    """A derivative of a derivative, and a gradient of a function that differentiates itself."""

    def slope(t):
        return derivative(np.sin, t, vectorized=vectorized)

    assert derivative(slope, 1.0) == pytest.approx(-math.sin(1), abs=1e-7)

    def f(x):
        return jacobian(lambda y: y[0] ** 2 * y[1], x, vectorized=vectorized)[0] @ [1.0, 1.0]

    np.testing.assert_allclose(gradient(f, [1.0, 3.0]), [8, 2], rtol=1e-6)


def test_f_may_write_into_its_argument():
    def f(x):
        value = x @ x
        x[:] = math.nan
        return value

    x = np.array([1.0, 2.0, 3.0])
    np.testing.assert_array_equal(gradient(f, x), gradient(lambda x: x @ x, x))
    assert x.tolist() == [1, 2, 3]


# ----------------------------------------------------------------------------
# Properties
# ----------------------------------------------------------------------------


def stairs(t):
    return math.floor(64 * t) / 64


functions = st.sampled_from(
    [
        math.sin,
        math.cos,
        math.exp,
        math.tanh,
        math.atan,
        rational,
        abs,
        lambda t: 1 / (1 + 25 * t * t),
        lambda t: math.sqrt(t) if t >= 0 else math.nan,
        lambda t: math.log(t + 2),
        lambda t: t * abs(t) + math.cos(30 * t),
        stairs,
        lambda t: 1e6 + 1e-3 * math.sin(t),
    ]
)
points = st.floats(-1.9, 5).filter(lambda t: abs(t) > 1e-6)
powers_of_two = st.integers(-200, 200).map(lambda n: 2.0**n)
orders = st.integers(1, 4)


def answer(f, x, **options):
    """Value, error, status, step and nfev; the error that is raised where nothing can be saved."""
    try:
        result = differentiated(f, x, **options)
    except (ArithmeticError, ValueError) as error:
        return repr(error)
    return result


def assert_scaled(plain, scaled, factor, length=1.0):
    """Bit for bit, but for a power of two in value and error and one in lengths, and the last of subnormal bits."""
    if isinstance(plain, str):
        assert plain == scaled
        return
    assert (plain.status, plain.nfev) == (scaled.status, scaled.nfev)
    np.testing.assert_allclose(
        [scaled.value, scaled.error, scaled.step],
        [factor * plain.value, abs(factor) * plain.error, length * plain.step],
        rtol=0,
        atol=2.0**-1070,
    )


@given(f=functions, x=points, order=orders, factor=powers_of_two, sign=st.sampled_from([-1, 1]))
def test_scale_of_f(f, x, order, factor, sign):
    """To the last bit, unless f is 0 where it is first looked at: then nothing tells its scale."""
    assume(f(x) != 0)
    plain, scaled = answer(f, x, order=order), answer(lambda t: sign * factor * f(t), x, order=order)
    assert_scaled(plain, scaled, sign * factor)


@given(f=functions, x=points, order=orders, factor=powers_of_two)
def test_scale_of_x(f, x, order, factor):
    """Where 64|x| is 1 at least: nearer to 0, 1 is a length to go by as well."""
    assume(min(abs(x), abs(x * factor)) >= 1 / 64)
    plain, scaled = answer(f, x, order=order), answer(lambda t: f(t / factor), x * factor, order=order)
    assert_scaled(plain, scaled, factor**-order, factor)


@given(f=functions, x=points, order=orders)
def test_mirror(f, x, order):
    plain, mirrored = answer(f, x, order=order), answer(lambda t: f(-t), -x, order=order)
    assert_scaled(plain, mirrored, (-1) ** order)


@given(f=functions, x=points, order=orders, offset=st.integers(-80, 80).map(lambda n: n / 16))
def test_offset(f, x, order, offset):
    """Few digits are lost: both bounds hold for the same derivative."""
    plain, shifted = answer(f, x, order=order), answer(lambda t: f(t) + offset, x, order=order)
    if not isinstance(plain, str) and not isinstance(shifted, str) and max(plain.error, shifted.error) < inf:
        assert abs(plain.value - shifted.value) <= plain.error + shifted.error


@given(order=st.permutations(range(5)), seed=st.integers(0, 3))
def test_permuted_components(order, seed):
    """Sums of few terms of different variables, so that no rounding depends on their order."""
    x = np.random.default_rng(seed).uniform(0.5, 3, 5)
    order = np.array(order)

    def f(x):
        return np.array([x[0] * x[3], rational(x[1]), x[4] / x[2]])

    plain = jacobian(f, x, full_output=True)
    permuted = jacobian(lambda y: f(y[np.argsort(order)]), x[order], full_output=True)
    for field in FIELDS:
        np.testing.assert_array_equal(getattr(permuted, field), getattr(plain, field)[:, order])
    assert permuted.nfev == plain.nfev


@given(order=st.permutations(range(len(ROWS))))
def test_permuted_outputs(order):
    x = np.array([1.0, 2.0, 0.5])
    plain = jacobian(lambda x: np.stack([row(x) for row in ROWS]), x, full_output=True)
    permuted = jacobian(lambda x: np.stack([ROWS[j](x) for j in order]), x, full_output=True)
    for field in FIELDS:
        np.testing.assert_array_equal(getattr(permuted, field), getattr(plain, field)[list(order)])
    assert permuted.nfev == plain.nfev


@given(
    f=functions.filter(lambda f: f(1.0) < 1e5 and f is not stairs),
    x=points,
    order=orders,
    exponent=st.integers(-10, -2),
    budget=st.integers(1, 60),
)
def test_options_keep_the_promise(f, x, order, exponent, budget):
    """Bounds with a tolerance or a budget agree with those without."""
    best = answer(f, x, order=order)
    for options in ({"rtol": 10.0**exponent}, {"atol": 10.0**exponent}, {"max_nfev": budget}):
        other = answer(f, x, order=order, **options)
        if isinstance(other, str) or isinstance(best, str):
            continue
        assert other.nfev <= options.get("max_nfev", 110)
        if max(best.error, other.error) < inf:
            assert abs(best.value - other.value) <= best.error + other.error


def test_a_tolerance_agrees_about_stairs():
    best, loose = differentiated(stairs, 4.00390625), differentiated(stairs, 4.00390625, atol=1e-2)
    assert abs(best.value - loose.value) <= best.error + loose.error


def test_a_tolerance_does_not_lie_about_a_hidden_sine():
    result = differentiated(lambda t: 1e6 + 1e-3 * math.sin(t), 4.8125, order=3, rtol=1e-2)
    assert abs(result.value + 1e-3 * math.cos(4.8125)) <= result.error


@given(x=st.floats(allow_nan=True, allow_infinity=True), order=st.integers(1, 10), f=functions)
def test_any_x_at_all(x, order, f):
    """Neither a warning nor an exception but those of f, and the claims are consistent."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = answer(f, x, order=order)
    if not isinstance(result, str):
        assert result.error >= 0
        assert math.isfinite(result.value) or result.error == inf
        assert result.nfev <= 110
