"""derivative: its shapes and types, its accuracy, its options, and what it does with numbers of any size."""

import cmath
import copy
import dataclasses
import math
import pickle
import warnings
from functools import cache

import numpy as np
import pytest
from mpmath import mpf

from numdiff import DerivativeResult, Function, Status, derivative
from numdiff._kernels.stencil import Stencil
from tests.bank.problem import exact
from tests.bank.rounding import EPS
from tests.bank.scalar import BY_NAME
from tests.called import called
from tests.operators.recorder import Recorder
from tests.operators.stencils import ACCURACIES, STENCILS, every_method, every_stencil

EPS32 = float(np.finfo(np.float32).eps)
LARGEST = float(np.finfo(np.float64).max)
SMALLEST = float(np.finfo(np.float64).tiny)


# ----------------------------------------------------------------------------
# Shapes and types
# ----------------------------------------------------------------------------


@pytest.mark.parametrize("x", [0.5, np.float64(0.5), np.array(0.5)], ids=["float", "float64", "0-d"])
@every_method
def test_a_number_gives_a_float(x, method):
    value = derivative(math.sin, x, method=method)
    assert type(value) is float
    assert value == pytest.approx(math.cos(0.5), rel=1e-7)


@pytest.mark.parametrize("x", [2, np.int64(2), np.uint8(2), np.array(2, dtype=np.int16)], ids=repr)
def test_an_integer_is_a_float(x):
    recorded = Recorder(lambda t: t**3)
    value = derivative(recorded, x, method="central")
    assert type(value) is float
    assert value == pytest.approx(12, rel=1e-9)
    assert {type(t) for t in recorded.points} == {np.float64}


@pytest.mark.parametrize("shape", [(0,), (1,), (7,), (2, 3), (1, 1), (2, 0, 3), (2, 3, 4)], ids=str)
@called
@every_method
def test_shape_of_an_array(shape, vectorized, method):
    x = np.linspace(-2, 2, math.prod(shape)).reshape(shape)
    value = derivative(np.sin, x, method=method, vectorized=vectorized)
    assert type(value) is np.ndarray
    assert (value.shape, value.dtype) == (shape, np.float64)
    np.testing.assert_allclose(value, np.cos(x), atol=1e-7)


ALIKE = {
    "list": [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]],
    "tuple": ((1.0, 2.0, 3.0), (4.0, 5.0, 6.0)),
    "integers": np.arange(1, 7).reshape(2, 3),
    "list-of-integers": [[1, 2, 3], [4, 5, 6]],
    "fortran": np.asfortranarray(np.arange(1.0, 7).reshape(2, 3)),
    "strided": np.arange(0.5, 6.5, 0.5)[1::2].reshape(2, 3),
    "reversed": np.arange(6.0, 0, -1)[::-1].reshape(2, 3),
    "read-only": np.frombuffer(np.arange(1.0, 7).tobytes()).reshape(2, 3),
    "unaligned": np.frombuffer(b"-" + np.arange(1.0, 7).tobytes(), offset=1).reshape(2, 3),
    "big-endian": np.arange(1, 7, dtype=">f8").reshape(2, 3),
    "big-endian-integers": np.arange(1, 7, dtype=">i4").reshape(2, 3),
}


@pytest.mark.parametrize("x", ALIKE.values(), ids=ALIKE)
@called
def test_arrays_of_any_layout(x, vectorized):
    plain = np.arange(1.0, 7).reshape(2, 3)
    value = derivative(np.sin, x, method="central", vectorized=vectorized)
    assert value.dtype == np.dtype("=f8")
    assert value.tolist() == derivative(np.sin, plain, method="central", vectorized=vectorized).tolist()


def test_x_is_left_alone():
    x = np.arange(6.0).reshape(2, 3)
    derivative(np.sin, x, method="central")
    assert x.tolist() == [[0, 1, 2], [3, 4, 5]]


