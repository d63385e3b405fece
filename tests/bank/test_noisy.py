"""Noise is a function of x, with the statistics that its name says."""

import math

import numpy as np
import pytest

from tests.bank.named import named
from tests.bank.noisy import NOISY, noise
from tests.bank.problem import exact
from tests.bank.rounding import EPS

SEED = 1


@pytest.mark.parametrize("kind", ["uniform", "gaussian"])
def test_noise_statistics(kind):
    xs = 1 + np.arange(40_000) * EPS
    values = noise(xs, kind, 7)
    deviation = 1.0 if kind == "gaussian" else 1 / math.sqrt(3)
    assert abs(values.mean()) < 5 * deviation / 200
    assert abs(values.std() - deviation) < 0.02 * deviation
    assert abs(np.corrcoef(values[:-1], values[1:])[0, 1]) < 0.03
    assert abs(np.corrcoef(values, noise(xs, kind, 8))[0, 1]) < 0.03
    assert abs(np.corrcoef(values, noise(-xs, kind, 7))[0, 1]) < 0.03
    if kind == "uniform":
        assert np.all(np.abs(values) < 1)
        assert np.max(np.abs(values)) > 0.999


def test_noise_is_a_function_of_x():
    xs = np.random.default_rng(SEED).standard_normal((5, 7))
    for kind in ("uniform", "gaussian"):
        whole = noise(xs, kind, 3)
        assert whole.shape == xs.shape
        assert np.array_equal(whole.ravel()[::-1], noise(xs.ravel()[::-1], kind, 3))
        assert noise(-0.0, kind, 3) == noise(0.0, kind, 3)


@named(NOISY)
def test_noisy(case):
    xs = case.problem.points(np.random.default_rng(SEED), 400)
    values, smooth = case.f(xs), case.problem.f(xs)
    assert values.dtype == np.float64
    assert type(case.f(case.x)) is float
    one_by_one = np.array([case.f(float(x)) for x in xs])
    # numpy's loops and scalars may differ in the last bit
    ulps = 4 * (2.0**-23 if case.kind == "float32" else EPS)
    np.testing.assert_allclose(values, one_by_one, rtol=ulps * 10, atol=0)
    error = np.abs(values - smooth)
    if case.kind == "gaussian":
        error, level = error / np.abs(smooth), case.level
        assert 0.85 * level < math.sqrt(np.mean(error**2)) < 1.15 * level
    elif case.kind == "float32":
        assert np.array_equal(values, values.astype(np.float32))
        slopes = np.array([float(exact(case.problem, x, 1)) for x in xs[:50]])
        assert np.all(error[:50] <= 8 * case.level * (np.abs(smooth[:50]) + np.abs(xs[:50] * slopes)))
        assert np.max(error / np.abs(smooth)) > case.level / 2
    else:
        error = error / (1 if case.kind == "decimals" else np.abs(smooth))
        assert 0.2 * case.level < np.max(error) <= case.level * (1 + 1e-6) + 4 * EPS * np.max(np.abs(smooth))


def test_reseeded():
    case = next(c for c in NOISY if c.kind == "gaussian")
    assert case.reseeded(1).f(case.x) != case.f(case.x) == case.reseeded(0).f(case.x)
