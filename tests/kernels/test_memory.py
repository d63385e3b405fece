"""Memory: little beside the result, and none that stays behind."""

import gc
import math
import subprocess
import sys
import tracemalloc
from contextlib import suppress
from functools import partial

import numpy as np
import pytest

from numdiff import Function, derivative, gradient, jacobian
from tests.kernels.examples import Unexpected

MIB = 2**20
N, M = 1000, 20_000

# ---------------------------------------------------------------------------- the peak


def first_rows(x):
    """Cheap: M outputs that follow one entry of x."""
    return np.broadcast_to(x[0] + x[-1], (M, *x.shape[1:]))


@pytest.fixture(scope="module", autouse=True)
def frozen():
    """The collector need not walk again and again through what pytest and other tests have left."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
def traced():
    """numpy reports its arrays to tracemalloc as well."""
    gc.collect()
    tracemalloc.start()
    yield tracemalloc
    tracemalloc.stop()


@pytest.mark.parametrize("vectorized", [False, True], ids=["one-point", "vectorized"])
@pytest.mark.parametrize("method", ["central", "forward"])
def test_large_jacobian_needs_little_beside_itself(traced, method, vectorized):
    x = np.ones(N)
    before, _ = traced.get_traced_memory()
    result = jacobian(first_rows, x, method=method, vectorized=vectorized)
    _, peak = traced.get_traced_memory()
    assert result.shape == (M, N)
    assert peak - before < result.nbytes + 64 * MIB


def test_large_full_output_needs_little_beside_itself(traced):
    x = np.ones(N)
    before, _ = traced.get_traced_memory()
    result = jacobian(first_rows, x, method="central", full_output=True)
    _, peak = traced.get_traced_memory()
    assert peak - before < result.value.nbytes + result.error.nbytes + result.status.nbytes + 64 * MIB


# The kernel's account of the process, with memory that no Python allocator knows of.
PEAK = f"""
import re
import numpy as np
import numdiff

def high_water():
    with open("/proc/self/status") as status:
        return 1024 * int(re.search(r"VmHWM:\\s+(\\d+)", status.read())[1])

def f(x):
    return np.broadcast_to(x[0] + x[-1], ({M},))

x = np.ones({N})
numdiff.jacobian(f, x[:2], method="central")
before = high_water()
result = numdiff.jacobian(f, x, method="central")
print(high_water() - before - result.nbytes)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_large_jacobian_in_the_eyes_of_the_system():
    run = subprocess.run([sys.executable, "-c", PEAK], capture_output=True, text=True, timeout=60, check=True)
    assert int(run.stdout) < 64 * MIB


