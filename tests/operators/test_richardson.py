"""The adaptive method: shapes and types, what is counted, limits, and bounds that were once too small."""

import math
import pickle
from math import inf

import numpy as np
import pytest

from numdiff import DerivativeResult, Function, Status, derivative, gradient, jacobian
from tests.called import called
from tests.operators.adaptive import FIELDS, Counted, assert_same, differentiated, rational

# ----------------------------------------------------------------------------
# Shapes and types
# ----------------------------------------------------------------------------


@pytest.mark.parametrize("x", [0.5, np.float64(0.5), np.array(0.5), 1, np.int8(1)], ids=repr)
def test_a_number_gives_numbers(x):
    result = differentiated(math.sin, x)
    assert [type(getattr(result, field)) for field in (*FIELDS, "nfev")] == [float, float, Status, float, int]
    assert type(derivative(math.sin, x)) is float


@pytest.mark.parametrize("shape", [(0,), (1,), (5,), (2, 3), (2, 0, 2), (2, 1, 3)], ids=str)
@called
def test_arrays(shape, vectorized):
    x = np.linspace(0.5, 2, math.prod(shape)).reshape(shape)
    for result in (
        differentiated(np.sin, x, vectorized=vectorized),
        gradient(lambda x: np.sin(x).sum(tuple(range(len(shape)))), x, vectorized=vectorized, full_output=True),
    ):
        assert [getattr(result, field).shape for field in FIELDS] == [shape] * 4
        assert [getattr(result, field).dtype for field in FIELDS] == [np.float64, np.float64, np.int8, np.float64]
        assert type(result.nfev) is int
        assert np.all(abs(result.value - np.cos(x)) <= result.error)


@pytest.mark.parametrize("shape", [(), (1,), (2,), (2, 3)], ids=str)
@pytest.mark.parametrize("out_shape", [(), (1,), (3,), (2, 2), (0,)], ids=str)
@called
def test_jacobians(shape, out_shape, vectorized):
    """f's shape and then x's, each with one dimension at least."""
    weights = np.arange(1.0, 1 + math.prod(out_shape)).reshape(out_shape)

    def f(x):
        return np.multiply.outer(weights, np.square(x).sum(tuple(range(len(shape)))))

    x = np.linspace(0.5, 2, math.prod(shape)).reshape(shape)
    result = jacobian(f, x, vectorized=vectorized, full_output=True)
    expected = (out_shape or (1,)) + (shape or (1,))
    assert [getattr(result, field).shape for field in FIELDS] == [expected] * 4
    truth = np.multiply.outer(weights, 2 * x).reshape(expected)
    assert np.all(abs(result.value - truth) <= result.error)


@called
def test_complex_values(vectorized):
    x = np.array([0.3, 1.0, 2.0])
    result = differentiated(lambda t: np.exp(1j * t), x, vectorized=vectorized)
    assert result.value.dtype == np.complex128
    assert result.error.dtype == np.float64
    assert np.all(abs(result.value - 1j * np.exp(1j * x)) <= result.error)
    assert result.error.max() < 1e-11


def test_a_complex_number():
    result = differentiated(lambda t: complex(t, t * t), 1.5)
    assert type(result.value) is complex
    assert abs(result.value - (1 + 3j)) <= result.error < 1e-12


def test_complex_parts_are_two_real_functions():
    result = differentiated(lambda t: complex(math.sin(t), math.exp(t)), 1.0)
    assert result.value == complex(derivative(math.sin, 1.0), derivative(math.exp, 1.0))


def test_a_complex_value_has_the_worse_status():
    result = differentiated(lambda t: complex(math.sin(t), abs(t - 1)), 1.0)
    assert result.status is Status.KINK
    assert result.error == inf


@called
def test_float32(vectorized):
    x = np.linspace(0.2, 3, 20, dtype=np.float32)
    seen = []

    def f(t):
        seen.append(t.dtype)
        return np.sin(t)

    result = differentiated(f, x, vectorized=vectorized)
    assert set(seen) == {np.dtype(np.float32)}
    assert (result.value.dtype, result.error.dtype) == (np.float32, np.float64)
    assert set(result.status) == {Status.NOISY}
    assert np.all(abs(result.value - np.cos(x.astype(np.float64))) <= result.error)
    assert result.error.max() < 1e-4


def test_float32_number():
    result = differentiated(np.sin, np.float32(1.0))
    assert type(result.value) is np.float32
    assert abs(result.value - math.cos(1.0)) <= result.error < 1e-5


