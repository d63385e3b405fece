"""How f is called: exceptions, functions that differentiate themselves, plain numbers, and the class Function."""

import math
import pickle
import re
from functools import partial
from types import MappingProxyType

import numpy as np
import pytest

import numdiff
from numdiff import Function, derivative, gradient, jacobian
from tests.kernels.deeds import (
    doing,
    write_all,
)
from tests.kernels.examples import (
    POINTS,
    Unexpected,
    after,
    components,
    displaced_entries,
    methods,
    points,
    polynomial,
    same_bits,
)

# ---------------------------------------------------------------------------- exceptions


@points
@pytest.mark.parametrize("error", [Unexpected("here"), ValueError("mine"), SystemExit(3)], ids=["own", "value", "exit"])
def test_exception_of_f_arrives_unchanged(error, x):
    def fail(x):
        raise error

    function = Function(after(1, polynomial, fail))
    with pytest.raises(type(error)) as caught:
        gradient(function, x, method="central")
    assert caught.value is error
    assert function.nfev == 2


@points
def test_function_works_again_after_an_exception(x):
    failing = [True]

    def f(point):
        if failing[0] and displaced_entries(point, x).tolist() == [x.size - 1]:
            point.fill(np.nan)
            raise Unexpected
        return polynomial(point)

    function = Function(f)
    with pytest.raises(Unexpected):
        gradient(function, x, method="central")
    failing.clear()
    failing.append(False)
    assert same_bits(gradient(function, x, method="central"), gradient(polynomial, x, method="central"))


def test_exception_from_converting_the_output():
    class Stubborn:
        def __array__(self, dtype=None, copy=None):
            raise Unexpected

    with pytest.raises(Unexpected):
        gradient(lambda x: Stubborn(), POINTS["vector"], method="central")


# ---------------------------------------------------------------------------- what they say of the point


def notes_of(differentiate, f, x, **options):
    with pytest.raises(Exception) as caught:  # noqa: PT011 - of any kind
        differentiate(f, x, **options)
    return getattr(caught.value, "__notes__", [])


@pytest.mark.parametrize("vectorized", [False, True], ids=["one-point", "vectorized"])
@pytest.mark.parametrize("error", [ValueError, KeyError, ZeroDivisionError, Unexpected])
@pytest.mark.parametrize(
    ("x", "shown"),
    [
        (-1.0, "-1.0"),
        ([1.0, 2.5], "[1.0, 2.5]"),
        (np.eye(2), "[[1.0, 0.0], [0.0, 1.0]]"),
        (np.arange(1000.0), "[  0.,   1., ..., 998., 999.] of shape (1000,)"),
    ],
    ids=["number", "vector", "matrix", "long"],
)
def test_exception_at_x_has_a_note_of_x(x, shown, error, vectorized):
    def f(x):
        if isinstance(x, np.ndarray):
            x.fill(7.0)
        raise error("mine")

    (note,) = notes_of(gradient, f, x, vectorized=vectorized)
    assert note.partition(";")[0] == f"f raised this at x = {shown}"


def test_exception_at_x_is_what_f_raised():
    with pytest.raises(ValueError, match="math domain error") as caught:
        derivative(math.sqrt, -1.0)
    assert type(caught.value) is ValueError
    assert caught.value.__notes__ == ["f raised this at x = -1.0"]


def test_exception_elsewhere_has_a_note_of_the_point():
    for method in ("richardson", "central"):
        (note,) = notes_of(derivative, math.sqrt, 0.0, method=method)
        assert re.fullmatch(r"f raised this at -[\d.e-]+, a point displaced from x", note)


def test_exception_of_a_block_has_a_note():
    def f(x):
        raise Unexpected

    (note,) = notes_of(derivative, f, [1.0, 2.0], method="central", vectorized=True)
    assert re.fullmatch(r"f raised this at a block of \d points, the first of them [\d.]+|.* x = 1.0", note)


def test_exception_that_is_raised_again_and_again_has_one_note():
    same = Unexpected()
    same.add_note("a note of f's")

    def f(x):
        raise same

    for x in ([1.0], [2.0]):
        assert notes_of(gradient, f, x) == ["a note of f's", "f raised this at x = [1.0]"]