@pytest.mark.parametrize("dtype", [np.float32, ">f4"])
@called
def test_float32_array(dtype, vectorized):
    recorded = Recorder(np.sin)
    x = np.array([[0.5, 1.0, 3e4]], dtype=dtype)
    value = derivative(recorded, x, method="central", vectorized=vectorized)
    assert (value.shape, value.dtype) == ((1, 3), np.dtype("=f4"))
    assert {type(t) for t in recorded.points} == {np.float32}


def test_float32_number():
    recorded = Recorder(np.sin)
    value = derivative(recorded, np.float32(0.5), method="central")
    assert type(value) is np.float32
    assert {type(t) for t in recorded.points} == {np.float32}


@pytest.mark.parametrize(
    ("x", "kind"),
    [(0.5, complex), (np.float32(0.5), np.complex64), (np.array([0.5]), np.complex128)],
    ids=["float", "float32", "array"],
)
def test_complex_values(x, kind):
    value = derivative(lambda t: np.exp(2j * t), x, method="central", accuracy=4)
    assert value.dtype == kind if isinstance(x, np.ndarray) else type(value) is kind
    np.testing.assert_allclose(value, 2j * cmath.exp(1j), rtol=1e-4 if kind is np.complex64 else 1e-11)


RETURNED = {
    "float": float,
    "float64": np.float64,
    "0-d": np.array,
    "one-in-a-list": lambda v: [v],
    "one-in-a-matrix": lambda v: np.array([[v]]),
    "integer": lambda v: round(v * 2**40),
    "longdouble": np.longdouble,
    "big-endian": lambda v: np.array(v, dtype=">f8"),
}


@pytest.mark.parametrize("returned", RETURNED.values(), ids=RETURNED)
def test_what_f_may_return(returned):
    value = derivative(lambda t: returned(t * t), 1.5, method="central", step=2.0**-10)
    assert type(value) is float
    assert value in (3.0, 3.0 * 2**40)


# ----------------------------------------------------------------------------
# Accuracy: no more than 10 times the smallest error that the stencil's model allows, where the scale is told
# ----------------------------------------------------------------------------

# functions of the bank, where they may have the scale max(|x|, 1)
SAMPLE = {
    "exp": (-1.2, 0.3, 1.0),
    "two-to-the-x": (1.7, -1.9, 0.4),
    "tan": (1.5,),
    "swish": (0.4, 1.0, 2.0),
    "witch-of-agnesi": (0.7, 1.0),
    "exp-amplitude-1e-290": (-0.6, 0.1, 1.3),
    "sin-amplitude-1e290": (0.7, -0.8, 1.0),
    "cosh-amplitude-1e305": (0.5, -0.9, 1.2),
    "sin-wide-1e15": (0.8e15, 1.1e15, -1e15),
    "gauss-1e150": (4e149,),
    "arctan-1e300": (5e299, 1e300),
    "sqrt-huge": (1e252, 1.2e308),
    "power-pi": (1.5, 3e50),
    "cbrt-any": (-40.0, 1e150),
    "log-any": (5.0, 30.0),
    "cos-wide-1e9": (0.9e9,),
    "sinc": (0.8, 1.5),
    "sine-integral": (0.5, 1.4),
    "cir-loading": (4.0, 5.0),
    "planck-reduced": (1.0,),
    "logistic-growth": (1.0,),
    "blackbody-si": (5e13,),
}
ALIKE_WITHIN = 4


@cache
def relative_derivative(problem, x, n):
    """|f^(n)(x)| in units of |f(x)| and of the length max(|x|, 1)."""
    return float(abs(exact(problem, x, n)) * mpf(max(abs(x), 1.0)) ** n / mpf(abs(problem.f(x))))


