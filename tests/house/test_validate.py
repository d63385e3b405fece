"""What is refused: each message names the argument, the value, and what is accepted."""

import datetime
import decimal
import fractions
import math
import re

import numpy as np
import pytest
from scipy.optimize import Bounds

from numdiff import Function, derivative, gradient, jacobian

X = np.array([[0.5, 1.5], [2.5, 3.5]])


def square(x):
    return x * x


def total(x):
    return np.sum(x * x)


# every public function, with an f and an x that suit it
PUBLIC = {
    "derivative": (derivative, square),
    "gradient": (gradient, total),
    "jacobian": (jacobian, square),
}
everywhere = pytest.mark.parametrize(("function", "f"), PUBLIC.values(), ids=PUBLIC)


MASKED = " must hold plain numbers; got a masked array, of which "


def refused(error, message):
    """The beginning of a message, and then whatever it says besides."""
    return pytest.raises(error, match="^" + re.escape(message))


def table(*rows):
    cases, names = [row[1:] for row in rows], [row[0] for row in rows]
    return pytest.mark.parametrize(("value", "error", "message"), cases, ids=names)


# ----------------------------------------------------------------------------
# method, order, accuracy
# ----------------------------------------------------------------------------

METHODS = "method must be one of 'richardson', 'central', 'forward', 'backward'; got "


@table(
    ("unknown", "centre", ValueError, METHODS + "'centre'"),
    ("capital", "Central", ValueError, METHODS + "'Central'"),
    ("empty", "", ValueError, METHODS + "''"),
    ("none", None, ValueError, METHODS + "None"),
    ("number", 2, ValueError, METHODS + "2"),
    ("bytes", b"central", ValueError, METHODS + "b'central'"),
    ("list", ["central"], ValueError, METHODS + "['central']"),
)
@everywhere
def test_method(function, f, value, error, message):
    with refused(error, message):
        function(f, X, method=value)


@everywhere
def test_options_go_by_name(function, f):
    with pytest.raises(TypeError, match="positional"):
        function(f, X, "central")


def test_a_method_that_is_a_string_of_numpy():
    assert derivative(math.sin, 0.5, method=np.array(["central"])[0]) == derivative(math.sin, 0.5, method="central")


ORDERS = "order must be an integer from 1 to 10; got "


@table(
    ("zero", 0, ValueError, ORDERS + "0"),
    ("negative", -1, ValueError, ORDERS + "-1"),
    ("eleven", 11, ValueError, ORDERS + "11"),
    ("huge", 10**30, ValueError, ORDERS + "1000000000000000000000000000000"),
    ("true", True, ValueError, ORDERS + "True"),
    ("float", 2.0, TypeError, ORDERS + "2.0"),
    ("numpy-float", np.float64(2), TypeError, ORDERS + "np.float64(2.0)"),
    ("numpy-bool", np.True_, TypeError, ORDERS + "np.True_"),
    ("string", "2", TypeError, ORDERS + "'2'"),
    ("none", None, TypeError, ORDERS + "None"),
    ("list", [1, 2], TypeError, ORDERS + "[1, 2]"),
    ("array", np.array([1]), TypeError, ORDERS + "array([1])"),
)
def test_order(value, error, message):
    with refused(error, message):
        derivative(math.sin, 0.5, order=value, method="central")


ACCURACIES = "accuracy must be an integer from 1 to 8; got "
EVEN = "accuracy must be even (2, 4, 6 or 8) for method='central'; got "


@table(
    ("zero", 0, ValueError, ACCURACIES + "0"),
    ("nine", 9, ValueError, ACCURACIES + "9"),
    ("true", True, ValueError, ACCURACIES + "True"),
    ("float", 2.0, TypeError, ACCURACIES + "2.0"),
    ("numpy-bool", np.True_, TypeError, ACCURACIES + "np.True_"),
    ("string", "high", TypeError, ACCURACIES + "'high'"),
    ("list", [2], TypeError, ACCURACIES + "[2]"),
    ("odd", 3, ValueError, EVEN + "3"),
    ("odd-in-numpy", np.int32(1), ValueError, EVEN + "1"),
)
@everywhere
def test_accuracy(function, f, value, error, message):
    with refused(error, message):
        function(f, X, accuracy=value, method="central")