def test_exceptions_of_others_have_no_note():
    for f in (lambda x: None, lambda x: [1.0, 2.0]):
        assert notes_of(gradient, f, [1.0]) == []
    with pytest.raises(SystemExit) as caught:
        gradient(lambda x: exit(3), [1.0])
    assert not hasattr(caught.value, "__notes__")


class Series:
    """As those of pandas: numbers with labels."""

    def __init__(self, **numbers):
        self.numbers = numbers

    def __getitem__(self, label):
        return self.numbers[label]

    def __getattr__(self, label):
        try:
            return self.__dict__["numbers"][label]
        except KeyError:
            raise AttributeError(label) from None

    def __array__(self, dtype=None, copy=None):
        return np.array(list(self.numbers.values()), dtype)


@pytest.mark.parametrize("f", [lambda x: x["a"], lambda x: x.a, lambda x: {0.5: 1.0}[x.tolist()[0]]])
def test_labels_of_x_do_not_reach_f(f):
    x = Series(a=1.0, b=2.0)
    for method in ("richardson", "central"):
        (note,) = notes_of(gradient, f, x, method=method)
        assert "it gets x as an array of numpy, whatever x was: a pandas Series, for one, without its labels" in note
    assert "pandas" not in notes_of(gradient, math.sqrt, x)[:1]


def test_labels_that_look_like_units_are_none():
    assert gradient(np.sum, Series(unit=1.0, value=2.0), method="central", step=0.5).tolist() == [1.0, 1.0]


# ---------------------------------------------------------------------------- f calls numdiff itself


def test_derivative_of_a_derivative():
    slope = partial(derivative, np.sin, method="central", step=1e-3)
    assert derivative(slope, 0.5, method="central", step=1e-3) == pytest.approx(-math.sin(0.5), abs=1e-5)


def test_gradient_of_a_gradient():
    x = np.array([1.0, 2.0, -1.0])

    def f(x):
        return x[0] ** 2 * x[1] + x[1] * x[2] ** 3

    def inner(x):
        return gradient(f, x, method="central", step=1e-3)

    hessian = jacobian(inner, x, method="central", step=1e-3)
    np.testing.assert_allclose(hessian, [[4, 2, 0], [2, 0, 3], [0, 3, -12]], atol=1e-5)


def test_nested_with_one_function():
    """The Function, and so its count, is shared by both levels."""
    function = Function(lambda x: x[0] ** 2 * x[1])
    jacobian(lambda x: gradient(function, x, method="central"), [1.0, 2.0], method="central")
    assert function.nfev == 4 * 4


def test_f_calls_numdiff_on_its_own_argument():
    x = POINTS["several-buffers"]
    untouched = x.copy()

    def f(point):
        return polynomial(point) + derivative(math.exp, float(point[0]), method="central")

    before = gradient(f, x, method="forward")
    assert same_bits(gradient(doing(write_all, f), x, method="forward"), before)
    assert same_bits(x, untouched)


# ---------------------------------------------------------------------------- numbers


@pytest.mark.parametrize("x", [0.5, 2, np.float64(0.5), np.array(0.5)], ids=["float", "int", "numpy", "0-d"])
@pytest.mark.parametrize("differentiate", [derivative, gradient, jacobian])
def test_number_is_passed_as_a_python_float(differentiate, x):
    seen = []
    differentiate(lambda t: seen.append(type(t)) or t * t, x, method="forward")
    assert set(seen) == {float}


@pytest.mark.parametrize("differentiate", [derivative, gradient, jacobian])
def test_number_of_float32_is_passed_as_such(differentiate):
    seen = []
    differentiate(lambda t: seen.append(type(t)) or t * t, np.float32(0.5), method="forward")
    assert set(seen) == {np.float32}


@pytest.mark.parametrize("shape", [(4,), (2, 3), (0,), (2, 0)], ids=str)
def test_derivative_passes_python_floats(shape):
    seen = []
    x = np.linspace(1.0, 2.0, math.prod(shape)).reshape(shape)
    computed = derivative(lambda t: seen.append(type(t)) or t * t, x, method="central")
    assert computed.shape == shape
    assert seen == [float] * (2 * x.size)


def test_results_for_numbers_are_python_floats():
    assert type(derivative(math.sin, 0.5, method="central")) is float
    assert type(gradient(math.sin, 0.5, method="central")) is float
    assert type(derivative(lambda t: 1j * t, 0.5, method="central")) is complex
    assert type(derivative(math.sin, np.float32(0.5), method="central")) is np.float32


