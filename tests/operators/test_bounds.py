"""Bounds: f is never evaluated outside them, and the answers near them are as good as they can be."""

import ast
import dataclasses
import itertools
import math
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from scipy.optimize import Bounds

from numdiff import Status, derivative, gradient, jacobian
from numdiff._kernels.stencil import Stencil
from numdiff._options import as_lines, as_point
from tests.called import called
from tests.operators.recorder import Recorder
from tests.operators.stencils import ACCURACIES, STENCILS, every_method, every_stencil

EPS = float(np.finfo(np.float64).eps)
LARGEST = float(np.finfo(np.float64).max)
INF = math.inf

CENTRAL = [s[1:] for s in STENCILS if s[0] == "central"]

every_central = pytest.mark.parametrize(("order", "accuracy"), CENTRAL)


# ----------------------------------------------------------------------------
# Nothing is evaluated outside, whatever the numbers
# ----------------------------------------------------------------------------

finite = st.floats(allow_nan=False, allow_infinity=False)
# distances of a bound: none, one or a few of the smallest numbers, anything up to infinity
distances = st.one_of(st.just(0.0), st.integers(1, 40).map(lambda n: n * 5e-324), st.floats(0, INF))
lengths = st.one_of(st.none(), st.floats(0, LARGEST, exclude_min=True))


@st.composite
def bounded(draw, single=False):
    """x within bounds, either of which may be x itself, a neighbour of it, or infinite."""
    kind = np.float32 if single else np.float64
    x = kind(draw(st.floats(allow_nan=False, allow_infinity=False, width=32 if single else 64)))
    ulp = float(np.spacing(np.minimum(abs(x), 1e30))) if single else math.ulp(x)
    low, high = (draw(st.one_of(distances, st.integers(0, 40).map(lambda n: n * ulp))) for _ in range(2))
    with np.errstate(over="ignore"):
        return (x if single else float(x)), float(kind(x - low)), float(kind(x + high))


@st.composite
def options(draw):
    method, order, accuracy = draw(st.sampled_from(STENCILS))
    return {
        "method": method,
        "order": order,
        "accuracy": accuracy,
        "step": draw(lengths),
        "scale": draw(lengths),
    }


def of_the_identity(x, bounds, options, vectorized=False):
    """The result for f(t) = t, which rounds nothing, and the points used."""
    f = Recorder(lambda t: t)
    result = derivative(f, x, bounds=bounds, full_output=True, vectorized=vectorized, **options)
    return result, f.floats


@given(case=bounded(), options=options(), vectorized=st.booleans())
@example((0.0, 0.0, 5e-324), {"method": "central", "order": 1, "accuracy": 2}, False)
@example((1.0, 1.0, 1.0), {"method": "forward", "order": 2, "accuracy": 2}, False)
@example((1e308, -LARGEST, LARGEST), {"method": "backward", "order": 6, "accuracy": 8}, False)
@example((LARGEST, 0.0, LARGEST), {"method": "central", "order": 6, "accuracy": 8}, True)
def test_every_point_lies_within_bounds(case, options, vectorized):
    x, lb, ub = case
    result, points = of_the_identity(x, (lb, ub), options, vectorized)
    assert all(max(lb, -LARGEST) <= t <= min(ub, LARGEST) for t in points)
    assert result.nfev == len(points)


@given(case=bounded(single=True), options=options(), vectorized=st.booleans())
def test_every_float32_point_lies_within_bounds(case, options, vectorized):
    x, lb, ub = case
    _, points = of_the_identity(x, (lb, ub), options, vectorized)
    assert all(lb <= t <= ub and math.isfinite(t) for t in points)


def assert_plausible(result, points, order):
    assert result.step > 0
    assert len(points) == len(set(points)) > order
    assert not math.isnan(result.value)
    if order == 1 and result.step > 1e-290:  # weighted differences of subnormal numbers round
        assert result.value == pytest.approx(1, rel=1e-9)