@pytest.mark.parametrize("kind", [np.int8, np.uint64, np.array], ids=lambda kind: kind.__name__)
def test_integers_of_numpy_are_integers(kind):
    plain = derivative(math.sin, 0.5, order=2, accuracy=4, method="central")
    assert derivative(math.sin, 0.5, order=kind(2), accuracy=kind(4), method="central") == plain


# ----------------------------------------------------------------------------
# What belongs to one kind of method
# ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options", [{"rtol": 1e-3}, {"atol": 0.0}, {"max_nfev": 50}], ids=lambda options: next(iter(options))
)
@pytest.mark.parametrize("method", ["central", "forward", "backward"])
@everywhere
def test_options_of_the_adaptive_method(function, f, method, options):
    [(name, value)] = options.items()
    message = f"{name} belongs to method='richardson', which adapts; got {name}={value!r}, method={method!r}"
    with refused(TypeError, message):
        function(f, X, method=method, **options)


@pytest.mark.parametrize("options", [{"accuracy": 2}, {"scale": 1.0}], ids=lambda options: next(iter(options)))
@everywhere
def test_options_of_fixed_steps(function, f, options):
    [(name, value)] = options.items()
    message = f"{name} belongs to the fixed-step methods; method='richardson' finds it by itself; got {name}={value!r}"
    with refused(TypeError, message):
        function(f, X, **options)


@table(
    ("negative", -1e-3, ValueError, " must be finite and not negative; got -0.001"),
    ("nan", math.nan, ValueError, " must be finite and not negative; got nan"),
    ("infinite", math.inf, ValueError, " must be finite and not negative; got inf"),
    ("string", "small", TypeError, " must be a number that is not negative; got 'small'"),
    ("list", [1e-3, 1e-4], TypeError, " must be a number that is not negative; got [0.001, 0.0001]"),
    ("bool", True, TypeError, " must be a number that is not negative; got True"),
    ("comparison", np.False_, TypeError, " must be a number that is not negative; got np.False_"),
    ("digits", "1e-3", TypeError, " must be a number that is not negative; got '1e-3'"),
)
@pytest.mark.parametrize("name", ["rtol", "atol"])
@everywhere
def test_tolerances(function, f, name, value, error, message):
    with refused(error, name + message):
        function(f, X, **{name: value})


@table(
    ("zero", 0, ValueError, "max_nfev must be an integer from 1 to "),
    ("negative", -5, ValueError, "max_nfev must be an integer from 1 to "),
    ("float", 1e3, TypeError, "max_nfev must be an integer from 1 to "),
    ("numpy-bool", np.True_, TypeError, "max_nfev must be an integer from 1 to "),
    ("string", "many", TypeError, "max_nfev must be an integer from 1 to "),
)
@everywhere
def test_max_nfev(function, f, value, error, message):
    with pytest.raises(error, match=f"^{message}.*; got {re.escape(repr(value))}$"):
        function(f, X, max_nfev=value)


# ----------------------------------------------------------------------------
# step, scale
# ----------------------------------------------------------------------------

POSITIVE = " must be positive and finite; got "
REAL = " must be a real number or an array of them; got "
BROADCAST = " must be a number or broadcast to the shape of x, (2, 2); got shape "

lengths = pytest.mark.parametrize("name", ["step", "scale"])


@table(
    ("zero", 0, ValueError, POSITIVE + "0.0"),
    ("negative", -0.5, ValueError, POSITIVE + "-0.5"),
    ("nan", math.nan, ValueError, POSITIVE + "nan"),
    ("infinite", math.inf, ValueError, POSITIVE + "inf"),
    ("one-of-many", [1, -3], ValueError, POSITIVE + "-3.0"),
    ("string", "small", TypeError, REAL + "'small'"),
    ("digits", "0.1", TypeError, REAL + "'0.1'"),
    ("bool", True, TypeError, REAL + "True"),
    ("complex", 1j, TypeError, REAL + "1j"),
    ("object", [None, 1], TypeError, REAL + "[None, 1]"),
    ("ragged", [[1], [1, 2]], TypeError, REAL + "[[1], [1, 2]]"),
    ("masked", np.ma.array([1.0, 2.0], mask=[0, 1]), TypeError, MASKED + "1 of 2"),
    ("shape", [1, 2, 3], ValueError, BROADCAST + "(3,)"),
    ("dimensions", np.ones((2, 2, 2)), ValueError, BROADCAST + "(2, 2, 2)"),
    ("widens-x", np.ones((1, 2, 2)), ValueError, BROADCAST + "(1, 2, 2)"),
)
@lengths
@everywhere
def test_lengths(function, f, name, value, error, message):
    with refused(error, name + message):
        function(f, X, method="central", **{name: value})


