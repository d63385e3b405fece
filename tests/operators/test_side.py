"""Derivatives from the left and from the right: `side=`."""

import math

import numpy as np
import pytest

import numdiff
from numdiff import Status, derivative, gradient, jacobian, taylor, trace

from .recorder import Recorder

SIDES = {"left": -1, "right": 1}


def kinked(t):
    """|t| and more of that kind: from the left and the right of 0 two smooth functions."""
    return math.exp(t) if t >= 0 else 1 + 2 * t - 3 * t**2 + t**3


# f^(k)(0) from both sides
KINKED = {"right": (1, 1, 1, 1), "left": (2, -6, 6, 0)}


def only_on(side, points, x):
    """Whether none of the points lies on the other side of x."""
    return all(SIDES[side] * (t - x) >= 0 for t in points)


@pytest.mark.parametrize("order", [1, 2, 3, 4])
@pytest.mark.parametrize("side", SIDES)
def test_each_side_has_its_derivative(side, order):
    f = Recorder(kinked)
    r = derivative(f, 0.0, order=order, side=side, full_output=True)
    assert abs(r.value - KINKED[side][order - 1]) <= r.error < 1e-3
    assert r.status == Status.ONE_SIDED
    assert only_on(side, f.floats, 0.0)


SHAPES = {
    "kink": lambda t, x: abs(t - x),
    "smooth": lambda t, x: math.sin(t),
    "jump": lambda t, x: t >= x,
    "root": lambda t, x: math.sqrt(t - x) if t >= x else math.nan,
    "alone": lambda t, x: 0.0 if t == x else math.nan,
    "level": lambda t, x: 3.0,
    "rounded": lambda t, x: round(t, 3),
}


@pytest.mark.parametrize("options", [{}, {"rtol": 1e-6}, {"step": 0.1}, {"max_nfev": 9}, {"noise": 1e-8}])
@pytest.mark.parametrize("x", [0.0, 1.0, -1e-3, 1e300])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("side", SIDES)
def test_f_is_never_evaluated_on_the_other_side(side, shape, x, options):
    """Whatever f is: a pass that finds nothing is followed by none on the other side."""
    f = Recorder(lambda t: float(SHAPES[shape](t, x)))
    r = derivative(f, x, side=side, full_output=True, **options)
    assert only_on(side, f.floats, x)
    assert r.status in (Status.ONE_SIDED, Status.EDGE, Status.BUDGET)
    assert (r.error < math.inf) == (r.status == Status.ONE_SIDED) or r.status == Status.BUDGET


@pytest.mark.parametrize("side", SIDES)
def test_without_a_derivative_from_there(side):
    def f(t):
        return math.copysign(math.sqrt(abs(t)), t)

    r = derivative(f, 0.0, side=side, full_output=True)
    assert (r.status, r.error) == (Status.EDGE, math.inf)
    with pytest.warns(numdiff.NumdiffWarning, match="EDGE"):
        derivative(f, 0.0, side=side)


@pytest.mark.parametrize("side", SIDES)
def test_at_a_smooth_point_it_is_the_derivative(side):
    r = derivative(math.sin, 0.7, side=side, full_output=True)
    assert abs(r.value - math.cos(0.7)) <= r.error < 1e-10
    assert r.status == Status.ONE_SIDED


def test_none_and_both_are_two_sided():
    plain = derivative(math.sin, 0.7, full_output=True)
    for side in (None, "both", [None], np.array("both")):
        if np.ndim(side):
            r = derivative(math.sin, [0.7], side=side, full_output=True)
        else:
            r = derivative(math.sin, 0.7, side=side, full_output=True)
        assert (r.value, r.error, r.nfev) == (plain.value, plain.error, plain.nfev)


# ------------------------------------------------------------------------------------ shapes


