"""Weights, constants and steps of stencils, against rational arithmetic and the tables known since long."""

from fractions import Fraction
from math import comb, factorial, isclose

import numpy as np
import pytest

from numdiff._kernels.stencil import Stencil

DOUBLE_EPS = 2.0**-52
SINGLE_EPS = 2.0**-23
METHODS = ("central", "forward", "backward")
USUAL = [
    (method, order, accuracy)
    for method in METHODS
    for order in range(1, 7)
    for accuracy in range(1, 9)
    if method != "central" or accuracy % 2 == 0
]
usual = pytest.mark.parametrize(
    ("method", "order", "accuracy"), USUAL, ids=[f"{m}-order{k}-accuracy{p}" for m, k, p in USUAL]
)

# Every number is a float, so that its Fraction is the offset that the kernel sees.
OFFSETS = {
    "integers": range(-7, 8),
    "one-sided": range(18),
    "quarters": [k / 4 for k in range(-6, 9)],
    "gaps": [-9.0, -4.0, -3.0, -0.5, 0.0, 0.125, 1.0, 1.75, 2.5, 6.0, 7.0, 11.0],
    "without-zero": [-5.5, -2.0, -1.5, -0.75, 0.25, 0.5, 1.0, 3.0, 3.5, 4.0, 8.0, 9.0],
    "decimals": [-1.9, -1.2, -0.7, -0.3, 0.1, 0.4, 0.6, 1.1, 1.3, 1.7, 2.3, 2.9],
    "far-from-zero": [3.0, 3.5, 4.25, 5.0, 5.5, 6.0, 7.25, 8.0, 8.5, 9.0, 9.75, 10.0],
}


def exact_weights(offsets, order):
    """order! times the coefficient of t^order in every Lagrange polynomial: the Vandermonde system's solution."""
    offsets = [Fraction(o) for o in offsets]
    weights = []
    for i, here in enumerate(offsets):
        polynomial, scale = [Fraction(1)], Fraction(1)
        for j, other in enumerate(offsets):
            if j != i:
                shifted = [Fraction(0), *polynomial]
                polynomial = [a - other * b for a, b in zip(shifted, [*polynomial, 0], strict=True)]
                scale *= here - other
        weights.append(factorial(order) * polynomial[order] / scale)
    return weights


def moment(offsets, weights, power):
    return sum(w * Fraction(o) ** power for o, w in zip(offsets, weights, strict=True))


def exact_constants(offsets, order):
    """Accuracy, truncation constant and round-off multiplier."""
    weights = exact_weights(offsets, order)
    power = order + 1
    while not moment(offsets, weights, power):
        power += 1
    truncation = abs(moment(offsets, weights, power)) / factorial(power)
    return power - order, truncation, sum(map(abs, weights))


def usual_offsets(method, order, accuracy):
    if method == "central":
        reach = (order + 1) // 2 + accuracy // 2 - 1
        return range(-reach, reach + 1)
    points = range(order + accuracy)
    return points if method == "forward" else [-o for o in reversed(points)]


def as_dict(stencil):
    return dict(zip(stencil.offsets.tolist(), stencil.weights.tolist(), strict=True))


def harmonic(n):
    return sum(Fraction(1, i) for i in range(1, n + 1))


# ---------------------------------------------------------------------------- the reference


@pytest.mark.parametrize("order", [1, 4, 10])
@pytest.mark.parametrize("offsets", OFFSETS.values(), ids=OFFSETS)
def test_reference_solves_the_vandermonde_system(offsets, order):
    weights = exact_weights(offsets, order)
    moments = [moment(offsets, weights, power) for power in range(len(weights))]
    assert moments == [factorial(order) if power == order else 0 for power in range(len(weights))]


# ---------------------------------------------------------------------------- any offsets


@pytest.mark.parametrize("order", range(1, 11))
@pytest.mark.parametrize("offsets", OFFSETS.values(), ids=OFFSETS)
def test_weights_of_any_offsets(offsets, order):
    exact = dict(zip(offsets, exact_weights(offsets, order), strict=True))
    computed = as_dict(Stencil(offsets, order))
    largest = max(map(abs, exact.values()))
    for offset, weight in exact.items():
        assert abs(Fraction(computed.get(offset, 0.0)) - weight) <= 1e-14 * largest


