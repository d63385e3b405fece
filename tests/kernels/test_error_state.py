"""numpy's warnings and its error state: silenced at displaced points only, and left as they were."""

import numpy as np
import pytest

from numdiff import derivative, gradient
from tests.kernels.examples import VECTOR, Unexpected, after, all_methods, methods, square_sum


def log_of(x):
    return np.log(x).sum(axis=0)


SILENT = dict.fromkeys(("divide", "over", "under", "invalid"), "ignore")
vectorized_or_not = pytest.mark.parametrize("vectorized", [False, True], ids=["one-point", "vectorized"])


def test_displaced_points_may_lie_outside_the_domain():
    with np.errstate(all="raise"):
        computed = gradient(log_of, [1e-9, 1.0], method="central")
    assert np.isnan(computed[0])
    assert computed[1] == pytest.approx(1.0, rel=1e-9)


def test_displaced_blocks_may_lie_outside_the_domain():
    with np.errstate(all="raise"):
        computed = gradient(log_of, [1e-9, 1.0], method="central", vectorized=True)
    assert np.isnan(computed[0])
    assert computed[1] == pytest.approx(1.0, rel=1e-9)


@vectorized_or_not
@methods
def test_x_itself_is_not_silenced(method, vectorized):
    """numpy's error state at x is the caller's, elsewhere it is silent."""
    x = np.array([1.5, 2.5])
    seen = {True: [], False: []}

    def f(block):
        at_x = all(np.array_equal(p, x) for p in np.atleast_2d(block.T))
        seen[at_x].append(np.geterr())
        return block.sum(axis=0)

    with np.errstate(divide="raise", over="warn", under="ignore", invalid="print"):
        own = np.geterr()
        gradient(f, x, method=method, vectorized=vectorized)
    assert all(state == own for state in seen[True])
    assert all(state == SILENT for state in seen[False])
    assert len(seen[True]) == (method != "central" or vectorized)


@vectorized_or_not
def test_warning_at_x_arrives(vectorized):
    with pytest.warns(RuntimeWarning, match="invalid value encountered in log"):
        gradient(log_of, [-1.0, 2.0], method="forward", vectorized=vectorized)


@vectorized_or_not
def test_error_at_x_arrives(vectorized):
    with np.errstate(all="raise"), pytest.raises(FloatingPointError, match="invalid value"):
        gradient(log_of, [-1.0, 2.0], method="forward", vectorized=vectorized)


@vectorized_or_not
@all_methods
def test_error_state_is_restored(method, vectorized):
    with np.errstate(divide="raise", over="warn", under="print", invalid="ignore"):
        own = np.geterr()
        gradient(square_sum, VECTOR, method=method, vectorized=vectorized)
        assert np.geterr() == own


@pytest.mark.parametrize("calls", [0, 1, 2, 4])
@vectorized_or_not
@all_methods
def test_error_state_is_restored_after_an_exception(method, vectorized, calls):
    def fail(x):
        raise Unexpected

    with np.errstate(divide="raise", over="warn", under="print", invalid="ignore"):
        own = np.geterr()
        x = np.linspace(1.0, 2.0, 1000 if vectorized else 5)
        with pytest.raises(Unexpected):
            gradient(after(calls, square_sum, fail), x, method=method, vectorized=vectorized)
        assert np.geterr() == own


@pytest.mark.parametrize(
    "f", [lambda x: x.sum(), lambda x: (x / np.linalg.norm(x))[0]], ids=["shape", "dependent-points"]
)
def test_error_state_is_restored_after_a_refusal(f):
    own = np.geterr()
    with pytest.raises(ValueError, match="f must"):
        gradient(f, VECTOR, method="central", vectorized=True)
    assert np.geterr() == own


def test_nested_differentiation_is_silent_where_the_outer_one_is():
    inner_states = []

    def inner(t):
        inner_states.append(np.geterr())
        return t * t

    derivative(lambda t: derivative(inner, t, method="forward"), 0.5, method="central")
    assert all(state == SILENT for state in inner_states)
    assert np.geterr() != SILENT
