"""gradient and jacobian: the bank's vector problems, numerator layout, and use by scipy's solvers."""

import math
import re
from functools import partial

import numpy as np
import pytest
from scipy.optimize import least_squares, minimize, root, rosen, rosen_der

from numdiff import DerivativeResult, Function, Status, derivative, gradient, jacobian
from tests.bank.vector import VECTOR
from tests.called import called

EPS = float(np.finfo(np.float64).eps)
RULES = {
    "central-2": ("central", 2),
    "central-4": ("central", 4),
    "forward-1": ("forward", 1),
    "backward-2": ("backward", 2),
}

every_rule = pytest.mark.parametrize(("method", "accuracy"), RULES.values(), ids=RULES)
every_method = pytest.mark.parametrize("method", ["central", "forward", "backward"])
every_problem = pytest.mark.parametrize("problem", VECTOR, ids=lambda problem: problem.name)


def point(problem):
    return problem.points(np.random.default_rng(5))


def scale(problem):
    """The size of each entry: one problem has entries near 1e-8 and 1e9."""
    return np.array([1e-8, 1e9, 1.0]) if problem.name == "scales-apart" else 1.0


def assert_close(value, exact, f, x, unit, rtol):
    """Entry by entry, in units of what the output varies by: its size, and the steepest slope times its length."""
    exact = exact.reshape(value.shape)
    length = np.maximum(abs(x), unit)
    varies = np.max(abs(exact) * length, axis=tuple(range(-x.ndim, 0)), initial=0) + abs(np.atleast_1d(f(x)))
    bound = rtol * varies[(..., *(np.newaxis,) * x.ndim)] / length
    assert np.all(abs(value - exact) <= bound)


# ----------------------------------------------------------------------------
# The bank
# ----------------------------------------------------------------------------


@every_rule
@every_problem
@called
def test_jacobian_of_the_bank(problem, method, accuracy, vectorized):
    x, unit = point(problem), scale(problem)
    value = jacobian(problem.f, x, method=method, accuracy=accuracy, scale=unit, vectorized=vectorized)
    exact = problem.jac(x)
    assert value.shape == (problem.out_shape or (1,)) + problem.shape
    assert value.dtype == (np.complex128 if np.iscomplexobj(exact) else np.float64)
    assert_close(value, exact, problem.f, x, unit, 1e3 * EPS ** (accuracy / (accuracy + 1)))


@every_rule
@pytest.mark.parametrize("problem", [p for p in VECTOR if p.out_shape == ()], ids=lambda problem: problem.name)
@called
def test_gradient_is_the_row_of_the_jacobian(problem, method, accuracy, vectorized):
    x = point(problem)
    options = {"method": method, "accuracy": accuracy, "vectorized": vectorized}
    value = gradient(problem.f, x, **options)
    assert value.shape == x.shape
    assert value.tolist() == jacobian(problem.f, x, **options)[0].tolist()


@every_problem
def test_outputs_do_not_depend_on_each_other(problem):
    """Differentiated one at a time they are the same to the last bit."""
    x = point(problem)
    together = jacobian(problem.f, x, method="central").reshape(-1, *x.shape)
    for j, row in enumerate(together):
        alone = gradient(lambda x, j=j: np.ravel(problem.f(x))[j], x, method="central")
        assert alone.tolist() == row.tolist()


@pytest.mark.parametrize("problem", [p for p in VECTOR if p.name != "scales-apart"], ids=lambda problem: problem.name)
def test_single_precision(problem):
    """All but one are within the range of float32."""
    x = point(problem).astype(np.float32)
    value = jacobian(problem.f, x, method="central")
    exact = problem.jac(x.astype(np.float64))
    assert value.dtype == (np.complex64 if np.iscomplexobj(exact) else np.float32)
    assert_close(value, exact, problem.f, x, 1.0, 0.1)


# ----------------------------------------------------------------------------
# Layout
# ----------------------------------------------------------------------------


def linear(out_shape, shape):
    """A linear map between arrays, as a function of one point or of a block, and its Jacobian."""
    a = np.arange(1.0, 1 + math.prod(out_shape) * math.prod(shape)).reshape(out_shape + shape) % 7

    def f(x):
        return np.tensordot(a, x, axes=len(shape)) if shape else a.reshape(out_shape + (1,) * x.ndim) * x

    return f, a


