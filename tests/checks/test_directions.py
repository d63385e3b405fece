"""Checks along directions: what they see, what they cost, and the search for the entries at fault."""

import functools
import math
import tracemalloc

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st

from numdiff import CheckReport, Status, check_gradient, check_hessian, check_jacobian
from tests.called import called
from tests.checks.examples import ARRAYS


def f(x):
    return np.sum(np.sin(x), axis=0)


def point(n, seed=1):
    return np.random.default_rng(seed).normal(size=n)


def wrong_at(places, factor=2.0):
    def grad(x):
        g = np.cos(x)
        g[places] *= factor
        return g

    return grad


class Counting:
    def __init__(self, f, vectorized=False):
        self.f, self.vectorized, self.points, self.seen = f, vectorized, 0, []

    def __call__(self, x):
        self.points += x.shape[-1] if self.vectorized else 1
        self.seen.append(x.copy())
        return self.f(x)


# ----------------------------------------------------------------------------
# Values and verdicts
# ----------------------------------------------------------------------------


@pytest.mark.parametrize("directions", [1, 2, 7])
@pytest.mark.parametrize("n", [1, 2, 30])
def test_as_many_values_as_directions(n, directions):
    report = check_gradient(f, np.cos, point(n), directions=directions, seed=4)
    assert report.verdict == "pass"
    assert (report.directions, report.seed) == (directions, 4)
    for name in ARRAYS:
        assert np.shape(getattr(report, name)) == (directions,)


def test_without_directions_there_is_no_seed():
    report = check_gradient(f, np.cos, point(3), seed=4)
    assert (report.directions, report.seed) == (None, None)


def displacements(seen, x):
    """The directions, of length 1, that a function was evaluated along; up to their sign."""
    units = [(y - x) / np.linalg.norm(y - x) for y in seen if np.any(y != x)]
    units = [u * np.sign(u[0]) for u in units if u[0]]
    found = []
    for u in units:
        if all(np.abs(u - v).max() > 1e-3 for v in found):
            found.append(u)
    return found


def test_values_are_derivatives_along_directions_per_unit_of_length():
    x = np.array([1.0, -2.0, 3.0])
    counting = Counting(f)
    report = check_gradient(counting, np.cos, x, directions=2)
    units = displacements([y for y in counting.seen if np.linalg.norm(y - x) > 1e-6], x)
    assert len(units) == 2
    for u in units:
        expected = abs(u @ np.cos(x))
        assert np.abs(np.abs(report.numerical) - expected).min() < 1e-6
    for u in units:
        sizes = np.abs(u / x)
        assert sizes.max() <= 2.01 * sizes.min()


@pytest.mark.parametrize("seed", range(5))
def test_zeros_are_displaced_as_the_others(seed):
    x = np.array([0.0, 4.0, 0.0, 4.0])
    counting = Counting(f)
    check_gradient(counting, np.cos, x, directions=1, seed=seed)
    (u,) = displacements([y for y in counting.seen if np.linalg.norm(y - x) > 1e-6], x)
    assert np.abs(u).max() <= 2.01 * np.abs(u).min()


@pytest.mark.parametrize(
    "x",
    [
        np.zeros(6),
        np.array([0.0, 1.0, 0.0, -2.0, 0.0, 0.0]),
        np.array([1e-300, 1.0, 1e-9, 1.0, 2.0, -1.0]),
        np.array([1e-5, 1.0, 1e5, 1.0, 2.0, -1.0]),
        np.full(6, 1e-300),
    ],
    ids=["zero", "zeros", "tiny", "scales", "all-tiny"],
)
def test_sizes_of_x(x):
    """A pass for the right gradient; any entry that matters is seen."""
    scale = np.maximum(np.abs(x), np.median(np.abs(x[x != 0])) if x.any() else 1.0)

    def g(x):
        return np.sum(np.sin(x / scale))

    assert check_gradient(g, lambda x: np.cos(x / scale) / scale, x, directions=3).verdict == "pass"
    for place in range(6):
        report = check_gradient(
            g, lambda x, i=place: np.cos(x / scale) / scale * (1 + (np.arange(6) == i)), x, directions=3
        )
        assert report.verdict == "fail"
        assert [fault.index for fault in report.faults] == [(place,)]