@lengths
def test_lengths_of_a_number(name):
    with refused(ValueError, f"{name} must be a number or broadcast to the shape of x, (); got shape (2,)"):
        derivative(math.sin, 0.5, method="central", **{name: [1, 2]})


@lengths
@pytest.mark.parametrize("value", [1, np.float32(1), np.int8(1), [[1], [1]], np.longdouble(1)], ids=repr)
def test_lengths_may_be_real_numbers_of_any_kind(name, value):
    plain = derivative(np.sin, X, method="central", **{name: 1.0})
    assert derivative(np.sin, X, method="central", **{name: value}).tolist() == plain.tolist()


# ----------------------------------------------------------------------------
# bounds
# ----------------------------------------------------------------------------

CROSSED = "bounds must satisfy lb <= ub; got "
OUTSIDE = "x must lie within bounds; got "
PAIR = (
    "bounds must be a pair (lb, ub), an object with .lb and .ub or, for x of one dimension, a pair (lower, upper) for "
    "each of its 4 entries; got "
)


@table(
    ("number", 3.0, TypeError, PAIR + "3.0"),
    ("one", (1,), TypeError, PAIR + "(1,)"),
    ("three", (0, 1, 2), TypeError, PAIR + "(0, 1, 2)"),
    ("pairs-of-a-matrix", [(0, 4)] * 4, TypeError, PAIR + "[(0, 4), (0, 4), (0, 4), (0, 4)]"),
    ("dict", {0: 1, 4: 5}, TypeError, PAIR + "{0: 1, 4: 5}"),
    ("set", {0}, TypeError, PAIR + "{0}"),
    ("string", "04", TypeError, PAIR + "'04'"),
    ("bool-inside", (False, 4), TypeError, "bounds (lb)" + REAL + "False"),
    ("none-in-an-array", ([0, None], 4), TypeError, "bounds (lb)" + REAL + "[0, None]"),
    ("string-inside", (0, "4"), TypeError, "bounds (ub)" + REAL + "'4'"),
    ("complex-inside", (0, 4j), TypeError, "bounds (ub)" + REAL + "4j"),
    ("shape", ([0, 0, 0], 4), ValueError, "bounds (lb)" + BROADCAST + "(3,)"),
    ("upper-shape", (0, np.ones((3, 2))), ValueError, "bounds (ub)" + BROADCAST + "(3, 2)"),
    ("masked", (0, np.ma.array(X + 1, mask=X > 3)), TypeError, "bounds" + MASKED + "1 of 4"),
    ("nan", (math.nan, 4), ValueError, "bounds must not be NaN; got lb = nan, ub = 4.0 at index (0, 0)"),
    ("nan-among", (0, [4, math.nan]), ValueError, "bounds must not be NaN; got lb = 0.0, ub = nan at index (0, 1)"),
    ("crossed", (4, 0), ValueError, CROSSED + "lb = 4.0, ub = 0.0 at index (0, 0)"),
    ("one-crossed", ([[0], [9]], 4), ValueError, CROSSED + "lb = 9.0, ub = 4.0 at index (1, 0)"),
    ("below", (1, 4), ValueError, OUTSIDE + "x = 0.5 < lb = 1.0 at index (0, 0)"),
    ("above", (0, [4, 3]), ValueError, OUTSIDE + "x = 3.5 > ub = 3.0 at index (1, 1)"),
    ("scipy", Bounds(0, [4, 3]), ValueError, OUTSIDE + "x = 3.5 > ub = 3.0 at index (1, 1)"),
)
@everywhere
def test_bounds(function, f, value, error, message):
    with refused(error, message):
        function(f, X, method="central", bounds=value)


def test_bounds_of_a_number():
    with pytest.raises(ValueError, match=r"^x must lie within bounds; got x = 0\.5 < lb = 1\.0$"):
        derivative(math.sin, 0.5, method="central", bounds=(1, 2))


