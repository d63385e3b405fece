"""What f returns: numbers in any form, what is no number, and values that change their kind between calls."""

import math
import re
from decimal import Decimal
from fractions import Fraction
from itertools import count

import numpy as np
import pytest
from scipy import sparse

from numdiff import Status, derivative, gradient, jacobian
from tests.kernels.examples import (
    POINTS,
    after,
    components,
    methods,
    polynomial,
    same_bits,
)

NUMBERS = {
    "float": float,
    "numpy-float": np.float64,
    "0-d": np.array,
    "list": lambda v: [v],
    "tuple": lambda v: (v,),
    "nested-list": lambda v: [[v]],
    "size-1": lambda v: np.array([v]),
    "size-1-3-d": lambda v: np.array([[[v]]]),
    "fortran": lambda v: np.full((1, 1), v, order="F"),
    "read-only": lambda v: np.broadcast_to(v, (1,)),
    "other-byte-order": lambda v: np.array(v, dtype=">f8"),
    "longdouble": np.longdouble,
    "unaligned": lambda v: np.frombuffer(b"\0" + np.float64(v).tobytes(), dtype=np.float64, offset=1),
    "int-like-float": lambda v: float.fromhex(float(v).hex()),
}


@pytest.mark.parametrize("wrap", NUMBERS.values(), ids=NUMBERS)
@methods
def test_one_number_in_any_form(wrap, method):
    x = POINTS["vector"]
    computed = gradient(lambda x: wrap(polynomial(x)), x, method=method)
    assert same_bits(computed, gradient(polynomial, x, method=method))


@pytest.mark.parametrize(
    "value",
    [3, -(10**30), np.int64(3), np.uint64(2**64 - 1), np.int8(-3), [3], np.array([[3]]), 0],
    ids=["int", "huge-int", "int64", "uint64", "int8", "list", "array", "zero"],
)
@methods
def test_integers(value, method):
    computed = gradient(lambda x: value, POINTS["vector"], method=method)
    assert same_bits(computed, np.zeros(3))


def test_integers_that_vary():
    values = count()
    computed = gradient(lambda x: next(values), [1.0, 2.0], method="central", step=0.5)
    assert computed.tolist() == [1.0, 1.0]


def test_list_of_outputs():
    computed = jacobian(lambda x: [x[0], 2 * x[1], 3], [1.0, 2.0], method="central", step=0.5)
    assert computed.tolist() == [[1, 0], [0, 2], [0, 0]]


def test_no_outputs():
    assert jacobian(lambda x: x[:0], POINTS["vector"], method="central").shape == (0, 3)


@pytest.mark.parametrize("kind", [np.float32, np.float16])
def test_coarse_output_gets_longer_steps(kind):
    """The rounding of f's output decides how long the steps must be."""
    x = np.array([0.5, 1.5])
    computed = gradient(lambda x: kind(np.exp(x[0]) + x[1] ** 2), x, method="central")
    eps = float(np.finfo(kind).eps)
    assert computed.dtype == np.float64
    np.testing.assert_allclose(computed, [math.exp(0.5), 3.0], rtol=10 * eps ** (2 / 3))


def test_complex_output():
    x = np.array([0.5, 1.5])
    computed = gradient(lambda x: complex(x[0] ** 2, x[0] * x[1]), x, method="central", step=2.0**-10)
    assert computed.dtype == np.complex128
    np.testing.assert_allclose(computed, [1 + 1.5j, 0.5j], atol=1e-12)


@pytest.mark.parametrize("wrap", [complex, np.complex128, lambda v: np.array([v], dtype=complex)])
def test_complex_output_of_real_numbers(wrap):
    x = POINTS["vector"]
    computed = gradient(lambda x: wrap(polynomial(x)), x, method="central")
    assert same_bits(computed, gradient(polynomial, x, method="central").astype(complex))


def test_complex_jacobian():
    computed = jacobian(lambda x: np.array([1j * x[0], x[1] ** 2]), [1.0, 2.0], method="central", step=0.5)
    assert computed.tolist() == [[1j, 0], [0, 4]]


NOT_NUMBERS = {
    "none": (None, "got None"),
    "bool": (True, "got bool"),
    "numpy-bool": (np.True_, "got bool"),
    "bool-array": (np.array([True]), "got ndarray (dtype bool)"),
    "str": ("1.0", "got str"),
    "bytes": (b"1", "got bytes"),
    "ragged": ([1.0, [2.0, 3.0]], "got a ragged list"),
    "object-array": (np.array([1.0, None]), "got ndarray (dtype object)"),
    "decimal": (Decimal("1.5"), "got Decimal (dtype object)"),
    "fraction": (Fraction(1, 2), "got Fraction (dtype object)"),
    "dict": ({"value": 1.0}, "got dict (dtype object)"),
    "set": ({1.0}, "got set (dtype object)"),
    "generator": ((v for v in [1.0]), "got generator (dtype object)"),
    "function": (math.sin, "got builtin_function_or_method (dtype object)"),
    "date": (np.datetime64("2020-01-01"), "got datetime64"),
    "time-span": (np.timedelta64(1, "s"), "got timedelta64"),
    "sparse-matrix": (sparse.csr_matrix([[1.0]]), "got csr_matrix (dtype object)"),
    "sparse-array": (sparse.csr_array([[1.0]]), "got csr_array (dtype object)"),
    "nothing-list": ([None], "got list (dtype object)"),
}