def test_errors_that_cancel_in_the_sum_are_seen():
    x = np.ones(4)
    report = check_gradient(f, lambda x: np.cos(x) + np.array([1.0, -1.0, 1.0, -1.0]), x, directions=2)
    assert report.verdict == "fail"
    assert [fault.index for fault in report.faults] == [(0,), (1,), (2,), (3,)]


@pytest.mark.parametrize("fixed", [[0, 1, 2], [0]], ids=str)
def test_fixed_variables_are_not_passed(fixed):
    x = np.ones(3)
    lower, upper = x - 1, x + 1
    lower[fixed] = upper[fixed] = 1.0
    report = check_gradient(f, wrong_at(fixed, 9.0), x, directions=3, bounds=(lower, upper))
    assert report.verdict == "inconclusive" or report.notes


@pytest.mark.parametrize("shape", [(), (1,), (2, 3)], ids=str)
def test_shapes(shape):
    x = np.linspace(1, 2, math.prod(shape)).reshape(shape)
    report = check_gradient(lambda x: np.sum(np.sin(x)), np.cos, x, directions=2)
    assert (report.verdict, report.verdicts.shape) == ("pass", (2,))
    wrong = check_gradient(lambda x: np.sum(np.sin(x)), lambda x: 2 * np.cos(x), x, directions=2)
    assert all(len(fault.index) == len(shape) for fault in wrong.faults)
    assert {fault.index for fault in wrong.faults[:5]} <= set(np.ndindex(shape))
    assert len(wrong.faults) >= min(math.prod(shape), 5)


def test_no_variables():
    report = check_gradient(lambda x: 1.0, lambda x: np.empty(0), [], directions=2)
    assert report.counts["pass"] == 0


@pytest.mark.parametrize("out_shape", [(1,), (3,), (2, 2)], ids=str)
def test_jacobians(out_shape):
    x, outputs = point(4), math.prod(out_shape)
    a = np.random.default_rng(2).normal(size=(outputs, 4))

    def g(x):
        return (a @ np.sin(x)).reshape(out_shape)

    report = check_jacobian(g, lambda x: a * np.cos(x), x, directions=2)
    assert (report.verdict, report.verdicts.shape) == ("pass", (*out_shape, 2))
    wrong = check_jacobian(g, lambda x: a * np.cos(x) * (1 + (a == a.max())), x, directions=2)
    assert wrong.verdict == "fail"
    row, column = np.unravel_index(a.argmax(), a.shape)
    (fault,) = wrong.faults
    assert fault.index == (*np.unravel_index(row, out_shape), column)
    assert fault.analytic == pytest.approx(2 * a.max() * np.cos(x[column]))
    assert fault.numerical == pytest.approx(a.max() * np.cos(x[column]), rel=1e-6)
    assert wrong.hints[0].message == f"entry {list(map(int, fault.index))} is 2 times what it should be"


def test_hessians():
    x = point(6)
    report = check_hessian(np.sin, lambda x: np.diag(np.cos(x)), x, directions=2)
    assert report.verdict == "pass"
    skew = check_hessian(np.sin, lambda x: np.diag(np.cos(x)) + np.eye(6, k=1), x, directions=2)
    assert (skew.verdict, skew.hints[-1].kind) == ("fail", "asymmetric")
    assert [fault.index for fault in skew.faults] == [(i, i + 1) for i in range(5)]


def test_kinks_along_directions():
    report = check_gradient(lambda x: np.abs(x - 1).sum(), np.zeros_like, np.ones(3), directions=2)
    assert report.verdict == "inconclusive"
    assert set(report.slopes) == {(0,), (1,)}
    for left, right in report.slopes.values():
        assert -left == pytest.approx(right, rel=1e-6)
        assert right > 0.5
    allowed = check_gradient(
        lambda x: np.abs(x - 1).sum(), np.zeros_like, np.ones(3), directions=2, allow_subgradient=True
    )
    assert allowed.verdict == "pass"


# ----------------------------------------------------------------------------
# Replay, and "auto"
# ----------------------------------------------------------------------------


