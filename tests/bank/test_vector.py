"""Functions of arrays: shapes, blocks, Jacobians in closed form."""

import math

import numpy as np

from tests.bank.named import named
from tests.bank.vector import UNEVEN, VECTOR

SEED = 1


@named((*VECTOR, *UNEVEN))
def test_vector_shapes(case):
    rng = np.random.default_rng(SEED)
    xs = [case.points(rng) for _ in range(3)]
    block = case.f(np.stack(xs, axis=-1))
    assert block.shape == (*case.out_shape, 3)
    for k, x in enumerate(xs):
        before = x.copy()
        assert x.shape == case.shape
        assert x.dtype == np.float64
        assert np.shape(case.f(x)) == case.out_shape
        assert case.jac(x).shape == (case.out_shape or (1,)) + case.shape
        np.testing.assert_allclose(block[..., k], case.f(x), rtol=1e-13, atol=1e-13 * np.max(np.abs(block)))
        assert np.array_equal(x, before)


@named([case for case in VECTOR if not case.source])
def test_vector_jacobian(case):
    """Complex step, Im f(x + ih)/h, for real f; a contour integral for complex f. Published ones: test_systems.py."""
    rng = np.random.default_rng(SEED)
    for _ in range(3):
        x = case.points(rng)
        claimed = case.jac(x)
        real = np.isrealobj(case.f(x))
        assert np.isrealobj(claimed) == real
        for index in np.ndindex(case.shape):
            direction = np.zeros(case.shape)
            direction[index] = 1.0
            if real:
                h = 1e-30 * abs(x[index])
                column = np.imag(case.f(x + 1j * h * direction)) / h
            else:
                unit = np.exp(2j * math.pi * np.arange(32) / 32)
                column = np.mean([case.f(x + u * direction) / u for u in unit], axis=0)
            scale = np.max(np.abs(claimed), axis=tuple(range(-len(case.shape), 0)))
            wrong = np.abs(claimed[(..., *index)] - column) / (np.abs(column) + 0.01 * scale)
            assert np.max(wrong) < (2e-14 if real else 1e-12)