def has_unit_scale(problem, x, n):
    """Whether f^(n), and what follows it in Taylor's series, is what it is for an f of scale max(|x|, 1)."""
    first, *rest = (relative_derivative(problem, x, m) for m in (n, n + 1, n + 2))
    return 1 / ALIKE_WITHIN <= first <= ALIKE_WITHIN and max(rest) <= ALIKE_WITHIN


def least_model_error(stencil, problem, x, eps):
    """The minimum over h of C h^p |f^(k + p)| + S eps |f| h^-k."""
    k, p = stencil.order, stencil.accuracy
    truncation = stencil.truncation * abs(exact(problem, x, k + p))
    rounding = stencil.roundoff * eps * mpf(abs(problem.f(x)))
    h = (k * rounding / (p * truncation)) ** (mpf(1) / (k + p))
    return truncation * h**p + rounding / h**k


def ratios(names, f, method, order, accuracy, eps, **options):
    """Error over the least model error, at all points where f has the scale max(|x|, 1)."""
    stencil = Stencil.usual(method, order, accuracy)
    result = {}
    for name in names:
        problem = BY_NAME[name]
        for x in SAMPLE[name]:
            if not has_unit_scale(problem, x, order + accuracy):
                continue
            least = least_model_error(stencil, problem, x, eps)
            if least < EPS * SMALLEST:
                continue  # not even the derivative may be a number: that of sqrt at 1e300 is, the second is not
            value = derivative(f(problem), x, method=method, order=order, accuracy=accuracy, **options)
            result[name, x] = float(abs(mpf(value) - exact(problem, x, order)) / least)
    return result


def default_step(method, order, accuracy):
    """In units of max(|x|, 1), as its documentation has it."""
    stencil = Stencil.usual(method, order, accuracy)
    lowest = Stencil.usual(method, order, ACCURACIES[method][0])
    if accuracy == lowest.accuracy:
        return stencil.step(EPS)
    worth = 0.1 * lowest.error(lowest.step(EPS), EPS)
    with_margin = stencil.step(EPS) / 64 ** (accuracy / (order + accuracy))
    return min(stencil.step(EPS), max(with_margin, (stencil.roundoff * EPS / worth) ** (1 / order)))


@every_stencil
def test_error_is_near_the_least(method, order, accuracy):
    found = ratios(SAMPLE, lambda problem: problem.f, method, order, accuracy, EPS, scale=1.0)
    assert len(found) >= 7
    assert {case: ratio for case, ratio in found.items() if not ratio <= 10} == {}


@every_stencil
def test_error_is_near_the_least_that_a_guessed_scale_allows(method, order, accuracy):
    """The step of the default accuracies is that of a scale that is known."""
    stencil = Stencil.usual(method, order, accuracy)
    h = default_step(method, order, accuracy)
    # the scale is known here: the margin costs round-off only
    allowed = 10 * stencil.error(h, EPS) / stencil.error(stencil.step(EPS), EPS)
    found = ratios(SAMPLE, lambda problem: problem.f, method, order, accuracy, EPS)
    assert {case: ratio for case, ratio in found.items() if not ratio <= allowed} == {}


# whose values single precision can hold
IN_SINGLE = ("exp", "two-to-the-x", "tan", "swish", "sin-wide-1e15", "cos-wide-1e9", "cir-loading", "log-any")


def rounded_to_single(problem):
    return lambda t: np.float32(problem.f(t))


# longer stencils span several times max(|x|, 1) in single precision: f is of another size there, the model is void
@pytest.mark.parametrize(("method", "order", "accuracy"), [s for s in STENCILS if s[1] <= 3])
def test_error_of_an_f_in_single_precision(method, order, accuracy):
    found = ratios(IN_SINGLE, rounded_to_single, method, order, accuracy, EPS32, scale=1.0)
    assert len(found) >= 3
    assert {case: ratio for case, ratio in found.items() if not ratio <= 10} == {}