@given(seed=st.integers(0, 2**63 - 1), wrong=st.booleans())
def test_the_same_seed_gives_the_same_report(seed, wrong):
    grad = wrong_at([3]) if wrong else np.cos
    first = check_gradient(f, grad, point(8), directions=2, seed=seed)
    again = check_gradient(f, grad, point(8), directions=2, seed=first.seed)
    for name in (*ARRAYS, "nfev", "verdict"):
        assert np.array_equal(getattr(first, name), getattr(again, name))
    assert (first.hints, first.notes, first.faults) == (again.hints, again.notes, again.faults)
    assert str(first) == str(again)
    assert first.verdict == ("fail" if wrong else "pass")


def test_more_directions_begin_with_the_same_ones():
    few = check_gradient(f, np.cos, point(8), directions=2, seed=7)
    many = check_gradient(f, np.cos, point(8), directions=5, seed=7)
    assert many.numerical[:2].tolist() == few.numerical.tolist()
    other = check_gradient(f, np.cos, point(8), directions=2, seed=8)
    assert other.numerical.tolist() != few.numerical.tolist()


def test_random_numbers_of_others_are_left_alone():
    np.random.seed(3)  # noqa: NPY002
    before = np.random.get_state()[1].tolist()  # noqa: NPY002
    check_gradient(f, wrong_at([3]), point(8), directions=2)
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002


@pytest.mark.parametrize(("n", "chosen"), [(1, None), (500, None), (501, 8), (5000, 8)])
def test_auto(n, chosen):
    report = check_gradient(f, np.cos, point(n), directions="auto", vectorized=True)
    assert report.verdict == "pass"
    assert report.directions == chosen
    assert report.verdicts.shape == ((n,) if chosen is None else (8,))
    (note,) = report.notes
    assert note.endswith(f"n = 500; n is {n:,}")
    assert note.startswith("every entry was compared" if chosen is None else "8 directions were compared")
    assert f"note: {note}" in str(report)


# ----------------------------------------------------------------------------
# Faults
# ----------------------------------------------------------------------------


@called
@pytest.mark.parametrize("places", [[0], [99], [41], [0, 99], [41, 42], [3, 50, 97]], ids=str)
def test_faults_are_found(places, vectorized):
    counting = Counting(f, vectorized)
    x = point(100)
    report = check_gradient(counting, wrong_at(places), x, directions=2, vectorized=vectorized)
    assert report.verdict == "fail"
    assert [fault.index for fault in report.faults] == [(i,) for i in places]
    for fault in report.faults:
        exact = math.cos(x[fault.index])
        assert fault.verdict == "fail"
        assert fault.analytic == pytest.approx(2 * exact)
        assert abs(fault.numerical - exact) <= fault.bound
        assert f"[{fault.index[0]}]" in str(report)
    assert [hint.message for hint in report.hints] == [f"entry [{i}] is 2 times what it should be" for i in places]
    assert report.nfev == counting.points


@pytest.mark.parametrize(
    ("factor", "kind"), [(-1.0, "sign"), (0.0, "zeroed"), (0.5, "factor"), (100.0, "factor"), (1.37, None)]
)
def test_hints_for_faults(factor, kind):
    report = check_gradient(f, wrong_at([7], factor), point(100), directions=3)
    assert [fault.index for fault in report.faults] == [(7,)]
    assert [hint.kind for hint in report.hints] == ([kind] if kind else [])


@pytest.mark.parametrize("factor", [-1.0, 2.0, 0.5, 0.01, -3.7])
def test_one_factor_of_all(factor):
    report = check_gradient(f, lambda x: factor * np.cos(x), point(100), directions=3)
    assert report.verdict == "fail"
    assert [hint.factor for hint in report.hints] == [pytest.approx(factor)]
    assert "every entry" in report.hints[0].message