def test_bound_in_float32_holds_for_the_rounded_value():
    """f is known exactly, so that nearly all of the error is the rounding of the value to float32."""
    x = np.linspace(0.2, 3, 200, dtype=np.float32)
    result = differentiated(lambda t: math.sin(float(t)), x)
    exact = np.cos(x.astype(np.float64))
    error = abs(result.value.astype(np.float64) - exact)
    assert result.error.dtype == np.float64
    assert (error <= result.error).all()
    assert (result.error >= 2.0**-25 * abs(exact)).all()
    assert error.max() > 1e-8


def test_float64_values_at_float32_points():
    """The displacements are float32, and the function has 53 bits all the same."""
    result = differentiated(lambda t: math.sin(float(t)), np.float32(1.0))
    assert result.status is Status.CONVERGED
    assert abs(float(result.value) - math.cos(1.0)) <= result.error < 1e-7


def test_no_bound_is_infinite_in_float32():
    assert differentiated(np.sqrt, np.float32(0.0)).error == inf


@pytest.mark.parametrize("order", range(1, 11))
def test_every_order(order):
    result = differentiated(math.exp, 0.5, order=order)
    assert abs(result.value - math.exp(0.5)) <= result.error < 10.0 ** min(2 * order - 14, -1)


def test_step_tells_what_the_value_rests_on():
    """No displacement is larger than the coarsest sample, nor smaller than the finest."""
    counted = Counted(math.sin)
    result = differentiated(counted, 1.0)
    assert 0 < result.step <= counted.largest - 1
    assert math.isnan(differentiated(abs, 0.0).step)


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_results_pickle(protocol):
    for x in (0.5, np.array([[0.5, 0.0]])):
        result = differentiated(np.sin, x)
        copy = pickle.loads(pickle.dumps(result, protocol))
        assert type(copy) is DerivativeResult
        assert_same(copy, result)
        assert (copy.nfev, copy.success, str(copy)) == (result.nfev, result.success, str(result))


# ----------------------------------------------------------------------------
# What is counted, and limits
# ----------------------------------------------------------------------------


def sphere(x):
    return (x * x * x).sum(axis=0)


def products(x):
    return np.stack([x[0] * x[1], x[1] / (1 + x[2] * x[2]), x[2] * x[0], abs(x[0] - 1)])


KINDS = {
    "number": (derivative, rational, 1.3, 0),
    "points": (derivative, rational, np.linspace(0.1, 4, 13), 0),
    "gradient": (gradient, sphere, np.array([1.0, 2.0, -3.0]), 1),
    "jacobian": (jacobian, products, np.array([1.0, 2.0, -3.0]), 1),
}
kinds = pytest.mark.parametrize("kind", KINDS)


@kinds
@called
def test_every_point_is_counted(kind, vectorized):
    function, f, x, axis = KINDS[kind]
    # one by one every call is a point, whose dimensions are all its own
    counted = Counted(f, axis if vectorized else np.ndim(x) if axis else 0)
    wrapped = Function(counted, vectorized=vectorized)
    result = function(wrapped, x, full_output=True)
    assert result.nfev == wrapped.nfev == counted.points > 0


@kinds
@called
def test_max_nfev_is_honoured_to_the_point(kind, vectorized):
    function, f, x, axis = KINDS[kind]
    full = function(f, x, vectorized=vectorized, full_output=True)
    for limit in [*range(1, 40), *range(40, full.nfev + 8, 7)]:
        counted = Counted(f, axis if vectorized else np.ndim(x) if axis else 0)
        result = function(counted, x, vectorized=vectorized, full_output=True, max_nfev=limit)
        assert result.nfev == counted.points <= limit
        # what is finished stays as it is, and the rest says so
        finished = np.asarray(result.status) != Status.BUDGET
        assert np.all(np.asarray(result.status)[finished] == np.asarray(full.status)[finished])
        assert np.array_equal(np.asarray(result.value)[finished], np.asarray(full.value)[finished], equal_nan=True)
        if limit < full.nfev - 8:
            assert not finished.all()
    # an evaluation may need a few points more to verify that a vectorized f treats them independently
    assert_same(function(f, x, vectorized=vectorized, full_output=True, max_nfev=full.nfev + 10), full)