@pytest.mark.parametrize("order", range(1, 11))
@pytest.mark.parametrize("offsets", OFFSETS.values(), ids=OFFSETS)
def test_constants_of_any_offsets(offsets, order):
    accuracy, truncation, roundoff = exact_constants(offsets, order)
    stencil = Stencil(offsets, order)
    assert (stencil.order, stencil.accuracy) == (order, accuracy)
    assert isclose(stencil.truncation, truncation, rel_tol=1e-7)
    assert isclose(stencil.roundoff, roundoff, rel_tol=1e-13)


@pytest.mark.parametrize("order", [1, 2, 5])
@pytest.mark.parametrize("offsets", OFFSETS.values(), ids=OFFSETS)
def test_offsets_of_any_order(offsets, order):
    shuffled = list(offsets)[::2] + list(offsets)[1::2]
    assert as_dict(Stencil(shuffled, order)) == as_dict(Stencil(offsets, order))


@pytest.mark.parametrize("order", range(1, 11))
def test_fewest_offsets(order):
    offsets = [o - 0.5 for o in range(order + 1)]
    assert as_dict(Stencil(offsets, order)) == pytest.approx(
        {o: (-1.0) ** (order - i) * comb(order, i) for i, o in enumerate(offsets)}, rel=1e-13
    )


def test_most_offsets():
    offsets = range(32)
    computed = Stencil(offsets, 1).weights
    exact = [float(w) for w in exact_weights(offsets, 1)]
    np.testing.assert_allclose(computed, exact, rtol=1e-9)


def test_center_of_odd_symmetric_stencil_is_left_out():
    stencil = Stencil([-2, -1, 0, 1, 2], 3)
    assert stencil.offsets.tolist() == [-2.0, -1.0, 1.0, 2.0]
    assert stencil.size == 4


def test_center_of_even_symmetric_stencil_stays():
    assert Stencil([-1, 0, 1], 2).offsets.tolist() == [-1.0, 0.0, 1.0]


def test_arrays_are_copies():
    stencil = Stencil([-1, 0, 1], 2)
    stencil.weights[:] = 0
    stencil.offsets[:] = 0
    assert as_dict(stencil) == {-1.0: 1.0, 0.0: -2.0, 1.0: 1.0}


def test_repr():
    assert repr(Stencil([0, 2, 1], 1)) == "Stencil([0.0, 1.0, 2.0], order=1, accuracy=2)"


# ---------------------------------------------------------------------------- the usual ones


@usual
def test_usual_points(method, order, accuracy):
    points = [o for o in usual_offsets(method, order, accuracy) if method != "central" or order % 2 == 0 or o]
    assert Stencil.usual(method, order, accuracy).offsets.tolist() == points


@usual
def test_usual_weights(method, order, accuracy):
    points = usual_offsets(method, order, accuracy)
    exact = {o: float(w) for o, w in zip(points, exact_weights(points, order), strict=True) if w}
    assert as_dict(Stencil.usual(method, order, accuracy)) == pytest.approx(exact, rel=1e-13)


@usual
def test_usual_constants(method, order, accuracy):
    _, truncation, roundoff = exact_constants(usual_offsets(method, order, accuracy), order)
    stencil = Stencil.usual(method, order, accuracy)
    assert (stencil.order, stencil.accuracy) == (order, accuracy)
    assert isclose(stencil.truncation, truncation, rel_tol=1e-9)
    assert isclose(stencil.roundoff, roundoff, rel_tol=1e-13)


@pytest.mark.parametrize("order", range(7, 11))
@pytest.mark.parametrize("method", METHODS)
def test_constants_of_high_orders(method, order):
    for accuracy in (2, 4, 6, 8) if method == "central" else range(1, 9):
        _, truncation, roundoff = exact_constants(usual_offsets(method, order, accuracy), order)
        stencil = Stencil.usual(method, order, accuracy)
        assert (stencil.order, stencil.accuracy) == (order, accuracy)
        assert isclose(stencil.truncation, truncation, rel_tol=1e-7)
        assert isclose(stencil.roundoff, roundoff, rel_tol=1e-13)


