"""vectorized=True: what f gets to see, that answers are the same, and what is checked."""

import math
import re

import numpy as np
import pytest

from numdiff import derivative, gradient, jacobian
from tests.kernels.examples import (
    POINTS,
    SEED,
    VECTOR,
    after,
    all_methods,
    methods,
    rational,
    rational_vector,
    same_bits,
    square_sum,
)

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


# ---------------------------------------------------------------------------- vectorized: checked

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
