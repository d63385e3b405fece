"""Functions and derivatives to be checked, and the rules that every report obeys."""

import numpy as np
import pytest

from numdiff import (
    Status,
)

EPS = float(np.finfo(np.float64).eps)
RTOL = EPS**0.75
ARRAYS = ("verdicts", "analytic", "numerical", "bound", "tolerance", "scale", "status")
X = np.array([1.0, 2.0, 3.0])

along = pytest.mark.parametrize("directions", [None, 3], ids=["entries", "directions"])


def squares(x):
    return np.sum(x * x, axis=0)


def squares_gradient(x):
    return 2 * x


def kinked(x):
    """Slopes -1 and 1 in the first variable, 1 in the others."""
    return np.abs(x[0]) + np.sum(x[1:], axis=0)


class Counting:
    """A function that keeps count of the points that it is evaluated at."""

    def __init__(self, f, vectorized=False, lower=-np.inf, upper=np.inf):
        self.f, self.vectorized, self.lower, self.upper, self.points = f, vectorized, lower, upper, 0

    def __call__(self, x, *args):
        block = np.asarray(x)
        self.points += block.shape[-1] if self.vectorized else 1
        assert np.all(block >= self.lower)
        assert np.all(block <= self.upper)
        return self.f(x, *args)


def rough(amplitude, seed=0):
    """A sum of exponentials with relative noise, another at each call."""
    random = np.random.default_rng(seed)
    return lambda x: np.sum(np.exp(x)) * (1 + amplitude * random.normal())


def assert_rules(report, rtol=RTOL, atol=0.0, resolution=1e-4, allow_subgradient=False):
    """The verdicts are what the rules make of the other arrays."""
    a, v, bound, scale, status = (np.asarray(getattr(report, name)) for name in (*ARRAYS[1:4], *ARRAYS[5:]))
    with np.errstate(all="ignore"):
        tolerance = rtol * scale + atol
        failing = (bound < np.inf) & ~(np.abs(a - v) <= bound + tolerance)
        sharp = (2 * bound + tolerance < resolution * scale) | (scale == 0)
    sharp = np.where(status == Status.KINK, allow_subgradient, sharp)
    passing = (bound < np.inf) & ~failing & sharp
    expected = np.where(failing, "fail", np.where(passing, "pass", "inconclusive"))
    np.testing.assert_array_equal(report.tolerance, tolerance)
    np.testing.assert_array_equal(report.verdicts, expected)
    worst = next((v for v in ("fail", "inconclusive") if (expected == v).any()), "pass")
    assert report.verdict == worst
    assert bool(report) is (worst == "pass")
    assert report.counts == {name: int((expected == name).sum()) for name in ("pass", "fail", "inconclusive")}
    assert np.all((scale >= np.abs(v)) | np.isnan(v))