@pytest.mark.parametrize("n", [10**4, 10**5])
def test_faults_among_many_variables(n):
    places = [n // 3, n // 3 + 1, n - 1]
    counting = Counting(lambda x: np.sum(x * x))
    counting.seen = _Nothing()
    report = check_gradient(
        counting, lambda x: np.where(np.isin(np.arange(n), places), 3, 2) * x, point(n), directions=2
    )
    assert [fault.index[0] for fault in report.faults] == places
    assert report.nfev == counting.points
    assert report.nfev <= 3 * 25 * math.log2(n)


class _Nothing:
    def append(self, x):
        pass


@pytest.mark.parametrize("directions", ["auto", 8])
def test_a_pass_for_many_variables_is_cheap(directions):
    counting = Counting(lambda x: np.sum(x * x))
    counting.seen = _Nothing()
    report = check_gradient(counting, lambda x: 2 * x, point(10**5), directions=directions)
    assert report.verdict == "pass"
    assert report.nfev == counting.points <= 300
    assert len(str(report)) < 500


def test_no_more_than_five_faults_are_searched_for():
    report = check_gradient(f, lambda x: np.sin(99 * x), point(100), directions=2)
    assert len(report.faults) == 5
    assert report.hints == ()
    assert report.nfev <= 2 + 2 * 110 + 5 * 25 * math.log2(100)


def test_no_more_than_five_faults_of_six():
    report = check_gradient(f, wrong_at(np.arange(6)), point(6), directions=2)
    assert len(report.faults) == 5


def test_it_is_said_that_there_may_be_more_faults():
    report = check_gradient(f, lambda x: np.sin(99 * x), point(100), directions=2)
    assert any("more" in note for note in report.notes)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_entries_that_are_not_finite_are_found(value):
    report = check_gradient(f, wrong_at([17], value), point(40), directions=2)
    assert report.verdict == "fail"
    assert [fault.index for fault in report.faults] == [(17,)]
    assert any("entry [17] is not finite" in hint.message for hint in report.hints)


def test_infinite_entries_of_both_signs():
    report = check_gradient(f, lambda x: np.array([np.inf, -np.inf, 1.0]), point(3), directions=2)
    assert report.verdict == "fail"


def test_points_that_are_not_finite():
    report = check_gradient(lambda x: math.exp(-x[0]) + x[1], lambda x: [0.0, 1.0], [np.inf, 1.0], directions=2)
    assert report.verdict == "inconclusive"


def test_outputs_at_fault_in_a_text_stand_for_entries():
    report = check_gradient(f, wrong_at([3]), point(10), directions=2)
    lines = str(report).splitlines()
    assert lines[0].startswith("check_gradient: FAIL (2 of 2 directional derivatives fail; ")
    assert lines[1].split()[0] == "entry"
    assert lines[2].split()[0] == "[3]"


def test_texts_of_directions_call_them_so():
    report = check_gradient(f, np.cos, point(10), directions=2, resolution=1e-15)
    assert report.verdict == "inconclusive"
    assert str(report).splitlines()[1].split()[0] == "direction"


# ----------------------------------------------------------------------------
# Sparse Jacobians, memory
# ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["csr", "csc", "coo"])
def test_sparse_jacobians(kind):
    array = getattr(scipy.sparse, f"{kind}_array")
    x = point(50)
    report = check_jacobian(np.sin, lambda x: array(np.diag(np.cos(x))), x, directions=2)
    assert (report.verdict, report.verdicts.shape) == ("pass", (50, 2))
    wrong = check_jacobian(np.sin, lambda x: array(np.diag(wrong_at([7, 31], -1.0)(x))), x, directions=2)
    assert [fault.index for fault in wrong.faults] == [(7, 7), (31, 31)]


def test_faults_outside_of_the_pattern():
    def g(x):
        return np.sin(x) + 3 * np.roll(x, 1) * (np.arange(20) == 5)

    report = check_jacobian(g, lambda x: scipy.sparse.diags_array(np.cos(x)).tocsr(), point(20), directions=2)
    assert [fault.index for fault in report.faults] == [(5, 4)]
    assert [hint.kind for hint in report.hints] == ["pattern"]


def peak_of(call):
    tracemalloc.start()
    try:
        assert call().verdict == "pass"
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_of_a_gradient():
    n = 20_000
    peak = peak_of(lambda: check_gradient(lambda x: np.sum(x * x), lambda x: 2 * x, point(n), directions=3))
    assert peak < 60 * 8 * n


@pytest.mark.parametrize("check", [check_jacobian, check_hessian])
def test_memory_of_a_sparse_jacobian(check):
    n = 2000
    peak = peak_of(lambda: check(np.sin, lambda x: scipy.sparse.diags_array(np.cos(x)).tocsr(), point(n), directions=3))
    assert peak < 8 * n * n / 4


# ----------------------------------------------------------------------------
# Single precision, budgets
# ----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(10))
def test_single_precision(seed):
    x = point(20, seed).astype(np.float32)
    report = check_gradient(
        lambda x: np.sum(np.sin(x.astype(float))), lambda x: np.cos(x.astype(float)), x, directions=3
    )
    assert report.verdict != "fail"


def test_single_precision_between_narrow_bounds():
    x = np.array([0.00721049, -0.00708465], dtype=np.float32)
    size, room = np.abs(x.astype(float)), np.float32(1e-7) * np.abs(x)
    report = check_gradient(
        lambda x: float(np.sum(np.exp(-x.astype(float) / size))),
        lambda x: -np.exp(-x.astype(float) / size) / size,
        x,
        directions=1,
        bounds=(x - room, x + room),
    )
    assert report.verdict != "fail"


@pytest.mark.parametrize("directions", [1, 5])
def test_max_nfev(directions):
    report = check_gradient(f, np.cos, point(10), directions=directions, max_nfev=20)
    assert report.nfev <= 22
    assert report.verdict == ("pass" if directions == 1 else "inconclusive")


def test_reports_made_by_hand():
    """Many directions of many outputs have short texts too."""
    shape = (10**5, 10)
    report = CheckReport(
        check="jacobian",
        verdict="fail",
        verdicts=np.full(shape, "fail"),
        analytic=np.ones(shape),
        numerical=np.zeros(shape),
        bound=np.full(shape, 1e-9),
        tolerance=np.zeros(shape),
        scale=np.ones(shape),
        status=np.full(shape, Status.CONVERGED, dtype=np.int8),
        resolution=1e-4,
        nfev=100,
        directions=10,
        seed=0,
    )
    text = str(report)
    assert "1,000,000 of 1,000,000 directional derivatives fail" in text
    assert "direction" in text.splitlines()[1]
    assert len(text) < 1500


# ----------------------------------------------------------------------------
# Numbers, and variables near the largest float
# ----------------------------------------------------------------------------


@pytest.mark.parametrize("x", [0.5, np.float32(0.5)], ids=["float", "float32"])
def test_a_function_of_a_number_gets_numbers(x):
    seen = []

    @functools.lru_cache
    def sine(t):
        seen.append(type(t))
        return math.sin(t)

    assert check_gradient(sine, math.cos, x, directions=2).verdict != "fail"
    assert len(seen) > 10
    assert set(seen) == {type(x)}


LARGE = {
    "sum": (lambda x: np.sum(x / 1e308), lambda x: np.full(x.shape, 1e-308)),
    "squares": (lambda x: np.sum((x / 1e308) ** 2), lambda x: x / 1e308 / 5e307),
    "complex": (lambda x: 1j * np.sum(x / 1e308), lambda x: np.full(x.shape, 1e-308j)),
    "kink": (lambda x: np.sum(np.abs(x / 1e308 - 1.25)), lambda x: np.zeros(x.shape)),
    "jump": (lambda x: np.sum(x / 1e308) + (x[0] > 1.25e308), lambda x: np.full(x.shape, 1e-308)),
    "rounded": (lambda x: np.float32(np.sum(x / 1e308)), lambda x: np.full(x.shape, 1e-308)),
    "step": (lambda x: np.round(np.sum(x / 1e306)) / 100, lambda x: np.full(x.shape, 1e-308)),
}


@pytest.mark.parametrize("directions", [None, 3], ids=["entries", "directions"])
@pytest.mark.parametrize("n", [1, 6, 40])
@pytest.mark.parametrize("name", LARGE)
def test_variables_near_the_largest_float(name, n, directions):
    """No length of a displacement overflows, and nothing that the check computes by itself warns."""
    f, grad = LARGE[name]
    x = np.full(n, 1.25e308)
    with np.errstate(all="raise", under="ignore"):
        report = check_gradient(f, grad, x, directions=directions)
        wrong = check_gradient(f, lambda x: 2 * grad(x) + 1e-308, x, directions=directions)
    for found in (report, wrong):
        assert not np.isnan(found.bound).any()
        assert "nan" not in str(found)
    if name in ("sum", "squares", "complex", "rounded"):
        assert (report.verdict, wrong.verdict) == ("pass", "fail")