# Many outputs of one variable. What the values of f themselves take, all that it returned, is not counted.
MANY = """
import re, sys
import numpy as np
import numdiff

def high_water():
    with open("/proc/self/status") as status:
        return 1024 * int(re.search(r"VmHWM:\\s+(\\d+)", status.read())[1])

method, full_output, m = sys.argv[1], sys.argv[2] == "full", int(sys.argv[3])
outputs = np.linspace(0.1, 3.0, m)
calls = [0]

def f(x):
    calls[0] += 1
    return np.sin(outputs * x[0])

numdiff.jacobian(lambda x: f(x)[:3], [0.7], method=method)
f(np.ones(1))
before, calls[0] = high_water(), 0
result = numdiff.jacobian(f, [0.7], method=method, full_output=full_output)
peak = high_water() - before
arrays = (result.value, result.error, result.status, result.step) if full_output else (result,)
print(peak - sum(array.nbytes for array in arrays) - calls[0] * outputs.nbytes)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("outputs", [1_000_000, 2_000_000])
@pytest.mark.parametrize("full_output", ["full", "value"])
@pytest.mark.parametrize("method", ["richardson", "central", "forward"])
def test_many_outputs_need_little_beside_their_values(method, full_output, outputs):
    command = [sys.executable, "-c", MANY, method, full_output, str(outputs)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert int(run.stdout) < 64 * MIB


@pytest.mark.parametrize("vectorized", [False, True], ids=["one-point", "vectorized"])
def test_large_gradient_needs_little(traced, vectorized):
    x = np.ones(100_000)
    bounds = (np.where(np.arange(x.size) % 1000, 1.0, 0.0), np.where(np.arange(x.size) % 1000, 1.0, 2.0))
    before, _ = traced.get_traced_memory()
    gradient(lambda x: x[0] * x[-1], x, method="central", vectorized=vectorized, bounds=bounds)
    _, peak = traced.get_traced_memory()
    # a block of 64 points makes 49 MiB when vectorized
    assert peak - before < (80 if vectorized else 16) * MIB


def test_derivative_at_many_points_needs_little(traced):
    x = np.linspace(0.0, 1.0, 1_000_000)
    before, _ = traced.get_traced_memory()
    result = derivative(np.square, x, method="central", vectorized=True)
    _, peak = traced.get_traced_memory()
    # a private x, the steps and the statuses beside the result
    assert peak - before < 4 * result.nbytes + 2 * MIB


# ---------------------------------------------------------------------------- what stays behind


def smooth(x):
    return x[0] * x[1]


def number(t):
    return t * t


def raising():
    """Raises at every third call."""
    calls = [0]

    def f(x):
        calls[0] += 1
        if calls[0] % 3 == 0:
            raise Unexpected
        return x[0] * x[1]

    return f


def keeping():
    """Keeps the last few arrays that it was given."""
    kept = []

    def f(x):
        kept.append(x)
        del kept[:-5]
        return x[0] * x[1]

    return f


def resizing(x):
    out = x[0] * x[1]
    x.resize(1000, refcheck=False)
    return out


def returning(x):
    return x


def reusing():
    """Returns a view of the same array every time."""
    room = np.empty(1000)
    return lambda x: np.multiply(x[0], x[1], out=room[: x[0].size])


X = np.array([1.0, 2.0])
LARGE = np.linspace(1.0, 2.0, 1100)
BOUNDS = (np.zeros(2), np.full(2, 2.0))

CALLS = {
    "derivative": partial(derivative, number, 0.5, method="central"),
    "derivative-of-array": partial(derivative, number, X, method="forward", order=2),
    "derivative-vectorized": partial(derivative, number, X, method="central", vectorized=True),
    "gradient": partial(gradient, smooth, X, method="central"),
    "gradient-forward": partial(gradient, smooth, X, method="forward"),
    "gradient-float32": partial(gradient, smooth, X.astype(np.float32), method="central"),
    "gradient-of-list": partial(gradient, smooth, [1, 2], method="central"),
    "gradient-vectorized": partial(gradient, smooth, X, method="central", vectorized=True),
    "gradient-in-bounds": partial(gradient, smooth, X, method="central", bounds=BOUNDS, step=X, scale=X),
    "gradient-known": partial(gradient, smooth, X, method="forward", f0=2.0),
    "gradient-of-single": partial(gradient, lambda x: np.float32(x[0]), X, method="central"),
    "gradient-of-integers": partial(gradient, lambda x: 10**30, X, method="central"),
    "full-output": partial(gradient, smooth, X, method="central", full_output=True),
    "jacobian": partial(jacobian, returning, X, method="central"),
    "jacobian-vectorized": partial(jacobian, returning, X, method="forward", vectorized=True),
    "jacobian-complex": partial(jacobian, lambda x: x * 1j, X, method="central"),
    "adaptive-derivative": partial(derivative, number, 0.5, method="richardson"),
    "adaptive-gradient": partial(gradient, smooth, X, method="richardson"),
    "adaptive-jacobian": partial(jacobian, returning, X, method="richardson"),
    "adaptive-vectorized": partial(gradient, smooth, X, method="richardson", vectorized=True),
    "adaptive-keeping": partial(gradient, keeping(), X, method="richardson"),
    "adaptive-raising": partial(gradient, raising(), X, method="richardson"),
    "adaptive-out-of-domain": partial(derivative, math.log, 1e-9, method="richardson"),
    "adaptive-nowhere": partial(derivative, math.log, -1.0, method="richardson"),
    "adaptive-only-at-x": partial(derivative, lambda t: 1 / (t == 1.0), 1.0, method="richardson"),
    "adaptive-wrong-blocks": partial(gradient, lambda x: x.sum(), X, method="richardson", vectorized=True),
    "keeping": partial(gradient, keeping(), X, method="central"),
    "keeping-vectorized": partial(gradient, keeping(), X, method="central", vectorized=True),
    "keeping-large": partial(gradient, keeping(), LARGE, method="forward"),
    "resizing": partial(gradient, resizing, X, method="central"),
    "reusing": partial(jacobian, reusing(), X, method="forward"),
    "reusing-vectorized": partial(gradient, reusing(), X, method="forward", vectorized=True),
    "raising": partial(gradient, raising(), X, method="central"),
    "raising-large": partial(gradient, raising(), LARGE, method="central"),
    "raising-vectorized": partial(gradient, raising(), X, method="central", vectorized=True),
    "not-a-number": partial(gradient, lambda x: None, X, method="central"),
    "ragged": partial(gradient, lambda x: [1.0, [2.0]], X, method="central"),
    "too-many-outputs": partial(gradient, returning, X, method="central"),
    "wrong-blocks": partial(gradient, lambda x: x.sum(), X, method="central", vectorized=True),
    "dependent-points": partial(jacobian, lambda x: x / np.linalg.norm(x), X, method="central", vectorized=True),
    "outside-bounds": partial(gradient, smooth, X, method="central", bounds=(5.0, 6.0)),
    "bad-method": partial(gradient, smooth, X, method="none"),
}


def repeat(call, times):
    for _ in range(times):
        with suppress(Unexpected, TypeError, ValueError, ZeroDivisionError):
            call()


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_memory_does_not_grow(traced, call):
    repeat(call, 10)
    gc.collect()
    before, _ = traced.get_traced_memory()
    repeat(call, 60)
    gc.collect()
    after, _ = traced.get_traced_memory()
    # the smallest object takes 16 bytes
    assert after - before < 60 * 16


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_nothing_waits_for_the_collector(call):
    """Arrays go as soon as the call is over: what is large must not wait in cycles."""
    repeat(call, 3)
    gc.collect()
    gc.disable()
    try:
        repeat(call, 3)
        assert gc.collect() == 0
    finally:
        gc.enable()


FUNCTIONS = {
    "derivative": lambda f, x: derivative(f, x, method="central"),
    "gradient": lambda f, x: gradient(f, x, method="central"),
    "jacobian": lambda f, x: jacobian(f, x, method="forward", step=x, scale=x, bounds=(0 * x, 10 * x)),
}


def fails(x):
    raise Unexpected


@pytest.mark.parametrize("vectorized", [False, True], ids=["one-point", "vectorized"])
@pytest.mark.parametrize("body", [returning, fails, lambda x: None], ids=["returns", "raises", "none"])
@pytest.mark.parametrize("differentiate", FUNCTIONS.values(), ids=FUNCTIONS)
def test_references_are_given_back(differentiate, body, vectorized):
    x, argument = np.array([1.0, 2.0]), object()
    function = Function(lambda x, _: body(x), vectorized, (argument,))
    held = [x, argument, function, function.f, function.args]
    counts = [sys.getrefcount(thing) for thing in held]
    repeat(lambda: differentiate(function, x), 20)
    assert [sys.getrefcount(thing) for thing in held] == counts


def test_arrays_go_when_f_lets_them_go():
    """Of the arrays that f keeps, the library keeps none."""
    kept = []

    def f(x):
        kept.append(x)
        return x[0] * x[1]

    gradient(f, np.array([1.0, 2.0]), method="central")
    alone = [np.empty(2) for _ in kept]
    assert [sys.getrefcount(x) for x in kept] == [sys.getrefcount(x) for x in alone]