@pytest.mark.parametrize(
    "returned",
    [np.float32, lambda v: np.array([v], dtype=np.float32), lambda v: np.array(v, dtype=">f4"), np.complex64],
    ids=["float32", "array", "big-endian", "complex64"],
)
def test_single_precision_is_noticed(returned):
    """Steps for float64 would leave nothing but rounding errors: 1e-7 / 6e-6."""
    f = Recorder(lambda t: returned(math.exp(t)))
    result = derivative(f, [0.1, 0.2, 0.3], method="central", full_output=True)
    np.testing.assert_allclose(result.value, np.exp([0.1, 0.2, 0.3]), rtol=10 * EPS32 ** (2 / 3))
    assert result.nfev == len(f.points)


def test_half_precision_is_noticed():
    value = derivative(lambda t: np.float16(math.exp(t)), 0.3, method="central")
    assert value == pytest.approx(math.exp(0.3), rel=0.1)


@pytest.mark.parametrize("accuracy", [2, 4, 6])
def test_float32_points(accuracy):
    x = np.array([0.1, 0.3, 0.7, 1.1], dtype=np.float32)
    value = derivative(np.exp, x, method="central", accuracy=accuracy)
    truth = np.exp(x.astype(np.float64))
    assert np.max(abs(value - truth) / truth) <= 10 * EPS32 ** (accuracy / (accuracy + 1))


@every_method
@pytest.mark.parametrize("accuracy", [2, 6])
def test_displacements_on_the_grid_of_float32_are_exact(method, accuracy):
    """Else the quotient of a line would be wrong by eps32 / h, that is 1e-5 or more."""
    x = np.array([0, 1e-3, 0.1, -0.3, 0.7, 1.1, -1e3, 1 / 3e-10], dtype=np.float32)
    value = derivative(lambda t: t, x, method=method, accuracy=accuracy)
    np.testing.assert_allclose(value, 1, rtol=1e-6)


@every_stencil
def test_vectorized_gives_the_same(method, order, accuracy):
    x = np.array([-2.0, 0.0, 0.3, 1.0, 40.0])

    def cubic(t):  # the same roundings in an array as alone
        return t * t * t - 2.0 * t

    one_by_one = derivative(cubic, x, method=method, order=order, accuracy=accuracy)
    vectorized = derivative(cubic, x, method=method, order=order, accuracy=accuracy, vectorized=True)
    assert vectorized.tolist() == one_by_one.tolist()


@every_stencil
@pytest.mark.parametrize("constant", [7.0, 1 / 3, -1e300, 5e-324, 2 - 1j / 3], ids=str)
def test_derivative_of_a_constant_is_exactly_0(method, order, accuracy, constant):
    x = [0.0, 0.1, -1 / 3, 1e10, 1e308]
    value = derivative(lambda t: constant, x, method=method, order=order, accuracy=accuracy)
    assert value.tolist() == [0] * 5


@every_method
def test_real_and_imaginary_part_are_those_of_real_functions(method):
    x = [0.3, 1.0, 20.0]
    together = derivative(lambda t: complex(math.sin(t), math.exp(t)), x, method=method, order=2)
    assert together.real.tolist() == derivative(math.sin, x, method=method, order=2).tolist()
    assert together.imag.tolist() == derivative(math.exp, x, method=method, order=2).tolist()


# ----------------------------------------------------------------------------
# Options
# ----------------------------------------------------------------------------


def test_defaults():
    value = derivative(math.exp, 0.3, method="central")
    assert value == derivative(math.exp, 0.3, method="central", order=1, accuracy=2)
    for method in ("forward", "backward"):
        value = derivative(math.exp, 0.3, method=method)
        assert value == derivative(math.exp, 0.3, method=method, order=1, accuracy=1)


@every_stencil
def test_the_points_are_those_of_the_stencil(method, order, accuracy):
    f = Recorder(math.sin)
    result = derivative(f, 0.75, method=method, order=order, accuracy=accuracy, step=2.0**-9, full_output=True)
    offsets = Stencil.usual(method, order, accuracy).offsets
    assert result.step == 2.0**-9
    assert sorted((t - 0.75) * 2**9 for t in f.points) == offsets.tolist()
    assert result.nfev == offsets.size


