"""How f is called, and what it may do to its argument: nothing that it does changes an answer."""

import math
import pickle
import queue
import re
import threading
import warnings
import weakref
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import count

import numpy as np
import pytest
from scipy import sparse

from numdiff import Function, derivative, gradient, jacobian

METHODS = ("central", "forward", "backward")
methods = pytest.mark.parametrize("method", METHODS)
ALL_METHODS = (*METHODS, "richardson")
all_methods = pytest.mark.parametrize("method", ALL_METHODS)
SEED = 20240229

# One reused buffer for a small x, several for a large one.
POINTS = {
    "vector": np.array([1.0, -0.5, 2.0]),
    "one-entry": np.array([0.75]),
    "matrix": np.array([[0.3, 1.2, -2.0], [0.9, -1.1, 3.0]]),
    "3-d": np.linspace(-1.0, 1.0, 8).reshape(2, 2, 2),
    "float32": np.array([1.0, -0.5, 2.0], dtype=np.float32),
    "several-buffers": np.linspace(-1.0, 2.0, 1100),
    "several-buffers-float32": np.linspace(-1.0, 2.0, 2100, dtype=np.float32),
}
points = pytest.mark.parametrize("x", POINTS.values(), ids=POINTS)


def polynomial(x):
    """Elementwise arithmetic and sums of few numbers: the same bits wherever x lies in memory."""
    flat = x.reshape(-1)
    return (flat[0] + 2 * flat[-1]) ** 2 + flat[: 1 + flat.size // 2].sum() * flat[flat.size // 2 :].sum()


def components(x):
    """Several outputs of the same kind."""
    flat = x.reshape(-1)
    return np.array([flat[0] * flat[-1], flat.sum(), (flat[flat.size // 2] + flat[0]) ** 3])


def displaced_entries(point, x):
    return np.flatnonzero(point.reshape(-1) != x.reshape(-1))


def same_bits(a, b):
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


# ---------------------------------------------------------------------------- what f does to x


def store(x, kept):
    kept.append(x)


def store_view(x, kept):
    kept.append(x[1:])


def store_reversed_view(x, kept):
    kept.append(x.T[::-1])


def store_memoryview(x, kept):
    kept.append(memoryview(x))


def store_iterator(x, kept):
    kept.append(x.flat)


def store_twice_a_while(x, kept):
    kept.append(x)
    if len(kept) % 3 == 0:
        kept.clear()


def write_all(x, kept):
    x[...] = 7.0


def write_nan(x, kept):
    x.fill(np.nan)


def write_first_entry(x, kept):
    x.flat[0] = 7.0


def write_last_entry(x, kept):
    x.flat[-1] = -7.0


def negate(x, kept):
    np.negative(x, out=x)


def negate_zeros(x, kept):
    x[x == 0] = -0.0


def reverse(x, kept):
    x.flat = x.ravel()[::-1].copy()


def sort(x, kept):
    x.sort(axis=0)


def write_on_every_second_call(x, kept):
    kept.append(None)
    if len(kept) % 2:
        x[...] = -3.0


def write_through_a_view(x, kept):
    x.reshape(-1)[::2] += 1.0


def write_through_a_memoryview(x, kept):
    memoryview(x).cast("B")[:4] = b"\x01\x02\x03\x04"


def write_into_the_one_before(x, kept):
    if kept:
        kept.pop()[...] = 11.0
    kept.append(x)


def reshape(x, kept):
    x.shape = (-1, 1, 1)


def resize_to_nothing(x, kept):
    x.resize(0, refcheck=False)


def resize_to_more(x, kept):
    x.resize(2 * x.size + 1000, refcheck=False)


def resize_there_and_back(x, kept):
    shape = x.shape
    x.resize(100 * x.size, refcheck=False)
    x.resize(shape, refcheck=False)


def lock(x, kept):
    x.flags.writeable = False


def lock_and_store(x, kept):
    x.flags.writeable = False
    kept.append(x)


def change_type(x, kept):
    x.dtype = f"i{x.itemsize}"


def change_byte_order(x, kept):
    x.dtype = x.dtype.newbyteorder()


def swap_bytes(x, kept):
    x.byteswap(inplace=True)


def reshape_one_known_weakly(x, kept):
    if kept:
        earlier = kept.pop()()
        if earlier is not None and earlier is not x:
            earlier.shape = (-1, 1)
    kept.append(weakref.ref(x))


def write_into_one_known_weakly(x, kept):
    earlier = kept.pop()() if kept else None
    if earlier is not None and earlier is not x:
        earlier[...] = 5.0
    kept.append(weakref.ref(x))


DEEDS = [
    store,
    store_view,
    store_reversed_view,
    store_memoryview,
    store_iterator,
    store_twice_a_while,
    write_all,
    write_nan,
    write_first_entry,
    write_last_entry,
    negate,
    negate_zeros,
    reverse,
    sort,
    write_on_every_second_call,
    write_through_a_view,
    write_through_a_memoryview,
    write_into_the_one_before,
    reshape,
    resize_to_nothing,
    resize_to_more,
    resize_there_and_back,
    lock,
    lock_and_store,
    change_type,
    change_byte_order,
    swap_bytes,
    reshape_one_known_weakly,
    write_into_one_known_weakly,
]
deeds = pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__.replace("_", "-"))


def doing(deed, f):
    """f, but it also does this to its argument."""
    kept = []

    def badly_behaved(x):
        out = f(x)
        with warnings.catch_warnings():
            # numpy deprecates some of these deeds; users still do them
            warnings.simplefilter("ignore", DeprecationWarning)
            deed(x, kept)
        return out

    return badly_behaved


@points
@deeds
def test_gradient_is_what_it_would_be(deed, x):
    untouched = x.copy()
    for method in ("central", "forward", "richardson") if x.size < 100 else ("central",):
        clean = gradient(polynomial, x, method=method)
        assert same_bits(gradient(doing(deed, polynomial), x, method=method), clean)
    assert same_bits(x, untouched)


@pytest.mark.parametrize("name", ["vector", "several-buffers"])
@deeds
def test_jacobian_is_what_it_would_be(deed, name):
    x = POINTS[name]
    untouched = x.copy()
    for method in ("forward", "richardson") if x.size < 100 else ("forward",):
        clean = jacobian(components, x, method=method)
        assert same_bits(jacobian(doing(deed, components), x, method=method), clean)
    assert same_bits(x, untouched)


@pytest.mark.parametrize(
    "deed", [store_twice_a_while, write_all, write_on_every_second_call, resize_to_more], ids=lambda d: d.__name__
)
def test_very_large_x(deed):
    x = np.linspace(-1.0, 1.0, 10_000)

    def f(x):
        return x[0] * x[-1] + x[5000]

    assert same_bits(gradient(doing(deed, f), x, method="forward"), gradient(f, x, method="forward"))


@points
@methods
def test_points_are_x_with_one_entry_displaced(method, x):
    seen = []

    def f(point):
        seen.append(point.copy())
        point.fill(np.nan)
        return 1.0

    gradient(f, x, method=method)
    one_sided = method != "central"
    expected = [i for i in range(x.size) for _ in range(1 if one_sided else 2)]
    changed = [displaced_entries(point, x) for point in seen]
    assert [entries.tolist() for entries in changed[one_sided:]] == [[i] for i in expected]
    assert not one_sided or changed[0].size == 0
    assert {(point.dtype, point.shape) for point in seen} == {(x.dtype, x.shape)}


@points
def test_stored_arrays_keep_their_points(x):
    kept, copies = [], []

    def f(point):
        kept.append(point)
        copies.append(point.copy())
        return float(point.flat[0])

    gradient(f, x, method="central")
    assert len({id(point) for point in kept}) == 2 * x.size
    assert all(map(same_bits, kept, copies))


@points
def test_stored_views_keep_their_points(x):
    kept, copies = [], []

    def f(point):
        kept.append(point.reshape(-1)[::-1])
        copies.append(kept[-1].copy())
        return float(point.flat[0])

    gradient(f, x, method="central")
    assert all(map(same_bits, kept, copies))


def test_arrays_seen_through_weak_references_keep_their_points():
    """f holds only a weak reference, and takes a strong one when it is called for the next point."""
    x = POINTS["several-buffers"]
    weak, kept, copies = [], [], []

    def f(point):
        earlier = weak.pop()() if weak else None
        if earlier is not None and earlier is not point and len(kept) < 20:
            kept.append(earlier)
            copies.append(earlier.copy())
        weak.append(weakref.ref(point))
        return float(point[0])

    gradient(f, x, method="central")
    assert all(map(same_bits, kept, copies))


def test_array_is_writeable_contiguous_and_its_own():
    flags = []

    def f(x):
        flags.append((x.flags.writeable, x.flags.c_contiguous, x.flags.aligned, x.base is None, type(x)))
        return 1.0

    x = np.asfortranarray(POINTS["matrix"])
    x.flags.writeable = False
    gradient(f, x, method="central")
    assert set(flags) == {(True, True, True, True, np.ndarray)}


@pytest.mark.parametrize(
    "arrange",
    [
        np.asfortranarray,
        lambda x: np.repeat(x, 2, axis=0)[::2],
        lambda x: x[::-1, ::-1].copy()[::-1, ::-1],
        lambda x: x.astype(x.dtype.newbyteorder()),
        lambda x: x.tolist(),
        lambda x: x.view(np.ma.MaskedArray),
    ],
    ids=["fortran", "strided", "negative-strides", "other-byte-order", "lists", "subclass"],
)
def test_layout_of_x_makes_no_difference(arrange):
    x = POINTS["matrix"]
    assert same_bits(gradient(polynomial, arrange(x), method="central"), gradient(polynomial, x, method="central"))


def test_f_may_change_the_x_of_the_caller():
    x = POINTS["vector"].copy()

    def f(point):
        x[...] += 1.0
        return polynomial(point)

    assert same_bits(gradient(f, x, method="central"), gradient(polynomial, POINTS["vector"], method="central"))


@points
def test_thread_writes_into_x_after_the_call(x):
    handed_over = queue.SimpleQueue()

    def spoil():
        while (point := handed_over.get()) is not None:
            point.fill(np.nan)

    def f(point):
        out = polynomial(point)
        handed_over.put(point)
        return out

    spoiler = threading.Thread(target=spoil)
    spoiler.start()
    try:
        computed = gradient(f, x, method="central")
    finally:
        handed_over.put(None)
        spoiler.join()
    assert same_bits(computed, gradient(polynomial, x, method="central"))


# ---------------------------------------------------------------------------- f returns x

RETURNS = {
    "itself": (lambda x: x, lambda x: x.copy()),
    "view": (lambda x: x[:], lambda x: x.copy()),
    "reversed": (lambda x: x[::-1], lambda x: x[::-1].copy()),
    "every-second": (lambda x: x[::2], lambda x: x[::2].copy()),
    "transposed": (lambda x: x.T, lambda x: x.T.copy()),
    "broadcast": (lambda x: np.broadcast_to(x, (2, *x.shape)), lambda x: np.stack([x, x])),
    "one-entry": (lambda x: x.reshape(-1)[:1], lambda x: x.reshape(-1)[:1].copy()),
    "changed": (lambda x: np.multiply(x, 3.0, out=x), lambda x: 3.0 * x),
    "memoryview": (lambda x: memoryview(x), lambda x: x.copy()),
}


@pytest.mark.parametrize("name", ["vector", "matrix", "float32", "one-entry"])
@pytest.mark.parametrize(("f", "copying"), RETURNS.values(), ids=RETURNS)
def test_f_returns_its_argument(f, copying, name):
    for method in ALL_METHODS:
        computed = jacobian(f, POINTS[name], method=method)
        assert same_bits(computed, jacobian(copying, POINTS[name], method=method))


@all_methods
def test_f_returns_and_keeps_its_argument(method):
    kept = []

    def f(x):
        kept.append(x)
        return x

    x = POINTS["vector"]
    assert same_bits(jacobian(f, x, method=method), jacobian(np.copy, x, method=method))


@pytest.mark.parametrize("vectorized", [False, True], ids=["one-point", "vectorized"])
@all_methods
def test_f_returns_an_array_that_it_uses_again(method, vectorized):
    """As f does that writes into ``out=``."""
    room = np.empty(1000)

    def f(x):
        out = room[: x[0].size] if vectorized else room[:1]
        np.add.reduce(x * x, axis=0, out=out if vectorized else out.reshape(()))
        return out

    x = POINTS["vector"]
    clean = gradient(lambda x: np.add.reduce(x * x, axis=0), x, method=method, vectorized=vectorized)
    assert same_bits(gradient(f, x, method=method, vectorized=vectorized), clean)


# ---------------------------------------------------------------------------- what f returns

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


def after(calls, first, later):
    """A function that answers otherwise after some calls."""
    number = count(1)
    return lambda x: first(x) if next(number) <= calls else later(x)


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


# ---------------------------------------------------------------------------- exceptions


class Unexpected(Exception):
    pass


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


@pytest.mark.parametrize("f", [3.0, None, "sin", np.array([1.0])], ids=lambda f: type(f).__name__)
def test_not_callable(f):
    expected = re.escape(f"f must be callable; got {f!r} of type {type(f).__name__}")
    with pytest.raises(TypeError, match=expected):
        Function(f)
    with pytest.raises(TypeError, match=expected):
        gradient(f, [1.0], method="central")


@pytest.mark.parametrize(
    "options",
    [{"vectorized": True}, {"args": (1.0,)}, {"vectorized": True, "args": (1.0,)}, {"args": np.array([1.0, 2.0])}],
    ids=["vectorized", "args", "both", "array"],
)
@pytest.mark.parametrize("differentiate", [derivative, gradient, jacobian])
def test_options_beside_a_function(differentiate, options):
    function = Function(polynomial, vectorized=True, args=(1.0,))
    with pytest.raises(TypeError, match="vectorized and args belong to the Function"):
        differentiate(function, [1.0], method="central", **options)


def test_repr():
    assert repr(Function(math.sin)) == "Function(<built-in function sin>, vectorized=False, args=())"
    assert repr(Function(math.pow, args=(2,), vectorized=True)).endswith("vectorized=True, args=(2,))")


def test_attributes_are_read_only():
    function = Function(math.sin)
    for name, value in [("f", math.cos), ("vectorized", True), ("args", (1,)), ("nfev", 0)]:
        with pytest.raises(AttributeError):
            setattr(function, name, value)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickle(protocol):
    function = Function(components, vectorized=True, args=(1.0, "a"))
    function.f(np.zeros(1))
    again = pickle.loads(pickle.dumps(function, protocol))
    assert type(again) is Function
    assert (again.f, again.vectorized, again.args, again.nfev) == (components, True, (1.0, "a"), 0)


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


# ---------------------------------------------------------------------------- vectorized: what f gets to see


def shapes_seen(differentiate, x, method="central"):
    shapes = []

    def f(block):
        shapes.append(block.shape)
        return block if differentiate is derivative else block.sum(axis=tuple(range(block.ndim - 1)))

    differentiate(f, x, method=method, vectorized=True)
    return shapes


@pytest.mark.parametrize("shape", [(), (1,), (7,), (2, 3), (1, 1, 2)], ids=str)
@methods
def test_derivative_gets_rows_of_numbers(method, shape):
    seen = shapes_seen(derivative, np.full(shape, 1.5), method)
    assert {len(s) for s in seen} == {1}


@pytest.mark.parametrize("differentiate", [gradient, jacobian])
@pytest.mark.parametrize("shape", [(), (1,), (7,), (2, 3), (1, 1, 2)], ids=str)
@methods
def test_gradient_gets_points_on_the_last_axis(differentiate, method, shape):
    seen = shapes_seen(differentiate, np.full(shape, 1.5), method)
    assert {s[:-1] for s in seen} == {shape}


@methods
def test_block_is_never_as_wide_as_x(method):
    """A reduction over the wrong axis would have the right shape."""
    for n in range(1, 400):
        widths = {s[-1] for s in shapes_seen(gradient, np.ones(n), method)}
        assert n not in widths


@pytest.mark.parametrize(
    "shape", [(1, 1), (2, 1), (1, 3), (2, 2), (3, 5), (5, 3), (13, 2), (65, 1), (16, 4), (2, 3, 4), (64, 64)], ids=str
)
@methods
def test_block_is_never_as_wide_as_any_axis(method, shape):
    widths = {s[-1] for s in shapes_seen(gradient, np.ones(shape), method)}
    assert not widths & {*shape, math.prod(shape)}


def test_blocks_stay_small():
    """Blocks of some hundred KiB fit into the cache."""
    sizes = [math.prod(s) * 8 for s in shapes_seen(gradient, np.ones(500))]
    assert len(sizes) > 4
    assert max(sizes) <= 512 * 1024


def test_blocks_of_a_wide_function_stay_small():
    widths = []

    def f(x):
        widths.append(x.shape[-1])
        return np.broadcast_to(x.sum(axis=0), (20_000, x.shape[-1]))

    jacobian(f, np.ones(200), method="central", vectorized=True)
    assert max(widths) <= 66


def test_vectorized_float32_blocks():
    seen = []
    x = np.array([1.0, 2.0], dtype=np.float32)
    gradient(lambda b: seen.append(b.dtype) or b.sum(axis=0), x, method="central", vectorized=True)
    assert set(seen) == {np.dtype(np.float32)}


@methods
def test_vectorized_sees_the_same_points(method):
    """But for x itself, on which the check of the vectorization is done."""
    x = POINTS["matrix"]
    one_by_one, blocks = [], []
    gradient(lambda p: one_by_one.append(p.tobytes()) or 1.0, x, method=method)
    gradient(lambda b: blocks.append(b.copy()) or np.ones(b.shape[-1]), x, method=method, vectorized=True)
    in_blocks = [np.ascontiguousarray(b[..., p]).tobytes() for b in blocks for p in range(b.shape[-1])]
    at_x = x.tobytes()
    assert [p for p in in_blocks if p != at_x] == [p for p in one_by_one if p != at_x]


# ---------------------------------------------------------------------------- vectorized: the same answers


def rational(x):
    """Arithmetic is correctly rounded, alone and in a block: the same bits."""
    return x[0] * x[1] / (1.0 + x[2] * x[2]) - x[1]


def rational_vector(x):
    return np.stack([rational(x), x[0] * x[1], x[2] / x[0]])


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@methods
def test_vectorized_gradient_has_the_same_bits(method, dtype):
    x = POINTS["vector"].astype(dtype)
    computed = gradient(rational, x, method=method, vectorized=True)
    assert same_bits(computed, gradient(rational, x, method=method))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@methods
def test_vectorized_jacobian_has_the_same_bits(method, dtype):
    x = POINTS["vector"].astype(dtype)
    computed = jacobian(rational_vector, x, method=method, vectorized=True)
    assert same_bits(computed, jacobian(rational_vector, x, method=method))


@pytest.mark.parametrize("order", [1, 2, 3])
@methods
def test_vectorized_derivative_has_the_same_bits(method, order):
    x = np.linspace(-2.0, 2.0, 60_000 if order == 1 else 1000).reshape(2, -1)

    def f(t):
        return t * t * t / (1.0 + t * t)

    computed = derivative(f, x, order=order, method=method, vectorized=True)
    assert same_bits(computed, derivative(f, x, order=order, method=method))


def test_many_blocks_have_the_same_bits():
    x = np.linspace(0.5, 1.5, 1000)

    def f(x):
        return x[0] * x[1] + x[500] / x[999]

    computed = gradient(f, x, method="central", vectorized=True)
    assert same_bits(computed, gradient(f, x, method="central"))


def test_vectorized_function_of_a_number():
    for differentiate in (derivative, gradient):
        computed = differentiate(np.square, 3.0, method="central", vectorized=True, step=0.5)
        assert (type(computed), computed) == (float, 6.0)


def test_wide_outputs():
    n = 50_000
    slopes = np.arange(3.0 * n).reshape(n, 3)
    computed = jacobian(
        lambda x: slopes[:, 0, None] * x[0] + slopes[:, 1, None] * x[1] + slopes[:, 2, None] * x[2],
        [1.0, 2.0, 4.0],
        method="central",
        vectorized=True,
        step=0.5,
    )
    assert same_bits(computed, slopes)


def test_matrix_outputs_of_matrix_points():
    x = POINTS["matrix"]

    def f(x):
        return x[:, None] * x[None, :]

    computed = jacobian(f, x, method="central", vectorized=True)
    assert computed.shape == (2, 2, 3, 2, 3)
    assert same_bits(computed, jacobian(f, x, method="central"))


@methods
def test_complex_blocks(method):
    def f(x):
        return np.stack([x[0] * x[1] + 1j * x[0], 2.0 - 3j * x[1]])

    x = np.array([1.5, 2.5])
    computed = jacobian(f, x, method=method, vectorized=True)
    assert computed.dtype == np.complex128
    assert same_bits(computed, jacobian(f, x, method=method))


@pytest.mark.parametrize(
    "arrange",
    [
        np.asfortranarray,
        lambda v: np.repeat(v, 2, axis=-1)[..., ::2],
        lambda v: v.astype(">f8"),
        lambda v: v.tolist(),
        lambda v: v.astype(np.longdouble),
        lambda v: np.broadcast_to(v, v.shape),
    ],
    ids=["fortran", "strided", "other-byte-order", "list", "longdouble", "read-only"],
)
def test_layout_of_blocks_makes_no_difference(arrange):
    x = POINTS["vector"]
    computed = jacobian(lambda x: arrange(rational_vector(x)), x, method="central", vectorized=True)
    assert same_bits(computed, jacobian(rational_vector, x, method="central", vectorized=True))


def test_integer_blocks():
    computed = gradient(
        lambda x: np.floor(4 * x[0]).astype(int), [0.5, 2.0], method="central", vectorized=True, step=0.5
    )
    assert computed.tolist() == [4.0, 0.0]


@deeds
def test_vectorized_gradient_is_what_it_would_be(deed):
    x = POINTS["vector"]
    for method in ALL_METHODS:
        computed = gradient(doing(deed, rational), x, method=method, vectorized=True)
        assert same_bits(computed, gradient(rational, x, method=method, vectorized=True))


@deeds
def test_vectorized_derivative_is_what_it_would_be(deed):
    x = np.linspace(0.0, 1.0, 30)

    def f(t):
        return t * t

    for method in ALL_METHODS:
        computed = derivative(doing(deed, f), x, method=method, vectorized=True)
        assert same_bits(computed, derivative(f, x, method=method, vectorized=True))


@all_methods
def test_vectorized_f_returns_and_spoils_its_argument(method):
    """What f returned is still needed when it is called again, and it is f's to write into."""
    kept = []

    def f(x):
        if kept:
            kept.pop()[...] = 5.0
        kept.append(x)
        return x

    x = POINTS["vector"]
    assert same_bits(jacobian(f, x, method=method, vectorized=True), jacobian(np.copy, x, method=method))


# ---------------------------------------------------------------------------- vectorized: checked

VECTOR = np.array([1.0, 2.0, 3.0])


def square_sum(x):
    return (x * x).sum(axis=0) + 100.0


WRONG = {
    "norm": lambda x: (x / np.linalg.norm(x))[0],
    "minus-mean": lambda x: square_sum(x) - square_sum(x).mean(),
    "softmax": lambda x: np.exp(x[0]) / np.exp(x).sum(),
    "over-maximum": lambda x: square_sum(x) / square_sum(x * np.arange(1.0, x.shape[-1] + 1)).max(),
    "first-point-only": lambda x: np.full(x.shape[-1], square_sum(x)[0]),
    "reversed": lambda x: square_sum(x)[::-1],
    "shifted": lambda x: np.roll(square_sum(x), 1),
    "cumulative": lambda x: np.cumsum(square_sum(x)),
}


@pytest.mark.parametrize("f", WRONG.values(), ids=WRONG)
@all_methods
def test_points_that_depend_on_each_other(method, f):
    with pytest.raises(ValueError, match=r"f must treat each point of a block on its own when vectorized=True"):
        gradient(f, VECTOR, method=method, vectorized=True)


@pytest.mark.parametrize(
    "f",
    [
        lambda t: t / np.linalg.norm(t),
        lambda t: np.exp(t) - np.exp(t).mean(),
        lambda t: np.roll(np.exp(t), 1),
        np.cumsum,
    ],
    ids=["norm", "minus-mean", "shifted", "cumulative"],
)
@methods
def test_numbers_that_depend_on_each_other(method, f):
    with pytest.raises(ValueError, match="f must treat each point of a block on its own"):
        derivative(f, VECTOR, method=method, vectorized=True)


def test_a_norm_over_everything_in_a_jacobian():
    with pytest.raises(ValueError, match=r"on its own .* differs by 0\.\d+ between x alone and x among other points"):
        jacobian(lambda x: x / np.linalg.norm(x), VECTOR, method="central", vectorized=True)


@pytest.mark.parametrize(
    ("f", "shape"),
    [
        (lambda x: x.sum(axis=-1), "(3,)"),
        (lambda x: x.sum(), "()"),
        (lambda x: 1.0, "()"),
        (lambda x: x.T, "(1, 3)"),
        (lambda x: x[..., :0], "(3, 0)"),
        (lambda x: np.stack([x[0], x[0]], axis=-1), "(1, 2)"),
    ],
    ids=["over-last-axis", "over-everything", "number", "transposed", "empty", "points-first"],
)
@pytest.mark.parametrize("differentiate", [gradient, jacobian])
def test_blocks_of_another_shape(differentiate, f, shape):
    expected = re.escape(f"f must return an array of shape f.shape + (k,) when vectorized=True; got shape {shape}")
    with pytest.raises(ValueError, match=expected):
        differentiate(f, VECTOR, method="central", vectorized=True)


def test_block_of_one_point_only():
    """Right for x alone, and never seen a block."""
    f = after(1, lambda x: x.sum(axis=0), lambda x: x.sum())
    message = r"got shape \(\) for an argument of shape \(3, \d+\), which is k = \d+ points"
    with pytest.raises(ValueError, match=message):
        gradient(f, VECTOR, method="central", vectorized=True)


def test_blocks_change_their_shape():
    f = after(1, lambda x: x, lambda x: x[:2])
    with pytest.raises(ValueError, match=r"the same shape at every call; got \(2,\) after \(3,\)"):
        jacobian(f, VECTOR, method="central", vectorized=True)


def test_blocks_turn_complex():
    f = after(1, lambda x: x, lambda x: x * 1j)
    with pytest.raises(ValueError, match="got a complex value after real ones"):
        jacobian(f, VECTOR, method="central", vectorized=True)


def test_several_outputs_in_a_block_are_no_gradient():
    with pytest.raises(ValueError, match=r"f must return one number here; got an array of shape \(3,\).*jacobian"):
        gradient(lambda x: x, VECTOR, method="central", vectorized=True)


@pytest.mark.parametrize("amplitude", [1e-10, 1e-6, 1e-3])
@methods
def test_noisy_function_is_accepted(method, amplitude):
    noise = np.random.default_rng(SEED)

    def f(x):
        return square_sum(x) + amplitude * noise.standard_normal(x.shape[-1])

    computed = gradient(f, VECTOR, method=method, vectorized=True, step=0.5)
    bias = {"central": 0.0, "forward": 0.5, "backward": -0.5}[method]
    np.testing.assert_allclose(computed, 2 * VECTOR + bias, atol=20 * amplitude + 1e-12)


@pytest.mark.parametrize("n", [5, 60, 300])
@methods
def test_rounding_of_a_matrix_product_is_accepted(method, n):
    """One point is multiplied by another algorithm than many are."""
    matrix = np.random.default_rng(SEED).standard_normal((n, n)) * 1e3
    x = np.linspace(-1.0, 1.0, n)
    computed = jacobian(lambda x: matrix @ x, x, method=method, vectorized=True)
    eps = 2.0**-52
    np.testing.assert_allclose(computed, matrix, atol=1e5 * n * (eps**0.5 if method != "central" else eps ** (2 / 3)))


@methods
def test_cancellation_in_a_matrix_product_is_accepted(method):
    """f(x) is 0 but for rounding, which differs with the width of the block."""
    matrix = np.random.default_rng(SEED).standard_normal((40, 400))
    x = np.linspace(-1.0, 1.0, 400)
    offset = matrix @ x
    computed = jacobian(lambda x: matrix @ x - offset[:, None], x, method=method, vectorized=True)
    np.testing.assert_allclose(computed, matrix, atol=1e-4)


@methods
def test_not_a_number_at_x_is_data(method):
    computed = gradient(lambda x: x[0] * x[1] * np.nan, [1.0, 2.0], method=method, vectorized=True)
    assert np.isnan(computed).all()


def test_constant_blocks():
    computed = gradient(lambda x: np.ones(x.shape[-1]), VECTOR, method="central", vectorized=True)
    assert same_bits(computed, np.zeros(3))


# ---------------------------------------------------------------------------- numpy's warnings


def log_of(x):
    return np.log(x).sum(axis=0)


SILENT = dict.fromkeys(("divide", "over", "under", "invalid"), "ignore")
vectorized_or_not = pytest.mark.parametrize("vectorized", [False, True], ids=["one-point", "vectorized"])


def test_displaced_points_may_lie_outside_the_domain():
    with np.errstate(all="raise"):
        computed = gradient(log_of, [1e-9, 1.0], method="central")
    assert np.isnan(computed[0])
    assert computed[1] == pytest.approx(1.0, rel=1e-9)


def test_displaced_blocks_may_lie_outside_the_domain():
    with np.errstate(all="raise"):
        computed = gradient(log_of, [1e-9, 1.0], method="central", vectorized=True)
    assert np.isnan(computed[0])
    assert computed[1] == pytest.approx(1.0, rel=1e-9)


@vectorized_or_not
@methods
def test_x_itself_is_not_silenced(method, vectorized):
    """numpy's error state at x is the caller's, elsewhere it is silent."""
    x = np.array([1.5, 2.5])
    seen = {True: [], False: []}

    def f(block):
        at_x = all(np.array_equal(p, x) for p in np.atleast_2d(block.T))
        seen[at_x].append(np.geterr())
        return block.sum(axis=0)

    with np.errstate(divide="raise", over="warn", under="ignore", invalid="print"):
        own = np.geterr()
        gradient(f, x, method=method, vectorized=vectorized)
    assert all(state == own for state in seen[True])
    assert all(state == SILENT for state in seen[False])
    assert len(seen[True]) == (method != "central" or vectorized)


@vectorized_or_not
def test_warning_at_x_arrives(vectorized):
    with pytest.warns(RuntimeWarning, match="invalid value encountered in log"):
        gradient(log_of, [-1.0, 2.0], method="forward", vectorized=vectorized)


@vectorized_or_not
def test_error_at_x_arrives(vectorized):
    with np.errstate(all="raise"), pytest.raises(FloatingPointError, match="invalid value"):
        gradient(log_of, [-1.0, 2.0], method="forward", vectorized=vectorized)


@vectorized_or_not
@all_methods
def test_error_state_is_restored(method, vectorized):
    with np.errstate(divide="raise", over="warn", under="print", invalid="ignore"):
        own = np.geterr()
        gradient(square_sum, VECTOR, method=method, vectorized=vectorized)
        assert np.geterr() == own


@pytest.mark.parametrize("calls", [0, 1, 2, 4])
@vectorized_or_not
@all_methods
def test_error_state_is_restored_after_an_exception(method, vectorized, calls):
    def fail(x):
        raise Unexpected

    with np.errstate(divide="raise", over="warn", under="print", invalid="ignore"):
        own = np.geterr()
        x = np.linspace(1.0, 2.0, 1000 if vectorized else 5)
        with pytest.raises(Unexpected):
            gradient(after(calls, square_sum, fail), x, method=method, vectorized=vectorized)
        assert np.geterr() == own


@pytest.mark.parametrize("f", [lambda x: x.sum(), WRONG["norm"]], ids=["shape", "dependent-points"])
def test_error_state_is_restored_after_a_refusal(f):
    own = np.geterr()
    with pytest.raises(ValueError, match="f must"):
        gradient(f, VECTOR, method="central", vectorized=True)
    assert np.geterr() == own


def test_nested_differentiation_is_silent_where_the_outer_one_is():
    inner_states = []

    def inner(t):
        inner_states.append(np.geterr())
        return t * t

    derivative(lambda t: derivative(inner, t, method="forward"), 0.5, method="central")
    assert all(state == SILENT for state in inner_states)
    assert np.geterr() != SILENT