@given(case=bounded(), options=options())
@example((-1.7e308, -INF, INF), {"method": "forward", "order": 1, "accuracy": 3, "step": LARGEST})
@example((1e308, 0.0, INF), {"method": "backward", "order": 1, "accuracy": 8})
def test_a_value_or_a_reason(case, options):
    """Where there is room, there is a number; where there is none, NaN, the status EDGE, and no evaluation."""
    x, lb, ub = case
    result, points = of_the_identity(x, (lb, ub), options)
    if result.status == Status.EDGE:
        assert math.isnan(result.value)
        assert math.isnan(result.step)
        assert points == []
    else:
        assert_plausible(result, points, options["order"])


@given(x=finite, options=options())
@example(LARGEST, {"method": "central", "order": 6, "accuracy": 8})
@example(-1e308, {"method": "forward", "order": 6, "accuracy": 8})
def test_there_is_room_without_bounds(x, options):
    assume((options.get("step") or INF) > math.ulp(x))
    result, points = of_the_identity(x, None, options)
    assert result.status != Status.EDGE
    assert_plausible(result, points, options["order"])


@pytest.mark.parametrize(("x", "step"), [(1e10, 1e-9), (1.0, 1e-17), (1e300, 1.0)])
def test_a_step_below_the_spacing_of_numbers_is_not_blamed_on_bounds(x, step):
    result, _ = of_the_identity(x, None, {"method": "central", "step": step})
    assert result.status != Status.EDGE


@given(x=finite, stencil=st.sampled_from(STENCILS), right=st.booleans())
def test_there_is_room_wherever_bounds_leave_enough_numbers(x, stencil, right):
    method, order, accuracy = stencil
    assume(abs(x) < 1e300)
    room = 100 * math.ulp(x)
    bounds = (x, x + room) if right else (x - room, x)
    result, points = of_the_identity(x, bounds, {"method": method, "order": order, "accuracy": accuracy})
    assert result.status != Status.EDGE
    assert_plausible(result, points, order)


def assert_no_room(result):
    assert np.isnan(result.value).all()
    assert np.isnan(result.step).all()
    assert (result.status == Status.EDGE).all()
    assert (result.error == INF).all()
    assert not result.success


@every_stencil
def test_where_bounds_coincide(method, order, accuracy):
    f = Recorder(np.sin)
    x = np.array([0.0, 0.5, 1e300])
    options = {"method": method, "order": order, "accuracy": accuracy}
    result = derivative(f, x, bounds=(x, x), full_output=True, **options)
    assert_no_room(result)
    assert (f.floats, result.nfev) == ([], 0)


@every_method
def test_where_bounds_coincide_a_vectorized_f_is_not_called(method):
    f = Recorder(np.sin)
    result = derivative(f, [0.0, 0.5], method=method, bounds=([0, 0.5],) * 2, vectorized=True, full_output=True)
    assert_no_room(result)
    assert (f.floats, result.nfev) == ([], 0)


@every_method
@called
def test_gradient_where_bounds_coincide(method, vectorized):
    f = Recorder(lambda x: x.sum(axis=0))
    x = np.array([0.0, 0.5])
    result = gradient(f, x, method=method, bounds=(x, x), vectorized=vectorized, full_output=True)
    assert_no_room(result)
    assert result.nfev <= 3  # x itself, if at all


def test_where_some_bounds_coincide():
    f = Recorder(np.sin)
    x = np.array([0.25, 0.5, 0.75])
    value = derivative(f, x, method="forward", bounds=(x, [1.0, 0.5, 1.0]))
    assert np.isnan(value).tolist() == [False, True, False]
    assert value[[0, 2]].tolist() == derivative(np.sin, x[[0, 2]], method="forward").tolist()
    assert 0.5 not in f.floats


# ----------------------------------------------------------------------------
# Accuracy at a bound and between bounds
# ----------------------------------------------------------------------------


@every_central
def test_on_a_bound_the_stencil_is_one_sided(order, accuracy):
    options = {"order": order, "accuracy": accuracy}
    for x in (0.0, 0.7, -3.0):
        right = derivative(math.exp, x, method="forward", **options)
        left = derivative(math.exp, x, method="backward", **options)
        assert derivative(math.exp, x, method="central", bounds=(x, INF), **options) == right
        assert derivative(math.exp, x, method="backward", bounds=(x, INF), **options) == right
        assert derivative(math.exp, x, method="central", bounds=(-INF, x), **options) == left
        assert derivative(math.exp, x, method="forward", bounds=(-INF, x), **options) == left