@pytest.mark.parametrize("x", [0.0, 1e-9, 0.1, 1 / 3, -1.7, 3e5, 1e300, -5e-324])
@every_method
def test_step_is_the_displacement(x, method):
    f = Recorder(math.atan)
    step = derivative(f, x, method=method, full_output=True).step
    ends = {"central": (x - step, x + step), "forward": (x, x + step), "backward": (x - step, x)}[method]
    assert (min(f.points), max(f.points)) == ends
    assert step == pytest.approx((max(f.points) - min(f.points)) / (2 if method == "central" else 1))


@pytest.mark.parametrize("x", [0.1, 1 / 3, -1.7, 3e5])
def test_a_given_step_is_rounded_to_the_grid(x):
    for step in (1e-6, 0.01, x / 7 if x > 0 else 0.3):
        result = derivative(math.sin, x, method="forward", step=step, full_output=True)
        assert x + result.step - x == result.step
        assert abs(result.step - step) <= np.spacing(abs(x) + step)


def test_default_step_is_relative_to_the_larger_of_x_and_1():
    x = [0.0, 1e-300, 0.5, 1.0, 8.0, -1e6, 1e300]
    step = derivative(math.atan, x, method="central", full_output=True).step
    np.testing.assert_allclose(step / step[0], np.maximum(np.abs(x), 1), rtol=1e-9)


@every_stencil
def test_scale_is_a_change_of_units(method, order, accuracy):
    unit = 2.0**-70
    x = np.array([0.0, 0.3, -1.0, 12.0])
    options = {"method": method, "order": order, "accuracy": accuracy}
    in_units = derivative(lambda t: math.sin(t / unit), x * unit, scale=unit, **options)
    assert (in_units * unit**order).tolist() == derivative(math.sin, x, scale=1.0, **options).tolist()


@every_stencil
def test_default_step_leaves_a_margin_for_the_scale(method, order, accuracy):
    """But for the default accuracies; a scale that is given is believed."""
    options = {"method": method, "order": order, "accuracy": accuracy, "full_output": True}
    x = np.array([0.0, -3.0, 1e10])
    unit = np.maximum(np.abs(x), 1)
    expected = default_step(method, order, accuracy)
    np.testing.assert_allclose(derivative(math.sin, x, **options).step, unit * expected, rtol=1e-6)
    given = derivative(math.sin, x, scale=1.0, **options)
    known = Stencil.usual(method, order, accuracy).step(EPS)
    np.testing.assert_allclose(given.step, unit * known, rtol=1e-6)
    assert expected == known if accuracy == ACCURACIES[method][0] else expected < known


@every_stencil
def test_a_higher_accuracy_is_worth_its_points(method, order, accuracy):
    """At the scale that is guessed it has a digit more than the default, if it can have that at all."""
    stencil = Stencil.usual(method, order, accuracy)
    lowest = Stencil.usual(method, order, ACCURACIES[method][0])
    least, best = lowest.error(lowest.step(EPS), EPS), stencil.error(stencil.step(EPS), EPS)
    assert stencil.error(default_step(method, order, accuracy), EPS) <= max(0.2 * least, best)


def test_scale_of_each_point():
    wide = derivative(math.atan, [0.0, 0.0], method="central", scale=[1.0, 1e6], full_output=True).step
    assert wide[1] == pytest.approx(1e6 * wide[0])


def test_step_of_each_point():
    x = np.ones((2, 3))
    result = derivative(math.atan, x, method="central", step=[2.0**-4, 2.0**-5, 2.0**-6], full_output=True)
    assert result.step.tolist() == [[2.0**-4, 2.0**-5, 2.0**-6]] * 2


