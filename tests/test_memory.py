"""Memory: little beside the result, and none that stays behind."""

import gc
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest

from numdiff import Function, derivative, gradient, jacobian

MIB = 2**20
N, M = 1000, 20_000

# ---------------------------------------------------------------------------- the peak


def first_rows(x):
    """Cheap: M outputs that follow one entry of x."""
    return np.broadcast_to(x[0] + x[-1], (M, *x.shape[1:]))


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


def test_large_float32_jacobian_needs_little_beside_itself(traced):
    x = np.ones(N, dtype=np.float32)
    before, _ = traced.get_traced_memory()
    result = jacobian(first_rows, x, method="central")
    _, peak = traced.get_traced_memory()
    assert result.dtype == np.float32
    assert peak - before < result.nbytes + 64 * MIB


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


class Unexpected(Exception):
    pass


def smooth(x):
    return x[0] * x[1]


def number(t):
    return t * t


def raising():
    """Raises at the third call after every start at x."""
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
    room = np.empty(1000)
    return lambda x: np.multiply(x[0], x[1], out=room[: x[0].size])


X = np.array([1.0, 2.0])
LARGE = np.linspace(1.0, 2.0, 1100)
BOUNDS = (np.zeros(2), np.full(2, 2.0))

CALLS = {
    "derivative": lambda: derivative(number, 0.5, method="central"),
    "derivative-of-array": lambda: derivative(number, X, method="forward", order=2),
    "derivative-vectorized": lambda: derivative(number, X, method="central", vectorized=True),
    "gradient": lambda: gradient(smooth, X, method="central"),
    "gradient-forward": lambda: gradient(smooth, X, method="forward"),
    "gradient-float32": lambda: gradient(smooth, X.astype(np.float32), method="central"),
    "gradient-of-list": lambda: gradient(smooth, [1, 2], method="central"),
    "gradient-vectorized": lambda: gradient(smooth, X, method="central", vectorized=True),
    "gradient-in-bounds": lambda: gradient(smooth, X, method="central", bounds=BOUNDS, step=X, scale=X),
    "gradient-known": lambda: gradient(smooth, X, method="forward", f0=2.0),
    "gradient-of-single": lambda: gradient(lambda x: np.float32(x[0]), X, method="central"),
    "gradient-of-integers": lambda: gradient(lambda x: 10**30, X, method="central"),
    "full-output": lambda: gradient(smooth, X, method="central", full_output=True),
    "jacobian": lambda: jacobian(returning, X, method="central"),
    "jacobian-vectorized": lambda: jacobian(returning, X, method="forward", vectorized=True),
    "jacobian-complex": lambda: jacobian(lambda x: x * 1j, X, method="central"),
    "keeping": lambda f=keeping(): gradient(f, X, method="central"),
    "keeping-vectorized": lambda f=keeping(): gradient(f, X, method="central", vectorized=True),
    "keeping-large": lambda f=keeping(): gradient(f, LARGE[:1030], method="forward"),
    "resizing": lambda: gradient(resizing, X, method="central"),
    "reusing-vectorized": lambda f=reusing(): gradient(np.positive(f), X, method="central") if False else None,
    "raising": lambda f=raising(): gradient(f, X, method="central"),
    "raising-large": lambda f=raising(): gradient(f, LARGE, method="central"),
    "raising-vectorized": lambda f=raising(): gradient(f, X, method="central", vectorized=True),
    "not-a-number": lambda: gradient(lambda x: None, X, method="central"),
    "ragged": lambda: gradient(lambda x: [1.0, [2.0]], X, method="central"),
    "too-many-outputs": lambda: gradient(returning, X, method="central"),
    "wrong-blocks": lambda: gradient(lambda x: x.sum(), X, method="central", vectorized=True),
    "dependent-points": lambda: jacobian(lambda x: x / np.linalg.norm(x), X, method="central", vectorized=True),
    "outside-bounds": lambda: gradient(smooth, X, method="central", bounds=(5.0, 6.0)),
    "bad-method": lambda: gradient(smooth, X, method="none"),
}
