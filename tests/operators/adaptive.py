"""What tests of the adaptive method have in common."""

import math
from math import inf

import numpy as np

from numdiff import derivative

FIELDS = ("value", "error", "status", "step")


class Counted:
    """A function that counts the points at which it is evaluated, and its calls; and remembers how far they reach.

    ``axis`` is the number of dimensions of one point.
    """

    def __init__(self, f, axis=0):
        self.f, self.axis = f, axis
        self.points = self.calls = 0
        self.least, self.largest = inf, -inf

    def __call__(self, x):
        x = np.asarray(x)
        self.calls += 1
        self.points += math.prod(x.shape[self.axis :])
        self.least, self.largest = min(self.least, x.min(initial=inf)), max(self.largest, x.max(initial=-inf))
        return self.f(x)


def rational(t):
    """The same bits for a number and for an array: nothing but +, * and /."""
    return (1 + t * t) / (3 + t)


def differentiated(f, x, **options):
    return derivative(f, x, full_output=True, **options)


def assert_same(a, b):
    """Bit for bit."""
    for field in FIELDS:
        np.testing.assert_array_equal(getattr(a, field), getattr(b, field), err_msg=field)


# outputs of one function, each with a difficulty of its own
ROWS = [
    lambda x: x[0] * x[1] - x[2],
    lambda x: abs(x[0] - 1) + x[1],
    lambda x: 1e200 * np.sin(x[1]),
    lambda x: 1e-200 * np.exp(x[2]) + 0 * x[0],
    lambda x: np.where(x[0] >= 1, x[0] ** 3, np.nan),
    lambda x: np.tanh(1e4 * (x[1] - 2)) + x[0],
    lambda x: np.round(x[2], 6) + x[0] * x[2],
    lambda x: 0 * x[0] + 5,
]