def test_step_overrides_scale():
    both = derivative(math.atan, 1.0, method="central", step=0.25, scale=1e6, full_output=True)
    assert both.step == 0.25


USES_CENTER = [("forward", 1), ("forward", 2), ("backward", 1), ("backward", 3), ("central", 2), ("central", 4)]


@pytest.mark.parametrize(("method", "order"), USES_CENTER)
def test_f0_saves_an_evaluation(method, order):
    x = np.array([0.3, 1.0, -4.0])
    f = Recorder(np.sin)
    plain = derivative(f, x, method=method, order=order, full_output=True)
    saved = derivative(f, x, method=method, order=order, f0=np.sin(x), full_output=True)
    assert saved.value.tolist() == plain.value.tolist()
    assert saved.nfev == plain.nfev - 3
    assert not set(f.points[plain.nfev :]) & set(x)


def test_f0_is_believed():
    assert derivative(lambda t: t, 1.0, method="forward", step=0.5, f0=0.0) == 3.0


def test_f0_is_not_needed_where_the_weight_of_the_center_is_0():
    assert derivative(math.sin, 0.3, method="central", f0=math.nan) == derivative(math.sin, 0.3, method="central")


def test_f0_of_a_complex_f():
    value = derivative(lambda t: cmath.exp(1j * t), 0.3, method="forward", f0=cmath.exp(0.3j))
    assert value == derivative(lambda t: cmath.exp(1j * t), 0.3, method="forward")


@pytest.mark.parametrize("args", [(3.0, 2), [3.0, 2]], ids=["tuple", "list"])
@called
def test_args(args, vectorized):
    value = derivative(lambda t, a, n: a * t**n, 0.5, method="central", args=args, vectorized=vectorized)
    assert value == pytest.approx(3.0, rel=1e-9)


def test_a_function_object():
    f = Function(lambda t, a: a * t, args=(3.0,))
    assert derivative(f, 0.5, method="central") == pytest.approx(3.0)
    assert f.nfev == 2


@called
def test_a_vectorized_f_gets_blocks(vectorized):
    shapes = []
    derivative(lambda t: shapes.append(np.shape(t)) or np.sin(t), np.ones(500), method="central", vectorized=vectorized)
    if vectorized:
        assert all(len(shape) == 1 for shape in shapes)
        assert len(shapes) < 10
    else:
        assert shapes == [()] * 1000


# ----------------------------------------------------------------------------
# Results
# ----------------------------------------------------------------------------


def test_result_of_a_number():
    result = derivative(math.sin, 0.5, method="central", full_output=True)
    assert type(result) is DerivativeResult
    assert [type(v) for v in (result.value, result.error, result.status, result.step, result.nfev)] == [
        float,
        float,
        Status,
        float,
        int,
    ]
    assert result.value == derivative(math.sin, 0.5, method="central")
    assert (result.error, result.status, result.success) == (math.inf, Status.NOT_ESTIMATED, True)


@pytest.mark.parametrize("shape", [(3,), (2, 3), (1, 1), (0,), (2, 0)], ids=str)
def test_result_of_an_array(shape):
    result = derivative(np.sin, np.ones(shape), method="central", full_output=True)
    assert result.value.shape == result.error.shape == result.status.shape == result.step.shape == shape
    assert (result.error == math.inf).all()
    assert (result.status == Status.NOT_ESTIMATED).all()
    assert result.status.dtype == np.int8
    assert result.error.dtype == result.step.dtype == np.float64
    assert result.success is True


@every_stencil
@called
def test_nfev_counts_every_point(method, order, accuracy, vectorized):
    f = Recorder(np.sin)
    result = derivative(
        f,
        np.linspace(-1, 1, 5),
        method=method,
        order=order,
        accuracy=accuracy,
        vectorized=vectorized,
        full_output=True,
    )
    assert type(result.nfev) is int
    assert result.nfev == len(f.points)


