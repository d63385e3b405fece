"""Many outputs, which are held in tiles, are answered bit for bit as a few of them are that are not."""

import numpy as np
import pytest

from numdiff import Function, jacobian
from numdiff._kernels.lines import Lines
from numdiff._kernels.problem import Problem
from numdiff._kernels.rounds import Adaptive

OUTPUTS = 20_000
FEW = 4000  # whose entries fit into the memory of a line
SLOPES = np.linspace(0.1, 3.0, OUTPUTS)
KINDS = [
    lambda t, a: np.sin(a * t),
    lambda t, a: np.abs(t - 0.7) * a,
    lambda t, a: np.sqrt(t - 0.7) * a,
    lambda t, a: np.sin(a * t).astype(np.float32),
    lambda t, a: np.round(np.sin(a * t), 6),
    lambda t, a: a + 0 * t,
    lambda t, a: np.where(t > 0.71, np.nan, a * t * t),
    lambda t, a: np.sin(1e9 * a * t) + a * t,
    lambda t, a: 1e300 * a * t,
]


def values(t, outputs):
    """Outputs of all kinds, of which neighbours are no more alike than those far apart."""
    out = np.empty(len(outputs))
    with np.errstate(invalid="ignore"):
        for k, kind in enumerate(KINDS):
            chosen = outputs % len(KINDS) == k
            out[chosen] = kind(t, SLOPES[outputs[chosen]])
    return out


def function(outputs, vectorized=False, is_complex=False):
    def f(x):
        if vectorized:
            return np.stack([values(t, outputs) for t in x[0]], axis=-1)
        out = values(x[0], outputs)
        return out + 1j * np.cos(SLOPES[outputs] * x[0]) if is_complex else out

    return f


def same(a, b):
    return a.tobytes() == b.tobytes()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"vectorized": True},
        {"rtol": 1e-6},
        {"atol": 1e-3},
        {"step": 0.1},
        {"bounds": (0.7, 2.0)},
        {"bounds": (0.7 - 1e-9, 0.7 + 1e-9)},
        {"bounds": (0.7, 0.7)},
    ],
    ids=str,
)
def test_tiles_change_no_bit(options):
    outputs = np.arange(OUTPUTS)
    vectorized = options.get("vectorized", False)
    many = jacobian(function(outputs, vectorized), [0.7], full_output=True, **options)
    for start in (0, OUTPUTS - FEW):
        part = slice(start, start + FEW)
        few = jacobian(function(outputs[part], vectorized), [0.7], full_output=True, **options)
        for name in ("value", "error", "status", "step"):
            assert same(getattr(many, name)[part], getattr(few, name)), name
        # what some wish all have, and the few have all kinds
        assert few.nfev <= many.nfev


def test_several_orders():
    outputs = np.arange(OUTPUTS)
    lines = Lines(np.array([0.7]))
    many, few = (
        Adaptive().answer(Problem(Function(function(chosen)), lines), (1, 3)) for chosen in (outputs, outputs[:2000])
    )
    for name in ("value", "bound", "status", "reach", "slope"):
        assert same(np.ascontiguousarray(getattr(many, name)[:, :2000]), getattr(few, name)), name


def test_complex_outputs():
    outputs = np.arange(OUTPUTS)
    many = jacobian(function(outputs, is_complex=True), [0.7], full_output=True)
    few = jacobian(function(outputs[-2000:], is_complex=True), [0.7], full_output=True)
    assert all(same(getattr(many, name)[-2000:], getattr(few, name)) for name in ("value", "error", "status", "step"))


def points_of(outputs):
    seen = []
    f = function(outputs)

    def noting(x):
        seen.append(float(x[0]))
        return f(x)

    assert jacobian(noting, [0.7], full_output=True).nfev == len(seen)
    return sorted(seen)


def test_tiles_need_no_point_more():
    few = np.arange(FEW)
    assert points_of(np.resize(few, OUTPUTS)) == points_of(few)


@pytest.mark.parametrize("most", [1, 5, 9, 31, 77])
def test_budget_is_kept(most):
    result = jacobian(function(np.arange(OUTPUTS)), [0.7], full_output=True, max_nfev=most)
    assert result.nfev <= most
    bounded = result.error < np.inf
    assert not np.isnan(result.value[bounded]).any()


def test_several_lines():
    outputs = np.arange(OUTPUTS)
    many = jacobian(lambda x: values(x[0], outputs) * x[1], [0.7, 1.5], full_output=True)
    few = jacobian(lambda x: values(x[0], outputs[:FEW]) * x[1], [0.7, 1.5], full_output=True)
    assert all(same(getattr(many, name)[:FEW], getattr(few, name)) for name in ("value", "error", "status", "step"))


def test_an_f_that_uses_its_array_again():
    """What f returned in an earlier round is not what it holds now."""
    outputs, kept = np.arange(OUTPUTS), {}

    def f(x):
        block = kept.setdefault(x.shape, np.empty((OUTPUTS, x.shape[-1])))
        block[:] = np.sin(SLOPES[:, None] * x[0])
        return block

    again = jacobian(f, [0.7], vectorized=True, full_output=True)
    fresh = jacobian(lambda x: np.sin(SLOPES[outputs, None] * x[0]), [0.7], vectorized=True, full_output=True)
    assert same(again.value, fresh.value)
    assert same(again.error, fresh.error)