@pytest.mark.parametrize("shape", [(1,), (2,), (1, 1), (1, 2), (3, 2, 1)], ids=str)
@pytest.mark.parametrize("limit", [1, 2, 3])
def test_max_nfev_where_a_block_would_be_wider(shape, limit):
    """A block of one point, x alone, is made wider than x is long; but not beyond what is allowed."""
    widths = []

    def f(x):
        widths.append(x.shape[-1])
        return x.reshape(-1, x.shape[-1]).sum(axis=0)

    result = gradient(f, np.ones(shape), vectorized=True, full_output=True, max_nfev=limit)
    assert result.nfev == sum(widths) <= limit
    assert np.all(result.status == Status.BUDGET)


@pytest.mark.parametrize("limit", range(1, 60))
def test_bounds_hold_at_the_end_of_every_budget(limit):
    result = differentiated(lambda t: math.tanh(20 * t), 0.02, max_nfev=limit)
    assert result.nfev <= limit
    if result.error < inf:
        assert abs(result.value - 20 / math.cosh(0.4) ** 2) <= result.error
    else:
        assert result.status is Status.BUDGET


@kinds
def test_f0_saves_the_evaluation_of_x(kind):
    function, f, x, _ = KINDS[kind]
    known = [f(t) for t in x] if kind == "points" else f(x)
    plain, saved = function(f, x, full_output=True), function(f, x, f0=known, full_output=True)
    assert_same(plain, saved)
    assert plain.nfev - saved.nfev == (np.size(x) if function is derivative else 1)


def test_no_points_no_evaluations():
    counted = Counted(np.sin)
    assert differentiated(counted, []).nfev == counted.points == 0


@pytest.mark.parametrize("options", [{"rtol": 1e-4}, {"atol": 1e-3}, {"rtol": 1e-8}], ids=str)
@pytest.mark.parametrize("f", [math.sin, math.exp, math.atan, rational], ids=lambda f: f.__name__)
def test_a_tolerance_saves_evaluations(f, options):
    best, loose = differentiated(f, 1.0), differentiated(f, 1.0, **options)
    assert loose.nfev <= 9 < 13 <= best.nfev
    assert loose.status is Status.CONVERGED
    assert abs(loose.value - best.value) <= loose.error + best.error
    assert loose.error <= max(options.get("rtol", 0) * abs(loose.value), options.get("atol", 0))


def test_a_tolerance_never_makes_matters_worse():
    best, loose = differentiated(math.asinh, -0.29, order=4), differentiated(math.asinh, -0.29, order=4, rtol=1e-4)
    assert loose.error <= max(best.error, 1e-4 * abs(loose.value))


def test_step_is_where_the_search_begins():
    """After x and two pairs of probes, whose place does not depend on it."""
    for step in (1e-2, 1e-4, 1e-6):
        seen = []
        result = differentiated(lambda t: seen.append(t) or math.sin(t), 1.0, step=step)  # noqa: B023
        assert step / 2 < max(abs(t - 1) for t in seen[5:9]) < 2 * step
        assert abs(result.value - math.cos(1)) <= result.error


def test_step_finds_what_nothing_else_could():
    """A bump a million times narrower than x, on a line that hides it from any other first step."""

    def bump(t):
        return t + 1e-3 * math.exp(-(((t - 1) / 1e-6) ** 2))

    x = 1 + 3e-7
    slope = 1 - 2e3 * ((x - 1) / 1e-6) * math.exp(-(((x - 1) / 1e-6) ** 2))
    result = differentiated(bump, x, step=1e-7)
    assert abs(result.value - slope) <= result.error < 1


def test_a_step_for_every_entry():
    x, steps = np.array([1.0, 2.0]), np.array([1e-2, 1e-3])
    together = differentiated(math.sin, x, step=steps)
    for i in range(2):
        assert together.value[i] == derivative(math.sin, x[i], step=steps[i])


@pytest.mark.parametrize("options", [{"accuracy": 4}, {"scale": 2.0}], ids=str)
def test_options_of_fixed_steps_are_refused(options):
    (name,) = options
    with pytest.raises(TypeError, match=f"^{name} belongs to the fixed-step methods"):
        derivative(math.sin, 1.0, **options)