@every_stencil
def test_bounds_far_away_change_nothing(method, order, accuracy):
    options = {"method": method, "order": order, "accuracy": accuracy}
    x = [-3.0, 0.0, 0.7, 20.0]
    free = derivative(math.sin, x, **options).tolist()
    for bounds in ((-100.0, 100.0), (-INF, INF), (-100, INF)):
        assert derivative(math.sin, x, bounds=bounds, **options).tolist() == free


def model_error(stencil, h):
    """Truncation and round-off of exp at 0, where all derivatives are 1."""
    return stencil.truncation * h**stencil.accuracy + stencil.roundoff * EPS / h**stencil.order


def least_error_within(method, order, accuracy, left, right):
    """The least that the model allows to a stencil in [-left, right]."""
    stencil = Stencil.usual(method, order, accuracy)
    low, high = stencil.offsets[0], stencil.offsets[-1]
    room = min(left / -low if low < 0 else INF, right / high if high > 0 else INF)
    best = (order * stencil.roundoff * EPS / (accuracy * stencil.truncation)) ** (1 / (order + accuracy))
    return model_error(stencil, min(best, room)) if room else INF


@every_stencil
def test_error_between_bounds_is_near_the_least(method, order, accuracy):
    """Flipped, shrunk or one-sided: the result is as good as the best of them."""
    sides = {"central": ACCURACIES, "forward": ("forward", "backward"), "backward": ("forward", "backward")}
    for left, right in itertools.product([0.0, 1e-10, 1e-6, 1e-3, 0.1, INF], repeat=2):
        if left or right:
            least = min(least_error_within(side, order, accuracy, left, right) for side in sides[method])
            bounds = (-left, right)
            options = {"method": method, "order": order, "accuracy": accuracy, "bounds": bounds}
            assert abs(derivative(math.exp, 0.0, scale=1.0, **options) - 1) <= 10 * least, bounds


@every_method
@pytest.mark.parametrize("x", [1.0, -3e5, 1e-8, 1e300])
@pytest.mark.parametrize("numbers", [2, 3, 10, 1000])
def test_bounds_a_few_numbers_apart(method, x, numbers):
    """The quotient of a line is exact however short the step is."""
    for lb, ub in ((x, x + numbers * np.spacing(abs(x))), (x - numbers * np.spacing(abs(x)), x)):
        result = derivative(lambda t: t / 2, x, method=method, bounds=(lb, ub), full_output=True)
        assert result.value == pytest.approx(0.5, rel=1e-9)
        assert result.step <= ub - lb


def test_square_root_at_the_end_of_its_domain():
    x = np.array([1e-12, 1e-6, 0.25])
    value = derivative(math.sqrt, x, method="central", bounds=(0, INF), scale=x)
    np.testing.assert_allclose(value, 0.5 / np.sqrt(x), rtol=1e-9)


# ----------------------------------------------------------------------------
# Explicit steps
# ----------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "wall", "side"), [("forward", 1, -1), ("backward", -1, 1)])
@pytest.mark.parametrize("distance", [0.0, 0.1])
@pytest.mark.parametrize(("order", "accuracy"), [(1, 1), (1, 2), (2, 3)])
def test_a_step_is_kept_on_the_other_side(method, wall, side, distance, order, accuracy):
    f = Recorder(math.sin)
    bound = 0.5 + wall * distance
    result = derivative(
        f,
        0.5,
        method=method,
        order=order,
        accuracy=accuracy,
        step=0.25,
        bounds=(-INF, bound) if wall > 0 else (bound, INF),
        full_output=True,
    )
    assert result.step == 0.25
    assert sorted(f.floats) == sorted(0.5 + side * 0.25 * n for n in range(order + accuracy))


def test_a_step_is_kept_by_going_to_one_side():
    f = Recorder(math.sin)
    result = derivative(f, 0.5, method="central", step=0.25, bounds=(0.5, 2), full_output=True)
    assert result.step == 0.25
    assert sorted(f.floats) == [0.5, 0.75, 1.0]


