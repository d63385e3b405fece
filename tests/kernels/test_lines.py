"""Lines through points: where they have room, which points lie on them, and what f gets to see of those."""

import math

import numpy as np
import pytest

from numdiff import Function, Status, jacobian
from numdiff._kernels.evaluation import Evaluation
from numdiff._kernels.lines import Lines
from numdiff._kernels.problem import Problem
from numdiff._kernels.rounds import Adaptive
from tests.called import called

X = np.array([[1.0, -2.0], [0.5, 3.0]])


def bounded(lower=-4.0, upper=4.0):
    return Lines(X, False, np.full(4, lower), np.full(4, upper))


def f_of(vectorized):
    """Two outputs: of two of the variables each."""
    return Function(lambda x: np.stack([x[0, 0] * x[0, 1], np.sin(x[1, 0]) * x[1, 1]]), vectorized)


JACOBIAN = np.array([[-2.0, 1.0, 0.0, 0.0], [0.0, 0.0, 3.0 * math.cos(0.5), math.sin(0.5)]])


def answer_of(lines, vectorized=False):
    return Adaptive().answer(Problem(f_of(vectorized), lines))


# ---------------------------------------------------------------------------- where they are


def test_all_axes():
    lines = Lines(X)
    assert (lines.count, lines.variables, lines.number, lines.bounds) == (4, 4, False, None)
    assert lines.points(1, np.array([0.0, 0.25])).tolist() == [[1, -2, 0.5, 3], [1, -1.75, 0.5, 3]]
    assert lines.room(1) == (-math.inf, math.inf)


def test_some_axes():
    lines = bounded().only(np.array([3, 0]))
    assert lines.count == 2
    assert lines.points(0, np.array([1.0])).tolist() == [[1, -2, 0.5, 4]]
    assert lines.room(0) == (-7, 1)
    assert lines.room(1) == (-5, 3)


@pytest.mark.parametrize("column", [-1, 4])
def test_no_other_axes(column):
    with pytest.raises(IndexError, match="columns must be from 0 to 3"):
        Lines(X).only(np.array([column]))


def test_vectors():
    lines = bounded().along([np.array([1.0, 0.0, -0.5, 0.0]), np.array([0.0, 0.0, 0.0, 2.0])])
    assert lines.count == 2
    assert lines.points(0, np.array([2.0])).tolist() == [[3, -2, -0.5, 3]]
    assert lines.room(0) == (-5, 3)
    assert lines.room(1) == (-3.5, 0.5)


def test_no_point_leaves_the_bounds():
    """However coarse the numbers are."""
    upper = np.array([0.3, 1e16 + 8])
    lines = Lines(np.array([0.1, 1e16]), False, np.zeros(2), upper).along([np.array([0.1, 3.0])])
    points = lines.points(0, np.array([*lines.room(0), -10.0, 10.0]))
    assert np.all((points >= 0) & (points <= upper))
    assert points.min(axis=0)[0] == 0
    assert points.max(axis=0).tolist() == upper.tolist()


def test_a_side():
    lines = bounded()
    assert lines.on_side(1).room(0) == (0, 3)
    assert lines.on_side(-1).room(0) == (-5, 0)


def test_points_are_of_the_type_of_x():
    lines = Lines(X.astype(np.float32)).along([np.full(4, 1e-9)])
    points = lines.points(0, np.array([1.0]))
    assert points.dtype == np.float32
    assert points.tolist() == X.astype(np.float32).reshape(1, 4).tolist()


# ---------------------------------------------------------------------------- derivatives along them


@called
def test_derivatives_along_axes(vectorized):
    answer = answer_of(Lines(X).only(np.array([3, 0, 2])), vectorized)
    assert answer.value.shape == answer.bound.shape == answer.status.shape == (1, 2, 3)
    assert np.all(abs(answer.value[0] - JACOBIAN[:, [3, 0, 2]]) <= answer.bound[0])
    whole = jacobian(f_of(vectorized), X, full_output=True)
    assert whole.value.reshape(2, 4)[:, [3, 0, 2]].tolist() == answer.value[0].tolist()


@called
@pytest.mark.parametrize(
    "vectors",
    [np.eye(4), np.array([[1.0, -2.0, 0.5, 3.0]]), np.array([[0.0, 1e-3, 0.0, 2.0], [5.0, 0.0, 0.0, 0.0]])],
    ids=["axes", "dense", "sparse"],
)
def test_derivatives_along_vectors(vectors, vectorized):
    answer = answer_of(Lines(X).along(list(vectors)), vectorized)
    assert np.all(abs(answer.value[0] - JACOBIAN @ vectors.T) <= answer.bound[0])
    assert answer.bound.max() < 1e-10
    assert np.all(answer.status >= 0)


@called
def test_lines_do_not_depend_on_their_company(vectorized):
    vectors = [np.array([1.0, -2.0, 0.5, 3.0]), np.array([0.0, 1e-3, 0.0, 2.0])]
    together = answer_of(Lines(X).along(vectors), vectorized)
    for i, vector in enumerate(vectors):
        alone = answer_of(Lines(X).along([vector]), vectorized)
        assert alone.value[0, :, 0].tolist() == together.value[0, :, i].tolist()
        assert alone.bound[0, :, 0].tolist() == together.bound[0, :, i].tolist()