def test_x_outside_bounds_by_the_smallest_difference():
    lb = math.nextafter(0.5, 1)
    with refused(ValueError, f"x must lie within bounds; got x = 0.5 < lb = {lb}"):
        derivative(math.sin, 0.5, method="central", bounds=(lb, 2))


def test_nothing_is_evaluated_before_the_arguments_are_checked():
    def f(x):
        raise AssertionError

    for options in ({"bounds": (0, 1)}, {"step": -1}, {"accuracy": 3}, {"method": "none"}):
        with pytest.raises(ValueError, match="must"):
            jacobian(f, X, **{"method": "central"} | options)


# ----------------------------------------------------------------------------
# x
# ----------------------------------------------------------------------------

RECTANGLE = "x must be a number or a rectangular array of numbers; got "
DTYPE = "x must hold float64, float32 or integers; got dtype "
COMPLEX = "derivatives with respect to complex variables are not supported; pass real and imaginary part"
OBJECT = "objects are not converted, since precision could get lost; pass float64"
INTEGER = "integers beyond 64 bits are not converted, since precision could get lost; pass float64"


@table(
    ("bool", True, TypeError, DTYPE + "bool: booleans cannot be displaced"),
    ("bools", [True, False], TypeError, DTYPE + "bool: booleans cannot be displaced"),
    ("half", np.float16(0.5), TypeError, DTYPE + "float16: half precision is too coarse"),
    ("longdouble", np.longdouble(0.5), TypeError, DTYPE + f"{np.dtype(np.longdouble)}: kernels compute in float64"),
    ("complex", 0.5j, TypeError, DTYPE + "complex128: " + COMPLEX),
    ("complex64", np.ones(2, np.complex64), TypeError, DTYPE + "complex64: " + COMPLEX),
    ("none", None, TypeError, DTYPE + "object: " + OBJECT),
    ("fraction", fractions.Fraction(1, 2), TypeError, DTYPE + "object: " + OBJECT),
    ("decimals", [decimal.Decimal(1)], TypeError, DTYPE + "object: " + OBJECT),
    ("big-integer", 10**30, TypeError, DTYPE + "object: " + INTEGER),
    ("big-integers", [10**30, 1], TypeError, DTYPE + "object: " + INTEGER),
    ("integer-beside-none", [10**30, None], TypeError, DTYPE + "object: " + OBJECT),
    ("dict", {"a": 1.0}, TypeError, DTYPE + "object: " + OBJECT),
    ("string", "0.5", TypeError, DTYPE + "<U3: not a number"),
    ("bytes", b"0.5", TypeError, DTYPE + "|S3: not a number"),
    ("date", np.datetime64("2024-02-29"), TypeError, DTYPE + "datetime64[D]: convert dates to numbers first"),
    ("dates", np.array([datetime.datetime(2024, 2, 29)], "M8[s]"), TypeError, DTYPE + "datetime64[s]: convert dates"),
    ("span", np.timedelta64(3, "h"), TypeError, DTYPE + "timedelta64[h]: convert time spans to numbers first"),
    ("record", np.ones(2, [("a", float)]), TypeError, DTYPE + "[('a', '<f8')]: structured arrays are not numbers"),
    ("masked", np.ma.array(X, mask=X > 3), TypeError, "x" + MASKED + "1 of 4"),
    ("ragged", [[1.0], [1.0, 2.0]], ValueError, RECTANGLE + "[[1.0], [1.0, 2.0]]"),
)
@everywhere
def test_x(function, f, value, error, message):
    with refused(error, message):
        function(f, value, method="central")


def test_x_of_a_masked_array_with_nothing_masked():
    assert derivative(math.sin, np.ma.array([0.5]), method="central").tolist() == [
        derivative(math.sin, 0.5, method="central")
    ]


def test_why_x_could_not_be_converted_is_shown():
    class Broken:
        def __array__(self, dtype=None, copy=None):
            raise ValueError("not ready")

    with refused(ValueError, RECTANGLE) as caught:
        derivative(math.sin, Broken())
    assert str(caught.value.__cause__) == "not ready"


# ----------------------------------------------------------------------------
# f, args, vectorized
# ----------------------------------------------------------------------------


@table(
    ("number", 3, TypeError, "f must be callable; got 3 of type int"),
    ("none", None, TypeError, "f must be callable; got None of type NoneType"),
    ("value", np.float64(1), TypeError, "f must be callable; got np.float64(1.0) of type float64"),
)
@everywhere
def test_f(function, f, value, error, message):
    with refused(error, message):
        function(value, X, method="central")
    with refused(error, message):
        Function(value)