def test_a_step_that_fits_nowhere_shrinks():
    f = Recorder(math.sin)
    result = derivative(f, 0.5, method="forward", step=10, bounds=(0, 0.75), full_output=True)
    assert result.step <= 0.5
    assert all(0 <= t <= 0.75 for t in f.floats)


@every_stencil
def test_a_step_that_ends_on_the_bounds_fits(method, order, accuracy):
    offsets = Stencil.usual(method, order, accuracy).offsets
    f = Recorder(math.sin)
    derivative(
        f,
        0.5,
        method=method,
        order=order,
        accuracy=accuracy,
        step=0.25,
        bounds=(0.5 + 0.25 * offsets[0], 0.5 + 0.25 * offsets[-1]),
    )
    assert sorted(f.floats) == (0.5 + 0.25 * offsets).tolist()


# ----------------------------------------------------------------------------
# What bounds may be
# ----------------------------------------------------------------------------


@dataclasses.dataclass
class Box:
    lb: Any
    ub: Any


KINDS = {
    "tuple": (0.5, 1.0),
    "list": [0.5, 1.0],
    "array": np.array([0.5, 1.0]),
    "integer-beside-float": (0.5, 1),
    "arrays": (np.full(3, 0.5), np.ones(3)),
    "lists": ([0.5] * 3, [1.0] * 3),
    "scipy": Bounds(0.5, 1.0),
    "scipy-arrays": Bounds([0.5] * 3, [1.0] * 3),
    "object": Box(0.5, 1.0),
    "object-with-arrays": Box(np.full((1, 1), 0.5)[0], np.float32(1)),
}


@pytest.mark.parametrize("bounds", KINDS.values(), ids=KINDS)
@called
def test_kinds_of_bounds(bounds, vectorized):
    f = Recorder(np.sin)
    x = np.array([0.5, 0.75, 1.0])
    value = derivative(f, x, method="central", accuracy=4, bounds=bounds, vectorized=vectorized)
    np.testing.assert_allclose(value, np.cos(x), rtol=1e-9)
    assert all(0.5 <= t <= 1 for t in f.floats)
    assert {0.5, 1.0} <= set(f.floats)


def test_scipy_bounds_without_limits():
    free = derivative(math.sin, [0.5], method="central")
    assert derivative(math.sin, [0.5], method="central", bounds=Bounds()) == free


def test_bounds_of_each_point():
    value = derivative(math.exp, [0.0, 0.0, 0.0], method="forward", step=0.5, bounds=([-INF, -1, -INF], [INF, 0.25, 0]))
    forward, backward = (derivative(math.exp, 0.0, method=m, step=0.5) for m in ("forward", "backward"))
    assert value.tolist() == [forward, backward, backward]


class ArrayRecorder:
    """A function of an array that remembers its arguments."""

    def __init__(self, f):
        self.f = f
        self.points = []

    def __call__(self, x):
        self.points.append(x.copy())
        return self.f(x)


@every_method
@called
def test_gradient_stays_within_bounds_of_each_entry(method, vectorized):
    x = np.array([[0.0, 1.0, 0.3], [2.0, -1.0, 0.5]])
    lb, ub = [[0.0], [-1.0]], [2.0, 1.0, 0.5]  # broadcast to rows and to columns
    f = ArrayRecorder(lambda x: np.exp(x).sum(axis=(0, 1)))
    value = gradient(f, x, method=method, bounds=(lb, ub), vectorized=vectorized)
    np.testing.assert_allclose(value, np.exp(x), rtol=1e-6)
    for point in f.points:
        blocks = point if vectorized else point[..., np.newaxis]
        assert np.all(blocks >= np.array(lb)[..., np.newaxis])
        assert np.all(blocks <= np.array(ub)[:, np.newaxis])


@every_method
def test_column_of_an_entry_whose_bounds_coincide(method):
    x = np.array([1.0, 2.0, 3.0])
    f = ArrayRecorder(lambda x: np.array([x.prod(), x.sum()]))
    result = jacobian(f, x, method=method, bounds=([0, 2, 0], [5, 2, 5]), full_output=True)
    free = jacobian(f.f, x, method=method)
    assert np.isnan(result.value).tolist() == [[False, True, False]] * 2
    assert result.value[:, [0, 2]].tolist() == free[:, [0, 2]].tolist()
    assert result.status.tolist() == [[Status.NOT_ESTIMATED, Status.EDGE, Status.NOT_ESTIMATED]] * 2
    assert np.isnan(result.step).tolist() == [False, True, False]
    assert {point[1] for point in f.points} == {2.0}