SHAPES = [
    ((), (1,), (1, 1)),
    ((), (3,), (1, 3)),
    ((1,), (3,), (1, 3)),
    ((4,), (1,), (4, 1)),
    ((4,), (3,), (4, 3)),
    ((1, 1), (1,), (1, 1, 1)),
    ((), (2, 3), (1, 2, 3)),
    ((4,), (2, 3), (4, 2, 3)),
    ((2, 2), (3,), (2, 2, 3)),
    ((2, 2), (3, 2), (2, 2, 3, 2)),
    ((1, 3), (1, 1, 2), (1, 3, 1, 1, 2)),
]


@pytest.mark.parametrize(("out_shape", "shape", "expected"), SHAPES, ids=str)
@every_method
@called
def test_numerator_layout(out_shape, shape, expected, method, vectorized):
    f, exact = linear(out_shape, shape)
    value = jacobian(f, np.linspace(-1, 2, math.prod(shape)).reshape(shape), method=method, vectorized=vectorized)
    assert value.shape == expected
    np.testing.assert_allclose(value, exact.reshape(expected), atol=1e-6)


@pytest.mark.parametrize("x", [0.5, np.float64(0.5), np.array(0.5), 1], ids=["float", "float64", "0-d", "int"])
@called
def test_a_number_counts_as_one_variable(x, vectorized):
    column = jacobian(lambda t: np.array([t, t * t, t**3]), x, method="central", vectorized=vectorized)
    assert column.shape == (3, 1)
    np.testing.assert_allclose(column[:, 0], [1, 2 * x, 3 * x**2], rtol=1e-9)
    assert jacobian(lambda t: t * t, x, method="central", vectorized=vectorized).shape == (1, 1)
    assert type(gradient(lambda t: t * t, x, method="central", vectorized=vectorized)) is float


@every_method
@called
def test_derivative_at_a_number_is_the_same_by_any_name(method, vectorized):
    options = {"method": method, "vectorized": vectorized}
    value = derivative(np.exp, 1.5, **options)
    assert value == pytest.approx(math.exp(1.5), rel=1e-7)
    assert gradient(np.exp, 1.5, **options) == value
    assert jacobian(np.exp, 1.5, **options).tolist() == [[value]]


def test_a_number_is_given_to_f_as_a_number():
    kinds = set()
    jacobian(lambda t: kinds.add(type(t)) or t, 0.5, method="forward")
    gradient(lambda t: kinds.add(type(t)) or t, 1, method="central")
    assert kinds == {float}


def test_f_gets_an_array_of_the_shape_of_x():
    seen = set()
    jacobian(lambda x: seen.add((type(x), x.shape, x.dtype.str)) or x, [[1, 2, 3]], method="forward")
    assert seen == {(np.ndarray, (1, 3), np.dtype(float).str)}


@every_method
def test_trace_and_matrix_functions(method):
    x = np.array([[1.0, 2.0], [-0.5, 3.0]])
    np.testing.assert_allclose(gradient(np.trace, x, method=method), np.eye(2), atol=1e-6)
    value = jacobian(lambda x: x.T, x, method=method)
    np.testing.assert_allclose(value, np.einsum("jk,il->ijkl", np.eye(2), np.eye(2)), atol=1e-6)


def test_jacobian_of_the_inverse_of_a_matrix():
    x = np.array([[2.0, 1.0, 0.0], [0.5, 3.0, -1.0], [0.0, 1.0, 4.0]])
    inverse = np.linalg.inv(x)
    exact = -np.einsum("ai,jb->abij", inverse, inverse)
    value = jacobian(np.linalg.inv, x, method="central", accuracy=4)
    np.testing.assert_allclose(value, exact, atol=1e-11)


