"""What f does to the array that it is given, and what that does to the answer: nothing."""

import queue
import threading
import weakref

import numpy as np
import pytest

from numdiff import derivative, gradient, jacobian
from tests.kernels.deeds import deeds, doing, resize_to_more, store_twice_a_while, write_all, write_on_every_second_call
from tests.kernels.examples import (
    ALL_METHODS,
    POINTS,
    all_methods,
    components,
    displaced_entries,
    methods,
    points,
    polynomial,
    rational,
    same_bits,
)

# ---------------------------------------------------------------------------- what f does to x


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


# ---------------------------------------------------------------------------- vectorized: the same answers


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