RESULTS = {
    "number": (math.sin, 0.5),
    "array": (np.sin, [[0.5, math.nan, 2.0]]),
    "float32": (np.sin, np.float32(0.5)),
    "complex": (lambda t: 1j * t, [0.5]),
    "empty": (np.sin, []),
    "long": (np.sin, np.linspace(0, 1, 1000)),
}


@pytest.fixture(params=RESULTS.values(), ids=RESULTS)
def result(request):
    return derivative(*request.param, method="central", full_output=True)


@pytest.mark.parametrize("twin", [lambda r: pickle.loads(pickle.dumps(r)), copy.deepcopy], ids=["pickle", "copy"])
def test_results_survive(result, twin):
    other = twin(result)
    assert type(other) is DerivativeResult
    for field in dataclasses.fields(DerivativeResult):
        before, after = getattr(result, field.name), getattr(other, field.name)
        assert type(after) is type(before)
        np.testing.assert_array_equal(after, before)


def test_results_print(result):
    text = str(result)
    assert f"nfev: {result.nfev}" in text
    assert all(Status(status).name in text for status in np.unique(result.status))
    assert len(text.splitlines()) <= 12
    assert max(map(len, text.splitlines())) <= 120
    assert repr(result).startswith("DerivativeResult(value=")


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(DerivativeResult)] + ["success", "new"])
def test_results_are_frozen(name):
    with pytest.raises((AttributeError, TypeError)):
        setattr(derivative(math.sin, 0.5, method="central", full_output=True), name, 0)


# ----------------------------------------------------------------------------
# Numbers of any size
# ----------------------------------------------------------------------------

SIZES = [0.0, 5e-324, 1e-310, 2.3e-308, 1e-200, 1e-16, 1e-8, 0.1, 1.0, 1e8, 1e16, 1e154, 1e300, 1.7e308, LARGEST]
X_OF_ANY_SIZE = [*SIZES, *(-x for x in SIZES)]


@every_stencil
@called
def test_no_point_overflows(method, order, accuracy, vectorized):
    f = Recorder(lambda t: t)
    options = {"method": method, "order": order, "accuracy": accuracy, "vectorized": vectorized}
    result = derivative(f, X_OF_ANY_SIZE, full_output=True, **options)
    assert np.isfinite(f.points).all()
    assert (result.status == Status.NOT_ESTIMATED).all()
    # nothing but the rounding of f, which makes the step h uncertain by eps x / h
    stencil, size = Stencil.usual(method, order, accuracy), np.maximum(np.abs(X_OF_ANY_SIZE), result.step)
    with np.errstate(over="ignore"):
        tolerance = 10 * stencil.roundoff * EPS * size / result.step**order
    assert np.all(abs(result.value - (order == 1)) <= np.maximum(tolerance, SMALLEST))


@pytest.mark.parametrize("scale", [5e-324, 1e-300, 1e300, LARGEST])
@every_method
def test_scales_of_any_size(scale, method):
    f = Recorder(lambda t: t / 4)
    value = derivative(f, X_OF_ANY_SIZE, method=method, accuracy=4, scale=scale)
    assert np.isfinite(f.points).all()
    np.testing.assert_allclose(value[np.isfinite(value)], 0.25, rtol=1e-6)


@pytest.mark.parametrize("step", [1e300, LARGEST])
@every_method
@pytest.mark.parametrize("accuracy", [2, 6])
def test_steps_that_leave_the_range_of_numbers_shrink(step, method, accuracy):
    f = Recorder(lambda t: t / 4)
    value = derivative(f, X_OF_ANY_SIZE, method=method, accuracy=accuracy, step=step)
    assert np.isfinite(f.points).all()
    np.testing.assert_allclose(value, 0.25, rtol=1e-12)


def test_float32_points_stay_in_range():
    largest = np.finfo(np.float32).max
    x = np.array([0, 1e-45, 1e-38, 1, 1e38, largest, -largest], dtype=np.float32)
    f = Recorder(lambda t: t)
    for method in ACCURACIES:
        np.testing.assert_allclose(derivative(f, x, method=method), 1, rtol=1e-3)
    assert np.isfinite(f.points).all()