@pytest.mark.parametrize("accuracy", [2, 4, 6, 8])
def test_closed_form_of_central_first_derivative(accuracy):
    m = accuracy // 2
    weights = {
        o: -((-1) ** o) * Fraction(factorial(m) ** 2, o * factorial(m - o) * factorial(m + o))
        for o in range(-m, m + 1)
        if o
    }
    stencil = Stencil.usual("central", 1, accuracy)
    assert as_dict(stencil) == pytest.approx({o: float(w) for o, w in weights.items()}, rel=1e-14)
    assert isclose(stencil.truncation, Fraction(factorial(m) ** 2, factorial(accuracy + 1)), rel_tol=1e-12)


@pytest.mark.parametrize("accuracy", [2, 4, 6, 8])
def test_closed_form_of_central_second_derivative(accuracy):
    m = accuracy // 2
    weights = {
        o: -2 * (-1) ** o * Fraction(factorial(m) ** 2, o**2 * factorial(m - o) * factorial(m + o))
        for o in range(-m, m + 1)
        if o
    }
    weights[0] = -2 * sum(Fraction(1, o**2) for o in range(1, m + 1))
    stencil = Stencil.usual("central", 2, accuracy)
    assert as_dict(stencil) == pytest.approx({o: float(w) for o, w in weights.items()}, rel=1e-14)


@pytest.mark.parametrize("side", [1, -1], ids=["forward", "backward"])
@pytest.mark.parametrize("accuracy", range(1, 9))
def test_closed_form_of_one_sided_first_derivative(accuracy, side):
    weights = {side * i: -side * (-1) ** i * Fraction(comb(accuracy, i), i) for i in range(1, accuracy + 1)}
    weights[0] = -side * harmonic(accuracy)
    stencil = Stencil.usual("forward" if side == 1 else "backward", 1, accuracy)
    assert as_dict(stencil) == pytest.approx({o: float(w) for o, w in weights.items()}, rel=1e-13)
    assert isclose(stencil.truncation, Fraction(1, accuracy + 1), rel_tol=1e-11)


@pytest.mark.parametrize("order", range(1, 11))
def test_simplest_forward_differences_are_binomial(order):
    binomials = {i: (-1.0) ** (order - i) * comb(order, i) for i in range(order + 1)}
    assert as_dict(Stencil.usual("forward", order, 1)) == pytest.approx(binomials, rel=1e-13)


TABLE = {
    ("central", 3, 2): "-1/2 1 0 -1 1/2",
    ("central", 3, 4): "1/8 -1 13/8 0 -13/8 1 -1/8",
    ("central", 3, 6): "-7/240 3/10 -169/120 61/30 0 -61/30 169/120 -3/10 7/240",
    ("central", 4, 2): "1 -4 6 -4 1",
    ("central", 4, 4): "-1/6 2 -13/2 28/3 -13/2 2 -1/6",
    ("central", 4, 6): "7/240 -2/5 169/60 -122/15 91/8 -122/15 169/60 -2/5 7/240",
    ("central", 5, 2): "-1/2 2 -5/2 0 5/2 -2 1/2",
    ("central", 5, 4): "1/6 -3/2 13/3 -29/6 0 29/6 -13/3 3/2 -1/6",
    ("central", 6, 2): "1 -6 15 -20 15 -6 1",
    ("central", 6, 4): "-1/4 3 -13 29 -75/2 29 -13 3 -1/4",
    ("forward", 2, 2): "2 -5 4 -1",
    ("forward", 2, 3): "35/12 -26/3 19/2 -14/3 11/12",
    ("forward", 2, 4): "15/4 -77/6 107/6 -13 61/12 -5/6",
    ("forward", 3, 2): "-5/2 9 -12 7 -3/2",
    ("forward", 3, 3): "-17/4 71/4 -59/2 49/2 -41/4 7/4",
    ("forward", 4, 2): "3 -14 26 -24 11 -2",
    ("backward", 2, 2): "-1 4 -5 2",
    ("backward", 3, 2): "3/2 -7 12 -9 5/2",
    ("backward", 4, 2): "-2 11 -24 26 -14 3",
}


