"""Sparse Jacobians, and Hessians."""

import numpy as np
import pytest
import scipy.sparse
from scipy.optimize import rosen_der, rosen_hess

from numdiff import (
    Status,
    check_hessian,
    check_jacobian,
)
from numdiff._checks.symmetry import asymmetry_of
from numdiff._checks.targets import Estimates
from numdiff._checks.verdicts import Comparison, Rules
from tests.checks.examples import RTOL, X, squares, squares_gradient

# ----------------------------------------------------------------------------
# Sparse Jacobians
# ----------------------------------------------------------------------------


def coupled(x):
    return np.array([x[0] ** 2 + x[1], x[1] * x[2], x[2]])


def coupled_jacobian(x):
    return np.array([[2 * x[0], 1, 0], [0, x[2], x[1]], [0, 0, 1.0]])


@pytest.mark.parametrize("kind", ["csr", "csc", "coo", "bsr", "dok", "lil"])
def test_sparse_jacobians(kind):
    array = getattr(scipy.sparse, f"{kind}_array")
    assert check_jacobian(coupled, lambda x: array(coupled_jacobian(x)), X).verdict == "pass"
    assert check_jacobian(coupled, lambda x: (coupled(x), array(coupled_jacobian(x))), X).verdict == "pass"
    missing = check_jacobian(coupled, lambda x: array(np.diag(coupled_jacobian(x).diagonal())), X)
    assert missing.verdict == "fail"
    assert [hint.kind for hint in missing.hints] == ["pattern"]
    assert str(missing.hints[0]).startswith("2 entries outside of the sparsity pattern are not 0, the first [0, 1]")


def test_zeros_in_the_pattern_are_in_it():
    def jac(x):
        rows, columns = [0, 0, 1, 1, 2], [0, 1, 1, 2, 2]
        return scipy.sparse.coo_array(([2 * x[0], 0.0, x[2], x[1], 1.0], (rows, columns)), shape=(3, 3))

    report = check_jacobian(coupled, jac, X)
    assert report.verdict == "fail"
    assert [hint.kind for hint in report.hints] == ["zeroed"]


def test_duplicates_are_summed():
    def jac(x):
        rows, columns = [0, 0, 0, 1, 1, 2], [0, 0, 1, 1, 2, 2]
        return scipy.sparse.coo_array(([x[0], x[0], 1.0, x[2], x[1], 1.0], (rows, columns)), shape=(3, 3))

    assert check_jacobian(coupled, jac, X).verdict == "pass"


# ----------------------------------------------------------------------------
# Hessians
# ----------------------------------------------------------------------------


def test_hessians():
    for n in (2, 5):
        assert check_hessian(rosen_der, rosen_hess, np.linspace(-1, 1, n)).verdict == "pass"
    wrong = check_hessian(rosen_der, lambda x: 2 * rosen_hess(x), X)
    assert (wrong.verdict, wrong.hints[0].factor) == ("fail", 2.0)


@pytest.mark.parametrize("excess", [0.5, 2.0])
@pytest.mark.parametrize(("rtol", "atol"), [(None, 0.0), (1e-9, 0.0), (0.0, 1e-7)], ids=str)
def test_symmetry_by_its_rule(excess, rtol, atol):
    def hess(x):
        h = np.array([[4.0, 1.0], [1.0, 9.0]])
        h[0, 1] += excess * ((RTOL if rtol is None else rtol) * 6.0 + atol)
        return h

    x = np.array([1.0, 1.0])
    report = check_hessian(lambda x: np.array([[4.0, 1.0], [1.0, 9.0]]) @ x, hess, x, rtol=rtol, atol=atol)
    assert report.verdict == "fail" or excess < 1
    assert [hint.kind for hint in report.hints if "not symmetric" in str(hint)] == ["asymmetric"] * (excess > 1)


def test_asymmetric_hessian_of_a_gradient():
    def hess(x):
        h = rosen_hess(x)
        h[0, 1] += 1.0
        return h

    report = check_hessian(rosen_der, hess, X)
    assert report.verdict == "fail"
    assert "not symmetric: H[0, 1] is" in str(report)
    assert not any("grad is not the gradient" in hint.message for hint in report.hints)


def test_no_gradient():
    report = check_hessian(lambda x: np.array([x[1], 2 * x[0]]), lambda x: np.array([[0, 1], [2, 0]]), [1.0, 2.0])
    assert report.verdict == "fail"
    assert (report.verdicts == "pass").all()
    assert [hint.kind for hint in report.hints] == ["asymmetric", "asymmetric"]
    assert "grad is not the gradient of a function" in str(report)