@pytest.mark.parametrize("vectorized", [False, True], ids=["one-point", "vectorized"])
@pytest.mark.parametrize(("value", "message"), NOT_NUMBERS.values(), ids=NOT_NUMBERS)
def test_what_is_not_a_number(value, message, vectorized):
    expected = re.escape(f"f(x) must be a number or an array of numbers; {message}")
    with pytest.raises(TypeError, match=expected):
        jacobian(lambda x: value, POINTS["vector"], method="central", vectorized=vectorized)
    with pytest.raises(TypeError, match=expected):
        derivative(lambda x: value, 1.0, method="forward", vectorized=vectorized)


CHANGES = {
    "shorter": (lambda x: x, lambda x: x[:2], "got (2,) after (3,)"),
    "to-number": (lambda x: x, lambda x: 1.0, "got () after (3,)"),
    "to-array": (lambda x: 1.0, lambda x: x, "got (3,) after ()"),
    "to-size-1": (lambda x: 1.0, lambda x: x[:1], "got (1,) after ()"),
    "transposed": (lambda x: x[None], lambda x: x[:, None], "got (3, 1) after (1, 3)"),
    "to-0-d": (lambda x: x[:1], lambda x: np.array(1.0), "got () after (1,)"),
}


@pytest.mark.parametrize("calls", [1, 2, 5])
@pytest.mark.parametrize(("first", "later", "message"), CHANGES.values(), ids=CHANGES)
def test_output_changes_its_shape(first, later, message, calls):
    f = after(calls, first, later)
    with pytest.raises(ValueError, match=re.escape(f"f must return the same shape at every call; {message}")):
        jacobian(f, POINTS["vector"], method="central")


@pytest.mark.parametrize("calls", [1, 3])
@methods
def test_output_turns_complex(method, calls):
    f = after(calls, polynomial, lambda x: 1j)
    with pytest.raises(ValueError, match="complex numbers at every call or at none; got a complex value after real"):
        gradient(f, POINTS["vector"], method=method)


@pytest.mark.parametrize("calls", [1, 4])
def test_output_turns_real(calls):
    f = after(calls, lambda x: complex(polynomial(x)), polynomial)
    computed = gradient(f, POINTS["vector"], method="central")
    assert same_bits(computed, gradient(polynomial, POINTS["vector"], method="central").astype(complex))


@pytest.mark.parametrize("calls", [0, 1, 2, 3, 5, 6])
@methods
def test_output_turns_single(method, calls):
    """Steps made for double precision would leave nothing but rounding error."""
    f = after(calls, polynomial, lambda x: np.float32(polynomial(x)))
    exact = gradient(polynomial, POINTS["vector"], method="central")
    computed = gradient(f, POINTS["vector"], method=method)
    assert computed.dtype == np.float64
    if calls < 2:
        np.testing.assert_allclose(computed, exact, rtol=0.05)


def test_integer_and_float_outputs_mix():
    f = after(2, lambda x: 2, lambda x: 2.5)
    computed = gradient(f, [1.0, 2.0], method="central", step=0.5)
    assert computed.tolist() == [0.0, 0.0]


def test_several_outputs_are_no_gradient():
    with pytest.raises(ValueError, match=r"f must return one number here; got an array of shape \(3,\).*jacobian"):
        gradient(components, POINTS["vector"], method="central")
    with pytest.raises(ValueError, match=r"f must return one number here; got an array of shape \(2,\)"):
        derivative(lambda t: [t, t], 1.0, method="central")


# ----------------------------------------------------------------------------
# Integers beyond the largest float, masks, conversions that fail
# ----------------------------------------------------------------------------


@pytest.mark.parametrize("vectorized", [False, True], ids=["one-point", "vectorized"])
@pytest.mark.parametrize("value", [10**400, -(10**400)], ids=["positive", "negative"])
def test_integers_beyond_the_largest_float_are_infinite(value, vectorized):
    assert math.isnan(derivative(lambda t: value, 1.0, method="central"))
    at_x = derivative(lambda t: value, 1.0, full_output=True)
    assert (at_x.status, at_x.error) == (Status.NONFINITE, math.inf)