ARGS = "args must be a tuple of further arguments of f, such as (a,); got "


@table(
    ("number", 2.0, TypeError, ARGS + "2.0"),
    ("string", "ab", TypeError, ARGS + "'ab'"),
    ("none", None, TypeError, ARGS + "None"),
    ("array", np.ones(2), TypeError, ARGS + "array([1., 1.])"),
    ("dict", {"a": 1}, TypeError, ARGS + "{'a': 1}"),
)
@everywhere
def test_args(function, f, value, error, message):
    with refused(error, message):
        function(f, X, method="central", args=value)
    with refused(error, message):
        Function(f, args=value)


KWARGS = "kwargs must be a mapping of keyword arguments of f, such as {'a': 1}; got "


@table(
    ("number", 2.0, TypeError, KWARGS + "2.0"),
    ("pairs", [("a", 1)], TypeError, KWARGS + "[('a', 1)]"),
    ("names", {1: 2}, TypeError, "kwargs must have strings for names, those of keyword arguments of f; got the name 1"),
)
@everywhere
def test_kwargs(function, f, value, error, message):
    with refused(error, message):
        function(f, X, method="central", kwargs=value)
    with refused(error, message):
        Function(f, kwargs=value)


BESIDE = {
    "vectorized": ({"vectorized": True}, "got vectorized=True, args=(), kwargs=None beside Function("),
    "args": ({"args": (1,)}, "got vectorized=False, args=(1,), kwargs=None beside Function("),
    "list": ({"args": [1]}, "got vectorized=False, args=[1], kwargs=None beside Function("),
    "array": ({"args": np.ones(1)}, "got vectorized=False, args=array([1.]), kwargs=None beside Function("),
    "kwargs": ({"kwargs": {}}, "got vectorized=False, args=(), kwargs={} beside Function("),
    "arrays": ({"args": np.ones(2)}, "got vectorized=False, args=array([1., 1.]), kwargs=None beside Function("),
}


@pytest.mark.parametrize(("options", "message"), BESIDE.values(), ids=BESIDE)
@everywhere
def test_how_f_is_called_is_said_once(function, f, options, message):
    with refused(TypeError, "vectorized, args and kwargs belong to the Function when f is one; " + message):
        function(Function(f), X, method="central", **options)


# ----------------------------------------------------------------------------
# f0
# ----------------------------------------------------------------------------

NUMBERS = "f0 must be a number or an array of numbers; got "


@table(
    ("string", "a", TypeError, NUMBERS + "str"),
    ("bool", True, TypeError, NUMBERS + "bool"),
    ("object", [None, 1], TypeError, NUMBERS + "list"),
    ("ragged", [[1], [1, 2]], TypeError, NUMBERS + "a ragged list"),
)
@pytest.mark.parametrize("method", ["central", "forward"])
@everywhere
def test_f0(function, f, method, value, error, message):
    with refused(error, message):
        function(f, X, method=method, f0=value)


@pytest.mark.parametrize("f0", [1.0, np.ones(2), np.ones((2, 1)), np.ones((1, 2, 2))], ids=np.shape)
def test_f0_of_derivative_has_the_shape_of_x(f0):
    with refused(ValueError, f"f0 must have the shape of x, (2, 2); got shape {np.shape(f0)}"):
        derivative(square, X, method="forward", f0=f0)


@pytest.mark.parametrize("f0", [1.0, np.ones(2), np.ones((2, 1)), np.ones((1, 2, 2))], ids=np.shape)
@pytest.mark.parametrize("vectorized", [False, True], ids=["one-by-one", "vectorized"])
def test_f0_of_jacobian_has_the_shape_of_f(f0, vectorized):
    with refused(ValueError, f"f0 must be f(x), of the shape of f(x), (2, 2); got shape {np.shape(f0)}"):
        jacobian(square, X, method="forward", f0=f0, vectorized=vectorized)


def test_f0_of_gradient_is_one_number():
    with pytest.raises(ValueError, match=r"f0.*\(2,\)"):
        gradient(total, X, method="forward", f0=[1.0, 2.0])


# ----------------------------------------------------------------------------
# What f returns
# ----------------------------------------------------------------------------