def test_faults_of_hessians():
    """The entries that fail, or else the two that differ."""
    skew = check_hessian(lambda x: np.array([x[1], 2 * x[0]]), lambda x: np.array([[0, 1], [2, 0]]), [1.0, 2.0])
    assert [(fault.index, fault.verdict) for fault in skew.faults] == [((0, 1), "pass"), ((1, 0), "pass")]
    wrong = check_hessian(lambda x: 2 * x, lambda x: np.array([[2, 1e-3], [0, 2]]), [1.0, 2.0])
    assert [fault.index for fault in wrong.faults] == [(0, 1)]
    along = check_hessian(
        lambda x: np.array([x[1], 2 * x[0]]), lambda x: np.array([[0, 1], [2, 0]]), [1.0, 2.0], directions=2
    )
    assert [(fault.index, fault.analytic) for fault in along.faults] == [((0, 1), 1.0), ((1, 0), 2.0)]


class Sharper:
    """A target whose values, asked for again, are these, with a bound of 1e-9."""

    def __init__(self, values):
        self.values, self.asked = values, []

    def estimate(self, columns, rtol, max_nfev=0):
        self.asked += [*map(int, columns)]
        shape = (2, columns.size)
        bound, status = np.full(shape, 1e-9), np.full(shape, int(Status.CONVERGED), dtype=np.int8)
        return Estimates(self.values[:, columns], bound, status, bound, bound, 10)


@pytest.mark.parametrize(
    ("there", "again", "max_nfev", "asymmetric", "asked"),
    [
        (1.003, 1.0, 0, False, [0, 1]),
        (1.003, 1.003, 0, True, [0, 1]),
        (1.003, 1.000000003, 0, False, [0, 1]),
        (1.003, 1.003, 100, False, []),
        (2.0, 2.0, 0, True, []),
        (1.001, 1.003, 0, False, []),
    ],
    ids=["rough", "asymmetric", "below-twice-the-bounds", "no-evaluations-left", "far-apart", "within-the-bounds"],
)
def test_a_gradient_is_called_none_after_a_second_look(there, again, max_nfev, asymmetric, asked):
    """What differs by hardly more than its bounds is computed again, as well as can be."""
    rough = np.array([[1.0, 1.0], [there, 1.0]])
    bound = np.full((2, 2), 1e-3)
    compared = Comparison(
        np.ones((2, 2)),
        rough,
        bound,
        0 * bound,
        rough,
        np.zeros((2, 2), dtype=np.int8),
        np.full((2, 2), "pass"),
        {},
        100,
    )
    target = Sharper(np.array([[1.0, 1.0], [again, 1.0]]))
    rules = Rules(RTOL, 0.0, 1e-4, False)
    hints, pair, nfev = asymmetry_of(np.ones((2, 2)), compared, rules, target, lambda *at: at, max_nfev)
    assert [hint.kind for hint in hints] == ["asymmetric"] * asymmetric
    assert [entry.index for entry in pair] == [(0, 1), (1, 0)][: 2 * asymmetric]
    assert sorted(target.asked) == asked
    assert nfev == 10 * bool(asked)


@pytest.mark.parametrize("value", [np.inf, 1e308])
def test_hessians_that_are_not_finite(value):
    report = check_hessian(rosen_der, lambda x: np.array([[1.0, value], [-value, 1.0]]), [1.0, 2.0])
    assert report.verdict == "fail"


@pytest.mark.parametrize("kind", ["csr_array", "csc_matrix", "coo_array", "dia_matrix", "lil_array", "dok_matrix"])
@pytest.mark.parametrize("stored", [0, 1, 2], ids=["nothing", "zero", "one-entry"])
def test_sparse_hessians_with_hardly_anything_in_them(kind, stored):
    def hess(x):
        if stored == 0:
            return getattr(scipy.sparse, kind)((3, 3))
        entry = ([1.0 * (stored == 2)], ([0], [0]))
        return getattr(scipy.sparse, kind)(scipy.sparse.coo_array(entry, shape=(3, 3)))

    def grad(x):
        return np.array([x[0] * (stored == 2), 0.0, 0.0])

    for directions in (None, 2):
        assert check_hessian(grad, hess, X, directions=directions).verdict == "pass"
    wrong = check_hessian(lambda x: grad(x) + x, hess, X)
    assert (wrong.verdict, wrong.counts["fail"]) == ("fail", 3)


def test_hessian_needs_a_gradient_of_the_shape_of_x():
    with pytest.raises(ValueError, match=r"grad must return an array of the shape of x, \(3,\); got shape \(\)"):
        check_hessian(squares, squares_gradient, X)