@pytest.mark.parametrize("number", [np.array(0.7), np.array(0.7, dtype=np.float32)], ids=["float64", "float32"])
def test_a_number_stays_one_along_a_vector(number):
    seen = []

    def f(t):
        seen.append(type(t))
        return math.sin(t)

    answer = Adaptive().answer(Problem(Function(f), Lines(number).along([np.array([2.0])]), None, True))
    assert abs(float(answer.value[0, 0, 0]) - 2 * math.cos(number)) <= answer.bound[0, 0, 0]
    assert set(seen) == {float if number.dtype == np.float64 else np.float32}


# ---------------------------------------------------------------------------- no room


@called
@pytest.mark.parametrize("x", [0.5, [0.5], [0.5, 0.5], math.nan, [math.inf]], ids=str)
@pytest.mark.parametrize("method", ["richardson", "central", "forward"])
def test_without_room_f_is_called_at_x_only(x, method, vectorized):
    """Also where x is a number, and nothing stands for it."""
    seen = []

    def f(t):
        seen.extend(np.asarray(t).reshape(-1).tolist())
        return np.asarray(t) * 2.0 if vectorized else t * 2.0

    bounds = (x, x) if np.isfinite(x).all() else None
    result = jacobian(f, x, bounds=bounds, method=method, vectorized=vectorized, full_output=True)
    assert set(map(repr, seen)) == {repr(np.asarray(x, dtype=float).reshape(-1)[0].item())}
    assert set(result.status.reshape(-1).tolist()) == {Status.NONFINITE if bounds is None else Status.EDGE}
    assert np.isnan(result.value).all()


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (Lines(X).along([np.zeros(4)]), Status.EDGE),
        (bounded(upper=3.0).along([np.array([0.0, 0.0, 0.0, 1.0])]).on_side(1), Status.EDGE),
        (Lines(np.array([1.0, math.nan])).along([np.array([1.0, 0.0])]), Status.NONFINITE),
    ],
    ids=["nothing is displaced", "at the bound", "not a number"],
)
def test_vectors_without_room(lines, status):
    calls = []
    problem = Problem(Function(calls.append), lines, np.array([1.0, 2.0]))
    answer = Adaptive().answer(problem)
    assert answer.status.tolist() == [[[status], [status]]]
    assert np.isnan(answer.value).all()
    assert np.isinf(answer.bound).all()
    assert (calls, answer.nfev) == ([], 0)


# ---------------------------------------------------------------------------- values


@called
def test_values_along_a_line(vectorized):
    function = f_of(vectorized)
    evaluation = Evaluation(Problem(function, bounded().along([np.array([0.0, 0.0, 1.0, 0.0])])))
    assert evaluation.at_x().tolist() == [-2.0, math.sin(0.5) * 3.0]
    values = evaluation.along(0, np.array([0.5, -0.25]))
    assert values == pytest.approx(np.array([[-2.0, math.sin(1.0) * 3.0], [-2.0, math.sin(0.25) * 3.0]]))
    assert evaluation.nfev == function.nfev


def test_values_where_f_is_not_defined():
    evaluation = Evaluation(Problem(Function(math.sqrt), Lines(np.array(1.0)), None, True))
    values = evaluation.along(0, np.array([3.0, -2.0]))
    assert values[0, 0] == 2.0
    assert math.isnan(values[1, 0])


def test_a_side_of_a_vector():
    lines = bounded().along([np.array([1.0, 0.0, 0.0, 0.0])])
    assert lines.on_side(1).room(0) == (0, 3)
    assert lines.on_side(-1).room(0) == (-5, 0)


def test_axes_again_after_vectors():
    lines = Lines(X).along([np.ones(4)]).only(np.array([2]))
    assert lines.count == 1
    assert lines.room(0) == (-math.inf, math.inf)
    assert lines.points(0, np.array([1.0])).tolist() == [[1, -2, 1.5, 3]]


def test_an_array_that_f_spoilt_before_it_raised_is_not_used_again():
    def f(x):
        if x[0] > 1.5:
            x.resize(100_000, refcheck=False)
            raise KeyError
        return x[0]

    evaluation = Evaluation(Problem(Function(f), Lines(np.ones(3)), None, True))
    assert evaluation.at_x().tolist() == 1
    for _ in range(3):
        with pytest.raises(KeyError):
            evaluation.along(0, np.array([0.25, 1.0]))
        assert evaluation.along(0, np.array([0.25])).tolist() == [[1.25]]


def test_what_f_raises_before_anything_is_known_of_it():
    evaluation = Evaluation(Problem(Function(math.sqrt), Lines(np.array(1.0)), None, True))
    with pytest.raises(ValueError, match="math domain error"):
        evaluation.along(0, np.array([-2.0, 3.0]))