def test_jacobian_where_all_bounds_coincide():
    result = jacobian(lambda x: np.ones((2, 2)), np.ones(3), method="central", bounds=(1, 1), full_output=True)
    assert result.value.shape == (2, 2, 3)
    assert np.isnan(result.value).all()
    assert (result.status == Status.EDGE).all()


# ----------------------------------------------------------------------------
# Single precision
# ----------------------------------------------------------------------------


@every_method
def test_float32_x_on_a_bound_given_in_float64(method):
    """0.1 is no float32: the bound is taken as the same nearest number that x is."""
    x = np.array([0.1, 0.2, 0.3], dtype=np.float32)
    f = Recorder(np.exp)
    value = derivative(f, x, method=method, bounds=(0.1, 0.3))
    np.testing.assert_allclose(value, np.exp(x), rtol=5e-3)
    assert np.all(np.float32(0.1) <= np.array(f.floats, dtype=np.float32))
    assert np.all(np.float32(0.3) >= np.array(f.floats, dtype=np.float32))


@pytest.mark.parametrize("bounds", [(-1e300, 1e300), (-INF, 1e39), (-LARGEST, LARGEST)], ids=str)
def test_float32_x_between_bounds_beyond_its_range(bounds):
    x = np.float32(0.5)
    free = derivative(np.sin, x, method="central")
    assert derivative(np.sin, x, method="central", bounds=bounds) == free


def test_float32_bounds():
    x = np.array([0.1, 0.7], dtype=np.float32)
    f = Recorder(np.exp)
    derivative(f, x.astype(np.float64), method="central", bounds=(x[0], x[1]))
    assert all(x[0] <= t <= x[1] for t in f.floats)


def test_x_that_is_not_finite_is_in_no_bounds():
    result = derivative(np.sin, [math.nan, 0.5], method="central", bounds=(0, 1), full_output=True)
    assert result.status.tolist() == [Status.NONFINITE, Status.NOT_ESTIMATED]


# ----------------------------------------------------------------------------
# The forms that they may have
# ----------------------------------------------------------------------------

FORMS = [
    # x, what is given, lb and ub that it means
    ([0.5] * 3, [(0, 1), (0, 2), (0, 3)], [0, 0, 0], [1, 2, 3]),
    ([0.5] * 3, ((0, None), [None, 2], np.array([0.0, 3.0])), [0, -INF, 0], [INF, 2, 3]),
    ([0.5] * 3, np.array([[0, 1], [0, 2], [0, 3]]), [0, 0, 0], [1, 2, 3]),
    ([0.5] * 3, zip([0, 0, 0], [1, 2, 3], strict=True), [0, 0, 0], [1, 2, 3]),
    ([0.5] * 3, ([0, 0, 0], [1, 2, 3]), [0, 0, 0], [1, 2, 3]),
    ([0.5] * 3, np.array([[0, 0, 0], [1, 2, 3]]), [0, 0, 0], [1, 2, 3]),
    ([0.5] * 3, Bounds([0, 0, 0], [1, 2, 3]), [0, 0, 0], [1, 2, 3]),
    ([0.5] * 3, (None, [1, 2, 3]), [-INF] * 3, [1, 2, 3]),
    ([0.5] * 3, (0, None), [0] * 3, [INF] * 3),
    # one variable
    (0.5, [(0, 1)], 0, 1),
    ([0.5], [(0, 1)], [0], [1]),
    ([0.5], [(0, None)], [0], [INF]),
    ([0.5], (0, 1), [0], [1]),
    ([0.5], ([0], [1]), [0], [1]),
    # two variables: (lb, ub) by arrays, by a tuple of lists, with a number
    ([0.5, 2.5], (np.array([0, 1]), np.array([2, 3])), [0, 1], [2, 3]),
    ([0.5, 2.5], [np.array([0, 1]), [2, 3]], [0, 1], [2, 3]),
    ([0.5, 2.5], ([0, 1], [2, 3]), [0, 1], [2, 3]),
    ([0.5, 2.5], (0, [2, 3]), [0, 0], [2, 3]),
    ([0.5, 2.5], Bounds([0, 2], [1, 3]), [0, 2], [1, 3]),
    # both readings are the same, or one of them leaves f nothing but x
    ([0.5, 1.5], [(0, 1), (1, 2)], [0, 1], [1, 2]),
    ([0.5, 0.5], [(0, 1), (0, 1)], [0, 0], [1, 1]),
    ([0.5, 0.5], [(0, 0), (1, 1)], [0, 0], [1, 1]),
    ([0.5, 0.5], [[0, 0], [1, 1]], [0, 0], [1, 1]),
    # None is written in pairs only
    ([0.5, 0.5], [(0, None), (0, None)], [0, 0], [INF, INF]),
    ([0.5, 0.5], [(None, 1), (0, 2)], [-INF, 0], [1, 2]),
    # more dimensions have no pairs
    ([[0.5, 2.5]], [(0, 1), (2, 3)], [[0, 1]], [[2, 3]]),
]


