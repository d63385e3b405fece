"""What f returns: numbers in any form, what is no number, and values that change their kind between calls."""

import math
import re
from decimal import Decimal
from fractions import Fraction
from itertools import count

import numpy as np
import pytest
from scipy import sparse

from numdiff import derivative, gradient, jacobian
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