@pytest.mark.parametrize(
    ("method", "order", "accuracy", "weights"),
    [(*key, row) for key, row in TABLE.items()],
    ids=["-".join(map(str, key)) for key in TABLE],
)
def test_published_tables(method, order, accuracy, weights):
    """The tables of Fornberg (1988) and their mirror images."""
    published = [float(Fraction(w)) for w in weights.split() if w != "0"]
    np.testing.assert_allclose(Stencil.usual(method, order, accuracy).weights, published, rtol=1e-13)


# ---------------------------------------------------------------------------- steps


@usual
def test_error_is_truncation_plus_roundoff(method, order, accuracy):
    _, truncation, roundoff = exact_constants(usual_offsets(method, order, accuracy), order)
    h = 2.0**-7
    expected = truncation * Fraction(h) ** accuracy + roundoff * Fraction(DOUBLE_EPS) / Fraction(h) ** order
    assert isclose(Stencil.usual(method, order, accuracy).error(h, DOUBLE_EPS), expected, rel_tol=1e-7)


@usual
def test_step_minimises_the_error(method, order, accuracy):
    stencil = Stencil.usual(method, order, accuracy)
    for eps in (DOUBLE_EPS, SINGLE_EPS):
        h = stencil.step(eps)
        least = stencil.error(h, eps)
        assert least < min(stencil.error(h * factor, eps) for factor in (1e-6, 0.1, 0.5, 0.99, 1.01, 2.0, 10.0, 1e6))


@pytest.mark.parametrize(
    ("method", "order", "accuracy", "step"),
    [
        ("forward", 1, 1, 2 * DOUBLE_EPS**0.5),
        ("backward", 1, 1, 2 * DOUBLE_EPS**0.5),
        ("central", 1, 2, (3 * DOUBLE_EPS) ** (1 / 3)),
        ("central", 2, 2, (48 * DOUBLE_EPS) ** (1 / 4)),
    ],
    ids=["forward", "backward", "central", "central-second"],
)
def test_textbook_steps(method, order, accuracy, step):
    assert isclose(Stencil.usual(method, order, accuracy).step(DOUBLE_EPS), step, rel_tol=1e-12)


# ---------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("offsets", "order", "message"),
    [
        ([0, 1], 0, "order must be from 1 to 10; got 0"),
        ([0, 1], -1, "order must be from 1 to 10; got -1"),
        (range(20), 11, "order must be from 1 to 10; got 11"),
        ([], 1, "offsets must be more than order = 1 and at most 32; got 0"),
        ([0, 1], 2, "offsets must be more than order = 2 and at most 32; got 2"),
        (range(33), 2, "offsets must be more than order = 2 and at most 32; got 33"),
        ([0, 1, float("nan")], 1, "offsets must be finite; got"),
        ([0, 1, float("inf")], 1, "offsets must be finite; got"),
        ([1, 0, 1], 1, r"offsets must be distinct; got \[0.0, 1.0, 1.0\]"),
        ([0.0, -0.0], 1, "offsets must be distinct"),
    ],
    ids=[
        "order-0",
        "negative-order",
        "order-11",
        "no-offsets",
        "too-few",
        "too-many",
        "nan",
        "infinite",
        "repeated",
        "both-zeros",
    ],
)
def test_bad_values(offsets, order, message):
    with pytest.raises(ValueError, match=message):
        Stencil(offsets, order)


@pytest.mark.parametrize(
    ("offsets", "order"),
    [(3, 1), ([0, None], 1), ([0, 1], "1"), ([0, 1], None), ([0, 1, 2], 1.5)],
    ids=["number", "none-inside", "string-order", "no-order", "fractional-order"],
)
def test_bad_types(offsets, order):
    with pytest.raises(TypeError):
        Stencil(offsets, order)


@pytest.mark.parametrize(
    ("method", "order", "accuracy", "message"),
    [
        ("middle", 1, 2, "method"),
        ("central", 1, 3, "accuracy"),
        ("forward", 2, 9, "accuracy"),
        ("forward", 11, 1, "order"),
    ],
    ids=["method", "odd-central", "accuracy-9", "order-11"],
)
def test_bad_usual_stencils(method, order, accuracy, message):
    with pytest.raises(ValueError, match=message):
        Stencil.usual(method, order, accuracy)