VALUES = "f(x) must be a number or an array of numbers; got "


@table(
    ("none", None, TypeError, VALUES + "None"),
    ("string", "1.0", TypeError, VALUES + "str"),
    ("bool", True, TypeError, VALUES + "bool"),
    ("comparison", np.True_, TypeError, VALUES + "bool"),
    ("object", fractions.Fraction(1), TypeError, VALUES + "Fraction"),
    ("ragged", [[1.0], [1.0, 2.0]], TypeError, VALUES + "a ragged list"),
    ("dict", {"f": 1.0}, TypeError, VALUES + "dict"),
)
@pytest.mark.parametrize("vectorized", [False, True], ids=["one-by-one", "vectorized"])
@everywhere
def test_values(function, f, vectorized, value, error, message):
    with refused(error, message):
        function(lambda x: value, X, method="central", vectorized=vectorized)


@pytest.mark.parametrize("shape", [(2,), (1, 2), (0,)], ids=str)
def test_derivative_is_of_one_number(shape):
    with pytest.raises(ValueError, match=rf"one number.*{re.escape(str(shape))}.*jacobian"):
        derivative(lambda t: np.ones(shape), X, method="central")


REMEDY = r"if f returns a pair \(value, gradient\), .* pass its value: lambda x: f\(x\)\[0\]$"
PAIRS = {
    "tuple": (gradient, lambda x: (x @ x, 2 * x), X[0]),
    "list": (gradient, lambda x: [x @ x, 2 * x], X[0]),
    "one-variable": (gradient, lambda x: (x @ x, 2 * x), [1.0]),
    "numbers": (derivative, lambda t: (t * t, 2 * t), 1.0),
    "columns": (gradient, lambda x: (x, 2 * x), [1.0]),
    "jacobian": (jacobian, lambda x: (x, np.eye(x.size)), X[0]),
    "gradient-of-jacobian": (jacobian, lambda x: (x @ x, 2 * x), X[0]),
    "no-gradient": (jacobian, lambda x: (x @ x, None), X[0]),
}


@pytest.mark.parametrize("method", ["richardson", "central"])
@pytest.mark.parametrize(("function", "f", "x"), PAIRS.values(), ids=PAIRS)
def test_a_pair_of_value_and_gradient_is_named(function, f, x, method):
    with pytest.raises((TypeError, ValueError), match=REMEDY):
        function(f, x, method=method)
    if function is not jacobian:
        function(lambda x: f(x)[0], x, method=method)


@pytest.mark.parametrize("function", [gradient, derivative])
def test_a_pair_of_a_vectorized_f_is_named(function):
    with pytest.raises((TypeError, ValueError), match=REMEDY):
        function(lambda x: (x[0] ** 2 if x.ndim > 1 else x, 2 * x), [1.0, 2.0], vectorized=True)


def test_what_is_no_pair_is_not_called_one():
    for returned in ([1.0, [2.0], 3.0], np.ones(3), "a", None, {1: 2}):
        with pytest.raises((TypeError, ValueError)) as caught:
            gradient(lambda x, returned=returned: returned, X[0])
        assert "pair" not in str(caught.value)
    with pytest.raises(TypeError) as caught:
        gradient(np.sum, X[0], f0=(1.0, X[0]))
    assert "pair" not in str(caught.value)


def test_a_shape_that_changes():
    shapes = iter([(2,), (2,), (3,)])
    with refused(ValueError, "f must return the same shape at every call; got (3,) after (2,)"):
        jacobian(lambda x: np.ones(next(shapes)), X, method="central")


@pytest.mark.parametrize("function", [gradient, jacobian])
def test_a_vectorized_f_that_returns_one_value_for_a_block(function):
    with refused(ValueError, "f must return an array of shape f.shape + (k,) when vectorized=True; got shape ()"):
        function(total, X, method="central", vectorized=True)


@pytest.mark.parametrize("method", ["central", "forward", "backward"])
def test_complex_values_after_real_ones(method):
    """Real on one side of x, complex on the other: the real part is not taken for the whole."""
    real_until = {"central": 0.5, "forward": 0.5, "backward": 0.2}[method]
    with pytest.raises(ValueError, match="complex numbers at every call or at none"):
        derivative(lambda t: t if t <= real_until else t + 0j, 0.5, method=method, order=2, step=0.25)