def test_every_point_has_a_side_of_its_own():
    r = derivative(abs, [0.0, 0.0, 2.0, 0.0], side=["left", "right", None, "both"], full_output=True)
    assert r.value.tolist() == pytest.approx([-1, 1, 1, 0])
    assert r.status.tolist() == [Status.ONE_SIDED, Status.ONE_SIDED, Status.CONVERGED, Status.KINK]


def test_sides_broadcast_to_x():
    x = np.zeros((2, 3))
    assert np.allclose(derivative(abs, x, side="left"), -np.ones((2, 3)))
    assert np.allclose(derivative(abs, x, side=[["left"], ["right"]]), [[-1] * 3, [1] * 3])
    assert np.allclose(gradient(lambda x: abs(x).sum(), x, side=["left", "right", "left"]), [[-1, 1, -1]] * 2)


@pytest.mark.parametrize("options", [{}, {"method": "central"}, {"method": "central", "accuracy": 4}])
def test_gradient_and_jacobian_take_a_side_per_variable(options):
    points = []

    def f(x):
        points.append(x.copy())
        return abs(x).sum()

    side = ["left", "right", None]
    assert np.allclose(gradient(f, [0.0, 0.0, 2.0], side=side, **options), [-1, 1, 1], atol=1e-4)
    x, y, z = np.array(points).T
    assert x.max() <= 0 <= y.min()
    assert z.min() < 2 < z.max()
    J = jacobian(lambda x: np.array([abs(x).sum(), x[0] * x[1]]), [0.0, 0.0, 2.0], side=side, **options)
    assert np.allclose(J, [[-1, 1, 1], [0, 0, 0]], atol=1e-4)


def test_vectorized():
    r = derivative(np.abs, [0.0, 0.0], side=["left", "right"], vectorized=True, full_output=True)
    assert np.all(abs(r.value - [-1, 1]) <= r.error)
    g = gradient(lambda x: abs(x[0]) + abs(x[1]), [0.0, 0.0], side=["left", "right"], vectorized=True)
    assert np.allclose(g, [-1, 1])


def test_complex():
    r = derivative(lambda t: complex(abs(t), 2 * abs(t)), 0.0, side="left", full_output=True)
    assert abs(r.value - (-1 - 2j)) <= r.error < 1e-8
    assert r.status == Status.ONE_SIDED


def test_float32():
    x = np.float32(0.1)
    f = Recorder(lambda t: abs(t - x) + t**2)
    r = derivative(f, x, side="right", full_output=True)
    assert abs(r.value - 1.2) <= r.error < 1e-3
    assert {type(t) for t in f.points} == {np.float32}
    assert only_on("right", f.floats, float(x))


def test_taylor_is_the_polynomial_of_that_side():
    f = Recorder(kinked)
    r = taylor(f, 0.0, 4, side="left", full_output=True)
    assert np.all(abs(r.coefficients.value - [1, 2, -3, 1, 0]) <= r.coefficients.error)
    assert only_on("left", f.floats, 0.0)


def test_trace_shows_the_side():
    record = trace(abs, 0.0, side="left")
    assert {step.side for step in record.steps} == {-1}
    assert "on the left" in str(record)
    assert "on the right" not in str(record)
    r = derivative(abs, 0.0, side="left", full_output=True)
    assert (record.result.value, record.result.error, record.result.nfev) == (r.value, r.error, r.nfev)


# ------------------------------------------------------------------------------------ bounds


@pytest.mark.parametrize("options", [{}, {"method": "central"}])
def test_no_room_on_that_side(options):
    f = Recorder(math.sin)
    r = derivative(f, 1.0, side="right", bounds=(0.0, 1.0), full_output=True, **options)
    assert r.status == Status.EDGE
    assert math.isnan(r.value)
    assert set(f.floats) <= {1.0}


@pytest.mark.parametrize("options", [{}, {"method": "central"}])
def test_bounds_on_that_side_hold(options):
    f = Recorder(math.exp)
    r = derivative(f, 1.0, side="right", bounds=(0.0, 1.001), full_output=True, **options)
    assert abs(r.value - math.e) <= (r.error if r.error < math.inf else 1e-3)
    assert 1 <= min(f.floats) <= max(f.floats) <= 1.001