@pytest.mark.parametrize("x", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("kind", [float, np.float32])
@every_method
def test_x_that_is_not_finite(x, kind, method):
    f = Recorder(math.sin)
    result = derivative(f, kind(x), method=method, full_output=True)
    assert math.isnan(result.value)
    assert (result.status, result.error, result.success, result.nfev) == (Status.NONFINITE, math.inf, False, 0)
    assert math.isnan(result.step)
    assert f.points == []


@called
def test_x_that_is_not_finite_among_others(vectorized):
    x = [math.inf, 0.5, math.nan, -1.0, -math.inf]
    f = Recorder(np.sin)
    result = derivative(f, x, method="forward", order=2, vectorized=vectorized, full_output=True)
    assert np.isnan(result.value).tolist() == [True, False, True, False, True]
    assert result.status.tolist() == [Status.NONFINITE, 4, Status.NONFINITE, 4, Status.NONFINITE]
    assert result.value[[1, 3]].tolist() == derivative(np.sin, [0.5, -1], method="forward", order=2).tolist()
    assert np.isfinite(f.points).all()


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@every_method
def test_f_that_is_not_finite(bad, method):
    result = derivative(lambda t: bad if t != 0.5 else 1.0, [0.5, 2.0], method=method, full_output=True)
    assert not np.isfinite(result.value).any()
    assert result.status.tolist() == [Status.NONFINITE] * 2
    assert not result.success


def test_warnings_of_numpy_near_the_edge_of_the_domain_are_silenced():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = derivative(np.log, [0.0, 1e-300, 1.0], method="central", full_output=True)
    assert result.status.tolist() == [Status.NONFINITE, Status.NONFINITE, Status.NOT_ESTIMATED]


def test_exceptions_of_f_reach_the_caller():
    with pytest.raises(ValueError, match=r"math domain error|expected a nonnegative input"):
        derivative(math.sqrt, 0.0, method="central")
    with pytest.raises(KeyError, match="mine"):
        derivative(lambda t: {}["mine"], 0.0, method="central")


@every_stencil
@called
def test_f_near_overflow_loses_nothing(method, order, accuracy, vectorized):
    """Values up to 2^1023: differences overflow, and weighted sums of them, where the derivative does not."""
    x = np.array([-3.0, -1.6, 0.0, 0.1, 1.5, 1.6, 4.8])
    options = {"method": method, "order": order, "accuracy": accuracy, "vectorized": vectorized}
    plain = derivative(np.cos, x, **options)
    huge = derivative(lambda t: 2.0**1023 * np.cos(t), x, **options)
    assert np.count_nonzero(abs(plain) < 2) >= 4
    assert huge[abs(plain) < 2].tolist() == (2.0**1023 * plain[abs(plain) < 2]).tolist()


def test_difference_that_overflows_though_the_derivative_does_not():
    f = lambda t: math.copysign(1.7e308, t)  # noqa: E731
    assert derivative(f, 0.0, method="central", step=8.0) == 1.7e308 / 8


def test_derivative_that_overflows():
    result = derivative(lambda t: 1e300 * t / 1e-10, 0.0, method="central", full_output=True)
    assert (result.value, result.status) == (math.inf, Status.NONFINITE)


def test_derivative_that_overflows_single_precision():
    result = derivative(lambda t: 1e39 * float(t), np.float32(1), method="central", full_output=True)
    assert (result.value, result.status) == (math.inf, Status.NONFINITE)


@pytest.mark.parametrize("size", [1e-300, 1e-307])
def test_f_near_underflow(size):
    value = derivative(lambda t: size * math.exp(t), 0.3, method="central")
    assert value == pytest.approx(size * math.exp(0.3), rel=1e-6)