LAYOUTS = {
    "fortran": np.asfortranarray,
    "reversed": lambda x: x[::-1].copy()[::-1],
    "big-endian": lambda x: x.astype(">f8"),
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_layout_in_memory_does_not_matter(layout):
    x = np.arange(6.0).reshape(2, 3)
    expected = jacobian(lambda x: x * x, x, method="central").tolist()
    assert jacobian(lambda x: x * x, layout(x), method="central").tolist() == expected
    assert jacobian(lambda x: layout(x * x), x, method="central").tolist() == expected


# ----------------------------------------------------------------------------
# Nothing in, nothing out
# ----------------------------------------------------------------------------

EMPTY = [((3,), (0,)), ((), (0,)), ((2, 2), (2, 0)), ((0,), (3,)), ((2, 0), (2, 2)), ((0,), (0,))]


@pytest.mark.parametrize(("out_shape", "shape"), EMPTY, ids=str)
@every_method
@called
def test_empty(out_shape, shape, method, vectorized):
    f = (lambda x: np.ones(out_shape + x.shape[-1:])) if vectorized else (lambda x: np.ones(out_shape))
    result = jacobian(f, np.ones(shape), method=method, vectorized=vectorized, full_output=True)
    assert result.value.shape == (out_shape or (1,)) + shape
    assert result.error.shape == result.status.shape == result.value.shape
    assert result.step.shape == shape
    assert result.success


@every_method
def test_gradient_of_no_variables(method):
    assert gradient(lambda x: 1.0, [], method=method).shape == (0,)
    assert gradient(lambda x: 1.0, np.ones((2, 0)), method=method).shape == (2, 0)


# ----------------------------------------------------------------------------
# gradient: one output
# ----------------------------------------------------------------------------

ONE = {"float": float, "array": lambda v: np.array([v]), "list": lambda v: [v], "matrix": lambda v: np.array([[v]])}


@pytest.mark.parametrize("returned", ONE.values(), ids=ONE)
@every_method
def test_gradient_accepts_one_output_of_any_shape(returned, method):
    value = gradient(lambda x: returned(x @ x), [1.0, 2.0], method=method)
    assert value.shape == (2,)
    np.testing.assert_allclose(value, [2, 4], rtol=1e-7)


@pytest.mark.parametrize("out_shape", [(2,), (0,), (2, 1)], ids=str)
@every_method
@called
def test_gradient_refuses_other_outputs(out_shape, method, vectorized):
    f = (lambda x: np.ones(out_shape + x.shape[-1:])) if vectorized else (lambda x: np.ones(out_shape))
    with pytest.raises(ValueError, match=r"one number.*\(\d,.*jacobian"):
        gradient(f, [1.0, 2.0], method=method, vectorized=vectorized)


def test_complex_gradient():
    value = gradient(lambda x: np.exp(1j * x[0]) * x[1], [0.3, 2.0], method="central", accuracy=4)
    np.testing.assert_allclose(value, np.exp(0.3j) * np.array([2j, 1]), rtol=1e-11)


def test_complex_jacobian_of_a_number():
    value = jacobian(lambda t: np.array([1j * t, t]), 2.0, method="central")
    assert value.dtype == np.complex128
    np.testing.assert_allclose(value, [[1j], [1]], rtol=1e-9)


# ----------------------------------------------------------------------------
# Options and results
# ----------------------------------------------------------------------------


def polynomials(x):
    """The same roundings in an array as alone."""
    return np.stack([x[0] * x[0] * x[1], x[1] - 3.0 * x[2], x[2] * x[0]])


X = np.array([0.3, -1.0, 20.0])


@every_rule
def test_vectorized_gives_the_same(method, accuracy):
    options = {"method": method, "accuracy": accuracy}
    one_by_one = jacobian(polynomials, X, **options)
    assert jacobian(polynomials, X, vectorized=True, **options).tolist() == one_by_one.tolist()


@pytest.mark.parametrize("n", [1, 2, 3, 17, 63, 64, 65, 200])
@every_method
def test_a_block_is_never_as_wide_as_x_is_long(n, method):
    def f(x):
        widths.append(x.shape[-1])
        return (x * x).sum(axis=0)

    widths = []
    gradient(f, np.ones(n), method=method, vectorized=True)
    assert n not in widths


MIXERS = {
    "norm": lambda x: x / np.linalg.norm(x),
    "softmax-of-everything": lambda x: np.exp(x / 9) / np.exp(x / 9).sum(),
    "running-sum": lambda x: x.cumsum().reshape(x.shape),
    # x - x.mean() is not among them: points to both sides of x leave its mean over a block as it is
}


@pytest.mark.parametrize("f", MIXERS.values(), ids=MIXERS)
@every_method
def test_a_function_that_mixes_points_is_refused(f, method):
    """The shape is right and the values at x alone are; the derivatives would not be."""
    with pytest.raises(ValueError, match="on its own when vectorized=True"):
        jacobian(f, X, method=method, vectorized=True)


@pytest.mark.parametrize("method", ["forward", "backward"])
@called
def test_f0_saves_an_evaluation(method, vectorized):
    f = Function(polynomials, vectorized)
    plain = jacobian(f, X, method=method, full_output=True)
    saved = jacobian(f, X, method=method, f0=polynomials(X), full_output=True)
    assert saved.value.tolist() == plain.value.tolist()
    assert saved.nfev < plain.nfev or vectorized  # which is evaluated at x once more, to be verified
    assert f.nfev == plain.nfev + saved.nfev


def test_f0_is_believed():
    assert gradient(lambda x: x[0], [1.0], method="forward", step=0.5, f0=0.0).tolist() == [3.0]


@pytest.mark.parametrize("f0", [[1.0], np.ones(1), np.ones((1, 1))], ids=["list", "array", "matrix"])
def test_f0_of_a_function_that_returns_an_array(f0):
    value = gradient(lambda x: np.full(np.shape(f0), x[0]), [1.0], method="forward", f0=f0)
    assert value == pytest.approx([1], rel=1e-9)


@every_method
@called
def test_nfev_counts_every_point(method, vectorized):
    points = []

    def f(x):
        points.append(x.shape[-1] if vectorized else 1)
        return x * x

    result = jacobian(f, X, method=method, vectorized=vectorized, full_output=True)
    assert result.nfev == sum(points)
    assert vectorized or result.nfev == (6 if method == "central" else 4)


def test_full_output():
    result = jacobian(polynomials, X, method="central", full_output=True)
    assert type(result) is DerivativeResult
    assert result.value.tolist() == jacobian(polynomials, X, method="central").tolist()
    assert result.error.shape == result.status.shape == (3, 3)
    assert result.step.shape == (3,)
    assert (result.error == math.inf).all()
    assert (result.status == Status.NOT_ESTIMATED).all()
    assert (result.value / result.step).shape == (3, 3)


def test_full_output_of_a_gradient():
    result = gradient(np.sum, np.ones((2, 3)), method="central", full_output=True)
    assert result.value.shape == result.error.shape == result.status.shape == result.step.shape == (2, 3)
    number = gradient(lambda t: t * t, 2.0, method="central", full_output=True)
    assert [type(v) for v in (number.value, number.error, number.status, number.step)] == [float, float, Status, float]


def test_full_output_of_numbers():
    result = jacobian(lambda t: t * t, 2.0, method="central", full_output=True)
    assert result.value.shape == result.error.shape == result.status.shape == (1, 1)
    assert result.step.shape == (1,)


def test_step_and_scale_of_each_entry():
    x = np.zeros((2, 2))
    steps = jacobian(np.sum, x, method="central", step=[[0.5], [0.25]], full_output=True).step
    assert steps.tolist() == [[0.5, 0.5], [0.25, 0.25]]
    steps = jacobian(np.sum, x, method="central", scale=[1, 1024], full_output=True).step
    assert (steps[:, 1] == 1024 * steps[:, 0]).all()


STEPS = {
    "number": 0.5,
    "0-d": np.array(0.5),
    "shape-of-x": [[0.5, 0.25, 1.0], [2.0, 4.0, 8.0]],
    "row": [0.5, 0.25, 1.0],
    "column": [[0.5], [0.25]],
    "one": [0.5],
}


@pytest.mark.parametrize("outputs", [(), (2,), (3,), (2, 3)], ids=str)
@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
@every_method
def test_step_broadcasts_to_x_and_the_steps_taken_to_the_jacobian(method, step, outputs):
    x = np.ones((2, 3))
    result = jacobian(lambda x: np.full(outputs, np.sum(x**3)), x, method=method, step=step, full_output=True)
    assert result.step.tolist() == np.broadcast_to(step, x.shape).tolist()
    # with a step h the quotient of x^3 at 1 is 3 + 3h + h^2, in powers of two exactly
    h = result.step * {"forward": 1, "backward": -1, "central": 0}[method]
    expected = 3 + 3 * h + result.step**2
    assert result.value.shape == (outputs or (1,)) + x.shape == np.broadcast(result.value, result.step).shape
    assert (result.value == expected).all()


@pytest.mark.parametrize("step", [[0.5, 0.25], [[0.5], [0.25], [1.0]], np.ones((1, 2, 3)), []], ids=np.shape)
def test_a_step_that_does_not_broadcast_to_x(step):
    message = (
        rf"^step must be a number or broadcast to the shape of x, \(2, 3\); got shape {re.escape(str(np.shape(step)))}$"
    )
    with pytest.raises(ValueError, match=message):
        jacobian(lambda x: x, np.ones((2, 3)), method="central", step=step)


@called
def test_args(vectorized):
    value = gradient(lambda x, a, b: a * x[0] + b * x[1], X[:2], method="central", args=(3, 4.0), vectorized=vectorized)
    np.testing.assert_allclose(value, [3, 4], rtol=1e-9)


@every_method
def test_constants_have_derivatives_of_exactly_0(method):
    value = jacobian(lambda x: np.array([1 / 3, 1e300, -7.0]), X, method=method)
    assert value.tolist() == [[0] * 3] * 3


def test_an_entry_that_is_not_finite():
    """The column is NaN; so is whatever else f makes of it, and nothing more."""
    x = np.array([1.0, math.nan, 3.0])
    result = jacobian(lambda x: np.array([x[0] * x[2], x[1] + x[0]]), x, method="central", full_output=True)
    bad = [[False, True, False], [True, True, True]]
    assert np.isnan(result.value).tolist() == bad
    assert (result.status == Status.NONFINITE).tolist() == bad
    assert np.isnan(result.step).tolist() == [False, True, False]
    assert not result.success


def test_derivative_at_many_points_is_the_diagonal_of_the_jacobian():
    full = jacobian(np.sin, X, method="central")
    assert np.diag(full).tolist() == derivative(np.sin, X, method="central").tolist()
    assert np.count_nonzero(full) == 3


# ----------------------------------------------------------------------------
# Together: the chain rule, and scipy's solvers
# ----------------------------------------------------------------------------


@every_rule
def test_chain_rule_is_a_product_of_matrices(method, accuracy):
    """f: R^3 -> R^2 after g: R^4 -> R^3."""

    def f(y):
        return np.array([y[0] * np.sin(y[1]), y[2] + y[0] ** 2])

    def g(x):
        return np.array([x[0] * x[1], np.exp(x[2]), x[3] - x[0]])

    x = np.array([0.5, -1.2, 0.3, 2.0])
    take = partial(jacobian, method=method, accuracy=accuracy)
    product = take(f, g(x)) @ take(g, x)
    assert product.shape == (2, 4)
    np.testing.assert_allclose(take(lambda x: f(g(x)), x), product, atol=1e3 * EPS ** (accuracy / (accuracy + 1)))


def test_chain_rule_of_a_row_and_a_column():
    def g(t):
        return np.array([np.sin(t), np.cos(t)])

    def f(y):
        return y[0] ** 2 + 2 * y[1]

    row, column = jacobian(f, g(0.7), method="central"), jacobian(g, 0.7, method="central")
    assert (row.shape, column.shape, (row @ column).shape) == ((1, 2), (2, 1), (1, 1))
    np.testing.assert_allclose(row @ column, [[2 * np.sin(0.7) * np.cos(0.7) - 2 * np.sin(0.7)]], rtol=1e-9)


@pytest.mark.parametrize("solver", ["BFGS", "L-BFGS-B", "CG", "SLSQP", "trust-constr"])
def test_minimize(solver):
    x0 = np.array([-1.2, 1.0, 0.8])
    fit = minimize(rosen, x0, jac=partial(gradient, rosen, method="central"), method=solver)
    np.testing.assert_allclose(fit.x, 1, atol=1e-3)
    np.testing.assert_allclose(gradient(rosen, x0, method="central"), rosen_der(x0), rtol=1e-7)


def test_minimize_with_arguments():
    def f(x, a, b):
        return (x[0] - a) ** 2 + (x[1] - b) ** 2

    jac = lambda x, *args: gradient(f, x, method="central", args=args)  # noqa: E731
    assert minimize(f, [0.0, 0.0], args=(3.0, -1.0), jac=jac).x == pytest.approx([3, -1])


def test_minimize_within_bounds():
    """The solver walks on its bounds, and the logarithm is not defined beyond."""

    def f(x):
        return x[0] - 0.25 * np.log(x[0]) + (x[1] + 1) ** 2

    bounds = ([0.5, 0.0], [2.0, 1.0])
    jac = partial(gradient, f, method="central", bounds=bounds)
    fit = minimize(f, [2.0, 1.0], jac=jac, bounds=list(zip(*bounds, strict=True)))
    assert fit.x == pytest.approx([0.5, 0])


@called
def test_least_squares(vectorized):
    t = np.linspace(0, 3, 20)
    data = 2 * np.exp(-0.7 * t)

    def residuals(p):
        times = t.reshape((-1,) + (1,) * (p.ndim - 1))
        return p[0] * np.exp(-p[1] * times) - data.reshape(times.shape)

    jac = partial(jacobian, residuals, method="central", vectorized=vectorized)
    assert least_squares(residuals, [1.0, 1.0], jac=jac).x == pytest.approx([2, 0.7], rel=1e-7)


def test_root():
    def f(x):
        return [x[0] + 0.5 * (x[0] - x[1]) ** 3 - 1, 0.5 * (x[1] - x[0]) ** 3 + x[1]]

    solution = root(f, [0.0, 0.0], jac=partial(jacobian, f, method="central"))
    assert solution.success
    assert solution.x == pytest.approx([0.8411639, 0.1588361], rel=1e-6)