@pytest.mark.parametrize("differentiate", [derivative, gradient])
def test_float32_stays_float32(differentiate):
    x = np.array([0.5, 1.5, 2.5], dtype=np.float32)
    f = math.exp if differentiate is derivative else lambda x: np.exp(x).sum()
    computed = differentiate(f, x, method="central")
    assert computed.dtype == np.float32
    np.testing.assert_allclose(computed, np.exp(x.astype(float)), rtol=2e-4)


def test_float32_points_are_those_of_the_result():
    """Weights belong to displacements as float32 has them: the derivative of a line is exact to its rounding."""
    x = np.linspace(0.1, 3.0, 50, dtype=np.float32)
    computed = derivative(lambda t: 3.0 * float(t), x, method="central")
    np.testing.assert_allclose(computed, 3.0, rtol=1e-6)


# ---------------------------------------------------------------------------- Function


@pytest.mark.parametrize(
    ("method", "nfev"), [("central", 12), ("forward", 7), ("backward", 7)], ids=lambda value: str(value)
)
def test_every_point_is_counted(method, nfev):
    calls = []
    function = Function(lambda x: calls.append(1) or polynomial(x))
    result = gradient(function, POINTS["matrix"], method=method, full_output=True)
    assert (result.nfev, function.nfev, len(calls)) == (nfev, nfev, nfev)
    assert type(result.nfev) is int


def test_count_goes_on():
    function = Function(math.sin)
    derivative(function, 0.5, method="central")
    derivative(function, [0.5, 1.0], method="forward")
    function(0.5)
    assert function.nfev == 2 + 4 + 1


def test_result_counts_its_own_points_only():
    function = Function(math.sin)
    derivative(function, 0.5, method="central")
    assert derivative(function, 0.5, method="central", full_output=True).nfev == 2


def test_known_value_is_not_evaluated_again():
    function = Function(polynomial)
    x = POINTS["vector"]
    computed = gradient(function, x, method="forward", f0=polynomial(x))
    assert function.nfev == 3
    assert same_bits(computed, gradient(polynomial, x, method="forward"))


@methods
def test_vectorized_points_are_counted(method):
    widths = []

    def f(x):
        widths.append(x.shape[-1])
        return x[0] * x[-1]

    function = Function(f, vectorized=True)
    result = gradient(function, np.linspace(0.0, 1.0, 400), method=method, full_output=True)
    assert result.nfev == function.nfev == sum(widths)
    assert result.nfev <= (800 if method == "central" else 401) + 2 * len(widths)


def test_calling_a_function():
    function = Function(lambda x, a: a * x, args=(3.0,))
    assert function(2.0) == 6.0
    assert function.nfev == 1


def test_arguments_of_f():
    function = Function(lambda x, a, b: a * x[0] + b * x[1], args=(3.0, 5.0))
    computed = gradient(function, [1.0, 2.0], method="central", step=0.5)
    assert computed.tolist() == [3.0, 5.0]
    assert gradient(function.f, [1.0, 2.0], method="central", step=0.5, args=(3.0, 5.0)).tolist() == [3.0, 5.0]


def test_arguments_are_passed_as_they_are():
    seen = []
    argument = [1, {"a": 2}]
    derivative(lambda t, a: seen.append(a) or t, 0.5, method="central", args=(argument,))
    assert all(a is argument for a in seen)


def test_list_of_arguments():
    assert Function(math.pow, args=[2.0]).args == (2.0,)


@pytest.mark.parametrize("args", [3.0, "ab", None, np.array([1.0]), {"a": 1}], ids=lambda args: type(args).__name__)
def test_arguments_without_a_tuple(args):
    with pytest.raises(TypeError, match="args must be a tuple of further arguments of f"):
        Function(math.pow, args=args)