@pytest.mark.parametrize("options", [{"rtol": 1e-4}, {"atol": 1e-4}, {"max_nfev": 9}], ids=str)
@pytest.mark.parametrize("method", ["central", "forward", "backward"])
def test_options_of_the_adaptive_method_are_refused(method, options):
    (name,) = options
    with pytest.raises(TypeError, match=f"^{name} belongs to method='richardson'"):
        derivative(math.sin, 1.0, method=method, **options)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"rtol": -1e-4}, ValueError),
        ({"rtol": math.nan}, ValueError),
        ({"atol": inf}, ValueError),
        ({"atol": "loose"}, TypeError),
        ({"max_nfev": 0}, ValueError),
        ({"max_nfev": 9.0}, TypeError),
        ({"step": 0.0}, ValueError),
        ({"order": 11}, ValueError),
        ({"order": 0}, ValueError),
    ],
    ids=str,
)
def test_bad_options(options, error):
    (name,) = options
    with pytest.raises(error, match=f"^{name} must be "):
        derivative(math.sin, 1.0, **options)


# ---------------------------------------------------------------------------- where bounds were once too small


@pytest.mark.parametrize("knot", [0.1, 0.5, 1.0, 1.5, 2.0, 3.0, 7.0, 100.0])
@pytest.mark.parametrize("offset", [1.0, 10.0])
def test_a_kink_of_the_derivative(knot, offset):
    """Huber's loss at its knot, and a squared ramp: f' has a kink, and windows settle only like h."""

    def huber(t):
        return (t * t / 2 if abs(t) < knot else knot * (abs(t) - knot / 2)) + offset

    for f, slope in ((huber, knot), (lambda t: max(t - knot, 0.0) ** 2 + offset, 0.0)):
        result = derivative(f, knot, full_output=True)
        assert abs(result.value - slope) <= result.error


@pytest.mark.parametrize("power", [1.25, 1.4, 1.5, 1.75, 2.5])
@pytest.mark.parametrize("offset", [0.0, 1.0, 1e3, 1e6])
def test_a_fractional_power_at_the_edge_of_the_domain(power, offset):
    """However fine the window, it keeps a part of the power."""
    result = derivative(lambda t: offset + t**power, 0.0, bounds=(0, np.inf), full_output=True)
    # behind a million there are too few nodes to see how slowly they settle
    assert abs(result.value) <= (3 if offset > 1e3 else 1) * result.error


def test_slopes_that_fine_nodes_all_see_wrongly():
    """exp(x) - 1 is a table near 0, and over x a saw: of slopes f/x, all of them the same."""
    x = -4.952203385238489e-05
    result = derivative(lambda t: (math.exp(t) - 1) / t, x, full_output=True)
    assert abs(result.value - (0.5 + x / 3 + x * x / 8)) <= result.error < 1e-7


def exact_product(a, x):
    return np.array([math.fsum(row) for row in (a * x).tolist()])


@pytest.mark.parametrize("product", [np.matmul, exact_product])
def test_an_exact_minimum_of_least_squares(product):
    """All that is left of f' is the rounding of several arguments.

    How a product of matrices rounds differs from machine to machine, and where a variable is some hundred times smaller
    than the others this may look like noise without end, for which there is no bound. Measured over 9000 entries, for
    each of four ways to sum the product: 0.5% to 0.6% have no bound, 0.3% to 0.4% an error outside of it, by a factor
    of 2.6 at most. The floors are eight standard deviations of 2400 entries below that.
    """
    random = np.random.default_rng(11)
    bounded, within = [], []
    for _ in range(400):
        a, x = random.normal(size=(30, 6)), random.normal(size=6)
        b = product(a, x)
        result = gradient(lambda x, a=a, b=b: np.sum((product(a, x) - b) ** 2), x, full_output=True)
        scale = 2 * np.sum(a * a, axis=0) * np.abs(x)
        known = np.isfinite(result.error)
        assert np.all(result.error[known] <= 1e-11 * scale[known])
        assert np.all(np.abs(result.value) <= 10 * result.error)
        bounded.append(known)
        within.append(np.abs(result.value) <= result.error)
    assert np.mean(bounded) >= 0.98
    assert np.mean(within) >= 0.985


@pytest.mark.parametrize("x", [2.3e-308, 1e-305, 6.350771640938645e-302, 1e-300])
def test_the_smallest_scales_of_x(x):
    result = derivative(lambda t: math.tanh(t / x / 3), x, full_output=True)
    truth = (1 - math.tanh(1 / 3) ** 2) / 3 / x
    assert abs(result.value - truth) <= result.error + 1e-15 * truth
    assert result.error <= 1e-8 * truth