def test_beyond_such_integers_is_outside_of_the_domain():
    result = derivative(lambda t: 10**400 if t > 1 else t * t, 1.0, full_output=True)
    assert result.status == Status.ONE_SIDED
    assert abs(result.value - 2.0) <= result.error < 1e-9


MASKED = {
    "constant": lambda x: np.ma.masked,
    "number": lambda x: np.ma.array(x[0], mask=True),
    "array": lambda x: np.ma.array(x, mask=[False, True]),
    "one-at-x-only": lambda x: np.ma.masked_equal(x, 2.0),
    "list": lambda x: [np.ma.array(x, mask=[True, False])],
    "tuple-in-list": lambda x: [(x, np.ma.array(x, mask=True))],
}


@pytest.mark.parametrize("method", ["richardson", "forward"])
@pytest.mark.parametrize("f", MASKED.values(), ids=MASKED)
def test_masked_values_are_refused(f, method):
    message = r" must hold plain numbers; got a masked array, of which [12] of [12] are masked: fill in .*"
    with pytest.raises(TypeError, match=r"^f\(x\)" + message + r"\.filled\(value\)$"):
        jacobian(f, [1.0, 2.0], method=method)
    with pytest.raises(TypeError, match="^f0" + message):
        jacobian(lambda x: x, [1.0, 2.0], method=method, f0=f(np.array([1.0, 2.0])))


def test_masked_values_of_a_block_are_refused():
    with pytest.raises(TypeError, match="got a masked array, of which 1 of 1 are masked"):
        derivative(lambda t: np.ma.masked_equal(t * t, 4.0), 2.0, vectorized=True)


def test_masked_arrays_with_nothing_masked_are_arrays():
    for mask in (False, [False, False], np.ma.nomask):
        computed = jacobian(lambda x, mask=mask: np.ma.array(x * x, mask=mask), [1.0, 2.0], method="central")
        assert same_bits(computed, jacobian(lambda x: x * x, [1.0, 2.0], method="central"))


class Broken:
    """What numpy asks for its numbers, in vain."""

    def __init__(self, error=ValueError):
        self.error = error

    def __array__(self, dtype=None, copy=None):
        raise self.error("not ready")


@pytest.mark.parametrize("vectorized", [False, True], ids=["one-point", "vectorized"])
@pytest.mark.parametrize("wrap", [lambda v: v, lambda v: [v]], ids=["alone", "in-a-list"])
def test_a_conversion_that_fails_is_not_called_ragged(wrap, vectorized):
    with pytest.raises(
        TypeError, match=r"^f\(x\) must be .*; got (Broken|list), which .* converted .*: not ready$"
    ) as caught:
        derivative(lambda t: wrap(Broken()), 1.0, vectorized=vectorized)
    assert "not ready" in str(caught.value.__cause__)


@pytest.mark.parametrize("vectorized", [False, True], ids=["one-point", "vectorized"])
def test_errors_of_conversions_say_nothing_of_the_domain(vectorized):
    """f has returned, so that its point is in the domain."""

    def f(t):
        return Broken(ArithmeticError) if np.max(t) > 1.0 else t * 1.0

    with pytest.raises(ArithmeticError, match="not ready"):
        derivative(f, 1.0, vectorized=vectorized)


# ----------------------------------------------------------------------------
# One number as an array of size 1, beside f0
# ----------------------------------------------------------------------------

ONE = {"number": float, "array": lambda v: np.array([v]), "matrix": lambda v: [[v]]}


@methods
@pytest.mark.parametrize("known", ONE.values(), ids=ONE)
@pytest.mark.parametrize("wrap", ONE.values(), ids=ONE)
def test_f0_in_any_form_of_one_number(wrap, known, method):
    x = POINTS["vector"]
    computed = gradient(lambda x: wrap(polynomial(x)), x, method=method, f0=known(polynomial(x)))
    assert same_bits(computed, gradient(polynomial, x, method=method, f0=polynomial(x)))


@pytest.mark.parametrize("method", ["richardson", "forward"])
@pytest.mark.parametrize("x", [0.5, np.array([0.5, 1.5])], ids=["number", "points"])
def test_f0_of_a_function_of_one_number(x, method):
    def f(t):
        return np.array([math.sin(t)])

    known, plain = derivative(f, x, method=method, f0=np.sin(x)), derivative(f, x, method=method)
    np.testing.assert_array_equal(known, plain, strict=True)
    blocks = derivative(lambda t: np.sin(t)[np.newaxis], x, method=method, f0=np.sin(x), vectorized=True)
    np.testing.assert_allclose(blocks, np.cos(x), rtol=1e-6)


def test_a_complex_value_after_a_real_f0_is_refused_in_any_form():
    for wrap in (complex, lambda v: np.array([complex(v)])):
        with pytest.raises(ValueError, match=r"got a complex value after real ones \(f0\)"):
            gradient(lambda x, wrap=wrap: wrap(x[0]), [1.0], method="central", f0=1.0)