@pytest.mark.parametrize("vectorized", [False, True], ids=["one-point", "vectorized"])
@pytest.mark.parametrize("differentiate", [derivative, gradient, jacobian])
def test_keyword_arguments_of_f(differentiate, vectorized):
    def f(x, a, *, b=0.0):
        return a * (x if np.ndim(x) == vectorized else x[0]) + b * (x if np.ndim(x) == vectorized else x[0])

    x = 1.0 if differentiate is derivative else [1.0]
    options = {"method": "central", "step": 0.5, "vectorized": vectorized}
    for given in ({"args": (3.0,), "kwargs": {"b": 5.0}}, {"kwargs": MappingProxyType({"a": 3.0, "b": 5.0})}):
        assert np.ravel(differentiate(f, x, **options, **given)).tolist() == [8.0]
    assert np.ravel(differentiate(f, x, **options, args=(3.0,), kwargs={})).tolist() == [3.0]
    assert np.ravel(differentiate(f, x, **options, args=(3.0,), kwargs=None)).tolist() == [3.0]


def test_keyword_arguments_of_a_function():
    given = {"b": [1]}
    function = Function(lambda x, *, b: b[0] * x, kwargs=given)
    given["b"] = function.kwargs["b"] = [7]
    assert function(2.0) == 2.0
    assert function.block(2.0, 1) == 2.0
    assert function.kwargs == {"b": [1]}
    assert Function(math.sin).kwargs == Function(math.sin, kwargs={}).kwargs == {}


def test_keyword_arguments_elsewhere():
    def f(t, *, a):
        return a * t

    assert numdiff.taylor(f, 1.0, 1, kwargs={"a": 3.0}).coef.round(9).tolist() == [3.0, 3.0]
    assert round(numdiff.trace(f, 1.0, kwargs={"a": 3.0}).result.value, 9) == 3.0


@pytest.mark.parametrize("f", [3.0, None, "sin", np.array([1.0])], ids=lambda f: type(f).__name__)
def test_not_callable(f):
    expected = re.escape(f"f must be callable; got {f!r} of type {type(f).__name__}")
    with pytest.raises(TypeError, match=expected):
        Function(f)
    with pytest.raises(TypeError, match=expected):
        gradient(f, [1.0], method="central")


@pytest.mark.parametrize(
    "options",
    [
        {"vectorized": True},
        {"args": (1.0,)},
        {"vectorized": True, "args": (1.0,)},
        {"args": np.array([1.0, 2.0])},
        {"kwargs": {"a": 1}},
    ],
    ids=["vectorized", "args", "both", "array", "kwargs"],
)
@pytest.mark.parametrize("differentiate", [derivative, gradient, jacobian])
def test_options_beside_a_function(differentiate, options):
    function = Function(polynomial, vectorized=True, args=(1.0,))
    with pytest.raises(TypeError, match="vectorized, args and kwargs belong to the Function"):
        differentiate(function, [1.0], method="central", **options)


def test_repr():
    assert repr(Function(math.sin)) == "Function(<built-in function sin>, vectorized=False, args=())"
    assert repr(Function(math.pow, args=(2,), vectorized=True)).endswith("vectorized=True, args=(2,))")
    assert repr(Function(math.pow, kwargs={"a": 1})).endswith("args=(), kwargs={'a': 1})")


def test_attributes_are_read_only():
    function = Function(math.sin)
    for name, value in [("f", math.cos), ("vectorized", True), ("args", (1,)), ("kwargs", {}), ("nfev", 0)]:
        with pytest.raises(AttributeError):
            setattr(function, name, value)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickle(protocol):
    function = Function(components, vectorized=True, args=(1.0, "a"), kwargs={"b": 2})
    function.f(np.zeros(1))
    again = pickle.loads(pickle.dumps(function, protocol))
    assert type(again) is Function
    assert (again.f, again.vectorized, again.args, again.nfev) == (components, True, (1.0, "a"), 0)
    assert again.kwargs == {"b": 2}


def test_pickled_count_starts_again():
    function = Function(math.sin)
    function(0.5)
    assert pickle.loads(pickle.dumps(function)).nfev == 0


def test_what_cannot_be_pickled_says_so():
    with pytest.raises((pickle.PicklingError, AttributeError)):
        pickle.dumps(Function(lambda x: x))


@pytest.mark.parametrize(
    "f",
    [math.exp, np.exp, float.__pos__, partial(pow, 2.0), type("Callable", (), {"__call__": lambda self, t: t * t})()],
    ids=["builtin", "ufunc", "slot", "partial", "instance"],
)
def test_callables_of_all_kinds(f):
    expected = (f(0.5 + 2.0**-9) - f(0.5 - 2.0**-9)) * 2.0**8
    assert derivative(f, 0.5, method="central", step=2.0**-9) == pytest.approx(expected, rel=1e-13)
