"""Functions, points and methods that the tests of how f is called have in common."""

from itertools import count

import numpy as np
import pytest

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


def after(calls, first, later):
    """A function that answers otherwise after some calls."""
    number = count(1)
    return lambda x: first(x) if next(number) <= calls else later(x)


class Unexpected(Exception):
    pass


def rational(x):
    """Arithmetic is correctly rounded, alone and in a block: the same bits."""
    return x[0] * x[1] / (1.0 + x[2] * x[2]) - x[1]


def rational_vector(x):
    return np.stack([rational(x), x[0] * x[1], x[2] / x[0]])


VECTOR = np.array([1.0, 2.0, 3.0])


def square_sum(x):
    return (x * x).sum(axis=0) + 100.0