def test_a_bound_at_x_is_a_side():
    """The same answer by the same evaluations."""
    asked = derivative(kinked, 0.0, side="right", full_output=True)
    bounded = derivative(kinked, 0.0, bounds=(0.0, math.inf), full_output=True)
    assert (asked.value, asked.error, asked.nfev) == (bounded.value, bounded.error, bounded.nfev)


def test_what_is_not_finite():
    r = derivative(math.sin, [math.nan, math.inf, 0.5], side="left", full_output=True)
    assert r.status.tolist() == [Status.NONFINITE, Status.NONFINITE, Status.ONE_SIDED]


# ------------------------------------------------------------------------------------ fixed steps


@pytest.mark.parametrize("order", [1, 2, 3, 4])
@pytest.mark.parametrize("accuracy", [2, 4])
@pytest.mark.parametrize("side", SIDES)
def test_central_becomes_one_sided_with_the_same_accuracy(side, accuracy, order):
    step = 2.0**-6
    one_sided = {"left": "backward", "right": "forward"}[side]
    f = Recorder(math.exp)
    r = derivative(f, 0.5, order=order, side=side, method="central", accuracy=accuracy, step=step, full_output=True)
    expected = derivative(math.exp, 0.5, order=order, method=one_sided, accuracy=accuracy, step=step)
    assert r.value == expected
    assert r.status == Status.NOT_ESTIMATED
    assert only_on(side, f.floats, 0.5)


def test_central_with_its_own_step():
    r = derivative(math.exp, 0.5, side="left", method="central", full_output=True)
    assert r.value == derivative(math.exp, 0.5, method="backward", accuracy=2)


@pytest.mark.parametrize(("method", "side"), [("forward", "right"), ("backward", "left"), ("forward", None)])
def test_quotients_of_that_side_are_as_ever(method, side):
    f = Recorder(math.exp)
    assert derivative(f, 0.5, side=side, method=method) == derivative(math.exp, 0.5, method=method)


@pytest.mark.parametrize(("method", "side", "own"), [("forward", "left", "right"), ("backward", "right", "left")])
def test_quotients_of_the_other_side_are_refused(method, side, own):
    match = f"side must be '{own}' or None for method='{method}'.*got side='{side}'"
    for f, x in ((derivative, 0.5), (gradient, 0.5), (jacobian, [0.5])):
        with pytest.raises(ValueError, match=match):
            f(np.sin, x, side=side, method=method)
    with pytest.raises(ValueError, match=f"side must be '{own}' or None for method='{method}'"):
        gradient(np.sum, [0.5, 0.5], side=[None, side], method=method)


# ------------------------------------------------------------------------------------ failure


@pytest.mark.parametrize(
    "side",
    [
        "up",
        1,
        True,
        0.0,
        ["left", "up"],
        [["left"], ["left", "right"]],
        "Left",
        b"left",
        np.ma.masked_array(["left"], [True]),
    ],
)
def test_what_is_no_side(side):
    for f in (derivative, gradient, jacobian):
        for options in ({}, {"method": "central"}, {"method": "forward"}):
            with pytest.raises(
                ValueError, match="side must be 'left', 'right' or None, or an array of these and 'both'"
            ):
                f(np.sin, [0.5], side=side, **options)
    for f in (trace, lambda *a, **o: taylor(*a, 2, **o)):
        with pytest.raises(ValueError, match="side must be 'left', 'right' or None"):
            f(math.sin, 0.5, side=side)


def test_sides_of_another_shape():
    match = r"side must be one side or broadcast to the shape of x, \(3,\); got shape \(2,\)"
    for f in (derivative, gradient, jacobian):
        with pytest.raises(ValueError, match=match):
            f(np.sin, [1.0, 2.0, 3.0], side=["left", "right"])