@pytest.mark.parametrize(("x", "bounds", "lower", "upper"), FORMS, ids=lambda part: str(part).replace("\n", ""))
def test_forms(x, bounds, lower, upper):
    shape = np.shape(x)
    expected = [np.broadcast_to(np.asarray(end, dtype=float), shape).reshape(-1).tolist() for end in (lower, upper)]
    assert [end.tolist() for end in as_lines(as_point(x), False, bounds).bounds] == expected


TWO_READINGS = [
    [(0, 1), (2, 3)],
    ((0, 1), (2, 3)),
    [[0, 1], [2, 3]],
    np.array([[0.0, 1.0], [2.0, 3.0]]),
    [(0, 2), (1, 3)],
    [(-1, 1), (0, 5)],
]


@pytest.mark.parametrize("bounds", TWO_READINGS, ids=repr)
@pytest.mark.parametrize("differentiate", [derivative, gradient, jacobian])
def test_two_readings_are_refused(differentiate, bounds):
    """The error names both, and how to say each: which then does what it says."""
    for x in ([0.5, 2.5], [5.0, 5.0]):
        with pytest.raises(ValueError, match=r"(?s)^bounds must have one meaning; of two .* may be ") as caught:
            differentiate(lambda x: np.sum(x), x, bounds=bounds)
    said = re.search(r"Pass (\(.*?\)), a tuple of lists, if .*; pass (\(.*?\)) or ", str(caught.value))
    array = np.asarray(bounds)
    for ends, meant in zip(map(ast.literal_eval, said.groups()), (array, array.T), strict=True):
        assert np.array_equal(ends, meant)
        assert np.array_equal(as_lines(np.mean(meant, axis=0), False, ends).bounds, meant)


def test_a_contradiction_is_not_read_the_other_way():
    """Neither reading is taken because the other has lb > ub, which may be a slip."""
    for bounds in ([(0, 1), (-1, 1)], [[0, 5], [1, 3]]):
        with pytest.raises(ValueError, match=r"^bounds must have one meaning"):
            gradient(np.sum, [0.5, 0.5], bounds=bounds)


@pytest.mark.parametrize("bounds", [[(0, 1)], [(0, 1)] * 4, [(0, 1, 2)] * 3, [0, 1, 2], [[(0, 1)]] * 3, [(0,)] * 3])
def test_pairs_that_are_not_one_for_each_variable(bounds):
    with pytest.raises(TypeError, match=r"^bounds must be a pair \(lb, ub\).* for each of its 3 entries; got "):
        gradient(np.sum, [0.5, 0.5, 0.5], bounds=bounds)


def test_pairs_are_obeyed():
    seen = []
    bounds = [(0.5, 1.0), (None, 2.0), (2.5, None)]
    gradient(lambda x: seen.append(x.copy()) or np.exp(x).sum(), [0.5, 2.0, 2.5], bounds=bounds)
    low, high = np.min(seen, axis=0), np.max(seen, axis=0)
    assert low[0] == 0.5 < high[0] <= 1.0
    assert low[1] < 2.0 == high[1]
    assert low[2] == 2.5 < high[2]
